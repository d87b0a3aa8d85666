//! The result of one task: [`AsyncResult`].

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::Decoder;
use super::error::TaskError;
use super::owner::Owner;
use super::record::TaskId;
use super::table::{Answer, Asker};
use super::watch::Watch;
use crate::wait::{self, Waitable};

/// The result of a task, once it is there. It may be asked for before the pool is joined, or after.
///
/// Dropping it means that nobody will ask: should the task fail, [`ClosedPool::join`](super::ClosedPool::join) says so.
#[derive(Debug)]
pub struct AsyncResult<R> {
    owner: Arc<Owner>,
    task: TaskId,
    asked: bool,
    watch: OnceLock<Watch>,
    result: PhantomData<fn() -> R>,
}

impl<R: Serialize + DeserializeOwned> AsyncResult<R> {
    pub(super) fn new(owner: &Arc<Owner>, task: TaskId) -> AsyncResult<R> {
        AsyncResult { owner: Arc::clone(owner), task, asked: false, watch: OnceLock::new(), result: PhantomData }
    }

    /// Waits until the task is done, and returns what its function returned.
    ///
    /// # Errors
    ///
    /// When the function panicked, its worker died, or the pool ended first: see [`TaskError`].
    pub fn get(mut self) -> Result<R, TaskError> {
        let answer = self.owner.take(self.task, None);
        self.asked = true;
        decode(&answer.unwrap_or_else(|| Answer::failed(TaskError::Terminated)))
    }

    /// Like [`get`](AsyncResult::get), but waits no longer than `timeout`: when the task is not done then, gives itself
    /// back. A `timeout` of zero returns at once.
    ///
    /// # Errors
    ///
    /// The outer one is this `AsyncResult`, unanswered yet; the inner one is as with [`get`](AsyncResult::get).
    pub fn get_timeout(mut self, timeout: Duration) -> Result<Result<R, TaskError>, AsyncResult<R>> {
        // A time too far away to be represented is as good as none.
        match self.owner.take(self.task, Instant::now().checked_add(timeout)) {
            Some(answer) => {
                self.asked = true;
                Ok(decode(&answer))
            }
            None => Err(self),
        }
    }
}

impl<R> AsyncResult<R> {
    /// Whether the answer is there, and [`get`](AsyncResult::get) would not wait. Does not wait itself.
    pub fn ready(&self) -> bool {
        self.owner.is_answered(self.task)
    }

    /// Stops the task, wherever it is: one that no worker has taken is not run; one that is being run ends with its worker,
    /// which is killed (SIGKILL) and replaced. [`get`](AsyncResult::get) then gives [`TaskError::Cancelled`], and
    /// does not wait for that. `false`: the task was done already, or had failed, and the answer is what it was.
    ///
    /// What the task has started (processes of its own) is not stopped.
    pub fn cancel(&self) -> bool {
        self.owner.cancel(self.task)
    }
}

/// Ready when [`get`](AsyncResult::get) would not wait.
impl<R> Waitable for AsyncResult<R> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        self.watch.get().map(AsFd::as_fd).ok_or_else(wait::not_asked)
    }

    fn is_ready(&self) -> io::Result<bool> {
        self.owner.is_answered_or_watched(self.task, &self.watch)
    }
}

pub(super) fn decode<R: Serialize + DeserializeOwned>(answer: &Answer) -> Result<R, TaskError> {
    Decoder::new(answer.as_bytes()?).only("result").map_err(TaskError::Encoding)
}

impl<R> Drop for AsyncResult<R> {
    fn drop(&mut self) {
        if !self.asked {
            self.owner.with_table(|table| table.drop_holder(self.task, Asker::Nobody));
        }
    }
}
