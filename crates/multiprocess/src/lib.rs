#![doc = include_str!("../README.md")]

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
compile_error!(
    "multiprocess works on Linux with glibc 2.32 or later only (also under WSL2): it stands on fork, pidfd, futex and pthread_mutex_clocklock"
);

mod epoll;
mod explain;
mod poll;
mod pool;
mod process;
mod queue;
mod shared;

pub use pool::{AsyncResult, ClosedPool, ImapUnordered, JoinError, Pool, PoolBuilder, TaskError};
pub use process::{Builder, Process};
pub use queue::{GetError, NotPut, PutError, Queue};
