//! The course's verifier: notes → program → trace → check → report.
//!
//! It knows a program only by what it prints and by what the kernel says about its processes, so it
//! judges a Python or C program as well as a Rust one.

// Anywhere else main.rs says what is missing; a library full of errors would hide it.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod check;
pub mod explore;
pub mod live;
pub mod notes;
pub mod programs;
pub mod record;
pub mod report;
pub mod trace;
pub mod verify;
mod words;
