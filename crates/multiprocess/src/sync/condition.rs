//! Waiting, with a lock in hand, for what others do with it.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{LONGEST_UNTOLD, LockError, LockGuard};
use crate::shared::futex;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A condition variable between processes: who holds a [`Lock`](crate::Lock) lets go of it until another one has
/// changed something.
///
/// ```
/// use multiprocess::{Condition, Lock, Process, Value};
///
/// let (lock, changed, stock) = (Lock::new()?, Condition::new()?, Value::new(0_u32)?);
/// let mut baker = Process::spawn(|| {
///     let _guard = lock.acquire().expect("nobody dies here");
///     stock.set(3).expect("nobody dies here");
///     changed.notify_all();
/// })?;
/// let mut guard = lock.acquire()?;
/// while stock.get()? == 0 {
///     guard = changed.wait(guard)?;
/// }
/// drop(guard);
/// baker.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Condition {
    /// One word, which each notification changes.
    memory: Mapping,
}

impl Condition {
    /// A condition variable for any lock.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new() -> io::Result<Condition> {
        Ok(Condition { memory: Mapping::new(c"multiprocess-condition", size_of::<AtomicU32>(), 0)? })
    }

    /// Releases the lock, waits for a notification, and takes the lock again. It may return without one: look at what
    /// you wait for, and wait again.
    ///
    /// # Errors
    /// As of [`Lock::acquire`](crate::Lock::acquire): the lock is not held then.
    pub fn wait<'a>(&self, guard: LockGuard<'a>) -> Result<LockGuard<'a>, LockError> {
        self.wait_for(guard, Wait::Forever).map(|(guard, _)| guard)
    }

    /// As [`wait`](Self::wait), but waits no longer than `limit` for a notification; `false`: there was none. The lock
    /// is taken again in any case, which may take longer.
    ///
    /// # Errors
    /// As of [`wait`](Self::wait).
    pub fn wait_timeout<'a>(&self, guard: LockGuard<'a>, limit: Duration) -> Result<(LockGuard<'a>, bool), LockError> {
        self.wait_for(guard, Wait::at_most(limit))
    }

    /// Wakes one of those who wait (at least: see [`wait`](Self::wait)).
    pub fn notify_one(&self) {
        self.word().fetch_add(1, Ordering::SeqCst);
        futex::wake_one(self.word());
    }

    /// Wakes all who wait.
    pub fn notify_all(&self) {
        self.word().fetch_add(1, Ordering::SeqCst);
        futex::wake_all(self.word());
    }

    fn wait_for<'a>(&self, guard: LockGuard<'a>, wait: Wait) -> Result<(LockGuard<'a>, bool), LockError> {
        let lock = guard.lock();
        // Read with the lock in hand: a notification that comes after we let go of it is not missed.
        let before = self.word().load(Ordering::SeqCst);
        drop(guard);
        let mut notified = false;
        while !notified && !wait.is_over() {
            futex::sleep_while(self.word(), before, wait.or_at_most(LONGEST_UNTOLD))?;
            notified = self.word().load(Ordering::SeqCst) != before;
        }
        Ok((lock.acquire()?, notified))
    }

    fn word(&self) -> &AtomicU32 {
        // SAFETY: the mapping has room for it, its zeros are right, and it lives as long as `self`.
        unsafe { self.memory.head().cast().as_ref() }
    }
}
