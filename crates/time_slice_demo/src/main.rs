//! Three busy processes on one CPU: they take turns.

use std::io;
use std::process;
use std::time::Duration;

use multiprocess::Process;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

const THIS_PROCESS: Pid = Pid::from_raw(0);

/// From now on this process, and every child that it starts, runs on one CPU only.
fn stay_on_one_cpu() -> nix::Result<()> {
    let allowed = sched_getaffinity(THIS_PROCESS)?;
    let mut one = CpuSet::new();
    one.set((0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true)).unwrap_or(0))?;
    sched_setaffinity(THIS_PROCESS, &one)
}

/// Keeps the CPU busy until this process has had it for 50 ms. While others have it, this clock stands still.
fn work() {
    let cpu_time =
        || Duration::from(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("every process has this clock"));
    let start = cpu_time();
    while cpu_time() - start < Duration::from_millis(50) {}
}

fn run(n: u32) {
    for round in 1..=3 {
        work();
        println!("子进程{n}第{round}轮--{}", process::id());
    }
}

/// How long all children together had the CPU, in seconds.
fn cpu_time_of_children() -> nix::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}

fn main() -> io::Result<()> {
    println!("父进程启动");
    stay_on_one_cpu()?;
    let mut children = Vec::new();
    for n in 1..=3 {
        children.push(Process::spawn(|| run(n))?);
    }
    for child in &mut children {
        child.join()?;
    }
    println!("父进程结束--子进程共运行{:.2}", cpu_time_of_children()?);
    Ok(())
}
