//! The reader knows what will come, and does not read it.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut writer = Process::spawn(|| println!("put A"))?;
    writer.join()?;
    let mut reader = Process::spawn(|| println!("got A\nthat is all"))?;
    reader.join()?;
    Ok(())
}
