//! The parent waits for the child.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| println!("child ends"))?;
    child.join()?;
    println!("parent ends");
    Ok(())
}
