//! Whoever waits for the end of the child misses no signal: there is none.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| println!("child: I call"))?;
    child.join()?;
    println!("parent: I was called");
    Ok(())
}
