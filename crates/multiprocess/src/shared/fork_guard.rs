//! Whether this is still the process that made something, or a forked copy of it.

use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::explain::explain;

const SIZE: usize = 4096;

/// A page that the kernel wipes in a forked child (`MADV_WIPEONFORK`, madvise(2)): to look at it costs a hundredth of
/// asking for one's pid, and a fork cannot be missed.
pub(crate) struct ForkGuard(NonNull<AtomicU8>);

// SAFETY: the page is one atomic byte that everybody reads, and in which only a 1 is ever written.
unsafe impl Send for ForkGuard {}
// SAFETY: as for Send.
unsafe impl Sync for ForkGuard {}

impl ForkGuard {
    pub(crate) fn new() -> io::Result<ForkGuard> {
        // SAFETY: a new mapping at an address of the kernel's choice disturbs nobody.
        let page = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        let tried = format_args!("could not make a page that tells a forked child from its parent");
        let Some(place) = NonNull::new(page.cast()).filter(|_| page != libc::MAP_FAILED) else {
            return Err(explain(io::Error::last_os_error(), tried));
        };
        let fork_guard = ForkGuard(place);
        // SAFETY: the whole of the mapping made above.
        if unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } != 0 {
            return Err(explain(io::Error::last_os_error(), tried));
        }
        fork_guard.become_maker();
        Ok(fork_guard)
    }

    /// From now on this process counts as the maker. Its forks do not.
    pub(crate) fn become_maker(&self) {
        self.byte().store(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn is_maker(&self) -> bool {
        self.byte().load(Ordering::Relaxed) == 1
    }

    fn byte(&self) -> &AtomicU8 {
        // SAFETY: `new` mapped the page, zeroed, and it stays mapped as long as `self` lives.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for ForkGuard {
    fn drop(&mut self) {
        // SAFETY: the mapping made by `new`; nobody borrows it any longer.
        unsafe { libc::munmap(self.0.as_ptr().cast(), SIZE) };
    }
}
