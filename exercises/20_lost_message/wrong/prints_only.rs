//! The reader knows what was put, and reads nothing.

use std::error::Error;

use multiprocess::Process;
use nix::sys::signal::{Signal, raise};

fn main() -> Result<(), Box<dyn Error>> {
    let mut writer = Process::spawn(|| println!("put A\nput B"))?;
    writer.join()?;
    let mut reader = Process::spawn(|| {
        println!("got A\ngot B");
        raise(Signal::SIGTERM).expect("a process may signal itself");
    })?;
    reader.join()?;
    Ok(())
}
