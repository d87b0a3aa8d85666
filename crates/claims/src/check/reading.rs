//! A trace read with the notes in hand: which process plays which role, and which of the notes' lines it prints.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::notes::claims::{Claims, Item, Line, Rule};
use crate::notes::pattern::{Bindings, PID};
use interleave::trace::{Event, Pid, Stop, Trace, What};

/// A trace, and what its events mean to the notes.
pub struct Reading<'a> {
    /// The notes.
    pub claims: &'a Claims,
    /// The trace.
    pub trace: &'a Trace,
    /// The lines that the notes know, in order.
    pub printed: Vec<Printed>,
    /// The role of each process that printed such a line: that of its first one.
    pub roles: BTreeMap<Pid, usize>,
    /// Lines that the notes know only as lines that are never printed.
    pub forbidden: Vec<usize>,
    /// Lines that the notes do not know.
    pub unknown: Vec<usize>,
}

/// A line of the notes, printed.
pub struct Printed {
    /// The index of its event in the trace.
    pub event: usize,
    /// Who wrote it.
    pub pid: Pid,
    /// Whose line it is: an index into [`Claims::roles`].
    pub role: usize,
    /// Which of that role's lines.
    pub line: usize,
    /// The values of its placeholders.
    pub values: Arc<Bindings>,
}

/// The notes, and what the lines met so far mean to them: the runs of an exploration print the same ones over and over.
pub struct Reader<'a> {
    /// The notes.
    pub claims: &'a Claims,
    known: HashMap<String, Meaning>,
}

/// What a line is to the notes.
#[derive(Clone)]
enum Meaning {
    /// A line of this role, which of its lines, and the values of its placeholders.
    Printed(usize, usize, Arc<Bindings>),
    Forbidden,
    Unknown,
}

impl<'a> Reader<'a> {
    /// A reader that has met no line yet.
    pub fn new(claims: &'a Claims) -> Reader<'a> {
        Reader { claims, known: HashMap::new() }
    }

    fn meaning(&mut self, text: &str) -> Meaning {
        if let Some(meaning) = self.known.get(text) {
            return meaning.clone();
        }
        let meaning = match self.claims.recognise(text) {
            Some((role, line, values)) => Meaning::Printed(role, line, Arc::new(values)),
            None if self.is_forbidden(text) => Meaning::Forbidden,
            None => Meaning::Unknown,
        };
        if self.known.len() < MOST_KNOWN {
            self.known.insert(text.to_owned(), meaning.clone());
        }
        meaning
    }

    fn is_forbidden(&self, text: &str) -> bool {
        self.claims.claims.iter().any(|claim| match &claim.rule {
            Rule::Never(patterns) => patterns.iter().any(|p| p.bind(text, &self.claims.kinds).is_some()),
            _ => false,
        })
    }
}

/// How many lines a reader remembers.
const MOST_KNOWN: usize = 10_000;

/// Something that a claim speaks of, each time that it happens.
#[derive(Clone, Copy)]
pub struct Occurrence<'a> {
    /// The index of its event in the trace.
    pub event: usize,
    /// The process.
    pub pid: Pid,
    /// The values of its placeholders, if it is a line.
    pub values: Option<&'a Bindings>,
}

impl<'a> Reading<'a> {
    /// Reads a trace.
    pub fn new<'notes: 'a>(reader: &mut Reader<'notes>, trace: &'a Trace) -> Reading<'a> {
        let (claims, printed, roles) = (reader.claims, Vec::new(), BTreeMap::new());
        let mut reading = Reading { claims, trace, printed, roles, forbidden: Vec::new(), unknown: Vec::new() };
        for (index, Event { pid, what, .. }) in trace.events.iter().enumerate() {
            let (What::Line(text), pid) = (what, *pid) else { continue };
            match reader.meaning(text) {
                Meaning::Printed(role, line, values) => {
                    reading.roles.entry(pid).or_insert(role);
                    reading.printed.push(Printed { event: index, pid, role, line, values });
                }
                Meaning::Forbidden => reading.forbidden.push(index),
                Meaning::Unknown => reading.unknown.push(index),
            }
        }
        reading
    }

    /// Every time that `line` was printed, in order.
    pub fn lines(&self, line: &Line) -> Vec<Occurrence<'_>> {
        let is_it = |printed: &&Printed| {
            (printed.role, printed.line) == (line.role, line.line)
                && line.fixed.iter().all(|(name, value)| printed.values.get(name) == Some(value))
        };
        self.printed.iter().filter(is_it).map(Printed::occurrence).collect()
    }

    /// Every time that `item` happened, in order.
    pub fn occurrences(&self, item: &Item) -> Vec<Occurrence<'_>> {
        match item {
            Item::Line(line) => self.lines(line),
            Item::Exit(role) => {
                let of_role = |pid: Pid| self.roles.get(&pid) == Some(role);
                let ends = self.trace.events.iter().enumerate();
                ends.filter(|(_, event)| matches!(event.what, What::Ended(_)) && of_role(event.pid))
                    .map(|(event, Event { pid, .. })| Occurrence { event, pid: *pid, values: None })
                    .collect()
            }
        }
    }

    /// When each process ended, as an index into the trace.
    pub fn ends(&self) -> BTreeMap<Pid, usize> {
        let events = self.trace.events.iter().enumerate();
        events
            .filter(|(_, event)| matches!(event.what, What::Ended(_)))
            .map(|(index, event)| (event.pid, index))
            .collect()
    }

    /// The parent of each process, and when it was first seen, as an index into the trace; `None` of the first process, and of who lost
    /// its parent before anybody looked.
    pub fn parents(&self) -> BTreeMap<Pid, (Option<Pid>, usize)> {
        let events = self.trace.events.iter().enumerate();
        let seen = events.filter_map(|(index, event)| match event.what {
            What::Seen { parent } => Some((event.pid, (parent, index))),
            _ => None,
        });
        seen.collect()
    }

    /// Whether the trace tells when processes ended. A transcript does not, nor does a run that was stopped.
    pub fn knows_ends(&self) -> bool {
        self.trace.stop.is_none() && self.trace.events.iter().any(|event| matches!(event.what, What::Ended(_)))
    }

    /// The longest time, in seconds, that may have passed from one event to another; `None` if the trace has no times.
    pub fn longest(&self, from: usize, to: usize) -> Option<f64> {
        if self.trace.header.virtual_time {
            return None;
        }
        Some(self.trace.events[to].at?.by - self.trace.events[from].at?.after)
    }

    /// How long the process had worked when this came, in seconds; `None` if nobody watched. Of a run in real time it is what was
    /// seen of that.
    pub fn worked(&self, occurrence: &Occurrence) -> Option<f64> {
        self.found(occurrence, |what| match what {
            What::Worked(seconds) => Some(*seconds),
            _ => None,
        })
    }

    /// How long the process had been seen to wait for others when this came, in seconds.
    pub fn waited(&self, occurrence: &Occurrence) -> Option<f64> {
        self.found(occurrence, |what| match what {
            What::Waited(seconds) => Some(*seconds),
            _ => None,
        })
    }

    /// What was told of a process before a line of it.
    fn found(&self, occurrence: &Occurrence, told: impl Fn(&What) -> Option<f64>) -> Option<f64> {
        let before = self.trace.events[..occurrence.event].iter().rev().filter(|event| event.pid == occurrence.pid);
        before.take_while(|event| !matches!(event.what, What::Line(_))).find_map(|event| told(&event.what))
    }

    /// Whether an exploration left this run unfinished: it may have starved a process of an endless program.
    pub fn is_cut(&self) -> bool {
        self.trace.header.virtual_time && self.trace.stop == Some(Stop::SeenEnough)
    }
}

impl Printed {
    fn occurrence(&self) -> Occurrence<'_> {
        Occurrence { event: self.event, pid: self.pid, values: Some(&self.values) }
    }
}

impl Occurrence<'_> {
    /// The value of a placeholder; that of `{pid}` is the process that the kernel attests.
    pub fn value(&self, name: &str) -> Option<String> {
        if name == PID { Some(self.pid.to_string()) } else { self.values?.get(name).cloned() }
    }
}
