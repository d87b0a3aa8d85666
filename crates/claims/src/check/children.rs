//! The rules that ask who is whose child, and who has waited for whom.
//!
//! Of an exploration all of that is known. In real time a child that ends soon may not be seen, and who loses its parent soon is seen as
//! somebody else's: so such a run breaks none of these rules but where it cannot be mistaken.

use std::collections::BTreeMap;

use super::reading::Reading;
use super::ruling::{Ruling, found_out, missing};
use crate::notes::claims::{Line, Times};
use crate::notes::pattern::{CODE, SIGNAL};
use crate::say;
use crate::words::{self, Say};
use interleave::trace::{End, Pid, What};

/// Of each pair, whether whoever plays the first role was started by who plays the second: itself, or through processes that play none.
pub fn started_by(pairs: &[(usize, usize)], reading: &Reading) -> Ruling {
    let parents = reading.parents();
    if parents.is_empty() {
        return Ruling::Silent(say!("it does not tell who started whom"));
    }
    let mut unknown = false;
    for (&pid, role) in &reading.roles {
        for (_, wanted) in pairs.iter().filter(|(child, _)| child == role) {
            let found = forebear(pid, &parents, reading);
            let is_known = found.is_some() || pid == reading.trace.header.root || reading.trace.header.virtual_time;
            if found.is_some_and(|found| reading.roles.get(&found) == Some(wanted)) {
                continue;
            }
            if !is_known || !reading.trace.header.virtual_time && may_be_adopted(pid, &parents, reading) {
                unknown = true;
                continue;
            }
            let name = |role: usize| &reading.claims.roles[role].name;
            let by = match found.and_then(|found| reading.roles.get(&found)) {
                Some(&role) => say!("the {}", name(role)),
                None => say!("nobody that the notes know"),
            };
            let why = say!("the {} was started by {}, not by the {}", name(*role), by, name(*wanted));
            let first_line = |of: Pid| reading.printed.iter().find(|line| line.pid == of).map(|line| line.event);
            let events: Vec<usize> = [found, Some(pid)].into_iter().flatten().filter_map(first_line).collect();
            return found_out(why, events);
        }
    }
    if unknown {
        Ruling::Silent(say!("in this run in real time it could not be seen who started whom"))
    } else {
        Ruling::Holds
    }
}

/// The nearest of those that a process descends from that plays a role.
fn forebear(pid: Pid, parents: &BTreeMap<Pid, (Option<Pid>, usize)>, reading: &Reading) -> Option<Pid> {
    let mut of = pid;
    // A trace that somebody has written may run in a circle.
    for _ in 0..parents.len() {
        of = parents.get(&of)?.0?;
        if reading.roles.contains_key(&of) {
            return Some(of);
        }
    }
    None
}

/// Whether any process had ended before this one was seen, which so may have had another parent.
fn may_be_adopted(pid: Pid, parents: &BTreeMap<Pid, (Option<Pid>, usize)>, reading: &Reading) -> bool {
    let seen = parents.get(&pid).map_or(0, |(_, seen)| *seen);
    reading.ends().values().any(|&end| !reading.trace.surely_before(seen, end))
}

/// Whether whoever prints `before` has waited by then for each child that it has started, and for so many.
pub fn reaped(times: Times, before: &Line, reading: &Reading) -> Ruling {
    let lines = reading.lines(before);
    if lines.is_empty() {
        return match reading.is_cut() {
            true => Ruling::Silent(say!("the run was left unfinished")),
            false => missing(say!("{} never came", say!("\"{}\"", &before.text)), []),
        };
    }
    if !reading.trace.header.virtual_time {
        return Ruling::Silent(say!("who waits for which child is known of explored runs only"));
    }
    for line in lines {
        let own = reading.trace.events[..line.event].iter().enumerate();
        let waited_for: Vec<Pid> = own
            .clone()
            .filter_map(|(_, event)| match event.what {
                What::Reaped(child) if event.pid == line.pid => Some(child),
                _ => None,
            })
            .collect();
        let left = own
            .clone()
            .find(|(_, event)| event.what == What::Seen { parent: Some(line.pid) } && !waited_for.contains(&event.pid));
        if let Some((seen, event)) = left {
            let has_ended =
                own.clone().any(|(_, other)| other.pid == event.pid && matches!(other.what, What::Ended(_)));
            let why = match has_ended {
                true => say!("a child has ended, and its parent has not waited for it: it is a zombie"),
                false => say!("a child is still there, and its parent has not waited for it"),
            };
            return found_out(why, [seen, line.event]);
        }
        let number = waited_for.len();
        if number < times.min || times.max.is_some_and(|max| number > max) {
            let why = say!("by this line its process has waited for {} of its children, not {}", number, times.words());
            return found_out(why, [line.event]);
        }
    }
    Ruling::Holds
}

/// Whether these lines tell of each child of the process that prints them how it has ended.
pub fn tells_ends(lines: &[Line], reading: &Reading) -> Ruling {
    let mut told = Vec::new();
    let mut of: BTreeMap<Pid, Vec<(usize, End)>> = BTreeMap::new();
    let parents = reading.parents();
    for (index, event) in reading.trace.events.iter().enumerate() {
        if let (What::Ended(end), Some((Some(parent), _))) = (&event.what, parents.get(&event.pid)) {
            of.entry(*parent).or_default().push((index, *end));
        }
    }
    lines.iter().for_each(|line| told.extend(reading.lines(line)));
    told.sort_by_key(|line| line.event);
    let is_explored = reading.trace.header.virtual_time;
    if told.is_empty() {
        return match (reading.is_cut(), lines.first()) {
            (false, Some(line)) => missing(say!("{} never came", say!("\"{}\"", &line.text)), []),
            _ => Ruling::Silent(say!("the run was left unfinished")),
        };
    }
    let unseen = || Ruling::Silent(say!("in a run in real time a child that ends soon may not be seen"));
    for line in &told {
        let ends = of.entry(line.pid).or_default();
        let says = |end: End| match end {
            End::Exited(code) => line.value(CODE) == Some(code.to_string()),
            End::Signaled(signal) => line.value(SIGNAL) == Some(signal.to_string()),
            End::Unknown => true,
        };
        let fitting = ends.iter().position(|(_, end)| says(*end));
        match fitting {
            Some(child) if !reading.trace.surely_before(line.event, ends[child].0) => drop(ends.remove(child)),
            _ if !is_explored => return unseen(),
            Some(child) => {
                let why = say!("it is said before the child has ended");
                return found_out(why, [line.event, ends[child].0]);
            }
            None => {
                return found_out(
                    say!("none of its children that it has not told of yet has ended in this way"),
                    [line.event],
                );
            }
        }
    }
    let tellers: Vec<Pid> = told.iter().map(|line| line.pid).collect();
    let untold = of.iter().find_map(|(parent, ends)| ends.first().filter(|_| tellers.contains(parent)));
    match untold {
        Some(_) if !is_explored => unseen(),
        Some(_) if reading.is_cut() => Ruling::Silent(say!("the run was left unfinished")),
        Some(&(index, end)) => {
            let why: Say = say!("of a child that {} nothing is said", words::end(end));
            found_out(why, [index])
        }
        None => Ruling::Holds,
    }
}
