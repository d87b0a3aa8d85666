//! One of two is not enough.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn write(mut put: PipeWriter) {
    for value in ["A", "B"] {
        println!("put {value}");
        put.write_all(value.as_bytes()).expect("the reader is there");
    }
}

fn read(mut get: PipeReader, mut heard: PipeWriter) {
    let mut byte = [0];
    loop {
        get.read_exact(&mut byte).expect("the writing end is open");
        println!("got {}", char::from(byte[0]));
        heard.write_all(&byte).expect("the parent listens");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    let (mut heard, hear) = pipe()?;
    let mut writer = Process::spawn(|| write(put.try_clone().expect("a descriptor is free")))?;
    let mut reader = Process::spawn(|| read(get, hear))?;
    writer.join()?;
    heard.read_exact(&mut [0; 1])?;
    reader.terminate()?;
    reader.join()?;
    drop(put);
    Ok(())
}
