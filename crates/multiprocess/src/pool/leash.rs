//! The leash: a pipe whose writing end only the fork server holds, and whose end kills a worker, whatever user that has become.
//!
//! That a process ends with its parent (`PR_SET_PDEATHSIG` of prctl(2)) the kernel forgets when it changes its user or group, as a task may. A
//! descriptor with `O_ASYNC` it does not forget: when the last writer is gone, it sends the signal that was chosen with `F_SETSIG`
//! (fcntl(2)) in the name of whoever chose it.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Instant;

use crate::poll;

/// Both ends, held by the fork server.
pub(super) struct Leash {
    end: PipeReader,
    held: PipeWriter,
}

impl Leash {
    pub(super) fn new() -> io::Result<Leash> {
        let (end, held) = io::pipe()?;
        Ok(Leash { end, held })
    }

    /// What a worker must not keep open.
    pub(super) fn ends(&self) -> [BorrowedFd<'_>; 2] {
        [self.end.as_fd(), self.held.as_fd()]
    }

    /// The reading end, opened anew for a worker: who is to be told is kept with what is open, which copies share.
    ///
    /// # Errors
    /// If `/proc` is not there, or no descriptor is left.
    pub(super) fn for_worker(&self) -> io::Result<File> {
        let path = format!("/proc/self/fd/{}", self.end.as_raw_fd());
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
    }
}

/// Lets the end of the fork server kill this process, as long as `leash` is open. `false`: it has ended already.
///
/// # Errors
/// What fcntl(2) refuses.
pub(super) fn put_on(leash: &File) -> io::Result<bool> {
    let fd = leash.as_raw_fd();
    let set = |command: libc::c_int, value: libc::c_int| {
        // SAFETY: these commands take an integer.
        if unsafe { libc::fcntl(fd, command, value) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    /// `F_SETSIG` of asm-generic/fcntl.h, which the libc crate does not name.
    const F_SETSIG: libc::c_int = 10;
    set(F_SETSIG, libc::SIGKILL)?;
    set(libc::F_SETOWN, std::process::id().cast_signed())?;
    set(libc::F_SETFL, libc::O_NONBLOCK | libc::O_ASYNC)?;
    // Nobody writes, so what can be read is the end.
    let mut polls = [poll::readable(leash.as_fd())];
    poll::wait(&mut polls, Some(Instant::now()))?;
    Ok(polls[0].revents == 0)
}
