//! One function for many arguments: the chunks of [`Pool::map`](super::Pool::map), and [`ImapUnordered`].

use std::collections::VecDeque;
use std::iter::Fuse;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{self, Decoder};
use super::error::TaskError;
use super::owner::Owner;
use super::record::TaskId;
use super::table::{Answer, Asker};
use super::task::{self, Code};

/// Every worker gets about so many chunks, so that one slow chunk does not keep the others waiting long.
const CHUNKS_PER_WORKER: usize = 4;

/// A chunk of more bytes is sent off before it is full.
const BYTES_PER_CHUNK: usize = 256 << 10;

/// So many arguments of an `imap_unordered` are queued or being worked on for every worker.
const AHEAD_PER_WORKER: usize = 64;

pub(super) fn map<A, R>(owner: &Owner, workers: usize, code: Code, arguments: Vec<A>) -> Result<Vec<R>, TaskError>
where
    A: Serialize,
    R: DeserializeOwned,
{
    let total = arguments.len();
    let per_chunk = total.div_ceil(workers * CHUNKS_PER_WORKER).max(1);
    let mut chunks = Chunks { owner, queued: VecDeque::new() };
    let mut chunk = Vec::new();
    let mut count = 0_usize;
    for (index, argument) in arguments.into_iter().enumerate() {
        if count == 0 {
            task::begin_chunk(&mut chunk);
        }
        codec::encode(&argument, &mut chunk, "argument").map_err(TaskError::Encoding)?;
        count += 1;
        if count == per_chunk || chunk.len() >= BYTES_PER_CHUNK || index + 1 == total {
            task::end_chunk(&mut chunk, count);
            chunks.queued.push_back((owner.submit(code, &chunk, Asker::Holder)?, count));
            count = 0;
        }
    }

    let mut results = Vec::with_capacity(total);
    while let Some((task, count)) = chunks.queued.front().copied() {
        let answer = owner.take(task, None).ok_or(TaskError::Terminated)?;
        chunks.queued.pop_front();
        let mut answers = Decoder::new(answer.as_bytes()?);
        for _ in 0..count {
            results.push(answers.next("result").map_err(TaskError::Encoding)?);
        }
    }
    Ok(results)
}

/// The chunks whose results are outstanding, with the number of arguments in each.
struct Chunks<'a> {
    owner: &'a Owner,
    queued: VecDeque<(TaskId, usize)>,
}

impl Drop for Chunks<'_> {
    fn drop(&mut self) {
        // Some are left only when another has failed, of which the caller is told.
        self.owner.with_table(|table| {
            for (task, _) in self.queued.drain(..) {
                table.drop_holder(task, Asker::Abandoned);
            }
        });
    }
}

/// Results in the order in which they come: see [`Pool::imap_unordered`](super::Pool::imap_unordered).
#[derive(Debug)]
#[must_use = "tasks are queued as results are asked for"]
pub struct ImapUnordered<'a, I: Iterator, R> {
    owner: &'a Owner,
    code: Code,
    arguments: Fuse<I>,
    stream: u64,
    outstanding: usize,
    most_outstanding: usize,
    result: PhantomData<fn() -> R>,
}

impl<'a, I: Iterator, R> ImapUnordered<'a, I, R> {
    pub(super) fn new(owner: &'a Owner, workers: usize, code: Code, arguments: I) -> ImapUnordered<'a, I, R> {
        ImapUnordered {
            owner,
            code,
            arguments: arguments.fuse(),
            stream: owner.with_table(|table| table.open_stream()),
            outstanding: 0,
            most_outstanding: workers.saturating_mul(AHEAD_PER_WORKER),
            result: PhantomData,
        }
    }
}

impl<I, R> Iterator for ImapUnordered<'_, I, R>
where
    I: Iterator,
    I::Item: Serialize,
    R: DeserializeOwned,
{
    type Item = Result<R, TaskError>;

    fn next(&mut self) -> Option<Result<R, TaskError>> {
        while self.outstanding < self.most_outstanding
            && let Some(argument) = self.arguments.next()
        {
            let queue = |bytes: &[u8]| self.owner.submit(self.code, bytes, Asker::Stream(self.stream));
            let queued = codec::with_encoded(&argument, queue).unwrap_or_else(|why| Err(TaskError::Encoding(why)));
            match queued {
                Ok(_) => self.outstanding += 1,
                Err(error) => return Some(Err(error)),
            }
        }
        if self.outstanding == 0 {
            return None;
        }
        self.outstanding -= 1;
        let answer = self.owner.next_in_stream(self.stream).unwrap_or_else(|| Answer::failed(TaskError::Terminated));
        Some(answer.as_bytes().and_then(|bytes| Decoder::new(bytes).next("result").map_err(TaskError::Encoding)))
    }
}

impl<I: Iterator, R> Drop for ImapUnordered<'_, I, R> {
    fn drop(&mut self) {
        self.owner.with_table(|table| table.close_stream(self.stream));
    }
}
