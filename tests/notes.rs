//! The notes, checked by themselves: their transcripts satisfy their claims, every claim rejects something, and
//! between what the claims accept and what a program can print there is no gap.
//!
//! `traces/PROGRAM.txt` holds runs that break the claims of PROGRAM, each under the words of the claim that it breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use interleave::trace::{End, Event, Header, Memory, Pid, Told, Trace, What};
use interleave_claims::check::{Judge, Judged, Runs};
use interleave_claims::notes::claims::Claims;
use interleave_claims::notes::{Course, Program};
use nix::sys::signal::Signal;

use crate::models::{self, Model, Said};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn course() -> Course {
    Course::read(&root()).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn judge(claims: &Claims, traces: &[Trace], runs: Runs) -> Vec<Judged> {
    let mut judge = Judge::new(claims);
    for trace in traces {
        judge.add(trace, None);
    }
    judge.finish(runs)
}

fn broken_by(claims: &Claims, traces: &[Trace], runs: Runs) -> Vec<String> {
    let judged = judge(claims, traces, runs);
    judged.into_iter().filter(|claim| !claim.verdict.passes()).map(|claim| claim.says).collect()
}

#[test]
fn every_transcript_satisfies_its_claims() {
    for (_, program) in course().programs() {
        assert!(!program.transcripts.is_empty(), "{} has a transcript", program.name());
        for transcript in &program.transcripts {
            let broken = broken_by(&program.claims, std::slice::from_ref(&transcript.trace), Runs::Some);
            assert!(broken.is_empty(), "{}: {broken:#?}", transcript.at);
        }
    }
}

/// What README says that `verify` prints has each claim of the programs, in both languages' pages.
#[test]
fn the_samples_of_verify_know_every_claim() {
    let course = course();
    for page in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let samples: Vec<&str> =
            text.split("$ cargo xtask verify ").skip(1).filter_map(|it| it.split("```").next()).collect();
        let mut shown = 0;
        for sample in samples {
            for (_, program) in course.programs() {
                let head = format!("\n{}   ", program.name());
                let Some((_, report)) = sample.split_once(&head) else { continue };
                shown += 1;
                let report: Vec<&str> = report.lines().skip(1).take_while(|line| line.starts_with("  ")).collect();
                for claim in &program.claims.claims {
                    let is_told =
                        |line: &&str| line[2..].split_once(' ').is_some_and(|(_, rest)| rest.starts_with(&claim.says));
                    assert!(report.iter().any(is_told), "{page}, {}: \"{}\" is missing", program.name(), claim.says);
                }
            }
        }
        assert!(shown >= 3, "{page} shows {shown} programs");
    }
}

#[test]
fn every_claim_rejects_something_by_its_own_words() {
    for (_, program) in course().programs() {
        let file = root().join("tests/traces").join(program.name()).with_extension("txt");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut rejecting = BTreeSet::new();
        for (says, runs) in sections(program.name(), &text) {
            let all = Runs::All { distinct: runs.len() };
            let broken = broken_by(&program.claims, &runs, all);
            assert!(broken.contains(&says), "{}: \"{says}\" is not broken, but {broken:?}", file.display());
            rejecting.insert(says);
        }
        for claim in &program.claims.claims {
            assert!(rejecting.contains(&claim.says), "{}: no run that breaks \"{}\"", file.display(), claim.says);
        }
    }
}

/// The runs under each claim's words.
fn sections(program: &str, text: &str) -> Vec<(String, Vec<Trace>)> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let sections = lines.split(|line| line.starts_with("== ")).skip(1);
    let titles = lines.iter().filter_map(|line| line.strip_prefix("== "));
    titles
        .zip(sections)
        .map(|(says, runs)| {
            (says.to_string(), runs.split(|line| *line == "or").map(|run| story(program, run)).collect())
        })
        .collect()
}

/// A run, told line by line: `[seconds] process text`, where `{pid}` in the text is that process's id, or `[seconds]
/// process (how it ended)`, `process (worked SECONDS)`, `process (waited SECONDS)`, or `process (shares PROCESS)`, which was named before.
/// `process (child-of PROCESS)`, `process (reaps PROCESS)` and `process (reads-from PROCESS)` are what only an exploration tells.
fn story(program: &str, lines: &[&str]) -> Trace {
    let mut pids: BTreeMap<&str, Pid> = BTreeMap::new();
    let mut events = Vec::new();
    for line in lines {
        let (first, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{program}: {line:?}"));
        let (at, process, text) = match first.parse::<f64>() {
            Ok(seconds) => {
                let (process, text) = rest.trim_start().split_once(' ').unwrap();
                (Some(interleave::trace::Moment { after: seconds, by: seconds }), process, text.trim_start())
            }
            Err(_) => (None, first, rest.trim_start()),
        };
        let fresh = 100 + Pid::try_from(pids.len()).unwrap();
        let pid = *pids.entry(process).or_insert(fresh);
        let what = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(found) => match found.split_once(' ') {
                Some(("exit", code)) => What::Ended(End::Exited(code.parse().unwrap())),
                Some(("waited", seconds)) => What::Waited(seconds.parse().unwrap()),
                Some(("worked", seconds)) => What::Worked(seconds.parse().unwrap()),
                Some(("child-of", other)) => What::Seen { parent: Some(pids[other]) },
                Some(("reaps", other)) => What::Reaped(pids[other]),
                Some(("reads-from", other)) => What::Told { what: Told::Data, by: Some(pids[other]) },
                Some(("shares", other)) => What::Shares { with: pids[other], memory: Memory::Mapping(String::new()) },
                _ => What::Ended(End::Signaled(found.parse::<Signal>().unwrap() as i32)),
            },
            None => What::Line(text.replace("{pid}", &pid.to_string())),
        };
        events.push(Event { at, pid, what });
    }
    trace(program, events)
}

fn trace(program: &str, events: Vec<Event>) -> Trace {
    let root = events.first().map_or(0, |event| event.pid);
    let virtual_time =
        events.iter().any(|event| matches!(event.what, What::Seen { .. } | What::Reaped(_) | What::Told { .. }));
    Trace {
        header: Header { program: program.to_string(), root, virtual_time },
        events,
        stop: None,
        stopped_after: None,
    }
}

/// The programs that are small enough for a model, each with its own.
fn modelled(course: &Course) -> Vec<(&Program, Model)> {
    let programs: Vec<_> =
        course.programs().filter_map(|(_, program)| Some((program, models::of(program.name())?))).collect();
    assert!(programs.len() >= 10, "the six lessons' ten programs are among them");
    programs
}

/// The models are believed because they find as many orders as can be counted by hand.
#[test]
fn models_agree_with_combinatorics() {
    let orders = |program| models::of(program).unwrap().orders().len();
    assert_eq!(orders("ordering_demo"), 3, "three places for the parent's end among the child's two lines");
    assert_eq!(orders("ordering_join_demo"), 1);
    assert_eq!(orders("isolation_demo"), 1);
    assert_eq!(orders("isolation_second_child_demo"), 1);
    assert_eq!(orders("single_task_demo"), 1);
    assert_eq!(orders("spawn_demo"), 35, "7 over 3: the three byes among them and four hellos");
    assert_eq!(orders("coroutine_demo"), 1);
    assert_eq!(orders("thread_second_demo"), 1);
    assert_eq!(orders("hybrid_demo"), 20 * 2 * 2, "6 over 3, and two orders of the threads in each child");
    // Until the parent hears of it, the crashed child has said one line (5 over 2) or two in either order (6 over 3).
    assert_eq!(orders("hybrid_crash_demo"), (10 + 20 + 20) * 2);
    // Catalan's number of ways in which four things follow four others, each its own: 14. Besides, the reader may speak
    // first, while there is nothing to get; then the other three follow theirs in 5 ways.
    assert_eq!(orders("queue_demo"), 14 + 5);
    assert_eq!(orders("pipe_demo"), 14 + 5);
}

/// The claims accept whatever order the program can print its lines in.
#[test]
fn claims_accept_every_order_that_is_possible() {
    for (program, model) in modelled(&course()) {
        let orders = model.orders();
        let traces: Vec<Trace> = orders.iter().map(|order| from_said(program.name(), order)).collect();
        // All of them together are every interleaving, so that each `either` has to be shown both ways.
        let broken = broken_by(&program.claims, &traces, Runs::All { distinct: traces.len() });
        assert!(broken.is_empty(), "{}, {} orders: {broken:#?}", program.name(), traces.len());
    }
}

/// The claims accept nothing else: whatever single thing is changed in a transcript, the result is possible, or rejected.
#[test]
fn every_mutant_is_possible_or_rejected() {
    for (program, model) in modelled(&course()) {
        let (mut possible, mut rejected) = (0, 0);
        for transcript in &program.transcripts {
            assert!(
                model.allows(&models::said(&transcript.trace)),
                "{}: the model knows the transcript",
                transcript.at
            );
            for (how, mutant) in mutants(&transcript.trace) {
                let legal = model.allows(&models::said(&mutant));
                let broken = broken_by(&program.claims, &[mutant], Runs::Some);
                assert_eq!(broken.is_empty(), legal, "{}: {how}; broken: {broken:?}", transcript.at);
                if legal { possible += 1 } else { rejected += 1 }
            }
        }
        assert!(rejected > possible, "{}: {rejected} mutants rejected, {possible} possible", program.name());
    }
}

/// Every trace that differs from this one in one thing: a line dropped, repeated, swapped with the next, written by another
/// process, or with another number.
fn mutants(original: &Trace) -> Vec<(String, Trace)> {
    let with = |change: &dyn Fn(&mut Vec<Event>)| {
        let mut mutant = original.clone();
        change(&mut mutant.events);
        mutant
    };
    let pids: BTreeSet<Pid> = original.events.iter().map(|event| event.pid).collect();
    let stranger = pids.last().unwrap() + 1;
    let mut mutants = Vec::new();
    for (i, event) in original.events.iter().enumerate() {
        let What::Line(text) = &event.what else { continue };
        mutants.push((format!("without {text:?}"), with(&|events| drop(events.remove(i)))));
        mutants.push((format!("with {text:?} twice"), with(&|events| events.insert(i, event.clone()))));
        if i > 0 {
            mutants.push((format!("with {text:?} one line up"), with(&|events| events.swap(i - 1, i))));
        }
        for pid in pids.iter().copied().chain([stranger]).filter(|pid| *pid != event.pid) {
            mutants.push((format!("with {text:?} by {pid}"), with(&|events| events[i].pid = pid)));
        }
        for changed in other_numbers(text) {
            let how = format!("with {changed:?} for {text:?}");
            mutants.push((how, with(&|events| events[i].what = What::Line(changed.clone()))));
        }
    }
    mutants
}

/// The text with each of its numbers one greater, one less and zero.
fn other_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut end = 0;
    while let Some(start) = text[end..].find(|c: char| c.is_ascii_digit()).map(|at| end + at) {
        end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
        let (digits, number) = (end - start, text[start..end].parse::<u64>().unwrap());
        for other in BTreeSet::from([number + 1, number.saturating_sub(1), 0]) {
            if other != number {
                found.push(format!("{}{other:0digits$}{}", &text[..start], &text[end..]));
            }
        }
    }
    found
}

/// A run in which this was said.
fn from_said(program: &str, said: &[Said]) -> Trace {
    let event = |said: &Said| {
        let pid = 100 + Pid::try_from(said.who).unwrap();
        Event { at: None, pid, what: What::Line(said.text.replace("{pid}", &pid.to_string()).replace("{tid}", "7")) }
    };
    trace(program, said.iter().map(event).collect())
}
