//! The parent knows it all along.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| println!("child {}: I compute", std::process::id()))?;
    child.join()?;
    println!("parent: the answer is 42");
    Ok(())
}
