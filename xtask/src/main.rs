//! `cargo xtask`: runs the course's programs and checks them against the notes.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
