#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("multiprocess works on Linux only (also under WSL2): it stands on fork, pidfd and futex");

mod explain;
mod poll;
mod pool;
mod process;
mod queue;
mod shared;

pub use pool::{AsyncResult, ClosedPool, ImapUnordered, JoinError, Pool, PoolBuilder, TaskError};
pub use process::{Builder, Process};
pub use queue::{GetError, NotPut, PutError, Queue};
