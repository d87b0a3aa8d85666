//! The parent waits for its child; who waits for the grandchild?

use std::error::Error;

use multiprocess::Process;

fn child() {
    let grandchild = Process::spawn(|| println!("grandchild")).expect("there is room for a process");
    drop(grandchild);
    println!("child");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(child)?;
    child.join()?;
    println!("parent");
    Ok(())
}
