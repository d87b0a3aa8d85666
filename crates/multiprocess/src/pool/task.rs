//! A function with more said about how it is run: [`Task`].

use std::io;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::code::{self, Call, Code};
use super::error::TaskError;
use super::map::{self, Imap, ImapUnordered};
use super::result::{self, AsyncResult};
use super::table::Asker;
use super::{Pool, codec};

/// A function that a pool is to run, with more said about how: see [`Pool::task`].
///
/// ```
/// use std::time::Duration;
/// use multiprocess::{Pool, TaskError};
///
/// let pool = Pool::new(2)?;
/// let sleepy = pool.task(|seconds: u64| std::thread::sleep(Duration::from_secs(seconds)));
/// let result = sleepy.time_limit(Duration::from_millis(10)).apply_async(3600)?;
/// assert!(matches!(result.get(), Err(TaskError::TimedOut { .. })));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Task<'a, A, R> {
    pool: &'a Pool,
    function: fn(A) -> R,
    time_limit: Option<Duration>,
    chunk_size: Option<usize>,
}

impl<A, R> Clone for Task<'_, A, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, R> Copy for Task<'_, A, R> {}

impl<'a, A, R> Task<'a, A, R>
where
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    pub(super) fn new(pool: &'a Pool, function: fn(A) -> R) -> Task<'a, A, R> {
        Task { pool, function, time_limit: pool.time_limit, chunk_size: None }
    }

    /// How long one task may take, from when a worker takes it. Then its worker is killed (SIGKILL) and replaced, and the
    /// task fails with [`TaskError::TimedOut`]. (A chunk is one task.) What the task has started, processes of its
    /// own, is not stopped; and a task that has executed another program in its worker's place is not either.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// How many arguments are one task in [`map`](Task::map) and the two `imap`s: fewer, larger messages, and less to choose
    /// from for a worker that is free. Otherwise a `map` has four chunks for each worker, and an `imap` chunks of one.
    pub fn chunk_size(mut self, arguments: usize) -> Self {
        self.chunk_size = Some(arguments.max(1));
        self
    }

    /// See [`Pool::apply_async`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn apply_async(self, argument: A) -> io::Result<AsyncResult<R>> {
        let owner = &self.pool.running.0;
        let call = self.call(code::one(self.function));
        let task = codec::with_encoded(&argument, |bytes| owner.submit(call, bytes, Asker::Holder))
            .unwrap_or_else(|why| Err(TaskError::Encoding(why)))?;
        Ok(AsyncResult::new(owner, task))
    }

    /// Queues `function(argument)` as [`apply_async`](Task::apply_async) does, and calls `callback` with what became of it.
    ///
    /// The pool has no thread for that: the callback runs in whichever thread finds that the answer has come, as it
    /// waits for a result, for room or in `join`, which returns when every callback has been called. It
    /// may use the pool. If it panics, so does what that thread was doing.
    ///
    /// # Errors
    ///
    /// As [`Pool::apply_async`]. Then the callback is not called.
    pub fn apply_then(
        self,
        argument: A,
        callback: impl FnOnce(Result<R, TaskError>) + Send + 'static,
    ) -> io::Result<()> {
        let owner = &self.pool.running.0;
        let call = self.call(code::one(self.function));
        let callback = Box::new(move |answer| callback(result::decode(&answer)));
        codec::with_encoded(&argument, |bytes| owner.submit_with(call, bytes, callback))
            .unwrap_or_else(|why| Err(TaskError::Encoding(why)))?;
        Ok(())
    }

    /// See [`Pool::map`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn map(self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<R>, TaskError> {
        let call = self.call(code::many(self.function));
        let arguments = arguments.into_iter().collect();
        map::map(&self.pool.running.0, self.pool.workers, call, self.chunk_size, arguments)
    }

    /// See [`Pool::imap`].
    pub fn imap<I: IntoIterator<Item = A>>(self, arguments: I) -> Imap<'a, I::IntoIter, R> {
        let call = self.call(code::many(self.function));
        Imap::new(&self.pool.running.0, self.pool.workers, call, self.chunk_size, arguments.into_iter())
    }

    /// See [`Pool::imap_unordered`].
    pub fn imap_unordered<I: IntoIterator<Item = A>>(self, arguments: I) -> ImapUnordered<'a, I::IntoIter, R> {
        let call = self.call(code::many(self.function));
        ImapUnordered::new(&self.pool.running.0, self.pool.workers, call, self.chunk_size, arguments.into_iter())
    }

    fn call(&self, code: Code) -> Call {
        Call { code, time_limit: self.time_limit }
    }
}
