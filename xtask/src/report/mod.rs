//! Reports of what was judged: for people, and as JSON.

pub mod columns;
mod json;
mod text;

pub use json::json;
pub use text::{summary, text};

use crate::check::Judged;
use crate::notes::claims::Claims;
use crate::trace::Trace;

/// A program that was run and judged.
pub struct Report<'a> {
    /// The lesson that it belongs to.
    pub lesson: &'a str,
    /// What the notes claim of it.
    pub claims: &'a Claims,
    /// The run in real time.
    pub live: Option<Trace>,
    /// Each claim and its verdict.
    pub judged: Vec<Judged>,
    /// The command that does the same again.
    pub again: String,
}

impl Report<'_> {
    /// Whether every claim holds.
    pub fn passes(&self) -> bool {
        self.judged.iter().all(|judged| judged.verdict.passes())
    }
}
