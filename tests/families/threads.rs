//! Random programs of threads that use locks, against a model: what an exploration lists is what the model finds by trying every order.

use std::collections::{BTreeSet, HashSet};
use std::env;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::LazyLock;

use interleave::explore::{CaveatKind, Job, explore};
use interleave::outcome::{Ending, Outcome};

use super::programs::Dice;

/// A part of a script: what one thread does. Each of these keeps what it has locked no longer than to its end.
const PARTS: &[&str] = &[
    "lock.0 say.x unlock.0",
    "print.p",
    "print.p lock.0 print.q unlock.0",
    "lock.0 add unlock.0",
    "lock.0 tell unlock.0",
    "lock.0 lock.1 add unlock.1 unlock.0",
    "lock.1 lock.0 tell unlock.0 unlock.1",
    "lock.1 say.y unlock.1",
    "lock.0 wait tell unlock.0",
    "lock.0 add signal unlock.0",
    "lock.0 all add unlock.0",
    "signal",
    "try.0",
    "try.1 say.z",
    "take say.t",
    "take",
    "give",
    "give give",
    "lock.0 take add unlock.0",
    "read leave",
    "read say.r leave",
    "write leave",
    "write say.w leave",
    "lock.0 unlock.0 lock.0 add unlock.0",
];

/// A thread of the model: at which word it is, and what it is about to do there, if that is not the whole word.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Thread {
    at: usize,
    amid: Amid,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Amid {
    Begins,
    /// It waits for the condition.
    Waits,
    /// It was woken, and gets the mutex again.
    Woken,
    /// It has locked what it only tried.
    Got,
    /// It could not, and says so.
    Busy,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    threads: Vec<Thread>,
    /// Who has which mutex.
    holders: [Option<usize>; 2],
    semaphore: u32,
    readers: u32,
    has_writer: bool,
    number: u32,
    text: String,
}

type Word<'a> = (&'a str, &'a str);

impl State {
    /// All in which this thread can leave it by its next step.
    fn after(&self, number: usize, words: &[Word]) -> Vec<State> {
        let Thread { at, amid } = self.threads[number];
        let Some(&(name, argument)) = words.get(at) else { return Vec::new() };
        let which: usize = argument.parse().unwrap_or(0);
        let mut next = self.clone();
        let mut goes_on = Amid::Begins;
        let mut is_over = true;
        let is_free = self.holders[which].is_none();
        let mut say = |text: &str| {
            next.text.push(char::from(b'a' + number as u8));
            next.text.push_str(text);
            next.text.push('\n');
        };
        match (name, amid) {
            ("say" | "print", _) => say(argument),
            ("tell", _) => say(&self.number.to_string()),
            ("try", Amid::Busy) => say("busy"),
            ("try", Amid::Got) => next.holders[which] = None,
            ("try", _) if is_free => {
                next.holders[which] = Some(number);
                (goes_on, is_over) = (Amid::Got, false);
            }
            ("try", _) => (goes_on, is_over) = (Amid::Busy, false),
            ("lock", _) | ("wait", Amid::Woken) if is_free => next.holders[which] = Some(number),
            ("unlock", _) => next.holders[which] = None,
            ("wait", Amid::Begins) => {
                next.holders[0] = None;
                (goes_on, is_over) = (Amid::Waits, false);
            }
            ("signal" | "all", _) => {
                let waiting: Vec<usize> =
                    (0..self.threads.len()).filter(|&other| self.threads[other].amid == Amid::Waits).collect();
                next.threads[number] = Thread { at: at + 1, amid: Amid::Begins };
                if name == "all" {
                    waiting.iter().for_each(|&other| next.threads[other].amid = Amid::Woken);
                } else if !waiting.is_empty() {
                    let wake = |&other: &usize| {
                        let mut next = next.clone();
                        next.threads[other].amid = Amid::Woken;
                        next
                    };
                    return waiting.iter().map(wake).collect();
                }
                return vec![next];
            }
            ("take", _) if self.semaphore > 0 => next.semaphore -= 1,
            ("give", _) => next.semaphore += 1,
            ("read", _) if !self.has_writer => next.readers += 1,
            ("write", _) if !self.has_writer && self.readers == 0 => next.has_writer = true,
            ("leave", _) if self.has_writer => next.has_writer = false,
            ("leave", _) => next.readers -= 1,
            ("add", _) => next.number += 1,
            _ => return Vec::new(),
        }
        next.threads[number] = Thread { at: at + usize::from(is_over), amid: goes_on };
        vec![next]
    }
}

/// What the script can come to.
fn model(script: &str) -> BTreeSet<Outcome> {
    let word = |word| str::split_once(word, '.').unwrap_or((word, ""));
    let parts: Vec<Vec<Word>> = script.split('|').map(|part| part.split_whitespace().map(word).collect()).collect();
    let first = State {
        threads: vec![Thread { at: 0, amid: Amid::Begins }; parts.len()],
        holders: [None; 2],
        semaphore: 0,
        readers: 0,
        has_writer: false,
        number: 0,
        text: String::new(),
    };
    let (mut known, mut todo, mut outcomes) = (HashSet::new(), vec![first], BTreeSet::new());
    while let Some(state) = todo.pop() {
        if !known.insert(state.clone()) {
            continue;
        }
        let after: Vec<State> = (0..parts.len()).flat_map(|thread| state.after(thread, &parts[thread])).collect();
        if after.is_empty() {
            let is_over = state.threads.iter().zip(&parts).all(|(thread, words)| thread.at == words.len());
            let (text, ending) = match is_over {
                true => (state.text + "mend\n", Ending::Exited(0)),
                false => (state.text, Ending::Deadlock),
            };
            outcomes.insert(Outcome { text, ending });
        }
        todo.extend(after);
    }
    outcomes
}

fn script(number: u64) -> String {
    let mut dice = Dice::of("threads", number);
    let parts: Vec<String> = (0..2 + dice.below(2))
        .map(|_| (0..1 + dice.below(2)).map(|_| dice.one_of(PARTS)).collect::<Vec<_>>().join(" "))
        .collect();
    parts.join("|")
}

/// What is wrong with what is found of this script, and whether all was found.
fn judge(script: &str) -> (Option<String>, bool) {
    let mut job = Job::new("threads", vec![BINARY.clone().into(), script.into()]);
    job.limits.lines_only = false;
    let mut listed = BTreeSet::new();
    let statistics = explore(&job, |interleaving| {
        listed.insert(interleaving.outcome());
        ControlFlow::Continue(())
    })
    .unwrap_or_else(|error| panic!("{script}: {error}"));
    let wanted = model(script);
    // (Of threads, a "but" is always there.)
    let has_many = statistics.caveats.keys().any(|caveat| caveat.kind == CaveatKind::ThreadLocks);
    let kinds = [CaveatKind::Threads, CaveatKind::ThreadLocks];
    assert!(statistics.caveats.keys().all(|caveat| kinds.contains(&caveat.kind)), "{script}: {statistics}");
    let shown = |outcomes: &mut dyn Iterator<Item = &Outcome>| -> String {
        outcomes.map(|one| format!("\n    {} => {}", one.text.trim_end().replace('\n', " | "), one.ending)).collect()
    };
    let impossible = shown(&mut listed.difference(&wanted));
    let missing = shown(&mut wanted.difference(&listed));
    let is_all = statistics.complete && !has_many;
    let fault = match () {
        () if statistics.diverged > 0 => Some(format!("{script}: {statistics}")),
        () if !impossible.is_empty() => Some(format!("{script}: not of the model:{impossible}")),
        () if is_all && !missing.is_empty() => Some(format!("{script}: missing:{missing}\n    {statistics}")),
        () => None,
    };
    (fault, is_all)
}

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| super::compiled("threads"));

fn judge_all(numbers: std::ops::Range<u64>) {
    let (mut faults, mut complete) = (Vec::new(), 0);
    for number in numbers.clone() {
        let (fault, is_all) = judge(&script(number));
        complete += u32::from(is_all);
        if let Some(fault) = fault {
            println!("FAULT {number}: {fault}");
            faults.push(fault);
        }
    }
    println!("threads: {} programs, {complete} complete, {} faults", numbers.end - numbers.start, faults.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(complete > 0);
}

#[test]
fn a_few_programs_of_threads_are_explored_right() {
    judge_all(0..4);
}

#[test]
#[ignore = "takes long"]
fn many_programs_of_threads_are_explored_right() {
    let range = env::var("PROGRAMS").unwrap_or_else(|_| "0..200".to_owned());
    let (from, to) = range.split_once("..").unwrap();
    judge_all(from.parse().unwrap()..to.parse().unwrap());
}
