//! Something that happens once, until it is cleared.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::LONGEST_UNTOLD;
use crate::shared::futex;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A flag that processes wait for until one of them sets it.
///
/// Make it before the processes that are to use it.
///
/// ```
/// use multiprocess::{Event, Process};
///
/// let start = Event::new()?;
/// let mut runner = Process::spawn(|| start.wait().expect("shared memory"))?;
/// start.set();
/// assert!(runner.join()?.success());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Nobody holds it, so nobody's death matters; but who was to set it and died never will: see
/// [`wait_timeout`](Self::wait_timeout).
#[derive(Debug)]
pub struct Event {
    /// One word: 1 when the event is set.
    memory: Mapping,
}

impl Event {
    /// An event that is not set.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new() -> io::Result<Event> {
        Ok(Event { memory: Mapping::new(c"multiprocess-event", size_of::<AtomicU32>(), 0)? })
    }

    /// Sets it. All who wait go on, and see what this process wrote to shared memory before.
    pub fn set(&self) {
        self.word().store(1, Ordering::Release);
        futex::wake_all(self.word());
    }

    /// Clears it: who comes now waits.
    pub fn clear(&self) {
        self.word().store(0, Ordering::Release);
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.word().load(Ordering::Acquire) != 0
    }

    /// Waits until it is set.
    ///
    /// # Errors
    /// The system refused something that it never should.
    pub fn wait(&self) -> io::Result<()> {
        self.wait_for(Wait::Forever).map(|_| ())
    }

    /// Waits until it is set, at most for `limit`. `false`: it is not.
    ///
    /// # Errors
    /// As of [`wait`](Self::wait).
    pub fn wait_timeout(&self, limit: Duration) -> io::Result<bool> {
        self.wait_for(Wait::at_most(limit))
    }

    fn wait_for(&self, wait: Wait) -> io::Result<bool> {
        loop {
            if self.is_set() {
                return Ok(true);
            }
            if wait.is_over() {
                return Ok(false);
            }
            futex::sleep_while(self.word(), 0, wait.or_at_most(LONGEST_UNTOLD))?;
        }
    }

    fn word(&self) -> &AtomicU32 {
        // SAFETY: the mapping has room for it, its zeros are right, and it lives as long as `self`.
        unsafe { self.memory.head().cast().as_ref() }
    }
}
