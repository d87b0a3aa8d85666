//! A byte at a time is no word.

use std::error::Error;
use std::io::{Read, Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut get, put) = pipe()?;
    let mut writer = Process::spawn(move || {
        let mut put = put;
        for word in ["hello", "world"] {
            println!("put {word}");
            put.write_all(word.as_bytes()).expect("the reader is there");
        }
    })?;
    let mut buffer = [0; 1];
    loop {
        let length = get.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        println!("got {}", String::from_utf8_lossy(&buffer[..length]));
    }
    writer.join()?;
    Ok(())
}
