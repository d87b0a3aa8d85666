//! What can become of a task other than its result.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitStatus;

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
