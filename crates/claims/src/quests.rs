//! What there is to do: quests, which come from the notes.
//!
//! Each freedom that the notes claim is two quests: to see the one side, and the other. Each claim that a broken neighbour
//! violates (another program of the lesson that prints the same lines) is one as well, in both programs: in the broken one it
//! can be solved, in the right one it is impossible, and an exploration proves it.

use crate::check::{self, Ruling, Side};
use crate::notes::claims::{Claims, Item, Rule};
use crate::say;
use interleave::explore::Interleaving;
use interleave::trace::{End, Event, Stop, Trace, What};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quest {
    /// What, as it goes on after "you are to".
    pub task: String,
    /// Where it comes from.
    pub from: String,
    /// Whether it is told before somebody has been found to solve it, here or in a neighbour.
    pub is_open: bool,
    goal: Goal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    /// To show this side of a freedom.
    Side { book: usize, claim: usize, side: Side },
    /// To break a claim.
    Break { book: usize, claim: usize },
    /// To let whoever is left wait for ever.
    Deadlock,
    /// To let a process fail.
    Failure,
}

impl Quest {
    /// One that is told and asks for a process that fails: for the tests of those who show quests.
    pub fn open(task: &str) -> Quest {
        Quest { task: task.to_owned(), from: String::new(), is_open: true, goal: Goal::Failure }
    }
}

/// The quests for one program, and the notes by which they are judged.
#[derive(Debug, Clone, Default)]
pub struct Quests {
    books: Vec<Claims>,
    quests: Vec<Quest>,
}

impl Quests {
    /// The quests for a program with these notes, if it has any, among these neighbours; `sample` is a run of it.
    pub fn of(own: Option<&Claims>, neighbours: &[&Claims], sample: &Trace) -> Quests {
        let mut quests = Quests::default();
        let Some(own) = own else {
            let from = say!("asked of every program").told();
            let deadlock = say!("let everybody who is left wait for ever (a deadlock)").told();
            let failure = say!("let a process crash, or the first one end with another exit code than 0").told();
            quests.add(deadlock, from.clone(), true, Goal::Deadlock);
            quests.add(failure, from, true, Goal::Failure);
            return quests;
        };
        quests.books.push(own.clone());
        for (claim, known) in own.claims.iter().enumerate() {
            if let Rule::Either(one, other) = &known.rule {
                let from = format!("“{}”", known.says);
                for (side, first, second) in [(Side::First, one, other), (Side::Second, other, one)] {
                    let task = say!("make {} come before {}", named(first, own), named(second, own)).told();
                    quests.add(task, from.clone(), true, Goal::Side { book: 0, claim, side });
                }
            }
        }
        quests.add_claims(0, own, &say!("what the notes say of it").told());
        for neighbour in neighbours.iter().filter(|neighbour| knows(neighbour, sample)) {
            quests.books.push((*neighbour).clone());
            quests.add_claims(
                quests.books.len() - 1,
                neighbour,
                &say!("what the notes say of {}", &neighbour.program).told(),
            );
        }
        if own.deadlock || neighbours.iter().any(|neighbour| neighbour.deadlock) {
            let waits = neighbours.iter().chain([&own]).find(|claims| claims.deadlock);
            let from = waits.map_or_else(String::new, |claims| say!("what happens in {}", &claims.program).told());
            quests.add(say!("let everybody who is left wait for ever").told(), from, true, Goal::Deadlock);
        }
        quests
    }

    /// Claims that may be broken; those whose words are known already are the same quest.
    fn add_claims(&mut self, book: usize, claims: &Claims, from: &str) {
        for (claim, known) in claims.claims.iter().enumerate() {
            let can_break = matches!(
                known.rule,
                Rule::Order(_)
                    | Rule::Count { .. }
                    | Rule::Never(_)
                    | Rule::Processes(_)
                    | Rule::AtMost { .. }
                    | Rule::Same { .. }
                    | Rule::TellsEnds(_)
            );
            let task = say!("break this: “{}”", &known.says).told();
            if can_break && !self.quests.iter().any(|quest| quest.task == task) {
                self.add(task, from.to_owned(), false, Goal::Break { book, claim });
            }
        }
    }

    fn add(&mut self, task: String, from: String, is_open: bool, goal: Goal) {
        self.quests.push(Quest { task, from, is_open, goal });
    }

    /// The words of the claim that this quest asks to break, if it does.
    pub fn breaks(&self, quest: usize) -> Option<&str> {
        match self.quests.get(quest)?.goal {
            Goal::Break { book, claim } => Some(&self.books[book].claims[claim].says),
            _ => None,
        }
    }

    /// Whether this quest asks to let all wait for ever.
    pub fn is_deadlock(&self, quest: usize) -> bool {
        self.quests.get(quest).is_some_and(|quest| quest.goal == Goal::Deadlock)
    }

    /// All of them, those included that are not told yet.
    pub fn all(&self) -> &[Quest] {
        &self.quests
    }

    /// Whether the program's own notes know every line of a run, of another program perhaps.
    pub fn knows_lines_of(&self, run: &Interleaving) -> bool {
        self.books.first().is_some_and(|own| knows(own, &run.trace))
    }

    /// The numbers of the quests that this run solves; one that is not over may not have come to it yet.
    pub fn solved_by(&self, run: &Interleaving) -> Vec<usize> {
        self.solved_in(&run.trace)
    }

    fn solved_in(&self, trace: &Trace) -> Vec<usize> {
        let is_over = trace.stop != Some(Stop::Interrupted);
        let rulings: Vec<Vec<Ruling>> = self.books.iter().map(|claims| check::rulings(claims, trace)).collect();
        let is_solved = |quest: &Quest| match quest.goal {
            Goal::Side { book, claim, side } => rulings[book].get(claim) == Some(&Ruling::Shows(side)),
            Goal::Break { book, claim } => match rulings[book].get(claim) {
                Some(Ruling::Broken(contradiction)) => is_over || !contradiction.is_missing,
                _ => false,
            },
            Goal::Deadlock => trace.stop == Some(Stop::Deadlock),
            Goal::Failure => trace.events.iter().any(|event| is_failure(event, trace)),
        };
        (0..self.quests.len()).filter(|&number| is_solved(&self.quests[number])).collect()
    }
}

fn is_failure(event: &Event, trace: &Trace) -> bool {
    match event.what {
        What::Ended(End::Exited(code)) => code != 0 && event.pid == trace.header.root,
        What::Ended(End::Signaled(_)) => true,
        _ => false,
    }
}

/// Whether notes know every line of a run.
fn knows(claims: &Claims, sample: &Trace) -> bool {
    let mut lines = sample.events.iter().filter_map(|event| match &event.what {
        What::Line(text) => Some(text),
        _ => None,
    });
    lines.all(|line| claims.recognise(line).is_some())
}

fn named(item: &Item, claims: &Claims) -> String {
    match item {
        Item::Line(line) => format!("“{}”", line.text),
        Item::Exit(_) => check::name(item, claims).told(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::notes::{markdown, read};
    use interleave::trace::Header;

    use super::*;

    const NOTES: &str = r#"
```toml claims
[program]
bin = "loose"
[lines]
parent = ["starts", "ends"]
child = ["works"]
[[claim]]
says = "the parent starts before it ends"
order = ["starts", "ends"]
[[claim]]
says = "nobody decides who is first"
either = ["ends", "works"]
```
```toml claims
[program]
bin = "tight"
deadlock = true
[lines]
parent = ["starts", "ends"]
child = ["works"]
[[claim]]
says = "the child works before the parent ends"
order = ["starts", "works", "ends"]
```
```toml claims
[program]
bin = "other"
[lines]
nobody = ["something else"]
[[claim]]
says = "it never comes"
never = ["no"]
```
"#;

    fn notes() -> Vec<Claims> {
        read::read(Path::new("NOTES.md"), &markdown::fences(NOTES)).unwrap()
    }

    fn trace(lines: &[(u32, &str)], stop: Option<Stop>) -> Trace {
        let header = Header { program: "loose".to_owned(), root: 1, virtual_time: true };
        let event = |&(pid, text): &(u32, &str)| Event { at: None, pid, what: What::Line(text.to_owned()) };
        Trace { header, events: lines.iter().map(event).collect(), stop, stopped_after: None }
    }

    fn tasks(quests: &Quests, numbers: &[usize]) -> Vec<String> {
        numbers.iter().map(|&number| quests.all()[number].task.clone()).collect()
    }

    #[test]
    fn quests_come_from_freedoms_and_from_what_neighbours_may_break() {
        let notes = notes();
        let whole = [(1, "starts"), (1, "ends"), (2, "works")];
        let quests = Quests::of(Some(&notes[0]), &[&notes[1], &notes[2]], &trace(&whole, None));
        let told: Vec<(&str, bool)> = quests.all().iter().map(|quest| (quest.task.as_str(), quest.is_open)).collect();
        assert_eq!(
            told,
            [
                ("make “ends” come before “works”", true),
                ("make “works” come before “ends”", true),
                ("break this: “the parent starts before it ends”", false),
                ("break this: “the child works before the parent ends”", false),
                ("let everybody who is left wait for ever", true),
            ]
        );
        assert_eq!(
            tasks(&quests, &quests.solved_in(&trace(&whole, None))),
            ["make “ends” come before “works”", "break this: “the child works before the parent ends”"]
        );
    }

    #[test]
    fn what_is_only_missing_so_far_is_no_solution_yet() {
        let notes = notes();
        let quests = Quests::of(Some(&notes[0]), &[&notes[1]], &trace(&[], None));
        let solved = |lines: &[(u32, &str)], stop| tasks(&quests, &quests.solved_in(&trace(lines, stop)));
        let begun = [(1, "starts")];
        assert_eq!(solved(&begun, Some(Stop::Interrupted)), [] as [&str; 0]);
        assert_eq!(solved(&begun, Some(Stop::Deadlock)).len(), 3, "both orders are broken, and all wait");
        let works = [(1, "starts"), (2, "works"), (1, "ends")];
        assert_eq!(solved(&works, Some(Stop::Interrupted)), ["make “works” come before “ends”"]);
    }

    #[test]
    fn a_program_without_notes_has_quests_too() {
        let quests = Quests::of(None, &[], &trace(&[], None));
        let mut crashed = trace(&[], None);
        crashed.events.push(Event { at: None, pid: 7, what: What::Ended(End::Signaled(11)) });
        assert_eq!(quests.all().len(), 2);
        assert_eq!(quests.solved_in(&crashed), [1]);
        assert_eq!(quests.solved_in(&trace(&[], Some(Stop::Deadlock))), [0]);
    }
}
