//! Judges an answer: under every interleaving, or, where the system does not let us hold system calls, in a few real runs.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use interleave::environment::Environment;
use interleave::explore::{self, Interleaving, Runner, Statistics, explore};
use interleave::record;
use interleave::trace::{End, Trace, What};
use interleave_claims::check::{Doubt, Explored, Judge, Judged, Runs, Verdict};
use interleave_claims::notes::claims::Claims;
use interleave_claims::report::columns::columns;
use interleave_claims::report::{self, Report};
use interleave_claims::say;
use interleave_claims::words::{self, Say};

use crate::catalog::{Exercise, Kind};

/// How often a program is run where it cannot be explored.
const LIVE_RUNS: usize = 3;

/// What came out.
#[derive(Debug)]
pub enum Outcome {
    /// The answer is right.
    Right {
        /// In how many orders the program's lines can come; `None` if that could not be explored, and a few runs have to do.
        orders: Option<u64>,
        /// What the exploration does not cover.
        but: Vec<String>,
    },
    /// It is not.
    Wrong(Fault),
}

/// What is wrong with an answer.
#[derive(Debug)]
pub struct Fault {
    /// The words of what does not hold, the first cause first.
    pub broken: Vec<String>,
    /// The first cause, for people.
    pub cause: String,
}

/// Judges the program that `command` starts, as an answer or, of an answer that is a text, as what it is about.
///
/// The first cause is the claim that the exercise teaches, if that is broken.
///
/// # Errors
/// If the program cannot be run.
pub fn program(exercise: &Exercise, command: &[OsString]) -> io::Result<Outcome> {
    let (judged, explored) = match explored(&exercise.claims, command) {
        Ok((judged, statistics)) => (judged, Some(statistics)),
        Err(explore::Error::Refused(_)) => (live(&exercise.claims, command)?, None),
        Err(error) => return Err(io::Error::other(error)),
    };
    let mut broken: Vec<Judged> = judged.into_iter().filter(|judged| !judged.verdict.passes()).collect();
    broken.sort_by_key(|judged| judged.says != exercise.english.teaches);
    if !broken.is_empty() {
        let says = broken.iter().map(|judged| judged.says.clone()).collect();
        broken.truncate(1);
        return Ok(Outcome::Wrong(Fault { broken: says, cause: picture(exercise, broken, explored, command) }));
    }
    if let Some(statistics) = explored.as_ref().filter(|statistics| !statistics.complete) {
        let cause = say!(
            "nothing is broken, but it could not be seen under every interleaving: {}",
            words::interleavings(statistics)
        );
        let cause = cause.told();
        return Ok(Outcome::Wrong(Fault { broken: vec![say!("every interleaving was explored").told()], cause }));
    }
    Ok(Outcome::Right {
        orders: explored.as_ref().map(|statistics| statistics.distinct),
        but: explored
            .iter()
            .flat_map(|statistics| statistics.caveats.keys())
            .map(|it| words::caveat(it).told())
            .collect(),
    })
}

/// Judges a text about the program that `command` starts.
///
/// # Errors
/// If the program cannot be run, or not be explored.
pub fn text(exercise: &Exercise, answer: &str, command: &[OsString]) -> io::Result<Outcome> {
    match exercise.kind {
        Kind::Count => count(exercise, answer, command),
        Kind::Order => order(exercise, answer, command),
        Kind::Program => Err(io::Error::other(format!("the answer to {} is a program, not a text", exercise.name))),
    }
}

/// The right number is not told: it is what is asked for.
fn count(exercise: &Exercise, answer: &str, command: &[OsString]) -> io::Result<Outcome> {
    let (_, statistics) = explored(&exercise.claims, command).map_err(io::Error::other)?;
    if !statistics.complete {
        return Err(io::Error::other(format!("the orders of {} cannot be counted: {statistics}", exercise.name)));
    }
    match answer.trim().parse::<u64>() {
        Ok(number) if number == statistics.distinct => {
            Ok(Outcome::Right { orders: Some(statistics.distinct), but: Vec::new() })
        }
        Ok(number) => Ok(wrong(exercise, &say!("there are not {}", number))),
        Err(_) => Ok(wrong(exercise, &say!("the answer is to be a number, and nothing else"))),
    }
}

/// The order has to be possible, and to break what is taught.
fn order(exercise: &Exercise, answer: &str, command: &[OsString]) -> io::Result<Outcome> {
    let wanted: Vec<&str> = answer.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut judge = Judge::new(&exercise.claims);
    let mut possible = false;
    let job = exercise.claims.job(command.to_vec());
    explore(&job, |interleaving| {
        if interleaving.lines().iter().map(|(_, line)| line.as_str()).eq(wanted.iter().copied()) {
            possible = true;
            judge.add(&interleaving.trace, None);
        }
        ControlFlow::Continue(())
    })
    .map_err(io::Error::other)?;
    if !possible {
        return Ok(wrong(exercise, &say!("the lines cannot come in this order; copy each line exactly, one a line")));
    }
    let judged = judge.finish(Runs::Some);
    let breaks = judged
        .iter()
        .any(|judged| judged.says == exercise.english.teaches && matches!(judged.verdict, Verdict::Broken(_)));
    if breaks {
        return Ok(Outcome::Right { orders: None, but: Vec::new() });
    }
    Ok(wrong(exercise, &say!("the lines can come in this order, but it breaks nothing")))
}

fn wrong(exercise: &Exercise, cause: &Say) -> Outcome {
    Outcome::Wrong(Fault { broken: vec![exercise.english.teaches.clone()], cause: cause.told() })
}

fn explored(claims: &Claims, command: &[OsString]) -> Result<(Vec<Judged>, Statistics), explore::Error> {
    let job = claims.job(command.to_vec());
    let mut judge = Judge::new(claims);
    let mut add = |interleaving: &Interleaving| {
        let Interleaving { schedule, trace, .. } = interleaving;
        let waiting = interleaving.who_waits();
        let (schedule, switches) = (schedule.as_ref().map(ToString::to_string), interleaving.switches());
        judge.add(trace, Some(&Explored { schedule, switches, waiting }))
    };
    let mut runner = Runner::new(&job);
    let (mut untrue, mut failed) = (Vec::new(), None);
    let mut statistics = explore(&job, |interleaving| {
        if let Doubt::ToBeRun = add(&interleaving) {
            match runner.confirm(&interleaving) {
                Ok(run) => drop(add(&run)),
                Err(explore::Error::Diverged(what)) => untrue.push(what),
                Err(error) => failed = Some(error),
            }
        }
        if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    untrue.iter().for_each(|what| statistics.diverged(what));
    if claims.speak_of_ids()
        && let Ok(run) = explore::run_with_other_ids(&job)
        && run.trace.stop.is_none()
    {
        // It is a run like one in real time, to which no schedule leads.
        judge.add(&run.trace, None);
    }
    Ok((judge.finish(Runs::of(&statistics)), statistics))
}

fn live(claims: &Claims, command: &[OsString]) -> io::Result<Vec<Judged>> {
    let mut judge = Judge::new(claims);
    for _ in 0..LIVE_RUNS {
        judge.add(&run(claims, command)?, None);
    }
    Ok(judge.finish(Runs::Some))
}

fn run(claims: &Claims, command: &[OsString]) -> io::Result<Trace> {
    let limits = record::Limits::default();
    let (name, command) = (claims.program.clone(), command.to_vec());
    let (watch_sharing, watch_work) = (claims.speak_of_sharing(), claims.speak_of_work());
    let environment = Environment::default();
    let job = record::Job { name, limits, command, hidden: Vec::new(), watch_sharing, watch_work, environment };
    let mut run = record::Run::start(&job)?;
    while run.next_event()?.is_some() {}
    run.finish()
}

/// The first cause, as `verify` shows it.
fn picture(exercise: &Exercise, judged: Vec<Judged>, explored: Option<Statistics>, command: &[OsString]) -> String {
    let run = judged.first().map_or_else(Vec::new, |judged| whole_run(&exercise.claims, judged));
    let words = shlex::try_join(command.iter().filter_map(|word| word.to_str())).unwrap_or_default();
    let report = Report {
        lesson: &exercise.lesson,
        claims: &exercise.claims,
        live: Vec::new(),
        explored,
        unexplored: false,
        unexplained: None,
        judged,
        missing: BTreeSet::new(),
        again: format!("cargo xtask watch --once {}", exercise.name),
        replay: "cargo xtask replay".to_owned(),
        program: format!(" -- {words}"),
    };
    let text = report::text(&report);
    let run: String = run.iter().map(|row| format!("\n  {row}")).collect();
    text.trim_end().to_owned() + &run
}

/// What is seen of the run that breaks a claim by what is missing in it: that is understood from the whole.
fn whole_run(claims: &Claims, judged: &Judged) -> Vec<String> {
    let Verdict::Broken(broken) = &judged.verdict else { return Vec::new() };
    if !broken.contradiction.is_missing && !broken.contradiction.events.is_empty() {
        return Vec::new();
    }
    let is_told = |what: &What| !matches!(what, What::Seen { .. } | What::Ended(End::Exited(0)));
    let events = broken.trace.events.iter().enumerate();
    let told: Vec<usize> = events.filter(|(_, event)| is_told(&event.what)).map(|(index, _)| index).collect();
    let mut rows = vec![say!("the whole run:").told()];
    rows.extend(columns(claims, &broken.trace, &told).into_iter().map(|row| format!("  {row}")));
    rows
}

/// Whether the file at `path` is still what a learner was given.
///
/// # Errors
/// If it cannot be read.
pub fn is_as_given(path: &Path, given: &Path) -> io::Result<bool> {
    Ok(std::fs::read(path)? == std::fs::read(given)?)
}
