//! States from which a search has explored, or will explore, all that can follow.
//!
//! Where one process is left, and all that came before has to come before all that follows, what follows depends on nothing but the
//! [state](crate::protocol::Run::states). No race goes across such a point; so of two runs that come to the same state only one has to be
//! gone on with, and the orders of what comes after are not multiplied by the orders of what came before. That this is right where races
//! do go across is what makes dynamic reduction and stored states a hard match (Y. Yang, X. Chen, G. Gopalakrishnan, R. M. Kirby,
//! Efficient stateful dynamic partial order reduction, SPIN 2008); here there are none.

use std::collections::HashMap;

use super::linearizations::{Linearizations, Observation};
use crate::protocol::{Outcome, Run};
use crate::world::limits::Limits;

/// What is known of states.
#[derive(Default)]
pub struct States {
    /// The order in which processes end is seen, as their output is; and whose children they are.
    order_of_ends: bool,
    children: bool,
    /// From where all is explored; and how the first run went on, if nobody made it choose anything else than usual.
    known: HashMap<(u64, u64), Option<u64>>,
    /// Runs have gone on from the same state in different ways: there is more to it than is looked at.
    are_more: bool,
}

/// A point of a run from which on only its state matters.
pub struct Beginning {
    /// The number of the step that comes next.
    pub step: usize,
    /// The state, and all that could be seen until then.
    key: (u64, u64),
    /// How the run went on.
    rest: u64,
}

impl States {
    /// Nothing is known yet. What is seen of runs is among their limits.
    pub fn new(limits: &Limits) -> States {
        States { order_of_ends: limits.order_of_ends, children: limits.watch_children, ..States::default() }
    }

    /// Forgets which states there were: all begins anew.
    pub fn forget(self) -> States {
        States { known: HashMap::new(), ..self }
    }

    /// Such points of a run.
    pub fn of(&self, run: &Run) -> Vec<Beginning> {
        if run.states.is_empty() || self.are_more {
            return Vec::new();
        }
        let observation = Observation::of(run, self.children);
        let orders = Linearizations::of(run, self.order_of_ends);
        let beginning = |&(step, state): &(usize, u64)| {
            let is_after_all =
                step < run.steps.len() && step.checked_sub(1).is_some_and(|last| orders.all_precede(last));
            is_after_all.then(|| Beginning {
                step,
                key: (state, orders.digest_of_beginning(&observation, step)),
                rest: observation.digest_of_rest(run, step),
            })
        };
        run.states.iter().filter_map(beginning).collect()
    }

    /// The first of these from which all is explored.
    pub fn first_known<'a>(&self, beginnings: &'a [Beginning]) -> Option<&'a Beginning> {
        beginnings.iter().find(|beginning| self.known.contains_key(&beginning.key))
    }

    /// From there all will be explored. `is_usual` if this run was not made to choose anything after it.
    pub fn add(&mut self, beginning: &Beginning, is_usual: bool) {
        self.known.insert(beginning.key, is_usual.then_some(beginning.rest));
    }

    /// Whether a run has gone on from a known state in another way than the first one, though neither was made to: then states are not to
    /// be trusted any more.
    pub fn are_refuted_by(&mut self, beginning: &Beginning, is_usual: bool) -> bool {
        let then = self.known.get(&beginning.key).copied().flatten();
        self.are_more |= is_usual && then.is_some_and(|then| then != beginning.rest);
        self.are_more
    }
}

/// Whether how this run ended was its own doing.
pub fn is_whole(run: &Run) -> bool {
    matches!(run.outcome, Outcome::Ended | Outcome::SeenEnough | Outcome::Deadlock(_))
}
