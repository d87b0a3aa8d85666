//! A thread that crashes takes its whole process with it.

use std::process;
use std::thread;

use nix::unistd::gettid;

fn run() {
    println!("子线程开始--{}--{}", process::id(), gettid());
    process::abort(); // as a wild pointer in C would, or a double free
}

fn main() {
    println!("主线程开始--{}--{}", process::id(), gettid());

    let t = thread::spawn(run);
    let _ = t.join(); // an error would be all right

    println!("主线程结束"); // never printed
}
