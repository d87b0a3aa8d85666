//! A task fails, and the parent hears of it.

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
    assert!(n != 2, "子进程{n}出错"); // the task fails, although it has printed all its lines; the worker lives on
}

fn main() -> io::Result<()> {
    println!("父进程启动");
    let pp = Pool::new(2)?;
    let mut results = Vec::new();
    for i in 0..5 {
        results.push(pp.apply_async(run, i)?);
    }
    let pp = pp.close();
    for (i, result) in results.into_iter().enumerate() {
        // `get` waits until the task is done, and says how it went.
        if let Err(error) = result.get() {
            println!("父进程得知子进程{i}失败");
            eprintln!("{error}");
        }
    }
    pp.join()?;
    println!("父进程结束");
    Ok(())
}
