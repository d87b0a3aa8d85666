//! The tests of the lessons, of `cargo xtask` and of what it judges, as one program: those that wait then wait side by side, and one is
//! linked instead of twenty. `cargo test -p xtask families` runs those of one file.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod changes;
mod conformance;
mod explore;
mod families;
mod foreign;
mod lessons;
mod models;
mod notes;
mod record;
mod verify;
