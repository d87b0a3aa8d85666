//! What `interleave::Exploration` promises to tests.
//! `cargo test -p interleave --test testing`

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use interleave::Exploration;
use interleave::explore::{Job, LEAST_RUNS, Limit, TimeMode, explore};
use interleave::outcome::{Ending, Outcome};

/// Two children, each with its line, in whichever order.
fn two_printers() -> Exploration {
    sh("echo one & echo two & wait")
}

fn sh(script: &str) -> Exploration {
    Exploration::of("sh").args(["-c", script])
}

/// What is said when this fails.
fn complaint(fails: impl FnOnce()) -> String {
    let failure = catch_unwind(AssertUnwindSafe(fails)).expect_err("it was to fail");
    failure.downcast_ref::<String>().cloned().unwrap()
}

#[test]
fn every_interleaving_is_seen() {
    let mut texts = Vec::new();
    let covered = two_printers().check(|run| texts.push(run.outcome().text));
    texts.sort();
    assert_eq!(texts, ["one\ntwo\n", "two\none\n"]);
    assert!(covered.complete && covered.distinct == 2, "{covered}");
}

/// Four that race for a file, of which a single worker explores a part.
fn racers(calls: u64) -> Job {
    let script = "for i in 1 2 3 4; do (echo $i >> file; echo $i) & done; wait";
    let job = Job::new("racers", ["sh", "-c", script].map(Into::into).to_vec());
    Job { workers: 1, calls: Some(calls), time: Duration::from_secs(1000), ..job }
}

#[test]
fn a_single_worker_goes_the_same_way_each_time_and_as_far() {
    for calls in [1, 4_000] {
        let explored = || {
            let mut runs = Vec::new();
            let covered = explore(&racers(calls), |run| {
                runs.push((run.steps().to_vec(), run.lines()));
                ControlFlow::Continue(())
            });
            (covered.unwrap(), runs)
        };
        let (covered, runs) = explored();
        assert_eq!(covered.limit, Some(Limit::Calls(calls)), "{covered}");
        assert!(covered.runs >= LEAST_RUNS && (calls > 1 || covered.runs == LEAST_RUNS), "{covered}");
        assert!(explored() == (covered, runs), "the second time it is another exploration");
    }
}

#[test]
fn an_exploration_by_a_single_worker_ends_when_its_caller_panics() {
    let panics = || explore(&racers(1000), |_| panic!("on purpose"));
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
}

#[test]
fn outcomes_are_compared_as_a_set() {
    assert_eq!(two_printers().outcomes(), [Outcome::ok("two\none\n"), Outcome::ok("one\ntwo\n")].into());
    let exits = Outcome { text: String::new(), ending: Ending::Exited(3) };
    assert_eq!(sh("exit 3").outcomes(), [exits].into());
}

#[test]
fn the_shortest_failure_is_told_with_what_shows_it_again() {
    // Each of these orders but one fails.
    let three = sh("echo one & echo two & echo three");
    let said = complaint(|| {
        three.check(|run| assert_eq!(run.outcome().text, "one\ntwo\nthree\n", "the wrong order"));
    });
    assert!(said.starts_with("5 of 6 interleavings of `sh` fail. The shortest that does:\n"), "{said}");
    assert!(said.contains("    a     three\n    b     one\n    c     two\n\nassertion"), "{said}");
    assert!(said.contains("failed: the wrong order\n  left: \"three\\none\\ntwo\\n\"\n"), "{said}");
    assert!(said.contains("tests/interleave_testing.rs:"), "{said}");
    assert!(said.contains("cargo test the_shortest_failure_is_told_with_what_shows_it_again\n"), "{said}");
    let (_, again) = said.split_once("interleave replay ").unwrap();
    let (schedule, command) = again.lines().next().unwrap().split_once(' ').unwrap();
    assert_eq!(command, "-- sh -c 'echo one & echo two & echo three'");
    assert_eq!(three.replay(schedule).outcome().text, "three\none\ntwo\n");
}

#[test]
fn a_deadlock_fails_without_being_asked_about() {
    let hangs = || sh("kill -STOP $$");
    let said = complaint(|| drop(hangs().check(|_| ())));
    assert!(said.contains("deadlock: a "), "{said}");
    let stuck = Outcome { text: String::new(), ending: Ending::Deadlock };
    assert_eq!(hangs().outcomes(), [stuck].into());
    hangs().any_ending().check(|run| assert_eq!(run.outcome().ending, Ending::Deadlock));
}

#[test]
fn an_exit_code_is_expected() {
    let said = complaint(|| drop(sh("exit 3").check(|_| ())));
    assert!(said.contains("process a ended with exit code 3, not 0"), "{said}");
    sh("exit 3").exits_with(3).check(|_| ());
}

#[test]
fn what_is_incomplete_is_no_success_unless_that_is_allowed() {
    let some = || two_printers().limit_runs(1).workers(1);
    let said = complaint(|| drop(some().check(|_| ())));
    assert!(said.contains("`sh` was not explored to the end"), "{said}");
    assert!(complaint(|| drop(some().outcomes())).contains("not explored to the end"));
    assert!(!some().allow_incomplete().check(|_| ()).complete);
    // A run that does not end says nothing of its rest.
    let endless = || sh("while :; do :; done").limit_each_run(Duration::from_millis(300)).workers(1);
    assert!(complaint(|| drop(endless().check(|_| ()))).contains("stopped before its end"));
    assert!(!endless().allow_incomplete().check(|_| panic!("it has no end to be asked about")).complete);
}

#[test]
fn it_runs_where_and_with_what_it_is_told() {
    let there = sh("pwd; echo $COLOUR").dir("/usr").env("COLOUR", "blue");
    assert_eq!(there.outcomes(), [Outcome::ok("/usr\nblue\n")].into());
    let said = complaint(|| drop(there.check(|run| assert_eq!(run.lines().len(), 3))));
    assert!(said.contains(" --dir /usr --env COLOUR=blue -- sh -c "), "{said}");
}

#[test]
fn time_can_be_an_order() {
    let sleeper = sh("{ sleep 2; echo late; } & sleep 1; echo early");
    assert_eq!(sleeper.time(TimeMode::Ordered).outcomes(), [Outcome::ok("early\nlate\n")].into());
    // A sleep ends so long after it has begun, whoever has slept meanwhile.
    let sleeper = sh("{ sleep 4; echo four; } & sleep 3; sleep 2; echo five");
    assert_eq!(sleeper.time(TimeMode::Ordered).outcomes(), [Outcome::ok("four\nfive\n")].into());
}

#[test]
fn what_cannot_be_run_fails() {
    let said = complaint(|| drop(Exploration::of("./not-there").check(|_| ())));
    assert!(said.contains("`not-there` cannot be explored: cannot start"), "{said}");
}

/// Fails if it is asked to, in one of these ways.
#[test]
fn fails_on_demand() {
    let Some(how) = std::env::var_os("FAIL_ON_DEMAND") else { return };
    match how.to_str().unwrap() {
        "unstartable" => drop(Exploration::of("./not-there").check(|_| ())),
        "unstartable outcomes" => drop(Exploration::of("./not-there").outcomes()),
        "incomplete" => drop(two_printers().limit_runs(1).workers(1).check(|_| ())),
        "too slow" => drop(two_printers().limit_time(Duration::ZERO).outcomes()),
        "no schedule" => drop(two_printers().replay("?!")),
        _ => drop(two_printers().check(|run| assert_eq!(run.outcome().text, "one\ntwo\n"))),
    }
}

#[test]
fn a_failure_is_said_to_be_where_the_test_is() {
    for how in ["assertion", "unstartable", "unstartable outcomes", "incomplete", "too slow", "no schedule"] {
        let mut test = Command::new(std::env::current_exe().unwrap());
        let output = test.args(["--exact", "fails_on_demand"]).env("FAIL_ON_DEMAND", how).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let (_, place) = said.split_once("panicked at ").expect(how);
        assert!(place.lines().next().unwrap().contains("tests/interleave_testing.rs:"), "{how}: {said}");
    }
}

#[test]
fn a_schedule_in_the_environment_is_the_only_one_run() {
    let run = |schedule: Option<&str>| {
        let mut test = Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", "fails_on_demand"]).env("FAIL_ON_DEMAND", "1");
        schedule.map(|schedule| test.env("INTERLEAVE_SCHEDULE", schedule));
        let output = test.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let said = run(None);
    // Of many failures only one is told.
    assert_eq!(said.matches("assertion").count(), 1, "{said}");
    let (_, rest) = said.split_once("INTERLEAVE_SCHEDULE=").unwrap();
    let (schedule, _) = rest.split_once(' ').unwrap();
    let again = run(Some(schedule));
    assert!(again.contains("left: \"two\\none\\n\"") && !again.contains("interleavings"), "{again}");
    assert!(run(Some("-")).contains("this schedule does not fail"));
}

/// A thread naps, and its process ends meanwhile: nobody could tell how far that came, though the process has memory that it once shared.
#[test]
fn the_end_of_a_process_is_not_tried_before_each_step_of_its_threads() {
    let folder = std::env::temp_dir().join(format!("interleave-naps-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (text, program) = (folder.join("naps.c"), folder.join("naps"));
    std::fs::write(&text, NAPS).unwrap();
    assert!(Command::new("cc").arg("-pthread").arg("-o").arg(&program).arg(&text).status().unwrap().success());
    let covered = Exploration::of(program.to_str().unwrap()).check(|_| ());
    std::fs::remove_dir_all(&folder).unwrap();
    // The thread begins before that end, or does not. (Then these are tried as well in which nothing that threads do commutes.)
    assert!(covered.complete && covered.distinct == 1 && covered.runs <= 10, "{covered}");
}

const NAPS: &str = r#"
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static void *naps(void *none) {
    for (int i = 0; i < 3; i++) usleep(1);
    return none;
}
int main(void) {
    pthread_t thread;
    int memory = memfd_create("memory", 0);
    if (ftruncate(memory, 4096) != 0) return 1;
    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (fork() == 0) _exit(0);
    wait(NULL);
    pthread_create(&thread, NULL, naps, NULL);
    _exit(0);
}
"#;
