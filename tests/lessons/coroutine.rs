//! Coroutines, from outside.

use super::running::{number, run};

/// Runs the program; sees that its main thread takes these steps, in this order, between its start and its end.
fn takes(program: &str, steps: [&str; 6]) {
    // What depends on nobody else is the same every time.
    for _ in 0..20 {
        let finished = run(program);
        let ids = format!("--{0}--{0}", finished.pid);
        let steps = steps.map(|step| format!("协程{step}步{ids}"));
        let all = [vec![format!("主线程启动{ids}")], steps.to_vec(), vec!["主线程结束".to_string()]];
        assert_eq!(finished.lines, all.concat());
        assert!(finished.status.success());
    }
}

#[test]
fn coroutines_that_give_way_take_turns() {
    takes("coroutine_demo", ["A第1", "B第1", "A第2", "B第2", "A第3", "B第3"]);
}

#[test]
fn a_coroutine_that_does_not_keeps_the_thread() {
    takes("coroutine_selfish_demo", ["A第1", "A第2", "A第3", "B第1", "B第2", "B第3"]);
}

#[test]
fn threads_cost_more_than_coroutines() {
    let finished = run("coroutine_cost_demo");
    assert!(finished.status.success(), "{}", finished.stderr);
    let threads = number(&finished.lines[0], "启动1000个线程--", "微秒").unwrap();
    let coroutines = number(&finished.lines[1], "启动1000个协程--", "微秒").unwrap();
    assert!(threads > coroutines, "{threads} µs, {coroutines} µs");
    assert!(number(&finished.lines[2], "启动的开销--线程是协程的", "倍").unwrap() > 1);
}
