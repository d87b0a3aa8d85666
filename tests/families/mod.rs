//! Random programs of every family: what an exploration lists is what `--no-reduction` finds, and no plain run shows anything else.
//!
//! `cargo test` tries a few of each family. The rest, which takes an hour or two:
//! `cargo test -p xtask families::many -- --ignored` (`FAMILY=pipes PROGRAMS=0..200` for some of them). One program, also one that
//! somebody has written: `SCRIPT='pipe.0 fork.1 r.0.5|w.0.2' cargo test -p xtask families::one -- --ignored --nocapture`.

mod model;
mod programs;
mod threads;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;

use interleave::explore::{CaveatKind, Job, Statistics, TimeMode, explore};
use interleave::outcome::{Ending, Outcome};
use programs::{FAMILIES, Family};
use xtask::plain;

/// Words that wait for a time: what they come to may be so, too, that this is up early.
const GIVES_UP: &[&str] = &["polltime", "sigtime", "taketime", "optime", "mqtime", "locktime", "limit"];

/// How much a program is tried.
#[derive(Clone, Copy)]
struct Effort {
    /// How many runs without reduction; what these have found is compared even if there are more.
    without: u64,
    /// The same where a model says what there is to find.
    with_model: u64,
    /// How many plain runs.
    plain: u32,
}

const LITTLE: Effort = Effort { without: 25, with_model: 5, plain: 4 };
/// What a script needs that was wrong once.
const ENOUGH: Effort = Effort { without: 80, with_model: 20, plain: 6 };
const MUCH: Effort = Effort { without: 600, with_model: 600, plain: 20 };

/// What runs scripts, compiled once; and a folder for what this test needs.
static SCRIPT: LazyLock<(PathBuf, PathBuf)> = LazyLock::new(|| {
    let binary = compiled("script");
    let folder = binary.with_file_name("");
    (binary, folder)
});

/// The program of this name in this folder.
fn compiled(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("families");
    fs::create_dir_all(&folder).unwrap();
    let binary = folder.join(name);
    // Renamed when it is whole, for who does the same at the same time.
    let fresh = folder.join(format!("{name}-{}", std::process::id()));
    let mut cc = Command::new("cc");
    let source = xtask::root().join(format!("tests/families/{name}.c"));
    cc.args(["-O1", "-w", "-pthread", "-o"]).arg(&fresh).arg(source).arg("-lrt");
    assert!(cc.status().unwrap().success(), "{cc:?}");
    fs::rename(&fresh, &binary).unwrap();
    binary
}

/// The command that runs a script, with naps or without.
fn command(script: &str, naps: u32) -> Vec<OsString> {
    vec![SCRIPT.0.clone().into(), script.into(), naps.to_string().into()]
}

/// An empty folder, which is gone when this is.
struct Empty(PathBuf);

impl Empty {
    fn new() -> Empty {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = SCRIPT.1.join(format!("{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Empty(folder)
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn explored(script: &str, most_without_reduction: Option<u64>) -> (BTreeSet<Outcome>, Statistics) {
    let empty = Empty::new();
    let mut job = Job::new("script", command(script, 0));
    job.folder = Some(empty.0.clone());
    if script.split(['|', ' ']).any(|word| word.split('.').next().is_some_and(|name| GIVES_UP.contains(&name))) {
        job.limits.time_mode = TimeMode::Any;
    }
    if let Some(most) = most_without_reduction {
        job.reduction = false;
        job.most = most;
    }
    let mut outcomes = BTreeSet::new();
    let statistics = explore(&job, |interleaving| {
        let outcome = interleaving.outcome();
        if outcome.ending != Ending::Stopped {
            outcomes.insert(outcome);
        }
        ControlFlow::Continue(())
    });
    (outcomes, statistics.unwrap_or_else(|error| panic!("{script}: {error}")))
}

/// What there is to say of a program.
#[derive(Default)]
struct Judged {
    /// What should not be.
    faults: Vec<String>,
    /// What would be a fault, had not a "but" said that it may be.
    excused: Vec<String>,
    /// The "but" lines.
    buts: Vec<String>,
    is_complete: bool,
    is_complete_without: bool,
    /// The model knows all of its words.
    has_model: bool,
    runs: [u64; 2],
}

fn shown(outcomes: &BTreeSet<Outcome>) -> String {
    let one =
        |outcome: &Outcome| format!("\n        {} => {}", outcome.text.trim_end().replace('\n', " | "), outcome.ending);
    outcomes.iter().map(one).collect()
}

fn judge(script: &str, effort: Effort) -> Judged {
    let model = model::outcomes(script);
    let (listed, statistics) = explored(script, None);
    let most_without = if model.is_some() { effort.with_model } else { effort.without };
    let (reference, without) = explored(script, Some(most_without));
    let mut judged = Judged {
        buts: statistics.caveats.keys().map(|caveat| caveat.to_string()).collect(),
        is_complete: statistics.complete,
        is_complete_without: without.complete,
        runs: [&statistics, &without].map(|statistics| statistics.runs + statistics.pruned),
        ..Judged::default()
    };
    for (name, one) in [("", &statistics), (" without reduction", &without)] {
        if let Some(divergence) = &one.divergence {
            judged.faults.push(format!("diverged{name}: {divergence}"));
        }
    }
    let minus = |some: &BTreeSet<Outcome>, others: &BTreeSet<Outcome>| -> BTreeSet<Outcome> {
        some.difference(others).cloned().collect()
    };
    let missing = minus(&reference, &listed);
    // Where there were too many orders: loads and stores were no steps, nor were the moments of an end, or some were left out.
    let is_coarse = |statistics: &Statistics| {
        let kinds = [CaveatKind::SharedMemory, CaveatKind::SilentWaits, CaveatKind::Moments];
        statistics.caveats.keys().any(|caveat| kinds.contains(&caveat.kind))
    };
    if statistics.complete && !missing.is_empty() {
        let kind = if is_coarse(&statistics) { &mut judged.excused } else { &mut judged.faults };
        kind.push(format!("missing, without reduction:{}", shown(&missing)));
    }
    let extra = minus(&listed, &reference);
    if without.complete && !is_coarse(&without) && !extra.is_empty() {
        judged.faults.push(format!("only with reduction:{}", shown(&extra)));
    }
    if let Some(model) = model {
        judged.has_model = true;
        for (what, some) in
            [("missing, by the model", minus(&model, &listed)), ("not of the model", minus(&listed, &model))]
        {
            let is_excused = is_coarse(&statistics) && what.starts_with("missing");
            if statistics.complete && !is_excused && !some.is_empty() {
                judged.faults.push(format!("{what}:{}", shown(&some)));
            }
        }
    }
    let seen = plain_runs(script, effort.plain, &listed);
    let denied = minus(&seen, &listed);
    if statistics.complete && !denied.is_empty() {
        let kind = if is_excused(&statistics) { &mut judged.excused } else { &mut judged.faults };
        kind.push(format!("seen in plain runs:{}", shown(&denied)));
    }
    judged
}

/// Whether a "but" says that plain runs may show something else. (A handler of a script shares nothing with what it interrupts.)
fn is_excused(statistics: &Statistics) -> bool {
    statistics.caveats.keys().any(|caveat| caveat.kind != CaveatKind::Handlers)
}

/// What plain runs show, half of which have one processor.
fn plain_runs(script: &str, times: u32, listed: &BTreeSet<Outcome>) -> BTreeSet<Outcome> {
    let may_wait =
        &|text: &str| listed.iter().any(|outcome| outcome.ending == Ending::Deadlock && outcome.text == text);
    let run = &|number: u32| {
        let empty = Empty::new();
        // Some without naps, as they come.
        let naps = if number.is_multiple_of(3) { 0 } else { number * 7919 };
        plain::run(&command(script, naps), &empty.0, number % 2 == 1, may_wait)
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    };
    // All at once, which keeps the machine busy. Each has a world of its own.
    thread::scope(|scope| {
        let runs: Vec<_> = (0..times).map(|number| scope.spawn(move || run(number))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

/// Judges these programs of a family; says what is not as it should be.
fn judge_family(family: &Family, numbers: Range<u64>, effort: Effort) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut complete, mut without, mut with_model, mut with_but) = (0, 0, 0, 0);
    // In how many programs, and in which first.
    let mut buts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let number_of = numbers.end - numbers.start;
    for number in numbers {
        let script = family.program(number);
        let judged = judge(&script, effort);
        complete += u64::from(judged.is_complete);
        without += u64::from(judged.is_complete_without);
        with_model += u64::from(judged.has_model);
        with_but += u64::from(!judged.buts.is_empty());
        judged.buts.iter().for_each(|but| buts.entry(but.clone()).or_insert((0, number)).0 += 1);
        for fault in &judged.faults {
            let fault = format!("{} {number}: {script}\n    {fault}\n    buts: {:?}", family.name, judged.buts);
            println!("FAULT {fault}\n    SCRIPT='{script}' cargo test -p xtask families::one -- --ignored --nocapture");
            faults.push(fault);
        }
        judged.excused.iter().for_each(|excused| println!("excused {} {number}: {script}\n    {excused}", family.name));
    }
    println!(
        "{}: {number_of} programs, {complete} complete, {without} without reduction too, {with_model} \
         with a model, {with_but} with a \"but\", {} faults",
        family.name,
        faults.len()
    );
    buts.iter().for_each(|(but, (times, first))| println!("    {times} but {but} (first: {first})"));
    faults
}

/// Scripts of which an exploration has denied what they can do.
const ONCE_WRONG: &[&str] = &[
    // The kernel changes a robust mutex when its holder ends.
    "share.r fork.1 trylock|lock",
    // Who unlocks a mutex that it does not have comes between what the C library does to lock it.
    "share fork.1 fork.2 trylock lock|lock cwait unlock csignal|unlock csignal",
    "share fork.1 unlock lock lock cwait unlock|trylock",
    // Neither waits: accept where nobody listens, poll and select of what is not open.
    "ubind.0.1 fork.1 tlisten.0.1|w.1.1 accept.0.2",
    "event.0.0 fork.1|cw.0 poll.s.0",
    // Of a process that was waited for a pidfd did not tell which it was.
    "fork.1 fork.2|pidfd.0.0 poll.p.0|pidfd.0.0 poll.p.0",
    // An end depends on another one in one order, and not in the other.
    "block.17 fork.1 pidfd.0.1 fork.2 say.x|nap|poll.p.0 say.y",
    "open.0.f.c fork.1 pidfd.1.1 fork.2 say.x flock.0.x|nap|poll.p.1 say.y",
    // Had it not been sent a signal, a process would have done something else.
    "handle.17.r open.1.f.c fork.1 size.f|fork.2|w.1.1",
    // A signal interrupts a wait that may give up at any moment.
    "handle.10 pipe.0 fork.1 kill.1.10|polltime.p.0",
    "handle.10 fork.1 kill.1.10|sigtime.10",
    // Who waits for ever has not ended, and neither has who was never started.
    "pipe.0 fork.1 fork.2 kill.1.15 avail.0|kill.0.10|r.0.1",
    // Who is about to send a signal still does when it is killed, until it is on its way out.
    "pipe.0 block.17 fork.1 pending.17 pending.17 kill.1.9 there.1 look.1|kill.0.15",
    // What is sent to one that ends does not change its exit status.
    "fork.1 kill.1.9 changed.1 change.1|exit.1",
    // Who is to die with its parent lives until that is dead, though it has killed it.
    "reaper fork.1 wait.1|deathsig.10 kill.0.10 say.y",
    // To close another descriptor of a file lets go of a lock on it.
    "open.0.f.c open.1.f.c lk.0.w.0.1 fork.1 fork.2 cr.1|open.1.f.c open.1.f.c|ofd.0.wn.0.1",
    // Who has begun to wait before O_NONBLOCK is set waits on.
    "pair.0.1.p fork.1 say.x nb.0.0|fork.2 r.1.1|r.0.1 w.1.2",
    "pair.0.1.s epnew.2 epadd.2.0.o fork.1 w.1.8 cw.0 eplook.2 epmod.2.0.o|r.0.1 w.1.8 epmod.2.0.e",
];

#[test]
fn what_was_wrong_is_right() {
    let faults = several_at_once(ONCE_WRONG, |script| {
        judge(script, ENOUGH).faults.into_iter().map(|fault| format!("{script}: {fault}")).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with any of these. A plain run naps most of its time, so several are tried at once.
fn several_at_once<T: Sync>(all: &[T], judge: impl Fn(&T) -> Vec<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let some = || -> Vec<String> {
        std::iter::from_fn(|| all.get(next.fetch_add(1, Ordering::Relaxed))).flat_map(&judge).collect()
    };
    thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(some)).collect();
        all.into_iter().flat_map(|some| some.join().unwrap()).collect()
    })
}

#[test]
fn a_few_of_each_family_are_explored_right() {
    let faults = several_at_once(FAMILIES, |family| judge_family(family, 0..2, LITTLE));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[ignore = "takes hours"]
fn many_of_each_family_are_explored_right() {
    let wanted = env::var("FAMILY").ok();
    let range = env::var("PROGRAMS").unwrap_or_else(|_| "0..200".to_owned());
    let (from, to) = range.split_once("..").unwrap();
    let families: Vec<&Family> = FAMILIES
        .iter()
        .filter(|family| wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|name| name == family.name)))
        .collect();
    assert!(!families.is_empty(), "no family is called {wanted:?}");
    let numbers = from.parse().unwrap()..to.parse().unwrap();
    let faults: Vec<String> = families.iter().flat_map(|family| judge_family(family, numbers.clone(), MUCH)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[ignore = "of a script that is named in SCRIPT"]
fn one() {
    let Ok(script) = env::var("SCRIPT") else { return };
    let (listed, statistics) = explored(&script, None);
    println!("{statistics}{}", shown(&listed));
    let judged = judge(&script, MUCH);
    println!(
        "{:?} runs; complete: {}, without reduction: {}",
        judged.runs, judged.is_complete, judged.is_complete_without
    );
    judged.excused.iter().for_each(|excused| println!("excused: {excused}"));
    assert!(judged.faults.is_empty(), "{}", judged.faults.join("\n"));
}
