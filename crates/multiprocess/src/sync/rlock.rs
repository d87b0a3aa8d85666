//! One at a time, which may take it again.

use std::io;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::LockError;
use super::holder::Holder;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A [`Lock`](crate::Lock) that the thread which holds it may take again; it is free when it has been released as
/// often.
///
/// What is said there of the death of a holder holds here.
#[derive(Debug)]
pub struct RLock {
    /// Begins with an [`Inside`].
    memory: Mapping,
}

#[repr(C)]
struct Inside {
    holder: Holder,
    /// How often the holder has taken it. Used by the holder alone.
    depth: AtomicU32,
}

impl RLock {
    /// A lock that nobody holds.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new() -> io::Result<RLock> {
        let memory = Mapping::new(c"multiprocess-rlock", size_of::<Inside>(), 0)?;
        let inside = memory.head().as_ptr().cast::<Inside>();
        // SAFETY: the mapping has room for it, begins on a page, is known to nobody else yet, and never moves; for
        // `depth` its zeros are right.
        unsafe { Holder::init(&raw mut (*inside).holder)? };
        Ok(RLock { memory })
    }

    /// Takes the lock, waiting until it is free, or held by this thread.
    ///
    /// # Errors
    /// A holder died, or the shared memory was overwritten.
    pub fn acquire(&self) -> Result<RLockGuard<'_>, LockError> {
        let guard = self.acquire_waiting(Wait::Forever)?;
        guard.ok_or_else(|| io::Error::other("a wait without a limit has ended").into())
    }

    /// Takes the lock if it is free, or held by this thread.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn try_acquire(&self) -> Result<Option<RLockGuard<'_>>, LockError> {
        self.acquire_waiting(Wait::No)
    }

    /// Takes the lock, waiting until it is free, or held by this thread, at most for `limit`.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<RLockGuard<'_>>, LockError> {
        self.acquire_waiting(Wait::at_most(limit))
    }

    /// As [`Lock::recover`](crate::Lock::recover).
    ///
    /// # Errors
    /// As of [`Lock::recover`](crate::Lock::recover).
    pub fn recover(&self) -> Result<RLockGuard<'_>, LockError> {
        self.inside().holder.recover()?.leave_locked();
        self.inside().depth.store(1, Ordering::Relaxed);
        Ok(self.guard())
    }

    fn acquire_waiting(&self, wait: Wait) -> Result<Option<RLockGuard<'_>>, LockError> {
        let inside = self.inside();
        match inside.holder.acquire(wait) {
            Ok(Some(guard)) => {
                guard.leave_locked();
                inside.depth.store(1, Ordering::Relaxed);
            }
            Ok(None) => return Ok(None),
            Err(LockError::Deadlock) => {
                inside.depth.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => return Err(error),
        }
        Ok(Some(self.guard()))
    }

    fn guard(&self) -> RLockGuard<'_> {
        RLockGuard {
            lock: self,
            process: std::process::id(),
            panicking: std::thread::panicking(),
            same_thread: PhantomData,
        }
    }

    fn inside(&self) -> &Inside {
        // SAFETY: `new` has made one there, which lives as long as `self` and is made to be shared.
        unsafe { self.memory.head().cast().as_ref() }
    }
}

impl Drop for RLock {
    fn drop(&mut self) {
        if self.inside().holder.is_held_here() {
            // A guard was forgotten.
            self.memory.keep();
        }
    }
}

/// The [`RLock`] is held while this lives, by this thread: it cannot go to another one, and a copy that is forked holds
/// nothing.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// Who holds it. Not a forked copy.
    process: u32,
    /// Whether the thread was unwinding already when it got the lock.
    panicking: bool,
    same_thread: PhantomData<*const ()>,
}

impl RLockGuard<'_> {
    /// Releases the lock once, as dropping the guard does.
    pub fn release(self) {}
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            return;
        }
        let inside = self.lock.inside();
        if std::thread::panicking() && !self.panicking {
            inside.holder.say_dead();
        }
        if inside.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            // SAFETY: this thread has locked it (a guard cannot leave its thread, and this is no forked copy), and its
            // guard was forgotten. Of the guards that were given out for it this is the last.
            drop(unsafe { inside.holder.guard_again() });
        }
    }
}
