//! Waiting for several descriptors, over and over: `epoll(7)`.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Instant;

pub(crate) struct Epoll(OwnedFd);

impl Epoll {
    pub(crate) fn new() -> io::Result<Epoll> {
        // SAFETY: a plain number.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a descriptor the kernel just gave us, owned by nobody else.
        Ok(Epoll(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// From now on [`wait`](Self::wait) tells, by this name, each time the descriptor becomes readable or, if it is an
    /// eventfd, is written to: nothing needs to be read from it (edge-triggered, in epoll's words).
    pub(crate) fn tell_each_time(&self, fd: BorrowedFd<'_>, name: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: (libc::EPOLLIN | libc::EPOLLET) as u32, u64: name };
        // SAFETY: the event outlives the call, which copies it.
        let done = unsafe { libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event) };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Waits until there is something to tell, or the deadline has passed: the names of up to two descriptors. A signal that
    /// arrives meanwhile does not cut the wait short.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> io::Result<[Option<u64>; 2]> {
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // Up, or it would be over a little too early.
            let left = left.map_or(-1, |left| {
                libc::c_int::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(libc::c_int::MAX)
            });
            let mut events = [libc::epoll_event { events: 0, u64: 0 }; 2];
            // SAFETY: the kernel writes no more events than there is room for.
            let count = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), 2, left) };
            if count >= 0 {
                let name = |n: usize| (n < count as usize).then(|| events[n].u64);
                return Ok([name(0), name(1)]);
            }
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINTR) {
                return Err(error);
            }
        }
    }
}

impl AsFd for Epoll {
    /// Readable for `poll(2)` while there is something to tell.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
