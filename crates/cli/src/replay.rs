//! `replay`: one interleaving again.

use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::{Arg, ArgMatches, Command};
use interleave::explore::{Error, Runner, Schedule};
use interleave_claims::report::printable::{json, printable};
use interleave_claims::report::{Status, VERSION, story};
use interleave_claims::say;
use interleave_claims::words::{self, Say};
use serde::Serialize;

use crate::expectation::Expectation;
use crate::explore::Told;
use crate::keep::{self, Keep};
use crate::pictures::{self, Pictures};
use crate::target::{self, Target};
use crate::{Front, Refusal, course, screen};

/// How long a reader gets for a line.
const PACE: Duration = Duration::from_millis(600);

pub fn command(front: &Front) -> Command {
    let mut arguments = target::program_arguments(front);
    arguments.insert(
        1,
        Arg::new("schedule").value_name("SCHEDULE").help("Who goes first, wherever there is a choice, as in b2a"),
    );
    Command::new("replay")
        .about("Run a program under one schedule, as the other commands print it, at reading speed")
        .args(arguments)
        .arg(
            Arg::new("expect-exit")
                .long("expect-exit")
                .value_name("CODE")
                .value_parser(clap::value_parser!(i32))
                .help("The exit code that the first process is to end with [default: 0, or what the notes say]"),
        )
        .arg(target::time_argument("What sleeps mean"))
        .arg(keep::argument("DIR holds what this one leaves"))
        .args(pictures::arguments())
        .arg(crate::json_flag())
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let mut name = arguments.get_one::<String>("name").map(String::as_str);
    let mut schedule = arguments.get_one::<String>("schedule").map(String::as_str);
    if schedule.is_none() && target::given_command(arguments)?.is_some() {
        // The one word beside a command is the schedule.
        schedule = name.take();
    }
    let schedule: Schedule = match schedule {
        Some(schedule) => schedule.parse()?,
        None => {
            return Err(
                say!("a SCHEDULE is missing; `{} explore` prints one with each interleaving", front.command).into()
            );
        }
    };
    let course = course::read_for(front, name)?;
    let (target, claims) = Target::read(front, "replay SCHEDULE", arguments, name, &course)?;
    let mut pictures = Pictures::read(arguments)?;
    let keep = Keep::read(arguments)?;
    let mut runner = Runner::new(&target.job);
    let interleaving = match runner.replay(&schedule) {
        Err(Error::Diverged(what)) => return Err(what.into()),
        interleaving => interleaving?,
    };
    let kept = keep.only(&mut runner, &interleaving)?;
    let expectation = match arguments.get_one("expect-exit") {
        Some(code) => Expectation::of_exit(*code),
        None => Expectation::usual(claims),
    };
    let failure = expectation.failure(&interleaving);
    pictures.show(claims, &interleaving, &target, failure.as_ref().map(Say::to_string).as_deref());
    pictures.write(claims, &target.job, None, &expectation)?;
    let status = if failure.is_some() { Status::Failed } else { Status::Holds };
    if arguments.get_flag("json") {
        let told = Told::new(&interleaving, failure.map(|why| why.to_string()), kept);
        screen::print(&(json(&Whole { version: VERSION, verdict: status.name(), story: told })? + "\n"));
        return Ok(status);
    }
    let slowly = io::stdout().is_terminal();
    for line in story(claims, &interleaving, None) {
        screen::print(&(line + "\n"));
        if slowly {
            std::thread::sleep(PACE);
        }
    }
    if let Some(stop) = interleaving.trace.stop {
        screen::print(&format!("({})\n", words::stop(stop).told()));
    }
    if let Some(why) = failure {
        let is_told = !interleaving.deadlock.is_empty();
        let why = if is_told { say!("deadlock").told() } else { printable(&why.told()) };
        screen::print(&format!("✗ {why}\n"));
    }
    if let Some(kept) = kept {
        screen::print(&format!("({})\n", kept.words()));
    }
    Ok(status)
}

#[derive(Serialize)]
struct Whole {
    version: u32,
    verdict: &'static str,
    #[serde(flatten)]
    story: Told,
}
