//! One thread too few.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn add() {
    COUNTER.fetch_add(1, Ordering::SeqCst);
}

fn main() {
    let threads: Vec<_> = (0..2).map(|_| thread::spawn(add)).collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    println!("the counter is {}", COUNTER.load(Ordering::SeqCst));
}
