//! A message, copied out of shared memory.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::slice;
use std::sync::atomic::{Ordering, compiler_fence};

/// A message of so many bytes is copied to the stack, a longer one to the heap.
const SHORT_MESSAGE: usize = 256;

/// Each thread keeps so much room for the next long message, at most.
const MOST_ROOM_KEPT: usize = 2 << 20;

/// Room for a copy of a message. Others could change what is in the ring between a check of it (that it is UTF-8, say)
/// and its use.
pub(super) struct Copied {
    short: [MaybeUninit<u8>; SHORT_MESSAGE],
    long: Vec<u8>,
}

thread_local! {
    /// Room for the next long message: fresh memory costs more than the copy.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Drop for Copied {
    #[inline]
    fn drop(&mut self) {
        if (1..=MOST_ROOM_KEPT).contains(&self.long.capacity()) {
            // A thread that is ending keeps nothing.
            let _ = ROOM.try_with(|room| room.set(std::mem::take(&mut self.long)));
        }
    }
}

impl Copied {
    #[inline]
    pub(super) fn new() -> Copied {
        Copied { short: [MaybeUninit::uninit(); SHORT_MESSAGE], long: Vec::new() }
    }

    /// Copies `bytes` bytes from `message`.
    ///
    /// # Safety
    /// So many bytes may be read there. (Other processes may write to them all the while: we get the one or the other.)
    #[inline]
    pub(super) unsafe fn of(&mut self, message: *const u8, bytes: usize) -> &[u8] {
        let place = if bytes <= SHORT_MESSAGE {
            self.short.as_mut_ptr().cast()
        } else {
            self.long = ROOM.try_with(Cell::take).unwrap_or_default();
            self.long.reserve_exact(bytes);
            self.long.as_mut_ptr()
        };
        // SAFETY: there is room for so many bytes at `place`, which is ours, and the caller vouches for `message`.
        unsafe { std::ptr::copy_nonoverlapping(message, place, bytes) };
        // From here on the compiler has to take it that what is in the ring may have changed, and uses the copy.
        compiler_fence(Ordering::SeqCst);
        // SAFETY: these bytes have just been written.
        unsafe { slice::from_raw_parts(place, bytes) }
    }
}
