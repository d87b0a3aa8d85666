//! Two processes on two CPUs: really at the same time.

use std::error::Error;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::{Process, Queue};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

/// A stretch of time in which a process was running, without a break.
type Stretch = (Duration, Duration);

const THIS_PROCESS: Pid = Pid::from_raw(0);

/// How often this process has lost its CPU so far, as the kernel counts it.
fn switches() -> nix::Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok(usage.voluntary_context_switches() + usage.involuntary_context_switches())
}

/// Works for half a millisecond. Nothing, if it lost its CPU meanwhile.
fn work() -> nix::Result<Option<Stretch>> {
    let now = || clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    let (before, start) = (switches()?, now()?);
    while now()? - start < Duration::from_micros(500) {}
    let end = now()?;
    Ok((switches()? == before).then_some((start, end)))
}

fn run(n: u32, cpu: usize, running: &Queue<Vec<Stretch>>) -> Result<(), Box<dyn Error>> {
    let mut only = CpuSet::new();
    only.set(cpu)?;
    sched_setaffinity(THIS_PROCESS, &only)?;
    println!("子进程{n}启动--{}", process::id());
    let mut stretches = Vec::new();
    for _ in 0..400 {
        stretches.extend(work()?);
        sleep(Duration::from_secs_f64(rand::random::<f64>() / 1000.0)); // 0 to 1 ms
    }
    running.put(&stretches)?;
    println!("子进程{n}结束--{}", process::id());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("父进程启动");
    let allowed = sched_getaffinity(THIS_PROCESS)?;
    let cpus: Vec<usize> = (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu) == Ok(true)).collect();
    let [one, other, ..] = cpus[..] else { return Err("this takes two CPUs, and it may use only one".into()) };
    let running = Queue::new()?;
    let mut p1 = Process::spawn(|| run(1, one, &running).expect("the system does all this"))?;
    let mut p2 = Process::spawn(|| run(2, other, &running).expect("the system does all this"))?;

    let (first, second) = (running.get()?, running.get()?);
    p1.join()?;
    p2.join()?;
    let at_once = first.iter().filter(|a| second.iter().any(|b| a.0 < b.1 && b.0 < a.1));
    println!("父进程结束--同时运行{}次", at_once.count());
    Ok(())
}
