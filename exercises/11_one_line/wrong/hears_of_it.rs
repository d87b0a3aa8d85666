//! The parent hears of the child's last line, and leaves it where it is.

use std::error::Error;
use std::io::{Read, pipe};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let (mut get, put) = pipe()?;
    let child = Process::spawn(move || {
        println!("child starts");
        println!("child ends");
        drop(put);
    })?;
    get.read_to_end(&mut Vec::new())?;
    drop(child);
    println!("parent ends");
    Ok(())
}
