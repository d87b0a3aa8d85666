//! How many orders?

use std::error::Error;

use multiprocess::Process;

fn count(name: &str) {
    println!("{name} 1");
    println!("{name} 2");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut a = Process::spawn(|| count("a"))?;
    let mut b = Process::spawn(|| count("b"))?;
    a.join()?;
    b.join()?;
    Ok(())
}
