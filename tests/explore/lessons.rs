//! The lessons' programs, explored.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use interleave::explore::{Interleaving, Job, Runner, explore};
use interleave_claims::notes::{Course, Program};

use crate::lessons::running::binary;
use crate::models;

/// A program of a lesson, and all its interleavings.
struct Explored {
    job: Job,
    interleavings: Vec<Interleaving>,
    complete: bool,
}

/// Whether a program has so many schedules that a test looks at a part of them only.
fn is_long(name: &str) -> bool {
    name.starts_with("pool_") || name.starts_with("queue_")
}

/// Every program that the notes want explored.
fn explored() -> &'static [Explored] {
    static EXPLORED: OnceLock<Vec<Explored>> = OnceLock::new();
    EXPLORED.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let course = Course::read(&root).unwrap_or_else(|faults| panic!("{}", faults[0]));
        let programs = course.programs().filter(|(_, program)| program.claims.unexplored.is_none());
        let programs: Vec<&Program> = programs.map(|(_, program)| program).collect();
        // Two at a time: an exploration waits now and then.
        let next = AtomicUsize::new(0);
        let some = || -> Vec<Explored> {
            std::iter::from_fn(|| programs.get(next.fetch_add(1, Ordering::Relaxed)))
                .map(|one| explore_all(one))
                .collect()
        };
        thread::scope(|scope| {
            let other = scope.spawn(some);
            some().into_iter().chain(other.join().unwrap()).collect()
        })
    })
}

fn explore_all(program: &Program) -> Explored {
    let command = vec![binary(program.name()).into()];
    let mut job = program.claims.job(command);
    job.limits.time = Duration::from_secs(120);
    // However slow the machine is. A lesson that is not long is explored to its end.
    job.time = Duration::from_secs(600);
    if is_long(&job.name) {
        job.most = if all() { u64::MAX } else { 30 };
    }
    let mut interleavings = Vec::new();
    let statistics = explore(&job, |interleaving| {
        interleavings.push(interleaving);
        ControlFlow::Continue(())
    });
    let statistics = statistics.unwrap();
    assert!(statistics.complete || is_long(&job.name), "{}: {statistics}", job.name);
    assert_eq!(statistics.diverged, 0, "{}: {statistics}", job.name);
    Explored { job, interleavings, complete: statistics.complete }
}

/// Whether there is time for everything.
fn all() -> bool {
    std::env::var_os("MULTIPROCESS_TEST_ALL").is_some()
}

#[test]
fn lessons_show_what_their_models_say() {
    for Explored { job, interleavings, complete } in explored() {
        let Some(model) = models::of(&job.name) else { continue };
        for one in interleavings {
            assert!(model.allows(&models::said(&one.trace)), "{}: {:#?}", job.name, one.lines());
        }
        let found: BTreeSet<_> = interleavings.iter().map(|one| without_seconds(one.lines())).collect();
        let expected = model.orders().len();
        assert!(if *complete { found.len() == expected } else { found.len() <= expected }, "{}", job.name);
    }
}

/// How long a task slept is chance, and its order the same.
fn without_seconds(lines: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let cut = |text: String| text.split_once("--耗时").map(|(before, _)| before.to_owned()).unwrap_or(text);
    lines.into_iter().map(|(process, text)| (process, cut(text))).collect()
}

#[test]
fn deduced_orders_of_lessons_come_about() {
    for Explored { job, interleavings, .. } in explored() {
        let mut runner = Runner::new(job);
        let deduced: Vec<&Interleaving> = interleavings.iter().filter(|one| one.schedule.is_none()).collect();
        let step = if all() { 1 } else { (deduced.len() / 10).max(1) };
        for one in deduced.iter().step_by(step) {
            let run = runner.confirm(one).unwrap_or_else(|error| panic!("{}: {error}", job.name));
            assert_eq!(run.lines(), one.lines(), "{}", job.name);
        }
    }
}

#[test]
fn schedules_of_lessons_give_the_same_lines_every_time() {
    let times = if all() { 1000 } else { 3 };
    for Explored { job, interleavings, .. } in explored() {
        let mut runner = Runner::new(job);
        let one = interleavings.iter().max_by_key(|one| one.switches()).unwrap();
        let first = runner.confirm(one).unwrap_or_else(|error| panic!("{}: {error}", job.name));
        let schedule = first.schedule.as_ref().unwrap();
        for time in 0..times {
            let again = runner.replay(schedule).unwrap_or_else(|error| panic!("{}, {time}: {error}", job.name));
            assert_eq!(again.lines(), first.lines(), "{} {schedule}, {time}", job.name);
            assert_eq!(again.schedule, first.schedule, "{}, {time}", job.name);
        }
    }
}
