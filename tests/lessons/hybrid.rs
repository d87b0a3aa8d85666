//! Processes with threads, from outside.

use super::running::{assert_order, run};

/// The process that thread `t` of child `n` says that it is in; the thread has an id of its own.
fn process_of_thread(lines: &[String], n: u32, t: u32) -> Option<u32> {
    let start = format!("子进程{n}线程{t}--");
    let mut found = lines.iter().filter_map(|line| line.strip_prefix(&start));
    let (pid, tid) = found.next()?.split_once("--").unwrap();
    assert!(found.next().is_none(), "it speaks once: {lines:#?}");
    assert_ne!(pid, tid, "{lines:#?}");
    Some(pid.parse().unwrap())
}

#[test]
fn variables_are_shared_inside_and_not_across() {
    for _ in 0..10 {
        let finished = run("hybrid_demo");
        let lines = &finished.lines;
        assert!(finished.status.success(), "{}", finished.stderr);
        assert_eq!(lines.len(), 8, "{lines:#?}");
        for n in [1, 2] {
            assert_order(lines, &["父进程启动", &format!("子进程{n}结束--102"), "父进程结束--100"]);
        }
        let children = [1, 2].map(|n| [1, 2].map(|t| process_of_thread(lines, n, t).unwrap()));
        assert_eq!(children[0][0], children[0][1], "two threads, one process: {lines:#?}");
        assert_eq!(children[1][0], children[1][1], "two threads, one process: {lines:#?}");
        assert_ne!(children[0][0], children[1][0], "{lines:#?}");
        assert!(!children.as_flattened().contains(&finished.pid), "{lines:#?}");
    }
}

#[test]
fn a_crash_takes_its_own_process_only() {
    for _ in 0..10 {
        let finished = run("hybrid_crash_demo");
        let lines = &finished.lines;
        assert!(finished.status.success(), "{}", finished.stderr);
        assert!(process_of_thread(lines, 1, 1).is_some());
        assert!(!lines.iter().any(|line| line.starts_with("子进程1结束")), "{lines:#?}");
        assert_eq!(process_of_thread(lines, 2, 1).unwrap(), process_of_thread(lines, 2, 2).unwrap());
        assert_order(lines, &["父进程启动", "父进程得知子进程1崩溃", "父进程结束--100"]);
        assert_order(lines, &["父进程启动", "子进程2结束--102", "父进程结束--100"]);
    }
}
