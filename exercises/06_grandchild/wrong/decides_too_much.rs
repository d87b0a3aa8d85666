//! Now the grandchild is always first.

use std::error::Error;

use multiprocess::Process;

fn child() {
    let mut grandchild = Process::spawn(|| println!("grandchild")).expect("there is room for a process");
    grandchild.join().expect("it is our child");
    println!("child");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(child)?;
    child.join()?;
    println!("parent");
    Ok(())
}
