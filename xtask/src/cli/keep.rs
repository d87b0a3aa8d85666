//! `cargo xtask keep`: plumbing that `explore` and its kin start.

use clap::Command;

use super::{Outcome, Refusal};

pub fn command() -> Command {
    Command::new("keep").about("Run a program under the schedules read from standard input").hide(true)
}

pub fn run() -> Result<Outcome, Refusal> {
    xtask::explore::keep()?;
    Ok(Outcome::Holds)
}
