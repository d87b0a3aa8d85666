//! Runs programs side by side, in real time.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::thread;

use crate::check::Wanting;
use crate::notes::claims::Claims;
use crate::record::{Job, Limits, Run};
use crate::trace::{Event, Stop, Trace};

/// A program to run, and what the notes claim of it.
pub struct Task<'a> {
    /// The claims. An endless program is stopped as soon as it has shown what they need.
    pub claims: &'a Claims,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}

/// Runs all programs at once, each under its own keeper, and hands over their traces in the order of `tasks`, each as
/// soon as it and those before it are complete. `seen` is told of every event, with its task's index, as it happens.
///
/// Blocks until no process of any program is left, which is shortly after the longest of them or its time limit.
pub fn run_all(
    xtask: &Path,
    tasks: &[Task],
    limits: &Limits,
    seen: &(dyn Fn(usize, &Event) + Sync),
    mut done: impl FnMut(usize, io::Result<Trace>),
) {
    thread::scope(|scope| {
        let runs: Vec<_> = tasks
            .iter()
            .enumerate()
            .map(|(index, task)| scope.spawn(move || run(xtask, task, limits, &|event| seen(index, event))))
            .collect();
        for (index, run) in runs.into_iter().enumerate() {
            done(index, run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
}

fn run(xtask: &Path, task: &Task, limits: &Limits, seen: &dyn Fn(&Event)) -> io::Result<Trace> {
    let job = Job { name: task.claims.program.clone(), limits: limits.clone(), command: task.command.clone() };
    let mut run = Run::start(xtask, &job)?;
    let mut wanting = Wanting::new(task.claims);
    while let Some(event) = run.next_event()? {
        wanting.see(event);
        seen(event);
        if task.claims.endless && wanting.lines() == 0 {
            run.stop(Stop::SeenEnough);
        }
    }
    run.finish()
}
