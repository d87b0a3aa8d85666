//! What an observer sees of one run: the text on standard output, and how the first process ended.

use std::fmt;

use crate::trace::{End, Event, Stop, Trace, What, signal_name};

/// The text and the ending of one run. Two runs with the same text that end differently are two outcomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// What stands on standard output, by whichever process, as a terminal would show it.
    pub text: String,
    /// How the first process ended.
    pub ending: Ending,
}

impl Outcome {
    /// This text, and then a success.
    pub fn ok(text: impl Into<String>) -> Outcome {
        Outcome { text: text.into(), ending: Ending::Exited(0) }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The first process ended by itself, with this exit code.
    Exited(i32),
    /// The first process was killed by this signal.
    Killed(i32),
    /// Nobody can ever go on.
    Deadlock,
    /// The run was stopped before its end.
    Stopped,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Exited(0) => f.write_str("ok"),
            Ending::Exited(code) => write!(f, "exit {code}"),
            Ending::Killed(signal) => write!(f, "killed by {}", signal_name(*signal)),
            Ending::Deadlock => f.write_str("deadlock"),
            Ending::Stopped => f.write_str("stopped"),
        }
    }
}

impl Event {
    /// What it has put on standard output: a line, or the beginning of what is none.
    pub fn printed(&self) -> Option<&str> {
        match &self.what {
            What::Line(text) => Some(text),
            What::Garbled(garbled) => Some(&garbled.start),
            What::Seen { .. }
            | What::Stderr(_)
            | What::Worked(_)
            | What::Waited(_)
            | What::Shares { .. }
            | What::Reaped(_)
            | What::Told { .. }
            | What::Threads(_)
            | What::Ended(_) => None,
        }
    }
}

impl Trace {
    /// How the run ended.
    pub fn ending(&self) -> Ending {
        let end = self.events.iter().find_map(|event| match event.what {
            What::Ended(end) if event.pid == self.header.root => Some(end),
            _ => None,
        });
        match (self.stop, end) {
            (Some(Stop::Deadlock), _) => Ending::Deadlock,
            (_, Some(End::Exited(code))) => Ending::Exited(code),
            (_, Some(End::Signaled(signal))) => Ending::Killed(signal),
            (_, Some(End::Unknown) | None) => Ending::Stopped,
        }
    }
}
