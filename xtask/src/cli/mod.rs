//! The command line.

mod check;
mod explore;
mod keep;
mod list;
mod progress;
mod record;
mod verify;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use xtask::notes::claims::Fault;
use xtask::notes::{Course, Lesson, Program};

fn command() -> Command {
    Command::new("cargo xtask")
        .bin_name("cargo xtask")
        .about(
            "Runs the programs of the process course and checks what they print, in which order and by which process, \
             against the notes in crates/*/README.md",
        )
        .after_help(
            "Exit status: 0 everything holds, 1 something does not, 2 it could not be judged, 3 everything held in \
             some runs, but this system does not let us explore all interleavings.",
        )
        .disable_help_subcommand(true)
        .subcommands([
            verify::command(),
            check::command(),
            list::command(),
            record::command(),
            keep::command(),
            explore::explore_command(),
            explore::replay_command(),
        ])
}

fn json_flag() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object instead of text")
}

/// What in a command stands for the program that was given with `--program`, if one was.
fn program_again(command: Option<&str>) -> String {
    let quoted = |command| shlex::try_quote(command).unwrap_or(command.into());
    command.map_or(String::new(), |command| format!(" --program {}", quoted(command)))
}

/// The value of an argument that is required or has a default.
fn required<'a, T: Clone + Send + Sync + 'static>(arguments: &'a ArgMatches, name: &str) -> &'a T {
    arguments.get_one(name).unwrap_or_else(|| unreachable!("clap lets nobody leave out `{name}`"))
}

/// How a command ended.
enum Outcome {
    /// Everything holds.
    Holds,
    /// Everything held in the runs that could be made; the interleavings could not be explored.
    Sampled,
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
    let outcome = match command().get_matches().subcommand() {
        Some(("check", arguments)) => check::run(arguments),
        Some(("explore", arguments)) => explore::run_explore(arguments),
        Some(("replay", arguments)) => explore::run_replay(arguments),
        Some(("keep", _)) => keep::run(),
        Some(("list", _)) => list::run(),
        Some(("record", arguments)) => record::run(arguments),
        Some(("verify", arguments)) => verify::run(arguments),
        _ => welcome(),
    };
    match outcome {
        Ok(Outcome::Holds) => ExitCode::SUCCESS,
        Ok(Outcome::Broken) => ExitCode::from(1),
        Ok(Outcome::Sampled) => ExitCode::from(3),
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

cargo xtask --help tells the rest."
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
