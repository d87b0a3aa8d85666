//! How records get into a ring.

use std::io;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};

use super::control::State;
use super::{Doubt, HEADER, Ring, Wake, lock, units_of_record};
use crate::shared::cursor::{Cursor, UNIT};
use crate::shared::futex;
use crate::shared::lock::overwritten;
use crate::shared::wait::Wait;

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

impl Ring {
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
