//! A lock in shared memory that survives the death of its holder.

use std::cell::UnsafeCell;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use super::futex;
use super::wait::Wait;

/// How often a busy lock is tried again before its caller goes to sleep: most operations are over within that time.
const TRIES_BEFORE_SLEEPING: u32 = 64;

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
/// Locking it again in the thread that holds it is an error, not a deadlock.
#[repr(C)]
pub(crate) struct RobustLock {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    /// Not 0: somebody may sleep of whom the mutex knows nothing. Counts up whenever that may have come about.
    ///
    /// To unlock is to forget that there are sleepers and to wake one, who notes again that there may be more when it has
    /// the lock. If it is killed before that, the kernel wakes the next, but not when a third process has taken the
    /// lock in between (`handle_futex_death` in Linux's kernel/futex/core.c). So that one has to find out.
    sleepers: AtomicU32,
}

// SAFETY: a pthread mutex is made to be used by many threads through one address; all access goes through
// pthread_mutex_* functions, but for looks at its word and system calls on it, which are atomic (see `word`).
unsafe impl Sync for RobustLock {}
// SAFETY: nothing in it belongs to the thread that made it.
unsafe impl Send for RobustLock {}

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
        // vouches for. The mutex comes first in this struct and UnsafeCell is transparent, so `place` is its address, too.
        unsafe {
            (&raw mut (*place).sleepers).write(AtomicU32::new(0));
            let made = check(libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED))
                .and_then(|()| check(libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST)))
                .and_then(|()| check(libc::pthread_mutexattr_settype(attributes, libc::PTHREAD_MUTEX_ERRORCHECK)))
                .and_then(|()| check(libc::pthread_mutex_init(place.cast(), attributes)));
            libc::pthread_mutexattr_destroy(attributes);
            made
        }
    }

    /// Takes the lock, waiting until it is free. `None`: not free within the given time.
    ///
    /// When the last holder died with it, `recover` runs first, with the lock held: it puts right what the dead one
    /// may have left undone. It may be run again if its own process dies in it. It must not panic.
    #[inline]
    pub(crate) fn lock(&self, wait: Wait, recover: impl FnOnce()) -> io::Result<Option<Guard<'_>>> {
        // SAFETY: `self` was made by `init`, so the mutex is initialised, and it is never destroyed.
        let mut answer = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) };
        if answer == libc::EBUSY {
            answer = self.lock_when_free(wait);
        }
        match answer {
            0 => {}
            libc::EOWNERDEAD => self.take_over(recover)?,
            libc::EBUSY | libc::ETIMEDOUT => return Ok(None),
            libc::EDEADLK => {
                return Err(io::Error::new(
                    io::ErrorKind::Deadlock,
                    "a queue was used by the encoding or decoding of one of its own items",
                ));
            }
            error => return Err(io::Error::from_raw_os_error(error)),
        }
        self.look_for_sleepers();
        Ok(Some(Guard { lock: self, same_thread: PhantomData }))
    }

    /// The part of `lock` for a lock that somebody holds; returns what pthread answers.
    #[cold]
    fn lock_when_free(&self, wait: Wait) -> libc::c_int {
        if matches!(wait, Wait::No) {
            return libc::EBUSY;
        }
        for _ in 0..TRIES_BEFORE_SLEEPING {
            std::hint::spin_loop();
            // SAFETY: as in `lock`.
            let answer = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) };
            if answer != libc::EBUSY {
                return answer;
            }
        }
        // Should it be unlocked just when we go to sleep, its holder may not know of us.
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::Release);
        match wait {
            // SAFETY: as in `lock`; the deadline outlives the call.
            Wait::Until(deadline) => unsafe {
                pthread_mutex_clocklock(self.mutex.get(), libc::CLOCK_MONOTONIC, deadline.as_timespec())
            },
            // SAFETY: as in `lock`.
            Wait::No | Wait::Forever => unsafe { libc::pthread_mutex_lock(self.mutex.get()) },
        }
    }

    #[cold]
    fn take_over(&self, recover: impl FnOnce()) -> io::Result<()> {
        recover();
        // Only now: a holder that dies before this line leaves a lock whose next holder is told again.
        // SAFETY: pthread said EOWNERDEAD, so this thread holds the mutex and it is marked inconsistent.
        check(unsafe { libc::pthread_mutex_consistent(self.mutex.get()) })
    }

    /// Lets a sleeper of whom the mutex knows nothing, if there may be one, make itself known. Called by who holds the lock:
    /// right at the start, so that it is known should that one die, and again before it unlocks, should that sleeper have died.
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
        // SAFETY: glibc's pthread_mutex_t begins with the word on which its futex calls are made, and which it only
        // accesses atomically. It lives as long as `self`.
        unsafe { AtomicU32::from_ptr(self.mutex.get().cast()) }
    }
}

/// The lock is held while this lives. It stays in the thread that locked.
pub(crate) struct Guard<'a> {
    lock: &'a RobustLock,
    same_thread: PhantomData<*const ()>,
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.look_for_sleepers();
        if self.lock.knows_of_sleepers() {
            self.lock.sleepers.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: this thread locked it (the guard cannot leave the thread) and has not unlocked it since.
        unsafe { libc::pthread_mutex_unlock(self.lock.mutex.get()) };
    }
}

/// pthread functions return their error instead of setting errno.
fn check(answer: libc::c_int) -> io::Result<()> {
    match answer {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
