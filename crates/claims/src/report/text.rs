//! The report for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use console::{Term, style};

use super::columns::columns;
use super::printable::printable;
use super::{Report, Status};
use crate::check::{Broken, ENDS_WELL, Judged, ONLY_KNOWN_LINES, Unexplained, Verdict};
use crate::words::{self, Say, told};
use crate::{key, many, say};
use interleave::trace::{Trace, What};

/// The report of one program: what ran, then each claim in its words. What explains most of what is broken comes first, and
/// what follows from it is only named.
///
/// It has colours if standard output is a terminal that shows them.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let name = style(printable(&report.claims.program)).bold();
    let done: Vec<String> =
        report.explored.iter().map(|it| words::interleavings(it).told()).chain(ran(&report.live)).collect();
    line(&mut out, 0, &format!("{name}   {}", style(done.join(&say!("; ").told())).dim()));
    if let Some(divergence) = report.explored.as_ref().and_then(|explored| explored.divergence.as_ref()) {
        let what =
            say!("a schedule did not lead again to where it had led before, {}", printable(&words::error(divergence)))
                .told();
        line(&mut out, 2, &format!("{} {what}", style("?").yellow().bold()));
    }
    if let Some(meaning) = report.explored.as_ref().and_then(|explored| words::meaning(explored.time)) {
        line(&mut out, 2, &style(format!("– {meaning}")).dim().to_string());
    }
    if let Some(terminal) = report.explored.as_ref().and_then(|explored| words::output(explored.terminal)) {
        line(&mut out, 2, &style(format!("– {terminal}")).dim().to_string());
    }
    for caveat in report.explored.iter().flat_map(|explored| explored.caveats.keys()) {
        line(&mut out, 2, &style(say!("– but {}", words::caveat(caveat)).told()).dim().to_string());
    }
    if let Some(why) = report.claims.unexplored.as_ref().filter(|_| report.unexplored) {
        line(&mut out, 2, &style(say!("– not explored: {}", printable(why)).told()).dim().to_string());
    }
    if let Some(found) = &report.unexplained {
        unexplained(&mut out, found);
    }

    let is_broken = |judged: &&Judged| !judged.verdict.passes();
    let causes: Vec<&Judged> = report.judged.iter().filter(is_broken).filter(|judged| is_cause(judged)).collect();
    if !causes.is_empty() {
        cause(&mut out, &causes, report);
    }
    // What every program is held to is worth a word only where it fails.
    let listed = report.judged.iter().filter(|judged| judged.at.is_some() || !judged.verdict.passes());
    let (follow, others): (Vec<_>, Vec<_>) = listed
        .filter(|judged| causes.is_empty() || !is_cause(judged))
        .partition(|judged| !causes.is_empty() && is_missing(judged));
    for judged in others {
        claim(&mut out, judged, report);
    }
    if !follow.is_empty() {
        let so = many!(
            follow.len(),
            "and so 1 more claim cannot hold, for want of what never came:",
            "and so {} more claims cannot hold, for want of what never came:"
        );
        line(&mut out, 2, &so.told());
        for judged in follow {
            line(&mut out, 6, &style(format!("· {}", printable(said(judged)))).dim().to_string());
        }
    }
    if !matches!(report.status(), Status::Holds | Status::Partly) {
        if causes.is_empty() {
            standard_error(&mut out, report.live.last());
        }
        report.hints().iter().for_each(|hint| line(&mut out, 2, &say!("hint: {}", told(hint)).told()));
        row(&mut out, 2, &say!("again: {}", style(printable(&report.again)).cyan().to_string()).told());
    }
    out
}

/// What all reports come to, in a line or two: what is broken, what was not checked, and why.
pub fn summary(reports: &[Report]) -> String {
    let mut out = "\n".to_owned();
    let with = |status| -> Vec<&Report> { reports.iter().filter(|report| report.status() == status).collect() };
    let names = |reports: &[&Report]| -> String {
        let names: Vec<String> = reports.iter().map(|report| printable(&report.claims.program)).collect();
        names.join(", ")
    };
    let (failing, unjudged, partly) = (with(Status::Failed), with(Status::Unjudged), with(Status::Partly));
    let claims: usize =
        reports.iter().map(|report| report.judged.iter().filter(|judged| judged.at.is_some()).count()).sum();
    let programs = many!(reports.len(), "1 program", "{} programs");
    let about = say!("{} about {}", many!(claims, "1 claim", "{} claims"), programs);
    if !failing.is_empty() {
        let broken = |report: &&Report| report.judged.iter().filter(|judged| !judged.verdict.passes()).count();
        let claims = many!(failing.iter().map(broken).sum::<usize>(), "1 claim", "{} claims");
        let words = say!("broken: {}, of {}", claims, names(&failing)).told();
        line(&mut out, 0, &format!("{} {words}", style("✗").red().bold()));
    } else if unjudged.is_empty() && partly.is_empty() {
        line(&mut out, 0, &format!("{} {}", style("✓").green(), say!("{}: all hold", about).told()));
    } else if unjudged.is_empty() {
        let words = say!("{}: none is broken, as far as it went", about).told();
        line(&mut out, 0, &format!("{} {words}", style("–").yellow()));
    }
    if !unjudged.is_empty() {
        let words = say!("could not be judged: {}", names(&unjudged)).told();
        line(&mut out, 0, &format!("{} {words}", style("?").yellow().bold()));
    }

    let mut reasons: BTreeMap<&Say, usize> = BTreeMap::new();
    for (_, why) in reports.iter().flat_map(Report::unchecked) {
        *reasons.entry(why).or_default() += 1;
    }
    if !reasons.is_empty() {
        let claims = many!(reasons.values().sum::<usize>(), "1 claim", "{} claims");
        let reasons = reasons.iter().map(|(why, times)| say!("{} since {}", *times, *why).told());
        let reasons = reasons.collect::<Vec<_>>().join(&say!("; ").told());
        line(&mut out, 2, &say!("– not checked: {} ({})", claims, reasons).told());
    }
    for report in reports {
        let name = printable(&report.claims.program);
        match &report.explored {
            Some(explored) if !explored.complete => {
                line(&mut out, 2, &format!("– {name}: {}", words::interleavings(explored).told()));
            }
            _ => {}
        }
    }
    let missing: BTreeSet<&str> = reports.iter().flat_map(|report| &report.missing).map(String::as_str).collect();
    unguarded(missing).iter().for_each(|words| line(&mut out, 2, words));
    let sampled = reports.iter().filter(|report| report.explored.is_none() && !report.unexplored).count();
    if sampled > 0 {
        let runs = reports.iter().filter(|report| report.explored.is_none()).map(|report| report.live.len()).sum();
        let programs = many!(sampled, "1 program", "{} programs");
        let runs: usize = runs;
        line(
            &mut out,
            2,
            &say!("– not explored: {}, judged by {} only", programs, many!(runs, "1 run", "{} runs")).told(),
        );
    }
    out
}

/// What is said of runs that were not guarded against this; nothing if there is nothing.
pub fn unguarded<'a>(missing: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let missing: Vec<&str> = missing.into_iter().map(told).collect();
    let missing = missing.join(&say!("; ").told());
    (!missing.is_empty()).then(|| say!("– not guarded (`interleave doctor` tells more): {}", missing).told())
}

/// Words in lines that a terminal need not break within one; without a terminal, in one line.
pub fn paragraph(indent: usize, text: &str) -> String {
    let mut out = String::new();
    line(&mut out, indent, text);
    out
}

/// A line as it is: a command to be copied, or a row of columns.
fn row(out: &mut String, indent: usize, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{:indent$}{text}", "");
}

/// A line of words. A terminal that is too narrow for it would break it within one.
fn line(out: &mut String, indent: usize, text: &str) {
    static TERMINAL: LazyLock<Option<usize>> = LazyLock::new(|| {
        let terminal = Term::stdout();
        terminal.features().is_attended().then(|| terminal.size_checked().map(|(_, columns)| columns.into())).flatten()
    });
    match *TERMINAL {
        Some(columns) => {
            let lines = words::broken_between_words(text, columns.saturating_sub(indent), 2);
            lines.iter().for_each(|text| row(out, indent, text));
        }
        None => row(out, indent, text),
    }
}

/// What the runs in real time, or of a file, were.
fn ran(runs: &[Trace]) -> Option<String> {
    let last = runs.last()?;
    let lines = last.events.iter().filter(|event| matches!(event.what, What::Line(_))).count();
    let mut writers: Vec<_> =
        last.events.iter().filter(|event| matches!(event.what, What::Line(_))).map(|event| event.pid).collect();
    writers.sort_unstable();
    writers.dedup();
    let writers = many!(writers.len(), "1 process", "{} processes");
    let one = say!("{} by {} in {} s", many!(lines, "1 line", "{} lines"), writers, format!("{:.1}", last.seconds()));
    let all = if runs.len() == 1 { one } else { say!("{} runs, the last {}", runs.len(), one) };
    Some(all.told())
}

/// The claim's words: the notes' own, as they are, or those of a claim that every program's notes make without saying so.
fn said(judged: &Judged) -> &str {
    if judged.at.is_some() { &judged.says } else { told(&judged.says) }
}

/// Whether other claims may be broken only because this one is.
fn is_cause(judged: &Judged) -> bool {
    judged.at.is_none() && [ENDS_WELL, ONLY_KNOWN_LINES].contains(&judged.says.as_str())
}

/// Whether it is broken for nothing but what never came.
fn is_missing(judged: &Judged) -> bool {
    match &judged.verdict {
        Verdict::Broken(broken) => broken.contradiction.is_missing,
        Verdict::NotShown(_) => true,
        _ => false,
    }
}

/// What explains most: in a line why, then what was written to standard error, then what proves it.
fn cause(out: &mut String, causes: &[&Judged], report: &Report) {
    let mut causes: Vec<(&Judged, &Broken)> = causes
        .iter()
        .filter_map(|judged| match &judged.verdict {
            Verdict::Broken(broken) => Some((*judged, &**broken)),
            _ => None,
        })
        .collect();
    // "It printed nothing, and the parent ended with exit code 1": of the two the end explains more, unless all that it tells is
    // how long somebody waited.
    causes.sort_by_key(|(judged, _)| judged.says != ENDS_WELL);
    let is_deadlock = |broken: &Broken| broken.explored.as_ref().is_some_and(|explored| !explored.waiting.is_empty());
    let deadlock = causes.iter().any(|(_, broken)| is_deadlock(broken));
    // That it was stopped is all that its end tells then.
    let others = causes.iter().filter(|(judged, _)| !(deadlock && judged.says == ENDS_WELL));
    let found = others.map(|(_, broken)| printable(&broken.contradiction.why.told()));
    let nobody = deadlock.then(|| say!("deadlock: nobody can go on").told());
    let whys: Vec<String> = nobody.into_iter().chain(found).collect();
    line(out, 2, &format!("{} {}", style("✗").red().bold(), style(whys.join(&say!("; and ").told())).bold()));
    for (judged, _) in &causes {
        line(out, 6, &style(say!("expected: {}", said(judged)).told()).dim().to_string());
    }
    standard_error(out, Some(&causes[0].1.trace).filter(|trace| has_stderr(trace)).or(report.live.last()));
    let mut told = None;
    for (_, broken) in causes {
        // One run may prove several things; it is told once.
        let run = broken.explored.as_ref().map(|explored| explored.schedule.clone());
        events(out, report, broken);
        if told != Some(run.clone()) {
            how_to_see_it(out, report, broken);
            told = Some(run);
        }
    }
}

fn claim(out: &mut String, judged: &Judged, report: &Report) {
    let remark = |text: &Say| style(say!(" ({})", printable(&text.told())).told()).dim().to_string();
    let says = printable(said(judged));
    match &judged.verdict {
        Verdict::Holds(None) => line(out, 2, &format!("{} {says}", style("✓").green())),
        Verdict::Holds(Some(how)) => line(out, 2, &format!("{} {says}{}", style("✓").green(), remark(how))),
        Verdict::Silent(why) => line(out, 2, &format!("{} {says}{}", style("–").dim(), remark(why))),
        Verdict::NotShown(what) => {
            line(out, 2, &format!("{} {}", style("?").yellow().bold(), style(says).bold()));
            line(out, 6, &say!("not shown: {}{}", printable(&what.told()), place(judged)).told());
        }
        Verdict::Broken(broken) => {
            line(out, 2, &format!("{} {}", style("✗").red().bold(), style(says).bold()));
            line(out, 6, &format!("{}{}", printable(&broken.contradiction.why.told()), place(judged)));
            events(out, report, broken);
            how_to_see_it(out, report, broken);
        }
    }
}

/// Where the notes say it.
fn place(judged: &Judged) -> String {
    judged
        .at
        .as_ref()
        .map(|at| style(format!("   {}", printable(&at.to_string()))).dim().to_string())
        .unwrap_or_default()
}

/// What proves it.
fn events(out: &mut String, report: &Report, broken: &Broken) {
    if !broken.contradiction.events.is_empty() {
        for cells in columns(report.claims, &broken.trace, &broken.contradiction.events) {
            row(out, 8, &cells);
        }
    }
}

/// The interleaving that shows it, and who waits in it.
fn how_to_see_it(out: &mut String, report: &Report, broken: &Broken) {
    let Some(explored) = &broken.explored else { return };
    for (name, what) in &explored.waiting {
        line(out, 8, &printable(&say!("process {} waits for ever, {}", name, words::awaits(what)).told()));
    }
    if let Some(schedule) = &explored.schedule {
        let replay = format!("{} {schedule}{}", report.replay, report.program);
        row(out, 6, &say!("see it: {}", style(printable(&replay)).cyan().to_string()).told());
    }
}

fn has_stderr(trace: &Trace) -> bool {
    trace.events.iter().any(|event| matches!(event.what, What::Stderr(_)))
}

fn standard_error(out: &mut String, trace: Option<&Trace>) {
    for event in trace.iter().flat_map(|trace| &trace.events) {
        let What::Stderr(text) = &event.what else { continue };
        line(out, 2, &say!("on standard error, process {} wrote:", event.pid).told());
        for written in text.lines() {
            row(out, 4, &printable(written));
        }
    }
}

/// A run that should not be possible: a fault of this tool, or what a "but" warned of.
fn unexplained(out: &mut String, found: &Unexplained) {
    let whose = told(if found.is_tools_fault {
        key!(
            "a fault of this tool, please report it: it found all interleavings, and a run in real time came out in none of them"
        )
    } else {
        key!("not all, after all: a run in real time came out in none of the interleavings found (see \"but\")")
    });
    line(out, 2, &format!("{} {}", style("?").yellow().bold(), style(whose).bold()));
    let printed = many!(
        found.alike,
        "what the run printed, by which process, alike for 1 line:",
        "what the run printed, by which process, alike for {} lines:"
    );
    line(out, 6, &printed.told());
    found.printed.iter().for_each(|said| row(out, 8, &printable(said)));
    line(out, 6, told(key!("the interleaving that is most like it:")));
    found.nearest.iter().for_each(|said| row(out, 8, &printable(said)));
}
