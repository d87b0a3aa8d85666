//! Programs that are not ours, judged by the same notes: those that are right pass, and of those that are wrong it is said
//! what is wrong.
//!
//! They lie in `programs/`. Most need Python 3; where there is none, these tests say so and test nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The claims that this Python program breaks; `None` if there is no Python.
fn broken_by(program: &str, file: &str) -> Option<BTreeSet<String>> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("there is no python3 here: {file} was not tried");
        return None;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs").join(file);
    let command = format!("python3 '{}'", path.display());
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["verify", program, "--live", "--json", "--timeout", "120", "--program", &command])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    // One run that breaks nothing is not all that is possible.
    let passes = report["verdict"] == "incomplete";
    assert_eq!(output.status.code(), Some(if passes { 3 } else { 1 }), "{report:#}");
    let claims = report["lessons"][0]["claims"].as_array().unwrap();
    let broken = claims.iter().filter(|claim| claim["verdict"] == "fail" || claim["verdict"] == "not_shown");
    let broken: BTreeSet<String> = broken.map(|claim| claim["says"].as_str().unwrap().to_string()).collect();
    assert_eq!(broken.is_empty(), passes, "{report:#}");
    Some(broken)
}

fn passes(program: &str, file: &str) {
    if let Some(broken) = broken_by(program, file) {
        assert!(broken.is_empty(), "{file} breaks {broken:#?}");
    }
}

fn breaks(program: &str, file: &str, claims: &[&str]) {
    if let Some(broken) = broken_by(program, file) {
        for claim in claims {
            assert!(broken.contains(*claim), "{file} does not break \"{claim}\", but {broken:#?}");
        }
    }
}

#[test]
fn single_task() {
    passes("single_task_demo", "single_task.py");
}

#[test]
fn spawn() {
    passes("spawn_demo", "spawn.py");
}

#[test]
fn ordering() {
    passes("ordering_demo", "ordering.py");
}

#[test]
fn ordering_join() {
    passes("ordering_join_demo", "ordering_join.py");
}

#[test]
fn isolation() {
    passes("isolation_demo", "isolation.py");
}

#[test]
fn isolation_second_child() {
    passes("isolation_second_child_demo", "isolation_second_child.py");
}

#[test]
fn pool() {
    passes("pool_demo", "pool_fixed.py");
}

#[test]
fn queue() {
    passes("queue_demo", "queue_joinable.py");
}

#[test]
fn queue_that_ends_by_itself() {
    passes("queue_disconnect_demo", "queue_end_value.py");
}

#[test]
fn the_other_program_of_a_lesson_is_not_it() {
    breaks(
        "ordering_join_demo",
        "ordering.py",
        &["the parent goes on only when the child has ended, not just when it has printed its last line"],
    );
}

#[test]
fn the_published_pool_ends_no_task() {
    breaks("pool_demo", "pool_as_published.py", &["the parent starts, and every task starts and ends, once"]);
}

#[test]
fn a_pool_of_one_process_is_no_pool() {
    let claims = [
        "one parent, and a pool of exactly two workers",
        "each process plays one role",
        "a process id in a line is that of the process that wrote it",
    ];
    breaks("pool_demo", "pool_one_process.py", &claims);
}

#[test]
fn a_pool_of_three_is_not_one_of_two() {
    breaks("pool_demo", "pool_three.py", &["one parent, and a pool of exactly two workers"]);
}

#[test]
fn threads_are_no_processes() {
    breaks("isolation_demo", "isolation_threads.py", &["each process plays one role"]);
}
