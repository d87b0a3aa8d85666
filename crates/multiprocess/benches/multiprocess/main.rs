//! `cargo bench -p multiprocess [-- --json FILE]`: how fast this library is, beside bare system calls and shared memory,
//! beside its peers in Rust, and beside Python's multiprocessing, all measured in the same run.
//!
//! Each sample is taken in a process of its own, and the samples take turns, so that whatever else the machine does
//! in the meantime falls on all of them. Where a row is compared with what the system itself needs for the same, the two
//! take turns many times within a sample. What is printed is the median.
#![allow(clippy::unwrap_used, reason = "a measurement that fails is no measurement")]

mod bare;
mod ours;
mod peers;
mod report;
mod rows;

use std::io::IsTerminal;
use std::ops::Range;
use std::process::{Command, Stdio};

use rows::Row;

/// Samples of each cell. The first takes the blame for cold caches.
const ROUNDS: usize = 7;

/// What one cell of the table measures.
pub struct Cell {
    /// Whose it is.
    pub column: &'static str,
    /// What a `limit` is made of; empty in other columns.
    pub label: &'static str,
    /// One measurement, in the unit of the row.
    pub sample: fn() -> f64,
}

fn main() {
    // SAFETY: procspawn finds a function in its new process by its distance from the start of this program, which is
    // where all functions that we give to it are: in no shared library.
    unsafe { procspawn::assert_spawn_is_safe() };
    procspawn::init();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut json, mut filters) = (None, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--sample" => {
                let places: Vec<usize> = arguments.by_ref().map(|n| n.parse().unwrap()).collect();
                return take_turns(&rows::ROWS[places[0]], &places[1..]);
            }
            "--json" => json = Some(arguments.next().expect("--json FILE")),
            "--help" => return println!("cargo bench -p multiprocess [-- [--json FILE] [WORDS OF A ROW]...]"),
            _ => filters.push(argument),
        }
    }
    let wanted = |row: &Row| filters.is_empty() || filters.iter().any(|filter| row.work.contains(filter.as_str()));
    let has_iceoryx2 = |row: &&Row| wanted(row) && row.cells.iter().any(|cell| cell.column == "iceoryx2");
    if rows::ROWS.iter().any(|row| has_iceoryx2(&row)) {
        progress("builds iceoryx2");
        peers::build_iceoryx2();
    }
    // samples[row][cell]
    let mut samples: Vec<Vec<Vec<f64>>> = rows::ROWS.iter().map(|row| vec![Vec::new(); row.cells.len()]).collect();
    for round in 1..=ROUNDS {
        for (r, row) in rows::ROWS.iter().enumerate().filter(|(_, row)| wanted(row)) {
            progress(&format!("round {round} of {ROUNDS}: {}", row.work));
            let together = if row.turns > 1 { 2 } else { 1 };
            let cells = std::iter::once(0..together).chain((together..row.cells.len()).map(|c| c..c + 1));
            for cells in cells {
                for (c, sample) in cells.clone().zip(sample(r, cells)) {
                    samples[r][c].push(sample);
                }
            }
        }
    }
    progress("");
    let table: Vec<report::Line> = rows::ROWS
        .iter()
        .zip(samples)
        .filter(|(row, _)| wanted(row))
        .map(|(row, samples)| report::Line { row, samples })
        .collect();
    report::print(&table);
    if let Some(file) = json {
        std::fs::write(&file, report::json(&table)).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

/// Says on a terminal how far it is.
fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

/// Takes one sample of each of the cells, all in one process, which is their own; none, if it failed or (Python) is not
/// there.
fn sample(row: usize, cells: Range<usize>) -> Vec<f64> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--sample", &row.to_string()])
        .args(cells.map(|cell| cell.to_string()))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let numbers = String::from_utf8(output.stdout).unwrap();
    let numbers = numbers.lines().map(|number| number.parse().ok().filter(|number: &f64| number.is_finite()));
    numbers.collect::<Option<_>>().filter(|_| output.status.success()).unwrap_or_default()
}

/// In the process of a sample: prints the mean of each cell's measurements.
fn take_turns(row: &Row, cells: &[usize]) {
    let turns = if cells.len() > 1 { row.turns } else { 1 };
    let mut sums = vec![0.0; cells.len()];
    for _ in 0..turns {
        for (sum, &cell) in sums.iter_mut().zip(cells) {
            *sum += (row.cells[cell].sample)();
        }
    }
    for sum in sums {
        println!("{}", sum / turns as f64);
    }
}
