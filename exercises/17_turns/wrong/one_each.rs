//! A process for each line, one after the other: nobody tells anybody anything.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    for round in 1..=2 {
        println!("ping {round}");
        Process::spawn(|| println!("pong {round}"))?.join()?;
    }
    Ok(())
}
