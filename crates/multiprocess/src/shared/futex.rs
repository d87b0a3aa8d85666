//! Sleeping in the kernel until a word in shared memory is changed and its change announced (futex(2)).
//!
//! The kernel's queue of sleepers is its own: a sleeper that is killed leaves nothing behind.

use std::io;
use std::ptr;
use std::sync::atomic::AtomicU32;

use super::wait::Wait;

/// Sleeps while `word` is `expected`, until somebody calls [`wake_one`] on it or the wait is over.
///
/// It may also return for no reason (a signal, for one), so the caller looks again at what it waits for.
/// Returns at once when `word` is something else, and at the latest when the time is up.
pub(crate) fn sleep_while(word: &AtomicU32, expected: u32, wait: Wait) -> io::Result<()> {
    let deadline = match &wait {
        Wait::No => return Ok(()),
        Wait::Forever | Wait::ForATurn => ptr::null(),
        Wait::Until(deadline) => ptr::from_ref(deadline.as_timespec()),
    };
    // FUTEX_WAIT_BITSET, unlike FUTEX_WAIT, takes a point in time, on the monotonic clock; without
    // FUTEX_PRIVATE_FLAG the word is known by its page, so that all processes that map it mean the same word.
    // SAFETY: `word` is alive for the whole call and the kernel only reads it; `deadline` is null or points into
    // `wait`, which outlives the call; the fifth argument is not used by this operation.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET,
            expected,
            deadline,
            ptr::null::<u32>(),
            libc::FUTEX_BITSET_MATCH_ANY,
        )
    };
    if answer == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EINTR | libc::ETIMEDOUT) => Ok(()),
        _ => Err(error),
    }
}

/// Wakes one of those who sleep on `word`. `false`: nobody does.
pub(crate) fn wake_one(word: &AtomicU32) -> bool {
    wake(word, 1)
}

/// Wakes all who sleep on `word`.
pub(crate) fn wake_all(word: &AtomicU32) {
    wake(word, libc::c_int::MAX);
}

fn wake(word: &AtomicU32, sleepers: libc::c_int) -> bool {
    // SAFETY: the kernel uses the address only as a name of the page it lies in. The call can fail only for an
    // address that is not mapped or not aligned, which a reference to an AtomicU32 cannot be.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, sleepers) > 0 }
}
