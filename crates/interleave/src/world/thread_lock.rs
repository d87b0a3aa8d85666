//! What the functions of the C library do to a lock by which the threads of a process wait for each other, and what such a lock looks like:
//! glibc's `struct_mutex.h`, `struct_rwlock.h`, `semaphoreP.h`, `pthread_spin_lock.c`, `struct_FILE.h` and `stdio-lock.h`.

use std::ops::Range;

use super::object::{Access, Object};
use crate::trace::Pid;

/// A call of one of these functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLock {
    pub function: Function,
    /// Where the lock is; and the mutex that a condition variable is used with.
    pub place: u64,
    pub mutex: Option<u64>,
}

/// The system calls that are put before functions of a process.
#[derive(Debug, Clone)]
pub struct Calls {
    /// Where the one ends that comes before the function which waits for a thread.
    pub join: u64,
    /// The same for each that uses a lock.
    pub locks: Vec<(u64, Function)>,
    /// Where its standard output is, as stdio(3) has it.
    pub stdout: u64,
    /// What the loader has for itself: its locks are none of the program's.
    pub loader: Range<u64>,
}

/// Who asks for a lock.
#[derive(Debug, Clone, Copy)]
pub struct Thread {
    /// By its number, as its process knows it.
    pub number: Pid,
    /// An address in glibc's structure for it, if that is known.
    pub place: Option<u64>,
}

impl Thread {
    /// Whether glibc's structure for it, by which its process knows it, is at this address.
    pub fn is_at(self, address: u64) -> bool {
        /// The structure is no larger, in bytes.
        const LARGEST: u64 = 4096;
        self.place.is_some_and(|place| place.wrapping_sub(address) < LARGEST)
    }
}

/// One of these functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    pub name: &'static str,
    does: Does,
    kind: Kind,
}

/// What a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It takes the lock, and waits until it can.
    Take,
    /// The same; and whether it comes before or after what others do to the lock nobody can tell: what is in a stream is written in the
    /// order in which it came there, and that it is written is a step of its own.
    Flush,
    /// It takes it if it can.
    Try,
    /// It only looks.
    Look,
    /// Anything else; if it has to wait for others, it does so in the kernel.
    Use,
    /// The same, with a mutex that it gives back meanwhile.
    UseWithMutex,
}

/// What a lock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mutex,
    Semaphore,
    Spin,
    Condition,
    Barrier,
    /// That several may have who only read; and how it is asked for, if it is.
    ReadWrite,
    ToRead,
    ToWrite,
    /// A stream of stdio(3), which is that argument of the function, or standard output. (Of a fourth argument, as fwrite(3) has it, a system
    /// call does not tell.)
    Stream(Option<usize>),
}

/// Where a mutex says who has it, and of what kind it is.
const OWNER: u64 = 8;
const KIND: u64 = 16;

/// How large it is, in bytes.
const MUTEX: u64 = size_of::<libc::pthread_mutex_t>() as u64;

/// Waits for the end of the thread that it names first.
pub const JOIN: &str = "pthread_join";

/// Those that are steps, what is used most first. (What makes and what destroys a lock is none: nobody may use it meanwhile.)
pub const FUNCTIONS: [Function; 42] = [
    of("pthread_mutex_lock", Does::Take, Kind::Mutex),
    of("pthread_mutex_unlock", Does::Use, Kind::Mutex),
    of("pthread_mutex_trylock", Does::Try, Kind::Mutex),
    of("pthread_cond_wait", Does::UseWithMutex, Kind::Condition),
    of("pthread_cond_signal", Does::Use, Kind::Condition),
    of("pthread_cond_broadcast", Does::Use, Kind::Condition),
    of("sem_wait", Does::Take, Kind::Semaphore),
    of("sem_post", Does::Use, Kind::Semaphore),
    of("pthread_cond_timedwait", Does::UseWithMutex, Kind::Condition),
    of("pthread_cond_clockwait", Does::UseWithMutex, Kind::Condition),
    of("pthread_mutex_timedlock", Does::Use, Kind::Mutex),
    of("pthread_mutex_clocklock", Does::Use, Kind::Mutex),
    of("sem_trywait", Does::Try, Kind::Semaphore),
    of("sem_timedwait", Does::Use, Kind::Semaphore),
    of("sem_clockwait", Does::Use, Kind::Semaphore),
    of("sem_getvalue", Does::Look, Kind::Semaphore),
    of("pthread_barrier_wait", Does::Use, Kind::Barrier),
    of("pthread_rwlock_rdlock", Does::Take, Kind::ToRead),
    of("pthread_rwlock_wrlock", Does::Take, Kind::ToWrite),
    of("pthread_rwlock_tryrdlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_trywrlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_timedrdlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_timedwrlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_clockrdlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_clockwrlock", Does::Use, Kind::ReadWrite),
    of("pthread_rwlock_unlock", Does::Use, Kind::ReadWrite),
    of("pthread_spin_lock", Does::Take, Kind::Spin),
    of("pthread_spin_trylock", Does::Try, Kind::Spin),
    of("pthread_spin_unlock", Does::Use, Kind::Spin),
    of("printf", Does::Take, Kind::Stream(None)),
    of("puts", Does::Take, Kind::Stream(None)),
    of("fwrite", Does::Take, Kind::Stream(None)),
    of("fflush", Does::Flush, Kind::Stream(Some(0))),
    of("putchar", Does::Take, Kind::Stream(None)),
    of("fprintf", Does::Take, Kind::Stream(Some(0))),
    of("fputs", Does::Take, Kind::Stream(Some(1))),
    of("fputc", Does::Take, Kind::Stream(Some(1))),
    of("putc", Does::Take, Kind::Stream(Some(1))),
    of("__printf_chk", Does::Take, Kind::Stream(None)),
    of("__fprintf_chk", Does::Take, Kind::Stream(Some(0))),
    of("vfprintf", Does::Take, Kind::Stream(Some(0))),
    of("flockfile", Does::Take, Kind::Stream(Some(0))),
];

/// Without these there is no use in the others.
pub const NEEDED: [&str; 6] =
    ["pthread_mutex_lock", "pthread_mutex_unlock", "pthread_cond_wait", "pthread_cond_signal", "sem_wait", "sem_post"];

const fn of(name: &'static str, does: Does, kind: Kind) -> Function {
    Function { name, does, kind }
}

impl Function {
    /// The function of this name, if it is one of those.
    pub fn named(name: &str) -> Option<Function> {
        FUNCTIONS.into_iter().find(|function| function.name == name)
    }

    /// Whether its lock is one that is waited for in a loop.
    pub fn spins(&self) -> bool {
        self.kind == Kind::Spin
    }

    /// Whether its lock is a stream.
    pub fn prints(&self) -> bool {
        matches!(self.kind, Kind::Stream(_))
    }

    /// How large its lock is, in bytes.
    fn bytes(self) -> u64 {
        match self.kind {
            Kind::Mutex => MUTEX,
            Kind::Semaphore => size_of::<libc::sem_t>() as u64,
            Kind::Spin => size_of::<libc::pthread_spinlock_t>() as u64,
            Kind::Condition => size_of::<libc::pthread_cond_t>() as u64,
            Kind::Barrier => size_of::<libc::pthread_barrier_t>() as u64,
            Kind::ReadWrite | Kind::ToRead | Kind::ToWrite => size_of::<libc::pthread_rwlock_t>() as u64,
            // Its lock is elsewhere.
            Kind::Stream(_) => 0,
        }
    }

    /// A call of it with these arguments, in a process whose standard output is there.
    pub fn call(self, arguments: &[u64; 6], stdout: u64) -> ThreadLock {
        let mutex = (self.does == Does::UseWithMutex).then_some(arguments[1]);
        let place = match self.kind {
            Kind::Stream(argument) => argument.map_or(0, |number| arguments[number]),
            _ => arguments[0],
        };
        let is_stdout = place == 0 && matches!(self.kind, Kind::Stream(_));
        ThreadLock { function: self, place: if is_stdout { stdout } else { place }, mutex }
    }
}

impl ThreadLock {
    /// Whether others may have to go first.
    pub fn may_wait(&self) -> bool {
        matches!(self.function.does, Does::Take | Does::Flush)
    }

    /// Whether it does no more than look whether it can have the lock, and may do so again and again.
    pub fn looks(&self) -> bool {
        matches!(self.function.does, Does::Try | Does::Look)
    }

    /// Whether it can go on now, by the words of memory there, for a thread of this number.
    pub fn goes_on(&self, thread: Thread, word: impl Fn(u64) -> Option<u32>) -> bool {
        !self.may_wait() || self.is_free(thread, &word)
    }

    /// How it uses the lock, if others can tell when.
    pub fn access(&self, thread: Thread, word: impl Fn(u64) -> Option<u32>) -> Option<Access> {
        match self.function.does {
            Does::Flush => None,
            Does::Look => Some(Access::Read),
            Does::Try if !self.is_free(thread, &word) => Some(Access::Read),
            _ => Some(Access::Write),
        }
    }

    /// Where its locks are.
    pub fn places(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.place).chain(self.mutex)
    }

    /// Whether this word belongs to one of its locks.
    pub fn has_word_at(&self, address: u64) -> bool {
        let within = |place: u64, bytes: u64| (place..place.saturating_add(bytes)).contains(&address);
        within(self.place, self.function.bytes()) || self.mutex.is_some_and(|mutex| within(mutex, MUTEX))
    }

    /// The thread, by its number, that has it, if it is a mutex.
    pub fn owner(&self, word: impl Fn(u64) -> Option<u32>) -> Option<Pid> {
        let word = |offset: u64| word(self.place.wrapping_add(offset));
        let is_taken = self.function.kind == Kind::Mutex && word(0)? != 0;
        word(OWNER).filter(|&owner| is_taken && owner != 0)
    }

    fn is_free(&self, thread: Thread, read: &impl Fn(u64) -> Option<u32>) -> bool {
        let word = |offset: u64| read(self.place.wrapping_add(offset));
        match self.function.kind {
            Kind::Mutex => is_mutex_free(thread.number, word),
            Kind::Semaphore => word(0).is_none_or(|value| value & 0x7fff_ffff > 0),
            Kind::Spin => word(0).is_none_or(|value| value.cast_signed() > 0),
            Kind::ToRead => is_open(thread.number, word, false),
            Kind::ToWrite => is_open(thread.number, word, true),
            Kind::Stream(_) => is_stream_free(thread, word, read),
            Kind::Condition | Kind::Barrier | Kind::ReadWrite => true,
        }
    }
}

/// Whether a thread can use a stream, by the words from where that is, and those of all memory.
fn is_stream_free(thread: Thread, word: impl Fn(u64) -> Option<u32>, any: &impl Fn(u64) -> Option<u32>) -> bool {
    /// Where it says where its lock is; and behind that, whose it is.
    const LOCK: u64 = 136;
    const OWNER: u64 = 8;
    let long = |low: Option<u32>, high: Option<u32>| Some(u64::from(low?) | u64::from(high?) << 32);
    let Some(lock) = long(word(LOCK), word(LOCK + 4)) else { return true };
    let owner = long(any(lock + OWNER), any(lock + OWNER + 4));
    match (any(lock), owner) {
        // (Who is not known will see for itself.)
        (Some(1..), Some(owner)) => thread.place.is_none() || thread.is_at(owner),
        _ => true,
    }
}

/// Whether a thread that locks a mutex does not wait. (A robust one, say, it waits for in the kernel.)
fn is_mutex_free(thread: Pid, word: impl Fn(u64) -> Option<u32>) -> bool {
    /// The kinds, and what may be added to these without making it another one: whether processes share it, and how it tries
    /// not to lock at all.
    const NORMAL: u32 = 0;
    const RECURSIVE: u32 = 1;
    const CHECKING: u32 = 2;
    const ADAPTIVE: u32 = 3;
    const ADDED: u32 = 0x380;
    let (Some(lock), Some(owner), Some(kind)) = (word(0), word(OWNER), word(KIND)) else { return true };
    match kind & !ADDED {
        _ if lock == 0 => true,
        NORMAL | ADAPTIVE => false,
        RECURSIVE | CHECKING => owner == thread,
        _ => true,
    }
}

/// Whether a thread that wants to read, or to write, does not wait for others who do. (Where those who want to write come first, it is for the
/// kernel to say.)
fn is_open(thread: Pid, word: impl Fn(u64) -> Option<u32>, writes: bool) -> bool {
    /// Where it says who writes, and who comes first.
    const WRITER: u64 = 24;
    const FLAGS: u64 = 48;
    /// In its first word, with how many read in all higher bits: whether those who write have their turn, and one of them has it.
    const TURN: u32 = 1;
    const TAKEN: u32 = 2;
    const READERS: u32 = !7;
    let (Some(state), Some(writer), Some(flags)) = (word(0), word(WRITER), word(FLAGS)) else { return true };
    let is_free = if writes { state & (TAKEN | READERS) == 0 } else { state & (TURN | TAKEN) != TURN | TAKEN };
    // One that writes already is told of its error.
    is_free || flags != 0 || writer == thread
}

/// What footprints call the lock at an address of a process.
pub fn object(process: usize, place: u64) -> Object {
    /// No address of a process has more bits.
    const BITS: u32 = 47;
    Object::ThreadLock((process as u64) << BITS | place & ((1 << BITS) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: Thread = Thread { number: 7, place: Some(0x2010) };

    #[test]
    fn who_can_have_a_lock() {
        let lock = |name: &str| Function::named(name).unwrap().call(&[0x1000, 0x2000, 0, 0, 0, 0], 0);
        let goes_on =
            |name: &str, words: &[u32]| lock(name).goes_on(SEVEN, |at| words.get((at as usize - 0x1000) / 4).copied());
        // In a mutex: the lock, how often, by whom, how many, its kind.
        for (words, is_free, what) in [
            ([0, 0, 0, 0, 0], true, "nobody has it"),
            ([1, 0, 8, 1, 0], false, "another one has it"),
            ([1, 0, 7, 1, 0], false, "it would wait for itself"),
            ([2, 0, 7, 1, 1], true, "recursive"),
            ([2, 0, 8, 1, 1], false, "recursive, of another one"),
            ([1, 0, 7, 1, 2], true, "it is told of its error"),
            ([1, 0, 8, 1, 3 | 128], false, "shared, adaptive"),
            ([8, 0, 8, 1, 16], true, "robust: the kernel knows"),
        ] {
            assert_eq!(goes_on("pthread_mutex_lock", &words), is_free, "{what}");
            assert!(goes_on("pthread_mutex_trylock", &words) && goes_on("pthread_mutex_unlock", &words));
        }
        assert!(!goes_on("sem_wait", &[0, 3]) && goes_on("sem_wait", &[1]) && goes_on("sem_post", &[0]));
        assert!(!goes_on("pthread_spin_lock", &[0]) && goes_on("pthread_spin_lock", &[1]));
        let mut lock = [0; 14];
        for (state, reads, writes, what) in [
            (0, true, true, "nobody has it"),
            (1, true, true, "one has written"),
            (8, true, false, "one reads"),
            (3, false, false, "one writes"),
            (10, true, false, "one reads, and one waits to write"),
        ] {
            lock[0] = state;
            assert_eq!(goes_on("pthread_rwlock_rdlock", &lock), reads, "{what}");
            assert_eq!(goes_on("pthread_rwlock_wrlock", &lock), writes, "{what}");
        }
        lock[6] = 7;
        assert!(goes_on("pthread_rwlock_wrlock", &lock), "it is told of its error");
        assert!(goes_on("pthread_mutex_lock", &[]), "the kernel will say what is wrong with it");
    }

    #[test]
    fn a_stream_is_free_for_whoever_has_it() {
        let goes_on = |name: &str, owner: u32| {
            let lock = Function::named(name).unwrap().call(&[0; 6], 0x1000);
            // The stream, whose lock is at 0x4000.
            lock.goes_on(SEVEN, |at| match at {
                0x1088 => Some(0x4000),
                0x4000 => Some(u32::from(owner != 0)),
                0x4008 => Some(owner),
                _ => Some(0),
            })
        };
        assert!(goes_on("printf", 0) && goes_on("puts", 0x2000) && !goes_on("printf", 0x8000));
        assert!(!goes_on("fflush", 0x8000), "of standard output, if it is given none");
    }

    #[test]
    fn a_lock_that_is_taken_is_only_looked_at() {
        let access = |name: &str, words: &[u32]| {
            let lock = Function::named(name).unwrap().call(&[0; 6], 0);
            lock.access(SEVEN, |at| words.get(at as usize / 4).copied())
        };
        assert_eq!(access("pthread_mutex_trylock", &[1, 0, 8, 1, 0]), Some(Access::Read));
        assert_eq!(access("pthread_mutex_trylock", &[0, 0, 0, 0, 0]), Some(Access::Write));
        assert_eq!(access("sem_getvalue", &[0]), Some(Access::Read));
        assert_eq!(access("pthread_mutex_unlock", &[1, 0, 8, 1, 0]), Some(Access::Write));
    }

    #[test]
    fn locks_have_places() {
        let wait = Function::named("pthread_cond_wait").unwrap().call(&[1, 2, 3, 4, 5, 6], 0);
        assert_eq!(wait.places().collect::<Vec<_>>(), [1, 2]);
        let signal = Function::named("pthread_cond_signal").unwrap().call(&[1, 2, 3, 4, 5, 6], 0);
        assert_eq!(signal.places().collect::<Vec<_>>(), [1]);
        assert_ne!(object(0, 0x1000), object(1, 0x1000));
        assert!(NEEDED.iter().all(|name| Function::named(name).is_some()));
    }
}
