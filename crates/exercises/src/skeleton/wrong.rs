//! Waits long, but not for the child.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let _child = Process::spawn(|| println!("child ends"))?;
    std::thread::sleep(std::time::Duration::from_millis(10));
    println!("parent ends");
    Ok(())
}
