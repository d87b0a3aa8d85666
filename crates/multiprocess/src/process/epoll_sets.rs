//! `epoll(7)` sets, which a forked child would share with its parent.
//!
//! A set keeps a word with each descriptor that it watches, and gives it to whoever waits. Runtimes keep the address of
//! something of theirs there. Of what one process has registered the other would be told, too, by an address that means nothing
//! to it.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::ptr;

use super::{descriptors, pidfd};
use crate::explain::explain;

const NULL: &str = "/dev/null";

/// The descriptors of this process that are such sets.
pub(super) fn find() -> io::Result<Vec<RawFd>> {
    // Nobody knows of it, so it is in no set: to take it out of one tells what is a set, and changes none.
    let stranger = pidfd::open(std::process::id().cast_signed())
        .map_err(|e| explain(e, format_args!("could not open a descriptor to look for epoll sets with")))?;
    let is_set = |fd: RawFd| {
        // SAFETY: plain numbers; this operation reads nothing.
        let answer = unsafe { libc::epoll_ctl(fd, libc::EPOLL_CTL_DEL, stranger.as_raw_fd(), ptr::null_mut()) };
        answer < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::ENOENT)
    };
    let mut found = Vec::new();
    descriptors::for_each(|fd| found.extend(is_set(fd).then_some(fd)))?;
    Ok(found)
}

/// Puts `/dev/null` in the place of each, so that its number still belongs to whoever has opened it.
pub(super) fn replace(sets: &[RawFd]) -> io::Result<()> {
    if sets.is_empty() {
        return Ok(());
    }
    let null = File::options().read(true).write(true).open(NULL)?;
    for &set in sets {
        // SAFETY: plain numbers. Whoever owns the set finds another file there, with which every call for sets is an error.
        if unsafe { libc::dup3(null.as_raw_fd(), set, libc::O_CLOEXEC) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
