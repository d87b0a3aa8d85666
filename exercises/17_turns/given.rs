//! Ping and pong are to take turns. They talk as they like.

use std::error::Error;

use multiprocess::Process;

fn play(name: &str) {
    for round in 1..=2 {
        println!("{name} {round}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut pong = Process::spawn(|| play("pong"))?;
    play("ping");
    pong.join()?;
    Ok(())
}
