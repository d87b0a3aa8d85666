//! One at a time.

use std::io;
use std::time::Duration;

use super::LockError;
use super::holder::Holder;
use crate::shared::lock::Guard;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A lock between processes: one of them (one of their threads) holds it at a time.
///
/// Make it before the processes that are to use it. A forked child has the lock, but not what its parent holds.
///
/// ```
/// use multiprocess::{Lock, Process};
///
/// let lock = Lock::new()?;
/// let mut child = Process::spawn(|| {
///     let _guard = lock.acquire().expect("no holder died");
///     // … alone …
/// })?;
/// let guard = lock.acquire()?;
/// drop(guard);
/// child.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// If a holder dies, by whatever signal at whatever instruction, those who wait or come later are told so
/// ([`LockError::HolderDied`]), until one of them calls [`recover`](Self::recover). The same if it panics.
#[derive(Debug)]
pub struct Lock {
    /// Begins with a [`Holder`].
    memory: Mapping,
}

impl Lock {
    /// A lock that nobody holds.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new() -> io::Result<Lock> {
        let memory = Mapping::new(c"multiprocess-lock", size_of::<Holder>(), 0)?;
        // SAFETY: the mapping has room for it, begins on a page, is known to nobody else yet, and never moves.
        unsafe { Holder::init(memory.head().as_ptr().cast())? };
        Ok(Lock { memory })
    }

    /// Takes the lock, waiting until it is free.
    ///
    /// # Errors
    /// A holder died; this thread holds it already; or the shared memory was overwritten.
    pub fn acquire(&self) -> Result<LockGuard<'_>, LockError> {
        let guard = self.holder().acquire(Wait::Forever)?;
        guard.map(|guard| self.guard(guard)).ok_or_else(|| io::Error::other("a wait without a limit has ended").into())
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn try_acquire(&self) -> Result<Option<LockGuard<'_>>, LockError> {
        Ok(self.holder().acquire(Wait::No)?.map(|guard| self.guard(guard)))
    }

    /// Takes the lock, waiting until it is free, at most for `limit`.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<LockGuard<'_>>, LockError> {
        Ok(self.holder().acquire(Wait::at_most(limit))?.map(|guard| self.guard(guard)))
    }

    /// Takes the lock, waiting until it is free, whether or not a holder died. To be called by who puts right what the
    /// dead one may have left half changed; the others are told nothing of that any more.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire), but for the death of a holder.
    pub fn recover(&self) -> Result<LockGuard<'_>, LockError> {
        Ok(self.guard(self.holder().recover()?))
    }

    fn guard<'a>(&'a self, guard: Guard<'a>) -> LockGuard<'a> {
        LockGuard { lock: self, panicking: std::thread::panicking(), held: guard }
    }

    fn holder(&self) -> &Holder {
        // SAFETY: `new` has made one there, which lives as long as `self` and is made to be shared.
        unsafe { self.memory.head().cast().as_ref() }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.holder().is_held_here() {
            // A guard was forgotten.
            self.memory.keep();
        }
    }
}

/// The [`Lock`] is held while this lives, by this thread: it cannot go to another one, and a copy that is forked holds
/// nothing.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
    /// Whether the thread was unwinding already when it got the lock.
    panicking: bool,
    held: Guard<'a>,
}

impl<'a> LockGuard<'a> {
    /// The lock that is held.
    pub(super) fn lock(&self) -> &'a Lock {
        self.lock
    }

    /// Releases the lock, as dropping the guard does.
    pub fn release(self) {}
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.panicking && self.held.is_ours() {
            self.lock.holder().say_dead();
        }
    }
}
