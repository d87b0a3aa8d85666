//! The report for people.

use std::fmt::Write;

use console::style;

use super::Report;
use super::columns::{columns, printable};
use crate::check::{Broken, Judged, Verdict};
use crate::explore::Statistics;
use crate::trace::{Trace, What};

/// The report of one program: what ran, then each claim in its words.
///
/// It has colours if standard output is a terminal that shows them.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let name = style(&report.claims.program).bold();
    let done: Vec<String> = report.explored.iter().map(interleavings).chain(report.live.last().map(ran)).collect();
    line(&mut out, 0, &format!("{name}   {}", style(done.join("; ")).dim()));
    if let Some(divergence) = report.explored.as_ref().and_then(|explored| explored.divergence.as_ref()) {
        let what = format!("a schedule did not lead again to where it had led before, {divergence}");
        line(&mut out, 2, &format!("{} {what}", style("?").yellow().bold()));
    }
    for caveat in report.explored.iter().flat_map(|explored| explored.caveats.keys()) {
        line(&mut out, 2, &style(format!("– but {caveat}")).dim().to_string());
    }
    if let Some(why) = report.claims.unexplored.as_ref().filter(|_| report.unexplored) {
        line(&mut out, 2, &style(format!("– not explored: {why}")).dim().to_string());
    }
    // What every program is held to is worth a word only where it fails.
    for judged in report.judged.iter().filter(|judged| judged.at.is_some() || !judged.verdict.passes()) {
        claim(&mut out, judged, report);
    }
    if !report.passes() {
        if let Some(trace) = report.live.last() {
            standard_error(&mut out, trace);
        }
        line(&mut out, 2, &format!("again: {}", style(&report.again).cyan()));
    }
    out
}

/// What all reports come to, in a line.
pub fn summary(reports: &[Report]) -> String {
    let broken = |report: &Report| report.judged.iter().filter(|judged| !judged.verdict.passes()).count();
    let failing: Vec<&str> =
        reports.iter().filter(|report| !report.passes()).map(|report| report.claims.program.as_str()).collect();
    if failing.is_empty() {
        let said = |report: &Report| report.judged.iter().filter(|judged| judged.at.is_some()).count();
        let claims = number(reports.iter().map(said).sum(), "claim");
        format!("\n{} {claims} about {}: all hold\n", style("✓").green(), number(reports.len(), "program"))
    } else {
        let claims = number(reports.iter().map(broken).sum(), "claim");
        format!("\n{} broken: {claims}, of {}\n", style("✗").red().bold(), failing.join(", "))
    }
}

fn line(out: &mut String, indent: usize, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{:indent$}{text}", "");
}

fn interleavings(explored: &Statistics) -> String {
    let found = number(usize::try_from(explored.distinct).unwrap_or(usize::MAX), "interleaving");
    match &explored.limit {
        _ if explored.complete => format!("{found}, all explored"),
        Some(limit) => format!("{found}, not all: the limit was {limit}"),
        None => format!("{found}, not all"),
    }
}

fn ran(trace: &Trace) -> String {
    let lines = trace.events.iter().filter(|event| matches!(event.what, What::Line(_))).count();
    let mut writers: Vec<_> =
        trace.events.iter().filter(|event| matches!(event.what, What::Line(_))).map(|event| event.pid).collect();
    writers.sort_unstable();
    writers.dedup();
    let took = trace.events.iter().filter_map(|event| event.at).map(|at| at.by).fold(0.0, f64::max);
    format!("{} by {} in {took:.1} s", number(lines, "line"), number(writers.len(), "process"))
}

fn number(count: usize, thing: &str) -> String {
    match (count, thing.ends_with('s')) {
        (1, _) => format!("1 {thing}"),
        (_, true) => format!("{count} {thing}es"),
        (_, false) => format!("{count} {thing}s"),
    }
}

fn claim(out: &mut String, judged: &Judged, report: &Report) {
    let remark = |text: &str| style(format!(" ({text})")).dim().to_string();
    match &judged.verdict {
        Verdict::Holds(None) => line(out, 2, &format!("{} {}", style("✓").green(), judged.says)),
        Verdict::Holds(Some(how)) => line(out, 2, &format!("{} {}{}", style("✓").green(), judged.says, remark(how))),
        Verdict::Silent(why) => line(out, 2, &format!("{} {}{}", style("–").dim(), judged.says, remark(why))),
        Verdict::NotShown(what) => {
            line(out, 2, &format!("{} {}", style("?").yellow().bold(), style(&judged.says).bold()));
            line(out, 6, &format!("not shown: {what}{}", place(judged)));
        }
        Verdict::Broken(broken) => {
            line(out, 2, &format!("{} {}", style("✗").red().bold(), style(&judged.says).bold()));
            evidence(out, report, broken, &place(judged));
        }
    }
}

/// Where the notes say it.
fn place(judged: &Judged) -> String {
    judged.at.as_ref().map(|at| style(format!("   {at}")).dim().to_string()).unwrap_or_default()
}

fn evidence(out: &mut String, report: &Report, broken: &Broken, place: &str) {
    line(out, 6, &format!("{}{place}", broken.contradiction.why));
    if !broken.contradiction.events.is_empty() {
        for row in columns(report.claims, &broken.trace, &broken.contradiction.events) {
            line(out, 8, &row);
        }
    }
    if let Some(explored) = &broken.explored {
        for (pid, what) in &explored.waiting {
            line(out, 8, &format!("process {pid} waits for ever: {}", printable(what)));
        }
        if let Some(schedule) = &explored.schedule {
            let replay = format!("cargo xtask replay {} {schedule}{}", report.claims.program, report.program);
            line(out, 6, &format!("see it: {}", style(replay).cyan()));
        }
    }
}

fn standard_error(out: &mut String, trace: &Trace) {
    for event in &trace.events {
        let What::Stderr(text) = &event.what else { continue };
        line(out, 2, &format!("on standard error, process {} wrote:", event.pid));
        for row in text.lines() {
            line(out, 4, &printable(row));
        }
    }
}
