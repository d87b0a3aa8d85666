#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::duplicate_mod, reason = "tests build the stub too, which has its errors from the same files")
)]

#[cfg(not(stub))]
mod connection;
#[cfg(not(stub))]
mod epoll;
#[cfg(not(stub))]
mod explain;
#[cfg(not(stub))]
mod poll;
#[cfg(not(stub))]
mod pool;
#[cfg(not(stub))]
mod process;
#[cfg(not(stub))]
mod queue;
#[cfg(not(stub))]
mod shared;
#[cfg(not(stub))]
mod sync;
#[cfg(all(feature = "testing", not(stub)))]
pub mod testing;
#[cfg(not(stub))]
mod wait;

// On Linux for its tests, which compare the two.
#[cfg(any(stub, test))]
mod stub;
#[cfg(all(feature = "testing", stub))]
pub use stub::testing;
#[cfg(stub)]
use stub::{connection, pool, process, queue, sync, wait};

pub use connection::{Connection, RecvError, SendError, pipe};
pub use pool::{
    ArgumentError, AsyncResult, ClosedPool, Imap, ImapUnordered, JoinError, Pool, PoolBuilder, Task, TaskError,
    Terminator,
};
pub use process::{Process, ProcessBuilder, Resource};
pub use queue::{
    GetError, JoinableQueue, NotAllPut, NotPut, NotTaken, PollableQueue, PutError, Queue, Receiver, Sender,
};
pub use sync::{
    Array, Barrier, BarrierError, Condition, Event, Lock, LockError, LockGuard, Permit, PlainData, RLock, RLockGuard,
    Semaphore, Value,
};
pub use wait::{Waitable, wait};
