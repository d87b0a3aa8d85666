//! Two processes, but the second waits for the first.

use std::error::Error;

use multiprocess::Process;

fn work(name: &str) {
    for step in 1..=2 {
        println!("{name}: step {step}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut singer = Process::spawn(|| work("sing"))?;
    singer.join()?;
    work("dance");
    Ok(())
}
