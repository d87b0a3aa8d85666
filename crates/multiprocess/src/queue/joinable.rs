//! A queue that knows which of its items are done with.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{NotTaken, Queue};
use crate::shared::wait::Wait;

/// A [`Queue`] whose items are not done with when they have been got, but when [`task_done`](Self::task_done) says so:
/// [`join`](Self::join) waits for that.
///
/// ```
/// use multiprocess::{JoinableQueue, Process};
///
/// let queue = JoinableQueue::<u32>::new()?;
/// let mut worker = Process::spawn(|| {
///     while let Ok(_item) = queue.get() {
///         // … work …
///         queue.task_done().expect("one for each get");
///     }
/// })?;
/// (0..10).try_for_each(|n| queue.put(n))?;
/// queue.join()?; // All ten are done with.
/// queue.close()?;
/// worker.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An item whose process died before it said `task_done` is never done with, as in Python: use
/// [`join_timeout`](Self::join_timeout), or [`wait`](crate::wait()) for the process.
pub struct JoinableQueue<T>(Queue<T>);

impl<T: Serialize + DeserializeOwned> JoinableQueue<T> {
    /// As [`Queue::new`].
    ///
    /// # Errors
    /// As of [`Queue::new`].
    pub fn new() -> io::Result<JoinableQueue<T>> {
        Queue::new().map(JoinableQueue)
    }

    /// As [`Queue::bounded`].
    ///
    /// # Errors
    /// As of [`Queue::bounded`].
    pub fn bounded(bytes: usize) -> io::Result<JoinableQueue<T>> {
        Queue::bounded(bytes).map(JoinableQueue)
    }
}

impl<T> JoinableQueue<T> {
    /// Says that an item is done with: to be called once for each that was got. Does not wait.
    ///
    /// # Errors
    /// It was called more often than items were got.
    pub fn task_done(&self) -> Result<(), NotTaken> {
        if self.0.ring.settle_one() { Ok(()) } else { Err(NotTaken) }
    }

    /// How many items were put and are not done with. Others may be at it: it was so a moment ago.
    pub fn unfinished(&self) -> usize {
        self.0.ring.unsettled() as usize
    }

    /// Waits until every item that was put is done with.
    ///
    /// # Errors
    /// The system refused something that it never should.
    pub fn join(&self) -> io::Result<()> {
        self.0.ring.wait_until_settled(Wait::Forever).map(|_| ())
    }

    /// As [`join`](Self::join), but no longer than `limit`. `false`: some items are not done with.
    ///
    /// # Errors
    /// As of [`join`](Self::join).
    pub fn join_timeout(&self, limit: Duration) -> io::Result<bool> {
        self.0.ring.wait_until_settled(Wait::at_most(limit))
    }
}

impl<T> Deref for JoinableQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.0
    }
}

impl<T> fmt::Debug for JoinableQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JoinableQueue").field(&self.0).finish()
    }
}
