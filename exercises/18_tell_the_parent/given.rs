//! A child computes, and its parent hears nothing of it.

use std::error::Error;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut answer = 0;
    let mut child = Process::spawn(|| {
        println!("child {}: I compute", std::process::id());
        answer = 6 * 7;
    })?;
    child.join()?;
    println!("parent: the answer is {answer}");
    Ok(())
}
