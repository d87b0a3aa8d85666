//! How a task and an answer lie in the rings: a header, then bytes.

use std::num::NonZeroU32;

/// Names a task among all tasks of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The address of a [`Code`](super::task::Code).
    pub(super) code: usize,
}

impl TaskHeader {
    pub(super) const SIZE: usize = 16;

    pub(super) fn to_bytes(self) -> [u8; TaskHeader::SIZE] {
        words(self.task.map_or(0, TaskId::to_word), self.code as u64)
    }

    pub(super) fn split(record: &[u8]) -> Option<(TaskHeader, &[u8])> {
        let (task, code, bytes) = split(record)?;
        Some((TaskHeader { task: TaskId::from_word(task), code: code as usize }, bytes))
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
    pub(super) fn to_bytes(self) -> [u8; TaskHeader::SIZE] {
        let kind = match self.kind {
            Kind::Value => 0,
            Kind::Panic => 1,
            Kind::Encoding => 2,
            Kind::Death => 3,
        };
        words(self.task.to_word(), u64::from(self.worker) << 32 | u64::from(self.more) << 8 | kind)
    }

    pub(super) fn split(record: &[u8]) -> Option<(AnswerHeader, &[u8])> {
        let (task, rest, bytes) = split(record)?;
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

fn words(first: u64, second: u64) -> [u8; 16] {
    // Two words as one number, the first in the low half.
    (u128::from(second) << 64 | u128::from(first)).to_le_bytes()
}

fn split(record: &[u8]) -> Option<(u64, u64, &[u8])> {
    let (header, bytes) = record.split_first_chunk::<16>()?;
    let both = u128::from_le_bytes(*header);
    Some((both as u64, (both >> 64) as u64, bytes))
}
