//! One child fails, another is killed if it has not ended before, and the parent says only what a code tells.

use std::error::Error;
use std::process::exit;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut failing = Process::spawn(|| exit(3))?;
    let mut hasty = Process::spawn(|| ())?;
    hasty.kill()?;
    for child in [&mut failing, &mut hasty] {
        let status = child.join()?;
        println!("it ended with code {}", status.code().unwrap_or(0));
    }
    Ok(())
}
