//! A process as a file descriptor: `pidfd_open(2)`, `pidfd_send_signal(2)` and `poll(2)`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::explain::explain;
use crate::poll;

/// A descriptor for a child of ours that is not reaped yet, so that its pid cannot mean another process.
pub(crate) fn open(pid: libc::pid_t) -> io::Result<OwnedFd> {
    // SAFETY: the call takes two integers and touches no memory of ours.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd < 0 {
        return Err(refusal("pidfd_open(2)"));
    }
    // SAFETY: the kernel just made this descriptor for us (close-on-exec), and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// How a process has ended that has been reaped already, whoever did that. The kernel remembers since Linux 6.15; `None`: it does
/// not, or the process has not been reaped.
pub(crate) fn status_of_reaped(pidfd: BorrowedFd<'_>) -> Option<ExitStatus> {
    /// `struct pidfd_info` of linux/pidfd.h, as far as its first version went.
    #[repr(C)]
    #[derive(Default)]
    struct Info {
        /// What is asked for, and then what there is.
        mask: u64,
        cgroup: u64,
        ids: [u32; 11],
        exit_code: i32,
    }
    const PIDFD_INFO_EXIT: u64 = 1 << 3;
    /// `_IOWR(0xFF, 11, struct pidfd_info)`: its size is part of the number.
    const PIDFD_GET_INFO: libc::Ioctl = (3 << 30 | (size_of::<Info>() as u64) << 16 | 0xff << 8 | 11) as libc::Ioctl;
    let mut info = Info { mask: PIDFD_INFO_EXIT, ..Info::default() };
    // SAFETY: the kernel writes no more than the size in the number says, to a live place where any number is right. One that
    // does not know the number answers with an error.
    let answer = unsafe { libc::ioctl(pidfd.as_raw_fd(), PIDFD_GET_INFO, &raw mut info) };
    (answer == 0 && info.mask & PIDFD_INFO_EXIT != 0).then(|| ExitStatus::from_raw(info.exit_code))
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
    let error = refusal("pidfd_send_signal(2)");
    if error.raw_os_error() == Some(libc::ESRCH) {
        return Ok(());
    }
    Err(error)
}

/// Why the kernel has refused a call. These are the youngest calls that the library needs: a kernel that is too old for it is
/// found out here.
fn refusal(call: &str) -> io::Error {
    let error = io::Error::last_os_error();
    if error.raw_os_error() != Some(libc::ENOSYS) {
        return error;
    }
    explain(
        error,
        format_args!(
            "{call} is unknown to this kernel, or forbidden by a sandbox; multiprocess needs Linux 5.3 or later, and that call"
        ),
    )
}

/// Returns when the process has ended (`true`), or `timeout` has passed.
pub(crate) fn wait(pidfd: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    // A time too far away to be represented is as good as none.
    let deadline = Instant::now().checked_add(timeout);
    let mut polls = [poll::readable(pidfd)];
    poll::wait(&mut polls, deadline)?;
    Ok(polls[0].revents != 0)
}
