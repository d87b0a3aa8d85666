//! Waiting for descriptors to become readable: `ppoll(2)`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Instant;

/// What [`wait`] is asked about one descriptor.
pub(crate) fn readable(fd: BorrowedFd<'_>) -> libc::pollfd {
    libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }
}

/// Returns when one of the descriptors is readable (its `revents` is not 0), or the deadline has passed. A signal that
/// arrives meanwhile does not cut the wait short.
pub(crate) fn wait(polls: &mut [libc::pollfd], deadline: Option<Instant>) -> io::Result<()> {
    loop {
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now())).map(|d| libc::timespec {
            tv_sec: libc::time_t::try_from(d.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: d.subsec_nanos().into(),
        });
        let left = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the pointer and the length are those of one live slice; `left` is null or points at a timespec that outlives
        // the call; a null signal mask leaves the mask alone.
        let answer = unsafe { libc::ppoll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, left, std::ptr::null()) };
        if answer >= 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::EINTR) {
            return Err(error);
        }
    }
}
