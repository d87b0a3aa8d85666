//! A child process that runs a closure: [`Process`] and its [`Builder`].

mod fork;
mod output;
pub(crate) mod pidfd;
mod reaper;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use crate::explain::explain;

pub(crate) use fork::fork_process;
pub(crate) use output::flush;

/// A child process that runs a closure and ends with it.
///
/// The child begins as a copy of its parent's memory (`fork(2)`): it sees every value as it was at the moment of
/// [`spawn`](Process::spawn), and what it changes stays its own.
///
/// Dropping a `Process` leaves the child running. Once it has ended, a later operation of this library reaps it, so that
/// no zombie stays; [`Builder::kill_on_drop`] ends it with the handle instead. Nobody has to call
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
    /// # Errors
    ///
    /// When this process has more than one thread: the child would be a copy in which the other threads, and whoever
    /// would release the locks they hold, do not exist. Also when output could not be flushed, or
    /// when the system has no process or file descriptor left (each `Process` holds one descriptor).
    pub fn spawn<F: FnOnce()>(f: F) -> io::Result<Process> {
        Builder::new().spawn(f)
    }

    /// The child's process identifier.
    pub fn id(&self) -> u32 {
        self.pid.unsigned_abs()
    }

    /// The name given with [`Builder::name`].
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Waits until the child has ended, and says how it ended: its exit code, or the signal that killed it
    /// (`ExitStatusExt::signal`). May be called again: the answer is the same.
    ///
    /// # Errors
    ///
    /// In any process but the child's parent; or when the system has thrown the answer away, because this program ignores SIGCHLD
    /// or has waited for the child by other means.
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
            self.status = wait(self.pid, flags)?;
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

/// Starts a [`Process`] with more said about it.
///
/// ```
/// use multiprocess::Builder;
///
/// let mut p = Builder::new().name("reader").kill_on_drop(true).spawn(|| ())?;
/// assert_eq!(p.name(), Some("reader"));
/// p.join()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    name: Option<String>,
    kill_on_drop: bool,
}

impl Builder {
    /// A child without a name of its own that outlives its handle.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// The name that `ps` and `top` show for the child (the kernel keeps its first 15 bytes).
    pub fn name(mut self, name: impl Into<String>) -> Builder {
        self.name = Some(name.into());
        self
    }

    /// Whether dropping the handle kills the child with SIGKILL and reaps it. Otherwise it lives on.
    pub fn kill_on_drop(mut self, yes: bool) -> Builder {
        self.kill_on_drop = yes;
        self
    }

    /// Starts the child. See [`Process::spawn`].
    ///
    /// # Errors
    ///
    /// As [`Process::spawn`].
    pub fn spawn<F: FnOnce()>(self, f: F) -> io::Result<Process> {
        reaper::reap();
        let name = self.name.as_deref();
        let (pid, pidfd) = fork_process(|| {
            if let Some(name) = name {
                fork::set_name(name);
            }
            f();
        })?;
        Ok(Process {
            pid,
            parent: std::process::id(),
            pidfd,
            status: None,
            name: self.name,
            kill_on_drop: self.kill_on_drop,
        })
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
