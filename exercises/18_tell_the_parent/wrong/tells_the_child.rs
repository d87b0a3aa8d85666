//! The pipe leads the wrong way: the child is told, and the parent has computed it.

use std::error::Error;
use std::io::{Read, Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut from, mut to) = pipe()?;
    let answer = 6 * 7;
    to.write_all(&[answer])?;
    let mut child = Process::spawn(|| {
        let mut told = [0];
        from.read_exact(&mut told).expect("the parent has written");
        println!("child {}: I compute", std::process::id());
    })?;
    child.join()?;
    println!("parent: the answer is {answer}");
    Ok(())
}
