//! Schedules: who went on, wherever there was a choice.

use std::fmt;
use std::str::FromStr;

use crate::protocol::{Ends, Looks, Run, Step, TaskId, task_by_number, task_name};

/// How many steps in a row a task takes at most, if others could and nobody says otherwise.
const MOST_IN_A_ROW: usize = 300;

/// Which task went on at each point where more than one could: `b2a` says that the second task went first, and at the
/// next choice too, and then the first.
///
/// Tasks (a process's threads; usually it has one) are named in the order of their creation. After the end of the
/// schedule whoever went on before goes on (but not for ever, while others could), and if it cannot, the first who can; the
/// schedule that leaves everything to that rule is written `-`. Where each of several descriptors is looked at in a step of its own, `l:` comes before all, before
/// that `t:` where each use of a lock of threads is one, before that `m:` where each load and store of shared memory is a step (`mm:` if what the C library does to locks is taken apart as well), and before that `e:` where a
/// process ends in several steps, `ee:` where each descriptor is one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Schedule {
    choices: Vec<TaskId>,
    /// Each load and store of shared memory is a step, with its choice.
    loads: bool,
    /// And so is each of those that the C library does to a lock.
    within: bool,
    /// So is each use of a lock of threads.
    thread_locks: bool,
    /// So is each look at one of several descriptors.
    looks: bool,
    /// In how many steps a process ends. (What somebody sees of that is no reason to begin anew with another schedule.)
    ends: Ends,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            choices: Vec::new(),
            loads: false,
            within: false,
            thread_locks: false,
            looks: false,
            ends: Ends::TooMany,
        }
    }
}

impl Schedule {
    /// The schedule by which a run can be repeated.
    pub(crate) fn of(run: &Run) -> Schedule {
        let mut choices = Vec::new();
        let mut kept = 0;
        for (number, step) in run.steps.iter().enumerate().filter(|(_, step)| step.enabled.len() > 1) {
            choices.push(step.task);
            if default_choice(step.possible(), &run.steps[..number]) != Some(step.task) {
                kept = choices.len();
            }
        }
        choices.truncate(kept);
        let ends = if run.prepared.ends.is_in_steps() { run.prepared.ends } else { Ends::TooMany };
        let (loads, within) = (run.has_loads, run.has_loads && run.prepared.within);
        let (thread_locks, looks) = (run.has_thread_locks, run.prepared.looks == Looks::InTurn);
        Schedule { choices, loads, within, thread_locks, looks, ends }
    }

    /// The tasks to choose.
    pub(crate) fn choices(&self) -> &[TaskId] {
        &self.choices
    }

    /// Whether each load and store of shared memory is a step in it.
    pub(crate) fn has_loads(&self) -> bool {
        self.loads
    }

    /// Whether what the C library does to locks is taken apart in it.
    pub(crate) fn is_within(&self) -> bool {
        self.within
    }

    /// Whether each use of a lock of threads is a step in it.
    pub(crate) fn has_thread_locks(&self) -> bool {
        self.thread_locks
    }

    /// How several descriptors are looked at in it. (That somebody could tell is no reason to begin anew either.)
    pub(crate) fn looks(&self) -> Looks {
        if self.looks { Looks::InTurn } else { Looks::TooMany }
    }

    /// In how many steps a process ends in it.
    pub(crate) fn ends(&self) -> Ends {
        self.ends
    }

    /// How many choices it names.
    pub fn len(&self) -> usize {
        self.choices.len()
    }

    /// Whether it leaves all choices to the rule.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ends {
            Ends::InSteps => f.write_str(ENDS)?,
            Ends::InParts => f.write_str(PARTS)?,
            Ends::AtOnce | Ends::TooMany => {}
        }
        if self.loads {
            f.write_str(if self.within { WITHIN } else { LOADS })?;
        }
        if self.thread_locks {
            f.write_str(THREADS)?;
        }
        if self.looks {
            f.write_str(LOOKS)?;
        }
        if self.choices.is_empty() {
            return f.write_str("-");
        }
        for run in self.choices.chunk_by(|a, b| a == b) {
            f.write_str(&task_name(run[0]))?;
            if run.len() > 1 {
                write!(f, "{}", run.len())?;
            }
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Schedule, String> {
        let fault = |what: &str| format!("{what} in the schedule `{text}`; right would be, for example, `b2a` or `-`");
        let mut choices: Vec<TaskId> = Vec::new();
        let mut rest = text;
        let mut begins_with = |prefix: &str| {
            let after = rest.strip_prefix(prefix);
            rest = after.unwrap_or(rest);
            after.is_some()
        };
        let ends = match () {
            () if begins_with(PARTS) => Ends::InParts,
            () if begins_with(ENDS) => Ends::InSteps,
            () => Ends::TooMany,
        };
        let within = begins_with(WITHIN);
        let loads = within || begins_with(LOADS);
        let thread_locks = begins_with(THREADS);
        let looks = begins_with(LOOKS);
        if rest == "-" {
            return Ok(Schedule { choices, loads, within, thread_locks, looks, ends });
        }
        while let Some(first) = rest.chars().next() {
            let task = match first {
                'a'..='z' => {
                    rest = &rest[1..];
                    first as TaskId - 'a' as TaskId
                }
                '(' => {
                    let (number, after) = rest[1..].split_once(')').ok_or_else(|| fault("a `(` without its `)`"))?;
                    rest = after;
                    task_by_number(number).ok_or_else(|| fault("no task's number between `(` and `)`"))?
                }
                _ => return Err(fault(&format!("an unexpected `{first}`"))),
            };
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let count = match &rest[..digits] {
                "" => 1,
                count => {
                    count.parse().ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(|| fault("a bad count"))?
                }
            };
            rest = &rest[digits..];
            choices.extend(std::iter::repeat_n(task, count));
            if choices.len() > MOST {
                return Err(fault("too many choices"));
            }
        }
        if choices.is_empty() {
            return Err(fault("nothing"));
        }
        Ok(Schedule { choices, loads, within, thread_locks, looks, ends })
    }
}

/// What comes before a schedule in which each load and store of shared memory is a step.
const LOADS: &str = "m:";

/// The same where what the C library does to locks is taken apart.
const WITHIN: &str = "mm:";

/// The same where each use of a lock of threads is one.
const THREADS: &str = "t:";

/// The same where each look at one of several descriptors is.
const LOOKS: &str = "l:";

/// The same where a process ends in several steps.
const ENDS: &str = "e:";

/// What such a schedule begins with where each descriptor is let go of in a step of its own.
const PARTS: &str = "ee:";

/// The most choices a schedule may name.
const MOST: usize = 100_000;

/// Who goes on after these steps if nobody says otherwise: whoever took the last one, else the first. Who would go on for ever
/// has to let others go on in between.
pub fn default_choice(mut enabled: impl Iterator<Item = TaskId> + Clone, steps: &[Step]) -> Option<TaskId> {
    let previous = steps.last().map(|step| step.task);
    let has_had_many =
        steps.len() >= MOST_IN_A_ROW && steps.iter().rev().take(MOST_IN_A_ROW).all(|step| Some(step.task) == previous);
    let other = if has_had_many { enabled.clone().find(|&task| Some(task) != previous) } else { None };
    other.or_else(|| enabled.clone().find(|&task| Some(task) == previous)).or_else(|| enabled.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read_as_they_are_written() {
        for text in
            ["-", "b2a", "m:-", "mm:b", "e:-", "ee:m:ab", "e:m:b2a(s2)(t8)3(27)", "e:a", "l:a2b", "t:a", "ee:m:t:l:-"]
        {
            assert_eq!(text.parse::<Schedule>().map(|schedule| schedule.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "e:", "m:e:a", "mmm:a", "l:m:a", "l:t:a", "(s0)", "(s)", "(t)", "a0", "A"] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
        assert_eq!("e:a".parse::<Schedule>().map(|schedule| schedule.ends()), Ok(Ends::InSteps));
        assert_eq!("e".parse::<Schedule>().map(|schedule| (schedule.ends(), schedule.len())), Ok((Ends::TooMany, 1)));
    }
}
