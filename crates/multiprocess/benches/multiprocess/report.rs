//! The table, for people and as JSON.

use serde_json::{Value, json};

use crate::rows::{Goal, Row, Unit};

pub struct Line {
    pub row: &'static Row,
    /// Of each cell of the row.
    pub samples: Vec<Vec<f64>>,
}

const PEERS: [&str; 4] = ["ipc-channel", "iceoryx2", "procspawn", "Python"];

pub fn print(table: &[Line]) {
    println!("Medians. Beside each, in brackets: how many times as fast (or as small) ours is.\n");
    let mut lines = vec![
        ["work", "ours", "to reach", "limit", "", "ipc-channel", "iceoryx2", "procspawn", "Python"].map(String::from),
    ];
    for line in table {
        let medians = line.medians();
        let cell = |c: usize| match medians[c] {
            Some(median) => format!("{} ({})", line.row.unit.show(median), line.ratio(c).map_or("–".into(), times)),
            None => "–".into(),
        };
        let column = |name: &str| line.row.cells.iter().position(|cell| cell.column == name);
        let mut limits = (0..line.row.cells.len()).filter(|&c| line.row.cells[c].column == "limit");
        let first = limits.next();
        let mut cells = vec![
            line.row.work.to_string(),
            medians[0].map_or("–".into(), |median| line.row.unit.show(median)),
            line.goal().map_or(String::new(), |(goal, reached)| {
                let sign = if matches!(line.row.unit, Unit::PerSecond | Unit::BytesPerSecond) { "≥" } else { "≤" };
                format!("{sign} {} {}", line.row.unit.show(goal), if reached { "✓" } else { "✗" })
            }),
            first.map_or(String::new(), |c| line.row.cells[c].label.to_string()),
            first.map_or("–".into(), cell),
        ];
        cells.extend(PEERS.map(|name| column(name).map_or("–".into(), cell)));
        lines.push(cells.try_into().unwrap());
        for c in limits {
            let label = line.row.cells[c].label.to_string();
            lines.push([
                String::new(),
                String::new(),
                String::new(),
                label,
                cell(c),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
    }
    let widths: Vec<usize> =
        (0..lines[0].len()).map(|c| lines.iter().map(|l| l[c].chars().count()).max().unwrap()).collect();
    for (n, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).enumerate();
        let padded: Vec<String> = cells
            .map(
                |(c, (cell, &width))| {
                    if c == 0 || c == 3 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            )
            .collect();
        println!("{}", padded.join("  ").trim_end());
        if n == 0 {
            println!("{}", "─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
        }
    }
}

pub fn json(table: &[Line]) -> String {
    let rows: Vec<Value> = table
        .iter()
        .map(|line| {
            let medians = line.medians();
            let cells: Vec<Value> = line
                .row
                .cells
                .iter()
                .enumerate()
                .map(|(c, cell)| {
                    json!({
                        "column": cell.column,
                        "label": cell.label,
                        "median": medians[c],
                        "ours_is_so_many_times_as_good": line.ratio(c),
                        "samples": line.samples[c],
                    })
                })
                .collect();
            json!({
                "work": line.row.work,
                "unit": line.row.unit.name(),
                "goal": line.goal().map(|(goal, _)| goal),
                "reached": line.goal().map(|(_, reached)| reached),
                "cells": cells,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "rows": rows }))
}

impl Line {
    fn medians(&self) -> Vec<Option<f64>> {
        self.samples.iter().map(|samples| median(samples)).collect()
    }

    /// How many times as good as the cell ours is.
    fn ratio(&self, cell: usize) -> Option<f64> {
        let (ours, theirs) = (median(&self.samples[0])?, median(&self.samples[cell])?);
        Some(if self.row.unit.more_is_better() { ours / theirs } else { theirs / ours })
    }

    /// What is to be reached, in the row's unit, and whether it is.
    fn goal(&self) -> Option<(f64, bool)> {
        let first_limit = self.row.cells.iter().position(|cell| cell.column == "limit");
        let limit = first_limit.and_then(|c| median(&self.samples[c]));
        let goal = match self.row.goal {
            Goal::None => return None,
            Goal::Value(value) => value,
            Goal::TimesLimit(factor) | Goal::OfLimit(factor) => factor * limit?,
        };
        let ours = median(&self.samples[0])?;
        Some((goal, if self.row.unit.more_is_better() { ours >= goal } else { ours <= goal }))
    }
}

fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2} ×") } else { format!("{ratio:.0} ×") }
}

impl Unit {
    fn more_is_better(self) -> bool {
        matches!(self, Unit::PerSecond | Unit::BytesPerSecond)
    }

    fn name(self) -> &'static str {
        match self {
            Unit::PerSecond => "1/s",
            Unit::BytesPerSecond => "B/s",
            Unit::Microseconds => "µs",
            Unit::Kibibytes => "KiB",
        }
    }

    fn show(self, value: f64) -> String {
        match self {
            Unit::PerSecond if value >= 1e6 => format!("{:.1} M/s", value / 1e6),
            Unit::PerSecond => format!("{:.0} k/s", value / 1e3),
            Unit::BytesPerSecond => format!("{:.1} GB/s", value / 1e9),
            Unit::Microseconds => format!("{value:.0} µs"),
            Unit::Kibibytes => format!("{value:.0} KiB"),
        }
    }
}
