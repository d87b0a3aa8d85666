//! The worker knows its tasks from the beginning; nothing reaches it.

use std::error::Error;
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let mut worker = Process::spawn(|| (1..=3).for_each(work))?;
    (1..=3).for_each(|task| println!("task {task} goes out"));
    worker.join()?;
    println!("the pool is closed");
    Ok(())
}
