//! Which processes hold an end of a queue: a list in shared memory, kept under a robust lock.
//!
//! A place in the list belongs to one process. It is struck out when the end is dropped there, and when somebody looks and
//! finds that the process has ended, however it came to that: nobody can be killed so that a place stays taken.
//!
//! What a process merely has a copy of, since it was forked, does not count. An end that is *moved* into a child
//! is handed over to it before the child begins (see `process/hand_over.rs`). A child that uses an end which was not moved into
//! it takes a place of its own.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::process::{hand_over, pidfd};
use crate::shared::lock::{Guard, RobustLock};
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// So many ends of one kind there can be at once.
const MOST: usize = 512;

/// The holders of all ends of one queue. Dropping it unmaps the list in this process only.
pub(super) struct Holders(Mapping);

/// The ends that put, or those that get.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Sender,
    Receiver,
}

#[repr(C)]
struct List {
    lock: RobustLock,
    /// [`Identity`] of who has the place, or 0. Written under the lock, each change by one store: a holder of the lock that dies
    /// leaves nothing to be put right.
    places: [[AtomicU64; MOST]; 2],
}

/// The list while it is locked.
pub(super) struct Locked<'a> {
    list: &'a List,
    _guard: Guard<'a>,
}

impl Holders {
    pub(super) fn new() -> io::Result<Holders> {
        let mapping = Mapping::new(c"multiprocess-ends", size_of::<List>(), 1)?;
        let list: *mut List = mapping.head().as_ptr().cast();
        // SAFETY: the mapping's head has room for a List, begins on a page, and is known to nobody else yet. It never moves, and
        // forks have it at the same address. The other fields are integers, for which the mapping's zeros are right.
        unsafe { RobustLock::init(&raw mut (*list).lock)? };
        Ok(Holders(mapping))
    }

    pub(super) fn lock(&self) -> io::Result<Locked<'_>> {
        // SAFETY: `new` has put a List there, which lives as long as `self`; its fields are made to be shared.
        let list: &List = unsafe { self.0.head().cast().as_ref() };
        match list.lock.lock(Wait::Forever, || {})? {
            Some(guard) => Ok(Locked { list, _guard: guard }),
            None => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Locked<'_> {
    /// Takes a place for this process.
    pub(super) fn take(&self, kind: Kind) -> io::Result<usize> {
        let free = || self.places(kind).iter().position(|place| place.load(Ordering::Relaxed) == 0);
        let place = free().or_else(|| {
            self.is_held(kind); // It strikes out the dead.
            free()
        });
        let place = place.ok_or_else(|| {
            io::Error::new(io::ErrorKind::QuotaExceeded, format!("a queue has {MOST} ends of a kind at most"))
        })?;
        let me = Identity::of(std::process::id().cast_signed());
        self.places(kind)[place].store(me.0, Ordering::Relaxed);
        Ok(place)
    }

    /// Whether it is this process's.
    pub(super) fn is_ours(&self, kind: Kind, place: usize) -> bool {
        Identity(self.places(kind)[place].load(Ordering::Relaxed)).is_this()
    }

    /// Gives up a place that is this process's: to the child that has the end now, if it was moved into one.
    pub(super) fn give_up(&self, kind: Kind, place: usize) {
        let heir = hand_over::heir().map_or(0, |heir| Identity::of(heir).0);
        self.places(kind)[place].store(heir, Ordering::Relaxed);
    }

    /// Whether somebody who is alive has a place. Strikes out those who are not.
    pub(super) fn is_held(&self, kind: Kind) -> bool {
        let mut alive = None;
        for place in self.places(kind) {
            let holder = Identity(place.load(Ordering::Relaxed));
            if holder.0 == 0 {
                continue;
            }
            // A process may hold many.
            if alive == Some(holder) || holder.is_alive() {
                alive = Some(holder);
            } else {
                place.store(0, Ordering::Relaxed);
            }
        }
        alive.is_some()
    }

    fn places(&self, kind: Kind) -> &[AtomicU64; MOST] {
        &self.list.places[kind as usize]
    }
}

/// A process, so that another one which is given its number later is not taken for it. In one word: its number, and the
/// lower half of when it was started, in ticks of the system's clock; 0 for that, if `/proc` does not say.
#[derive(Clone, Copy, PartialEq)]
struct Identity(u64);

impl Identity {
    fn of(pid: libc::pid_t) -> Identity {
        Identity(u64::from(pid.cast_unsigned()) << 32 | u64::from(started(pid).unwrap_or(0)))
    }

    fn pid(self) -> libc::pid_t {
        ((self.0 >> 32) as u32).cast_signed()
    }

    /// Whether it is this process.
    fn is_this(self) -> bool {
        self.pid().cast_unsigned() == std::process::id() && self.has_kept_its_number()
    }

    fn is_alive(self) -> bool {
        match pidfd::open(self.pid()) {
            // Readable when it has ended, reaped or not.
            Ok(process) => !pidfd::wait(process.as_fd(), Duration::ZERO).unwrap_or(false) && self.has_kept_its_number(),
            // No such process, or nothing that could be one's number. Whatever else is refused says nothing about it.
            Err(error) => !matches!(error.raw_os_error(), Some(libc::ESRCH | libc::EINVAL)),
        }
    }

    fn has_kept_its_number(self) -> bool {
        let noted = self.0 as u32;
        noted == 0 || started(self.pid()).is_none_or(|started| started == noted)
    }
}

/// When a process was started: see proc_pid_stat(5).
fn started(pid: libc::pid_t) -> Option<u32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // It is the twentieth field after the name, which may contain anything.
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    let ticks: u64 = std::str::from_utf8(&stat[name_end + 1..]).ok()?.split_whitespace().nth(19)?.parse().ok()?;
    Some(ticks as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_start_too() {
        let me = Identity::of(std::process::id().cast_signed());
        assert!(me.is_this() && me.is_alive());
        let another = Identity(me.0 ^ 1);
        assert!(!another.is_this() && !another.is_alive());
        assert!(!Identity(0).is_alive() && !Identity(u64::MAX).is_alive());
    }
}
