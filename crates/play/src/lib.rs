//! You are the scheduler: real processes, held, that go on when you say so.
//!
//! [`game`] is what can be done, and [`scene`] what there is to see then; they know no terminal and start no process.
//! [`view`] draws them, [`session`] reads keys and has the steps taken. [`atlas`] holds every order that an exploration has found.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod atlas;
pub mod game;
pub mod scene;
pub mod session;
pub mod source;
pub mod view;

pub use session::{Neighbour, Setup, needs_terminal, run};
