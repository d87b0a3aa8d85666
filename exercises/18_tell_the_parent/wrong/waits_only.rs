//! A child computes, and to wait longer does not help.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut answer = 0;
    let mut child = Process::spawn(|| {
        println!("child {}: I compute", std::process::id());
        answer = 6 * 7;
    })?;
    child.join()?;
    std::thread::sleep(std::time::Duration::from_millis(100));
    println!("parent: the answer is {answer}");
    Ok(())
}
