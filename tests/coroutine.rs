//! Coroutines, from outside.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod common;

use std::path::Path;

use common::run;

/// Runs the program; sees that its main thread takes these steps, in this order, between its start and its end.
fn takes(program: &str, steps: [&str; 6]) {
    // What depends on nobody else is the same every time.
    for _ in 0..20 {
        let finished = run(Path::new(program));
        let ids = format!("--{0}--{0}", finished.pid);
        let steps = steps.map(|step| format!("协程{step}步{ids}"));
        let all = [vec![format!("主线程启动{ids}")], steps.to_vec(), vec!["主线程结束".to_string()]];
        assert_eq!(finished.lines, all.concat());
        assert!(finished.status.success());
    }
}

#[test]
fn coroutines_that_give_way_take_turns() {
    takes(env!("CARGO_BIN_EXE_coroutine_demo"), ["A第1", "B第1", "A第2", "B第2", "A第3", "B第3"]);
}

#[test]
fn a_coroutine_that_does_not_keeps_the_thread() {
    takes(env!("CARGO_BIN_EXE_coroutine_selfish_demo"), ["A第1", "A第2", "A第3", "B第1", "B第2", "B第3"]);
}
