//! The signal comes, and is ignored.

use std::error::Error;

use multiprocess::Process;
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::unistd::Pid;

fn main() -> Result<(), Box<dyn Error>> {
    // SAFETY: no handler is installed.
    unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) }?;
    let mut process = Process::spawn(|| println!("child: hello"))?;
    kill(Pid::from_raw(process.id().cast_signed()), Signal::SIGUSR1)?;
    process.join()?;
    println!("parent: bye");
    Ok(())
}
