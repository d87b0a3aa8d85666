//! Waits for any of several children after which it makes no difference of which of them was told first.
//!
//! What a process does from one call to the next follows from its state and from what the call tells it. So each run shows some of what
//! leads from state to state; and once it is known that from one state all orders in which a process can be told of its children lead to
//! the same state, in which none is left, one of these orders will do: the process is [held back](crate::protocol::Request::reaps) there until all
//! of them have ended. Nobody else can tell when it was told, but who looks whether a child is still there: then this is not done.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::protocol::{HeldBack, Outcome, Reap, Run, Told};

/// More states are not looked at to see whether all orders lead to the same one.
const MOST_STATES: usize = 20_000;

/// After so many runs that lead to nothing, states are not looked at any more.
const MOST_RUNS: u32 = 200;

/// What is known of such waits.
#[derive(Default)]
pub struct Reaps {
    /// Not if the order counts, or nothing came of it.
    may_look: bool,
    /// Somebody waits so.
    looks: bool,
    /// Into which state what is told leads from which.
    next: HashMap<(u64, Told), u64>,
    /// From where all orders lead to the same state.
    known: BTreeSet<u64>,
    /// From where they do not, though it seemed so.
    refuted: BTreeSet<u64>,
    /// From where some orders are still to be tried, as those that are known lead to the same state: what is told, and how often it was tried.
    lacking: BTreeMap<u64, (Vec<Told>, u32)>,
    /// How many tries it is since one has shown a step that was not known.
    idle: u32,
    /// How many runs have led to nothing new.
    barren: u32,
}

/// Where all orders lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// To one state.
    Same,
    /// To different ones.
    Different,
    /// As far as they are known, to one.
    NotKnown,
}

/// It is worth to try orders of so many children by chance: fewer are tried soon in any case, and of more there are too many.
const TO_TRY: RangeInclusive<usize> = 4..=9;

/// What a run has shown of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Nothing that changes what is to be tried.
    None,
    /// For the first time it is known that less is to be tried.
    First,
    /// More is to be tried.
    Refuted,
}

impl Reaps {
    /// Nothing is known yet.
    pub fn new(may_look: bool) -> Reaps {
        Reaps { may_look, ..Reaps::default() }
    }

    /// The states in which to wait for all, if it is to be looked for states.
    pub fn to_look_for(&self) -> Option<Vec<u64>> {
        (self.may_look && self.looks).then(|| self.known.iter().copied().collect())
    }

    /// Takes in what a run has shown.
    pub fn take_in(&mut self, run: &Run) -> News {
        if !self.may_look {
            return News::None;
        }
        self.looks |= run.waits_for_any;
        let steps = run.reaps.iter().filter_map(|reap| Some(((reap.before, reap.told), reap.after?)));
        for (from, to) in steps {
            match self.next.insert(from, to) {
                // There is more to these states than is looked at.
                Some(before) if before != to => {
                    *self = Reaps::default();
                    return News::Refuted;
                }
                Some(_) => {}
                None => self.idle = 0,
            }
        }
        // (What a run that was cut short goes on with is looked at elsewhere.)
        let held_back = run.held_back.iter().filter(|_| run.outcome != Outcome::SleepSetBlocked);
        let wrong: Vec<u64> = held_back.filter(|one| self.refutes(one)).map(|one| one.state).collect();
        if !wrong.is_empty() {
            self.known.retain(|state| !wrong.contains(state));
            self.refuted.extend(wrong);
            return News::Refuted;
        }
        let mut new = Vec::new();
        for (state, told, is_first) in self.beginnings(run).collect::<Vec<_>>() {
            match self.ends(state, &told) {
                Ends::Same => {
                    self.lacking.remove(&state);
                    new.push(state);
                }
                Ends::NotKnown if is_first && TO_TRY.contains(&told.len()) => {
                    self.lacking.entry(state).or_insert((told, 0));
                }
                Ends::NotKnown => {}
                Ends::Different => {
                    // It is kept which was the last, say.
                    self.lacking.insert(state, (told, u32::MAX));
                }
            }
        }
        if new.is_empty() {
            self.barren += 1;
            self.may_look = self.barren < MOST_RUNS || !self.known.is_empty();
            return News::None;
        }
        self.barren = 0;
        let is_first = self.known.is_empty();
        self.known.extend(new);
        if is_first { News::First } else { News::None }
    }

    /// Whether to try other orders in which children may end, by chance: there are many times more orders than there are states.
    pub fn wants_to_try(&mut self) -> bool {
        let idle = self.idle as usize;
        let is_worth = |told: &[Told], tries: u32| tries < 3 << (told.len() - 1) && idle < 4 * told.len();
        let Some((_, tries)) = self.lacking.values_mut().find(|(told, tries)| is_worth(told, *tries)) else {
            return false;
        };
        *tries += 1;
        self.idle += 1;
        true
    }

    /// The states, new ones, from which a process was told of all its children one after the other; what it was told; and whether it had not
    /// begun with that before.
    fn beginnings<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = (u64, Vec<Told>, bool)> + 'a {
        let processes: BTreeSet<usize> = run.reaps.iter().map(|reap| reap.process).collect();
        processes
            .into_iter()
            .flat_map(move |process| {
                let own: Vec<&Reap> = run.reaps.iter().filter(|reap| reap.process == process).collect();
                let is_on = |one: &&Reap, next: &&Reap| one.left > 0 && one.after == Some(next.before);
                let chains: Vec<Vec<&Reap>> = own.chunk_by(is_on).map(<[&Reap]>::to_vec).collect();
                let complete = chains.into_iter().filter(|chain| chain.last().is_some_and(|last| last.left == 0));
                complete.flat_map(move |chain| {
                    let beginnings = 0..chain.len().saturating_sub(1);
                    let told = |from: usize| chain[from..].iter().map(|reap| reap.told).collect();
                    beginnings.map(|from| (chain[from].before, told(from), from == 0)).collect::<Vec<_>>()
                })
            })
            .filter(|(state, ..)| !self.known.contains(state) && !self.refuted.contains(state))
    }

    /// Where all orders lead in which this can be told.
    fn ends(&self, state: u64, told: &[Told]) -> Ends {
        let mut ends = HashSet::new();
        let mut is_known = true;
        let mut seen: HashSet<(u64, BTreeSet<Told>)> = HashSet::new();
        let mut open = vec![(state, told.iter().copied().collect::<BTreeSet<_>>())];
        while let Some((state, left)) = open.pop() {
            if left.is_empty() {
                ends.insert(state);
            }
            for one in &left {
                let Some(&next) = self.next.get(&(state, *one)) else {
                    is_known = false;
                    continue;
                };
                let mut left = left.clone();
                left.remove(one);
                if seen.insert((next, left.clone())) {
                    open.push((next, left));
                }
            }
            if seen.len() > MOST_STATES {
                return Ends::Different;
            }
        }
        match ends.len() {
            1 if is_known => Ends::Same,
            0 | 1 => Ends::NotKnown,
            _ => Ends::Different,
        }
    }

    /// Whether who was held back there should not have been: it may have been told something else than is known, or others could tell.
    fn refutes(&self, held_back: &HeldBack) -> bool {
        held_back.is_seen || self.ends(held_back.state, &held_back.told) != Ends::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(child: u32) -> Told {
        Told { child, end: 0 }
    }

    /// One that was told of these in these states, and came to the last.
    fn reaps(states: &[u64], children: &[u32]) -> Vec<Reap> {
        let steps = states.windows(2).zip(children).enumerate();
        let reap = |(number, (states, &child)): (usize, (&[u64], &u32))| Reap {
            process: 0,
            before: states[0],
            told: told(child),
            after: Some(states[1]),
            left: children.len() - number - 1,
        };
        steps.map(reap).collect()
    }

    fn run(reaps: Vec<Reap>, held_back: Vec<HeldBack>) -> Run {
        Run { waits_for_any: true, reaps, held_back, ..Run::default() }
    }

    #[test]
    fn who_forgets_what_it_was_told_is_held_back_from_the_first_run_on() {
        let mut known = Reaps::new(true);
        assert_eq!(known.to_look_for(), None, "nobody has waited so");
        assert_eq!(known.take_in(&run(reaps(&[7, 7, 7], &[1, 2]), Vec::new())), News::First);
        assert_eq!(known.to_look_for(), Some(vec![7]));
    }

    #[test]
    fn all_orders_have_to_be_known_and_to_end_in_one_state() {
        let mut known = Reaps::new(true);
        assert_eq!(known.take_in(&run(reaps(&[0, 1, 3], &[1, 2]), Vec::new())), News::None);
        assert_eq!(known.take_in(&run(reaps(&[0, 2, 3], &[2, 1]), Vec::new())), News::First);
        let mut last_is_kept = Reaps::new(true);
        assert_eq!(last_is_kept.take_in(&run(reaps(&[0, 1, 2], &[1, 2]), Vec::new())), News::None);
        assert_eq!(last_is_kept.take_in(&run(reaps(&[0, 2, 1], &[2, 1]), Vec::new())), News::None);
    }

    #[test]
    fn other_orders_are_tried_as_long_as_they_may_lead_to_one_state() {
        let mut known = Reaps::new(true);
        known.take_in(&run(reaps(&[0, 1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]), Vec::new()));
        assert!(known.wants_to_try());
        known.take_in(&run(reaps(&[0, 11, 12, 13, 14, 15], &[5, 4, 3, 2, 1]), Vec::new()));
        assert!(!known.wants_to_try(), "it makes a difference");
        let mut few = Reaps::new(true);
        few.take_in(&run(reaps(&[0, 1, 2], &[1, 2]), Vec::new()));
        assert!(!few.wants_to_try());
        let mut endless = Reaps::new(true);
        endless.take_in(&run(reaps(&[0, 1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]), Vec::new()));
        assert_eq!((0..1000).filter(|_| endless.wants_to_try()).count(), 20, "nothing new has come of it");
    }

    #[test]
    fn who_has_not_waited_for_all_is_in_no_such_state() {
        let mut known = Reaps::new(true);
        let first = reaps(&[7, 7, 7, 7], &[1, 2, 3])[..2].to_vec();
        assert_eq!(known.take_in(&run(first, Vec::new())), News::None);
        let mut torn = reaps(&[7, 7, 7, 7], &[1, 2, 3]);
        torn[1].after = None;
        assert_eq!(known.take_in(&run(torn, Vec::new())), News::None);
        assert_eq!(known.to_look_for(), Some(Vec::new()));
    }

    #[test]
    fn what_others_can_tell_or_is_not_known_is_refuted() {
        for (children, is_seen) in [([1, 2], true), ([1, 3], false)] {
            let mut known = Reaps::new(true);
            known.take_in(&run(reaps(&[7, 7, 7], &[1, 2]), Vec::new()));
            let held_back = HeldBack { state: 7, told: children.map(told).to_vec(), is_seen };
            assert_eq!(known.take_in(&run(Vec::new(), vec![held_back])), News::Refuted);
            assert_eq!(known.to_look_for(), Some(Vec::new()));
            assert_eq!(known.take_in(&run(reaps(&[7, 7, 7], &[1, 2]), Vec::new())), News::None, "and stays so");
        }
    }

    #[test]
    fn a_state_that_leads_to_two_is_none() {
        let mut known = Reaps::new(true);
        known.take_in(&run(reaps(&[7, 7, 7], &[1, 2]), Vec::new()));
        assert_eq!(known.take_in(&run(reaps(&[7, 8], &[1]), Vec::new())), News::Refuted);
        assert_eq!(known.to_look_for(), None);
    }
}
