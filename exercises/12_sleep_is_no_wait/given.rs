//! The second child is to begin when the first has ended, and a sleep is to see to it.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut one = Process::spawn(|| {
        println!("one starts");
        sleep(Duration::from_millis(10));
        println!("one ends");
    })?;
    sleep(Duration::from_millis(500)); // that is enough, is it not?
    let mut two = Process::spawn(|| println!("two starts"))?;
    one.join()?;
    two.join()?;
    Ok(())
}
