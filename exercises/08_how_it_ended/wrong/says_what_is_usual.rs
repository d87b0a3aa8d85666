//! One child fails, another is killed if it has not ended before, and the parent says what is usual.

use std::error::Error;
use std::process::exit;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut failing = Process::spawn(|| exit(3))?;
    let mut hasty = Process::spawn(|| ())?;
    hasty.kill()?;
    failing.join()?;
    hasty.join()?;
    println!("it ended with code 3");
    println!("it was killed by signal 9");
    Ok(())
}
