//! SARIF 2.1.0, which GitHub's code scanning and editors read: what is broken, and the run that breaks it, step by step.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use interleave_claims::report::printable;
use serde_json::{Value, json};

use super::evidence::Moment;
use super::formats::uri;
use super::grades::{At, Grade, Grades, Scored, Status, Verdict};
use crate::Refusal;

/// The rule that what was handed in builds. The others are the claims.
const BUILDS: &str = "builds";

/// The log of one run of the tool: a result for each claim that a submission has not earned.
pub fn log(grades: &Grades) -> Result<String, Refusal> {
    let mut rules: Vec<Value> = vec![json!({ "id": BUILDS, "shortDescription": { "text": "it builds" } })];
    // Submissions that were not judged have no claims.
    let claims = grades.submissions.iter().map(|grade| &grade.claims).max_by_key(|claims| claims.len());
    for (index, claim) in claims.into_iter().flatten().enumerate() {
        rules.push(json!({ "id": id(index), "shortDescription": { "text": claim.says } }));
    }
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    for grade in &grades.submissions {
        match grade.status {
            Status::Unjudged => notifications.push(json!({
                "level": "error",
                "message": message(grade, grade.cause.as_deref().unwrap_or("it could not be judged")),
            })),
            Status::NotBuilt => results.push(json!({
                "ruleId": BUILDS,
                "ruleIndex": 0,
                "level": "error",
                "message": message(grade, &format!("{}\n{}", grade.cause.as_deref().unwrap_or_default(), grade.story)),
                "locations": grade.at.iter().map(location).collect::<Vec<_>>(),
                "partialFingerprints": { "submissionAndRule/v1": format!("{}: {BUILDS}", grade.name) },
            })),
            Status::Graded => {
                let lost = grade.claims.iter().enumerate().filter(|(_, claim)| claim.is_lost());
                results.extend(lost.map(|(index, claim)| result(grade, index, claim)));
            }
        }
    }
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "interleave", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    Ok(printable::json(&log)? + "\n")
}

fn id(index: usize) -> String {
    format!("claim-{}", index + 1)
}

fn result(grade: &Grade, index: usize, claim: &Scored) -> Value {
    let (kind, level) = match claim.verdict {
        Verdict::Broken | Verdict::Holds => ("fail", "error"),
        Verdict::Untested => ("fail", "warning"),
        Verdict::Unknown | Verdict::Hidden => ("open", "none"),
    };
    let why = claim.why.as_deref().unwrap_or_else(|| claim.verdict.words());
    let mut result = json!({
        "ruleId": id(index),
        "ruleIndex": index + 1,
        "kind": kind,
        "level": level,
        "message": message(grade, &format!("{}: {why}", claim.says)),
        "locations": grade.at.iter().map(location).collect::<Vec<_>>(),
        "partialFingerprints": { "submissionAndRule/v1": format!("{}: {}", grade.name, claim.says) },
    });
    if let Some(at) = &claim.at {
        let mut said = location(at);
        said["id"] = json!(1);
        said["message"] = json!({ "text": "the claim in the notes" });
        result["relatedLocations"] = json!([said]);
    }
    if !claim.run.is_empty() {
        let schedule = claim.schedule.as_ref().map(|schedule| format!("schedule {schedule}"));
        // It was seen in real time, or somebody was in a hurry.
        let text = schedule.unwrap_or_else(|| "no schedule leads to it".to_owned());
        result["codeFlows"] = json!([{ "message": { "text": text }, "threadFlows": thread_flows(grade, &claim.run) }]);
    }
    result
}

fn message(grade: &Grade, text: &str) -> Value {
    json!({ "text": format!("{}: {text}", grade.who()) })
}

/// A flow for each process; the order of execution says how they go together.
fn thread_flows(grade: &Grade, run: &[Moment]) -> Vec<Value> {
    let mut processes: Vec<&str> = Vec::new();
    for moment in run {
        if !processes.contains(&moment.process.as_str()) {
            processes.push(&moment.process);
        }
    }
    let step = |(index, moment): (usize, &Moment)| {
        // Where in the program that is nobody has seen; who reads this wants a file all the same.
        let mut place = grade.at.as_ref().map_or_else(|| json!({}), location);
        place["message"] = json!({ "text": format!("{} {}", moment.process, moment.does) });
        json!({
            "location": place,
            "executionOrder": index + 1,
            "importance": if moment.proves { "essential" } else { "important" },
        })
    };
    let flow = |process: &str| {
        let of_it = run.iter().enumerate().filter(|(_, moment)| moment.process == process);
        json!({ "id": process, "locations": of_it.map(step).collect::<Vec<_>>() })
    };
    processes.into_iter().map(flow).collect()
}

fn location(at: &At) -> Value {
    json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(&at.file) }, "region": { "startLine": at.line.max(1) } },
    })
}
