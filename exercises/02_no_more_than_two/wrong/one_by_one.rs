//! One at a time: that is too few.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn work(n: u32) {
    println!("task {n} starts");
    sleep(Duration::from_millis(100));
    println!("task {n} ends");
}

fn main() -> Result<(), Box<dyn Error>> {
    for n in [1, 2, 3] {
        Process::spawn(|| work(n))?.join()?;
    }
    Ok(())
}
