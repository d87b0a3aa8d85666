//! Three tasks, all at once. No more than two may be.

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
    let mut tasks = Vec::new();
    for n in [1, 2, 3] {
        tasks.push(Process::spawn(|| work(n))?);
    }
    for mut task in tasks {
        task.join()?;
    }
    Ok(())
}
