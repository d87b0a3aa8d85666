//! The reader says what it knows will come, and reads nothing.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    for word in ["hello", "world"] {
        Process::spawn(|| println!("put {word}"))?.join()?;
    }
    for word in ["hello", "world"] {
        println!("got {word}");
    }
    Ok(())
}
