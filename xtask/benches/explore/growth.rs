//! How long it takes to find all interleavings, what each costs if it is run, beside a plain run of the same program, and how that
//! grows with processes and lines. The number of interleavings stands beside what combinatorics predicts.
//!
//! The programs are those of `tests/explore`: this benchmark itself, started again.

#[allow(dead_code, reason = "only the scripts are needed here")]
#[path = "../../../tests/explore/model.rs"]
mod model;
#[path = "../../../tests/explore/programs.rs"]
mod programs;

use std::process::{Command, Stdio};
use std::time::Instant;

use model::{Op, Script};

use crate::measure::{all, job, microseconds_a_run, timed};

pub fn table() {
    println!("\n                      interleavings              in   a run    plain  a run /");
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

/// The orders of so many processes' lines, each process's in its own order.
fn multinomial(processes: u64, each: u64) -> u64 {
    let choose = |n: u64, k: u64| (1..=k).fold(1, |product, i| product * (n - k + i) / i);
    (1..=processes).map(|p| choose(p * each, each)).product()
}
