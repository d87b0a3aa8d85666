//! A guess.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let id = std::process::id();
    println!("parent: I am process {id}");
    let mut child = Process::spawn(|| println!("child: I am process {}", id + 100_000))?;
    child.join()?;
    Ok(())
}
