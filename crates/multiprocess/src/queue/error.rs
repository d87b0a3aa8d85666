//! What can go wrong with one item.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a value was not put. The queue is as it was.
#[derive(Debug)]
#[non_exhaustive]
pub enum PutError {
    /// There was no room, now or within the time given.
    Full,
    /// The queue is closed ([`Queue::close`](crate::Queue::close)): nothing can be put any more.
    Closed,
    /// No process is left that has a [`Receiver`](crate::Receiver): nobody would get the value.
    Disconnected,
    /// The encoded value is larger than the whole queue. Both are in bytes.
    TooLarge {
        /// What the message needs.
        message: usize,
        /// What the queue has ([`Queue::bounded`](crate::Queue::bounded)).
        capacity: usize,
    },
    /// The value's `Serialize` failed, or does something that postcard does not support.
    Encode(Box<dyn Error + Send + Sync>),
    /// The system refused something that it never should.
    System(io::Error),
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutError::Full => write!(f, "the queue is full"),
            PutError::Closed => write!(f, "the queue is closed"),
            PutError::Disconnected => write!(f, "no process is left that has a receiver of the queue"),
            PutError::TooLarge { message, capacity } => write!(
                f,
                "a message of {message} bytes does not fit in a queue of {capacity} bytes: \
                 make the queue with Queue::bounded({message}) or more"
            ),
            PutError::Encode(_) => write!(f, "the value cannot be encoded"),
            PutError::System(_) => write!(f, "cannot put into the queue"),
        }
    }
}

impl Error for PutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            PutError::Full | PutError::Closed | PutError::Disconnected | PutError::TooLarge { .. } => None,
            PutError::Encode(error) => Some(error.as_ref()),
            PutError::System(error) => Some(error),
        }
    }
}

/// A value that was not put, and why.
pub struct NotPut<V> {
    /// The value, as it was given.
    pub value: V,
    /// Why it was not put.
    pub error: PutError,
}

impl<V> fmt::Debug for NotPut<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotPut").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<V> fmt::Display for NotPut<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<V> Error for NotPut<V> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl<V> From<NotPut<V>> for PutError {
    fn from(not_put: NotPut<V>) -> PutError {
        not_put.error
    }
}

/// Why not all of several values were put, and how many were.
#[derive(Debug)]
pub struct NotAllPut {
    /// So many were put: the next one was not.
    pub put: usize,
    /// Why it was not put.
    pub error: PutError,
}

impl fmt::Display for NotAllPut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {} values that were put)", self.error, self.put)
    }
}

impl Error for NotAllPut {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// Why a `get` gave no item.
#[derive(Debug)]
#[non_exhaustive]
pub enum GetError {
    /// The queue is closed ([`Queue::close`](crate::Queue::close)), and everything that was put has been got.
    Closed,
    /// Everything that was put has been got, and no process is left that has a [`Sender`](crate::Sender).
    Disconnected,
    /// The item's `Deserialize` failed, or does something that postcard does not support. The item is gone.
    Decode(Box<dyn Error + Send + Sync>),
    /// The system refused something that it never should, or the shared memory was overwritten.
    System(io::Error),
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GetError::Closed => write!(f, "the queue is closed and empty"),
            GetError::Disconnected => write!(f, "the queue is empty, and no process is left that has a sender of it"),
            GetError::Decode(_) => write!(f, "an item of the queue cannot be decoded"),
            GetError::System(_) => write!(f, "cannot get from the queue"),
        }
    }
}

impl Error for GetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            GetError::Closed | GetError::Disconnected => None,
            GetError::Decode(error) => Some(error.as_ref()),
            GetError::System(error) => Some(error),
        }
    }
}

/// [`JoinableQueue::task_done`](crate::JoinableQueue::task_done) was called more often than items were got.
#[derive(Debug)]
pub struct NotTaken;

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task_done was called more often than items were got from the queue")
    }
}

impl Error for NotTaken {}
