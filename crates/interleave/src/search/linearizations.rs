//! The orders of output that one run stands for.
//!
//! A process writes to where none of the others can read it. So when a run has shown what each process does, the same steps
//! in any other order in which each still comes after all that it depends on are a run too, with the same output in another
//! order: the linear extensions of what *happened before* what (Lamport: Time, clocks, and the ordering of events in a
//! distributed system, CACM 1978).

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{ControlFlow, Range};

use super::happens_before::{StepSet, past};
use crate::protocol::{Chunk, Outcome, Run, TaskId};
use crate::trace::{Event, Pid, What};

/// A run, and what had to come before what in it.
pub struct Linearizations<'a> {
    run: &'a Run,
    /// The past of each step.
    before: Vec<StepSet>,
    /// The steps whose place among each other is seen.
    pub(super) visible: Vec<usize>,
    /// For each of those: which of the others can come only after it, and how many of them have to come before it.
    pub(super) after: Vec<Vec<usize>>,
    pub(super) missing: Vec<usize>,
}

/// The steps of a run, in one of the orders in which they can come.
pub struct Linearization<'a> {
    run: &'a Run,
    steps: Vec<usize>,
}

impl<'a> Linearizations<'a> {
    /// Finds out what had to come before what; `ends` says whether the ends of processes are seen, as their output is.
    pub fn of(run: &'a Run, ends: bool) -> Linearizations<'a> {
        let size = run.steps.len();
        let mut before: Vec<StepSet> = Vec::with_capacity(size);
        for (number, step) in run.steps.iter().enumerate() {
            let (mut past, _) = past(&run.steps[..number], &before, size, step);
            // What they read of each other's memory is not known, so they stay as they were.
            let unseen = (0..number).filter(|&k| run.steps[k].blind.iter().any(|group| step.blind.contains(group)));
            for earlier in unseen {
                past.insert(earlier);
                past.unite(&before[earlier]);
            }
            before.push(past);
        }
        let ended = |event: &Event| ends && matches!(event.what, What::Ended(_));
        let writes = |step: usize| run.output.iter().any(|chunk| chunk.step as usize == step);
        let visible: Vec<usize> =
            (0..size).filter(|&step| writes(step) || run.events[events(run, step)].iter().any(ended)).collect();
        let precedes = |&one: &usize, &other: &usize| before[other].contains(one);
        let after: Vec<Vec<usize>> = visible
            .iter()
            .map(|one| (0..visible.len()).filter(|&other| precedes(one, &visible[other])).collect())
            .collect();
        let missing = visible.iter().map(|other| visible.iter().filter(|one| precedes(one, other)).count()).collect();
        Linearizations { run, before, visible, after, missing }
    }

    /// Whether all steps before this one have to come before it.
    pub fn all_precede(&self, step: usize) -> bool {
        (0..step).all(|earlier| self.before[step].contains(earlier))
    }

    /// A digest of what is seen, by whom, and what of it had to come before what: the same for runs that stand for the same
    /// orders.
    pub fn digest(&self, observation: &Observation) -> u64 {
        digest((self.seen_of_steps(observation, self.run.steps.len()), &observation.ends, observation.outcome))[0]
    }

    /// The same of the first steps only, so many: whatever comes after all of these, in runs with the same digest the same can be seen
    /// before it.
    pub fn digest_of_beginning(&self, observation: &Observation, size: usize) -> u64 {
        let mut ends: Vec<u64> = observation.steps[..size].iter().flat_map(|(_, ends)| ends).copied().collect();
        ends.sort_unstable();
        let over = self.run.steps.get(size).map_or(self.run.events.len(), |step| step.first_event);
        let found = &observation.found[..observation.found.partition_point(|&(at, _)| at < over)];
        digest((self.seen_of_steps(observation, size), ends, kinds_of(found)))[0]
    }

    /// For each visible one of the first steps, so many, in an order that is the same wherever the same can be seen: its name, those of them
    /// that can come only after it, and what is seen of it.
    fn seen_of_steps(&self, observation: &Observation, size: usize) -> Vec<impl Hash + use<>> {
        let visible = &self.visible[..self.visible.partition_point(|&step| step < size)];
        // A step is called by its task and by how many visible ones that task took before.
        let tasks: Vec<TaskId> = visible.iter().map(|&step| self.run.steps[step].task).collect();
        let names: Vec<(TaskId, usize)> = (0..tasks.len())
            .map(|one| (tasks[one], tasks[..one].iter().filter(|&&task| task == tasks[one]).count()))
            .collect();
        let mut all: Vec<_> = (0..names.len())
            .map(|one| {
                let mut after: Vec<_> = self.after[one].iter().filter_map(|&other| names.get(other).copied()).collect();
                after.sort_unstable();
                (names[one], after, observation.of_step(visible[one], true).collect::<Vec<_>>())
            })
            .collect();
        all.sort_unstable();
        all
    }

    /// Gives every order to `each`, first that of the run itself.
    pub fn for_each(mut self, mut each: impl FnMut(Linearization<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut placed = Vec::new();
        // At each place: who may come there, in ascending order, and how many of them have.
        let mut places = vec![(self.first(), 0)];
        while let Some((ready, tried)) = places.last_mut() {
            if let Some(&next) = ready.get(*tried) {
                *tried += 1;
                let mut ready = ready.clone();
                ready.retain(|&other| other != next);
                placed.push(next);
                for &other in &self.after[next] {
                    self.missing[other] -= 1;
                    if self.missing[other] == 0 {
                        ready.push(other);
                    }
                }
                ready.sort_unstable();
                places.push((ready, 0));
                continue;
            }
            if ready.is_empty() {
                each(self.order(&placed))?;
            }
            places.pop();
            if let Some(last) = placed.pop() {
                for &other in &self.after[last] {
                    self.missing[other] += 1;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// A digest of what a step writes.
    pub(super) fn text_of(&self, step: usize) -> u64 {
        let written = |at: usize| crate::task_id::normalise(&self.run.output[at].text, &self.run.tasks);
        digest(chunks(self.run, step).map(written).collect::<String>())[0]
    }

    pub(super) fn first(&self) -> Vec<usize> {
        (0..self.visible.len()).filter(|&one| self.missing[one] == 0).collect()
    }

    /// All steps, so that the visible ones come as they are placed: each right after what has to come before it.
    pub(super) fn order(&self, placed: &[usize]) -> Linearization<'a> {
        let size = self.run.steps.len();
        if placed.is_sorted() {
            return Linearization::of(self.run);
        }
        let mut taken = StepSet::new(size);
        let mut steps = Vec::with_capacity(size);
        for &next in placed {
            let next = self.visible[next];
            for step in (0..next).filter(|&step| self.before[next].contains(step)).chain([next]) {
                if !taken.contains(step) {
                    taken.insert(step);
                    steps.push(step);
                }
            }
        }
        steps.extend((0..size).filter(|&step| !taken.contains(step)));
        Linearization { run: self.run, steps }
    }
}

impl<'a> Linearization<'a> {
    /// The order in which the run went.
    pub fn of(run: &'a Run) -> Linearization<'a> {
        Linearization { run, steps: (0..run.steps.len()).collect() }
    }

    /// Whether it is that in which the run went.
    pub fn is_that_of_the_run(&self) -> bool {
        self.steps.is_sorted()
    }

    /// Who takes each step.
    pub fn tasks(&self) -> Vec<TaskId> {
        self.steps.iter().map(|&step| self.run.steps[step].task).collect()
    }

    /// What happens in it.
    pub fn events(&self) -> Vec<Event> {
        let Run { events: all, steps, seen, .. } = self.run;
        let first = steps.first().map_or(*seen, |step| step.first_event);
        let theirs = self.steps.iter().flat_map(|&step| events(self.run, step));
        (0..first).chain(theirs).chain(*seen..all.len()).map(|number| all[number].clone()).collect()
    }

    /// What was written, in this order.
    pub fn output(&self) -> Vec<Chunk> {
        let mut output = Vec::with_capacity(self.run.output.len());
        for &step in &self.steps {
            output.extend(chunks(self.run, step).map(|at| self.run.output[at].clone()));
        }
        // What came before the first step, or at the very end.
        output.extend(self.run.output.iter().filter(|chunk| chunk.step as usize >= self.steps.len()).cloned());
        output
    }
}

/// Work that differs by less, in seconds, is taken for the same.
const CERTAIN_WORK: f64 = 0.05;

/// What is seen of a run, as numbers that are the same wherever the same is seen.
pub struct Observation {
    /// For each step: what is written in it, and the ends of processes in it.
    steps: Vec<(Vec<u64>, Vec<u64>)>,
    /// What is written at the very end.
    rest: Vec<u64>,
    /// All ends.
    ends: Vec<u64>,
    /// What was found out beside ([`What::is_finding`]), by the number of the event.
    found: Vec<(usize, u64)>,
    /// How the run ended, and who waited for ever: of who was not even started there is no end either.
    ending: u64,
    /// Both.
    outcome: u64,
}

impl Observation {
    /// What is seen of `run`; `children` says whether it is seen whose child each process is.
    pub fn of(run: &Run, children: bool) -> Observation {
        let seen = |pid, text: &str| {
            let process = run.processes.iter().rposition(|&other| other == pid);
            digest((process, text))[0]
        };
        let written = |chunk: &Chunk| seen(chunk.pid, &crate::task_id::normalise(&chunk.text, &run.tasks));
        let end = |event: &Event| match &event.what {
            What::Ended(end) => Some(seen(event.pid, &end.to_string())),
            _ => None,
        };
        let steps = (0..run.steps.len())
            .map(|step| {
                let output = chunks(run, step).map(|at| written(&run.output[at])).collect();
                (output, run.events[events(run, step)].iter().filter_map(end).collect())
            })
            .collect();
        let mut ends: Vec<u64> = run.events.iter().filter_map(end).collect();
        ends.sort_unstable();
        let rest = run.output.iter().filter(|chunk| chunk.step as usize >= run.steps.len()).map(written).collect();
        let waiting: Vec<_> = match &run.outcome {
            Outcome::Deadlock(waiting) => waiting.iter().map(|one| seen(one.pid, "")).collect(),
            _ => Vec::new(),
        };
        let number = |pid: Pid| run.processes.iter().rposition(|&other| other == pid);
        let found = run.events.iter().enumerate().filter_map(|(at, event)| {
            let (what, number, value) = match &event.what {
                What::Seen { parent } if children => (0, parent.and_then(number), 0),
                What::Shares { with, .. } => (1, number(*with), 0),
                What::Reaped(child) => (2, number(*child), 0),
                // Processor time is never the same twice.
                What::Worked(seconds) => (3, None, (seconds / CERTAIN_WORK) as u64),
                What::Threads(threads) => (5, None, *threads as u64),
                What::Told { what, by } => (4, by.and_then(number), digest(what)[0]),
                _ => return None,
            };
            Some((at, digest((seen(event.pid, ""), what, number, value))[0]))
        });
        let found: Vec<(usize, u64)> = found.collect();
        let ending = digest((std::mem::discriminant(&run.outcome), waiting))[0];
        let outcome = digest((ending, kinds_of(&found)))[0];
        Observation { steps, rest, ends, found, ending, outcome }
    }

    /// A digest of how the run went on from this step, which is the same for runs that went on in the same way.
    pub fn digest_of_rest(&self, run: &Run, step: usize) -> u64 {
        let choices: Vec<_> = run.steps[step..].iter().map(|step| (step.task, &step.enabled)).collect();
        digest((choices, &self.steps[step..], &self.rest, self.ending))[0]
    }

    fn of_step(&self, step: usize, ends: bool) -> impl Iterator<Item = u64> {
        let (written, ended) = &self.steps[step];
        written.iter().chain(ended.iter().filter(move |_| ends)).copied()
    }

    /// A digest of what is written in this order.
    pub fn output(&self, order: &Linearization) -> [u64; 2] {
        let written = order.steps.iter().flat_map(|&step| self.of_step(step, false));
        digest(written.chain(self.rest.iter().copied()).collect::<Vec<_>>())
    }

    /// A digest of the output, the ends of processes, and who waits for ever; the ends in this order too, if that counts.
    pub fn all(&self, order: &Linearization, order_of_ends: bool) -> [u64; 2] {
        if order_of_ends {
            let seen: Vec<_> = order.steps.iter().flat_map(|&step| self.of_step(step, true)).collect();
            return digest((seen, self.outcome));
        }
        digest((self.output(order), &self.ends, self.outcome))
    }
}

/// What was found out, each once, whenever that was.
fn kinds_of(found: &[(usize, u64)]) -> BTreeSet<u64> {
    found.iter().map(|&(_, what)| what).collect()
}

fn digest(what: impl Hash) -> [u64; 2] {
    [0u64, 1].map(|seed| {
        let mut digest = DefaultHasher::new();
        (seed, &what).hash(&mut digest);
        digest.finish()
    })
}

/// The numbers of the events that came with a step.
fn events(run: &Run, step: usize) -> Range<usize> {
    run.steps[step].first_event..run.steps.get(step + 1).map_or(run.seen, |next| next.first_event)
}

/// The numbers of what was written in a step: writes stand in the order of their steps.
fn chunks(run: &Run, step: usize) -> Range<usize> {
    let first = |step: usize| run.output.partition_point(|chunk| (chunk.step as usize) < step);
    first(step)..first(step + 1)
}
