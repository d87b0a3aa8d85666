//! A queue with a descriptor.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Queue;
use crate::shared::bell::Bell;
use crate::wait::Waitable;

/// A [`Queue`] with a descriptor, for [`wait`](crate::wait()), `poll(2)`, or an async runtime: readable whenever there
/// is an item to get, or the queue is closed.
///
/// It may be readable when there is nothing (somebody else was quicker); it is not any more after
/// [`try_get`](Queue::try_get) has said so.
///
/// Each process that has the queue holds one descriptor for it, and writes to it in `put`: a process that closes
/// descriptors that it does not own (`closefrom(3)`) may not use the queue any more. A plain [`Queue`] has none.
pub struct PollableQueue<T>(Queue<T>);

impl<T: Serialize + DeserializeOwned> PollableQueue<T> {
    /// As [`Queue::new`].
    ///
    /// # Errors
    /// As of [`Queue::new`].
    pub fn new() -> io::Result<PollableQueue<T>> {
        PollableQueue::with_bell(Queue::new()?)
    }

    /// As [`Queue::bounded`].
    ///
    /// # Errors
    /// As of [`Queue::bounded`].
    pub fn bounded(bytes: usize) -> io::Result<PollableQueue<T>> {
        PollableQueue::with_bell(Queue::bounded(bytes)?)
    }

    fn with_bell(mut queue: Queue<T>) -> io::Result<PollableQueue<T>> {
        queue.ring.hang_bell()?;
        Ok(PollableQueue(queue))
    }
}

impl<T> PollableQueue<T> {
    fn bell(&self) -> &Bell {
        self.0.ring.bell().expect("`with_bell` hung it")
    }
}

impl<T> Deref for PollableQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.0
    }
}

impl<T> AsFd for PollableQueue<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell().as_fd()
    }
}

impl<T> AsRawFd for PollableQueue<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

/// Ready when there is an item to get, or the queue is closed.
impl<T> Waitable for PollableQueue<T> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        Ok(self.as_fd())
    }

    fn is_ready(&self) -> io::Result<bool> {
        self.0.ring.is_ready()
    }
}

impl<T> fmt::Debug for PollableQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PollableQueue").field(&self.0).finish()
    }
}
