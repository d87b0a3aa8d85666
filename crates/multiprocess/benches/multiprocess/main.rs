//! `cargo bench -p multiprocess [-- --json FILE]`: how fast this library is, beside bare system calls and shared memory,
//! beside its peers in Rust, and beside Python's multiprocessing, all measured in the same run.
//!
//! Each sample is taken in a process of its own, and the samples take turns, so that whatever else the machine does
//! in the meantime falls on all of them. What is printed is the median.
#![allow(clippy::unwrap_used, reason = "a measurement that fails is no measurement")]

mod bare;
mod ours;
mod peers;
mod report;
mod rows;

use std::io::IsTerminal;
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
                let place: Vec<usize> = arguments.by_ref().map(|n| n.parse().unwrap()).collect();
                println!("{}", (rows::ROWS[place[0]].cells[place[1]].sample)());
                return;
            }
            "--json" => json = Some(arguments.next().expect("--json FILE")),
            "--help" => return println!("cargo bench -p multiprocess [-- [--json FILE] [WORDS OF A ROW]...]"),
            _ => filters.push(argument),
        }
    }
    let wanted = |row: &Row| filters.is_empty() || filters.iter().any(|filter| row.work.contains(filter.as_str()));
    // samples[row][cell]
    let mut samples: Vec<Vec<Vec<f64>>> = rows::ROWS.iter().map(|row| vec![Vec::new(); row.cells.len()]).collect();
    for round in 1..=ROUNDS {
        for (r, row) in rows::ROWS.iter().enumerate().filter(|(_, row)| wanted(row)) {
            progress(&format!("round {round} of {ROUNDS}: {}", row.work));
            for (c, of_cell) in samples[r].iter_mut().enumerate() {
                of_cell.extend(sample(r, c));
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

/// Takes one sample in a process of its own; nothing, if it failed or (Python) is not there.
fn sample(row: usize, cell: usize) -> Option<f64> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(["--sample", &row.to_string(), &cell.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let number: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    (output.status.success() && number.is_finite()).then_some(number)
}
