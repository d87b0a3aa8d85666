//! A thread of the first process crashes: that process is gone, the other does not notice.

use std::io;
use std::process;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::thread;

use multiprocess::Process;
use nix::unistd::gettid;

static NUM: AtomicI32 = AtomicI32::new(100);

fn count(n: u32, t: u32) {
    NUM.fetch_add(1, Relaxed);
    println!("子进程{n}线程{t}--{}--{}", process::id(), gettid());
    if (n, t) == (1, 1) {
        process::abort();
    }
}

fn run(n: u32) {
    let t1 = thread::spawn(move || count(n, 1));
    let t2 = thread::spawn(move || count(n, 2));
    t1.join().expect("it does not panic");
    t2.join().expect("it does not panic");
    println!("子进程{n}结束--{}", NUM.load(Relaxed));
}

fn main() -> io::Result<()> {
    println!("父进程启动");

    let mut p1 = Process::spawn(|| run(1))?;
    let mut p2 = Process::spawn(|| run(2))?;
    if !p1.join()?.success() {
        println!("父进程得知子进程1崩溃");
    }
    p2.join()?;

    println!("父进程结束--{}", NUM.load(Relaxed));
    Ok(())
}
