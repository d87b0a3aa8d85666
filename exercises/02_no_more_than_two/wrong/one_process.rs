//! One process plays all tasks, and says what is expected of three.

use std::thread::sleep;
use std::time::Duration;

fn main() {
    let wait = || sleep(Duration::from_millis(100));
    println!("task 1 starts");
    println!("task 2 starts");
    wait();
    println!("task 1 ends");
    println!("task 3 starts");
    wait();
    println!("task 2 ends");
    println!("task 3 ends");
}
