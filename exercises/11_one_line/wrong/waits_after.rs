//! The parent is not to end before its child. It waits too late.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let mut child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    println!("parent ends");
    child.join()?;
    Ok(())
}
