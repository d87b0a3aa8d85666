//! `cargo xtask record`: the keeper process of one program, which [`xtask::record::Run`] starts.

use std::io;

use clap::{Arg, ArgMatches, Command};
use xtask::record::{Job, keep};

use super::{Outcome, Refusal};

pub fn command() -> Command {
    Command::new("record")
        .about("Run a program and write its trace to standard output, until standard input ends")
        .hide(true)
        .arg(Arg::new("job").value_name("JOB").required(true).help("What to run, as JSON"))
}

pub fn run(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let job: Job = serde_json::from_str(super::required::<String>(arguments, "job"))?;
    keep(&job, io::stdin(), io::stdout().lock())?;
    Ok(Outcome::Holds)
}
