//! `possible`: whether a program can print this.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use clap::{Arg, ArgMatches, Command};
use interleave::explore::{Interleaving, Schedule, TimeMode};
use interleave_claims::report::printable::{json, printable};
use interleave_claims::report::{Status, VERSION};
use interleave_claims::words::{self, Say, told};
use interleave_claims::{key, say};
use serde::Serialize;

use crate::expectation::{Expectation, Likeness};
use crate::survey::{confirmed, survey};
use crate::target::{self, Target};
use crate::{Front, Refusal, course, screen};

pub fn command(front: &Front) -> Command {
    Command::new("possible")
        .about(
            "Say whether a program can print this: yes (exit status 0), with a schedule, or no (1), with the longest beginning \
             that is possible; 3 if it was not found so far",
        )
        .args(target::program_arguments(front))
        .arg(Arg::new("output").long("output").value_name("TEXT").required(true).help(
            "What is to be printed: the name of a file that holds it, or the text itself, with \\n between its lines. Process ids may be \
             any numbers from 100 on, as long as one means one process",
        ))
        .args(target::limit_arguments())
        .arg(target::reduction_argument())
        .arg(crate::json_flag())
}

/// What is known of a text that no interleaving has printed so far.
#[derive(Default)]
struct Nearest {
    /// So many lines of it can be printed.
    beginning: usize,
    /// What is printed then instead of the next.
    instead: BTreeSet<Say>,
    /// What is always printed between that beginning and the next line, wherever that comes at all.
    first: Option<Vec<String>>,
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let wanted = read(crate::required::<String>(arguments, "output"))?;
    let wanted: Vec<&str> = wanted.lines().collect();
    let name = arguments.get_one::<String>("name").map(String::as_str);
    let course = course::read_for(front, name)?;
    let (mut target, claims) = Target::read(front, "possible", arguments, name, &course)?;
    target.limit(arguments);

    let mut nearest = Nearest::default();
    let mut found: Option<Interleaving> = None;
    let survey = survey(&target.job, &Expectation::usual(claims), |sight, runner| {
        let likeness = Likeness::of(&sight.interleaving, &wanted);
        if likeness.lines == wanted.len() && likeness.printed == wanted.len() {
            found = Some(confirmed(sight.interleaving, runner)?);
            return Ok(ControlFlow::Break(()));
        }
        nearest.see(&sight.interleaving, likeness.lines, wanted.get(likeness.lines).copied());
        Ok(ControlFlow::Continue(()))
    })?;

    let status = match (&found, survey.statistics.complete) {
        (Some(_), _) => Status::Holds,
        (None, true) => Status::Failed,
        (None, false) if survey.statistics.diverged > 0 => Status::Unjudged,
        (None, false) => Status::Partly,
    };
    let schedule = found.as_ref().and_then(|found| found.schedule.as_ref());
    if arguments.get_flag("json") {
        let beginning = if found.is_some() { wanted.len() } else { nearest.beginning };
        let whole = Whole {
            version: VERSION,
            possible: match status {
                Status::Holds => Some(true),
                Status::Failed => Some(false),
                _ => None,
            },
            complete: survey.statistics.complete,
            schedule: schedule.map(Schedule::to_string),
            ends: found.as_ref().map(Interleaving::ends),
            beginning: &wanted[..beginning],
            instead: if found.is_some() { Vec::new() } else { nearest.instead.iter().map(Say::to_string).collect() },
            first: if found.is_some() { None } else { nearest.first.as_deref() },
            interleavings: survey.distinct,
            runs: survey.statistics.runs,
            time: survey.statistics.time,
            terminal: survey.statistics.terminal,
            but: survey.but().iter().map(ToString::to_string).collect(),
            limit: if found.is_some() { None } else { survey.limit().map(|limit| limit.to_string()) },
        };
        screen::print(&(json(&whole)? + "\n"));
        return Ok(status);
    }
    match (&found, schedule) {
        (Some(found), Some(schedule)) => {
            screen::print(&(say!("yes: {}", printable(&target.replay(schedule))).told() + "\n"));
            screen::print(&(say!("(it ends: {})", printable(&words::ends(found).told())).told() + "\n"));
        }
        _ => screen::print(&no(&wanted, &nearest, survey.statistics.complete, &survey.closing(""))),
    }
    Ok(status)
}

/// The text to look for: a file's, or what was given.
fn read(output: &str) -> Result<String, Refusal> {
    let path = Path::new(output);
    if path.is_dir() {
        return Err(say!("--output: {} is a folder; give the name of a file, or the text itself", output).into());
    }
    if path.is_file() {
        return fs::read_to_string(path).map_err(|error| say!("--output: cannot read {}: {}", output, &error).into());
    }
    if is_like_a_path(output) {
        return Err(say!("--output: there is no file {}; if that is itself the text, end it with \\n", output).into());
    }
    Ok(output.replace("\\n", "\n"))
}

/// Whether somebody who writes this most likely means a file: one word with a folder in it, or with the ending of a file's name.
fn is_like_a_path(text: &str) -> bool {
    let is_one_word = !text.contains("\\n") && !text.contains(char::is_whitespace);
    let ending = text.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, ending)| ending);
    let has_ending =
        ending.is_some_and(|it| (1..=8).contains(&it.len()) && it.chars().all(|one| one.is_ascii_lowercase()));
    is_one_word && (has_ending || text.contains('/'))
}

impl Nearest {
    /// Takes in an interleaving that is as wanted for so many lines, and then not `missing`.
    fn see(&mut self, interleaving: &Interleaving, alike: usize, missing: Option<&str>) {
        if alike < self.beginning {
            return;
        }
        if alike > self.beginning {
            *self = Nearest { beginning: alike, ..Nearest::default() };
        }
        let lines = interleaving.lines();
        let rest = &lines[alike.min(lines.len())..];
        self.instead.insert(match rest.first() {
            Some((_, line)) => say!("{}", line),
            None => say!("nothing more ({})", words::ends(interleaving)),
        });
        let Some(missing) = missing else { return };
        if let Some(position) = rest.iter().position(|(_, line)| line == missing) {
            let before: Vec<String> = rest[..position].iter().map(|(_, line)| line.clone()).collect();
            match &mut self.first {
                Some(first) => first.retain(|line| before.contains(line)),
                none => *none = Some(before),
            }
        }
    }
}

fn no(wanted: &[&str], nearest: &Nearest, complete: bool, closing: &str) -> String {
    let mut text = told(if complete { key!("no") } else { key!("not found so far") }).to_owned() + "\n";
    let mut line = |indent: &str, words: &str| text += &format!("{indent}{}\n", printable(words));
    match nearest.beginning {
        0 => line("", told(key!("not even its first line can come first"))),
        _ => {
            line("", told(key!("the longest beginning that is possible:")));
            wanted[..nearest.beginning].iter().for_each(|l| line("    ", l));
        }
    }
    match wanted.get(nearest.beginning) {
        Some(missing) => {
            line("", told(key!("then it cannot go on with:")));
            line("    ", missing);
            line("", told(key!("but only with:")));
        }
        None => line("", told(key!("then it does not end, but goes on with:"))),
    }
    nearest.instead.iter().for_each(|l| line("    ", &l.told()));
    match (&nearest.first, wanted.get(nearest.beginning)) {
        (Some(first), Some(_)) if !first.is_empty() => {
            line("", told(key!("before it can, there has to come:")));
            first.iter().for_each(|l| line("    ", l));
        }
        (None, Some(_)) => line("", told(key!("after this beginning it is never printed"))),
        _ => {}
    }
    text + closing
}

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    possible: Option<bool>,
    complete: bool,
    schedule: Option<String>,
    ends: Option<String>,
    beginning: &'a [&'a str],
    instead: Vec<String>,
    first: Option<&'a [String]>,
    interleavings: u64,
    runs: u64,
    time: TimeMode,
    terminal: bool,
    but: Vec<String>,
    limit: Option<String>,
}
