//! The tasks whose answers somebody may still want.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;

use super::error::{JoinError, TaskError};
use super::record::TaskId;

/// What became of a task.
#[derive(Debug)]
pub(super) enum Answer {
    /// An encoded result, short enough to need no allocation: a million of them may wait.
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
    Failed(Box<TaskError>),
}

/// As many bytes as fit beside the length without making an `Answer` larger.
const SHORT: usize = 22;

impl Answer {
    pub(super) fn value(bytes: &[u8]) -> Answer {
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Answer::Short(bytes.len() as u8, short)
            }
            None => Answer::Long(bytes.into()),
        }
    }

    pub(super) fn failed(error: TaskError) -> Answer {
        Answer::Failed(Box::new(error))
    }

    pub(super) fn as_bytes(&self) -> Result<&[u8], TaskError> {
        match self {
            Answer::Short(length, bytes) => Ok(&bytes[..usize::from(*length)]),
            Answer::Long(bytes) => Ok(bytes),
            Answer::Failed(error) => Err((**error).clone()),
        }
    }
}

/// Who wants the answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asker {
    /// The one who holds the task's name will ask for it.
    Holder,
    /// Nobody: a failure is kept for `ClosedPool::join`.
    Nobody,
    /// Nobody, and whoever dropped it knows of a failure already.
    Abandoned,
    /// It is put into the stream of this number.
    Stream(u64),
    /// It is for the callback of this number.
    Callback(u64),
}

/// What is called with the answer.
pub(super) type Callback = Box<dyn FnOnce(Answer) + Send>;

/// Grows with the number of tasks whose answer is outstanding or not yet asked for, and not with those that ever were.
#[derive(Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    free: Vec<u32>,
    unanswered: usize,
    streams: HashMap<u64, VecDeque<(TaskId, Answer)>>,
    callbacks: HashMap<u64, Callback>,
    /// Callbacks to be called, by somebody who does not hold the table.
    due: VecDeque<(Callback, Answer)>,
    last_number: u64,
    unasked: JoinError,
}

#[derive(Debug)]
struct Entry {
    generation: NonZeroU32,
    state: State,
}

#[derive(Debug)]
enum State {
    Free,
    Unanswered(Asker),
    Answered(Answer),
}

impl Table {
    pub(super) fn insert(&mut self, asker: Asker) -> TaskId {
        self.unanswered += 1;
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry { generation: NonZeroU32::MAX, state: State::Free });
            (self.entries.len() - 1) as u32
        });
        let entry = &mut self.entries[index as usize];
        entry.generation = entry.generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        entry.state = State::Unanswered(asker);
        TaskId { generation: entry.generation, index }
    }

    /// Takes back a task that was just inserted and could not be queued.
    pub(super) fn remove(&mut self, task: TaskId) {
        if self.entry(task).is_some() {
            self.unanswered -= 1;
            self.release(task);
        }
    }

    pub(super) fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// The first answer counts. Whatever else is said of a task later (its worker died after it had answered) is ignored.
    pub(super) fn answer(&mut self, task: TaskId, answer: Answer) {
        let Some(state) = self.entry(task) else { return };
        let State::Unanswered(asker) = *state else { return };
        if let Asker::Holder = asker {
            *state = State::Answered(answer);
        } else {
            self.release(task);
            match asker {
                Asker::Stream(stream) => self.put_in_stream(stream, task, answer),
                Asker::Callback(number) => self.due.extend(self.callbacks.remove(&number).map(|f| (f, answer))),
                Asker::Nobody => self.note_unasked(answer),
                Asker::Holder | Asker::Abandoned => {}
            }
        }
        self.unanswered -= 1;
    }

    /// Answers every task that has no answer.
    pub(super) fn fail_all(&mut self, error: &TaskError) {
        for index in 0..self.entries.len() {
            let task = TaskId { generation: self.entries[index].generation, index: index as u32 };
            self.answer(task, Answer::failed(error.clone()));
        }
    }

    /// The answer, once; `None` while there is none.
    pub(super) fn take(&mut self, task: TaskId) -> Option<Answer> {
        let state = self.entry(task)?;
        if !matches!(state, State::Answered(_)) {
            return None;
        }
        let State::Answered(answer) = std::mem::replace(state, State::Free) else { return None };
        self.free.push(task.index);
        Some(answer)
    }

    /// The holder will not ask.
    pub(super) fn drop_holder(&mut self, task: TaskId, asker: Asker) {
        if let Some(State::Unanswered(a)) = self.entry(task) {
            *a = asker;
        } else if let Some(answer) = self.take(task)
            && let Asker::Nobody = asker
        {
            self.note_unasked(answer);
        }
    }

    pub(super) fn is_unanswered(&mut self, task: TaskId) -> bool {
        matches!(self.entry(task), Some(State::Unanswered(_)))
    }

    /// Whether the answer is there and has not been given.
    pub(super) fn is_answered(&mut self, task: TaskId) -> bool {
        matches!(self.entry(task), Some(State::Answered(_)))
    }

    pub(super) fn open_stream(&mut self) -> u64 {
        self.last_number += 1;
        self.streams.insert(self.last_number, VecDeque::new());
        self.last_number
    }

    pub(super) fn next_in_stream(&mut self, stream: u64) -> Option<(TaskId, Answer)> {
        self.streams.get_mut(&stream)?.pop_front()
    }

    /// Nobody listens to the stream any more: failures are kept for `ClosedPool::join`.
    pub(super) fn close_stream(&mut self, stream: u64) {
        for (_, answer) in self.streams.remove(&stream).unwrap_or_default() {
            self.note_unasked(answer);
        }
    }

    pub(super) fn add_callback(&mut self, callback: Callback) -> u64 {
        self.last_number += 1;
        self.callbacks.insert(self.last_number, callback);
        self.last_number
    }

    /// The task could not be queued.
    pub(super) fn remove_callback(&mut self, number: u64) {
        self.callbacks.remove(&number);
    }

    pub(super) fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    pub(super) fn take_due(&mut self) -> Option<(Callback, Answer)> {
        self.due.pop_front()
    }

    pub(super) fn note_unasked(&mut self, answer: Answer) {
        if let Answer::Failed(error) = answer {
            self.unasked.add(*error);
        }
    }

    /// The failures nobody asked for so far.
    pub(super) fn take_unasked(&mut self) -> JoinError {
        std::mem::take(&mut self.unasked)
    }

    fn put_in_stream(&mut self, stream: u64, task: TaskId, answer: Answer) {
        match self.streams.get_mut(&stream) {
            Some(stream) => stream.push_back((task, answer)),
            None => self.note_unasked(answer),
        }
    }

    fn release(&mut self, task: TaskId) {
        if let Some(state) = self.entry(task) {
            *state = State::Free;
            self.free.push(task.index);
        }
    }

    fn entry(&mut self, task: TaskId) -> Option<&mut State> {
        let entry = self.entries.get_mut(task.index as usize)?;
        (entry.generation == task.generation).then_some(&mut entry.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn died() -> Answer {
        Answer::failed(TaskError::WorkerDied { pid: 1, status: None })
    }

    #[test]
    fn a_million_answers_need_no_more_than_32_bytes_each() {
        assert!(size_of::<Entry>() <= 32, "{}", size_of::<Entry>());
    }

    #[test]
    fn the_first_answer_counts() {
        let mut table = Table::default();
        let task = table.insert(Asker::Holder);
        table.answer(task, Answer::value(&[7]));
        table.answer(task, died());
        assert_eq!(table.unanswered(), 0);
        assert_eq!(table.take(task).expect("answered").as_bytes(), Ok([7].as_slice()));
        assert!(table.take(task).is_none(), "an answer is given once");
    }

    #[test]
    fn a_late_word_about_a_task_does_not_hit_the_one_that_has_its_entry_now() {
        let mut table = Table::default();
        let old = table.insert(Asker::Holder);
        table.answer(old, Answer::value(&[]));
        table.take(old);
        let new = table.insert(Asker::Holder);
        table.answer(old, died());
        assert_eq!(table.unanswered(), 1);
        assert!(table.take(new).is_none());
        assert_eq!(table.entries.len(), 1, "entries are used again");
    }

    #[test]
    fn failures_nobody_asks_for_are_kept_whenever_the_holder_goes() {
        let mut table = Table::default();
        let before = table.insert(Asker::Holder);
        table.drop_holder(before, Asker::Nobody);
        table.answer(before, died());
        let after = table.insert(Asker::Holder);
        table.answer(after, died());
        table.drop_holder(after, Asker::Nobody);
        let known = table.insert(Asker::Holder);
        table.drop_holder(known, Asker::Abandoned);
        table.answer(known, died());
        assert_eq!(table.take_unasked().failures(), 2);
        assert_eq!(table.free.len(), table.entries.len());
    }

    #[test]
    fn short_answers_are_kept_in_place_and_long_ones_whole() {
        for length in [0, 1, SHORT, SHORT + 1, 1000] {
            let bytes = vec![5; length];
            let answer = Answer::value(&bytes);
            assert_eq!(matches!(answer, Answer::Short(..)), length <= SHORT);
            assert_eq!(answer.as_bytes(), Ok(bytes.as_slice()));
        }
    }
}
