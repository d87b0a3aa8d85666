//! Who has one child need not wait for two.

use std::error::Error;

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, waitid};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut one = Process::spawn(|| ())?;
    one.join()?;
    audit();
    Ok(())
}

/// Says whether this process still has a child, or the remains of one. Leave it as it is.
fn audit() {
    match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
        Err(Errno::ECHILD) => println!("nothing is left"),
        _ => println!("a zombie is left"),
    }
}
