//! The writer knows that B is too much, and does not try.

use std::error::Error;
use std::io::{Read, Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (get, mut put) = pipe()?;
    let mut reader = Process::spawn(move || {
        let mut get = get;
        let mut byte = [0];
        get.read_exact(&mut byte).expect("the writer writes");
        println!("reader: got {}, that is enough", char::from(byte[0]));
    })?;
    println!("writer: put A");
    put.write_all(b"A")?;
    reader.join()?;
    println!("writer: put B");
    println!("writer: nobody reads B");
    Ok(())
}
