//! Runs programs and judges them: side by side in real time, and under every interleaving in virtual time.

use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use crate::check::{self, Doubt, Explored, Judge, Judged, Runs};
use crate::explore::{self, Interleaving, Job, Statistics, explore};
use crate::live;
use crate::notes::claims::Claims;
use crate::record::Limits;
use crate::trace::{Event, Trace};

/// A program to be judged.
pub struct Task<'a> {
    /// What the notes claim of it.
    pub claims: &'a Claims,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}

/// What to do with each program.
pub struct Plan {
    /// The executable that has the commands `record` and `keep`, usually `/proc/self/exe`.
    pub xtask: PathBuf,
    /// How often to run it in real time, one run after the other.
    pub live_runs: usize,
    /// What bounds such a run.
    pub limits: Limits,
    /// Whether to explore its interleavings.
    pub explore: bool,
    /// How many interleavings an exploration takes in at most; `None` for the usual bound.
    pub most: Option<u64>,
    /// How long it may take.
    pub explore_time: Duration,
}

/// A program, judged.
pub struct Verified {
    /// Its runs in real time.
    pub live: Vec<Trace>,
    /// What its exploration covered.
    pub explored: Option<Statistics>,
    /// Whether it should have been explored, and the notes say why not ([`Claims::unexplored`]).
    pub unexplored: bool,
    /// Each claim and its verdict.
    pub judged: Vec<Judged>,
}

/// What happens while programs are being judged.
pub enum Progress<'a> {
    /// Something in a run in real time.
    Live(&'a Event),
    /// So many interleavings were run.
    Explored(u64),
}

/// Judges every task. All run in real time at once, each under its own keeper (they mostly sleep), while the
/// explorations, which keep the processors busy, go one after the other.
///
/// `seen` is told what happens, with the index of its task; `done` is given the tasks in order, each as soon as it and
/// those before it are judged. Blocks until no process of any program is left.
pub fn verify(
    plan: &Plan,
    tasks: &[Task],
    seen: &(dyn Fn(usize, Progress) + Sync),
    mut done: impl FnMut(usize, Result<Verified, String>),
) {
    thread::scope(|scope| {
        let live: Vec<_> = tasks.iter().enumerate().map(|(index, task)| run(scope, plan, index, task, seen)).collect();
        let explorations = plan.explore.then(|| explore_all(scope, plan, tasks, seen));
        for (index, (task, live)) in tasks.iter().zip(live).enumerate() {
            let live = live.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // The explorer goes away before its last answer only by a panic, which the scope hands on.
            let explored = explorations.as_ref().and_then(|answers| answers.recv().ok()).transpose();
            let verified = match (live, explored) {
                (Ok(live), Ok(explored)) => {
                    let unexplored = matches!(explored, Some(None));
                    Ok(Verified { unexplored, ..judge(task, live, explored.flatten()) })
                }
                (Err(error), _) => Err(error.to_string()),
                (_, Err(error)) => Err(error.to_string()),
            };
            done(index, verified);
        }
    });
}

/// Whether interleavings can be explored on this system at all; if not, the error says why.
///
/// # Errors
/// [`explore::Error::Refused`] if it is the kernel, or a container, that does not let us.
pub fn can_explore(xtask: &Path) -> Result<(), explore::Error> {
    let probe =
        Job { xtask: xtask.to_path_buf(), most: 1, workers: 1, ..Job::new("probe", vec!["/proc/self/exe".into()]) };
    explore(&probe, |_| ControlFlow::Break(())).map(drop)
}

type Runner<'scope> = ScopedJoinHandle<'scope, io::Result<Vec<Trace>>>;

fn run<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, '_>,
    plan: &'scope Plan,
    index: usize,
    task: &'scope Task<'a>,
    seen: &'scope (dyn Fn(usize, Progress) + Sync),
) -> Runner<'scope> {
    scope.spawn(move || {
        let seen = |event: &Event| seen(index, Progress::Live(event));
        (0..plan.live_runs).map(|_| live::run(&plan.xtask, task.claims, &task.command, &plan.limits, &seen)).collect()
    })
}

/// `None` of a program that the notes say is not to be explored.
type Exploration<'a> = Result<Option<(Judge<'a>, Statistics)>, explore::Error>;

fn explore_all<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, '_>,
    plan: &'scope Plan,
    tasks: &'scope [Task<'a>],
    seen: &'scope (dyn Fn(usize, Progress) + Sync),
) -> Receiver<Exploration<'a>> {
    let (answer, answers) = mpsc::channel();
    scope.spawn(move || {
        for (index, task) in tasks.iter().enumerate() {
            let exploration = explore_one(plan, task, &|runs| seen(index, Progress::Explored(runs)));
            if answer.send(exploration).is_err() {
                return;
            }
        }
    });
    answers
}

fn explore_one<'a>(plan: &Plan, task: &Task<'a>, seen: &dyn Fn(u64)) -> Exploration<'a> {
    if task.claims.unexplored.is_some() {
        return Ok(None);
    }
    let mut job = Job::by_notes(task.claims, task.command.clone());
    job.xtask = plan.xtask.clone();
    job.most = plan.most.unwrap_or(job.most);
    job.time = plan.explore_time;
    let mut judge = Judge::new(task.claims);
    let mut add = |interleaving: &Interleaving| {
        let Interleaving { schedule, trace, deadlock, .. } = interleaving;
        let waiting = deadlock.iter().map(|waiting| (waiting.pid, waiting.what.clone())).collect();
        let (schedule, switches) = (schedule.as_ref().map(ToString::to_string), interleaving.switches());
        judge.add(trace, Some(&Explored { schedule, switches, waiting }))
    };
    let mut runner = explore::Runner::new(&job);
    let (mut interleavings, mut untrue, mut failed) = (0, Vec::new(), None);
    let mut statistics = explore(&job, |interleaving| {
        interleavings += 1;
        seen(interleavings);
        if let Doubt::ToBeRun = add(&interleaving) {
            match runner.confirm(&interleaving) {
                Ok(run) => drop(add(&run)),
                Err(explore::Error::Diverged(what)) => untrue.push(what),
                Err(error) => failed = Some(error),
            }
        }
        if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    untrue.iter().for_each(|what| statistics.diverged(what));
    Ok(Some((judge, statistics)))
}

fn judge<'a>(task: &Task<'a>, live: Vec<Trace>, explored: Option<(Judge<'a>, Statistics)>) -> Verified {
    if live.is_empty() && explored.is_none() {
        let judged = check::silent(task.claims, "it was not run");
        return Verified { live, explored: None, unexplored: false, judged };
    }
    let (mut judge, explored) = match explored {
        Some((judge, statistics)) => (judge, Some(statistics)),
        None => (Judge::new(task.claims), None),
    };
    for trace in &live {
        judge.add(trace, None);
    }
    let runs = match &explored {
        Some(statistics) if statistics.complete => {
            Runs::All { distinct: usize::try_from(statistics.distinct).unwrap_or(usize::MAX) }
        }
        _ => Runs::Some,
    };
    Verified { live, explored, unexplored: false, judged: judge.finish(runs) }
}
