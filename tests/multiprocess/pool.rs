//! What `Pool` promises. That it keeps its word under a rain of SIGKILLs is tested by `pool_kill.rs`
//! and `pool_soak.rs`.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::process::id;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use multiprocess::{Pool, PoolBuilder, Process, TaskError, Waitable, wait};
use serde::{Deserialize, Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::forking::{
    Case, FileGate, Gate, Killer, assert_no_children, capture, children, open_descriptors, parent_of, pass_file_gate,
    shared_mappings, signal, sleeps, state_of, wait_until, wait_until_dead,
};

pub const CASES: &[Case] = cases![
    functions_and_closures_are_tasks,
    a_function_that_was_loaded_after_the_pool_was_made_is_no_task,
    arguments_and_results_of_any_shape,
    a_pool_of_none_is_refused,
    a_task_that_leaves_no_descriptor_takes_none_from_the_pool,
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
    a_signal_to_the_group_is_for_the_program_to_handle,
    workers_die_with_their_parent,
    workers_do_not_outlive_an_owner_that_executes_a_program,
    workers_do_not_outlive_their_server_after_they_have_changed_the_user,
    a_program_that_loses_exit_statuses_may_join,
    a_task_that_becomes_a_daemon_does_not_stop_join,
    a_worker_ends_with_the_destructors_of_its_thread_locals,
    every_worker_is_initialized,
    a_failing_initializer_breaks_the_pool,
    an_initializer_that_ends_its_worker_is_an_error_and_no_fork_loop,
    memory_that_is_shared_is_refused_unless_allowed,
    a_task_that_takes_too_long_fails_alone,
    a_time_limit_is_for_one_task,
    a_pool_may_have_a_time_limit,
    a_running_task_may_be_cancelled,
    a_queued_task_may_be_cancelled,
    tasks_may_be_cancelled_and_the_pool_closed,
    cancelling_hits_no_other_task,
    a_worker_may_have_a_memory_limit,
    ready_says_whether_get_would_wait,
    wait_hears_of_results,
    wait_hears_of_results_that_other_threads_collect,
    wait_hears_of_every_end_of_a_task,
    worker_ids_are_those_of_the_workers,
    join_timeout_gives_the_pool_back,
    a_pool_may_be_terminated_while_it_is_joined,
    imap_keeps_the_order,
    imap_takes_an_endless_iterator,
    a_failure_says_which_argument_it_is_of,
    an_argument_that_cannot_be_encoded_fails_alone,
    starmap_spreads_pairs,
    chunks_may_have_any_size,
    callbacks_are_called_once_with_what_became_of_the_task,
    a_callback_may_use_the_pool,
    rings_may_be_small_and_must_not_be_tiny,
    a_value_that_arrives_as_another_is_an_error,
    workers_hold_no_descriptor_but_their_own,
    whoever_owns_a_descriptor_owns_its_number_in_a_worker,
    a_task_that_closes_every_descriptor_is_answered_and_its_worker_replaced,
    what_a_panic_throws_is_dropped,
    a_worker_does_not_keep_a_pipe_open,
    max_tasks_per_worker_replaces_workers,
    very_many_tasks_may_be_queued,
    arguments_longer_than_the_queue_arrive,
    long_arguments_from_several_threads_do_not_mix,
    a_worker_killed_while_a_long_argument_is_sent_fails_its_task_alone,
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
    one_healthy_worker_keeps_the_pool_alive,
    workers_that_can_never_be_replaced_are_an_error_and_no_hang,
    answers_that_cannot_be_read_are_an_error_and_no_hang,
    tasks_that_cannot_be_read_are_an_error_and_no_hang,
    a_worker_that_ends_before_it_can_work_is_an_error_and_no_fork_loop,
    workers_killed_before_they_can_work_are_an_error_and_no_fork_loop,
    a_pool_may_be_made_while_a_panic_unwinds,
    a_thread_that_waits_is_told_of_the_end,
    signals_do_not_show,
    the_errors_read_well,
];

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

/// Loads a function that adds one, as dlopen(3) would.
fn load_successor() -> fn(u64) -> u64 {
    let code: &[u8] = match cfg!(target_arch = "x86_64") {
        // lea rax, [rdi + 1]; ret
        true => &[0x48, 0x8d, 0x47, 0x01, 0xc3],
        // add x0, x0, #1; ret
        false => &[0x00, 0x04, 0x00, 0x91, 0xc0, 0x03, 0x5f, 0xd6],
    };
    // SAFETY: new memory, large enough, into which a whole function is written before anybody calls it.
    unsafe {
        let rights = libc::PROT_READ | libc::PROT_WRITE;
        let place = libc::mmap(std::ptr::null_mut(), 4096, rights, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0);
        assert_ne!(place, libc::MAP_FAILED);
        std::ptr::copy_nonoverlapping(code.as_ptr(), place.cast(), code.len());
        assert_eq!(libc::mprotect(place, 4096, libc::PROT_READ | libc::PROT_EXEC), 0);
        std::mem::transmute::<*mut libc::c_void, fn(u64) -> u64>(place)
    }
}

fn a_function_that_was_loaded_after_the_pool_was_made_is_no_task() {
    let before = load_successor();
    let pool = Pool::new(1).unwrap();
    assert_eq!(pool.apply_async(before, 1).unwrap().get(), Ok(2));
    let after = load_successor();
    assert_eq!(after(1), 2);
    let error = pool.apply_async(after, 1).unwrap_err().to_string();
    assert!(error.contains("loaded") && error.contains("make the pool afterwards"), "{error}");
    assert!(pool.map(after, [1]).is_err() && pool.imap(after, [1]).next().unwrap().is_err());
    pool.close().join().unwrap();
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
    // It is not tried: memory would be gone long before all of them were there.
    let many = Pool::new(100_000_000).unwrap_err();
    assert!(many.to_string().contains("pid_max"), "{many}");
    limit_descriptors(id(), 64);
    let some = Pool::new(100).unwrap_err();
    assert!(some.to_string().contains("ulimit -n"), "{some}");
}

fn a_task_that_leaves_no_descriptor_takes_none_from_the_pool() {
    limit_descriptors(id(), 64);
    let pool = Pool::new(2).unwrap();
    let leaks = |_: ()| std::iter::from_fn(|| fs::File::open("/dev/null").ok()).map(std::mem::forget).count();
    for _ in 0..4 {
        assert!(pool.apply_async(leaks, ()).unwrap().get().unwrap() < 64);
    }
    assert_eq!(pool.map(|n: u32| n + 1, 0..1000).unwrap(), (1..=1000).collect::<Vec<u32>>());
    let long = pool.apply_async(|text: String| text.len(), "x".repeat(10 << 20)).unwrap();
    assert_eq!(long.get(), Ok(10 << 20));
    pool.close().join().unwrap();
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
    // The death is told before the worker is replaced.
    let after: BTreeSet<u32> = loop {
        let workers = workers_of(&pool);
        if workers.len() == 2 {
            break workers.into_iter().collect();
        }
        std::thread::sleep(Duration::from_millis(1));
    };
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
        "1".repeat(64 << 20)
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
    assert_eq!(pool.apply_async(|()| "2".repeat(8 << 20), ()).unwrap().get(), Ok("2".repeat(8 << 20)));
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
    handle(libc::SIGUSR1, end);
    handle(libc::SIGALRM, end);
    // SAFETY: plain data and numbers; the old mask and the old handler are not asked for.
    unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut mask);
        libc::sigaddset(&raw mut mask, libc::SIGTERM);
        libc::sigprocmask(libc::SIG_BLOCK, &raw const mask, std::ptr::null_mut());
        libc::signal(libc::SIGWINCH, libc::SIG_IGN);
    }
    let pool = Pool::new(1).unwrap();
    let (server, pid) = (server_of(&pool), worker(&pool));
    for pid in [server, pid] {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        assert_eq!(signals_in(&status, "SigBlk:") & bit(libc::SIGSEGV), 0);
        assert_ne!(signals_in(&status, "SigCgt:") & bit(libc::SIGSEGV), 0, "a stack overflow is still told");
        // The handler would end them.
        signal(pid, libc::SIGUSR1);
    }
    assert_eq!((server_of(&pool), worker(&pool)), (server, pid));
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert_eq!(signals_in(&status, "SigBlk:"), 0);
    assert_eq!(signals_in(&status, "SigCgt:") & bit(libc::SIGALRM), 0, "it has its default action");
    pool.close().join().unwrap();
}

/// A handler that the program made for itself.
extern "C" fn end(_: i32) {
    // SAFETY: ends this process.
    unsafe { libc::_exit(9) };
}

fn a_signal_to_the_group_is_for_the_program_to_handle() {
    static SEEN: AtomicU32 = AtomicU32::new(0);
    extern "C" fn note(_: i32) {
        SEEN.fetch_add(1, Ordering::Relaxed);
    }
    let for_groups = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2];
    for number in for_groups {
        handle(number, note);
    }
    let pool = Pool::new(2).unwrap();
    let (server, workers) = (server_of(&pool), pool.worker_ids());
    let gate = FileGate::new("group");
    let busy = pool.apply_async(pass, gate.0.clone()).unwrap();
    for number in for_groups {
        // SAFETY: plain numbers: every process of this test's group.
        assert_eq!(unsafe { libc::kill(0, number) }, 0);
    }
    gate.open();
    assert_eq!(busy.get(), Ok(()));
    assert_eq!((server_of(&pool), pool.worker_ids()), (server, workers));
    assert_eq!(SEEN.load(Ordering::Relaxed), 6);
    pool.close().join().unwrap();
}

fn workers_die_with_their_parent() {
    crate::forking::become_parent_of_orphans();
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

fn workers_do_not_outlive_an_owner_that_executes_a_program() {
    crate::forking::become_parent_of_orphans();
    let ready = Gate::new();
    let mut owner = Process::spawn(|| {
        let pool = Pool::new(2).unwrap();
        let _busy = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
        let _server = server_of(&pool);
        ready.open();
        // Until it is killed.
        let error = std::os::unix::process::CommandExt::exec(std::process::Command::new("sleep").arg("3600"));
        panic!("{error}");
    })
    .unwrap();
    ready.pass();
    let servers = children(owner.id());
    // The server may have ended by now, or not.
    for pid in servers.iter().flat_map(|&server| children(server)).chain(servers.iter().copied()) {
        wait_until_dead(pid);
    }
    assert!(owner.is_alive().unwrap());
    owner.kill().unwrap();
    owner.join().unwrap();
}

/// Whether this process is privileged to change its user: `CAP_SETUID` of capabilities(7).
fn may_change_user() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let permitted = status.lines().find_map(|line| line.strip_prefix("CapPrm:")).unwrap().trim();
    u64::from_str_radix(permitted, 16).unwrap() & 1 << 7 != 0
}

fn workers_do_not_outlive_their_server_after_they_have_changed_the_user() {
    crate::forking::become_parent_of_orphans();
    let pool = Pool::new(1).unwrap();
    let (server, pid) = (server_of(&pool), worker(&pool));
    // What setuid(2) does, too, if it changes anything: the worker's end is not bound to the server's any more.
    // SAFETY: plain numbers.
    let forget = |()| unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) };
    assert_eq!(pool.apply_async(forget, ()).unwrap().get(), Ok(0));
    signal(server, libc::SIGKILL);
    wait_until_dead(pid);

    // SAFETY: takes no arguments.
    let wait_for_ever = |()| while unsafe { libc::pause() } < 0 {};
    // The next task is there already, and takes long: the worker does not sleep in between.
    let pool = Pool::new(1).unwrap();
    let (server, pid) = (server_of(&pool), worker(&pool));
    let forget_slowly = |()| {
        // Longer than a tick of the clock.
        std::thread::sleep(Duration::from_millis(20));
        // SAFETY: plain numbers.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) }
    };
    let forgets = pool.apply_async(forget_slowly, ()).unwrap();
    let waits = pool.apply_async(wait_for_ever, ()).unwrap();
    assert_eq!(forgets.get(), Ok(0));
    std::thread::sleep(Duration::from_millis(50));
    signal(server, libc::SIGKILL);
    wait_until_dead(pid);
    assert!(matches!(waits.get(), Err(TaskError::PoolBroken(_))));

    // It takes no time at all, right after a task that took none, and before one that never ends.
    for _ in 0..8 {
        let pool = Pool::new(1).unwrap();
        let (server, pid) = (server_of(&pool), worker(&pool));
        let nothing = pool.apply_async(|()| (), ()).unwrap();
        let forgets = pool.apply_async(forget, ()).unwrap();
        let waits = pool.apply_async(wait_for_ever, ()).unwrap();
        assert_eq!((nothing.get(), forgets.get()), (Ok(()), Ok(0)));
        std::thread::sleep(Duration::from_millis(20));
        signal(server, libc::SIGKILL);
        wait_until_dead(pid);
        assert!(matches!(waits.get(), Err(TaskError::PoolBroken(_))));
    }

    // In the middle of its task, and it never comes to its end. Whoever cannot change the user can only unbind itself.
    for _ in 0..if may_change_user() { 8 } else { 0 } {
        let pool = Pool::new(2).unwrap();
        let (server, pids) = (server_of(&pool), pool.worker_ids());
        let changes = |()| {
            // SAFETY: plain numbers. The second does it if the first may not.
            unsafe {
                libc::syscall(libc::SYS_setresuid, 65534, 65534, 65534);
                libc::prctl(libc::PR_SET_PDEATHSIG, 0);
            }
            let is_bound = {
                let mut signal = -1;
                // SAFETY: the answer is written to a live place.
                unsafe { libc::prctl(libc::PR_GET_PDEATHSIG, &raw mut signal) };
                signal != 0
            };
            assert!(!is_bound);
            loop {
                std::thread::sleep(Duration::from_secs(1));
            }
        };
        let changing = pool.apply_async(changes, ()).unwrap();
        std::thread::sleep(Duration::from_millis(30));
        signal(server, libc::SIGKILL);
        pids.into_iter().for_each(wait_until_dead);
        let _: Result<(), TaskError> = changing.get();
    }

    // The initializer does it, before the first task.
    // SAFETY: plain numbers.
    let forget = || assert_eq!(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) }, 0);
    let pool = PoolBuilder::new().workers(1).initializer(forget).start().unwrap();
    let waits = pool.apply_async(wait_for_ever, ()).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let pid = pool.worker_ids()[0];
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let server = stat.rsplit(')').next().unwrap().split_whitespace().nth(1).unwrap().parse().unwrap();
    signal(server, libc::SIGKILL);
    wait_until_dead(pid);
    assert!(matches!(waits.get(), Err(TaskError::PoolBroken(_))));
}

fn a_program_that_loses_exit_statuses_may_join() {
    let pool = Pool::new(1).unwrap();
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    pool.close().join().unwrap();
    let pool = Pool::new(1).unwrap();
    extern "C" fn reap(_: i32) {
        // SAFETY: plain numbers, and null, which is allowed.
        unsafe { while libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) > 0 {} }
    }
    handle(libc::SIGCHLD, reap);
    pool.close().join().unwrap();
    Pool::new(1).unwrap().terminate();
}

fn a_task_that_becomes_a_daemon_does_not_stop_join() {
    let pool = Pool::new(2).unwrap();
    // SAFETY: forks, and ends the worker; its only thread goes on in the child.
    let daemon = |()| unsafe { libc::daemon(1, 1) };
    let daemons: Vec<_> = (0..4).map(|_| pool.apply_async(daemon, ()).unwrap()).collect();
    for daemon in daemons {
        let error = daemon.get().unwrap_err();
        assert!(matches!(error, TaskError::WorkerDied { status: Some(status), .. } if status.success()), "{error}");
    }
    assert_eq!(pool.map(double, 0..100).unwrap().len(), 100);
    pool.close().join().unwrap();
}

/// Says in a file that it is dropped.
struct Writer(String);

impl Drop for Writer {
    fn drop(&mut self) {
        let mut file = fs::File::options().append(true).open(&self.0).unwrap();
        file.write_all(b"what it held back").unwrap();
    }
}

thread_local! {
    static WRITER: RefCell<Option<Writer>> = const { RefCell::new(None) };
}

fn a_worker_ends_with_the_destructors_of_its_thread_locals() {
    let file = FileGate::new("thread-local");
    file.open();
    let pool = Pool::new(1).unwrap();
    pool.apply_async(|path: String| WRITER.set(Some(Writer(path))), file.0.clone()).unwrap().get().unwrap();
    assert_eq!(fs::read_to_string(&file.0).unwrap(), "open");
    pool.close().join().unwrap();
    assert_eq!(fs::read_to_string(&file.0).unwrap(), "openwhat it held back");
}

static STATE: AtomicU32 = AtomicU32::new(0);

fn every_worker_is_initialized() {
    let number = Cell::new(7).get();
    let pool = PoolBuilder::new().workers(2).initializer(move || _ = STATE.fetch_add(number, Ordering::Relaxed));
    let pool = pool.max_tasks_per_worker(2).start().unwrap();
    for _ in 0..10 {
        assert_eq!(pool.map(|()| STATE.load(Ordering::Relaxed), [(); 4]).unwrap(), [7; 4]);
        assert!(pool.apply_async(abort, ()).unwrap().get().is_err());
    }
    assert_eq!(STATE.load(Ordering::Relaxed), 0);
    pool.close().join().unwrap();
}

fn a_failing_initializer_breaks_the_pool() {
    let said = capture(2, || {
        let failing = PoolBuilder::new().workers(2).initializer(|| panic!("no connection")).start();
        // It is broken when it is made, or a little later.
        let error = failing.and_then(|pool| Ok(pool.apply_async(pass, "/nonexistent".to_owned())?.get()?)).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("initializer") && error.contains("no connection"), "{error}");
        assert!(error.contains(file!()), "{error}");
        assert_no_children();
    });
    assert!(said.contains("no connection"), "{said}");
}

fn an_initializer_that_ends_its_worker_is_an_error_and_no_fork_loop() {
    let ends: [fn(); 2] = [|| std::process::exit(0), || std::process::abort()];
    for end in ends {
        let failing = PoolBuilder::new().workers(2).initializer(end).start();
        let error = failing.and_then(|pool| Ok(pool.apply_async(pass, "/nonexistent".to_owned())?.get()?)).unwrap_err();
        assert!(error.to_string().contains("worker process"), "{error}");
        assert_no_children();
    }
}

fn memory_that_is_shared_is_refused_unless_allowed() {
    let descriptors = open_descriptors();
    crate::forking::share_a_page();
    let error = Pool::new(1).unwrap_err().to_string();
    assert!(error.contains("allow_shared_mappings"), "{error}");
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
    // SAFETY: nobody uses the page.
    let pool = unsafe { PoolBuilder::new().workers(1).allow_shared_mappings() }.start().unwrap();
    assert_eq!(pool.apply_async(double, 2).unwrap().get(), Ok(4));
    // Workers that come later are no different.
    assert!(pool.apply_async(abort, ()).unwrap().get().is_err());
    assert_eq!(pool.apply_async(double, 2).unwrap().get(), Ok(4));
    pool.close().join().unwrap();
}

const LIMIT: Duration = Duration::from_millis(50);

fn stubborn((): ()) {
    for signal in 1..32 {
        // SAFETY: ignoring a signal installs no code.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    loop {
        std::hint::spin_loop();
    }
}

fn a_task_that_takes_too_long_fails_alone() {
    let pool = Pool::new(2).unwrap();
    let workers = pool.worker_ids();
    let gate = FileGate::new("other");
    let other = pool.apply_async(pass, gate.0.clone()).unwrap();
    let late = pool.task(pass).time_limit(LIMIT).apply_async("/nonexistent".to_owned()).unwrap();
    let after = pool.apply_async(double, 1).unwrap();
    let error = late.get().unwrap_err();
    let TaskError::TimedOut { pid, limit } = error else { panic!("{error}") };
    assert!(workers.contains(&pid));
    assert_eq!(limit, LIMIT);
    assert_eq!(
        error.to_string(),
        format!("the task took longer than its time limit of 50ms, and worker process {pid} was killed")
    );
    assert_eq!(after.get(), Ok(2));
    gate.open();
    assert_eq!(other.get(), Ok(()), "it was left alone");
    // One that refuses every signal that can be refused, and does not sleep.
    let error = pool.task(stubborn).time_limit(LIMIT).apply_async(()).unwrap().get().unwrap_err();
    assert!(matches!(error, TaskError::TimedOut { .. }), "{error}");
    pool.close().join().unwrap();
    assert_no_children();
}

fn a_time_limit_is_for_one_task() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let hour = pool.task(double).time_limit(Duration::from_secs(3600));
    assert_eq!(hour.apply_async(1).unwrap().get(), Ok(2));
    assert_eq!(pool.task(double).time_limit(Duration::MAX).apply_async(1).unwrap().get(), Ok(2));
    // It is forgotten with the task: one that is killed for another reason has not exceeded it.
    let died = pool.apply_async(|()| signal(id(), libc::SIGKILL), ()).unwrap();
    assert!(matches!(died.get(), Err(TaskError::WorkerDied { pid: p, .. }) if p == pid));
    let short = pool.task(|n: u64| n).time_limit(LIMIT);
    let long = pool.task(|()| std::thread::sleep(2 * LIMIT));
    for _ in 0..3 {
        // The alarm of the first would go off in the second. (On a slow machine the first may be late itself.)
        match short.apply_async(3).unwrap().get() {
            Ok(3) | Err(TaskError::TimedOut { .. }) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(long.apply_async(()).unwrap().get(), Ok(()));
    }
    pool.close().join().unwrap();
}

fn a_pool_may_have_a_time_limit() {
    let pool = PoolBuilder::new().workers(1).time_limit(LIMIT).start().unwrap();
    let late = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    assert!(matches!(late.get(), Err(TaskError::TimedOut { .. })));
    assert!(matches!(pool.map(pass, ["/nonexistent".to_owned()]), Err(TaskError::TimedOut { .. })));
    let hour = pool.task(double).time_limit(Duration::from_secs(3600));
    assert_eq!(hour.apply_async(1).unwrap().get(), Ok(2));
    // Nobody asks for it: `join` says so.
    pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    let error = pool.close().join().unwrap_err();
    assert!(matches!(error.first(), [TaskError::TimedOut { .. }]), "{error}");
}

fn a_running_task_may_be_cancelled() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let started = FileGate::new("cancel");
    let task = |path: String| {
        fs::write(path, "").unwrap();
        stubborn(());
    };
    let endless = pool.apply_async(task, started.0.clone()).unwrap();
    let next = pool.apply_async(worker_pid, ()).unwrap();
    pass_file_gate(&started.0);
    assert!(endless.cancel());
    assert!(!endless.cancel(), "it is cancelled already");
    assert!(endless.ready());
    assert_eq!(endless.get(), Err(TaskError::Cancelled));
    assert_ne!(next.get(), Ok(pid), "the worker was killed, and replaced");
    let done = pool.apply_async(double, 1).unwrap();
    wait_until(|| done.ready());
    assert!(!done.cancel(), "it is done");
    assert_eq!(done.get(), Ok(2));
    pool.close().join().unwrap();
    assert_no_children();
}

fn a_queued_task_may_be_cancelled() {
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let (gate, ran) = (FileGate::new("first"), FileGate::new("ran"));
    let first = pool.apply_async(pass, gate.0.clone()).unwrap();
    let queued: Vec<_> =
        (0..3).map(|_| pool.apply_async(|path: String| fs::write(path, "").unwrap(), ran.0.clone()).unwrap()).collect();
    let last = pool.apply_async(worker_pid, ()).unwrap();
    for task in queued {
        assert!(task.cancel());
        assert_eq!(task.get(), Err(TaskError::Cancelled));
    }
    gate.open();
    assert_eq!((first.get(), last.get()), (Ok(()), Ok(pid)), "for a task that is not run, no worker is killed");
    assert!(!fs::exists(&ran.0).unwrap());
    pool.close().join().unwrap();
}

fn tasks_may_be_cancelled_and_the_pool_closed() {
    // Again and again: the server may hear of the one, of the other, or of both at once.
    for workers in [2, 3].repeat(30) {
        let pool = PoolBuilder::new().workers(workers).task_bytes(4096).start().unwrap();
        // As many as are queued without waiting for room; some of them run.
        let endless: Vec<_> = (0..50).map(|_| pool.apply_async(pass, "/nonexistent".to_owned()).unwrap()).collect();
        assert!(endless.iter().all(multiprocess::AsyncResult::cancel));
        pool.close().join().unwrap();
        assert_no_children();
    }
}

fn cancelling_hits_no_other_task() {
    let pool = Pool::new(2).unwrap();
    let mut cancelled = 0;
    for round in 0..2000_u64 {
        let tasks: Vec<_> = (0..4).map(|n| pool.apply_async(double, round + n).unwrap()).collect();
        let is_cancelled = tasks[1].cancel();
        cancelled += u32::from(is_cancelled);
        for (n, task) in tasks.into_iter().enumerate() {
            let expected = if n == 1 && is_cancelled { Err(TaskError::Cancelled) } else { Ok(2 * (round + n as u64)) };
            assert_eq!(task.get(), expected);
        }
    }
    println!("    {cancelled} of 2000 were cancelled");
    pool.close().join().unwrap();
    assert_no_children();
}

fn a_worker_may_have_a_memory_limit() {
    let said = capture(2, || {
        let limit = (kib(id(), "status", "VmData") << 10) + (64 << 20);
        let pool = PoolBuilder::new().workers(1).worker_memory_limit(limit).start().unwrap();
        let greedy = |bytes: usize| vec![1_u8; bytes].len();
        assert_eq!(pool.apply_async(greedy, 1 << 20).unwrap().get(), Ok(1 << 20));
        let error = pool.apply_async(greedy, 256 << 20).unwrap().get().unwrap_err();
        assert!(
            matches!(error, TaskError::WorkerDied { status: Some(status), .. } if status.signal() == Some(libc::SIGABRT)),
            "{error}"
        );
        assert_eq!(pool.apply_async(greedy, 1 << 20).unwrap().get(), Ok(1 << 20));
        pool.close().join().unwrap();
    });
    assert!(said.contains("memory allocation"), "{said}");
}

fn ready_says_whether_get_would_wait() {
    let pool = Pool::new(1).unwrap();
    let gate = FileGate::new("ready");
    let result = pool.apply_async(pass, gate.0.clone()).unwrap();
    assert!(!result.ready());
    gate.open();
    wait_until(|| result.ready());
    assert_eq!(result.get(), Ok(()));
    let pending = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    pool.terminate();
    assert!(pending.ready());
}

fn wait_hears_of_results() {
    let (one, other) = (FileGate::new("one"), FileGate::new("other"));
    let pool = Pool::new(2).unwrap();
    let descriptors = open_descriptors();
    let first = pool.apply_async(pass, one.0.clone()).unwrap();
    let second = pool.apply_async(pass, other.0.clone()).unwrap();
    assert!(wait(&[&first, &second], Some(Duration::ZERO)).unwrap().is_empty());
    assert!(!first.is_ready().unwrap());
    assert_eq!(open_descriptors(), descriptors + 2);
    other.open();
    assert_eq!(wait(&[&first, &second], None).unwrap(), [1]);
    assert!(second.ready());
    second.get().unwrap();
    one.open();
    assert_eq!(wait(&[&first], None).unwrap(), [0]);
    // Still.
    assert_eq!(wait(&[&first], Some(Duration::ZERO)).unwrap(), [0]);
    first.get().unwrap();
    assert_eq!(open_descriptors(), descriptors);
    pool.close().join().unwrap();
}

fn wait_hears_of_results_that_other_threads_collect() {
    let pool = Pool::new(2).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for n in 0..500 {
                    assert_eq!(pool.apply_async(double, n).unwrap().get().unwrap(), 2 * n);
                }
            });
            scope.spawn(|| {
                for n in 0..500 {
                    let result = pool.apply_async(double, n).unwrap();
                    assert_eq!(wait(&[&result], None).unwrap(), [0]);
                    assert_eq!(result.get_timeout(Duration::ZERO).expect("it is ready").unwrap(), 2 * n);
                }
            });
        }
        for n in 0..500 {
            // Two who wait for the same.
            let result = pool.apply_async(double, n).unwrap();
            std::thread::scope(|scope| {
                scope.spawn(|| assert_eq!(wait(&[&result], None).unwrap(), [0]));
                assert_eq!(wait(&[&result], None).unwrap(), [0]);
            });
        }
    });
    pool.close().join().unwrap();
}

fn wait_hears_of_every_end_of_a_task() {
    let never = || "/nonexistent".to_owned();
    let pool = Pool::new(2).unwrap();
    let (victim, cancelled) = (pool.apply_async(pass, never()).unwrap(), pool.apply_async(pass, never()).unwrap());
    assert!(wait(&[&victim, &cancelled], Some(Duration::ZERO)).unwrap().is_empty());
    assert!(cancelled.cancel());
    assert_eq!(wait(&[&victim, &cancelled], None).unwrap(), [1]);
    assert_eq!(cancelled.get(), Err(TaskError::Cancelled));
    while !victim.ready() {
        pool.worker_ids().into_iter().for_each(|worker| signal(worker, libc::SIGKILL));
        wait(&[&victim], Some(Duration::from_millis(10))).unwrap();
    }
    assert!(matches!(victim.get(), Err(TaskError::WorkerDied { .. })));

    // A forked copy, whose `get` is an error at once, has nothing to wait for.
    let result = pool.apply_async(pass, never()).unwrap();
    let mut copy = Process::spawn(|| assert_eq!(wait(&[&result], None).unwrap(), [0])).unwrap();
    assert!(copy.join().unwrap().success());
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&[&result], None).unwrap());
        pool.terminate();
        assert_eq!(waiter.join().unwrap(), [0]);
    });
    assert_eq!(result.get(), Err(TaskError::Terminated));

    let pool = Pool::new(1).unwrap();
    let result = pool.apply_async(pass, never()).unwrap();
    assert!(!result.is_ready().unwrap());
    for server in children(id()) {
        signal(server, libc::SIGKILL);
    }
    assert_eq!(wait(&[&result], None).unwrap(), [0]);
    assert!(matches!(result.get(), Err(TaskError::PoolBroken(_))));
}

fn worker_ids_are_those_of_the_workers() {
    let pool = Pool::new(3).unwrap();
    assert_eq!(pool.workers(), 3);
    let ids: BTreeSet<u32> = pool.worker_ids().into_iter().collect();
    assert_eq!(ids, workers_of(&pool).into_iter().collect());
    assert!(ids.contains(&worker(&pool)));
    assert!(pool.map(abort, [()]).is_err());
    wait_until(|| pool.worker_ids().into_iter().filter(|id| !ids.contains(id)).count() == 1);
}

fn join_timeout_gives_the_pool_back() {
    let pool = Pool::new(2).unwrap();
    let gate = FileGate::new("join");
    let result = pool.apply_async(pass, gate.0.clone()).unwrap();
    let pool = pool.close().join_timeout(Duration::ZERO).unwrap_err();
    let start = Instant::now();
    let pool = pool.join_timeout(Duration::from_millis(20)).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(20));
    gate.open();
    assert_eq!(pool.join_timeout(Duration::MAX).unwrap(), Ok(()));
    assert_eq!(result.get(), Ok(()));
    assert_no_children();
    // A failure nobody asked for is told by the last call.
    let pool = Pool::new(1).unwrap();
    pool.apply_async(abort, ()).unwrap();
    let mut pool = pool.close();
    let failures = loop {
        match pool.join_timeout(Duration::from_millis(1)) {
            Ok(outcome) => break outcome.unwrap_err().failures(),
            Err(again) => pool = again,
        }
    };
    assert_eq!(failures, 1);
    assert_no_children();
}

fn a_pool_may_be_terminated_while_it_is_joined() {
    let pool = Pool::new(2).unwrap();
    let endless = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    drop(pool.apply_async(pass, "/nonexistent".to_owned()).unwrap());
    let terminator = pool.terminator();
    let thread = std::thread::spawn(move || {
        // Sooner or later the other joins; the answer is the same.
        std::thread::sleep(Duration::from_millis(50));
        terminator.terminate();
        terminator.clone().terminate();
    });
    let error = pool.close().join().unwrap_err();
    assert_eq!((error.failures(), error.first()), (1, [TaskError::Terminated].as_slice()));
    assert_eq!(endless.get(), Err(TaskError::Terminated));
    thread.join().unwrap();
    assert_no_children();
}

fn imap_keeps_the_order() {
    let pool = Pool::new(3).unwrap();
    let gate = FileGate::new("ordered");
    let arguments = [(0, Some(gate.0.clone())), (1, None), (2, None)];
    let task = |(n, gate): (u64, Option<String>)| {
        if let Some(gate) = gate {
            pass_file_gate(&gate);
        }
        n
    };
    let mut results = pool.imap(task, arguments);
    let gate_opener = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        gate.open();
        gate
    });
    assert!(results.by_ref().map(Result::unwrap).eq(0..3));
    assert_eq!(results.next(), None);
    drop(results);
    drop(gate_opener.join());
    assert!(pool.imap(double, 0..1000).map(Result::unwrap).eq((0..1000).map(double)));
    pool.close().join().unwrap();
}

fn imap_takes_an_endless_iterator() {
    let pool = Pool::new(2).unwrap();
    assert!(pool.imap(double, 0..).take(1000).map(Result::unwrap).eq((0..1000).map(double)));
    assert!(pool.task(double).chunk_size(100).imap(0..).take(1000).map(Result::unwrap).eq((0..1000).map(double)));
    // Failures nobody took from the iterator are failures nobody asked for.
    let mut results = pool.imap(fail_from_70, 69..75);
    assert_eq!(results.next(), Some(Ok(69)));
    drop(results);
    let mut results = pool.task(fail_from_70).chunk_size(3).imap(70..73);
    assert!(results.next().unwrap().is_err());
    drop(results);
    assert_eq!(pool.close().join().unwrap_err().failures(), 5 + 2);
}

fn a_failure_says_which_argument_it_is_of() {
    let pool = Pool::new(2).unwrap();
    let failed = |results: Vec<Result<u64, multiprocess::ArgumentError>>| -> BTreeSet<usize> {
        assert_eq!(results.len(), 100);
        results.into_iter().filter_map(Result::err).map(|error| error.argument()).collect()
    };
    let expected: BTreeSet<usize> = (70..100).collect();
    assert_eq!(failed(pool.imap_unordered(fail_from_70, 0..100).collect()), expected);
    let ordered: Vec<_> = pool.imap(fail_from_70, 0..100).collect();
    assert!(ordered[..70].iter().all(Result::is_ok));
    let error = ordered[99].clone().unwrap_err();
    assert!(error.to_string().starts_with("argument 99: the task panicked at "), "{error}");
    assert!(matches!(error.error(), TaskError::Panicked { message, .. } if message == "99 is too much"));
    assert_eq!(failed(ordered), expected);
    // A chunk is one task.
    let chunks = pool.task(fail_from_70).chunk_size(8);
    let expected: BTreeSet<usize> = (64..100).collect();
    assert_eq!(failed(chunks.imap(0..100).collect()), expected);
    assert_eq!(failed(chunks.imap_unordered(0..100).collect()), expected);
    pool.close().join().unwrap();
}

#[derive(Deserialize, Debug)]
struct OddIsSecret(u64);

impl Serialize for OddIsSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(2) {
            serializer.serialize_newtype_struct("OddIsSecret", &self.0)
        } else {
            Err(serde::ser::Error::custom("odd"))
        }
    }
}

fn an_argument_that_cannot_be_encoded_fails_alone() {
    let pool = Pool::new(2).unwrap();
    for size in [1, 3, 100] {
        let task = pool.task(|n: OddIsSecret| n.0).chunk_size(size);
        let results: Vec<_> = task.imap((0..10).map(OddIsSecret)).collect();
        for (n, result) in results.iter().enumerate() {
            match result {
                Ok(result) => assert_eq!((n % 2, *result), (0, n as u64)),
                Err(error) => assert_eq!((n % 2, error.argument()), (1, n)),
            }
        }
        assert_eq!(results.len(), 10);
        let results: Vec<_> = task.imap_unordered((0..10).map(OddIsSecret)).collect();
        assert_eq!(
            results.iter().filter_map(|r| r.as_ref().err()).map(|e| e.argument()).sum::<usize>(),
            1 + 3 + 5 + 7 + 9
        );
        assert_eq!(results.iter().filter_map(|r| r.as_ref().ok()).sum::<u64>(), 2 + 4 + 6 + 8);
        assert!(matches!(task.map((0..10).map(OddIsSecret)), Err(TaskError::Encoding(_))));
    }
    pool.close().join().unwrap();
}

fn starmap_spreads_pairs() {
    let pool = Pool::new(2).unwrap();
    let pairs = (0..100).map(|n| (n, format!("{n}")));
    let joined = pool.starmap(|n: u64, text: String| format!("{n}={text}"), pairs).unwrap();
    assert!(joined.into_iter().eq((0..100).map(|n| format!("{n}={n}"))));
    assert_eq!(pool.map(|(a, b, c): (u8, u8, u8)| a + b + c, [(1, 2, 3)]), Ok(vec![6]));
    pool.close().join().unwrap();
}

fn chunks_may_have_any_size() {
    let pool = Pool::new(2).unwrap();
    for size in [0, 1, 7, 1000, usize::MAX] {
        let task = pool.task(double).chunk_size(size);
        assert!(task.map(0..500).unwrap().into_iter().eq((0..500).map(double)), "{size}");
        assert!(task.imap(0..500).map(Result::unwrap).eq((0..500).map(double)), "{size}");
        let mut unordered: Vec<u64> = task.imap_unordered(0..500).map(Result::unwrap).collect();
        unordered.sort_unstable();
        assert!(unordered.into_iter().eq((0..500).map(double)), "{size}");
    }
    pool.close().join().unwrap();
}

fn callbacks_are_called_once_with_what_became_of_the_task() {
    let pool = Pool::new(2).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    for n in 0..200 {
        let tell = tell.clone();
        pool.task(fail_from_70).apply_then(n, move |result| tell.send((n, result)).unwrap()).unwrap();
    }
    let dead = tell.clone();
    pool.task(|n: u64| -> u64 { std::process::exit(n as i32) })
        .apply_then(1000, move |result| dead.send((1000, result)).unwrap())
        .unwrap();
    drop(tell);
    // They are no failures nobody asked for.
    pool.close().join().unwrap();
    let told: Vec<_> = told.iter().collect();
    assert_eq!(told.len(), 201);
    for (n, result) in &told {
        match result {
            Ok(m) => assert!(n < &70 && n == m),
            Err(TaskError::Panicked { .. }) => assert!((70..200).contains(n)),
            Err(error) => assert!(*n == 1000 && matches!(error, TaskError::WorkerDied { .. }), "{error}"),
        }
    }
    let numbers: BTreeSet<u64> = told.iter().map(|(n, _)| *n).collect();
    assert_eq!(numbers.len(), 201);
    // The end of the pool is an answer, too.
    let pool = Pool::new(1).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    pool.task(pass).apply_then("/nonexistent".to_owned(), move |result| tell.send(result).unwrap()).unwrap();
    drop(pool);
    assert_eq!(told.iter().collect::<Vec<_>>(), [Err(TaskError::Terminated)]);
}

fn a_callback_may_use_the_pool() {
    let pool = Arc::new(Pool::new(1).unwrap());
    let (tell, told) = std::sync::mpsc::channel();
    let again = Arc::clone(&pool);
    let callback = move |result: Result<u64, TaskError>| {
        tell.send(again.apply_async(double, result.unwrap()).unwrap().get()).unwrap();
    };
    pool.task(double).apply_then(1, callback).unwrap();
    // Whoever waits for anything calls it.
    assert_eq!(pool.apply_async(double, 10).unwrap().get(), Ok(20));
    assert_eq!(told.recv(), Ok(Ok(4)));
    Arc::into_inner(pool).unwrap().close().join().unwrap();
}

fn rings_may_be_small_and_must_not_be_tiny() {
    assert!(PoolBuilder::new().workers(1).task_bytes(4095).start().is_err());
    assert!(PoolBuilder::new().workers(1).result_bytes(4095).start().is_err());
    let error = PoolBuilder::new().workers(1).task_bytes(usize::MAX).start().unwrap_err().to_string();
    assert!(error.starts_with("task_bytes and result_bytes must be no more than"), "{error}");
    let pool = PoolBuilder::new().workers(3).task_bytes(4096).result_bytes(4096).start().unwrap();
    assert_eq!(pool.map(|n: u64| vec![n; 1000], 0..100).unwrap().len(), 100);
    let results: Vec<_> = (0..1000).map(|n| pool.apply_async(double, n).unwrap()).collect();
    for (n, result) in results.into_iter().enumerate() {
        assert_eq!(result.get(), Ok(2 * n as u64));
    }
    pool.close().join().unwrap();
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct LeavesOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    sometimes: Option<u8>,
    number: u8,
    bytes: Vec<u8>,
    /// An order of its own each time.
    map: HashMap<u8, u8>,
}

fn a_value_that_arrives_as_another_is_an_error() {
    let pool = Pool::new(1).unwrap();
    let map: HashMap<u8, u8> = (0..100).map(|n| (n, n)).collect();
    let whole = LeavesOut { sometimes: Some(1), number: 2, bytes: vec![3], map: map.clone() };
    assert_eq!(pool.apply_async(|v: LeavesOut| v.map, whole).unwrap().get(), Ok(map));
    // As bytes: 1 1 0 0. Read back, to the last byte: Some(1), 0, no bytes, no entries.
    let lacking = || LeavesOut { sometimes: None, number: 1, bytes: vec![0], map: HashMap::new() };
    for error in [
        TaskError::Encoding(pool.apply_async(|v: LeavesOut| v.number, lacking()).unwrap_err().to_string()),
        pool.map(|v: LeavesOut| v.number, [lacking()]).unwrap_err(),
        pool.apply_async(|()| LeavesOut { sometimes: None, number: 1, bytes: vec![0], map: HashMap::new() }, ())
            .unwrap()
            .get()
            .unwrap_err(),
    ] {
        assert!(error.to_string().contains("leaves out the field `sometimes`"), "{error}");
    }
    // What one writes is not what the other reads.
    let error = pool.apply_async(|v: Longer| v.0, Longer(7)).unwrap().get().unwrap_err();
    assert!(error.to_string().contains("is not encoded as it is decoded"), "{error}");
    pool.close().join().unwrap();
}

#[derive(Deserialize, Debug)]
struct Longer(u8);

impl Serialize for Longer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0, self.0).serialize(serializer)
    }
}

fn descriptors_of_worker((): ()) -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let mut open: Vec<String> = entries
        .filter(|e| e.file_name().to_str().is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 2)))
        .filter_map(|e| Some(fs::read_link(e.path()).ok()?.display().to_string()))
        // The directory being read, and what holds the place of a descriptor of the program's.
        .filter(|path| !path.starts_with("/proc") && path != "/dev/null")
        .collect();
    open.sort();
    open
}

fn workers_hold_no_descriptor_but_their_own() {
    let _file = fs::File::open("/proc/self/stat").unwrap();
    let _pipe = std::io::pipe().unwrap();
    let _other = Pool::new(2).unwrap();
    let pool = Pool::new(2).unwrap();
    let has_its_own = || {
        let open = pool.apply_async(descriptors_of_worker, ()).unwrap().get().unwrap();
        let [bell, leash @ ..] = open.as_slice() else { panic!("{open:?}") };
        let is_leash = |leash: &[String]| leash.len() == 1 && leash[0].starts_with("pipe:");
        assert!(
            bell == "anon_inode:[eventfd]" && (if may_change_user() { is_leash(leash) } else { leash.is_empty() }),
            "{open:?}"
        );
    };
    has_its_own();
    // Nor does one that comes later, when the fork server has descriptors of the others.
    for pid in workers_of(&pool) {
        signal(pid, libc::SIGKILL);
        wait_until_dead(pid);
    }
    has_its_own();
}

static LOG: OnceLock<fs::File> = OnceLock::new();

fn whoever_owns_a_descriptor_owns_its_number_in_a_worker() {
    let (log, data) = (FileGate::new("log"), FileGate::new("data"));
    LOG.set(fs::File::create(&log.0).unwrap()).unwrap();
    let pool = Pool::new(1).unwrap();
    let task = |data: String| {
        let mut data = fs::File::create(data).unwrap();
        let mut log = LOG.get().unwrap();
        log.write_all(b"a line of the log").unwrap();
        data.write_all(b"data").unwrap();
        data.as_raw_fd() != log.as_raw_fd()
    };
    for _ in 0..2 {
        assert_eq!(pool.apply_async(task, data.0.clone()).unwrap().get(), Ok(true));
        assert_eq!(fs::read_to_string(&data.0).unwrap(), "data");
        // A worker that comes later is no different.
        assert!(pool.apply_async(exit, 1).unwrap().get().is_err());
    }
    assert_eq!(fs::read_to_string(&log.0).unwrap(), "");
    pool.close().join().unwrap();
}

/// What is opened next gets the number of the bell by which the worker wakes the pool's owner.
fn close_all_and_open(path: String) {
    static OPENED: Mutex<Vec<fs::File>> = Mutex::new(Vec::new());
    // SAFETY: this closes what the library owns, which is the point; it must see that for itself.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    OPENED.lock().unwrap().extend((0..20).map(|_| fs::File::options().create(true).append(true).open(&path).unwrap()));
}

fn a_task_that_closes_every_descriptor_is_answered_and_its_worker_replaced() {
    let pool = Pool::new(1).unwrap();
    let file = FileGate::new("closefrom");
    for _ in 0..3 {
        let pid = worker(&pool);
        assert_eq!(pool.apply_async(close_all_and_open, file.0.clone()).unwrap().get(), Ok(()));
        assert_ne!(worker(&pool), pid);
    }
    let long = |path: String| {
        close_all_and_open(path);
        vec![1_u8; 8 << 20]
    };
    let error = pool.apply_async(long, file.0.clone()).unwrap().get().unwrap_err();
    assert!(error.to_string().contains("descriptors"), "{error}");
    assert_eq!(pool.apply_async(double, 1).unwrap().get(), Ok(2));
    assert_eq!(fs::read_to_string(&file.0).unwrap(), "", "nothing rang there");
    pool.close().join().unwrap();
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

/// What a panic may throw.
struct Payload {
    panics_too: bool,
}

impl Drop for Payload {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics_too);
    }
}

fn what_a_panic_throws_is_dropped() {
    std::panic::set_hook(Box::new(|_| ()));
    let pool = Pool::new(1).unwrap();
    let pid = worker(&pool);
    let throw = |panics_too: bool| -> () { std::panic::panic_any(Payload { panics_too }) };
    for panics_too in [false, true] {
        assert!(matches!(pool.apply_async(throw, panics_too).unwrap().get(), Err(TaskError::Panicked { .. })));
    }
    let dropped = pool.apply_async(|()| DROPPED.load(Ordering::Relaxed), ()).unwrap().get();
    assert_eq!((dropped, worker(&pool)), (Ok(2), pid));
    pool.close().join().unwrap();
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

fn very_many_tasks_may_be_queued() {
    const MANY: u64 = 200_000;
    let pool = Pool::new(1).unwrap();
    let gate = FileGate::new("many");
    // While it waits here, no task is taken.
    let blocked = pool.apply_async(pass, gate.0.clone()).unwrap();
    let descriptors = open_descriptors();
    let before = kib(id(), "status", "VmRSS");
    let mut kept = Vec::new();
    for n in 0..MANY {
        let result = pool.apply_async(double, n).unwrap();
        if n % 1000 == 0 {
            kept.push((n, result));
        }
    }
    assert_eq!(open_descriptors(), descriptors);
    let grown = kib(id(), "status", "VmRSS") - before;
    assert!(grown < 30 << 10, "{grown} KiB for {MANY} tasks");
    gate.open();
    blocked.get().unwrap();
    for (n, result) in kept {
        assert_eq!(result.get(), Ok(n * 2));
    }
    pool.close().join().unwrap();
    assert_eq!(shared_mappings(), 0);
}

fn arguments_longer_than_the_queue_arrive() {
    let pool = Pool::new(2).unwrap();
    let length = 100 << 20;
    let bytes = pool.apply_async(|bytes: ByteBuf| bytes.len(), ByteBuf::from(vec![7; length])).unwrap();
    assert_eq!(bytes.get(), Ok(length));
    pool.close().join().unwrap();

    let pool = PoolBuilder::new().workers(2).task_bytes(4096).result_bytes(4096).start().unwrap();
    for length in [4000, 4096, 5000, 256 << 10, (2 << 20) + 1, 20 << 20] {
        let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        let echoes: Vec<_> = (0..3).map(|_| pool.apply_async(|b: ByteBuf| b, ByteBuf::from(bytes.clone()))).collect();
        for echo in echoes {
            assert!(echo.unwrap().get().unwrap() == bytes, "{length}");
        }
    }
    pool.close().join().unwrap();
}

fn long_arguments_from_several_threads_do_not_mix() {
    let pool = Arc::new(PoolBuilder::new().workers(2).task_bytes(4096).start().unwrap());
    let threads: Vec<_> = (0..4_u8)
        .map(|thread| {
            let pool = Arc::clone(&pool);
            std::thread::spawn(move || {
                for round in 0..10 {
                    let same = |bytes: ByteBuf| bytes.iter().all(|byte| *byte == bytes[0]).then(|| bytes.len());
                    let length = 300_000 * (1 + round % 3);
                    let result = pool.apply_async(same, ByteBuf::from(vec![thread; length])).unwrap();
                    assert_eq!(pool.apply_async(double, 4).unwrap().get(), Ok(8));
                    assert_eq!(result.get(), Ok(Some(length)));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    Arc::into_inner(pool).unwrap().close().join().unwrap();
}

fn a_worker_killed_while_a_long_argument_is_sent_fails_its_task_alone() {
    let pool = PoolBuilder::new().workers(2).task_bytes(4096).start().unwrap();
    let long = ByteBuf::from(vec![1; 30 << 20]);
    let killer = Killer::of_children(server_of(&pool), 50);
    let mut died = 0;
    while !killer.is_done() {
        match pool.apply_async(|bytes: ByteBuf| bytes.len(), long.clone()).unwrap().get() {
            Ok(length) => assert_eq!(length, 30 << 20),
            Err(TaskError::WorkerDied { .. }) => died += 1,
            Err(error) => panic!("{error}"),
        }
    }
    let killed = killer.stop();
    assert!(died <= killed, "{died} {killed}");
    assert_eq!(pool.apply_async(double, 4).unwrap().get(), Ok(8));
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
        if let Err(error) = pool.apply_async(|text: String| text.len(), "0".repeat(1 << 20)) {
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
        std::io::stdout().flush().unwrap();
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
    // The fork server needs a descriptor for each, and some more.
    let error = Pool::new(15).unwrap_err().to_string();
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
    wait_until(|| children(server).len() == 2);
    pool.close().join().unwrap();
    assert_no_children();
}

fn one_healthy_worker_keeps_the_pool_alive() {
    let pool = Pool::new(2).unwrap();
    let server = server_of(&pool);
    limit_descriptors(server, 4);
    let dead = pool.apply_async(abort, ()).unwrap().get().unwrap_err();
    assert!(matches!(dead, TaskError::WorkerDied { .. }), "there is no successor to tell of it: {dead}");
    // Longer than the pool would wait for a worker if it had none.
    std::thread::sleep(Duration::from_secs(13));
    assert_eq!(pool.map(double, 0..1000).unwrap().len(), 1000);
    assert_eq!(children(server).len(), 1);
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

fn workers_that_can_never_be_replaced_are_an_error_and_no_hang() {
    let pool = Pool::new(2).unwrap();
    limit_descriptors(server_of(&pool), 4);
    let dead: Vec<_> = (0..2).map(|_| pool.apply_async(abort, ()).unwrap()).collect();
    let waiting = pool.apply_async(pass, "/nonexistent".to_owned()).unwrap();
    for result in dead {
        // Told at once; should there have been no room, then by the end of the pool.
        let error = result.get().unwrap_err();
        assert!(matches!(error, TaskError::WorkerDied { .. } | TaskError::PoolBroken(_)), "{error}");
    }
    assert_broken(waiting.get(), "gave up: could not");
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
