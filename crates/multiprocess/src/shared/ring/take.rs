//! How records get out of a ring.

use std::io;
use std::slice;
use std::sync::atomic::Ordering;

use super::control::UNSETTLED;
use super::copied::Copied;
use super::{Doubt, HEADER, Ring, lock, units_of_record};
use crate::shared::cursor::Cursor;
use crate::shared::futex;
use crate::shared::lock::overwritten;
use crate::shared::wait::Wait;

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

impl Ring {
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
