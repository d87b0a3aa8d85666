//! Who looks again and again whether something has come about, and does nothing else.
//!
//! As long as nobody else goes on, such a task could do so for ever: a schedule that lets it would not be fair, and no
//! machine's is like that for long. So after a while it has to wait until something that it looked at has changed, or
//! nobody else can go on. See M. Musuvathi, S. Qadeer, Fair Stateless Model Checking, PLDI 2008.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::object::Footprint;
use crate::kernel::sys::Call;

/// How often a task may come back to the same call before that.
const ROUNDS: u32 = 8;

/// What a task has done since it last changed anything.
#[derive(Debug, Default)]
pub struct SpinDetector {
    /// The calls of this round.
    calls: Vec<u64>,
    rounds: u32,
    /// It has come back to the same call often enough.
    is_over: bool,
    /// What it was like when it last came back, if that is known.
    state: Option<u64>,
    looks: Footprint,
    /// What its clock showed when it first looked, and whether it has gone on since.
    began: Option<u64>,
    lets_time_pass: bool,
}

impl SpinDetector {
    /// It comes to this call, which looks at these objects, at this time of its clock.
    pub fn comes_to(&mut self, call: &Call, looks_at: &Footprint, now: u64) {
        self.lets_time_pass = *self.began.get_or_insert(now) != now;
        let mut digest = DefaultHasher::new();
        call.identity().hash(&mut digest);
        looks_at.hash(&mut digest);
        let call = digest.finish();
        let is_back = self.calls.contains(&call);
        if is_back {
            self.calls.clear();
            self.rounds += 1;
        }
        self.is_over = is_back && self.rounds >= ROUNDS;
        self.calls.push(call);
    }

    /// Whether it has just come back to a call, and would go on from there.
    pub fn is_back(&self) -> bool {
        self.rounds > 0 && self.calls.len() == 1 && !self.is_over
    }

    /// Whether it has come back to a call, and nothing has changed since.
    pub fn has_come_back(&self) -> bool {
        self.rounds > 0
    }

    /// A digest of all that decides what it does next, as it has come back. If that is as it was, it turns in a circle: as long as
    /// it finds the same, it comes back here once more.
    pub fn comes_back_in(&mut self, state: u64) {
        self.is_over |= self.state.replace(state) == Some(state);
    }

    /// It has looked at these.
    pub fn has_looked_at(&mut self, looks: &Footprint) {
        self.looks.unite(looks);
    }

    /// Somebody else has used these objects: it may find something new there.
    pub fn others_used(&mut self, footprint: &Footprint) {
        if self.looks.is_dependent_on(footprint) {
            *self = SpinDetector::default();
        }
    }

    /// Whether it sleeps between its looks, or looks at the clock.
    pub fn lets_time_pass(&self) -> bool {
        self.lets_time_pass
    }

    /// Whether it has looked often enough.
    pub fn is_over(&self) -> bool {
        self.is_over
    }
}
