//! What can become of a task other than its result.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a task has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskError {
    /// The function panicked.
    Panicked {
        /// What the panic said.
        message: String,
        /// Where: `file:line:column`; or `an unknown place`, when the panic came from another thread
        /// (`std::panic::resume_unwind`).
        place: String,
    },
    /// The worker process ended with the task in its hands: killed by a signal, aborted, or it called `exit`.
    WorkerDied {
        /// The worker's process identifier.
        pid: u32,
        /// How it ended. `None` when nobody was left who could know.
        status: Option<ExitStatus>,
    },
    /// The task took longer than it may, and its worker was killed for it.
    TimedOut {
        /// The worker's process identifier.
        pid: u32,
        /// How long the task could take: see [`Task::time_limit`](super::Task::time_limit).
        limit: Duration,
    },
    /// Somebody called [`AsyncResult::cancel`](super::AsyncResult::cancel) before the task was done.
    Cancelled,
    /// The argument or the result does not survive the way between the processes.
    Encoding(String),
    /// The pool was terminated, or dropped, before the task was done.
    Terminated,
    /// The pool itself is broken: no worker can be had any more.
    PoolBroken(String),
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Panicked { message, place } => {
                write!(f, "the task panicked at {place}: {message}")
            }
            TaskError::WorkerDied { pid, status: Some(status) } => {
                write!(f, "worker process {pid} died with the task in its hands: {status}")
            }
            TaskError::WorkerDied { pid, status: None } => {
                write!(f, "worker process {pid} died with the task in its hands")
            }
            TaskError::TimedOut { pid, limit } => {
                write!(f, "the task took longer than its time limit of {limit:?}, and worker process {pid} was killed")
            }
            TaskError::Cancelled => f.write_str("the task was cancelled before it was done"),
            TaskError::Encoding(what) => f.write_str(what),
            TaskError::Terminated => f.write_str("the pool was terminated before the task was done"),
            TaskError::PoolBroken(why) => write!(f, "the pool is broken: {why}"),
        }
    }
}

impl Error for TaskError {}

impl From<TaskError> for io::Error {
    fn from(error: TaskError) -> io::Error {
        io::Error::other(error)
    }
}

/// Why one of many arguments has no result: see [`Pool::imap`](super::Pool::imap).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentError {
    pub(super) argument: usize,
    pub(super) error: TaskError,
}

impl ArgumentError {
    /// Which argument it is, counted from 0.
    pub fn argument(&self) -> usize {
        self.argument
    }

    /// What became of its task.
    pub fn error(&self) -> &TaskError {
        &self.error
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "argument {}: {}", self.argument, self.error)
    }
}

impl Error for ArgumentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

impl From<ArgumentError> for TaskError {
    fn from(error: ArgumentError) -> TaskError {
        error.error
    }
}

impl From<ArgumentError> for io::Error {
    fn from(error: ArgumentError) -> io::Error {
        io::Error::other(error)
    }
}

/// What went wrong in a pool without anybody having asked: the failures of tasks whose [`AsyncResult`](super::AsyncResult)
/// was dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JoinError {
    failures: usize,
    first: Vec<TaskError>,
}

/// How many failures are kept; the others are counted.
const KEPT: usize = 16;

impl JoinError {
    /// How many tasks failed.
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// The first failures, at most 16 of them.
    pub fn first(&self) -> &[TaskError] {
        &self.first
    }

    pub(super) fn add(&mut self, error: TaskError) {
        self.failures += 1;
        if self.first.len() < KEPT {
            self.first.push(error);
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failures {
            1 => f.write_str("a task failed and nobody asked for its result")?,
            n => write!(f, "{n} tasks failed and nobody asked for their results; the first")?,
        }
        match self.first.first() {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

impl Error for JoinError {}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> io::Error {
        io::Error::other(error)
    }
}

impl From<TaskError> for JoinError {
    fn from(error: TaskError) -> JoinError {
        JoinError { failures: 1, first: vec![error] }
    }
}
