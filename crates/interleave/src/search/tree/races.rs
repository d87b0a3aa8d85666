//! Races: which orders of a run's steps are to be tried as well, and from where.

use std::ops::Range;

use super::{Branch, MOST_OF_STOPPED, Tree};
use crate::protocol::{Access, Caveat, CaveatKind, Object, Outcome, Run, Step, TaskId};
use crate::search::happens_before::{StepSet, past};

/// Two steps of a run that could have come in the other order.
struct Race {
    earlier: usize,
    /// The later one, if it came about, and whose it is or would have been.
    later: Option<usize>,
    wanted: TaskId,
    /// They do the same in either order, and only a third step has observed which was first. So whoever has gone first sleeps on until
    /// that third step comes, which looks at both then.
    is_observed: bool,
}

impl Race {
    fn of(earlier: usize, later: usize, step: &Step) -> Race {
        Race { earlier, later: Some(later), wanted: step.task, is_observed: false }
    }
}

impl Tree {
    /// For each race of one of these new steps, sees to it that the other order will be run. So for the steps that did not come
    /// about: had somebody gone elsewhere before, they might have.
    pub(super) fn reverse_races(&mut self, path: &[u64], run: &Run, new: Range<usize>, is_cut: bool) {
        // One that was stopped may be as long as time allowed, and is not all there is to explore in any case.
        let most = if matches!(run.outcome, Outcome::Stopped(_)) { MOST_OF_STOPPED } else { usize::MAX };
        let steps = &run.steps[..new.end.min(most)];
        let mut before: Vec<StepSet> = Vec::with_capacity(steps.len());
        for (later, step) in steps.iter().enumerate() {
            let (past, races) = past(&steps[..later], &before, steps.len(), step);
            before.push(past);
            if later >= new.start {
                for earlier in races {
                    self.has_store_buffers |= step.passes_stores || steps[earlier].passes_stores;
                    self.look_at_race(&steps[earlier], step);
                    if self.has_many() && self.is_silent_race(run, &steps[earlier], step) {
                        self.leaves_out = true;
                        continue;
                    }
                    self.reverse(path[earlier], steps, &before, &Race::of(earlier, later, step));
                }
                self.reverse_observed_ends(path, run, &before, later);
            }
        }
        for pending in run.pending.iter().filter(|_| !is_cut) {
            let (past, races) = past(steps, &before, steps.len(), pending);
            before.push(past);
            for earlier in races {
                self.reverse(
                    path[earlier],
                    steps,
                    &before,
                    &Race { earlier, later: None, wanted: pending.task, is_observed: false },
                );
            }
            before.pop();
        }
    }

    /// What else than their other order a race makes possible.
    fn look_at_race(&mut self, earlier: &Step, later: &Step) {
        // (Names are only added, or taken away.)
        let is_content = |object: &Object, access| matches!(object, Object::Content(_)) && access != Access::Add;
        if (earlier.moves_much || later.moves_much) && earlier.footprint.is_dependent_by(&later.footprint, is_content) {
            // The other could come in between.
            self.caveats.insert(CaveatKind::Pieces.anywhere());
        }
        if let (Some(call), true) = (earlier.sets_flags, later.would_wait) {
            // Had it come before, it would have begun to wait, and would wait still.
            let task = Some(earlier.task);
            self.caveats.insert(Caveat { kind: CaveatKind::NotWatched, call: Some(call), task });
        }
    }

    /// The ends of two children race if a wait for any of them tells of the one that came first, though it has not looked at the other
    /// (Aronis, Jonsson, Lång, Sagonas: Optimal dynamic partial order reduction with observers, TACAS 2018). The step `last` is the
    /// wait, or an end that came after it.
    fn reverse_observed_ends(&mut self, path: &[u64], run: &Run, before: &[StepSet], last: usize) {
        let steps = &run.steps;
        let own = (0..last).map(|end| (last, end));
        for (wait, end) in (0..last).map(|wait| (wait, last)).chain(own) {
            let Some(unasked) = &steps[wait].unasked else { continue };
            let told = unasked.end as usize;
            let ends = |&child: &u64| steps[end].footprint.changes(Object::Life(child));
            if end <= told || before[end].contains(told) || !unasked.children.iter().any(ends) {
                continue;
            }
            if self.has_many() && (self.is_silent(run, &steps[wait]) || self.is_silent(run, &steps[end])) {
                self.leaves_out = true;
                continue;
            }
            self.reverse(path[told], steps, before, &Race { is_observed: true, ..Race::of(told, end, &steps[end]) });
        }
    }

    /// Whether the process that takes a step has printed nothing in any run.
    fn is_silent(&self, run: &Run, step: &Step) -> bool {
        let process = run.process_of.get(usize::from(step.task));
        process.is_some_and(|process| !self.printers.contains(process))
    }

    /// Whether two steps race only by the lives of processes, or by a signal that tells of an end, and one of the two processes prints
    /// nothing.
    fn is_silent_race(&self, run: &Run, one: &Step, other: &Step) -> bool {
        let is_heard = |end: &Step, by: &Step| end.exits.is_some() && by.only_heeds;
        let by_signal = self.handlers_are_quiet == Some(true) && (is_heard(one, other) || is_heard(other, one));
        let is_meant = |object: &Object| match object {
            Object::Life(_) => true,
            Object::Signals(_) => by_signal,
            _ => false,
        };
        // Who sends a signal that kills does not learn of that end.
        let kills = |step: &Step| {
            let own = run.process_of.get(usize::from(step.task)).copied();
            (0..run.processes.len()).filter(|&process| Some(process) != own).any(|process| {
                let number = process as u64;
                step.footprint.changes(Object::Life(number)) && step.footprint.changes(Object::Signals(number))
            })
        };
        (self.is_silent(run, one) || self.is_silent(run, other))
            && !kills(one)
            && !kills(other)
            && one.footprint.is_dependent_only_by(&other.footprint, is_meant)
    }

    /// A step after which another task could no longer go on (it was killed, or what it would have taken is gone) races with
    /// the step which that task did not get to take.
    pub(super) fn reverse_disabling(&mut self, path: &[u64], steps: &[Step], new: usize, is_cut: bool) {
        for (number, step) in steps.iter().enumerate().skip(new) {
            let after = match steps.get(number + 1) {
                Some(next) => next.enabled.as_slice(),
                None if is_cut => continue,
                None => &[],
            };
            for task in step.candidates().filter(|task| *task != step.task && !after.contains(task)) {
                if let Some(node) = self.nodes.get_mut(&path[number])
                    && !node.covers(task)
                {
                    node.branches.push(Branch { task, footprint: None });
                    node.races.push((step.task, task, 1));
                    node.open += 1;
                    self.pending.push((path[number], task));
                }
            }
        }
    }

    /// Sees to it that the later step of a race (or, if there is none, a step that a task did not get to take) will be run before the
    /// earlier one.
    fn reverse(&mut self, id: u64, steps: &[Step], before: &[StepSet], race: &Race) {
        let &Race { earlier, later, wanted, is_observed } = race;
        let end = later.unwrap_or(steps.len());
        // What comes between and does not need the earlier step, and then the later one.
        let mut without: Vec<usize> = (earlier + 1..end).filter(|&k| !before[k].contains(earlier)).collect();
        without.push(end);
        let task = |k: usize| steps.get(k).filter(|_| k < end).map_or(wanted, |step| step.task);
        // Who could begin that. Had a signal not come, its task would have done something else, which may depend on all between.
        let does_other = later.is_some_and(|later| steps[later].handles_signal);
        let needs = |k: usize, m: usize| m < k && (before[k].contains(m) || does_other && k == end);
        let initials = without.iter().filter(|&&k| !without.iter().any(|&m| needs(k, m)));
        let Some(node) = self.nodes.get_mut(&id) else { return };
        let steps_of_wanted = without.iter().filter(|&&k| task(k) == wanted).count() as u32;
        let raced = (steps[earlier].task, wanted, steps_of_wanted);
        if !is_observed && !node.races.contains(&raced) {
            node.races.push(raced);
        }
        let initials: Vec<TaskId> = initials.map(|&k| task(k)).filter(|task| node.enabled.contains(task)).collect();
        if initials.is_empty() || initials.iter().any(|&task| node.covers(task)) {
            return;
        }
        let task = if initials.contains(&wanted) { wanted } else { initials[0] };
        node.branches.push(Branch { task, footprint: None });
        node.open += 1;
        self.pending.push((id, task));
    }
}
