//! One order is possible. Six are too many.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    println!("parent starts");
    println!("parent ends");
    child.join()?;
    Ok(())
}
