//! A bounded queue of byte records in shared memory, for any number of processes and threads.
//!
//! The ring has two ends, each with a robust lock of its own: whoever puts holds the lock of the tail, whoever takes
//! holds the lock of the head. An operation becomes visible by **one store** to its cursor, so a process killed before
//! that store has done nothing and one killed after it has done everything; its lock goes on to the next.
//!
//! Waiting. Those who find the ring empty (or full) line up at another robust lock, the *turn*, and only the one in
//! front sleeps, on a futex word. No sleeper is ever forgotten, whoever is killed when:
//! - The sleeper announces itself while it holds the lock of the *other* end and sees there that it must sleep. Nothing
//!   can be committed between its look and its announcement.
//! - The other end wakes the announced sleeper *before* its commit. Killed before the wake, it has committed nothing;
//!   killed after it, the sleeper is awake, and waits for the lock if the commit is still under way. (Where
//!   nobody outlives the putter there is nobody to forget: [`from_one_process`](Ring::from_one_process).)
//! - A sleeper killed after it was woken gives its turn to the next in line, which looks at the ring before it sleeps.
//! - Who looks at many things in poll(2) has a bell, which is rung as the announced sleeper is woken: before the
//!   commit.
//! - A wake that was prepared by a process that died before giving it is given by the next holder of its lock.

mod control;
mod copied;
mod put;
mod take;

use std::io;
use std::mem::offset_of;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use control::{Sides, State};
pub(crate) use put::{Encoded, PutError};
pub(crate) use take::Then;

use control::{Control, HeadSide, TailSide, UNSETTLED};

use super::bell::Bell;
use super::cursor::{Cursor, UNIT};
use super::futex;
use super::lock::{Guard, RobustLock};
use super::mapping::Mapping;
use super::wait::Wait;
use crate::explain::explain;

/// The most bytes a ring can hold: a record's length, and any distance in units, must fit the words they are kept in.
pub(crate) const MAX_CAPACITY: usize = u32::MAX as usize - 4096;

/// A record begins with its length, as a u32.
const HEADER: usize = size_of::<u32>();

/// How often to look at the other end again before going to sleep: for longer than an operation takes, much shorter
/// than falling asleep and being woken takes.
const LOOKS_BEFORE_SLEEPING: u32 = 4;

/// Each look takes the other end's cursor out of the cache of the processor that moves it. Looks this far apart let it
/// move by many records for each.
const BETWEEN_LOOKS: Duration = Duration::from_nanos(1500);

/// How long to sleep before looking again where who calls may be killed just before it does.
const LONGEST_UNTOLD: Duration = Duration::from_secs(1);

/// Who waits for others looks after so long whether they are alive, and then after twice as long each time, up to
/// [`LONGEST_UNTOLD`]: the dead tell nobody.
const FIRST_LOOK: Duration = Duration::from_millis(10);

/// Who does not wait looks no more often than so.
const BETWEEN_GLANCES: Duration = Duration::from_millis(100);

/// See the module's documentation. Dropping it unmaps it in this process only.
pub(crate) struct Ring {
    mapping: Mapping,
    /// Units of memory; cursors go round twice this.
    length: u32,
    /// Units that may be in use at once: at most `length`.
    limit: u32,
    /// The largest message, in bytes.
    capacity: usize,
    /// How often to look again before going to sleep.
    looks: u32,
    wake: Wake,
    /// Whether a message is read where it lies, instead of a copy.
    in_place: bool,
    /// Readable whenever there is a record, or the ring is closed.
    bell: Option<Bell>,
    watch: Option<Watch>,
    /// When somebody last had a glance.
    last_glance: Mutex<Option<Instant>>,
}

/// When a putter wakes the taker that sleeps.
#[derive(Clone, Copy)]
enum Wake {
    /// Before its commit: a putter killed between the two leaves nobody asleep beside a record.
    BeforeCommit,
    /// When it has let go of the lock, which a taker that is awake at once would run into.
    AfterCommit,
}

/// Looks whether those who have the sides of the ring are alive, and [notes](Ring::note_gone) it.
type Watch = Box<dyn Fn(&Ring) -> io::Result<()> + Send + Sync>;

impl Ring {
    /// A ring for messages of up to `capacity` bytes in all (each takes four bytes more, and is rounded up to four),
    /// that any processes use, for streams of records. Memory is used when it is first written to, and is not given
    /// back before the ring is gone.
    pub(crate) fn new(capacity: usize) -> io::Result<Ring> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // On a single one, the other side cannot act while we look.
        let looks = if processors > 1 { LOOKS_BEFORE_SLEEPING } else { 0 };
        Ring::with(capacity, looks, Wake::BeforeCommit)
    }

    /// As [`new`](Self::new), but one process alone puts, no other outlives it, and its next record may be an answer to
    /// what becomes of the last. So the way there and back is kept short: a taker that looked for more before it sleeps
    /// would only keep whom it has just woken from its processor.
    pub(crate) fn from_one_process(capacity: usize) -> io::Result<Ring> {
        Ring::with(capacity, 0, Wake::AfterCommit)
    }

    fn with(capacity: usize, looks: u32, wake: Wake) -> io::Result<Ring> {
        if capacity > MAX_CAPACITY {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("a queue of {capacity} bytes: the most is {MAX_CAPACITY}"),
            ));
        }
        let limit = units_of_record(capacity);
        let mapping = Mapping::new(c"multiprocess-queue", size_of::<Control>(), limit as usize * UNIT)?;
        let length = u32::try_from(mapping.body_len() / UNIT).map_err(io::Error::other)?;
        let control: *mut Control = mapping.head().as_ptr().cast();
        for lock in [
            offset_of!(Control, tail_side) + offset_of!(TailSide, lock),
            offset_of!(Control, head_side) + offset_of!(HeadSide, lock),
            offset_of!(Control, take_turn),
            offset_of!(Control, put_turn),
        ] {
            // SAFETY: the offset of a lock in Control, and the mapping's head has room for a Control, begins on a page
            // and is known to nobody else yet. The mapping never moves, and forks have it at the same address. All
            // other fields are integers, for which the mapping's zeros are right.
            unsafe { RobustLock::init(control.byte_add(lock).cast())? };
        }
        Ok(Ring {
            mapping,
            length,
            limit,
            capacity,
            looks,
            wake,
            in_place: false,
            bell: None,
            watch: None,
            last_glance: Mutex::new(None),
        })
    }

    /// Gives the ring a bell. To be called before other processes or threads know of the ring.
    pub(crate) fn hang_bell(&mut self) -> io::Result<()> {
        let bell = Bell::new();
        self.bell = Some(
            bell.map_err(|e| explain(e, format_args!("could not get a descriptor that tells of a queue's items")))?,
        );
        self.control().tail_side.0.bell_wanted.store(1, Ordering::Relaxed);
        Ok(())
    }

    /// From now on [`take`](Self::take) gives the message itself instead of a copy.
    ///
    /// # Safety
    /// No process that shares the ring ever writes to it but by the functions of this module.
    pub(crate) unsafe fn read_in_place(&mut self) {
        self.in_place = true;
    }

    pub(crate) fn bell(&self) -> Option<&Bell> {
        self.bell.as_ref()
    }

    /// Whether there is nothing to wait for. If there is, the bell is silent until that changes.
    pub(crate) fn is_ready(&self) -> io::Result<bool> {
        let Some(bell) = &self.bell else { return Ok(true) };
        if !self.is_empty() || self.state().ends_taking() {
            return Ok(true);
        }
        let _tail = self.lock_tail(Wait::Forever)?;
        if !self.is_empty() || self.state().ends_taking() {
            return Ok(true);
        }
        // In this order: killed in between, we leave a bell that rings for nothing, and not one that nobody will ring.
        self.control().tail_side.0.bell_wanted.store(1, Ordering::Relaxed);
        bell.silence();
        Ok(false)
    }

    /// From now on nothing is put. Who waits for records or for room is told.
    pub(crate) fn close(&self) -> io::Result<()> {
        {
            let _tail = self.lock_tail(Wait::Forever)?;
            // A taker that is awake has to wait for the lock before it looks.
            self.tell_taker();
            self.control().state.0.fetch_or(State::CLOSED, Ordering::Release);
        }
        self.tell_putter()
    }

    /// Wakes a taker that waits. Called with the tail's lock held.
    fn tell_taker(&self) {
        self.wake_taker();
        if let Some(bell) = &self.bell {
            bell.ring();
        }
    }

    /// Wakes a putter that waits.
    fn tell_putter(&self) -> io::Result<()> {
        let _head = self.lock_head(Wait::Forever)?;
        let putter = &self.control().head_side.0.putter_wants;
        putter.store(0, Ordering::Relaxed);
        futex::wake_one(putter);
        Ok(())
    }

    /// After this has said that it is closed, no record is put.
    pub(crate) fn state(&self) -> State {
        State(self.control().state.0.load(Ordering::Acquire))
    }

    /// Begins to keep account of who has the sides of the ring. `false`: somebody else does already.
    pub(crate) fn split(&self) -> bool {
        self.control().state.0.fetch_or(State::SPLIT, Ordering::Relaxed) & State::SPLIT == 0
    }

    /// From now on, who waits calls `watch` from time to time.
    pub(crate) fn watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Notes that nobody is left on these sides. [`tell_of`](Self::tell_of) is to follow; should it not, who sleeps finds out
    /// when it looks.
    pub(crate) fn note_gone(&self, gone: Sides) {
        self.control().state.0.fetch_or(gone.bits(), Ordering::Release);
    }

    /// Notes that there is somebody on these sides.
    pub(crate) fn note_back(&self, back: Sides) {
        self.control().state.0.fetch_and(!back.bits(), Ordering::Relaxed);
    }

    /// Wakes those who wait for who has gone.
    pub(crate) fn tell_of(&self, gone: Sides) -> io::Result<()> {
        if gone.senders {
            let _tail = self.lock_tail(Wait::Forever)?;
            self.tell_taker();
        }
        if gone.receivers {
            self.tell_putter()?;
        }
        Ok(())
    }

    /// Calls `watch`, unless somebody in this process just has.
    pub(crate) fn glance(&self) -> io::Result<()> {
        let Some(watch) = &self.watch else { return Ok(()) };
        {
            let mut last = self.last_glance.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| last.elapsed() < BETWEEN_GLANCES) {
                return Ok(());
            }
            *last = Some(Instant::now());
        }
        watch(self)
    }

    /// Records that were taken, modulo 2³².
    pub(crate) fn taken(&self) -> u32 {
        Cursor::from_word(self.control().head.0.load(Ordering::Relaxed)).records
    }

    /// Notes that one of the records that were taken is done with. `false`: all of them are, already.
    pub(crate) fn settle_one(&self) -> bool {
        let control = self.control();
        let settled = &control.settled.0;
        let mut done = settled.done.load(Ordering::Relaxed);
        loop {
            if Cursor::from_word(control.head.0.load(Ordering::Acquire)).records == done {
                return false;
            }
            match settled.done.compare_exchange_weak(done, done.wrapping_add(1), Ordering::SeqCst, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => done = now,
            }
        }
        if self.unsettled() == 0 && settled.awaited.swap(0, Ordering::SeqCst) != 0 {
            futex::wake_all(&settled.done);
        }
        true
    }

    /// Records that were put and are not done with.
    pub(crate) fn unsettled(&self) -> u32 {
        let control = self.control();
        let done = control.settled.0.done.load(Ordering::SeqCst);
        Cursor::from_word(control.tail.0.load(Ordering::Acquire)).records.wrapping_sub(done)
    }

    /// Waits until all records that were put are done with. `false`: they are not, within the given time.
    pub(crate) fn wait_until_settled(&self, wait: Wait) -> io::Result<bool> {
        let settled = &self.control().settled.0;
        loop {
            settled.awaited.store(1, Ordering::SeqCst);
            let done = settled.done.load(Ordering::SeqCst);
            if self.unsettled() == 0 {
                return Ok(true);
            }
            if wait.is_over() {
                return Ok(false);
            }
            // Who was about to wake us may be killed before it does.
            futex::sleep_while(&settled.done, done, wait.or_at_most(LONGEST_UNTOLD))?;
        }
    }

    /// The largest message, in bytes.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many records there are at some moment during this call.
    pub(crate) fn len(&self) -> usize {
        let (head, tail) = self.ends();
        head.records_to(tail) as usize
    }

    /// Whether more than half of the bytes are taken, at some moment during this call.
    pub(crate) fn is_half_full(&self) -> bool {
        let (head, tail) = self.ends();
        head.units_to(tail, self.length) > self.length / 2
    }

    /// Head and tail as they were at one moment during this call.
    fn ends(&self) -> (Cursor, Cursor) {
        let control = self.control();
        let mut tail = control.tail.0.load(Ordering::Acquire);
        loop {
            let head = control.head.0.load(Ordering::Acquire);
            let tail_again = control.tail.0.load(Ordering::Acquire);
            if tail == tail_again {
                // The tail stood still while the head was read.
                return (Cursor::from_word(head), Cursor::from_word(tail));
            }
            tail = tail_again;
        }
    }

    /// Wakes the taker that sleeps. Called with the tail's lock held, before the commit.
    #[cold]
    fn wake_taker(&self) {
        let sleeper = &self.control().tail_side.0.taker_sleeps;
        sleeper.store(0, Ordering::Relaxed);
        futex::wake_one(sleeper);
    }

    #[inline]
    fn lock_tail(&self, wait: Wait) -> io::Result<Option<Guard<'_>>> {
        // A putter that died may have been about to wake the taker; to wake one for nothing costs little.
        lock(&self.control().tail_side.0.lock, wait, || self.wake_taker())
    }

    #[inline]
    fn lock_head(&self, wait: Wait) -> io::Result<Option<Guard<'_>>> {
        let control = self.control();
        let side = &control.head_side.0;
        lock(&side.lock, wait, || {
            let number = Cursor::from_word(control.head.0.load(Ordering::Relaxed)).records;
            side.unsettled.store(UNSETTLED | u64::from(number), Ordering::Relaxed);
            // A taker that died may have been about to wake the putter; to wake one for nothing costs little.
            side.putter_wants.store(0, Ordering::Relaxed);
            futex::wake_one(&side.putter_wants);
        })
    }

    /// Looks for a while, without sleeping, whether something that is likely on its way has come.
    fn look_until(&self, come: impl Fn() -> bool) {
        for _ in 0..self.looks {
            let start = Instant::now();
            while start.elapsed() < BETWEEN_LOOKS {
                std::hint::spin_loop();
            }
            if come() {
                return;
            }
        }
    }

    /// Whether there was no record at some moment during this call.
    pub(crate) fn is_empty(&self) -> bool {
        self.used_now() == Some(0)
    }

    /// Units that are free. Less than the truth, or the truth, when the tail stands still; it may be stale. All, when
    /// the cursors make no sense: who tries to use them gets the error.
    fn free(&self) -> u32 {
        self.limit - self.used_now().unwrap_or(0)
    }

    fn used_now(&self) -> Option<u32> {
        let control = self.control();
        let head = Cursor::from_word(control.head.0.load(Ordering::Acquire));
        let tail = Cursor::from_word(control.tail.0.load(Ordering::Acquire));
        self.used(head, tail)
    }

    /// Units in use, at most `limit`. `None`: these are no two ends of this ring's records.
    #[inline]
    fn used(&self, head: Cursor, tail: Cursor) -> Option<u32> {
        let used = head.units_to(tail, self.length);
        (head.lies_in(self.length) && tail.lies_in(self.length) && used <= self.limit).then_some(used)
    }

    fn control(&self) -> &Control {
        // SAFETY: the mapping's head begins with a Control, initialised by `new`, and lives as long as `self`; all its
        // fields are atomics or locks, made to be shared.
        unsafe { self.mapping.head().cast().as_ref() }
    }

    /// The address of a place that [lies in](Cursor::lies_in) the ring: from there, `length` units lie in one piece.
    fn at(&self, cursor: Cursor) -> *mut u8 {
        // SAFETY: the offset is less than the body's length, and the body is mapped twice.
        unsafe { self.mapping.body().as_ptr().add(cursor.offset(self.length)) }
    }
}

/// Takes one of the ring's locks.
#[inline]
fn lock(lock: &RobustLock, wait: Wait, recover: impl FnOnce()) -> io::Result<Option<Guard<'_>>> {
    lock.lock(wait, recover).map_err(|error| match error.kind() {
        io::ErrorKind::Deadlock => io::Error::new(
            io::ErrorKind::Deadlock,
            "a queue was used by the encoding or decoding of one of its own items",
        ),
        _ => error,
    })
}

/// Whether those for whom somebody sleeps are alive.
struct Doubt<'a> {
    ring: &'a Ring,
    /// How long to sleep before the next look, and since when.
    patience: Duration,
    since: Option<Instant>,
}

impl Doubt<'_> {
    fn of(ring: &Ring) -> Doubt<'_> {
        Doubt { ring, patience: FIRST_LOOK, since: ring.watch.as_ref().map(|_| Instant::now()) }
    }

    /// How long to sleep, which may be less than the caller wants to.
    fn limit(&self, wait: Wait) -> Wait {
        if self.since.is_some() { wait.or_at_most(self.patience) } else { wait }
    }

    /// Looks, if it is time to.
    fn look(&mut self) -> io::Result<()> {
        if let (Some(watch), Some(since)) = (&self.ring.watch, self.since)
            && since.elapsed() >= self.patience
        {
            watch(self.ring)?;
            self.patience = (2 * self.patience).min(LONGEST_UNTOLD);
            self.since = Some(Instant::now());
        }
        Ok(())
    }
}

fn units_of_record(bytes: usize) -> u32 {
    // At most MAX_CAPACITY bytes, which leaves room for the header in a u32.
    (HEADER + bytes).div_ceil(UNIT) as u32
}
