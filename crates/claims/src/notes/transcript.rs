//! Transcripts: what the notes show of a program.
//!
//! A fenced block `text transcript PROGRAM` holds a program's printed lines. It becomes a trace, without times and
//! without ends, so that the notes are checked by the same code as the programs.

use std::path::Path;

use super::claims::{Claims, Fault, Place};
use super::markdown::Fence;
use super::pattern::PID;
use crate::say;
use interleave::trace::{Event, Header, Pid, Trace, What};

/// A transcript, and the trace that it is of.
#[derive(Debug)]
pub struct Transcript {
    /// The program.
    pub program: String,
    /// Where its first line stands.
    pub at: Place,
    /// What it shows.
    pub trace: Trace,
}

/// Reads all transcripts of a README.
pub(super) fn read(file: &Path, fences: &[Fence], claims: &[Claims]) -> Result<Vec<Transcript>, Vec<Fault>> {
    let mut transcripts = Vec::new();
    let mut faults = Vec::new();
    for fence in fences {
        let words: Vec<&str> = fence.info.split_whitespace().collect();
        let ["text", "transcript", named @ ..] = words.as_slice() else { continue };
        let at = Place { file: file.to_path_buf(), line: fence.line };
        let program = match named {
            [name] => claims.iter().find(|claims| claims.program == *name),
            _ => None,
        };
        match program {
            Some(claims) => {
                let trace = trace(claims, &fence.text);
                transcripts.push(Transcript { program: claims.program.clone(), at, trace });
            }
            None => {
                let known: Vec<&str> = claims.iter().map(|claims| claims.program.as_str()).collect();
                let known = known.join(&say!(" or ").told());
                let what = say!(
                    "a transcript of no program that has claims here; ```text transcript NAME, where NAME is {}",
                    known
                );
                faults.push(Fault { at: Place { line: fence.line - 1, ..at }, what });
            }
        }
    }
    if faults.is_empty() { Ok(transcripts) } else { Err(faults) }
}

/// The trace that `transcript` is of.
///
/// A printed process id tells which process wrote a line. Other lines are by the process that their role has at
/// that point; the first of a role's lines, printed again, begins another process of that role.
pub fn trace(claims: &Claims, transcript: &str) -> Trace {
    let mut writers = Writers { current: vec![None; claims.roles.len()], next: LARGEST_PID + 1 };
    let events: Vec<Event> = transcript
        .lines()
        .map(|text| Event { at: None, pid: writers.of(claims, text), what: What::Line(text.to_string()) })
        .collect();
    let root = events.first().map_or(0, |event| event.pid);
    Trace {
        header: Header { program: claims.program.clone(), root, virtual_time: false },
        events,
        stop: None,
        stopped_after: None,
    }
}

/// No process has a larger number on Linux (`PID_MAX_LIMIT`), so whoever printed none gets one that nobody prints.
const LARGEST_PID: Pid = 1 << 22;

/// The process that each role has at some point of a transcript, and the line that it began with.
struct Writers {
    current: Vec<Option<Pid>>,
    next: Pid,
}

impl Writers {
    fn of(&mut self, claims: &Claims, text: &str) -> Pid {
        let Some((role, line, bindings)) = claims.recognise(text) else { return self.fresh() };
        let pid = match (bindings.get(PID).and_then(|pid| pid.parse().ok()), self.current[role]) {
            (Some(printed), _) => printed,
            (None, Some(current)) if line > 0 => current,
            (None, _) if line == 0 && claims.roles[role].lines.len() == 1 => {
                self.current[role].unwrap_or_else(|| self.fresh())
            }
            (None, _) => self.fresh(),
        };
        self.current[role] = Some(pid);
        pid
    }

    fn fresh(&mut self) -> Pid {
        self.next += 1;
        self.next - 1
    }
}
