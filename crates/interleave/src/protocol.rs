//! What the search and its supervisors tell each other: a JSON object a line, in both directions.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::deed::{Deed, Standing};
use crate::syscalls::table;
pub use crate::task_id::{TaskId, is_thread, task_by_number, task_name};
use crate::trace::{Event, Pid, Stop};
use crate::wait::Wait;
pub use crate::world::object::{Access, Footprint, Object};

/// How the supervisor is to run the program once.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Request {
    /// Who goes first, second, … ; what follows is the supervisor's choice.
    pub prefix: Vec<Planned>,
    /// After the prefix: tasks that need not go before something happens that their next step depends on, because
    /// what would follow is explored elsewhere.
    pub asleep: Vec<SleepSetEntry>,
    /// The prefix names only the tasks to choose where there is a choice (a [`Schedule`](crate::search::schedule::Schedule)).
    pub choices_only: bool,
    /// What follows the prefix is left to chance, which follows from this number.
    pub seed: Option<u64>,
    /// What it is prepared for.
    pub prepared: Prepared,
    /// The folder to which what it leaves in its working directory is copied.
    pub keep: Option<PathBuf>,
    /// What each step does is told in words, and at the end where everybody stands.
    #[serde(default)]
    pub tells: bool,
    /// The run ends with the prefix.
    #[serde(default)]
    pub stops: bool,
    /// If it is looked in which states processes wait for any of their children: those of them in which one lets others go first until all
    /// its children have ended, since its state after all these waits is known to be the same whichever of them it was told of first.
    #[serde(default)]
    pub reaps: Option<Vec<u64>>,
    /// The addresses of words by which threads wait for each other, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<u64>,
    /// Whoever waits for any of its children goes on first, so that it is told of them in the order in which they end.
    #[serde(default)]
    pub tells_at_once: bool,
}

/// Signals that make a difference beyond ending a process. A run is prepared for those that come, since every further step makes
/// for more interleavings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Signals {
    /// None but such as end a process where it stands.
    #[default]
    None,
    /// Some may be caught. Whoever has a handler begins to wait in a step of its own, and sleeps in one: a signal that comes
    /// after it interrupts.
    Caught,
    /// Stopped processes are continued, which interrupts some calls even of those who have no handler (signal(7)).
    Continued,
}

/// In how many steps a process ends, or is stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ends {
    /// In one, which may be that of another process that kills it. If somebody looks at what lies between, all is run again.
    #[default]
    AtOnce,
    /// That it is killed or stopped, that it lets go of what it had open, and its end as its parent hears of it are steps of their own.
    InSteps,
    /// And so is each descriptor that it lets go of.
    InParts,
    /// In one, since those would be too many.
    TooMany,
}

impl Ends {
    /// Whether a process ends in several steps.
    pub fn is_in_steps(self) -> bool {
        matches!(self, Ends::InSteps | Ends::InParts)
    }
}

/// How a process looks at several descriptors by one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Looks {
    /// At all of them in one moment, in one step.
    #[default]
    AtOnce,
    /// At one after the other, as the kernel does, each in a step.
    InTurn,
    /// At once, since those would be too many.
    TooMany,
}

/// What a run is prepared for: every further step makes for more interleavings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prepared {
    /// These signals.
    pub signals: Signals,
    /// Each load and store of memory that processes share is a step.
    pub loads: bool,
    /// So are those that the C library does to lock, to wait and to wake, which are one step otherwise.
    #[serde(default)]
    pub within: bool,
    /// Of these signals, a bit each, it is seen who has sent them, and in which order they came: two that are sent to one process do not
    /// commute.
    #[serde(default)]
    pub senders: u64,
    /// It is seen in which order names came into a folder: in a file system that lies in memory, who lists it finds them in that order.
    #[serde(default)]
    pub listings: bool,
    /// It is seen in which order what an epoll set watches became ready: so it is told (epoll_wait(2)).
    #[serde(default)]
    pub arrivals: bool,
    /// It is seen when a thread ends, while others of its process live: who sends it a signal is told (tgkill(2)).
    #[serde(default)]
    pub thread_ends: bool,
    /// What the C library does to a lock for the threads of a process is a step.
    #[serde(default)]
    pub thread_locks: bool,
    /// Each step of a thread may have used any of the memory that it shares with others, so that none commutes with theirs. (Otherwise all
    /// of these commute, as they do where each thread looks only at what a lock guards, or others have done before they ended.)
    #[serde(default)]
    pub thread_memory: bool,
    /// It is seen when a process closes a file that others have open, too: who closes it last gives up the lock that it has (flock(2)), even one
    /// that is taken only after the others have closed it.
    #[serde(default)]
    pub lock_ends: bool,
    /// A process may die of a fault, which comes after what it has done before: to go on behind a call is a step of its own.
    #[serde(default)]
    pub faults: bool,
    /// In how many steps processes end.
    #[serde(default)]
    pub ends: Ends,
    /// In how many steps they look at several descriptors.
    #[serde(default)]
    pub looks: Looks,
}

impl From<Signals> for Prepared {
    fn from(signals: Signals) -> Prepared {
        Prepared { signals, ..Prepared::default() }
    }
}

impl Request {
    /// Whether it comes from the search, which runs again what turns out to need signals; not from somebody who wants to see a
    /// certain run.
    pub fn is_of_search(&self) -> bool {
        !self.tells && !self.choices_only && self.prefix.first().is_none_or(|planned| planned.alternatives.is_some())
    }
}

/// A step to be taken again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Planned {
    /// Who takes it.
    pub task: TaskId,
    /// What [`Step::alternatives`] was, the first time.
    pub alternatives: Option<u64>,
}

/// A task that sleeps in the sense of sleep sets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SleepSetEntry {
    /// Which.
    pub task: TaskId,
    /// What its next step does.
    pub footprint: Footprint,
    /// Who has raced with that step, and with which step of theirs from here on. What they touch may depend on who was first; so
    /// they wake it whether or not they depend on it now.
    pub raced: Vec<(TaskId, u32)>,
}

impl SleepSetEntry {
    /// Whether it sleeps on after this step.
    pub fn sleeps_on(&mut self, step: &Step) -> bool {
        for (_, steps) in self.raced.iter_mut().filter(|(task, _)| *task == step.task) {
            *steps -= 1;
            if *steps == 0 {
                return false;
            }
        }
        !self.footprint.may_depend_on(&step.footprint)
    }
}

/// One run of the program.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Run {
    /// The first process.
    pub root: Pid,
    /// What happened.
    pub events: Vec<Event>,
    /// How many of these events came before the run was over; the rest is what was left unsaid.
    pub seen: usize,
    /// What was written to standard output, write by write.
    pub output: Vec<Chunk>,
    /// What was decided.
    pub steps: Vec<Step>,
    /// In which states, of which these are digests, the run was before some of the steps: those at which one process was left that went on
    /// to start another one. Runs of one search that come to the same state go on in the same ways.
    #[serde(default)]
    pub states: Vec<(usize, u64)>,
    /// Some process has waited for any of several children, by a wait that may be [looked at](Request::reaps).
    #[serde(default)]
    pub waits_for_any: bool,
    /// If the [`Request`] asked for it: what such waits have done to the states of processes, and who has waited until all its children had
    /// ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reaps: Vec<Reap>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<HeldBack>,
    /// How many calls the supervisor has seen, also of those that are no steps.
    #[serde(default)]
    pub calls: u64,
    /// The steps that did not come about, since their tasks were killed or still wait.
    pub pending: Vec<Step>,
    /// The processes in the order of creation.
    pub processes: Vec<Pid>,
    /// The tasks in the order of creation, by the kernel's numbers; a process's first has the process's.
    pub tasks: Vec<Pid>,
    /// The process of each task, by number.
    pub process_of: Vec<usize>,
    /// Why it ended.
    pub outcome: Outcome,
    /// Which signals came, or could have: if it was not prepared for them, all has to be run again.
    pub signals: Signals,
    /// The signals of which somebody could see who has sent them ([`Prepared::senders`]).
    #[serde(default)]
    pub senders: u64,
    /// A folder was listed in which several processes had made names ([`Prepared::listings`]).
    #[serde(default)]
    pub listings: bool,
    /// Somebody has waited for an epoll set of which two or more were ready ([`Prepared::arrivals`]).
    #[serde(default)]
    pub arrivals: bool,
    /// Somebody could tell whether a thread has ended ([`Prepared::thread_ends`]).
    #[serde(default)]
    pub thread_ends: bool,
    /// There were steps that use [locks of threads](Prepared::thread_locks); and more of them than can be tried in all orders.
    #[serde(default)]
    pub has_thread_locks: bool,
    #[serde(default)]
    pub has_many_thread_locks: bool,
    /// An open file was locked or unlocked ([`Prepared::lock_ends`]).
    #[serde(default)]
    pub lock_ends: bool,
    /// Words by which its threads have waited, of which the [`Request`] did not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<u64>,
    /// Somebody could tell that a process has died of a fault after what it did in the same step ([`Prepared::faults`]).
    #[serde(default)]
    pub faults: bool,
    /// Somebody could tell that of several descriptors one is looked at after the other ([`Prepared::looks`]).
    #[serde(default)]
    pub has_looks: bool,
    /// Somebody has looked at what lies between the moments of an end ([`Prepared::ends`]).
    #[serde(default)]
    pub has_moments: bool,
    /// Somebody could tell that what it lets go of is let go of one by one.
    pub has_parts: bool,
    /// There was shared memory whose loads and stores were held.
    #[serde(default)]
    pub has_loads: bool,
    /// They could not all be held one by one, or were too many: then no run of this program can.
    #[serde(default)]
    pub has_given_up: bool,
    /// Memory that the C library uses to lock was reached by other code.
    #[serde(default)]
    pub has_within: bool,
    /// What it was prepared for.
    pub prepared: Prepared,
    /// What there is to say about how much this run proves.
    pub caveats: Vec<Caveat>,
    /// The tasks that went on only once nobody else could, since their time was up, or they had looked in vain; and those that look again and again, and let no
    /// time pass in between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<TaskId>,
    /// What the program was not guarded against, each in words ([`crate::sandbox`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// It has used TCP.
    #[serde(skip)]
    pub has_tcp: bool,
    /// If the [`Request`] asked for it: where everybody stood in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<Standing>,
}

/// A process was in one state, was told of the end of a child, and has come to its next call in another state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reap {
    /// The process, by number.
    pub process: usize,
    /// The state in which it waited: a digest of all that decides what it does next, but for what it is told.
    pub before: u64,
    /// What it was told.
    pub told: Told,
    /// The state in which it has come to its next call, if that is known.
    pub after: Option<u64>,
    /// How many children it has not waited for after this.
    pub left: usize,
}

/// What a process is told of a child that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Told {
    /// The child, by the number that the program knows.
    pub child: Pid,
    /// How it ended: a digest.
    pub end: u64,
}

/// A process has let others go first until all its children had ended, and then waited for these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// The state in which it did.
    pub state: u64,
    /// What it is told of the children, in the order of their creation.
    pub told: Vec<Told>,
    /// Others have looked whether these children were still there.
    pub is_seen: bool,
}

/// What one write wrote to standard output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// In which step.
    pub step: u32,
    /// Who.
    pub pid: Pid,
    /// What; bytes that are no text are replaced.
    pub text: String,
}

/// Why a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Every process ended.
    #[default]
    Ended,
    /// Whoever is left has written as many lines as were asked for.
    SeenEnough,
    /// Whoever is left waits.
    Deadlock(Vec<Waiting>),
    /// It was stopped.
    Stopped(Stop),
    /// The prefix was over, and no more was asked for.
    Paused,
    /// Whoever could go on was asleep: what would follow is explored elsewhere.
    SleepSetBlocked,
    /// Signals came though the [`Request`] did not say so: it was given up, since all will be run again with them.
    Unprepared,
    /// The program did not come again to where it was when the prefix was made.
    Diverged {
        /// At which step of the prefix.
        step: usize,
        /// What was expected, and what was there.
        what: String,
    },
}

/// A process that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The process.
    pub pid: Pid,
    /// The thread of it: the process's own number, if it is the first.
    pub thread: Pid,
    /// What it waits in, for what and for whom.
    pub what: Wait,
}

/// Why a complete exploration may still not be all there is, and where that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Caveat {
    /// What is not covered.
    pub kind: CaveatKind,
    /// The number of the system call that met it.
    pub call: Option<i64>,
    /// Who made it.
    pub task: Option<TaskId>,
}

/// What a complete exploration does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CaveatKind {
    /// Threads share memory; they are explored at their system calls only.
    Threads,
    /// Processes share memory; they are explored at their system calls only.
    SharedMemory,
    /// A handler ran; it shares memory with what it interrupts, and interrupts it at its system calls only.
    Handlers,
    /// The real clock was read: the vDSO could not be replaced.
    RealClock,
    /// Something was waited for that is not held: the kernel decided when it went on.
    KernelWait,
    /// There is more shared memory than is watched.
    Memory,
    /// A time-out fired; it does so only once nothing else can happen.
    TimedOut,
    /// Somebody looked again and again, and others were let go first.
    BusyWait,
    /// A call was made that is not watched.
    NotWatched,
    /// A file was changed outside the places that are watched.
    OutsideFile,
    /// What outlives the run was made or changed, where runs have no worlds of their own.
    Remains,
    /// A file or folder that was there before the run does in its layer what it would not do elsewhere.
    Layer,
    /// More timers than are watched.
    Timers,
    /// A timer repeats, and others were let go first.
    Repeats,
    /// Somebody looked, without waiting, at what the end or the stop of a process changes, where that is one step.
    Moments,
    /// A processor may let a load pass an earlier store.
    StoreBuffers,
    /// There are so many orders that some were left out: those in which a process that prints nothing learns of ends.
    SilentWaits,
    /// Threads use locks in so many orders that to use one was no step.
    ThreadLocks,
    /// One call reads or writes so much that others may come in between.
    Pieces,
}

impl CaveatKind {
    /// Without a place.
    pub fn anywhere(self) -> Caveat {
        Caveat { kind: self, call: None, task: None }
    }
}

impl Caveat {
    /// The system call that met it, by its name in the manual.
    pub fn call_name(&self) -> Option<String> {
        self.call.map(table::name)
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call_name().unwrap_or_else(|| "a call".to_owned());
        let task = self.task.map_or_else(|| "somebody".to_owned(), task_name);
        match self.kind {
            CaveatKind::Threads => f.write_str("threads take turns at calls that others can notice, and what they do to memory was tried in some orders only"),
            CaveatKind::SharedMemory => {
                f.write_str("processes that share memory take turns at their system calls, not at each load and store")
            }
            CaveatKind::Handlers => {
                f.write_str("a signal's handler runs before or in a system call, not between any two instructions")
            }
            CaveatKind::RealClock => f.write_str("the real clock was read"),
            CaveatKind::KernelWait => {
                write!(f, "{task} waited in a call that is not watched, and the kernel decided when it went on")
            }
            CaveatKind::Memory => f.write_str("there is more shared memory than is watched"),
            CaveatKind::TimedOut => f.write_str("a time-out fires only once nothing else can happen"),
            CaveatKind::BusyWait => f.write_str("who looks again and again gives up only once nothing else can happen"),
            CaveatKind::NotWatched => {
                write!(f, "{call}, which {task} calls, is not watched: other orders of its effects were not tried")
            }
            CaveatKind::Remains => write!(
                f,
                "what {task} makes or changes by {call} is found by other runs, too, and by other programs"
            ),
            CaveatKind::Layer => write!(
                f,
                "{call}, which {task} calls, does something else in a run than elsewhere: a folder that was there before is not \
                 renamed, and a file that had several names before is changed under one of them only"
            ),
            CaveatKind::OutsideFile => write!(
                f,
                "a file outside the working directory and the places for temporary files was changed ({call} by {task}): what \
                 others read there was not watched"
            ),
            CaveatKind::Repeats => f.write_str(
                "a timer that repeats goes off again only once that was heard of, and after three times only once nothing else can happen",
            ),
            CaveatKind::Moments => f.write_str(
                "who is killed, stopped or continued by another, ends, or executes a program, does so at once: that others \
                 look while that is under way was not tried",
            ),
            CaveatKind::StoreBuffers => f.write_str(
                "a store to shared memory is seen by all at once, and not, as processors may have it, after the next load",
            ),
            CaveatKind::SilentWaits => f.write_str(
                "the orders were so many that those were not tried in which a process that prints nothing learns of the ends of others",
            ),
            CaveatKind::ThreadLocks => f.write_str("threads use locks in more orders than were tried"),
            CaveatKind::Pieces => f.write_str(
                "much that is read or written by one call is so in one moment: that others come in between was not tried",
            ),
            CaveatKind::Timers => write!(f, "a timer of {task} goes by the real clock ({call})"),
        }
    }
}

/// A step: a task went from one held system call to the next.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Step {
    /// Who.
    pub task: TaskId,
    /// Who could have.
    pub enabled: Vec<TaskId>,
    /// Those of them who do nothing but look again and again, and have to wait for others.
    pub patient: Vec<TaskId>,
    /// Those of them who wait until all their children have ended ([`Request::reaps`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<TaskId>,
    /// A digest of who stood where; the same whenever the same steps were taken before.
    pub alternatives: u64,
    /// What it touched that others might.
    pub footprint: Footprint,
    /// The steps without which it could not have been taken.
    pub depends: Vec<u32>,
    /// If it has waited for the end of a child, and was told of one: that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<FoundEnd>,
    /// If it has waited until all its children had ended: the steps in which they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaited: Vec<u32>,
    /// If it was told of the end of a child before it had looked at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unasked: Option<Unasked>,
    /// Its task has ended this process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exits: Option<u64>,
    /// A signal was handled in place of what its task stood at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub handles_signal: bool,
    /// If a handler that ran before a call of its task is over: whether that did nothing but change its own memory, wait for children,
    /// or keep signals back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_quiet: Option<bool>,
    /// It waits for children, or for signals in a way that misses none, or keeps signals back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_heeds: bool,
    /// It began with a call that may have to wait for others.
    pub may_wait: bool,
    /// The step in which its task came to that call; none if that was before all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<u32>,
    /// The number of the first event that came with it or after it.
    pub first_event: usize,
    /// Who ran in it and shares memory with others where looks are not seen: the numbers of such groups.
    pub blind: Vec<usize>,
    /// It has loaded from shared memory after its task stored elsewhere: a processor may do that first.
    #[serde(default)]
    pub passes_stores: bool,
    /// It reads or writes so much of a file that the kernel does not do it at once.
    #[serde(default)]
    pub moves_much: bool,
    /// By this call it sets whether others wait that have the same open.
    #[serde(default)]
    pub sets_flags: Option<i64>,
    /// Of what it reads or writes there is nothing, and it would wait had not somebody said that it does not.
    #[serde(default)]
    pub would_wait: bool,
    /// If the [`Request`] asked for it: what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deed: Option<Deed>,
    /// The child whose end it has been told of, if steps are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_of: Option<TaskId>,
}

/// Children at which a wait did not look, since it was told of one before them. Had one of these ended first, it could have been told of
/// that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unasked {
    /// In which step the end came that it was told of.
    pub end: u32,
    /// Those children, by number.
    pub children: Vec<u64>,
}

/// The end that a wait was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEnd {
    /// In which step it came.
    pub step: u32,
    /// There was no other one to be told of, and nothing to be interrupted by: without it, the wait would have gone on, and nobody
    /// could tell when it began.
    pub is_only: bool,
}

impl Step {
    /// Who could have taken it, but for those who have to wait for others, or are held back for them.
    pub fn candidates(&self) -> impl Iterator<Item = TaskId> + Clone {
        self.possible().filter(|task| !self.held_back.contains(task))
    }

    /// Who could have taken it, but for those who have to wait for others.
    pub fn possible(&self) -> impl Iterator<Item = TaskId> + Clone {
        self.enabled.iter().copied().filter(|task| !self.patient.contains(task))
    }
}
