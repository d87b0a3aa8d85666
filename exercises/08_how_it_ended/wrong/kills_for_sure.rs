//! The second child cannot end before it is killed, so the parent knows without looking.

use std::error::Error;
use std::process::exit;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut failing = Process::spawn(|| exit(3))?;
    let mut endless = Process::spawn(|| {
        loop {
            std::thread::park()
        }
    })?;
    endless.kill()?;
    failing.join()?;
    endless.join()?;
    println!("it ended with code 3");
    println!("it was killed by signal 9");
    Ok(())
}
