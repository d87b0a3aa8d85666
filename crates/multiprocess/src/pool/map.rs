//! One function for many arguments: the chunks of [`Pool::map`](super::Pool::map), and [`ImapUnordered`].

use std::collections::VecDeque;
use std::iter::Fuse;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

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
    let mut encoded = Vec::new();
    let mut count = 0_usize;
    for (index, argument) in arguments.into_iter().enumerate() {
        task::encode_argument(&argument, &mut encoded)?;
        count += 1;
        if count == per_chunk || encoded.len() >= BYTES_PER_CHUNK || index + 1 == total {
            chunks.queue(code, count, &encoded)?;
            encoded.clear();
            count = 0;
        }
    }

    let mut results = Vec::with_capacity(total);
    while let Some((task, count)) = chunks.queued.front().copied() {
        let answer = owner.take(task, None).ok_or(TaskError::Terminated)?;
        chunks.queued.pop_front();
        let mut bytes = answer.as_bytes()?;
        for _ in 0..count {
            results.push(task::decode_next_result(&mut bytes)?);
        }
    }
    Ok(results)
}

/// The chunks whose results are outstanding, with the number of arguments in each.
struct Chunks<'a> {
    owner: &'a Owner,
    queued: VecDeque<(TaskId, usize)>,
}

impl Chunks<'_> {
    fn queue(&mut self, code: Code, count: usize, encoded: &[u8]) -> Result<(), TaskError> {
        let mut chunk = Vec::with_capacity(encoded.len() + size_of::<usize>() + 2);
        task::encode_argument(&count, &mut chunk)?;
        chunk.extend_from_slice(encoded);
        self.queued.push_back((self.owner.submit(code, &chunk, Asker::Holder)?, count));
        Ok(())
    }
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
            let mut encoded = Vec::new();
            let queued = task::encode_argument(&argument, &mut encoded)
                .and_then(|()| self.owner.submit(self.code, &encoded, Asker::Stream(self.stream)));
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
        Some(answer.as_bytes().and_then(task::decode_result))
    }
}

impl<I: Iterator, R> Drop for ImapUnordered<'_, I, R> {
    fn drop(&mut self) {
        self.owner.with_table(|table| table.close_stream(self.stream));
    }
}
