//! Two tasks, and one process that does them both.

use std::error::Error;

fn work(name: &str) {
    for step in 1..=2 {
        println!("{name}: step {step}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    work("sing");
    work("dance");
    Ok(())
}
