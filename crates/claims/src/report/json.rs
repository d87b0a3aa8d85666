//! The report for programs: see `docs/json.md`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::{Report, Status, printable};
use crate::check::{Judged, Verdict};
use crate::words::Say;
use interleave::explore::TimeMode;
use interleave::trace::{Event, Pid, Stop, Trace, What};

/// The version of what is written: it grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    explored: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    missing: BTreeSet<&'a str>,
    lessons: Vec<Program<'a>>,
}

#[derive(Serialize)]
struct Program<'a> {
    lesson: &'a str,
    program: &'a str,
    verdict: &'static str,
    claims: Vec<Claim<'a>>,
    interleavings: Option<Interleavings>,
    runs: Vec<Ran<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unexplained: Option<Unexplained<'a>>,
}

#[derive(Serialize)]
struct Interleavings {
    explored: u64,
    distinct: u64,
    complete: bool,
    deadlocks: u64,
    time: TimeMode,
    /// What may matter all the same, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    but: Vec<String>,
    /// Why it is not complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
}

/// A run in real time.
#[derive(Serialize)]
struct Ran<'a> {
    lines: usize,
    seconds: f64,
    stop: Option<Stop>,
    stderr: Vec<Stderr<'a>>,
}

#[derive(Serialize)]
struct Stderr<'a> {
    pid: Pid,
    text: &'a str,
}

#[derive(Serialize)]
struct Unexplained<'a> {
    fault_of_the_tool: bool,
    printed: &'a [String],
    nearest: &'a [String],
}

#[derive(Serialize)]
struct Claim<'a> {
    says: &'a str,
    verdict: &'static str,
    at: Option<At<'a>>,
    evidence: Option<Evidence<'a>>,
}

/// Where the notes say it.
#[derive(Serialize)]
struct At<'a> {
    file: &'a Path,
    line: usize,
}

#[derive(Serialize)]
struct Evidence<'a> {
    why: String,
    events: Vec<&'a Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<&'a str>,
}

/// All reports as one JSON object, as `docs/json.md` describes it.
///
/// `explored` says whether interleavings were explored where that makes sense, or only some runs were judged; `error`, why programs that have no report
/// could not be judged.
pub fn json(reports: &[Report], explored: bool, error: Option<&str>) -> serde_json::Result<String> {
    let programs = reports.iter().map(|report| Program {
        lesson: report.lesson,
        program: &report.claims.program,
        verdict: report.status().name(),
        claims: report.judged.iter().map(claim).collect(),
        interleavings: report.explored.as_ref().map(|explored| Interleavings {
            explored: explored.explored,
            distinct: explored.distinct,
            complete: explored.complete,
            time: explored.time,
            deadlocks: explored.deadlocks,
            but: explored.caveats.keys().map(ToString::to_string).collect(),
            limit: explored.limit.as_ref().map(ToString::to_string),
        }),
        runs: report.live.iter().map(ran).collect(),
        unexplained: report.unexplained.as_ref().map(|found| Unexplained {
            fault_of_the_tool: found.is_tools_fault,
            printed: &found.printed,
            nearest: &found.nearest,
        }),
    });
    let missing = reports.iter().flat_map(|report| &report.missing).map(String::as_str).collect();
    let floor = if error.is_some() { Status::Unjudged } else { Status::Holds };
    let verdict = reports.iter().map(Report::status).fold(floor, Status::max).name();
    printable::json(&Whole { version: VERSION, verdict, error, explored, missing, lessons: programs.collect() })
}

/// What there is to be said as JSON when nothing could be judged, and why.
pub fn json_of_error(error: &str) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Refused<'a> {
        version: u32,
        verdict: &'static str,
        error: &'a str,
    }
    printable::json(&Refused { version: VERSION, verdict: Status::Unjudged.name(), error })
}

fn ran(trace: &Trace) -> Ran<'_> {
    let stderr = trace.events.iter().filter_map(|event| match &event.what {
        What::Stderr(text) => Some(Stderr { pid: event.pid, text }),
        _ => None,
    });
    Ran {
        lines: trace.events.iter().filter(|event| matches!(event.what, What::Line(_))).count(),
        seconds: trace.seconds(),
        stop: trace.stop,
        stderr: stderr.collect(),
    }
}

fn claim(judged: &Judged) -> Claim<'_> {
    let says = &judged.says;
    let remark = |why: &Say| Some(Evidence { why: why.to_string(), events: Vec::new(), schedule: None });
    let (verdict, evidence) = match &judged.verdict {
        Verdict::Holds(how) => ("pass", how.as_ref().and_then(remark)),
        Verdict::Silent(why) => ("silent", remark(why)),
        Verdict::NotShown(what) => ("not_shown", remark(what)),
        Verdict::Broken(broken) => {
            let events = broken.contradiction.events.iter().filter_map(|index| broken.trace.events.get(*index));
            let schedule = broken.explored.as_ref().and_then(|explored| explored.schedule.as_deref());
            ("fail", Some(Evidence { why: broken.contradiction.why.to_string(), events: events.collect(), schedule }))
        }
    };
    Claim { says, verdict, at: judged.at.as_ref().map(|at| At { file: &at.file, line: at.line }), evidence }
}
