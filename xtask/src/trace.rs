//! A trace: what the kernel says happened in one run of one program.
//!
//! Everything after recording (checking, reporting, drawing) works on traces only. A trace file holds one JSON
//! object a line: a [`Header`], then [`Event`]s in the order in which they happened, then a [`Stop`] if the run did
//! not end by itself. A file may hold several traces one after the other.

use std::fmt;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

/// A process id, as the kernel numbers them in the verifier's own pid namespace.
pub type Pid = u32;

/// One run of one program.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What was run, and how.
    pub header: Header,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Why the run was stopped; `None` if every process of it ended by itself.
    pub stop: Option<Stop>,
}

/// The first line of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The program's name in the notes, for example `pool_demo`.
    pub program: String,
    /// The first process of the program.
    pub root: Pid,
    /// Whether sleeps were answered at once, so that times in this trace mean nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub virtual_time: bool,
}

/// Something that happened in one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, if the run had real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// Which process, attested by the kernel.
    pub pid: Pid,
    /// What it did.
    #[serde(flatten)]
    pub what: What,
}

/// When something happened: no later than `by`, no earlier than `after`, in seconds since the run began.
///
/// An observer on a busy machine reads a line some time after it was written. What it does know is when it last
/// saw that there was nothing to read; a bound on time is broken only if it is broken at every moment in between.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The event had not happened yet at this time.
    pub after: f64,
    /// The event had happened at this time.
    pub by: f64,
}

/// What a process did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was seen for the first time; the id of its parent then, if that could still be learnt.
    Seen {
        /// The parent's id.
        parent: Option<Pid>,
    },
    /// It wrote a line to standard output (given without its newline).
    Line(String),
    /// It wrote something to standard output that is not a line of text.
    Garbled(Garbled),
    /// It ended.
    Ended(End),
}

/// Output that is not a line of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Garbled {
    /// What is wrong with it.
    pub fault: Fault,
    /// Its beginning, with what is not text escaped as in a Rust byte string.
    pub start: String,
}

/// What is wrong with [`Garbled`] output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Not UTF-8.
    NotUtf8,
    /// The process ended, or the run was stopped, in the middle of a line.
    NoNewline,
    /// Longer than the recorder keeps.
    TooLong,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// In a way that this kernel tells only its parent.
    Unknown,
}

/// Why a run was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// All that the claims need had been seen; the program is endless.
    SeenEnough,
    /// Its time was up.
    TimeLimit,
    /// It printed more than the recorder keeps.
    Flood,
    /// It started more processes than the recorder follows.
    TooManyProcesses,
    /// No process of it could go on, and none had ended.
    Deadlock,
    /// The user interrupted the verifier.
    Interrupted,
}
