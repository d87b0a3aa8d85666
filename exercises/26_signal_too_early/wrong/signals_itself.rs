//! The child sends the signal to itself.

use std::error::Error;

use multiprocess::Process;
use nix::sys::signal::{SigHandler, Signal, raise, signal};

extern "C" fn greet(_: nix::libc::c_int) {
    let line = b"child: hello\n";
    // SAFETY: a handler may do little, but this it may: see signal-safety(7). The line has so many bytes.
    unsafe { nix::libc::write(1, line.as_ptr().cast(), line.len()) };
}

fn child() {
    // SAFETY: the handler calls async-signal-safe functions only.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(greet)) }.expect("SIGUSR1 can be handled");
    raise(Signal::SIGUSR1).expect("a process may signal itself");
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut process = Process::spawn(child)?;
    process.join()?;
    println!("parent: bye");
    Ok(())
}
