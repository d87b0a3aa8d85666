//! A second child copies the parent's variable, not the first child's.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use multiprocess::Process;

static NUM: AtomicI32 = AtomicI32::new(100);

fn run() {
    println!("子进程开始");
    NUM.fetch_add(1, Relaxed);
    println!("子进程结束--{}", NUM.load(Relaxed));
}

fn main() -> io::Result<()> {
    println!("父进程开始");

    let mut p = Process::spawn(run)?;
    p.join()?;

    let mut p2 = Process::spawn(run)?; // copied from the parent, where NUM is still 100
    p2.join()?;

    println!("父进程结束--{}", NUM.load(Relaxed));
    Ok(())
}
