//! The end of a task that takes too long: its worker is killed by the kernel, on time, whatever the task does.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::Ordering;

use super::memory::Slot;
use crate::explain::explain;

/// A timer that sends SIGKILL to the process that has it: timer_create(2). A program that a task executes in its worker's place
/// has it no more, and neither has a child.
#[derive(Default)]
pub(super) struct Alarm(Option<libc::timer_t>);

impl Alarm {
    /// Lets this process, whose slot this is, be killed in so many nanoseconds. `false`: there is no limit.
    pub(super) fn set(&mut self, slot: &Slot, nanoseconds: u64) -> io::Result<bool> {
        if nanoseconds == 0 {
            return Ok(false);
        }
        let timer = match self.0 {
            Some(timer) => timer,
            None => *self.0.insert(make_timer()?),
        };
        slot.deadline.store(now().saturating_add(nanoseconds), Ordering::Relaxed);
        slot.time_limit.store(nanoseconds, Ordering::Relaxed);
        set(timer, nanoseconds)?;
        Ok(true)
    }

    /// The task is over. If its time was, too, this does not return.
    pub(super) fn stop(&self, slot: &Slot) -> io::Result<()> {
        self.0.map_or(Ok(()), |timer| set(timer, 0))?;
        slot.time_limit.store(0, Ordering::Relaxed);
        Ok(())
    }
}

/// The limit that the worker of this slot has exceeded, if a limit is why it was killed.
pub(super) fn exceeded(slot: &Slot) -> Option<u64> {
    let limit = slot.time_limit.load(Ordering::Relaxed);
    (limit != 0 && now() >= slot.deadline.load(Ordering::Relaxed)).then_some(limit)
}

fn make_timer() -> io::Result<libc::timer_t> {
    let mut timer = MaybeUninit::uninit();
    // SAFETY: a sigevent is plain data, for which zeros are right; the timer is written to a live place.
    let answer = unsafe {
        let mut event: libc::sigevent = std::mem::zeroed();
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = libc::SIGKILL;
        libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, timer.as_mut_ptr())
    };
    if answer != 0 {
        return Err(explain(
            io::Error::last_os_error(),
            format_args!("could not make a timer for a task with a time limit"),
        ));
    }
    // SAFETY: the call has written it.
    Ok(unsafe { timer.assume_init() })
}

/// 0: never.
fn set(timer: libc::timer_t, nanoseconds: u64) -> io::Result<()> {
    let value = libc::timespec {
        tv_sec: libc::time_t::try_from(nanoseconds / 1_000_000_000).unwrap_or(libc::time_t::MAX),
        tv_nsec: (nanoseconds % 1_000_000_000) as libc::c_long,
    };
    let once = libc::itimerspec { it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
    // SAFETY: a timer of this process, and a live itimerspec; the old one is not asked for.
    if unsafe { libc::timer_settime(timer, 0, &raw const once, ptr::null_mut()) } == 0 {
        return Ok(());
    }
    Err(explain(io::Error::last_os_error(), format_args!("could not set a timer for a task with a time limit")))
}

/// Nanoseconds of the monotonic clock.
fn now() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a live timespec. The call cannot fail: Linux always has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}
