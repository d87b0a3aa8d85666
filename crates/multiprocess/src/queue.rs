//! A queue between processes.

pub(crate) mod codec;
mod ends;
mod error;
mod holders;
mod joinable;
mod pollable;

use std::borrow::Borrow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use ends::{Receiver, Sender};
pub use error::{GetError, NotAllPut, NotPut, NotTaken, PutError};
pub use joinable::JoinableQueue;
pub use pollable::PollableQueue;

use crate::shared::ring::{self, Ring, Then};
use crate::shared::wait::Wait;

/// How many bytes [`Queue::new`] can hold. Room for a few messages of a megabyte, so that neither side has to wait for
/// the other at every one of them, and small enough for the processor's cache.
const DEFAULT_CAPACITY: usize = 6 << 20;

/// The most items that are put, or got, under one hold of a lock.
const BATCH: usize = 256;

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
/// knowing their type: attributes that need a self-describing format (`untagged`, `flatten`, `skip_serializing_if`) do
/// not work with it. They are encoded straight into shared memory, and decoded from a copy of what is there, while
/// nobody else may put or get: so the codec of `T` must not use the same queue; if it does, it gets an error.
///
/// # What it cannot promise
/// A process is no sandbox: a child that goes astray (by a bug in `unsafe` code) may write over the shared memory. What
/// comes out of a queue is a valid `T` all the same, whatever the bytes were, and operations check what they find
/// before they use it: the others get errors or wrong items, but do not crash, and a wait with a limit ends. (But for a
/// stray write that hits a lock within the few instructions of an operation.)
///
/// serde takes a `Vec<u8>` for a sequence like any other, one byte after the other. For large pieces of bytes use the
/// types of [serde_bytes](https://docs.rs/serde_bytes), which travel at the speed of memcpy:
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

    /// Decodes items where they lie from now on, in this process and those that it forks, instead of copying them
    /// first. Worth it for large pieces of bytes: a copy of a megabyte takes about as long as all the rest.
    ///
    /// # Safety
    /// No process that has the queue ever writes to its memory but by the methods of `Queue`: not by a bug in `unsafe`
    /// code either. Else a value may change between a check of it and its use, and a `String` be no UTF-8.
    pub unsafe fn decode_in_place(mut self) -> Queue<T> {
        // SAFETY: the caller vouches for it.
        unsafe { self.ring.read_in_place() };
        self
    }

    /// Puts a value, given as it is or by reference. Waits while the queue is full.
    ///
    /// # Errors
    /// The message is larger than the queue, the value cannot be encoded, or the queue is closed: it is as it was.
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

    /// Puts a value, waiting for room, and for operations of others that are under way, at most for `limit`. A limit of
    /// zero is [`try_put`](Self::try_put).
    ///
    /// # Errors
    /// [`PutError::Full`] and those of [`put`](Self::put); all give the value back.
    pub fn put_timeout<V: Borrow<T>>(&self, value: V, limit: Duration) -> Result<(), NotPut<V>> {
        self.put_waiting(Wait::at_most(limit), value.borrow()).map_err(|error| NotPut { value, error })
    }

    /// Takes the oldest item. Waits while the queue is empty, until it is [closed](Self::close); for ever, if nobody is
    /// left to put something or to close it. (Of a queue that is [split](Self::split), `get` notices that.)
    ///
    /// # Errors
    /// The queue is closed and empty. Or the item cannot be decoded: it is gone; the next `get` gets the next one.
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

    /// Takes the oldest item, waiting for one, and for operations of others that are under way, at most for `limit`.
    /// `None`: there was none, or others were at it all the time. A limit of zero is [`try_get`](Self::try_get).
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>, GetError> {
        self.get_waiting(Wait::at_most(limit))
    }

    /// Puts all these values, in their order, waiting for room as [`put`](Self::put) does. Many small ones are put
    /// several times as fast as one by one. They become visible by and by, and those of other processes may come in
    /// between.
    ///
    /// # Errors
    /// As of [`put`](Self::put). The values before the one that could not be put have been put (but if one panics when
    /// it is encoded, some of those before it may not).
    pub fn put_many(&self, values: &[T]) -> Result<(), NotAllPut> {
        // So many at once that the rest costs little, and so few that others have their turn soon.
        let mut put = 0;
        for batch in values.chunks(BATCH) {
            let next = Cell::new(0);
            let encode = |space: &mut [u8]| codec::encode(&batch[next.get()], space);
            let more = || {
                next.set(next.get() + 1);
                next.get() < batch.len()
            };
            self.ring
                .put_some(Wait::Forever, encode, more)
                .map_err(|error| NotAllPut { put: put + next.get(), error: self.explain(error) })?;
            put += batch.len();
        }
        Ok(())
    }

    /// Takes the oldest item, waiting for it as [`get`](Self::get) does, and those behind it that are there already: up
    /// to `most`, and at least one unless `most` is zero.
    ///
    /// # Errors
    /// As of [`get`](Self::get), for the oldest one. An item behind it that cannot be decoded is left to the next time.
    pub fn get_many(&self, most: usize) -> Result<Vec<T>, GetError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        loop {
            let state = self.ring.state();
            let (mut items, mut bad) = (Vec::new(), None);
            self.ring
                .take_some(
                    Wait::Forever,
                    |_| {},
                    |taken| {
                        match codec::decode(taken.bytes) {
                            Ok(item) => items.push(item),
                            // The items before it first.
                            Err(_) if !items.is_empty() => return Then::PutBack,
                            Err(error) => bad = Some(error),
                        }
                        if bad.is_none() && items.len() < most.min(BATCH) { Then::TakeMore } else { Then::Stop }
                    },
                )
                .map_err(GetError::System)?;
            if let Some(error) = bad {
                return Err(GetError::Decode(error.into()));
            }
            if !items.is_empty() {
                return Ok(items);
            }
            if state.ends_taking() {
                return Err(end_of(state));
            }
        }
    }

    #[inline]
    fn put_waiting(&self, wait: Wait, value: &T) -> Result<(), PutError> {
        self.ring.put(wait, |space| codec::encode(value, space)).map_err(|error| self.explain(error))
    }

    #[cold]
    fn explain(&self, error: ring::PutError<postcard::Error>) -> PutError {
        match error {
            // Nobody waits any more who could look.
            ring::PutError::Full => match self.ring.glance() {
                Ok(()) => PutError::Full,
                Err(error) => PutError::System(error),
            },
            ring::PutError::Closed => PutError::Closed,
            ring::PutError::Disconnected => PutError::Disconnected,
            ring::PutError::TooLarge(message) => PutError::TooLarge { message, capacity: self.ring.capacity() },
            ring::PutError::Encode(error) => PutError::Encode(error.into()),
            ring::PutError::System(error) => PutError::System(error),
        }
    }

    #[inline]
    fn get_waiting(&self, wait: Wait) -> Result<Option<T>, GetError> {
        // Asked before: after it is closed nothing is put, so that nothing found then is nothing for good.
        let state = self.ring.state();
        let item = self.ring.take(wait, |_| {}, |taken| codec::decode(taken.bytes)).map_err(GetError::System)?;
        match item {
            Some(item) => item.map(Some).map_err(|error| GetError::Decode(error.into())),
            None if state.ends_taking() => Err(end_of(state)),
            None => self.nothing(wait),
        }
    }

    /// There was nothing to take.
    #[cold]
    fn nothing(&self, wait: Wait) -> Result<Option<T>, GetError> {
        self.ring.glance().map_err(GetError::System)?;
        if self.ring.state().ends_taking() {
            // Since we looked. What was put meanwhile is still there.
            return self.get_waiting(wait);
        }
        // Else the descriptor would stay readable.
        self.ring.is_ready().map_err(GetError::System)?;
        Ok(None)
    }
}

impl<T> Queue<T> {
    /// Splits the queue into its two ends, which may then be in different processes: and each notices when nobody has the
    /// other any more. `get` is an error when the queue is empty and no process is left that has a [`Sender`]; `put`, when none
    /// is left that has a [`Receiver`]. Also when they were killed.
    ///
    /// To be called before the processes are forked. *Move* into each what it is to have. What is not moved into a child does not
    /// count there, though it has a copy of everything: not before the child uses it. So drop in the parent what the parent is
    /// not to have.
    ///
    /// ```
    /// use multiprocess::{GetError, Process, Queue};
    ///
    /// let (sender, receiver) = Queue::<u32>::new()?.split()?;
    /// let mut writer = Process::spawn(move || {
    ///     sender.put(1).expect("there is a receiver");
    ///     std::process::abort();
    /// })?;
    /// let mut reader = Process::spawn(move || {
    ///     assert_eq!(receiver.get().expect("an item"), 1);
    ///     assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
    /// })?;
    /// writer.join()?;
    /// assert!(reader.join()?.success());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// An end that is dropped is noticed at once. A process that was killed, or ended without dropping its ends
    /// ([`exit`](std::process::exit)), tells nobody; so others look: who waits, more and more seldom, but every second; and who finds
    /// room to put each time, now and then (at the latest a tenth of a second and 130 values later, which are put for nobody). A process that
    /// becomes another program (`execve(2)`) counts until that ends.
    ///
    /// # Errors
    /// Another process has split the queue already; or the system has no memory, addresses or file descriptors (one is
    /// needed for a moment) left.
    pub fn split(self) -> io::Result<(Sender<T>, Receiver<T>)> {
        ends::split(self)
    }

    /// Closes the queue, for all processes: from now on every `put` is an error, and so is every `get` once the queue
    /// is empty. Whoever waits is told. To close it again is no error.
    ///
    /// So a stage of several processes can tell the next one that nothing more comes. If a stage may be killed before
    /// it does, [`split`](Self::split) the queue: then it need not tell.
    ///
    /// # Errors
    /// The shared memory was overwritten.
    pub fn close(&self) -> io::Result<()> {
        self.ring.close()
    }

    /// Whether the queue is closed.
    pub fn is_closed(&self) -> bool {
        self.ring.state().is_closed()
    }

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

/// Why nothing comes any more.
#[cold]
fn end_of(state: ring::State) -> GetError {
    if state.is_closed() { GetError::Closed } else { GetError::Disconnected }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("len", &self.len()).field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}
