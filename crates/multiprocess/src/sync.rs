//! What processes use to take turns and to share a few numbers: by the words of Python's `multiprocessing`, in shared
//! memory without a name, for forked processes (and threads).
//!
//! Whoever may be killed may be killed while others wait for it. So, in all of this room:
//! - What is *held* stands on a lock that the kernel hands on when its holder dies ([`holder`]). The next one is told.
//! - Who sleeps until another one *calls* looks again every second: the other may be killed just before it does
//!   ([`LONGEST_UNTOLD`]).

mod array;
mod barrier;
mod condition;
mod error;
mod event;
mod holder;
mod lock;
mod plain;
mod rlock;
mod semaphore;
mod value;

use std::time::Duration;

pub use array::Array;
pub use barrier::Barrier;
pub use condition::Condition;
pub use error::{BarrierError, LockError};
pub use event::Event;
pub use lock::{Lock, LockGuard};
pub use plain::PlainData;
pub use rlock::{RLock, RLockGuard};
pub use semaphore::{Permit, Semaphore};
pub use value::Value;

const LONGEST_UNTOLD: Duration = Duration::from_secs(1);
