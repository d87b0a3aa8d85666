//! A process as a file descriptor: `pidfd_open(2)`, `pidfd_send_signal(2)` and `poll(2)`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use crate::poll;

/// A descriptor for a child of ours that is not reaped yet, so that its pid cannot mean another process.
pub(crate) fn open(pid: libc::pid_t) -> io::Result<OwnedFd> {
    // SAFETY: the call takes two integers and touches no memory of ours.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just made this descriptor for us (close-on-exec), and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Sends a signal. A process that has ended is no error.
pub(crate) fn send_signal(pidfd: BorrowedFd<'_>, signal: libc::c_int) -> io::Result<()> {
    // SAFETY: the null pointer asks the kernel to fill in the siginfo itself; nothing of ours is read or written.
    let answer = unsafe {
        libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, std::ptr::null::<libc::siginfo_t>(), 0)
    };
    if answer == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(libc::ESRCH) {
        return Ok(());
    }
    Err(error)
}

/// Returns when the process has ended (`true`), or `timeout` has passed.
pub(crate) fn wait(pidfd: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    // A time too far away to be represented is as good as none.
    let deadline = Instant::now().checked_add(timeout);
    let mut polls = [poll::readable(pidfd)];
    poll::wait(&mut polls, deadline)?;
    Ok(polls[0].revents != 0)
}
