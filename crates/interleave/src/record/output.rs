//! A program's standard output or error: a socket that tells which process wrote what.

use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, setsockopt, socketpair, sockopt};

use crate::trace::Pid;

/// `SCM_PIDFD` of linux/socket.h, which libc does not have.
const SCM_PIDFD: libc::c_int = 4;

/// Our end of the socket.
///
/// With `SO_PASSCRED` (unix(7)) every `recvmsg` returns bytes of one process only, and its pid. A process with
/// `CAP_SYS_ADMIN` over its pid namespace could sign with another's pid (`SCM_CREDENTIALS`), so the program is started
/// without it, and cannot make namespaces where it would have it. The pid is as *our* pid namespace numbers it, which is
/// the program's own where it has one.
pub struct Output {
    socket: OwnedFd,
}

/// What one look at an [`Output`] shows.
pub enum Reading {
    /// So many bytes, written by one process.
    Bytes(usize, Writer),
    /// Nothing at the moment.
    Empty,
    /// Nothing any more: no process holds the other end.
    Closed,
}

/// Who wrote some bytes.
pub struct Writer {
    /// 0 if the writer is in a pid namespace that we cannot see into.
    pub pid: Pid,
    /// The process itself, even if it is gone by now (Linux 6.16; before that only while it is there; before 6.5 never).
    pub pidfd: Option<OwnedFd>,
}

impl Output {
    /// A new socket, and the end of it that the program writes to.
    ///
    /// # Errors
    /// Those of socketpair(2), such as too many open files.
    pub fn new() -> io::Result<(Output, OwnedFd)> {
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)?;
        setsockopt(&ours, sockopt::PassCred, &true)?;
        let on: libc::c_int = 1;
        // SAFETY: the option's value is the `c_int` that `on` is, which lives through the call.
        unsafe {
            // A kernel that does not know the option refuses it, and we do without.
            libc::setsockopt(
                ours.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PASSPIDFD,
                (&raw const on).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            );
        }
        Ok((Output { socket: ours }, theirs))
    }

    /// How many bytes there are to read now.
    ///
    /// # Errors
    /// None that a socket has.
    pub fn pending(&self) -> io::Result<usize> {
        let mut pending: libc::c_int = 0;
        // SAFETY: FIONREAD writes one `c_int` to its argument, which points to one.
        let done = unsafe { libc::ioctl(self.socket.as_raw_fd(), libc::FIONREAD, &raw mut pending) };
        if done < 0 { Err(io::Error::last_os_error()) } else { Ok(pending.max(0) as usize) }
    }

    /// Reads bytes of one writer into `buffer`; never blocks.
    ///
    /// # Errors
    /// Those of recvmsg(2), except that there is nothing to read.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<Reading> {
        /// Aligned as control messages must be, with room for the two that we asked for.
        #[repr(C)]
        union Control {
            _align: libc::cmsghdr,
            bytes: [u8; 64],
        }
        let mut control = Control { bytes: [0; 64] };
        let mut slice = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        // SAFETY: a `msghdr` of zeros is valid: no name, no buffers.
        let mut message: libc::msghdr = unsafe { zeroed() };
        message.msg_iov = &raw mut slice;
        message.msg_iovlen = 1;
        message.msg_control = (&raw mut control).cast();
        message.msg_controllen = size_of::<Control>() as _;
        let flags = libc::MSG_DONTWAIT | libc::MSG_CMSG_CLOEXEC;
        // SAFETY: `message` points to `slice` and `control`, which are writable for the lengths given and outlive the call.
        let read = unsafe { libc::recvmsg(self.socket.as_raw_fd(), &raw mut message, flags) };
        let mut writer = Writer { pid: 0, pidfd: None };
        if read < 0 {
            let error = io::Error::last_os_error();
            return match error.kind() {
                io::ErrorKind::WouldBlock => Ok(Reading::Empty),
                // The other end was closed with bytes unread in its own direction; there is nothing more from it.
                io::ErrorKind::ConnectionReset => Ok(Reading::Closed),
                _ => Err(error),
            };
        }
        // SAFETY: `message` was filled in by recvmsg, and `control`, which it points to, is still there.
        let mut header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
        // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR give a complete header within `control`, or null.
        while let Some(found) = unsafe { header.as_ref() } {
            // SAFETY: `header` is a control message of `message`, so CMSG_DATA stays within it.
            let data = unsafe { libc::CMSG_DATA(header) };
            // SAFETY: the kernel made room for a whole `ucred` in a message of this type; it may be unaligned.
            let credentials = || unsafe { data.cast::<libc::ucred>().read_unaligned() };
            // SAFETY: the message's length says that there are this many bytes of data.
            let descriptor = |i: usize| unsafe { data.cast::<RawFd>().add(i).read_unaligned() };
            match (found.cmsg_level, found.cmsg_type) {
                (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => writer.pid = credentials().pid.max(0) as Pid,
                (libc::SOL_SOCKET, SCM_PIDFD) if descriptor(0) >= 0 => {
                    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
                    writer.pidfd = Some(unsafe { OwnedFd::from_raw_fd(descriptor(0)) });
                }
                (libc::SOL_SOCKET, libc::SCM_RIGHTS) => {
                    // Descriptors that the program sent along; left open they would use up ours.
                    // SAFETY: CMSG_LEN only computes.
                    let length = found.cmsg_len - unsafe { libc::CMSG_LEN(0) } as usize;
                    for i in 0..length / size_of::<RawFd>() {
                        // SAFETY: as for SCM_PIDFD.
                        drop(unsafe { OwnedFd::from_raw_fd(descriptor(i)) });
                    }
                }
                _ => {}
            }
            // SAFETY: as for CMSG_FIRSTHDR.
            header = unsafe { libc::CMSG_NXTHDR(&raw const message, header) };
        }
        Ok(if read == 0 { Reading::Closed } else { Reading::Bytes(read as usize, writer) })
    }
}

impl AsFd for Output {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
