//! Grades as others read them. `docs/grading.md` says who reads which.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::iter;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use console::{measure_text_width, pad_str};
use interleave_claims::report;
use interleave_claims::report::printable::{self, printable};
use interleave_claims::words::told;
use interleave_claims::{key, many, say};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

use super::feedback::{self, Languages};
use super::grades::{At, Grade, Grades, Scored, Shard, Status, Verdict};
use crate::Refusal;

/// The only submission there is, for formats that are of one.
pub fn only<'a>(grades: &'a Grades, flag: &str) -> Result<&'a Grade, Refusal> {
    match grades.submissions.as_slice() {
        [grade] => Ok(grade),
        several => Err(say!("--{} is of one submission, and there are {}", flag, several.len()).into()),
    }
}

/// For people.
pub fn table(grades: &Grades) -> String {
    let rows: Vec<[String; 3]> = grades.submissions.iter().map(|grade| row(grades, grade)).collect();
    let width = |column: usize| rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or(0);
    let mut out = String::new();
    for [who, points, what] in &rows {
        let who = pad_str(who, width(0), console::Alignment::Left, None);
        let points = pad_str(points, width(1), console::Alignment::Right, None);
        out += format!("{who}  {points}  {what}").trim_end();
        out.push('\n');
    }
    let count = grades.submissions.len();
    let sum: u32 = grades.submissions.iter().map(|grade| grade.points).sum();
    let full = grades.submissions.iter().filter(|grade| grade.is_full(grades.max)).count();
    let mean = f64::from(sum) / count.max(1) as f64;
    let submissions = many!(count, "1 submission", "{} submissions");
    let sentence = say!(
        "{} of `{}`: {} of {} points on average, {} with all of them",
        submissions,
        printable(&grades.program),
        format!("{mean:.1}"),
        grades.max,
        full
    );
    let sentence = match grades.shard {
        Some(Shard { number, of }) => say!("shard {}/{}: {}", number, of, sentence),
        None => sentence,
    };
    let _ = writeln!(out, "\n{}", sentence.told());
    let of_each =
        grades.submissions.iter().map(|grade| grade.claims.iter().filter(|it| it.verdict == Verdict::Hidden).count());
    let hidden = of_each.max().unwrap_or(0);
    if hidden > 0 {
        let until = grades.hidden.as_ref().and_then(|hidden| hidden.until.as_deref());
        let until = until.map_or_else(|| say!("grade.toml names none"), |until| say!("{}", printable(until)));
        let claims = many!(hidden, "1 claim", "{} claims");
        let _ = writeln!(out, "{}", say!("{} not shown before the deadline ({})", claims, until).told());
    }
    let missing: BTreeSet<&str> =
        grades.submissions.iter().flat_map(|grade| &grade.missing).map(String::as_str).collect();
    report::unguarded(missing).iter().for_each(|words| out += &format!("{words}\n"));
    let unjudged = grades.submissions.iter().filter(|grade| grade.status == Status::Unjudged).count();
    if unjudged > 0 {
        let submissions = many!(unjudged, "1 submission", "{} submissions");
        let _ = writeln!(out, "{}", say!("not judged, and to be looked at: {}", submissions).told());
    }
    out
}

fn row(grades: &Grades, grade: &Grade) -> [String; 3] {
    let points = match grade.status {
        Status::Unjudged => format!("?/{}", grades.max),
        _ => format!("{}/{}", grade.points, grades.max),
    };
    let late = if grade.late { told(key!("(late) ")) } else { "" };
    let what = grade.cause.clone().or(grade.explored.clone()).unwrap_or_default();
    [printable(grade.who()), points, format!("{late}{what}")]
}

/// For spreadsheets.
pub fn csv(grades: &Grades) -> Result<String, Refusal> {
    // All texts are quoted, as some programs take more than a comma for the end of a cell, and what stands behind that for another one.
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
    // Submissions that were not judged have no claims.
    let claims = grades.submissions.iter().map(|grade| &grade.claims).max_by_key(|claims| claims.len());
    let says: Vec<&str> = claims.into_iter().flatten().map(|claim| claim.says.as_str()).collect();
    let head = ["name", "student", "points", "max", "late", "status", "cause"];
    writer.write_record(head.into_iter().chain(says.iter().copied()).map(cell))?;
    for grade in &grades.submissions {
        let status = status(grade.status).to_owned();
        let mut record = vec![
            cell(&grade.name),
            cell(grade.student.as_deref().unwrap_or_default()),
            grade.points.to_string(),
            grades.max.to_string(),
            grade.late.to_string(),
            status,
            cell(grade.cause.as_deref().unwrap_or_default()),
        ];
        record.extend((0..says.len()).map(|index| match grade.claims.get(index) {
            Some(claim) if claim.verdict == Verdict::Hidden => String::new(),
            claim => claim.map_or(0, |claim| claim.points).to_string(),
        }));
        writer.write_record(record)?;
    }
    Ok(String::from_utf8(writer.into_inner().map_err(|error| error.to_string())?)?)
}

/// A text that no spreadsheet takes for a formula.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn cell(text: &str) -> String {
    const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let mut safe = String::with_capacity(text.len());
    let mut may_begin = true;
    for character in printable(text).chars() {
        if may_begin && BEGINNINGS.contains(&character) {
            safe.push('\'');
        }
        // Where a comma is part of a number, cells end at a semicolon, whatever is quoted.
        may_begin = character == ';' || may_begin && matches!(character, ' ' | '"' | '\u{feff}');
        safe.push(character);
    }
    safe
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Graded => "graded",
        Status::NotBuilt => "not built",
        Status::Unjudged => "unjudged",
    }
}

/// JUnit XML: a suite for each submission, a test for each claim.
pub fn junit(grades: &Grades) -> Result<String, Refusal> {
    let mut report = Report::new(grades.program.clone());
    for grade in &grades.submissions {
        let mut suite = TestSuite::new(printable(grade.who()));
        if grade.claims.is_empty() || grade.status == Status::Unjudged {
            let kind = if grade.status == Status::NotBuilt { NonSuccessKind::Failure } else { NonSuccessKind::Error };
            let mut failed = TestCaseStatus::non_success(kind);
            failed.set_message(grade.cause.as_deref().unwrap_or_default()).set_description(grade.story.as_str());
            let name =
                told(if grade.status == Status::NotBuilt { key!("it builds") } else { key!("it can be judged") });
            let mut case = TestCase::new(name, failed);
            case.set_classname(printable(&grade.name));
            suite.add_test_case(case);
            report.add_test_suite(suite);
            continue;
        }
        for claim in &grade.claims {
            let mut status = match claim.verdict {
                Verdict::Holds => TestCaseStatus::success(),
                Verdict::Unknown | Verdict::Hidden => TestCaseStatus::skipped(),
                Verdict::Broken | Verdict::Untested => TestCaseStatus::non_success(NonSuccessKind::Failure),
            };
            if claim.verdict != Verdict::Holds {
                let why = claim.why.as_deref().unwrap_or_else(|| claim.verdict.told());
                status.set_type(claim.verdict.words()).set_message(why);
                if claim.is_lost() {
                    // GitLab shows nothing but this.
                    status.set_description(evidence(why, claim));
                }
            }
            let mut case = TestCase::new(claim.says.as_str(), status);
            case.set_classname(printable(&grade.name));
            suite.add_test_case(case);
        }
        suite.set_system_out(grade.story.as_str());
        report.add_test_suite(suite);
    }
    Ok(without_sum_of_skipped(&report.to_string()?))
}

/// Why a claim is not earned, the run that shows it, and how to see it again.
fn evidence(why: &str, claim: &Scored) -> String {
    let run = claim.run.iter().map(|moment| format!("{} {}", moment.process, moment.does));
    let lines: Vec<String> = iter::once(why.to_owned()).chain(run).chain(claim.replay.clone()).collect();
    lines.join("\n")
}

/// Of all suites together no schema knows how many tests were skipped, and Jenkins' xUnit goes by one.
fn without_sum_of_skipped(xml: &str) -> String {
    let parts = xml.split_once(" skipped=\"").and_then(|(head, rest)| Some((head, rest.split_once('"')?.1)));
    parts.map_or_else(|| xml.to_owned(), |(head, rest)| format!("{head}{rest}"))
}

/// Gradescope's `results.json`.
/// <https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format>
pub fn gradescope(grades: &Grades, grade: &Grade, languages: Languages) -> Result<String, Refusal> {
    let tests: Vec<_> = grade
        .claims
        .iter()
        .map(|claim| {
            if claim.verdict == Verdict::Hidden {
                return json!({ "name": claim.says, "output": claim.verdict.told() });
            }
            json!({
                "name": claim.says,
                "score": claim.points,
                "max_score": claim.max,
                "status": if claim.verdict == Verdict::Holds { "passed" } else { "failed" },
                "output": claim.why.as_deref().unwrap_or_else(|| claim.verdict.told()),
            })
        })
        .collect();
    let result = json!({
        "score": grade.points,
        "output": feedback::markdown(grades, grade, languages, None),
        "output_format": "md",
        "stdout_visibility": "hidden",
        "tests": tests,
    });
    Ok(serde_json::to_string_pretty(&result)? + "\n")
}

/// What GitHub Classroom's autograders put into their output `result`: JSON, in base64.
/// <https://github.com/classroom-resources/autograding-grading-reporter>
pub fn classroom(grades: &Grades, grade: &Grade) -> Result<String, Refusal> {
    let file = grade.at.as_ref().map(|at| at.file.display().to_string()).unwrap_or_default();
    let line = grade.at.as_ref().map_or(0, |at| at.line);
    let test = |name: &str, status: &str, score: u32, message: &str| {
        json!({
            "name": name, "status": status, "score": score, "message": message,
            "test_code": grade.commands.join(" && "), "filename": file, "line_no": line,
        })
    };
    let mut tests: Vec<_> = grade
        .claims
        .iter()
        // A test passes, fails or cannot be run there; this one is not shown at all.
        .filter(|claim| claim.verdict != Verdict::Hidden)
        .map(|claim| {
            let status = if claim.verdict == Verdict::Holds { "pass" } else { "fail" };
            let why = claim.why.as_deref().unwrap_or_else(|| claim.verdict.told());
            test(&claim.says, status, claim.points, if status == "pass" { "" } else { why })
        })
        .collect();
    if tests.is_empty() {
        let cause = format!("{}\n{}", grade.cause.as_deref().unwrap_or_default(), grade.story);
        tests.push(test(&grades.program, "error", 0, &cause));
    }
    let status = match grade.status {
        Status::Graded if grade.is_full(grades.max) => "pass",
        Status::Graded => "fail",
        Status::NotBuilt | Status::Unjudged => "error",
    };
    let result = json!({ "version": 1, "status": status, "max_score": grades.max, "tests": tests });
    Ok(STANDARD.encode(serde_json::to_vec(&result)?) + "\n")
}

/// What `check50 --output json` prints: a check for each claim.
/// <https://cs50.readthedocs.io/projects/check50/en/latest/json_specification.html>
pub fn check50(grades: &Grades, grade: &Grade) -> Result<String, Refusal> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    let mut results: Vec<_> = grade
        .claims
        .iter()
        .enumerate()
        .map(|(index, claim)| {
            let passed = match claim.verdict {
                Verdict::Holds => Some(true),
                Verdict::Broken | Verdict::Untested => Some(false),
                Verdict::Unknown | Verdict::Hidden => None,
            };
            let cause = (passed != Some(true)).then(|| {
                let rationale = claim.why.as_deref().unwrap_or_else(|| claim.verdict.told());
                json!({ "rationale": rationale, "help": claim.replay })
            });
            let log: Vec<_> = claim.run.iter().map(|moment| format!("{} {}", moment.process, moment.does)).collect();
            json!({
                "name": format!("claim_{}", index + 1), "description": claim.says, "passed": passed, "log": log,
                "cause": cause, "data": { "points": claim.points, "max": claim.max }, "dependency": null,
            })
        })
        .collect();
    if results.is_empty() {
        let (name, description, passed) = match grade.status {
            Status::NotBuilt => ("builds", told(key!("it builds")), Some(false)),
            Status::Graded | Status::Unjudged => ("judged", told(key!("it can be judged")), None),
        };
        results.push(json!({
            "name": name, "description": description, "passed": passed, "log": lines(&grade.story),
            "cause": { "rationale": grade.cause, "help": null }, "data": {}, "dependency": null,
        }));
    }
    // The version is that of the format.
    let report = json!({ "slug": grades.program, "results": results, "version": "3.0.0" });
    Ok(printable::json(&report)? + "\n")
}

/// GitHub's workflow commands: each broken claim at its place in the notes, and what does not build where that is.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message>
pub fn annotations(grades: &Grades) -> String {
    let mut out = String::new();
    for grade in &grades.submissions {
        let lost: Vec<_> = grade.claims.iter().filter(|claim| claim.is_lost()).collect();
        if lost.is_empty() && grade.cause.is_some() {
            out += &annotation(grade, grade.at.as_ref(), grade.cause.as_deref().unwrap_or_default());
        }
        for claim in lost {
            let why = claim.why.as_deref().unwrap_or_else(|| claim.verdict.told());
            // What goes without saying stands nowhere in the notes.
            out += &annotation(grade, claim.at.as_ref().or(grade.at.as_ref()), &format!("{}: {why}", claim.says));
        }
    }
    out
}

fn annotation(grade: &Grade, at: Option<&At>, what: &str) -> String {
    let message = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| message(text).replace(':', "%3A").replace(',', "%2C");
    let safe = |text: &str| property(&printable(text));
    let place = at.map(|at| format!("file={},line={},", safe(&at.file.display().to_string()), at.line));
    format!("::error {}title={}::{}\n", place.unwrap_or_default(), safe(grade.who()), message(&printable(what)))
}

/// A path as a reference that is relative if the path is (RFC 3986).
pub fn uri(path: &Path) -> String {
    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
