//! Nobody reads: the writer is told with its first write.

use std::error::Error;
use std::io::{PipeWriter, Write, pipe};
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn write(mut q: PipeWriter) {
    println!("Process to write: {}", process::id());
    for value in ["A", "B", "C"] {
        println!("Put {value} to pipe...");
        if let Err(error) = q.write_all(value.as_bytes()) {
            println!("Cannot put {value}: {:?}", error.kind());
            return;
        }
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    drop(get); // the only reading end, before the writer could get a copy
    let mut pw = Process::spawn(|| write(put))?;

    pw.join()?;
    Ok(())
}
