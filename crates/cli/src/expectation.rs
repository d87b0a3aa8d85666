//! What is expected of every interleaving, and what of one is a failure.

use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches};
use interleave::explore::Interleaving;
use interleave::sandbox::FIRST_OF_ITS_WORLD;
use interleave::trace::{Event, Pid};
use interleave_claims::check;
use interleave_claims::notes::claims::Claims;
use interleave_claims::say;
use interleave_claims::words::{self, Say};

use crate::Refusal;

/// The arguments that say what is expected.
pub fn arguments() -> [Arg; 4] {
    [
        Arg::new("expect-exit")
            .long("expect-exit")
            .value_name("CODE")
            .value_parser(clap::value_parser!(i32).range(0..=255))
            .help("The exit code that the first process is to end with [default: 0, or what the notes say]"),
        Arg::new("never")
            .long("never")
            .value_name("TEXT")
            .action(ArgAction::Append)
            .help("It is a failure if this text is printed; may be repeated"),
        Arg::new("expect")
            .long("expect")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("It is a failure if anything but the text in this file is printed"),
        Arg::new("first-failure")
            .long("first-failure")
            .action(ArgAction::SetTrue)
            .help("Stop as soon as an interleaving fails"),
    ]
}

/// What is expected of every interleaving of a program.
pub struct Expectation<'a> {
    claims: Option<&'a Claims>,
    exit: Option<i32>,
    never: Vec<String>,
    only: Option<String>,
}

impl<'a> Expectation<'a> {
    /// Reads the arguments made by [`arguments`]. Of a program that has notes, they say how its processes end.
    pub fn read(arguments: &ArgMatches, claims: Option<&'a Claims>) -> Result<Expectation<'a>, Refusal> {
        let only = match arguments.get_one::<PathBuf>("expect") {
            Some(file) => Some(
                fs::read_to_string(file)
                    .map_err(|error| say!("--expect: cannot read {}: {}", file.display().to_string(), &error))?,
            ),
            None => None,
        };
        Ok(Expectation {
            claims,
            exit: arguments.get_one("expect-exit").copied(),
            never: arguments.get_many::<String>("never").into_iter().flatten().cloned().collect(),
            only,
        })
    }

    /// What is expected where nobody has said anything.
    pub fn usual(claims: Option<&'a Claims>) -> Expectation<'a> {
        Expectation { claims, exit: None, never: Vec::new(), only: None }
    }

    /// What is expected if nothing is said but how the first process ends.
    pub fn of_exit(code: i32) -> Expectation<'a> {
        Expectation { exit: Some(code), ..Expectation::usual(None) }
    }

    /// Why this interleaving is a failure, if it is one.
    pub fn failure(&self, interleaving: &Interleaving) -> Option<Say> {
        self.bad_end(interleaving).or_else(|| self.bad_text(interleaving))
    }

    fn bad_end(&self, interleaving: &Interleaving) -> Option<Say> {
        let fails = |code| interleaving.fails(code).as_ref().map(words::failure);
        let (Some(claims), None) = (self.claims, self.exit) else { return fails(self.exit.unwrap_or(0)) };
        let trace = &interleaving.trace;
        // A run that was stopped is no failure: it says less than another.
        let of_notes = || if trace.stop.is_none() { check::ends_badly(claims, trace) } else { None };
        if interleaving.deadlock.is_empty() { of_notes() } else { fails(0) }
    }

    fn bad_text(&self, interleaving: &Interleaving) -> Option<Say> {
        if self.never.is_empty() && self.only.is_none() {
            return None;
        }
        let text = interleaving.outcome().text;
        if let Some(never) = self.never.iter().find(|never| text.contains(never.as_str())) {
            return Some(say!("\"{}\" was printed", never));
        }
        let only = self.only.as_ref()?;
        // A run that was cut short has printed only the beginning.
        let is_whole = interleaving.trace.stop.is_none();
        let wanted: Vec<&str> = only.lines().collect();
        let alike = Likeness::of(interleaving, &wanted);
        let differs = alike.lines < wanted.len() && is_whole || alike.lines < alike.printed;
        differs.then(|| say!("line {} is not the expected one", alike.lines + 1))
    }
}

/// On a machine that has run for a moment, new processes have no smaller ids; what programs count is mostly less.
const FIRST_LIKE_AN_ID: Pid = 100;

/// How far an interleaving prints what somebody has in mind.
pub struct Likeness {
    /// So many lines, from the first on, are alike.
    pub lines: usize,
    /// So many lines it prints.
    pub printed: usize,
}

impl Likeness {
    /// Compares line by line. Where a process prints a process id, which is another in every run, any number will do that
    /// means the same process throughout, and so will the name that schedules give it. In a world of its own, where ids count from 2,
    /// a small number may be meant as it stands: only one from [`FIRST_LIKE_AN_ID`] on will do for another.
    pub fn of(interleaving: &Interleaving, wanted: &[&str]) -> Likeness {
        let printed: Vec<&str> = interleaving.trace.events.iter().filter_map(Event::printed).collect();
        let mut ids = Vec::new();
        let pairs = printed.iter().zip(wanted);
        let lines = pairs.take_while(|(ours, wanted)| is_like(ours, wanted, interleaving, &mut ids)).count();
        Likeness { lines, printed: printed.len() }
    }
}

/// Whether a printed line is the wanted one; `ids` are the pairs of ids that were found to mean the same.
fn is_like(printed: &str, wanted: &str, interleaving: &Interleaving, ids: &mut Vec<(Pid, String)>) -> bool {
    let (mut ours, mut theirs) = (printed, wanted);
    loop {
        let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = digits(ours);
        let id = ours[..number].parse::<Pid>().ok().filter(|id| interleaving.tasks.contains(id));
        if let Some(id) = id {
            let name = interleaving.name(id);
            let length = if theirs.starts_with(&name) { name.len() } else { digits(theirs) };
            let (other, rest) = theirs.split_at(length);
            let is_own_world = interleaving.tasks.first() == Some(&FIRST_OF_ITS_WORLD);
            if is_own_world && other.parse::<Pid>().is_ok_and(|other| other != id && other < FIRST_LIKE_AN_ID) {
                return false;
            }
            let is_new = !ids.iter().any(|(known, text)| *known == id || text == other);
            if other.is_empty() || !(is_new || ids.iter().any(|(known, text)| *known == id && text == other)) {
                return false;
            }
            if is_new {
                ids.push((id, other.to_owned()));
            }
            (ours, theirs) = (&ours[number..], rest);
            continue;
        }
        // A number that is no id is taken whole, or its tail might be taken for one.
        let next = if number > 0 { number } else { ours.chars().next().map_or(0, char::len_utf8) };
        if next == 0 {
            return theirs.is_empty();
        }
        match theirs.strip_prefix(&ours[..next]) {
            Some(rest) => (ours, theirs) = (&ours[next..], rest),
            None => return false,
        }
    }
}
