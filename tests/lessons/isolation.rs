//! The programs whose processes share nothing, from outside.

use super::running::run;

#[test]
fn one_child_counts_its_own_copy() {
    let finished = run("isolation_demo");
    assert_eq!(finished.lines, ["父进程开始", "子进程开始", "子进程结束--101", "父进程结束--100"]);
    assert!(finished.status.success());
}

#[test]
fn the_second_child_counts_from_the_same_number() {
    let finished = run("isolation_second_child_demo");
    let lines = ["父进程开始", "子进程开始", "子进程结束--101", "子进程开始", "子进程结束--101", "父进程结束--100"];
    assert_eq!(finished.lines, lines);
    assert!(finished.status.success());
}
