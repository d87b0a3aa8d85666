//! `cargo xtask explore` and `cargo xtask replay`.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use xtask::explore::{Error, Interleaving, Job, Runner, Schedule, explore, replay, story};
use xtask::notes::Course;
use xtask::notes::claims::Claims;

use super::verify::{build, split};
use super::{Outcome, Refusal, find_program, program_again, read_course};

/// How long a reader gets for a line.
const PACE: Duration = Duration::from_millis(600);

pub fn explore_command() -> Command {
    Command::new("explore")
        .about("Run a program under every interleaving of its processes, in virtual time, and tell them as stories")
        .arg(name_argument())
        .arg(program_flag())
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("NUMBER")
                .value_parser(clap::value_parser!(u64).range(1..))
                .help("How many interleavings at most"),
        )
        .arg(
            Arg::new("lines")
                .long("lines")
                .value_name("LINES")
                .value_parser(clap::value_parser!(u32).range(1..))
                .help("Follow each process for so many lines; for an endless program, as many as its claims need"),
        )
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Show all, not only the first few"))
}

pub fn replay_command() -> Command {
    Command::new("replay")
        .about("Run a program under one schedule, as `explore` and `verify` print it, at reading speed")
        .arg(name_argument())
        .arg(Arg::new("schedule").value_name("SCHEDULE").help("Who goes first, wherever there is a choice"))
        .arg(program_flag())
}

fn name_argument() -> Arg {
    Arg::new("name").value_name("PROGRAM").help("A program of the course; may be left out if --program is there")
}

fn program_flag() -> Arg {
    Arg::new("program").long("program").value_name("CMD ARGS").help("Run this program, in any language")
}

/// What is to be run, and the notes on it.
fn job<'a>(
    course: &'a Course,
    name: Option<&str>,
    command: Option<&str>,
) -> Result<(Job, Option<&'a Claims>), Refusal> {
    let found = name.map(|name| find_program(course, name)).transpose()?;
    let command: Vec<OsString> = match (command, found) {
        (Some(command), _) => split(command)?,
        (None, Some(found)) => build(&[found])?.remove(0),
        (None, None) => return Err("name a PROGRAM of the course, or give one with --program 'CMD ARGS'".into()),
    };
    Ok(match found {
        Some((_, program)) => (Job::by_notes(&program.claims, command), Some(&program.claims)),
        None => (Job::new("program", command), None),
    })
}

pub fn run_explore(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let name = arguments.get_one::<String>("name").map(String::as_str);
    let command = arguments.get_one::<String>("program").map(String::as_str);
    let course = read_course()?;
    let (mut job, claims) = job(&course, name, command)?;
    if let Some(limit) = arguments.get_one("limit") {
        job.most = *limit;
    }
    job.limits.lines_each = arguments.get_one("lines").copied().or(job.limits.lines_each);
    let most = if arguments.get_flag("all") { usize::MAX } else { 12 };

    let again = name.map_or_else(|| "cargo xtask replay".to_owned(), |name| format!("cargo xtask replay {name}"));
    let again = again + &program_again(command);
    let mut told: Option<Interleaving> = None;
    let mut count = 0;
    let mut out = io::stdout().lock();
    let mut written = Ok(());
    let mut runner = Runner::new(&job);
    let statistics = explore(&job, |interleaving| {
        if interleaving.is_new || !interleaving.deadlock.is_empty() {
            count += 1;
            if count <= most {
                written = run(&mut runner, interleaving).and_then(|interleaving| {
                    tell(&mut out, claims, count, &again, &interleaving, told.as_ref())?;
                    told = Some(interleaving);
                    Ok(())
                });
            }
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    if count > most {
        writeln!(out, "… and {} more; --all shows them\n", count - most)?;
    }
    writeln!(out, "{}: {statistics}", job.name)?;
    Ok(if statistics.deadlocks == 0 && statistics.diverged == 0 { Outcome::Holds } else { Outcome::Broken })
}

/// What is told has been run.
fn run(runner: &mut Runner, interleaving: Interleaving) -> Result<Interleaving, Refusal> {
    if interleaving.schedule.is_some() { Ok(interleaving) } else { Ok(runner.confirm(&interleaving)?) }
}

fn tell(
    out: &mut impl Write,
    claims: Option<&Claims>,
    number: usize,
    again: &str,
    interleaving: &Interleaving,
    previous: Option<&Interleaving>,
) -> io::Result<()> {
    let schedule = interleaving.schedule.as_ref().map(Schedule::to_string).unwrap_or_default();
    writeln!(out, "{number}.  {again} {schedule}")?;
    for line in story(claims, interleaving, previous) {
        writeln!(out, "    {line}")?;
    }
    if let Some(stop) = interleaving.trace.stop {
        writeln!(out, "    ({stop})")?;
    }
    writeln!(out)
}

pub fn run_replay(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let mut name = arguments.get_one::<String>("name").map(String::as_str);
    let command = arguments.get_one::<String>("program").map(String::as_str);
    let mut schedule = arguments.get_one::<String>("schedule").map(String::as_str);
    if schedule.is_none() && command.is_some() {
        // The one word beside --program is the schedule.
        schedule = name.take();
    }
    let schedule: Schedule = match schedule {
        Some(schedule) => schedule.parse()?,
        None => return Err("a SCHEDULE is missing; `cargo xtask explore` prints one with each interleaving".into()),
    };
    let course = read_course()?;
    let (job, claims) = job(&course, name, command)?;
    let interleaving = match replay(&job, &schedule) {
        Err(Error::Diverged(what)) => return Err(Refusal(what)),
        interleaving => interleaving?,
    };
    let mut out = io::stdout().lock();
    for line in story(claims, &interleaving, None) {
        writeln!(out, "{line}")?;
        if out.is_terminal() {
            std::thread::sleep(PACE);
        }
    }
    if let Some(stop) = interleaving.trace.stop {
        writeln!(out, "({stop})")?;
    }
    Ok(if interleaving.deadlock.is_empty() { Outcome::Holds } else { Outcome::Broken })
}
