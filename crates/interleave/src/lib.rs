//! Runs a program of several processes, live or under every interleaving, and gives what happened as [traces](trace).
//!
//! It knows a program only by what it prints and by what the kernel says about its processes, so it takes a Python or C
//! program as well as a Rust one.

// On another system one sentence is better than hundreds of errors.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod explore;
mod kernel;
pub mod outcome;
mod protocol;
pub mod record;
mod reexec;
pub mod sandbox;
mod search;
mod supervisor;
mod syscalls;
pub mod trace;
mod words;
mod world;
