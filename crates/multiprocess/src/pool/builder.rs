//! [`PoolBuilder`].

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::Pool;
use super::memory::Sizes;
use super::owner::Owner;
use super::server::Plan;
use super::worker::Orders;
use crate::shared::ring::MAX_CAPACITY;

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
#[derive(Clone)]
pub struct PoolBuilder {
    workers: Option<usize>,
    time_limit: Option<Duration>,
    orders: Orders,
    sizes: Sizes,
    allow_shared_mappings: bool,
}

impl PoolBuilder {
    /// As many workers as this process may use CPUs, each for any number of tasks.
    pub fn new() -> PoolBuilder {
        PoolBuilder {
            workers: None,
            time_limit: None,
            orders: Orders::default(),
            sizes: Sizes::USUAL,
            allow_shared_mappings: false,
        }
    }

    /// How many worker processes there are.
    pub fn workers(mut self, workers: usize) -> PoolBuilder {
        self.workers = Some(workers);
        self
    }

    /// After so many tasks a worker ends and another takes its place. (A chunk of [`Pool::map`] is one task.)
    pub fn max_tasks_per_worker(mut self, tasks: u64) -> PoolBuilder {
        self.orders.most_tasks = Some(tasks);
        self
    }

    /// What every worker runs before its first task, those that replace others too: it opens a connection, say, and keeps it in
    /// a `static` or a `thread_local`, or seeds a random generator anew (`rand::rng().reseed()`), which all
    /// workers would otherwise begin in the state it had in this process.
    ///
    /// It runs in the worker, which is a copy of this process, so it may capture anything. If it panics (or ends the
    /// worker), the pool is broken: every task fails with [`TaskError::PoolBroken`](super::TaskError::PoolBroken), which
    /// says what the panic said. A function that may not succeed unwraps.
    ///
    /// ```
    /// use multiprocess::PoolBuilder;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// static FACTOR: AtomicU64 = AtomicU64::new(1);
    ///
    /// let factor = 3;
    /// let pool = PoolBuilder::new().workers(2).initializer(move || FACTOR.store(factor, Ordering::Relaxed)).start()?;
    /// let result = pool.apply_async(|n: u64| n * FACTOR.load(Ordering::Relaxed), 5)?;
    /// assert_eq!(result.get()?, 15);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> PoolBuilder {
        self.orders.initializer = Some(Arc::new(initializer));
        self
    }

    /// How long each task may take, unless [`Task::time_limit`](super::Task::time_limit) says otherwise for one.
    pub fn time_limit(mut self, limit: Duration) -> PoolBuilder {
        self.time_limit = Some(limit);
        self
    }

    /// How many bytes of memory each worker may have for itself (`RLIMIT_DATA` of getrlimit(2): what may be written to and is not
    /// shared, so what this process has of it when the pool is made counts, too). A task that asks for more gets none, of
    /// which most die, and fails with [`TaskError::WorkerDied`](super::TaskError::WorkerDied).
    pub fn worker_memory_limit(mut self, bytes: u64) -> PoolBuilder {
        self.orders.memory_limit = Some(bytes);
        self
    }

    /// How many bytes of tasks may be queued: 64 MiB, unless something else is said here. A longer argument is sent to
    /// the worker that takes its task as that reads it; [`Pool::apply_async`] returns when all of it is sent.
    pub fn task_bytes(mut self, bytes: usize) -> PoolBuilder {
        self.sizes.tasks = bytes;
        self
    }

    /// How many bytes of results may wait for this process to collect them: 4 MiB, unless something else is said here.
    /// A longer result goes in pieces.
    pub fn result_bytes(mut self, bytes: usize) -> PoolBuilder {
        self.sizes.answers = bytes;
        self
    }

    /// Lets the workers share what this process has mapped shared (`MAP_SHARED` of mmap(2)) and may write to, now or later. Otherwise
    /// [`start`](PoolBuilder::start) refuses to make a pool if there is such memory, but for this library's own.
    ///
    /// # Safety
    ///
    /// Whoever uses that memory, in this process and in tasks, expects others to write there at any time: nobody has a
    /// reference to plain data in it, or relies on what it has read there once.
    pub unsafe fn allow_shared_mappings(mut self) -> PoolBuilder {
        self.allow_shared_mappings = true;
        self
    }

    /// Starts the worker processes. See [`Pool::new`].
    ///
    /// # Errors
    ///
    /// As [`Pool::new`]; and when a worker is to do no task at all, or there is to be room for less than 4096 bytes, or more than about
    /// 4 GiB.
    pub fn start(self) -> io::Result<Pool> {
        let workers = self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
        let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if workers == 0 {
            return refuse("a pool needs at least one worker process");
        }
        if let Some(why) = cannot_be_had(workers) {
            return refuse(&why);
        }
        if self.orders.most_tasks == Some(0) {
            return refuse("a worker that does no task is of no use: max_tasks_per_worker must be at least 1");
        }
        if self.sizes.tasks.min(self.sizes.answers) < Sizes::LEAST {
            return refuse("task_bytes and result_bytes must be at least 4096");
        }
        if self.sizes.tasks.max(self.sizes.answers) > MAX_CAPACITY {
            return refuse(&format!("task_bytes and result_bytes must be no more than {MAX_CAPACITY}"));
        }
        let PoolBuilder { orders, sizes, allow_shared_mappings, time_limit, .. } = self;
        let owner = Owner::start(Plan { workers, orders, sizes, allow_shared_mappings })?;
        Ok(Pool::run_by(Arc::new(owner), workers, time_limit))
    }
}

/// Why there cannot be so many workers, if that is known without trying: what the system would refuse in the end it would refuse after
/// many seconds, and with little memory left for others.
fn cannot_be_had(workers: usize) -> Option<String> {
    let processes = std::fs::read_to_string("/proc/sys/kernel/pid_max").ok().and_then(|text| text.trim().parse().ok());
    if processes.is_some_and(|most: usize| workers >= most) {
        return Some(format!(
            "a pool of {workers} worker processes: this system has no more than {} (/proc/sys/kernel/pid_max)",
            processes.unwrap_or_default()
        ));
    }
    let mut descriptors = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a live rlimit.
    let is_known = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut descriptors) } == 0;
    (is_known && workers as u64 >= descriptors.rlim_cur).then(|| {
        format!(
            "a pool of {workers} worker processes: its fork server needs a descriptor for each, and may have {}; `ulimit -n` allows more",
            descriptors.rlim_cur
        )
    })
}

impl Default for PoolBuilder {
    fn default() -> PoolBuilder {
        PoolBuilder::new()
    }
}

impl fmt::Debug for PoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolBuilder")
            .field("workers", &self.workers)
            .field("max_tasks_per_worker", &self.orders.most_tasks)
            .field("worker_memory_limit", &self.orders.memory_limit)
            .field("initializer", &self.orders.initializer.is_some())
            .field("time_limit", &self.time_limit)
            .field("sizes", &self.sizes)
            .finish_non_exhaustive()
    }
}
