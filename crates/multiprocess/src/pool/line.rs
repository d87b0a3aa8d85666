//! From a pool's owner to its fork server: a call, and the news that the owner is gone. A pair of sockets (`unix(7)`).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// One end of the line. The owner's end is closed when the owner ends, and also when it becomes another program (execve(2)).
pub(super) struct Line(OwnedFd);

impl Line {
    /// The owner's end, and the server's.
    pub(super) fn new() -> io::Result<(Line, Line)> {
        let mut ends = [0; 2];
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        // SAFETY: there is room for two descriptors.
        if unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: descriptors the kernel just gave us, owned by nobody else.
        let [owner, server] = ends.map(|end| Line(unsafe { OwnedFd::from_raw_fd(end) }));
        Ok((owner, server))
    }

    /// Lets the other end look. Never blocks.
    pub(super) fn call(&self) {
        // Not a write: no signal must come of it that the server has ended.
        // SAFETY: one byte of a live array. The call fails when the other end is gone, which others see to, or when so many
        // calls are waiting that one more tells nothing.
        unsafe { libc::send(self.0.as_raw_fd(), [0_u8].as_ptr().cast(), 1, libc::MSG_NOSIGNAL) };
    }

    /// Forgets the calls so far. `false`: the other end is closed everywhere.
    pub(super) fn hear(&self) -> bool {
        let mut calls = [0_u8; 64];
        // SAFETY: the pointer and the length are those of a live array.
        unsafe { libc::recv(self.0.as_raw_fd(), calls.as_mut_ptr().cast(), calls.len(), 0) != 0 }
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
