//! One order is possible. Three, but the child may be left behind.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("parent starts");
    let _child = Process::spawn(|| {
        println!("child starts");
        println!("child ends");
    })?;
    println!("parent ends");
    Ok(())
}
