//! What the supervisor knows of a run: data, no decisions.

pub mod clock;
pub mod descriptors;
pub mod files;
pub mod library;
pub mod limits;
pub mod memory;
pub mod object;
pub mod process;
pub mod random;
pub mod run;
pub mod sharing;
pub mod sockets;
pub mod spin;
pub mod start;
pub mod stdio;
pub mod streams;
pub mod task;
pub mod telling;
pub mod thread_lock;
pub mod timers;
