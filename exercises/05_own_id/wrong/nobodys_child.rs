//! Both say who they are, and neither has started the other.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    for name in ["parent", "child"] {
        Process::spawn(move || println!("{name}: I am process {}", std::process::id()))?.join()?;
    }
    Ok(())
}
