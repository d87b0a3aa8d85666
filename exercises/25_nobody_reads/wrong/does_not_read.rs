//! The reader leaves without having read.

use std::error::Error;
use std::io::{Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (get, mut put) = pipe()?;
    println!("writer: put A");
    put.write_all(b"A")?;
    let mut reader = Process::spawn(move || {
        println!("reader: got A, that is enough");
        drop(get);
    })?;
    reader.join()?;
    println!("writer: put B");
    if put.write_all(b"B").is_err() {
        println!("writer: nobody reads B");
    }
    Ok(())
}
