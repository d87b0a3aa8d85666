//! How many orders?

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    println!("start");
    let mut a = Process::spawn(|| println!("a"))?;
    let mut b = Process::spawn(|| println!("b"))?;
    a.join()?;
    println!("a is home");
    b.join()?;
    println!("b is home");
    Ok(())
}
