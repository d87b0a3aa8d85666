//! Single runs, under schedules that somebody names.

use std::path::Path;

use super::interleaving::Interleaving;
use super::job::{Error, Job};
use super::supervisor::Supervisor;
use crate::protocol::{Outcome, Planned, Prepared, Request, Run, Signals, TaskId};
use crate::search::linearizations::Linearization;
use crate::search::schedule::Schedule;
use crate::trace::Pid;

/// Runs a program under given schedules, one run after the other. Dropping it blocks until nothing of the program is left.
pub struct Runner<'a> {
    job: &'a Job,
    supervisor: Option<Supervisor>,
}

impl Runner<'_> {
    /// Starts nothing yet.
    pub fn new(job: &Job) -> Runner<'_> {
        Runner { job, supervisor: None }
    }

    /// Runs the program once, under this schedule.
    ///
    /// # Errors
    /// As [`explore`](super::explore); and if the schedule names a task that cannot go on.
    pub fn replay(&mut self, schedule: &Schedule) -> Result<Interleaving, Error> {
        let what = format!("the schedule {schedule} does not fit");
        // A schedule does not say whether beginning to wait is a step in it, or closing a file that could be locked or what an epoll set
        // watches, the end of a thread, or what comes before a fault; the program does, by the signals that it sends, by what is ready when it waits, and so on.
        let mut first = None;
        for (signals, [lock_ends, arrivals, thread_ends, faults]) in preparations() {
            let (loads, within) = (schedule.has_loads(), schedule.is_within());
            let (thread_locks, looks, ends) = (schedule.has_thread_locks(), schedule.looks(), schedule.ends());
            let others = Prepared { lock_ends, arrivals, thread_ends, faults, ..signals.into() };
            let prepared = Prepared { loads, within, thread_locks, looks, ends, ..others };
            let is_prepared = |run: &Interleaving| {
                run.has_signals <= signals
                    && run.has_arrivals <= arrivals
                    && run.has_thread_ends <= thread_ends
                    && run.has_lock_ends <= lock_ends
                    && run.has_faults <= faults
            };
            match self.run(schedule.choices(), true, prepared, &what) {
                Ok(run) if is_prepared(&run) => return Ok(run),
                Err(error) if !matches!(error, Error::Diverged(_)) => return Err(error),
                other => first = first.or(Some(other)),
            }
        }
        first.unwrap_or(Err(Error::Diverged(what)))
    }

    /// Runs an interleaving that was deduced.
    ///
    /// # Errors
    /// As [`explore`](super::explore); and if it does not come about.
    pub fn confirm(&mut self, deduced: &Interleaving) -> Result<Interleaving, Error> {
        let what = "an order that was deduced does not come about";
        let run = self.run(&deduced.steps, false, deduced.prepared, what)?;
        let (expected, found) = (deduced.written(), run.written());
        if found == expected {
            return Ok(run);
        }
        let at = (0..).find(|&n| expected.get(n) != found.get(n)).unwrap_or(0);
        Err(Error::Diverged(format!(
            "{what}: write {} was to be {:?} and is {:?}{}",
            at + 1,
            expected.get(at).map_or("none", |line| &line.1),
            found.get(at).map_or("none", |line| &line.1),
            run.trace.stop.map_or_else(String::new, |stop| format!(", when {stop}: {:?}", run.deadlock)),
        )))
    }

    /// Runs an interleaving once more, and copies the files that it makes or changes in its working directory to `folder`, which is
    /// to be there. Files that it removes are not heard of.
    ///
    /// # Errors
    /// As [`confirm`](Runner::confirm); and if runs have no working directory of their own here
    /// ([`sandbox`](crate::sandbox)), or `folder` cannot be written to.
    pub fn keep(&mut self, interleaving: &Interleaving, folder: &Path) -> Result<(), Error> {
        let what = "the interleaving does not come about again";
        let folder = folder.canonicalize()?;
        let request =
            |prefix| Request { prefix, prepared: interleaving.prepared, keep: Some(folder), ..Request::default() };
        self.ask(&interleaving.steps, what, request).map(drop)
    }

    fn run(
        &mut self,
        tasks: &[TaskId],
        choices_only: bool,
        prepared: Prepared,
        what: &str,
    ) -> Result<Interleaving, Error> {
        self.ask(tasks, what, |prefix| Request { prefix, choices_only, prepared, ..Request::default() })
    }

    fn ask(
        &mut self,
        tasks: &[TaskId],
        what: &str,
        request: impl FnOnce(Vec<Planned>) -> Request,
    ) -> Result<Interleaving, Error> {
        let run = self.request(tasks, what, request)?;
        Ok(Interleaving::of(&self.job.name, &run, &Linearization::of(&run)))
    }

    /// What the program is called.
    pub(super) fn name(&self) -> &str {
        &self.job.name
    }

    pub(super) fn request(
        &mut self,
        tasks: &[TaskId],
        what: &str,
        request: impl FnOnce(Vec<Planned>) -> Request,
    ) -> Result<Run, Error> {
        let prefix = tasks.iter().map(|&task| Planned { task, alternatives: None }).collect();
        let supervisor = match &mut self.supervisor {
            Some(supervisor) => supervisor,
            none => none.insert(Supervisor::start(self.job)?),
        };
        let run = supervisor.run(&request(prefix))?;
        if let Outcome::Diverged { step, what: why } = &run.outcome {
            return Err(Error::Diverged(format!("{what}: at step {step}, {why}")));
        }
        Ok(run)
    }
}

/// The id of the first process in a run with other ids than usual. It is the last that there is in a world (of Linux 6.14 or later), so that those of its
/// children do not follow upon it.
const ANOTHER_ID: Pid = 4_095;

/// Runs the program once, where a world of its own is to be had with other process ids than those that it has in all other runs: a program that
/// prints an id which it only knows is found out by that. Elsewhere ids are others each time anyway.
///
/// # Errors
/// As [`Runner::replay`].
pub fn run_with_other_ids(job: &Job) -> Result<Interleaving, Error> {
    let mut job = job.clone();
    job.limits.first_id = ANOTHER_ID;
    replay(&job, &Schedule::default())
}

/// All for which a run may be prepared without its schedule's saying so, what is usual first: the signals, and what else.
fn preparations() -> impl Iterator<Item = (Signals, [bool; 4])> {
    let others = (0..16).map(|n| [1, 2, 4, 8].map(|bit| n & bit != 0));
    others.flat_map(|others| [Signals::None, Signals::Caught, Signals::Continued].map(|signals| (signals, others)))
}

/// Runs the program once, under this schedule.
///
/// # Errors
/// As [`Runner::replay`].
pub fn replay(job: &Job, schedule: &Schedule) -> Result<Interleaving, Error> {
    Runner::new(job).replay(schedule)
}
