//! What rows have in common.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use interleave::explore::{Interleaving, Job, Runner, Statistics, explore};

/// How many runs are timed.
pub const RUNS: usize = 400;

/// A program, to be explored to the end.
pub fn job(name: &str, command: Vec<OsString>) -> Job {
    Job { most: u64::MAX, time: Duration::MAX / 4, ..Job::new(name, command) }
}

/// Explores everything, and keeps as many interleavings as are to be run.
pub fn all(job: &Job) -> (Statistics, Vec<Interleaving>) {
    let mut interleavings = Vec::new();
    let found = explore(job, |interleaving| {
        if interleavings.len() < RUNS {
            interleavings.push(interleaving);
        }
        ControlFlow::Continue(())
    });
    (found.unwrap(), interleavings)
}

/// Runs them in turn, so many at a time as the machine has processors.
pub fn microseconds_a_run(job: &Job, interleavings: &[Interleaving]) -> f64 {
    let mut runners: Vec<Runner> = (0..job.workers).map(|_| Runner::new(job)).collect();
    runners.iter_mut().for_each(|runner| drop(runner.confirm(&interleavings[0]).unwrap()));
    timed(runners, |runner, turn| drop(runner.confirm(&interleavings[turn % interleavings.len()]).unwrap()))
}

/// How much processor time this takes, in microseconds, of processes that have ended by its end. Other work on the machine changes
/// it far less than the time on the clock.
pub fn processor_time<R>(measured: impl FnOnce() -> R) -> (R, f64) {
    let used = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        (usage.user_time() + usage.system_time()).num_microseconds() as f64
    };
    let before = used();
    let result = measured();
    (result, used() - before)
}

/// How many microseconds a turn takes, when all of these take their turns at the same time.
pub fn timed<T: Send>(those: Vec<T>, turn: impl Fn(&mut T, usize) + Sync) -> f64 {
    let turns = RUNS.div_ceil(those.len());
    let count = those.len() * turns;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for mut one in those {
            let turn = &turn;
            scope.spawn(move || (0..turns).for_each(|number| turn(&mut one, number)));
        }
    });
    start.elapsed().as_secs_f64() * 1e6 / count as f64
}
