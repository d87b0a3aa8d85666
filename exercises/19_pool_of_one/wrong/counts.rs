//! The worker does not look at what it is given, and counts.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn serve(tasks: PipeReader) {
    for (task, _) in (1..=2).zip(tasks.bytes()) {
        work(task);
    }
}

fn ask(task: u8, mut put: PipeWriter) {
    println!("task {task} goes out");
    put.write_all(&[task]).expect("the worker is there");
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let (tasks, mut put) = pipe()?;
    let mut worker = Process::spawn(move || serve(tasks))?;
    let mut customers = Vec::new();
    for task in 1..=2 {
        let put = put.try_clone()?;
        customers.push(Process::spawn(move || ask(task, put))?);
    }
    for mut customer in customers {
        customer.join()?;
    }
    put.write_all(&[0])?;
    worker.join()?;
    println!("the pool is closed");
    Ok(())
}
