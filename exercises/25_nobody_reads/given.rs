//! The reader leaves after the first value, and the writer falls over the second.

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
    for value in ["A", "B"] {
        println!("writer: put {value}");
        put.write_all(value.as_bytes()).expect("the reader is there");
        reader.join()?;
    }
    Ok(())
}
