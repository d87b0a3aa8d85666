//! Of a few quick programs of each family of the conformance suite, none is explored wrongly without a word.
//! `cargo xtask conformance` tries them all.

use std::time::Duration;

use xtask::conformance::{Verdict, judge, programs};

const QUICK: &[&str] = &[
    "endings/exit_status_race.c",
    "endings/deadlock_sometimes.c",
    "endings/killed_by_child.c",
    "eventfd/not_semaphore.c",
    "eventfd/adds_up.c",
    "files/append_two.c",
    "files/link_once.c",
    "files/offset_shared_write.c",
    "files/link_to_later.c",
    "locks/fcntl_busy.c",
    "locks/flock_readers.c",
    "memory/shm_open_once.c",
    "memory/two_words.c",
    "memory/private.c",
    "messages/posix_priority.c",
    "messages/sysv_memory.c",
    "mutexes/robust.c",
    "mutexes/try.c",
    "output/no_newline.c",
    "output/copied_buffer.c",
    "output/line_buffered_partial.c",
    "pipes/writer_order_seen.c",
    "pipes/partial_read.c",
    "pipes/reader_born_late.c",
    "pipes/fifo_both_speak.c",
    "poll/time_out.c",
    "poll/pidfd_no_wait.c",
    "poll/hang_up.c",
    "processes/exact_waits_in_turn.c",
    "processes/kept_in_handler.c",
    "processes/kept_in_register.c",
    "processes/kept_in_zombie.c",
    "processes/wait_any_both.c",
    "processes/group_kill_or_reaped.c",
    "processes/wnohang.c",
    "processes/vfork_memory.c",
    "semaphores/sysv_no_wait.c",
    "semaphores/timed.c",
    "shell/background.sh",
    "shell/not_waited.sh",
    "shell/trap_exit.sh",
    "signals/lost_wakeup.c",
    "signals/handler_between_lines.c",
    "signals/coalesce_blocked.c",
    "signals/who_reaps.c",
    "sockets/accept_no_wait.c",
    "sockets/accept_by_two.c",
    "sockets/pair_echo.c",
    "sockets/unix_file_seen.c",
    "threads/two_lines.c",
    "threads/not_joined.c",
    "timers/alarm_pause.c",
    "timers/alarm_cancelled.c",
    "timers/timerfd_shared.c",
];

#[test]
fn none_is_silently_wrong() {
    let root = xtask::root();
    let all = programs(&root).unwrap();
    let mut wrong = Vec::new();
    for name in QUICK {
        let program = all.iter().find(|program| program.name == *name);
        let program = program.unwrap_or_else(|| panic!("there is no conformance/{name}"));
        // On a busy machine an exploration may not be done by then; it says so, and is not wrong.
        let judged = judge(&root, program, Duration::from_secs(60)).unwrap();
        if judged.verdict == Verdict::Wrong {
            wrong.push(judged);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
