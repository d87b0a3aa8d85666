//! One order is possible. There are to be three.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let mut child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    child.join()?;
    println!("parent ends");
    Ok(())
}
