//! One run of the program, one task at a time.
//!
//! A task is a thread. Whenever it makes a system call that the [filter](crate::kernel::filter) holds, it is either answered
//! at once (nobody else can tell when it happened) or stays held at it: then that call begins its next *step*. At any time
//! at most one task runs; once it is held again, blocked in the kernel or gone, one of those that can go on is chosen.
//! So nothing of what tasks do to each other is decided by the kernel's scheduler.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use super::enabled::Enabled;
use super::state::Seen;
use crate::kernel::sys::{self, Call, StartError};
use crate::protocol::{
    Caveat, CaveatKind, Ends, Footprint, Looks, Object, Outcome, Planned, Request, Run, Signals, Step, TaskId,
    is_thread, task_name,
};
use crate::record::process::Process as Handle;
use crate::sandbox::{Confinement, World, inner_id};
use crate::search::schedule::default_choice;
use crate::syscalls::calls::SignalCall;
use crate::syscalls::table::{self, Kind};
use crate::task_id::struck;
use crate::trace::Stop;
use crate::world::files::Remains;
use crate::world::limits::Limits;
use crate::world::memory::SharedMemory;
use crate::world::random::Ranks;
use crate::world::run::Supervisor;
use crate::world::sockets::Sockets;
use crate::world::spin::SpinDetector;
use crate::world::stdio::Stdio;
use crate::world::streams::Streams;
use crate::world::task::{Op, State};
use crate::world::telling::Telling;
use crate::world::timers::Timers;

/// Runs the program as requested. `control` hanging up ends the run.
///
/// # Errors
/// If it cannot be started, or a system call of the supervisor fails.
pub fn run(
    program: &sys::Program,
    confinement: &Confinement,
    world: &mut World,
    stdio: &Stdio,
    limits: &Limits,
    request: &Request,
    control: BorrowedFd,
) -> Result<Run, StartError> {
    let (root, pidfd, listener) = sys::start(program, stdio.for_program(), confinement, world)?;
    let remains = match (world.init(), world.layer()) {
        (None, _) => Remains::All,
        (Some(_), Ok(Some(_))) => Remains::Nothing,
        (Some(_), _) => Remains::Files,
    };
    let mut supervisor = Supervisor {
        listener,
        world,
        remains,
        stdio,
        limits,
        control,
        tasks: Vec::new(),
        processes: Vec::new(),
        streams: Streams::default(),
        sockets: Sockets::default(),
        memory: SharedMemory::default(),
        timers: Timers::default(),
        files: crate::world::files::Files::default(),
        telling: Telling::default(),
        loads: request.prepared.loads,
        has_hidden: false,
        has_given_up: false,
        within: request.prepared.within,
        has_within: false,
        has_operations_in_parts: false,
        changed_by: BTreeMap::new(),
        of_operations: BTreeSet::new(),
        beside_operations: BTreeSet::new(),
        accesses: 0,
        calls: 0,
        signals: request.prepared.signals,
        has_signals: Signals::None,
        senders: request.prepared.senders,
        has_senders: 0,
        listings: request.prepared.listings,
        has_listings: false,
        arrivals: request.prepared.arrivals,
        has_arrivals: false,
        thread_ends: request.prepared.thread_ends,
        has_thread_ends: false,
        thread_locks: request.prepared.thread_locks,
        thread_memory: request.prepared.thread_memory,
        lock_steps: 0,
        words: request.words.iter().copied().collect(),
        new_words: BTreeSet::new(),
        seen_words: BTreeMap::new(),
        lock_ends: request.prepared.lock_ends,
        has_lock_ends: false,
        faults: request.prepared.faults,
        has_faults: false,
        looks: request.prepared.looks,
        has_looks: false,
        watched_inodes: BTreeSet::new(),
        ends: request.prepared.ends,
        has_moments: false,
        has_parts: false,
        makers: BTreeSet::new(),
        ran: Vec::new(),
        events: Vec::new(),
        output: Vec::new(),
        steps: Vec::new(),
        killed: Vec::new(),
        idle_went_last: false,
        footprint: Footprint::default(),
        states: Vec::new(),
        looks_at_reaps: request.reaps.is_some(),
        known_reaps: request.reaps.iter().flatten().copied().collect(),
        has_waited_for_any: false,
        reaps: Vec::new(),
        held_back: Vec::new(),
        was_held_back: BTreeMap::new(),
        caveats: BTreeSet::new(),
        late: BTreeSet::new(),
        has_groups: false,
        removed: BTreeMap::new(),
        looks_around: false,
        sends: false,
        has_stopped: false,
        has_sockets: false,
        has_internet: false,
        has_tcp: false,
        locks: BTreeMap::new(),
        connects: None,
        signalled: Vec::new(),
        lines: 0,
        bytes: 0,
        stop: None,
        began: Instant::now(),
        deadline: Instant::now() + limits.time,
        tells: request.tells,
        ready: Vec::new(),
    };
    let inner = inner_id(root);
    supervisor.admit_process(Handle::from_pidfd(root, pidfd), inner, None);
    supervisor.admit_task(root, inner, 0, false);
    let outcome = supervisor.explore(request).map_err(StartError::Other)?;
    let seen = supervisor.events.len();
    supervisor.finish_output();
    let mut pending = std::mem::take(&mut supervisor.killed);
    pending.extend((0..supervisor.tasks.len()).filter_map(|task| supervisor.pending(task)));
    let held_back = supervisor.who_was_held_back(&pending);
    let has_many_thread_locks = supervisor.has_many_thread_locks();
    let standing = if request.tells { supervisor.standing() } else { Vec::new() };
    Ok(Run {
        standing,
        root: supervisor.processes[0].inner,
        processes: supervisor.processes.iter().map(|process| process.inner).collect(),
        tasks: supervisor.tasks.iter().map(|task| task.inner).collect(),
        process_of: supervisor.tasks.iter().map(|task| task.process).collect(),
        events: supervisor.events,
        seen,
        output: supervisor.output,
        steps: supervisor.steps,
        states: supervisor.states,
        waits_for_any: supervisor.has_waited_for_any,
        reaps: supervisor.reaps,
        held_back,
        calls: supervisor.calls,
        pending,
        outcome,
        signals: supervisor.has_signals,
        senders: supervisor.has_senders,
        listings: supervisor.has_listings,
        arrivals: supervisor.has_arrivals,
        thread_ends: supervisor.has_thread_ends,
        has_thread_locks: supervisor.lock_steps > 0,
        has_many_thread_locks,
        words: supervisor.new_words.into_iter().collect(),
        lock_ends: supervisor.has_lock_ends,
        faults: supervisor.has_faults,
        has_looks: supervisor.has_looks,
        has_moments: supervisor.has_moments,
        has_parts: supervisor.has_parts,
        has_loads: supervisor.has_hidden,
        has_given_up: supervisor.has_given_up,
        has_within: supervisor.has_within,
        prepared: request.prepared,
        caveats: supervisor.caveats.into_iter().collect(),
        late: supervisor.late.into_iter().collect(),
        missing: Vec::new(),
        has_tcp: supervisor.has_tcp,
    })
}

impl Supervisor<'_> {
    fn explore(&mut self, request: &Request) -> io::Result<Outcome> {
        let mut plan = request.prefix.iter();
        let mut asleep = request.asleep.clone();
        let mut ranks = request.seed.map(Ranks::new);
        loop {
            self.settle()?;
            if let (None, Some(task)) = (self.stop, self.amid_operation()) {
                self.goes_on_with_operation(task)?;
                continue;
            }
            if let Some(stop) = self.stop {
                return Ok(Outcome::Stopped(stop));
            }
            self.finish_step();
            let needs_more = self.has_signals > self.signals
                || self.has_senders & !self.senders != 0
                || self.has_listings && !self.listings
                || self.has_arrivals && !self.arrivals
                || self.has_thread_ends && !self.thread_ends
                || self.has_many_thread_locks()
                || self.has_lock_ends && !self.lock_ends
                || self.has_faults && !self.faults
                || self.has_within && self.takes_operations()
                || self.has_looks && self.looks == Looks::AtOnce
                || self.has_moments && self.ends == Ends::AtOnce
                || self.has_parts && self.ends < Ends::InParts;
            if (needs_more || self.has_given_up) && request.is_of_search() {
                // Whatever follows is for nothing: all will be run again, prepared for these.
                return Ok(Outcome::Unprepared);
            }
            if let (0, Some(step)) = (plan.len(), self.steps.last()) {
                asleep.retain_mut(|entry| entry.sleeps_on(step));
            }

            if request.is_of_search()
                && let Some(lost) = self.look_at_who_reaps()?
            {
                return Ok(lost);
            }
            let Enabled { enabled, patient, last_resort } = self.enabled();
            if enabled.is_empty() {
                match self.outcome()? {
                    Some(_) if request.choices_only && plan.len() > 0 => {
                        let more = plan.len();
                        let what =
                            format!("it makes {more} more choice{} than there were", if more == 1 { "" } else { "s" });
                        return Ok(Outcome::Diverged { step: self.steps.len(), what });
                    }
                    Some(outcome) => return Ok(outcome),
                    None => continue,
                }
            }
            if request.stops && plan.len() == 0 {
                self.ready = enabled;
                return Ok(Outcome::Paused);
            }
            if self.steps.len() >= self.limits.steps {
                self.ready = enabled;
                return Ok(Outcome::Stopped(Stop::TimeLimit));
            }
            if plan.len() == 0 && request.is_of_search() {
                match self.state_of_last(&enabled)? {
                    Seen::State(digest) => self.states.push((self.steps.len(), digest)),
                    Seen::Nothing => {}
                    Seen::Lost => return Ok(self.not_back()),
                }
            }
            let held_back = self.held_back(&enabled, &patient);
            self.note_who_is_held_back(&held_back);
            let alternatives = self.alternatives(&enabled);
            let planned = if request.choices_only && enabled.len() == 1 { None } else { plan.next() };
            let task = match planned {
                Some(planned) => {
                    if let Some(what) = self.divergence(planned, &enabled, alternatives) {
                        return Ok(Outcome::Diverged { step: self.steps.len(), what });
                    }
                    planned.task
                }
                None => {
                    let awake = |task: &TaskId| plan.len() > 0 || !asleep.iter().any(|entry| entry.task == *task);
                    let candidate = |task: &TaskId| !patient.contains(task) && !held_back.contains(task);
                    let awake = enabled.iter().copied().filter(candidate).filter(awake);
                    let is_to_be_told = |&task: &TaskId| request.tells_at_once && self.waits_for_children(task);
                    let choice = match &mut ranks {
                        Some(ranks) => awake.clone().find(is_to_be_told).or_else(|| ranks.first(awake)),
                        None => self.in_a_hurry(awake.clone()).or_else(|| default_choice(awake, &self.steps)),
                    };
                    match choice {
                        Some(task) => task,
                        None => return Ok(Outcome::SleepSetBlocked),
                    }
                }
            };
            if last_resort {
                self.caveat(CaveatKind::TimedOut.anywhere());
                self.late.extend(Some(task).filter(|&task| is_thread(task)));
            }
            if !patient.is_empty() {
                self.caveat(CaveatKind::BusyWait.anywhere());
                // Who lets no time pass in between does not wait, however often it looks.
                let never_sleeps =
                    |&&task: &&TaskId| is_thread(task) && !self.tasks[usize::from(task)].spin.lets_time_pass();
                self.late.extend(patient.iter().filter(never_sleeps));
            }
            self.begin_step(task, (enabled, patient, held_back), alternatives, last_resort);
            match struck(task) {
                Some(process) => self.feel_strike(process),
                None if is_thread(task) => self.perform(usize::from(task))?,
                None => self.go_off(task),
            }
        }
    }

    /// Whoever took the last step, if they are in a hurry: how ever often they look, they come to where they give up.
    fn in_a_hurry(&self, mut awake: impl Iterator<Item = TaskId>) -> Option<TaskId> {
        let last = self.steps.last()?.task;
        awake.find(|&task| task == last && self.limits.hurries(usize::from(task)))
    }

    /// What is wrong if a process was lost to a look at it.
    pub fn not_back(&self) -> Outcome {
        let what = "a process did not come back to the call at which it was looked at".to_owned();
        Outcome::Diverged { step: self.steps.len(), what }
    }

    fn divergence(&self, planned: &Planned, enabled: &[TaskId], alternatives: u64) -> Option<String> {
        if !enabled.contains(&planned.task) {
            let could: Vec<String> = enabled.iter().map(|&task| task_name(task)).collect();
            return Some(format!("{} was to go next, but only {} could", task_name(planned.task), could.join(", ")));
        }
        (planned.alternatives.is_some_and(|expected| expected != alternatives))
            .then(|| format!("not the same choice as before: now {}", self.describe_choice(enabled)))
    }

    fn begin_step(
        &mut self,
        task: TaskId,
        (enabled, patient, held_back): (Vec<TaskId>, Vec<TaskId>, Vec<TaskId>),
        alternatives: u64,
        last_resort: bool,
    ) {
        let now = self.steps.len() as u32;
        let mut depends = Vec::new();
        if let Some(process) = struck(task) {
            let one = &self.processes[process];
            depends.extend(one.strike.as_ref().map_or(one.ended_in, |strike| strike.step));
        } else if !is_thread(task) {
            depends.extend(self.timers.armed_by(task));
        } else {
            let one = &mut self.tasks[usize::from(task)];
            depends.extend(one.started_by.take());
            depends.extend(one.enabled_by.take());
            one.last = Some(now);
            self.note_kept_back(usize::from(task));
        }
        if last_resort {
            // What happens once nobody else can go on could not have happened before anything.
            depends = (0..now).collect();
        }
        let (may_wait, only_heeds) = match self.tasks.get(usize::from(task)).map(|task| &task.state) {
            Some(State::Held(call, op)) => (op.may_wait(), only_heeds(call, op)),
            _ => (false, false),
        };
        let arrival = self.tasks.get(usize::from(task)).and_then(|task| task.arrival);
        let first_event = self.events.len();
        let deed = if self.tells { self.deed(task) } else { None };
        self.steps.push(Step {
            deed,
            task,
            enabled,
            patient,
            held_back,
            alternatives,
            depends,
            may_wait,
            only_heeds,
            arrival,
            first_event,
            ..Step::default()
        });
    }

    /// The process that takes the step; none if it comes by itself.
    pub fn process_of_step(&self) -> Option<usize> {
        let task = self.steps.last().map(|step| step.task).filter(|&task| is_thread(task))?;
        Some(self.tasks[usize::from(task)].process)
    }

    /// The number of the step being taken.
    pub fn now(&self) -> Option<u32> {
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

    /// There is something that the verdict has to say.
    pub fn caveat(&mut self, caveat: Caveat) {
        self.caveats.insert(caveat);
    }

    /// The same, where a call of a task met it.
    pub fn caveat_at(&mut self, kind: CaveatKind, call: &Call, task: usize) {
        self.caveat(Caveat { kind, call: Some(call.nr), task: Some(task as TaskId) });
    }

    /// Everyone is held: the step is over.
    fn finish_step(&mut self) {
        let mut ran = std::mem::take(&mut self.ran);
        let by = self.steps.last().map(|step| step.task).filter(|&task| is_thread(task)).map(usize::from);
        ran.extend(by.map(|by| self.tasks[by].process));
        ran.sort_unstable();
        ran.dedup();
        self.look_at_memory(&ran);
        self.look_at_mapped_files(&ran);
        by.into_iter().for_each(|by| self.look_at_mask(by));
        self.look_who_shares(&ran);
        self.lets_go_of_timers();
        let everybody = ran.clone();
        let blind: Vec<usize> = ran.into_iter().filter_map(|process| self.blind_group(process)).collect();
        if self.processes.len() > 1 {
            // Their order is never deduced: where a line of a thread comes among the steps of another is tried, since what follows from these may be
            // a line of another process.
            let of_threads = blind.iter().filter(|&&group| group != 0);
            of_threads.for_each(|&group| self.footprint.reads(Object::Output(group as u64)));
        }
        by.into_iter().for_each(|by| self.look_at_connect(by));
        let mut footprint = std::mem::take(&mut self.footprint);
        self.reaches_sockets(&mut footprint);
        self.note_what_is_watched(&everybody, &footprint);
        self.arrives(&mut footprint);
        self.hear_of_what_they_touched(&everybody, &footprint);
        let Some(step) = self.steps.last_mut() else { return };
        step.blind = blind;
        step.footprint = footprint;
        let Some(by) = by else { return };
        if let Some(step) = self.steps.last()
            && self.sees_fall(self.tasks[by].process, step)
        {
            self.has_faults = true;
            if self.faults {
                self.caveat(CaveatKind::Moments.anywhere());
            }
        }
        if let Some(step) = self.steps.last()
            && self.sees_a_moment(self.tasks[by].process, step)
        {
            self.sees_moment();
        }
        if self.sees_parts(self.tasks[by].process) || self.arrives_between() {
            self.has_parts = true;
            if self.ends >= Ends::InParts {
                self.caveat(CaveatKind::Moments.anywhere());
            }
        }
        (self.looks_around, self.sends) = (false, false);
        self.has_reaped(self.tasks[by].process);
        self.turn_others_on(by);
        let Some(step) = self.steps.last_mut() else { return };
        step.footprint.reads(Object::Life(self.tasks[by].process as u64));
        let task = &mut self.tasks[by];
        if let Some(before) = task.handling {
            let is_silent = self.events.len() == step.first_event;
            let stands_at = match &task.state {
                State::Held(call, op) if is_silent => Some((call, op)),
                _ => None,
            };
            let is_back = stands_at.is_some_and(|(call, _)| call.identity() == before);
            // It asks for children that have ended, say, and is not over.
            if is_back || !stands_at.is_some_and(|(call, op)| only_heeds(call, op)) {
                step.is_quiet = Some(is_back);
                task.handling = None;
            }
        }
        let own = Object::Threads(task.process as u64);
        let has_looked = self.events.len() == step.first_event && step.footprint.only_reads_but(own);
        for (number, task) in self.tasks.iter_mut().enumerate() {
            if number != by {
                task.spin.others_used(&step.footprint);
                if self.processes[task.process].blind && step.blind.contains(&0) {
                    // It may have looked there.
                    task.spin = SpinDetector::default();
                }
            } else if has_looked {
                task.spin.has_looked_at(&step.footprint);
            } else {
                task.spin = SpinDetector::default();
            }
        }
    }

    /// The number of the group with which a process shares memory where looks are not seen: its threads, if it has more
    /// than one, or all who have such memory.
    pub fn blind_group(&self, process: usize) -> Option<usize> {
        if self.processes[process].blind {
            return Some(0);
        }
        self.has_threads(process).then_some(Object::lines_of(process as u64) as usize)
    }

    pub fn has_threads(&self, process: usize) -> bool {
        self.tasks.iter().filter(|task| task.process == process).count() > 1
    }

    /// Whether others may look at the memory of this process while it runs.
    pub fn shares_memory(&self, process: usize) -> bool {
        let threads = self.tasks.iter().filter(|task| task.process == process && !task.has_ended());
        threads.count() > 1
            || (!self.loads
                && self.processes[process].shares_memory
                && self.processes.iter().filter(|other| other.shares_memory && !other.has_ended).count() > 1)
    }
}

/// Whether a task that is held there does no more than wait for children, or for signals in a way that misses none, or keep signals
/// back. (Who waits by pause(2) may miss what comes just before.)
fn only_heeds(call: &Call, op: &Op) -> bool {
    match op {
        Op::Wait { .. } | Op::Pause { mask: Some(_) } => true,
        Op::Plain(_) => table::is(call.nr, Kind::Signal(SignalCall::Mask)),
        _ => false,
    }
}
