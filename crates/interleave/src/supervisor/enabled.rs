//! Who could go on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags};

use crate::kernel::signals::{bit, masks};
use crate::kernel::sys::{self, is_readable, is_ready};
use crate::protocol::{Access, CaveatKind, Footprint, Object, TaskId, task_name};
use crate::syscalls::eventfd::{adding, has_room};
use crate::syscalls::sockets::{is_connect, is_refused};
use crate::syscalls::streams::{is_nonblocking, socket_timeout};
use crate::syscalls::{GROUPS, MEMBERS, TIMERS, WAITS_FOR_LOCKS, table};
use crate::trace::Pid;
use crate::world::limits::TimeMode;
use crate::world::memory::{page_at, queue_at, words_at};
use crate::world::process::Fate;
use crate::world::run::Supervisor;
use crate::world::spin::SpinDetector;
use crate::world::task::{Birth, Channel, ForWhat, InTurn, OWN_GROUP, Op, State, Task, Timeout, Transfer, Who};
use crate::world::thread_lock::object;
use crate::world::timers::{Timer, TimerKind};

/// How often a timer that repeats goes off again before all who can go on had to.
const REPEATS: u32 = 2;

/// Who can go on; who of them has looked long enough; and whether they can only because nobody else can.
pub struct Enabled {
    pub enabled: Vec<TaskId>,
    pub patient: Vec<TaskId>,
    pub last_resort: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    Yes,
    No,
    /// Once nobody else can go on; when, in nanoseconds of virtual time.
    Last(u64),
    /// Like that, since it does nothing but look; but it can.
    Patient,
}

impl Supervisor<'_> {
    /// Who can go on.
    pub fn enabled(&mut self) -> Enabled {
        self.look_who_has_signals();
        let mut ready: Vec<(TaskId, Ready)> =
            (0..self.tasks.len()).map(|task| (task as TaskId, self.ready(task))).collect();
        let now = self.now();
        for (task, (_, ready)) in self.tasks.iter_mut().zip(&ready) {
            match ready {
                Ready::Yes if !task.was_enabled => task.enabled_by = now,
                // It has to wait, so it does not look for ever.
                Ready::No => task.spin = SpinDetector::default(),
                _ => {}
            }
            task.was_enabled = *ready == Ready::Yes;
        }
        let is_ordered = self.limits.time_mode == TimeMode::Ordered;
        let mut holds_back = false;
        for (timer, when) in self.timers.armed() {
            let process = &self.processes[timer.process];
            // Others may have the descriptor, too.
            if process.parked || process.has_ended && !matches!(timer.kind, TimerKind::Descriptor(_)) {
                continue;
            }
            if self.goes_off_in_vain(timer) {
                // Who reads a descriptor is told how often, though.
                holds_back |= matches!(timer.kind, TimerKind::Descriptor(_));
                continue;
            }
            let repeats_often = timer.times > REPEATS;
            holds_back |= repeats_often;
            let once = match () {
                _ if repeats_often => Ready::Last(when),
                _ if is_ordered => self.once_late(timer.process, when),
                _ => Ready::Yes,
            };
            ready.push((timer.lane, once));
        }
        if holds_back {
            self.caveat(CaveatKind::Repeats.anywhere());
        }
        let asks = self.tasks.iter().any(|task| match &task.state {
            State::Held(_, Op::Wait { who, for_what, .. }) => self.asks_who_goes_on(task.process, *who, *for_what),
            _ => false,
        });
        if asks {
            // That it is told of that before its signal comes was not tried.
            self.sees_moment();
        }
        let is_over = self.tasks.iter().all(Task::has_ended);
        let struck = self.strikes_due().filter(|&(_, process)| !is_over || self.processes[process].strike.is_some());
        ready.extend(struck.map(|(lane, _)| (lane, Ready::Yes)));
        let all = |wanted: &dyn Fn(Ready) -> bool| -> Vec<TaskId> {
            ready.iter().filter(|(_, ready)| wanted(*ready)).map(|&(task, _)| task).collect()
        };
        if ready.iter().any(|&(_, ready)| ready == Ready::Yes) {
            if ready.iter().any(|(_, ready)| matches!(ready, Ready::Last(_))) {
                // It could have come first.
                self.caveat(CaveatKind::TimedOut.anywhere());
            }
            let patient = all(&|ready| ready == Ready::Patient);
            return Enabled {
                enabled: all(&|ready| matches!(ready, Ready::Yes | Ready::Patient)),
                patient,
                last_resort: false,
            };
        }
        // Who lets time pass and who only looks take turns, and of the latter whoever has waited longest goes on.
        let first =
            ready.iter().filter_map(|&(_, ready)| if let Ready::Last(when) = ready { Some(when) } else { None });
        let first = first.min().filter(|_| is_ordered);
        let idle = all(&|ready| match ready {
            Ready::Last(when) => first.is_none_or(|first| when <= first),
            _ => false,
        });
        let patient = all(&|ready| ready == Ready::Patient);
        self.idle_went_last = !idle.is_empty() && (patient.is_empty() || !self.idle_went_last);
        let last = if self.idle_went_last {
            idle
        } else {
            patient.into_iter().min_by_key(|&task| self.tasks[usize::from(task)].last).into_iter().collect()
        };
        Enabled { enabled: last, patient: Vec::new(), last_resort: true }
    }

    /// What only time brings: once nobody else can go on, at this time of a process's clock. In ordered time it may be that late
    /// already, and then it can be any time now.
    fn once_late(&self, process: usize, when: u64) -> Ready {
        let is_late = self.limits.time_mode == TimeMode::Ordered && self.processes[process].clock.now() >= when;
        if is_late { Ready::Yes } else { Ready::Last(when) }
    }

    /// Whether a timer that repeats would change nothing by going off: what it did the last time is still to be heard of.
    fn goes_off_in_vain(&self, timer: &Timer) -> bool {
        if timer.times == 0 {
            return false;
        }
        let signal = match &timer.kind {
            TimerKind::Alarm => libc::SIGALRM,
            TimerKind::Signal { signal, .. } => *signal,
            TimerKind::Descriptor(fd) => return is_readable(fd),
            TimerKind::Gone => return true,
        };
        let threads = self.tasks.iter().filter(|task| task.process == timer.process && !task.has_ended());
        threads.filter_map(|task| masks(task.tid)).any(|masks| masks.pending & bit(signal) != 0)
    }

    fn ready(&self, number: usize) -> Ready {
        let task = &self.tasks[number];
        if matches!(task.state, State::AtFork { .. }) {
            return Ready::Yes;
        }
        if let (State::Blocked, Some(limit)) = (&task.state, &task.limit) {
            let one = &self.processes[task.process];
            return match self.limits.time_mode {
                _ if one.is_stopped || one.parked => Ready::No,
                _ if self.limits.hurries(number) => Ready::Yes,
                TimeMode::Any => Ready::Yes,
                _ => self.once_late(task.process, task.came_at.saturating_add(limit.nanoseconds)),
            };
        }
        let State::Held(call, op) = &task.state else { return Ready::No };
        if self.processes[task.process].parked
            || self.processes[task.process].strike.as_ref().is_some_and(|strike| !strike.may_signal)
        {
            return Ready::No;
        }
        if task.has_signal || self.has_to_enter(number, op) {
            return Ready::Yes;
        }
        let looks = match op {
            Op::Poll { .. } => true,
            Op::Wait { block, .. } => !block,
            Op::Transfer(transfer) => transfer.now && !transfer.write,
            Op::Futex { timeout, .. } => *timeout == Timeout::Now,
            Op::Lock(lock) => !lock.block,
            Op::ThreadLock(lock) => lock.looks(),
            Op::Plain(uses) => uses.only_reads(),
            Op::Signal { signal, .. } => *signal == 0,
            Op::Kernel(_) => is_connect(call),
            Op::Access => true,
            _ => false,
        };
        match self.would_go_on(number, op) {
            Ready::Yes if looks && task.spin.is_over() && !self.limits.hurries(number) => Ready::Patient,
            Ready::Yes if matches!(op, Op::Turn) && !task.turns_anew => Ready::Patient,
            ready => ready,
        }
    }

    /// Whether its next step is no more than to begin to wait, so that a signal from now on interrupts.
    pub fn has_to_enter(&self, number: usize, op: &Op) -> bool {
        let process = self.tasks[number].process;
        // Where loads are steps, a wake-up may come between the load before it and this wait, and is lost then.
        let may_miss = matches!(op, Op::Futex { address, .. } if self.queue_of(process, *address).is_some());
        if self.tasks[number].has_entered || !(may_miss || self.is_interruptible(number)) {
            return false;
        }
        match op {
            // How long it takes is open, so it is waited for even if it could be over.
            Op::Sleep { .. } => true,
            Op::Kernel(_) | Op::Join(_) | Op::ThreadLock(_) => false,
            // It looks before it waits.
            Op::Poll { looks: InTurn::Told(_), .. } => false,
            op => op.may_wait() && !self.has_come(number, op),
        }
    }

    /// Whether that is there for which a task waits. (Its time may be up all the same, in a mode in which that comes at any moment.)
    pub fn has_come(&self, number: usize, op: &Op) -> bool {
        self.goes_on(number, op, TimeMode::Free) == Ready::Yes
    }

    pub fn would_go_on(&self, number: usize, op: &Op) -> Ready {
        match op {
            Op::Sleep { .. } if self.limits.hurries(number) => Ready::Yes,
            op if self.limits.hurries(number) => self.goes_on(number, op, TimeMode::Any),
            op => self.goes_on(number, op, self.limits.time_mode),
        }
    }

    fn goes_on(&self, number: usize, op: &Op, time_mode: TimeMode) -> Ready {
        let process = self.tasks[number].process;
        // Since it came there; others may have let time pass meanwhile.
        let after = |nanoseconds: u64| {
            let when = self.tasks[number].came_at.saturating_add(nanoseconds);
            if time_mode == TimeMode::Ordered { self.once_late(process, when) } else { Ready::Last(when) }
        };
        let wait_or = |ready: bool, timeout: &Timeout| match timeout {
            _ if ready => Ready::Yes,
            Timeout::Now => Ready::Yes,
            Timeout::Never => Ready::No,
            Timeout::After(_) if time_mode == TimeMode::Any => Ready::Yes,
            Timeout::After(nanoseconds) => after(*nanoseconds),
        };
        match op {
            Op::Output(_)
            | Op::Return(_)
            | Op::Start
            | Op::Access
            | Op::Turn
            | Op::Wake { .. }
            | Op::Signal { .. }
            | Op::Fork(_)
            | Op::AfterFork { .. }
            | Op::Close { .. }
            | Op::Exec(_)
            | Op::SetTimer
            | Op::Plain(_)
            | Op::Kernel(_)
            | Op::Exit => Ready::Yes,
            Op::Sleep { nanoseconds, .. } if time_mode == TimeMode::Ordered => after(*nanoseconds),
            Op::Sleep { idle: false, .. } => Ready::Yes,
            Op::Sleep { nanoseconds, idle: true } => after(*nanoseconds),
            Op::Transfer(transfer) => {
                let events = if transfer.write { PollFlags::POLLOUT } else { PollFlags::POLLIN };
                let ready = transfer.now
                    || has_room(transfer) && is_ready(&mut [PollFd::new(transfer.fd.as_fd(), events)])
                    || is_nonblocking(&transfer.fd)
                    || is_refused(transfer);
                wait_or(ready, &self.patience_of(number, transfer))
            }
            Op::Poll { looks: InTurn::Told(_), .. } => Ready::Yes,
            Op::Poll { fds, timeout, mask, signals, .. } => {
                let mut fds: Vec<PollFd> = fds.iter().map(|(fd, events)| PollFd::new(fd.as_fd(), *events)).collect();
                let interrupted = mask.is_some_and(|mask| self.has_deliverable(number, mask));
                let has_signal = *signals != 0 && self.has_pending(number, *signals);
                wait_or(interrupted || has_signal || *timeout != Timeout::Now && is_ready(&mut fds), timeout)
            }
            Op::Futex { address, expected, woken, timeout, .. } => {
                let value = sys::read_u32(self.tasks[number].tid, *address);
                let changed = if self.queue_of(process, *address).is_some() && self.tasks[number].has_entered {
                    // Nobody looks again who waits already; but the kernel wakes when the holder of a lock has died.
                    value.is_some_and(|value| value & !*expected & libc::FUTEX_OWNER_DIED != 0)
                } else {
                    value != Some(*expected)
                };
                wait_or(*woken || changed, timeout)
            }
            // To the kernel, whoever was sent SIGCONT has gone on at once.
            Op::Wait { who, for_what, .. } if self.asks_who_goes_on(process, *who, *for_what) => Ready::No,
            Op::Wait { block: false, .. } => Ready::Yes,
            Op::Wait { who, for_what, .. } => {
                let children: Vec<usize> = self.children(process, *who).collect();
                let possible = children.iter().any(|&child| self.has_changed(child, *for_what))
                    || children.iter().all(|&child| self.processes[child].is_reaped);
                if possible { Ready::Yes } else { Ready::No }
            }
            Op::Pause { mask } => {
                let pending = mask.is_some_and(|mask| self.has_deliverable(number, mask));
                if pending { Ready::Yes } else { Ready::No }
            }
            Op::SignalWait { set, timeout } => {
                let pending = masks(self.tasks[number].tid).is_none_or(|masks| masks.pending & set != 0);
                wait_or(pending, timeout)
            }
            Op::Lock(lock) => {
                let is_free = !lock.block || self.is_free(process, lock) || self.is_other_kind(process, lock);
                if is_free || self.would_deadlock(process, lock).is_some() { Ready::Yes } else { Ready::No }
            }
            Op::Join(thread) => {
                if self.tasks[*thread].has_ended() {
                    Ready::Yes
                } else {
                    Ready::No
                }
            }
            Op::ThreadLock(lock) => {
                let tid = self.tasks[number].tid;
                let is_free = lock.goes_on(self.tasks[number].as_thread(), |at| sys::read_u32(tid, at));
                if is_free { Ready::Yes } else { Ready::No }
            }
        }
    }

    /// How long a transfer waits. Until it does, others who have the socket open may set that.
    pub fn patience_of(&self, number: usize, transfer: &Transfer) -> Timeout {
        if transfer.now || self.tasks[number].has_entered {
            return transfer.timeout;
        }
        socket_timeout(&transfer.fd, transfer.write)
    }

    /// Whether one of these signals waits for a task.
    pub fn has_pending(&self, number: usize, signals: u64) -> bool {
        masks(self.tasks[number].tid).is_none_or(|masks| masks.pending & signals != 0)
    }

    fn has_deliverable(&self, number: usize, mask: u64) -> bool {
        masks(self.tasks[number].tid).is_none_or(|masks| masks.pending & !mask & !masks.without_effect() != 0)
    }

    /// The children that are meant.
    pub fn children(&self, parent: usize, who: Who) -> impl Iterator<Item = usize> + Clone {
        let who = match who {
            Who::Group(OWN_GROUP) => sys::group(self.processes[parent].pid).map_or(Who::Any, Who::Group),
            who => who,
        };
        (0..self.processes.len()).filter(move |&child| self.processes[child].parent == Some(parent)).filter(
            move |&child| match who {
                Who::Any => true,
                Who::Child(wanted) => child == wanted,
                Who::Group(group) => sys::group(self.processes[child].pid).is_none_or(|of| of == group),
                Who::Nobody => false,
            },
        )
    }

    /// Whether a wait would be told that one of those meant goes on, or not be told any more that it was stopped.
    fn asks_who_goes_on(&self, parent: usize, who: Who, for_what: ForWhat) -> bool {
        let is_told = |child: usize| {
            let one = &self.processes[child];
            one.strike.as_ref().is_some_and(|strike| strike.fate == Fate::GoesOn)
                && (for_what.goes_on || for_what.stop && one.unreported)
        };
        self.children(parent, who).any(is_told)
    }

    /// Whether there is something to tell its parent.
    pub fn has_changed(&self, child: usize, for_what: ForWhat) -> bool {
        let of = &self.processes[child];
        for_what.end && self.is_zombie(child)
            || for_what.stop && of.unreported && of.is_stopped && !of.has_ended
            || for_what.goes_on && of.unreported && !of.is_stopped && !of.has_ended
    }

    /// Ended, and not waited for yet.
    pub fn is_zombie(&self, process: usize) -> bool {
        let process = &self.processes[process];
        process.has_ended && !process.is_reaped
    }

    /// A digest of who stands where.
    pub fn alternatives(&self, enabled: &[TaskId]) -> u64 {
        let mut digest = DefaultHasher::new();
        for &task in enabled {
            task.hash(&mut digest);
            let Some(one) = self.tasks.get(usize::from(task)) else { continue };
            if let State::Held(call, op) = &one.state {
                (call.nr, one.has_signal).hash(&mut digest);
                if let Op::Output(bytes) = op {
                    self.without_pids(bytes).hash(&mut digest);
                }
            }
        }
        digest.finish()
    }

    pub fn describe_choice(&self, enabled: &[TaskId]) -> String {
        let one = |&task: &TaskId| match self.tasks.get(usize::from(task)).map(|task| &task.state) {
            Some(State::Held(_, Op::Output(bytes))) => {
                format!("{} printing {:?}", task_name(task), self.without_pids(bytes).trim_end())
            }
            Some(State::Held(call, _)) => format!("{} at {}", task_name(task), table::name(call.nr)),
            _ => task_name(task),
        };
        enabled.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn without_pids(&self, bytes: &[u8]) -> String {
        let pids: Vec<Pid> = self.tasks.iter().map(|task| task.inner).collect();
        crate::task_id::normalise(&String::from_utf8_lossy(bytes), &pids)
    }

    /// The object in which a word of shared memory lies, by its address in a process.
    pub fn word_of(&self, process: usize, address: u64) -> Object {
        let mappings = self.processes[process].mappings.as_deref().unwrap_or_default();
        let word = if self.loads { words_at(mappings, address, 4).pop() } else { None };
        word.or_else(|| page_at(mappings, address)).unwrap_or(Object::Memory)
    }

    /// Who waits for that word, where loads and stores are steps.
    pub fn queue_of(&self, process: usize, address: u64) -> Option<Object> {
        let mappings = self.processes[process].mappings.as_deref().filter(|_| self.loads)?;
        queue_at(mappings, address)
    }

    /// What a task that is held would do next, as far as that is known before it does it.
    pub fn footprint_of(&self, number: usize, op: &Op) -> Footprint {
        let process = self.tasks[number].process;
        let own = process as u64;
        let mut footprint = Footprint::default();
        footprint.reads(Object::Life(own));
        if self.tasks[number].has_signal || self.has_to_enter(number, op) {
            footprint.reads(Object::Signals(own));
        }
        match op {
            Op::Output(_) => {
                self.blind_group(process).into_iter().for_each(|group| footprint.writes(Object::Output(group as u64)));
            }
            Op::Transfer(transfer) => match transfer.channel {
                Channel::Stream(stream, _) if transfer.write => {
                    footprint.writes(Object::Tail(stream));
                    footprint.reads(Object::Readers(stream));
                    footprint.reads(Object::Head(stream));
                }
                Channel::Stream(stream, _) => {
                    footprint.writes(Object::Head(stream));
                    footprint.reads(Object::Tail(stream));
                    footprint.writes(Object::Writers(stream));
                    self.streams.lent(stream).for_each(|file| footprint.reads(Object::Content(file)));
                }
                Channel::Counter(counter, adds) if transfer.write => {
                    footprint.add(Object::Counter(counter), adding(&transfer.fd, adds));
                }
                Channel::Counter(counter, _) => footprint.writes(Object::Counter(counter)),
                Channel::Object(object) => footprint.writes(object),
            },
            Op::Poll { looks_at, .. } => footprint.unite(looks_at),
            Op::Futex { shared: true, address, woken, .. } => match self.queue_of(process, *address) {
                Some(queue) if *woken => footprint.reads(queue),
                queue => {
                    footprint.reads(self.word_of(process, *address));
                    queue.into_iter().for_each(|queue| footprint.writes(queue));
                }
            },
            Op::Futex { shared: false, address, .. } => {
                let uses = self.uses_at_word(number, *address, Access::Read);
                if uses.is_empty() {
                    footprint.reads(Object::Threads(own));
                }
                footprint.unite(&uses);
            }
            Op::Wake { shared: false, address, .. } => {
                footprint.unite(&self.uses_at_word(number, *address, Access::Write));
            }
            Op::Join(thread) => footprint.reads(Object::Thread(*thread as u64)),
            Op::ThreadLock(lock) => {
                let tid = self.tasks[number].tid;
                let access = lock.access(self.tasks[number].as_thread(), |at| sys::read_u32(tid, at));
                if let Some(access) = access {
                    lock.places().for_each(|place| footprint.add(object(process, place), access));
                }
            }
            Op::Wake { shared: true, address, .. } => {
                self.queue_of(process, *address).into_iter().for_each(|queue| footprint.writes(queue));
            }
            Op::Access => footprint.unite(&self.uses_of_access(number)),
            Op::Wait { who, .. } => {
                self.reads_of_adoption(process, &mut footprint);
                if matches!(who, Who::Group(_)) {
                    footprint.reads(Object::Ipc(GROUPS));
                }
                self.children(process, *who).for_each(|child| footprint.reads(Object::Life(child as u64)));
            }
            Op::Signal { targets, signal, group, thread, .. } => {
                thread.iter().for_each(|&thread| footprint.reads(Object::Thread(thread as u64)));
                footprint.reads(Object::Ipc(crate::syscalls::OF_PROCESSES));
                if group.is_some() {
                    footprint.reads(Object::Ipc(GROUPS));
                    footprint.reads(Object::Ipc(MEMBERS));
                }
                for &target in targets {
                    footprint.writes(Object::Life(target as u64));
                    footprint.add(Object::Signals(target as u64), Access::Add);
                    self.come_in_order(target, *signal).into_iter().for_each(|queue| footprint.writes(queue));
                }
            }
            Op::Pause { .. } | Op::SignalWait { .. } => footprint.reads(Object::Signals(own)),
            Op::SetTimer => {
                footprint.writes(Object::Signals(own));
                footprint.writes(Object::Ipc(TIMERS));
            }
            Op::Exit => match self.closing_first(process, true) {
                Some((_, uses)) => footprint.unite(&uses),
                None => {
                    footprint.writes(Object::Life(own));
                    self.gives_memory_back(process, &mut footprint);
                    footprint.reads(Object::Ipc(GROUPS));
                    footprint.unite(&self.closes_all(process, false));
                }
            },
            Op::Close { from, to } => footprint.unite(&self.closes(process, *from, *to)),
            Op::Exec(uses) => {
                footprint.unite(uses);
                footprint.reads(Object::Ipc(GROUPS));
                footprint.unite(&self.closes_all(process, true));
                self.gives_memory_back(process, &mut footprint);
                if self.has_threads(process) {
                    footprint.writes(Object::Threads(own));
                }
            }
            Op::Lock(lock) => {
                lock.begins_by.into_iter().for_each(|by| footprint.reads(by));
                footprint.writes(lock.object);
                footprint.writes(Object::Ipc(WAITS_FOR_LOCKS));
            }
            Op::Plain(uses) | Op::Kernel(uses) => footprint.unite(uses),
            Op::Fork(birth) => {
                footprint.writes(Object::Births);
                if *birth != Birth::Thread && self.has_threads(process) {
                    footprint.writes(Object::Threads(own));
                }
                footprint.add(Object::Ipc(MEMBERS), Access::Add);
            }
            Op::Return(_) | Op::Turn | Op::Start | Op::AfterFork { .. } | Op::Sleep { .. } => {}
        }
        self.reaches_sockets(&mut footprint);
        self.arrives(&mut footprint);
        footprint
    }
}
