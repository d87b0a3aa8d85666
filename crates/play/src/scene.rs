//! What there is to see after some steps of a run: who takes part, what each has done so far, and what each is about to do.

use interleave::explore::{CodePlace, Deed, Position, Stand, Taken, TaskId, is_thread, normalise};
use interleave::trace::{End, Event, Pid, What};

use crate::source::Source;

/// A run so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scene {
    /// Who takes part, in the order of their columns.
    pub actors: Vec<Actor>,
    /// What was done, step by step.
    pub rows: Vec<Row>,
    /// What stands on standard output: the number of each line's process, and the line.
    pub lines: Vec<(usize, String)>,
    /// The schedule that leads here.
    pub schedule: String,
    /// How the run ended, if it did.
    pub ending: Option<Ending>,
}

/// Somebody who takes steps: a thread of a process, or a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Its number.
    pub task: TaskId,
    /// The number of its process.
    pub process: usize,
    /// Whether it can go on.
    pub stand: Stand,
    /// What it would do next.
    pub next: Option<Deed>,
    /// Where in its source it is.
    pub source: Option<Source>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who took it.
    pub task: TaskId,
    /// What is to be seen of it.
    pub cells: Vec<Cell>,
}

/// Something that one task did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Which.
    pub task: TaskId,
    /// What.
    pub what: Done,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It printed this line, or began to print one that never ended.
    Line(String),
    /// It wrote this to standard error.
    Stderr(String),
    /// It was started.
    Begins,
    /// It started these.
    Starts(Vec<TaskId>),
    /// Something that is not seen from outside.
    Step(Deed),
    /// It ended.
    Ended(End),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Every process ended.
    Ended,
    /// Whoever is left waits for ever.
    Deadlock,
    /// It was stopped, for this reason.
    Stopped(String),
}

impl Scene {
    /// What is to be seen at a position; `find` finds the source line of a place in the code.
    pub fn of(position: &Position, mut find: impl FnMut(&CodePlace) -> Option<Source>) -> Scene {
        let actors = position
            .standing
            .iter()
            .map(|standing| Actor {
                task: standing.task,
                process: standing.process,
                stand: standing.stand,
                next: standing.next.clone(),
                source: standing.place.as_ref().and_then(&mut find),
            })
            .collect();
        let ending = position.is_over.then(|| match position.interleaving.trace.stop {
            None => Ending::Ended,
            Some(interleave::trace::Stop::Deadlock) => Ending::Deadlock,
            Some(stop) => Ending::Stopped(stop.to_string()),
        });
        let mut scene = Scene {
            actors,
            lines: position.interleaving.lines(),
            schedule: position.schedule.to_string(),
            ending,
            rows: Vec::new(),
        };
        scene.rows = position.steps.iter().map(|step| scene.row(position, step)).collect();
        scene
    }

    /// The actor of this number.
    pub fn actor(&self, task: TaskId) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.task == task)
    }

    /// Those who can go on.
    pub fn ready(&self) -> impl Iterator<Item = TaskId> {
        self.actors.iter().filter(|actor| actor.stand == Stand::Ready).map(|actor| actor.task)
    }

    /// Who goes on if nobody says otherwise: whoever went on last, else the first.
    pub fn next_by_itself(&self) -> Option<TaskId> {
        let last = self.rows.last().map(|row| row.task);
        self.ready().find(|&task| Some(task) == last).or_else(|| self.ready().next())
    }

    fn row(&self, position: &Position, step: &Taken) -> Row {
        let interleaving = &position.interleaving;
        let events = interleaving.trace.events.get(step.events.clone()).unwrap_or_default();
        let process_of = |pid: Pid| interleaving.processes.iter().rposition(|&known| known == pid);
        // What a thread does is its process's doing; the thread that took the step is the one that did it.
        let of_step = self.actor(step.task).map(|actor| actor.process);
        let task_of = |pid: Pid| match process_of(pid) {
            process if process == of_step => step.task,
            process => {
                let first = self.actors.iter().find(|actor| Some(actor.process) == process && is_thread(actor.task));
                first.map_or(step.task, |actor| actor.task)
            }
        };
        let text = |text: &str| normalise(text, &interleaving.tasks);
        let seen = |event: &Event| -> Option<Cell> {
            let task = task_of(event.pid);
            let what = match &event.what {
                What::Seen { .. } => Done::Begins,
                What::Line(line) => Done::Line(text(line)),
                What::Garbled(garbled) => Done::Line(text(&garbled.start)),
                What::Stderr(words) => Done::Stderr(text(words)),
                What::Ended(end) => Done::Ended(*end),
                What::Worked(_)
                | What::Waited(_)
                | What::Shares { .. }
                | What::Reaped(_)
                | What::Told { .. }
                | What::Threads(_) => {
                    return None;
                }
            };
            Some(Cell { task, what })
        };
        let cells: Vec<Cell> = events.iter().filter_map(seen).collect();
        let began = cells.iter().filter(|cell| cell.what == Done::Begins).map(|cell| cell.task);
        let own = match (&step.deed, began.collect::<Vec<TaskId>>()) {
            (Some(Deed::Fork | Deed::StartThread), began) if !began.is_empty() => Some(Done::Starts(began)),
            // It is told by what came of it.
            (Some(Deed::Print(_)), _) if cells.iter().any(|cell| matches!(cell.what, Done::Line(_))) => None,
            (Some(Deed::Exit(_)), _) if cells.iter().any(|cell| matches!(cell.what, Done::Ended(_))) => None,
            (Some(deed), _) => Some(Done::Step(deed.clone())),
            (None, _) => None,
        };
        let own = own.map(|what| Cell { task: step.task, what });
        Row { task: step.task, cells: own.into_iter().chain(cells).collect() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A step in which a line is printed.
    pub(crate) fn print(task: TaskId, text: &str) -> Row {
        Row { task, cells: vec![Cell { task, what: Done::Line(text.to_owned()) }] }
    }
}
