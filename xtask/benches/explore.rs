//! How long it takes to find all interleavings of a program, what each costs if it is run, beside a plain run of the same
//! program, and how that grows with processes and lines. The number of interleavings stands beside what combinatorics
//! predicts.
//!
//! The programs are those of `tests/explore`: this benchmark itself, started again.

#![allow(clippy::unwrap_used, reason = "in a benchmark it is the report of a failure")]

#[allow(dead_code, reason = "only the scripts are needed here")]
#[path = "../../tests/explore/model.rs"]
mod model;
#[path = "../../tests/explore/programs.rs"]
mod programs;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use model::{Op, Script};
use xtask::explore::{Job, Runner, explore};

/// How many runs are timed.
const RUNS: usize = 400;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, name, argument] = arguments.as_slice()
        && role == "role"
    {
        programs::run(name, argument);
    }
    println!("                      interleavings              in   a run    plain  a run /");
    println!("processes  lines each  predicted  found  runs  ms   takes µs  run µs  plain run");
    for (processes, each) in [(2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (3, 2), (3, 3), (3, 4), (4, 2), (4, 3)] {
        row(processes, each);
    }
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

    let xtask = PathBuf::from(env!("CARGO_BIN_EXE_xtask"));
    let job = Job { xtask, most: u64::MAX, time: Duration::MAX / 4, ..Job::new("program", command) };
    let start = Instant::now();
    let mut interleavings = Vec::new();
    let found = explore(&job, |interleaving| {
        if interleavings.len() < RUNS {
            interleavings.push(interleaving);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let time = start.elapsed();

    // What was deduced is run here, so many at a time as the machine has processors, and so is the program as it is.
    let turns = RUNS.div_ceil(job.workers);
    let mut runners: Vec<Runner> = (0..job.workers).map(|_| Runner::new(&job)).collect();
    runners.iter_mut().for_each(|runner| drop(runner.confirm(&interleavings[0]).unwrap()));
    let run = timed(
        runners,
        |runner, turn| {
            runner.confirm(&interleavings[turn % interleavings.len()]).unwrap();
        },
        turns,
    );
    let plain = timed(
        vec![(); job.workers],
        |(), _| {
            Command::new(&own).args(&arguments).stdout(Stdio::piped()).output().unwrap();
        },
        turns,
    );
    let (distinct, predicted) = (found.distinct, multinomial(processes as u64, each.into()));
    println!(
        "{processes:>9}  {each:>10}  {predicted:>9}  {distinct:>5}  {:>4}  {:>4.0}  {run:>6.0}  {plain:>6.0}  {:>8.2}",
        found.runs + found.pruned,
        time.as_secs_f64() * 1e3,
        run / plain
    );
}

/// How many microseconds a turn takes, when each of these takes so many turns, all at the same time.
fn timed<T: Send>(those: Vec<T>, turn: impl Fn(&mut T, usize) + Sync, turns: usize) -> f64 {
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
