//! The children say by a pipe who they are. To have said so is not to have ended.

use std::error::Error;
use std::io::{Read, Write, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (get, put) = pipe()?;
    let say = |number: u8| (&put).write_all(&[number]).expect("the parent listens");
    let _one = Process::spawn(|| {
        say(1);
        std::process::exit(1)
    })?;
    let _two = Process::spawn(|| {
        say(2);
        std::process::exit(2)
    })?;
    for number in get.bytes().take(2) {
        let number = number?;
        println!("{} ended with {number}", if number == 1 { "one" } else { "two" });
    }
    Ok(())
}
