//! Some at a time.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{LONGEST_UNTOLD, LockError};
use crate::shared::futex;
use crate::shared::lock::{Guard, RobustLock};
use crate::shared::mapping::{Mapping, must_be_left};
use crate::shared::wait::Wait;

/// A number of permits: so many processes (or threads) hold one at a time, the others wait.
///
/// A permit is released by the thread that acquired it. (Python's `BoundedSemaphore` comes close; to count things that
/// one process makes and another takes, use a [`Queue`](crate::Queue).)
///
/// ```
/// use multiprocess::{Process, Semaphore};
///
/// let two_at_a_time = Semaphore::new(2)?;
/// let work = || {
///     let _permit = two_at_a_time.acquire().expect("nobody dies here");
///     // … work …
/// };
/// let mut workers = [Process::spawn(work)?, Process::spawn(work)?, Process::spawn(work)?];
/// for worker in &mut workers {
///     worker.join()?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// If a process dies with a permit, the next one to find that (within a second, if it waits) gets an error instead of a
/// permit, once; the permit is free again.
#[derive(Debug)]
pub struct Semaphore {
    /// Begins with a word that each release changes; a lock for each permit follows.
    memory: Mapping,
    permits: usize,
}

/// Where the permits begin.
const PERMITS: usize = size_of::<AtomicU32>().next_multiple_of(align_of::<RobustLock>());

impl Semaphore {
    /// A semaphore with so many permits.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new(permits: usize) -> io::Result<Semaphore> {
        let size = size_of::<RobustLock>().checked_mul(permits).and_then(|size| size.checked_add(PERMITS));
        let size = size.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{permits} permits are more than there are addresses"))
        })?;
        must_be_left(size)?;
        let semaphore = Semaphore { memory: Mapping::new(c"multiprocess-semaphore", size, 0)?, permits };
        for permit in 0..permits {
            // SAFETY: the mapping has room for it, aligned; it is known to nobody else yet, and never moves.
            unsafe { RobustLock::init(semaphore.place(permit))? };
        }
        Ok(semaphore)
    }

    /// Takes a permit, waiting for one.
    ///
    /// # Errors
    /// A process died with a permit; or the shared memory was overwritten.
    pub fn acquire(&self) -> Result<Permit<'_>, LockError> {
        let permit = self.acquire_waiting(Wait::Forever)?;
        permit.ok_or_else(|| io::Error::other("a wait without a limit has ended").into())
    }

    /// Takes a permit if there is one.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn try_acquire(&self) -> Result<Option<Permit<'_>>, LockError> {
        self.acquire_waiting(Wait::No)
    }

    /// Takes a permit, waiting for one at most for `limit`.
    ///
    /// # Errors
    /// As of [`acquire`](Self::acquire).
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<Permit<'_>>, LockError> {
        self.acquire_waiting(Wait::at_most(limit))
    }

    fn acquire_waiting(&self, wait: Wait) -> Result<Option<Permit<'_>>, LockError> {
        loop {
            // Read before we look: a permit that is released after we have looked at it is not missed.
            let releases = self.releases().load(Ordering::SeqCst);
            for permit in 0..self.permits {
                let mut died = false;
                match self.permit(permit).lock(Wait::No, || died = true) {
                    Ok(Some(_)) if died => return Err(LockError::HolderDied),
                    Ok(Some(held)) => return Ok(Some(Permit { semaphore: self, held: Some(held) })),
                    Ok(None) => {}
                    // Our own.
                    Err(error) if error.kind() == io::ErrorKind::Deadlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if wait.is_over() {
                return Ok(None);
            }
            // The kernel tells nobody here when a holder dies.
            futex::sleep_while(self.releases(), releases, wait.or_at_most(LONGEST_UNTOLD))?;
        }
    }

    fn permit(&self, permit: usize) -> &RobustLock {
        // SAFETY: `new` has made one there, which lives as long as `self` and is made to be shared.
        unsafe { &*self.place(permit) }
    }

    fn place(&self, permit: usize) -> *mut RobustLock {
        debug_assert!(permit < self.permits);
        // SAFETY: `new` has made room for so many there.
        unsafe { self.memory.head().as_ptr().add(PERMITS).cast::<RobustLock>().add(permit) }
    }

    fn releases(&self) -> &AtomicU32 {
        // SAFETY: the mapping begins with it, its zeros are right, and it lives as long as `self`.
        unsafe { self.memory.head().cast().as_ref() }
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        if (0..self.permits).any(|permit| self.permit(permit).is_held_here()) {
            // One was forgotten.
            self.memory.keep();
        }
    }
}

/// A permit of a [`Semaphore`] is held while this lives, by this thread: it cannot go to another one, and a copy that
/// is forked holds nothing.
#[derive(Debug)]
#[must_use = "the permit is released when this is dropped"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
    held: Option<Guard<'a>>,
}

impl Permit<'_> {
    /// Releases the permit, as dropping it does.
    pub fn release(self) {}
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        drop(self.held.take());
        self.semaphore.releases().fetch_add(1, Ordering::SeqCst);
        futex::wake_one(self.semaphore.releases());
    }
}
