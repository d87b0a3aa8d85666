//! A queue between processes.

pub(crate) mod codec;
mod error;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{GetError, NotPut, PutError};

use crate::shared::ring::{self, Ring};
use crate::shared::wait::Wait;

/// How many bytes [`Queue::new`] can hold. Room for a few messages of a megabyte, so that neither side has to wait for the other
/// at every one of them, and small enough for the processor's cache.
const DEFAULT_CAPACITY: usize = 6 << 20;

/// A bounded first-in first-out queue that any number of processes put into and get from.
///
/// Make it before the processes that are to use it: a forked child has the queue because it has a copy of everything
/// its parent had. The threads of a process may use it as well.
///
/// ```
/// use multiprocess::{Process, Queue};
///
/// let queue = Queue::<String>::new()?;
/// let mut writer = Process::spawn(|| {
///     for value in ["A", "B", "C"] {
///         queue.put(value.to_string()).expect("a short text fits");
///     }
/// })?;
/// for value in ["A", "B", "C"] {
///     assert_eq!(queue.get()?, value);
/// }
/// writer.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it promises
/// - Items put by one thread arrive in the order in which it put them; every item arrives exactly once.
/// - A process may be killed, by SIGKILL too, at any instruction: the others go on, and nothing that was put is lost
///   but the one item that a dead process was getting, or had got. A `put` that did not return has either put its
///   item or has not.
/// - Who waits is asleep in the kernel and uses no processor time. No signal ends a wait.
/// - Nothing outlives the processes: there is no name in any file system. In each process the queue is a piece of
///   address space, and no descriptor, until it is dropped there.
///
/// A process that is *stopped* (SIGSTOP, a debugger) in the middle of an operation or while it waits keeps its place,
/// and others may have to wait until it goes on. All processes must be in one pid namespace.
///
/// # What travels
/// Items travel as bytes, in the [postcard](https://docs.rs/postcard) format, which serde writes and reads without
/// knowing their type: attributes that need a self-describing format (`untagged`, `flatten`, `skip_serializing_if`)
/// do not work with it. They are encoded straight into shared memory and decoded from there, which is why the codec of
/// `T` must not use the same queue; if it does, it gets an error.
///
/// serde takes a `Vec<u8>` for a sequence like any other, one byte after the other. For large pieces of bytes use the types
/// of [serde_bytes](https://docs.rs/serde_bytes), which travel at the speed of memcpy:
///
/// ```
/// use multiprocess::Queue;
/// use serde_bytes::ByteBuf;
///
/// let queue = Queue::<ByteBuf>::new()?;
/// queue.put(ByteBuf::from(vec![7; 1_000_000]))?;
/// assert_eq!(queue.get()?.len(), 1_000_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Queue<T> {
    ring: Ring,
    /// The queue takes and gives values of T, but holds none: only bytes are shared.
    items: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// A queue for 6 MiB of messages. Memory is used only as it is filled.
    ///
    /// # Errors
    /// The system has no memory, addresses or file descriptors (one is needed for a moment) left.
    pub fn new() -> io::Result<Queue<T>> {
        Queue::bounded(DEFAULT_CAPACITY)
    }

    /// A queue for `bytes` of encoded messages, which is also the size of the largest message. Each message takes
    /// four bytes more, and is rounded up to a multiple of four.
    ///
    /// Memory is used when it is first written to, and given back when no process has the queue any longer.
    ///
    /// # Errors
    /// As of [`new`](Self::new), and `bytes` may not be more than about 4 GiB.
    pub fn bounded(bytes: usize) -> io::Result<Queue<T>> {
        Ok(Queue { ring: Ring::new(bytes)?, items: PhantomData })
    }

    /// Puts a value, given as it is or by reference. Waits while the queue is full.
    ///
    /// # Errors
    /// The message is larger than the queue, or the value cannot be encoded: the queue is as it was.
    pub fn put(&self, value: impl Borrow<T>) -> Result<(), PutError> {
        self.put_waiting(Wait::Forever, value.borrow())
    }

    /// Puts a value if there is room now. It waits for operations of others that are under way, not for room.
    ///
    /// # Errors
    /// [`PutError::Full`] and those of [`put`](Self::put); all give the value back.
    pub fn try_put<V: Borrow<T>>(&self, value: V) -> Result<(), NotPut<V>> {
        self.put_waiting(Wait::No, value.borrow()).map_err(|error| NotPut { value, error })
    }

    /// Puts a value, waiting for room, and for operations of others that are under way, at most for `limit`. A limit of zero
    /// is [`try_put`](Self::try_put).
    ///
    /// # Errors
    /// [`PutError::Full`] and those of [`put`](Self::put); all give the value back.
    pub fn put_timeout<V: Borrow<T>>(&self, value: V, limit: Duration) -> Result<(), NotPut<V>> {
        self.put_waiting(Wait::at_most(limit), value.borrow()).map_err(|error| NotPut { value, error })
    }

    /// Takes the oldest item. Waits while the queue is empty; for ever, if nobody is left to put something.
    ///
    /// # Errors
    /// The item cannot be decoded. It is gone; the next `get` gets the next one.
    pub fn get(&self) -> Result<T, GetError> {
        loop {
            if let Some(item) = self.get_waiting(Wait::Forever)? {
                return Ok(item);
            }
        }
    }

    /// Takes the oldest item, if there is one now. It waits for operations of others that are under way, not for
    /// items.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn try_get(&self) -> Result<Option<T>, GetError> {
        self.get_waiting(Wait::No)
    }

    /// Takes the oldest item, waiting for one, and for operations of others that are under way, at most for `limit`. `None`:
    /// there was none, or others were at it all the time. A limit of zero is [`try_get`](Self::try_get).
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>, GetError> {
        self.get_waiting(Wait::at_most(limit))
    }

    #[inline]
    fn put_waiting(&self, wait: Wait, value: &T) -> Result<(), PutError> {
        self.ring.put(wait, |space| codec::encode(value, space)).map_err(|error| match error {
            ring::PutError::Full => PutError::Full,
            ring::PutError::TooLarge(message) => PutError::TooLarge { message, capacity: self.ring.capacity() },
            ring::PutError::Encode(error) => PutError::Encode(error.into()),
            ring::PutError::System(error) => PutError::System(error),
        })
    }

    #[inline]
    fn get_waiting(&self, wait: Wait) -> Result<Option<T>, GetError> {
        let item = self.ring.take(wait, |_| {}, |taken| codec::decode(taken.bytes)).map_err(GetError::System)?;
        item.transpose().map_err(|error| GetError::Decode(error.into()))
    }
}

impl<T> Queue<T> {
    /// How many items are in the queue. Others may be putting and getting: it was so a moment ago.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether the queue is empty. Others may be putting and getting: it was so a moment ago.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size of the largest message, and of all messages together, in bytes.
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("len", &self.len()).field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}
