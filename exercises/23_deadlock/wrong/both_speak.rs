//! Both speak first: no deadlock, but nobody answers.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn talk(name: &str, mut hear: PipeReader, mut say: PipeWriter) {
    println!("{name} is here");
    let mut byte = [0];
    say.write_all(b"!").expect("the other listens");
    hear.read_exact(&mut byte).expect("the other speaks");
    println!("{name} has heard the other");
}

fn main() -> Result<(), Box<dyn Error>> {
    let (to_alice, from_bob) = pipe()?;
    let (to_bob, from_alice) = pipe()?;
    let mut alice = Process::spawn(|| talk("Alice", to_alice, from_alice))?;
    talk("Bob", to_bob, from_bob);
    alice.join()?;
    Ok(())
}
