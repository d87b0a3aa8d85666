//! What processes and threads cost: to start 1,000 of each, and to send 10,000 messages from one to another.

use std::error::Error;
use std::io::{Read, Write, pipe};
use std::sync::Mutex;
use std::thread;

use multiprocess::Process;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

const STARTS: u64 = 1_000;
const MESSAGES: u64 = 10_000;

fn start_processes() -> Result<(), Box<dyn Error>> {
    for _ in 0..STARTS {
        Process::spawn(|| ())?.join()?;
    }
    Ok(())
}

fn start_threads() -> Result<(), Box<dyn Error>> {
    for _ in 0..STARTS {
        thread::spawn(|| ()).join().expect("it does nothing");
    }
    Ok(())
}

/// The child copies each message into the operating system, and the parent copies it out again.
fn talk_between_processes() -> Result<(), Box<dyn Error>> {
    let (mut get, mut put) = pipe()?;
    let mut child = Process::spawn(move || {
        for message in 0..MESSAGES {
            put.write_all(&message.to_ne_bytes()).expect("the parent reads");
        }
    })?;
    for _ in 0..MESSAGES {
        get.read_exact(&mut [0; size_of::<u64>()])?;
    }
    child.join()?;
    Ok(())
}

/// The thread leaves each message in a variable, where the main thread finds it.
fn talk_between_threads() -> Result<(), Box<dyn Error>> {
    static SHARED: Mutex<Vec<u64>> = Mutex::new(Vec::new());
    let thread = thread::spawn(|| {
        for message in 0..MESSAGES {
            SHARED.lock().expect("nobody panics").push(message);
        }
    });
    thread.join().expect("it does not panic");
    for _ in 0..MESSAGES {
        SHARED.lock().expect("nobody panics").pop();
    }
    Ok(())
}

/// How long this process and the children that it has joined have had a CPU so far, in milliseconds.
fn cpu_time() -> nix::Result<f64> {
    let (own, children) = (getrusage(UsageWho::RUSAGE_SELF)?, getrusage(UsageWho::RUSAGE_CHILDREN)?);
    let all = own.user_time() + own.system_time() + children.user_time() + children.system_time();
    Ok(all.num_microseconds() as f64 / 1000.0)
}

fn cost_of(task: fn() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let before = cpu_time()?;
    task()?;
    Ok(cpu_time()? - before)
}

fn main() -> Result<(), Box<dyn Error>> {
    // Processes first: what has more than one thread may not fork, and a thread that was joined takes a moment to be gone.
    let (processes, talk) = (cost_of(start_processes)?, cost_of(talk_between_processes)?);
    let (threads, shared) = (cost_of(start_threads)?, cost_of(talk_between_threads)?);

    println!("启动1000个进程--{processes:.1}毫秒");
    println!("启动1000个线程--{threads:.1}毫秒");
    println!("启动的开销--进程是线程的{:.1}倍", processes / threads);
    println!("进程间10000条消息--{talk:.1}毫秒");
    println!("线程间10000条消息--{shared:.1}毫秒");
    println!("通信的开销--进程是线程的{:.1}倍", talk / shared);
    Ok(())
}
