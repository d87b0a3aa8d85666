//! Looks whether the child has signalled, and if not, waits for a signal. Between the two it may come, and is lost.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use multiprocess::Process;
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::unistd::{getppid, pause};

static CALLED: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_: nix::libc::c_int) {
    CALLED.store(true, Ordering::SeqCst);
}

fn main() -> Result<(), Box<dyn Error>> {
    // SAFETY: the handler stores one atomic value.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(note)) }?;
    let mut child = Process::spawn(|| {
        println!("child: I call");
        kill(getppid(), Signal::SIGUSR1).expect("the parent is there");
    })?;
    while !CALLED.load(Ordering::SeqCst) {
        pause();
    }
    println!("parent: I was called");
    child.join()?;
    Ok(())
}
