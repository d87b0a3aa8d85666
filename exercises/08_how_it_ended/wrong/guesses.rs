//! Something that has nothing to do with it decides what the parent says of the second child.

use std::error::Error;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::exit;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut ours, mut theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut failing = Process::spawn(move || {
        let _ = theirs.write_all(b"x");
        exit(3)
    })?;
    let mut hasty = Process::spawn(|| ())?;
    hasty.kill()?;
    let is_there = matches!(ours.read(&mut [0]), Ok(1));
    failing.join()?;
    hasty.join()?;
    println!("it ended with code 3");
    match is_there {
        true => println!("it ended with code 0"),
        false => println!("it was killed by signal 9"),
    }
    Ok(())
}
