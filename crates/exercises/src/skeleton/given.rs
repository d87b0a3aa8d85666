//! The parent's last line is to be the last of all. It is not, in every interleaving.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let _child = Process::spawn(|| println!("child ends"))?;
    println!("parent ends");
    Ok(())
}
