//! A child process that runs a closure: [`Process`] and its [`ProcessBuilder`].

mod alone;
mod builder;
mod descriptors;
mod epoll_sets;
mod fork;
pub(crate) mod hand_over;
mod mapping;
mod output;
pub(crate) mod pidfd;
mod reaper;
pub(crate) mod signals;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use crate::explain::explain;

pub use builder::{ProcessBuilder, Resource};
pub(crate) use descriptors::open_descriptors;
pub(crate) use fork::{die_with, fork_copy, fork_process};
pub(crate) use mapping::Mapping;
pub(crate) use output::flush;

/// A child process that runs a closure and ends with it.
///
/// The child begins as a copy of its parent's memory (`fork(2)`): it sees every value as it was at the moment of
/// [`spawn`](Process::spawn), and what it changes stays its own.
///
/// Dropping a `Process` leaves the child running. Once it has ended, a later operation of this library reaps it, so that
/// no zombie stays; [`ProcessBuilder::kill_on_drop`] ends it with the handle instead. Nobody has to call
/// [`join`](Process::join).
///
/// Only the process that spawned a child can wait for it or signal it. In a forked copy of that process every method
/// but [`id`](Process::id) is an error.
///
/// ```
/// use multiprocess::Process;
///
/// let mut p = Process::spawn(|| println!("hello from {}", std::process::id()))?;
/// assert!(p.join()?.success());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Process {
    pid: libc::pid_t,
    parent: u32,
    pidfd: OwnedFd,
    status: Option<ExitStatus>,
    name: Option<String>,
    kill_on_drop: bool,
}

impl Process {
    /// Starts a child process that runs `f`, then ends.
    ///
    /// The child's exit code is 0 when `f` returns and 101 when it panics (the panic message is printed to the child's
    /// standard error). Standard output and standard error are flushed before the fork, and again by the child
    /// before it ends; the child never returns into the caller's frames. A program that ignores SIGCHLD gets the
    /// default action instead, without which the system forgets how children end.
    ///
    /// What a `move` closure captured exists in both processes, and each drops its own: the parent at once, the child
    /// when `f` is done with it. That closes the parent's end of a pipe, as it should; but a temporary directory would be removed
    /// under the child, what a `BufWriter` (or a C stream that was opened) holds would be written twice, a child of
    /// `kill_on_drop` would be killed. Move what the parent is to let go of, and borrow the rest: `f` need not be `'static`.
    ///
    /// Signals that the parent handles have their default action in the child, from its beginning, as after an `execve(2)`;
    /// what is ignored or blocked stays so. At its end the child runs the destructors of the thread-locals that
    /// it has made itself, and not those that the parent had made before, nor what was registered with `atexit(3)`.
    ///
    /// A random generator that was used before the fork gives both processes the same numbers: seed it anew in `f`
    /// (`rand::rng().reseed()`, say). One that the child uses first is its own.
    ///
    /// # Why this is a safe function
    ///
    /// The child goes on with a copy of everything, so whatever was true for the parent is true for it: locks that
    /// `f` holds are held in the copy, too. Two things would break that, and both are errors:
    ///
    /// - Somebody else runs in the same memory, a thread of any kind: it would stop in the child wherever it was, and its
    ///   locks would stay locked. (The kernel is asked, not the C library: threads made by a bare `clone(2)` count.)
    /// - Memory is mapped shared and writable, or may become so. There is no copy of it; another process would write where a safe crate
    ///   thinks itself alone. It is for such duplicates that `CommandExt::pre_exec` of std became unsafe
    ///   ([rust-lang/rust#39575](https://github.com/rust-lang/rust/issues/39575)). Those who share on purpose say so:
    ///   [`ProcessBuilder::allow_shared_mappings`]. (This library's own shared memory is made for it.)
    ///
    /// Descriptors are duplicated, each process closes its own; that they share an offset is like any other program
    /// having the same file open. But a set of `epoll(7)` gives one process words that the other has put there, addresses
    /// mostly. So a child has `/dev/null` in the place of each: a runtime that was made before the fork (tokio's, say) is of no use to
    /// it, and one that it makes itself is its own.
    ///
    /// # Errors
    ///
    /// When this process has more than one thread, or shares memory (see above; `/proc` has to be mounted). Also when
    /// output could not be flushed, or when the system has no process or file descriptor left or allows none (each `Process`
    /// holds one descriptor). `f` has not run then, unless the whole system ran out of descriptors just after the
    /// fork: the error says so, and the child was killed.
    pub fn spawn<F: FnOnce()>(f: F) -> io::Result<Process> {
        ProcessBuilder::new().spawn(f)
    }

    /// The child's process identifier.
    pub fn id(&self) -> u32 {
        self.pid.unsigned_abs()
    }

    /// The name given with [`ProcessBuilder::name`].
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Waits until the child has ended, and says how it ended: its exit code, or the signal that killed it
    /// (`ExitStatusExt::signal`). May be called again: the answer is the same.
    ///
    /// # Errors
    ///
    /// In any process but the child's parent; or, before Linux 6.15, when the system has thrown the answer away, because this
    /// program has come to ignore SIGCHLD since, or has waited for the child by other means.
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.poll(0)? {
            return Ok(status);
        }
        unreachable_none(self.id())
    }

    /// Like [`join`](Process::join), but waits no longer than `timeout`: `None` when the child is still running then.
    /// A `timeout` of zero returns at once.
    ///
    /// # Errors
    ///
    /// As [`join`](Process::join).
    pub fn join_timeout(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let status = self.poll(libc::WNOHANG)?;
        if status.is_some() || timeout.is_zero() {
            return Ok(status);
        }
        pidfd::wait(self.pidfd.as_fd(), timeout)?;
        self.poll(libc::WNOHANG)
    }

    /// How the child ended, in Python's words (`Process.exitcode`): nothing while it is running; its exit code; or, if a signal
    /// killed it, the signal's number with a minus.
    ///
    /// # Errors
    ///
    /// As [`join`](Process::join).
    pub fn exitcode(&mut self) -> io::Result<Option<i32>> {
        let status = self.poll(libc::WNOHANG)?;
        Ok(status.and_then(|status| status.code().or_else(|| status.signal().map(|signal| -signal))))
    }

    /// Whether the child is still running.
    ///
    /// # Errors
    ///
    /// As [`join`](Process::join).
    pub fn is_alive(&mut self) -> io::Result<bool> {
        Ok(self.poll(libc::WNOHANG)?.is_none())
    }

    /// Asks the child to end, with SIGTERM. It may refuse; see [`kill`](Process::kill). Does not wait. A child that
    /// has ended already is no error.
    ///
    /// # Errors
    ///
    /// In any process but the child's parent; or when the child runs as another user now.
    pub fn terminate(&mut self) -> io::Result<()> {
        self.signal(libc::SIGTERM)
    }

    /// Ends the child with SIGKILL, which it cannot refuse. Does not wait. A child that has ended already is no error.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Process::terminate).
    pub fn kill(&mut self) -> io::Result<()> {
        self.signal(libc::SIGKILL)
    }

    fn signal(&mut self, signal: libc::c_int) -> io::Result<()> {
        self.must_be_ours()?;
        if self.status.is_some() {
            return Ok(());
        }
        pidfd::send_signal(self.pidfd.as_fd(), signal)
            .map_err(|e| explain(e, format_args!("could not send signal {signal} to child process {}", self.pid)))
    }

    /// The status, if the child has ended; with `flags` 0, waits for that.
    fn poll(&mut self, flags: libc::c_int) -> io::Result<Option<ExitStatus>> {
        self.must_be_ours()?;
        if self.status.is_none() {
            // If somebody else has reaped the child, the kernel may know still.
            self.status = wait(self.pid, flags)
                .or_else(|error| pidfd::status_of_reaped(self.pidfd.as_fd()).map(Some).ok_or(error))?;
        }
        Ok(self.status)
    }

    fn must_be_ours(&self) -> io::Result<()> {
        if self.parent == std::process::id() {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "process {} is a child of process {}, not of this one ({}): only its parent can wait for it or signal it",
            self.pid,
            self.parent,
            std::process::id(),
        )))
    }
}

impl AsFd for Process {
    /// A pidfd: it becomes readable for `poll(2)` when the child ends. See `pidfd_open(2)`.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

impl AsRawFd for Process {
    fn as_raw_fd(&self) -> RawFd {
        self.pidfd.as_raw_fd()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status.is_some() || self.parent != std::process::id() {
            return;
        }
        if self.kill_on_drop && self.kill().is_ok() {
            // The wait is short: nothing can hold SIGKILL up. An error means that there is nothing left to reap.
            let _ = self.join();
        } else {
            reaper::adopt(self.pid);
        }
    }
}

/// `waitpid(2)` for exactly this child. `None`: `flags` has WNOHANG and the child is still running.
pub(crate) fn wait(pid: libc::pid_t, flags: libc::c_int) -> io::Result<Option<ExitStatus>> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is a valid place for the answer; the call has no other effect on our memory.
        let answer = unsafe { libc::waitpid(pid, &raw mut status, flags) };
        if answer == pid {
            return Ok(Some(ExitStatus::from_raw(status)));
        }
        if answer == 0 {
            return Ok(None);
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::ECHILD) => {
                return Err(explain(
                    error,
                    format_args!(
                        "could not wait for child process {pid}: its exit status is gone (does the program ignore SIGCHLD, or wait for any child?)"
                    ),
                ));
            }
            _ => {
                return Err(explain(error, format_args!("could not wait for child process {pid}")));
            }
        }
    }
}

fn unreachable_none(pid: u32) -> io::Result<ExitStatus> {
    Err(io::Error::other(format!("the system returned from waiting for child process {pid} without an answer")))
}
