//! Ping and pong are to take turns. A pause after each line gives no turn away.

use std::error::Error;

use multiprocess::Process;

fn play(name: &str) {
    for round in 1..=2 {
        println!("{name} {round}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut pong = Process::spawn(|| play("pong"))?;
    play("ping");
    pong.join()?;
    Ok(())
}
