//! One function for many arguments: [`Pool::map`](super::Pool::map), [`Imap`] and [`ImapUnordered`].

use std::collections::{HashMap, VecDeque};
use std::iter::Fuse;
use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::code::{self, Call};
use super::codec::{self, Decoder};
use super::error::{ArgumentError, TaskError};
use super::owner::Owner;
use super::record::TaskId;
use super::table::{Answer, Asker};

/// Unless the caller says otherwise, every worker gets about so many chunks of a `map`, so that one slow chunk does not keep
/// the others waiting long.
const CHUNKS_PER_WORKER: usize = 4;

/// A chunk of more bytes is sent off before it is full.
const BYTES_PER_CHUNK: usize = 256 << 10;

/// So many arguments of an `imap` are queued or being worked on for every worker, and at least so many chunks.
const AHEAD_PER_WORKER: usize = 64;
const CHUNKS_AHEAD_PER_WORKER: usize = 8;

/// Encodes arguments in chunks, each a task.
#[derive(Debug)]
struct Chunks<I: Iterator> {
    arguments: Fuse<I>,
    /// The number of the next one.
    next: usize,
    most: usize,
    bytes: Vec<u8>,
    /// An argument that cannot be encoded comes after the chunk that it would have been in.
    failed: Option<ArgumentError>,
}

/// A task, and which arguments it has.
type Chunk = (TaskId, Range<usize>);

impl<I: Iterator> Chunks<I>
where
    I::Item: Serialize,
{
    fn new(arguments: I, most: usize) -> Chunks<I> {
        Chunks { arguments: arguments.fuse(), next: 0, most: most.max(1), bytes: Vec::new(), failed: None }
    }

    /// The next chunk's arguments, which are in `bytes`, or one that cannot be encoded.
    fn next(&mut self) -> Option<Result<Range<usize>, ArgumentError>> {
        let first = self.next;
        if self.failed.is_none() {
            code::begin_chunk(&mut self.bytes);
        }
        while self.failed.is_none() && self.next - first < self.most && self.bytes.len() < BYTES_PER_CHUNK {
            let Some(argument) = self.arguments.next() else { break };
            let end = self.bytes.len();
            if let Err(why) = codec::encode(&argument, &mut self.bytes, "argument") {
                self.bytes.truncate(end);
                self.failed = Some(ArgumentError { argument: self.next, error: TaskError::Encoding(why) });
                // It has a number, but no place in this chunk.
                let chunk = first..self.next;
                self.next += 1;
                return self.send_off(chunk);
            }
            self.next += 1;
        }
        self.send_off(first..self.next)
    }

    fn send_off(&mut self, chunk: Range<usize>) -> Option<Result<Range<usize>, ArgumentError>> {
        if chunk.is_empty() {
            return self.failed.take().map(Err);
        }
        code::end_chunk(&mut self.bytes, chunk.len());
        Some(Ok(chunk))
    }
}

/// Adds the results of a chunk, or its failure for each of its arguments from the first without a result on.
fn decode_chunk<R>(answer: &Answer, chunk: Range<usize>, results: &mut impl Extend<Result<R, ArgumentError>>)
where
    R: Serialize + DeserializeOwned,
{
    let mut answers = answer.as_bytes().map(Decoder::new);
    results.extend(chunk.map(|argument| {
        let result = match &mut answers {
            Ok(answers) => answers.next("result").map_err(TaskError::Encoding),
            Err(error) => Err(error.clone()),
        };
        result.map_err(|error| ArgumentError { argument, error })
    }));
}

pub(super) fn map<A, R>(
    owner: &Owner,
    workers: usize,
    call: Call,
    chunk_size: Option<usize>,
    arguments: Vec<A>,
) -> Result<Vec<R>, TaskError>
where
    A: Serialize,
    R: Serialize + DeserializeOwned,
{
    let total = arguments.len();
    let most = chunk_size.unwrap_or_else(|| total.div_ceil(workers * CHUNKS_PER_WORKER));
    let mut chunks = Chunks::new(arguments.into_iter(), most);
    let mut queued = Queued { owner, tasks: VecDeque::new(), if_dropped: Asker::Abandoned };
    while let Some(chunk) = chunks.next() {
        let chunk = chunk?;
        queued.tasks.push_back((owner.submit(call, &chunks.bytes, Asker::Holder)?, chunk));
    }

    let mut results = Vec::with_capacity(total);
    while let Some((task, chunk)) = queued.tasks.front().cloned() {
        let answer = owner.take(task, None).ok_or(TaskError::Terminated)?;
        queued.tasks.pop_front();
        let mut answers = Decoder::new(answer.as_bytes()?);
        for _ in chunk {
            results.push(answers.next("result").map_err(TaskError::Encoding)?);
        }
    }
    Ok(results)
}

/// The chunks whose results are outstanding, with the arguments in each.
#[derive(Debug)]
struct Queued<'a> {
    owner: &'a Owner,
    tasks: VecDeque<Chunk>,
    /// What becomes of the failures of those that are left.
    if_dropped: Asker,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.owner.with_table(|table| {
            for (task, _) in self.tasks.drain(..) {
                table.drop_holder(task, self.if_dropped);
            }
        });
    }
}

/// What both kinds of `imap` have in common.
#[derive(Debug)]
struct Ahead<I: Iterator, R> {
    call: Call,
    chunks: Chunks<I>,
    /// So many chunks may be outstanding.
    most: usize,
    /// Results that have come, and have not been given.
    ready: VecDeque<Result<R, ArgumentError>>,
}

impl<I: Iterator, R> Ahead<I, R>
where
    I::Item: Serialize,
{
    fn new(workers: usize, call: Call, chunk_size: Option<usize>, arguments: I) -> Ahead<I, R> {
        let size = chunk_size.unwrap_or(1).max(1);
        let most = workers.saturating_mul((AHEAD_PER_WORKER / size).max(CHUNKS_AHEAD_PER_WORKER));
        Ahead { call, chunks: Chunks::new(arguments, size), most, ready: VecDeque::new() }
    }

    /// Queues the next chunk; the failures, if it cannot be queued.
    fn queue(&mut self, owner: &Owner, asker: Asker) -> Option<Result<Chunk, Vec<ArgumentError>>> {
        let chunk = match self.chunks.next()? {
            Ok(chunk) => chunk,
            Err(failed) => return Some(Err(vec![failed])),
        };
        Some(match owner.submit(self.call, &self.chunks.bytes, asker) {
            Ok(task) => Ok((task, chunk)),
            Err(error) => Err(chunk.map(|argument| ArgumentError { argument, error: error.clone() }).collect()),
        })
    }
}

impl<I: Iterator, R> Ahead<I, R> {
    /// Nobody will ask for the results that have come.
    fn note_unasked(&mut self, owner: &Owner) {
        for failed in self.ready.drain(..).filter_map(Result::err) {
            owner.with_table(|table| table.note_unasked(Answer::failed(failed.error)));
        }
    }
}

/// Results in the order of their arguments: see [`Pool::imap`](super::Pool::imap).
#[derive(Debug)]
#[must_use = "tasks are queued as results are asked for"]
pub struct Imap<'a, I: Iterator, R> {
    ahead: Ahead<I, R>,
    queued: Queued<'a>,
    /// An argument that could not be queued, after those that are.
    failed: Vec<ArgumentError>,
}

impl<'a, I: Iterator, R> Imap<'a, I, R>
where
    I::Item: Serialize,
{
    pub(super) fn new(
        owner: &'a Owner,
        workers: usize,
        call: Call,
        chunk_size: Option<usize>,
        arguments: I,
    ) -> Imap<'a, I, R> {
        let queued = Queued { owner, tasks: VecDeque::new(), if_dropped: Asker::Nobody };
        Imap { ahead: Ahead::new(workers, call, chunk_size, arguments), queued, failed: Vec::new() }
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
        while self.failed.is_empty() && self.queued.tasks.len() < self.ahead.most {
            match self.ahead.queue(self.queued.owner, Asker::Holder) {
                Some(Ok(task)) => self.queued.tasks.push_back(task),
                Some(Err(failed)) => self.failed = failed,
                None => break,
            }
        }
        if self.ahead.ready.is_empty() {
            if let Some((task, chunk)) = self.queued.tasks.front().cloned() {
                let answer = self.queued.owner.take(task, None);
                let answer = answer.unwrap_or_else(|| Answer::failed(TaskError::Terminated));
                self.queued.tasks.pop_front();
                decode_chunk(&answer, chunk, &mut self.ahead.ready);
            } else {
                self.ahead.ready.extend(self.failed.drain(..).map(Err));
            }
        }
        self.ahead.ready.pop_front()
    }
}

impl<I: Iterator, R> Drop for Imap<'_, I, R> {
    fn drop(&mut self) {
        self.ahead.note_unasked(self.queued.owner);
    }
}

/// Results in the order in which they come: see [`Pool::imap_unordered`](super::Pool::imap_unordered).
#[derive(Debug)]
#[must_use = "tasks are queued as results are asked for"]
pub struct ImapUnordered<'a, I: Iterator, R> {
    ahead: Ahead<I, R>,
    owner: &'a Owner,
    stream: u64,
    outstanding: HashMap<TaskId, Range<usize>>,
}

impl<'a, I: Iterator, R> ImapUnordered<'a, I, R>
where
    I::Item: Serialize,
{
    pub(super) fn new(
        owner: &'a Owner,
        workers: usize,
        call: Call,
        chunk_size: Option<usize>,
        arguments: I,
    ) -> ImapUnordered<'a, I, R> {
        ImapUnordered {
            ahead: Ahead::new(workers, call, chunk_size, arguments),
            owner,
            stream: owner.with_table(|table| table.open_stream()),
            outstanding: HashMap::new(),
        }
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
        while self.ahead.ready.is_empty() && self.outstanding.len() < self.ahead.most {
            match self.ahead.queue(self.owner, Asker::Stream(self.stream)) {
                Some(Ok((task, chunk))) => drop(self.outstanding.insert(task, chunk)),
                Some(Err(failed)) => self.ahead.ready.extend(failed.into_iter().map(Err)),
                None => break,
            }
        }
        if self.ahead.ready.is_empty() {
            if self.outstanding.is_empty() {
                return None;
            }
            match self.owner.next_in_stream(self.stream) {
                Ok((task, answer)) => {
                    let chunk = self.outstanding.remove(&task).unwrap_or_default();
                    decode_chunk(&answer, chunk, &mut self.ahead.ready);
                }
                // Nothing more will come.
                Err(error) => {
                    let arguments = self.outstanding.drain().flat_map(|(_, chunk)| chunk);
                    let failed = arguments.map(|argument| Err(ArgumentError { argument, error: error.clone() }));
                    self.ahead.ready.extend(failed);
                }
            }
        }
        self.ahead.ready.pop_front()
    }
}

impl<I: Iterator, R> Drop for ImapUnordered<'_, I, R> {
    fn drop(&mut self) {
        self.owner.with_table(|table| table.close_stream(self.stream));
        self.ahead.note_unasked(self.owner);
    }
}
