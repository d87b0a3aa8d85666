//! The run that breaks a claim, told step by step.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use interleave::explore::{Interleaving, Job, Runner, Schedule, normalise, task_name};
use interleave::trace::{Event, Pid, Stop, Trace, What};
use interleave_claims::check::Broken;
use interleave_claims::notes::claims::Claims;
use interleave_claims::report::printable::{printable, shortened};
use interleave_claims::words::{self, told};
use interleave_claims::{key, say};
use serde::{Deserialize, Serialize};

use crate::pictures;

/// So much of a run is told: of a longer one, what comes last before the claim is broken.
const LONGEST: usize = 500;

/// What one process does in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its role in the notes, if it has one, and its name in schedules.
    pub process: String,
    /// What it does.
    pub does: String,
    /// Whether this is among what breaks the claim.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proves: bool,
}

/// Tells the runs that break claims of one program.
pub struct Teller<'a> {
    claims: &'a Claims,
    runner: Runner<'a>,
    /// Several claims are often broken by one run.
    known: HashMap<String, Option<Rc<Interleaving>>>,
}

impl<'a> Teller<'a> {
    /// Tells runs of this program.
    pub fn new(claims: &'a Claims, job: &'a Job) -> Teller<'a> {
        Teller { claims, runner: Runner::new(job), known: HashMap::new() }
    }

    /// The run that breaks a claim. Blocks until it has been run again, if it was explored.
    pub fn tell(&mut self, broken: &Broken) -> Vec<Moment> {
        let mut moments = match self.replayed(broken) {
            Some(run) => self.explored(&run, broken),
            // It was seen in real time only, or is too long to be seen again.
            None => self.recorded(broken),
        };
        let end = moments.iter().rposition(|moment| moment.proves).map_or(moments.len(), |last| last + 1);
        moments.truncate(end.max(LONGEST));
        moments.drain(..moments.len().saturating_sub(LONGEST));
        moments
    }

    /// The run that breaks a claim of these words as an SVG file, if pictures are built in and it is short enough to be looked at.
    /// Blocks as [`Teller::tell`] does.
    pub fn draw(&mut self, says: &str, broken: &Broken) -> Option<String> {
        let run = self.replayed(broken);
        let trace = run.as_ref().map_or(&broken.trace, |run| &run.trace);
        if trace.events.len() > LONGEST {
            return None;
        }
        pictures::of_broken(self.claims, says, broken, run.as_deref(), &mut self.runner)
    }

    /// The run that breaks a claim, if it was explored and comes out the same again.
    fn replayed(&mut self, broken: &Broken) -> Option<Rc<Interleaving>> {
        if broken.trace.stop == Some(Stop::TimeLimit) {
            return None; // it would take as long again
        }
        let schedule = broken.explored.as_ref()?.schedule.clone()?;
        if let Some(known) = self.known.get(&schedule) {
            return known.clone();
        }
        let parsed = schedule.parse::<Schedule>().ok();
        let run = parsed.and_then(|parsed| self.runner.replay(&parsed).ok()).map(Rc::new);
        self.known.insert(schedule, run.clone());
        run
    }

    fn explored(&self, run: &Interleaving, broken: &Broken) -> Vec<Moment> {
        // How long somebody computed differs from run to run.
        let is_same = |(one, other): (&Event, &Event)| {
            one == other
                || matches!(
                    (&one.what, &other.what),
                    (What::Worked(_), What::Worked(_)) | (What::Waited(_), What::Waited(_))
                )
        };
        let (found, again) = (&broken.trace.events, &run.trace.events);
        let is_same =
            broken.trace.header.virtual_time && found.len() == again.len() && found.iter().zip(again).all(is_same);
        let proofs = if is_same { broken.contradiction.events.as_slice() } else { &[] };
        let names = self.names(&run.trace, &run.processes, |pid| run.name(pid));
        let mut moments = moments(&run.trace, &run.tasks, proofs, &names);
        moments.extend(run.deadlock.iter().map(|waiting| Moment {
            process: names.get(&waiting.thread).cloned().unwrap_or_else(|| run.name(waiting.thread)),
            does: printable(&words::waits(&waiting.what).told()),
            proves: true,
        }));
        moments
    }

    fn recorded(&self, broken: &Broken) -> Vec<Moment> {
        let mut processes: Vec<Pid> = Vec::new();
        for event in &broken.trace.events {
            if matches!(event.what, What::Seen { .. }) && !processes.contains(&event.pid) {
                processes.push(event.pid);
            }
        }
        let number = |pid| processes.iter().position(|&known| known == pid)?.try_into().ok();
        let names = self.names(&broken.trace, &processes, |pid| number(pid).map_or_else(|| pid.to_string(), task_name));
        moments(&broken.trace, &[], &broken.contradiction.events, &names)
    }

    fn names(&self, trace: &Trace, processes: &[Pid], name: impl Fn(Pid) -> String) -> BTreeMap<Pid, String> {
        let roles = self.claims.roles_of(processes, trace);
        let role =
            |pid: &Pid| roles.get(pid).map_or(told(key!("process")), |&role| self.claims.roles[role].name.as_str());
        processes.iter().map(|pid| (*pid, format!("{} {}", printable(role(pid)), name(*pid)))).collect()
    }
}

fn moments(trace: &Trace, tasks: &[Pid], proofs: &[usize], names: &BTreeMap<Pid, String>) -> Vec<Moment> {
    let quoted = |text: &str| format!("\"{}\"", shortened(&normalise(text, tasks)));
    let name = |pid: Pid| names.get(&pid).cloned().unwrap_or_else(|| pid.to_string());
    let moment = |(index, event): (usize, &Event)| {
        Some(Moment {
            process: name(event.pid),
            does: match &event.what {
                What::Seen { .. } => say!("begins").told(),
                What::Line(text) => say!("prints {}", quoted(text)).told(),
                What::Garbled(garbled) => {
                    say!("prints {} ({})", quoted(&garbled.start), words::fault(garbled.fault)).told()
                }
                What::Stderr(text) => say!("wrote to standard error: {}", quoted(text)).told(),
                What::Ended(end) => words::end(*end).told(),
                What::Shares { with, .. } => say!("shares memory with {}", name(*with)).told(),
                What::Reaped(child) => say!("has waited for {}", name(*child)).told(),
                What::Told { what, by } => words::told_of(*what, by.map(name)).told(),
                What::Threads(threads) => words::threads(*threads).told(),
                What::Worked(_) | What::Waited(_) => return None,
            },
            proves: proofs.contains(&index),
        })
    };
    trace.events.iter().enumerate().filter_map(moment).collect()
}
