//! A fixed number of worker processes that run functions: [`Pool`].

mod error;
mod owner;
mod task;
mod worker;

use std::io;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{JoinError, TaskError};
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
/// And only a closed pool can be joined:
///
/// ```compile_fail,E0599
/// let pool = multiprocess::Pool::new(2)?;
/// pool.join()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Pool {
    owner: Arc<Mutex<Owner>>,
}

impl Pool {
    /// Starts `workers` worker processes.
    ///
    /// # Errors
    ///
    /// When `workers` is 0, and as [`Process::spawn`](crate::Process::spawn): in particular when this process has more
    /// than one thread.
    pub fn new(workers: usize) -> io::Result<Pool> {
        if workers == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a pool needs at least one worker process"));
        }
        Ok(Pool { owner: Arc::new(Mutex::new(Owner::start(workers)?)) })
    }

    /// Starts as many worker processes as this process may use CPUs.
    ///
    /// # Errors
    ///
    /// As [`Pool::new`].
    pub fn with_available_parallelism() -> io::Result<Pool> {
        Pool::new(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }

    /// Queues `function(argument)` for the next free worker and returns at once.
    ///
    /// `function` is a function, or a closure that captures nothing; what it needs it gets as its argument.
    ///
    /// # Errors
    ///
    /// When the argument cannot be encoded, or the pool is broken.
    pub fn apply_async<F, A, R>(&self, function: F, argument: A) -> io::Result<AsyncResult<R>>
    where
        F: Fn(A) -> R + Copy,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let code = task::code::<F, A, R>(function);
        let argument = postcard::to_stdvec(&argument).map_err(|e| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the argument ({}) cannot be encoded: {e}", std::any::type_name::<A>()),
            )
        })?;
        let task = lock(&self.owner).submit(code, &argument)?;
        Ok(AsyncResult { owner: Arc::clone(&self.owner), task, asked: false, result: PhantomData })
    }

    /// No more tasks: what is queued is still done.
    pub fn close(self) -> ClosedPool {
        ClosedPool { owner: self.owner }
    }
}

/// A pool that takes no more tasks. See [`Pool::close`].
#[derive(Debug)]
pub struct ClosedPool {
    owner: Arc<Mutex<Owner>>,
}

impl ClosedPool {
    /// Waits until every task is done, then ends the workers.
    ///
    /// # Errors
    ///
    /// When tasks failed whose [`AsyncResult`] was dropped, so that nobody can ask for the failure any more.
    pub fn join(self) -> Result<(), JoinError> {
        lock(&self.owner).finish()
    }
}

/// The result of a task, once it is there. It may be asked for before or after the pool is joined.
///
/// Dropping it means that nobody will ask: should the task fail, [`ClosedPool::join`] says so.
#[derive(Debug)]
pub struct AsyncResult<R> {
    owner: Arc<Mutex<Owner>>,
    task: u64,
    asked: bool,
    result: PhantomData<fn() -> R>,
}

impl<R: DeserializeOwned> AsyncResult<R> {
    /// Waits until the task is done, and returns what its function returned.
    ///
    /// # Errors
    ///
    /// When the function panicked or its worker died: see [`TaskError`].
    pub fn get(mut self) -> Result<R, TaskError> {
        self.asked = true;
        let bytes = lock(&self.owner).get(self.task)?;
        postcard::from_bytes(&bytes).map_err(|e| {
            TaskError::Encoding(format!("the result ({}) cannot be decoded: {e}", std::any::type_name::<R>()))
        })
    }
}

impl<R> Drop for AsyncResult<R> {
    fn drop(&mut self) {
        if !self.asked {
            lock(&self.owner).forget(self.task);
        }
    }
}

fn lock(owner: &Mutex<Owner>) -> MutexGuard<'_, Owner> {
    owner.lock().unwrap_or_else(PoisonError::into_inner)
}
