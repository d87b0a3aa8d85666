//! Each rule holds for a run that it should hold for, and is broken by a run that breaks it.

use std::path::Path;

use super::{Broken, Judge, Runs, Verdict};
use crate::notes::claims::Claims;
use crate::notes::markdown::fences;
use crate::notes::read;
use interleave::trace::{End, Event, Fault, Garbled, Header, Memory, Moment, Pid, Stop, Told, Trace, What};

const PARENT: Pid = 100;
const CHILD: Pid = 101;
const OTHER: Pid = 102;

/// Claims about a parent that prints `start` and `end`, and children that print the rest.
fn claims(claim: &str) -> Claims {
    let notes = format!(
        r#"
```toml claims
[program]
bin = "demo"

[lines]
parent = ["start", "end"]
child  = ["begin {{n}} {{pid}}", "done {{n}} after {{secs}}", "tick"]

[values]
n    = [1, 2]
secs = "seconds"

[[claim]]
says = "the claim"
{claim}
```
"#
    );
    let mut programs = read::read(Path::new("README.md"), &fences(&notes)).expect("good claims");
    programs.remove(0)
}

/// A trace of lines, one each second, after which the processes end well.
fn trace(lines: &[(Pid, &str)]) -> Trace {
    let at = |second: usize| Some(Moment { after: second as f64 - 0.01, by: second as f64 });
    let mut events: Vec<Event> = Vec::new();
    for (index, (pid, text)) in lines.iter().enumerate() {
        events.push(Event { at: at(index + 1), pid: *pid, what: What::Line(text.to_string()) });
    }
    let mut writers: Vec<Pid> = lines.iter().map(|(pid, _)| *pid).collect();
    writers.sort_unstable();
    writers.dedup();
    for pid in writers {
        events.push(Event { at: at(lines.len() + 1), pid, what: What::Ended(End::Exited(0)) });
    }
    let header = Header { program: "demo".into(), root: PARENT, virtual_time: false };
    Trace { header, events, stop: None, stopped_after: None }
}

fn verdicts(claims: &Claims, traces: &[Trace], runs: Runs) -> Vec<(String, Verdict)> {
    let mut judge = Judge::new(claims);
    for trace in traces {
        judge.add(trace, None);
    }
    judge.finish(runs).into_iter().map(|judged| (judged.says, judged.verdict)).collect()
}

fn the_claim(verdicts: Vec<(String, Verdict)>) -> Verdict {
    verdicts.into_iter().find(|(says, _)| says == "the claim").expect("it is judged").1
}

/// What one run says of the claim.
fn verdict(claim: &str, trace: &Trace) -> Verdict {
    let claims = claims(claim);
    the_claim(verdicts(&claims, std::slice::from_ref(trace), Runs::Some))
}

fn holds(claim: &str, lines: &[(Pid, &str)]) {
    let found = verdict(claim, &trace(lines));
    assert!(matches!(found, Verdict::Holds(_)), "{claim}: {found:?}");
}

/// The events by which the claim, and no other, is broken.
fn breaks(claim: &str, lines: &[(Pid, &str)], why: &str) -> Vec<usize> {
    breaks_in(claim, &trace(lines), "the claim", why)
}

fn breaks_in(claim: &str, trace: &Trace, says: &str, why: &str) -> Vec<usize> {
    let claims = claims(claim);
    let found = verdicts(&claims, std::slice::from_ref(trace), Runs::Some);
    let broken: Vec<_> = found.into_iter().filter(|(_, verdict)| !verdict.passes()).collect();
    let [(by, Verdict::Broken(proof))] = broken.as_slice() else { panic!("{claim}: not broken once: {broken:#?}") };
    let Broken { contradiction, .. } = proof.as_ref();
    assert_eq!(by, says);
    assert!(contradiction.why.to_string().contains(why), "\"{}\" does not say \"{why}\"", contradiction.why);
    contradiction.events.clone()
}

#[test]
fn order_between_processes() {
    let claim = r#"order = ["start", "tick"]"#;
    holds(claim, &[(PARENT, "start"), (CHILD, "tick"), (OTHER, "tick")]);
    let proof = breaks(claim, &[(CHILD, "tick"), (PARENT, "start"), (OTHER, "tick")], "\"tick\" came before \"start\"");
    assert_eq!(proof, [0, 1], "two lines prove it");
    breaks(claim, &[(PARENT, "start")], "\"tick\" never came");
    breaks(claim, &[(PARENT, "end")], "neither \"start\" nor \"tick\" came");
}

#[test]
fn order_within_a_role_is_order_within_each_process() {
    let claim = r#"order = ["begin {n} {pid}", "done {n} after {secs}"]"#;
    let good =
        [(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (OTHER, "done 2 after 1.00"), (CHILD, "done 1 after 3.00")];
    holds(claim, &good);
    let bad = [(CHILD, "done 1 after 1.00"), (CHILD, "begin 1 101")];
    breaks(claim, &bad, "(n = 1)");
    let mixed = [(CHILD, "begin 1 101"), (OTHER, "done 1 after 1.00")];
    breaks(claim, &mixed, "(n = 1) never came");
}

#[test]
fn order_of_an_exit() {
    let claim = r#"order = [{ exit = "child" }, "end"]"#;
    let run = |line: Moment, exit: Moment| {
        let mut trace = trace(&[(CHILD, "tick"), (PARENT, "end")]);
        let ends = trace.events.pop().and(trace.events.pop()).expect("two ends");
        let parent_ends = Event { pid: PARENT, ..ends.clone() };
        trace.events[1].at = Some(line);
        trace.events.push(Event { at: Some(exit), pid: CHILD, ..ends });
        trace.events.push(parent_ends);
        trace
    };
    let apart = run(Moment { after: 3.0, by: 3.1 }, Moment { after: 5.0, by: 5.1 });
    breaks_in(claim, &apart, "the claim", "\"end\" came before the end of the child");
    let overlapping = run(Moment { after: 3.0, by: 3.1 }, Moment { after: 3.05, by: 3.2 });
    assert!(matches!(verdict(claim, &overlapping), Verdict::Holds(_)), "which came first is not known");
    let mut transcript = apart.clone();
    transcript.events.retain(|event| !matches!(event.what, What::Ended(_)));
    assert!(matches!(verdict(claim, &transcript), Verdict::Silent(_)), "a transcript shows no ends");
}

#[test]
fn either_says_which_order_it_saw() {
    let claim = r#"either = ["end", "tick"]"#;
    let (one, other) = (trace(&[(PARENT, "end"), (CHILD, "tick")]), trace(&[(CHILD, "tick"), (PARENT, "end")]));
    let remark = |trace| match verdict(claim, trace) {
        Verdict::Holds(Some(remark)) => remark.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(remark(&one), "in this run, \"end\" came first");
    assert_eq!(remark(&other), "in this run, \"tick\" came first");
    breaks(claim, &[(PARENT, "end")], "\"tick\" never came");

    let claims = claims(claim);
    let both = the_claim(verdicts(&claims, &[one.clone(), other], Runs::All { distinct: 2 }));
    assert!(matches!(&both, Verdict::Holds(Some(how)) if how.to_string() == "both orders seen"), "{both:?}");
    let only = the_claim(verdicts(&claims, &[one], Runs::All { distinct: 1 }));
    assert!(matches!(&only, Verdict::NotShown(why) if why.to_string().contains("\"end\" came first")), "{only:?}");
    assert!(!only.passes(), "the notes claim a freedom that does not exist");
}

#[test]
fn count_is_for_each_listed_value() {
    let claim = r#"count = 1
                   of = ["begin {n} {pid}"]"#;
    holds(claim, &[(CHILD, "begin 1 101"), (CHILD, "begin 2 101")]);
    breaks(claim, &[(CHILD, "begin 1 101")], "(n = 2) was never printed");
    let proof = breaks(
        claim,
        &[(CHILD, "begin 1 101"), (CHILD, "begin 2 101"), (CHILD, "begin 2 101")],
        "(n = 2) was printed 2 times, not exactly 1",
    );
    assert_eq!(proof, [1, 2]);
    let at_least = r#"count = "2.."
                      of = ["tick"]"#;
    holds(at_least, &[(CHILD, "tick"), (CHILD, "tick"), (CHILD, "tick")]);
    breaks(at_least, &[(CHILD, "tick")], "printed only once, not at least 2");
    let instance = r#"count = 0
                      of = ["begin 2 {pid}"]"#;
    holds(instance, &[(CHILD, "begin 1 101")]);
    breaks(instance, &[(CHILD, "begin 2 101")], "was printed once, not exactly 0");
}

#[test]
fn never() {
    let claim = r#"never = ["hello{n}"]"#;
    holds(claim, &[(PARENT, "start")]);
    let proof = breaks(claim, &[(PARENT, "start"), (PARENT, "hello2")], "it was printed");
    assert_eq!(proof, [1], "and it is not reported as an unknown line as well");
}

#[test]
fn processes_may_not_be_more_and_must_be_reached() {
    let claim = "processes = { parent = 1, child = 2 }";
    let two = [(PARENT, "start"), (CHILD, "tick"), (OTHER, "tick")];
    holds(claim, &two);
    let three = [(PARENT, "start"), (CHILD, "tick"), (OTHER, "tick"), (103, "tick")];
    assert_eq!(breaks(claim, &three, "3 processes play the child, not exactly 2").len(), 3);
    let one = [(PARENT, "start"), (CHILD, "tick")];
    assert!(matches!(verdict(claim, &trace(&one)), Verdict::NotShown(_)), "never two");
    let runs = [trace(&one), trace(&two)];
    assert!(the_claim(verdicts(&claims(claim), &runs, Runs::Some)).passes(), "one run has two");
}

#[test]
fn at_most() {
    let claim = r#"at_most = 1
                   open = "begin {n} {pid}"
                   close = "done {n} after {secs}""#;
    let one =
        [(CHILD, "begin 1 101"), (CHILD, "done 1 after 1.00"), (OTHER, "begin 2 102"), (OTHER, "done 2 after 1.00")];
    holds(claim, &one);
    let two =
        [(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (CHILD, "done 1 after 1.00"), (OTHER, "done 2 after 1.00")];
    assert_eq!(breaks(claim, &two, "2 were open at once, more than 1"), [0, 1]);
}

#[test]
fn at_most_per_process() {
    let claim = r#"at_most = 1
                   per_process = true
                   open = "begin {n} {pid}"
                   close = "done {n} after {secs}""#;
    let side_by_side =
        [(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (CHILD, "done 1 after 1.00"), (OTHER, "done 2 after 1.00")];
    holds(claim, &side_by_side);
    let both_in_one =
        [(OTHER, "begin 1 102"), (CHILD, "begin 1 101"), (CHILD, "begin 2 101"), (CHILD, "done 1 after 1.00")];
    assert_eq!(breaks(claim, &both_in_one, "2 were open at once, more than 1"), [1, 2]);
}

#[test]
fn at_once_must_be_reached_in_some_run() {
    let claim = r#"at_once = 2
                   open = "begin {n} {pid}"
                   close = "done {n} after {secs}""#;
    let both =
        [(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (CHILD, "done 1 after 1.00"), (OTHER, "done 2 after 1.00")];
    let by_turns =
        [(CHILD, "begin 1 101"), (CHILD, "done 1 after 1.00"), (OTHER, "begin 2 102"), (OTHER, "done 2 after 1.00")];
    holds(claim, &both);
    let found = verdict(claim, &trace(&by_turns));
    assert!(matches!(&found, Verdict::NotShown(why) if why.to_string().contains("never more than 1")), "{found:?}");
    assert!(verdicts(&claims(claim), &[trace(&by_turns), trace(&both)], Runs::Some)[0].1.passes(), "one run has both");
}

#[test]
fn a_printed_number_is_at_least() {
    let claim = r#"at_least = 1.5
                   value = "secs"
                   lines = ["done {n} after {secs}"]"#;
    holds(claim, &[(CHILD, "done 1 after 1.50"), (CHILD, "done 2 after 12.00")]);
    let proof =
        breaks(claim, &[(CHILD, "done 1 after 1.50"), (CHILD, "done 2 after 1.49")], "{secs} is 1.49, less than 1.5");
    assert_eq!(proof, [1]);
}

#[test]
fn only_an_exploration_knows_that_no_memory_is_shared() {
    let claim = "shares_memory = false";
    let mut run = trace(&[(PARENT, "start"), (CHILD, "tick")]);
    let live = verdict(claim, &run);
    assert!(matches!(&live, Verdict::Silent(why) if why.to_string().contains("explored runs only")), "{live:?}");
    run.header.virtual_time = true;
    assert!(matches!(verdict(claim, &run), Verdict::Holds(_)));
    let shares = What::Shares { with: PARENT, memory: Memory::Mapping("/dev/shm/\u{1b}num".into()) };
    run.events.insert(1, Event { at: None, pid: CHILD, what: shares });
    let why = "the parent and the child share memory: /dev/shm/";
    assert_eq!(breaks_in(claim, &run, "the claim", why), [1]);
    run.header.virtual_time = false;
    assert_eq!(breaks_in(claim, &run, "the claim", why), [1], "it was seen");
}

/// An explored run: who began as whose child, what else happened, and the ends, each given as it stands in a trace.
fn explored(events: Vec<(Pid, What)>) -> Trace {
    let header = Header { program: "demo".into(), root: PARENT, virtual_time: true };
    let events = events.into_iter().map(|(pid, what)| Event { at: None, pid, what }).collect();
    Trace { header, events, stop: None, stopped_after: None }
}

fn line(text: &str) -> What {
    What::Line(text.into())
}

const fn seen(parent: Pid) -> What {
    What::Seen { parent: Some(parent) }
}

const WELL: What = What::Ended(End::Exited(0));

#[test]
fn who_started_whom_is_asked_of_the_kernel() {
    let claim = r#"started_by = { child = "parent" }"#;
    let run = |parents: [Option<Pid>; 3]| {
        let mut events = Vec::new();
        for (pid, parent) in [PARENT, OTHER, CHILD].into_iter().zip(parents) {
            events.push((pid, What::Seen { parent }));
        }
        events.extend([(PARENT, line("start")), (CHILD, line("tick"))]);
        events.extend([(CHILD, WELL), (OTHER, WELL), (PARENT, WELL)]);
        explored(events)
    };
    assert!(matches!(verdict(claim, &run([None, Some(PARENT), Some(PARENT)])), Verdict::Holds(_)));
    assert!(matches!(verdict(claim, &run([None, Some(PARENT), Some(OTHER)])), Verdict::Holds(_)), "by a helper of its");
    let why = "the child was started by nobody that the notes know, not by the parent";
    assert_eq!(breaks_in(claim, &run([None, None, Some(OTHER)]), "the claim", why), [4]);
    let why = "the child was started by the child, not by the parent";
    assert_eq!(breaks_in(claim, &run([None, Some(CHILD), Some(OTHER)]), "the claim", why), [4, 4], "in a circle");
}

#[test]
fn a_run_in_real_time_does_not_say_of_an_orphan_who_started_it() {
    let claim = r#"started_by = { child = "parent" }"#;
    let mut run = explored(vec![
        (PARENT, What::Seen { parent: None }),
        (PARENT, line("start")),
        (CHILD, What::Seen { parent: None }),
        (CHILD, line("tick")),
        (CHILD, WELL),
        (PARENT, WELL),
    ]);
    run.header.virtual_time = false;
    assert!(matches!(verdict(claim, &run), Verdict::Silent(_)), "its parent was gone before it was seen");
    run.events[2].what = seen(PARENT);
    assert!(matches!(verdict(claim, &run), Verdict::Holds(_)));
}

#[test]
fn a_child_that_has_ended_is_waited_for_or_a_zombie() {
    let claim = r#"reaped = 1
                   before = "end""#;
    let run = |between: Vec<(Pid, What)>| {
        let mut events = vec![(PARENT, What::Seen { parent: None }), (CHILD, seen(PARENT))];
        events.extend(between);
        events.extend([(PARENT, line("end")), (PARENT, WELL)]);
        explored(events)
    };
    let good = run(vec![(CHILD, WELL), (PARENT, What::Reaped(CHILD))]);
    assert!(matches!(verdict(claim, &good), Verdict::Holds(_)));
    assert_eq!(breaks_in(claim, &run(vec![(CHILD, WELL)]), "the claim", "it is a zombie"), [1, 3]);
    assert_eq!(breaks_in(claim, &run(vec![]), "the claim", "a child is still there"), [1, 2]);
    let by_another = run(vec![(CHILD, WELL), (OTHER, What::Reaped(CHILD))]);
    breaks_in(claim, &by_another, "the claim", "it is a zombie");
    let none = explored(vec![(PARENT, What::Seen { parent: None }), (PARENT, line("end")), (PARENT, WELL)]);
    breaks_in(claim, &none, "the claim", "has waited for 0 of its children, not exactly 1");
    breaks_in(claim, &explored(vec![(PARENT, line("start")), (PARENT, WELL)]), "the claim", "\"end\" never came");
    let live = Trace { header: Header { virtual_time: false, ..good.header.clone() }, ..good };
    assert!(matches!(verdict(claim, &live), Verdict::Silent(_)));
}

#[test]
fn whoever_was_not_told_breaks_what_says_so() {
    let told = |what, by| What::Told { what, by };
    let run = |what: Option<What>| {
        let mut events = vec![(PARENT, What::Seen { parent: None }), (PARENT, line("start"))];
        events.extend([(CHILD, seen(PARENT)), (CHILD, line("tick")), (CHILD, WELL)]);
        events.extend(what.map(|what| (PARENT, what)));
        events.extend([(PARENT, line("end")), (PARENT, WELL)]);
        explored(events)
    };
    let claim = r#"told   = "data"
                   by     = "child"
                   before = "end""#;
    let good = run(Some(told(Told::Data, Some(CHILD))));
    assert!(matches!(verdict(claim, &good), Verdict::Holds(_)));
    let why = "by this line its process has read nothing that the child had written";
    assert_eq!(breaks_in(claim, &run(None), "the claim", why), [5]);
    breaks_in(claim, &run(Some(told(Told::Data, Some(OTHER)))), "the claim", why);
    breaks_in(claim, &run(Some(told(Told::EndOfFile, None))), "the claim", why);
    let mut late = good.clone();
    late.events.swap(5, 6);
    breaks_in(claim, &late, "the claim", why);
    let mut of_another = good.clone();
    of_another.events[5].pid = CHILD;
    breaks_in(claim, &of_another, "the claim", why);
    let live = Trace { header: Header { virtual_time: false, ..good.header.clone() }, ..good };
    assert!(matches!(verdict(claim, &live), Verdict::Silent(_)));
    for (word, what, by, why) in [
        ("data", Told::Data, Some(CHILD), "has read nothing that another had written"),
        ("end of file", Told::EndOfFile, None, "has come to the end of what others write"),
        ("EPIPE", Told::BrokenPipe, None, "has failed since nobody reads (EPIPE)"),
        ("SIGUSR1", Told::Signal(10), Some(OTHER), "has taken no SIGUSR1"),
    ] {
        let claim = format!("told = \"{word}\"\nbefore = \"end\"");
        assert!(matches!(verdict(&claim, &run(Some(told(what, by)))), Verdict::Holds(_)), "{word}");
        breaks_in(&claim, &run(None), "the claim", why);
    }
}

#[test]
fn threads_are_counted_by_the_kernel() {
    let claim = r#"threads = { parent = "2.." }"#;
    let run = |threads: Option<usize>| {
        let mut events = vec![(PARENT, What::Seen { parent: None }), (PARENT, line("start"))];
        events.extend([(CHILD, seen(PARENT)), (CHILD, line("tick")), (CHILD, What::Threads(2)), (CHILD, WELL)]);
        events.extend(threads.map(|threads| (PARENT, What::Threads(threads))));
        events.push((PARENT, WELL));
        explored(events)
    };
    assert!(matches!(verdict(claim, &run(Some(2))), Verdict::Holds(_)));
    let why = "the parent has had 1 threads beside its first, not at least 2";
    assert_eq!(breaks_in(claim, &run(Some(1)), "the claim", why), [6]);
    assert_eq!(
        breaks_in(claim, &run(None), "the claim", "the parent has had 0 threads"),
        [6],
        "those of others do not count"
    );
    let good = run(Some(2));
    let live = Trace { header: Header { virtual_time: false, ..good.header.clone() }, ..good };
    assert!(matches!(verdict(claim, &live), Verdict::Silent(_)));
}

#[test]
fn what_is_told_of_a_child_is_how_it_ended() {
    let notes = r#"
```toml claims
[program]
bin = "demo"
[lines]
parent = ["code {code}", "signal {signal}", "bye"]
[values]
code   = "integer"
signal = "integer"
[[claim]]
says = "the claim"
tells_ends = ["code {code}", "signal {signal}"]
```
"#;
    let mut programs = read::read(Path::new("README.md"), &fences(notes)).expect("good claims");
    let claims = programs.remove(0);
    let run = |ends: &[End], told: &[&str]| {
        let mut events = vec![(PARENT, What::Seen { parent: None })];
        for (number, &end) in ends.iter().enumerate() {
            let child = CHILD + number as Pid;
            events.extend([(child, seen(PARENT)), (child, What::Ended(end))]);
        }
        events.extend(told.iter().map(|text| (PARENT, line(text))));
        events.push((PARENT, WELL));
        explored(events)
    };
    let says = |trace: Trace| match the_claim(verdicts(&claims, &[trace], Runs::Some)) {
        Verdict::Broken(broken) => broken.contradiction.why.to_string(),
        verdict => format!("{verdict:?}"),
    };
    let both = [End::Exited(3), End::Signaled(9)];
    assert_eq!(says(run(&both, &["signal 9", "code 3"])), "Holds(None)");
    let wrong = "none of its children that it has not told of yet has ended in this way";
    assert_eq!(says(run(&both, &["code 3", "code 0"])), wrong);
    assert_eq!(says(run(&both, &["code 3", "code 3"])), wrong, "each line is of another child");
    assert_eq!(says(run(&[], &["code 3"])), wrong);
    assert_eq!(says(run(&both, &["code 3"])), "of a child that was ended by SIGKILL nothing is said");
    assert_eq!(says(run(&both, &["bye"])), "\"code {code}\" never came");
    let mut early = run(&both, &["code 3", "signal 9"]);
    early.events.swap(2, 5);
    assert_eq!(says(early), "it is said before the child has ended");
    let mut live = run(&both, &["code 3", "code 0"]);
    live.header.virtual_time = false;
    assert!(says(live).contains("may not be seen"));
}

#[test]
fn to_wait_for_others_is_no_work() {
    let claim = r#"did_work = 1.0
                   between = ["begin {n} {pid}", "done {n} after {secs}"]"#;
    let run = |worked: [f64; 4]| {
        let mut run = trace(&[
            (CHILD, "begin 1 101"),
            (CHILD, "done 1 after 1.00"),
            (CHILD, "begin 1 101"),
            (CHILD, "done 1 after 1.00"),
        ]);
        run.header.virtual_time = true;
        for (number, seconds) in worked.into_iter().enumerate().rev() {
            run.events.insert(number, Event { at: None, pid: CHILD, what: What::Worked(seconds) });
        }
        run
    };
    assert!(matches!(verdict(claim, &run([0.1, 1.1, 1.2, 2.2])), Verdict::Holds(_)));
    let why = "the process itself worked for 0.100 s and not for 1 s";
    assert_eq!(breaks_in(claim, &run([0.1, 1.1, 1.2, 1.3]), "the claim", why), [5, 7], "each time counts");
    let live = verdict(claim, &trace(&[(CHILD, "begin 1 101"), (CHILD, "done 1 after 1.00")]));
    assert!(matches!(live, Verdict::Silent(_)), "{live:?}");
}

#[test]
fn in_real_time_work_is_what_was_seen_and_at_most_what_was_not_seen_to_be_waiting() {
    let claim = r#"did_work = 1.0
                   between = ["begin {n} {pid}", "done {n} after {secs}"]"#;
    // It begins at some time before 0.1 s, and is done after 1.5 s.
    let run = |worked: f64, waited: f64| {
        let mut run = trace(&[(CHILD, "begin 1 101"), (CHILD, "done 1 after 1.00")]);
        for (event, (after, by)) in run.events.iter_mut().zip([(0.0, 0.1), (1.5, 1.6)]) {
            event.at = Some(Moment { after, by });
        }
        for (number, seen) in [(1, (worked, waited)), (0, (0.1, 0.2))] {
            for what in [What::Worked(seen.0), What::Waited(seen.1)] {
                run.events.insert(number, Event { at: None, pid: CHILD, what });
            }
        }
        run
    };
    assert!(matches!(verdict(claim, &run(1.06, 0.2)), Verdict::Holds(_)), "a little need not have been seen");
    let why = "the process itself worked for 0.900 s and not for 1 s";
    assert_eq!(breaks_in(claim, &run(0.1, 0.9), "the claim", why), [2, 5]);
    assert!(matches!(verdict(claim, &run(0.1, 0.7)), Verdict::Silent(_)), "it may have worked for 1.1 s");
    let mut unseen = run(0.1, 0.9);
    unseen.events.retain(|event| !matches!(event.what, What::Waited(_)));
    assert!(matches!(verdict(claim, &unseen), Verdict::Silent(_)), "it may have several threads");
}

#[test]
fn what_a_dead_process_had_open_is_closed() {
    let claim = r#"at_most = 1
                   open = "begin {n} {pid}"
                   close = "done {n} after {secs}""#;
    let mut run = trace(&[(CHILD, "begin 1 101"), (OTHER, "begin 2 102")]);
    let end = run.events.remove(2);
    run.events.insert(1, Event { pid: CHILD, ..end });
    assert!(verdict(claim, &run).passes());
}

#[test]
fn same() {
    let claim = r#"same = "pid"
                   lines = ["begin {n} {pid}"]"#;
    holds(claim, &[(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (CHILD, "begin 1 101")]);
    let proof = breaks(
        claim,
        &[(CHILD, "begin 1 101"), (OTHER, "begin 2 102"), (OTHER, "begin 1 102")],
        "{pid} (n = 1) is 101 here and 102 there",
    );
    assert_eq!(proof, [0, 2]);
}

#[test]
fn at_least_is_broken_only_by_a_time_that_is_surely_too_short() {
    let claim = r#"at_least = 2.0
                   between = ["tick", "tick"]"#;
    let ticks = [(CHILD, "tick"), (OTHER, "tick"), (CHILD, "tick"), (OTHER, "tick")];
    holds(claim, &ticks);
    let proof = breaks(claim, &[(CHILD, "tick"), (CHILD, "tick")], "no more than 1.010 s passed");
    assert_eq!(proof, [0, 1]);
    let mut unsure = trace(&[(CHILD, "tick"), (CHILD, "tick")]);
    unsure.events[0].at = Some(Moment { after: 0.0, by: 1.0 });
    assert!(verdict(claim, &unsure).passes(), "the first tick may have been at 0 s, and the second was by 2 s");
}

#[test]
fn a_printed_duration_is_neither_too_short_nor_made_up() {
    let claim = r#"at_least = 1.0
                   between = ["begin {n} {pid}", "done {n} after {secs}"]
                   printed = "secs""#;
    holds(claim, &[(CHILD, "begin 1 101"), (CHILD, "done 1 after 1.00")]);
    breaks(claim, &[(CHILD, "begin 1 101"), (CHILD, "done 1 after 0.90")], "0.90 s is less than 1 s");
    breaks(claim, &[(CHILD, "begin 1 101"), (CHILD, "done 1 after 2.00")], "2.00 s are told, but no more than 1.010 s");
}

const ENDS: &str = "every process ends by itself, the way the notes say";
const TRIVIAL: &str = r#"never = ["nothing"]"#;

fn unsaid(trace: &Trace, says: &str, why: &str) {
    breaks_in(TRIVIAL, trace, says, why);
}

#[test]
fn what_goes_without_saying() {
    const KNOWN: &str = "it prints whole lines of text, and only lines that the notes know";
    unsaid(&trace(&[(PARENT, "start"), (PARENT, "star")]), KNOWN, "do not know this line");
    unsaid(&trace(&[]), KNOWN, "printed nothing");
    unsaid(&trace(&[(PARENT, "begin 3 100")]), KNOWN, "do not know this line");
    let mut garbled = trace(&[(PARENT, "start"), (PARENT, "end")]);
    garbled.events[1].what = What::Garbled(Garbled { fault: Fault::NotUtf8, start: "\\xff".into() });
    unsaid(&garbled, KNOWN, "not UTF-8");
    let one_for_all = trace(&[(PARENT, "start"), (PARENT, "tick")]);
    unsaid(&one_for_all, "each process plays one role", "a line of the parent and a line of the child");
    let liar = trace(&[(CHILD, "begin 1 102")]);
    unsaid(&liar, "a process id in a line is that of the process that wrote it", "says it is process 102");
    let mut failed = trace(&[(PARENT, "start")]);
    failed.events[1].what = What::Ended(End::Exited(3));
    unsaid(&failed, ENDS, "the parent ended with exit code 3; the notes say that it ends with exit code 0");
    failed.events[1].what = What::Ended(End::Signaled(11));
    unsaid(&failed, ENDS, "the parent was ended by SIGSEGV");
    let mut hanging = trace(&[(PARENT, "start")]);
    hanging.stop = Some(Stop::TimeLimit);
    unsaid(&hanging, ENDS, "its time was up");
}

#[test]
fn a_program_that_deadlocks_does_not_end() {
    let claims = Claims { deadlock: true, ..claims(TRIVIAL) };
    let passes = |trace: &Trace| {
        let found = verdicts(&claims, std::slice::from_ref(trace), Runs::Some);
        found.iter().all(|(_, verdict)| verdict.passes())
    };
    let ended = trace(&[(PARENT, "start")]);
    assert!(!passes(&ended), "it ended");
    let mut stopped = ended.clone();
    stopped.events.truncate(1);
    for (stop, right) in [(Stop::Deadlock, true), (Stop::SeenEnough, true), (Stop::TimeLimit, false)] {
        stopped.stop = Some(stop);
        assert_eq!(passes(&stopped), right, "{stop}");
    }
    breaks_in(TRIVIAL, &Trace { stop: Some(Stop::Deadlock), ..stopped }, ENDS, "none of its processes could go on");
}

/// Whether a run of these lines could have broken the claim.
fn is_tested(claim: &str, lines: &[(Pid, &str)]) -> bool {
    let claims = claims(claim);
    let mut judge = Judge::new(&claims);
    judge.add(&trace(lines), None);
    judge.finish(Runs::Some).pop().expect("the claim").tested
}

#[test]
fn a_claim_is_put_to_the_test_by_what_it_speaks_of() {
    let order = r#"order = ["tick", "end"]"#;
    assert!(is_tested(order, &[(CHILD, "tick"), (PARENT, "end")]));
    assert!(!is_tested(order, &[(CHILD, "tick")]));
    assert!(!is_tested(order, &[]));
    let never = r#"never = ["panic"]"#;
    assert!(is_tested(never, &[(CHILD, "tick"), (PARENT, "end")]));
    assert!(!is_tested(never, &[(PARENT, "start"), (PARENT, "end")]));
    let processes = "processes = { parent = 1, child = 2 }";
    assert!(is_tested(processes, &[(CHILD, "tick"), (OTHER, "tick"), (PARENT, "end")]));
    let same = r#"same  = "n"
lines = ["begin {n} {pid}"]"#;
    assert!(is_tested(same, &[(CHILD, "begin 1 101"), (OTHER, "begin 1 102")]));
    assert!(!is_tested(same, &[(CHILD, "begin 1 101")]));
}

#[test]
fn one_process_that_plays_all_roles_puts_no_claim_about_roles_to_the_test() {
    let alone = [(PARENT, "start"), (PARENT, "tick"), (PARENT, "end")];
    assert!(!is_tested(r#"order = ["tick", "end"]"#, &alone));
    assert!(!is_tested("processes = { parent = 1, child = 1 }", &alone));
    assert!(!is_tested(r#"never = ["panic"]"#, &alone));
    // What is said of one role's lines does not need another process.
    assert!(is_tested(r#"order = ["start", "end"]"#, &alone));
}

#[test]
fn a_number_of_interleavings_is_counted_or_said_to_be_unknown() {
    let claims = claims("interleavings = 2");
    let judged = |runs| the_claim(verdicts(&claims, &[trace(&[(PARENT, "start"), (CHILD, "tick")])], runs));
    assert!(matches!(judged(Runs::All { distinct: 2 }), Verdict::Holds(None)));
    assert!(matches!(judged(Runs::All { distinct: 1 }), Verdict::NotShown(why) if why.to_string() == "there are 1"));
    let silent = |runs| match judged(runs) {
        Verdict::Silent(why) => why.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(silent(Runs::Limited { distinct: 1 }), "1 came before the limit; how many there are is not known");
    assert_eq!(silent(Runs::Limited { distinct: 2 }), "2 came before the limit; whether there are others is not known");
    assert!(
        matches!(judged(Runs::Limited { distinct: 3 }), Verdict::NotShown(why) if why.to_string() == "there are more: 3 came before the limit")
    );
}
