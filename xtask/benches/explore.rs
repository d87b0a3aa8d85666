//! How many interleavings of a lesson's program are run in a second. Then for programs that do not sleep: how long it takes
//! to find all interleavings, what each costs if it is run, beside a plain run of the same program, and how that grows with
//! processes and lines. The number of interleavings stands beside what combinatorics predicts.
//!
//! The programs that do not sleep are those of `tests/explore`: this benchmark itself, started again.

#![allow(clippy::unwrap_used, reason = "in a benchmark it is the report of a failure")]

#[allow(dead_code, reason = "only the scripts are needed here")]
#[path = "../../tests/explore/model.rs"]
mod model;
#[path = "../../tests/explore/programs.rs"]
mod programs;

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use interleave::explore::{Interleaving, Job, Runner, Statistics, explore};
use model::{Op, Script};
use xtask::programs as lessons;

/// How many runs are timed.
const RUNS: usize = 400;

fn main() {
    lesson("ordering_demo");
    println!("\n                      interleavings              in   a run    plain  a run /");
    println!("processes  lines each  predicted  found  runs  ms   takes µs  run µs  plain run");
    for (processes, each) in [(2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (3, 2), (3, 3), (3, 4), (4, 2), (4, 3)] {
        row(processes, each);
    }
}

/// Each interleaving is run, whether it need be or not.
fn lesson(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = lessons::build(&root, &[name]).unwrap()[name].clone();
    let job = job(name, vec![program.into()]);
    let (found, interleavings) = all(&job);
    let run = microseconds_a_run(&job, &interleavings);
    println!("{name}: {} interleavings, of which {:.0} are run in a second", found.distinct, 1e6 / run);
}

fn row(processes: usize, each: u8) {
    let own: Vec<Op> = (0..each).map(Op::Line).collect();
    let mut script: Script = vec![(1..processes).map(Op::Fork).collect()];
    script[0].extend(&own);
    script.extend((1..processes).map(|_| own.clone()));
    let own = std::env::current_exe().unwrap();
    let arguments = ["role", "script", &model::encode(&script)].map(str::to_owned);
    let mut command = vec![own.clone().into()];
    command.extend(arguments.iter().map(Into::into));

    let job = job("program", command);
    let start = Instant::now();
    let (found, interleavings) = all(&job);
    let time = start.elapsed();
    let run = microseconds_a_run(&job, &interleavings);
    let plain = timed(vec![(); job.workers], |(), _| {
        Command::new(&own).args(&arguments).stdout(Stdio::piped()).output().unwrap();
    });
    let (distinct, predicted) = (found.distinct, multinomial(processes as u64, each.into()));
    println!(
        "{processes:>9}  {each:>10}  {predicted:>9}  {distinct:>5}  {:>4}  {:>4.0}  {run:>6.0}  {plain:>6.0}  {:>8.2}",
        found.runs + found.pruned,
        time.as_secs_f64() * 1e3,
        run / plain
    );
}

fn job(name: &str, command: Vec<OsString>) -> Job {
    Job { most: u64::MAX, time: Duration::MAX / 4, ..Job::new(name, command) }
}

/// Explores everything, and keeps as many interleavings as are to be run.
fn all(job: &Job) -> (Statistics, Vec<Interleaving>) {
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
fn microseconds_a_run(job: &Job, interleavings: &[Interleaving]) -> f64 {
    let mut runners: Vec<Runner> = (0..job.workers).map(|_| Runner::new(job)).collect();
    runners.iter_mut().for_each(|runner| drop(runner.confirm(&interleavings[0]).unwrap()));
    timed(runners, |runner, turn| drop(runner.confirm(&interleavings[turn % interleavings.len()]).unwrap()))
}

/// How many microseconds a turn takes, when all of these take their turns at the same time.
fn timed<T: Send>(those: Vec<T>, turn: impl Fn(&mut T, usize) + Sync) -> f64 {
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

/// The orders of so many processes' lines, each process's in its own order.
fn multinomial(processes: u64, each: u64) -> u64 {
    let choose = |n: u64, k: u64| (1..=k).fold(1, |product, i| product * (n - k + i) / i);
    (1..=processes).map(|p| choose(p * each, each)).product()
}
