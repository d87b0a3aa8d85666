//! The parent is not to end before its child. In some run it does.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    drop(child);
    println!("parent ends");
    Ok(())
}
