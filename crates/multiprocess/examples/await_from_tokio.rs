//! Awaits a connection, a queue, results of a pool and the end of a process from tokio, without a thread for any of them.
//!
//! The library knows nothing of tokio: what can be waited for has a descriptor, and tokio waits for descriptors. What
//! forks comes first, before a runtime has threads.

use std::error::Error;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::process::ExitStatus;
use std::time::Duration;

use multiprocess::{
    AsyncResult, Connection, GetError, PollableQueue, Pool, Process, RecvError, TaskError, Waitable, pipe,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Lets tokio watch a descriptor's owner: a connection, a queue, or the descriptor itself.
fn watch<T: AsFd + AsRawFd>(owner: T) -> io::Result<AsyncFd<T>> {
    // SAFETY: each of these has one descriptor, which it keeps open for as long as it lives and never changes for
    // another.
    Ok(unsafe { AsyncFd::register_with_interest(owner, Interest::READABLE)? })
}

async fn recv<S, R: DeserializeOwned>(connection: &mut AsyncFd<Connection<S, R>>) -> Result<R, RecvError> {
    loop {
        let mut ready = connection.readable_mut().await.map_err(RecvError::System)?;
        match ready.get_inner_mut().try_recv()? {
            Some(value) => return Ok(value),
            None => ready.clear_ready(),
        }
    }
}

async fn get<T: Serialize + DeserializeOwned>(queue: &AsyncFd<PollableQueue<T>>) -> Result<T, GetError> {
    loop {
        let mut ready = queue.readable().await.map_err(GetError::System)?;
        match ready.get_inner().try_get()? {
            Some(item) => return Ok(item),
            None => ready.clear_ready(),
        }
    }
}

/// A result has a descriptor only while it is waited for: from when `is_ready` has said no.
async fn result<R: Serialize + DeserializeOwned>(of_task: AsyncResult<R>) -> io::Result<Result<R, TaskError>> {
    while !of_task.is_ready()? {
        watch(of_task.descriptor()?)?.readable().await?.retain_ready();
    }
    Ok(of_task.get()) // It is there: this does not wait.
}

async fn join(process: &mut Process) -> io::Result<ExitStatus> {
    watch(process.as_fd().try_clone_to_owned()?)?.readable().await?.retain_ready();
    process.join() // It has ended: this does not wait.
}

fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::new(2)?;
    let (server, client) = pipe::<String, u32>()?;
    let queue = PollableQueue::<u32>::new()?;
    let mut child = Process::spawn(|| {
        let mut server = server;
        while let Ok(n @ 1..) = server.recv() {
            server.send(format!("the square of {n} is {}", n * n)).expect("the parent is there");
            queue.put(n).expect("it fits");
        }
        queue.close().expect("shared memory");
    })?;

    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let mut client = watch(client)?;
        let queue = watch(queue)?;
        let talk = async {
            for n in 1..=3 {
                client.get_mut().send(n)?;
                println!("{}", recv(&mut client).await?);
            }
            client.get_mut().send(0)?;
            Ok::<_, Box<dyn Error>>(())
        };
        let count = async {
            let mut sum = 0;
            loop {
                match get(&queue).await {
                    Ok(n) => sum += n,
                    Err(GetError::Closed) => return Ok::<_, Box<dyn Error>>(sum),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        // One after the other; `tokio::join!` or `tokio::select!` would do for all at once.
        talk.await?;
        assert_eq!(count.await?, 6);
        assert!(join(&mut child).await?.success());

        // Both are on their way; the one that takes longer is awaited first.
        let slow = pool.apply_async(
            |n: u64| {
                std::thread::sleep(Duration::from_millis(50));
                n * n
            },
            5,
        )?;
        let quick = pool.apply_async(|n: u64| n + 1, 5)?;
        assert_eq!(result(slow).await??, 25);
        assert_eq!(result(quick).await??, 6);
        Ok::<_, Box<dyn Error>>(())
    })?;
    pool.close().join()?;
    Ok(())
}
