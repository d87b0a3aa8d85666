//! The parent does not wait for its child: it ends, and the child lives on.

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
    let _p = Process::spawn(|| run("nice"))?;

    println!("父进程结束");
    Ok(())
}
