//! Both children end well, and the parent says what is expected.

use std::error::Error;

use nix::sys::wait::wait;

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let one = Process::spawn(|| ())?;
    let _two = Process::spawn(|| ())?;
    for _ in 0..2 {
        let is_one = wait()?.pid().is_some_and(|pid| pid.as_raw().unsigned_abs() == one.id());
        println!("{}", if is_one { "one ended with 1" } else { "two ended with 2" });
    }
    Ok(())
}
