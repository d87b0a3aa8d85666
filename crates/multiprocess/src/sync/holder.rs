//! A lock whose next holder is told when the last one died with it, and whoever comes until somebody has put things
//! right.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use super::LockError;
use crate::shared::lock::{Guard, RobustLock};
use crate::shared::wait::Wait;

#[repr(C)]
#[derive(Debug)]
pub(super) struct Holder {
    lock: RobustLock,
    /// Not 0: a holder died, or panicked. Written under the lock.
    died: AtomicU32,
}

impl Holder {
    /// # Safety
    /// As of [`RobustLock::init`].
    pub(super) unsafe fn init(place: *mut Holder) -> io::Result<()> {
        // SAFETY: the caller vouches for the place; the fields lie in it.
        unsafe {
            (&raw mut (*place).died).write(AtomicU32::new(0));
            RobustLock::init(&raw mut (*place).lock)
        }
    }

    /// `None`: not free within the given time.
    pub(super) fn acquire(&self, wait: Wait) -> Result<Option<Guard<'_>>, LockError> {
        let guard = self.lock.lock(wait, || self.say_dead())?;
        if guard.is_some() && self.died.load(Ordering::Relaxed) != 0 {
            return Err(LockError::HolderDied);
        }
        Ok(guard)
    }

    /// As `acquire`, also after a death, which is forgotten.
    pub(super) fn recover(&self) -> Result<Guard<'_>, LockError> {
        let guard = self.lock.lock(Wait::Forever, || self.say_dead())?;
        let guard = guard.ok_or_else(|| io::Error::other("a wait without a limit has ended"))?;
        self.died.store(0, Ordering::Relaxed);
        Ok(guard)
    }

    /// As [`RobustLock::is_held_here`].
    pub(super) fn is_held_here(&self) -> bool {
        self.lock.is_held_here()
    }

    /// Called by the holder that is unwinding, or by the next one.
    pub(super) fn say_dead(&self) {
        self.died.store(1, Ordering::Relaxed);
    }

    /// # Safety
    /// As of [`RobustLock::guard_again`].
    pub(super) unsafe fn guard_again(&self) -> Guard<'_> {
        // SAFETY: the caller vouches for it.
        unsafe { self.lock.guard_again() }
    }
}
