//! Five tasks for two processes: a pool of workers.

use std::io;
use std::process;
use std::thread::sleep;
use std::time::{Duration, Instant};

use multiprocess::Pool;

fn run(n: u32) {
    println!("子进程{n}启动--{}", process::id());
    let start = Instant::now();
    sleep(Duration::from_secs(rand::random_range(1..=3)));
    println!("子进程{n}结束--{}--耗时{:.2}", process::id(), start.elapsed().as_secs_f64());
}

fn main() -> io::Result<()> {
    println!("父进程启动");
    let pp = Pool::new(2)?; // two workers start here; more tasks will not make more of them
    for i in 0..5 {
        pp.apply_async(run, i)?; // not a new process: a task, for whichever worker is free first
    }
    pp.close().join()?; // no more tasks; wait until all are done and both workers have ended
    println!("父进程结束");
    Ok(())
}
