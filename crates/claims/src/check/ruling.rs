//! What one run says of a claim.

use crate::words::Say;

/// Why a claim does not hold: in words, and by which events of the trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// In words.
    pub why: Say,
    /// The events that prove it, as few as do, as indices into the trace.
    pub events: Vec<usize>,
    /// Whether all that is wrong is that something never came: then whatever kept it from coming explains it.
    pub is_missing: bool,
    /// Whether only an exploration can tell, so that it is nothing for it that runs in real time did not show it.
    pub is_hidden_live: bool,
}

/// What one run says of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    /// It holds.
    Holds,
    /// It holds; the run shows this side of a freedom that the claim states.
    Shows(Side),
    /// It does not hold.
    Broken(Contradiction),
    /// This trace cannot tell, for this reason.
    Silent(Say),
}

/// A side of a freedom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one that the claim names first came first; or the number claimed was reached.
    First,
    /// The other came first.
    Second,
    /// The number claimed was not reached.
    Short {
        /// The role whose processes are too few, as an index into [`Claims::roles`](crate::notes::claims::Claims::roles).
        role: usize,
        /// How many there were.
        found: usize,
    },
    /// No more than so many intervals were open at once, fewer than claimed.
    Fewer(usize),
}

pub(super) fn broken(why: Say, events: impl Into<Vec<usize>>) -> Ruling {
    let mut events = events.into();
    events.sort_unstable();
    Ruling::Broken(Contradiction { why, events, is_missing: false, is_hidden_live: false })
}

pub(super) fn missing(why: Say, events: impl Into<Vec<usize>>) -> Ruling {
    match broken(why, events) {
        Ruling::Broken(contradiction) => Ruling::Broken(Contradiction { is_missing: true, ..contradiction }),
        other => other,
    }
}

pub(super) fn found_out(why: Say, events: impl Into<Vec<usize>>) -> Ruling {
    match broken(why, events) {
        Ruling::Broken(contradiction) => Ruling::Broken(Contradiction { is_hidden_live: true, ..contradiction }),
        other => other,
    }
}
