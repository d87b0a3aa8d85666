//! The facts of a trace in English.

use std::fmt;

use nix::sys::signal::Signal;

use crate::trace::{End, Fault, Stop};

/// A signal's name, for example `SIGTERM`.
pub fn signal_name(signal: i32) -> String {
    Signal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |signal| signal.as_str().to_string())
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exited(code) => write!(f, "ended with exit code {code}"),
            End::Signaled(signal) => write!(f, "was ended by {}", signal_name(*signal)),
            End::Unknown => f.write_str("ended"),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stop::SeenEnough => "all that the claims need had been seen",
            Stop::TimeLimit => "its time was up",
            Stop::Flood => "it printed more than the verifier keeps",
            Stop::TooManyProcesses => "it started more processes than the verifier follows",
            Stop::Deadlock => "none of its processes could go on",
            Stop::Interrupted => "the verifier was interrupted",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::NotUtf8 => "not UTF-8",
            Fault::NoNewline => "a line that never ended",
            Fault::TooLong => "a line longer than the verifier keeps",
            Fault::UnknownWriter => "by a process that the kernel could not name",
        })
    }
}
