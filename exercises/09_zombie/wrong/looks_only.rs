//! The parent has seen that both have ended, leaves one of them where it is, and says what it likes.

use std::error::Error;

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut one = Process::spawn(|| ())?;
    let two = Process::spawn(|| ())?;
    waitid(Id::Pid(Pid::from_raw(two.id() as i32)), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)?;
    one.join()?;
    println!("nothing is left");
    Ok(())
}
