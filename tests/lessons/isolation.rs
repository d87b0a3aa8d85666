//! The programs whose processes share nothing, from outside.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod common;

use std::path::Path;

use common::run;

#[test]
fn one_child_counts_its_own_copy() {
    let finished = run(Path::new(env!("CARGO_BIN_EXE_isolation_demo")));
    assert_eq!(finished.lines, ["父进程开始", "子进程开始", "子进程结束--101", "父进程结束--100"]);
    assert!(finished.status.success());
}

#[test]
fn the_second_child_counts_from_the_same_number() {
    let finished = run(Path::new(env!("CARGO_BIN_EXE_isolation_second_child_demo")));
    let lines = ["父进程开始", "子进程开始", "子进程结束--101", "子进程开始", "子进程结束--101", "父进程结束--100"];
    assert_eq!(finished.lines, lines);
    assert!(finished.status.success());
}
