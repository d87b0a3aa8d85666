//! A lock in shared memory that survives the death of its holder.

use std::cell::UnsafeCell;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

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
#[repr(transparent)]
pub(crate) struct RobustLock(UnsafeCell<libc::pthread_mutex_t>);

// SAFETY: a pthread mutex is made to be used by many threads through one address; all access goes through
// pthread_mutex_* functions.
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
        // vouches for. UnsafeCell and this struct are transparent, so `place` is the address of the mutex itself.
        unsafe {
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
        let mut answer = unsafe { libc::pthread_mutex_trylock(self.0.get()) };
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
            let answer = unsafe { libc::pthread_mutex_trylock(self.0.get()) };
            if answer != libc::EBUSY {
                return answer;
            }
        }
        match wait {
            // SAFETY: as in `lock`; the deadline outlives the call.
            Wait::Until(deadline) => unsafe {
                pthread_mutex_clocklock(self.0.get(), libc::CLOCK_MONOTONIC, deadline.as_timespec())
            },
            // SAFETY: as in `lock`.
            Wait::No | Wait::Forever => unsafe { libc::pthread_mutex_lock(self.0.get()) },
        }
    }

    #[cold]
    fn take_over(&self, recover: impl FnOnce()) -> io::Result<()> {
        recover();
        // Only now: a holder that dies before this line leaves a lock whose next holder is told again.
        // SAFETY: pthread said EOWNERDEAD, so this thread holds the mutex and it is marked inconsistent.
        check(unsafe { libc::pthread_mutex_consistent(self.0.get()) })
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
        // SAFETY: this thread locked it (the guard cannot leave the thread) and has not unlocked it since.
        unsafe { libc::pthread_mutex_unlock(self.lock.0.get()) };
    }
}

/// pthread functions return their error instead of setting errno.
fn check(answer: libc::c_int) -> io::Result<()> {
    match answer {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
