//! The command line.

mod check;
mod list;
mod record;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use xtask::notes::claims::Fault;
use xtask::notes::{Course, Lesson, Program};

/// Runs the programs of the process course and checks what they print, in which order and by which process, against
/// the notes in crates/*/README.md.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_STATUS: &str = "Exit status: 0 everything holds, 1 something does not, 2 it could not be judged.";

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    List(list::Arguments),
    #[command(hide = true)]
    Record(record::Arguments),
}

/// How a command ended.
enum Outcome {
    /// Everything holds.
    Holds,
    /// Something that the notes say does not hold.
    Broken,
}

/// Why something could not be judged.
struct Refusal(String);

impl<T: fmt::Display> From<T> for Refusal {
    fn from(why: T) -> Refusal {
        Refusal(why.to_string())
    }
}

/// Does what the arguments ask for.
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::List(arguments)) => list::run(&arguments),
        Some(Command::Record(arguments)) => record::run(&arguments),
        None => welcome(),
    };
    match outcome {
        Ok(Outcome::Holds) => ExitCode::SUCCESS,
        Ok(Outcome::Broken) => ExitCode::from(1),
        Err(Refusal(why)) => {
            eprintln!("{}", why.trim_end());
            ExitCode::from(2)
        }
    }
}

fn welcome() -> Result<Outcome, Refusal> {
    println!(
        "\
A course on processes: programs that you run, and notes that are checked.

  cargo run -p ordering_demo       run a lesson's program; its notes are crates/ordering_demo/README.md
  cargo xtask list                 all lessons and their programs
  cargo xtask verify               run them all, and check what they print against the notes
  cargo xtask verify pool_demo     the same for one lesson

{} --help tells the rest.",
        Arguments::command().get_bin_name().unwrap_or("cargo xtask")
    );
    Ok(Outcome::Holds)
}

/// The folder of the course: the one that holds xtask.
fn root() -> PathBuf {
    // Cargo tells a program that it runs where its package is; the folder it was built in is the next best guess.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}

fn read_course() -> Result<Course, Refusal> {
    Course::read(&root()).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(Fault::to_string).collect();
        Refusal(faults.join("\n"))
    })
}

/// The program called `name`.
fn find_program<'a>(course: &'a Course, name: &str) -> Result<(&'a Lesson, &'a Program), Refusal> {
    course.program(name).map_err(|nearest| unknown(name, nearest))
}

fn unknown(name: &str, nearest: Option<&str>) -> Refusal {
    let hint = nearest.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    Refusal(format!("no lesson or program is called `{name}`{hint}\n`cargo xtask list` names them all"))
}
