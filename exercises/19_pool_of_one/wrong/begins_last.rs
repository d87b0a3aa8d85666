//! The worker is started when all tasks are known, and nothing reaches it.

use std::error::Error;
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let mut customers = Vec::new();
    for task in 1..=2 {
        customers.push(Process::spawn(move || println!("task {task} goes out"))?);
    }
    for mut customer in customers {
        customer.join()?;
    }
    let mut worker = Process::spawn(|| (1..=2).for_each(work))?;
    worker.join()?;
    println!("the pool is closed");
    Ok(())
}
