//! Two processes talk through a connection: what goes in and comes out are values, not bytes.

use std::error::Error;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::{Connection, Process, pipe};

fn write(mut q: Connection<char>) {
    println!("Process to write: {}", process::id());
    for value in ['A', 'B', 'C'] {
        println!("Put {value} to pipe...");
        q.send(value).expect("the reader is there");
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn read(mut q: Connection<char>) {
    println!("Process to read: {}", process::id());
    // Until there is nothing left, and nobody holds the other end any more.
    for value in q.iter() {
        println!("Get {} from pipe.", value.expect("a char was sent"));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    // `put` moves to the writer: when that ends, the last copy of this end is closed.
    let mut pw = Process::spawn(|| write(put))?;
    let mut pr = Process::spawn(|| read(get))?;

    pw.join()?;
    pr.join()?;
    Ok(())
}
