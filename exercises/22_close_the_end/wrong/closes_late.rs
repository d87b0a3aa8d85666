//! The reader waits for the end of the file. The parent closes its own; the reader was forked with another.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn write(put: &mut PipeWriter) {
    println!("put A");
    put.write_all(b"A").expect("the reader is there");
}

fn read(mut get: PipeReader) {
    let mut text = String::new();
    get.read_to_string(&mut text).expect("a pipe can be read");
    println!("got {text}");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, mut put) = pipe()?;
    let mut writer = Process::spawn(|| write(&mut put))?;
    let mut reader = Process::spawn(|| read(get))?;
    writer.join()?;
    drop(put);
    reader.join()?;
    Ok(())
}
