//! A second is long, and decides nothing.

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
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("parent");
    Ok(())
}
