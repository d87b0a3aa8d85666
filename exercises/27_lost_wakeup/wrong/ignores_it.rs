//! The signal does no harm, as it is ignored; and so it calls nobody.

use std::error::Error;

use multiprocess::Process;
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::unistd::getppid;

fn main() -> Result<(), Box<dyn Error>> {
    // SAFETY: no handler is installed.
    unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) }?;
    let mut child = Process::spawn(|| {
        println!("child: I call");
        kill(getppid(), Signal::SIGUSR1).expect("the parent is there");
    })?;
    child.join()?;
    println!("parent: I was called");
    Ok(())
}
