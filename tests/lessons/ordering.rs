//! Parent and child with and without `join`, from outside.

use std::time::{Duration, Instant};

use super::running::{Running, assert_order, run, send, stop, wait_for};
use nix::sys::signal::Signal;

const WITHOUT_JOIN: &str = "ordering_demo";
const WITH_JOIN: &str = "ordering_join_demo";

#[test]
fn without_join_prints_each_line_once() {
    let finished = run(WITHOUT_JOIN);
    assert!(finished.status.success());
    assert_eq!(finished.lines.len(), 4, "{:?}", finished.lines);
    assert_order(&finished.lines, &["父进程启动", "父进程结束"]);
    assert_order(&finished.lines, &["父进程启动", "子进程启动", "子进程结束"]);
}

/// Starts the program, and stops its child with SIGSTOP while it sleeps.
fn with_child_stopped(program: &str) -> (Running, u32) {
    loop {
        let running = Running::into_pipe(program);
        let parent = running.pid();
        let child = wait_for("a child", || running.group.processes().into_iter().find(|&pid| pid != parent));
        if stop(child) {
            return (running, child);
        }
        // This machine was busy for three seconds, and the child is gone: this run can show nothing. The next can.
    }
}

#[test]
fn without_join_the_parent_really_ends_while_the_child_lives_on() {
    let (mut running, child) = with_child_stopped(WITHOUT_JOIN);
    assert!(running.wait().success());
    assert_eq!(running.group.processes(), [child], "the parent is gone, the child is not");
    assert!(send(Signal::SIGCONT, child));
    let lines = running.rest();
    assert_order(&lines, &["父进程启动", "父进程结束"]);
    assert_order(&lines, &["父进程启动", "子进程启动", "子进程结束"]);
    running.group.wait_until_gone();
}

#[test]
fn with_join_the_parent_waits() {
    let (mut running, child) = with_child_stopped(WITH_JOIN);
    // A child that is stopped has not ended, and nothing but its end lets the parent go on.
    assert_eq!(running.group.processes().len(), 2);
    assert!(send(Signal::SIGCONT, child));
    let lines = running.rest();
    assert_eq!(lines, ["父进程启动", "子进程启动", "子进程结束", "父进程结束"]);
    assert!(running.wait().success());
    running.group.wait_until_gone();
}

#[test]
fn the_child_sleeps_for_three_seconds() {
    let start = Instant::now();
    let finished = run(WITH_JOIN);
    assert_eq!(finished.lines, ["父进程启动", "子进程启动", "子进程结束", "父进程结束"]);
    assert!(start.elapsed() >= Duration::from_secs(3));
}
