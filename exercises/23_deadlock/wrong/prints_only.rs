//! Nobody waits for anybody, since nobody listens.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bob = Process::spawn(|| println!("Bob is here\nBob has heard the other"))?;
    println!("Alice is here");
    bob.join()?;
    println!("Alice has heard the other");
    Ok(())
}
