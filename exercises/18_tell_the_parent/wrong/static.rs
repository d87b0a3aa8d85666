//! A child computes, and keeps it in a static: its own.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};

use multiprocess::Process;

static ANSWER: AtomicU32 = AtomicU32::new(0);

fn main() -> Result<(), Box<dyn Error>> {
    let mut child = Process::spawn(|| {
        println!("child {}: I compute", std::process::id());
        ANSWER.store(6 * 7, Ordering::SeqCst);
    })?;
    child.join()?;
    println!("parent: the answer is {}", ANSWER.load(Ordering::SeqCst));
    Ok(())
}
