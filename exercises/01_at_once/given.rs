//! Two tasks, one after the other. Let them be under way at once.

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
    for n in [1, 2] {
        let mut task = Process::spawn(|| work(n))?;
        task.join()?;
    }
    Ok(())
}
