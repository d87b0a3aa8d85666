//! The child greets whether there is a signal or not.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut process = Process::spawn(|| println!("child: hello"))?;
    process.join()?;
    println!("parent: bye");
    Ok(())
}
