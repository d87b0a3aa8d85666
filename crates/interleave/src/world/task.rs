//! A task: a thread of the program, and what it is about to do.

use std::ops::Range;
use std::os::fd::OwnedFd;

use nix::poll::PollFlags;

use super::memory::FutexPlace;
use super::object::{Footprint, Object};
use super::process::Detour;
use super::spin::SpinDetector;
use super::streams::Flow;
use super::thread_lock::{Thread, ThreadLock};
use crate::kernel::arch;
use crate::kernel::instruction::Instruction;
use crate::kernel::stopped::All;
use crate::kernel::sys::Call;
use crate::trace::Pid;

/// A thread.
pub struct Task {
    /// The kernel's number for it.
    pub tid: Pid,
    /// The number that the program knows it by.
    pub inner: Pid,
    /// Its process, by number.
    pub process: usize,
    pub state: State,
    /// Nothing of its own has run yet.
    pub fresh: bool,
    /// It has called fork or clone: somebody may be there of whom nothing was heard yet.
    pub has_forked: bool,
    /// What its last call has started.
    pub starting: Option<Birth>,
    /// The process that it starts next gets no memory of its own (`CLONE_VM` of clone(2), but for vfork(2)).
    pub lends: bool,
    /// That process is its sibling (`CLONE_PARENT`).
    pub starts_sibling: bool,
    /// It waits inside the call at which it is held: a signal interrupts it. One that comes before is handled before.
    pub has_entered: bool,
    /// It makes a difference if a signal comes before it begins to wait, or after it.
    pub may_be_interrupted: bool,
    /// A signal is to be handled before anything else.
    pub has_signal: bool,
    /// The state in which it has come to the call at which it is held, if that was looked at.
    pub state_there: Option<Option<u64>>,
    /// The call before which a handler runs, by what it has in common with itself when it is made again.
    pub handling: Option<(i64, [u64; 6], u64)>,
    /// The signals that it kept back after its last step, if that was looked at.
    pub blocked: Option<u64>,
    /// Those of them that waited for it when it began its step.
    pub kept_back: u64,
    /// How often in a row it did nothing but let time pass.
    pub sleeps_in_a_row: u32,
    /// It has looked meanwhile whether something has come about.
    pub looks_between_sleeps: bool,
    pub spin: SpinDetector,
    /// In which state it was last seen while it should run, and how often in a row.
    pub asleep_in: Option<u8>,
    pub sightings: u32,
    /// The kernel is expected to let it wait: it was let into a call that only the kernel can end.
    pub may_wait: bool,
    /// What that call uses, if it was let into one that the kernel decides about. It may give up waiting, and then undoes what it began.
    pub waits_in: Option<Footprint>,
    /// It waits in the kernel for a connection of the internet, for which the kernel asks again after a second, and later.
    pub asks_again: bool,
    /// It waits in the kernel for no longer than this.
    pub limit: Option<Limit>,
    /// It could have gone on before the last step too.
    pub was_enabled: bool,
    /// The step that started it, until it has taken one.
    pub started_by: Option<u32>,
    /// The step that made its next one possible.
    pub enabled_by: Option<u32>,
    /// The step in which it came to the call at which it is held.
    pub arrival: Option<u32>,
    /// What its process's clock was then, in nanoseconds.
    pub came_at: u64,
    /// Its last step.
    pub last: Option<u32>,
    /// How many pipes, sockets and the like it has made.
    pub made: u64,
    /// The loads and stores at which it is held: the last one, and those that handlers of signals have interrupted.
    pub accesses: Vec<Access>,
    /// Where it was when it was sent aside: the last time, and those that handlers of signals have interrupted.
    pub turns: Vec<Turn>,
    /// Since then something has come that may let it leave its loop.
    pub turns_anew: bool,
    /// It uses a lock of shared memory, and is about to wait for it or to wake others, which is a part of the same step.
    pub calls_for_lock: bool,
    /// It gives a mutex back, and has not returned from that.
    pub is_giving_back: bool,
    /// It has begun to use a lock of shared memory, and had to wait: what it does next goes on with that.
    pub waited_for_lock: bool,
    /// Where the number of a thread is to be removed once that has ended: of the one that it starts next, and its own (`CLONE_CHILD_CLEARTID`).
    pub starts_at: Option<u64>,
    pub clears: Option<u64>,
    /// What it did last to a lock of its process's threads: it may not be over.
    pub thread_lock: Option<ThreadLock>,
    /// It has stored to these addresses in shared memory, and made no call and no locked access since.
    pub stored: Vec<Range<u64>>,
}

/// How long a task waits in a call in which only the kernel can tell what for.
pub struct Limit {
    /// In nanoseconds of virtual time.
    pub nanoseconds: u64,
    /// What the call fails with then.
    pub errno: i32,
    /// What the call uses.
    pub uses: Footprint,
    /// Where the call ends.
    pub instruction: u64,
    /// Where the program has given its time, and by how many seconds that is later which stands there meanwhile.
    pub given: Option<(u64, u64)>,
}

/// A load or store of shared memory at which a task is held: it makes a call in its place.
#[derive(Clone)]
pub struct Access {
    /// Its registers right before it.
    pub registers: All,
    /// Where the instruction is by which it makes that call.
    pub call_at: u64,
    pub address: u64,
    pub instruction: Instruction,
    /// It stores.
    pub writes: bool,
    /// It has loaded and goes on to store this. Then the registers are those behind it.
    pub then: Option<Vec<u8>>,
}

/// A loop without a call, out of which a task was sent aside: it makes a call in its place.
#[derive(Clone)]
pub struct Turn {
    /// Its registers there.
    pub registers: All,
    /// Where the instruction is by which it makes that call.
    pub call_at: u64,
}

impl Access {
    /// Where in the code it is.
    pub fn place(&self) -> u64 {
        arch::result(&self.registers).1
    }
}

impl Task {
    /// A thread that runs.
    pub fn new(tid: Pid, inner: Pid, process: usize, fresh: bool, started_by: Option<u32>) -> Task {
        Task {
            tid,
            inner,
            process,
            state: State::Running,
            fresh,
            has_forked: false,
            starting: None,
            lends: false,
            starts_sibling: false,
            has_entered: false,
            may_be_interrupted: true,
            has_signal: false,
            state_there: None,
            handling: None,
            blocked: None,
            kept_back: 0,
            sleeps_in_a_row: 0,
            looks_between_sleeps: false,
            spin: SpinDetector::default(),
            asleep_in: None,
            sightings: 0,
            may_wait: false,
            waits_in: None,
            asks_again: false,
            limit: None,
            was_enabled: false,
            started_by,
            enabled_by: None,
            arrival: None,
            came_at: 0,
            last: None,
            made: 0,
            accesses: Vec::new(),
            turns: Vec::new(),
            turns_anew: false,
            calls_for_lock: false,
            is_giving_back: false,
            waited_for_lock: false,
            starts_at: None,
            clears: None,
            thread_lock: None,
            stored: Vec::new(),
        }
    }

    /// It, as one that asks for a lock of its process's threads.
    pub fn as_thread(&self) -> Thread {
        Thread { number: self.inner, place: self.clears }
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }
}

/// What is started, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// A thread.
    Thread,
    /// A process, which gets a copy of the memory.
    Fork,
    /// A process that borrows the memory until it executes a program, and so long the parent waits (vfork(2)).
    Vfork,
}

/// Where a thread is.
pub enum State {
    /// It runs, or will in a moment.
    Running,
    /// At the first call it makes at all.
    Newborn(Call),
    /// At its next step.
    Held(Call, Op),
    /// Just back from fork(2), where it jumps in place until it is to go on: what stood there before.
    AtFork {
        address: u64,
        code: Vec<u8>,
    },
    /// The kernel lets it wait in a call, or has stopped it.
    Blocked,
    Ended,
}

/// What a task is about to do.
pub enum Op {
    /// Write to standard output.
    Output(Vec<u8>),
    /// Go on after such a write of so many bytes: a step of its own where memory is shared.
    Return(i64),
    /// Read from or write to a pipe or socket.
    Transfer(Transfer),
    /// See which of these are ready.
    Poll {
        fds: Vec<(OwnedFd, PollFlags)>,
        wanted: Vec<(u64, PollFlags)>,
        looks_at: Footprint,
        timeout: Timeout,
        mask: Option<u64>,
        /// Those that make one of the descriptors ready.
        signals: u64,
        looks: InTurn,
    },
    /// Wait until a word of memory changes, or for a wake-up.
    Futex {
        address: u64,
        place: FutexPlace,
        expected: u32,
        shared: bool,
        /// By which of the bits of a wake-up it is woken (`FUTEX_WAIT_BITSET`).
        bits: u32,
        woken: bool,
        timeout: Timeout,
    },
    /// Wake whoever waits for this word of memory: up to so many other threads, of those that wait for one of these bits.
    Wake { address: u64, place: FutexPlace, shared: bool, bits: u32, most: usize },
    /// Wait for a child, or look whether one has changed.
    Wait { who: Who, block: bool, for_what: ForWhat },
    /// Send a signal to these processes; with `by_us`, we send it in the kernel's place. If they were meant as a group (or
    /// as all), by whom kill(2) was told, who they are is looked up again when it is sent. If one other thread of a process is meant, it is that task.
    Signal { targets: Vec<usize>, signal: i32, by_us: bool, group: Option<i32>, thread: Option<usize> },
    /// Let so many nanoseconds pass. If `idle`, it did nothing else for long and goes on only once nobody else can.
    Sleep { nanoseconds: u64, idle: bool },
    /// Set a timer while one is armed.
    SetTimer,
    /// Wait for a signal, under this mask if it has one.
    Pause { mask: Option<u64> },
    /// Wait for one of these signals, and take it.
    SignalWait { set: u64, timeout: Timeout },
    /// Begin, or go on after starting a thread, where memory is shared.
    Start,
    /// Start a task.
    Fork(Birth),
    /// Go on behind fork(2), with this result.
    AfterFork { detour: Detour, result: i64 },
    /// Load from or store to shared memory: the [`Access`] that it came to last.
    Access,
    /// Go on in a loop that makes no calls: the [`Turn`] out of which it was sent aside last.
    Turn,
    /// Use a lock by which the threads of its process wait for each other.
    ThreadLock(ThreadLock),
    /// Wait for the end of that other thread of its process.
    Join(usize),
    /// Let go of these descriptors.
    Close { from: i32, to: i32 },
    /// Become another program; what it looked at when it came to that.
    Exec(Footprint),
    /// Take or give up a lock on a file.
    Lock(Lock),
    /// Something that the kernel does at once, and that touches these.
    Plain(Footprint),
    /// The same, but the kernel may let it wait, and decides whom to wake.
    Kernel(Footprint),
    /// End.
    Exit,
}

impl Op {
    /// Whether others may have to go first.
    pub fn may_wait(&self) -> bool {
        match self {
            Op::Transfer(transfer) => !transfer.now,
            Op::Poll { timeout, .. } | Op::Futex { timeout, .. } | Op::SignalWait { timeout, .. } => {
                *timeout != Timeout::Now
            }
            Op::Wait { block, .. } => *block,
            Op::Lock(lock) => lock.block,
            Op::ThreadLock(lock) => lock.may_wait(),
            Op::Pause { .. } | Op::Kernel(_) | Op::Join(_) => true,
            _ => false,
        }
    }
}

/// How far a task has come that looks at one descriptor after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InTurn {
    /// It looks at all of them at once.
    Never,
    /// It has been told this of the first of them.
    Told(Vec<PollFlags>),
    /// None was ready when it looked, and it waits until one is: then it looks at all of them again.
    Waits,
}

/// A read or write that involves another process.
pub struct Transfer {
    pub fd: OwnedFd,
    pub write: bool,
    /// It does not wait, ready or not.
    pub now: bool,
    /// How long it waits.
    pub timeout: Timeout,
    /// It leaves what it reads where it is.
    pub peek: bool,
    /// It takes a connection, not bytes.
    pub accepts: bool,
    pub channel: Channel,
    /// How many bytes at most.
    pub bytes: u64,
}

/// What a transfer uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A stream between two ends that are known.
    Stream(u64, Flow),
    /// An eventfd, and how much is added to it.
    Counter(u64, u64),
    /// Something else: a socket, a timer, signals.
    Object(Object),
}

/// A lock on a file.
pub struct Lock {
    /// The file, opened anew, so that a lock on it conflicts with all others.
    pub file: OwnedFd,
    /// What the descriptor is in the program.
    pub fd: i32,
    pub object: Object,
    /// Where it begins, if others may move that: by the place at which the file stands, or by its end.
    pub begins_by: Option<Object>,
    /// Where it began when its task came to it.
    pub began_at: i64,
    pub kind: LockKind,
    /// Whether it waits.
    pub block: bool,
}

/// How a lock is asked for.
pub enum LockKind {
    /// flock(2), with its operation.
    Flock(i32),
    /// fcntl(2): the lock that is wanted, and whether it belongs to the open file.
    Record(libc::flock, bool),
}

/// How long a call may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    Now,
    Never,
    /// In nanoseconds of virtual time.
    After(u64),
}

impl Timeout {
    /// So many nanoseconds.
    pub fn after(nanoseconds: u64) -> Timeout {
        if nanoseconds == 0 { Timeout::Now } else { Timeout::After(nanoseconds) }
    }
}

/// Which children are waited for.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    Any,
    /// This process, if it is a child.
    Child(usize),
    /// Children of this process group.
    Group(Pid),
    Nobody,
}

/// The process group that the caller is in when the call is made (waitpid(2)).
pub const OWN_GROUP: Pid = 0;

/// Which changes of a child are waited for.
#[derive(Debug, Clone, Copy)]
pub struct ForWhat {
    pub end: bool,
    pub stop: bool,
    pub goes_on: bool,
    /// The child stays as it is for the next one who waits.
    pub leave: bool,
}
