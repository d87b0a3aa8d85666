//! Waits until nobody runs: every task is held, blocked in the kernel, or gone.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::turning::Runners;
use crate::kernel::proc;
use crate::kernel::signals::{bit, masks};
use crate::kernel::sys::{self, Call};
use crate::kernel::userfault::Userfault;
use crate::protocol::{Access, Caveat, CaveatKind, Object, Outcome, Signals, Step, TaskId, Waiting};
use crate::record::lines::{Lines, Tail};
use crate::record::process::{self, Process as Handle};
use crate::sandbox::{inner_id, innermost_in};
use crate::syscalls::sockets::{is_connect, names_or_frees};
use crate::syscalls::{Answer, GROUPS};
use crate::trace::{Event, Pid, Stop, What};
use crate::world::clock::Clock;
use crate::world::process::Process;
use crate::world::random::Chance;
use crate::world::run::Supervisor;
use crate::world::sharing::Sharing;
use crate::world::task::{Birth, Op, State, Task, Timeout, Who};
use crate::world::timers::TimerKind;

/// How often in a row a task must be seen to sleep in the kernel before it counts as blocked there.
const SIGHTINGS: u32 = 4;

/// The same for a task that was let into a call in which it is expected to wait.
const SIGHTINGS_OF_EXPECTED: u32 = 2;

/// How long until the first look; twice as long until each next one.
const PATIENCE: Duration = Duration::from_millis(1);

/// How long to wait for what the kernel alone decides, before nobody is said to be able to go on.
const LAST_HOPE: Duration = Duration::from_millis(50);

/// The same if somebody waits for a connection of the internet: a listener whose queue is full says nothing, and is asked again
/// after one second, after three, … (tcp(7), `tcp_syn_retries`).
const LAST_HOPE_OF_CONNECTION: Duration = Duration::from_millis(3500);

impl Supervisor<'_> {
    /// Waits until nobody runs.
    pub fn settle(&mut self) -> io::Result<()> {
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
                // Whoever was woken by the step is awake already: the kernel wakes before the waking call returns. Looking
                // comes first: who sleeps again by then, at its next held call, is heard of after that.
                let any = self.look_at_blocked();
                if self.await_event(Duration::ZERO)? || any {
                    continue;
                }
            }
            return Ok(());
        }
    }

    /// Nobody can go on. `None` if that has changed meanwhile.
    pub fn outcome(&mut self) -> io::Result<Option<Outcome>> {
        if self.tasks.iter().all(Task::has_ended) {
            return Ok(Some(Outcome::Ended));
        }
        if self.tasks.iter().any(|task| matches!(task.state, State::Blocked)) {
            let asking = self.tasks.iter().position(|task| matches!(task.state, State::Blocked) && task.asks_again);
            let hope = if asking.is_some() { LAST_HOPE_OF_CONNECTION } else { LAST_HOPE };
            if asking.is_some() {
                let task = asking.map(|task| task as TaskId);
                self.caveat(Caveat { kind: CaveatKind::KernelWait, call: None, task });
            }
            let until = (Instant::now() + hope).min(self.deadline);
            // What is waited for in the state D comes: the ends of other threads at an execve(2), say.
            let is_sure_to_go_on = |task: &Task| {
                matches!(task.state, State::Blocked)
                    && task.starting != Some(Birth::Vfork)
                    && state(task.tid) == Some(b'D')
            };
            while Instant::now() < until || Instant::now() < self.deadline && self.tasks.iter().any(is_sure_to_go_on) {
                if self.look_at_blocked() || self.await_event(Duration::from_millis(5))? {
                    return Ok(None);
                }
            }
        }
        if self.processes.iter().any(|process| process.parked) {
            return Ok(Some(Outcome::SeenEnough));
        }
        // The kernel may have sent signals by itself: those of a terminal, say.
        self.signalled.extend((0..self.processes.len()).filter(|&process| !self.processes[process].has_ended));
        if self.look_at_signalled()? || self.tasks.iter().any(|task| task.has_signal) {
            return Ok(None);
        }
        let waiting = self.tasks.iter().enumerate().filter(|(_, task)| !task.has_ended());
        let waiting = waiting.map(|(number, task)| Waiting {
            pid: self.processes[task.process].inner,
            what: self.describe_wait(number),
        });
        Ok(Some(Outcome::Deadlock(waiting.collect())))
    }

    /// Waits until something is heard of the tasks that run, or they are seen to be blocked.
    fn await_running(&mut self) -> io::Result<()> {
        let mut patience = PATIENCE;
        let mut runners = Runners::default();
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
            let mut any = self.look_at_runners(&states, &mut runners);
            for (number, state) in states.into_iter().enumerate() {
                any |= running(&self.tasks[number]) && self.is_seen_in(number, state);
            }
            if any {
                return Ok(());
            }
            patience = (patience * 2).min(Duration::from_millis(20));
        }
    }

    /// Whether a task that should run is seen to be blocked or gone.
    fn is_seen_in(&mut self, number: usize, state: Option<u8>) -> bool {
        let is_first = self.tasks[number].tid == self.processes[self.tasks[number].process].pid;
        let task = &mut self.tasks[number];
        task.sightings = match (state, task.asleep_in) {
            (Some(state), Some(last)) if state == last => task.sightings + 1,
            _ => 1,
        };
        task.asleep_in = state;
        let enough = if task.may_wait { SIGHTINGS_OF_EXPECTED } else { SIGHTINGS };
        match state {
            Some(b'T' | b't') => task.state = State::Blocked,
            // Starting something waits for nobody, but for a loan, however long it takes on a busy machine.
            Some(b'S') if task.sightings >= enough && matches!(task.starting, None | Some(Birth::Vfork)) => {
                task.state = State::Blocked;
            }
            // Whoever reads from a disk waits like this as well, but that comes to an end.
            Some(b'D') if task.sightings >= SIGHTINGS && task.starting == Some(Birth::Vfork) => {
                task.state = State::Blocked;
            }
            None | Some(b'Z' | b'X') if !is_first => task.state = State::Ended,
            _ => return false,
        }
        task.sightings = 0;
        let expected = task.may_wait || task.starting == Some(Birth::Vfork);
        if matches!(task.state, State::Ended) {
            self.goes_on_as_first(number);
        }
        self.give_time_back(number);
        if matches!(state, Some(b'T' | b't')) {
            self.is_seen_stopped(number);
        } else if matches!(self.tasks[number].state, State::Blocked) && !expected {
            self.caveat(Caveat { kind: CaveatKind::KernelWait, call: None, task: Some(number as TaskId) });
        }
        true
    }

    /// A thread is gone. If it has executed another program, that runs under the number of the process's first thread (execve(2)).
    fn goes_on_as_first(&mut self, number: usize) {
        let process = self.tasks[number].process;
        let one = &self.processes[process];
        if one.executing.is_some()
            && let Some(first) = self.tasks.iter().position(|task| task.tid == one.pid)
        {
            self.tasks[first].state = State::Running;
        }
    }

    /// A task is seen to be stopped; whether that is new of its process.
    fn is_seen_stopped(&mut self, number: usize) -> bool {
        let process = self.tasks[number].process;
        if std::mem::replace(&mut self.processes[process].is_stopped, true) {
            return false;
        }
        self.has_stopped = true;
        self.processes[process].unreported = true;
        self.tell_parent(process);
        true
    }

    /// Whether a process that is about to end might have noticed a SIGCHLD: it had a handler for that, or kept it pending.
    /// Where signals matter, it may have had one for a while only.
    pub fn heeds_children(&self, process: usize) -> bool {
        if !self.processes[process].adopts && self.children(process, Who::Any).next().is_none() {
            return false;
        }
        let child = bit(libc::SIGCHLD);
        let mut threads = self.tasks.iter().filter(|task| task.process == process && !task.has_ended());
        self.signals != Signals::None
            || threads.any(|task| masks(task.tid).is_none_or(|masks| (masks.caught | masks.blocked) & child != 0))
    }

    /// SIGCHLD, as far as its parent may notice.
    fn tell_parent(&mut self, process: usize) {
        self.footprint.writes(Object::Life(process as u64));
        if self.processes[process].was_heeded {
            // Its parent would have got the signal, had it not ended.
            self.footprint.reads(Object::Parent(process as u64));
        }
        if let Some(parent) = self.processes[process].parent.filter(|&parent| !self.processes[parent].has_ended) {
            self.sends(parent, libc::SIGCHLD);
            self.signalled.push(parent);
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
        let faulting = running.iter().copied().filter(|&process| self.holds_accesses(process));
        let faulting: Vec<(usize, &Userfault)> =
            faulting.filter_map(|process| Some((process, self.processes[process].faults.as_ref()?))).collect();
        fds.extend(faulting.iter().map(|(_, faults)| PollFd::new(faults.as_fd(), PollFlags::POLLIN)));
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
            self.on_syscall(call)?;
            return Ok(true);
        }
        let faulting: Vec<usize> = faulting.iter().map(|&(process, _)| process).collect();
        let at_memory = faulting.iter().zip(&heard[2 + running.len()..]).find(|(_, heard)| !heard.is_empty());
        if let Some((&process, _)) = at_memory {
            self.on_fault(process);
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
    fn on_syscall(&mut self, call: Call) -> io::Result<()> {
        self.calls += 1;
        let number = match self.tasks.iter().position(|t| t.tid == call.tid && !t.has_ended()) {
            Some(number) => number,
            None => match self.admit(call.tid)? {
                Some(number) => number,
                None => return Ok(()),
            },
        };
        self.ran.push(self.tasks[number].process);
        self.tasks[number].arrival = self.now();
        self.tasks[number].came_at = self.processes[self.tasks[number].process].clock.now();
        // A handler has made the call.
        self.leave_fork(number);
        self.is_awake(number);
        self.has_executed(self.tasks[number].process);
        self.give_time_back(number);
        let task = &mut self.tasks[number];
        task.limit = None;
        task.asks_again = false;
        (task.may_wait, task.has_entered) = (false, false);
        let is_first = matches!(call.nr, libc::SYS_set_robust_list | libc::SYS_set_tid_address);
        if std::mem::take(&mut task.fresh) && is_first {
            task.state = State::Newborn(call);
            return Ok(());
        }
        if task.has_forked {
            // It may be about to name its child.
            self.find_unseen()?;
        }
        if !self.stands_before_access(number, &call) {
            self.tasks[number].stored.clear();
        }
        if self.steps.last().is_some_and(|step| step.task == number as TaskId) {
            // Its next call may use what that has made.
            self.look_at_connect(number);
        }
        self.show_to_kernel(number, &call);
        let answer = self.decode(number, &call)?;
        match &answer {
            Answer::Hold(op @ Op::Access) => {
                // The same place in the code, and the same in memory.
                let uses = self.footprint_of(number, op);
                let place = self.tasks[number].accesses.last().map(|access| (access.address, access.place()));
                let (address, place) = place.unwrap_or_default();
                let seen = Call { args: [address, 0, 0, 0, 0, 0], instruction: place, ..call };
                self.tasks[number].spin.comes_to(&seen, &uses);
                if self.tasks[number].spin.is_back()
                    && let Some(state) = self.state_before_access(number)
                {
                    self.tasks[number].spin.comes_back_in(state);
                }
            }
            Answer::Hold(Op::Poll { looks_at, .. }) => self.tasks[number].spin.comes_to(&call, looks_at),
            Answer::Hold(
                op @ (Op::Wait { block: false, .. }
                | Op::Transfer(_)
                | Op::Lock(_)
                | Op::Plain(_)
                | Op::Signal { signal: 0, .. }),
            ) => {
                let uses = self.footprint_of(number, op);
                self.tasks[number].spin.comes_to(&call, &uses);
            }
            Answer::Hold(op @ Op::Kernel(_)) if is_connect(&call) => {
                let uses = self.footprint_of(number, op);
                self.tasks[number].spin.comes_to(&call, &uses);
            }
            _ => {}
        }
        self.tasks[number].state = match answer {
            Answer::Left => State::Ended,
            Answer::LetThrough | Answer::Return(_) => {
                let stop = self.ask_to_hide(number, &call);
                match answer {
                    Answer::Return(value) => self.listener.answer(&call, value),
                    _ => self.listener.let_through(&call),
                };
                self.hide(number, stop);
                State::Running
            }
            Answer::Hold(op) => State::Held(call, op),
        };
        if matches!(self.tasks[number].state, State::Held(..)) && self.signals != Signals::None {
            self.tasks[number].may_be_interrupted = self.may_be_interrupted(number);
            // It may have been hit while it ran.
            self.signalled.push(self.tasks[number].process);
        }
        Ok(())
    }

    /// Admits a thread of which nothing was known. `None` if it is gone already, or one too many.
    pub fn admit(&mut self, tid: Pid) -> io::Result<Option<usize>> {
        let Ok(status) = proc::text(format!("/proc/{tid}/status")) else { return Ok(None) };
        let field = |name: &str| -> Option<Pid> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse().ok()
        };
        let (Some(pid), Some(parent)) = (field("Tgid:"), field("PPid:")) else { return Ok(None) };
        let inner = innermost_in(&status, "NSpid:");
        let process = match self.process(pid) {
            Some(process) => process,
            None => {
                let parent = self
                    .process(parent)
                    .or_else(|| self.tasks.iter().find(|task| task.has_forked).map(|task| task.process));
                let Some(handle) = Handle::open(pid)? else { return Ok(None) };
                if self.processes.len() >= self.limits.processes {
                    self.stop = Some(Stop::TooManyProcesses);
                    return Ok(None);
                }
                let inner = if pid == tid { inner } else { inner_id(pid) };
                self.admit_process(handle, inner, parent)
            }
        };
        if self.tasks.len() >= self.limits.processes {
            self.stop = Some(Stop::TooManyProcesses);
            return Ok(None);
        }
        if pid != tid {
            self.caveat(CaveatKind::Threads.anywhere());
        }
        Ok(Some(self.admit_task(tid, inner, process, true)))
    }

    /// Admits a process that the program knows by the number `inner`, if that is another one.
    pub fn admit_process(&mut self, handle: Handle, inner: Option<Pid>, parent: Option<usize>) -> usize {
        let pid = handle.pid;
        let from = parent.map(|parent| &self.processes[parent]);
        let inner = inner.unwrap_or(pid);
        let process = Process {
            pid,
            inner,
            parent,
            handle,
            seen_as: pid,
            thread: None,
            has_ended: false,
            texts: from.map_or_else(Vec::new, |parent| parent.texts.clone()),
            mapped_files: from.map_or_else(Vec::new, |parent| parent.mapped_files.clone()),
            shared_files: from.map_or_else(Vec::new, |parent| parent.shared_files.clone()),
            executing: None,
            exits: false,
            is_dying: false,
            strike: None,
            has_closed: false,
            struck_by: None,
            ended_in: None,
            is_orphan: false,
            heeds_children: false,
            was_heeded: false,
            reaped_in: None,
            is_reaped: false,
            is_stopped: false,
            unreported: false,
            lines: Lines::default(),
            stderr: Tail::default(),
            lines_written: 0,
            parked: false,
            shares_memory: from.is_some_and(|parent| parent.shares_memory),
            mappings: from.and_then(|parent| parent.mappings.clone()),
            maps: None,
            faults: None,
            is_shown: false,
            blind: from.is_some_and(|parent| parent.blind),
            sharing: Sharing::default(),
            attaches: from.is_some_and(|parent| parent.attaches),
            undoes: false,
            leaves_no_zombies: from.is_some_and(|parent| parent.leaves_no_zombies),
            wants_no_zombies: from.is_some_and(|parent| parent.wants_no_zombies),
            adopts: false,
            detour: from.and_then(|parent| parent.detour.clone()),
            parent_death_signal: 0,
            own_files: BTreeSet::new(),
            new_file: None,
            clock: from.map_or_else(Clock::default, |parent| parent.clock),
            chance: Chance(self.processes.len() as u64),
        };
        let parent = from.map(|parent| parent.inner);
        let shares_memory = process.shares_memory;
        self.processes.push(process);
        if shares_memory && !self.loads {
            self.caveat(CaveatKind::SharedMemory.anywhere());
        }
        self.events.push(Event { at: None, pid: inner, what: What::Seen { parent } });
        self.is_born(self.processes.len() - 1);
        if let Some(parent) = self.processes[self.processes.len() - 1].parent {
            // That was the one expected.
            self.tasks.iter_mut().filter(|task| task.process == parent).for_each(|task| task.has_forked = false);
        }
        self.processes.len() - 1
    }

    /// The same of a thread.
    pub fn admit_task(&mut self, tid: Pid, inner: Option<Pid>, process: usize, fresh: bool) -> usize {
        let inner = inner.unwrap_or(tid);
        // A handler that has interrupted a load, and forks, comes back to it in both.
        let parent = self.processes[process].parent;
        let parent = self.tasks.iter().find(|task| Some(task.process) == parent && !task.has_ended());
        let (accesses, turns) =
            parent.map_or_else(Default::default, |parent| (parent.accesses.clone(), parent.turns.clone()));
        self.tasks.push(Task { accesses, turns, ..Task::new(tid, inner, process, fresh, self.now()) });
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
        let Some(process) = self.processes.iter().position(|process| process.seen_as == call.tid) else { return };
        let is_left = |task: &&Task| task.process == process && task.tid != call.tid && !task.has_ended();
        if let Some(tid) = self.tasks.iter().find(is_left).map(|task| task.tid) {
            self.processes[process].seen_as = tid;
            self.processes[process].thread = sys::pidfd_of_thread(tid).ok();
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

    /// Who was blocked and is not any more runs; whether there is anyone.
    fn look_at_blocked(&mut self) -> bool {
        let mut any = false;
        for number in 0..self.tasks.len() {
            let task = &self.tasks[number];
            if !matches!(task.state, State::Blocked) {
                continue;
            }
            // Who was stopped, and is in any other state by now, goes on or dies; who dies may wait a moment in that.
            let is_still = match state(task.tid) {
                Some(b'T' | b't') => {
                    // A stop interrupts who waits in the kernel, too.
                    any |= self.is_seen_stopped(number);
                    true
                }
                Some(b'S') => !self.processes[task.process].is_stopped,
                Some(b'D') => task.starting == Some(Birth::Vfork),
                _ => false,
            };
            if !is_still {
                self.is_awake(number);
                self.tasks[number].state = State::Running;
                any = true;
            }
        }
        any
    }

    /// A task that may have been blocked is not any more.
    fn is_awake(&mut self, number: usize) {
        if !matches!(self.tasks[number].state, State::Blocked) {
            return;
        }
        self.tasks[number].enabled_by = self.now();
        let process = self.tasks[number].process;
        if std::mem::take(&mut self.processes[process].is_stopped) {
            self.processes[process].unreported = true;
            self.tell_parent(process);
        }
    }

    /// A process has ended.
    fn end(&mut self, number: usize) {
        let now = self.now();
        let process = &mut self.processes[number];
        process.has_ended = true;
        process.ended_in = now;
        let pid = process.inner;
        let end = What::Ended(process.handle.end(false));
        self.leave_unsaid(number);
        self.events.push(Event { at: None, pid, what: end });
        let of_it: Vec<usize> = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == number).collect();
        let killed: Vec<Step> = of_it.iter().filter_map(|&task| self.pending(task)).collect();
        self.killed.extend(killed);
        for task in of_it {
            self.tasks[task].state = State::Ended;
        }
        let is_read = |kind: &TimerKind| matches!(kind, TimerKind::Descriptor { .. });
        // Who else has such a descriptor may have got it from this one.
        let stay = self.timers.armed().any(|(timer, _)| timer.process == number && is_read(&timer.kind))
            && self.has_timer_descriptors();
        self.timers.forget(number, |kind| !(stay && is_read(kind)));
        self.footprint.writes(Object::Life(number as u64));
        let one = &self.processes[number];
        if !one.exits && !one.is_dying {
            // It died by itself, in the middle of its step: what it had open can only be guessed.
            let of_others = (0..self.processes.len()).filter(|&other| !self.processes[other].has_ended);
            let seen: Vec<u64> = of_others.flat_map(|other| self.streams_of(other)).collect();
            for stream in self.streams.all().chain(seen) {
                self.footprint.add(Object::Readers(stream), Access::LastClose);
                self.footprint.add(Object::Writers(stream), Access::LastClose);
            }
            self.locks.iter().for_each(|&lock| self.footprint.writes(lock));
            if self.has_sockets {
                names_or_frees(&mut self.footprint);
            }
        }
        if let (true, Some(group)) = (self.limits.order_of_ends, self.blind_group(number)) {
            self.footprint.writes(Object::Output(group as u64));
        }
        self.tell_parent(number);
        let parent = self.processes[number].parent.filter(|&parent| !self.processes[parent].has_ended);
        if parent.is_some_and(|parent| self.processes[parent].wants_no_zombies) {
            // Nobody has to wait for it, and nobody can.
            self.processes[number].is_reaped = true;
            self.processes[number].reaped_in = now;
        }
        self.footprint.reads(Object::Ipc(GROUPS));
        let connected = self.connected_groups(number);
        let adopter = self.adopter(number);
        self.reads_of_adopters(number);
        let one = &self.processes[number];
        let heeds = one.heeds_children || !one.exits && !one.is_dying;
        if heeds && self.children(number, Who::Any).any(|child| !self.processes[child].is_reaped) {
            // It was told of those that have ended before, as of those that live it was not.
            self.footprint.reads(Object::Signals(number as u64));
        }
        for child in self.children(number, Who::Any).collect::<Vec<_>>() {
            self.processes[child].is_orphan = true;
            self.processes[child].was_heeded |= heeds;
            if !self.processes[child].is_reaped {
                self.processes[child].parent = adopter;
                self.footprint.writes(Object::Parent(child as u64));
            }
            let signal = self.processes[child].parent_death_signal;
            if self.processes[child].has_ended {
                if signal != 0 || self.has_stopped {
                    // Had it lived, this would have killed it, or let it go on.
                    self.footprint.reads(Object::Life(child as u64));
                }
                continue;
            }
            self.footprint.writes(Object::Parent(child as u64));
            if signal != 0 {
                self.sends(child, signal);
                self.signalled.push(child);
            }
        }
        self.orphan(&connected);
    }

    /// Whether any process that lives has a timer that is read by a descriptor.
    fn has_timer_descriptors(&self) -> bool {
        let mut live = (0..self.processes.len()).filter(|&process| !self.processes[process].has_ended);
        live.any(|process| {
            let mut links = self.descriptors(process).filter_map(|fd| fs::read_link(fd.path()).ok());
            links.any(|link| link.as_os_str() == "anon_inode:[timerfd]")
        })
    }

    /// What a task that is held would do next, as far as that is known before it does it.
    pub fn pending(&self, number: usize) -> Option<Step> {
        let State::Held(_, op) = &self.tasks[number].state else { return None };
        if self.processes[self.tasks[number].process].parked {
            return None;
        }
        let footprint = self.footprint_of(number, op);
        let may_wait = op.may_wait();
        let arrival = self.tasks[number].arrival;
        Some(Step { may_wait, arrival, task: number as TaskId, footprint, ..Step::default() })
    }

    /// A time-out of a task came: so much time has passed for its process.
    pub fn time_is_up(&mut self, number: usize, timeout: Timeout) {
        if let Timeout::After(nanoseconds) = timeout {
            self.let_pass(number, nanoseconds);
        }
    }
}

/// The state of a thread as in `/proc/PID/stat`: `R`, `S`, `D`, `T`, `Z`, …
fn state(tid: Pid) -> Option<u8> {
    proc::stat(tid)?.bytes().next()
}
