//! The orders of lines that one run stands for.
//!
//! A process writes its lines to where none of the others can read them. So when a run has shown what each process does,
//! the same steps in any other order in which each still comes after all that it depends on are a run too, with the same
//! lines in another order: the linear extensions of what *happened before* what (Lamport: Time, clocks, and the ordering of
//! events in a distributed system, CACM 1978).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use super::past::{Bits, past};
use super::wire::{Run, TaskId};
use crate::trace::{Event, Pid, What};

/// A run, and what had to come before what in it.
pub struct Orders<'a> {
    run: &'a Run,
    /// The past of each step.
    before: Vec<Bits>,
    /// The steps whose place among each other is seen.
    visible: Vec<usize>,
    /// For each of those: which of the others can come only after it, and how many of them have to come before it.
    after: Vec<Vec<usize>>,
    missing: Vec<usize>,
}

/// The steps of a run, in one of the orders in which they can come.
pub struct Order<'a> {
    run: &'a Run,
    steps: Vec<usize>,
}

impl<'a> Orders<'a> {
    /// Finds out what had to come before what; `ends` says whether the ends of processes are seen, as their lines are.
    pub fn of(run: &'a Run, ends: bool) -> Orders<'a> {
        let size = run.steps.len();
        let mut before: Vec<Bits> = Vec::with_capacity(size);
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
        let is_seen = |event: &Event| match event.what {
            What::Line(_) | What::Garbled(_) => true,
            What::Ended(_) => ends,
            What::Seen { .. } | What::Stderr(_) => false,
        };
        let visible: Vec<usize> = (0..size).filter(|&step| run.events[events(run, step)].iter().any(is_seen)).collect();
        let precedes = |&one: &usize, &other: &usize| before[other].contains(one);
        let after: Vec<Vec<usize>> = visible
            .iter()
            .map(|one| (0..visible.len()).filter(|&other| precedes(one, &visible[other])).collect())
            .collect();
        let missing = visible.iter().map(|other| visible.iter().filter(|one| precedes(one, other)).count()).collect();
        Orders { run, before, visible, after, missing }
    }

    /// A digest of what is seen, by whom, and what of it had to come before what: the same for runs that stand for the same
    /// orders. `text` gives a line without what is not the same in every run.
    pub fn digest(&self, text: impl Fn(&str) -> String) -> u64 {
        // A step is called by its task and by how many visible ones that task took before.
        let tasks: Vec<TaskId> = self.visible.iter().map(|&step| self.run.steps[step].task).collect();
        let names: Vec<(TaskId, usize)> = (0..tasks.len())
            .map(|one| (tasks[one], tasks[..one].iter().filter(|&&task| task == tasks[one]).count()))
            .collect();
        let process = |pid: Pid| self.run.processes.iter().rposition(|&other| other == pid);
        let mut all: Vec<_> = (0..names.len())
            .map(|one| {
                let mut after: Vec<_> = self.after[one].iter().map(|&other| names[other]).collect();
                after.sort_unstable();
                let seen = self.run.events[events(self.run, self.visible[one])].iter().filter_map(|event| {
                    let text = match &event.what {
                        What::Line(line) => text(line),
                        What::Garbled(garbled) => text(&garbled.start),
                        _ => return None,
                    };
                    Some((process(event.pid), text))
                });
                (names[one], after, seen.collect::<Vec<_>>())
            })
            .collect();
        all.sort_unstable();
        let ended = self.run.events.iter().filter(|event| matches!(event.what, What::Ended(_)));
        let mut ends: Vec<_> = ended.map(|event| (process(event.pid), format!("{:?}", event.what))).collect();
        ends.sort_unstable();
        let mut digest = DefaultHasher::new();
        (all, ends, std::mem::discriminant(&self.run.outcome)).hash(&mut digest);
        digest.finish()
    }

    /// Gives every order to `each`, first that of the run itself.
    pub fn for_each(mut self, mut each: impl FnMut(Order<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
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

    fn first(&self) -> Vec<usize> {
        (0..self.visible.len()).filter(|&one| self.missing[one] == 0).collect()
    }

    /// All steps, so that the visible ones come as they are placed: each right after what has to come before it.
    fn order(&self, placed: &[usize]) -> Order<'a> {
        let size = self.run.steps.len();
        if placed.is_sorted() {
            return Order::of(self.run);
        }
        let mut taken = Bits::new(size);
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
        Order { run: self.run, steps }
    }
}

impl<'a> Order<'a> {
    /// The order in which the run went.
    pub fn of(run: &'a Run) -> Order<'a> {
        Order { run, steps: (0..run.steps.len()).collect() }
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
        let theirs = self.steps.iter().flat_map(|&step| &all[events(self.run, step)]);
        all[..first].iter().chain(theirs).chain(&all[*seen..]).cloned().collect()
    }
}

/// The numbers of the events that came with a step.
fn events(run: &Run, step: usize) -> std::ops::Range<usize> {
    run.steps[step].first_event..run.steps.get(step + 1).map_or(run.seen, |next| next.first_event)
}
