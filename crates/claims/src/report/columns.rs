//! Events in columns, one for each process.

use console::{Alignment, measure_text_width, pad_str};

use super::printable::{printable, shortened};
use crate::notes::claims::Claims;
use crate::{say, words};
use interleave::trace::{Event, Pid, Trace, What};

/// The events of `trace` with these indices, as lines of text: when, and in the column of its process, what.
///
/// The first line names the processes. Times are there only if the trace has them.
pub fn columns(claims: &Claims, trace: &Trace, events: &[usize]) -> Vec<String> {
    let events: Vec<&Event> = events.iter().filter_map(|index| trace.events.get(*index)).collect();
    let mut processes: Vec<Pid> = Vec::new();
    for event in &events {
        if !processes.contains(&event.pid) {
            processes.push(event.pid);
        }
    }
    let roles = claims.roles_of(&processes, trace);
    // The roles' order in the notes is the order of the columns.
    processes.sort_by_key(|pid| roles.get(pid).copied().unwrap_or(usize::MAX));
    let title = |pid: &Pid| match roles.get(pid) {
        Some(role) => format!("{} {pid}", printable(&claims.roles[*role].name)),
        None => say!("process {}", *pid).told(),
    };
    let mut rows = vec![(String::new(), processes.iter().map(title).collect::<Vec<String>>())];
    for event in &events {
        let when = event.at.map_or(String::new(), |at| format!("{:.3} s", at.by));
        let cell = |pid: &Pid| if *pid == event.pid { what(event) } else { String::new() };
        rows.push((when, processes.iter().map(cell).collect()));
    }
    layout(rows)
}

/// What an event is, in a few words that are safe to print on a terminal.
pub fn what(event: &Event) -> String {
    match &event.what {
        What::Seen { .. } => say!("(starts)").told(),
        What::Line(text) => shortened(text),
        What::Garbled(garbled) => format!("\"{}\" ({})", shortened(&garbled.start), words::fault(garbled.fault).told()),
        What::Stderr(text) => shortened(text.trim_end()),
        What::Worked(seconds) => say!("(has worked for {} s)", format!("{seconds:.3}")).told(),
        What::Waited(seconds) => say!("(has waited for {} s)", format!("{seconds:.3}")).told(),
        What::Shares { with, .. } => say!("(shares memory with process {})", *with).told(),
        What::Reaped(child) => say!("(has waited for process {})", *child).told(),
        What::Told { what, by } => format!("({})", words::told_of(*what, by.map(|pid| pid.to_string())).told()),
        What::Threads(threads) => format!("({})", words::threads(*threads).told()),
        What::Ended(end) => format!("({})", words::end(*end).told()),
    }
}

/// How far columns are apart.
pub const GAP: usize = 3;

/// Aligns rows of a left margin and cells.
pub fn layout(rows: Vec<(String, Vec<String>)>) -> Vec<String> {
    let margin = rows.iter().map(|(margin, _)| measure_text_width(margin)).max().unwrap_or(0);
    let cells = rows.first().map_or(0, |(_, cells)| cells.len());
    let width = |cell: usize| rows.iter().map(|(_, cells)| measure_text_width(&cells[cell])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..cells).map(width).collect();
    let line = |(left, cells): &(String, Vec<String>)| {
        let mut line = pad_str(left, margin, Alignment::Right, None).into_owned();
        for (cell, width) in cells.iter().zip(&widths) {
            if !line.is_empty() {
                line.push_str(&" ".repeat(GAP));
            }
            line.push_str(&pad_str(cell, *width, Alignment::Left, None));
        }
        line.trim_end().to_string()
    };
    rows.iter().map(line).collect()
}
