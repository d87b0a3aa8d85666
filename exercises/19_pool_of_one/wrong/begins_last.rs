//! The worker is started when all tasks are known, and nothing reaches it.

use std::error::Error;
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    (1..=3).for_each(|task| println!("task {task} goes out"));
    let mut worker = Process::spawn(|| (1..=3).for_each(work))?;
    worker.join()?;
    println!("the pool is closed");
    Ok(())
}
