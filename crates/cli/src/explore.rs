//! `explore`: every interleaving as a story.

use std::ops::ControlFlow;

use clap::{Arg, ArgAction, ArgMatches, Command};
use interleave::explore::{Interleaving, Schedule, TimeMode};
use interleave::trace::{End, Pid, What};
use interleave_claims::report::printable::{json, printable};
use interleave_claims::report::{Status, VERSION, story};
use interleave_claims::say;
use interleave_claims::words::{self, Say};
use serde::Serialize;

use crate::expectation::{self, Expectation};
use crate::keep::{self, Keep, Kept};
use crate::pictures::{self, Pictures};
use crate::survey::{Survey, confirmed, survey};
use crate::target::{self, Target};
use crate::{Front, Refusal, course, screen};

/// How many stories are told unless all are asked for.
const FEW: u64 = 12;

pub fn command(front: &Front) -> Command {
    Command::new("explore")
        .about("Run a program under every interleaving of its processes, in virtual time, and tell them as stories")
        .args(target::program_arguments(front))
        .args(target::limit_arguments())
        .arg(target::reduction_argument())
        .args(expectation::arguments())
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Tell all, not only the first 12"))
        .arg(keep::argument("DIR/1, DIR/2, …, a folder for each story that is told"))
        .args(pictures::arguments_of_all())
        .arg(crate::json_flag())
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let name = arguments.get_one::<String>("name").map(String::as_str);
    let course = course::read_for(front, name)?;
    let (mut target, claims) = Target::read(front, "explore", arguments, name, &course)?;
    target.limit(arguments);
    let expectation = Expectation::read(arguments, claims)?;
    let as_json = arguments.get_flag("json");
    let most = if arguments.get_flag("all") || as_json { u64::MAX } else { FEW };
    let first_failure = arguments.get_flag("first-failure");

    let mut pictures = Pictures::read(arguments)?;
    let keep = Keep::read(arguments)?;
    let mut told: Option<Interleaving> = None;
    let mut listed = Vec::new();
    let (mut shown, mut failed) = (0, false);
    let survey = survey(&target.job, &expectation, |sight, runner| {
        let is_first_failure = sight.failure.is_some() && !failed;
        failed |= sight.failure.is_some();
        pictures.see(claims, &sight.interleaving, sight.failure.is_some());
        // The first failure is what somebody has come for, however late it is found.
        if sight.number <= most || is_first_failure {
            let interleaving = confirmed(sight.interleaving, runner)?;
            let kept = keep.numbered(runner, &interleaving, sight.number)?;
            shown += 1;
            pictures.show(claims, &interleaving, &target, sight.failure.as_ref().map(Say::to_string).as_deref());
            if as_json {
                listed.push(Told::new(&interleaving, sight.failure.map(|why| why.to_string()), kept));
            } else {
                let mut text = format!("{}.  {}\n", sight.number, again(&target, &interleaving));
                for line in story(claims, &interleaving, told.as_ref()) {
                    text += &format!("    {line}\n");
                }
                if let Some(stop) = interleaving.trace.stop {
                    text += &format!("    ({})\n", words::stop(stop).told());
                }
                // Who waits for what is part of the story.
                let is_told = !interleaving.deadlock.is_empty();
                if let Some(why) = &sight.failure {
                    let why = if is_told { say!("deadlock").told() } else { printable(&why.told()) };
                    text += &format!("    ✗ {why}\n");
                }
                if let Some(kept) = kept {
                    text += &format!("    ({})\n", kept.words());
                }
                screen::print(&(text + "\n"));
            }
            told = Some(interleaving);
        }
        Ok(if is_first_failure && first_failure { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if as_json {
        screen::print(&(json(&Whole::new(&survey, listed))? + "\n"));
    } else {
        if survey.distinct > shown {
            screen::print(&say!("… and {} more; --all shows them\n\n", survey.distinct - shown).told());
        }
        screen::print(&survey.closing(&say!("{}: ", &target.job.name).told()));
    }
    pictures.write(claims, &target.job, Some(&survey), &expectation)?;
    Ok(survey.status())
}

fn again(target: &Target, interleaving: &Interleaving) -> String {
    interleaving.schedule.as_ref().map_or_else(String::new, |schedule| printable(&target.replay(schedule)))
}

#[derive(Serialize)]
struct Whole {
    version: u32,
    verdict: &'static str,
    complete: bool,
    stories: Vec<Told>,
    interleavings: u64,
    runs: u64,
    time: TimeMode,
    terminal: bool,
    failures: u64,
    hints: Vec<&'static str>,
    but: Vec<String>,
    limit: Option<String>,
}

impl Whole {
    fn new(survey: &Survey, stories: Vec<Told>) -> Whole {
        Whole {
            version: VERSION,
            verdict: survey.status().name(),
            complete: survey.statistics.complete,
            stories,
            interleavings: survey.distinct,
            runs: survey.statistics.runs,
            time: survey.statistics.time,
            terminal: survey.statistics.terminal,
            failures: survey.failures,
            hints: survey.hints.iter().copied().collect(),
            but: survey.but().iter().map(ToString::to_string).collect(),
            limit: survey.limit().map(|limit| limit.to_string()),
        }
    }
}

/// An interleaving, told.
#[derive(Serialize)]
pub struct Told {
    schedule: Option<String>,
    ends: String,
    failure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
    events: Vec<Event>,
}

/// Something that a process did.
#[derive(Serialize)]
struct Event {
    process: String,
    #[serde(flatten)]
    what: Seen,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Seen {
    Line(String),
    Garbled(String),
    Stderr(String),
    Ended(End),
}

impl Told {
    /// Ids in what it printed are replaced by the names that schedules use.
    pub fn new(interleaving: &Interleaving, failure: Option<String>, kept: Option<Kept>) -> Told {
        let named = |text: &str| interleave::explore::normalise(text, &interleaving.tasks);
        let event = |pid: Pid, what: &What| {
            let what = match what {
                What::Line(text) => Seen::Line(named(text)),
                What::Garbled(garbled) => Seen::Garbled(named(&garbled.start)),
                What::Stderr(text) => Seen::Stderr(named(text)),
                What::Ended(end) => Seen::Ended(*end),
                What::Seen { .. }
                | What::Worked(_)
                | What::Waited(_)
                | What::Shares { .. }
                | What::Reaped(_)
                | What::Told { .. }
                | What::Threads(_) => {
                    return None;
                }
            };
            Some(Event { process: interleaving.name(pid), what })
        };
        Told {
            schedule: interleaving.schedule.as_ref().map(Schedule::to_string),
            ends: interleaving.ends(),
            failure,
            kept: kept.map(|kept| kept.folder),
            events: interleaving.trace.events.iter().filter_map(|e| event(e.pid, &e.what)).collect(),
        }
    }
}
