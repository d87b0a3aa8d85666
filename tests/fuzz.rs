//! Whatever is read that somebody else has written: notes with claims, transcripts, traces, schedules. No input makes a parser, or
//! who works with what it has read, panic.
//!
//! The inputs are the course's own notes, and traces of their transcripts, changed at random, and now and then only noise. The seed is
//! printed; with `FUZZ_SEED=SEED FUZZ_FROM=NUMBER FUZZ_INPUTS=1` one input comes again. `cargo test` tries a few thousand;
//!
//! ```sh
//! cargo test --release -p interleave-claims --test fuzz -- --ignored --nocapture
//! ```
//!
//! a million, or as many as `FUZZ_INPUTS` says.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use interleave::explore::Schedule;
use interleave::trace::{End, Event, Trace, What};
use interleave_claims::check::{Judge, Runs};
use interleave_claims::notes::claims::Claims;
use interleave_claims::notes::pattern::Pattern;
use interleave_claims::notes::{Course, markdown};
use interleave_claims::report::{self, Report};
use rand::rngs::SmallRng;
use rand::{Rng, RngExt, SeedableRng};

/// What stands in notes, traces and schedules, or breaks what reads them.
const WORDS: [&str; 77] = [
    "```",
    "```toml claims\n",
    "```text transcript queue_demo\n",
    "~~~",
    "[program]\n",
    "[lines]\n",
    "[values]\n",
    "[[claim]]\n",
    "says = \"x\"\n",
    "order = [",
    "either = ",
    "count = 2\n",
    "of = [",
    "never = [",
    "processes = { parent = 1 }\n",
    "at_most = 3\n",
    "per_process = true\n",
    "at_once = 1\n",
    "open = \"{n}\"\n",
    "close = ",
    "same = \"n\"\n",
    "at_least = 1.0\n",
    "value = ",
    "between = [",
    "printed = ",
    "interleavings = 3\n",
    "started_by = { child = \"parent\" }\n",
    "reaped = 1\n",
    "before = ",
    "tells_ends = [",
    "threads = { parent = 1 }\n",
    "told = \"data\"\n",
    "by = \"child\"\n",
    "like = \"queue_demo\"\n",
    "run = \"./a\"\n",
    "build = \"make\"\n",
    "time = \"ordered\"\n",
    "{pid}",
    "{n}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\'",
    "\\",
    "=",
    "0",
    "-1",
    "1..",
    "..",
    "1e308",
    "9223372036854775807",
    "18446744073709551616",
    "0.1",
    "NaN",
    "\0",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{2028}",
    "é",
    "父进程启动",
    "\u{1f980}",
    "\n",
    "\r\n",
    "{\"pid\":1,",
    "\"line\":\"x\"}\n",
    "{\"stop\":\"deadlock\"}\n",
    "\"seen\":{\"parent\":null}",
    "\"ended\":{\"exited\":0}",
    "\"at\":{\"after\":1.0,\"by\":0.0},",
    "{\"program\":\"p\",\"root\":1}\n",
    "b2a",
    "(27)",
    "(t1)",
    "-",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// What to begin with.
struct Corpus {
    /// The blocks of notes that are read, of one lesson each.
    notes: Vec<String>,
    /// Traces of their transcripts.
    traces: Vec<String>,
    /// All claims, for traces to be judged by.
    claims: Vec<Claims>,
}

impl Corpus {
    fn read() -> Corpus {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folders = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path().join("README.md"));
        let mut files: Vec<PathBuf> = folders.filter(|file| file.is_file()).collect();
        files.extend([root.join("tests/course_in_c/NOTES.md"), root.join("crates/cli/templates/course/NOTES.md")]);
        files.sort();
        let mut corpus = Corpus { notes: Vec::new(), traces: Vec::new(), claims: Vec::new() };
        for file in files {
            let mut blocks = String::new();
            for fence in markdown::fences(&fs::read_to_string(file).unwrap()) {
                if fence.info.starts_with("toml claims") || fence.info.starts_with("text transcript") {
                    blocks += &format!("```{}\n{}```\n\n", fence.info, fence.text);
                }
            }
            // Some lessons are like those of others.
            let Ok(course) = Course::of_text("fuzz", &blocks) else { continue };
            for (_, program) in course.programs() {
                for transcript in &program.transcripts {
                    let mut text = Vec::new();
                    whole(&transcript.trace).write(&mut text).unwrap();
                    corpus.traces.push(String::from_utf8(text).unwrap());
                }
            }
            corpus
                .claims
                .extend(course.lessons.into_iter().flat_map(|lesson| lesson.programs).map(|program| program.claims));
            corpus.notes.push(blocks);
        }
        assert!(corpus.notes.len() > 5 && corpus.traces.len() > 5, "there are notes to begin with");
        corpus
    }
}

/// A trace with all kinds of events, which a transcript has not.
fn whole(trace: &Trace) -> Trace {
    let mut trace = trace.clone();
    let mut pids: Vec<_> = trace.events.iter().map(|event| event.pid).collect();
    pids.sort_unstable();
    pids.dedup();
    let seen = pids.iter().map(|&pid| Event { at: None, pid, what: What::Seen { parent: None } });
    let ended = pids.iter().map(|&pid| Event { at: None, pid, what: What::Ended(End::Exited(0)) });
    let reaped =
        pids.iter().zip(pids.iter().skip(1)).map(|(&pid, &of)| Event { at: None, pid, what: What::Reaped(of) });
    trace.events = seen.chain(trace.events).chain(ended).chain(reaped).collect();
    trace
}

/// A text, changed in a few places; or now and then noise.
fn changed(random: &mut SmallRng, corpus: &[String]) -> Vec<u8> {
    if random.random_ratio(1, 50) {
        let noise = random.random_range(0..300);
        return (0..noise).map(|_| random.random()).collect();
    }
    let mut bytes = one_of(random, corpus).clone().into_bytes();
    // Most changes make it unreadable, and what is behind the parsers is to be tried as well.
    let most = *one_of(random, &[1, 2, 8]);
    for _ in 0..random.random_range(1..=most) {
        let range = part(random, &bytes);
        match random.random_range(0..7) {
            0 => drop(bytes.drain(range)),
            1 => {
                let again = bytes[range.clone()].to_vec();
                let times = random.random_range(1..4);
                let again = again.repeat(times);
                bytes.splice(range.end..range.end, again);
            }
            2 | 3 => {
                let word = WORDS[random.random_range(0..WORDS.len())];
                bytes.splice(range.start..range.start, word.bytes());
            }
            4 => {
                let word = WORDS[random.random_range(0..WORDS.len())];
                bytes.splice(range, word.bytes());
            }
            5 => {
                let other = one_of(random, corpus).as_bytes();
                let other = &other[part(random, other)];
                bytes.splice(range.start..range.start, other.iter().copied());
            }
            _ if !bytes.is_empty() => {
                let index = random.random_range(0..bytes.len());
                bytes[index] = random.random();
            }
            _ => {}
        }
        // Doubled again and again it would only be slow.
        bytes.truncate(64 << 10);
    }
    bytes
}

fn one_of<'a, T>(random: &mut SmallRng, all: &'a [T]) -> &'a T {
    &all[random.random_range(0..all.len())]
}

/// A part of it, mostly a short one, often whole lines.
fn part(random: &mut SmallRng, bytes: &[u8]) -> Range<usize> {
    let start = random.random_range(0..=bytes.len());
    let longest = if random.random_ratio(1, 10) { bytes.len() - start } else { (bytes.len() - start).min(60) };
    let end = start + random.random_range(0..=longest);
    if random.random_ratio(1, 2) {
        let start = bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let end = bytes[end..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| end + at + 1);
        return start..end;
    }
    start..end
}

/// Reads notes, and judges their transcripts by them. Says whether they could be read.
fn notes(text: &str) -> bool {
    let course = match Course::of_text("fuzz", text) {
        Ok(course) => course,
        Err(faults) => {
            let lines = text.lines().count() + 1;
            for fault in &faults {
                assert!((1..=lines).contains(&fault.at.line), "{fault} is on none of the {lines} lines");
            }
            assert!(!faults.is_empty());
            return false;
        }
    };
    for (_, program) in course.programs() {
        let traces: Vec<Trace> = program.transcripts.iter().map(|transcript| transcript.trace.clone()).collect();
        judge(&program.claims, traces);
        let _ = program.claims.job(vec!["true".into()]);
    }
    true
}

/// Judges runs, and writes both reports.
fn judge(claims: &Claims, traces: Vec<Trace>) {
    for runs in [Runs::Some, Runs::All { distinct: traces.len() }] {
        let mut judge = Judge::new(claims);
        for trace in &traces {
            judge.add(trace, None);
        }
        let report = Report {
            lesson: "fuzz",
            claims,
            live: traces.clone(),
            explored: None,
            unexplored: false,
            unexplained: None,
            judged: judge.finish(runs),
            missing: ["a fence".to_owned()].into(),
            again: String::new(),
            replay: String::new(),
            program: String::new(),
        };
        let text = report::text(&report);
        let escapes = |character: char| character.is_control() && character != '\n';
        assert!(!text.contains(escapes), "this reaches a terminal: {text:?}");
        report::json(std::slice::from_ref(&report), false, None).unwrap();
    }
}

/// Reads traces, writes and reads them again, and judges them. Says whether they could be read.
fn traces(random: &mut SmallRng, corpus: &Corpus, bytes: &[u8]) -> bool {
    let Ok(traces) = Trace::read_all("fuzz", bytes) else { return false };
    let mut written = Vec::new();
    traces.iter().for_each(|trace| trace.write(&mut written).unwrap());
    assert_eq!(Trace::read_all("written", written.as_slice()).unwrap(), traces);
    let claims = one_of(random, &corpus.claims);
    judge(claims, traces);
    true
}

/// What of the inputs could be read, of each kind.
#[derive(Default)]
struct Tried {
    notes: [AtomicU64; 2],
    traces: [AtomicU64; 2],
    small: [AtomicU64; 2],
    slowest: Mutex<(Duration, u64)>,
}

/// Tries one input. The same seed and number make the same one.
fn one(seed: u64, number: u64, corpus: &Corpus, tried: &Tried) {
    let mut random = SmallRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let random = &mut random;
    let count = |kind: &[AtomicU64; 2], read: bool| kind[usize::from(read)].fetch_add(1, Ordering::Relaxed);
    match random.random_range(0..10) {
        0..5 => {
            let bytes = changed(random, &corpus.notes);
            count(&tried.notes, notes(&String::from_utf8_lossy(&bytes)))
        }
        5..9 => {
            let bytes = changed(random, &corpus.traces);
            let read = traces(random, corpus, &bytes);
            count(&tried.traces, read)
        }
        _ => {
            let length = random.random_range(0..6);
            let text: String = (0..length).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect();
            let schedule = text.parse::<Schedule>().map(|schedule| schedule.to_string().parse::<Schedule>().map(drop));
            let is_schedule = schedule.is_ok();
            assert!(schedule.is_err() || schedule.is_ok_and(|again| again.is_ok()), "{text:?} is written as none");
            let is_pattern = Pattern::parse(&text).is_ok();
            count(&tried.small, is_schedule || is_pattern)
        }
    };
}

fn fuzz(usual: u64) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("FUZZ_SEED").unwrap_or_else(|| rand::rng().next_u64());
    let (from, inputs) = (number("FUZZ_FROM").unwrap_or(0), number("FUZZ_INPUTS").unwrap_or(usual));
    println!("seed {seed}");
    let (corpus, tried, next) = (Corpus::read(), Tried::default(), AtomicU64::new(from));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= from + inputs {
                        return;
                    }
                    let start = Instant::now();
                    let done = catch_unwind(AssertUnwindSafe(|| one(seed, number, &corpus, &tried)));
                    assert!(done.is_ok(), "see it: FUZZ_SEED={seed} FUZZ_FROM={number} FUZZ_INPUTS=1");
                    let mut slowest = tried.slowest.lock().unwrap();
                    *slowest = (*slowest).max((start.elapsed(), number));
                }
            });
        }
    });
    let [notes, traces, small] = [&tried.notes, &tried.traces, &tried.small]
        .map(|kind| kind.each_ref().map(|count| count.load(Ordering::Relaxed)));
    let (time, number) = *tried.slowest.lock().unwrap();
    println!(
        "{inputs} inputs; notes: {} refused, {} read; traces: {} refused, {} read; schedules and patterns: {} refused, {} read; \
         the slowest, number {number}, took {time:?}",
        notes[0], notes[1], traces[0], traces[1], small[0], small[1]
    );
    // Were all refused, nothing behind the parsers would be tried.
    if inputs >= 1000 {
        assert!(
            [notes, traces, small].iter().flatten().all(|&count| count > inputs / 1000),
            "one kind is hardly tried"
        );
    }
}

#[test]
fn a_few_thousand_inputs_make_nothing_panic() {
    fuzz(3000);
}

#[test]
#[ignore = "takes minutes"]
fn a_million_inputs_make_nothing_panic() {
    fuzz(1_000_000);
}
