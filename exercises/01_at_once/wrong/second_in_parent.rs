//! The parent does the second task, and waits before it does.

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
    let mut one = Process::spawn(|| work(1))?;
    one.join()?;
    work(2);
    Ok(())
}
