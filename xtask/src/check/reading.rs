//! A trace read with the notes in hand: which process plays which role, and which of the notes' lines it prints.

use std::collections::BTreeMap;

use crate::notes::claims::{Claims, Item, Line, Rule};
use crate::notes::pattern::{Bindings, PID};
use crate::trace::{Event, Pid, Stop, Trace, What};

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
    pub values: Bindings,
}

/// Something that a claim speaks of, happening.
#[derive(Clone, Copy)]
pub struct Happening<'a> {
    /// The index of its event in the trace.
    pub event: usize,
    /// The process.
    pub pid: Pid,
    /// The values of its placeholders, if it is a line.
    pub values: Option<&'a Bindings>,
}

impl<'a> Reading<'a> {
    /// Reads a trace.
    pub fn new(claims: &'a Claims, trace: &'a Trace) -> Reading<'a> {
        let (printed, roles) = (Vec::new(), BTreeMap::new());
        let mut reading = Reading { claims, trace, printed, roles, forbidden: Vec::new(), unknown: Vec::new() };
        for (index, event) in trace.events.iter().enumerate() {
            reading.add(index, event);
        }
        reading
    }

    fn add(&mut self, index: usize, event: &Event) {
        let What::Line(text) = &event.what else { return };
        if let Some((role, line, values)) = self.claims.recognise(text) {
            self.roles.entry(event.pid).or_insert(role);
            self.printed.push(Printed { event: index, pid: event.pid, role, line, values });
        } else if self.is_forbidden(text) {
            self.forbidden.push(index);
        } else {
            self.unknown.push(index);
        }
    }

    fn is_forbidden(&self, text: &str) -> bool {
        self.claims.claims.iter().any(|claim| match &claim.rule {
            Rule::Never(patterns) => patterns.iter().any(|p| p.bind(text, &self.claims.kinds).is_some()),
            _ => false,
        })
    }

    /// Every time that `line` was printed, in order.
    pub fn lines(&self, line: &Line) -> Vec<Happening<'_>> {
        let is_it = |printed: &&Printed| {
            (printed.role, printed.line) == (line.role, line.line)
                && line.fixed.iter().all(|(name, value)| printed.values.get(name) == Some(value))
        };
        self.printed.iter().filter(is_it).map(Printed::happening).collect()
    }

    /// Every time that `item` happened, in order.
    pub fn happenings(&self, item: &Item) -> Vec<Happening<'_>> {
        match item {
            Item::Line(line) => self.lines(line),
            Item::Exit(role) => {
                let of_role = |pid: Pid| self.roles.get(&pid) == Some(role);
                let ends = self.trace.events.iter().enumerate();
                ends.filter(|(_, event)| matches!(event.what, What::Ended(_)) && of_role(event.pid))
                    .map(|(event, Event { pid, .. })| Happening { event, pid: *pid, values: None })
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

    /// Whether an exploration left this run unfinished: it may have starved a process of an endless program.
    pub fn is_cut(&self) -> bool {
        self.trace.header.virtual_time && self.trace.stop == Some(Stop::SeenEnough)
    }
}

impl Printed {
    fn happening(&self) -> Happening<'_> {
        Happening { event: self.event, pid: self.pid, values: Some(&self.values) }
    }
}

impl Happening<'_> {
    /// The value of a placeholder; that of `{pid}` is the process that the kernel attests.
    pub fn value(&self, name: &str) -> Option<String> {
        if name == PID { Some(self.pid.to_string()) } else { self.values?.get(name).cloned() }
    }
}
