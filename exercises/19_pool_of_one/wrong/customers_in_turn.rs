//! The second customer comes when the first has gone, so that the worker can count.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
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

fn ask(task: u8, mut put: PipeWriter) {
    println!("task {task} goes out");
    put.write_all(&[task]).expect("the worker is there");
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("the pool opens");
    let (tasks, mut put) = pipe()?;
    let mut worker = Process::spawn(move || serve(tasks))?;
    for task in 1..=2 {
        let put = put.try_clone()?;
        Process::spawn(move || ask(task, put))?.join()?;
    }
    put.write_all(&[0])?;
    worker.join()?;
    println!("the pool is closed");
    Ok(())
}
