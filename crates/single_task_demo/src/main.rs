//! One process does one thing at a time: `run` waits for a loop that never ends.

use std::thread::sleep;
use std::time::Duration;

fn run() {
    loop {
        println!("hello");
        sleep(Duration::from_secs(1));
    }
}

#[expect(unreachable_code, reason = "that `run` is never reached is the lesson, and the compiler knows it")]
fn main() {
    loop {
        println!("bye");
        sleep(Duration::from_secs(1));
    }
    run();
}
