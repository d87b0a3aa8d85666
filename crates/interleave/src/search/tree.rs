//! Which schedules to run: dynamic partial-order reduction.
//!
//! Two steps of different tasks are *dependent* if they use the same object and one of them changes it. Runs that order all
//! dependent steps in the same way cannot differ in anything but the order of steps that do not matter to each other;
//! it is enough to run one of them. After each run, each pair of dependent steps that could have come in the other
//! order (a *race*) gives a point to come back to, at which somebody else goes first. This is source-DPOR with sleep sets
//! (Abdulla, Aronis, Jonsson, Sagonas: Optimal dynamic partial order reduction, POPL 2014), over a tree of which
//! several supervisors explore branches at the same time.

mod races;

use std::collections::{BTreeSet, HashMap};

use crate::protocol::{
    Caveat, Ends, Footprint, Looks, Outcome, Planned, Prepared, Request, Run, SleepSetEntry, TaskId,
};
use crate::search::reaps::{News, Reaps};
use crate::search::states::{States, is_whole};
use crate::world::limits::Limits;
use crate::world::random::Chance;

/// The tree of decisions: what was run, what is being run, what is still to run.
#[derive(Default)]
pub struct Tree {
    nodes: HashMap<u64, Node>,
    next: u64,
    /// Nodes and who is to go first there, in the order in which they were found.
    pending: Vec<(u64, TaskId)>,
    /// How many runs were begun, and how many of them are not over.
    begun: u64,
    running: usize,
    /// What runs are prepared for.
    prepared: Prepared,
    /// The number of the run with which this tree began, and how many calls its runs have made.
    first: u64,
    calls: u64,
    /// How many scouts there were.
    scouts: u64,
    /// There is shared memory whose loads and stores are steps.
    has_loads: bool,
    /// Threads use locks; and there are any.
    has_thread_locks: bool,
    has_threads: bool,
    /// To use one is no step, since they use them in too many orders.
    pub has_many_thread_locks: bool,
    /// The addresses of words by which threads wait for each other.
    words: BTreeSet<u64>,
    /// The first run of this tree was begun.
    has_root: bool,
    /// Whoever could go on does go on, everywhere: nothing is left to reasoning about what cannot matter.
    is_exhaustive: bool,
    /// States from which everything is explored.
    states: States,
    /// What waits for any of several children do to the states of those who wait.
    reaps: Reaps,
    /// Whether each handler that ran before a call did nothing but change its own memory, or look for children; nothing if none ran.
    handlers_are_quiet: Option<bool>,
    /// The processes that have printed anything in any run, by number.
    printers: BTreeSet<usize>,
    /// Races were left out since there are so many ([`MANY`]).
    pub leaves_out: bool,
    /// A load that might pass an earlier store races with somebody's store.
    pub has_store_buffers: bool,
    /// What races have shown that reversing them does not try.
    pub caveats: BTreeSet<Caveat>,
}

/// After so many runs, and so many system calls in them, a race in which a process that prints nothing learns of an end is not reversed any
/// more. (Calls are what runs cost: small programs get more of these.)
const MANY: u64 = 200;
const MANY_CALLS: u64 = 60_000;

/// So many runs by chance alone are enough.
const SCOUTS: u64 = 12;

/// After so many runs, what lies within the end of a process is a step no longer.
const MANY_WITH_ENDS: u64 = 1500;

/// After so many runs, to use a lock of threads is a step no longer.
const MANY_WITH_LOCKS: u64 = 1500;

/// So many runs are made in which steps of threads do not commute.
const MOST_WITH_MEMORY: u64 = 200;

/// After so many runs, loads and stores of shared memory are steps no longer.
const MANY_WITH_ALL: u64 = 3000;

/// Until so many runs it is worth to begin anew where less is to be tried than was thought.
const FEW: u64 = 50;

/// Of a run that was stopped, the races of so many steps are looked for.
const MOST_OF_STOPPED: usize = 3000;

/// A point at which somebody is chosen.
struct Node {
    /// Where we come from, and who went first there.
    parent: Option<(u64, TaskId)>,
    /// How many steps come before.
    depth: usize,
    enabled: Vec<TaskId>,
    alternatives: u64,
    asleep: Vec<SleepSetEntry>,
    branches: Vec<Branch>,
    /// Of whom a first step here has raced, with whom, and with which of the steps that can come without it.
    races: Vec<(TaskId, TaskId, u32)>,
    /// How many branches are not done.
    open: usize,
}

struct Branch {
    task: TaskId,
    /// What its first step does, once it was run.
    footprint: Option<Footprint>,
}

impl Node {
    /// Whoever has gone first here, while somebody else does.
    fn sleeper(&self, branch: &Branch) -> Option<SleepSetEntry> {
        let races = self.races.iter().filter(|(first, ..)| *first == branch.task);
        let raced = races.map(|&(_, other, steps)| (other, steps)).collect();
        Some(SleepSetEntry { task: branch.task, footprint: branch.footprint.clone()?, raced })
    }

    /// Whether what follows if this task goes first is explored, here or elsewhere.
    fn covers(&self, task: TaskId) -> bool {
        self.branches.iter().any(|branch| branch.task == task) || self.asleep.iter().any(|sleeper| sleeper.task == task)
    }
}

/// A run to be made: the branch it begins.
pub struct Work {
    branch: Option<(u64, TaskId)>,
    /// With which run the tree began that it belongs to.
    first: u64,
    /// What to ask of a supervisor.
    pub request: Request,
}

impl Tree {
    /// A search with reduction, or one that goes everywhere; whether loads and stores of shared memory are steps in it, and what is seen of
    /// its runs.
    pub fn new(is_exhaustive: bool, loads: bool, limits: &Limits) -> Tree {
        let prepared = Prepared { loads, within: is_exhaustive, thread_locks: true, ..Prepared::default() };
        // (Where it is seen in which order they end, or who was told, all of these orders count.)
        let reaps = Reaps::new(!is_exhaustive && !limits.order_of_ends && !limits.watch_telling);
        Tree { is_exhaustive, prepared, states: States::new(limits), reaps, ..Tree::default() }
    }

    /// Begins anew, with runs that are prepared for this. Those that are under way are for nothing.
    fn begin_again(&mut self, prepared: Prepared) {
        let Tree { begun, running, is_exhaustive, has_many_thread_locks, .. } = *self;
        let states = std::mem::take(&mut self.states).forget();
        let (reaps, words) = (std::mem::take(&mut self.reaps), std::mem::take(&mut self.words));
        *self = Tree {
            begun,
            running,
            is_exhaustive,
            has_many_thread_locks,
            prepared,
            states,
            reaps,
            words,
            first: begun,
            ..Tree::default()
        };
    }

    /// All was run that differs where threads share no memory but what locks guard. Tries as well, as far as that goes, what comes of other
    /// orders of what they do. (How far that is the verdict does not say, but that these are some orders only.)
    fn begin_with_memory(&mut self) {
        let Tree { leaves_out, has_store_buffers, has_threads, .. } = *self;
        let (caveats, printers) = (std::mem::take(&mut self.caveats), std::mem::take(&mut self.printers));
        self.begin_again(Prepared { thread_memory: true, ..self.prepared });
        *self = Tree { leaves_out, has_store_buffers, has_threads, caveats, printers, ..std::mem::take(self) };
    }

    /// Whether all was run already, and what is being run is more than that.
    pub fn has_all(&self) -> bool {
        self.prepared.thread_memory
    }

    /// It gets late: loads and stores of shared memory are steps no longer, if they were and there are any, nor is what lies within an
    /// end, so that at least all other orders are tried. Whether all begins anew.
    pub fn simplify(&mut self) -> bool {
        // Who asks for everything shall have it, however many orders there are.
        let (has_loads, has_ends) = (self.prepared.loads && self.has_loads, self.prepared.ends.is_in_steps());
        let has_looks = self.prepared.looks == Looks::InTurn;
        let has_locks = self.prepared.thread_locks && self.has_thread_locks;
        if self.prepared.thread_memory {
            self.pending.clear();
            return false;
        }
        if self.is_exhaustive || !has_loads && !has_ends && !has_looks && !has_locks {
            return false;
        }
        let loads = self.prepared.loads && !has_loads;
        let looks = if has_looks { Looks::TooMany } else { self.prepared.looks };
        let ends = if has_ends { Ends::TooMany } else { self.prepared.ends };
        let thread_locks = self.prepared.thread_locks && !has_locks;
        self.has_many_thread_locks |= has_locks;
        self.begin_again(Prepared { loads, ends, looks, thread_locks, ..self.prepared });
        true
    }

    /// Something to run now: what differs latest from the last run, or `elsewhere`, earliest or by chance. `None` if everything was run or is
    /// being run.
    pub fn next(&mut self, elsewhere: bool) -> Option<Work> {
        let is_over = self.has_root && self.pending.is_empty() && self.running == 0;
        if is_over && self.has_threads && !self.is_exhaustive && !self.prepared.thread_memory {
            self.begin_with_memory();
        }
        if !self.has_root {
            self.has_root = true;
            self.begun += 1;
            self.running += 1;
            return Some(self.work(None, Request::default()));
        }
        let mut seed = None;
        let (id, task) = if elsewhere && !self.pending.is_empty() {
            let mut chance = Chance(self.next);
            seed = Some(chance.next());
            // What differs earliest differs most; what is picked by chance is anything.
            let earliest = self.pending.iter().enumerate().min_by_key(|(_, (id, _))| self.nodes[id].depth);
            let earliest = earliest.map_or(0, |(number, _)| number);
            let any = chance.below(self.pending.len());
            self.pending.remove(if chance.below(2) == 0 { earliest } else { any })
        } else {
            self.pending.pop()?
        };
        self.begun += 1;
        self.running += 1;
        let node = &self.nodes[&id];
        let mut asleep = node.asleep.clone();
        asleep.extend(
            node.branches
                .iter()
                .filter(|branch| branch.task != task && !self.is_exhaustive)
                .filter_map(|branch| node.sleeper(branch)),
        );
        let mut prefix = vec![Planned { task, alternatives: Some(node.alternatives) }];
        let mut at = node;
        while let Some((parent, task)) = at.parent {
            at = &self.nodes[&parent];
            prefix.push(Planned { task, alternatives: Some(at.alternatives) });
        }
        prefix.reverse();
        Some(self.work(Some((id, task)), Request { prefix, asleep, seed, ..Request::default() }))
    }

    fn work(&self, branch: Option<(u64, TaskId)>, request: Request) -> Work {
        let words = self.words.iter().copied().collect();
        let request = Request { prepared: self.prepared, reaps: self.reaps.to_look_for(), words, ..request };
        Work { branch, first: self.first, request }
    }

    /// Whether loads and stores of shared memory are steps, and there were so many runs that it is not expected to find everything.
    pub fn may_have_too_many(&self) -> bool {
        self.prepared.loads && self.has_loads && self.begun - self.first > MANY_WITH_ALL / 3
    }

    /// A run from the beginning on in which chance alone decides who goes on; `None` if there were enough of these. It is no part of the tree, and
    /// finds nothing that the tree would not come to; but where there is too much to come to, it shows the kind of thing that is far from the first run.
    pub fn scout(&mut self) -> Option<Work> {
        if self.scouts >= SCOUTS {
            return None;
        }
        self.scouts += 1;
        self.begun += 1;
        self.running += 1;
        let seed = Some(self.scouts);
        Some(self.work(None, Request { seed, ..Request::default() }))
    }

    /// The same, where it helps to know what becomes of who waits for children if these end in another order.
    pub fn try_ends(&mut self) -> Option<Work> {
        if !self.has_root || !self.reaps.wants_to_try() {
            return None;
        }
        self.begun += 1;
        self.running += 1;
        let seed = Some(self.begun);
        let mut work = self.work(None, Request { seed, tells_at_once: true, ..Request::default() });
        work.request.reaps = Some(Vec::new());
        Some(work)
    }

    /// Whether so much was tried that some races are left out.
    fn has_many(&self) -> bool {
        self.begun - self.first > MANY && self.calls > MANY_CALLS
    }

    /// Whether the first run was given out.
    pub fn has_begun(&self) -> bool {
        self.has_root
    }

    /// How many runs it has given out.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether something is being run, after which there may be more to run.
    pub fn is_running(&self) -> bool {
        self.running > 0
    }

    /// Takes in what a run has shown.
    pub fn finish(&mut self, work: &Work, run: &Run) {
        self.running -= 1;
        if work.first != self.first {
            // All has begun anew since then.
            return;
        }
        self.calls += run.calls;
        self.has_loads |= run.has_loads;
        self.has_thread_locks |= run.has_thread_locks;
        self.has_threads |= run.tasks.len() > run.processes.len();
        if run.has_given_up {
            return self.begin_again(Prepared { loads: false, ..self.prepared });
        }
        let many = self.begun - self.first;
        if self.prepared.thread_memory && (many > MOST_WITH_MEMORY || run.has_many_thread_locks) {
            self.pending.clear();
            return;
        }
        let has_many_locks =
            run.has_many_thread_locks || many > MANY_WITH_LOCKS && self.has_thread_locks && !self.is_exhaustive;
        if has_many_locks && self.prepared.thread_locks {
            self.has_many_thread_locks = true;
            return self.begin_again(Prepared { thread_locks: false, ..self.prepared });
        }
        if many > MANY_WITH_ENDS && self.prepared.ends.is_in_steps() && !self.is_exhaustive {
            return self.begin_again(Prepared { ends: Ends::TooMany, ..self.prepared });
        }
        if many > MANY_WITH_ALL && self.simplify() {
            return;
        }
        let number = |pid| run.processes.iter().rposition(|&process| process == pid);
        self.printers.extend(run.output.iter().filter_map(|chunk| number(chunk.pid)));
        let mut handled = run.steps.iter().filter_map(|step| step.is_quiet).peekable();
        if handled.peek().is_some() {
            self.handlers_are_quiet = Some(self.handlers_are_quiet != Some(false) && handled.all(|is_quiet| is_quiet));
        }
        let known = self.prepared;
        let needed = Prepared {
            signals: run.signals.max(known.signals),
            senders: run.senders | known.senders,
            listings: run.listings | known.listings,
            arrivals: run.arrivals | known.arrivals,
            thread_ends: run.thread_ends | known.thread_ends,
            lock_ends: run.lock_ends | known.lock_ends,
            faults: run.faults | known.faults,
            within: run.has_within | known.within,
            looks: if run.has_looks { known.looks.max(Looks::InTurn) } else { known.looks },
            ends: match run {
                Run { has_parts: true, .. } => known.ends.max(Ends::InParts),
                Run { has_moments: true, .. } => known.ends.max(Ends::InSteps),
                _ => known.ends,
            },
            ..known
        };
        if needed != known {
            return self.begin_again(Prepared { thread_memory: false, ..needed });
        }
        let knew = self.words.len();
        self.words.extend(&run.words);
        if self.words.len() > knew && many < FEW && !self.is_exhaustive {
            return self.begin_again(needed);
        }
        match self.reaps.take_in(run) {
            News::First if many < FEW => return self.begin_again(needed),
            News::None | News::First => {}
            // What was left out for that may be missing from all that was run.
            News::Refuted => return self.begin_again(Prepared { thread_memory: false, ..needed }),
        }
        let is_scout = work.branch.is_none() && work.request.seed.is_some();
        if is_scout {
            return;
        }
        let replayed = work.request.prefix.len().saturating_sub(1);
        if matches!(run.outcome, Outcome::Diverged { .. }) || run.steps.len() < work.request.prefix.len() {
            if let Some((id, _)) = work.branch {
                self.close(id);
            }
            return;
        }
        // The nodes that the run passed, from the root on.
        let mut path = Vec::new();
        let mut above = work.branch.map(|branch| branch.0);
        while let Some(id) = above {
            path.push(id);
            above = self.nodes[&id].parent.map(|parent| parent.0);
        }
        path.reverse();
        let mut asleep = work.request.asleep.clone();
        let beginnings = if self.is_exhaustive { Vec::new() } else { self.states.of(run) };
        let is_usual = work.request.seed.is_none() && is_whole(run);
        // From there on all is explored that can follow, or will be.
        let known = self.states.first_known(&beginnings);
        let end = known.map_or(run.steps.len(), |beginning| beginning.step);
        for (depth, step) in run.steps[..end].iter().enumerate().skip(replayed) {
            if let Some(beginning) = beginnings.iter().find(|beginning| beginning.step == depth)
                && asleep.is_empty()
            {
                self.states.add(beginning, is_usual);
            }
            if depth < path.len() {
                if let Some(node) = self.nodes.get_mut(&path[depth])
                    && let Some(branch) = node.branches.iter_mut().find(|branch| branch.task == step.task)
                {
                    branch.footprint = Some(step.footprint.clone());
                }
            } else {
                let id = self.next;
                self.next += 1;
                let parent = path.last().map(|&parent| (parent, run.steps[depth - 1].task));
                let mut branches = vec![Branch { task: step.task, footprint: Some(step.footprint.clone()) }];
                if self.is_exhaustive {
                    let others = step.candidates().filter(|&task| task != step.task);
                    branches.extend(others.map(|task| Branch { task, footprint: None }));
                    self.pending.extend(branches.iter().skip(1).map(|branch| (id, branch.task)));
                }
                let node = Node {
                    parent,
                    depth,
                    enabled: step.candidates().collect(),
                    alternatives: step.alternatives,
                    asleep: asleep.clone(),
                    races: Vec::new(),
                    open: branches.len(),
                    branches,
                };
                self.nodes.insert(id, node);
                path.push(id);
            }
            asleep.retain_mut(|sleeper| sleeper.sleeps_on(step));
        }
        if self.is_exhaustive {
            if let Some(&last) = path.last() {
                self.close(last);
            }
            return;
        }
        if known.is_some_and(|beginning| self.states.are_refuted_by(beginning, is_usual && asleep.is_empty())) {
            return self.begin_again(Prepared { thread_memory: false, ..self.prepared });
        }
        let is_cut = known.is_some() || matches!(run.outcome, Outcome::SleepSetBlocked | Outcome::Stopped(_));
        self.reverse_races(&path, run, replayed..end, is_cut);
        self.reverse_disabling(&path, &run.steps[..end], replayed, is_cut);
        if let Some(&last) = path.last() {
            self.close(last);
        }
    }

    /// A branch of that node is done; forgets what is done altogether.
    fn close(&mut self, mut id: u64) {
        while let Some(node) = self.nodes.get_mut(&id) {
            node.open -= 1;
            if node.open > 0 {
                return;
            }
            let parent = node.parent;
            self.nodes.remove(&id);
            match parent {
                Some((parent, _)) => id = parent,
                None => return,
            }
        }
    }
}
