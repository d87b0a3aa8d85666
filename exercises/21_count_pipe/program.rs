//! How many orders?

use std::error::Error;
use std::io::{Read, Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut get, mut put) = pipe()?;
    let mut reader = Process::spawn(move || {
        for _ in 0..2 {
            let mut byte = [0];
            get.read_exact(&mut byte).expect("the writer writes");
            println!("got {}", char::from(byte[0]));
        }
    })?;
    for value in ["A", "B"] {
        println!("put {value}");
        put.write_all(value.as_bytes())?;
    }
    reader.join()?;
    Ok(())
}
