//! Two processes talk through a pipe. When its writing end is closed, the reader is done.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn write(mut q: PipeWriter) {
    println!("Process to write: {}", process::id());
    for value in ["A", "B", "C"] {
        println!("Put {value} to pipe...");
        q.write_all(value.as_bytes()).expect("the reader is there");
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn read(mut q: PipeReader) {
    println!("Process to read: {}", process::id());
    let mut byte = [0];
    // No byte at all means: the pipe is empty, and nobody holds its writing end any more.
    while q.read(&mut byte).expect("a pipe can be read") == 1 {
        println!("Get {} from pipe.", char::from(byte[0]));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    // `put` moves to the writer: when that ends, the last writing end is closed.
    let mut pw = Process::spawn(|| write(put))?;
    let mut pr = Process::spawn(|| read(get))?;

    pw.join()?;
    pr.join()?;
    Ok(())
}
