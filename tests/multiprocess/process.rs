//! What `Process` promises.

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use multiprocess::{Lock, PollableQueue, Pool, Process, ProcessBuilder, TaskError, pipe, wait};

use crate::forking::{Case, Gate, assert_no_children, capture, open_descriptors, shared_mappings, wait_until_dead};

pub const CASES: &[Case] = cases![
    a_child_runs_its_closure_and_ends_with_code_0,
    the_child_has_the_parents_values_and_keeps_its_changes,
    join_may_be_called_again,
    a_panic_gives_code_101_and_its_message,
    exit_and_abort_are_seen_as_such,
    terminate_and_kill_show_their_signal,
    signals_to_a_child_that_has_ended_are_no_error,
    a_timeout_of_zero_returns_at_once,
    join_timeout_waits_so_long_and_no_longer,
    the_longest_timeout_is_no_error,
    a_process_with_threads_is_refused,
    a_thread_that_was_joined_is_no_obstacle,
    what_a_closure_captured_is_dropped_by_both,
    half_a_line_is_printed_once,
    what_the_child_prints_is_flushed,
    c_output_is_flushed_too,
    output_that_cannot_be_flushed_is_refused,
    the_child_does_not_return_into_the_parents_frames,
    a_dropped_child_lives_on_and_is_reaped,
    a_child_whose_handle_never_came_is_reaped,
    kill_on_drop_kills_and_reaps,
    a_thousand_children_leave_nothing,
    children_start_children,
    only_the_parent_may_join_or_signal,
    a_copy_of_a_handle_kills_nobody,
    signals_do_not_cut_waits_short,
    the_descriptor_becomes_readable_when_the_child_ends,
    a_name_is_what_ps_shows,
    a_program_that_ignores_sigchld_gets_statuses,
    a_program_that_reaps_every_child_gets_statuses_if_the_kernel_knows_them,
    a_thread_the_c_library_does_not_know_is_refused,
    a_closure_does_not_run_if_there_can_be_no_descriptor,
    a_kernel_without_pidfd_open_is_said_to_be_too_old,
    a_kernel_without_pidfd_send_signal_is_said_to_be_too_old,
    the_calls_of_linux_5_3_are_enough,
    glibc_2_32_has_all_that_is_asked_of_it,
    a_child_ends_with_the_destructors_of_its_own_thread_locals,
    a_childs_own_call_of_exit_gives_its_code,
    a_child_does_not_run_its_parents_handlers,
    what_is_ignored_or_blocked_stays_so,
    a_child_may_be_killed_with_its_parent,
];

fn forever() {
    loop {
        // SAFETY: no arguments.
        unsafe { libc::pause() };
    }
}

fn a_child_runs_its_closure_and_ends_with_code_0() {
    let gate = Gate::new();
    let mut p = Process::spawn(|| gate.open()).unwrap();
    gate.pass();
    assert_ne!(p.id(), std::process::id());
    assert_eq!(p.join().unwrap().code(), Some(0));
    assert_no_children();
}

fn the_child_has_the_parents_values_and_keeps_its_changes() {
    let number = Cell::new(100);
    let mut p = Process::spawn(|| {
        number.set(number.get() + 1);
        assert_eq!(number.get(), 101);
    })
    .unwrap();
    assert!(p.join().unwrap().success());
    assert_eq!(number.get(), 100);
}

fn join_may_be_called_again() {
    let mut p = Process::spawn(|| std::process::exit(3)).unwrap();
    for _ in 0..3 {
        assert_eq!(p.join().unwrap().code(), Some(3));
    }
    assert_eq!(p.join_timeout(Duration::ZERO).unwrap().and_then(|s| s.code()), Some(3));
    assert!(!p.is_alive().unwrap());
}

fn a_panic_gives_code_101_and_its_message() {
    let said = capture(2, || {
        let mut p = Process::spawn(|| panic!("the child's own words")).unwrap();
        assert_eq!(p.join().unwrap().code(), Some(101));
    });
    assert!(said.contains("the child's own words"), "{said}");
}

fn exit_and_abort_are_seen_as_such() {
    let mut p = Process::spawn(|| std::process::exit(7)).unwrap();
    assert_eq!(p.join().unwrap().code(), Some(7));
    let mut p = Process::spawn(|| std::process::abort()).unwrap();
    assert_eq!(p.join().unwrap().signal(), Some(libc::SIGABRT));
}

fn terminate_and_kill_show_their_signal() {
    let mut p = Process::spawn(forever).unwrap();
    assert!(p.is_alive().unwrap());
    p.terminate().unwrap();
    assert_eq!(p.join().unwrap().signal(), Some(libc::SIGTERM));

    let gate = Gate::new();
    let mut p = Process::spawn(|| {
        // SAFETY: ignoring a signal installs no code.
        unsafe { libc::signal(libc::SIGTERM, libc::SIG_IGN) };
        gate.open();
        forever();
    })
    .unwrap();
    gate.pass();
    p.terminate().unwrap();
    assert_eq!(p.join_timeout(Duration::from_millis(20)).unwrap(), None);
    p.kill().unwrap();
    assert_eq!(p.join().unwrap().signal(), Some(libc::SIGKILL));
}

fn signals_to_a_child_that_has_ended_are_no_error() {
    let mut p = Process::spawn(|| ()).unwrap();
    wait_until_dead(p.id());
    p.terminate().unwrap();
    p.kill().unwrap();
    assert_eq!(p.join().unwrap().code(), Some(0));
    p.terminate().unwrap();
    p.kill().unwrap();
}

fn a_timeout_of_zero_returns_at_once() {
    let gate = Gate::new();
    let mut p = Process::spawn(|| gate.pass()).unwrap();
    assert_eq!(p.join_timeout(Duration::ZERO).unwrap(), None);
    gate.open();
    wait_until_dead(p.id());
    assert!(p.join_timeout(Duration::ZERO).unwrap().is_some());
}

fn join_timeout_waits_so_long_and_no_longer() {
    let gate = Gate::new();
    let mut p = Process::spawn(|| gate.pass()).unwrap();
    let start = Instant::now();
    assert_eq!(p.join_timeout(Duration::from_millis(30)).unwrap(), None);
    assert!(start.elapsed() >= Duration::from_millis(30));
    gate.open();
    // Far less than that: the child's end ends the wait.
    assert!(p.join_timeout(Duration::from_secs(3600)).unwrap().is_some());
}

fn the_longest_timeout_is_no_error() {
    let mut p = Process::spawn(|| ()).unwrap();
    assert!(p.join_timeout(Duration::MAX).unwrap().is_some());
}

fn a_process_with_threads_is_refused() {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || wait.recv());
    let error = Process::spawn(|| ()).unwrap_err();
    assert!(error.to_string().contains("2 threads"), "{error}");
    assert_no_children();
    drop(release);
    let _ = thread.join();
    assert!(Process::spawn(|| ()).unwrap().join().unwrap().success());
}

fn a_thread_that_was_joined_is_no_obstacle() {
    // The kernel forgets a thread a little later than join returns.
    for _ in 0..2000 {
        std::thread::spawn(|| ()).join().unwrap();
        Process::spawn(|| ()).unwrap().join().unwrap();
    }
}

fn what_a_closure_captured_is_dropped_by_both() {
    struct Says;
    impl Drop for Says {
        fn drop(&mut self) {
            println!("dropped");
        }
    }
    let said = capture(1, || {
        let moved = Says;
        let mut p = Process::spawn(move || drop(moved)).unwrap();
        println!("spawned");
        p.join().unwrap();
        let borrowed = Says;
        Process::spawn(|| _ = &borrowed).unwrap().join().unwrap();
        println!("joined");
    });
    // The child's words come at any time after the fork.
    let mut lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.pop(), Some("dropped"), "what was borrowed is the parent's alone");
    assert_eq!(lines.pop(), Some("joined"));
    lines.sort_unstable();
    assert_eq!(lines, ["dropped", "dropped", "spawned"], "what was moved is dropped in both");
}

fn half_a_line_is_printed_once() {
    let said = capture(1, || {
        print!("half ");
        Process::spawn(|| print!("child ")).unwrap().join().unwrap();
        print!("a line");
        io::stdout().flush().unwrap();
    });
    assert_eq!(said, "half child a line");
}

fn what_the_child_prints_is_flushed() {
    let said = capture(1, || {
        Process::spawn(|| {
            print!("no newline, then a panic");
            std::panic::set_hook(Box::new(|_| ()));
            panic!();
        })
        .unwrap()
        .join()
        .unwrap();
    });
    assert_eq!(said, "no newline, then a panic");
}

fn c_output_is_flushed_too() {
    let said = capture(1, || {
        // SAFETY: strings that end with NUL and name no arguments.
        unsafe { libc::printf(c"parent ".as_ptr()) };
        // SAFETY: as above.
        Process::spawn(|| unsafe { _ = libc::printf(c"child".as_ptr()) }).unwrap().join().unwrap();
    });
    assert_eq!(said, "parent child");
}

fn output_that_cannot_be_flushed_is_refused() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    // SAFETY: plain descriptors, all open.
    let saved = unsafe { libc::dup(1) };
    // SAFETY: as above.
    unsafe { libc::dup2(full.as_raw_fd(), 1) };
    print!("x");
    let outcome = Process::spawn(|| ());
    // SAFETY: as above.
    unsafe { libc::dup2(saved, 1) };
    assert_eq!(capture(1, || io::stdout().flush().unwrap()), "x", "it is not lost");
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(error.to_string().contains("flush"), "{error}");
    assert_no_children();
}

fn the_child_does_not_return_into_the_parents_frames() {
    struct Count;
    impl Drop for Count {
        fn drop(&mut self) {
            print!("dropped ");
        }
    }
    let said = capture(1, || {
        {
            let _count = Count;
            Process::spawn(|| ()).unwrap().join().unwrap();
        }
        io::stdout().flush().unwrap();
    });
    assert_eq!(said, "dropped ");
}

fn a_dropped_child_lives_on_and_is_reaped() {
    let gate = Gate::new();
    let done = Gate::new();
    let p = Process::spawn(|| {
        gate.pass();
        done.open();
    })
    .unwrap();
    let pid = p.id();
    drop(p);
    gate.open();
    done.pass();
    wait_until_dead(pid);
    assert!(fs::exists(format!("/proc/{pid}")).unwrap(), "a zombie, so far");
    Process::spawn(|| ()).unwrap().join().unwrap();
    assert_no_children();

    // One that has ended before it is dropped leaves no zombie at all.
    let p = Process::spawn(|| ()).unwrap();
    wait_until_dead(p.id());
    drop(p);
    assert_no_children();
}

fn a_child_whose_handle_never_came_is_reaped() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let loud = Loud;
    let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Process::spawn(move || {
            let _ = &loud;
            std::process::abort();
        })
    }));
    assert!(spawned.is_err());
    // It is reaped at once, if it has ended; else by what is done next.
    crate::forking::children(std::process::id()).into_iter().for_each(wait_until_dead);
    Process::spawn(|| ()).unwrap().join().unwrap();
    assert_no_children();
}

fn kill_on_drop_kills_and_reaps() {
    let p = ProcessBuilder::new().kill_on_drop(true).spawn(forever).unwrap();
    let pid = p.id();
    drop(p);
    assert!(!fs::exists(format!("/proc/{pid}")).unwrap());
    assert_no_children();
}

fn a_thousand_children_leave_nothing() {
    let descriptors = open_descriptors();
    let mappings = shared_mappings();
    let mut children: Vec<Process> = (0..1000).map(|_| Process::spawn(forever).unwrap()).collect();
    for p in &mut children {
        p.terminate().unwrap();
    }
    for p in &mut children {
        assert_eq!(p.join().unwrap().signal(), Some(libc::SIGTERM));
    }
    drop(children);
    assert_no_children();
    assert_eq!(open_descriptors(), descriptors);
    assert_eq!(shared_mappings(), mappings);
}

fn children_start_children() {
    let mut p = Process::spawn(|| {
        let mut q = Process::spawn(|| {
            let mut r = Process::spawn(|| std::process::exit(5)).unwrap();
            std::process::exit(r.join().unwrap().code().unwrap() + 1);
        })
        .unwrap();
        std::process::exit(q.join().unwrap().code().unwrap() + 1);
    })
    .unwrap();
    assert_eq!(p.join().unwrap().code(), Some(7));
}

fn only_the_parent_may_join_or_signal() {
    let gate = Gate::new();
    let mut sibling = Process::spawn(|| gate.pass()).unwrap();
    let parent = std::process::id();
    let mut p = Process::spawn(|| {
        for outcome in [sibling.kill(), sibling.terminate(), sibling.join().map(drop), sibling.is_alive().map(drop)] {
            let error = outcome.unwrap_err().to_string();
            assert!(error.contains(&format!("child of process {parent}")), "{error}");
        }
    })
    .unwrap();
    assert!(p.join().unwrap().success());
    gate.open();
    assert!(sibling.join().unwrap().success());
}

fn a_copy_of_a_handle_kills_nobody() {
    let gate = Gate::new();
    let dropped = Process::spawn(|| gate.pass()).unwrap();
    let mut sibling = ProcessBuilder::new().kill_on_drop(true).spawn(|| gate.pass()).unwrap();
    drop(dropped);
    let mut p = Process::spawn(|| {
        // SAFETY: reads a handle that the parent's copy of this memory goes on to own; here it is dropped once.
        drop(unsafe { std::ptr::read(&raw const sibling) });
        // Neither may this process reap its siblings.
        Process::spawn(|| ()).unwrap().join().unwrap();
        assert_no_children();
    })
    .unwrap();
    assert!(p.join().unwrap().success());
    assert!(sibling.is_alive().unwrap());
    gate.open();
    gate.open();
    assert!(sibling.join().unwrap().success());
}

fn signals_do_not_cut_waits_short() {
    extern "C" fn nothing(_: libc::c_int) {}
    let tick = libc::timeval { tv_sec: 0, tv_usec: 1000 };
    let timer = libc::itimerval { it_interval: tick, it_value: tick };
    let mut p = Process::spawn(|| std::thread::sleep(Duration::from_millis(100))).unwrap();
    // SAFETY: the handler does nothing; without SA_RESTART every wait that it interrupts gives EINTR. The pointers are to
    // live values or null.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as *const () as usize;
        libc::sigaction(libc::SIGALRM, &raw const action, std::ptr::null_mut());
        libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut());
    }
    let start = Instant::now();
    assert_eq!(p.join_timeout(Duration::from_millis(20)).unwrap(), None);
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert!(p.join().unwrap().success());
    assert!(Process::spawn(|| ()).unwrap().join().unwrap().success());
}

fn the_descriptor_becomes_readable_when_the_child_ends() {
    let gate = Gate::new();
    let p = Process::spawn(|| gate.pass()).unwrap();
    let ready = |timeout| {
        let mut poll = libc::pollfd { fd: p.as_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one live pollfd.
        unsafe { libc::poll(&raw mut poll, 1, timeout) }
    };
    assert_eq!(ready(0), 0);
    gate.open();
    assert_eq!(ready(-1), 1);
}

fn a_name_is_what_ps_shows() {
    let (named, done) = (Gate::new(), Gate::new());
    let mut p = ProcessBuilder::new()
        .name("a name that is too long")
        .spawn(|| {
            named.open();
            done.pass();
        })
        .unwrap();
    named.pass();
    assert_eq!(fs::read_to_string(format!("/proc/{}/comm", p.id())).unwrap(), "a name that is \n");
    assert_eq!(p.name(), Some("a name that is too long"));
    done.open();
    p.join().unwrap();
}

fn a_program_that_ignores_sigchld_gets_statuses() {
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let mut p = Process::spawn(|| std::process::exit(4)).unwrap();
    assert_eq!(p.join().unwrap().code(), Some(4));
}

fn a_program_that_reaps_every_child_gets_statuses_if_the_kernel_knows_them() {
    let mut exits = Process::spawn(|| std::process::exit(4)).unwrap();
    let mut dies = Process::spawn(forever).unwrap();
    dies.kill().unwrap();
    // SAFETY: null is allowed: somebody else waits for any child, and forgets how it ended.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), 0) } > 0 {}
    assert_no_children();
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let version: Vec<u32> = release.split('.').map_while(|part| part.parse().ok()).collect();
    for (p, ended) in [(&mut exits, (Some(4), None)), (&mut dies, (None, Some(libc::SIGKILL)))] {
        match p.join() {
            Ok(status) => assert_eq!((status.code(), status.signal()), ended),
            Err(error) => {
                assert!(version.as_slice() < &[6, 16], "{release}");
                assert!(error.to_string().contains("exit status is gone"), "{error}");
            }
        }
    }
}

fn a_thread_the_c_library_does_not_know_is_refused() {
    static RELEASED: AtomicBool = AtomicBool::new(false);
    extern "C" fn wait(_: *mut libc::c_void) -> libc::c_int {
        while !RELEASED.load(Ordering::Relaxed) {
            // SAFETY: takes no arguments.
            unsafe { libc::sched_yield() };
        }
        0
    }
    let mut stack = vec![0_u8; 64 << 10];
    let flags = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;
    // SAFETY: the stack is large enough, and lives until the thread, which uses nothing but it and an atomic, has ended.
    let thread = unsafe {
        let top = stack.as_mut_ptr().add(stack.len() & !15);
        libc::clone(wait, top.cast(), flags | libc::CLONE_SYSVSEM, std::ptr::null_mut())
    };
    assert!(thread > 0);
    let error = Process::spawn(|| ()).unwrap_err();
    assert!(error.to_string().contains("2 threads"), "{error}");
    assert_no_children();
    RELEASED.store(true, Ordering::Relaxed);
    while fs::exists(format!("/proc/self/task/{thread}")).unwrap() {
        std::thread::yield_now();
    }
    assert!(Process::spawn(|| ()).unwrap().join().unwrap().success());
}

fn a_closure_does_not_run_if_there_can_be_no_descriptor() {
    crate::forking::refuse(libc::SYS_pidfd_open..=libc::SYS_pidfd_open, libc::EPERM);
    // SAFETY: see `shared`; nobody unmaps it.
    let ran: &AtomicBool = unsafe { &*crate::forking::shared(AtomicBool::new(false)) };
    let error = Process::spawn(|| ran.store(true, Ordering::Relaxed)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("descriptor"), "{error}");
    let systems = error.source().and_then(|source| source.downcast_ref::<io::Error>()).expect("the system's own error");
    assert_eq!(systems.raw_os_error(), Some(libc::EPERM));
    assert_no_children();
    assert!(!ran.load(Ordering::Relaxed));
}

fn needs_a_later_kernel(error: &io::Error) {
    assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains("Linux 5.3 or later"), "{error}");
}

fn a_kernel_without_pidfd_open_is_said_to_be_too_old() {
    crate::forking::refuse(libc::SYS_pidfd_open..=libc::SYS_pidfd_open, libc::ENOSYS);
    needs_a_later_kernel(&Process::spawn(|| ()).unwrap_err());
    needs_a_later_kernel(&Pool::new(1).unwrap_err());
    assert_no_children();
}

fn a_kernel_without_pidfd_send_signal_is_said_to_be_too_old() {
    crate::forking::refuse(libc::SYS_pidfd_send_signal..=libc::SYS_pidfd_send_signal, libc::ENOSYS);
    let mut p = Process::spawn(|| ()).unwrap();
    needs_a_later_kernel(&p.kill().unwrap_err());
    assert!(p.join().unwrap().success());
}

/// The calls of all kernels have been numbered alike since Linux 5.1, as they came. (434, pidfd_open, is of 5.3, as is 435, which
/// the C library can do without.)
fn the_calls_of_linux_5_3_are_enough() {
    crate::forking::refuse(libc::SYS_pidfd_open + 1..=libc::c_long::from(u32::MAX), libc::ENOSYS);
    let output = ProcessBuilder::new().niceness(1).output(|| println!("A")).unwrap();
    assert_eq!(output.stdout, b"A\n");
    let mut p = ProcessBuilder::new().kill_with_parent(true).spawn(|| std::thread::sleep(Duration::MAX)).unwrap();
    assert!(p.join_timeout(Duration::from_millis(1)).unwrap().is_none());
    p.kill().unwrap();
    assert_eq!(p.join().unwrap().signal(), Some(libc::SIGKILL));

    let (queue, lock) = (PollableQueue::<u32>::new().unwrap(), Lock::new().unwrap());
    let (mut parent, mut child) = pipe::<(), u32>().unwrap();
    let mut p = Process::spawn(|| {
        let _held = lock.acquire().unwrap();
        queue.put(1).unwrap();
        child.send(2).unwrap();
    })
    .unwrap();
    assert!(!wait(&[&queue, &parent], None).unwrap().is_empty());
    assert_eq!((queue.get().unwrap(), parent.recv().unwrap()), (1, 2));
    p.join().unwrap();

    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.map(|n: u64| n + 1, [1, 2]).unwrap(), [2, 3]);
    let late =
        pool.task(|()| std::thread::sleep(Duration::MAX)).time_limit(Duration::from_millis(1)).apply_async(()).unwrap();
    assert!(matches!(late.get(), Err(TaskError::TimedOut { .. })));
    pool.close().join().unwrap();
}

/// Each of these is in the C library since the version beside it; the others that the library calls are far older.
fn glibc_2_32_has_all_that_is_asked_of_it() {
    let since = [
        (c"__libc_single_threaded", c"GLIBC_2.32"),
        (c"pthread_mutex_clocklock", c"GLIBC_2.30"),
        (c"memfd_create", c"GLIBC_2.27"),
        (c"__cxa_thread_atexit_impl", c"GLIBC_2.18"),
    ];
    for (symbol, version) in since {
        // SAFETY: two strings that live; RTLD_DEFAULT is a valid handle.
        let found = unsafe { libc::dlvsym(libc::RTLD_DEFAULT, symbol.as_ptr(), version.as_ptr()) };
        assert!(!found.is_null(), "{symbol:?} is not in {version:?}");
    }
}

/// Says that it is dropped.
struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        print!("{} ", self.0);
    }
}

thread_local! {
    static BEFORE: Says = const { Says("parent's") };
    static SINCE: Says = const { Says("child's") };
}

fn a_child_ends_with_the_destructors_of_its_own_thread_locals() {
    let said = capture(1, || {
        BEFORE.with(|_| ());
        let mut p = Process::spawn(|| {
            BEFORE.with(|_| ());
            SINCE.with(|_| ());
            // One that ends while it ends.
            Process::spawn(|| SINCE.with(|_| ())).unwrap().join().unwrap();
        })
        .unwrap();
        assert_eq!(p.join().unwrap().code(), Some(0));
        let mut p = Process::spawn(|| {
            std::panic::set_hook(Box::new(|_| ()));
            SINCE.with(|_| ());
            panic!();
        })
        .unwrap();
        assert_eq!(p.join().unwrap().code(), Some(101));
    });
    assert_eq!(said, "child's child's ");
}

fn a_childs_own_call_of_exit_gives_its_code() {
    let said = capture(1, || {
        let mut p = Process::spawn(|| {
            SINCE.with(|_| ());
            std::process::exit(7);
        })
        .unwrap();
        assert_eq!(p.join().unwrap().code(), Some(7));
    });
    assert_eq!(said.trim(), "child's");
}

fn a_child_does_not_run_its_parents_handlers() {
    static CALLED_IN: AtomicU32 = AtomicU32::new(0);
    extern "C" fn handler(_: libc::c_int) {
        // What a handler does that wakes its program by a pipe: it writes to what both processes have.
        CALLED_IN.store(std::process::id(), Ordering::Relaxed);
        // SAFETY: a live byte; the descriptor is open.
        unsafe { libc::write(1, c"!".as_ptr().cast(), 1) };
    }
    // SAFETY: the handler uses an atomic and a system call.
    unsafe { libc::signal(libc::SIGTERM, handler as *const () as usize) };
    let said = capture(1, || {
        for _ in 0..100 {
            // However early it comes.
            let mut p = Process::spawn(forever).unwrap();
            p.terminate().unwrap();
            assert_eq!(p.join().unwrap().signal(), Some(libc::SIGTERM));
        }
    });
    assert_eq!(said, "");
    // The parent has its own still.
    // SAFETY: plain numbers.
    unsafe { libc::raise(libc::SIGTERM) };
    assert_eq!(CALLED_IN.load(Ordering::Relaxed), std::process::id());
}

fn what_is_ignored_or_blocked_stays_so() {
    // SAFETY: plain data and numbers; ignoring a signal installs no code; the old mask is not asked for.
    unsafe {
        libc::signal(libc::SIGUSR1, libc::SIG_IGN);
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut mask);
        libc::sigaddset(&raw mut mask, libc::SIGUSR2);
        libc::sigprocmask(libc::SIG_BLOCK, &raw const mask, std::ptr::null_mut());
    }
    let masks = || {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let lines = status.lines().filter(|line| line.starts_with("SigIgn:") || line.starts_with("SigBlk:"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = masks();
    let mut p = Process::spawn(|| assert_eq!(masks(), before)).unwrap();
    assert!(p.join().unwrap().success());
    assert_eq!(masks(), before);
}

fn a_child_may_be_killed_with_its_parent() {
    crate::forking::become_parent_of_orphans();
    let ready = Gate::new();
    let mut parent = Process::spawn(|| {
        let _child = ProcessBuilder::new().kill_with_parent(true).spawn(|| {
            ready.open();
            forever();
        });
        forever();
    })
    .unwrap();
    ready.pass();
    let orphans = crate::forking::children(parent.id());
    assert_eq!(orphans.len(), 1);
    parent.kill().unwrap();
    wait_until_dead(orphans[0]);
    assert_eq!(parent.join().unwrap().signal(), Some(libc::SIGKILL));
}
