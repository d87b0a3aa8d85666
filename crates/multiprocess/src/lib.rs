#![doc = include_str!("../README.md")]

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
compile_error!(
    "multiprocess works on Linux with glibc 2.32 or later only (also under WSL2): it stands on fork, pidfd, futex and pthread_mutex_clocklock"
);

#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "multiprocess works on 64-bit systems only: a pool's tasks and a queue's cursors are single atomic words of 64 bits, and its locks know how glibc lays out a 64-bit mutex"
);

mod connection;
mod epoll;
mod explain;
mod poll;
mod pool;
mod process;
mod queue;
mod shared;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod wait;

pub use connection::{Connection, RecvError, SendError, pipe};
pub use pool::{
    ArgumentError, AsyncResult, ClosedPool, Imap, ImapUnordered, JoinError, Pool, PoolBuilder, Task, TaskError,
    Terminator,
};
pub use process::{Process, ProcessBuilder, Resource};
pub use queue::{GetError, JoinableQueue, NotAllPut, NotPut, NotTaken, PollableQueue, PutError, Queue};
pub use sync::{
    Array, Barrier, BarrierError, Condition, Event, Lock, LockError, LockGuard, Permit, PlainData, RLock, RLockGuard,
    Semaphore, Value,
};
pub use wait::{Waitable, wait};
