//! What can go wrong when processes take turns.

use std::error::Error;
use std::fmt;
use std::io;

/// Why something was not acquired.
#[derive(Debug)]
#[non_exhaustive]
pub enum LockError {
    /// A process (or a thread) died or panicked while it held this: what it was about to change may be half changed.
    /// Everybody who asks is told so until somebody calls `recover` (a [`Semaphore`](crate::Semaphore), which guards
    /// nothing but a number, tells one).
    HolderDied,
    /// This thread holds it already, and would wait for itself.
    Deadlock,
    /// The shared memory was overwritten ([`io::ErrorKind::InvalidData`]), or the system refused something that it
    /// never should.
    System(io::Error),
}

impl From<io::Error> for LockError {
    fn from(error: io::Error) -> LockError {
        match error.kind() {
            io::ErrorKind::Deadlock => LockError::Deadlock,
            _ => LockError::System(error),
        }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::HolderDied => write!(
                f,
                "the process that held this died or panicked while it did: what it guards may be half changed, \
                 and has to be put right by whoever calls recover()"
            ),
            LockError::Deadlock => write!(f, "this thread holds it already, and would wait for itself"),
            LockError::System(_) => write!(f, "cannot use the lock"),
        }
    }
}

impl Error for LockError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            LockError::HolderDied | LockError::Deadlock => None,
            LockError::System(error) => Some(error),
        }
    }
}

/// Why nobody passes a barrier.
#[derive(Debug)]
#[non_exhaustive]
pub enum BarrierError {
    /// Somebody's time was up, somebody called [`abort`](crate::Barrier::abort), or died while it went through. The
    /// barrier stays broken: make a new one.
    Broken,
    /// The shared memory was overwritten ([`io::ErrorKind::InvalidData`]), or the system refused something that it
    /// never should.
    System(io::Error),
}

impl fmt::Display for BarrierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BarrierError::Broken => write!(f, "the barrier is broken: not all have come"),
            BarrierError::System(_) => write!(f, "cannot use the barrier"),
        }
    }
}

impl Error for BarrierError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            BarrierError::Broken => None,
            BarrierError::System(error) => Some(error),
        }
    }
}
