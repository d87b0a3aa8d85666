//! Two tasks at once: the parent says `bye` while its child says `hello`.

use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::Process;

fn run() {
    loop {
        println!("hello---{}", process::id());
        sleep(Duration::from_secs(1));
    }
}

fn main() -> io::Result<()> {
    println!("主(父)进程启动---{}", process::id());
    // From here on there are two processes: the child goes into `run`, the parent goes on below.
    let _p = Process::spawn(run)?;
    loop {
        println!("bye");
        sleep(Duration::from_secs(1));
    }
}
