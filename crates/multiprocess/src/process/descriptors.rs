//! Which descriptors this process has open.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

use crate::explain::explain;

const OPEN: &str = "/proc/self/fd";

/// The descriptors of this process.
pub(crate) fn open_descriptors() -> io::Result<Vec<RawFd>> {
    let mut open = Vec::new();
    for_each(|fd| open.push(fd))?;
    Ok(open)
}

/// Shows each descriptor of this process, but for that of the list, which is closed in the end.
///
/// The list is read to the stack, and not by `std::fs::read_dir`: after a fork the first write to each page of the heap is a page
/// fault.
pub(super) fn for_each(mut see: impl FnMut(RawFd)) -> io::Result<()> {
    /// How an entry begins (getdents64(2)): two words of 64 bits, its own length, and the kind; the name follows.
    const LENGTH: usize = 16;
    const NAME: usize = 19;
    let cannot = |e| explain(e, format_args!("could not list this process's descriptors in {OPEN}"));
    let list = File::open(OPEN).map_err(cannot)?;
    let mut entries = [0_u8; 2048];
    loop {
        // SAFETY: the kernel writes no more than there is room for.
        let length =
            unsafe { libc::syscall(libc::SYS_getdents64, list.as_raw_fd(), entries.as_mut_ptr(), entries.len()) };
        let length = usize::try_from(length).map_err(|_| cannot(io::Error::last_os_error()))?;
        if length == 0 {
            return Ok(());
        }
        let mut rest = &entries[..length];
        let size = |rest: &[u8]| rest.get(LENGTH..NAME).map(|head| usize::from(u16::from_ne_bytes([head[0], head[1]])));
        while let Some(size) = size(rest).filter(|&size| size > NAME) {
            let (entry, behind) = rest.split_at(size);
            let name = entry[NAME..].split(|&byte| byte == 0).next();
            let number = name.and_then(|name| std::str::from_utf8(name).ok()?.parse().ok());
            if let Some(fd) = number.filter(|&fd| fd != list.as_raw_fd()) {
                see(fd);
            }
            rest = behind;
        }
    }
}
