//! What the search and its keepers tell each other: a JSON object a line, in both directions.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::trace::{Event, Pid, Stop};

/// A thread of the program, numbered in the order of creation.
pub type TaskId = u16;

/// How the keeper is to run the program once.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Request {
    /// Who goes first, second, … ; what follows is the keeper's choice.
    pub prefix: Vec<Planned>,
    /// After the prefix: tasks that need not go before something happens that their next step depends on, because
    /// what would follow is explored elsewhere.
    pub asleep: Vec<Sleeper>,
    /// The prefix names only the tasks to choose where there is a choice (a [`Schedule`](super::Schedule)).
    pub choices_only: bool,
    /// What follows the prefix is left to chance, which follows from this number.
    pub seed: Option<u64>,
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
pub struct Sleeper {
    /// Which.
    pub task: TaskId,
    /// What its next step does.
    pub footprint: Footprint,
}

/// One run of the program.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    /// The first process.
    pub root: Pid,
    /// What happened.
    pub events: Vec<Event>,
    /// How many of these events came before the run was over; the rest is what was left unsaid.
    pub seen: usize,
    /// What was decided.
    pub steps: Vec<Step>,
    /// The steps that did not come about, since their tasks were killed or still wait.
    pub pending: Vec<Step>,
    /// The processes in the order of creation.
    pub processes: Vec<Pid>,
    /// The tasks in the order of creation, by the kernel's numbers; a process's first has the process's.
    pub tasks: Vec<Pid>,
    /// Why it ended.
    pub outcome: Outcome,
    /// What there is to say about how much this run proves.
    pub caveats: BTreeMap<Caveat, u64>,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Every process ended.
    Ended,
    /// Whoever is left has written as many lines as were asked for.
    SeenEnough,
    /// Whoever is left waits.
    Deadlock(Vec<Waiting>),
    /// It was stopped.
    Stopped(Stop),
    /// Whoever could go on was asleep: what would follow is explored elsewhere.
    Redundant,
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
    /// What it waits in, for what and for whom.
    pub what: String,
}

/// Why a complete exploration may still not be all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Caveat {
    /// Threads share memory; they are explored at their system calls only.
    Threads,
    /// The real clock was read: the vDSO could not be replaced.
    RealClock,
    /// Something was waited for that is not held: the kernel decided when it went on.
    KernelWait,
    /// There is more shared memory than is watched.
    Memory,
    /// A time-out fired; it does so only once nothing else can happen.
    TimedOut,
    /// Somebody who shares memory rang an eventfd, and went on only when whoever heard it had.
    Bell,
    /// Somebody looked again and again, and others were let go first.
    Looks,
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Caveat::Threads => "threads take turns at their system calls only",
            Caveat::RealClock => "the real clock was read",
            Caveat::KernelWait => "something was waited for of which only the kernel knows",
            Caveat::Memory => "there is more shared memory than is watched",
            Caveat::TimedOut => "a time-out fires only once nothing else can happen",
            Caveat::Looks => "who looks again and again gives up only once nothing else can happen",
            Caveat::Bell => "who rings an eventfd goes on only when it has been heard",
        })
    }
}

/// A step: a task went from one held system call to the next.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Step {
    /// Who.
    pub task: TaskId,
    /// The number of the system call it began with.
    pub call: i64,
    /// Who could have.
    pub enabled: Vec<TaskId>,
    /// Those of them who do nothing but look again and again, and have to wait for others.
    pub patient: Vec<TaskId>,
    /// A digest of who stood where; the same whenever the same steps were taken before.
    pub alternatives: u64,
    /// What it touched that others might.
    pub footprint: Footprint,
    /// The steps without which it could not have been taken.
    pub depends: Vec<u32>,
    /// The steps by which others came to wait for what they heard of in it. Without them it could have been taken unheard.
    pub heard_after: Vec<u32>,
    /// It sent a signal.
    pub kills: bool,
    /// The number of the first event that came with it or after it.
    pub first_event: usize,
    /// Who ran in it and shares memory with others where looks are not seen: the numbers of such groups.
    pub blind: Vec<usize>,
}

impl Step {
    /// Who could have taken it, but for those who have to wait for others.
    pub fn candidates(&self) -> impl Iterator<Item = TaskId> + Clone {
        self.enabled.iter().copied().filter(|task| !self.patient.contains(task))
    }
}

/// The objects, shared with other tasks, that a step used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint(Vec<(u64, u8)>);

const LOOK: u8 = 0;
const ADD: u8 = 1;
const CHANGE: u8 = 2;

impl Footprint {
    /// Adds an object that the step looks at.
    pub fn looks_at(&mut self, object: Object) {
        self.insert(object.0, LOOK);
    }

    /// Adds an object to which the step adds what is the same in whatever order it is added.
    pub fn adds_to(&mut self, object: Object) {
        self.insert(object.0, ADD);
    }

    /// Adds an object that the step changes.
    pub fn changes(&mut self, object: Object) {
        self.insert(object.0, CHANGE);
    }

    fn insert(&mut self, object: u64, access: u8) {
        match self.0.binary_search_by_key(&object, |access| access.0) {
            Ok(at) if self.0[at].1 == access => {}
            Ok(at) => self.0[at].1 = CHANGE,
            Err(at) => self.0.insert(at, (object, access)),
        }
    }

    /// Adds the objects of another step, as it used them.
    pub fn unite(&mut self, other: &Footprint) {
        other.0.iter().for_each(|&(object, access)| self.insert(object, access));
    }

    /// Whether the step did no more than look, but for this object.
    pub fn changes_nothing_but(&self, object: Object) -> bool {
        self.0.iter().all(|&(used, access)| access == LOOK || used == object.0)
    }

    /// Leaves out the reactions of these processes.
    pub fn without_reactions(&mut self, of: &[usize]) {
        self.0.retain(|&(object, _)| !of.iter().any(|&process| Object::reaction(process).0 == object));
    }

    /// Whether the order could matter of this step and of one that was seen in another run: what it looks at in memory is
    /// not seen, so it may have been something that the other step changes.
    pub fn may_conflict(&self, other: &Footprint) -> bool {
        let touches = |footprint: &Footprint, object: u64| footprint.0.binary_search_by_key(&object, |a| a.0).is_ok();
        let memory = self.0.iter().map(|access| access.0).filter(|object| matches!(object >> 56, 5 | 7));
        self.conflicts(other) || memory.into_iter().any(|object| touches(other, object))
    }

    /// Whether the order of two steps could matter: both use an object, and not in the same harmless way.
    pub fn conflicts(&self, other: &Footprint) -> bool {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal if x.1 != y.1 || x.1 == CHANGE => return true,
                std::cmp::Ordering::Equal => drop((a.next(), b.next())),
            }
        }
        false
    }
}

/// Something that several tasks can use, by a number that is the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object(u64);

impl Object {
    /// The order in which tasks are started, by which they are numbered.
    pub const BIRTHS: Object = Object(0);

    /// What is in files.
    pub const FILES: Object = Object(8 << 56);

    /// The lines of a group of tasks that share memory where looks are not seen. Other lines come in whatever order their
    /// processes get to them, which changes nothing else.
    pub fn output_of(group: usize) -> Object {
        Object(9 << 56 | group as u64)
    }

    /// The life of a process.
    pub fn life(process: usize) -> Object {
        Object(1 << 56 | process as u64)
    }

    /// The end of a queue of bytes or messages at which is written.
    pub fn tail(queue: usize) -> Object {
        Object(2 << 56 | queue as u64)
    }

    /// The end at which is read.
    pub fn head(queue: usize) -> Object {
        Object(3 << 56 | queue as u64)
    }

    /// What a process does when it hears of something.
    pub fn reaction(process: usize) -> Object {
        Object(6 << 56 | process as u64)
    }

    /// The memory of a process, as far as its threads share it.
    pub fn memory_of(process: usize) -> Object {
        Object(7 << 56 | process as u64)
    }

    /// All memory that processes share.
    pub const ALL_MEMORY: Object = Object(5 << 56);

    /// A piece of memory that processes share.
    pub fn memory(piece: u64) -> Object {
        Object(4 << 56 | piece & ((1 << 56) - 1))
    }
}
