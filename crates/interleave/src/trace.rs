//! A trace: what the kernel says happened in one run of one program.
//!
//! Everything after recording (checking, reporting, drawing) works on traces only. A trace file holds one JSON
//! object a line: a [`Header`], then [`Event`]s in the order in which they were seen, then `{"stop": …}` ([`Stop`])
//! if the run did not end by itself, with the `seconds` after which it was stopped if it had real time. A file may hold several traces one after the other.
//!
//! ```json
//! {"program":"ordering_demo","root":71}
//! {"at":{"after":0.0,"by":0.000611},"pid":71,"seen":{"parent":null}}
//! {"at":{"after":0.000611,"by":0.001204},"pid":71,"line":"父进程启动"}
//! {"at":{"after":0.001204,"by":0.001873},"pid":71,"ended":{"exited":0}}
//! ```

use std::fmt;
use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::words::signal_name;

/// A process id, as the program itself knows it: numbered by the pid namespace that the program has for its own, or else by
/// the verifier's. A number that comes back as
/// [`What::Seen`] after it [`What::Ended`] is another process.
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
    /// How long it had gone on when it was stopped, in seconds, if the run had real time.
    pub stopped_after: Option<f64>,
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

/// Something that happened in one process. Which of two events came first is [`Trace::surely_before`]'s to say.
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
    /// It wrote a line to standard output (given without its newline, and with any terminal escape left in it).
    Line(String),
    /// It wrote something to standard output that is not a line of text.
    Garbled(Garbled),
    /// The end of what it wrote to standard error; given once, when it ended or the run was stopped.
    Stderr(String),
    /// So many seconds it has slept or used a processor since it began, its copy's past included; it was not waiting for others.
    /// Told before each line of an exploration that was asked to watch ([`Limits::watch_work`](crate::explore::Limits::watch_work)).
    /// In a run in real time that was [watched](crate::record::Job::watch_work) it is what was seen of that, at least.
    Worked(f64),
    /// So many seconds, at least, it has been seen to wait for others since it began, in a run in real time.
    Waited(f64),
    /// From here on it shares memory with another process: what one of them writes, the other sees. Told if that was asked for.
    Shares {
        /// The other one.
        with: Pid,
        /// What memory.
        memory: Memory,
    },
    /// It has waited for this child, which had ended; or the kernel has, since it wants to hear of none. Told of explored runs, if that was
    /// asked for ([`Limits::watch_children`](crate::explore::Limits::watch_children)).
    Reaped(Pid),
    /// It was told something. Given before the next line that it prints, in explored runs, if that was asked for
    /// ([`Limits::watch_telling`](crate::explore::Limits::watch_telling)).
    Told {
        /// What.
        what: Told,
        /// By whom, if somebody sent it.
        by: Option<Pid>,
    },
    /// It has had so many threads beside its first, at once or one after the other. Given when it ends, in explored runs, if there were any
    /// and it was asked for ([`Limits::watch_threads`](crate::explore::Limits::watch_threads)).
    Threads(usize),
    /// It ended.
    Ended(End),
}

/// Memory that two processes share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// All of it: they have one address space (clone(2) with `CLONE_VM`).
    AddressSpace,
    /// A mapping, by the name that proc_pid_maps(5) gives it.
    Mapping(String),
    /// Whatever the one reaches by this system call, such as process_vm_writev(2).
    Call(String),
}

/// What a process was told by another one, or by the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It read what another process had written, directly or through others; or may have, where that is not followed so closely.
    Data,
    /// A read of a pipe or socket answered that nothing more will come.
    EndOfFile,
    /// A write to a pipe or socket answered that nobody reads there any more (EPIPE).
    BrokenPipe,
    /// It took this signal: a handler of its ran, or it had waited for it.
    Signal(i32),
}

/// Output that is not a line of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Garbled {
    /// What is wrong with it.
    pub fault: Fault,
    /// Its beginning, with what is not printable text escaped as in a Rust byte string.
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
    /// Written by a process outside the recorder's pid namespace, which the kernel can only call 0.
    UnknownWriter,
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

/// Why a run was stopped from outside. What the program did after that is its answer to the stop, not part of the trace.
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

impl What {
    /// Whether it is no more than what was found out about the process, in the place of which nothing happened.
    pub fn is_finding(&self) -> bool {
        matches!(
            self,
            What::Worked(_)
                | What::Waited(_)
                | What::Shares { .. }
                | What::Reaped(_)
                | What::Told { .. }
                | What::Threads(_)
        )
    }
}

impl Event {
    fn is_output(&self) -> bool {
        matches!(self.what, What::Line(_) | What::Garbled(_))
    }
}

impl Trace {
    /// Whether the event numbered `earlier` is known to have happened before the one numbered `later`.
    ///
    /// All standard output passes through one socket, so its order is exact, and so is the order of what one process
    /// did. An end, though, is learnt beside that socket: a line read in the same instant may have been written
    /// before or after it. Between those only disjoint [`Moment`]s decide; without real times, the order of the events does.
    pub fn surely_before(&self, earlier: usize, later: usize) -> bool {
        let (a, b) = (&self.events[earlier], &self.events[later]);
        match (a.at, b.at) {
            (Some(first), Some(second))
                if !self.header.virtual_time && a.pid != b.pid && !(a.is_output() && b.is_output()) =>
            {
                first.by <= second.after
            }
            _ => earlier < later,
        }
    }

    /// How long the run took, in seconds; 0 if it had no real time.
    pub fn seconds(&self) -> f64 {
        let seen = self.events.iter().filter_map(|event| event.at).map(|at| at.by);
        seen.chain(self.stopped_after).fold(0.0, f64::max)
    }

    /// Writes the trace as JSON lines.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        Record::Header(self.header.clone()).write(&mut out)?;
        for event in &self.events {
            Record::Event(event.clone()).write(&mut out)?;
        }
        if let Some(stop) = self.stop {
            Record::Stop { stop, seconds: self.stopped_after }.write(&mut out)?;
        }
        Ok(())
    }

    /// Reads every trace of a file; `name` is what errors call it.
    ///
    /// # Errors
    /// `file:line: what is wrong, and what would be right`, for text that is not a trace, and for one with a line or
    /// with more events than any recorded run has ([`MAX_RECORD`], [`MAX_EVENTS`]); and those of `input`.
    pub fn read_all(name: &str, input: impl BufRead) -> io::Result<Vec<Trace>> {
        let mut records = Records::new(name, input);
        let mut traces: Vec<Trace> = Vec::new();
        while let Some(record) = records.next_record()? {
            let open = traces.last_mut().filter(|trace| trace.stop.is_none());
            match (record, open) {
                (Record::Header(header), _) => {
                    traces.push(Trace { header, events: Vec::new(), stop: None, stopped_after: None })
                }
                (Record::Event(_), Some(trace)) if trace.events.len() == MAX_EVENTS => {
                    return Err(records.fault(format_args!("a trace with more than {MAX_EVENTS} events")));
                }
                (Record::Event(event), Some(trace)) => trace.events.push(event),
                (Record::Stop { stop, seconds }, Some(trace)) => {
                    (trace.stop, trace.stopped_after) = (Some(stop), seconds);
                }
                (Record::Missing { .. }, _) => {}
                (_, None) => {
                    return Err(records.fault(
                        "this belongs to no trace; a trace begins with {\"program\": NAME, \"root\": PID} and ends with its stop",
                    ));
                }
            }
        }
        if traces.is_empty() {
            return Err(records.fault("no trace; a trace begins with {\"program\": NAME, \"root\": PID}"));
        }
        Ok(traces)
    }
}

/// The longest line of a trace file that is read, in bytes.
pub const MAX_RECORD: usize = 1 << 20;

/// The most events of one trace that are read.
pub const MAX_EVENTS: usize = 1 << 20;

/// One line of a trace file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Record {
    /// A trace begins.
    Header(Header),
    /// The next event of it.
    Event(Event),
    /// What the program of the next trace is not guarded against, if that is anything ([`crate::sandbox`]). What is read
    /// as a [`Trace`] does not hold it.
    Missing {
        /// In words for the "but" of a verdict.
        missing: Vec<String>,
    },
    /// It ends because the run was stopped.
    Stop {
        /// Why.
        stop: Stop,
        /// After how many seconds, if the run had real time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<f64>,
    },
}

impl Record {
    /// Writes the record and its newline.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    fn parse(text: &str) -> Result<Record, String> {
        let value: Value = serde_json::from_str(text).map_err(|e| format!("not JSON ({e}); {FORM}"))?;
        let Some(fields) = value.as_object() else {
            return Err(format!("not a JSON object; {FORM}"));
        };
        let named = |name: &str| fields.contains_key(name);
        let record = if named("program") {
            serde_json::from_value(value).map(Record::Header)
        } else if named("stop") && fields.keys().all(|key| ["stop", "seconds"].contains(&key.as_str())) {
            let stop = serde_json::from_value(fields["stop"].clone());
            let seconds = fields.get("seconds").map(|seconds| serde_json::from_value(seconds.clone())).transpose();
            stop.and_then(|stop| Ok(Record::Stop { stop, seconds: seconds? }))
        } else if named("missing") && fields.len() == 1 {
            serde_json::from_value(fields["missing"].clone()).map(|missing| Record::Missing { missing })
        } else if named("pid") {
            // serde cannot refuse unknown fields beside a flattened enum.
            if let Some(unknown) = fields.keys().find(|key| !EVENT_FIELDS.contains(&key.as_str())) {
                return Err(format!("an event has no `{unknown}`; {FORM}"));
            }
            if fields.keys().filter(|key| EVENT_FIELDS[2..].contains(&key.as_str())).count() != 1 {
                return Err(format!("an event says one thing of a process; {FORM}"));
            }
            serde_json::from_value(value).map(Record::Event)
        } else {
            return Err(format!("neither header, event nor stop; {FORM}"));
        };
        let record = record.map_err(|e| format!("{e}; {FORM}"))?;
        match &record {
            Record::Event(Event { at: Some(at), .. }) if at.after > at.by => Err(format!(
                "`after` {} is later than `by` {}; they say between which times it happened",
                at.after, at.by
            )),
            _ => Ok(record),
        }
    }
}

/// An event's fields: when, which process, and the names of [`What`].
const EVENT_FIELDS: [&str; 11] =
    ["at", "pid", "seen", "line", "garbled", "stderr", "worked", "waited", "shares", "reaped", "ended"];

const FORM: &str = "right would be {\"program\": NAME, \"root\": PID}, \
    {\"pid\": PID, \"at\": {\"after\": SECONDS, \"by\": SECONDS}, and one of \"seen\", \"line\", \"garbled\", \"stderr\", \"worked\", \"waited\", \"shares\", \"reaped\", \"ended\"}, \
    or {\"stop\": REASON, \"seconds\": SECONDS}";

/// Reads the records of a trace file one at a time, in bounded memory.
pub struct Records<R> {
    name: String,
    line: usize,
    input: R,
    text: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    /// `name` is what errors call the file.
    pub fn new(name: &str, input: R) -> Self {
        Records { name: name.to_owned(), line: 0, input, text: Vec::new() }
    }

    /// The next record, or `None` at the end of the file; empty lines are skipped. Blocks as long as `input` does.
    ///
    /// # Errors
    /// As [`Trace::read_all`].
    pub fn next_record(&mut self) -> io::Result<Option<Record>> {
        loop {
            self.text.clear();
            self.line += 1;
            let read = (&mut self.input).take(MAX_RECORD as u64 + 1).read_until(b'\n', &mut self.text)?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_RECORD {
                return Err(self.fault(format_args!("a line longer than {MAX_RECORD} bytes")));
            }
            let Ok(text) = str::from_utf8(&self.text) else {
                return Err(self.fault("not UTF-8; a trace is JSON lines"));
            };
            if !text.trim().is_empty() {
                return Record::parse(text).map(Some).map_err(|what| self.fault(what));
            }
        }
    }

    /// `what` as an error at the line read last.
    fn fault(&self, what: impl fmt::Display) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}:{}: {what}", self.name, self.line))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(after: f64, by: f64) -> Option<Moment> {
        Some(Moment { after, by })
    }

    /// A trace with one event of every kind.
    fn rich() -> Trace {
        let events = vec![
            Event { at: at(0.0, 0.1), pid: 7, what: What::Seen { parent: None } },
            Event { at: at(0.1, 0.123456), pid: 7, what: What::Line("子进程 \"0\"\t\u{1b}[0m".to_owned()) },
            Event { at: None, pid: 8, what: What::Seen { parent: Some(7) } },
            Event {
                at: at(1.0 / 3.0, 0.7),
                pid: 8,
                what: What::Garbled(Garbled { fault: Fault::NotUtf8, start: "\\xff".to_owned() }),
            },
            Event { at: None, pid: 8, what: What::Stderr("panicked\n".to_owned()) },
            Event { at: None, pid: 8, what: What::Worked(1.25) },
            Event { at: at(0.1, 0.2), pid: 8, what: What::Waited(0.5) },
            Event { at: None, pid: 8, what: What::Shares { with: 7, memory: Memory::AddressSpace } },
            Event {
                at: None,
                pid: 8,
                what: What::Shares { with: 7, memory: Memory::Mapping("/dev/zero (deleted)".to_owned()) },
            },
            Event { at: None, pid: 8, what: What::Ended(End::Signaled(9)) },
            Event { at: None, pid: 7, what: What::Ended(End::Exited(-1)) },
            Event { at: None, pid: 9, what: What::Ended(End::Unknown) },
        ];
        let header = Header { program: "pool_demo".to_owned(), root: 7, virtual_time: true };
        Trace { header, events, stop: Some(Stop::TimeLimit), stopped_after: Some(30.25) }
    }

    fn refusal(text: &str) -> String {
        Trace::read_all("f", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let header = Header { program: "p".to_owned(), root: 1, virtual_time: false };
        let bare = Trace { header, events: Vec::new(), stop: None, stopped_after: None };
        let traces = [rich(), bare.clone(), bare, rich()];
        let mut file = Vec::new();
        traces.iter().for_each(|trace| trace.write(&mut file).unwrap());
        assert_eq!(Trace::read_all("f", file.as_slice()).unwrap(), traces);
    }

    #[test]
    fn every_truncated_line_is_refused_with_its_place() {
        let mut file = Vec::new();
        rich().write(&mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        for (number, line) in file.lines().enumerate() {
            let cut = line.len() - 1;
            let before: String = file.lines().take(number).map(|line| format!("{line}\n")).collect();
            let said = refusal(&format!("{before}{}", &line[..cut]));
            assert!(said.starts_with(&format!("f:{}: not JSON", number + 1)), "{said}");
        }
    }

    #[test]
    fn what_is_no_trace_is_refused_with_what_would_be_right() {
        let header = r#"{"program":"p","root":1}"#;
        for (text, place, wrong) in [
            ("", "f:1:", "no trace"),
            ("\n\n", "f:3:", "no trace"),
            ("[]", "f:1:", "not a JSON object"),
            (r#"{"pid":1,"line":"a"}"#, "f:1:", "belongs to no trace"),
            (&format!("{header}\n{{}}"), "f:2:", "neither header, event nor stop"),
            (&format!("{header}\n{{\"pid\":1}}"), "f:2:", "an event says one thing"),
            (&format!("{header}\n{{\"pid\":1,\"line\":\"a\",\"stderr\":\"b\"}}"), "f:2:", "an event says one thing"),
            (&format!("{header}\n{{\"pid\":1,\"lines\":\"a\"}}"), "f:2:", "an event has no `lines`"),
            (&format!("{header}\n{{\"pid\":-1,\"line\":\"a\"}}"), "f:2:", "invalid value"),
            (
                &format!("{header}\n{{\"pid\":1,\"line\":\"a\",\"at\":{{\"after\":2,\"by\":1}}}}"),
                "f:2:",
                "later than `by`",
            ),
            (&format!("{header}\n{{\"stop\":\"tired\"}}"), "f:2:", "unknown variant `tired`"),
            (&format!("{header}\n{{\"stop\":\"flood\"}}\n{{\"pid\":1,\"line\":\"a\"}}"), "f:3:", "belongs to no trace"),
            (r#"{"program":"p","root":1,"colour":1}"#, "f:1:", "unknown field `colour`"),
        ] {
            let said = refusal(text);
            assert!(said.starts_with(place) && said.contains(wrong), "{text}: {said}");
            assert!(
                said.contains("{\"program\": NAME, \"root\": PID}") || said.contains("between which times"),
                "{said}"
            );
        }
        let said = Trace::read_all("f", &b"\xff\n"[..]).unwrap_err().to_string();
        assert!(said.contains("f:1: not UTF-8"), "{said}");
    }

    #[test]
    fn an_endless_line_is_refused_after_a_bounded_part_of_it() {
        let mut endless = io::BufReader::new(io::repeat(b' '));
        let said = Trace::read_all("f", &mut endless).unwrap_err().to_string();
        assert!(said.starts_with("f:1: a line longer than"), "{said}");
    }

    #[test]
    fn only_what_one_socket_or_disjoint_times_show_is_known_to_be_in_order() {
        let event = |pid, what, after, by| Event { at: at(after, by), pid, what };
        let line = || What::Line(String::new());
        let ended = || What::Ended(End::Exited(0));
        let header = Header { program: "p".to_owned(), root: 1, virtual_time: false };
        let events = vec![
            event(1, line(), 0.0, 1.0),
            event(2, line(), 0.0, 1.0),
            event(2, ended(), 0.0, 1.0),
            event(1, line(), 1.0, 2.0),
        ];
        let mut trace = Trace { header, events, stop: None, stopped_after: None };
        let known = |trace: &Trace| -> Vec<(usize, usize)> {
            let pairs = (0..4).flat_map(|a| (0..4).map(move |b| (a, b)));
            pairs.filter(|&(a, b)| a != b && trace.surely_before(a, b)).collect()
        };
        assert_eq!(known(&trace), [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)]);
        trace.header.virtual_time = true;
        assert_eq!(known(&trace), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
    }
}
