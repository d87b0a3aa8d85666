//! The command line of `interleave`, and of `cargo xtask`, which has the same verbs.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod check;
mod course;
mod doctor;
mod expectation;
mod explore;
#[cfg(feature = "grade")]
mod grade;
mod interrupt;
pub mod judge;
mod keep;
mod lang;
mod list;
mod live;
mod new;
mod outputs;
#[cfg_attr(not(feature = "pictures"), path = "no_pictures.rs")]
mod pictures;
#[cfg(feature = "play")]
mod play;
mod possible;
mod progress;
mod replay;
mod screen;
mod survey;
mod target;
mod verify;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use interleave_claims::report::Status;
use interleave_claims::words::{self, Say, told};
use interleave_claims::{key, say};

pub use crate::course::Startable;

/// By which command the user came, and what it brings along.
pub struct Front {
    /// What help, hints and errors call the command, for example `cargo xtask`.
    pub command: &'static str,
    /// The course whose programs can be named.
    pub course: Option<CourseFolder>,
}

/// A course whose programs are built by name.
pub struct CourseFolder {
    /// The folder that holds `crates/`.
    pub root: PathBuf,
    /// Builds these packages, and says where each binary lies.
    pub build: Build,
}

/// Builds the packages of the course in this folder, and says where each binary lies, by its name.
pub type Build = fn(&Path, &[&str]) -> io::Result<BTreeMap<String, PathBuf>>;

impl Front {
    fn course(&self) -> Result<&CourseFolder, Refusal> {
        self.course.as_ref().ok_or_else(|| say!("`{}` knows no course here", self.command).into())
    }
}

/// Does what the arguments ask for.
pub fn main(front: &Front) -> ExitCode {
    lang::choose();
    pictures::speak();
    let arguments = command(front).try_get_matches().unwrap_or_else(|error| {
        if error.use_stderr() && is_json_asked_for() {
            say_as_json(&error.to_string());
        }
        lang::complain(&error)
    });
    let done = match arguments.subcommand() {
        Some(("check", arguments)) => check::run(front, arguments),
        Some(("doctor", arguments)) => doctor::run(arguments),
        Some(("explore", arguments)) => explore::run(front, arguments),
        #[cfg(feature = "grade")]
        Some(("grade", arguments)) => grade::run(front, arguments),
        #[cfg(feature = "grade")]
        Some(("gradescope", arguments)) => grade::gradescope::run(front, arguments),
        Some(("list", _)) => list::run(front),
        Some(("new", arguments)) => new::run(arguments),
        Some(("outputs", arguments)) => outputs::run(front, arguments),
        #[cfg(feature = "play")]
        Some(("play", arguments)) => play::run(front, arguments),
        Some(("possible", arguments)) => possible::run(front, arguments),
        Some(("replay", arguments)) => replay::run(front, arguments),
        Some(("verify", arguments)) => verify::run(front, arguments),
        _ => welcome(front),
    };
    let status = done.unwrap_or_else(|Refusal(why)| {
        screen::complain(&why);
        if is_json_asked_for() {
            say_as_json(&why);
        }
        Status::Unjudged
    });
    ExitCode::from(status.code())
}

/// Whether whoever reads standard output expects one JSON object. The arguments themselves may have a fault, and are not asked. (Of `grade` it names a
/// file.)
fn is_json_asked_for() -> bool {
    let mut words = std::env::args_os().skip(1).take_while(|word| word != "--");
    words.next().is_none_or(|verb| verb != "grade") && words.any(|word| word == "--json")
}

/// Says as the one JSON object why nothing could be judged.
fn say_as_json(why: &str) {
    // What is made of strings can be written as JSON.
    let object = interleave_claims::report::json_of_error(why.trim_end()).unwrap_or_default();
    screen::print(&(object + "\n"));
}

/// What each exit status means, for every verb.
const EXIT_STATUS: &str = key!(
    "\
Exit status:
  0  everything holds, and nothing was left out
  1  something failed: a claim is broken, nobody can go on (deadlock), a
     process crashed, or the first one ended with another exit code than 0
     (or than --expect-exit, or the notes, say)
  2  it could not be judged: an argument or the notes have a fault, the program
     cannot be built or started, or it does not do the same thing twice
  3  everything held as far as it went: not all interleavings were explored, a
     claim could not be checked, or only some runs were judged"
);

fn about(front: &Front) -> &'static str {
    match front.course {
        Some(_) => {
            "Runs the programs of the process course, and any other, under every order in which their processes can \
             go on, and checks what they print against the notes in crates/*/README.md"
        }
        None => {
            "Runs a program of several processes under every order in which they can go on: which outputs are possible, how \
             it can fail, and whether the notes on it are true"
        }
    }
}

fn verbs(front: &Front) -> Vec<Command> {
    let mut verbs = vec![
        verify::command(front),
        explore::command(front),
        outputs::command(front),
        possible::command(front),
        replay::command(front),
        check::command(front),
        doctor::command(),
    ];
    if front.course.is_some() {
        verbs.push(list::command());
    } else {
        verbs.push(new::command());
    }
    #[cfg(feature = "play")]
    verbs.push(play::command(front));
    // `cargo xtask grade` runs `interleave grade`, which takes longer to build than it may take to build `cargo xtask`.
    #[cfg(feature = "grade")]
    if front.course.is_none() {
        verbs.extend([grade::command(), grade::gradescope::command()]);
    }
    verbs
}

fn command(front: &Front) -> Command {
    let whole = Command::new(front.command)
        .bin_name(front.command)
        .version(env!("CARGO_PKG_VERSION"))
        .about(about(front))
        .disable_help_subcommand(true);
    let whole = lang::translated(whole).mut_args(|argument| {
        let help = argument.get_help().map(|help| screen::wrap(&help.to_string(), 54)).unwrap_or_default();
        argument.help(help)
    });
    let about = whole.get_about().map(ToString::to_string).unwrap_or_default();
    whole.about(screen::wrap(&about, 78)).after_help(told(EXIT_STATUS)).subcommands(verbs(front).into_iter().map(
        |verb| {
            #[cfg(feature = "grade")]
            let exit_status = if verb.get_name() == "grade" { grade::EXIT_STATUS } else { EXIT_STATUS };
            #[cfg(not(feature = "grade"))]
            let exit_status = EXIT_STATUS;
            let verb =
                lang::translated(verb).mut_subcommands(|part| target::readable(about_in_lines(lang::translated(part))));
            target::readable(about_in_lines(verb).after_help(told(exit_status)))
        },
    ))
}

/// What a verb is about, in lines that a list of verbs has room for.
fn about_in_lines(verb: Command) -> Command {
    let about = verb.get_about().map(|about| screen::wrap(&about.to_string(), 66)).unwrap_or_default();
    verb.about(about)
}

fn json_flag() -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help("Print one JSON object (docs/json.md) instead of text")
}

/// The value of an argument that is required or has a default.
fn required<'a, T: Clone + Send + Sync + 'static>(arguments: &'a ArgMatches, name: &str) -> &'a T {
    arguments.get_one(name).unwrap_or_else(|| unreachable!("clap lets nobody leave out `{name}`"))
}

/// Why something could not be judged.
struct Refusal(String);

impl From<Say> for Refusal {
    fn from(why: Say) -> Refusal {
        Refusal(why.told())
    }
}

impl From<interleave::explore::Error> for Refusal {
    fn from(why: interleave::explore::Error) -> Refusal {
        match why {
            interleave::explore::Error::CannotStart(why) => words::cannot_start(&why).into(),
            others => Refusal(words::error(&others.to_string())),
        }
    }
}

/// What others say of what went wrong, in their own words; where these are the engine's, in the chosen language.
macro_rules! refusals {
    ($($fault:ty),*) => { $(
        impl From<$fault> for Refusal {
            fn from(why: $fault) -> Refusal {
                Refusal(words::error(&why.to_string()))
            }
        }
    )* };
}

refusals!(String, &str, io::Error, serde_json::Error);
#[cfg(feature = "grade")]
refusals!(std::string::FromUtf8Error, csv::Error, quick_junit::SerializeError, shlex::QuoteError);

fn welcome(front: &Front) -> Result<Status, Refusal> {
    let command = front.command;
    let text = match front.course {
        Some(_) => key!(
            "\
A course on processes: programs that you run, and notes that are checked.

  cargo run -p ordering_demo       run a lesson's program; its notes lie beside it
                                   (crates/ordering_demo/README.md)
  {command} list                 all lessons and their programs
  {command} verify               run them all, and check what they print against the notes
  {command} verify pool_demo     the same for one lesson
  {command} play ordering_demo   be the scheduler: let one process go on at a time

{command} --help tells the rest.
"
        ),
        None => key!(
            "\
Every order in which the lines of a program of several processes can come.

  {command} outputs -- ./a.out             which outcomes are possible, and how to see each
  {command} explore -- ./a.out             every interleaving as a story; fails if one of them does
  {command} replay SCHEDULE -- ./a.out     one of them again
  {command} play -- ./a.out                be the scheduler: let one process go on at a time
  {command} verify NOTES.md                whether what the notes claim of their programs is true
  {command} grade NOTES.md DIR             the same of what a class has handed in
  {command} new course DIR                 a repository for a course of your own

{command} --help tells the rest.
"
        ),
    };
    // The command stands in it many times, in columns.
    screen::print(&told(text).replace("{command}", command));
    Ok(Status::Holds)
}
