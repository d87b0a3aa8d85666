//! A child changes its own copy of a global variable; the parent's stays as it was.

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

    let mut p = Process::spawn(run)?; // the child gets a copy of everything, NUM included
    p.join()?;

    println!("父进程结束--{}", NUM.load(Relaxed));
    Ok(())
}
