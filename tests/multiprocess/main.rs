//! What this library promises, as one program: tests that wait then wait side by side.
//! `cargo test -p multiprocess --test multiprocess pool::` runs those of one file.
#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests: they have no #[test]")]

#[macro_use]
mod forking;

mod builder;
mod connection;
mod pool;
mod pool_kill;
mod pool_soak;
mod process;
mod queue;
mod queue_ends;
mod queue_kill;
mod queue_soak;
mod queue_stray;
mod sharing;
mod sync;

use std::process::ExitCode;

fn main() -> ExitCode {
    let all = [
        builder::CASES,
        connection::CASES,
        pool::CASES,
        pool_kill::CASES,
        pool_soak::CASES,
        process::CASES,
        queue::CASES,
        queue_ends::CASES,
        queue_kill::CASES,
        queue_soak::CASES,
        queue_stray::CASES,
        sharing::CASES,
        sync::CASES,
    ];
    forking::run(&all.concat())
}
