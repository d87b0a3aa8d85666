//! The fork itself, and how a forked child ends.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::output::flush;
use super::pidfd;
use crate::explain::explain;

/// The exit code of a Rust program whose main thread panicked.
const EXIT_CODE_OF_PANIC: i32 = 101;

/// Forks a child that runs `f` and ends.
pub(crate) fn fork_process<F: FnOnce()>(f: F) -> io::Result<(libc::pid_t, OwnedFd)> {
    must_have_one_thread()?;
    must_keep_exit_statuses()?;
    // What is still buffered would be printed by both processes.
    let mut stdout = io::stdout();
    flush(&mut stdout)
        .map_err(|e| explain(e, format_args!("could not flush output before starting a child process")))?;
    must_have_a_descriptor_left()
        .map_err(|e| explain(e, format_args!("could not open a descriptor for a child process")))?;

    // SAFETY: this process has one thread, ours, and only it could have started another since: the child is a whole copy
    // in which no lock is held by a thread that does not exist. The child does not leave this function.
    match unsafe { libc::fork() } {
        0 => run_child(f, stdout),
        -1 => Err(explain(io::Error::last_os_error(), format_args!("could not fork a child process"))),
        pid => {
            pidfd::open(pid).map(|pidfd| (pid, pidfd)).map_err(|error| {
                // SAFETY: `pid` is our child and not reaped yet, so it is still the process meant.
                unsafe { libc::kill(pid, libc::SIGKILL) };
                let _ = super::wait(pid, 0);
                explain(error, format_args!("could not open a descriptor for child process {pid}"))
            })
        }
    }
}

/// Runs `f`, and ends.
fn run_child<F: FnOnce()>(f: F, mut stdout: io::Stdout) -> ! {
    let code = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(()) => 0,
        Err(payload) => {
            // Dropping it could panic again.
            std::mem::forget(payload);
            EXIT_CODE_OF_PANIC
        }
    };
    // There is nobody left to tell if it fails.
    let _ = flush(&mut stdout);
    // What the parent registered to run at its exit is not for the child to run.
    // SAFETY: `_exit` does not return and runs no handlers.
    unsafe { libc::_exit(code) }
}

/// Without one for the child there would be a child, at work already, to be killed. This process has one thread, so of its
/// own descriptors as many are left after the fork, unless a signal handler opens one. (The system may still run out.)
fn must_have_a_descriptor_left() -> io::Result<()> {
    // An eventfd: of the descriptors that need nothing else to be open, the one that is opened and closed soonest.
    // SAFETY: plain numbers.
    let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a descriptor the kernel just gave us, owned by nobody else.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
    Ok(())
}

pub(super) fn set_name(name: &str) {
    // What follows a NUL, or the 15th byte, the kernel would ignore.
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes[..15].iter_mut().zip(name.bytes().take_while(|&b| b != 0)) {
        *to = from;
    }
    // SAFETY: `bytes` is a string that ends with NUL; the kernel copies it.
    unsafe { libc::prctl(libc::PR_SET_NAME, bytes.as_ptr()) };
}

/// How long to wait for the end of threads that are ending.
const UNTIL_ENDED: Duration = Duration::from_secs(1);

unsafe extern "C" {
    // sys/single_threaded.h, of glibc since 2.32: "If this variable is non-zero, then the current thread is the only thread
    // in the process image." Once another thread has been started it is zero for good. The libc crate does not declare it.
    static __libc_single_threaded: AtomicU8;
}

/// A process with one thread cannot gain another behind our back, so what holds here holds until the fork.
fn must_have_one_thread() -> io::Result<()> {
    // SAFETY: a char of the C library's, which is there as long as the process; an AtomicU8 has the same size and alignment.
    if unsafe { &__libc_single_threaded }.load(Ordering::Relaxed) != 0 {
        return Ok(());
    }
    let mut since = None;
    loop {
        let (threads, ending) =
            threads().map_err(|e| explain(e, format_args!("could not count this process's threads in {THREADS}")))?;
        if threads == 1 {
            return Ok(());
        }
        // `JoinHandle::join` returns a moment before the kernel has forgotten the thread, and nobody is told when it
        // has. One that is ending runs no code of this program again, but the kernel may still write to its memory.
        let ended_by = *since.get_or_insert_with(Instant::now) + UNTIL_ENDED;
        if threads > ending + 1 || Instant::now() > ended_by {
            return Err(io::Error::other(format!(
                "cannot fork: this process has {threads} threads, and only the calling one would exist in the child, \
                 where locks held by the others would stay locked for ever; start child processes before the first thread"
            )));
        }
        std::thread::yield_now();
    }
}

const THREADS: &str = "/proc/self/task";

/// How many threads the kernel knows of, and how many of them are ending.
fn threads() -> io::Result<(usize, usize)> {
    let threads: Vec<_> = std::fs::read_dir(THREADS)?.collect::<io::Result<_>>()?;
    if threads.len() == 1 {
        return Ok((1, 0));
    }
    let ending = threads.iter().filter(|thread| is_ending(&thread.path())).count();
    Ok((threads.len(), ending))
}

/// Whether a thread has begun to end, or has ended: see proc_pid_stat(5).
fn is_ending(thread: &Path) -> bool {
    /// Linux's `PF_EXITING`.
    const EXITING: u32 = 4;
    match std::fs::read_to_string(thread.join("stat")) {
        Ok(stat) => {
            // The flags are the seventh field after the name, which may contain anything.
            let flags = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(6));
            flags.and_then(|flags| flags.parse::<u32>().ok()).is_some_and(|flags| flags & EXITING != 0)
        }
        Err(error) => matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH)),
    }
}

/// While SIGCHLD is ignored (a program may inherit that without knowing), the system throws away how children ended and may
/// give their pids to others at once. Then the default, which does nothing either, takes its place.
fn must_keep_exit_statuses() -> io::Result<()> {
    let set = |new: *const libc::sigaction, old: *mut libc::sigaction| {
        // SAFETY: both pointers are null or point at a live sigaction.
        if unsafe { libc::sigaction(libc::SIGCHLD, new, old) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: a sigaction is plain data, for which zeros are right: the default action, no flags.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    set(std::ptr::null(), &raw mut action)?;
    if action.sa_sigaction == libc::SIG_IGN || action.sa_flags & libc::SA_NOCLDWAIT != 0 {
        if action.sa_sigaction == libc::SIG_IGN {
            action.sa_sigaction = libc::SIG_DFL;
        }
        action.sa_flags &= !libc::SA_NOCLDWAIT;
        set(&raw const action, std::ptr::null_mut())?;
    }
    Ok(())
}
