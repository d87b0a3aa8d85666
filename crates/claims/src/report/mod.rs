//! Reports of what was judged: for people, and as JSON.

pub mod columns;
pub mod hints;
mod json;
pub mod printable;
mod status;
mod story;
mod text;

pub use json::{VERSION, json, json_of_error};
pub use status::Status;
pub use story::story;
pub use text::{paragraph, summary, text, unguarded};

use std::collections::BTreeSet;

use crate::check::{Judged, Unexplained, Verdict};
use crate::notes::claims::Claims;
use crate::words::Say;
use interleave::explore::Statistics;
use interleave::trace::Trace;

/// A program that was run and judged.
pub struct Report<'a> {
    /// The lesson that it belongs to.
    pub lesson: &'a str,
    /// What the notes claim of it.
    pub claims: &'a Claims,
    /// The runs in real time.
    pub live: Vec<Trace>,
    /// What the exploration of its interleavings covered.
    pub explored: Option<Statistics>,
    /// Whether it should have been explored, and the notes say why not.
    pub unexplored: bool,
    /// A run in real time that came out as an exploration says that none can.
    pub unexplained: Option<Unexplained>,
    /// Each claim and its verdict.
    pub judged: Vec<Judged>,
    /// What the program was not guarded against while it ran, each in words.
    pub missing: BTreeSet<String>,
    /// The command that does the same again.
    pub again: String,
    /// The command that replays one of its interleavings, up to the schedule.
    pub replay: String,
    /// What comes behind the schedule in it.
    pub program: String,
}

impl Report<'_> {
    /// What it comes to.
    pub fn status(&self) -> Status {
        let is_tools_fault = self.unexplained.as_ref().is_some_and(|found| found.is_tools_fault);
        let diverged = self.explored.as_ref().is_some_and(|explored| explored.diverged > 0);
        if is_tools_fault {
            // Then the other verdicts are not to be trusted either.
            Status::Unjudged
        } else if !self.judged.iter().all(|judged| judged.verdict.passes()) {
            Status::Failed
        } else if diverged {
            Status::Unjudged
        } else if self.is_complete() && self.unchecked().next().is_none() {
            Status::Holds
        } else {
            Status::Partly
        }
    }

    /// Whether everything was covered that the notes want covered.
    fn is_complete(&self) -> bool {
        let all = self.explored.as_ref().map_or(self.unexplored && !self.live.is_empty(), |explored| explored.complete);
        all && self.unexplained.is_none()
    }

    /// What often is the reason for what is broken here.
    pub fn hints(&self) -> Vec<&'static str> {
        let broken = self.judged.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Broken(broken) => Some(&**broken),
            _ => None,
        });
        let mut found = Vec::new();
        for broken in broken {
            let waiting = broken.explored.iter().flat_map(|explored| &explored.waiting);
            let waiting: Vec<_> = waiting.filter_map(|(_, what)| hints::of_waiting(what)).collect();
            // Of a run that nobody could finish there is nothing else to say.
            let could_show = !self.live.is_empty() && !broken.contradiction.is_hidden_live;
            // No schedule leads to it, and yet it was no run in real time.
            let has_other_ids = broken.trace.header.virtual_time && broken.explored.is_none();
            let only_explored = broken.trace.header.virtual_time && could_show && !has_other_ids;
            if waiting.is_empty() && broken.trace.stop.is_none() {
                found.extend(hints::of_text(&broken.trace));
                found.extend(hints::of_failure(&broken.trace));
                found.extend(only_explored.then_some(hints::SLEEP));
                found.extend(has_other_ids.then_some(hints::OTHER_IDS));
            }
            found.extend(waiting);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The claims that could not be checked, each with the reason.
    fn unchecked(&self) -> impl Iterator<Item = (&Judged, &Say)> {
        self.judged.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Silent(why) if judged.at.is_some() => Some((judged, why)),
            _ => None,
        })
    }
}
