//! Two processes on one core and on two, from outside.

use std::thread::available_parallelism;

use super::running::{Finished, number, run};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

const TWO_CORES: &str = "parallel_demo";
const ONE_CORE: &str = "parallel_one_cpu_demo";

/// How often both were running at once, by the parent's account.
fn at_once(finished: &Finished) -> u32 {
    assert!(finished.status.success(), "{}", finished.stderr);
    assert_eq!(finished.lines.len(), 6, "{:#?}", finished.lines);
    assert_eq!(finished.lines[0], "父进程启动");
    number(finished.lines.last().unwrap(), "父进程结束--同时运行", "次").unwrap()
}

#[test]
fn on_two_cores_both_run_at_once() {
    if available_parallelism().unwrap().get() < 2 {
        return; // what cannot be
    }
    assert!(at_once(&run(TWO_CORES)) > 0);
}

#[test]
fn on_one_core_they_never_do() {
    assert_eq!(at_once(&run(ONE_CORE)), 0);
}

#[test]
fn without_a_second_core_the_program_says_so() {
    // A child inherits on which cores the thread that starts it may run.
    let this_thread = Pid::from_raw(0);
    let allowed = sched_getaffinity(this_thread).unwrap();
    let mut one = CpuSet::new();
    one.set((0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true)).unwrap()).unwrap();
    sched_setaffinity(this_thread, &one).unwrap();

    let finished = run(TWO_CORES);
    assert!(!finished.status.success());
    assert!(finished.stderr.contains("this takes two CPUs"), "{}", finished.stderr);
    assert_eq!(finished.lines, ["父进程启动"]);
}
