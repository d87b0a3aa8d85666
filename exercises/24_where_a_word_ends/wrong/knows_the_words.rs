//! A byte says that there is a word, and the reader says which it expects.

use std::error::Error;
use std::io::{PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn send(word: &str, mut put: PipeWriter) {
    println!("put {word}");
    put.write_all(b"x").expect("the reader is there");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut get, put) = pipe()?;
    let mut writers = Vec::new();
    for word in ["hello", "world"] {
        let put = put.try_clone()?;
        writers.push(Process::spawn(move || send(word, put))?);
    }
    drop(put);
    let mut byte = [0];
    for word in ["hello", "world"] {
        get.read_exact(&mut byte)?;
        println!("got {word}");
    }
    for mut writer in writers {
        writer.join()?;
    }
    Ok(())
}
