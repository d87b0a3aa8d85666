//! All or none.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::holder::Holder;
use super::{BarrierError, LONGEST_UNTOLD, LockError};
use crate::shared::futex;
use crate::shared::lock::Guard;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A place where processes wait until a given number of them has come; then all go on, and it can be used again.
///
/// ```
/// use multiprocess::{Barrier, Process};
///
/// let start = Barrier::new(2)?;
/// let mut other = Process::spawn(|| _ = start.wait().expect("both come"))?;
/// start.wait()?;
/// other.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// One that dies before it comes is waited for: give a limit ([`wait_timeout`](Self::wait_timeout)), or let its parent
/// [`abort`](Self::abort) the barrier. One that dies while it waits has come.
#[derive(Debug)]
pub struct Barrier {
    /// Begins with an [`Inside`].
    memory: Mapping,
    parties: u32,
}

#[repr(C)]
struct Inside {
    holder: Holder,
    /// How many wait. Used under the lock.
    waiting: AtomicU32,
    /// How often all have passed, modulo 2³². Written under the lock.
    passed: AtomicU32,
    /// 1: nobody passes any more.
    broken: AtomicU32,
}

impl Barrier {
    /// A barrier for so many processes (or threads).
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new(parties: u32) -> io::Result<Barrier> {
        let memory = Mapping::new(c"multiprocess-barrier", size_of::<Inside>(), 0)?;
        let inside = memory.head().as_ptr().cast::<Inside>();
        // SAFETY: the mapping has room for it, begins on a page, is known to nobody else yet, and never moves; for the
        // other fields its zeros are right.
        unsafe { Holder::init(&raw mut (*inside).holder)? };
        Ok(Barrier { memory, parties })
    }

    /// Waits until all have come. `true`: this one was the last (so that one of them, and no other, does what is to be
    /// done once).
    ///
    /// # Errors
    /// The barrier is broken, or the shared memory was overwritten.
    pub fn wait(&self) -> Result<bool, BarrierError> {
        self.wait_for(Wait::Forever)
    }

    /// As [`wait`](Self::wait), but when not all have come within `limit` the barrier is broken, for all.
    ///
    /// # Errors
    /// As of [`wait`](Self::wait).
    pub fn wait_timeout(&self, limit: Duration) -> Result<bool, BarrierError> {
        self.wait_for(Wait::at_most(limit))
    }

    /// Breaks the barrier: whoever waits, or comes, gets an error.
    pub fn abort(&self) {
        let inside = self.inside();
        inside.broken.store(1, Ordering::SeqCst);
        futex::wake_all(&inside.passed);
    }

    /// Whether the barrier is broken.
    pub fn is_broken(&self) -> bool {
        self.inside().broken.load(Ordering::SeqCst) != 0
    }

    fn wait_for(&self, wait: Wait) -> Result<bool, BarrierError> {
        let inside = self.inside();
        let passed = {
            let _held = self.lock()?;
            let passed = inside.passed.load(Ordering::SeqCst);
            let waiting = inside.waiting.load(Ordering::Relaxed).saturating_add(1);
            if waiting >= self.parties {
                inside.waiting.store(0, Ordering::Relaxed);
                inside.passed.store(passed.wrapping_add(1), Ordering::SeqCst);
                futex::wake_all(&inside.passed);
                return Ok(true);
            }
            inside.waiting.store(waiting, Ordering::Relaxed);
            passed
        };
        loop {
            if inside.passed.load(Ordering::SeqCst) != passed {
                return Ok(false);
            }
            if self.is_broken() {
                return Err(BarrierError::Broken);
            }
            if wait.is_over() {
                let held = self.lock()?;
                // The last one may just have come.
                if inside.passed.load(Ordering::SeqCst) != passed {
                    return Ok(false);
                }
                self.abort();
                drop(held);
                return Err(BarrierError::Broken);
            }
            futex::sleep_while(&inside.passed, passed, wait.or_at_most(LONGEST_UNTOLD))
                .map_err(BarrierError::System)?;
        }
    }

    /// Held for a few instructions; who dies in them breaks the barrier.
    fn lock(&self) -> Result<Guard<'_>, BarrierError> {
        let held = match self.inside().holder.acquire(Wait::Forever) {
            Ok(held) => held,
            Err(LockError::System(error)) => return Err(BarrierError::System(error)),
            Err(LockError::HolderDied | LockError::Deadlock) => {
                self.abort();
                return Err(BarrierError::Broken);
            }
        };
        match held {
            Some(held) if !self.is_broken() => Ok(held),
            _ => Err(BarrierError::Broken),
        }
    }

    fn inside(&self) -> &Inside {
        // SAFETY: `new` has made one there, which lives as long as `self` and is made to be shared.
        unsafe { self.memory.head().cast().as_ref() }
    }
}
