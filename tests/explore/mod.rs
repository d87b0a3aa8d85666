//! `explore` finds every order that a program can show, and no other; and whatever the program does, it ends and leaves
//! nothing behind.
//!
//! The programs are this test itself, started again (`programs`).

mod lessons;
mod model;
mod programs;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use interleave::explore::{CaveatKind, Error, Interleaving, Job, Runner, Schedule, Statistics, explore, replay};
use interleave::trace::{End, Stop, What};
use model::{Line, Op, Script};

/// A job for one of our programs.
fn job(program: &str, argument: &str) -> Job {
    let own = std::env::current_exe().unwrap();
    command(vec![own.into(), "role".into(), program.into(), argument.into()])
}

fn command(command: Vec<std::ffi::OsString>) -> Job {
    // However slow the machine is.
    Job { time: Duration::from_secs(600), ..Job::new("program", command) }
}

fn script(processes: &[&[Op]]) -> Script {
    processes.iter().map(|ops| ops.to_vec()).collect()
}

fn all(job: &Job) -> (Vec<Interleaving>, Statistics) {
    let mut interleavings = Vec::new();
    let statistics = explore(job, |interleaving| {
        interleavings.push(interleaving);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(statistics.diverged, 0, "{:?}", statistics.divergence);
    (interleavings, statistics)
}

/// The orders of lines of one of our programs, all of them, and each was run.
fn orders(program: &str) -> BTreeSet<Vec<Line>> {
    let job = job(program, "");
    let (interleavings, statistics) = all(&job);
    assert!(statistics.complete, "{statistics:?}");
    confirmed(&job, interleavings).iter().map(lines).collect()
}

fn lines(interleaving: &Interleaving) -> Vec<Line> {
    interleaving.lines()
}

/// Runs what was deduced, so that each has a schedule.
fn confirmed(job: &Job, interleavings: Vec<Interleaving>) -> Vec<Interleaving> {
    let mut runner = Runner::new(job);
    let run = |one: Interleaving| {
        if one.schedule.is_some() {
            return one;
        }
        let lines = one.lines();
        runner.confirm(&one).unwrap_or_else(|error| panic!("{:?}: {lines:?}: {error}", job.command))
    };
    interleavings.into_iter().map(run).collect()
}

/// Explores the script, and compares what was found with what the model says.
fn found(script: &Script) -> (BTreeSet<(Vec<Line>, bool)>, Vec<Interleaving>) {
    let job = job("script", &model::encode(script));
    let (interleavings, statistics) = all(&job);
    assert!(statistics.complete, "{statistics:?}");
    let found: BTreeSet<(Vec<Line>, bool)> =
        interleavings.iter().map(|one| (lines(one), one.trace.stop == Some(Stop::Deadlock))).collect();
    let expected = model::orders(script);
    let missing: Vec<_> = expected.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "{}\nof {} orders, missing: {missing:#?}\nwrong: {wrong:#?}",
        model::encode(script),
        expected.len()
    );
    (found, confirmed(&job, interleavings))
}

#[test]
fn without_join_there_are_three_orders() {
    let script = script(&[&[Op::Line(1), Op::Fork(1), Op::Line(2)], &[Op::Line(3), Op::Sleep(3), Op::Line(4)]]);
    assert_eq!(found(&script).0.len(), 3);
}

#[test]
fn with_join_there_is_one() {
    let script =
        script(&[&[Op::Line(1), Op::Fork(1), Op::Wait(1), Op::Line(2)], &[Op::Line(3), Op::Sleep(3), Op::Line(4)]]);
    let (orders, runs) = found(&script);
    assert_eq!((orders.len(), runs.len()), (1, 1));
}

#[test]
fn sleeping_is_not_an_order() {
    let script = script(&[&[Op::Fork(1), Op::Sleep(5), Op::Line(1), Op::Wait(1)], &[Op::Sleep(1), Op::Line(2)]]);
    let (orders, _) = found(&script);
    assert!(orders.iter().any(|(lines, _)| lines[0].1 == "line 1"), "the long sleep may be over first: {orders:?}");
    assert_eq!(orders.len(), 2);
}

#[test]
fn a_pool_that_is_not_joined() {
    let script = script(&[
        &[Op::Line(0), Op::Fork(1), Op::Fork(2), Op::Send(0, 1), Op::Send(0, 2), Op::Line(9)],
        &[Op::Receive(0), Op::Got, Op::Line(1)],
        &[Op::Receive(0), Op::Got, Op::Line(1)],
    ]);
    let (orders, _) = found(&script);
    let early = |(lines, _): &&(Vec<Line>, bool)| lines[1] == (0, "line 9".to_owned());
    let late = |(lines, _): &&(Vec<Line>, bool)| lines.last().is_some_and(|line| line.0 == 0);
    assert!(orders.iter().any(|order| early(&order)) && orders.iter().any(|order| late(&order)));
}

/// The notes' queue: the parent joins the writer, then terminates the reader at once.
fn published_queue() -> Script {
    script(&[
        &[Op::Fork(1), Op::Fork(2), Op::Wait(1), Op::Kill(2), Op::Wait(2)],
        &[
            Op::Line(0),
            Op::Line(1),
            Op::Send(0, 1),
            Op::Sleep(1),
            Op::Line(2),
            Op::Send(0, 2),
            Op::Line(3),
            Op::Send(0, 3),
        ],
        &[Op::Line(0), Op::Receive(0), Op::Got, Op::Receive(0), Op::Got, Op::Receive(0), Op::Got, Op::Receive(0)],
    ])
}

#[test]
fn the_published_queue_loses_messages() {
    let (orders, interleavings) = found(&published_queue());
    let got = |lines: &[Line]| lines.iter().filter(|line| line.1.starts_with("got")).count();
    assert!(orders.iter().any(|(lines, _)| got(lines) == 3), "it may also lose nothing");
    let loses = interleavings.iter().filter(|one| got(&lines(one)) < 3).min_by_key(|one| one.switches()).unwrap();
    let schedule = loses.schedule.as_ref().unwrap();
    let again = replay(&job("script", &model::encode(&published_queue())), schedule).unwrap();
    assert_eq!(lines(&again), lines(loses));
    assert!(got(&lines(&again)) < 3);
}

#[test]
fn two_that_wait_for_each_other() {
    let script = script(&[
        &[Op::Fork(1), Op::Line(1), Op::Receive(0), Op::Send(1, 0), Op::Wait(1)],
        &[Op::Line(2), Op::Receive(1), Op::Send(0, 0)],
    ]);
    let (_, interleavings) = found(&script);
    for interleaving in &interleavings {
        let what: Vec<String> = interleaving.deadlock.iter().map(|waiting| waiting.what.to_string()).collect();
        assert_eq!(what.len(), 2, "{what:?}");
        assert!(what[0].contains("read(") && what[0].contains("nothing to read in a pipe"), "{what:?}");
        assert!(what[0].ends_with("by itself and by b") && what[1].ends_with("by itself and by a"), "{what:?}");
    }
}

#[test]
fn two_readers_of_one_pipe() {
    let script = script(&[
        &[Op::Fork(1), Op::Fork(2), Op::Send(0, 1), Op::Send(0, 2), Op::Wait(1), Op::Wait(2), Op::Line(9)],
        &[Op::Receive(0), Op::Got],
        &[Op::Receive(0), Op::Got],
    ]);
    assert_eq!(found(&script).0.len(), 4);
}

#[test]
fn random_programs_agree_with_the_model() {
    let mut seed = 20_180_615u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..12 {
        let mut root = vec![Op::Fork(1), Op::Fork(2)];
        let mut others = vec![Vec::new(), Vec::new()];
        for n in 0..3 {
            let op = match random(6) {
                0 => Op::Wait(1 + random(2)),
                1 => Op::Kill(1 + random(2)),
                2 => Op::Send(random(2), n),
                3 => Op::Receive(random(2)),
                _ => Op::Line(n),
            };
            root.push(op);
            for ops in &mut others {
                match random(5) {
                    0 => ops.push(Op::Send(random(2), n)),
                    1 => ops.extend([Op::Receive(random(2)), Op::Got]),
                    2 => ops.push(Op::Sleep(1)),
                    _ => ops.push(Op::Line(n)),
                }
            }
        }
        others.insert(0, root);
        found(&others);
    }
}

/// Without reduction nothing is left to reasoning: every choice of who goes on is tried.
#[test]
fn without_reduction_the_same_is_found() {
    let mut saved = 0;
    for text in ["f1 l0|l1", "f1 w1 l0|l1", "f1 s0.1 l0|r0 g", "f1 k1|l1", "f1 z1 l0|l1", "f1 r0 g|s0.1 l1"] {
        let mut job = job("script", text);
        let outcomes = |job: &Job| {
            let (interleavings, statistics) = all(job);
            assert!(statistics.complete, "{text}: {statistics}");
            let found: BTreeSet<_> = interleavings.iter().map(|one| (lines(one), one.ends())).collect();
            (found, statistics.runs)
        };
        let (reduced, few) = outcomes(&job);
        job.reduction = false;
        let (all, many) = outcomes(&job);
        assert_eq!(reduced, all, "{text}");
        assert!(many >= few, "{text}: {many} runs without reduction, {few} with");
        saved += many - few;
    }
    assert!(saved > 0, "reduction saves no run");
}

#[test]
fn as_many_as_combinatorics_says() {
    for (processes, each, expected) in [(2, 2, 6), (2, 4, 70), (3, 2, 90), (4, 1, 24)] {
        let own: Vec<Op> = (0..each).map(Op::Line).collect();
        let mut script: Script = vec![(1..processes).map(Op::Fork).collect()];
        script[0].extend(&own);
        script.extend((1..processes).map(|_| own.clone()));
        let (interleavings, statistics) = all(&job("script", &model::encode(&script)));
        assert!(statistics.complete);
        assert_eq!((statistics.distinct, interleavings.len()), (expected, expected as usize), "{processes} × {each}");
    }
}

#[test]
fn the_same_schedule_gives_the_same_trace() {
    let job = job("script", &model::encode(&published_queue()));
    let (interleavings, _) = all(&job);
    for interleaving in confirmed(&job, interleavings).iter().step_by(7) {
        let schedule = interleaving.schedule.as_ref().unwrap();
        for _ in 0..5 {
            let again = replay(&job, schedule).unwrap();
            assert_eq!(lines(&again), lines(interleaving), "{schedule}");
            assert_eq!(again.schedule.as_ref(), Some(schedule));
        }
    }
}

#[test]
fn a_lost_update_in_shared_memory() {
    let (interleavings, statistics) = all(&job("shared_counter", ""));
    assert!(statistics.complete, "{statistics:?}");
    let results: BTreeSet<String> = interleavings.iter().map(|one| lines(one)[0].1.clone()).collect();
    assert_eq!(results, BTreeSet::from(["1".to_owned(), "2".to_owned()]));
}

#[test]
fn threads_that_print() {
    let (interleavings, statistics) = all(&job("threads", ""));
    assert!(statistics.complete, "{statistics:?}");
    let orders: BTreeSet<Vec<Line>> = interleavings.iter().map(lines).collect();
    assert_eq!(orders.len(), 6, "{orders:#?}");
}

/// Each has three orders of its end, the shell's call and its handler; with those of all others there would be 243.
#[test]
fn one_command_after_the_other_is_no_product() {
    let five = "ls /; ls /; ls /; ls /; ls /";
    let (_, statistics) = all(&command(["sh", "-c", five].map(Into::into).to_vec()));
    assert!(statistics.complete && statistics.distinct == 1, "{statistics}");
    assert!(statistics.runs < 50, "{statistics}");
}

#[test]
fn time_is_virtual() {
    let start = Instant::now();
    let (interleavings, _) = all(&job("clock", ""));
    assert_eq!(lines(&interleavings[0]), [(0, "3600.00".to_owned()), (0, "done".to_owned())]);
    assert!(start.elapsed() < Duration::from_secs(3600));
}

#[test]
fn waiting_by_looking_again() {
    let (interleavings, statistics) = all(&job("yields", ""));
    assert!(statistics.complete, "{statistics:?}");
    for interleaving in interleavings {
        assert_eq!(lines(&interleaving), [(1, "child".to_owned()), (0, "parent".to_owned())]);
    }
}

#[test]
fn looking_without_a_pause() {
    let [one, other, parent] = [(1, "one"), (2, "other"), (0, "parent")].map(|(n, text)| (n, text.to_owned()));
    let expected = [vec![one.clone(), other.clone(), parent.clone()], vec![other, one, parent]];
    assert_eq!(orders("looks"), BTreeSet::from(expected));

    // Nor does it keep a time-out from firing; and that it might give up sooner is said.
    let (interleavings, statistics) = all(&job("timed", ""));
    assert!(statistics.complete && statistics.caveats.contains_key(&CaveatKind::BusyWait.anywhere()), "{statistics:?}");
    for one in interleavings {
        assert_eq!(lines(&one), [(1, "timed out".to_owned()), (0, "parent".to_owned())]);
    }
}

#[test]
fn who_takes_a_semaphore() {
    let line = |process, text: &str| (process, text.to_owned());
    let expected = [(1, 2), (2, 1)].map(|(first, second)| [line(first, "mine"), line(second, "gone")]);
    let expected = expected.into_iter().flat_map(|[mine, gone]| [vec![mine.clone(), gone.clone()], vec![gone, mine]]);
    assert_eq!(orders("semaphore"), expected.collect());
}

#[test]
fn looking_until_a_time_is_up() {
    let (interleavings, statistics) = all(&job("looks_until", ""));
    assert!(statistics.complete, "{statistics:?}");
    assert_eq!(lines(&interleavings[0]), [(0, "true".to_owned())]);
}

#[test]
fn output_by_any_way() {
    let (interleavings, statistics) = all(&job("raw_output", ""));
    assert!(statistics.complete, "{statistics:?}");
    let parent = (0, "a line".to_owned());
    let child = [(1, "two parts, one line".to_owned()), (1, "two lines".to_owned())];
    let orders: BTreeSet<Vec<Line>> = interleavings.iter().map(lines).collect();
    let expected = BTreeSet::from([
        vec![parent.clone(), child[0].clone(), child[1].clone()],
        vec![child[0].clone(), child[1].clone(), parent],
    ]);
    assert_eq!(orders, expected);
}

#[test]
fn an_endless_program() {
    let lines_of: Vec<Op> = (0..50).map(Op::Line).collect();
    let mut root = vec![Op::Fork(1)];
    root.extend(&lines_of);
    let mut job = job("script", &model::encode(&vec![root, lines_of]));
    job.limits.lines_each = Some(3);
    let (interleavings, statistics) = all(&job);
    assert!(statistics.complete, "{statistics:?}");
    assert_eq!(statistics.distinct, 20);
    assert!(interleavings.iter().all(|one| one.trace.stop == Some(Stop::SeenEnough)));
}

#[test]
fn ends_are_ordered_if_asked_for() {
    let script = script(&[&[Op::Fork(1), Op::Line(1)], &[Op::Line(2)]]);
    let mut job = job("script", &model::encode(&script));
    job.limits.order_of_ends = true;
    let (interleavings, _) = all(&job);
    let orders: BTreeSet<Vec<(usize, bool)>> = interleavings
        .iter()
        .map(|one| {
            let seen = one.trace.events.iter().filter_map(|event| {
                let process = one.processes.iter().position(|&pid| pid == event.pid)?;
                match event.what {
                    What::Line(_) => Some((process, false)),
                    What::Ended(end) => {
                        assert_eq!(end, End::Exited(0));
                        Some((process, true))
                    }
                    _ => None,
                }
            });
            seen.collect()
        })
        .collect();
    assert_eq!(orders.len(), 6);
}

#[test]
fn a_limit_is_said() {
    let mut job = job("script", "f1 l0 l1 l2 l3|l0 l1 l2 l3");
    job.most = 10;
    let (interleavings, statistics) = all(&job);
    assert!(!statistics.complete);
    assert!(statistics.limit.is_some() && interleavings.len() <= 10);
    assert!(statistics.to_string().contains("not all: the limit was 10 interleavings"), "{statistics}");
}

#[test]
fn schedules_are_read_as_they_are_written() {
    for text in ["-", "a", "ab2a", "z12", "(27)3b"] {
        assert_eq!(text.parse::<Schedule>().unwrap().to_string(), text);
    }
    assert_eq!("aab".parse::<Schedule>().unwrap().to_string(), "a2b");
    for text in ["", "2", "a0", "A", "(0)", "(3", "a99999999", "b-", "é", "a1000000b"] {
        let error = text.parse::<Schedule>().unwrap_err();
        assert!(error.contains("right would be"), "{text}: {error}");
    }
}

#[test]
fn a_schedule_that_does_not_fit() {
    let job = job("script", "f1 l0|l0");
    for schedule in ["c", "ba99"] {
        match replay(&job, &schedule.parse().unwrap()) {
            Err(Error::Diverged(what)) => assert!(what.contains(schedule), "{what}"),
            other => panic!("{schedule}: {other:?}"),
        }
    }
}

#[test]
fn a_program_that_is_not_there() {
    let missing = command(vec!["/nowhere/at/all".into()]);
    match explore(&missing, |_| ControlFlow::Continue(())) {
        Err(Error::CannotStart(why)) => assert!(why.to_string().contains("/nowhere/at/all"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_programs_end_and_leave_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs/hostile");
    let mark = format!("explored-by-{}", std::process::id());
    let names =
        ["flood", "fork_bomb", "fork_chain", "daemon", "ignores_signals", "endless_line", "stopped", "outlives_parent"];
    // Side by side, as some only end when their time is up.
    std::thread::scope(|scope| {
        for name in names {
            let (file, mark) = (folder.join(name).with_extension("sh"), format!("{mark}-{name}"));
            scope.spawn(move || {
                assert!(file.exists(), "{}", file.display());
                let mut job = command(vec!["sh".into(), file.into(), mark.clone().into()]);
                job.most = 5;
                job.limits.time = Duration::from_secs(2);
                job.limits.steps = 500;
                let statistics = explore(&job, |_| ControlFlow::Continue(())).unwrap();
                assert!(statistics.explored + statistics.pruned > 0, "{name}: {statistics:?}");
                assert_eq!(living(&mark), Vec::<String>::new(), "{name}");
            });
        }
    });
    let mut spins = job("spin", &mark);
    spins.limits.time = Duration::from_millis(500);
    let (interleavings, statistics) = all(&spins);
    assert!(!statistics.complete);
    assert_eq!(interleavings[0].trace.stop, Some(Stop::TimeLimit));
    assert_eq!(living(&mark), Vec::<String>::new());
}

/// The processes with this word on their command line.
fn living(mark: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).into_owned()).filter(|line| line.contains(mark)).collect()
}

#[test]
fn a_hundred_explorations_leave_nothing() {
    // In a process of its own, so that whatever is there besides is of its explorations.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leaves_nothing");
    if std::env::var_os("TMPDIR").is_none_or(|temporary| temporary != folder) {
        // It may be left from a test that failed.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.arg("a_hundred_explorations_leave_nothing").env("TMPDIR", &folder);
        assert!(again.stdout(Stdio::null()).status().unwrap().success());
        return;
    }
    let mark = format!("l0 f1 l1|l{}", std::process::id());
    let before = left(&folder, &mark);
    let mut explored = job("script", &mark);
    explored.workers = 1;
    let missing = command(vec!["/nowhere/at/all".into()]);
    for number in 0..100 {
        match number % 10 {
            0..6 => assert_eq!(all(&explored).1.distinct, 2),
            6 => drop(explore(&explored, |_| ControlFlow::Break(())).unwrap()),
            7 => drop(replay(&explored, &"cc".parse().unwrap()).unwrap_err()),
            8 => drop(explore(&missing, |_| ControlFlow::Continue(())).unwrap_err()),
            _ => drop(explore(&hostile(number / 10, &mark), |_| ControlFlow::Continue(())).unwrap()),
        }
        if number % 50 == 49 {
            assert_eq!(left(&folder, &mark), before, "after {} explorations", number + 1);
        }
    }
}

/// A program that ends in no good way.
fn hostile(number: usize, mark: &str) -> Job {
    let scripts = [
        r#"trap '' TERM; sh -c 'sleep 1000; :' "$0" & kill $$; wait; echo"#,
        r#"(setsid sh -c 'kill -STOP $$' "$0" &); kill -9 $$"#,
        r#"while :; do sh -c 'sleep 1000; :' "$0" & done"#,
        "while :; do echo; done",
        "exec /nowhere/at/all",
    ];
    let script = scripts[number % scripts.len()];
    let mut job = command(vec!["sh".into(), "-c".into(), script.into(), mark.into()]);
    (job.workers, job.most) = (1, 2);
    (job.limits.lines, job.limits.processes) = (10, 10);
    job
}

/// Our descriptors, our children and whoever else has the mark, and the files in the folder for temporary ones.
fn left(folder: &Path, mark: &str) -> (usize, Vec<String>, usize) {
    let count = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    (count(Path::new("/proc/self/fd")), [living(mark), vec![children]].concat(), count(folder))
}

/// A job for one of Python's programs; `None` if there is no Python.
fn python(program: &str) -> Option<Job> {
    // The interpreter itself: `python3` may be a script that looks for it.
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    let python = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs");
    let mut job = command(vec![python.into(), folder.join(program).into()]);
    // It writes a line and its newline by two calls.
    job.limits.lines_only = true;
    // However slow the machine is.
    job.limits.time = Duration::from_secs(120);
    Some(job)
}

#[test]
fn python_as_it_is() {
    let programs = [
        ("single_task.py", 1),
        ("spawn.py", 35),
        ("ordering.py", 3),
        ("ordering_join.py", 1),
        ("isolation.py", 1),
        ("isolation_second_child.py", 1),
    ];
    for (name, expected) in programs {
        let Some(mut job) = python(name) else { return };
        if let "single_task.py" | "spawn.py" = name {
            job.limits.lines_each = Some(4);
        }
        let (_, statistics) = all(&job);
        assert!(statistics.complete, "{name}: {statistics:?}");
        assert_eq!(statistics.distinct, expected, "{name}");
    }
}

/// Three threads of its parent look again and again whether there is something to do. All its interleavings would take too
/// long, but every run ends, and those that are left to chance differ.
#[test]
fn a_pool_in_python() {
    let Some(mut job) = python("pool_fixed.py") else { return };
    job.most = 20;
    let (interleavings, statistics) = all(&job);
    assert!(!statistics.complete && !interleavings.is_empty());
    for one in &interleavings {
        assert_eq!(one.trace.stop, None, "{:?}", one.trace);
        assert_eq!(lines(one).len(), 12, "{:?}", one.trace);
    }
    let sample = interleavings.len().div_ceil(10);
    confirmed(&job, interleavings.into_iter().step_by(sample).collect());
}

/// Its interleavings are too many to explore them all, but a loss is among the first.
#[test]
fn the_published_queue_loses_messages_in_python_too() {
    let Some(mut job) = python("queue_as_published.py") else { return };
    job.most = 10;
    let (interleavings, _) = all(&job);
    let got = |one: &Interleaving| lines(one).iter().filter(|line| line.1.starts_with("Get")).count();
    let put = |one: &Interleaving| lines(one).iter().filter(|line| line.1.starts_with("Put")).count();
    let loses = interleavings.iter().find(|one| one.schedule.is_some() && put(one) == 3 && got(one) < 3).unwrap();
    let again = replay(&job, loses.schedule.as_ref().unwrap()).unwrap();
    assert_eq!(lines(&again), lines(loses));
}
