//! Interleavings as small stories: a column for each process, and a mark where one differs from another.

use console::measure_text_width;

use super::Interleaving;
use crate::notes::claims::Claims;
use crate::report::columns::{layout, printable};
use crate::trace::{End, Pid, What};

/// Stands before what comes elsewhere than in the story compared with.
const MARK: &str = "›";

/// What happens in an interleaving, as lines of text: the processes' names, then a line for each thing that is seen.
///
/// Processes are called by their roles in the notes, if there are any, and by their names in schedules. What stands
/// elsewhere in the story of `other`, or nowhere, is marked.
pub fn story(claims: Option<&Claims>, interleaving: &Interleaving, other: Option<&Interleaving>) -> Vec<String> {
    let scenes = scenes(interleaving);
    let kept = match other {
        Some(other) => common(&scenes, &self::scenes(other)),
        None => vec![true; scenes.len()],
    };
    let mut rows = vec![(String::new(), titles(claims, interleaving))];
    for (scene, kept) in scenes.into_iter().zip(kept) {
        let mut cells = vec![String::new(); interleaving.processes.len()];
        cells[scene.0] = printable(&scene.1);
        rows.push((if kept { String::new() } else { MARK.to_owned() }, cells));
    }
    // Who is never heard of needs no column.
    let silent: Vec<usize> = (0..interleaving.processes.len())
        .filter(|&process| rows[1..].iter().all(|(_, cells)| measure_text_width(&cells[process]) == 0))
        .collect();
    for (_, cells) in &mut rows {
        for &process in silent.iter().rev() {
            cells.remove(process);
        }
    }
    let mut text = layout(rows);
    text.extend(interleaving.deadlock.iter().map(|waiting| {
        format!("{} {}", interleaving.name(waiting.pid), super::normalise(&waiting.what, &interleaving.tasks))
    }));
    text
}

fn titles(claims: Option<&Claims>, interleaving: &Interleaving) -> Vec<String> {
    let roles = claims.map(|claims| claims.roles_in(&interleaving.trace)).unwrap_or_default();
    let title = |pid: &Pid| {
        let role = roles.get(pid).and_then(|&role| claims.map(|claims| claims.roles[role].name.as_str()));
        format!("{} {}", role.unwrap_or("process"), interleaving.name(*pid))
    };
    interleaving.processes.iter().map(title).collect()
}

/// What is seen: lines, and ends that are not a success.
fn scenes(interleaving: &Interleaving) -> Vec<(usize, String)> {
    let scenes = interleaving.trace.events.iter().filter_map(|event| {
        let text = match &event.what {
            What::Line(text) => text.clone(),
            What::Garbled(garbled) => format!("\"{}\" ({})", garbled.start, garbled.fault),
            What::Ended(End::Exited(0)) | What::Seen { .. } | What::Stderr(_) => return None,
            What::Ended(end) => format!("({end})"),
        };
        let process = interleaving.processes.iter().rposition(|&pid| pid == event.pid)?;
        Some((process, super::normalise(&text, &interleaving.tasks)))
    });
    scenes.collect()
}

/// Which of `ours` belong to a longest common subsequence with `theirs`.
fn common<T: PartialEq>(ours: &[T], theirs: &[T]) -> Vec<bool> {
    let (rows, columns) = (ours.len() + 1, theirs.len() + 1);
    let mut longest = vec![0u32; rows * columns];
    for i in (0..ours.len()).rev() {
        for j in (0..theirs.len()).rev() {
            longest[i * columns + j] = if ours[i] == theirs[j] {
                longest[(i + 1) * columns + j + 1] + 1
            } else {
                longest[(i + 1) * columns + j].max(longest[i * columns + j + 1])
            };
        }
    }
    let mut kept = vec![false; ours.len()];
    let (mut i, mut j) = (0, 0);
    while i < ours.len() && j < theirs.len() {
        if ours[i] == theirs[j] {
            kept[i] = true;
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * columns + j] >= longest[i * columns + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    kept
}
