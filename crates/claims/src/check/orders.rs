//! Whether a run in real time came out in an order that an exploration knows.
//!
//! Whoever says that all interleavings were explored says that no other can be seen. Every run in real time puts that to the
//! test.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::notes::claims::Claims;
use crate::notes::pattern::Kind;
use interleave::trace::{Fault, Garbled, Pid, Trace, What};

/// A line in an order: by which process (in the order in which they first print), and its text without what may differ from
/// run to run.
type Said = (usize, Arc<str>);

/// The orders of lines that an exploration has found.
pub struct Orders<'a> {
    claims: &'a Claims,
    /// Digests of all of them: there may be many, and long ones.
    known: HashSet<[u64; 2]>,
    /// Some of them as they are, to show one that is like another.
    examples: Vec<Vec<Said>>,
    example_lines: usize,
    texts: HashMap<String, Arc<str>>,
}

/// A run in real time whose order of lines no interleaving has.
#[derive(Debug, Clone)]
pub struct Unexplained {
    /// Which of the runs it is.
    pub run: usize,
    /// What the run printed, line by line.
    pub printed: Vec<String>,
    /// The interleaving that is like it for longest.
    pub nearest: Vec<String>,
    /// For how many lines that is.
    pub alike: usize,
    /// Whether the exploration said that it knows all, without a "but".
    pub is_tools_fault: bool,
}

impl<'a> Orders<'a> {
    /// None yet.
    pub fn new(claims: &'a Claims) -> Orders<'a> {
        Orders { claims, known: HashSet::new(), examples: Vec::new(), example_lines: 0, texts: HashMap::new() }
    }

    /// Adds an interleaving.
    pub fn add(&mut self, trace: &Trace) {
        let order = self.order(trace);
        if self.known.insert(digest(&order)) && self.example_lines + order.len() <= EXAMPLE_LINES {
            self.example_lines += order.len();
            self.examples.push(order);
        }
    }

    /// The first of these runs in real time that no interleaving is like. Runs that were stopped prove nothing, nor do those of
    /// a program that has to be.
    pub fn unexplained(&mut self, live: &[Trace], is_tools_fault: bool) -> Option<Unexplained> {
        if self.claims.endless || self.claims.deadlock {
            return None;
        }
        let orders: Vec<Vec<Said>> = live.iter().map(|trace| self.order(trace)).collect();
        let found =
            |(run, order): &(usize, &Vec<Said>)| live[*run].stop.is_none() && !self.known.contains(&digest(order));
        let (run, order) = orders.iter().enumerate().find(found)?;
        let alike = |other: &Vec<Said>| order.iter().zip(other).take_while(|(a, b)| a == b).count();
        let nearest = self.examples.iter().max_by_key(|other| (alike(other), std::cmp::Reverse(*other)));
        Some(Unexplained {
            run,
            printed: tell(order),
            nearest: nearest.map(|order| tell(order)).unwrap_or_default(),
            alike: nearest.map_or(0, alike),
            is_tools_fault,
        })
    }

    fn order(&mut self, trace: &Trace) -> Vec<Said> {
        let mut writers: HashMap<Pid, usize> = HashMap::new();
        let (mut order, mut unfinished) = (Vec::new(), Vec::new());
        for event in &trace.events {
            let Some(text) = event.printed() else { continue };
            let text = self.text(text);
            if may_have_no_end(&event.what) {
                unfinished.push((event.pid, text));
                continue;
            }
            let next = writers.len();
            order.push((*writers.entry(event.pid).or_insert(next), text));
        }
        // Behind all others, in an order of their own; who has written nothing else has no number yet.
        let mut rest: Vec<(usize, Arc<str>)> = unfinished
            .into_iter()
            .map(|(pid, text)| (writers.get(&pid).copied().unwrap_or(usize::MAX), text))
            .collect();
        rest.sort();
        let mut numbers = writers.len()..;
        order.extend(rest.into_iter().map(|(writer, text)| match writer {
            usize::MAX => (numbers.next().unwrap_or(writer), text),
            known => (known, text),
        }));
        order
    }

    /// A line without what may differ from run to run: ids and other numbers that the notes do not list.
    fn text(&mut self, line: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(line) {
            return known.clone();
        }
        let text: Arc<str> = match self.claims.recognise(line) {
            Some((role, number, values)) => {
                let mut text = self.claims.roles[role].lines[number].to_string();
                for (name, value) in &values {
                    if matches!(self.claims.kinds.get(name), Some(Kind::OneOf(_))) {
                        text = text.replace(&format!("{{{name}}}"), value);
                    }
                }
                text.into()
            }
            None => without_numbers(line).into(),
        };
        if self.texts.len() < MOST_KNOWN {
            self.texts.insert(line.to_owned(), text.clone());
        }
        text
    }
}

/// Whether this may be the last that a process has written, without a newline. It is told when the process is seen to have ended, and in real
/// time that is some time after: what others have printed meanwhile stands before it or behind, as it happens. So it has no place among lines.
fn may_have_no_end(what: &What) -> bool {
    matches!(what, What::Garbled(Garbled { fault: Fault::NoNewline | Fault::TooLong, .. }))
}

/// How many lines are remembered, so that each is looked up once.
const MOST_KNOWN: usize = 10_000;

/// How many lines of examples are kept.
const EXAMPLE_LINES: usize = 200_000;

fn digest(order: &[Said]) -> [u64; 2] {
    [0, 1].map(|seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, order).hash(&mut hasher);
        hasher.finish()
    })
}

fn tell(order: &[Said]) -> Vec<String> {
    order.iter().map(|(writer, text)| format!("{}  {text}", writer + 1)).collect()
}

fn without_numbers(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '0'..='9' if text.ends_with('#') => {}
            '0'..='9' => text.push('#'),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::notes::markdown::fences;
    use crate::notes::read;
    use interleave::trace::{Event, Header, Stop};

    fn claims() -> Claims {
        let notes = "```toml claims\n[program]\nbin = \"demo\"\n[lines]\nparent = [\"end\"]\nchild = [\"{n} by {pid}\"]\n\
                     [values]\nn = [1, 2]\n[[claim]]\nsays = \"x\"\ncount = 1\nof = [\"end\"]\n```\n";
        read::read(Path::new("README.md"), &fences(notes)).expect("good claims").remove(0)
    }

    fn trace(lines: &[(Pid, &str)]) -> Trace {
        let events =
            lines.iter().map(|(pid, text)| Event { at: None, pid: *pid, what: What::Line((*text).to_owned()) });
        let header = Header { program: "demo".to_owned(), root: 1, virtual_time: false };
        Trace { header, events: events.collect(), stop: None, stopped_after: None }
    }

    #[test]
    fn what_has_no_newline_has_no_place_among_lines() {
        let claims = claims();
        // Two children leave something unfinished; their parent prints.
        let run = |pieces: [(Pid, &str); 2], at: usize, fault: Fault| {
            let mut trace = trace(&[(1, "end")]);
            let piece = |(pid, text): (Pid, &str)| {
                let what = What::Garbled(Garbled { fault, start: text.to_owned() });
                Event { at: None, pid, what }
            };
            trace.events.splice(at..at, pieces.map(piece));
            trace
        };
        for fault in [Fault::NoNewline, Fault::TooLong] {
            let mut orders = Orders::new(&claims);
            orders.add(&run([(2, "a"), (3, "b")], 0, fault));
            let mut is_known = |pieces, at| orders.unexplained(&[run(pieces, at, fault)], true).is_none();
            assert!(is_known([(3, "b"), (2, "a")], 1), "{fault:?}: wherever it stands");
            assert!(!is_known([(3, "b"), (2, "c")], 1), "{fault:?}: not with another text");
            assert!(!is_known([(1, "b"), (2, "a")], 1), "{fault:?}: not by another process");
        }
    }

    #[test]
    fn ids_may_differ_and_the_order_may_not() {
        let claims = claims();
        let mut orders = Orders::new(&claims);
        orders.add(&trace(&[(2, "1 by 2"), (3, "2 by 3"), (1, "end")]));
        assert!(orders.unexplained(&[trace(&[(12, "1 by 12"), (13, "2 by 13"), (11, "end")])], true).is_none());
        let other = trace(&[(12, "1 by 12"), (11, "end"), (13, "2 by 13")]);
        let found = orders.unexplained(std::slice::from_ref(&other), true).expect("that order is not known");
        assert_eq!((found.run, found.alike, found.is_tools_fault), (0, 1, true));
        assert_eq!(found.printed, ["1  1 by {pid}", "2  end", "3  2 by {pid}"]);
        assert_eq!(found.nearest, ["1  1 by {pid}", "2  2 by {pid}", "3  end"]);
        let one_process = trace(&[(12, "1 by 12"), (12, "2 by 12"), (11, "end")]);
        assert!(orders.unexplained(&[one_process], true).is_some(), "who writes what is part of it");
        let stopped = Trace { stop: Some(Stop::TimeLimit), ..other };
        assert!(orders.unexplained(&[stopped], true).is_none(), "a run that was stopped proves nothing");
    }
}
