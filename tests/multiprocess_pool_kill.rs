//! A worker is killed after its first instruction, after its second, after its third …: `ptrace(2)` lets it go one
//! instruction at a time from the moment a task is queued until it is asleep again.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests: they have no #[test]")]

#[macro_use]
mod forking;

use std::process::{ExitCode, id};
use std::time::{Duration, Instant};

use forking::{assert_no_children, children, state_of};
use multiprocess::{Pool, TaskError};

fn main() -> ExitCode {
    forking::run(cases![a_worker_may_be_killed_at_any_instruction])
}

/// There are thousands of instructions; in this time as many are tried as can be, spread over all of them. With
/// `MULTIPROCESS_TEST_ALL=1` all of them are, however long it takes.
const TIME: Duration = Duration::from_secs(10);

/// What became of a task whose worker was killed after so many instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    Died,
}

fn a_worker_may_be_killed_at_any_instruction() {
    let all = std::env::var_os("MULTIPROCESS_TEST_ALL").is_some();
    if all {
        // SAFETY: a plain number: no limit.
        unsafe { libc::alarm(0) };
    }
    stay_on_one_processor();
    let pool = Pool::new(1).unwrap();
    tick();
    let (fate, whole) = kill_after(&pool, u64::MAX);
    assert_eq!(fate, Fate::Answered, "it was asleep again");

    let start = Instant::now();
    let mut fates = Vec::new();
    // Steps of the golden ratio: wherever this stops, no part has been left out.
    let step = if all { 1 } else { (whole as f64 * 0.618_033_988_7) as u64 | 1 };
    for n in 0..whole {
        if !all && start.elapsed() > TIME {
            break;
        }
        let instructions = n * step % whole;
        fates.push((instructions, kill_after(&pool, instructions).0));
    }
    fates.sort_by_key(|(instructions, _)| *instructions);
    let in_hand: Vec<u64> = fates.iter().filter(|(_, fate)| *fate == Fate::Died).map(|(n, _)| *n).collect();
    let (first, last) = (in_hand[0], in_hand[in_hand.len() - 1]);
    println!("    {} of {whole} instructions tried; the task was in hand from {first} to {last}", fates.len());
    // Before it was taken, and after it was answered, the death costs nothing.
    assert_eq!(fates[0], (0, Fate::Answered));
    pool.close().join().unwrap();
    assert_no_children();
}

/// Queues a task, kills the worker after so many instructions, or when it sleeps again; how many it were.
fn kill_after(pool: &Pool, instructions: u64) -> (Fate, u64) {
    let server = children(id())[0];
    // The dead one may be there still, the next one not yet.
    let worker = loop {
        if let Some(&worker) = children(server).iter().find(|&&pid| state_of(pid) == Some('S')) {
            break worker;
        }
    };
    trace(libc::PTRACE_SEIZE, worker);
    trace(libc::PTRACE_INTERRUPT, worker);
    assert!(stops(worker));
    let victim = pool.apply_async(|n: u64| n.wrapping_add(1), instructions).unwrap();
    let bystander = pool.apply_async(|n: u64| n.wrapping_add(2), instructions).unwrap();

    let mut done = 0;
    while done < instructions {
        trace(libc::PTRACE_SINGLESTEP, worker);
        if !stops(worker) {
            break;
        }
        done += 1;
    }
    forking::signal(worker, libc::SIGKILL);
    // Its death is told to us first, and then to the fork server.
    assert!(!stops(worker));

    let fate = match victim.get() {
        Ok(result) => {
            assert_eq!(result, instructions.wrapping_add(1));
            Fate::Answered
        }
        Err(TaskError::WorkerDied { pid, .. }) => {
            assert_eq!(pid, worker);
            Fate::Died
        }
        Err(other) => panic!("after {done} instructions: {other}"),
    };
    match bystander.get() {
        Ok(result) => assert_eq!(result, instructions.wrapping_add(2)),
        // One task at a time is in a worker's hands.
        Err(TaskError::WorkerDied { .. }) if fate == Fate::Answered => {}
        Err(other) => panic!("after {done} instructions: {other}"),
    }
    (fate, done)
}

fn trace(request: libc::c_uint, pid: u32) {
    // SAFETY: these requests take no pointers.
    let answer = unsafe { libc::ptrace(request, pid.cast_signed(), 0, 0) };
    assert_eq!(answer, 0, "{}", std::io::Error::last_os_error());
}

/// Waits until the traced process stops. `false`: it has ended, or is asleep in a system call.
fn stops(pid: u32) -> bool {
    loop {
        let mut status = 0;
        // SAFETY: a live place for the status.
        let answer = unsafe { libc::waitpid(pid.cast_signed(), &raw mut status, libc::__WALL) };
        if answer == pid.cast_signed() {
            return libc::WIFSTOPPED(status);
        }
        // The tick: it takes long.
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EINTR));
        if state_of(pid) == Some('S') {
            return false;
        }
    }
}

/// Interrupts waits now and then.
fn tick() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: the handler does nothing. The pointers are to live values or null.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as *const () as usize;
        libc::sigaction(libc::SIGVTALRM, &raw const action, std::ptr::null_mut());
        let mut event: libc::sigevent = std::mem::zeroed();
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = libc::SIGVTALRM;
        let mut id = std::mem::zeroed();
        assert_eq!(libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut id), 0);
        let every = libc::itimerspec {
            it_interval: libc::timespec { tv_sec: 0, tv_nsec: 10_000_000 },
            it_value: libc::timespec { tv_sec: 0, tv_nsec: 10_000_000 },
        };
        assert_eq!(libc::timer_settime(id, 0, &raw const every, std::ptr::null_mut()), 0);
    }
}

/// On one processor, a traced process and its tracer take turns several times as fast as on two.
fn stay_on_one_processor() {
    // SAFETY: plain data, and a live value for the call.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(libc::sched_getcpu() as usize, &mut set);
        assert_eq!(libc::sched_setaffinity(0, size_of_val(&set), &raw const set), 0);
    }
}
