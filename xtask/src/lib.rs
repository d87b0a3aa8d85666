//! The course's verifier: notes → program → trace → check → report.
//!
//! It knows a program only by what it prints and by what the kernel says about its processes, so it
//! judges a Python or C program as well as a Rust one.

#[cfg(not(target_os = "linux"))]
compile_error!("this course needs Linux (WSL2 will do): it is about fork, and reads what the Linux kernel attests");

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
