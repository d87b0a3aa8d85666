//! The order is right, and nobody does anything.

use std::error::Error;

use multiprocess::Process;

fn work(n: u32) {
    println!("task {n} starts");
    println!("task {n} ends");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut one = Process::spawn(|| work(1))?;
    let mut two = Process::spawn(|| work(2))?;
    one.join()?;
    let mut three = Process::spawn(|| work(3))?;
    two.join()?;
    three.join()?;
    Ok(())
}
