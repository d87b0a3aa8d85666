//! A descriptor that is readable after somebody has rung, until somebody silences it: `eventfd(2)`.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

pub(crate) struct Bell {
    fd: OwnedFd,
    maker: libc::pid_t,
}

impl Bell {
    pub(crate) fn new() -> io::Result<Bell> {
        // SAFETY: plain numbers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a descriptor the kernel just gave us, owned by nobody else.
        let bell = Bell { fd: unsafe { OwnedFd::from_raw_fd(fd) }, maker: std::process::id().cast_signed() };
        // A mark by which to know it again. (It would say who gets its SIGIO, which it never sends.)
        // SAFETY: plain numbers.
        if unsafe { libc::fcntl(fd, libc::F_SETOWN, bell.maker) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(bell)
    }

    /// Makes it readable. Never blocks.
    pub(crate) fn ring(&self) {
        let one = 1_u64;
        // SAFETY: the pointer and the length are those of `one`. The call fails only when the bell has been rung 2⁶⁴
        // times, and then it is readable already.
        unsafe { libc::write(self.fd.as_raw_fd(), std::ptr::from_ref(&one).cast(), size_of::<u64>()) };
    }

    /// Makes it unreadable. Never blocks.
    pub(crate) fn silence(&self) {
        let mut rung = 0_u64;
        // SAFETY: the pointer and the length are those of `rung`. The call fails only when nobody has rung.
        unsafe { libc::read(self.fd.as_raw_fd(), std::ptr::from_mut(&mut rung).cast(), size_of::<u64>()) };
    }

    /// Whether the descriptor is still the bell. A pool's task may close it (`closefrom(3)`) and open something else, which
    /// gets its number.
    pub(crate) fn is_there(&self) -> bool {
        // SAFETY: plain numbers.
        unsafe { libc::fcntl(self.fd.as_raw_fd(), libc::F_GETOWN) == self.maker }
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
