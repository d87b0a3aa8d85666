//! A pool of one worker is wanted. Still one for every task, only that they wait for each other.

use std::error::Error;
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    for task in 1..=2 {
        Process::spawn(move || println!("task {task} goes out"))?.join()?;
        Process::spawn(|| work(task))?.join()?;
    }
    println!("the pool is closed");
    Ok(())
}
