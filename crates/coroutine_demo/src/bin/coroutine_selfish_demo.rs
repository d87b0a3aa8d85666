//! A coroutine that never gives way keeps the thread to itself.

use std::pin::Pin;
use std::process;
use std::task::{Context, Waker};

use nix::unistd::gettid;

async fn run(name: char) {
    for step in 1..=3 {
        println!("协程{name}第{step}步--{}--{}", process::id(), gettid());
        // no `await`: nothing makes it stop before its end
    }
}

/// Runs all coroutines in turn, in this thread, until none is left.
fn run_all(mut coroutines: Vec<Pin<Box<dyn Future<Output = ()>>>>) {
    let mut context = Context::from_waker(Waker::noop());
    while !coroutines.is_empty() {
        // To poll a coroutine is to let it go on, until it is at an `await` that has to wait, or at its end.
        coroutines.retain_mut(|coroutine| coroutine.as_mut().poll(&mut context).is_pending());
    }
}

fn main() {
    println!("主线程启动--{}--{}", process::id(), gettid());
    run_all(vec![Box::pin(run('A')), Box::pin(run('B'))]);
    println!("主线程结束");
}
