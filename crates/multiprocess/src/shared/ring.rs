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

use std::cell::Cell;
use std::io;
use std::mem::{MaybeUninit, offset_of};
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, compiler_fence};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bell::Bell;
use super::cursor::{Cursor, UNIT};
use super::futex;
use super::lock::{Guard, RobustLock, overwritten};
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

/// A message of so many bytes is copied to the stack, a longer one to the heap.
const SHORT_MESSAGE: usize = 256;

/// Each thread keeps so much room for the next long message, at most.
const MOST_ROOM_KEPT: usize = 2 << 20;

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

/// What an encoder has done with the space it was given.
pub(crate) enum Encoded {
    /// Wrote a message of so many bytes at its start.
    Whole(usize),
    /// Wrote nothing that counts: the message needs so many bytes, more than there were.
    Needs(usize),
}

/// Why a message was not put. The ring is as it was.
#[derive(Debug)]
pub(crate) enum PutError<E> {
    /// No room, or none within the given time.
    Full,
    /// The ring is closed.
    Closed,
    /// All who take have gone.
    Disconnected,
    /// The message needs so many bytes, more than [`Ring::capacity`]: it will never fit.
    TooLarge(usize),
    /// The encoder's own error.
    Encode(E),
    /// The system's.
    System(io::Error),
}

/// The front record, about to be taken.
pub(crate) struct Taken<'a> {
    /// The record's number: records are numbered in the order in which they were put, modulo 2³².
    pub(crate) number: u32,
    /// A copy of the message, which no other process can change any more (or the message itself: see
    /// [`read_in_place`](Ring::read_in_place)).
    pub(crate) bytes: &'a [u8],
}

/// What is to become of a record that was looked at, and of the next.
pub(crate) enum Then {
    /// It is taken, and the next one is wanted, too.
    TakeMore,
    /// It is taken, and that is all.
    Stop,
    /// It is left where it is.
    PutBack,
}

/// The words at the start of the mapping, each group on cache lines of its own.
#[repr(C)]
struct Control {
    tail_side: Line<TailSide>,
    tail: Line<AtomicU64>,
    head_side: Line<HeadSide>,
    head: Line<AtomicU64>,
    /// Held by the one taker that sleeps, or is about to.
    take_turn: Line<RobustLock>,
    /// Held by the one putter that sleeps, or is about to.
    put_turn: Line<RobustLock>,
    settled: Line<Settled>,
    /// What is over: see [`State`]. Both ends look at it each time, so nothing that is written often may lie beside it.
    state: Line<AtomicU32>,
}

/// Whether there is anything to wait for.
#[derive(Clone, Copy)]
pub(crate) struct State(u32);

impl State {
    /// Nothing is put any more.
    const CLOSED: u32 = 1;
    /// Somebody keeps account of who has which side of the ring.
    const SPLIT: u32 = 2;
    /// Nobody is left who puts.
    const SENDERS_GONE: u32 = 4;
    /// Nobody is left who takes.
    const RECEIVERS_GONE: u32 = 8;

    pub(crate) fn is_closed(self) -> bool {
        self.0 & State::CLOSED != 0
    }

    /// Whether what is in the ring is all that comes, as far as can be known.
    pub(crate) fn ends_taking(self) -> bool {
        self.0 & (State::CLOSED | State::SENDERS_GONE) != 0
    }

    fn ends_putting(self) -> bool {
        self.0 & (State::CLOSED | State::RECEIVERS_GONE) != 0
    }
}

/// The two sides of a ring, or one of them, or none.
#[derive(Clone, Copy)]
pub(crate) struct Sides {
    /// Those who put.
    pub(crate) senders: bool,
    /// Those who take.
    pub(crate) receivers: bool,
}

impl Sides {
    fn bits(self) -> u32 {
        let bit = |bit, is_set| if is_set { bit } else { 0 };
        bit(State::SENDERS_GONE, self.senders) | bit(State::RECEIVERS_GONE, self.receivers)
    }
}

/// Looks whether those who have the sides of the ring are alive, and [notes](Ring::note_gone) it.
type Watch = Box<dyn Fn(&Ring) -> io::Result<()> + Send + Sync>;

/// What has become of the records that were taken.
#[repr(C)]
struct Settled {
    /// Records that are done with, modulo 2³².
    done: AtomicU32,
    /// Not 0: somebody sleeps on `done` until all are.
    awaited: AtomicU32,
}

/// What a putter needs besides the tail. Written under the lock, unless said otherwise.
#[repr(C)]
struct TailSide {
    lock: RobustLock,
    /// Where the head was when a putter last looked. The head is there or further on.
    known_head: AtomicU64,
    /// 1: a taker sleeps on this word, or did until it died.
    taker_sleeps: AtomicU32,
    /// 1: a putter has waited for room longer than those who come now, which line up behind it. Written by the holder
    /// of `put_turn`. After its death it stays 1 until the next one has had its turn.
    putter_waits: AtomicU32,
    /// Units of the last record put, as a guess at the next.
    last_record: AtomicU32,
    /// 1: the bell is to be rung for the next record.
    bell_wanted: AtomicU32,
}

/// What a taker needs besides the head. Written under the lock.
#[repr(C)]
struct HeadSide {
    lock: RobustLock,
    /// Where the tail was when a taker last looked. The tail is there or further on.
    known_tail: AtomicU64,
    /// Not 0: a putter sleeps on this word until so many units are free, or did until it died.
    putter_wants: AtomicU32,
    /// Not 0: a taker died with the lock, and nobody has told those who keep notes: [`UNSETTLED`] and the number of
    /// the record that was in front.
    unsettled: AtomicU64,
}

const UNSETTLED: u64 = 1 << 32;

/// Two cache lines: processors fetch them in pairs.
#[repr(C, align(128))]
struct Line<T>(T);

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

    /// Puts one record. `encode` writes it straight into the ring; it is called again, from the start, whenever there
    /// was not room enough. It may panic: then nothing is put.
    ///
    /// Records of one thread stay in its order. Whoever waits for room is served before those who come later.
    #[inline]
    pub(crate) fn put<E>(
        &self,
        wait: Wait,
        encode: impl FnMut(&mut [u8]) -> Result<Encoded, E>,
    ) -> Result<(), PutError<E>> {
        self.put_some(wait, encode, || false)
    }

    /// Puts one record after the other, as [`put`](Self::put) does, for as long as `more`, which is called after each,
    /// says that `encode` will write another one. As many as find room become visible together.
    #[inline]
    pub(crate) fn put_some<E>(
        &self,
        wait: Wait,
        mut encode: impl FnMut(&mut [u8]) -> Result<Encoded, E>,
        mut more: impl FnMut() -> bool,
    ) -> Result<(), PutError<E>> {
        let mut units = 0;
        if self.control().tail_side.0.putter_waits.load(Ordering::Relaxed) == 0 {
            for try_again in [true, false] {
                match self.try_put(wait, units, &mut encode, &mut more)? {
                    Room::Enough => return Ok(()),
                    Room::Needed(_) if matches!(wait, Wait::No) => return Err(PutError::Full),
                    Room::Needed(more) => units = more,
                }
                if try_again {
                    self.look_until(|| self.free() >= units);
                }
            }
        }
        self.put_in_turn(wait, units, &mut encode, &mut more)
    }

    /// Takes the front record: `take` gets a copy while it is still in the ring, and when it returns (or panics) the
    /// record is gone. `None`: there was none, or none within the given time.
    ///
    /// A process killed before `take` is done leaves the record to the next. That one (or a [`settle`](Self::settle))
    /// first runs `recover` with the number of the record in front: whatever a dead taker noted about this number in
    /// its `take` did not come to pass. `recover` may run more than once for one death.
    #[inline]
    pub(crate) fn take<R>(
        &self,
        wait: Wait,
        recover: impl FnMut(u32),
        take: impl FnOnce(Taken<'_>) -> R,
    ) -> io::Result<Option<R>> {
        let mut take = Some(take);
        let mut result = None;
        self.take_some(wait, recover, |taken| {
            result = take.take().map(|take| take(taken));
            Then::Stop
        })?;
        Ok(result)
    }

    /// Takes the front record as [`take`](Self::take) does, and those behind it that are there already, for as long as
    /// `take` wants another one. They are gone together.
    #[inline]
    pub(crate) fn take_some(
        &self,
        wait: Wait,
        mut recover: impl FnMut(u32),
        mut take: impl FnMut(Taken<'_>) -> Then,
    ) -> io::Result<()> {
        let mut attempt = || self.try_take(wait, &mut recover, &mut take);
        let mut found = attempt()?;
        if matches!(found, Front::Nothing) && !matches!(wait, Wait::No) {
            if self.looks > 0 {
                self.look_until(|| !self.is_empty());
                found = attempt()?;
            }
            if matches!(found, Front::Nothing) {
                self.take_in_turn(wait, attempt)?;
            }
        }
        Ok(())
    }

    /// Lets `recover` (see [`take`](Self::take)) run if a taker died with the head's lock in its hands.
    /// Waits for a take that is under way.
    pub(crate) fn settle(&self, mut recover: impl FnMut(u32)) -> io::Result<()> {
        let _head = self.lock_head(Wait::Forever)?;
        self.tell_of_the_dead(&mut recover);
        Ok(())
    }

    /// Waits in line for a record, asleep when in front.
    #[cold]
    fn take_in_turn(&self, wait: Wait, mut attempt: impl FnMut() -> io::Result<Front>) -> io::Result<Front> {
        let control = self.control();
        let Some(turn) = lock(&control.take_turn.0, wait, || {})? else { return Ok(Front::OutOfTime) };
        let sleeper = &control.tail_side.0.taker_sleeps;
        let mut doubt = Doubt::of(self);
        loop {
            let found = attempt()?;
            if !matches!(found, Front::Nothing) || wait.is_over() {
                return Ok(found);
            }
            {
                let Some(_tail) = self.lock_tail(wait)? else { return Ok(Front::OutOfTime) };
                if !self.is_empty() {
                    continue;
                }
                if self.state().ends_taking() {
                    return Ok(Front::Nothing);
                }
                sleeper.store(1, Ordering::Relaxed);
            }
            turn.keep_during(|| futex::sleep_while(sleeper, 1, doubt.limit(wait)))?;
            doubt.look()?;
        }
    }

    /// Waits in line for room, asleep when in front. `units`: what the record is known to need, or 0.
    #[cold]
    fn put_in_turn<E>(
        &self,
        wait: Wait,
        mut units: u32,
        encode: &mut impl FnMut(&mut [u8]) -> Result<Encoded, E>,
        more: &mut impl FnMut() -> bool,
    ) -> Result<(), PutError<E>> {
        let control = self.control();
        let Some(turn) = lock(&control.put_turn.0, wait, || {}).map_err(PutError::System)? else {
            return Err(PutError::Full);
        };
        let _first = FirstInLine::announce(&control.tail_side.0.putter_waits);
        let sleeper = &control.head_side.0.putter_wants;
        let mut doubt = Doubt::of(self);
        loop {
            match self.try_put(wait, units, encode, more)? {
                Room::Enough => return Ok(()),
                Room::Needed(_) if wait.is_over() => return Err(PutError::Full),
                Room::Needed(more) => units = more,
            }
            {
                let Some(_head) = self.lock_head(wait).map_err(PutError::System)? else {
                    return Err(PutError::Full);
                };
                if self.free() >= units || self.state().ends_putting() {
                    continue;
                }
                sleeper.store(units, Ordering::Relaxed);
            }
            turn.keep_during(|| futex::sleep_while(sleeper, units, doubt.limit(wait))).map_err(PutError::System)?;
            doubt.look().map_err(PutError::System)?;
        }
    }

    /// Puts records (see [`put_some`](Self::put_some)), the first if there is room for `at_least` units and for what
    /// `encode` then says it needs.
    #[inline]
    fn try_put<E>(
        &self,
        wait: Wait,
        mut at_least: u32,
        encode: &mut impl FnMut(&mut [u8]) -> Result<Encoded, E>,
        more: &mut impl FnMut() -> bool,
    ) -> Result<Room, PutError<E>> {
        let control = self.control();
        let Some(guard) = self.lock_tail(wait.for_a_turn()).map_err(PutError::System)? else {
            return Err(PutError::Full);
        };
        let side = &control.tail_side.0;
        let state = State(control.state.0.load(Ordering::Relaxed));
        if state.ends_putting() {
            return Err(if state.is_closed() { PutError::Closed } else { PutError::Disconnected });
        }
        let old_tail = Cursor::from_word(control.tail.0.load(Ordering::Relaxed));
        let mut tail = old_tail;
        let mut head = side.known_head.load(Ordering::Relaxed);
        let outcome = loop {
            let used = self.used(Cursor::from_word(head), tail);
            let free = used.map_or(0, |used| self.limit - used);
            // Room for less than the last record would likely make the encoder begin in vain: look for more first.
            if free < at_least.max(side.last_record.load(Ordering::Relaxed)) || used.is_none() {
                let now = control.head.0.load(Ordering::Acquire);
                if now != head {
                    side.known_head.store(now, Ordering::Relaxed);
                    head = now;
                    continue;
                }
                if used.is_none() {
                    break Err(PutError::System(overwritten()));
                }
            }
            if free < at_least {
                break Ok(Room::Needed(at_least));
            }
            let place = self.at(tail);
            let space = (free as usize * UNIT).saturating_sub(HEADER);
            // SAFETY: `tail` lies in the ring (`used` has looked), so it and the `free` units after it lie in the body
            // and its copy (free <= limit <= length), and begin at a multiple of UNIT. No record is there (they lie
            // between head and tail, and the head only moves away), and only the holder of the tail's lock, which we
            // are, uses what is not record. The memory was zeroed by the kernel, so it is initialised.
            let message = unsafe { slice::from_raw_parts_mut(place.add(HEADER), space) };
            let (bytes, at_least_units) = match encode(message) {
                Ok(Encoded::Whole(bytes)) => (bytes, 0),
                Ok(Encoded::Needs(bytes)) => (bytes, free.saturating_add(1)),
                Err(error) => break Err(PutError::Encode(error)),
            };
            if bytes > self.capacity {
                break Err(PutError::TooLarge(bytes));
            }
            let units = units_of_record(bytes).max(at_least_units);
            if units > self.limit {
                // Only an encoder that contradicts itself comes here: it needs more than all, and says otherwise.
                break Err(PutError::TooLarge(self.capacity.saturating_add(1)));
            }
            if units > free {
                let now = control.head.0.load(Ordering::Acquire);
                if now == head {
                    break Ok(Room::Needed(units));
                }
                side.known_head.store(now, Ordering::Relaxed);
                head = now;
                continue;
            }
            // SAFETY: the first HEADER bytes of the space described above; aligned, as UNIT is HEADER's alignment.
            unsafe { place.cast::<u32>().write(bytes as u32) };
            side.last_record.store(units, Ordering::Relaxed);
            tail = tail.past_record(units, self.length);
            if !more() {
                break Ok(Room::Enough);
            }
            at_least = 0;
        };
        if tail == old_tail {
            return outcome;
        }
        let sleeps = side.taker_sleeps.load(Ordering::Relaxed) != 0;
        if sleeps && matches!(self.wake, Wake::BeforeCommit) {
            self.wake_taker();
        }
        if let Some(bell) = &self.bell
            && side.bell_wanted.load(Ordering::Relaxed) != 0
        {
            bell.ring();
            side.bell_wanted.store(0, Ordering::Relaxed);
        }
        control.tail.0.store(tail.word(), Ordering::Release);
        if sleeps && matches!(self.wake, Wake::AfterCommit) {
            side.taker_sleeps.store(0, Ordering::Relaxed);
            drop(guard);
            futex::wake_one(&side.taker_sleeps);
        }
        outcome
    }

    /// Takes records (see [`take_some`](Self::take_some)), if there are any.
    #[inline]
    fn try_take(
        &self,
        wait: Wait,
        recover: &mut impl FnMut(u32),
        take: &mut impl FnMut(Taken<'_>) -> Then,
    ) -> io::Result<Front> {
        let control = self.control();
        let Some(_guard) = self.lock_head(wait.for_a_turn())? else { return Ok(Front::OutOfTime) };
        let side = &control.head_side.0;
        if side.unsettled.load(Ordering::Relaxed) != 0 {
            self.tell_of_the_dead(recover);
        }
        let head = Cursor::from_word(control.head.0.load(Ordering::Relaxed));
        let mut used = self.used(head, Cursor::from_word(side.known_tail.load(Ordering::Relaxed)));
        if matches!(used, None | Some(0)) {
            let tail_word = control.tail.0.load(Ordering::Acquire);
            side.known_tail.store(tail_word, Ordering::Relaxed);
            used = self.used(head, Cursor::from_word(tail_word));
        }
        let used = match used {
            Some(0) => return Ok(Front::Nothing),
            Some(used) => used,
            None => return Err(overwritten()),
        };
        let mut copy = Copied::new();
        let mut commit = Commit { ring: self, units: 0, next: head };
        loop {
            let front = commit.next;
            let place = self.at(front);
            // SAFETY: `used` is more than what we have passed, so a record begins here (which lies in the ring: `used`
            // has looked, and whole records were passed), with its length, aligned to UNIT. The tail was read with
            // Acquire (by us, or by a holder of this lock before us), so what was written before it was moved is seen.
            // Read once: another process could change it between two reads.
            let bytes = unsafe { place.cast::<u32>().read_volatile() } as usize;
            let units = units_of_record(bytes);
            if units > used - commit.units {
                return Err(overwritten());
            }
            // SAFETY: the record lies between head and tail, as just checked, so inside the body and its copy. Putters
            // write only outside, and the head moves only under the lock, which we hold. In place, the caller of
            // `read_in_place` vouches that nobody writes there all the same.
            let message = unsafe {
                let message = place.add(HEADER);
                if self.in_place { slice::from_raw_parts(message, bytes) } else { copy.of(message, bytes) }
            };
            // Before it is given away: should that panic, it is gone all the same.
            commit.units += units;
            commit.next = front.past_record(units, self.length);
            match take(Taken { number: front.records, bytes: message }) {
                Then::TakeMore if commit.units < used => {}
                Then::TakeMore | Then::Stop => return Ok(Front::Taken),
                Then::PutBack => {
                    commit.units -= units;
                    commit.next = front;
                    return Ok(Front::Taken);
                }
            }
        }
    }

    /// Runs `recover` for a taker that died. Called with the head's lock held.
    #[cold]
    fn tell_of_the_dead(&self, recover: &mut impl FnMut(u32)) {
        let unsettled = &self.control().head_side.0.unsettled;
        let note = unsettled.load(Ordering::Relaxed);
        if note & UNSETTLED != 0 {
            recover(note as u32);
            unsettled.store(0, Ordering::Relaxed);
        }
    }

    /// Wakes the taker that sleeps. Called with the tail's lock held, before the commit.
    #[cold]
    fn wake_taker(&self) {
        let sleeper = &self.control().tail_side.0.taker_sleeps;
        sleeper.store(0, Ordering::Relaxed);
        futex::wake_one(sleeper);
    }

    /// Wakes the putter that sleeps if it has room enough once `units` more are free. Called with the head's lock
    /// held, before the commit.
    #[cold]
    fn wake_putter_for(&self, units: u32) {
        let sleeper = &self.control().head_side.0.putter_wants;
        if self.free().saturating_add(units) >= sleeper.load(Ordering::Relaxed) {
            sleeper.store(0, Ordering::Relaxed);
            futex::wake_one(sleeper);
        }
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

/// Room for a copy of a message. Others could change what is in the ring between a check of it (that it is UTF-8, say)
/// and its use.
struct Copied {
    short: [MaybeUninit<u8>; SHORT_MESSAGE],
    long: Vec<u8>,
}

thread_local! {
    /// Room for the next long message: fresh memory costs more than the copy.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Drop for Copied {
    #[inline]
    fn drop(&mut self) {
        if (1..=MOST_ROOM_KEPT).contains(&self.long.capacity()) {
            // A thread that is ending keeps nothing.
            let _ = ROOM.try_with(|room| room.set(std::mem::take(&mut self.long)));
        }
    }
}

impl Copied {
    #[inline]
    fn new() -> Copied {
        Copied { short: [MaybeUninit::uninit(); SHORT_MESSAGE], long: Vec::new() }
    }

    /// Copies `bytes` bytes from `message`.
    ///
    /// # Safety
    /// So many bytes may be read there. (Other processes may write to them all the while: we get the one or the other.)
    #[inline]
    unsafe fn of(&mut self, message: *const u8, bytes: usize) -> &[u8] {
        let place = if bytes <= SHORT_MESSAGE {
            self.short.as_mut_ptr().cast()
        } else {
            self.long = ROOM.try_with(Cell::take).unwrap_or_default();
            self.long.reserve_exact(bytes);
            self.long.as_mut_ptr()
        };
        // SAFETY: there is room for so many bytes at `place`, which is ours, and the caller vouches for `message`.
        unsafe { std::ptr::copy_nonoverlapping(message, place, bytes) };
        // From here on the compiler has to take it that what is in the ring may have changed, and uses the copy.
        compiler_fence(Ordering::SeqCst);
        // SAFETY: these bytes have just been written.
        unsafe { slice::from_raw_parts(place, bytes) }
    }
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

/// What a try to take found.
enum Front {
    Taken,
    Nothing,
    /// Somebody else was at it for too long.
    OutOfTime,
}

/// Moves the head past the records that were taken, also when the one who was given the last of them panics.
struct Commit<'a> {
    ring: &'a Ring,
    units: u32,
    next: Cursor,
}

impl Drop for Commit<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.units == 0 {
            return;
        }
        let control = self.ring.control();
        if control.head_side.0.putter_wants.load(Ordering::Relaxed) != 0 {
            self.ring.wake_putter_for(self.units);
        }
        control.head.0.store(self.next.word(), Ordering::Release);
    }
}

/// What a try to put found.
enum Room {
    Enough,
    /// So many units are needed.
    Needed(u32),
}

/// Says that a putter waits in front, for as long as this lives.
struct FirstInLine<'a>(&'a AtomicU32);

impl FirstInLine<'_> {
    fn announce(word: &AtomicU32) -> FirstInLine<'_> {
        word.store(1, Ordering::Relaxed);
        FirstInLine(word)
    }
}

impl Drop for FirstInLine<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

fn units_of_record(bytes: usize) -> u32 {
    // At most MAX_CAPACITY bytes, which leaves room for the header in a u32.
    (HEADER + bytes).div_ceil(UNIT) as u32
}
