//! However often a child adds, it adds to its own.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};

use multiprocess::Process;

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn add() {
    COUNTER.fetch_add(1, Ordering::SeqCst);
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(Process::spawn(|| (0..3).for_each(|_| add()))?);
    }
    for mut task in tasks {
        task.join()?;
    }
    println!("the counter is {}", COUNTER.load(Ordering::SeqCst));
    Ok(())
}
