//! A second thread goes on where the first has stopped.

use std::process;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::thread;

use nix::unistd::gettid;

static NUM: AtomicI32 = AtomicI32::new(100);

fn run() {
    println!("子线程开始--{}--{}--{}", process::id(), gettid(), NUM.load(Relaxed));
    NUM.fetch_add(1, Relaxed);
    println!("子线程结束--{}", NUM.load(Relaxed));
}

fn main() {
    println!("主线程开始--{}--{}", process::id(), gettid());

    let t = thread::spawn(run);
    t.join().expect("it does not panic");

    let t2 = thread::spawn(run); // NUM is 101 now
    t2.join().expect("it does not panic");

    println!("主线程结束--{}", NUM.load(Relaxed));
}
