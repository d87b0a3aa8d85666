//! A fixed number of worker processes that run functions: [`Pool`].

mod alarm;
mod builder;
mod code;
mod codec;
mod descriptors;
mod engine;
mod error;
mod fatal_error;
mod leash;
mod line;
mod map;
mod memory;
mod owner;
mod record;
mod result;
mod server;
mod skipped;
mod table;
mod task;
mod watch;
mod worker;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use builder::PoolBuilder;
pub use error::{ArgumentError, JoinError, TaskError};
pub use map::{Imap, ImapUnordered};
pub use result::AsyncResult;
pub use task::Task;

use code::Call;
use owner::Owner;

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
/// it was when the pool was made.
///
/// The encoding has no names of fields, so serde attributes that leave out a field now and then do not work: what
/// follows would be taken for it. Debug builds check every value (it must leave out nothing, use up its bytes, and give
/// the same ones when encoded again), and the task fails with [`TaskError::Encoding`].
///
/// A worker has standard input, output and error. In the place of every other descriptor it has `/dev/null`: a file or a
/// socket that was opened before the pool was made, and is kept in a `static`, is empty in a task, and swallows what is
/// written to it.
///
/// A random generator that was used before the pool was made gives the same numbers in every worker: seed it anew in
/// [`PoolBuilder::initializer`]. One that a task uses first is its worker's own.
///
/// # What can happen
///
/// A task that panics, exits, aborts or is killed fails alone, with a [`TaskError`] that says how; a worker that has ended is
/// replaced. What a panic prints (by the hook that was set when the pool was made) is printed as ever.
///
/// Signals that are sent to a whole group of processes (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2) do nothing in
/// workers: what Ctrl-C or a service manager's SIGTERM mean is decided by this process, and when it ends, in whatever way,
/// or becomes another program (execve(2)), so do they. (In the latter case not before the processes that it has forked since
/// have ended, or closed their copies of its descriptors. End a single worker with SIGKILL.) They inherit none of this process's
/// handlers of other signals, nor which ones it blocks: those have their default action, or are ignored if they were
/// ignored when the pool was made. A worker ends with SIGKILL, or as the child of
/// [`Process::spawn`](crate::Process::spawn) does: with the destructors of its own thread-locals.
///
/// Up to 64 MiB of tasks may be queued; then [`apply_async`](Pool::apply_async) waits for room.
///
/// A pool has to be made while the process has one thread, and shares no memory ([`Process::spawn`](crate::Process::spawn) says
/// why). From then on any number of threads may use it. Dropping it kills the workers and waits for their end; tasks that
/// are not done then fail.
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
/// A closure that captures something is no task, not even if what it captures has no bytes (such a value may be the proof of
/// something that is not true in a worker):
///
/// ```compile_fail,E0308
/// #[derive(Clone, Copy)]
/// struct LockIsHeld;
/// let proof = LockIsHeld;
/// let pool = multiprocess::Pool::new(2)?;
/// pool.apply_async(move |n: u64| { let _ = &proof; n }, 2)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// ```compile_fail,E0308
/// let factor = 3;
/// let pool = multiprocess::Pool::new(2)?;
/// pool.apply_async(move |n: u64| n * factor, 2)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Pool {
    running: Running,
    workers: usize,
    time_limit: Option<Duration>,
}

impl Pool {
    /// Starts `workers` worker processes. They outlive neither the pool nor this process.
    ///
    /// # Errors
    ///
    /// When `workers` is 0, or more than there can be; when this process has more than one thread, or shares memory; and when the system has no process,
    /// memory or descriptor left (a pool uses four descriptors, however many tasks and workers it has).
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

    fn run_by(owner: Arc<Owner>, workers: usize, time_limit: Option<Duration>) -> Pool {
        Pool { running: Running(owner), workers, time_limit }
    }

    /// A function with more said about how it is run: how long, in which chunks, and who is told.
    pub fn task<A, R>(&self, function: fn(A) -> R) -> Task<'_, A, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        Task::new(self, function)
    }

    /// Queues `function(argument)` for the next free worker and returns; when 64 MiB of tasks are queued, waits for
    /// room first. An argument that is longer than that is sent to the worker that takes the task, and this returns
    /// when all of it is sent.
    ///
    /// # Errors
    ///
    /// When the argument cannot be encoded; when the function's code was loaded after the pool was made; when the pool is broken, or
    /// belongs to another process.
    pub fn apply_async<A, R>(&self, function: fn(A) -> R, argument: A) -> io::Result<AsyncResult<R>>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        self.task(function).apply_async(argument)
    }

    /// Runs `function` on every argument, in chunks, and returns the results in the order of the arguments.
    ///
    /// # Errors
    ///
    /// The first failure in the order of the arguments. The other chunks are still done, and forgotten.
    pub fn map<A, R>(&self, function: fn(A) -> R, arguments: impl IntoIterator<Item = A>) -> Result<Vec<R>, TaskError>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        self.task(function).map(arguments)
    }

    /// As [`map`](Pool::map), for a function of two arguments. (For one of more: `pool.map(|(a, b, c)| f(a, b, c), …)`.)
    ///
    /// ```
    /// let pool = multiprocess::Pool::new(2)?;
    /// assert_eq!(pool.starmap(u64::pow, [(2, 10), (3, 2)])?, [1024, 9]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`map`](Pool::map).
    pub fn starmap<A, B, R>(
        &self,
        function: fn(A, B) -> R,
        arguments: impl IntoIterator<Item = (A, B)>,
    ) -> Result<Vec<R>, TaskError>
    where
        A: Serialize + DeserializeOwned,
        B: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let call = Call { code: code::many_pairs(function), time_limit: self.time_limit };
        map::map(&self.running.0, self.workers, call, None, arguments.into_iter().collect())
    }

    /// Runs `function` on every argument, each a task of its own, and gives the results in the order of the arguments, each
    /// as soon as it and those before it are there. Arguments are taken from the iterator as results are asked for, up to 64
    /// for every worker ahead (of larger chunks, eight), so it may have no end. What is queued when this is dropped is still done.
    ///
    /// A failure says which argument it is of. (With [`Task::chunk_size`], those of a chunk fail together.)
    ///
    /// A task of its own costs a microsecond or two, so of millions of arguments that need less than that, hand over many at once:
    /// `pool.task(function).chunk_size(1000).imap(arguments)`.
    pub fn imap<A, R, I>(&self, function: fn(A) -> R, arguments: I) -> Imap<'_, I::IntoIter, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        I: IntoIterator<Item = A>,
    {
        self.task(function).imap(arguments)
    }

    /// As [`imap`](Pool::imap), but gives the results as they come.
    ///
    /// Each argument is a task of its own, so that a slow one holds back no other, and a worker that dies, is cancelled or takes too long fails one
    /// alone. That costs microseconds for each. Where tasks are shorter, say how many may go together:
    /// [`Task::chunk_size`]; with 64 it is about as fast as [`map`](Pool::map).
    ///
    /// ```
    /// let pool = multiprocess::Pool::new(2)?;
    /// let mut squares: Vec<u64> = pool.imap_unordered(|n: u64| n * n, 1..=3).collect::<Result<_, _>>()?;
    /// squares.sort();
    /// assert_eq!(squares, [1, 4, 9]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn imap_unordered<A, R, I>(&self, function: fn(A) -> R, arguments: I) -> ImapUnordered<'_, I::IntoIter, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        I: IntoIterator<Item = A>,
    {
        self.task(function).imap_unordered(arguments)
    }

    /// How many workers the pool has.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// The process identifiers of the workers that there are now: one that has died, and is not replaced yet, may be
    /// missing or still be among them. Empty when the pool is broken.
    pub fn worker_ids(&self) -> Vec<u32> {
        self.running.0.worker_ids()
    }

    /// What ends the pool from another thread, also while that joins it.
    pub fn terminator(&self) -> Terminator {
        Terminator(Arc::clone(&self.running.0))
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
        self.running.0.finish(None).unwrap_or(Ok(()))
    }

    /// Like [`join`](ClosedPool::join), but waits no longer than `timeout`: when the pool has not ended then, gives itself
    /// back. A `timeout` of zero returns at once.
    ///
    /// # Errors
    ///
    /// The outer one is this pool, which goes on; the inner one is as with [`join`](ClosedPool::join).
    pub fn join_timeout(self, timeout: Duration) -> Result<Result<(), JoinError>, ClosedPool> {
        // A time too far away to be represented is as good as none.
        self.running.0.finish(Instant::now().checked_add(timeout)).ok_or(self)
    }

    /// As [`Pool::terminator`].
    pub fn terminator(&self) -> Terminator {
        Terminator(Arc::clone(&self.running.0))
    }

    /// As [`Pool::terminate`].
    pub fn terminate(self) {}
}

/// Ends a pool from anywhere: see [`Pool::terminator`]. Dropping it does nothing.
#[derive(Debug, Clone)]
pub struct Terminator(Arc<Owner>);

impl Terminator {
    /// As [`Pool::terminate`]: kills the workers and waits for their end. Tasks that are not done fail with
    /// [`TaskError::Terminated`]; whoever waits for them, or in `join`, is told.
    pub fn terminate(&self) {
        self.0.terminate();
    }
}

/// Ends the pool's processes when it is dropped, if they have not ended by then.
#[derive(Debug)]
struct Running(Arc<Owner>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.terminate();
    }
}
