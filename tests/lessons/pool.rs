//! The pool programs, from outside.

use std::collections::{BTreeMap, BTreeSet};

use super::running::{Finished, Running, interrupted, position, run};

/// What a worker said of a task.
#[derive(Debug, PartialEq)]
enum Said {
    Started { task: u32, pid: u32 },
    Ended { task: u32, pid: u32, hundredths: u32 },
}

fn read(line: &str) -> Option<Said> {
    let (task, what) = line.strip_prefix("子进程")?.split_at_checked(1)?;
    let task = task.parse().ok()?;
    if let Some(pid) = what.strip_prefix("启动--") {
        return Some(Said::Started { task, pid: pid.parse().ok()? });
    }
    let (pid, seconds) = what.strip_prefix("结束--")?.split_once("--耗时")?;
    let (whole, decimals) = seconds.split_once('.')?;
    assert_eq!(decimals.len(), 2, "{line}");
    Some(Said::Ended { task, pid: pid.parse().ok()?, hundredths: format!("{whole}{decimals}").parse().ok()? })
}

/// Sees that two workers did the five tasks, each of them one at a time.
fn assert_tasks(finished: &Finished) {
    let lines = &finished.lines;
    let said: Vec<Said> = lines.iter().filter_map(|line| read(line)).collect();
    let mut started = BTreeMap::new();
    let mut in_hand: BTreeMap<u32, u32> = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for said in said {
        match said {
            Said::Started { task, pid } => {
                assert_eq!(started.insert(task, pid), None, "task {task} starts once: {lines:#?}");
                assert_eq!(in_hand.insert(pid, task), None, "a worker does one task at a time: {lines:#?}");
            }
            Said::Ended { task, pid, hundredths } => {
                assert_eq!(in_hand.remove(&pid), Some(task), "a task ends where it has started: {lines:#?}");
                assert!(ended.insert(task), "task {task} ends once: {lines:#?}");
                assert!(hundredths >= 100, "it sleeps for a second at least: {lines:#?}");
            }
        }
    }
    assert!(started.keys().copied().eq(0..5), "{lines:#?}");
    assert!(ended.into_iter().eq(0..5), "{lines:#?}");
    let workers: BTreeSet<u32> = started.into_values().collect();
    assert_eq!(workers.len(), 2, "{lines:#?}");
    assert!(!workers.contains(&finished.pid), "the parent does no task: {lines:#?}");
    assert_eq!(position(lines, "父进程启动"), 0);
    assert_eq!(position(lines, "父进程结束"), lines.len() - 1);
}

#[test]
fn two_workers_do_five_tasks() {
    let finished = run("pool_demo");
    assert!(finished.status.success());
    assert_eq!(finished.lines.len(), 12);
    assert_tasks(&finished);
    assert_eq!(finished.stderr, "");
}

#[test]
fn the_parent_hears_of_a_task_that_fails() {
    let finished = run("pool_error_demo");
    assert!(finished.status.success());
    assert_eq!(finished.lines.len(), 13);
    assert_tasks(&finished);
    let task_2 = finished.lines.iter().position(|line| line.starts_with("子进程2结束--")).unwrap();
    assert!(task_2 < position(&finished.lines, "父进程得知子进程2失败"));
    assert!(finished.stderr.contains("panicked") && finished.stderr.contains("子进程2出错"), "{}", finished.stderr);
}

#[test]
fn ctrl_c_ends_the_pool() {
    let mut running = Running::on_terminal("pool_demo");
    while !running.line().unwrap().contains("启动--") {}
    let (status, _) = running.interrupt();
    assert!(interrupted(status), "{status}");
}
