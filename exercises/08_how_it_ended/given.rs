//! One child fails, another is killed if it has not ended before, and the parent does not look.

use std::error::Error;
use std::process::exit;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut failing = Process::spawn(|| exit(3))?;
    let mut hasty = Process::spawn(|| ())?;
    hasty.kill()?;
    for child in [&mut failing, &mut hasty] {
        child.join()?;
        println!("it ended with code 0");
    }
    Ok(())
}
