//! `outputs`: the different outcomes, each with what it takes to see it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command};
use interleave::explore::{Interleaving, Runner, Schedule, TimeMode};
use interleave::outcome::Outcome;
use interleave::trace::What;
use interleave_claims::report::printable::{json, printable};
use interleave_claims::report::{Status, VERSION};
use interleave_claims::words::{self, Say};
use interleave_claims::{key, many, say};
use serde::Serialize;

use crate::expectation::{self, Expectation};
use crate::keep::{self, Keep};
use crate::pictures::{self, Pictures};
use crate::survey::{confirmed, survey};
use crate::target::{self, Target};
use crate::{Front, Refusal, course, screen};

/// How many outcomes are shown unless all are asked for.
const MANY: usize = 50;

/// How long outcomes are run that were deduced from others. What is left then is listed without a schedule.
const LONGEST_CONFIRMATION: Duration = Duration::from_secs(5);

pub fn command(front: &Front) -> Command {
    Command::new("outputs")
        .about(
            "Run a program under every interleaving of its processes, and list the different outcomes: what stands on \
             standard output in the end, and how the run ended",
        )
        .args(target::program_arguments(front))
        .args(target::limit_arguments())
        .arg(target::reduction_argument())
        .args(expectation::arguments())
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Show all outcomes, not only the first 50"))
        .arg(keep::argument("DIR/1, DIR/2, …, a folder for the shortest run of each outcome"))
        .args(pictures::arguments_of_all())
        .arg(crate::json_flag())
}

/// An outcome, and the interleavings that show it.
struct Found {
    /// The one with the fewest switches from one task to another.
    shortest: Interleaving,
    interleavings: u64,
    failure: Option<Say>,
    /// Its number, in the order in which outcomes are found.
    number: usize,
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let name = arguments.get_one::<String>("name").map(String::as_str);
    let course = course::read_for(front, name)?;
    let (mut target, claims) = Target::read(front, "outputs", arguments, name, &course)?;
    target.limit(arguments);
    let expectation = Expectation::read(arguments, claims)?;
    let first_failure = arguments.get_flag("first-failure");

    let mut pictures = Pictures::read(arguments)?;
    target.job.by_text = !pictures.want_all();
    let keep = Keep::read(arguments)?;
    let mut outcomes: BTreeMap<Outcome, Found> = BTreeMap::new();
    let survey = survey(&target.job, &expectation, |sight, _| {
        let is_failure = sight.failure.is_some();
        pictures.see(claims, &sight.interleaving, sight.failure.is_some());
        let next = outcomes.len();
        match outcomes.entry(sight.interleaving.outcome()) {
            Entry::Vacant(entry) => {
                let (shortest, failure) = (sight.interleaving, sight.failure);
                entry.insert(Found { shortest, interleavings: 1, failure, number: next });
            }
            Entry::Occupied(mut entry) => {
                let found = entry.get_mut();
                found.interleavings += 1;
                if sight.interleaving.switches() < found.shortest.switches() {
                    found.shortest = sight.interleaving;
                    found.failure = sight.failure;
                }
            }
        }
        Ok(if is_failure && first_failure { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;

    let mut found: Vec<(Outcome, Found)> = outcomes.into_iter().collect();
    found.sort_by_key(|(_, found)| found.number);
    let all = found.len();
    let as_json = arguments.get_flag("json");
    if !arguments.get_flag("all") && !as_json {
        // What fails is not to be missed for what came before it.
        found.sort_by_key(|(_, found)| (found.failure.is_none() || found.number < MANY, found.number));
        found.truncate(MANY);
        found.sort_by_key(|(_, found)| found.number);
    }
    let mut runner = Runner::new(&target.job);
    let begun = Instant::now();
    let mut listed = Vec::new();
    for (outcome, found) in found {
        // That something fails is never said of what was not run.
        let shortest = if found.failure.is_some() || begun.elapsed() < LONGEST_CONFIRMATION {
            confirmed(found.shortest, &mut runner)?
        } else {
            found.shortest
        };
        let kept = keep.numbered(&mut runner, &shortest, found.number as u64 + 1)?;
        pictures.show(claims, &shortest, &target, found.failure.as_ref().map(Say::to_string).as_deref());
        if as_json {
            listed.push(Output {
                text: outcome.text,
                ends: shortest.ends(),
                interleavings: found.interleavings,
                schedule: shortest.schedule.as_ref().map(Schedule::to_string),
                failure: found.failure.map(|why| why.to_string()),
                kept: kept.map(|kept| kept.folder),
            });
        } else {
            let ends = words::ends(&shortest);
            let times = survey.times(found.interleavings);
            let mark = if found.failure.is_some() { "✗ " } else { "" };
            let in_words = say!("{}, in {}", printable(&ends.told()), times).told();
            let mut text = format!("{}.  {mark}{in_words}", found.number + 1);
            if let Some(schedule) = &shortest.schedule {
                text += &say!("; the shortest: {}", printable(&target.replay(schedule))).told();
            }
            text.push('\n');
            outcome.text.lines().for_each(|line| text += &format!("    {}\n", printable(line)));
            if outcome.text.is_empty() {
                text += &format!("    {}\n", words::told(key!("(nothing was printed)")));
            }
            if let Some(why) = &found.failure {
                if why.to_string() != ends.to_string() {
                    text += &format!("    ✗ {}\n", printable(&why.told()));
                }
                text += &standard_error(&shortest);
            }
            if let Some(kept) = kept {
                text += &format!("    ({})\n", kept.words());
            }
            screen::print(&(text + "\n"));
        }
    }
    if as_json {
        let whole = Whole {
            version: VERSION,
            verdict: survey.status().name(),
            complete: survey.statistics.complete,
            outputs: listed,
            interleavings: survey.distinct,
            at_least: survey.statistics.by_text,
            runs: survey.statistics.runs,
            time: survey.statistics.time,
            terminal: survey.statistics.terminal,
            hints: survey.hints.iter().copied().collect(),
            but: survey.but().iter().map(ToString::to_string).collect(),
            limit: survey.limit().map(|limit| limit.to_string()),
        };
        screen::print(&(json(&whole)? + "\n"));
    } else {
        if all > MANY && !arguments.get_flag("all") {
            screen::print(&say!("… and {} more; --all shows them\n\n", all - MANY).told());
        }
        let about = say!("{}: {} in ", &target.job.name, many!(all, "1 outcome", "{} outcomes"));
        screen::print(&survey.closing(&about.told()));
    }
    pictures.write(claims, &target.job, Some(&survey), &expectation)?;
    Ok(survey.status())
}

fn standard_error(interleaving: &Interleaving) -> String {
    let mut text = String::new();
    for event in &interleaving.trace.events {
        let What::Stderr(written) = &event.what else { continue };
        let who = say!("on standard error, process {} wrote:", interleaving.name(event.pid));
        text += &format!("    {}\n", who.told());
        written.lines().for_each(|line| text += &format!("      {}\n", printable(line)));
    }
    text
}

#[derive(Serialize)]
struct Whole {
    version: u32,
    verdict: &'static str,
    complete: bool,
    outputs: Vec<Output>,
    interleavings: u64,
    /// There are more, which show the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    at_least: bool,
    runs: u64,
    time: TimeMode,
    terminal: bool,
    hints: Vec<&'static str>,
    but: Vec<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct Output {
    text: String,
    ends: String,
    interleavings: u64,
    schedule: Option<String>,
    failure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
}
