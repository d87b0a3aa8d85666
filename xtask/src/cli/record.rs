//! `cargo xtask record`.

use std::io;

use xtask::record::{Job, keep};

use super::{Outcome, Refusal};

/// Run a program, write its trace to standard output, and leave no process of it behind. Standard input is to stay
/// open: its end stops the program.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    job: Job,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Refusal> {
    keep(&arguments.job, io::stdin(), io::stdout().lock())?;
    Ok(Outcome::Holds)
}
