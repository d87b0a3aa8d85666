//! One child fails, another is killed, and the parent does not look.

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
    for child in [&mut failing, &mut endless] {
        child.join()?;
        println!("it ended well");
    }
    Ok(())
}
