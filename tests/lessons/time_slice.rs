//! Busy processes on one core, from outside.

use std::time::{Duration, Instant};

use super::running::{assert_order, run};

const TURNS: &str = "time_slice_demo";
const ONE_BY_ONE: &str = "time_slice_one_by_one_demo";

/// The lines without process ids, once it is seen that each child has its own and does its rounds in order.
fn rounds(lines: &[String]) -> Vec<&str> {
    let (first, rest) = lines.split_first().unwrap();
    let (last, rounds) = rest.split_last().unwrap();
    assert_eq!(first, "父进程启动");
    assert!(last.starts_with("父进程结束--子进程共运行"), "{last}");
    for n in 1..=3 {
        let own: Vec<&String> = rounds.iter().filter(|line| line.starts_with(&format!("子进程{n}"))).collect();
        let pid = own[0].rsplit_once("--").unwrap().1;
        assert_order(
            lines,
            &[1, 2, 3].map(|round| format!("子进程{n}第{round}轮--{pid}")).each_ref().map(String::as_str),
        );
    }
    assert_eq!(rounds.len(), 9, "{lines:#?}");
    rounds.iter().map(|line| line.rsplit_once("--").unwrap().0).collect()
}

#[test]
fn busy_processes_take_turns() {
    let finished = run(TURNS);
    assert!(finished.status.success(), "{}", finished.stderr);
    let rounds = rounds(&finished.lines);
    let first_last_round = rounds.iter().position(|line| line.ends_with("第3轮")).unwrap();
    let first_rounds = rounds[..first_last_round].iter().filter(|line| line.ends_with("第1轮")).count();
    assert_eq!(first_rounds, 3, "all have begun before one is done: {rounds:?}");
}

#[test]
fn one_by_one_there_are_no_turns() {
    let finished = run(ONE_BY_ONE);
    assert!(finished.status.success(), "{}", finished.stderr);
    assert!(rounds(&finished.lines).is_sorted(), "{:#?}", finished.lines);
}

#[test]
fn turns_make_nothing_faster() {
    for program in [TURNS, ONE_BY_ONE] {
        let start = Instant::now();
        let finished = run(program);
        let worked: f64 =
            finished.lines.last().unwrap().strip_prefix("父进程结束--子进程共运行").unwrap().parse().unwrap();
        assert!(worked >= 0.45, "nine rounds of 50 ms, not {worked} s");
        assert!(start.elapsed() >= Duration::from_millis(450), "on one core that much time has to pass");
    }
}
