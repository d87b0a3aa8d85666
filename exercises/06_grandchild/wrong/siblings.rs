//! Two children of one parent: the order is right, and nobody is a grandchild.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| println!("child"))?;
    let mut grandchild = Process::spawn(|| println!("grandchild"))?;
    child.join()?;
    grandchild.join()?;
    println!("parent");
    Ok(())
}
