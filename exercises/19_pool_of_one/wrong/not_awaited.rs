//! One worker, and a pipe with tasks. It is said to be closed too early.

use std::error::Error;
use std::io::{PipeReader, Read, Write, pipe};
use std::process::id;

use multiprocess::Process;

fn work(task: u8) {
    println!("worker {}: task {task}", id());
}

fn serve(tasks: PipeReader) {
    for task in tasks.bytes() {
        match task.expect("a pipe can be read") {
            0 => return,
            task => work(task),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let (tasks, mut put) = pipe()?;
    let mut worker = Process::spawn(move || serve(tasks))?;
    for task in [1, 2, 3, 0] {
        if task > 0 {
            println!("task {task} goes out");
        }
        put.write_all(&[task])?;
    }
    println!("the pool is closed");
    worker.join()?;
    Ok(())
}
