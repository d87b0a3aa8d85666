//! What becomes in a pool's processes of the descriptors that the fork has left open.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use crate::explain::explain;
use crate::process::open_descriptors;

const NULL: &str = "/dev/null";

/// Puts `/dev/null` in the place of every descriptor but standard input, output and error and these. So this process
/// keeps no pipe open; and yet whoever owns a descriptor, a `static` say, still owns its number: closed, it would be given
/// to a file that is opened next, and what is meant for a log would be written there.
pub(super) fn replace_all_but(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    let null = std::fs::File::options().read(true).write(true).open(NULL);
    let null = null.map_err(|e| explain(e, format_args!("could not open {NULL}")))?;
    let is_kept = |fd: RawFd| fd <= 2 || fd == null.as_raw_fd() || kept.iter().any(|kept| kept.as_raw_fd() == fd);
    for fd in open_descriptors()?.into_iter().filter(|&fd| !is_kept(fd)) {
        // SAFETY: plain numbers. The number is in use all the time, and whoever owns it in this process finds another file there,
        // as if the peer had closed its end. Above the limit of descriptors, should that have been lowered, the call is an error, and
        // the file stays.
        unsafe {
            if libc::fcntl(fd, libc::F_GETFD) >= 0 {
                libc::dup3(null.as_raw_fd(), fd, libc::O_CLOEXEC);
            }
        }
    }
    Ok(())
}

/// Closes these in a forked copy of the process that owns them.
///
/// # Safety
///
/// The values that own them live in frames of the parent, to which this process never returns.
pub(super) unsafe fn close_copies(fds: impl Iterator<Item = RawFd>) {
    for fd in fds {
        // SAFETY: nobody in this process will use the descriptor, as the caller says.
        unsafe { libc::close(fd) };
    }
}
