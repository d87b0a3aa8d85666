//! What a pool's owner, its fork server and its workers share: a ring of tasks, a ring of answers, a desk for each worker.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};

use super::bell::Bell;
use super::complaint::Complaint;
use super::record::{AnswerHeader, TaskHeader, TaskId};
use crate::explain::explain;
use crate::shared::mapping::Mapping;
use crate::shared::ring::{Encoded, PutError, Ring};
use crate::shared::wait::Wait;

/// How many bytes of tasks may be queued. Only what is used costs memory.
const TASKS: usize = 64 << 20;

/// How many bytes of answers may wait for the owner to collect them.
const ANSWERS: usize = 4 << 20;

/// A longer answer goes in pieces of this size, so that one worker does not fill the ring.
pub(super) const PIECE: usize = 1 << 20;

pub(super) struct Memory {
    control: Mapping,
    /// A [`Hall`], and then a desk for each worker. It is a mapping of its own so that those who work do not write where the
    /// owner and the fork server look all the time.
    desks: Mapping,
    workers: usize,
    /// From the owner, with which all workers end, to whichever worker is free.
    tasks: Ring,
    /// From the workers to the owner.
    answers: Ring,
    pub(super) owner_bell: Bell,
    pub(super) server_bell: Bell,
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
    pub(super) complaint: Complaint,
}

/// What concerns all workers.
#[repr(C, align(64))]
struct Hall {
    /// Not 0: the owner waits for room, until fewer tasks than this are queued.
    room_wanted: AtomicU32,
    /// The worker that was last at the front of the task ring. Written by whoever holds the ring's head.
    last_taker: AtomicU32,
}

/// What is known about one worker.
#[repr(C, align(128))]
pub(super) struct Desk {
    /// The task in the worker's hands, or 0.
    task: AtomicU64,
    /// The number in the ring of the last task it took, or meant to take.
    number: AtomicU32,
    /// The worker has handed in the obituaries of those who sat here before it.
    pub(super) obituaries_told: AtomicBool,
    /// The worker has done a task.
    pub(super) has_worked: AtomicBool,
}

/// What the owner waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// So many answers.
    pub(super) answers: usize,
    /// Room among so many tasks, too.
    pub(super) room_among: Option<usize>,
}

impl Wanted {
    /// The next answer.
    pub(super) const ANSWER: Wanted = Wanted { answers: 1, room_among: None };
}

/// Where in their mapping the desks begin.
const DESKS: usize = size_of::<Hall>().next_multiple_of(align_of::<Desk>());

impl Memory {
    pub(super) fn new(workers: usize) -> io::Result<Memory> {
        let too_many = || io::Error::new(io::ErrorKind::InvalidInput, format!("a pool of {workers} worker processes"));
        let desks = workers.checked_mul(size_of::<Desk>()).and_then(|d| d.checked_add(DESKS)).ok_or_else(too_many)?;
        let make = || {
            Ok(Memory {
                control: Mapping::new(c"multiprocess-pool", size_of::<Control>(), 0)?,
                desks: Mapping::new(c"multiprocess-pool-desks", desks, 0)?,
                workers,
                tasks: Ring::from_one_process(TASKS)?,
                answers: Ring::new(ANSWERS)?,
                owner_bell: Bell::new()?,
                server_bell: Bell::new()?,
            })
        };
        make().map_err(|e| explain(e, format_args!("could not make the memory that a pool's processes share")))
    }

    pub(super) fn control(&self) -> &Control {
        // SAFETY: the mapping begins with a Control, which is all atomics, for which the kernel's zeros are right, and it
        // lives as long as `self`.
        unsafe { self.control.head().cast().as_ref() }
    }

    fn hall(&self) -> &Hall {
        // SAFETY: as `control`; this mapping begins with a Hall.
        unsafe { self.desks.head().cast().as_ref() }
    }

    pub(super) fn desk(&self, worker: usize) -> &Desk {
        assert!(worker < self.workers, "worker {worker} of {}", self.workers);
        // SAFETY: `new` made room for so many desks there; they are aligned, and all atomics, for which zeros are right.
        unsafe { self.desks.head().add(DESKS).cast::<Desk>().add(worker).as_ref() }
    }

    /// Queues a task. `false`: there is no room.
    pub(super) fn put_task(&self, header: TaskHeader, argument: &[u8]) -> io::Result<bool> {
        put(&self.tasks, Wait::No, &header.to_bytes(), argument)
    }

    /// Takes the next task, waiting for one: its argument is copied to `argument`.
    ///
    /// A worker may be killed at any instruction. So it notes on its desk which task it is about to take before the
    /// one store that takes it. When it dies in between, whoever uses the front of the ring next strikes that out.
    pub(super) fn take_task(&self, worker: usize, argument: &mut Vec<u8>) -> io::Result<TaskHeader> {
        let desk = self.desk(worker);
        let hall = self.hall();
        let task = self.tasks.take(
            Wait::Forever,
            |front| self.strike_out(front),
            |front| {
                let (header, bytes) = TaskHeader::split(front.bytes)?;
                if let Some(task) = header.task {
                    hall.last_taker.store(worker as u32, Ordering::Relaxed);
                    desk.number.store(front.number, Ordering::Relaxed);
                    // After the number, so that a note is never without it.
                    desk.task.store(task.to_word(), Ordering::Release);
                }
                argument.clear();
                argument.extend_from_slice(bytes);
                Some(header)
            },
        )?;
        // Either the owner's look at the ring, after its own fence, comes later, or we see what it wants.
        fence(Ordering::SeqCst);
        let wanted = hall.room_wanted.load(Ordering::Relaxed);
        if wanted != 0 && self.tasks.len() < wanted as usize {
            hall.room_wanted.store(0, Ordering::Relaxed);
            self.owner_bell.ring();
        }
        task.flatten().ok_or_else(overwritten)
    }

    /// The task that a worker had in its hands when it died.
    pub(super) fn task_of_dead(&self, worker: usize) -> io::Result<Option<TaskId>> {
        let noted = || TaskId::from_word(self.desk(worker).task.load(Ordering::Relaxed));
        if noted().is_some() {
            // It may not have come to take it.
            self.tasks.settle(|front| self.strike_out(front))?;
        }
        Ok(noted())
    }

    /// The last taker died holding the ring's head, and the task at the front is still there: if it had noted that one, it has
    /// not taken it.
    fn strike_out(&self, front: u32) {
        let desk = self.desk(self.hall().last_taker.load(Ordering::Relaxed) as usize);
        if desk.number.load(Ordering::Relaxed) == front {
            desk.task.store(0, Ordering::Relaxed);
        }
    }

    /// Makes a desk ready for a new worker.
    pub(super) fn clear_desk(&self, worker: usize) {
        let desk = self.desk(worker);
        desk.task.store(0, Ordering::Relaxed);
        desk.obituaries_told.store(false, Ordering::Relaxed);
        desk.has_worked.store(false, Ordering::Relaxed);
    }

    /// Says that the worker's task is answered.
    pub(super) fn put_down_task(&self, worker: usize) {
        let desk = self.desk(worker);
        desk.has_worked.store(true, Ordering::Relaxed);
        desk.task.store(0, Ordering::Release);
    }

    /// Hands a piece of an answer to the owner, waiting for room.
    pub(super) fn put_answer(&self, header: AnswerHeader, bytes: &[u8]) -> io::Result<()> {
        put(&self.answers, Wait::Forever, &header.to_bytes(), bytes)?;
        let wanted = &self.control().answers_wanted;
        // Either the owner's look at the ring, after its own fence, comes later, or we see what it wants.
        fence(Ordering::SeqCst);
        let answers = wanted.load(Ordering::Relaxed);
        if answers != 0 && self.are_enough(answers) {
            wanted.store(0, Ordering::Relaxed);
            self.owner_bell.ring();
        }
        Ok(())
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

    /// Asks to be called. `true`: the owner may wait for it now. `false`: there is something to do already.
    pub(super) fn owner_may_wait(&self, wanted: Wanted) -> bool {
        let control = self.control();
        let answers = u32::try_from(wanted.answers.max(1)).unwrap_or(u32::MAX);
        control.answers_wanted.store(answers, Ordering::Relaxed);
        // Not for the first bit of room: every wait costs more than many tasks.
        let wanted = wanted.room_among.map_or(0, |tasks| tasks / 2 + 1);
        if wanted != 0 {
            self.hall().room_wanted.store(wanted as u32, Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
        !self.are_enough(answers) && (wanted == 0 || self.tasks.len() >= wanted)
    }

    pub(super) fn owner_waits_no_more(&self) {
        self.control().answers_wanted.store(0, Ordering::Relaxed);
    }

    pub(super) fn queued(&self) -> usize {
        self.tasks.len()
    }
}

/// What a record that cannot be read means: the pool's own processes write none.
pub(super) fn overwritten() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "somebody has overwritten the memory that the pool's processes share")
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
        Err(PutError::Full) => Ok(false),
        Err(PutError::TooLarge(size)) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{size} bytes are more than a pool's ring of {} bytes can hold", ring.capacity()),
        )),
        Err(PutError::System(error)) => Err(error),
    }
}
