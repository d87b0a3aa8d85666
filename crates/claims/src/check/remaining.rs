//! When an endless program has shown enough.

use crate::notes::claims::{Claims, Line};
use interleave::trace::{Event, What};

/// What an endless program still has to print before every count of its claims has reached its lower bound.
pub struct Remaining<'a> {
    claims: &'a Claims,
    lines: Vec<(&'a Line, usize)>,
}

impl<'a> Remaining<'a> {
    /// Everything, as before the program starts.
    pub fn new(claims: &'a Claims) -> Remaining<'a> {
        Remaining { claims, lines: claims.needed().collect() }
    }

    /// How many lines are still wanted.
    pub fn lines(&self) -> usize {
        self.lines.iter().map(|(_, wanted)| wanted).sum()
    }

    /// Takes note of what happened.
    pub fn see(&mut self, event: &Event) {
        let What::Line(text) = &event.what else { return };
        let Some((role, line, values)) = self.claims.recognise(text) else { return };
        for (wanted, left) in &mut self.lines {
            let fits = wanted.fixed.iter().all(|(name, value)| values.get(name) == Some(value));
            if (wanted.role, wanted.line) == (role, line) && fits {
                *left = left.saturating_sub(1);
            }
        }
    }
}
