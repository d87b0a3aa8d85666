//! With `join` the parent waits until its child has ended.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn run(_name: &str) {
    println!("子进程启动");
    sleep(Duration::from_secs(3));
    println!("子进程结束");
}

fn main() -> io::Result<()> {
    println!("父进程启动");
    let mut p = Process::spawn(|| run("nice"))?;

    p.join()?; // returns when the child has ended
    println!("父进程结束");
    Ok(())
}
