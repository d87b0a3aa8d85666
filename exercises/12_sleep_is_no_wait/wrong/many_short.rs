//! The second child is to begin when the first has ended, and many short sleeps are to see to it.

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
    for _ in 0..50 {
        sleep(Duration::from_millis(100));
    }
    let mut two = Process::spawn(|| println!("two starts"))?;
    one.join()?;
    two.join()?;
    Ok(())
}
