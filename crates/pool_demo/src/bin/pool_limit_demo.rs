//! A task hangs. It is cut off, and the others go on.

use std::io;
use std::process;
use std::thread::sleep;
use std::time::{Duration, Instant};

use multiprocess::{Pool, TaskError};

fn run(n: u32) {
    println!("子进程{n}启动--{}", process::id());
    let start = Instant::now();
    if n == 0 {
        sleep(Duration::MAX); // it waits for something that never comes
    }
    sleep(Duration::from_secs(1));
    println!("子进程{n}结束--{}--耗时{:.2}", process::id(), start.elapsed().as_secs_f64());
}

fn main() -> io::Result<()> {
    println!("父进程启动");
    let pp = Pool::new(2)?;
    // From the moment in which a worker takes it, a task has so long and no longer.
    let task = pp.task(run).time_limit(Duration::from_millis(4500));
    let mut results = Vec::new();
    for i in 0..9 {
        results.push(task.apply_async(i)?);
    }
    for (i, result) in results.into_iter().enumerate() {
        match result.get() {
            Err(error @ TaskError::TimedOut { .. }) => {
                println!("父进程得知子进程{i}超时");
                eprintln!("{error}");
            }
            result => result?,
        }
    }
    pp.close().join()?;
    println!("父进程结束");
    Ok(())
}
