//! How those who take steps are numbered and named.

use crate::sandbox::FIRST_OF_ITS_WORLD;
use crate::trace::Pid;

/// Somebody who can take a step: a thread of the program, numbered in the order of creation; or what comes by itself, a timer that goes
/// off (`timer`) or a signal that has its effect on a process (`strike`).
pub type TaskId = u16;

/// From here on a number means no thread: so many of each process, of which the last is its strike.
const LANES: TaskId = 0x8000;
const LANES_EACH: TaskId = 8;
const STRIKE: TaskId = LANES_EACH - 1;

/// The one that lets the timer of this number of a process go off; `None` if it has too many.
pub fn timer(process: usize, number: usize) -> Option<TaskId> {
    lane(process, TaskId::try_from(number).ok().filter(|&number| number < STRIKE)?)
}

/// The one that lets a signal kill or stop a process; `None` if there are too many processes.
pub fn strike(process: usize) -> Option<TaskId> {
    lane(process, STRIKE)
}

fn lane(process: usize, number: TaskId) -> Option<TaskId> {
    let process = TaskId::try_from(process).ok().filter(|&process| process < LANES / LANES_EACH)?;
    Some(LANES | (process * LANES_EACH + number))
}

/// Whether this is a thread of the program, and neither a timer nor a strike.
pub fn is_thread(task: TaskId) -> bool {
    task < LANES
}

/// The process, by number, on which a signal has its effect, if this is that.
pub fn struck(task: TaskId) -> Option<usize> {
    (!is_thread(task) && task % LANES_EACH == STRIKE).then(|| usize::from((task - LANES) / LANES_EACH))
}

/// The name of a task in a schedule: `a` for the first; a timer is `(t1)`, and what a signal does to the second process `(s2)`.
pub fn task_name(task: TaskId) -> String {
    match task {
        0..26 => char::from(b'a' + task as u8).to_string(),
        LANES.. => match struck(task) {
            Some(process) => format!("(s{})", process + 1),
            None => format!("(t{})", task - LANES),
        },
        _ => format!("({})", task + 1),
    }
}

/// The task of such a name without its parentheses.
pub fn task_by_number(text: &str) -> Option<TaskId> {
    if let Some(process) = text.strip_prefix('s') {
        return strike(process.parse::<usize>().ok()?.checked_sub(1)?);
    }
    match text.strip_prefix('t') {
        Some(number) => number.parse::<TaskId>().ok().filter(|&n| n < LANES).map(|n| LANES | n),
        None => text.parse::<TaskId>().ok().filter(|&n| (1..=LANES).contains(&n)).map(|n| n - 1),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for task in [Some(0), Some(25), Some(26), timer(0, 0), timer(3, 6), strike(0), strike(17)] {
            let task = task.unwrap();
            let name = task_name(task);
            let read = match name.strip_prefix('(').and_then(|name| name.strip_suffix(')')) {
                Some(number) => task_by_number(number),
                None => Some(TaskId::from(name.as_bytes()[0] - b'a')),
            };
            assert_eq!(read, Some(task), "{name}");
        }
        assert_eq!(timer(0, 7), None);
        assert_eq!([task_name(strike(1).unwrap()), task_name(timer(1, 0).unwrap())], ["(s2)", "(t8)"]);
        assert_eq!(struck(strike(4).unwrap()), Some(4));
        assert_eq!([struck(4), struck(timer(4, 6).unwrap())], [None; 2]);
    }
}
