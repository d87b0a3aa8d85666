//! Lets a task take its next step, and notes what that touches.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags};
use nix::sys::socket::{SockType, getsockopt, sockopt};

use super::looks::are_ready;
use crate::kernel::signals::{CORE, bit, masks};
use crate::kernel::sys::{self, Call, is_readable, is_ready};
use crate::protocol::{Access, CaveatKind, Footprint, Object};
use crate::syscalls::calls::{PollCall, ProcessCall};
use crate::syscalls::eventfd::adding;
use crate::syscalls::locks::Circle;
use crate::syscalls::processes::clears_number;
use crate::syscalls::sockets::{is_connect, is_connected, is_refused, names_host};
use crate::syscalls::streams::{
    goes_in_pieces, has_ample_room, has_ended, has_hung_up, inode, is_nonblocking, readable, sets_flags,
};
use crate::syscalls::table::Kind;
use crate::syscalls::{Answer, EPOLL_SETS, GROUPS, MEMBERS, SEGMENTS, TIMERS, WAITS_FOR_LOCKS, table};
use crate::world::library::Library;
use crate::world::limits::TimeMode;
use crate::world::memory::FutexPlace;
use crate::world::run::Supervisor;
use crate::world::sharing::Sharing;
use crate::world::streams::Flow;
use crate::world::task::{Birth, Channel, InTurn, LockKind, Op, State, Task, Timeout, Transfer};
use crate::world::timers::TimerKind;

/// How long a process may take to die on a busy machine.
const PATIENCE: Duration = Duration::from_secs(2);

impl Supervisor<'_> {
    /// Lets a task take its next step.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn perform(&mut self, number: usize) -> io::Result<()> {
        let process = self.tasks[number].process;
        if let Some(strike) = &mut self.processes[process].strike {
            strike.may_signal = false;
        }
        if matches!(self.tasks[number].state, State::AtFork { .. }) {
            self.leave_fork(number);
            return Ok(());
        }
        if matches!(self.tasks[number].state, State::Blocked) {
            self.reaches_limit(number);
            return Ok(());
        }
        if self.tasks[number].has_signal && !self.goes_on_all_the_same(number) {
            self.handle_signal(number);
            return Ok(());
        }
        if std::mem::take(&mut self.tasks[number].has_signal)
            && let State::Held(_, op) = &self.tasks[number].state
        {
            // Had what it waits for not come yet, the signal would have interrupted it.
            let uses = self.footprint_of(number, op).only_read();
            self.footprint.unite(&uses);
            self.footprint.writes(Object::Signals(process as u64));
        }
        let State::Held(call, mut op) = std::mem::replace(&mut self.tasks[number].state, State::Running) else {
            return Ok(());
        };
        if let Op::Transfer(transfer) = &mut op
            && self.patience_of(number, transfer) != transfer.timeout
        {
            // Had it begun to wait before somebody set that, it would still wait as it was to.
            transfer.timeout = self.patience_of(number, transfer);
            self.not_watched(&call, number);
        }
        self.meets_removed(number, &call);
        if self.has_to_enter(number, &op) {
            self.footprint.reads(Object::Signals(process as u64));
            let uses = self.footprint_of(number, &op);
            // It has found that it has to wait. (Who queues at a word comes before or after others who do, and who are woken.)
            let queues = matches!(&op, Op::Futex { address, .. } if self.queue_of(process, *address).is_some());
            self.footprint.unite(&if queues { uses } else { uses.only_read() });
            self.tasks[number].state = State::Held(call, op);
            self.tasks[number].has_entered = true;
            let mut taken = self.signals_of_others(number);
            self.is_hit(number, &mut taken);
            return Ok(());
        }
        self.tasks[number].has_entered = false;
        match op {
            Op::Sleep { .. } => {}
            Op::Poll { .. } | Op::Wait { block: false, .. } => self.tasks[number].looks_between_sleeps = true,
            _ => (self.tasks[number].sleeps_in_a_row, self.tasks[number].looks_between_sleeps) = (0, false),
        }
        let is_left = matches!(op, Op::Access | Op::Turn | Op::Fork(_) | Op::Exec(_) | Op::Exit);
        let stop = if is_left { None } else { self.ask_to_hide(number, &call) };
        let pause = if stop.is_none() { self.ask_to_pause(&call, &op) } else { None };
        let done = self.carry_out(number, &call, op)?;
        self.hide(number, stop);
        self.pauses_behind(number, pause);
        if !done {
            // A signal has ended it in this very moment.
            self.tasks[number].state = State::Running;
        }
        Ok(())
    }

    /// Whether a signal comes too late: what the task waits for inside its call is there. The handler runs when the call
    /// returns.
    fn goes_on_all_the_same(&self, number: usize) -> bool {
        let task = &self.tasks[number];
        let State::Held(_, op) = &task.state else { return false };
        task.has_entered && op.may_wait() && self.has_come(number, op)
    }

    fn carry_out(&mut self, number: usize, call: &Call, op: Op) -> io::Result<bool> {
        let process = self.tasks[number].process;
        Ok(match op {
            // We write in its place, so it has to be there.
            Op::Output(_) if !self.listener.is_held(call) => false,
            Op::Output(bytes) => {
                if let Some(group) = self.blind_group(process) {
                    self.footprint.writes(Object::Output(group as u64));
                }
                self.print(process, &bytes);
                let written = bytes.len() as i64;
                let enough = self.limits.lines_each.is_some_and(|n| self.processes[process].lines_written >= n);
                if enough || self.shares_memory(process) {
                    self.processes[process].parked |= enough;
                    self.tasks[number].state = State::Held(*call, Op::Return(written));
                    return Ok(true);
                }
                self.listener.answer(call, written)
            }
            Op::Return(written) => self.listener.answer(call, written),
            Op::Transfer(mut transfer) => {
                let events = if transfer.write { PollFlags::POLLOUT } else { PollFlags::POLLIN };
                if !transfer.now && is_nonblocking(&transfer.fd) {
                    transfer.now = true;
                    if !is_ready(&mut [PollFd::new(transfer.fd.as_fd(), events)]) {
                        // Had it begun to wait before somebody set O_NONBLOCK, it would still wait.
                        self.not_watched(call, number);
                    }
                }
                if transfer.now
                    && is_nonblocking(&transfer.fd)
                    && !is_ready(&mut [PollFd::new(transfer.fd.as_fd(), events)])
                    && let Some(step) = self.steps.last_mut()
                {
                    step.would_wait = true;
                }
                self.account(number, &transfer);
                if self.processes[process].strike.is_some() {
                    // It dies of having nobody who reads, and does not come back.
                    self.tasks[number].state = State::Held(*call, Op::Return(-i64::from(libc::EPIPE)));
                    return Ok(true);
                }
                match transfer.timeout {
                    // A socket with SO_RCVTIMEO or SO_SNDTIMEO (socket(7)).
                    Timeout::After(_)
                        if !transfer.now
                            && !is_ready(&mut [PollFd::new(transfer.fd.as_fd(), events)])
                            && !is_refused(&transfer) =>
                    {
                        self.time_is_up(number, transfer.timeout);
                        self.listener.answer(call, -i64::from(libc::EAGAIN))
                    }
                    _ if transfer.accepts && self.has_caller(&transfer.fd) => self.take_connection(call, &transfer.fd),
                    _ => self.listener.let_through(call),
                }
            }
            Op::Poll { looks: InTurn::Told(_), .. } => self.looks_at_next(number, call, op),
            Op::Poll { looks: InTurn::Waits, ref fds, .. } if are_ready(fds) => self.looks_at_next(number, call, op),
            Op::Poll { wanted, looks_at, timeout, fds, mask, signals, .. } => {
                let is_set = table::is(call.nr, Kind::Poll(PollCall::EpollWait));
                self.looks_around |= wanted.len() > 1 || is_set;
                if let (true, Some(&(set, _))) = (is_set, wanted.first()) {
                    self.sees_arrivals(number, set);
                    self.sees_looks_of_set(number, set);
                }
                let uses = self.looks_at_all(process, &wanted, true);
                self.footprint.unite(&uses);
                if !is_set {
                    self.sees_looks(number, &wanted);
                }
                if looks_at.changes(Object::Ipc(EPOLL_SETS)) {
                    self.footprint.writes(Object::Ipc(EPOLL_SETS));
                }
                if mask.is_some() {
                    self.footprint.reads(Object::Signals(process as u64));
                }
                let mut fds: Vec<PollFd> = fds.iter().map(|(fd, events)| PollFd::new(fd.as_fd(), *events)).collect();
                match timeout {
                    Timeout::After(_) if !(is_ready(&mut fds) || signals != 0 && self.has_pending(number, signals)) => {
                        self.time_is_up(number, timeout);
                        self.tell_that_time_is_up(call);
                        self.listener.answer(call, 0)
                    }
                    Timeout::After(nanoseconds) => {
                        self.tell_rest(number, call, nanoseconds, false);
                        self.listener.let_through(call)
                    }
                    _ => self.listener.let_through(call),
                }
            }
            Op::Futex { address, place, expected, bits, woken, timeout, shared } => {
                let queue = self.queue_of(process, address);
                if queue.is_some() {
                    let op = Op::Futex { address, place, expected, bits, woken, timeout, shared };
                    let uses = self.footprint_of(number, &op);
                    self.footprint.unite(&uses);
                }
                let is_told = woken && queue.is_some();
                if !is_told && sys::read_u32(call.tid, address) != Some(expected) {
                    self.listener.let_through(call)
                } else if woken {
                    self.listener.answer(call, 0)
                } else {
                    self.time_is_up(number, timeout);
                    self.listener.answer(call, -i64::from(libc::ETIMEDOUT))
                }
            }
            Op::Wake { address, place, shared, bits, most } => {
                if shared {
                    self.queue_of(process, address).into_iter().for_each(|queue| self.footprint.writes(queue));
                } else {
                    let uses = self.uses_at_word(number, address, Access::Write);
                    self.footprint.unite(&uses);
                }
                let woken = self.wake(number, place, bits, most);
                self.listener.answer(call, woken)
            }
            Op::Wait { who, block, for_what } => self.wait(number, call, who, block, for_what),
            Op::Signal { thread: Some(thread), .. } if self.finds_thread_gone(thread) => {
                self.listener.let_through(call)
            }
            Op::Signal { thread: Some(thread), signal, .. } if self.keeps_for_itself(thread, signal) => {
                self.listener.let_through(call)
            }
            Op::Signal { mut targets, signal, by_us, group, .. } => {
                // Whether it may depends on whose it is.
                self.footprint.reads(Object::Ipc(crate::syscalls::OF_PROCESSES));
                if let Some(group) = group {
                    // Who is in it others may have changed.
                    self.footprint.reads(Object::Ipc(GROUPS));
                    self.footprint.reads(Object::Ipc(MEMBERS));
                    targets = self.members(process, group);
                    // Who has ended might have been there still; of which group it was may not be known any more.
                    self.reads_of_ended();
                }
                // Of who has ended it is only seen whether it was waited for.
                targets.iter().for_each(|&target| self.is_seen(target));
                if targets.iter().any(|&target| self.processes[target].dies_late && self.kills(target, signal)) {
                    // It might have died of this one, had it not run before.
                    self.sees_moment();
                }
                // One that is dead gets it as well as one that is dying, as long as it is there.
                let is_there = |&target: &usize| {
                    let one = &self.processes[target];
                    !one.has_ended
                        || !one.is_reaped && one.parent.is_some_and(|parent| !self.processes[parent].has_ended)
                };
                // Whoever sends to nobody is told so.
                self.sends = !targets.is_empty() && targets.iter().all(is_there);
                targets.retain(|&target| !self.processes[target].is_reaped);
                let live: Vec<usize> =
                    targets.iter().copied().filter(|&target| !self.processes[target].has_ended).collect();
                if live.iter().any(|&target| self.stops_elsewhere(target, signal)) {
                    self.not_watched(call, number);
                }
                self.reaches_in_turn(process, &live, signal);
                if !live.is_empty() && self.strikes_all(process, &live, signal) {
                    if live.contains(&process) {
                        self.tasks[number].state = State::Held(*call, Op::Return(0));
                        return Ok(true);
                    }
                    return Ok(self.listener.answer(call, 0));
                }
                if live.is_empty() && targets.iter().any(|&target| self.is_left_over(target)) {
                    // To the kernel it is gone already.
                    return Ok(self.listener.answer(call, 0));
                }
                if let [target] = live[..]
                    && self.hears_of_stop(process, target, signal)
                {
                    self.sends(target, signal);
                    self.signalled.push(target);
                    self.stops_at_once(process, target, signal);
                    return Ok(self.listener.answer(call, 0));
                }
                for &target in &live {
                    self.sends(target, signal);
                }
                self.signalled.extend(&live);
                // Whoever sent it is told of their ends by a signal, perhaps: not while it comes to its next call, which fails if it is
                // interrupted before we have heard of it (seccomp_unotify(2)).
                let dies = |&target: &usize| target != process && self.processes[target].is_dying;
                let all_die = !live.is_empty() && !CORE.contains(&signal) && live.iter().all(dies);
                if by_us || targets.is_empty() || all_die {
                    // Not the kernel's everyone, to which we too belong.
                    for &target in &targets {
                        sys::pidfd_signal(self.processes[target].handle.as_fd(), signal);
                    }
                    for &target in live.iter().filter(|_| all_die) {
                        // If a handler waits to run in it, the kernel leaves it in its call for this signal.
                        self.feels(target);
                        sys::await_end(self.processes[target].handle.as_fd(), self.processes[target].pid, PATIENCE);
                    }
                    self.listener.answer(call, if targets.is_empty() { -i64::from(libc::ESRCH) } else { 0 })
                } else {
                    self.listener.let_through(call)
                }
            }
            Op::Sleep { nanoseconds, .. } => {
                self.let_pass(number, nanoseconds);
                self.tell_that_time_is_up(call);
                self.listener.answer(call, 0)
            }
            Op::SetTimer => {
                self.footprint.writes(Object::Signals(process as u64));
                self.footprint.writes(Object::Ipc(TIMERS));
                let answer = match table::find(call.nr).map(|row| row.kind) {
                    Some(Kind::Time(kind)) => self.timer_call(number, call, kind),
                    _ => Answer::LetThrough,
                };
                match answer {
                    Answer::Return(value) => self.listener.answer(call, value),
                    _ => self.listener.let_through(call),
                }
            }
            Op::Pause { .. } => {
                self.footprint.reads(Object::Signals(process as u64));
                self.listener.let_through(call)
            }
            Op::SignalWait { set, timeout } => {
                self.footprint.writes(Object::Signals(process as u64));
                let pending = masks(call.tid).is_some_and(|masks| masks.pending & set != 0);
                match timeout {
                    Timeout::After(_) if !pending => {
                        self.time_is_up(number, timeout);
                        self.listener.answer(call, -i64::from(libc::EAGAIN))
                    }
                    _ => self.listener.let_through(call),
                }
            }
            Op::Start => self.listener.let_through(call),
            Op::Join(thread) => {
                self.footprint.reads(Object::Thread(thread as u64));
                self.depends_on(self.tasks[thread].last);
                self.listener.answer(call, 0)
            }
            Op::ThreadLock(_) => {
                let uses = self.footprint_of(number, &op);
                self.footprint.unite(&uses);
                self.listener.answer(call, 0)
            }
            Op::Access => self.carry_out_access(number, call),
            Op::Turn => self.turn_on(number, call),
            Op::Fork(birth) => {
                self.footprint.writes(Object::Births);
                if birth != Birth::Thread {
                    self.footprint.add(Object::Ipc(MEMBERS), Access::Add);
                }
                if birth != Birth::Thread && self.has_threads(process) {
                    // What the other threads have done by now is in the copy, half a line or a lock that is held too; or is seen, until
                    // another program is executed.
                    self.footprint.writes(Object::Threads(process as u64));
                }
                if self.processes[process].attaches {
                    self.footprint.add(Object::Ipc(SEGMENTS), Access::Add);
                }
                self.starts_beside_memory(number, call, birth);
                self.is_about_to_fork(process, birth);
                if birth == Birth::Thread {
                    self.tasks[number].starts_at = clears_number(call);
                    self.holds_at_thread_locks(process);
                }
                if birth != Birth::Thread {
                    self.hands_files_on(process);
                }
                let task = &mut self.tasks[number];
                task.has_forked = true;
                task.starting = Some(birth);
                if birth == Birth::Fork && (self.faults || self.processes[process].shares_memory) {
                    self.fork_and_wait(number, call)?;
                    return Ok(true);
                }
                self.listener.let_through(call)
            }
            Op::AfterFork { detour, result } => {
                // If it is gone, that will be heard of.
                let _ = sys::patch(call.tid, detour.address, &detour.code);
                self.listener.answer(call, result)
            }
            Op::Close { from, to } => {
                let closes = self.closes_range(process, from, to);
                if self.is_mapped_and_locked(process, &closes) {
                    // A mapping keeps the open file, and so its lock; but not where files lie in the run's layer.
                    self.not_watched(call, number);
                }
                self.footprint.unite(&closes);
                self.listener.let_through(call)
            }
            Op::Exec(_) => {
                self.keeps_files(process);
                // Who looks for a program in one folder of PATH after the other closes nothing where it is not.
                if !self.finds_no_program(number, call) {
                    let mut closes = self.closes_at_once(process, true);
                    self.gives_memory_back(process, &mut closes);
                    self.footprint.unite(&closes);
                    let of_it = |&other: &usize| other != number && self.tasks[other].process == process;
                    let others: Vec<usize> = (0..self.tasks.len()).filter(of_it).collect();
                    others.iter().for_each(|&other| self.warn_children(process, Some(other)));
                    if self.has_threads(process) {
                        // The others are gone, whatever they had still to do.
                        self.footprint.writes(Object::Threads(process as u64));
                        others.iter().for_each(|&other| self.footprint.writes(Object::Thread(other as u64)));
                    }
                }
                let uses = self.executed(number, call);
                self.footprint.unite(&uses);
                // Whoever has started it can put it into another group only before that (setpgid(2), EACCES).
                self.footprint.reads(Object::Ipc(GROUPS));
                self.footprint.reads(Object::Signals(process as u64));
                let memory = std::fs::File::open(format!("/proc/{}/mem", call.tid)).ok();
                self.processes[process].executing = memory.map(|memory| (memory, call.instruction));
                self.listener.let_through(call)
            }
            Op::Lock(lock) if self.is_other_kind(process, &lock) => {
                let mut uses = Footprint::default();
                uses.writes(lock.object);
                return self.carry_out(number, call, Op::Kernel(uses));
            }
            Op::Lock(lock) if self.only_looks_at_lock(process, call, &lock) => {
                self.footprint.reads(lock.object);
                lock.begins_by.into_iter().for_each(|by| self.footprint.reads(by));
                self.listener.let_through(call)
            }
            Op::Lock(lock) => {
                // (A lock of a process goes with any close of that process.)
                self.has_lock_ends |= !matches!(lock.kind, LockKind::Record(_, false));
                lock.begins_by.into_iter().for_each(|by| self.footprint.reads(by));
                if self.has_moved(process, &lock) {
                    self.not_watched(call, number);
                }
                self.footprint.writes(lock.object);
                if matches!(lock.kind, LockKind::Record(..)) {
                    self.footprint.writes(Object::Ipc(WAITS_FOR_LOCKS));
                    // It is refused, and does not wait, while who has that waits for one of ours.
                    self.looks_around = true;
                }
                if lock.block && !self.is_free(process, &lock) {
                    // The other one waits as well, though not in the kernel's eyes: we hold it.
                    if self.would_deadlock(process, &lock) == Some(Circle::WithFile) {
                        // Had it come first, both would wait for ever.
                        self.not_watched(call, number);
                    }
                    self.listener.answer(call, -i64::from(libc::EDEADLK))
                } else {
                    self.notes_holder(process, &lock);
                    self.listener.let_through(call)
                }
            }
            // A thread ends; if all others have ended meanwhile, its process does.
            Op::Plain(_) if table::is(call.nr, Kind::Process(ProcessCall::ExitThread)) => {
                if !self.has_other_threads(number) {
                    return self.carry_out(number, call, Op::Exit);
                }
                self.leave(number, call);
                self.tasks[number].state = State::Ended;
                true
            }
            Op::Plain(uses) => {
                self.notes_delay(process, call);
                let moves_much = self.moves_much(process, call);
                if let Some(step) = self.steps.last_mut() {
                    (step.moves_much, step.sets_flags) = (moves_much, sets_flags(call).then_some(call.nr));
                }
                match self.decode_again(number, call) {
                    Some(Answer::Hold(op @ (Op::Kernel(_) | Op::Signal { .. }))) => {
                        return self.carry_out(number, call, op);
                    }
                    Some(Answer::Hold(Op::Plain(uses))) => self.footprint.unite(&uses),
                    _ => self.footprint.unite(&uses),
                }
                self.listener.let_through(call)
            }
            Op::Kernel(mut uses) => {
                // It might have found what it needs without waiting: somebody who listens, or has opened the other end.
                self.looks_around = true;
                if matches!(table::find(call.nr).map(|row| row.kind), Some(Kind::Path(_)))
                    && let Some(Answer::Hold(Op::Kernel(now) | Op::Plain(now))) = self.decode_again(number, call)
                {
                    // Others have changed what is found by that name, perhaps.
                    uses = now;
                }
                let is_new = |socket: &OwnedFd| is_connect(call) && !is_connected(socket);
                match self.dup(process, call.args[0]).filter(is_new) {
                    // What it comes to is known when the step is over.
                    Some(socket) => {
                        self.footprint.unite(&uses.only_read());
                        self.connects = Some(socket);
                    }
                    None => self.footprint.unite(&uses),
                }
                self.tasks[number].may_wait = true;
                self.tasks[number].waits_in = Some(uses.clone());
                self.tasks[number].asks_again = is_connect(call) && names_host(call);
                self.limit(number, call, &uses);
                self.listener.let_through(call)
            }
            // It comes back to end in its next step.
            Op::Exit if self.closes_first(process, call, !0) => true,
            Op::Exit => {
                let mut back = Footprint::default();
                self.gives_memory_back(process, &mut back);
                self.footprint.unite(&back);
                if let Some(step) = self.steps.last_mut() {
                    step.exits = Some(process as u64);
                }
                self.processes[process].exits = true;
                if self.is_on_loan(process) {
                    // Its parent goes on before that end has come.
                    self.processes[process].struck_by = self.now();
                }
                self.processes[process].heeds_children = self.heeds_children(process);
                let closes = self.closes_at_once(process, false);
                self.footprint.unite(&closes);
                self.footprint.writes(Object::Life(process as u64));
                self.warn_children(process, None);
                let lender = self.stops_lender(process);
                let is_through = self.listener.let_through(call);
                if let Some(lender) = lender {
                    self.hear_out_on_loan(process, lender);
                }
                is_through
            }
        })
    }

    /// So much time has passed since a task came to its call, for its process; in ordered time for all.
    pub fn let_pass(&mut self, number: usize, nanoseconds: u64) {
        let Task { process, came_at, .. } = self.tasks[number];
        self.processes[process].clock.pass_since(came_at, nanoseconds);
        self.is_as_late(process);
    }

    /// In ordered time it is never later for one process than for another.
    pub fn is_as_late(&mut self, process: usize) {
        if self.limits.time_mode == TimeMode::Ordered {
            let now = self.processes[process].clock.now();
            self.processes.iter_mut().for_each(|process| process.clock.not_before_time(now));
        }
    }

    fn account(&mut self, number: usize, transfer: &Transfer) {
        let (process, now) = (self.tasks[number].process, self.now());
        match transfer.channel {
            // Nothing yet: it has only looked.
            Channel::Counter(counter, _) if finds_nothing(transfer) => self.footprint.reads(Object::Counter(counter)),
            Channel::Object(object) if finds_nothing(transfer) => self.footprint.reads(object),
            Channel::Counter(counter, adds) if transfer.write => {
                self.footprint.add(Object::Counter(counter), adding(&transfer.fd, adds));
            }
            Channel::Counter(counter, _) => self.footprint.writes(Object::Counter(counter)),
            Channel::Object(object) => self.footprint.writes(object),
            Channel::Stream(stream, _) if transfer.write => self.account_write(process, stream, transfer, now),
            Channel::Stream(stream, flow) => self.account_read(number, stream, flow, transfer),
        }
        self.answers_that_it_is_over(process, transfer);
        if let Channel::Stream(stream, _) = transfer.channel
            && transfer.write
            && (has_ended(&transfer.fd) || self.has_no_receiver(stream, transfer))
        {
            self.looks_around = true;
            // Whoever finds that nobody reads depends on every one who stopped.
            self.finds_closed(Object::Readers, stream, Access::Write);
            if let Some(inode) = inode(&transfer.fd).ok().filter(|&inode| self.streams.peer(inode).is_some()) {
                // The error of a socket (ECONNRESET) is told once, to whoever writes or reads first.
                self.footprint.writes(Object::Writers(self.streams.number(inode)));
            }
            let is_pipe = inode(&transfer.fd).is_ok_and(|inode| self.streams.peer(inode).is_none());
            if has_hung_up(&transfer.fd) && !(is_pipe && self.strikes_all(process, &[process], libc::SIGPIPE)) {
                self.sends(process, libc::SIGPIPE);
            }
        }
    }

    /// Whether nobody has the other end of a pair of datagram sockets open: of that only a write is told (ECONNREFUSED).
    fn has_no_receiver(&self, stream: u64, transfer: &Transfer) -> bool {
        matches!(getsockopt(&transfer.fd, sockopt::SockType), Ok(SockType::Datagram))
            && !(0..self.processes.len())
                .filter(|&process| !self.processes[process].has_ended)
                .any(|process| self.streams_of(process).contains(&stream))
    }

    fn account_write(&mut self, process: usize, stream: u64, transfer: &Transfer, now: Option<u32>) {
        self.footprint.writes(Object::Tail(stream));
        self.footprint.reads(Object::Readers(stream));
        if goes_in_pieces(transfer) {
            self.caveat(CaveatKind::Pieces.anywhere());
        }
        let written = self.streams.writes(stream, transfer.bytes);
        if !has_ample_room(&transfer.fd, written) {
            self.footprint.reads(Object::Head(stream));
        }
        self.streams.wrote(stream, now, transfer.bytes);
        self.writes_data(process, stream, now);
    }

    fn account_read(&mut self, number: usize, stream: u64, flow: Flow, transfer: &Transfer) {
        self.streams.lent(stream).for_each(|file| self.footprint.reads(Object::Content(file)));
        let available = if transfer.accepts { u64::from(is_readable(&transfer.fd)) } else { readable(&transfer.fd) };
        if finds_nothing(transfer) {
            // Nothing yet: it has only looked.
            self.footprint.reads(Object::Head(stream));
            self.footprint.reads(Object::Tail(stream));
            self.footprint.reads(Object::Writers(stream));
            return;
        }
        self.footprint.writes(Object::Head(stream));
        if self.streams.is_fifo(stream) {
            // Before the one who has written this opened it, there may have been an end to be found.
            self.footprint.reads(Object::Writers(stream));
        }
        if available == 0 {
            // There is nothing: the end, or nothing yet.
            self.footprint.reads(Object::Tail(stream));
            if has_ended(&transfer.fd) || flow == Flow::Messages {
                let access = match transfer.timeout {
                    Timeout::Never if !transfer.now && flow == Flow::Bytes => {
                        if self.is_interruptible(number) {
                            Access::FoundClosed
                        } else {
                            Access::AllClosed
                        }
                    }
                    _ => Access::Write,
                };
                self.finds_closed(Object::Writers, stream, access);
            } else {
                self.footprint.reads(Object::Writers(stream));
            }
            return;
        }
        let amount = available.min(transfer.bytes);
        let writers = self.streams.took(stream, flow, available, amount, transfer.peek);
        self.reads_data(self.tasks[number].process, stream, writers.as_deref());
        let Some(writers) = writers else {
            // It may be of any write before.
            self.footprint.reads(Object::Tail(stream));
            return;
        };
        // Had the last of these writes come later, there would have been less to read; had another come earlier, more.
        let short = match flow {
            Flow::Bytes => available < transfer.bytes || writers.len() != 1 || transfer.peek,
            Flow::Messages => transfer.peek,
        };
        if short || transfer.now {
            self.footprint.reads(Object::Tail(stream));
        }
        for writer in writers {
            self.depends_on(writer);
        }
    }

    /// Wakes those who wait at this place for one of these bits, first come first served; how many.
    pub fn wake(&mut self, waker: usize, at: FutexPlace, of: u32, most: usize) -> i64 {
        let waits = |number: &usize| {
            let task = &self.tasks[*number];
            let State::Held(_, Op::Futex { address, place, bits, woken, .. }) = &task.state else { return false };
            *number != waker
                && *place == at
                && bits & of != 0
                && !*woken
                && (task.has_entered || self.queue_of(task.process, *address).is_none())
        };
        let mut waiting: Vec<usize> = (0..self.tasks.len()).filter(waits).collect();
        // Its last step is the one in which it began to wait.
        waiting.sort_by_key(|&number| self.tasks[number].last);
        waiting.truncate(most);
        for &number in &waiting {
            if let State::Held(_, Op::Futex { woken, .. }) = &mut self.tasks[number].state {
                *woken = true;
            }
        }
        waiting.len() as i64
    }

    /// A process is back from execve(2), as another program if that went well: then its memory is gone.
    pub fn has_executed(&mut self, process: usize) {
        let Some((memory, address)) = self.processes[process].executing.take() else { return };
        let one = &mut self.processes[process];
        if one.shares_memory {
            // After vfork(2) the memory is its parent's, and there all the same.
            let mappings = self.memory.mappings(one.seen_as).unwrap_or_default();
            one.shares_memory = !mappings.is_empty();
            one.mappings = Some(mappings);
        }
        if !memory.read_at(&mut [0], address).is_ok_and(|read| read > 0) {
            one.blind = false;
            one.borrows_memory = false;
            one.mapped_files.clear();
            one.shared_files.clear();
            (one.faults, one.is_shown) = (None, false);
            one.library = Library::default();
            one.thread_calls = None;
            one.sharing = Sharing::default();
            // A handler is gone with its flags; that a signal is ignored stays.
            let child = bit(libc::SIGCHLD);
            one.wants_no_zombies &= masks(one.pid).is_some_and(|masks| masks.ignored & child != 0);
            self.timers.forget(process, |kind| matches!(kind, TimerKind::Signal { .. }));
        } else if one.is_shown {
            // It has failed, and nobody has seen what it has done to memory since.
            self.give_up_accesses();
        }
    }

    /// Says that what a call does is not watched.
    pub fn not_watched(&mut self, call: &Call, task: usize) {
        self.caveat_at(CaveatKind::NotWatched, call, task);
    }
}

/// Whether a read that does not wait finds that there is nothing.
fn finds_nothing(transfer: &Transfer) -> bool {
    transfer.now && !transfer.write && !is_readable(&transfer.fd)
}
