//! Two words are sent, and one may be got.

use std::error::Error;
use std::io::{PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn send(word: &str, mut put: PipeWriter) {
    println!("put {word}");
    put.write_all(word.as_bytes()).expect("the reader is there");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut get, put) = pipe()?;
    let mut writers = Vec::new();
    for word in ["hello", "world"] {
        let put = put.try_clone()?;
        writers.push(Process::spawn(move || send(word, put))?);
    }
    drop(put);
    let mut buffer = [0; 100];
    loop {
        let length = get.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        println!("got {}", String::from_utf8_lossy(&buffer[..length]));
    }
    for mut writer in writers {
        writer.join()?;
    }
    Ok(())
}
