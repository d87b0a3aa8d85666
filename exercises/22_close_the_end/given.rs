//! The reader waits for the end of the file. It never comes: somebody still holds a writing end.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn write(put: &mut PipeWriter) {
    println!("put A");
    put.write_all(b"A").expect("the reader is there");
}

fn read(mut get: PipeReader) {
    let mut byte = [0];
    while get.read(&mut byte).expect("a pipe can be read") == 1 {
        println!("got {}", char::from(byte[0]));
    }
    println!("that is all");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, mut put) = pipe()?;
    let mut writer = Process::spawn(|| write(&mut put))?;
    let mut reader = Process::spawn(|| read(get))?;
    writer.join()?;
    reader.join()?;
    Ok(())
}
