//! The reader says what it knows will come, and reads nothing.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let say = |what: &str| {
        for word in ["hello", "world"] {
            println!("{what} {word}");
        }
    };
    let mut writer = Process::spawn(|| say("put"))?;
    writer.join()?;
    say("got");
    Ok(())
}
