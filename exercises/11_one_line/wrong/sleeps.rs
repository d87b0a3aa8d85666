//! The parent is not to end before its child. Three seconds make that likely, not sure.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    drop(child);
    std::thread::sleep(std::time::Duration::from_secs(3));
    println!("parent ends");
    Ok(())
}
