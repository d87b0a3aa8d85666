//! A fixed number of worker processes that run functions: [`Pool`].

mod bell;
mod builder;
mod codec;
mod complaint;
mod engine;
mod error;
mod home;
mod map;
mod memory;
mod owner;
mod record;
mod result;
mod server;
mod signals;
mod table;
mod task;
mod worker;

use std::io;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use builder::PoolBuilder;
pub use error::{JoinError, TaskError};
pub use map::ImapUnordered;
pub use result::AsyncResult;

use owner::Owner;
use table::Asker;

/// A fixed number of worker processes that run functions.
///
/// ```
/// use multiprocess::Pool;
///
/// fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// let pool = Pool::new(2)?;
/// let nine = pool.apply_async(square, 3)?;
/// let four = pool.apply_async(|n: u64| n * n, 2)?;
/// assert_eq!(nine.get()? + four.get()?, 13);
/// pool.close().join()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # What a task is
///
/// A function, or a closure that captures nothing, and an argument; argument and result are encoded
/// (with `postcard`) to travel between the processes. What a task needs is in its argument: a worker is a copy of this process as
/// it was when the pool was made. It has standard input, output and error, and no other descriptor: a `static`
/// that holds a file or a socket opened before the pool was made is worse than useless in a task: its descriptor is
/// closed there, and its number may be that of whatever the task opens next.
///
/// # What can happen
///
/// A task that panics, exits, aborts or is killed fails alone, with a [`TaskError`] that says how; a worker that has ended is
/// replaced. What a panic prints (by the hook that was set when the pool was made) is printed as ever.
/// Workers ignore SIGINT: what Ctrl-C means is decided by this process, and when it ends, in whatever way, so do they.
/// They inherit none of this process's handlers of other signals either, nor which ones it blocks: a signal sent to them has
/// its default action, or is ignored if it was ignored when the pool was made.
/// Up to 64 MiB of tasks may be queued; then [`apply_async`](Pool::apply_async) waits for room.
///
/// A pool has to be made while the process has one thread. From then on any number of threads may use it. Dropping it
/// kills the workers and waits for their end; tasks that are not done then fail.
///
/// # What does not compile
///
/// A closed pool takes no more tasks:
///
/// ```compile_fail,E0382
/// # fn run(_: u64) {}
/// let pool = multiprocess::Pool::new(2)?;
/// pool.close().join()?;
/// pool.apply_async(run, 1)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Only a closed pool can be joined:
///
/// ```compile_fail,E0599
/// let pool = multiprocess::Pool::new(2)?;
/// pool.join()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A closure that captures something is no task:
///
/// ```compile_fail,E0080
/// let factor = 3;
/// let pool = multiprocess::Pool::new(2)?;
/// pool.apply_async(move |n: u64| n * factor, 2)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Pool {
    running: Running,
    workers: usize,
}

impl Pool {
    /// Starts `workers` worker processes. They outlive neither the pool nor this process.
    ///
    /// # Errors
    ///
    /// When `workers` is 0; when this process has more than one thread; and when the system has no process, memory or
    /// descriptor left (a pool uses two descriptors, however many tasks and workers it has).
    pub fn new(workers: usize) -> io::Result<Pool> {
        PoolBuilder::new().workers(workers).start()
    }

    /// Starts as many worker processes as this process may use CPUs.
    ///
    /// # Errors
    ///
    /// As [`Pool::new`].
    pub fn with_available_parallelism() -> io::Result<Pool> {
        PoolBuilder::new().start()
    }

    fn run_by(owner: Arc<Owner>, workers: usize) -> Pool {
        Pool { running: Running(owner), workers }
    }

    /// Queues `function(argument)` for the next free worker and returns; when 64 MiB of tasks are queued, waits for
    /// room first.
    ///
    /// # Errors
    ///
    /// When the argument cannot be encoded or is longer than the queue; when the pool is broken, or belongs to
    /// another process.
    pub fn apply_async<F, A, R>(&self, function: F, argument: A) -> io::Result<AsyncResult<R>>
    where
        F: Fn(A) -> R + Copy,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let code = task::one::<F, A, R>(function);
        let task = codec::with_encoded(&argument, |bytes| self.running.0.submit(code, bytes, Asker::Holder))
            .unwrap_or_else(|why| Err(TaskError::Encoding(why)))?;
        Ok(AsyncResult::new(&self.running.0, task))
    }

    /// Runs `function` on every argument, in chunks, and returns the results in the order of the arguments.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the arguments. The other chunks are still done, and forgotten.
    pub fn map<F, A, R>(&self, function: F, arguments: impl IntoIterator<Item = A>) -> Result<Vec<R>, TaskError>
    where
        F: Fn(A) -> R + Copy,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let code = task::many::<F, A, R>(function);
        map::map(&self.running.0, self.workers, code, arguments.into_iter().collect())
    }

    /// Runs `function` on every argument, each a task of its own, and gives the results as they come. Arguments are taken from the
    /// iterator as results are asked for, a few for every worker ahead, so it may have no end.
    ///
    /// ```
    /// let pool = multiprocess::Pool::new(2)?;
    /// let mut squares: Vec<u64> = pool.imap_unordered(|n: u64| n * n, 1..=3).collect::<Result<_, _>>()?;
    /// squares.sort();
    /// assert_eq!(squares, [1, 4, 9]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn imap_unordered<F, A, R, I>(&self, function: F, arguments: I) -> ImapUnordered<'_, I::IntoIter, R>
    where
        F: Fn(A) -> R + Copy,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        I: IntoIterator<Item = A>,
    {
        let code = task::one::<F, A, R>(function);
        ImapUnordered::new(&self.running.0, self.workers, code, arguments.into_iter())
    }

    /// No more tasks: what is queued is still done.
    pub fn close(self) -> ClosedPool {
        ClosedPool { running: self.running }
    }

    /// Kills the workers and waits for their end. Tasks that are not done then fail. Dropping the pool does the same.
    pub fn terminate(self) {}
}

/// A pool that takes no more tasks: see [`Pool::close`]. Dropping it kills the workers, as with [`Pool`].
#[derive(Debug)]
#[must_use = "dropping a pool terminates it: join it to have its tasks done"]
pub struct ClosedPool {
    running: Running,
}

impl ClosedPool {
    /// Waits until every task is done, then ends the workers and waits for their end.
    ///
    /// # Errors
    ///
    /// When tasks failed whose [`AsyncResult`] was dropped, so that nobody can ask for the failure any more. The
    /// pool has ended nevertheless.
    pub fn join(self) -> Result<(), JoinError> {
        self.running.0.finish()
    }

    /// As [`Pool::terminate`].
    pub fn terminate(self) {}
}

/// Ends the pool's processes when it is dropped, if they have not ended by then.
#[derive(Debug)]
struct Running(Arc<Owner>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}
