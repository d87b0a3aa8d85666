//! Memory that a process shares with the processes it forks.

use std::ffi::CStr;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::explain::explain;

/// Whether shared memory stays mapped until this process ends.
static NEVER_UNMAP: AtomicBool = AtomicBool::new(false);

/// From now on this process keeps all shared memory mapped: something may still point there.
pub(crate) fn never_unmap() {
    NEVER_UNMAP.store(true, Ordering::Relaxed);
}

/// Anonymous shared memory: a head, then a body that is mapped twice, one copy right after the other, so that what
/// begins near the body's end and goes on at its start lies in one piece.
///
/// Forked processes have it at the same address. It has no name to be found by and no descriptor; it is gone when the
/// last process that has it unmaps it or ends. A page costs memory once it has been written to. All bytes are zero at
/// first.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    head: usize,
    body: usize,
    /// Whether it stays mapped until this process ends.
    kept: bool,
}

// SAFETY: a Mapping only owns a range of addresses; those who read and write there see to their own order.
unsafe impl Send for Mapping {}
// SAFETY: as for Send; its methods take nothing but its constant fields.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps at least so many bytes of head and body, both rounded up to whole pages. `name` is what
    /// `/proc/<pid>/maps` shows.
    pub(crate) fn new(name: &CStr, head: usize, body: usize) -> io::Result<Mapping> {
        let head = round_up_to_pages(head)?;
        let body = round_up_to_pages(body)?;
        let whole = body.checked_mul(2).and_then(|both| both.checked_add(head)).ok_or_else(too_much)?;
        let memory = head + body; // no overflow: less than `whole`
        let cannot = |error| {
            explain(error, format_args!("could not get {memory} bytes of memory to share with other processes"))
        };
        // SAFETY: `name` ends with a NUL; the kernel copies it.
        let fd = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(cannot(io::Error::last_os_error()));
        }
        // SAFETY: a descriptor the kernel just gave us, owned by nobody else.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let length = libc::off_t::try_from(memory).map_err(|_| too_much())?;
        must_be_allowed(memory)?;
        // SAFETY: plain numbers.
        if unsafe { libc::ftruncate(fd.as_raw_fd(), length) } != 0 {
            return Err(cannot(io::Error::last_os_error()));
        }

        // First all the addresses, so that the two copies are certain to be neighbours; from here on, dropping the
        // Mapping gives them back.
        // SAFETY: a new mapping at an address of the kernel's choice disturbs nobody.
        let start = unsafe {
            libc::mmap(ptr::null_mut(), whole, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
        };
        if start == libc::MAP_FAILED {
            return Err(cannot(io::Error::last_os_error()));
        }
        let start = NonNull::new(start.cast::<u8>()).ok_or_else(too_much)?;
        let mapping = Mapping { start, head, body, kept: false };
        mapping.place(0, memory, &fd, 0).map_err(cannot)?;
        mapping.place(memory, body, &fd, head).map_err(cannot)?;
        Ok(mapping)
    }

    /// Maps `length` bytes of the file, from `offset`, at `at` bytes into the reserved addresses.
    fn place(&self, at: usize, length: usize, fd: &OwnedFd, offset: usize) -> io::Result<()> {
        let offset = libc::off_t::try_from(offset).map_err(|_| too_much())?;
        // SAFETY: at + length lies within the range that `new` reserved, which nobody but this Mapping uses, so
        // MAP_FIXED replaces nothing of anyone else's.
        let placed = unsafe {
            libc::mmap(
                self.start.as_ptr().add(at).cast(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_FIXED,
                fd.as_raw_fd(),
                offset,
            )
        };
        if placed == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Lets it stay mapped when this is dropped: something still points there.
    pub(crate) fn keep(&mut self) {
        self.kept = true;
    }

    /// Where the head begins: aligned to a page.
    pub(crate) fn head(&self) -> NonNull<u8> {
        self.start
    }

    /// Where the body begins: twice [`body_len`](Self::body_len) bytes may be used from here, the second half being
    /// the first again.
    pub(crate) fn body(&self) -> NonNull<u8> {
        // SAFETY: the head lies inside the mapped range, and the body follows it.
        unsafe { self.start.add(self.head) }
    }

    /// How many bytes of memory the body has.
    pub(crate) fn body_len(&self) -> usize {
        self.body
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.kept || NEVER_UNMAP.load(Ordering::Relaxed) {
            return;
        }
        // SAFETY: the range that `new` reserved; whoever used it borrowed this Mapping, so no one in this process
        // does any longer. Other processes have mappings of their own.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.head + 2 * self.body) };
    }
}

fn round_up_to_pages(bytes: usize) -> io::Result<usize> {
    // SAFETY: plain numbers; this name exists on every Linux.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).map_err(|_| too_much())?;
    bytes.max(1).checked_next_multiple_of(page).ok_or_else(too_much)
}

/// The limit of file sizes is meant for others, but holds for this memory too, and who exceeds it is killed by SIGXFSZ.
fn must_be_allowed(bytes: usize) -> io::Result<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is written to a live place.
    if unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if bytes as u64 <= limit.rlim_cur {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("{bytes} bytes of shared memory are more than the limit of file sizes, {} (ulimit -f)", limit.rlim_cur),
    ))
}

/// Refuses more bytes than this machine has left, of memory that is about to be written to as a whole: the system promises any
/// number, and kills somebody when it cannot keep that.
pub(crate) fn must_be_left(bytes: usize) -> io::Result<()> {
    // Without it nothing is known, and nothing refused.
    let Ok(told) = fs::read_to_string("/proc/meminfo") else { return Ok(()) };
    let kibibytes = |name: &str| -> Option<usize> {
        let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let Some(free) = kibibytes("MemAvailable") else { return Ok(()) };
    let left = free.saturating_add(kibibytes("SwapFree").unwrap_or(0)).saturating_mul(1024);
    if bytes <= left {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::OutOfMemory,
        format!("{bytes} bytes of shared memory are more than this machine has left, {left}"),
    ))
}

fn too_much() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "more shared memory than there are addresses")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_goes_on_with_its_own_start() {
        let mapping = Mapping::new(c"multiprocess-test", 1, 1).expect("a few pages");
        let body = mapping.body().as_ptr();
        // SAFETY: both addresses lie within the mapped body and its copy, and nobody else has this mapping.
        unsafe {
            body.write_volatile(7);
            assert_eq!(body.add(mapping.body_len()).read_volatile(), 7);
        }
    }

    #[test]
    fn an_impossible_size_is_an_error() {
        assert!(Mapping::new(c"multiprocess-test", 1, usize::MAX / 2).is_err());
        assert!(Mapping::new(c"multiprocess-test", usize::MAX, 1).is_err());
        assert!(Mapping::new(c"multiprocess-test", 1, 1 << 60).is_err());
    }
}
