//! Threads take turns, and the one process that prints is still one.

use std::thread::{self, sleep};
use std::time::Duration;

fn work(n: u32) {
    println!("task {n} starts");
    sleep(Duration::from_millis(100));
    println!("task {n} ends");
}

fn main() {
    let (one, two) = (thread::spawn(|| work(1)), thread::spawn(|| work(2)));
    one.join().expect("no thread panics");
    work(3);
    two.join().expect("no thread panics");
}
