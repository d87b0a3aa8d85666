//! Interleavings as small stories: a column for each process, and a mark where one differs from another.

use console::measure_text_width;

use interleave::explore::{Interleaving, normalise};

use super::columns::{GAP, layout};
use super::printable::{printable, shortened};
use crate::notes::claims::Claims;
use crate::{key, words};
use interleave::trace::{End, Pid, What};

/// Stands before what comes elsewhere than in the story compared with.
const MARK: &str = "›";

/// What happens in an interleaving, as lines of text: the processes' names, then a line for each thing that is seen.
///
/// Processes are called by their roles in the notes, if there are any, and by their names in schedules. What stands
/// elsewhere in the story of `other`, or nowhere, is marked.
pub fn story(claims: Option<&Claims>, interleaving: &Interleaving, other: Option<&Interleaving>) -> Vec<String> {
    let scenes = scenes_of(interleaving);
    let kept = match other {
        Some(other) => common(&scenes, &scenes_of(other)),
        None => vec![true; scenes.len()],
    };
    let mark = |kept: bool| if kept { String::new() } else { MARK.to_owned() };
    // Who is never heard of needs no column, nor who only writes to standard error.
    let seen = |process: &usize| scenes.iter().any(|scene| matches!(scene, Scene::Cell(of, _) if of == process));
    let columns: Vec<usize> = (0..interleaving.processes.len()).filter(seen).collect();
    let titles = titles(claims, interleaving);
    let mut rows = vec![(String::new(), columns.iter().map(|&process| titles[process].clone()).collect())];
    let mut wide: Vec<(usize, String)> = Vec::new();
    // As wide as what stands before the first column.
    let margin = if kept.iter().all(|kept| *kept) { 0 } else { measure_text_width(MARK) + GAP };
    for (scene, kept) in scenes.iter().zip(kept) {
        match scene {
            Scene::Cell(of, text) => {
                let cell = |process: &usize| if process == of { text.clone() } else { String::new() };
                rows.push((mark(kept), columns.iter().map(cell).collect::<Vec<String>>()));
            }
            Scene::Row(of, text) => {
                let name = interleaving.name(interleaving.processes[*of]);
                wide.push((rows.len(), format!("{:margin$}{name} 2> {text}", mark(kept))));
            }
        }
    }
    let is_empty = columns.is_empty();
    let mut text = layout(rows);
    for (before, row) in wide.into_iter().rev() {
        text.insert(before, row);
    }
    if is_empty {
        text.remove(0); // nobody has a column, and so a title
    }
    let waiting = interleaving.who_waits().into_iter();
    text.extend(waiting.map(|(name, what)| format!("{name} {}", printable(&words::waits(&what).told()))));
    text
}

fn titles(claims: Option<&Claims>, interleaving: &Interleaving) -> Vec<String> {
    let roles = claims.map(|claims| claims.roles_of(&interleaving.processes, &interleaving.trace)).unwrap_or_default();
    let title = |pid: &Pid| {
        let role = roles.get(pid).and_then(|&role| claims.map(|claims| claims.roles[role].name.as_str()));
        format!("{} {}", printable(role.unwrap_or(words::told(key!("process")))), interleaving.name(*pid))
    };
    interleaving.processes.iter().map(title).collect()
}

/// Something that is seen, and of which process.
#[derive(PartialEq)]
enum Scene {
    /// In that process's column.
    Cell(usize, String),
    /// In a row of its own, since it is often long: what is written to standard error.
    Row(usize, String),
}

/// What is seen: lines, what was written to standard error, and ends that are not a success. Made safe for a terminal.
fn scenes_of(interleaving: &Interleaving) -> Vec<Scene> {
    let mut scenes = Vec::new();
    for event in &interleaving.trace.events {
        let Some(process) = interleaving.processes.iter().rposition(|&pid| pid == event.pid) else { continue };
        let named = |text: &str| normalise(text, &interleaving.tasks);
        match &event.what {
            What::Line(text) => scenes.push(Scene::Cell(process, shortened(&named(text)))),
            What::Garbled(garbled) => {
                let text =
                    format!("\"{}\" ({})", shortened(&named(&garbled.start)), words::fault(garbled.fault).told());
                scenes.push(Scene::Cell(process, text));
            }
            // The message of a failing test is wanted whole.
            What::Stderr(text) => {
                scenes.extend(text.lines().map(|line| Scene::Row(process, printable(&named(line)))));
            }
            What::Ended(End::Exited(0))
            | What::Seen { .. }
            | What::Worked(_)
            | What::Waited(_)
            | What::Shares { .. }
            | What::Reaped(_)
            | What::Told { .. }
            | What::Threads(_) => {}
            What::Ended(end) => scenes.push(Scene::Cell(process, format!("({})", words::end(*end).told()))),
        }
    }
    scenes
}

/// How large a table may be in which the longest common subsequence is looked for, in cells.
const LARGEST_TABLE: usize = 1 << 22;

/// Which of `ours` belong to a longest common subsequence with `theirs`. Between very long stories that differ nearly everywhere it
/// is not looked for: then everything between their common beginning and their common end counts as different.
fn common<T: PartialEq>(ours: &[T], theirs: &[T]) -> Vec<bool> {
    let start = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let (ours_left, theirs_left) = (&ours[start..], &theirs[start..]);
    let end = ours_left.iter().rev().zip(theirs_left.iter().rev()).take_while(|(a, b)| a == b).count();
    let ours_left = &ours_left[..ours_left.len() - end];
    let theirs_left = &theirs_left[..theirs_left.len() - end];
    let mut kept = vec![true; start];
    if (ours_left.len() + 1).saturating_mul(theirs_left.len() + 1) <= LARGEST_TABLE {
        kept.extend(common_between(ours_left, theirs_left));
    } else {
        kept.extend(ours_left.iter().map(|_| false));
    }
    kept.extend(std::iter::repeat_n(true, end));
    kept
}

fn common_between<T: PartialEq>(ours: &[T], theirs: &[T]) -> Vec<bool> {
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

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn what_comes_elsewhere_is_told_apart() {
        let kept = |ours: &str, theirs: &str| -> String {
            let (ours, theirs): (Vec<char>, Vec<char>) = (ours.chars().collect(), theirs.chars().collect());
            ours.iter().zip(common(&ours, &theirs)).map(|(c, kept)| if kept { *c } else { '-' }).collect()
        };
        assert_eq!(kept("abcde", "abcde"), "abcde");
        assert_eq!(kept("abxde", "abde"), "ab-de");
        assert_eq!(kept("abde", "abxde"), "abde");
        assert_eq!(kept("xab", "aby"), "-ab");
        assert_eq!(kept("", "a"), "");
        let (long, other) = (["a"; 3000], ["b"; 3000]);
        assert!(common(&long, &other).iter().all(|kept| !kept));
    }
}
