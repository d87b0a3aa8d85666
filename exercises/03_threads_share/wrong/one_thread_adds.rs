//! One thread does the work of three.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn add() {
    COUNTER.fetch_add(1, Ordering::SeqCst);
}

fn main() {
    thread::spawn(|| (0..3).for_each(|_| add())).join().expect("no thread panics");
    println!("the counter is {}", COUNTER.load(Ordering::SeqCst));
}
