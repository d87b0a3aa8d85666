//! Two children race, and the parent believes that the first one wins.

use std::error::Error;

use nix::sys::wait::wait;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let one = Process::spawn(|| std::process::exit(1))?;
    let two = Process::spawn(|| std::process::exit(2))?;
    for name in ["one", "two"] {
        let status = wait()?;
        println!("{name} ended with {}", code(status));
    }
    let _keep = (one.id(), two.id());
    Ok(())
}

fn code(status: nix::sys::wait::WaitStatus) -> i32 {
    match status {
        nix::sys::wait::WaitStatus::Exited(_, code) => code,
        _ => -1,
    }
}
