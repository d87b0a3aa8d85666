//! The second writer begins when the first has ended, so that all is known before.

use std::error::Error;
use std::io::{BufRead, BufReader, PipeWriter, Write, pipe};

use multiprocess::Process;

fn send(word: &str, mut put: PipeWriter) {
    println!("put {word}");
    put.write_all(format!("{word}\n").as_bytes()).expect("the reader is there");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    let mut writers = Vec::new();
    for word in ["hello", "world"] {
        let put = put.try_clone()?;
        writers.push(Process::spawn(move || send(word, put))?);
        writers.last_mut().ok_or("there is one")?.join()?;
    }
    drop(put);
    for word in BufReader::new(get).lines() {
        println!("got {}", word?);
    }
    for mut writer in writers {
        writer.join()?;
    }
    Ok(())
}
