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
//! - A wake that was prepared by a process that died before giving it is given by the next holder of its lock.

use std::io;
use std::mem::offset_of;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::cursor::{Cursor, UNIT};
use super::futex;
use super::lock::{Guard, RobustLock};
use super::mapping::Mapping;
use super::wait::Wait;

/// The most bytes a ring can hold: a record's length, and any distance in units, must fit the words they are kept in.
pub(crate) const MAX_CAPACITY: usize = u32::MAX as usize - 4096;

/// A record begins with its length, as a u32.
const HEADER: usize = size_of::<u32>();

/// How often to look at the other end again before going to sleep: for longer than an operation takes, much shorter than
/// falling asleep and being woken takes.
const LOOKS_BEFORE_SLEEPING: u32 = 4;

/// Each look takes the other end's cursor out of the cache of the processor that moves it. Looks this far apart let it
/// move by many records for each.
const BETWEEN_LOOKS: Duration = Duration::from_nanos(1500);

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
    /// The message. It is in the ring: nobody else can touch it before it is taken.
    pub(crate) bytes: &'a [u8],
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
    /// A ring for messages of up to `capacity` bytes in all (each takes four bytes more, and is rounded up to four), that
    /// any processes use, for streams of records. Memory is used when it is first written to, and is not given back
    /// before the ring is gone.
    pub(crate) fn new(capacity: usize) -> io::Result<Ring> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // On a single one, the other side cannot act while we look.
        let looks = if processors > 1 { LOOKS_BEFORE_SLEEPING } else { 0 };
        Ring::with(capacity, looks, Wake::BeforeCommit)
    }

    /// As [`new`](Self::new), but one process alone puts, no other outlives it, and its next record may be an answer to what
    /// becomes of the last. So the way there and back is kept short: a taker that looked for more before it sleeps
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
        Ok(Ring { mapping, length, limit, capacity, looks, wake })
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
        mut encode: impl FnMut(&mut [u8]) -> Result<Encoded, E>,
    ) -> Result<(), PutError<E>> {
        let mut units = 0;
        if self.control().tail_side.0.putter_waits.load(Ordering::Relaxed) == 0 {
            for try_again in [true, false] {
                match self.try_put(wait, units, &mut encode)? {
                    Room::Enough => return Ok(()),
                    Room::Needed(_) if matches!(wait, Wait::No) => return Err(PutError::Full),
                    Room::Needed(more) => units = more,
                }
                if try_again {
                    self.look_until(|| self.free() >= units);
                }
            }
        }
        self.put_in_turn(wait, units, &mut encode)
    }

    /// Takes the front record: `take` gets it while it is still in the ring, and when it returns (or panics) the record
    /// is gone. `None`: there was none, or none within the given time.
    ///
    /// A process killed before `take` is done leaves the record to the next. That one (or a [`settle`](Self::settle))
    /// first runs `recover` with the number of the record in front: whatever a dead taker noted about this number in
    /// its `take` did not come to pass. `recover` may run more than once for one death.
    #[inline]
    pub(crate) fn take<R>(
        &self,
        wait: Wait,
        mut recover: impl FnMut(u32),
        take: impl FnOnce(Taken<'_>) -> R,
    ) -> io::Result<Option<R>> {
        let mut take = Some(take);
        let mut attempt = || self.try_take(wait, &mut recover, &mut take);
        let mut found = attempt()?;
        if matches!(found, Front::Nothing) && !matches!(wait, Wait::No) {
            if self.looks > 0 {
                self.look_until(|| !self.is_empty());
                found = attempt()?;
            }
            if matches!(found, Front::Nothing) {
                found = self.take_in_turn(wait, attempt)?;
            }
        }
        match found {
            Front::Record(result) => Ok(Some(result)),
            Front::Nothing | Front::OutOfTime => Ok(None),
        }
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
    fn take_in_turn<R>(&self, wait: Wait, mut attempt: impl FnMut() -> io::Result<Front<R>>) -> io::Result<Front<R>> {
        let control = self.control();
        let Some(_turn) = control.take_turn.0.lock(wait, || {})? else { return Ok(Front::OutOfTime) };
        let sleeper = &control.tail_side.0.taker_sleeps;
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
                sleeper.store(1, Ordering::Relaxed);
            }
            futex::sleep_while(sleeper, 1, wait)?;
        }
    }

    /// Waits in line for room, asleep when in front. `units`: what the record is known to need, or 0.
    #[cold]
    fn put_in_turn<E>(
        &self,
        wait: Wait,
        mut units: u32,
        encode: &mut impl FnMut(&mut [u8]) -> Result<Encoded, E>,
    ) -> Result<(), PutError<E>> {
        let control = self.control();
        let Some(_turn) = control.put_turn.0.lock(wait, || {}).map_err(PutError::System)? else {
            return Err(PutError::Full);
        };
        let _first = FirstInLine::announce(&control.tail_side.0.putter_waits);
        let sleeper = &control.head_side.0.putter_wants;
        loop {
            match self.try_put(wait, units, encode)? {
                Room::Enough => return Ok(()),
                Room::Needed(_) if wait.is_over() => return Err(PutError::Full),
                Room::Needed(more) => units = more,
            }
            {
                let Some(_head) = self.lock_head(wait).map_err(PutError::System)? else {
                    return Err(PutError::Full);
                };
                if self.free() >= units {
                    continue;
                }
                sleeper.store(units, Ordering::Relaxed);
            }
            futex::sleep_while(sleeper, units, wait).map_err(PutError::System)?;
        }
    }

    /// Puts a record if there is room for `at_least` units and for what `encode` then says it needs.
    #[inline]
    fn try_put<E>(
        &self,
        wait: Wait,
        at_least: u32,
        encode: &mut impl FnMut(&mut [u8]) -> Result<Encoded, E>,
    ) -> Result<Room, PutError<E>> {
        let control = self.control();
        let Some(guard) = self.lock_tail(wait.for_a_turn()).map_err(PutError::System)? else {
            return Err(PutError::Full);
        };
        let side = &control.tail_side.0;
        let tail = Cursor::from_word(control.tail.0.load(Ordering::Relaxed));
        let mut head = side.known_head.load(Ordering::Relaxed);
        loop {
            let free = self.limit.saturating_sub(Cursor::from_word(head).units_to(tail, self.length));
            // Room for less than the last record would likely make the encoder begin in vain: look for more first.
            if free < at_least.max(side.last_record.load(Ordering::Relaxed)) {
                let now = control.head.0.load(Ordering::Acquire);
                if now != head {
                    side.known_head.store(now, Ordering::Relaxed);
                    head = now;
                    continue;
                }
            }
            if free < at_least {
                return Ok(Room::Needed(at_least));
            }
            let place = self.at(tail);
            let space = (free as usize * UNIT).saturating_sub(HEADER);
            // SAFETY: `tail` and the `free` units after it lie in the body and its copy (free <= limit <= length), and
            // begin at a multiple of UNIT. No record is there (they lie between head and tail, and the head only moves
            // away), and only the holder of the tail's lock, which we are, uses what is not record. The memory was
            // zeroed by the kernel, so it is initialised.
            let message = unsafe { slice::from_raw_parts_mut(place.add(HEADER), space) };
            let (bytes, at_least_units) = match encode(message).map_err(PutError::Encode)? {
                Encoded::Whole(bytes) => (bytes, 0),
                Encoded::Needs(bytes) => (bytes, free.saturating_add(1)),
            };
            if bytes > self.capacity {
                return Err(PutError::TooLarge(bytes));
            }
            let units = units_of_record(bytes).max(at_least_units);
            if units > self.limit {
                // Only an encoder that contradicts itself comes here: it needs more than all, and says otherwise.
                return Err(PutError::TooLarge(self.capacity.saturating_add(1)));
            }
            if units > free {
                let now = control.head.0.load(Ordering::Acquire);
                if now == head {
                    return Ok(Room::Needed(units));
                }
                side.known_head.store(now, Ordering::Relaxed);
                head = now;
                continue;
            }
            // SAFETY: the first HEADER bytes of the space described above; aligned, as UNIT is HEADER's alignment.
            unsafe { place.cast::<u32>().write(bytes as u32) };
            side.last_record.store(units, Ordering::Relaxed);
            let sleeps = side.taker_sleeps.load(Ordering::Relaxed) != 0;
            if sleeps && matches!(self.wake, Wake::BeforeCommit) {
                self.wake_taker();
            }
            control.tail.0.store(tail.past_record(units, self.length).word(), Ordering::Release);
            if sleeps && matches!(self.wake, Wake::AfterCommit) {
                side.taker_sleeps.store(0, Ordering::Relaxed);
                drop(guard);
                futex::wake_one(&side.taker_sleeps);
            }
            return Ok(Room::Enough);
        }
    }

    /// Takes the front record, if there is one.
    #[inline]
    fn try_take<R>(
        &self,
        wait: Wait,
        recover: &mut impl FnMut(u32),
        take: &mut Option<impl FnOnce(Taken<'_>) -> R>,
    ) -> io::Result<Front<R>> {
        let control = self.control();
        let Some(_guard) = self.lock_head(wait.for_a_turn())? else { return Ok(Front::OutOfTime) };
        let side = &control.head_side.0;
        if side.unsettled.load(Ordering::Relaxed) != 0 {
            self.tell_of_the_dead(recover);
        }
        let head_word = control.head.0.load(Ordering::Relaxed);
        let mut tail_word = side.known_tail.load(Ordering::Relaxed);
        if tail_word == head_word {
            tail_word = control.tail.0.load(Ordering::Acquire);
            if tail_word == head_word {
                return Ok(Front::Nothing);
            }
            side.known_tail.store(tail_word, Ordering::Relaxed);
        }
        let head = Cursor::from_word(head_word);
        let place = self.at(head);
        // SAFETY: the ring is not empty, so a record begins at the head, with its length, aligned to UNIT. The tail was
        // read with Acquire (by us, or by a holder of this lock before us), so what was written before it was moved is
        // seen.
        let bytes = unsafe { place.cast::<u32>().read() } as usize;
        let used = head.units_to(Cursor::from_word(tail_word), self.length);
        let units = units_of_record(bytes);
        if units > used || used > self.limit {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "one of the processes that share a queue has overwritten its memory",
            ));
        }
        let Some(take) = take.take() else { return Ok(Front::Nothing) };
        // SAFETY: the record lies between head and tail, as just checked, so inside the body and its copy. Putters
        // write only outside, and the head moves only under the lock, which we hold until the slice is gone.
        let message = unsafe { slice::from_raw_parts(place.add(HEADER), bytes) };
        let _commit = Commit { ring: self, units, next: head.past_record(units, self.length) };
        Ok(Front::Record(take(Taken { number: head.records, bytes: message })))
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
        self.control().tail_side.0.lock.lock(wait, || self.wake_taker())
    }

    #[inline]
    fn lock_head(&self, wait: Wait) -> io::Result<Option<Guard<'_>>> {
        let control = self.control();
        let side = &control.head_side.0;
        side.lock.lock(wait, || {
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
        let control = self.control();
        control.head.0.load(Ordering::Acquire) == control.tail.0.load(Ordering::Acquire)
    }

    /// Units that are free. Less than the truth, or the truth, when the tail stands still; it may be stale.
    fn free(&self) -> u32 {
        let control = self.control();
        let head = Cursor::from_word(control.head.0.load(Ordering::Acquire));
        let tail = Cursor::from_word(control.tail.0.load(Ordering::Acquire));
        self.limit.saturating_sub(head.units_to(tail, self.length))
    }

    fn control(&self) -> &Control {
        // SAFETY: the mapping's head begins with a Control, initialised by `new`, and lives as long as `self`; all its
        // fields are atomics or locks, made to be shared.
        unsafe { self.mapping.head().cast().as_ref() }
    }

    /// The address of a place in the ring: from there, `length` units lie in one piece.
    fn at(&self, cursor: Cursor) -> *mut u8 {
        // SAFETY: the offset is less than the body's length, and the body is mapped twice.
        unsafe { self.mapping.body().as_ptr().add(cursor.offset(self.length)) }
    }
}

/// What a try to take found.
enum Front<R> {
    Record(R),
    Nothing,
    /// Somebody else was at it for too long.
    OutOfTime,
}

/// Moves the head past a record, also when the one who was given the record panics.
struct Commit<'a> {
    ring: &'a Ring,
    units: u32,
    next: Cursor,
}

impl Drop for Commit<'_> {
    #[inline]
    fn drop(&mut self) {
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
