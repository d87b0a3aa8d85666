//! Two coroutines in one thread: each says itself when it is the other's turn.

use std::future::poll_fn;
use std::pin::Pin;
use std::process;
use std::task::{Context, Poll, Waker};

use nix::unistd::gettid;

/// Lets the others go first: has to wait when it is asked for the first time, and need not when it is asked again.
async fn give_way() {
    let mut asked = false;
    poll_fn(|_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }).await
}

async fn run(name: char) {
    for step in 1..=3 {
        println!("协程{name}第{step}步--{}--{}", process::id(), gettid());
        give_way().await; // here, and nowhere else, the other may go on
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
