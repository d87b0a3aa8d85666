//! Threads in place of processes, from outside.

use std::os::unix::process::ExitStatusExt;

use super::running::{Finished, run};
use nix::sys::signal::Signal;

/// The lines with the process's id and those of its threads replaced by names.
fn named(finished: &Finished) -> Vec<String> {
    let pid = finished.pid.to_string();
    let mut threads: Vec<&str> = Vec::new();
    let lines = finished.lines.iter().map(|line| {
        let mut parts: Vec<&str> = line.split("--").collect();
        if let [_, process, thread, ..] = parts.as_mut_slice() {
            assert_eq!(*process, pid, "{line}");
            let known = threads.iter().position(|known| known == thread);
            let index = known.unwrap_or_else(|| {
                threads.push(thread);
                threads.len() - 1
            });
            assert_eq!(*thread == pid, index == 0, "the main thread, and no other, has the process's id: {line}");
            (*process, *thread) = ("P", ["main", "T1", "T2"][index]);
        }
        parts.join("--")
    });
    lines.collect()
}

#[test]
fn a_thread_counts_the_only_copy() {
    let finished = run("thread_demo");
    assert!(finished.status.success(), "{}", finished.stderr);
    let lines = ["主线程开始--P--main", "子线程开始--P--T1--100", "子线程结束--101", "主线程结束--101"];
    assert_eq!(named(&finished), lines);
}

#[test]
fn the_second_thread_counts_on() {
    let finished = run("thread_second_demo");
    assert!(finished.status.success(), "{}", finished.stderr);
    let lines = [
        "主线程开始--P--main",
        "子线程开始--P--T1--100",
        "子线程结束--101",
        "子线程开始--P--T2--101",
        "子线程结束--102",
        "主线程结束--102",
    ];
    assert_eq!(named(&finished), lines);
}

#[test]
fn a_thread_that_crashes_takes_the_process_with_it() {
    let finished = run("thread_crash_demo");
    assert_eq!(finished.status.signal(), Some(Signal::SIGABRT as i32));
    assert_eq!(named(&finished), ["主线程开始--P--main", "子线程开始--P--T1"]);
}

#[test]
fn processes_cost_more_than_threads() {
    let finished = run("thread_cost_demo");
    assert!(finished.status.success(), "{}", finished.stderr);
    let figure = |line: usize, before: &str, after: &str| -> f64 {
        finished.lines[line].strip_prefix(before).unwrap().strip_suffix(after).unwrap().parse().unwrap()
    };
    assert!(figure(0, "启动1000个进程--", "毫秒") > figure(1, "启动1000个线程--", "毫秒"));
    assert!(figure(2, "启动的开销--进程是线程的", "倍") > 1.0);
    assert!(figure(3, "进程间10000条消息--", "毫秒") > figure(4, "线程间10000条消息--", "毫秒"));
    assert!(figure(5, "通信的开销--进程是线程的", "倍") > 1.0);
}
