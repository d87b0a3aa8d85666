//! Pong waits for ping, but not ping for pong.

use std::error::Error;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};

use multiprocess::Process;

fn play(name: &str, mut mine: PipeReader, mut other: PipeWriter) {
    for round in 1..=2 {
        let mut turn = [0];
        if name == "pong" {
            mine.read_exact(&mut turn).expect("the other passes the turn on");
        }
        println!("{name} {round}");
        // After the last round nobody may be there to take it.
        let _ = other.write_all(&turn);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (ping, mut to_ping) = pipe()?;
    let (pong, to_pong) = pipe()?;
    to_ping.write_all(b"!")?;
    let mut child = Process::spawn(|| play("pong", pong, to_ping))?;
    play("ping", ping, to_pong);
    child.join()?;
    Ok(())
}
