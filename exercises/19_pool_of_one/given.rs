//! A pool of one worker is wanted. This starts a process for every task.

use std::error::Error;
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn ask(task: u8) {
    println!("task {task} goes out");
    let mut worker = Process::spawn(|| work(task)).expect("a process can be started");
    worker.join().expect("it ends well");
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let mut customers = Vec::new();
    for task in 1..=2 {
        customers.push(Process::spawn(move || ask(task))?);
    }
    for mut customer in customers {
        customer.join()?;
    }
    println!("the pool is closed");
    Ok(())
}
