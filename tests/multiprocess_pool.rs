//! What `Pool` promises. That it keeps its word under a rain of SIGKILLs is tested by `multiprocess_pool_kill.rs`
//! and `multiprocess_pool_soak.rs`.
#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests: they have no #[test]")]

#[macro_use]
mod forking;

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::process::{ExitCode, id};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use forking::{
    FileGate, Gate, assert_no_children, capture, children, open_descriptors, parent_of, pass_file_gate,
    shared_mappings, signal, sleeps, state_of, wait_until, wait_until_dead,
};
use multiprocess::{Pool, PoolBuilder, Process, TaskError};
use serde::{Deserialize, Serialize, Serializer};

fn main() -> ExitCode {
    forking::run(cases![
        functions_and_closures_are_tasks,
        arguments_and_results_of_any_shape,
        a_pool_of_none_is_refused,
        a_process_with_threads_is_refused,
        so_many_workers_work_at_once,
        join_waits_for_every_task,
        results_may_be_asked_for_after_join,
        map_keeps_the_order,
        map_reports_the_first_failure_and_no_other,
        imap_unordered_gives_results_as_they_come,
        imap_unordered_takes_an_endless_iterator,
        imap_unordered_gives_failures_too,
        get_timeout_gives_the_handle_back,
        a_panic_gives_message_and_place,
        a_panic_from_another_thread_gives_its_message,
        a_panic_that_aborts_is_printed,
        a_worker_that_exits_fails_its_task_alone,
        a_worker_that_aborts_fails_its_task_alone,
        a_worker_that_is_killed_fails_its_task_alone,
        a_worker_killed_in_the_middle_of_an_answer_fails_its_task_alone,
        an_idle_worker_that_is_killed_costs_nothing,
        failures_nobody_asked_for_are_reported_by_join,
        failures_somebody_asked_for_are_not,
        a_dropped_handle_reports_at_join,
        terminate_fails_what_is_not_done,
        dropping_a_pool_ends_it,
        dropping_a_closed_pool_ends_it,
        workers_ignore_sigint,
        programs_run_by_tasks_do_not_ignore_sigint,
        a_program_that_reaps_every_child_keeps_its_pool,
        workers_inherit_neither_handlers_nor_mask,
        workers_die_with_their_parent,
        workers_hold_no_descriptor_but_their_own,
        a_worker_does_not_keep_a_pipe_open,
        max_tasks_per_worker_replaces_workers,
        a_million_tasks_may_be_queued,
        an_argument_longer_than_the_queue_is_an_error,
        long_arguments_and_results_arrive,
        more_results_than_the_ring_holds_arrive,
        a_value_that_cannot_be_encoded_is_an_error,
        a_value_that_cannot_be_decoded_is_an_error,
        a_pool_works_after_threads_were_started,
        the_death_of_the_fork_server_is_an_error_and_no_hang,
        the_death_of_the_fork_server_while_submitting_is_an_error_and_no_hang,
        a_forked_copy_cannot_use_the_pool,
        a_forked_copy_does_not_end_the_pool,
        a_task_may_start_processes_and_pools,
        what_a_task_prints_is_out_before_its_result,
        what_a_task_prints_by_c_is_out_before_its_result,
        a_panic_in_another_thread_of_a_worker_is_printed,
        an_idle_pool_does_nothing,
        an_idle_worker_has_little_private_memory,
        a_hundred_pools_leave_nothing,
        a_worker_that_cannot_be_started_is_an_error,
        a_worker_that_cannot_be_replaced_at_once_fails_its_task_alone,
        a_pool_that_lacks_a_worker_may_be_closed,
        a_worker_that_can_never_be_replaced_is_an_error_and_no_hang,
        answers_that_cannot_be_read_are_an_error_and_no_hang,
        tasks_that_cannot_be_read_are_an_error_and_no_hang,
        a_worker_that_ends_before_it_can_work_is_an_error_and_no_fork_loop,
        workers_killed_before_they_can_work_are_an_error_and_no_fork_loop,
        a_pool_may_be_made_while_a_panic_unwinds,
        a_thread_that_waits_is_told_of_the_end,
        signals_do_not_show,
        the_errors_read_well,
    ])
}

fn double(n: u64) -> u64 {
    n * 2
}

fn fail(message: String) {
    panic!("{message}");
}

fn abort((): ()) {
    std::process::abort();
}

fn exit(code: i32) {
    std::process::exit(code);
}

fn worker_pid((): ()) -> u32 {
    id()
}

fn pass(gate: String) {
    pass_file_gate(&gate);
}

/// The pids of a pool's workers, found from outside.
fn workers_of(pool: &Pool) -> Vec<u32> {
    children(server_of(pool))
}

fn server_of(pool: &Pool) -> u32 {
    pool.apply_async(|()| parent_id(), ()).unwrap().get().unwrap()
}

fn functions_and_closures_are_tasks() {
    let pool = Pool::new(2).unwrap();
    let a = pool.apply_async(double, 4).unwrap();
    let b = pool.apply_async(|n: u64| n + 1, 4).unwrap();
    let c = pool.apply_async(u64::is_power_of_two, 4).unwrap();
    assert_eq!((a.get(), b.get(), c.get()), (Ok(8), Ok(5), Ok(true)));
    pool.close().join().unwrap();
    assert_no_children();
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Shape {
    Nothing,
    Named { name: String, sizes: Vec<Option<f64>> },
}

fn arguments_and_results_of_any_shape() {
    let pool = Pool::new(1).unwrap();
    let shape = Shape::Named { name: "京".repeat(100), sizes: vec![None, Some(0.5)] };
    let pair = pool.apply_async(|s: Shape| (s, Shape::Nothing), shape.clone()).unwrap();
    assert_eq!(pair.get(), Ok((shape, Shape::Nothing)));
    let failed = pool.apply_async(|s: String| s.parse::<u8>().map_err(|e| e.to_string()), "300".to_owned()).unwrap();
    assert_eq!(failed.get().unwrap().unwrap_err(), "number too large to fit in target type");
}

fn a_pool_of_none_is_refused() {
    assert!(Pool::new(0).unwrap_err().to_string().contains("at least one worker"));
    let lazy = PoolBuilder::new().workers(1).max_tasks_per_worker(0).start().unwrap_err();
    assert!(lazy.to_string().contains("at least 1"), "{lazy}");
    assert!(Pool::new(usize::MAX).is_err());
}

fn a_process_with_threads_is_refused() {
    let descriptors = open_descriptors();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || wait.recv());
    let error = Pool::new(2).unwrap_err();
    assert!(error.to_string().contains("2 threads"), "{error}");
    drop(release);
    let _ = thread.join();
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
}

fn so_many_workers_work_at_once() {
    let pool = Pool::new(3).unwrap();
    let gate = FileGate::new("at-once");
    let blocked: Vec<_> = (0..2).map(|_| pool.apply_async(pass, gate.0.clone()).unwrap()).collect();
    // The third worker does all this while the others wait.
    assert_eq!(pool.map(double, 0..100).unwrap().len(), 100);
    gate.open();
    for task in blocked {
        task.get().unwrap();
    }
    assert_eq!(workers_of(&pool).len(), 3);
}

fn join_waits_for_every_task() {
    let done = FileGate::new("done");
    let pool = Pool::new(1).unwrap();
    pool.apply_async(|()| std::thread::sleep(Duration::from_millis(20)), ()).unwrap();
    pool.apply_async(|path: String| fs::write(path, "").unwrap(), done.0.clone()).unwrap();
    pool.close().join().unwrap();
    assert!(fs::exists(&done.0).unwrap());
    assert_no_children();
}

fn results_may_be_asked_for_after_join() {
    let pool = Pool::new(2).unwrap();
    let results: Vec<_> = (0..100).map(|n| pool.apply_async(double, n).unwrap()).collect();
    let failed = pool.apply_async(fail, "later".to_owned()).unwrap();
    pool.close().join().unwrap();
    assert!(failed.get().is_err());
    for (n, result) in results.into_iter().enumerate() {
        assert_eq!(result.get(), Ok(2 * n as u64));
    }
}

fn map_keeps_the_order() {
    let pool = Pool::new(3).unwrap();
    for length in [0, 1, 2, 11, 12, 13, 1000, 100_000] {
        let results = pool.map(double, 0..length).unwrap();
        assert!(results.into_iter().eq((0..length).map(double)), "{length}");
    }
    let texts: Vec<String> = (0..50).map(|n| "x".repeat(n * 1000)).collect();
    let lengths = pool.map(|s: String| s.len(), texts).unwrap();
    assert!(lengths.into_iter().eq((0..50).map(|n| n * 1000)));
    // Values without bytes of their own.
    assert_eq!(pool.map(|()| (), vec![(); 1000]).unwrap().len(), 1000);
}

fn fail_from_70(n: u64) -> u64 {
    assert!(n < 70, "{n} is too much");
    n
}

fn map_reports_the_first_failure_and_no_other() {
    let pool = Pool::new(2).unwrap();
    let error = pool.map(fail_from_70, 0..100).unwrap_err();
    assert!(matches!(&error, TaskError::Panicked { message, .. } if message == "70 is too much"), "{error}");
    pool.close().join().unwrap();
}

fn imap_unordered_gives_results_as_they_come() {
    let pool = Pool::new(2).unwrap();
    let gate = FileGate::new("imap");
    let arguments = [(0, Some(gate.0.clone())), (1, None), (2, None)];
    let task = |(n, gate): (u64, Option<String>)| {
        if let Some(gate) = gate {
            pass_file_gate(&gate);
        }
        n
    };
    let mut results = pool.imap_unordered(task, arguments);
    let mut early = [results.next().unwrap().unwrap(), results.next().unwrap().unwrap()];
    early.sort_unstable();
    assert_eq!(early, [1, 2]);
    gate.open();
    assert_eq!(results.next(), Some(Ok(0)));
    assert_eq!(results.next(), None);
}

fn imap_unordered_takes_an_endless_iterator() {
    let pool = Pool::new(2).unwrap();
    let mut first: Vec<u64> = pool.imap_unordered(double, 0..).take(1000).map(Result::unwrap).collect();
    first.sort_unstable();
    first.dedup();
    assert_eq!(first.len(), 1000);
    pool.close().join().unwrap();
}

fn imap_unordered_gives_failures_too() {
    let pool = Pool::new(2).unwrap();
    let results: Vec<_> = pool.imap_unordered(fail_from_70, 0..100).collect();
    assert_eq!(results.iter().filter(|r| r.is_err()).count(), 30);
    assert_eq!(results.len(), 100);
    // Failures nobody took from the iterator are failures nobody asked for.
    let mut results = pool.imap_unordered(fail_from_70, 69..75);
    assert!(results.next().is_some());
    drop(results);
    let failures = pool.close().join().unwrap_err().failures();
    assert!(failures == 4 || failures == 5, "{failures}");
}

fn get_timeout_gives_the_handle_back() {
    let pool = Pool::new(1).unwrap();
    let gate = FileGate::new("timeout");
    let result = pool.apply_async(pass, gate.0.clone()).unwrap();
    let result = result.get_timeout(Duration::ZERO).unwrap_err();
    let start = Instant::now();
    let result = result.get_timeout(Duration::from_millis(20)).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(20));
    gate.open();
    assert_eq!(result.get_timeout(Duration::MAX).unwrap(), Ok(()));
    let failed = pool.apply_async(fail, String::new()).unwrap();
    assert!(failed.get_timeout(Duration::from_secs(3600)).unwrap().is_err());
    pool.close().join().unwrap();
}

fn a_panic_gives_message_and_place() {
    let said = capture(2, || {
        let pool = Pool::new(1).unwrap();
        let expected = format!("{}:{}:", file!(), line!() + 1);
        let failed = pool.apply_async(|n: u64| -> u64 { panic!("no {n}") }, 7).unwrap();
        match failed.get().unwrap_err() {
            TaskError::Panicked { message, place } => {
                assert_eq!(message, "no 7");
                assert!(place.starts_with(&expected), "{place} {expected}");
            }
            other => panic!("{other}"),
        }
        let odd = pool
            .apply_async(
                |()| {
                    if id() > 0 {
                        std::panic::panic_any(7)
                    }
                },
                (),
            )
            .unwrap();
        assert!(matches!(odd.get(), Err(TaskError::Panicked { .. })));
        // The worker lives on.
        let (before, after) = (worker(&pool), worker(&pool));
        assert_eq!(before, after);
    });
    assert!(said.contains("no 7"), "what a panic prints is printed: {said}");
}

fn another_threads_panic((): ()) {
    let thread = std::thread::spawn(|| assert_eq!(id(), 0, "the thread's own words"));
    std::panic::resume_unwind(thread.join().unwrap_err());
}

fn a_panic_from_another_thread_gives_its_message() {
    let pool = Pool::new(1).unwrap();
    let thread_panicked = |error: TaskError| {
        let TaskError::Panicked { message, place } = error else { panic!("{error}") };
        assert!(message.contains("the thread's own words"), "{message}");
        assert_eq!(place, "an unknown place");
    };
    thread_panicked(pool.apply_async(another_threads_panic, ()).unwrap().get().unwrap_err());
    // One that an earlier task has caught is not taken for it.
    let catches = |()| std::panic::catch_unwind(|| panic!("caught")).is_err();
    assert_eq!(pool.apply_async(catches, ()).unwrap().get(), Ok(true));
    thread_panicked(pool.apply_async(another_threads_panic, ()).unwrap().get().unwrap_err());
    // Nor one that the same task has caught.
    let both = |()| {
        let _ = std::panic::catch_unwind(|| panic!("caught"));
        another_threads_panic(());
    };
    thread_panicked(pool.apply_async(both, ()).unwrap().get().unwrap_err());
}

fn a_panic_that_aborts_is_printed() {
    let said = capture(2, || {
        let pool = Pool::new(1).unwrap();
        let task = |()| {
            extern "C" fn cannot_unwind() {
                panic!("last words");
            }
            cannot_unwind();
        };
        let error = pool.apply_async(task, ()).unwrap().get().unwrap_err();
        assert!(matches!(error, TaskError::WorkerDied { .. }), "{error}");
        pool.close().join().unwrap();
    });
    assert!(said.contains("last words"), "{said}");
}

fn worker(pool: &Pool) -> u32 {
    pool.apply_async(worker_pid, ()).unwrap().get().unwrap()
}

/// Runs a task that ends its worker among others that do not.
fn death_of(deadly: fn(&Pool) -> multiprocess::AsyncResult<()>) -> (u32, std::process::ExitStatus) {
    let pool = Pool::new(2).unwrap();
    let before: BTreeSet<u32> = workers_of(&pool).into_iter().collect();
    let first: Vec<_> = (0..100).map(|n| pool.apply_async(double, n).unwrap()).collect();
    let dead = deadly(&pool);
    let second: Vec<_> = (100..200).map(|n| pool.apply_async(double, n).unwrap()).collect();
    let error = dead.get().unwrap_err();
    for (n, result) in first.into_iter().chain(second).enumerate() {
        assert_eq!(result.get(), Ok(2 * n as u64));
    }
    let TaskError::WorkerDied { pid, status: Some(status) } = error else { panic!("{error}") };
    assert!(before.contains(&pid));
    let after: BTreeSet<u32> = workers_of(&pool).into_iter().collect();
    assert_eq!(after.len(), 2, "it was replaced");
    assert!(!after.contains(&pid));
    assert_eq!(before.intersection(&after).count(), 1, "the other was left alone");
    pool.close().join().unwrap();
    (pid, status)
}

fn a_worker_that_exits_fails_its_task_alone() {
    let (_, status) = death_of(|pool| pool.apply_async(exit, 3).unwrap());
    assert_eq!(status.code(), Some(3));
    let (_, status) = death_of(|pool| pool.apply_async(exit, 0).unwrap());
    assert_eq!(status.code(), Some(0));
}

fn a_worker_that_aborts_fails_its_task_alone() {
    let (_, status) = death_of(|pool| pool.apply_async(abort, ()).unwrap());
    assert_eq!(status.signal(), Some(libc::SIGABRT));
}

fn a_worker_that_is_killed_fails_its_task_alone() {
    let (_, status) = death_of(|pool| {
        let started = FileGate::new("started");
        let task = |path: String| {
            fs::write(path, id().to_string()).unwrap();
            std::thread::sleep(Duration::from_secs(3600));
        };
        let result = pool.apply_async(task, started.0.clone()).unwrap();
        let pid = loop {
            // The file is there a little before its content.
            if let Ok(pid) = fs::read_to_string(&started.0).unwrap_or_default().parse() {
                break pid;
            }
        };
        signal(pid, libc::SIGKILL);
        result
    });
    assert_eq!(status.signal(), Some(libc::SIGKILL));
}

fn a_worker_killed_in_the_middle_of_an_answer_fails_its_task_alone() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let started = FileGate::new("long");
    let task = |path: String| {
        fs::write(path, "").unwrap();
        vec![1_u8; 64 << 20]
    };
    let long = pool.apply_async(task, started.0.clone()).unwrap();
    let next = pool.apply_async(double, 4).unwrap();
    pass_file_gate(&started.0);
    // Nobody collects the answer, and it is more than the ring holds: the worker stops in the middle, asleep.
    while state_of(pid) != Some('S') {
        std::thread::yield_now();
    }
    signal(pid, libc::SIGKILL);
    let error = long.get().unwrap_err();
    assert!(matches!(error, TaskError::WorkerDied { pid: p, .. } if p == pid), "{error}");
    assert_eq!(next.get(), Ok(8));
    assert_eq!(pool.apply_async(|()| vec![2_u8; 8 << 20], ()).unwrap().get(), Ok(vec![2_u8; 8 << 20]));
    pool.close().join().unwrap();
}

fn an_idle_worker_that_is_killed_costs_nothing() {
    let pool = Pool::new(2).unwrap();
    for _ in 0..20 {
        for pid in workers_of(&pool) {
            signal(pid, libc::SIGKILL);
        }
        assert_eq!(pool.apply_async(double, 21).unwrap().get(), Ok(42));
    }
    assert_eq!(pool.map(double, 0..1000).unwrap().len(), 1000);
    pool.close().join().unwrap();
    assert_no_children();
}

fn failures_nobody_asked_for_are_reported_by_join() {
    let pool = Pool::new(2).unwrap();
    for n in 0..30 {
        pool.apply_async(|n: u64| assert!(n.is_multiple_of(2), "{n} is odd"), n).unwrap();
    }
    pool.apply_async(abort, ()).unwrap();
    let error = pool.close().join().unwrap_err();
    assert_eq!(error.failures(), 16);
    assert_eq!(error.first().len(), 16);
    let words: String = error.first().iter().map(ToString::to_string).collect();
    assert!(words.contains("17 is odd") && words.contains("signal: 6"), "{words}");
    assert_no_children();
}

fn failures_somebody_asked_for_are_not() {
    let pool = Pool::new(2).unwrap();
    let asked = pool.apply_async(fail, "asked".to_owned()).unwrap();
    assert!(asked.get().is_err());
    let kept = pool.apply_async(fail, "may still be asked".to_owned()).unwrap();
    pool.close().join().unwrap();
    assert!(kept.get().is_err());
}

fn a_dropped_handle_reports_at_join() {
    let pool = Pool::new(1).unwrap();
    let early = pool.apply_async(fail, "early".to_owned()).unwrap();
    let later = pool.apply_async(double, 1).unwrap();
    later.get().unwrap();
    drop(early);
    let error = pool.close().join().unwrap_err();
    assert_eq!(error.failures(), 1);
    assert!(error.to_string().contains("early"), "{error}");
}

fn terminate_fails_what_is_not_done() {
    let pool = Pool::new(2).unwrap();
    let done = pool.apply_async(double, 1).unwrap();
    assert_eq!(done.get(), Ok(2));
    let workers = workers_of(&pool);
    let endless: Vec<_> = (0..10).map(|_| pool.apply_async(pass, "/nonexistent".to_owned()).unwrap()).collect();
    pool.terminate();
    assert_no_children();
    for pid in workers {
        assert!(!fs::exists(format!("/proc/{pid}")).unwrap());
    }
    for task in endless {
        assert_eq!(task.get(), Err(TaskError::Terminated));
    }
}

fn dropping_a_pool_ends_it() {
    let descriptors = open_descriptors();
    let pool = Pool::new(2).unwrap();
    let workers = workers_of(&pool);
    let endless = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    drop(pool);
    assert_no_children();
    assert!(workers.iter().all(|pid| !fs::exists(format!("/proc/{pid}")).unwrap()));
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0), "a result that is left holds none");
    assert_eq!(endless.get(), Err(TaskError::Terminated));
}

fn dropping_a_closed_pool_ends_it() {
    let pool = Pool::new(2).unwrap();
    pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    drop(pool.close());
    assert_no_children();
}

fn workers_ignore_sigint() {
    let pool = Pool::new(1).unwrap();
    let (server, pid) = (server_of(&pool), worker(&pool));
    signal(server, libc::SIGINT);
    signal(pid, libc::SIGINT);
    assert_eq!((server_of(&pool), worker(&pool)), (server, pid));
    // Those that come later, too.
    signal(pid, libc::SIGKILL);
    wait_until_dead(pid);
    let pid = worker(&pool);
    signal(pid, libc::SIGINT);
    assert_eq!(worker(&pool), pid);
    pool.close().join().unwrap();
}

/// The signals, as bits, of the line of this name in a `/proc/<pid>/status`.
fn signals_in(status: &str, name: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    u64::from_str_radix(line.rsplit('\t').next().unwrap(), 16).unwrap()
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

fn handle(signal: i32, handler: extern "C" fn(i32)) {
    // SAFETY: the handlers of these tests use nothing but system calls. The pointers are to live values or null.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}

extern "C" fn do_nothing(_: i32) {}

fn programs_run_by_tasks_do_not_ignore_sigint() {
    let pool = Pool::new(1).unwrap();
    let status = pool.apply_async(
        |()| {
            let output = std::process::Command::new("cat").arg("/proc/self/status").output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        },
        (),
    );
    assert_eq!(signals_in(&status.unwrap().get().unwrap(), "SigIgn:") & bit(libc::SIGINT), 0);
    pool.close().join().unwrap();
}

fn a_program_that_reaps_every_child_keeps_its_pool() {
    extern "C" fn reap(_: i32) {
        // SAFETY: plain numbers, and null, which is allowed.
        unsafe { while libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) > 0 {} }
    }
    handle(libc::SIGCHLD, reap);
    let pool = Pool::new(2).unwrap();
    for _ in 0..10 {
        let dead = pool.apply_async(abort, ()).unwrap().get().unwrap_err();
        assert!(
            matches!(&dead, TaskError::WorkerDied { status: Some(status), .. } if status.signal() == Some(6)),
            "{dead}"
        );
        assert_eq!(pool.map(double, 0..100).unwrap().len(), 100);
    }
    pool.close().join().unwrap();
    assert_no_children();
}

fn workers_inherit_neither_handlers_nor_mask() {
    handle(libc::SIGUSR1, do_nothing);
    // SAFETY: plain data and numbers; the old mask and the old handler are not asked for.
    unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut mask);
        libc::sigaddset(&raw mut mask, libc::SIGTERM);
        libc::sigprocmask(libc::SIG_BLOCK, &raw const mask, std::ptr::null_mut());
        libc::signal(libc::SIGUSR2, libc::SIG_IGN);
    }
    let pool = Pool::new(1).unwrap();
    for pid in [server_of(&pool), worker(&pool)] {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        assert_eq!(signals_in(&status, "SigCgt:") & bit(libc::SIGUSR1), 0);
        assert_eq!(signals_in(&status, "SigBlk:"), 0);
        assert_ne!(signals_in(&status, "SigIgn:") & bit(libc::SIGUSR2), 0, "what is ignored stays so");
        assert_ne!(signals_in(&status, "SigCgt:") & bit(libc::SIGSEGV), 0, "a stack overflow is still told");
    }
    pool.close().join().unwrap();
}

fn workers_die_with_their_parent() {
    forking::become_parent_of_orphans();
    let ready = Gate::new();
    let mut parent = Process::spawn(|| {
        let pool = Pool::new(3).unwrap();
        let _busy = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
        let _server = server_of(&pool);
        ready.open();
        pass_file_gate("/nonexistent");
    })
    .unwrap();
    ready.pass();
    let servers = children(parent.id());
    assert_eq!(servers.len(), 1);
    let workers = children(servers[0]);
    assert_eq!(workers.len(), 3);
    parent.kill().unwrap();
    parent.join().unwrap();
    for pid in servers.into_iter().chain(workers) {
        wait_until_dead(pid);
    }
}

fn descriptors_of_worker((): ()) -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let mut open: Vec<String> = entries
        .filter(|e| e.file_name().to_str().is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 2)))
        .filter_map(|e| Some(fs::read_link(e.path()).ok()?.display().to_string()))
        .collect();
    open.sort();
    open
}

fn workers_hold_no_descriptor_but_their_own() {
    let _file = fs::File::open("/proc/self/stat").unwrap();
    let _pipe = std::io::pipe().unwrap();
    let _other = Pool::new(2).unwrap();
    let pool = Pool::new(2).unwrap();
    let open = pool.apply_async(descriptors_of_worker, ()).unwrap().get().unwrap();
    // The last is the directory being read.
    let open: Vec<_> = open.iter().filter(|path| !path.starts_with("/proc")).collect();
    assert_eq!(open, ["anon_inode:[eventfd]"]);
    // Nor does one that comes later, when the fork server has descriptors of the others.
    for pid in workers_of(&pool) {
        signal(pid, libc::SIGKILL);
        wait_until_dead(pid);
    }
    let open = pool.apply_async(descriptors_of_worker, ()).unwrap().get().unwrap();
    let open: Vec<_> = open.iter().filter(|path| !path.starts_with("/proc")).collect();
    assert_eq!(open, ["anon_inode:[eventfd]"]);
}

fn a_worker_does_not_keep_a_pipe_open() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let _pool = Pool::new(2).unwrap();
    drop(writer);
    let mut byte = [0];
    assert_eq!(std::io::Read::read(&mut reader, &mut byte).unwrap(), 0, "end of file");
    assert!(reader.as_raw_fd() > 2);
}

fn max_tasks_per_worker_replaces_workers() {
    let pool = PoolBuilder::new().workers(2).max_tasks_per_worker(3).start().unwrap();
    let pids: Vec<u32> = (0..40).map(|_| pool.apply_async(worker_pid, ()).unwrap().get().unwrap()).collect();
    let distinct: BTreeSet<_> = pids.iter().collect();
    assert!(distinct.len() >= 40 / 3, "{}", distinct.len());
    for pid in distinct {
        assert!(pids.iter().filter(|p| *p == pid).count() <= 3);
    }
    pool.close().join().unwrap();
    assert_no_children();
}

/// A number in KiB from `/proc/<pid>/<file>`: the sum of all lines that begin with `name`.
fn kib(pid: u32, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let lines = text.lines().filter(|line| line.starts_with(name));
    lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
}

fn a_million_tasks_may_be_queued() {
    const MILLION: u64 = 1_000_000;
    let pool = Pool::new(1).unwrap();
    let gate = FileGate::new("million");
    // While it waits here, no task is taken.
    let blocked = pool.apply_async(pass, gate.0.clone()).unwrap();
    let descriptors = open_descriptors();
    let before = kib(id(), "status", "VmRSS");
    let mut kept = Vec::new();
    for n in 0..MILLION {
        let result = pool.apply_async(double, n).unwrap();
        if n % 1000 == 0 {
            kept.push((n, result));
        }
    }
    assert_eq!(open_descriptors(), descriptors);
    let grown = kib(id(), "status", "VmRSS") - before;
    assert!(grown < 150 << 10, "{grown} KiB for a million tasks");
    gate.open();
    blocked.get().unwrap();
    for (n, result) in kept {
        assert_eq!(result.get(), Ok(n * 2));
    }
    pool.close().join().unwrap();
    assert_eq!(shared_mappings(), 0);
}

fn an_argument_longer_than_the_queue_is_an_error() {
    let pool = Pool::new(1).unwrap();
    let error = pool.apply_async(|v: Vec<u8>| v.len(), vec![0; 65 << 20]).unwrap_err().to_string();
    assert!(error.contains("68157460 bytes") && error.contains("67108864 bytes"), "{error}");
    assert_eq!(pool.apply_async(double, 1).unwrap().get(), Ok(2));
    pool.close().join().unwrap();
}

fn long_arguments_and_results_arrive() {
    let pool = Pool::new(2).unwrap();
    for length in [127, 128, 129, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 20_000_000] {
        let text = "y".repeat(length);
        let results: Vec<_> = (0..3).map(|_| pool.apply_async(|s: String| s, text.clone()).unwrap()).collect();
        for result in results {
            assert!(result.get().unwrap() == text, "{length}");
        }
    }
    pool.close().join().unwrap();
}

fn more_results_than_the_ring_holds_arrive() {
    let pool = Pool::new(2).unwrap();
    let results: Vec<_> = (0..2000_u64).map(|n| pool.apply_async(|n: u64| vec![n; 1000], n).unwrap()).collect();
    for (n, result) in results.into_iter().enumerate() {
        assert_eq!(result.get(), Ok(vec![n as u64; 1000]));
    }
    pool.close().join().unwrap();
}

#[derive(Deserialize, Debug, PartialEq)]
struct Secret;

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("a secret"))
    }
}

fn a_value_that_cannot_be_encoded_is_an_error() {
    let pool = Pool::new(1).unwrap();
    let error = pool.apply_async(|_: Secret| (), Secret).unwrap_err().to_string();
    assert!(error.contains("argument") && error.contains("Secret"), "{error}");
    let error = pool.apply_async(|()| Secret, ()).unwrap().get().unwrap_err();
    assert!(matches!(&error, TaskError::Encoding(why) if why.contains("result") && why.contains("Secret")), "{error}");
    assert!(pool.map(|_: Secret| (), vec![Secret]).is_err());
    assert_eq!(pool.apply_async(double, 1).unwrap().get(), Ok(2));
    pool.close().join().unwrap();
}

#[derive(Serialize, Debug, PartialEq)]
struct OneWay;

impl<'de> Deserialize<'de> for OneWay {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<OneWay, D::Error> {
        Err(serde::de::Error::custom("no way back"))
    }
}

fn a_value_that_cannot_be_decoded_is_an_error() {
    let pool = Pool::new(1).unwrap();
    for error in [
        pool.apply_async(|_: OneWay| (), OneWay).unwrap().get().unwrap_err(),
        pool.apply_async(|()| OneWay, ()).unwrap().get().unwrap_err(),
    ] {
        assert!(matches!(&error, TaskError::Encoding(why) if why.contains("OneWay")), "{error}");
    }
    assert_eq!(pool.apply_async(double, 1).unwrap().get(), Ok(2));
    pool.close().join().unwrap();
}

fn a_pool_works_after_threads_were_started() {
    let pool = Arc::new(Pool::new(2).unwrap());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let pool = Arc::clone(&pool);
            std::thread::spawn(move || {
                for round in 0..50 {
                    let results: Vec<_> = (0..50).map(|n| pool.apply_async(double, n).unwrap()).collect();
                    for (n, result) in results.into_iter().enumerate() {
                        assert_eq!(result.get(), Ok(2 * n as u64));
                    }
                    assert_eq!(pool.map(double, 0..100).unwrap().len(), 100);
                    if round % 10 == 0 {
                        let dead = pool.apply_async(abort, ()).unwrap();
                        assert!(matches!(dead.get(), Err(TaskError::WorkerDied { .. })));
                    }
                    let slow = pool.apply_async(|()| std::thread::sleep(Duration::from_millis(1)), ()).unwrap();
                    let slow =
                        slow.get_timeout(Duration::from_micros(10)).or_else(|slow| Ok::<_, ()>(slow.get())).unwrap();
                    slow.unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    Arc::into_inner(pool).unwrap().close().join().unwrap();
    assert_no_children();
}

fn the_death_of_the_fork_server_is_an_error_and_no_hang() {
    let pool = Pool::new(2).unwrap();
    let server = server_of(&pool);
    let workers = workers_of(&pool);
    let done = pool.apply_async(double, 1).unwrap();
    let waiting = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    let dropped = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    drop(dropped);
    signal(server, libc::SIGKILL);
    let error = waiting.get().unwrap_err();
    assert!(matches!(&error, TaskError::PoolBroken(why) if why.contains(&format!("process {server}"))), "{error}");
    for pid in workers {
        wait_until_dead(pid);
    }
    let _ = done.get();
    assert!(pool.apply_async(double, 1).unwrap_err().to_string().contains("broken"));
    assert!(pool.map(double, 0..10).is_err());
    assert!(pool.imap_unordered(double, 0..10).next().unwrap().is_err());
    assert_eq!(pool.close().join().unwrap_err().failures(), 1);
    assert_no_children();
}

fn the_death_of_the_fork_server_while_submitting_is_an_error_and_no_hang() {
    let pool = Pool::new(1).unwrap();
    let blocked = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    let server = server_and_kill_soon(&pool);
    // More than fits: it has to wait for room, which nobody makes.
    let error = loop {
        if let Err(error) = pool.apply_async(|v: Vec<u8>| v.len(), vec![0; 1 << 20]) {
            break error;
        }
    };
    assert!(error.to_string().contains(&format!("process {server}")), "{error}");
    assert!(blocked.get().is_err());
}

/// Kills the fork server a little later; its pid.
fn server_and_kill_soon(_: &Pool) -> u32 {
    let server = children(id())[0];
    Process::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        signal(server, libc::SIGKILL);
    })
    .unwrap();
    server
}

fn a_forked_copy_cannot_use_the_pool() {
    let pool = Pool::new(1).unwrap();
    let result = pool.apply_async(double, 1).unwrap();
    let mut copy = Process::spawn(|| {
        let error = pool.apply_async(double, 1).unwrap_err().to_string();
        assert!(error.contains("forked copy"), "{error}");
        // SAFETY: reads a handle that the parent's copy of this memory goes on to own; here it is used once.
        let result = unsafe { std::ptr::read(&raw const result) };
        assert!(matches!(result.get(), Err(TaskError::PoolBroken(_))));
    })
    .unwrap();
    assert!(copy.join().unwrap().success());
    assert_eq!(result.get(), Ok(2));
    pool.close().join().unwrap();
}

fn a_forked_copy_does_not_end_the_pool() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let uses: [fn(Pool); 3] = [drop, Pool::terminate, |pool| assert!(pool.close().join().is_err())];
    for end in uses {
        // SAFETY: reads a pool that the parent's copy of this memory goes on to own; here it is used once.
        let mut copy = Process::spawn(|| end(unsafe { std::ptr::read(&raw const pool) })).unwrap();
        assert!(copy.join().unwrap().success());
    }
    assert_eq!(worker(&pool), pid);
    pool.close().join().unwrap();
}

fn a_task_may_start_processes_and_pools() {
    let pool = Pool::new(2).unwrap();
    let task = |n: u64| {
        let code = Process::spawn(|| std::process::exit(7)).unwrap().join().unwrap().code();
        let inner = Pool::new(2).unwrap();
        let sum: u64 = inner.map(double, 0..n).unwrap().into_iter().sum();
        inner.close().join().unwrap();
        (code, sum)
    };
    let results: Vec<_> = (0..6).map(|_| pool.apply_async(task, 10).unwrap()).collect();
    for result in results {
        assert_eq!(result.get(), Ok((Some(7), 90)));
    }
    pool.close().join().unwrap();
}

fn what_a_task_prints_is_out_before_its_result() {
    let said = capture(1, || {
        let pool = Pool::new(1).unwrap();
        print!("half ");
        pool.apply_async(|()| print!("task "), ()).unwrap().get().unwrap();
        print!("line");
        std::io::Write::flush(&mut std::io::stdout()).unwrap();
        pool.terminate();
    });
    assert_eq!(said, "task half line");
}

fn what_a_task_prints_by_c_is_out_before_its_result() {
    let said = capture(1, || {
        let pool = Pool::new(1).unwrap();
        // SAFETY: a string that ends with NUL and names no arguments.
        let task = |()| unsafe { _ = libc::printf(c"printed by C".as_ptr()) };
        pool.apply_async(task, ()).unwrap().get().unwrap();
        pool.terminate();
    });
    assert_eq!(said, "printed by C");
}

fn a_panic_in_another_thread_of_a_worker_is_printed() {
    let said = capture(2, || {
        let pool = Pool::new(1).unwrap();
        let task = |()| std::thread::spawn(|| panic!("elsewhere")).join().is_err();
        assert_eq!(pool.apply_async(task, ()).unwrap().get(), Ok(true));
        pool.close().join().unwrap();
    });
    assert!(said.contains("elsewhere"), "{said}");
}

/// How often a process has gone to sleep, or been put aside, so far.
fn switches(pid: u32) -> u64 {
    kib(pid, "status", "voluntary_ctxt_switches") + kib(pid, "status", "nonvoluntary_ctxt_switches")
}

fn an_idle_pool_does_nothing() {
    let pool = Pool::new(2).unwrap();
    pool.map(double, 0..1000).unwrap();
    let server = children(id())[0];
    let everybody: Vec<u32> = children(server).into_iter().chain([server]).collect();
    // They come to rest at some time; from then on nobody moves.
    let mut before: Vec<u64> = everybody.iter().map(|&pid| switches(pid)).collect();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let after: Vec<u64> = everybody.iter().map(|&pid| switches(pid)).collect();
        if before == after {
            return;
        }
        before = after;
    }
}

fn an_idle_worker_has_little_private_memory() {
    let pool = Pool::new(2).unwrap();
    pool.map(double, 0..100_000).unwrap();
    // Nor does it keep what a task needed once.
    for _ in 0..8 {
        assert_eq!(pool.apply_async(|s: String| s, "x".repeat(40 << 20)).unwrap().get().unwrap().len(), 40 << 20);
    }
    for pid in children(children(id())[0]) {
        wait_until(|| sleeps(pid));
        let private = kib(pid, "smaps_rollup", "Private_");
        assert!(private < 1024, "{private} KiB");
    }
}

fn a_hundred_pools_leave_nothing() {
    let descriptors = open_descriptors();
    for n in 0..100 {
        let pool = Pool::new(1 + n % 3).unwrap();
        let result = pool.apply_async(double, 1).unwrap();
        match n % 4 {
            0 => drop(pool),
            1 => pool.terminate(),
            2 => drop(pool.close()),
            _ => pool.close().join().unwrap(),
        }
        drop(result);
    }
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
    assert!(parent_of(id()).is_some());
}

fn the_errors_read_well() {
    let died = TaskError::WorkerDied { pid: 7, status: Some(std::process::ExitStatus::from_raw(9)) };
    assert_eq!(died.to_string(), "worker process 7 died with the task in its hands: signal: 9 (SIGKILL)");
    let panicked = TaskError::Panicked { message: "no".to_owned(), place: "a.rs:1:2".to_owned() };
    assert_eq!(panicked.to_string(), "the task panicked at a.rs:1:2: no");
    let pool = Pool::new(1).unwrap();
    pool.apply_async(fail, "one".to_owned()).unwrap();
    pool.apply_async(fail, "two".to_owned()).unwrap();
    let error = std::io::Error::from(pool.close().join().unwrap_err());
    let text = error.to_string();
    assert!(
        text.starts_with("2 tasks failed and nobody asked for their results; the first: the task panicked at "),
        "{text}"
    );
}

/// Sets a soft limit of a process.
fn limit(pid: u32, resource: libc::__rlimit_resource_t, most: u64) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: one live rlimit to be read, or to be filled in; null for the other.
    let answers = unsafe {
        let got = libc::prlimit(pid.cast_signed(), resource, std::ptr::null(), &raw mut limit);
        limit.rlim_cur = most;
        (got, libc::prlimit(pid.cast_signed(), resource, &raw const limit, std::ptr::null_mut()))
    };
    assert_eq!(answers, (0, 0), "{}", std::io::Error::last_os_error());
}

fn limit_descriptors(pid: u32, most: u64) {
    limit(pid, libc::RLIMIT_NOFILE, most);
}

fn a_worker_that_cannot_be_started_is_an_error() {
    limit_descriptors(id(), 16);
    // The fork server needs a descriptor for each.
    let error = Pool::new(30).unwrap_err().to_string();
    assert!(error.contains("gave up") && error.contains("Too many open files"), "{error}");
    assert_no_children();
    Pool::new(2).unwrap().close().join().unwrap();
}

fn a_worker_that_cannot_be_replaced_at_once_fails_its_task_alone() {
    let pool = Pool::new(2).unwrap();
    let server = server_of(&pool);
    // Fewer than it has open.
    limit_descriptors(server, 4);
    let dead = pool.apply_async(abort, ()).unwrap();
    wait_until(|| children(server).len() == 1);
    // The other one works on.
    assert_eq!(pool.map(double, 0..1000).unwrap().len(), 1000);
    limit_descriptors(server, 100);
    let error = dead.get().unwrap_err();
    assert!(matches!(error, TaskError::WorkerDied { .. }), "{error}");
    assert_eq!(workers_of(&pool).len(), 2);
    pool.close().join().unwrap();
    assert_no_children();
}

fn a_pool_that_lacks_a_worker_may_be_closed() {
    let pool = Pool::new(1).unwrap();
    let (server, pid) = (server_of(&pool), worker(&pool));
    limit_descriptors(server, 4);
    signal(pid, libc::SIGKILL);
    wait_until(|| children(server).is_empty());
    pool.close().join().unwrap();
    assert_no_children();
}

fn a_worker_that_can_never_be_replaced_is_an_error_and_no_hang() {
    let pool = Pool::new(2).unwrap();
    limit_descriptors(server_of(&pool), 4);
    let dead = pool.apply_async(abort, ()).unwrap();
    let waiting = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    for result in [dead, waiting] {
        let error = result.get().unwrap_err();
        assert!(matches!(&error, TaskError::PoolBroken(why) if why.contains("gave up: could not")), "{error}");
    }
    assert_no_children();
}

const RING_OF_TASKS: usize = 64 << 20;
const RING_OF_ANSWERS: usize = 4 << 20;

/// Overwrites the rings of about this size, as a stray pointer might. The mapping's first page holds the locks.
fn overwrite_rings(size: usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut overwritten = 0;
    for line in maps.lines().filter(|line| line.contains("multiprocess-queue") && line.contains(" 00000000 ")) {
        let (range, _) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|address| usize::from_str_radix(address, 16).unwrap());
        if (size..size + (64 << 10)).contains(&(end - start)) {
            // SAFETY: a mapping of this process, shared memory that holds no Rust value, only bytes that are checked.
            unsafe { std::ptr::write_bytes(std::ptr::without_provenance_mut::<u8>(start + 4096), 0xff, 64 << 10) };
            overwritten += 1;
        }
    }
    assert_eq!(overwritten, 1);
}

fn assert_broken<R: std::fmt::Debug>(outcome: Result<R, TaskError>, words: &str) {
    let error = outcome.unwrap_err();
    assert!(matches!(&error, TaskError::PoolBroken(why) if why.contains(words)), "{error}");
}

fn answers_that_cannot_be_read_are_an_error_and_no_hang() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let result = pool.apply_async(double, 1).unwrap();
    let waiting = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    // The first answer is in the ring when the second task has begun, which sleeps to look at its gate.
    while !fs::read_to_string(format!("/proc/{pid}/syscall"))
        .unwrap()
        .starts_with(&libc::SYS_clock_nanosleep.to_string())
    {
        std::thread::yield_now();
    }
    overwrite_rings(RING_OF_ANSWERS);
    assert_broken(result.get(), "overwritten");
    assert_broken(waiting.get(), "overwritten");
    assert!(pool.apply_async(double, 1).unwrap_err().to_string().contains("overwritten"));
    assert_no_children();
}

fn tasks_that_cannot_be_read_are_an_error_and_no_hang() {
    let pool = Pool::new(1).unwrap();
    let gate = FileGate::new("tasks");
    let first = pool.apply_async(pass, gate.0.clone()).unwrap();
    let second = pool.apply_async(double, 1).unwrap();
    overwrite_rings(RING_OF_TASKS);
    gate.open();
    // It was taken before, or it was not.
    let _ = first.get();
    assert_broken(second.get(), "overwritten");
    assert_no_children();
}

fn a_worker_that_ends_before_it_can_work_is_an_error_and_no_fork_loop() {
    static GENERATION: AtomicU32 = AtomicU32::new(0);
    extern "C" fn forked() {
        // The fork server is the first generation, its workers are the second.
        if GENERATION.fetch_add(1, Ordering::Relaxed) == 1 {
            // SAFETY: ends this process.
            unsafe { libc::_exit(3) };
        }
    }
    // SAFETY: the handler touches nothing but an atomic.
    assert_eq!(unsafe { libc::pthread_atfork(None, None, Some(forked)) }, 0);
    // They may end before the pool is made, or after.
    let error = match Pool::new(2) {
        Ok(pool) => loop {
            match pool.apply_async(double, 1) {
                Ok(result) => break result.get().unwrap_err().to_string(),
                Err(error) => drop(error),
            }
        },
        Err(error) => error.to_string(),
    };
    assert!(error.contains("before it could take a task: exit status: 3"), "{error}");
    assert_no_children();
}

fn workers_killed_before_they_can_work_are_an_error_and_no_fork_loop() {
    let said = capture(2, || {
        let pool = Pool::new(2).unwrap();
        let server = server_of(&pool);
        for pid in children(server).into_iter().chain([server]) {
            // Not enough for the argument that follows.
            limit(pid, libc::RLIMIT_AS, kib(pid, "status", "VmSize") * 1024 + (16 << 20));
        }
        let result = pool.apply_async(|s: String| s.len(), "x".repeat(32 << 20)).unwrap();
        assert_broken(result.get(), "100 worker processes in a row ended");
    });
    assert!(said.contains("memory allocation"), "{said}");
    assert_no_children();
}

fn a_pool_may_be_made_while_a_panic_unwinds() {
    struct MakesPool;
    impl Drop for MakesPool {
        fn drop(&mut self) {
            let pool = Pool::new(1).unwrap();
            assert_eq!(pool.apply_async(double, 1).unwrap().get(), Ok(2));
            assert!(matches!(pool.apply_async(fail, String::new()).unwrap().get(), Err(TaskError::Panicked { .. })));
            pool.close().join().unwrap();
        }
    }
    std::panic::set_hook(Box::new(|_| ()));
    let outcome = std::panic::catch_unwind(|| {
        let _makes_pool = MakesPool;
        panic!("this one unwinds");
    });
    assert!(outcome.is_err());
}

fn a_thread_that_waits_is_told_of_the_end() {
    let pool = Pool::new(1).unwrap();
    let results: Vec<_> = (0..3).map(|_| pool.apply_async(pass, "/nonexistent".to_owned()).unwrap()).collect();
    let threads: Vec<_> = results.into_iter().map(|result| std::thread::spawn(|| result.get())).collect();
    // Sooner or later they wait; the answer is the same.
    std::thread::sleep(Duration::from_millis(50));
    pool.terminate();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), Err(TaskError::Terminated));
    }
}

fn signals_do_not_show() {
    let pool = Pool::new(2).unwrap();
    let tick = libc::timeval { tv_sec: 0, tv_usec: 200 };
    let timer = libc::itimerval { it_interval: tick, it_value: tick };
    // SAFETY: the handler does nothing; without SA_RESTART every wait that it interrupts gives EINTR. The pointers are to
    // live values or null.
    unsafe {
        handle(libc::SIGALRM, do_nothing);
        libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut());
    }
    let slow = |n: u64| {
        std::thread::sleep(Duration::from_millis(n % 3));
        n
    };
    assert_eq!(pool.map(slow, 0..100).unwrap().len(), 100);
    let result = pool.apply_async(slow, 2).unwrap();
    let _ = result.get_timeout(Duration::from_millis(1)).map_err(|result| result.get().unwrap());
    pool.close().join().unwrap();
}
