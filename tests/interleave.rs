//! The tests of the command `interleave`, as one program: those that wait then wait side by side, and one is linked instead of six.
//! `cargo test -p interleave-cli grade` runs those of one file.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod chinese;
mod command;
#[cfg(feature = "grade")]
mod grade;
mod hostile;
#[cfg(feature = "play")]
mod play;
#[cfg(feature = "grade")]
mod templates;
mod told;
