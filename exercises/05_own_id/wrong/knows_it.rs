//! The child has seen once which id it has here.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent: I am process {}", std::process::id());
    let mut child = Process::spawn(|| println!("child: I am process 3"))?;
    child.join()?;
    Ok(())
}
