//! The report for programs.

use serde::Serialize;

use super::Report;
use crate::check::{Judged, Verdict};
use crate::trace::Event;

#[derive(Serialize)]
struct Whole<'a> {
    verdict: &'static str,
    explored: bool,
    lessons: Vec<Program<'a>>,
}

#[derive(Serialize)]
struct Program<'a> {
    lesson: &'a str,
    program: &'a str,
    verdict: &'static str,
    claims: Vec<Claim<'a>>,
    interleavings: Option<Interleavings>,
}

#[derive(Serialize)]
struct Interleavings {
    explored: u64,
    distinct: u64,
    complete: bool,
    deadlocks: u64,
    /// What may matter all the same, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    but: Vec<String>,
}

#[derive(Serialize)]
struct Claim<'a> {
    says: &'a str,
    verdict: &'static str,
    evidence: Option<Evidence<'a>>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    why: &'a str,
    events: Vec<&'a Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<&'a str>,
}

/// All reports as one JSON object.
///
/// `explored` says whether interleavings were explored where that makes sense, or only some runs were judged; `interleavings` is null for a
/// program whose were not. A claim's verdict is `pass`, `fail`, `not_shown` (it states a freedom that does not exist) or `silent` (these runs
/// cannot tell); its evidence says why, with the events that prove it, as they stand in a trace, and the schedule that
/// leads to them if an exploration found them.
pub fn json(reports: &[Report], explored: bool) -> serde_json::Result<String> {
    let programs = reports.iter().map(|report| Program {
        lesson: report.lesson,
        program: &report.claims.program,
        verdict: verdict(report.passes()),
        claims: report.judged.iter().map(claim).collect(),
        interleavings: report.explored.as_ref().map(|explored| Interleavings {
            explored: explored.explored,
            distinct: explored.distinct,
            complete: explored.complete,
            deadlocks: explored.deadlocks,
            but: explored.caveats.keys().map(ToString::to_string).collect(),
        }),
    });
    let verdict = verdict(reports.iter().all(Report::passes));
    serde_json::to_string(&Whole { verdict, explored, lessons: programs.collect() })
}

fn verdict(passes: bool) -> &'static str {
    if passes { "pass" } else { "fail" }
}

fn claim(judged: &Judged) -> Claim<'_> {
    let says = &judged.says;
    let remark = |why| Some(Evidence { why, events: Vec::new(), schedule: None });
    let (verdict, evidence) = match &judged.verdict {
        Verdict::Holds(how) => ("pass", how.as_deref().and_then(remark)),
        Verdict::Silent(why) => ("silent", remark(why)),
        Verdict::NotShown(what) => ("not_shown", remark(what)),
        Verdict::Broken(broken) => {
            let events = broken.contradiction.events.iter().filter_map(|index| broken.trace.events.get(*index));
            let schedule = broken.explored.as_ref().and_then(|explored| explored.schedule.as_deref());
            ("fail", Some(Evidence { why: &broken.contradiction.why, events: events.collect(), schedule }))
        }
    };
    Claim { says, verdict, evidence }
}
