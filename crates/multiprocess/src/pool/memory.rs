//! What a pool's owner, its fork server and its workers share: a ring of tasks, a ring of answers, a slot for each worker.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};

use super::fatal_error::FatalError;
use super::record::overwritten;
use super::record::{AnswerHeader, Kind, TaskHeader, TaskId};
use crate::explain::explain;
use crate::shared::bell::Bell;
use crate::shared::mapping::Mapping;
use crate::shared::ring::{Encoded, PutError, Ring};
use crate::shared::wait::Wait;

/// How many bytes there is room for. Only what is used costs memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Of tasks that are queued.
    pub(super) tasks: usize,
    /// Of answers that wait for the owner to collect them.
    pub(super) answers: usize,
}

impl Sizes {
    /// Less is of no use: not much more than a header would fit.
    pub(super) const LEAST: usize = 4096;

    /// What a pool has if nothing else is said.
    pub(super) const USUAL: Sizes = Sizes { tasks: 64 << 20, answers: 4 << 20 };
}

/// An argument that is longer than the ring of tasks goes through a ring of its own, of so many bytes, in pieces.
const LONG_ARGUMENTS: usize = 2 << 20;
const PIECE_OF_ARGUMENT: usize = 256 << 10;

/// A longer answer goes in pieces, so that one worker does not fill the ring: no longer than this, nor than a quarter of
/// the ring.
const LONGEST_PIECE: usize = 1 << 20;

/// So many tasks that have been cancelled while they were queued are remembered, at least; memory is used for those that are.
const CANCELLED: usize = 1 << 20;

pub(super) struct Memory {
    control: Mapping,
    /// A [`Hall`], and then a slot for each worker. It is a mapping of its own so that those who work do not write where the
    /// owner and the fork server look all the time.
    slots: Mapping,
    workers: usize,
    /// From the owner, with which all workers end, to whichever worker is free.
    tasks: Ring,
    /// From the owner to the worker that has taken the one task whose argument is being sent like this.
    long_arguments: Ring,
    /// From the workers to the owner.
    answers: Ring,
    /// The names of tasks that have been cancelled, each at its index modulo [`CANCELLED`].
    cancelled: Mapping,
    longest_piece: usize,
    pub(super) owner_bell: Bell,
}

/// What is known about the pool as a whole.
#[repr(C, align(64))]
pub(super) struct Control {
    /// The fork server has started every worker.
    pub(super) started: AtomicBool,
    /// Every task is answered and none will follow: a worker that ends is not replaced.
    pub(super) closing: AtomicBool,
    /// The workers are to be killed.
    pub(super) terminating: AtomicBool,
    /// Not 0: the owner waits, or is about to, until there are so many answers, or enough to fill half of their ring.
    answers_wanted: AtomicU32,
    /// Why the fork server ended without having been asked to.
    pub(super) fatal_error: FatalError,
}

/// What concerns all workers.
#[repr(C, align(64))]
struct Hall {
    /// Not 0: the owner waits for room, until fewer tasks than this are queued.
    room_wanted: AtomicU32,
    /// The worker that was last at the front of the task ring. Written by whoever holds the ring's head.
    last_taker: AtomicU32,
    /// The owner waits for the worker that reads a long argument.
    reader_wanted: AtomicBool,
    /// Some task has been cancelled.
    any_cancelled: AtomicBool,
}

/// What is known about one worker.
#[repr(C, align(128))]
pub(super) struct Slot {
    /// The task in the worker's hands, or 0; with [`DOOMED`] if the worker is to be killed for it.
    task: AtomicU64,
    /// The number in the ring of the last task it took, or meant to take.
    number: AtomicU32,
    /// The worker's process, or 0.
    pub(super) pid: AtomicU32,
    /// The worker has handed in the obituaries of those who had this slot before it.
    pub(super) obituaries_told: AtomicBool,
    /// The worker has come to where it takes tasks.
    pub(super) ready: AtomicBool,
    /// The worker has done a task.
    pub(super) has_worked: AtomicBool,
    /// How long the task in the worker's hands may take, in nanoseconds, or 0.
    pub(super) time_limit: AtomicU64,
    /// When that time is over, in nanoseconds of the monotonic clock.
    pub(super) deadline: AtomicU64,
}

/// In [`Slot::task`], beside the task's name. (An index has 31 bits: a table so long would be 64 GiB.)
const DOOMED: u64 = 1 << 31;

/// What the owner waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// So many answers.
    pub(super) answers: usize,
    /// Room among so many tasks, too.
    pub(super) room_among: Option<usize>,
    /// Also that the worker that reads a long argument comes so far.
    pub(super) reader: Option<Reader>,
}

/// How far the worker has come that reads a long argument.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reader {
    /// There is room for more.
    HasMadeRoom,
    /// It has read all there is.
    IsDone,
}

impl Wanted {
    /// The next answer.
    pub(super) const ANSWER: Wanted = Wanted { answers: 1, room_among: None, reader: None };
}

/// Where in their mapping the slots begin.
const SLOTS: usize = size_of::<Hall>().next_multiple_of(align_of::<Slot>());

impl Memory {
    pub(super) fn new(workers: usize, sizes: Sizes) -> io::Result<Memory> {
        let too_many = || io::Error::new(io::ErrorKind::InvalidInput, format!("a pool of {workers} worker processes"));
        let slots = workers.checked_mul(size_of::<Slot>()).and_then(|d| d.checked_add(SLOTS)).ok_or_else(too_many)?;
        Ok(Memory {
            control: Mapping::new(c"multiprocess-pool", size_of::<Control>(), 0)?,
            slots: Mapping::new(c"multiprocess-pool-slots", slots, 0)?,
            workers,
            tasks: Ring::from_one_process(sizes.tasks)?,
            long_arguments: Ring::from_one_process(LONG_ARGUMENTS)?,
            answers: Ring::new(sizes.answers)?,
            cancelled: Mapping::new(c"multiprocess-pool-cancelled", CANCELLED * size_of::<AtomicU64>(), 0)?,
            longest_piece: LONGEST_PIECE.min(sizes.answers / 4),
            owner_bell: Bell::new()
                .map_err(|error| explain(error, format_args!("could not get a descriptor for a pool's answers")))?,
        })
    }

    pub(super) fn control(&self) -> &Control {
        // SAFETY: the mapping begins with a Control, which is all atomics, for which the kernel's zeros are right, and it
        // lives as long as `self`.
        unsafe { self.control.head().cast().as_ref() }
    }

    fn hall(&self) -> &Hall {
        // SAFETY: as `control`; this mapping begins with a Hall.
        unsafe { self.slots.head().cast().as_ref() }
    }

    pub(super) fn slot(&self, worker: usize) -> &Slot {
        assert!(worker < self.workers, "worker {worker} of {}", self.workers);
        // SAFETY: `new` made room for so many slots there; they are aligned, and all atomics, for which zeros are right.
        unsafe { self.slots.head().add(SLOTS).cast::<Slot>().add(worker).as_ref() }
    }

    /// Queues a task. `false`: there is no room.
    pub(super) fn put_task(&self, wait: Wait, header: TaskHeader, argument: &[u8]) -> io::Result<bool> {
        put(&self.tasks, wait, &header.to_bytes(), argument)
    }

    /// Takes the next task, waiting for one (`None`: there is none within that time): its argument is copied to `argument`.
    /// What waits for room is to be [called](Self::call_owner_if_wanted) afterwards.
    ///
    /// A worker may be killed at any instruction. So it notes in its slot which task it is about to take before the
    /// one store that takes it. When it dies in between, whoever uses the front of the ring next strikes that out.
    pub(super) fn take_task(
        &self,
        wait: Wait,
        worker: usize,
        argument: &mut Vec<u8>,
    ) -> io::Result<Option<TaskHeader>> {
        let slot = self.slot(worker);
        let hall = self.hall();
        let taken = self.tasks.take(
            wait,
            |front| self.strike_out(front),
            |front| {
                let (header, bytes) = TaskHeader::split(front.bytes)?;
                if let Some(task) = header.task {
                    hall.last_taker.store(worker as u32, Ordering::Relaxed);
                    slot.number.store(front.number, Ordering::Relaxed);
                    // After the number, so that a note is never without it.
                    slot.task.store(task.to_word(), Ordering::Release);
                }
                argument.clear();
                argument.extend_from_slice(bytes);
                Some(header)
            },
        )?;
        taken.map(|task| task.ok_or_else(overwritten)).transpose()
    }

    /// Whether the owner has cancelled the task that the worker has just taken. If not, it will kill the worker for it.
    ///
    /// The owner notes the cancellation, then looks at the slots; the worker notes the task in its slot, then looks at the
    /// cancellations. With a fence between the two (here: the one in [`call_owner_if_wanted`](Self::call_owner_if_wanted),
    /// which follows whenever a task was taken) one of them sees the other's note.
    pub(super) fn is_cancelled(&self, task: TaskId) -> bool {
        self.hall().any_cancelled.load(Ordering::Relaxed)
            && self.cancellation(task).load(Ordering::Relaxed) == task.to_word()
    }

    /// Lets the task not be run, or its worker be killed: `true`, if it has one, which the fork server has to be told.
    pub(super) fn cancel(&self, task: TaskId) -> bool {
        self.cancellation(task).store(task.to_word(), Ordering::Relaxed);
        self.hall().any_cancelled.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        // A worker that has put the task down meanwhile is not hit: it may have another one in its hands.
        let doom = |slot: &Slot| {
            let word = task.to_word();
            slot.task.compare_exchange(word, word | DOOMED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        };
        (0..self.workers).any(|worker| doom(self.slot(worker)))
    }

    /// Whether the worker is to be killed for the task in its hands, which it will not put down.
    pub(super) fn is_doomed(&self, worker: usize) -> bool {
        self.slot(worker).task.load(Ordering::Acquire) & DOOMED != 0
    }

    fn cancellation(&self, task: TaskId) -> &AtomicU64 {
        let index = task.index as usize % CANCELLED;
        // SAFETY: the mapping has room for so many, from its start; zeros are right for atomics.
        unsafe { self.cancelled.head().cast::<AtomicU64>().add(index).as_ref() }
    }

    /// Sends the next piece of an argument, from `done` bytes on, to the worker that has taken the task: the length of the
    /// piece, or `None` when there is no room.
    pub(super) fn put_piece(&self, task: TaskId, argument: &[u8], done: usize) -> io::Result<Option<usize>> {
        let rest = &argument[done..];
        let piece = &rest[..rest.len().min(PIECE_OF_ARGUMENT)];
        let is_put = put(&self.long_arguments, Wait::No, &task.to_word().to_le_bytes(), piece)?;
        Ok(is_put.then_some(piece.len()))
    }

    /// Whether all pieces have been taken.
    pub(super) fn no_pieces_left(&self) -> bool {
        self.long_arguments.is_empty()
    }

    /// Whether some worker, alive or not reaped yet, has this task.
    pub(super) fn is_in_hands(&self, task: TaskId) -> bool {
        (0..self.workers).any(|worker| self.slot(worker).task.load(Ordering::Acquire) & !DOOMED == task.to_word())
    }

    /// Receives an argument of so many bytes in pieces, waiting for them.
    pub(super) fn take_pieces(&self, task: TaskId, length: usize, argument: &mut Vec<u8>) -> io::Result<()> {
        argument.clear();
        while argument.len() < length {
            let taken = self.long_arguments.take(
                Wait::Forever,
                |_| {},
                |front| {
                    let (word, piece) = front.bytes.split_first_chunk()?;
                    // There may be pieces left that were meant for a worker that has died. (For one that lives there are
                    // none: the owner sees to it that one at a time reads.)
                    if u64::from_le_bytes(*word) == task.to_word() {
                        argument.extend_from_slice(piece);
                    }
                    Some(())
                },
            )?;
            taken.flatten().ok_or_else(overwritten)?;
            // As in `call_owner_if_wanted`.
            fence(Ordering::SeqCst);
            if self.hall().reader_wanted.swap(false, Ordering::Relaxed) {
                self.owner_bell.ring();
            }
        }
        Ok(())
    }

    /// The task that a worker had in its hands when it died. Empties them.
    pub(super) fn task_of_dead(&self, worker: usize) -> io::Result<Option<TaskId>> {
        let noted = || TaskId::from_word(self.slot(worker).task.load(Ordering::Relaxed) & !DOOMED);
        if noted().is_some() {
            // It may not have come to take it.
            self.tasks.settle(|front| self.strike_out(front))?;
        }
        let task = noted();
        self.slot(worker).task.store(0, Ordering::Release);
        Ok(task)
    }

    /// The last taker died holding the ring's head, and the task at the front is still there: if it had noted that one, it has
    /// not taken it.
    fn strike_out(&self, front: u32) {
        let slot = self.slot(self.hall().last_taker.load(Ordering::Relaxed) as usize);
        if slot.number.load(Ordering::Relaxed) == front {
            slot.task.store(0, Ordering::Relaxed);
        }
    }

    /// Makes a slot ready for a new worker.
    pub(super) fn clear_slot(&self, worker: usize) {
        let slot = self.slot(worker);
        slot.task.store(0, Ordering::Relaxed);
        slot.obituaries_told.store(false, Ordering::Relaxed);
        slot.ready.store(false, Ordering::Relaxed);
        slot.has_worked.store(false, Ordering::Relaxed);
        slot.time_limit.store(0, Ordering::Relaxed);
        slot.pid.store(0, Ordering::Relaxed);
    }

    /// Says that the worker's task is answered. `false`: the worker is to be killed.
    pub(super) fn put_down_task(&self, worker: usize, task: TaskId) -> bool {
        let slot = self.slot(worker);
        slot.has_worked.store(true, Ordering::Relaxed);
        slot.task.compare_exchange(task.to_word(), 0, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Puts an answer where the owner will find it, in pieces if it is long, waiting for room. After the last the owner is
    /// to be [called](Self::call_owner_if_wanted).
    pub(super) fn put_answer(&self, task: TaskId, worker: usize, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        let mut header = AnswerHeader { task, worker: worker as u32, kind, more: true };
        let mut rest = bytes;
        while let Some((piece, after)) = rest.split_at_checked(self.longest_piece) {
            put(&self.answers, Wait::Forever, &header.to_bytes(), piece)?;
            self.call_owner_if_wanted();
            rest = after;
        }
        header.more = false;
        put(&self.answers, Wait::Forever, &header.to_bytes(), rest).map(drop)
    }

    /// Hands in an answer in one piece, without a call to the owner: somebody else will call. `None`: it is too long for
    /// that. `Some(false)`: there is no room. (When there is none, the owner has been called by whoever took the last.)
    pub(super) fn put_answer_silently(
        &self,
        wait: Wait,
        task: TaskId,
        worker: usize,
        kind: Kind,
        bytes: &[u8],
    ) -> io::Result<Option<bool>> {
        if bytes.len() >= self.longest_piece {
            return Ok(None);
        }
        let header = AnswerHeader { task, worker: worker as u32, kind, more: false };
        put(&self.answers, wait, &header.to_bytes(), bytes).map(Some)
    }

    /// Wakes the owner if it waits for what has come: for answers, or for room among the tasks.
    pub(super) fn call_owner_if_wanted(&self) {
        let (answers_wanted, room_wanted) = (&self.control().answers_wanted, &self.hall().room_wanted);
        // Either the owner's look at the rings, after its own fence, comes later, or we see what it wants.
        fence(Ordering::SeqCst);
        let (answers, tasks) = (answers_wanted.load(Ordering::Relaxed), room_wanted.load(Ordering::Relaxed));
        let is_answered = answers != 0 && self.are_enough(answers);
        let has_room = tasks != 0 && self.tasks.len() < tasks as usize;
        if is_answered {
            answers_wanted.store(0, Ordering::Relaxed);
        }
        if has_room {
            room_wanted.store(0, Ordering::Relaxed);
        }
        if is_answered || has_room {
            self.owner_bell.ring();
        }
    }

    /// Whether so many answers are there, or so much of them that the next piece may find no room.
    fn are_enough(&self, answers: u32) -> bool {
        // Most want the next one, and need not ask how many there are.
        match answers {
            1 => !self.answers.is_empty(),
            _ => self.answers.len() >= answers as usize || self.answers.is_half_full(),
        }
    }

    /// Collects the next piece of an answer, if there is one. `read` gives nothing when it cannot be one.
    pub(super) fn take_answer<R>(&self, read: impl FnOnce(AnswerHeader, &[u8]) -> Option<R>) -> io::Result<Option<R>> {
        if self.answers.is_empty() {
            return Ok(None);
        }
        let taken = self.answers.take(
            Wait::No,
            |_| {},
            |front| AnswerHeader::split(front.bytes).and_then(|(header, bytes)| read(header, bytes)),
        )?;
        taken.map(|taken| taken.ok_or_else(overwritten)).transpose()
    }

    /// Asks to be called (see [`call_owner_if_wanted`](Self::call_owner_if_wanted)). `true`: the owner may wait for it now. `false`: there is something to do already.
    pub(super) fn owner_may_wait(&self, wanted: Wanted) -> bool {
        let control = self.control();
        let answers = u32::try_from(wanted.answers.max(1)).unwrap_or(u32::MAX);
        control.answers_wanted.store(answers, Ordering::Relaxed);
        if wanted.reader.is_some() {
            self.hall().reader_wanted.store(true, Ordering::Relaxed);
        }
        // Not for the first bit of room: every wait costs more than many tasks.
        let tasks = wanted.room_among.map_or(0, |tasks| tasks / 2 + 1);
        if tasks != 0 {
            self.hall().room_wanted.store(tasks as u32, Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
        !self.are_enough(answers)
            && (tasks == 0 || self.tasks.len() >= tasks)
            && match wanted.reader {
                None => true,
                Some(Reader::HasMadeRoom) => self.long_arguments.is_half_full(),
                Some(Reader::IsDone) => !self.long_arguments.is_empty(),
            }
    }

    pub(super) fn owner_waits_no_more(&self) {
        self.control().answers_wanted.store(0, Ordering::Relaxed);
    }

    /// The workers' processes, as far as there are any now.
    pub(super) fn pids(&self) -> Vec<u32> {
        let pids = (0..self.workers).map(|worker| self.slot(worker).pid.load(Ordering::Relaxed));
        pids.filter(|&pid| pid != 0).collect()
    }

    pub(super) fn queued(&self) -> usize {
        self.tasks.len()
    }

    /// Whether an argument of so many bytes can be queued.
    pub(super) fn has_place_for(&self, argument: usize) -> bool {
        argument <= self.tasks.capacity() - TaskHeader::SIZE
    }
}

/// Puts one record of two parts. `false`: there is no room.
fn put(ring: &Ring, wait: Wait, header: &[u8], bytes: &[u8]) -> io::Result<bool> {
    let size = header.len() + bytes.len();
    let outcome = ring.put::<std::convert::Infallible>(wait, |space| {
        Ok(match space.get_mut(..size) {
            Some(space) => {
                let (first, second) = space.split_at_mut(header.len());
                first.copy_from_slice(header);
                second.copy_from_slice(bytes);
                Encoded::Whole(size)
            }
            None => Encoded::Needs(size),
        })
    });
    match outcome {
        Ok(()) => Ok(true),
        // Nobody closes these rings, or splits them.
        Err(PutError::Full | PutError::Closed | PutError::Disconnected) => Ok(false),
        Err(PutError::TooLarge(size)) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{size} bytes are more than a pool's ring of {} bytes can hold", ring.capacity()),
        )),
        Err(PutError::System(error)) => Err(error),
    }
}
