//! The signal comes before the handler, in some run.

use std::error::Error;

use multiprocess::Process;
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::unistd::{Pid, pause};

extern "C" fn greet(_: nix::libc::c_int) {
    let line = b"child: hello\n";
    // SAFETY: a handler may do little, but these two it may: see signal-safety(7). The line has so many bytes.
    unsafe {
        nix::libc::write(1, line.as_ptr().cast(), line.len());
        nix::libc::_exit(0)
    }
}

fn child() {
    // SAFETY: the handler calls async-signal-safe functions only.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(greet)) }.expect("SIGUSR1 can be handled");
    loop {
        pause();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut process = Process::spawn(child)?;
    kill(Pid::from_raw(process.id().cast_signed()), Signal::SIGUSR1)?;
    process.join()?;
    println!("parent: bye");
    Ok(())
}
