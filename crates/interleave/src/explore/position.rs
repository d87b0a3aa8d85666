//! A program after some steps of a run, told to somebody who chooses who goes on, or who draws what was done.

use std::ops::Range;

use super::interleaving::Interleaving;
use super::job::Error;
use super::runner::Runner;
use crate::deed::{Deed, Standing};
use crate::protocol::{Outcome, Prepared, Request, Run, Step, TaskId};
use crate::search::linearizations::Linearization;
use crate::search::schedule::Schedule;

/// A program after some steps of a run.
#[derive(Debug)]
pub struct Position {
    /// The steps.
    pub steps: Vec<Taken>,
    /// Where everybody stands.
    pub standing: Vec<Standing>,
    /// The schedule that leads here.
    pub schedule: Schedule,
    /// Whether the run has come to its end.
    pub is_over: bool,
    /// What has happened so far. If the run is not over, its trace is [stopped](crate::trace::Stop::Interrupted).
    pub interleaving: Interleaving,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Who took it.
    pub task: TaskId,
    /// Who could have.
    pub could: Vec<TaskId>,
    /// What it was about to do before it was taken; `None` if that is not known.
    pub intent: Option<Deed>,
    /// What it did: the same, but who has waited for any of several has found one of them.
    pub deed: Option<Deed>,
    /// What came of it: these of the trace's events.
    pub events: Range<usize>,
    /// The steps by which it could be taken, by number: one that wrote what it reads, or that ended what it waited for. None if
    /// it could be taken only since nothing else could.
    pub because: Vec<usize>,
}

impl Runner<'_> {
    /// Takes these steps, and tells what they did and where everybody stands then; with `to_the_end`, what follows by itself is
    /// taken too. `prepared` is what it is prepared for.
    ///
    /// # Errors
    /// As [`explore`](super::explore); and if a task that is to take a step cannot go on.
    pub fn position(
        &mut self,
        steps: &[TaskId],
        prepared: impl Into<Prepared>,
        to_the_end: bool,
    ) -> Result<Position, Error> {
        let prepared = prepared.into();
        let mut run = self.request(steps, "these steps cannot be taken", |prefix| Request {
            prefix,
            prepared,
            tells: true,
            stops: !to_the_end,
            ..Request::default()
        })?;
        let standing = std::mem::take(&mut run.standing);
        Ok(Position {
            steps: taken(&run),
            standing,
            schedule: Schedule::of(&run),
            is_over: run.outcome != Outcome::Paused,
            interleaving: Interleaving::of(self.name(), &run, &Linearization::of(&run)),
        })
    }
}

fn taken(run: &Run) -> Vec<Taken> {
    let behind = |step: usize| run.steps.get(step + 1).map_or(run.seen, |next| next.first_event);
    let steps = run.steps.iter().enumerate();
    steps
        .map(|(number, step)| Taken {
            task: step.task,
            could: step.enabled.clone(),
            intent: step.deed.clone(),
            deed: done(step),
            events: step.first_event..behind(number),
            // A step that has to wait for all others depends on every one of them.
            because: if number > 2 && step.depends.len() == number {
                Vec::new()
            } else {
                step.depends.iter().map(|&step| step as usize).collect()
            },
        })
        .collect()
}

/// What was done in a step.
fn done(step: &Step) -> Option<Deed> {
    Some(match (step.deed.clone()?, step.heard_of) {
        (Deed::Wait(_), Some(child)) => Deed::Wait(Some(child)),
        (Deed::LookForEnd(_), Some(child)) => Deed::LookForEnd(Some(child)),
        (deed, _) => deed,
    })
}
