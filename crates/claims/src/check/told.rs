//! The rules that ask what a process was told, and how many threads it has had, which is known of explored runs.

use super::reading::Reading;
use super::ruling::{Ruling, found_out, missing};
use crate::notes::claims::{Line, Times};
use crate::say;
use crate::words::Say;
use interleave::trace::{Pid, Told, What, signal_name};

/// Whether whoever prints `before` was told this by then: by a process that plays this role, if one is named.
pub fn told(what: Told, by: Option<usize>, before: &Line, reading: &Reading) -> Ruling {
    let lines = reading.lines(before);
    if lines.is_empty() {
        return match reading.is_cut() {
            true => Ruling::Silent(say!("the run was left unfinished")),
            false => missing(say!("{} never came", say!("\"{}\"", &before.text)), []),
        };
    }
    if !reading.trace.header.virtual_time {
        return Ruling::Silent(say!("what a process was told is known of explored runs only"));
    }
    let plays = |pid: Option<Pid>| by.is_none() || pid.and_then(|pid| reading.roles.get(&pid).copied()) == by;
    let is_told = |line: usize, pid: Pid| {
        reading.trace.events[..line].iter().any(|event| match event.what {
            What::Told { what: found, by } => event.pid == pid && found == what && plays(by),
            _ => false,
        })
    };
    match lines.iter().find(|line| !is_told(line.event, line.pid)) {
        None => Ruling::Holds,
        Some(line) => found_out(lacks(what, by.map(|role| reading.claims.roles[role].name.as_str())), [line.event]),
    }
}

/// That this was never told, in words.
fn lacks(what: Told, by: Option<&str>) -> Say {
    match (what, by) {
        (Told::Data, Some(role)) => say!("by this line its process has read nothing that the {} had written", role),
        (Told::Data, None) => say!("by this line its process has read nothing that another had written"),
        (Told::EndOfFile, _) => say!("by this line no read of its process has come to the end of what others write"),
        (Told::BrokenPipe, _) => say!("by this line no write of its process has failed since nobody reads (EPIPE)"),
        (Told::Signal(signal), Some(role)) => {
            say!("by this line its process has taken no {} that the {} had sent", signal_name(signal), role)
        }
        (Told::Signal(signal), None) => say!("by this line its process has taken no {}", signal_name(signal)),
    }
}

/// Whether each process that plays one of these roles has had so many threads beside its first.
pub fn threads(roles: &[(usize, Times)], reading: &Reading) -> Ruling {
    if !reading.trace.header.virtual_time {
        return Ruling::Silent(say!("how many threads a process has had is known of explored runs only"));
    }
    let mut unfinished = false;
    for (&pid, role) in &reading.roles {
        let of = |what: &dyn Fn(&What) -> Option<usize>| {
            reading.trace.events.iter().enumerate().find_map(|(at, event)| {
                let found = what(&event.what).filter(|_| event.pid == pid)?;
                Some((at, found))
            })
        };
        let end = of(&|what| matches!(what, What::Ended(_)).then_some(0));
        let Some((end, _)) = end else {
            unfinished = true;
            continue;
        };
        let counted = of(&|what| if let What::Threads(threads) = what { Some(*threads) } else { None });
        let (at, found) = counted.unwrap_or((end, 0));
        for (_, times) in roles.iter().filter(|(of, _)| of == role) {
            if found < times.min || times.max.is_some_and(|max| found > max) {
                let name = &reading.claims.roles[*role].name;
                let why = say!("the {} has had {} threads beside its first, not {}", name, found, times.words());
                return found_out(why, [at]);
            }
        }
    }
    if unfinished { Ruling::Silent(say!("the run was left unfinished")) } else { Ruling::Holds }
}
