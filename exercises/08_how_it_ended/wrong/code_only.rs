//! One child fails, another is killed, and the parent says which.

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
        let status = child.join()?;
        match (status.code(), ()) {
            (Some(0), _) => println!("it ended well"),
            (Some(code), _) => println!("it ended with code {code}"),
            (None, _) => println!("it ended well"),
        }
    }
    Ok(())
}
