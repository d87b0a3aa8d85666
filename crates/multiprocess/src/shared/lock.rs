//! A lock in shared memory that survives the death of its holder.

use std::cell::UnsafeCell;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};
use std::time::Duration;

use super::wait::Wait;
use super::{futex, mapping};

/// How often a busy lock is tried again before its caller goes to sleep: most operations are over within that time.
const TRIES_BEFORE_SLEEPING: u32 = 64;

/// After so long, and then after twice as long each time, who sleeps for a limited time makes sure that there is a
/// holder at all.
const FIRST_DOUBT: Duration = Duration::from_secs(1);
const LONGEST_WITHOUT_DOUBT: Duration = Duration::from_secs(64);

/// How glibc writes down what kind of mutex this is: one that checks for errors (2), robust (16), shared (128).
const KIND: u32 = 2 | 16 | 128;

unsafe extern "C" {
    // glibc has it since 2.30; the libc crate does not declare it. pthread_mutex_timedlock takes a point in time of
    // the wall clock, which somebody may set.
    fn pthread_mutex_clocklock(
        mutex: *mut libc::pthread_mutex_t,
        clock: libc::clockid_t,
        deadline: *const libc::timespec,
    ) -> libc::c_int;
}

/// A process-shared, robust pthread mutex (pthread_mutexattr_setrobust(3)): when a process dies with the lock in its
/// hands, by whatever signal at whatever instruction, the kernel hands it to the next one, who is told.
///
/// Locking it again in the thread that holds it is an error ([`io::ErrorKind::Deadlock`]), not a deadlock.
///
/// A process that goes astray can write to it, and glibc trusts what it finds there. So we look first at what would
/// make it abort or wait for ever: the kind of the mutex, a holder that does not exist, and, around a long sleep with
/// the lock in hand, what belongs to the holder. What stays open is a stray write within the few instructions of an
/// operation.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct RobustLock {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    /// Not 0: somebody may sleep of whom the mutex knows nothing. Counts up whenever that may have come about.
    ///
    /// To unlock is to forget that there are sleepers and to wake one, who notes again that there may be more when it
    /// has the lock. If it is killed before that, the kernel wakes the next, but not when a third process has taken the
    /// lock in between (`handle_futex_death` in Linux's kernel/futex/core.c). So that one has to find out.
    sleepers: AtomicU32,
}

// SAFETY: a pthread mutex is made to be used by many threads through one address; all access goes through
// pthread_mutex_* functions, but for looks at its word and system calls on it, which are atomic (see `word`).
unsafe impl Sync for RobustLock {}
// SAFETY: nothing in it belongs to the thread that made it.
unsafe impl Send for RobustLock {}

/// glibc's `pthread_mutex_t` (struct __pthread_mutex_s) on 64-bit systems: programs have it compiled in, so it cannot
/// change.
#[repr(C)]
struct Inside {
    /// The holder's thread id, and two bits of the kernel's: see `FUTEX_TID_MASK`.
    word: AtomicU32,
    count: AtomicU32,
    /// The holder's thread id, once more.
    owner: AtomicU32,
    users: AtomicU32,
    kind: AtomicU32,
    spins: AtomicU32,
    /// The neighbours in the list of all robust locks that the holding thread has. glibc follows them when it unlocks.
    links: [AtomicUsize; 2],
}

// There are processors for which it has some bytes in reserve.
const _: () = assert!(size_of::<Inside>() <= size_of::<libc::pthread_mutex_t>());

impl RobustLock {
    /// Makes a lock, not held by anyone, at `place`.
    ///
    /// # Safety
    /// `place` is valid for writes, aligned, in memory that all users of the lock share at the same address, and not
    /// yet known to anyone else. The lock may never be moved.
    pub(crate) unsafe fn init(place: *mut RobustLock) -> io::Result<()> {
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: `attributes` is memory we own; after this call it is initialised.
        check(unsafe { libc::pthread_mutexattr_init(attributes.as_mut_ptr()) })?;
        let attributes = attributes.as_mut_ptr();
        // SAFETY: `attributes` was initialised above and is destroyed once, at the end; `place` is what the caller
        // vouches for. The mutex comes first in this struct and UnsafeCell is transparent, so `place` is its address,
        // too.
        unsafe {
            (&raw mut (*place).sleepers).write(AtomicU32::new(0));
            let made = check(libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED))
                .and_then(|()| check(libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST)))
                .and_then(|()| check(libc::pthread_mutexattr_settype(attributes, libc::PTHREAD_MUTEX_ERRORCHECK)))
                .and_then(|()| check(libc::pthread_mutex_init(place.cast(), attributes)));
            libc::pthread_mutexattr_destroy(attributes);
            made?;
            (*place).must_be_whole().map_err(|_| {
                io::Error::new(io::ErrorKind::Unsupported, "this C library makes its mutexes otherwise than glibc")
            })
        }
    }

    /// Takes the lock, waiting until it is free. `None`: not free within the given time.
    ///
    /// When the last holder died with it, `recover` runs first, with the lock held: it puts right what the dead one
    /// may have left undone. It may be run again if its own process dies in it. It must not panic.
    #[inline]
    pub(crate) fn lock(&self, wait: Wait, recover: impl FnOnce()) -> io::Result<Option<Guard<'_>>> {
        self.must_be_whole()?;
        // SAFETY: `self` was made by `init`, so the mutex is initialised, and it is never destroyed.
        let mut answer = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) };
        if answer == libc::EBUSY {
            answer = self.lock_when_free(wait)?;
        }
        match answer {
            0 => {}
            libc::EOWNERDEAD => self.take_over(recover)?,
            libc::EBUSY | libc::ETIMEDOUT => return Ok(None),
            libc::ENOTRECOVERABLE => return Err(overwritten()),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
        self.look_for_sleepers();
        Ok(Some(Guard { lock: self, same_thread: PhantomData }))
    }

    /// The guard of a lock that was [left locked](Guard::leave_locked).
    ///
    /// # Safety
    /// This thread has locked it, and there is no guard for that any more.
    pub(crate) unsafe fn guard_again(&self) -> Guard<'_> {
        Guard { lock: self, same_thread: PhantomData }
    }

    /// Whether some thread of this process holds it. The C library keeps a list of what each thread holds, in the locks
    /// themselves: a lock whose guard was forgotten has to stay where it is.
    pub(crate) fn is_held_here(&self) -> bool {
        let word = self.word().load(Ordering::Relaxed);
        let holder = word & libc::FUTEX_TID_MASK;
        // SAFETY: plain numbers; signal 0 is sent to nobody.
        holder != 0 && unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), holder, 0) } == 0
    }

    /// The part of `lock` for a lock that somebody holds; returns what pthread answers.
    #[cold]
    fn lock_when_free(&self, wait: Wait) -> io::Result<libc::c_int> {
        if matches!(wait, Wait::No) {
            return Ok(libc::EBUSY);
        }
        for _ in 0..TRIES_BEFORE_SLEEPING {
            std::hint::spin_loop();
            // SAFETY: as in `lock`.
            let answer = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) };
            if answer != libc::EBUSY {
                return Ok(answer);
            }
        }
        if matches!(wait, Wait::Forever) {
            // Who was promised no end gets no time-out, which the system would have to end, and begin again, for every
            // signal.
            self.must_have_a_holder()?;
            return Ok(self.sleep_until_free(wait));
        }
        let mut patience = FIRST_DOUBT;
        let mut last_doubt = None;
        loop {
            let answer = self.sleep_until_free(wait.or_at_most(patience));
            if answer != libc::ETIMEDOUT || wait.is_over() {
                return Ok(answer);
            }
            self.must_be_whole()?;
            let doubt = self.must_have_a_holder()?;
            if doubt.is_some() && doubt == last_doubt {
                return Err(overwritten());
            }
            last_doubt = doubt;
            patience = (2 * patience).min(LONGEST_WITHOUT_DOUBT);
        }
    }

    fn sleep_until_free(&self, wait: Wait) -> libc::c_int {
        // Should it be unlocked just when we go to sleep, its holder may not know of us.
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::Release);
        match wait {
            // SAFETY: as in `lock`; the deadline outlives the call.
            Wait::Until(deadline) => unsafe {
                pthread_mutex_clocklock(self.mutex.get(), libc::CLOCK_MONOTONIC, deadline.as_timespec())
            },
            // SAFETY: as in `lock`.
            Wait::No | Wait::ForATurn | Wait::Forever => unsafe { libc::pthread_mutex_lock(self.mutex.get()) },
        }
    }

    #[cold]
    fn take_over(&self, recover: impl FnOnce()) -> io::Result<()> {
        recover();
        // Only now: a holder that dies before this line leaves a lock whose next holder is told again.
        // SAFETY: pthread said EOWNERDEAD, so this thread holds the mutex and it is marked inconsistent.
        check(unsafe { libc::pthread_mutex_consistent(self.mutex.get()) })
    }

    /// Lets a sleeper of whom the mutex knows nothing, if there may be one, make itself known. Called by who holds the
    /// lock: right at the start, so that it is known should that one die, and again before it unlocks, should that
    /// sleeper have died.
    #[inline]
    fn look_for_sleepers(&self) {
        let sleepers = self.sleepers.load(Ordering::Relaxed);
        if sleepers != 0 {
            self.wake_forgotten(sleepers);
        }
    }

    #[cold]
    fn wake_forgotten(&self, sleepers: u32) {
        if !self.knows_of_sleepers() && !futex::wake_one(self.word()) {
            // Unless somebody has come since.
            let _ = self.sleepers.compare_exchange(sleepers, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn knows_of_sleepers(&self) -> bool {
        self.word().load(Ordering::Relaxed) & libc::FUTEX_WAITERS != 0
    }

    fn word(&self) -> &AtomicU32 {
        &self.inside().word
    }

    fn inside(&self) -> &Inside {
        // SAFETY: that is how glibc lays out a mutex, and it lives as long as `self`. The word, on which the futex
        // calls are made, glibc only accesses atomically; the rest it writes only in the thread that has just locked or
        // is about to unlock, and so do we; the kind is written once, by `init`.
        unsafe { &*self.mutex.get().cast() }
    }

    fn must_be_whole(&self) -> io::Result<()> {
        if self.inside().kind.load(Ordering::Relaxed) == KIND { Ok(()) } else { Err(overwritten()) }
    }

    /// The kernel lets nobody end and stay the holder. So a holder that does not exist was never one.
    ///
    /// A holder notes its id a second time right after it has locked, and strikes that out right before it unlocks.
    /// What is returned are the two when they differ: if they are the same seconds later, nobody is between those
    /// instructions.
    fn must_have_a_holder(&self) -> io::Result<Option<(u32, u32)>> {
        let word = self.word().load(Ordering::Relaxed);
        if word == 0 || word & libc::FUTEX_OWNER_DIED != 0 {
            return Ok(None);
        }
        let holder = word & libc::FUTEX_TID_MASK;
        let exists = holder != 0 && {
            // SAFETY: plain numbers; signal 0 is sent to nobody.
            let answer = unsafe { libc::syscall(libc::SYS_tkill, holder, 0) };
            answer == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
        };
        // One that has unlocked and ended meanwhile has changed the word.
        if !exists && self.word().load(Ordering::Relaxed) == word {
            return Err(overwritten());
        }
        let noted = self.inside().owner.load(Ordering::Relaxed);
        Ok((noted != holder).then_some((word, noted)))
    }
}

/// What a process that shares memory may find there after another has gone astray.
pub(crate) fn overwritten() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "one of the processes that share this memory has overwritten it: end them and begin anew",
    )
}

/// The lock is held while this lives. It stays in the thread that locked.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    lock: &'a RobustLock,
    same_thread: PhantomData<*const ()>,
}

impl Guard<'_> {
    /// Keeps the lock, until [`RobustLock::guard_again`].
    pub(crate) fn leave_locked(self) {
        std::mem::forget(self);
    }

    /// Whether this thread holds the lock: it does not in a forked copy of the process.
    pub(crate) fn is_ours(&self) -> bool {
        // SAFETY: plain numbers, none at all.
        let thread = unsafe { libc::gettid() };
        self.lock.word().load(Ordering::Relaxed) & libc::FUTEX_TID_MASK == thread.cast_unsigned()
    }

    /// Runs `sleep`, a long time in which this thread locks and unlocks nothing. What belongs to the holder alone is
    /// afterwards what it was before, whatever others have written there.
    pub(crate) fn keep_during<R>(&self, sleep: impl FnOnce() -> R) -> R {
        let inside = self.lock.inside();
        let word = inside.word.load(Ordering::Relaxed);
        let owner = inside.owner.load(Ordering::Relaxed);
        let links = [0, 1].map(|n| inside.links[n].load(Ordering::Relaxed));
        let result = sleep();
        if inside.word.load(Ordering::Relaxed) & libc::FUTEX_TID_MASK != word & libc::FUTEX_TID_MASK {
            inside.word.store(word | libc::FUTEX_WAITERS, Ordering::Relaxed);
        }
        inside.owner.store(owner, Ordering::Relaxed);
        inside.kind.store(KIND, Ordering::Relaxed);
        for (place, link) in inside.links.iter().zip(links) {
            place.store(link, Ordering::Relaxed);
        }
        result
    }
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.look_for_sleepers();
        if self.lock.knows_of_sleepers() {
            self.lock.sleepers.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: this thread locked it (the guard cannot leave the thread) and has not unlocked it since.
        if unsafe { libc::pthread_mutex_unlock(self.lock.mutex.get()) } != 0 {
            // Overwritten (or in a forked copy of the holder). It stays in the thread's list of robust locks, where
            // glibc would come across it after its memory is gone.
            mapping::never_unmap();
        }
    }
}

/// pthread functions return their error instead of setting errno.
fn check(answer: libc::c_int) -> io::Result<()> {
    match answer {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
