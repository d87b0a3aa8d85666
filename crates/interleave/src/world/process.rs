//! A process of the program.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::clock::Clock;
use super::descriptors::Seen;
use super::library::Library;
use super::memory::Mapping;
use super::random::Chance;
use super::sharing::Sharing;
use super::thread_lock::Calls;
use crate::kernel::userfault::Userfault;
use crate::protocol::{Footprint, Object};
use crate::record::lines::{Lines, Tail};
use crate::record::process::Process as Handle;
use crate::trace::Pid;

/// A process.
pub struct Process {
    pub pid: Pid,
    /// The number that the program knows it by.
    pub inner: Pid,
    /// Who started it, by number.
    pub parent: Option<usize>,
    pub handle: Handle,
    /// The thread by which /proc shows what it has open: its first, or since that has ended another one, by its pidfd.
    pub seen_as: Pid,
    pub thread: Option<OwnedFd>,
    pub has_ended: bool,
    /// The files that it executes or has executed, as far as they may be written to: their numbers.
    pub texts: Vec<u64>,
    /// It has called execve(2), and nothing was heard of it since: its memory as it was, and an address in it.
    pub executing: Option<(File, u64)>,
    /// It ends by a call that is its step: nothing of its own runs in that.
    pub exits: bool,
    /// It was sent what kills it: what it closes by that is known.
    pub is_dying: bool,
    /// Nothing but its end came in the step in which it ended.
    pub falls_alone: bool,
    /// It was sent what kills or stops it, or what lets it go on after a stop, and that has not had its effect: until then it takes no step.
    pub strike: Option<Strike>,
    /// It ends, and what it had open is closed already. No signal reaches it any more.
    pub has_closed: bool,
    /// The step in which another process killed or stopped it, if that had its effect at once; or in which it ended and so let its
    /// parent go on that waited in vfork(2).
    pub struck_by: Option<u32>,
    /// By a signal that takes effect only when it runs once more ([`CORE`](crate::kernel::signals::CORE)): another one that comes before that may be
    /// what it dies of.
    pub dies_late: bool,
    /// The step in which another process let it go on after a stop, if that had its effect at once.
    pub woken_by: Option<u32>,
    /// The steps in which it let go of several things at once that others can tell apart, and these things, in the order of the kernel.
    pub partings: Vec<(Option<u32>, Vec<Part>)>,
    /// The step in which it ended.
    pub ended_in: Option<u32>,
    /// The step in which its parent waited for it.
    pub reaped_in: Option<u32>,
    /// Its parent has waited for it.
    pub is_reaped: bool,
    /// It was told of the end of a child, and has not come to its next call.
    pub reaps: bool,
    /// Where it has come to a load or store of shared memory since then: its state there, if that is known.
    pub state_at_access: Option<u64>,
    /// It has waited until all its children had ended, and is told of them.
    pub waits_for_all: bool,
    /// The parent that it was born with has ended.
    pub is_orphan: bool,
    /// Before it ended it might have noticed a signal of its children.
    pub heeds_children: bool,
    /// That can be said of the parent that it was born with.
    pub was_heeded: bool,
    /// It is stopped, or went on again, and its parent has not been told.
    pub is_stopped: bool,
    pub unreported: bool,
    pub lines: Lines,
    pub stderr: Tail,
    pub lines_written: u32,
    /// It has written as much as was asked for, and goes no further.
    pub parked: bool,
    /// The files of which it has, or had, a private mapping: what others write to them it may see at any time.
    pub mapped_files: Vec<u64>,
    /// The same of shared mappings, by which it may also change what others read.
    pub shared_files: Vec<u64>,
    /// It has memory that processes it starts will share.
    pub shares_memory: bool,
    /// The file that it is about to map, by what footprints call its content.
    pub maps: Option<u64>,
    /// Where that is; `None` if it has to be looked up.
    pub mappings: Option<Vec<Mapping>>,
    /// Where its loads and stores of that memory are heard of, if they are held one by one.
    pub faults: Option<Userfault>,
    /// The code that it has mapped, as far as that had to be known.
    pub library: Library,
    /// What was put before functions by which its threads wait for each other.
    pub thread_calls: Option<Rc<Calls>>,
    /// That memory is not hidden from it, since the kernel itself has to reach it in a call.
    pub is_shown: bool,
    /// Not all of its looks at that memory are seen.
    pub blind: bool,
    /// What is known of the memory that it shares, if that is asked for.
    pub sharing: Sharing,
    /// It has segments of System V's shared memory, or had.
    pub attaches: bool,
    /// Whether it held a robust mutex, or was about to, when it last came to a call, where loads and stores of memory are held.
    pub holds_robust: bool,
    /// Its end gives semaphores back (`SEM_UNDO` of semop(2)).
    pub undoes: bool,
    /// Its children may be gone as soon as they have ended: it ignores SIGCHLD, or did, or has set SA_NOCLDWAIT.
    pub leaves_no_zombies: bool,
    /// They are, as it has set it now.
    pub wants_no_zombies: bool,
    /// A digest of what it has set by calls of which nobody is told afterwards: what is to become of signals, say. `None` if the call
    /// does not tell either.
    pub settings: Option<u64>,
    /// It becomes the parent of its descendants' orphans.
    pub adopts: bool,
    /// Where it waits behind fork(2).
    pub detour: Option<Detour>,
    /// The signal that it asked to get when its parent ends: the thread, to be exact, that has started it.
    pub parent_death_signal: i32,
    /// That thread, by number; if it has ended, the first one of its process that lives.
    pub started_by: Option<usize>,
    /// It was born by vfork(2), and has executed nothing since.
    pub borrows_memory: bool,
    /// The step in which that end came, if the signal was counted in before.
    pub warned_in: Option<u32>,
    /// The descriptors of files that it has opened and of which nobody else has a copy.
    pub own_files: BTreeSet<i32>,
    /// What may be one more of them, once its call is made.
    pub new_file: Option<NewFile>,
    /// The descriptors by which it has used epoll sets, or may use them; and what may make ready which
    /// of the things that these watch.
    pub sets: BTreeSet<u64>,
    pub arrivals: BTreeSet<(Object, u32)>,
    /// What it has open, as it was seen last.
    pub seen: RefCell<Seen>,
    pub clock: Clock,
    /// When the last signal was sent to it, by the clock of who did, in nanoseconds.
    pub signalled_at: u64,
    /// Where its random numbers have got to.
    pub chance: Chance,
}

/// What a signal does to a process that does not live on as before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Dies,
    Stops,
    /// It was stopped, and is no longer. Only then does its parent hear of that.
    GoesOn,
}

/// One of several things that a process let go of.
pub struct Part {
    /// What is seen of that.
    pub uses: Footprint,
    /// Somebody has used it since.
    pub is_used: bool,
}

/// A signal that has not had its effect yet.
pub struct Strike {
    pub signal: i32,
    pub fate: Fate,
    /// The step in which it was sent.
    pub step: Option<u32>,
    /// Its target was about to send a signal itself, and may have been in that call.
    pub was_about_to_signal: bool,
    /// So it may still do that.
    pub may_signal: bool,
}

/// A descriptor that a process is about to get.
#[derive(Debug, Clone, Copy)]
pub enum NewFile {
    /// By opening something.
    Opened(i32),
    /// By copying another one.
    Copied { from: i32, to: i32 },
}

/// A way round the code behind fork(2), by a system call that is held.
#[derive(Debug, Clone)]
pub struct Detour {
    /// Where the way leaves.
    pub address: u64,
    /// What stood there before.
    pub code: Vec<u8>,
    /// What the instruction pointer is at the call.
    pub call: u64,
}
