//! A run, as its supervisor knows it. What calls mean ([`syscalls`](crate::syscalls)) and how it goes on
//! ([`supervisor`](crate::supervisor)) is told of it there.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Instant;

use super::files::{Files, Remains};
use super::limits::Limits;
use super::memory::SharedMemory;
use super::object::{Footprint, Object};
use super::process::Process;
use super::sockets::Sockets;
use super::stdio::Stdio;
use super::streams::Streams;
use super::task::Task;
use super::telling::Telling;
use super::timers::Timers;
use crate::kernel::sys::Listener;
use crate::protocol::{Caveat, Chunk, Ends, HeldBack, Looks, Reap, Signals, Step, TaskId};
use crate::sandbox::World;
use crate::trace::{Event, Stop};

/// The program while it runs.
pub struct Supervisor<'a> {
    pub listener: Listener,
    /// Where it takes place, and what it leaves behind there.
    pub world: &'a World,
    pub remains: Remains,
    pub stdio: &'a Stdio,
    pub limits: &'a Limits,
    pub control: BorrowedFd<'a>,
    pub tasks: Vec<Task>,
    pub processes: Vec<Process>,
    pub streams: Streams,
    pub sockets: Sockets,
    pub memory: SharedMemory,
    pub timers: Timers,
    pub files: Files,
    /// Who was told what, if that is asked for.
    pub telling: Telling,
    /// Loads and stores of shared memory are steps.
    pub loads: bool,
    /// There is such memory.
    pub has_hidden: bool,
    /// They were to be, but cannot, or are too many; and how many there were.
    pub has_given_up: bool,
    /// What the C library does to locks is taken apart as well; and whether somebody would see the difference.
    pub within: bool,
    pub has_within: bool,
    /// One of those that are done in parts was begun.
    pub has_operations_in_parts: bool,
    /// Who has changed a word of shared memory last by such an operation, other than by giving a mutex back.
    pub changed_by: BTreeMap<Object, usize>,
    /// The words of shared memory that it has used so, and those that were reached by other code.
    pub of_operations: BTreeSet<Object>,
    pub beside_operations: BTreeSet<Object>,
    /// How many calls were seen, also of those that are no steps.
    pub calls: u64,
    pub accesses: u32,
    /// The signals for which this run is prepared.
    pub signals: Signals,
    /// Those that came.
    pub has_signals: Signals,
    /// The signals of which it matters by whom they are sent, as far as this run is prepared for that; and those of which it would.
    pub senders: u64,
    pub has_senders: u64,
    /// The order matters in which names come into a folder, as far as this run is prepared for that; and whether it would. Who has made
    /// names in which folder.
    pub listings: bool,
    pub has_listings: bool,
    pub makers: BTreeSet<(u64, usize)>,
    /// It matters in which order what an epoll set watches becomes ready, as far as this run is prepared for that; and whether it would.
    pub arrivals: bool,
    pub has_arrivals: bool,
    /// It matters when a thread ends, as far as this run is prepared for that; and whether it would.
    pub thread_ends: bool,
    pub has_thread_ends: bool,
    /// To use a lock of threads is a step; and how many such steps there were.
    pub thread_locks: bool,
    pub lock_steps: u32,
    /// The addresses of words by which threads wait for each other, as far as they were known before; those met beside them; and what was
    /// in them after the last step of a process, if they could be read.
    pub words: BTreeSet<u64>,
    pub new_words: BTreeSet<u64>,
    pub seen_words: BTreeMap<(usize, u64), Option<u32>>,
    /// Steps of threads do not commute.
    pub thread_memory: bool,
    /// It matters when a process closes a file that others have open as well, as far as this run is prepared for that; and whether it would.
    pub lock_ends: bool,
    pub has_lock_ends: bool,
    /// To go on behind a call, where a fault may come, is a step, as far as this run is prepared for that; and whether that would matter.
    pub faults: bool,
    pub has_faults: bool,
    /// In how many steps a process looks at several descriptors; and whether it matters that those are several.
    pub looks: Looks,
    pub has_looks: bool,
    /// The inodes of all that was ever watched, if it does.
    pub watched_inodes: BTreeSet<u64>,
    /// In how many steps processes end; and whether somebody has looked in between.
    pub ends: Ends,
    pub has_moments: bool,
    /// The same, of what lies between the descriptors that a process lets go of at once.
    pub has_parts: bool,
    /// Who ran since the last step.
    pub ran: Vec<usize>,
    pub events: Vec<Event>,
    pub output: Vec<Chunk>,
    pub steps: Vec<Step>,
    /// What those who were killed would have done next.
    pub killed: Vec<Step>,
    /// The last time that nobody else could go on, somebody did who lets time pass.
    pub idle_went_last: bool,
    /// What the step being taken has touched so far.
    pub footprint: Footprint,
    /// The [state](crate::protocol::Run::states) in which steps found the run.
    pub states: Vec<(usize, u64)>,
    /// It is looked in which states processes wait for any of their children; those in which they wait for all; whether somebody has
    /// waited so; what came of it; and who has waited for all: the process and its children, by number.
    pub looks_at_reaps: bool,
    pub known_reaps: BTreeSet<u64>,
    pub has_waited_for_any: bool,
    pub reaps: Vec<Reap>,
    pub held_back: Vec<(HeldBack, usize, Vec<usize>)>,
    /// Who was held back in which state, be it that it went on then or never did, and its children by number.
    pub was_held_back: BTreeMap<(usize, u64), Vec<usize>>,
    pub caveats: BTreeSet<Caveat>,
    /// Who went on once nobody else could, since their time was up, or they had looked in vain; and who looks again and again, and lets no time pass.
    pub late: BTreeSet<TaskId>,
    /// Some process has left the group or session in which it began.
    pub has_groups: bool,
    /// The step may have waited, but not for one thing alone: it waits for any of several, has written to where nobody reads, has asked for
    /// a record lock, or has made a call in which the kernel decides.
    pub looks_around: bool,
    /// The step has sent signals to processes that are still there.
    pub sends: bool,
    /// Some process was stopped.
    pub has_stopped: bool,
    /// What was removed of System V while there were others, by the number of the call that did it and its id; and the task that removed it.
    pub removed: BTreeMap<(i64, i32), usize>,
    /// There are sockets.
    pub has_sockets: bool,
    /// Some of them are of the internet; and of TCP.
    pub has_internet: bool,
    pub has_tcp: bool,
    /// The locks that were asked for. Of those of fcntl(2), who has them, in the order in which they came to have any: processes, and `None` for
    /// open files.
    pub locks: BTreeMap<Object, Vec<Option<usize>>>,
    /// The socket that the step tries to connect.
    pub connects: Option<OwnedFd>,
    /// The processes to which the step may have sent signals.
    pub signalled: Vec<usize>,
    pub lines: u64,
    pub bytes: u64,
    pub stop: Option<Stop>,
    pub began: Instant,
    pub deadline: Instant,
    /// What each step does is told in words.
    pub tells: bool,
    /// Who could go on when the run was paused.
    pub ready: Vec<TaskId>,
}
