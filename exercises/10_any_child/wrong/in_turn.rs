//! Right names, but now the parent decides who is first.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut one = Process::spawn(|| std::process::exit(1))?;
    let mut two = Process::spawn(|| std::process::exit(2))?;
    for (name, child) in [("one", &mut one), ("two", &mut two)] {
        println!("{name} ended with {}", child.join()?.code().unwrap_or(-1));
    }
    Ok(())
}
