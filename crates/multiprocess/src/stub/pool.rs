//! See `pool.rs`.

#[path = "../pool/error.rs"]
mod error;

use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{ArgumentError, JoinError, TaskError};

use super::fd::*;
use super::wait::Waitable;
use super::{Never, unsupported};

#[derive(Debug)]
pub struct AsyncResult<R>(Never, PhantomData<fn() -> R>);

#[derive(Debug)]
pub struct Task<'a, A, R>(Never, PhantomData<&'a fn(A) -> R>);

#[derive(Debug)]
pub struct Pool(Never);

#[derive(Debug)]
#[must_use = "dropping a pool terminates it: join it to have its tasks done"]
pub struct ClosedPool(Never);

#[derive(Debug)]
#[must_use = "tasks are queued as results are asked for"]
pub struct Imap<'a, I: Iterator, R>(Never, PhantomData<(&'a (), I, R)>);

#[derive(Debug)]
#[must_use = "tasks are queued as results are asked for"]
pub struct ImapUnordered<'a, I: Iterator, R>(Never, PhantomData<(&'a (), I, R)>);

#[derive(Clone, Debug)]
pub struct PoolBuilder;

impl PoolBuilder {
    pub fn new() -> PoolBuilder {
        PoolBuilder
    }
    pub fn workers(self, workers: usize) -> PoolBuilder {
        self
    }
    pub fn max_tasks_per_worker(self, tasks: u64) -> PoolBuilder {
        self
    }
    pub fn initializer(self, initializer: impl Fn() + Send + Sync + 'static) -> PoolBuilder {
        self
    }
    pub fn time_limit(self, limit: Duration) -> PoolBuilder {
        self
    }
    pub fn worker_memory_limit(self, bytes: u64) -> PoolBuilder {
        self
    }
    pub fn task_bytes(self, bytes: usize) -> PoolBuilder {
        self
    }
    pub fn result_bytes(self, bytes: usize) -> PoolBuilder {
        self
    }
    pub unsafe fn allow_shared_mappings(self) -> PoolBuilder {
        self
    }
    pub fn start(self) -> io::Result<Pool> {
        Err(unsupported())
    }
}

impl Default for PoolBuilder {
    fn default() -> PoolBuilder {
        PoolBuilder
    }
}

impl<I, R> Iterator for Imap<'_, I, R>
where
    I: Iterator,
    I::Item: Serialize,
    R: Serialize + DeserializeOwned,
{
    type Item = Result<R, ArgumentError>;
    fn next(&mut self) -> Option<Result<R, ArgumentError>> {
        match self.0 {}
    }
}

impl<I, R> Iterator for ImapUnordered<'_, I, R>
where
    I: Iterator,
    I::Item: Serialize,
    R: Serialize + DeserializeOwned,
{
    type Item = Result<R, ArgumentError>;
    fn next(&mut self) -> Option<Result<R, ArgumentError>> {
        match self.0 {}
    }
}

impl<R: Serialize + DeserializeOwned> AsyncResult<R> {
    pub fn get(self) -> Result<R, TaskError> {
        match self.0 {}
    }
    pub fn get_timeout(self, timeout: Duration) -> Result<Result<R, TaskError>, AsyncResult<R>> {
        match self.0 {}
    }
}

impl<R> AsyncResult<R> {
    pub fn ready(&self) -> bool {
        match self.0 {}
    }
    pub fn cancel(&self) -> bool {
        match self.0 {}
    }
}

impl<R> Waitable for AsyncResult<R> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        match self.0 {}
    }
    fn is_ready(&self) -> io::Result<bool> {
        match self.0 {}
    }
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
    pub fn time_limit(self, limit: Duration) -> Self {
        match self.0 {}
    }
    pub fn chunk_size(self, arguments: usize) -> Self {
        match self.0 {}
    }
    pub fn apply_async(self, argument: A) -> io::Result<AsyncResult<R>> {
        match self.0 {}
    }
    pub fn apply_then(
        self,
        argument: A,
        callback: impl FnOnce(Result<R, TaskError>) + Send + 'static,
    ) -> io::Result<()> {
        match self.0 {}
    }
    pub fn map(self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<R>, TaskError> {
        match self.0 {}
    }
    pub fn imap<I: IntoIterator<Item = A>>(self, arguments: I) -> Imap<'a, I::IntoIter, R> {
        match self.0 {}
    }
    pub fn imap_unordered<I: IntoIterator<Item = A>>(self, arguments: I) -> ImapUnordered<'a, I::IntoIter, R> {
        match self.0 {}
    }
}

impl Pool {
    pub fn new(workers: usize) -> io::Result<Pool> {
        Err(unsupported())
    }
    pub fn with_available_parallelism() -> io::Result<Pool> {
        Err(unsupported())
    }
    pub fn task<A, R>(&self, function: fn(A) -> R) -> Task<'_, A, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        match self.0 {}
    }
    pub fn apply_async<A, R>(&self, function: fn(A) -> R, argument: A) -> io::Result<AsyncResult<R>>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        match self.0 {}
    }
    pub fn map<A, R>(&self, function: fn(A) -> R, arguments: impl IntoIterator<Item = A>) -> Result<Vec<R>, TaskError>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        match self.0 {}
    }
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
        match self.0 {}
    }
    pub fn imap<A, R, I>(&self, function: fn(A) -> R, arguments: I) -> Imap<'_, I::IntoIter, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        I: IntoIterator<Item = A>,
    {
        match self.0 {}
    }
    pub fn imap_unordered<A, R, I>(&self, function: fn(A) -> R, arguments: I) -> ImapUnordered<'_, I::IntoIter, R>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        I: IntoIterator<Item = A>,
    {
        match self.0 {}
    }
    pub fn workers(&self) -> usize {
        match self.0 {}
    }
    pub fn worker_ids(&self) -> Vec<u32> {
        match self.0 {}
    }
    pub fn terminator(&self) -> Terminator {
        match self.0 {}
    }
    pub fn close(self) -> ClosedPool {
        match self.0 {}
    }
    pub fn terminate(self) {
        match self.0 {}
    }
}

impl ClosedPool {
    pub fn join(self) -> Result<(), JoinError> {
        match self.0 {}
    }
    pub fn join_timeout(self, timeout: Duration) -> Result<Result<(), JoinError>, ClosedPool> {
        match self.0 {}
    }
    pub fn terminator(&self) -> Terminator {
        match self.0 {}
    }
    pub fn terminate(self) {
        match self.0 {}
    }
}

#[derive(Debug, Clone)]
pub struct Terminator(Never);

impl Terminator {
    pub fn terminate(&self) {
        match self.0 {}
    }
}
