//! The recorder and hostile programs: each gets a trace that tells the truth, in bounded time and memory, and no process of
//! it is left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use interleave::environment::Environment;
use interleave::record::{Job, Limits, Run};
use interleave::trace::{End, Event, Fault, Pid, Stop, Trace, What};

/// The environment variable by which the processes of a test's program are known.
const MARK: &str = "XTASK_RECORD_TEST";

/// What a recorder can be told to try at best.
const ISOLATIONS: [&str; 3] = ["namespaces", "landlock", "none"];

/// A program under test. Dropping it asserts that no process of it is left.
struct Subject {
    mark: String,
    job: Job,
}

impl Subject {
    /// A program of `tests/programs/hostile`.
    fn hostile(file: &str) -> Subject {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../tests/programs/hostile", file].iter().collect();
        let interpreter = if file.ends_with(".py") { "python3" } else { "sh" };
        Subject::new(&[interpreter, path.to_str().unwrap()])
    }

    fn sh(script: &str) -> Subject {
        Subject::new(&["sh", "-c", script])
    }

    fn new(command: &[&str]) -> Subject {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{MARK}={}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let command = ["env", &mark].iter().chain(command).map(Into::into).collect();
        // Tests that do not wait for this limit must not run into it, however busy the machine.
        let limits = Limits { time: Duration::from_secs(300), ..Limits::default() };
        Subject {
            job: Job {
                name: "subject".to_owned(),
                limits,
                command,
                hidden: Vec::new(),
                watch_sharing: false,
                watch_work: true,
                environment: Environment::default(),
            },
            mark,
        }
    }

    fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Subject {
        change(&mut self.job.limits);
        self
    }

    fn seconds(self, seconds: f64) -> Subject {
        self.limits(|limits| limits.time = Duration::from_secs_f64(seconds))
    }

    fn start(&self) -> Run {
        Run::start(&self.job).unwrap()
    }

    /// The trace of a whole run.
    fn trace(&self) -> Trace {
        let trace = self.start().finish().unwrap();
        self.assert_gone();
        trace
    }

    /// The trace up to the moment at which `enough` holds of the events, when the program is stopped for `why`.
    fn trace_until(&self, why: Stop, mut enough: impl FnMut(&Event) -> bool) -> Trace {
        let mut run = self.start();
        while let Some(event) = run.next_event().unwrap() {
            if enough(event) {
                run.stop(why);
            }
        }
        let trace = run.finish().unwrap();
        self.assert_gone();
        trace
    }

    /// This very program, as the recorder that it becomes by this name, told which isolation to try at best.
    fn recorder(&self, isolation: &str) -> Child {
        Command::new("/proc/self/exe")
            .arg0("interleave: recorder")
            .arg(serde_json::to_string(&self.job).unwrap())
            .env("INTERLEAVE_ISOLATION", isolation)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The trace of a whole run with this isolation.
    fn trace_with(&self, isolation: &str) -> Trace {
        let mut recorder = self.recorder(isolation);
        let out = BufReader::new(recorder.stdout.take().unwrap());
        let mut traces = Trace::read_all("subject", out).unwrap();
        assert!(recorder.wait().unwrap().success());
        self.assert_gone();
        assert_eq!(traces.len(), 1);
        traces.remove(0)
    }

    /// The processes of the program that live.
    fn processes(&self) -> Vec<Pid> {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<Pid>().ok());
        pids.filter(|pid| {
            // Asked of every thread: the first may have ended before the others.
            let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
            threads
                .map(|thread| fs::read(thread.path().join("environ")).unwrap_or_default())
                .any(|environ| environ.split(|&byte| byte == 0).any(|variable| variable == self.mark.as_bytes()))
        })
        .collect()
    }

    fn assert_gone(&self) {
        assert_eq!(self.processes(), [0; 0], "processes left of {:?}", self.job.command);
    }

    /// Blocks until none is left; for where nobody promises when that will be.
    fn wait_until_gone(&self) {
        while !self.processes().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn lines(trace: &Trace) -> Vec<(Pid, &str)> {
    let lines = trace.events.iter().filter_map(|event| match &event.what {
        What::Line(text) => Some((event.pid, text.as_str())),
        _ => None,
    });
    lines.collect()
}

fn texts(trace: &Trace) -> Vec<&str> {
    lines(trace).into_iter().map(|(_, text)| text).collect()
}

/// Who printed this.
fn writer(trace: &Trace, text: &str) -> Pid {
    lines(trace).into_iter().find(|line| line.1 == text).unwrap_or_else(|| panic!("no line {text:?} in {trace:?}")).0
}

fn garbled(trace: &Trace) -> Vec<(Fault, &str)> {
    let garbled = trace.events.iter().filter_map(|event| match &event.what {
        What::Garbled(garbled) => Some((garbled.fault, garbled.start.as_str())),
        _ => None,
    });
    garbled.collect()
}

fn position(trace: &Trace, pid: Pid, wanted: impl Fn(&What) -> bool) -> Option<usize> {
    trace.events.iter().position(|event| event.pid == pid && wanted(&event.what))
}

fn end(trace: &Trace, pid: Pid) -> Option<End> {
    let mut ends = trace.events.iter().filter(|event| event.pid == pid).filter_map(|event| match event.what {
        What::Ended(end) => Some(end),
        _ => None,
    });
    ends.next_back()
}

fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: there is no python3 here");
    }
    found
}

/// What must hold of every trace.
fn assert_consistent(trace: &Trace) {
    let mut live: Vec<Pid> = Vec::new();
    for event in &trace.events {
        let at = event.at.expect("a recorded event has a time");
        assert!(0.0 <= at.after && at.after <= at.by, "{event:?}");
        match event.what {
            What::Seen { .. } => {
                assert!(!live.contains(&event.pid), "seen twice: {event:?}");
                live.push(event.pid);
            }
            What::Ended(_) => live.retain(|&pid| pid != event.pid),
            _ => assert!(live.contains(&event.pid), "not there: {event:?}"),
        }
    }
    assert!(trace.stop.is_some() || live.is_empty(), "no end of {live:?}");
}

#[test]
fn one_process_is_one_whatever_it_prints() {
    let trace = Subject::hostile("made_up_pids.sh").trace();
    assert_consistent(&trace);
    assert_eq!(lines(&trace).len(), 5);
    assert!(lines(&trace).iter().all(|line| line.0 == trace.header.root));
    assert_eq!((trace.stop, end(&trace, trace.header.root)), (None, Some(End::Exited(0))));
}

#[test]
fn lines_of_two_processes_are_not_torn() {
    let trace = Subject::hostile("two_at_once.sh").trace();
    assert_consistent(&trace);
    assert_eq!(texts(&trace).iter().filter(|&&text| text == "aaaa").count(), 300);
    assert_eq!(texts(&trace).iter().filter(|&&text| text == "bbbb").count(), 300);
    assert_eq!(lines(&trace).len(), 600);
    assert_ne!(writer(&trace, "aaaa"), writer(&trace, "bbbb"));
}

#[test]
fn a_line_of_a_megabyte_is_cut() {
    let trace = Subject::hostile("long_line.sh").trace();
    assert_consistent(&trace);
    assert_eq!(texts(&trace), ["before", "", "after"]);
    assert_eq!(garbled(&trace), [(Fault::TooLong, "x".repeat(200).as_str())]);
}

#[test]
fn a_flood_of_lines_is_stopped() {
    let trace = Subject::hostile("flood.sh").limits(|limits| limits.lines = 1000).trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::Flood));
    assert!(lines(&trace).len() > 1000);
}

#[test]
fn a_flood_without_lines_is_stopped() {
    let trace = Subject::hostile("endless_line.sh").trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::Flood));
    assert_eq!(garbled(&trace).len(), 1);
}

#[test]
fn a_flood_takes_little_memory() {
    let subject = Subject::hostile("flood.sh").limits(|limits| limits.lines = 200_000);
    // The one that is not in a world is the process that we started.
    let mut recorder = subject.recorder("none");
    let status = format!("/proc/{}/status", recorder.id());
    let mut highest = 0;
    for line in BufReader::new(recorder.stdout.take().unwrap()).lines().step_by(10_000) {
        assert!(line.unwrap().len() < 1000);
        let status = fs::read_to_string(&status).unwrap();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        highest = kib.map_or(highest, |kib| kib.parse::<u64>().unwrap());
    }
    assert!(recorder.wait().unwrap().success());
    assert!((1..16 * 1024).contains(&highest), "{highest} KiB");
    subject.assert_gone();
}

#[test]
fn a_caller_that_does_not_read_can_still_stop_it() {
    let subject = Subject::hostile("flood.sh");
    drop(subject.start());
    subject.assert_gone();
}

#[test]
fn an_unfinished_line_is_told() {
    let trace = Subject::hostile("no_newline.sh").trace();
    assert_consistent(&trace);
    assert_eq!(texts(&trace), ["whole"]);
    assert_eq!(garbled(&trace), [(Fault::NoNewline, "half")]);
    assert!(matches!(trace.events.last().unwrap().what, What::Ended(_)));
}

#[test]
fn what_is_not_text_is_told() {
    let trace = Subject::hostile("bad_utf8.sh").trace();
    assert_consistent(&trace);
    assert_eq!(garbled(&trace), [(Fault::NotUtf8, "a\\xffb")]);
    assert_eq!(texts(&trace), ["\u{1b}[2J\u{1b}[31mred"]);
}

#[test]
fn the_deaf_are_killed_when_their_time_is_up() {
    let trace = Subject::hostile("ignores_signals.sh").seconds(0.5).trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::TimeLimit));
    assert_eq!(end(&trace, trace.header.root), None);
}

#[test]
fn the_stopped_are_killed_when_their_time_is_up() {
    let trace = Subject::hostile("stopped.sh").seconds(0.5).trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::TimeLimit));
    // However early it was that it did anything.
    assert!(trace.seconds() >= 0.5 && trace.stopped_after == Some(trace.seconds()), "{trace:?}");
}

#[test]
fn a_process_without_its_first_thread_is_killed() {
    if has_python() {
        let trace = Subject::hostile("first_thread_ends.py")
            .trace_until(Stop::SeenEnough, |event| matches!(event.what, What::Line(_)));
        assert_consistent(&trace);
        assert_eq!((texts(&trace), end(&trace, trace.header.root)), (vec!["zombie"], None));
    }
}

#[test]
fn a_daemon_is_followed_and_killed() {
    let trace =
        Subject::hostile("daemon.sh").trace_until(Stop::SeenEnough, |event| matches!(event.what, What::Line(_)));
    assert_consistent(&trace);
    assert_ne!(writer(&trace, "daemon"), trace.header.root);
    assert_eq!(trace.stop, Some(Stop::SeenEnough));
}

#[test]
fn a_daemon_keeps_the_run_from_ending() {
    let trace = Subject::hostile("daemon.sh").seconds(1.0).trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::TimeLimit));
}

#[test]
fn a_fork_bomb_is_defused() {
    let trace = Subject::hostile("fork_bomb.sh").limits(|limits| limits.processes = 50).trace();
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::TooManyProcesses));
    assert!(trace.events.iter().filter(|event| matches!(event.what, What::Seen { .. })).count() > 50);
}

#[test]
fn whoever_has_the_id_of_another_is_not_taken_for_it() {
    if has_python() && has_worlds() {
        let trace = Subject::hostile("ids_come_again.py").trace();
        // Before Linux 6.14 a world has as many ids as the machine.
        let ids: BTreeSet<Pid> = lines(&trace).into_iter().map(|(pid, _)| pid).collect();
        assert!(trace.stop == Some(Stop::TooManyProcesses) || ids.len() == 3, "{trace:?}");
    }
}

#[test]
fn a_chain_of_forks_is_broken() {
    let subject = Subject::hostile("fork_chain.sh").limits(|limits| limits.processes = 200).seconds(5.0);
    let trace = subject.trace();
    assert_consistent(&trace);
    assert!(matches!(trace.stop, Some(Stop::TooManyProcesses | Stop::TimeLimit)), "{:?}", trace.stop);
}

#[test]
fn death_by_signal_and_last_words_are_told() {
    let trace = Subject::hostile("killed.sh").trace();
    assert_consistent(&trace);
    let root = trace.header.root;
    assert_eq!(end(&trace, root), Some(End::Signaled(11)));
    assert!(position(&trace, root, |what| *what == What::Stderr("about to die\n".to_owned())).is_some());
}

#[test]
fn death_by_a_realtime_signal_is_told() {
    let trace = Subject::sh("sh -c 'echo child; kill -34 $$; echo alive'; kill -35 $$; echo alive").trace();
    assert_consistent(&trace);
    assert_eq!(end(&trace, trace.header.root), Some(End::Signaled(35)));
    let child = end(&trace, writer(&trace, "child"));
    assert!(child == Some(End::Signaled(34)) || !exit_status_outlives_process(), "{child:?}");
}

#[test]
fn a_child_that_outlives_its_parent_is_followed() {
    for isolation in ISOLATIONS {
        let trace = Subject::hostile("outlives_parent.sh").trace_with(isolation);
        assert_consistent(&trace);
        let (root, child) = (trace.header.root, writer(&trace, "child"));
        assert_eq!((writer(&trace, "parent"), end(&trace, root)), (root, Some(End::Exited(0))));
        assert_eq!(end(&trace, child), Some(End::Exited(5)), "{isolation}");
    }
}

#[test]
fn how_grandchildren_end_is_known() {
    let trace = Subject::hostile("three_generations.sh").trace();
    assert_consistent(&trace);
    let ends = ["grandchild", "child", "parent"].map(|text| end(&trace, writer(&trace, text)));
    let expected = [7, 8, 9].map(|code| Some(End::Exited(code)));
    if exit_status_outlives_process() {
        assert_eq!(ends, expected);
    } else {
        assert!(ends.iter().zip(expected).all(|(&end, known)| end == known || end == Some(End::Unknown)), "{ends:?}");
    }
}

/// From Linux 6.16 on a writer's exit status can be asked for even when its parent has waited for it at once.
fn exit_status_outlives_process() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(16))
}

#[test]
fn an_end_is_not_put_before_one_that_it_followed() {
    // Who writes is gone at once, often before anybody has looked, and only then is the other one ended.
    let script = "(echo other; exec sleep 1000) & other=$!; sleep 0.01; (echo writer) & wait $!; kill $other; wait";
    let some = || {
        for _ in 0..25 {
            let trace = Subject::sh(script).trace();
            let ended = |text: &str| {
                let who = lines(&trace).into_iter().find(|(_, line)| *line == text)?.0;
                position(&trace, who, |what| matches!(what, What::Ended(_)))
            };
            if let (Some(other), Some(writer)) = (ended("other"), ended("writer")) {
                assert!(!trace.surely_before(other, writer), "{trace:#?}");
            }
        }
    };
    // Several at once, so that who looks comes late.
    std::thread::scope(|scope| (0..6).for_each(|_| drop(scope.spawn(some))));
}

#[test]
fn parents_are_known() {
    let subject = Subject::sh("sh -c 'sh -c \"echo c; sleep 1000\" & echo b; wait' & echo a; wait");
    let mut seen = 0;
    let trace = subject.trace_until(Stop::SeenEnough, |event| {
        seen += i32::from(matches!(event.what, What::Line(_)));
        seen == 3
    });
    let parent = |pid| {
        trace.events.iter().find_map(|event| match event.what {
            What::Seen { parent } if event.pid == pid => Some(parent),
            _ => None,
        })
    };
    let [a, b, c] = ["a", "b", "c"].map(|text| writer(&trace, text));
    assert_eq!([parent(a), parent(b), parent(c)], [Some(None), Some(Some(a)), Some(Some(b))]);
}

#[test]
fn a_process_that_closes_its_output_is_still_followed() {
    let trace = Subject::hostile("closes_stdout.sh").trace();
    assert_consistent(&trace);
    assert_eq!(texts(&trace), ["last"]);
    assert_eq!(end(&trace, trace.header.root), Some(End::Exited(4)));
}

#[test]
fn lines_stand_before_the_end_of_their_process() {
    let trace = Subject::sh("for i in 1 2 3 4 5 6 7 8; do sh -c 'yes | head -n 500' & done; wait").trace();
    assert_consistent(&trace);
    assert_eq!(lines(&trace).len(), 8 * 500);
}

/// What was seen of the process that printed this line, before it did.
fn seen_before(trace: &Trace, text: &str) -> (f64, f64) {
    let line = trace.events.iter().position(|event| event.what == What::Line(text.to_owned())).unwrap();
    let found = |told: fn(&What) -> Option<f64>| trace.events[..line].iter().rev().find_map(|event| told(&event.what));
    let worked = found(|what| if let What::Worked(seconds) = what { Some(*seconds) } else { None });
    let waited = found(|what| if let What::Waited(seconds) = what { Some(*seconds) } else { None });
    (worked.unwrap(), waited.unwrap())
}

#[test]
fn whoever_sleeps_or_computes_is_seen_to_work_and_whoever_waits_is_not() {
    let mut scripts = vec![
        (r"echo begin; { sleep 1; } | read nothing; echo end", false),
        (r"echo begin; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo end", true),
    ];
    let sleeper = "import time; print('begin', flush=True); time.sleep(1); print('end', flush=True)";
    let python = format!("exec python3 -c \"{sleeper}\"");
    if has_python() {
        scripts.push((&python, true));
    }
    for (script, works) in scripts {
        let trace = Subject::sh(script).trace();
        let (from, to) = (seen_before(&trace, "begin"), seen_before(&trace, "end"));
        let (worked, waited) = (to.0 - from.0, to.1 - from.1);
        let (most, least) = if works { (worked, waited) } else { (waited, worked) };
        // However busy the machine is, it has done the one and hardly ever the other.
        assert!(most > 0.1 && least < most / 2.0, "{script}: worked {worked}, waited {waited}");
    }
}

#[test]
fn an_interrupted_run_says_so() {
    let trace = Subject::sh("echo up; sleep 1000").trace_until(Stop::Interrupted, |_| true);
    assert_consistent(&trace);
    assert_eq!(trace.stop, Some(Stop::Interrupted));
}

#[test]
fn stopping_is_first_asked_for_by_sigint() {
    let file = std::env::temp_dir().join(format!("{MARK}.{}", std::process::id()));
    let script = format!("trap 'echo asked >{}; exit' INT; echo up; while :; do sleep 0.01; done", file.display());
    let subject = Subject::sh(&script);
    // In a world of its own it could not leave the file behind.
    let mut recorder = subject.recorder("none");
    let mut lines = BufReader::new(recorder.stdout.take().unwrap()).lines();
    while !lines.next().expect("it says that it is up").unwrap().contains("up") {}
    recorder.stdin.take().unwrap().write_all(b"seen enough").unwrap();
    for _ in lines {}
    assert!(recorder.wait().unwrap().success());
    subject.assert_gone();
    assert_eq!(fs::read_to_string(&file).unwrap(), "asked\n");
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_line_cut_off_by_us_is_not_the_programs_fault() {
    let script = "printf 'begun '; sh -c 'echo up'; sleep 1000";
    let trace = Subject::sh(script).trace_until(Stop::Interrupted, |event| matches!(event.what, What::Line(_)));
    assert_eq!(garbled(&trace), [(Fault::NoNewline, "begun ")]);
    let trace = Subject::sh(script).trace_until(Stop::SeenEnough, |event| matches!(event.what, What::Line(_)));
    assert_eq!(garbled(&trace), []);
}

#[test]
fn programs_that_cannot_be_started_are_refused() {
    let refusal = |program: &str| {
        let job = Job { command: vec![program.into()], ..Subject::sh("").job.clone() };
        Run::start(&job).map(drop).unwrap_err().to_string()
    };
    let said = refusal("no-such-program");
    assert!(said.contains("cannot start `no-such-program`") && said.contains("PATH"), "{said}");
    let said = refusal("./no/such/program");
    assert!(said.contains("cannot start `./no/such/program`") && said.contains("looked from"), "{said}");
    let said = refusal(&format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR")));
    assert!(said.contains("chmod +x"), "{said}");
}

#[test]
fn a_recorder_that_is_killed_takes_the_program_along() {
    for isolation in ISOLATIONS {
        let subject = Subject::sh("echo up; exec sleep 1000");
        let mut recorder = subject.recorder(isolation);
        let mut lines = BufReader::new(recorder.stdout.take().unwrap()).lines();
        while !lines.next().expect("it says that it is up").unwrap().contains("up") {}
        recorder.kill().unwrap();
        recorder.wait().unwrap();
        subject.wait_until_gone();
    }
}

#[test]
fn a_recorder_that_is_asked_to_stop_says_so() {
    for isolation in ISOLATIONS {
        let subject = Subject::sh("echo up; exec sleep 1000");
        let mut recorder = subject.recorder(isolation);
        let mut out = BufReader::new(recorder.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("up") {
            assert_ne!(out.read_line(&mut text).unwrap(), 0);
        }
        assert!(Command::new("kill").args(["-TERM", &recorder.id().to_string()]).status().unwrap().success());
        out.read_to_string(&mut text).unwrap();
        assert!(recorder.wait().unwrap().success());
        let trace = Trace::read_all("subject", text.as_bytes()).unwrap().remove(0);
        assert_eq!(trace.stop, Some(Stop::Interrupted), "{isolation}");
        subject.assert_gone();
    }
}

/// Not a test: the caller that `a_caller_that_is_killed_leaves_nothing` kills.
#[test]
#[ignore = "waits to be killed"]
fn caller() {
    let Ok(mark) = std::env::var("CALLED_FOR") else { return };
    let mut subject = Subject::hostile("ignores_signals.sh");
    subject.job.command[1] = mark.into();
    let mut run = subject.start();
    while run.next_event().unwrap().is_some() {}
    unreachable!("the program ended by itself");
}

#[test]
fn a_caller_that_is_killed_leaves_nothing() {
    let subject = Subject::sh("");
    let mut caller = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "record::caller"])
        .env("CALLED_FOR", &subject.mark)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while subject.processes().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    caller.kill().unwrap();
    caller.wait().unwrap();
    subject.wait_until_gone();
}

#[test]
fn root_cannot_forge_a_writer() {
    if has_python() {
        for isolation in ISOLATIONS {
            let trace = Subject::hostile("forges_pid.py").trace_with(isolation);
            assert_eq!(lines(&trace), [(trace.header.root, "refused")], "{isolation}");
        }
    }
}

/// Whether a program gets a world of its own here.
fn has_worlds() -> bool {
    let run = Subject::sh("").start();
    let (has, is_second) = (run.missing().is_empty(), run.finish().unwrap().header.root == 2);
    assert!(is_second || !has, "nothing is said to be missing");
    if !has {
        eprintln!("skipped: this system does not offer all namespaces");
    }
    has
}

/// Whether the kernel lets a process restrict what it writes.
fn has_landlock() -> bool {
    let found = interleave::sandbox::landlock_version() >= 3;
    if !found {
        eprintln!("skipped: this system offers no Landlock");
    }
    found
}

/// Runs one of the attacks, which must get nothing, and leave the recorder to its work.
fn attack(isolation: &str, name: &str, arguments: &[&str]) {
    let mut subject = Subject::hostile("attacks.py");
    subject.job.command.extend([name].iter().chain(arguments).map(Into::into));
    let trace = subject.trace_with(isolation);
    assert_consistent(&trace);
    let root = trace.header.root;
    assert_eq!(lines(&trace), [(root, "refused")], "{name}, {isolation}: {trace:?}");
    assert_eq!((trace.stop, end(&trace, root)), (None, Some(End::Exited(0))), "{name}, {isolation}");
}

#[test]
fn the_recorder_cannot_be_reached() {
    if has_python() && has_worlds() {
        for name in [
            "writes_to_descriptors",
            "steals_descriptors",
            "looks_into",
            "changes_root",
            "traces",
            "stops",
            "kills",
            "kills_all",
            "limits",
            "uses_keys",
        ] {
            attack("namespaces", name, &[]);
        }
    }
}

#[test]
fn the_machine_cannot_be_changed() {
    if has_python() && has_worlds() {
        for name in
            ["writes_to_the_system", "makes_devices", "makes_namespaces", "mounts", "gets_privileges", "chooses_ids"]
        {
            attack("namespaces", name, &[]);
        }
        attack("namespaces", "changes_the_judges_files", &[concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/claims.md")]);
        attack("namespaces", "uses_up_memory", &[]);
        attack("namespaces", "uses_up_disk", &["large"]);
        attack("namespaces", "uses_up_processes", &[]);
        attack("namespaces", "is_told_apart", &[]);
    }
}

#[test]
fn nothing_that_a_run_makes_remains() {
    if has_python() && has_worlds() {
        let name = format!("{MARK}.left.{}", std::process::id());
        for _ in 0..2 {
            attack("namespaces", "leaves_files", &[&name]);
        }
        for folder in [".", "/tmp", "/var/tmp", "/dev/shm"] {
            assert!(!PathBuf::from(folder).join(&name).exists(), "{name} was left in {folder}");
        }
        let key = (0x4000_0000 + std::process::id()).to_string();
        attack("namespaces", "leaves_system_v_objects", &[&key]);
        for kind in ["shm", "sem", "msg"] {
            let objects = fs::read_to_string(format!("/proc/sysvipc/{kind}")).unwrap_or_default();
            assert!(!objects.lines().any(|line| line.split_ascii_whitespace().next() == Some(&key)), "{objects}");
        }
    }
}

#[test]
fn a_program_among_temporary_files_is_seen_there() {
    let folder = std::env::temp_dir().join(format!("{MARK}.{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let (program, given) = (folder.join("program"), folder.join("given"));
    fs::copy(fs::canonicalize("/bin/cat").unwrap(), &program).unwrap();
    fs::write(&given, "given\n").unwrap();
    for isolation in ISOLATIONS {
        let mut subject = Subject::new(&[program.to_str().unwrap(), given.to_str().unwrap()]);
        // The program itself, and not `env` that starts it.
        subject.job.command.drain(..2);
        assert_eq!(texts(&subject.trace_with(isolation)), ["given"], "{isolation}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_namespaces_the_next_best_is_taken() {
    if has_python() && has_worlds() {
        // A recorder in a world gets no namespaces, as its program gets none.
        let inner = Subject::sh("echo $$");
        let become_recorder = "import os, sys
read, write = os.pipe()
os.dup2(read, 0)
os.set_inheritable(write, True)
os.execv(sys.argv[1], ['interleave: recorder', sys.argv[2]])";
        let exe = std::env::current_exe().unwrap();
        let job = serde_json::to_string(&inner.job).unwrap();
        let trace = Subject::new(&["python3", "-c", become_recorder, exe.to_str().unwrap(), &job]).trace();
        let said = texts(&trace).join("\n");
        let inner = Trace::read_all("subject", said.as_bytes()).unwrap().remove(0);
        let root = inner.header.root;
        assert!(root > 2, "{said}");
        assert_eq!((lines(&inner), end(&inner, root)), (vec![(root, &*root.to_string())], Some(End::Exited(0))));
    }
}

#[test]
fn the_machines_services_cannot_be_reached() {
    if has_python() && has_worlds() {
        let tcp = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let name = format!("{MARK}.{}", std::process::id());
        let _local = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        attack("namespaces", "connects", &[&tcp.local_addr().unwrap().port().to_string(), &name]);
    }
}

#[test]
fn what_landlock_guards() {
    if has_python() && has_landlock() {
        for name in [
            "writes_to_descriptors",
            "steals_descriptors",
            "looks_into",
            "changes_root",
            "traces",
            "limits",
            "uses_keys",
        ] {
            attack("landlock", name, &[]);
        }
        for name in ["writes_to_the_system", "makes_namespaces", "gets_privileges", "uses_up_memory", "chooses_ids"] {
            attack("landlock", name, &[]);
        }
        attack("landlock", "changes_the_judges_files", &[concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/claims.md")]);
    }
}

#[test]
fn a_name_does_not_reach_the_terminal_as_it_is() {
    let job = Job { command: vec!["./\u{1b}[2J\u{9b}31m".into()], ..Subject::sh("").job.clone() };
    let said = Run::start(&job).map(drop).unwrap_err().to_string();
    assert!(said.contains("cannot start") && !said.contains(char::is_control), "{said:?}");
}

#[test]
fn descriptors_sent_along_do_not_pile_up() {
    if has_python() {
        // Only root can look into the recorder, and only where it is no process of another world.
        let trace = Subject::hostile("sends_descriptors.py").trace_with("none");
        let open = texts(&trace)[1];
        assert!(open == "refused" || open.parse::<usize>().unwrap() < 100, "{open} files open");
    }
}

#[test]
fn the_program_runs_as_after_login() {
    let trace = Subject::sh("read line; echo \"$? $PYTHONUNBUFFERED\"; ls -l /proc/self/fd | grep -c socket:; (: </dev/tty) 2>/dev/null || echo no terminal").trace();
    assert_eq!(texts(&trace), ["1 1", "1", "no terminal"]);
}
