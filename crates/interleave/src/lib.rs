//! Runs a program of several processes, live or under every interleaving, and gives what happened as [traces](trace).
//!
//! It knows a program only by what it prints and by what the kernel says about its processes, so it takes a Python or C
//! program as well as a Rust one.
//!
//! - A **test** of a program of several processes begins with an [`Exploration`]: every interleaving is given to a closure that
//!   asserts ([`testing`]).
//! - [`explore`](explore::explore) is the same for tools: a [`Job`](explore::Job) in, interleavings and
//!   [`Statistics`](explore::Statistics) out.
//! - [`record`] runs a program once, in real time.
//! - [`sandbox`] is the world in which each run takes place, and [`sandbox::doctor`] says what this machine offers for it.
//!
//! ```
//! let child_first = interleave::Exploration::of("sh").args(["-c", "echo child & wait; echo parent"]);
//! child_first.check(|run| assert_eq!(run.outcome().text, "child\nparent\n"));
//! ```

// On another system one sentence is better than hundreds of errors.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

/// Marks a text that whoever shows it may have in another language.
macro_rules! key {
    ($text:literal) => {
        $text
    };
}

mod deed;
pub mod environment;
pub mod explore;
mod helper;
mod kernel;
pub mod outcome;
mod protocol;
pub mod record;
mod reexec;
pub mod sandbox;
mod search;
mod shims;
mod supervisor;
mod syscalls;
mod task_id;
pub mod testing;
pub mod trace;
mod wait;
mod watchdog;
mod words;
mod world;

pub use testing::Exploration;
