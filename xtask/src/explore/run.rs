//! One run of the program, one task at a time.
//!
//! A task is a thread. Whenever it makes a system call that the [filter](super::filter) holds, it is either answered at
//! once (nobody else can tell when it happened) or stays held at it: then that call begins its next *step*. At any time
//! at most one task runs; once it is held again, blocked in the kernel or gone, one of those that can go on is chosen.
//! So nothing of what tasks do to each other is decided by the kernel's scheduler.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::chance::{Chance, Ranks};
use super::clock::Clock;
use super::keeper::{Limits, Stdio};
use super::memory::{Mapping, SharedMemory, page_at};
use super::queues::{Flow, Queues};
use super::stare::Stare;
use super::sys::{self, Call, Listener, StartError};
use super::wire::{Caveat, Footprint, Object, Outcome, Request, Run, Step, TaskId, Waiting};
use crate::record::lines::{Lines, Tail};
use crate::record::process::{self, Process};
use crate::trace::{Event, Pid, Stop, What};

/// How often in a row a task must be seen to sleep in the kernel before it counts as blocked there.
const SIGHTINGS: u32 = 4;

/// How long until the first look; twice as long until each next one.
const PATIENCE: Duration = Duration::from_millis(1);

/// How long to wait for what the kernel alone decides, before nobody is said to be able to go on.
const LAST_HOPE: Duration = Duration::from_millis(50);

/// The program while it runs.
pub struct Live<'a> {
    pub listener: Listener,
    pub stdio: &'a Stdio,
    limits: &'a Limits,
    control: BorrowedFd<'a>,
    pub tasks: Vec<Task>,
    pub processes: Vec<Member>,
    pub queues: Queues,
    pub memory: SharedMemory,
    /// Who ran since the last step.
    ran: Vec<usize>,
    events: Vec<Event>,
    steps: Vec<Step>,
    /// What those who were killed would have done next.
    killed: Vec<Step>,
    /// Who heard of something within a step of somebody who shares memory and goes on.
    heard: Vec<usize>,
    /// Who has rung an eventfd in this step, and has not gone on yet.
    pub ringing: Vec<usize>,
    /// The tasks that heard of something in this step.
    reacted: Vec<usize>,
    /// The last time that nobody else could go on, somebody did who lets time pass.
    idle_went_last: bool,
    /// What the step being taken has touched so far.
    pub footprint: Footprint,
    pub caveats: BTreeMap<Caveat, u64>,
    /// The processes to which the step may have sent signals.
    pub signalled: Vec<usize>,
    lines: u64,
    bytes: u64,
    stop: Option<Stop>,
    deadline: Instant,
}

/// A thread.
pub struct Task {
    pub tid: Pid,
    pub process: usize,
    pub state: State,
    /// Nothing of its own has run yet.
    fresh: bool,
    /// It has called fork or clone: somebody may be there of whom nothing was heard yet.
    pub has_forked: bool,
    /// What its last call has started.
    pub starting: Option<Birth>,
    /// A call that was carried out when a signal interrupted it, and what it is to return when it is made again.
    interrupted: Option<(Call, i64)>,
    /// How often in a row it did nothing but let time pass.
    pub naps: u32,
    /// How often in a row it did nothing but look.
    stare: Stare,
    /// In which state it was last seen while it should run, and how often in a row.
    asleep_in: Option<u8>,
    sightings: u32,
    /// It could have gone on before the last step too.
    was_enabled: bool,
    /// The step that made its next one possible.
    enabled_by: Option<u32>,
    /// Its last step.
    last: Option<u32>,
    /// The steps of others, since then, to which it reacted.
    heard: Vec<u32>,
}

/// What is started, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// A thread.
    Thread,
    /// A process, which gets a copy of the memory.
    Copy,
    /// A process that borrows the memory until it executes a program, and so long the parent waits (vfork(2)).
    Loan,
}

/// Where a thread is.
pub enum State {
    /// It runs, or will in a moment.
    Running,
    /// At the first call it makes at all.
    Newborn(Call),
    /// At its next step.
    Held(Call, Op),
    /// The kernel lets it wait in a call that is not held, or has stopped it.
    Blocked,
    Ended,
}

/// What a task is about to do.
pub enum Op {
    /// Write to standard output what completes a line.
    Output(Vec<u8>),
    /// Go on after such a write of so many bytes: a step of its own where memory is shared.
    Return(i64),
    /// Read from or write to a pipe or socket.
    Transfer(Transfer),
    /// See which of these are ready.
    Poll { fds: Vec<Polled>, looks_at: Vec<Object>, timeout: Timeout },
    /// Wait until a word of memory changes, or for a wake-up.
    Futex { address: u64, expected: u32, shared: bool, woken: bool, timeout: Timeout },
    /// Wait for the end of a child, or look whether one has ended.
    Wait { who: Who, block: bool },
    /// Send a signal to these processes; if there is a number, to everyone.
    Signal { targets: Vec<usize>, everyone: Option<i32> },
    /// Let time pass. If `idle`, it did nothing else for long and goes on only once nobody else can.
    Nap { idle: bool },
    /// Begin, or go on after starting a thread, where memory is shared.
    Start,
    /// Wake whoever waits for this word of memory: up to so many other threads.
    Wake { address: u64, most: usize },
    /// End.
    Exit,
}

/// A descriptor to be polled.
pub struct Polled {
    pub fd: OwnedFd,
    pub events: PollFlags,
    /// It tells that something has happened, and nothing else: a pidfd or an eventfd.
    pub only_tells: bool,
}

/// A read or write that involves another process.
pub struct Transfer {
    pub fd: OwnedFd,
    pub write: bool,
    /// It does not wait, ready or not.
    pub now: bool,
    pub queue: usize,
    /// How many bytes at most.
    pub bytes: u64,
    pub flow: Flow,
}

/// How long a call may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    Now,
    Never,
    /// In nanoseconds of virtual time.
    After(u64),
}

/// Which children are waited for.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    Any,
    Child(usize),
    Nobody,
}

/// A process.
pub struct Member {
    pub pid: Pid,
    pub parent: Option<usize>,
    pub handle: Process,
    pub has_ended: bool,
    /// The step in which it ended.
    ended_by: Option<u32>,
    lines: Lines,
    stderr: Tail,
    lines_written: u32,
    parked: bool,
    /// It has memory that processes it starts will share.
    pub shares_memory: bool,
    /// Where that is; `None` if it has to be looked up.
    pub mappings: Option<Vec<Mapping>>,
    /// Not all of its looks at that memory are seen.
    pub blind: bool,
    pub clock: Clock,
    /// Where its random numbers have got to.
    pub chance: Chance,
}

/// What to do about a call.
pub enum Answer {
    LetThrough,
    Return(i64),
    Hold(Op),
    /// It is answered already: the thread has ended.
    Left,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ready {
    Yes,
    No,
    /// Once nobody else can go on.
    Last,
    /// Like that, since it does nothing but look; but it can.
    Patient,
}

/// Runs the program as requested. `control` hanging up ends the run.
///
/// # Errors
/// If it cannot be started, or a system call of the supervisor fails.
pub fn run(
    program: &sys::Program,
    stdio: &Stdio,
    limits: &Limits,
    request: &Request,
    control: BorrowedFd,
) -> Result<Run, StartError> {
    let (root, pidfd, listener) = sys::start(program, stdio.for_program())?;
    let mut live = Live {
        listener,
        stdio,
        limits,
        control,
        tasks: Vec::new(),
        processes: Vec::new(),
        queues: Queues::default(),
        memory: SharedMemory::default(),
        ran: Vec::new(),
        events: Vec::new(),
        steps: Vec::new(),
        killed: Vec::new(),
        heard: Vec::new(),
        ringing: Vec::new(),
        reacted: Vec::new(),
        idle_went_last: false,
        footprint: Footprint::default(),
        caveats: BTreeMap::new(),
        signalled: Vec::new(),
        lines: 0,
        bytes: 0,
        stop: None,
        deadline: Instant::now() + limits.time,
    };
    live.admit_process(Process::from_pidfd(root, pidfd), None);
    live.admit_task(root, 0, false);
    let outcome = live.explore(request).map_err(StartError::Other)?;
    let seen = live.events.len();
    let speaks = |&process: &usize| live.processes[process].lines_written > 0;
    if live.heard.iter().any(speaks) {
        *live.caveats.entry(Caveat::Bell).or_default() += 1;
    }
    live.finish_output();
    let mut pending = std::mem::take(&mut live.killed);
    pending.extend((0..live.tasks.len()).filter_map(|task| live.pending(task)));
    Ok(Run {
        root,
        processes: live.processes.iter().map(|process| process.pid).collect(),
        tasks: live.tasks.iter().map(|task| task.tid).collect(),
        events: live.events,
        seen,
        steps: live.steps,
        pending,
        outcome,
        caveats: live.caveats,
    })
}

impl Live<'_> {
    fn explore(&mut self, request: &Request) -> io::Result<Outcome> {
        let mut plan = request.prefix.iter();
        let mut asleep = request.asleep.clone();
        let mut ranks = request.seed.map(Ranks::new);
        loop {
            self.settle()?;
            if let Some(stop) = self.stop {
                return Ok(Outcome::Stopped(stop));
            }
            self.finish_step();
            if let (0, Some(step)) = (plan.len(), self.steps.last()) {
                asleep.retain(|sleeper| !sleeper.footprint.may_conflict(&step.footprint));
            }

            let (enabled, patient, last_resort) = self.enabled();
            if enabled.is_empty() {
                match self.outcome()? {
                    Some(_) if request.choices_only && plan.len() > 0 => {
                        let what = format!("it makes {} more choices than there were", plan.len());
                        return Ok(Outcome::Diverged { step: self.steps.len(), what });
                    }
                    Some(outcome) => return Ok(outcome),
                    None => continue,
                }
            }
            if self.steps.len() >= self.limits.steps {
                return Ok(Outcome::Stopped(Stop::TimeLimit));
            }
            let alternatives = self.alternatives(&enabled);
            let planned = if request.choices_only && enabled.len() == 1 { None } else { plan.next() };
            let task = match planned {
                Some(planned) => {
                    let step = self.steps.len();
                    if !enabled.contains(&planned.task) {
                        let what = format!(
                            "{} was to go next, but only {} could",
                            task_name(planned.task),
                            enabled.iter().map(|&task| task_name(task)).collect::<Vec<_>>().join(", ")
                        );
                        return Ok(Outcome::Diverged { step, what });
                    }
                    if planned.alternatives.is_some_and(|expected| expected != alternatives) {
                        let what = format!("not the same choice as before: now {}", self.describe_choice(&enabled));
                        return Ok(Outcome::Diverged { step, what });
                    }
                    planned.task
                }
                None => {
                    let awake = |task: &TaskId| plan.len() > 0 || !asleep.iter().any(|sleeper| sleeper.task == *task);
                    let previous = self.steps.last().map(|step| step.task);
                    let awake = enabled.iter().copied().filter(|task| !patient.contains(task)).filter(awake);
                    let choice = match &mut ranks {
                        Some(ranks) => ranks.first(awake),
                        None => default_choice(awake, previous),
                    };
                    match choice {
                        Some(task) => task,
                        None => return Ok(Outcome::Redundant),
                    }
                }
            };
            if last_resort {
                *self.caveats.entry(Caveat::TimedOut).or_default() += 1;
            }
            if !patient.is_empty() {
                *self.caveats.entry(Caveat::Looks).or_default() += 1;
            }
            // What happens once nobody else can go on could not have happened before anything.
            let now = self.steps.len() as u32;
            let one = &mut self.tasks[usize::from(task)];
            let mut depends = std::mem::take(&mut one.heard);
            depends.extend(one.enabled_by.take());
            one.last = Some(now);
            if last_resort {
                depends = (0..now).collect();
            }
            let call = self.call(usize::from(task));
            let kills = matches!(&self.tasks[usize::from(task)].state, State::Held(_, Op::Signal { .. }));
            let first_event = self.events.len();
            self.steps.push(Step {
                task,
                call,
                enabled,
                patient,
                alternatives,
                depends,
                kills,
                first_event,
                ..Step::default()
            });
            self.perform(usize::from(task))?;
        }
    }

    /// The number of the step being taken.
    fn now(&self) -> Option<u32> {
        self.steps.len().checked_sub(1).map(|step| step as u32)
    }

    /// The step being taken could not have been taken before that one.
    pub fn depends_on(&mut self, step: Option<u32>) {
        if let (Some(earlier), Some(now)) = (step, self.steps.last_mut())
            && !now.depends.contains(&earlier)
        {
            now.depends.push(earlier);
        }
    }

    /// The number of the system call at which a task is held.
    fn call(&self, task: usize) -> i64 {
        match &self.tasks[task].state {
            State::Held(call, _) => call.nr,
            _ => 0,
        }
    }

    /// Whether what this task waits for has come about, and waiting for it was no more than that.
    ///
    /// Who hears that a child has ended or that an eventfd has rung does so at once: it is no decision. What it does then,
    /// it does as usual.
    fn hears(&self, task: usize) -> bool {
        let State::Held(_, op) = &self.tasks[task].state else { return false };
        match op {
            Op::Wait { block: true, .. } => self.ready(task) == Ready::Yes,
            Op::Transfer(Transfer { flow: Flow::Bell, .. }) => self.ready(task) == Ready::Yes,
            Op::Poll { fds, timeout, .. }
                if *timeout != Timeout::Now && !self.processes[self.tasks[task].process].parked =>
            {
                let ready = |polled: &&Polled| is_ready(&mut [PollFd::new(polled.fd.as_fd(), polled.events)]);
                let mut ready = fds.iter().filter(ready).peekable();
                ready.peek().is_some() && ready.all(|polled| polled.only_tells)
            }
            _ => false,
        }
    }

    /// Lets whoever hears something now react to it, as a part of the step being taken; whether there was anyone.
    fn react(&mut self) -> io::Result<bool> {
        let Some(task) = (0..self.tasks.len()).find(|&task| self.hears(task)) else { return Ok(false) };
        self.reacted.push(task);
        self.tasks[task].stare = Stare::default();
        if let Some(now) = self.now()
            && self.steps.last().is_some_and(|step| usize::from(step.task) != task)
        {
            let last = self.tasks[task].last;
            if let Some(step) = self.steps.last_mut() {
                step.heard_after.extend(last);
            }
            self.footprint.changes(Object::reaction(self.tasks[task].process));
            let by = &self.tasks[self.steps.last().map_or(0, |step| usize::from(step.task))];
            if !matches!(by.state, State::Ended) && self.shares_memory(by.process) {
                self.heard.push(self.tasks[task].process);
            }
            let heard = &mut self.tasks[task].heard;
            if heard.last() != Some(&now) {
                heard.push(now);
            }
        }
        self.perform(task)?;
        Ok(true)
    }

    /// Everyone is held: the step is over.
    fn finish_step(&mut self) {
        self.reacted.clear();
        let mut ran = std::mem::take(&mut self.ran);
        ran.extend(self.steps.last().map(|step| self.tasks[usize::from(step.task)].process));
        ran.sort_unstable();
        ran.dedup();
        self.look_at_memory(&ran);
        let blind = ran.into_iter().filter_map(|process| self.blind_group(process)).collect();
        let footprint = std::mem::take(&mut self.footprint);
        let Some(step) = self.steps.last_mut() else { return };
        step.blind = blind;
        step.footprint = footprint;
        let by = usize::from(step.task);
        step.footprint.looks_at(Object::life(self.tasks[by].process));
        let own = Object::memory_of(self.tasks[by].process);
        let has_looked = self.events.len() == step.first_event && step.footprint.changes_nothing_but(own);
        for (number, task) in self.tasks.iter_mut().enumerate() {
            if number != by {
                task.stare.others_used(&step.footprint);
                if self.processes[task.process].blind && step.blind.contains(&0) {
                    // It may have looked there.
                    task.stare = Stare::default();
                }
            } else if has_looked {
                task.stare.has_looked_at(&step.footprint);
            } else {
                task.stare = Stare::default();
            }
        }
    }

    /// The number of the group with which a process shares memory where looks are not seen: its threads, if it has more
    /// than one, or all who have such memory.
    fn blind_group(&self, process: usize) -> Option<usize> {
        if self.processes[process].blind {
            return Some(0);
        }
        self.has_threads(process).then_some(process + 1)
    }

    fn has_threads(&self, process: usize) -> bool {
        self.tasks.iter().filter(|task| task.process == process).count() > 1
    }

    /// Who can go on; who of them has looked long enough; and whether they can only because nobody else can.
    fn enabled(&mut self) -> (Vec<TaskId>, Vec<TaskId>, bool) {
        let ready: Vec<Ready> = (0..self.tasks.len()).map(|task| self.ready(task)).collect();
        let all = |wanted: &[Ready]| -> Vec<TaskId> {
            (0..ready.len()).filter(|&task| wanted.contains(&ready[task])).map(|task| task as TaskId).collect()
        };
        let now = self.now();
        for (task, ready) in self.tasks.iter_mut().zip(&ready) {
            match ready {
                Ready::Yes if !task.was_enabled => task.enabled_by = now,
                // It has to wait, so it does not look for ever.
                Ready::No => task.stare = Stare::default(),
                _ => {}
            }
            task.was_enabled = *ready == Ready::Yes;
        }
        if ready.contains(&Ready::Yes) {
            return (all(&[Ready::Yes, Ready::Patient]), all(&[Ready::Patient]), false);
        }
        // Who lets time pass and who only looks take turns, and of the latter whoever has waited longest goes on.
        let (idle, patient) = (all(&[Ready::Last]), all(&[Ready::Patient]));
        self.idle_went_last = !idle.is_empty() && (patient.is_empty() || !self.idle_went_last);
        let last = if self.idle_went_last {
            idle
        } else {
            patient.into_iter().min_by_key(|&task| self.tasks[usize::from(task)].last).into_iter().collect()
        };
        for &task in &last {
            self.tasks[usize::from(task)].enabled_by = now;
        }
        (last, Vec::new(), true)
    }

    fn ready(&self, task: usize) -> Ready {
        let State::Held(_, op) = &self.tasks[task].state else { return Ready::No };
        let looks = matches!(op, Op::Poll { .. } | Op::Wait { block: false, .. });
        match self.would_go_on(task, op) {
            Ready::Yes if looks && self.tasks[task].stare.is_over() => Ready::Patient,
            ready => ready,
        }
    }

    fn would_go_on(&self, task: usize, op: &Op) -> Ready {
        let process = self.tasks[task].process;
        let wait_or = |ready: bool, timeout: &Timeout| match timeout {
            _ if ready => Ready::Yes,
            Timeout::Now => Ready::Yes,
            Timeout::Never => Ready::No,
            Timeout::After(_) => Ready::Last,
        };
        match op {
            _ if self.processes[process].parked => Ready::No,
            Op::Output(_) | Op::Return(_) | Op::Start | Op::Wake { .. } | Op::Signal { .. } | Op::Exit => Ready::Yes,
            Op::Nap { idle: false } => Ready::Yes,
            Op::Nap { idle: true } => Ready::Last,
            Op::Transfer(transfer) => {
                let events = if transfer.write { PollFlags::POLLOUT } else { PollFlags::POLLIN };
                let timeout = if transfer.now { Timeout::Now } else { Timeout::Never };
                wait_or(transfer.now || is_ready(&mut [PollFd::new(transfer.fd.as_fd(), events)]), &timeout)
            }
            Op::Poll { fds, timeout, .. } => {
                let mut fds: Vec<PollFd> = fds.iter().map(|p| PollFd::new(p.fd.as_fd(), p.events)).collect();
                wait_or(*timeout != Timeout::Now && is_ready(&mut fds), timeout)
            }
            Op::Futex { address, expected, woken, timeout, .. } => {
                let changed = sys::read_u32(self.tasks[task].tid, *address) != Some(*expected);
                wait_or(*woken || changed, timeout)
            }
            Op::Wait { block: false, .. } => Ready::Yes,
            Op::Wait { who, block: true } => {
                let children = self.children(process, *who);
                let possible = children.clone().any(|child| self.is_zombie(child))
                    || !children.clone().any(|child| !self.processes[child].has_ended);
                if possible { Ready::Yes } else { Ready::No }
            }
        }
    }

    fn children(&self, parent: usize, who: Who) -> impl Iterator<Item = usize> + Clone {
        (0..self.processes.len()).filter(move |&child| self.processes[child].parent == Some(parent)).filter(
            move |&child| match who {
                Who::Any => true,
                Who::Child(wanted) => child == wanted,
                Who::Nobody => false,
            },
        )
    }

    /// Ended, and not waited for yet.
    fn is_zombie(&self, process: usize) -> bool {
        let process = &self.processes[process];
        process.has_ended && sys::pidfd_signal(process.handle.as_fd(), 0)
    }

    /// A digest of who stands where.
    fn alternatives(&self, enabled: &[TaskId]) -> u64 {
        let mut digest = DefaultHasher::new();
        for &task in enabled {
            task.hash(&mut digest);
            if let State::Held(call, op) = &self.tasks[usize::from(task)].state {
                call.nr.hash(&mut digest);
                if let Op::Output(bytes) = op {
                    self.without_pids(bytes).hash(&mut digest);
                }
            }
        }
        digest.finish()
    }

    fn describe_choice(&self, enabled: &[TaskId]) -> String {
        let one = |&task: &TaskId| match &self.tasks[usize::from(task)].state {
            State::Held(_, Op::Output(bytes)) => {
                format!("{} printing {:?}", task_name(task), self.without_pids(bytes).trim_end())
            }
            State::Held(call, _) => format!("{} at {}", task_name(task), super::calls::name(call.nr)),
            _ => task_name(task),
        };
        enabled.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn without_pids(&self, bytes: &[u8]) -> String {
        let pids: Vec<Pid> = self.tasks.iter().map(|task| task.tid).collect();
        super::normalise(&String::from_utf8_lossy(bytes), &pids)
    }

    /// Nobody can go on. `None` if that has changed meanwhile.
    fn outcome(&mut self) -> io::Result<Option<Outcome>> {
        if self.tasks.iter().all(|task| matches!(task.state, State::Ended)) {
            return Ok(Some(Outcome::Ended));
        }
        if self.tasks.iter().any(|task| matches!(task.state, State::Blocked)) {
            let until = Instant::now() + LAST_HOPE;
            while Instant::now() < until {
                if self.await_event(Duration::from_millis(5))? || self.look_at_blocked() {
                    return Ok(None);
                }
            }
        }
        if self.processes.iter().any(|process| process.parked) {
            return Ok(Some(Outcome::SeenEnough));
        }
        let waiting = self.tasks.iter().enumerate().filter(|(_, task)| !matches!(task.state, State::Ended));
        let waiting = waiting
            .map(|(number, task)| Waiting { pid: self.processes[task.process].pid, what: self.describe_wait(number) });
        Ok(Some(Outcome::Deadlock(waiting.collect())))
    }

    /// Lets a task take its next step.
    fn perform(&mut self, number: usize) -> io::Result<()> {
        let task = &mut self.tasks[number];
        let State::Held(call, op) = std::mem::replace(&mut task.state, State::Running) else { return Ok(()) };
        let process = task.process;
        if !matches!(op, Op::Nap { .. } | Op::Poll { .. } | Op::Wait { block: false, .. }) {
            task.naps = 0;
        }
        let done = match op {
            Op::Output(bytes) => {
                if let Some(group) = self.blind_group(process) {
                    self.footprint.changes(Object::output_of(group));
                }
                self.print(process, &bytes);
                let written = bytes.len() as i64;
                let enough = self.limits.lines_each.is_some_and(|n| self.processes[process].lines_written >= n);
                if enough || self.shares_memory(process) {
                    self.processes[process].parked |= enough;
                    self.tasks[number].state = State::Held(call, Op::Return(written));
                    return Ok(());
                }
                self.listener.answer(&call, written)
            }
            Op::Return(written) => self.listener.answer(&call, written),
            Op::Transfer(transfer) => {
                self.account(&transfer);
                self.listener.let_through(&call)
            }
            Op::Poll { looks_at, timeout, fds } => {
                for object in looks_at {
                    self.footprint.looks_at(object);
                }
                let mut fds: Vec<PollFd> = fds.iter().map(|p| PollFd::new(p.fd.as_fd(), p.events)).collect();
                match timeout {
                    Timeout::After(nanoseconds) if !is_ready(&mut fds) => {
                        self.processes[process].clock.pass(nanoseconds);
                        self.no_events(&call)
                    }
                    _ => self.listener.let_through(&call),
                }
            }
            Op::Futex { address, expected, woken, timeout, .. } => {
                if sys::read_u32(call.tid, address) != Some(expected) {
                    self.listener.let_through(&call)
                } else if woken {
                    self.listener.answer(&call, 0)
                } else {
                    if let Timeout::After(nanoseconds) = timeout {
                        self.processes[process].clock.pass(nanoseconds);
                    }
                    self.listener.answer(&call, -i64::from(libc::ETIMEDOUT))
                }
            }
            Op::Wait { who, block } => {
                let children: Vec<usize> = self.children(process, who).collect();
                if !block {
                    for &child in &children {
                        self.footprint.looks_at(Object::life(child));
                    }
                }
                if let Some(&child) = children.iter().find(|&&child| self.is_zombie(child)) {
                    // Nobody else will find it.
                    self.tasks[number].stare = Stare::default();
                    self.depends_on(self.processes[child].ended_by);
                    let end = self.processes[child].clock;
                    self.processes[process].clock.not_before(end);
                }
                self.listener.let_through(&call)
            }
            Op::Signal { targets, everyone } => {
                self.signalled.extend(&targets);
                for &target in &targets {
                    self.footprint.changes(Object::life(target));
                }
                match everyone {
                    // Not the kernel's everyone, to which we too belong.
                    Some(signal) => {
                        for &target in &targets {
                            sys::pidfd_signal(self.processes[target].handle.as_fd(), signal);
                        }
                        self.listener.answer(&call, 0)
                    }
                    None => self.listener.let_through(&call),
                }
            }
            Op::Nap { .. } => self.listener.answer(&call, 0),
            Op::Start => self.listener.let_through(&call),
            Op::Wake { address, most } => {
                let woken = self.wake(number, address, false, most);
                self.listener.answer(&call, woken)
            }
            Op::Exit => {
                self.footprint.changes(Object::life(process));
                self.listener.let_through(&call)
            }
        };
        if !done {
            // A signal has interrupted or ended it in this very moment: whatever it does now, it will come by again.
            self.tasks[number].state = State::Running;
        }
        Ok(())
    }

    fn account(&mut self, transfer: &Transfer) {
        let now = self.now();
        let &Transfer { queue, flow, bytes, .. } = transfer;
        let wanted = if flow == Flow::Bytes { bytes } else { 1 };
        if transfer.write {
            match flow {
                Flow::Bell => self.footprint.adds_to(Object::tail(queue)),
                _ => self.footprint.changes(Object::tail(queue)),
            }
            self.queues.wrote(queue, now, wanted);
            return;
        }
        self.footprint.changes(Object::head(queue));
        let available = super::calls::readable(&transfer.fd);
        let writers = self.queues.took(
            queue,
            match flow {
                Flow::Bytes => available.min(wanted),
                Flow::Messages => u64::from(available > 0),
                // However often it rang.
                Flow::Bell => u64::MAX,
            },
        );
        let short = match flow {
            // Had the last of these writes come later, there would have been less to read; had another come earlier, more.
            Flow::Bytes => available < wanted || writers.len() > 1,
            Flow::Messages => available == 0,
            Flow::Bell => false,
        };
        if short {
            self.footprint.looks_at(Object::tail(queue));
        }
        for writer in writers {
            self.depends_on(writer);
        }
    }

    /// Finds out which shared memory those who ran have looked at and changed.
    fn look_at_memory(&mut self, ran: &[usize]) {
        for &process in ran {
            let member = &mut self.processes[process];
            if !member.shares_memory || member.has_ended {
                continue;
            }
            if member.mappings.is_none() {
                member.mappings = self.memory.mappings(member.pid).ok();
                member.blind |= member.mappings.as_ref().is_none_or(|all| all.iter().any(|mapping| !mapping.seen));
            }
            let mappings = member.mappings.as_deref().unwrap_or_default();
            if !self.memory.look(member.pid, mappings, &mut self.footprint) {
                member.blind = true;
                *self.caveats.entry(Caveat::Memory).or_default() += 1;
            }
        }
        // Whoever waits for memory to change has looked at it, and where we cannot know.
        let Some(task) = self.steps.last().map(|step| &self.tasks[usize::from(step.task)]) else { return };
        let own = Object::memory_of(task.process);
        let has_threads = self.has_threads(task.process);
        match task.state {
            State::Held(_, Op::Futex { shared, .. }) => {
                if shared && self.processes[task.process].blind {
                    self.footprint.looks_at(Object::ALL_MEMORY);
                }
                if has_threads {
                    self.footprint.looks_at(own);
                }
            }
            _ if has_threads => self.footprint.adds_to(own),
            _ => {}
        }
    }

    /// Whether others may look at the memory of this process while it runs.
    pub fn shares_memory(&self, process: usize) -> bool {
        let threads = self.tasks.iter().filter(|task| task.process == process && !matches!(task.state, State::Ended));
        threads.count() > 1
            || (self.processes[process].shares_memory
                && self.processes.iter().filter(|other| other.shares_memory && !other.has_ended).count() > 1)
    }

    /// Waits until nobody runs.
    fn settle(&mut self) -> io::Result<()> {
        loop {
            while self.stop.is_none() && self.tasks.iter().any(|task| matches!(task.state, State::Running)) {
                self.await_running()?;
            }
            if self.stop.is_some() {
                return Ok(());
            }
            if self.find_unseen()? {
                continue;
            }
            let newborn = self.tasks.iter().position(|task| matches!(task.state, State::Newborn(_)));
            if let Some(task) = newborn {
                if self.shares_memory(self.tasks[task].process)
                    && let State::Newborn(call) = self.tasks[task].state
                {
                    // Where it begins among what the others do is a decision.
                    self.tasks[task].state = State::Held(call, Op::Start);
                } else if let State::Newborn(call) = std::mem::replace(&mut self.tasks[task].state, State::Running) {
                    self.listener.let_through(&call);
                }
                continue;
            }
            if self.look_at_signalled()? {
                continue;
            }
            if self.tasks.iter().any(|task| matches!(task.state, State::Blocked)) {
                // Whoever was woken by the step is awake already: the kernel wakes before the waking call returns.
                let heard = self.await_event(Duration::ZERO)?;
                if self.look_at_blocked() || heard {
                    continue;
                }
            }
            if self.react()? {
                continue;
            }
            // Whether it prints or the ringer goes on first is a decision.
            let prints = |&task: &usize| matches!(self.tasks[task].state, State::Held(_, Op::Output(_)));
            if self.reacted.iter().any(prints) {
                self.ringing.clear();
            }
            match self.ringing.pop() {
                Some(ringer) if matches!(self.tasks[ringer].state, State::Held(_, Op::Return(_))) => {
                    self.perform(ringer)?
                }
                // What heard it has killed or interrupted it.
                Some(_) => {}
                None => return Ok(()),
            }
        }
    }

    /// Waits until something is heard of the tasks that run, or they are seen to be blocked.
    fn await_running(&mut self) -> io::Result<()> {
        let mut patience = PATIENCE;
        loop {
            if self.await_event(patience)? {
                return Ok(());
            }
            if Instant::now() > self.deadline {
                self.stop = Some(Stop::TimeLimit);
                return Ok(());
            }
            let running = |task: &Task| matches!(task.state, State::Running);
            let states: Vec<Option<u8>> =
                self.tasks.iter().map(|t| running(t).then(|| state(t.tid)).flatten()).collect();
            // Whoever sleeps because it has just come to a held call has been heard of by now.
            if self.await_event(Duration::ZERO)? {
                return Ok(());
            }
            let mut any = false;
            for (task, state) in self.tasks.iter_mut().zip(states).filter(|(task, _)| running(task)) {
                task.sightings = match (state, task.asleep_in) {
                    (Some(state), Some(last)) if state == last => task.sightings + 1,
                    _ => 1,
                };
                task.asleep_in = state;
                match state {
                    Some(b'T' | b't') => task.state = State::Blocked,
                    // Starting something waits for nobody, but for a loan, however long it takes on a busy machine.
                    Some(b'S') if task.sightings >= SIGHTINGS && matches!(task.starting, None | Some(Birth::Loan)) => {
                        task.state = State::Blocked;
                    }
                    // Whoever reads from a disk waits like this as well, but that comes to an end.
                    Some(b'D') if task.sightings >= SIGHTINGS && task.starting == Some(Birth::Loan) => {
                        task.state = State::Blocked;
                    }
                    None | Some(b'Z' | b'X') if task.tid != self.processes[task.process].pid => {
                        task.state = State::Ended;
                    }
                    _ => continue,
                }
                if matches!(task.state, State::Blocked) {
                    *self.caveats.entry(Caveat::KernelWait).or_default() += 1;
                }
                task.sightings = 0;
                any = true;
            }
            if any {
                return Ok(());
            }
            patience = (patience * 2).min(Duration::from_millis(20));
        }
    }

    /// Whether a call or an end was heard of within the time given.
    fn await_event(&mut self, time: Duration) -> io::Result<bool> {
        let running: Vec<usize> = (0..self.processes.len())
            .filter(|&process| !self.processes[process].has_ended)
            .filter(|&process| {
                self.tasks.iter().any(|t| t.process == process && matches!(t.state, State::Running | State::Blocked))
            })
            .collect();
        let mut fds =
            vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN), PollFd::new(self.control, PollFlags::empty())];
        fds.extend(running.iter().map(|&p| PollFd::new(self.processes[p].handle.as_fd(), PollFlags::POLLIN)));
        match poll(&mut fds, PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX)) {
            Ok(0) | Err(Errno::EINTR) => return Ok(false),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let heard: Vec<PollFlags> = fds.iter().map(|fd| fd.revents().unwrap_or(PollFlags::empty())).collect();
        if !heard[1].is_empty() {
            self.stop = Some(Stop::Interrupted);
            return Ok(true);
        }
        if heard[0].contains(PollFlags::POLLIN)
            && let Some(call) = self.listener.receive()?
        {
            self.hear(call)?;
            return Ok(true);
        }
        let ended = running.iter().zip(&heard[2..]).filter(|(_, heard)| heard.contains(PollFlags::POLLIN));
        let ended: Vec<usize> = ended.map(|(&process, _)| process).collect();
        for &process in &ended {
            self.end(process);
        }
        Ok(!ended.is_empty())
    }

    /// A task has made a held call.
    fn hear(&mut self, call: Call) -> io::Result<()> {
        let number = match self.tasks.iter().position(|t| t.tid == call.tid && !matches!(t.state, State::Ended)) {
            Some(number) => number,
            None => match self.admit(call.tid)? {
                Some(number) => number,
                None => return Ok(()),
            },
        };
        self.ran.push(self.tasks[number].process);
        let is_first = matches!(call.nr, libc::SYS_set_robust_list | libc::SYS_set_tid_address);
        if std::mem::take(&mut self.tasks[number].fresh) && is_first {
            self.tasks[number].state = State::Newborn(call);
            return Ok(());
        }
        if self.tasks[number].has_forked {
            // It may be about to name its child.
            self.find_unseen()?;
        }
        let again = |done: &&(Call, i64)| done.0.identity() == call.identity();
        let answer = match self.tasks[number].interrupted.as_ref().filter(again).map(|done| done.1) {
            Some(result) => {
                (self.tasks[number].interrupted, self.tasks[number].starting) = (None, None);
                Answer::Return(result)
            }
            None => self.handle(number, &call)?,
        };
        match &answer {
            Answer::Hold(Op::Poll { looks_at, .. }) => self.tasks[number].stare.comes_to(&call, looks_at),
            Answer::Hold(Op::Wait { block: false, .. }) => self.tasks[number].stare.comes_to(&call, &[]),
            _ => {}
        }
        self.tasks[number].state = match answer {
            Answer::Left => State::Ended,
            Answer::LetThrough => {
                self.listener.let_through(&call);
                State::Running
            }
            Answer::Return(value) => {
                self.listener.answer(&call, value);
                State::Running
            }
            Answer::Hold(op) => State::Held(call, op),
        };
        Ok(())
    }

    /// Admits a thread of which nothing was known. `None` if it is gone already, or one too many.
    fn admit(&mut self, tid: Pid) -> io::Result<Option<usize>> {
        let Ok(status) = fs::read_to_string(format!("/proc/{tid}/status")) else { return Ok(None) };
        let field = |name: &str| -> Option<Pid> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse().ok()
        };
        let (Some(pid), Some(parent)) = (field("Tgid:"), field("PPid:")) else { return Ok(None) };
        let process = match self.process(pid) {
            Some(process) => process,
            None => {
                let parent = self
                    .process(parent)
                    .or_else(|| self.tasks.iter().find(|task| task.has_forked).map(|task| task.process));
                let Some(handle) = Process::open(pid)? else { return Ok(None) };
                if self.processes.len() >= self.limits.processes {
                    self.stop = Some(Stop::TooManyProcesses);
                    return Ok(None);
                }
                self.admit_process(handle, parent)
            }
        };
        if self.tasks.len() >= self.limits.processes {
            self.stop = Some(Stop::TooManyProcesses);
            return Ok(None);
        }
        if pid != tid {
            *self.caveats.entry(Caveat::Threads).or_default() += 1;
        }
        Ok(Some(self.admit_task(tid, process, true)))
    }

    fn admit_process(&mut self, handle: Process, parent: Option<usize>) -> usize {
        let pid = handle.pid;
        let from = parent.map(|parent| &self.processes[parent]);
        let member = Member {
            pid,
            parent,
            handle,
            has_ended: false,
            ended_by: None,
            lines: Lines::default(),
            stderr: Tail::default(),
            lines_written: 0,
            parked: false,
            shares_memory: from.is_some_and(|parent| parent.shares_memory),
            mappings: from.and_then(|parent| parent.mappings.clone()),
            blind: from.is_some_and(|parent| parent.blind),
            clock: from.map_or_else(Clock::default, |parent| parent.clock),
            chance: Chance(self.processes.len() as u64),
        };
        let parent = from.map(|parent| parent.pid);
        self.processes.push(member);
        self.events.push(Event { at: None, pid, what: What::Seen { parent } });
        if let Some(parent) = self.processes[self.processes.len() - 1].parent {
            // That was the one expected.
            self.tasks.iter_mut().filter(|task| task.process == parent).for_each(|task| task.has_forked = false);
        }
        self.processes.len() - 1
    }

    fn admit_task(&mut self, tid: Pid, process: usize, fresh: bool) -> usize {
        self.tasks.push(Task {
            tid,
            process,
            state: State::Running,
            fresh,
            has_forked: false,
            starting: None,
            interrupted: None,
            naps: 0,
            stare: Stare::default(),
            asleep_in: None,
            sightings: 0,
            was_enabled: false,
            enabled_by: None,
            last: None,
            heard: Vec::new(),
        });
        self.tasks.len() - 1
    }

    /// The process with this number, if it has not ended.
    pub fn process(&self, pid: Pid) -> Option<usize> {
        (0..self.processes.len()).rev().find(|&p| self.processes[p].pid == pid && !self.processes[p].has_ended)
    }

    /// Lets a thread end while others of its process live.
    pub fn leave(&mut self, call: &Call) {
        self.listener.let_through(call);
        while !matches!(state(call.tid), None | Some(b'Z' | b'X')) {
            if Instant::now() > self.deadline {
                // It is not known to have ended, so nothing that follows would be known either.
                self.stop = Some(Stop::TimeLimit);
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Looks for children and threads of whom nothing was heard yet; whether there are any.
    fn find_unseen(&mut self) -> io::Result<bool> {
        let mut found = false;
        for number in 0..self.tasks.len() {
            if !std::mem::take(&mut self.tasks[number].has_forked) {
                continue;
            }
            let pid = self.processes[self.tasks[number].process].pid;
            let mut tids = process::children(pid)?;
            if let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) {
                tids.extend(threads.flatten().filter_map(|thread| thread.file_name().to_str()?.parse::<Pid>().ok()));
            }
            for tid in tids {
                // A child that is no longer ours to wait for keeps its number until its parent has waited for it.
                if !self.tasks.iter().any(|task| task.tid == tid) && self.admit(tid)?.is_some() {
                    found = true;
                }
            }
        }
        Ok(found)
    }

    /// Who was held and has been hit by a signal runs; whether there is anyone.
    fn look_at_signalled(&mut self) -> io::Result<bool> {
        let mut any = false;
        let signalled = std::mem::take(&mut self.signalled);
        for number in 0..self.tasks.len() {
            let task = &self.tasks[number];
            if !signalled.contains(&task.process) {
                continue;
            }
            let (State::Held(call, _) | State::Newborn(call)) = &task.state else { continue };
            // A signal wakes its target before the call that sent it returns. So whoever still sleeps, and then is
            // still held, was not hit.
            let hit = loop {
                let asleep = state(task.tid) == Some(b'S');
                match self.listener.holds(call) {
                    false => break true,
                    true if asleep => break false,
                    true if Instant::now() > self.deadline => {
                        self.stop = Some(Stop::TimeLimit);
                        return Ok(false);
                    }
                    true => std::thread::yield_now(),
                }
            };
            if hit {
                if let State::Held(call, Op::Return(result)) = self.tasks[number].state {
                    self.tasks[number].interrupted = Some((call, result));
                }
                let task = &self.tasks[number];
                self.footprint.changes(Object::life(task.process));
                let pending = self.pending(number);
                self.killed.extend(pending);
                self.tasks[number].state = State::Running;
                any = true;
            }
        }
        Ok(any)
    }

    /// Who was blocked and is not any more runs; whether there is anyone.
    fn look_at_blocked(&mut self) -> bool {
        let mut any = false;
        for task in self.tasks.iter_mut().filter(|task| matches!(task.state, State::Blocked)) {
            if matches!(state(task.tid), Some(b'R') | None) {
                task.state = State::Running;
                any = true;
            }
        }
        any
    }

    /// A process has ended.
    fn end(&mut self, number: usize) {
        let now = self.now();
        let process = &mut self.processes[number];
        process.has_ended = true;
        process.ended_by = now;
        let pid = process.pid;
        let rest = [process.lines.finish(), process.stderr.take()];
        let end = What::Ended(process.handle.end(false));
        self.events.extend(rest.into_iter().flatten().chain([end]).map(|what| Event { at: None, pid, what }));
        let of_it: Vec<usize> = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == number).collect();
        let killed: Vec<Step> = of_it.iter().filter_map(|&task| self.pending(task)).collect();
        self.killed.extend(killed);
        for task in of_it {
            self.tasks[task].state = State::Ended;
        }
        self.footprint.changes(Object::life(number));
        if let (true, Some(group)) = (self.limits.order_of_ends, self.blind_group(number)) {
            self.footprint.changes(Object::output_of(group));
        }
        // SIGCHLD, and what children asked to get when their parent ends.
        self.signalled.extend(self.processes[number].parent);
        self.signalled.extend(self.children(number, Who::Any).collect::<Vec<_>>());
    }

    /// What a task that is held would do next, as far as that is known before it does it.
    fn pending(&self, number: usize) -> Option<Step> {
        let State::Held(_, op) = &self.tasks[number].state else { return None };
        let process = self.tasks[number].process;
        if self.processes[process].parked {
            return None;
        }
        let mut footprint = Footprint::default();
        footprint.looks_at(Object::life(process));
        match op {
            Op::Output(_) => {
                self.blind_group(process).into_iter().for_each(|group| footprint.changes(Object::output_of(group)));
            }
            Op::Transfer(transfer) if transfer.write => footprint.changes(Object::tail(transfer.queue)),
            Op::Transfer(transfer) => footprint.changes(Object::head(transfer.queue)),
            Op::Poll { looks_at, .. } => looks_at.iter().for_each(|&object| footprint.looks_at(object)),
            Op::Futex { shared: true, address, .. } => {
                let mappings = self.processes[process].mappings.as_deref().unwrap_or_default();
                footprint.looks_at(page_at(mappings, *address).unwrap_or(Object::ALL_MEMORY));
            }
            Op::Futex { .. } => footprint.looks_at(Object::memory_of(process)),
            Op::Wait { who, .. } => {
                self.children(process, *who).for_each(|child| footprint.looks_at(Object::life(child)))
            }
            Op::Signal { targets, .. } => targets.iter().for_each(|&target| footprint.changes(Object::life(target))),
            Op::Exit => footprint.changes(Object::life(process)),
            Op::Return(_) | Op::Start | Op::Wake { .. } | Op::Nap { .. } => {}
        }
        Some(Step { task: number as TaskId, footprint, ..Step::default() })
    }

    /// Output of a process; what completes no line waits for the rest.
    pub fn print(&mut self, process: usize, bytes: &[u8]) {
        let Member { pid, lines, lines_written, .. } = &mut self.processes[process];
        let (events, total) = (&mut self.events, &mut self.lines);
        lines.push(bytes, |what| {
            *lines_written += 1;
            *total += 1;
            events.push(Event { at: None, pid: *pid, what });
        });
        self.bytes += bytes.len() as u64;
        if self.lines > self.limits.lines || self.bytes > self.limits.bytes {
            self.stop = Some(Stop::Flood);
        }
    }

    /// What a process wrote to standard error.
    pub fn complain(&mut self, process: usize, bytes: &[u8]) {
        self.processes[process].stderr.push(bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes > self.limits.bytes {
            self.stop = Some(Stop::Flood);
        }
    }

    fn finish_output(&mut self) {
        for process in self.processes.iter_mut().filter(|process| !process.has_ended) {
            let rest = [process.lines.finish(), process.stderr.take()];
            self.events.extend(rest.into_iter().flatten().map(|what| Event { at: None, pid: process.pid, what }));
        }
    }
}

/// Who goes on if nobody says otherwise: whoever took the last step, else the first.
pub fn default_choice(mut enabled: impl Iterator<Item = TaskId> + Clone, previous: Option<TaskId>) -> Option<TaskId> {
    enabled.clone().find(|&task| Some(task) == previous).or_else(|| enabled.next())
}

/// The name of a task in a schedule: `a` for the first.
pub fn task_name(task: TaskId) -> String {
    match task {
        0..26 => char::from(b'a' + task as u8).to_string(),
        _ => format!("({})", task + 1),
    }
}

pub fn is_ready(fds: &mut [PollFd]) -> bool {
    matches!(poll(fds, PollTimeout::ZERO), Ok(1..))
}

/// The state of a thread as in `/proc/PID/stat`: `R`, `S`, `D`, `T`, `Z`, …
fn state(tid: Pid) -> Option<u8> {
    let text = fs::read(format!("/proc/{tid}/stat")).ok()?;
    // The command in parentheses may hold anything; nothing after it holds a parenthesis.
    let command_end = text.iter().rposition(|&byte| byte == b')')?;
    text.get(command_end + 2).copied()
}
