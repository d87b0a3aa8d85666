//! How a task and an answer lie in the rings: a header, then bytes.

use std::io;
use std::num::NonZeroU32;

/// Names a task among all tasks of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TaskId {
    /// Tells tasks apart that have the same index one after the other.
    pub(super) generation: NonZeroU32,
    pub(super) index: u32,
}

impl TaskId {
    /// `None` for 0, which names no task.
    pub(super) fn from_word(word: u64) -> Option<TaskId> {
        let generation = NonZeroU32::new((word >> 32) as u32)?;
        Some(TaskId { generation, index: word as u32 })
    }

    pub(super) fn to_word(self) -> u64 {
        u64::from(self.generation.get()) << 32 | u64::from(self.index)
    }
}

/// Before the encoded argument.
#[derive(Debug, Clone, Copy)]
pub(super) struct TaskHeader {
    /// `None`: no task; the worker that takes it ends.
    pub(super) task: Option<TaskId>,
    /// The addresses of a [`Code`](super::code::Code).
    pub(super) code: (usize, usize),
    /// How long the task may take, in nanoseconds; 0: as long as it likes. Less than 2⁶³.
    pub(super) time_limit: u64,
    /// What follows is not the argument but its length, in eight bytes.
    pub(super) is_long: bool,
}

const LONG: u64 = 1 << 63;

impl TaskHeader {
    pub(super) const SIZE: usize = 32;

    /// What ends a worker.
    pub(super) const STOP: TaskHeader = TaskHeader { task: None, code: (0, 0), time_limit: 0, is_long: false };

    pub(super) fn to_bytes(self) -> [u8; TaskHeader::SIZE] {
        let rest = self.time_limit | if self.is_long { LONG } else { 0 };
        to_bytes([self.task.map_or(0, TaskId::to_word), self.code.0 as u64, self.code.1 as u64, rest])
    }

    pub(super) fn split(record: &[u8]) -> Option<(TaskHeader, &[u8])> {
        let (header, bytes) = record.split_first_chunk::<{ TaskHeader::SIZE }>()?;
        let [task, runner, function, rest] = from_bytes(header);
        let code = (runner as usize, function as usize);
        let header =
            TaskHeader { task: TaskId::from_word(task), code, time_limit: rest & !LONG, is_long: rest & LONG != 0 };
        Some((header, bytes))
    }

    /// The length of an argument that does not follow its header.
    pub(super) fn length_if_long(self, argument: &[u8]) -> io::Result<Option<usize>> {
        if !self.is_long {
            return Ok(None);
        }
        let length = argument.first_chunk().map(|length| u64::from_le_bytes(*length) as usize);
        length.map(Some).ok_or_else(overwritten)
    }
}

/// Before an answer, or a piece of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerHeader {
    pub(super) task: TaskId,
    /// Who answers: pieces of one worker follow each other.
    pub(super) worker: u32,
    pub(super) kind: Kind,
    /// The answer goes on in this worker's next piece.
    pub(super) more: bool,
}

/// What an answer's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The encoded result.
    Value,
    /// Message and place of a panic.
    Panic,
    /// Why the argument could not be decoded or the result not be encoded.
    Encoding,
    /// An [`Obituary`](super::worker::Obituary), told by the dead worker's successor.
    Death,
}

impl AnswerHeader {
    const SIZE: usize = 16;

    pub(super) fn to_bytes(self) -> [u8; AnswerHeader::SIZE] {
        let kind = match self.kind {
            Kind::Value => 0,
            Kind::Panic => 1,
            Kind::Encoding => 2,
            Kind::Death => 3,
        };
        to_bytes([self.task.to_word(), u64::from(self.worker) << 32 | u64::from(self.more) << 8 | kind])
    }

    pub(super) fn split(record: &[u8]) -> Option<(AnswerHeader, &[u8])> {
        let (header, bytes) = record.split_first_chunk::<{ AnswerHeader::SIZE }>()?;
        let [task, rest] = from_bytes(header);
        let kind = match rest & 0xff {
            0 => Kind::Value,
            1 => Kind::Panic,
            2 => Kind::Encoding,
            3 => Kind::Death,
            _ => return None,
        };
        let more = rest >> 8 & 1 == 1;
        Some((AnswerHeader { task: TaskId::from_word(task)?, worker: (rest >> 32) as u32, kind, more }, bytes))
    }
}

fn to_bytes<const WORDS: usize, const BYTES: usize>(words: [u64; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    bytes
}

fn from_bytes<const WORDS: usize, const BYTES: usize>(bytes: &[u8; BYTES]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (word, place) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*place);
    }
    words
}

/// What a record that cannot be read means: the pool's own processes write none.
pub(super) fn overwritten() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "somebody has overwritten the memory that the pool's processes share")
}
