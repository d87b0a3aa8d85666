//! What threads and coroutines cost: to start 1,000 of each and wait for their end.

use std::error::Error;
use std::task::{Context, Waker};
use std::thread;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

const STARTS: usize = 1_000;

fn start_threads() {
    for _ in 0..STARTS {
        thread::spawn(|| ()).join().expect("it does nothing");
    }
}

fn start_coroutines() {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..STARTS {
        let mut coroutine = Box::pin(async {});
        assert!(coroutine.as_mut().poll(&mut context).is_ready());
    }
}

/// How long this process has had a CPU so far, in microseconds.
fn cpu_time() -> nix::Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds())
}

fn main() -> Result<(), Box<dyn Error>> {
    let start = cpu_time()?;
    start_threads();
    let between = cpu_time()?;
    start_coroutines();
    let (threads, coroutines) = (between - start, cpu_time()? - between);

    println!("启动1000个线程--{threads}微秒");
    println!("启动1000个协程--{coroutines}微秒");
    println!("启动的开销--线程是协程的{}倍", threads / coroutines.max(1));
    Ok(())
}
