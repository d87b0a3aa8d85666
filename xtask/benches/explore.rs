//! How many interleavings a second are explored, what one costs beside a plain run of the same program, and how that grows
//! with processes and lines. The number of interleavings stands beside what combinatorics predicts.
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
use std::time::Instant;

use model::{Op, Script};
use xtask::explore::{Job, explore};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, name, argument] = arguments.as_slice()
        && role == "role"
    {
        programs::run(name, argument);
    }
    println!("processes  lines each  predicted  found   runs  runs/s  plain/s  cost of a run / plain run");
    for (processes, each) in [(2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (3, 2), (3, 3), (4, 2)] {
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

    // As many at a time as there are keepers, or the comparison would be with half of the machine.
    let job = Job { xtask: PathBuf::from(env!("CARGO_BIN_EXE_xtask")), ..Job::new("program", command) };
    let plain = 200;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..job.workers {
            scope.spawn(|| {
                for _ in 0..plain / job.workers {
                    Command::new(&own).args(&arguments).stdout(Stdio::piped()).output().unwrap();
                }
            });
        }
    });
    let plain = f64::from(u32::try_from(plain).unwrap()) / start.elapsed().as_secs_f64();

    let start = Instant::now();
    let found = explore(&job, |_| ControlFlow::Continue(())).unwrap();
    let runs = found.explored + found.pruned;
    let rate = runs as f64 / start.elapsed().as_secs_f64();
    let (distinct, predicted) = (found.distinct, multinomial(processes as u64, each.into()));
    println!(
        "{processes:>9}  {each:>10}  {predicted:>9}  {distinct:>5}  {runs:>5}  {rate:>6.0}  {plain:>7.0}  {:>8.2}",
        plain / rate
    );
}

/// The orders of so many processes' lines, each process's in its own order.
fn multinomial(processes: u64, each: u64) -> u64 {
    let choose = |n: u64, k: u64| (1..=k).fold(1, |product, i| product * (n - k + i) / i);
    (1..=processes).map(|p| choose(p * each, each)).product()
}
