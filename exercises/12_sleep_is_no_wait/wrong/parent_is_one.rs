//! The parent itself plays the first child: nobody has ended when the second starts.

use multiprocess::Process;
use std::error::Error;
fn main() -> Result<(), Box<dyn Error>> {
    println!("one starts");
    println!("one ends");
    let mut two = Process::spawn(|| println!("two starts"))?;
    two.join()?;
    Ok(())
}
