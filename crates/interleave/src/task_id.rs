//! How those who take steps are numbered and named.

use crate::sandbox::FIRST_OF_ITS_WORLD;
use crate::trace::Pid;

/// Somebody who can take a step: a thread of the program, numbered in the order of creation, or a timer (`timer`).
pub type TaskId = u16;

/// From here on a number means a timer: so many of each process.
const TIMERS: TaskId = 0x8000;
const TIMERS_EACH: TaskId = 8;

/// The one that lets the timer of this number of a process go off; `None` if it has too many.
pub fn timer(process: usize, number: usize) -> Option<TaskId> {
    let process = TaskId::try_from(process).ok().filter(|&process| process < TIMERS / TIMERS_EACH)?;
    let number = TaskId::try_from(number).ok().filter(|&number| number < TIMERS_EACH)?;
    Some(TIMERS | (process * TIMERS_EACH + number))
}

/// Whether this is a timer.
pub fn is_timer(task: TaskId) -> bool {
    task >= TIMERS
}

/// The name of a task in a schedule: `a` for the first; a timer is `(t1)`.
pub fn task_name(task: TaskId) -> String {
    match task {
        0..26 => char::from(b'a' + task as u8).to_string(),
        TIMERS.. => format!("(t{})", task - TIMERS),
        _ => format!("({})", task + 1),
    }
}

/// The task of such a name without its parentheses.
pub fn task_by_number(text: &str) -> Option<TaskId> {
    match text.strip_prefix('t') {
        Some(number) => number.parse::<TaskId>().ok().filter(|&n| n < TIMERS).map(|n| TIMERS | n),
        None => text.parse::<TaskId>().ok().filter(|&n| (1..=TIMERS).contains(&n)).map(|n| n - 1),
    }
}

/// Replaces each number that is the kernel's for a task by the task's name.
pub fn normalise(text: &str, tasks: &[Pid]) -> String {
    if tasks.first() == Some(&FIRST_OF_ITS_WORLD) {
        // In a world of its own a program's numbers are the same in every run.
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| start + end);
        let task = rest[start..end].parse().ok().and_then(|number: Pid| tasks.iter().rposition(|&tid| tid == number));
        out.push_str(&rest[..start]);
        match task {
            Some(task) => out.push_str(&task_name(task as u16)),
            None => out.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
