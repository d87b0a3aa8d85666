//! The grandchild starts the child, and plays its part.

use std::error::Error;

use multiprocess::Process;

fn grandchild() {
    let mut child = Process::spawn(|| println!("child")).expect("there is room for a process");
    println!("grandchild");
    child.join().expect("it is our child");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut grandchild = Process::spawn(grandchild)?;
    grandchild.join()?;
    println!("parent");
    Ok(())
}
