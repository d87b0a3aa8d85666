//! "home" is to be the last line. Is it?

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut a = Process::spawn(|| {
        println!("a");
        println!("a again");
    })?;
    let mut b = Process::spawn(|| println!("b"))?;
    a.join()?;
    println!("home");
    b.join()?;
    Ok(())
}
