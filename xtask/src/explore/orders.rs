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
use crate::trace::{Event, What};

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
    /// orders.
    pub fn digest(&self, sights: &Sights) -> u64 {
        // A step is called by its task and by how many visible ones that task took before.
        let tasks: Vec<TaskId> = self.visible.iter().map(|&step| self.run.steps[step].task).collect();
        let names: Vec<(TaskId, usize)> = (0..tasks.len())
            .map(|one| (tasks[one], tasks[..one].iter().filter(|&&task| task == tasks[one]).count()))
            .collect();
        let mut all: Vec<_> = (0..names.len())
            .map(|one| {
                let mut after: Vec<_> = self.after[one].iter().map(|&other| names[other]).collect();
                after.sort_unstable();
                (names[one], after, sights.lines_of(events(self.run, self.visible[one])).collect::<Vec<_>>())
            })
            .collect();
        all.sort_unstable();
        digest((all, &sights.ends, std::mem::discriminant(&self.run.outcome)))[0]
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
        self.numbers().map(|number| self.run.events[number].clone()).collect()
    }

    /// The numbers of the run's events, in this order.
    fn numbers(&self) -> impl Iterator<Item = usize> {
        let Run { events: all, steps, seen, .. } = self.run;
        let first = steps.first().map_or(*seen, |step| step.first_event);
        let theirs = self.steps.iter().flat_map(|&step| events(self.run, step));
        (0..first).chain(theirs).chain(*seen..all.len())
    }
}

/// What is seen of the events of a run, as numbers that are the same wherever the same is seen.
pub struct Sights {
    /// Of each event that is a line.
    lines: Vec<Option<u64>>,
    /// Of those that are ends of processes.
    ended: Vec<Option<u64>>,
    /// All of the latter.
    ends: Vec<u64>,
}

impl Sights {
    pub fn of(run: &Run) -> Sights {
        let sight = |event: &Event, text: String| {
            let process = run.processes.iter().rposition(|&pid| pid == event.pid);
            digest((process, text))[0]
        };
        let line = |event: &Event| match &event.what {
            What::Line(line) => Some(sight(event, super::normalise(line, &run.tasks))),
            What::Garbled(garbled) => Some(sight(event, super::normalise(&garbled.start, &run.tasks))),
            _ => None,
        };
        let end = |event: &Event| match &event.what {
            What::Ended(end) => Some(sight(event, end.to_string())),
            _ => None,
        };
        let ended: Vec<Option<u64>> = run.events.iter().map(end).collect();
        let mut ends: Vec<u64> = ended.iter().copied().flatten().collect();
        ends.sort_unstable();
        Sights { lines: run.events.iter().map(line).collect(), ended, ends }
    }

    fn lines_of(&self, events: impl Iterator<Item = usize>) -> impl Iterator<Item = u64> {
        events.filter_map(|event| self.lines[event])
    }

    /// A digest of the lines in this order.
    pub fn lines(&self, order: &Order) -> [u64; 2] {
        digest(self.lines_of(order.numbers()).collect::<Vec<_>>())
    }

    /// A digest of the lines and the ends of processes; the latter in this order too, if that counts.
    pub fn all(&self, order: &Order, order_of_ends: bool) -> [u64; 2] {
        if order_of_ends {
            return digest(order.numbers().filter_map(|n| self.lines[n].or(self.ended[n])).collect::<Vec<_>>());
        }
        digest((self.lines(order), &self.ends))
    }
}

fn digest(what: impl Hash) -> [u64; 2] {
    [0u64, 1].map(|seed| {
        let mut digest = DefaultHasher::new();
        (seed, &what).hash(&mut digest);
        digest.finish()
    })
}

/// The numbers of the events that came with a step.
fn events(run: &Run, step: usize) -> std::ops::Range<usize> {
    run.steps[step].first_event..run.steps.get(step + 1).map_or(run.seen, |next| next.first_event)
}
