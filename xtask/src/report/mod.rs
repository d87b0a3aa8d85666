//! Reports of what was judged: for people, and as JSON.

pub mod columns;
mod json;
mod text;

pub use json::json;
pub use text::{summary, text};

use crate::check::Judged;
use crate::explore::Statistics;
use crate::notes::claims::Claims;
use crate::trace::Trace;

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
    /// Each claim and its verdict.
    pub judged: Vec<Judged>,
    /// The command that does the same again.
    pub again: String,
    /// What comes behind the schedule in a command that replays one of its interleavings.
    pub program: String,
}

impl Report<'_> {
    /// Whether every claim holds, and no process was found waiting for ever or behaving otherwise than before.
    pub fn passes(&self) -> bool {
        self.judged.iter().all(|judged| judged.verdict.passes())
            && self.explored.as_ref().is_none_or(|explored| explored.diverged == 0)
    }
}
