//! [`PoolBuilder`].

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::Pool;
use super::owner::Owner;
use super::server::Plan;

/// Starts a [`Pool`] with more said about it.
///
/// ```
/// use multiprocess::PoolBuilder;
///
/// // A function that leaks may be run for ever.
/// let pool = PoolBuilder::new().workers(2).max_tasks_per_worker(1000).start()?;
/// pool.close().join()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PoolBuilder {
    workers: Option<usize>,
    max_tasks_per_worker: Option<u64>,
}

impl PoolBuilder {
    /// As many workers as this process may use CPUs, each for any number of tasks.
    pub fn new() -> PoolBuilder {
        PoolBuilder::default()
    }

    /// How many worker processes there are.
    pub fn workers(mut self, workers: usize) -> PoolBuilder {
        self.workers = Some(workers);
        self
    }

    /// After so many tasks a worker ends and another takes its place. (A chunk of [`Pool::map`] is one task.)
    pub fn max_tasks_per_worker(mut self, tasks: u64) -> PoolBuilder {
        self.max_tasks_per_worker = Some(tasks);
        self
    }

    /// Starts the worker processes. See [`Pool::new`].
    ///
    /// # Errors
    ///
    /// As [`Pool::new`]; and when a worker is to do no task at all.
    pub fn start(self) -> io::Result<Pool> {
        let workers = self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
        let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if workers == 0 {
            return refuse("a pool needs at least one worker process");
        }
        if self.max_tasks_per_worker == Some(0) {
            return refuse("a worker that does no task is of no use: max_tasks_per_worker must be at least 1");
        }
        let plan = Plan { workers, tasks_per_worker: self.max_tasks_per_worker };
        Ok(Pool::run_by(Arc::new(Owner::start(plan)?), workers))
    }
}
