//! The reader is terminated when the writer has ended. A second later, but who says that this is enough?

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn write(mut put: PipeWriter) {
    for value in ["A", "B"] {
        println!("put {value}");
        put.write_all(value.as_bytes()).expect("the reader is there");
    }
}

fn read(mut get: PipeReader) {
    let mut byte = [0];
    loop {
        get.read_exact(&mut byte).expect("the writing end is open");
        println!("got {}", char::from(byte[0]));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    let mut writer = Process::spawn(|| write(put.try_clone().expect("a descriptor is free")))?;
    let mut reader = Process::spawn(|| read(get))?;
    writer.join()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    reader.terminate()?;
    reader.join()?;
    drop(put);
    Ok(())
}
