//! Signals: who was hit, what that means for whom, and when a handler runs.
//!
//! A held call is not interrupted: what was sent waits until the call is answered. A signal that comes before its target
//! has entered a call is handled before it (the call is answered so that the kernel makes it again afterwards), one that
//! comes while the target waits inside interrupts it as the kernel would, for the kernel itself is asked: it is let into
//! the call with the signal pending.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::ends::STOPS;
use crate::kernel::proc;
use crate::kernel::signals::{CORE, FAULTS, HARMLESS, Masks, bit, masks};
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access, CaveatKind, Footprint, Object, Signals, TaskId};
use crate::syscalls::TIMERS;
use crate::syscalls::calls::PollCall;
use crate::syscalls::closing::together;
use crate::syscalls::table::{self, Kind};
use crate::task_id;
use crate::world::process::{Fate, Process};
use crate::world::run::Supervisor;
use crate::world::task::{Op, State, Task, Timeout, Who};
use crate::world::timers::TimerKind;

/// Whether a call fails with EINTR when a process that has waited in it goes on after a stop, though no handler has run
/// (signal(7)).
fn fails_after_stop(call: &Call, op: &Op) -> bool {
    match op {
        Op::SignalWait { .. } | Op::Pause { .. } => true,
        Op::Transfer(transfer) => matches!(transfer.timeout, Timeout::After(_)),
        Op::Poll { .. } => table::is(call.nr, Kind::Poll(PollCall::EpollWait)),
        _ => false,
    }
}

/// The signals that are kept back from a task which is held before this.
fn mask_in(op: &Op, has_entered: bool, masks: &Masks) -> u64 {
    match op {
        Op::Pause { mask: Some(mask) } | Op::Poll { mask: Some(mask), .. } if has_entered => *mask,
        _ => masks.blocked,
    }
}

impl Supervisor<'_> {
    /// Such signals came.
    pub fn come(&mut self, signals: Signals) {
        self.has_signals = self.has_signals.max(signals);
    }

    /// Whether it makes a difference if a signal comes before a task begins to wait, or after it.
    pub fn may_be_interrupted(&self, number: usize) -> bool {
        let task = &self.tasks[number];
        match self.signals {
            Signals::None => false,
            Signals::Continued => true,
            // Another thread could set a handler while this one waits.
            Signals::Caught => {
                self.has_threads(task.process) || masks(task.tid).is_none_or(|masks| masks.is_caught_but(&FAULTS))
            }
        }
    }

    /// The same, of the call that the task is held at.
    pub fn is_interruptible(&self, number: usize) -> bool {
        self.signals != Signals::None && self.tasks[number].may_be_interrupted
    }

    /// A step sends this signal to a process: adds that to its footprint.
    pub fn sends(&mut self, target: usize, signal: i32) {
        let object = target as u64;
        if signal == 0 {
            self.footprint.reads(Object::Life(object));
            return;
        }
        self.footprint.add(Object::Signals(object), Access::Add);
        let now = self.process_of_step().map_or(0, |sender| self.processes[sender].clock.now());
        let signalled_at = &mut self.processes[target].signalled_at;
        *signalled_at = now.max(*signalled_at);
        self.come_in_order(target, signal).into_iter().for_each(|queue| self.footprint.writes(queue));
        let all = self.masks_of(target);
        let sent = bit(signal);
        let is_caught = all.iter().any(|masks| masks.caught & sent != 0);
        let is_ignored = all.iter().all(|masks| masks.ignored & sent != 0) || HARMLESS.contains(&signal) && !is_caught;
        if !is_ignored {
            self.is_sent(target, signal);
        }
        let is_blocked = !all.is_empty() && all.iter().all(|masks| masks.blocked & sent != 0);
        // A handler may be set or a mask lifted later; that it comes first is another order then. Not so of what every child sends: without a
        // handler it does nothing when the mask is lifted, and whoever has children and sets one, or looks what is pending, says so.
        let is_deadly = signal == libc::SIGKILL || signal == libc::SIGSTOP;
        let is_of_child = signal == libc::SIGCHLD && self.children(target, Who::Any).next().is_some();
        if !is_deadly && (is_caught || !is_of_child) {
            let is_for_all = signal == libc::SIGCONT || is_caught && FAULTS.contains(&signal);
            self.come(if is_for_all { Signals::Continued } else { Signals::Caught });
        }
        // One that has ended it would have hit before.
        if !is_blocked && (!is_ignored || signal == libc::SIGCONT) || is_deadly || all.is_empty() {
            self.footprint.writes(Object::Life(object));
        }
        if !is_blocked && !is_ignored || is_deadly {
            // Who waits in the kernel gives that up.
            let in_kernel = |task: &&Task| task.process == target && matches!(task.state, State::Blocked);
            let given_up = self.tasks.iter().filter(in_kernel).filter_map(|task| task.waits_in.as_ref());
            given_up.for_each(|uses| self.footprint.unite(uses));
        }
        let fate = self.fate_by(&all, target, signal);
        if signal == libc::SIGCONT {
            // Stops that have not come yet do not come (signal(7)).
            self.processes[target].strike.take_if(|strike| strike.fate == Fate::Stops);
            if self.processes[target].struck_by.take().is_some() {
                self.sees_moment();
            }
            if fate == Some(Fate::GoesOn) && self.process_of_step().is_some() {
                self.processes[target].woken_by = self.now();
                if self.processes[target].parent.is_some_and(|parent| self.would_notice(parent, libc::SIGCHLD)) {
                    self.sees_moment();
                }
            }
        } else if fate.is_some() && self.sender().is_some_and(|sender| sender != target) {
            self.processes[target].struck_by = self.now();
            self.processes[target].dies_late = fate == Some(Fate::Dies) && CORE.contains(&signal);
            let may_time_out = || self.timers.armed().any(|(timer, _)| timer.process == target);
            if self.is_about_to_signal(target) || self.processes[target].dies_late && may_time_out() {
                self.sees_moment();
            }
        }
        if self.processes[target].strike.as_ref().is_some_and(|strike| strike.fate == Fate::GoesOn) {
            self.meets_going_on(target, signal);
        }
        if fate == Some(Fate::Dies) && !all.is_empty() {
            // There the kernel looks for its robust locks (set_robust_list(2)).
            self.show_all(target);
            // All that it has open is closed.
            let closes = self.closes_at_once(target, false);
            self.footprint.unite(&closes);
            // What it was about to do is found out while it is there.
            let tasks: Vec<usize> = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == target).collect();
            tasks.into_iter().for_each(|task| self.does_not_come_to_its_next(task));
            self.processes[target].is_dying = true;
            self.processes[target].heeds_children = self.heeds_children(target);
            self.warn_children(target, None);
        }
    }

    /// Whose step sends a signal: it takes one, or dies in one, and by that its children are sent what they have asked for.
    fn sender(&self) -> Option<usize> {
        self.process_of_step().or_else(|| self.steps.last().and_then(|step| task_id::struck(step.task)))
    }

    /// Whether a thread of several to which this signal is sent blocks it: then it stays pending for that thread, whatever the others do about it.
    pub fn keeps_for_itself(&mut self, thread: usize, signal: i32) -> bool {
        let Task { tid, process, .. } = self.tasks[thread];
        let is_blocked = masks(tid).is_some_and(|masks| masks.blocked & bit(signal) != 0);
        let keeps =
            is_blocked && self.has_threads(process) && ![libc::SIGSTOP, libc::SIGKILL, libc::SIGCONT].contains(&signal);
        if keeps {
            self.footprint.reads(Object::Life(process as u64));
            self.footprint.add(Object::Signals(process as u64), Access::Add);
            self.come(Signals::Caught);
            self.signalled.push(process);
        }
        keeps
    }

    /// These are sent a signal by one call, and the kernel does so one after the other: who is reached last may do something more when
    /// another is dying already, and has let go of what it had open. That is not tried.
    pub fn reaches_in_turn(&mut self, sender: usize, targets: &[usize], signal: i32) {
        let others: Vec<usize> = targets.iter().copied().filter(|&target| target != sender).collect();
        if others.len() < 2 {
            return;
        }
        let dying = others.into_iter().filter(|&target| self.fate(target, signal) == Some(Fate::Dies));
        let let_go: Vec<(usize, Footprint)> =
            dying.map(|target| (target, together(&self.closes_one_by_one(target)))).collect();
        let sees = |number: usize| {
            let process = self.tasks[number].process;
            let next = self.pending(number).filter(|_| process != sender);
            next.is_some_and(|next| {
                let of_others = let_go.iter().filter(|(target, _)| *target != process);
                of_others.into_iter().any(|(_, uses)| next.footprint.objects().any(|object| uses.uses(object)))
            })
        };
        if (0..self.tasks.len()).any(sees) {
            self.caveat(CaveatKind::Moments.anywhere());
        }
    }

    /// A process has a child now, or may get one that another leaves behind. If it has a handler for their ends, it matters when that is
    /// called.
    pub fn hears_of_children(&mut self, process: usize) {
        let has_handler = |masks: &Masks| masks.caught & bit(libc::SIGCHLD) != 0;
        if self.signals == Signals::None && self.masks_of(process).iter().any(has_handler) {
            self.come(Signals::Caught);
        }
    }

    /// Whether a process has a handler for this signal, or keeps it pending.
    fn would_notice(&self, process: usize, signal: i32) -> bool {
        self.masks_of(process).iter().any(|masks| (masks.caught | masks.blocked) & bit(signal) != 0)
    }

    /// Whether who stops a process by this signal, or continues it, is told of that by a signal: it might be told anywhere on the way to its
    /// next call.
    pub fn hears_of_stop(&self, sender: usize, target: usize, signal: i32) -> bool {
        // Who catches SIGCONT may look who has sent it.
        let is_caught = || self.masks_of(target).iter().any(|masks| masks.caught & bit(signal) != 0);
        self.processes[target].parent == Some(sender)
            && matches!(self.fate(target, signal), Some(Fate::Stops | Fate::GoesOn))
            && self.would_notice(sender, libc::SIGCHLD)
            && !is_caught()
    }

    /// Sends a signal that stops a process or continues it, and waits until its parent, which does so, was told.
    pub fn stops_at_once(&mut self, sender: usize, target: usize, signal: i32) {
        /// For how long, on a busy machine.
        const PATIENCE: Duration = Duration::from_millis(500);
        let stops = signal != libc::SIGCONT;
        sys::pidfd_signal(self.processes[target].handle.as_fd(), signal);
        self.feels(target);
        let has_changed = |one: &Process| {
            let is_stopped = matches!(proc::state(one.seen_as), Some(b'T' | b't'));
            is_stopped == stops && proc::is_at_rest(one.seen_as)
        };
        let until = Instant::now() + PATIENCE;
        let is_told = || self.masks_of(sender).iter().any(|masks| masks.pending & bit(libc::SIGCHLD) != 0);
        while !is_told() && !has_changed(&self.processes[target]) && Instant::now() < until {
            std::thread::yield_now();
        }
    }

    /// A signal comes to a process that was stopped and is about to go on.
    fn meets_going_on(&mut self, target: usize, signal: i32) {
        if signal == libc::SIGKILL || signal == libc::SIGCONT {
            // It does so now; or nobody is told any more that it does.
            self.processes[target].strike = None;
        } else if STOPS.contains(&signal) {
            // It stops again, and it is not tried that its parent hears only then that it went on.
            self.processes[target].strike = None;
            sys::pidfd_signal(self.processes[target].handle.as_fd(), libc::SIGCONT);
            self.sees_moment();
        }
    }

    /// What two who send this signal to a process both change: of one number only the first stays, and tells who has sent it, and of
    /// the real-time signals of one number the first comes first (signal(7)). Nothing, as long as nobody looks at that.
    pub fn come_in_order(&self, target: usize, signal: i32) -> Option<Object> {
        // (A process of several threads is not followed so closely; its verdict says so.)
        let is_seen = self.senders & bit(signal) != 0 && !self.has_threads(target);
        is_seen.then_some(Object::Signals((signal as u64) << 32 | target as u64))
    }

    /// A timer goes off.
    pub fn go_off(&mut self, lane: TaskId) {
        let now = self.now();
        let Some(timer) = self.timers.of_lane(lane) else { return };
        let Some((time, interval)) = timer.armed else { return };
        let process = timer.process;
        timer.armed = (interval > 0).then(|| (time + interval, interval));
        let signal = match &timer.kind {
            TimerKind::Alarm => Some((libc::SIGALRM, None)),
            TimerKind::Signal { id, signal, value, .. } => Some((*signal, Some((*id as i32, *value)))),
            TimerKind::Descriptor(fd) => {
                sys::expire(fd);
                None
            }
            TimerKind::Gone => return,
        };
        timer.rearmed(now);
        // To wait for one's own timer is to sleep.
        let clock = &mut self.processes[process].clock;
        clock.pass(time.saturating_sub(clock.now()));
        self.is_as_late(process);
        match signal {
            Some((signal, timer)) => {
                if self.strikes(process, signal) {
                    return;
                }
                self.sends(process, signal);
                let handle = self.processes[process].handle.as_fd();
                match timer {
                    Some((id, value)) => sys::pidfd_signal_of_timer(handle, signal, id, value),
                    None => sys::pidfd_signal(handle, signal),
                };
                self.signalled.push(process);
            }
            None => self.footprint.add(Object::Ipc(TIMERS), Access::Add),
        }
    }

    /// What was sent in this step has its effect: who dies or stops does so now, who has a handler will call it before
    /// anything else. Whether anybody runs now.
    pub fn look_at_signalled(&mut self) -> io::Result<bool> {
        let mut any = false;
        let mut signalled = std::mem::take(&mut self.signalled);
        signalled.sort_unstable();
        signalled.dedup();
        for process in signalled {
            any |= self.feels(process);
        }
        Ok(any)
    }

    /// What was sent to a process has its effect. Whether anybody of it runs now.
    pub fn feels(&mut self, process: usize) -> bool {
        let mut any = false;
        // What was sent to all is taken by the first that does not block it.
        let mut taken = 0;
        for number in 0..self.tasks.len() {
            let task = &self.tasks[number];
            if task.process != process {
                continue;
            }
            if matches!(task.state, State::AtFork { .. }) {
                // It runs, so the signal has its effect at once.
                let hit = masks(task.tid).is_none_or(|masks| masks.pending & !masks.blocked & !masks.ignored != 0);
                if hit {
                    self.leave_fork(number);
                    any = true;
                }
                continue;
            }
            if !matches!(task.state, State::Held(..) | State::Newborn(_)) {
                continue;
            }
            any |= self.is_hit(number, &mut taken);
        }
        any
    }

    /// Whether a task that was held runs now because of a signal.
    pub fn is_hit(&mut self, number: usize, taken: &mut u64) -> bool {
        let task = &self.tasks[number];
        let Some(masks) = masks(task.tid) else { return self.is_dying(number) };
        if masks.own & bit(libc::SIGKILL) != 0 || masks.pending & bit(libc::SIGKILL) != 0 {
            return self.is_dying(number);
        }
        let (State::Held(call, op), has_entered) = (&task.state, task.has_entered) else {
            return false;
        };
        let process = &self.processes[task.process];
        if process.has_closed && !process.is_dying {
            return false;
        }
        let call = *call;
        let hit = masks.pending & !mask_in(op, has_entered, &masks) & (masks.own | !*taken);
        *taken |= hit;
        let caught = hit & masks.caught;
        if masks.pending & masks.caught != 0 {
            self.come(Signals::Caught);
        }
        if hit & !masks.caught & !masks.without_effect() != 0 {
            let state = &self.tasks[number].state;
            if let State::Held(_, Op::AfterFork { detour, .. }) = state {
                // Should it only stop, it will go on where it was.
                let _ = sys::patch(call.tid, detour.address, &detour.code);
            }
            let stop = self.ask_to_hide(number, &call);
            // It dies, stops, or goes on: the kernel does that as soon as it is asked.
            if let State::Held(_, op) = &self.tasks[number].state
                && has_entered
                && fails_after_stop(&call, op)
            {
                // What it waited for had not come.
                let uses = self.footprint_of(number, op).only_read();
                self.footprint.unite(&uses);
                self.listener.let_through(&call);
            } else {
                self.listener.answer(&call, sys::RESTART);
            }
            self.hide(number, stop);
            self.does_not_come_to_its_next(number);
            self.tasks[number].state = State::Running;
            self.tasks[number].has_entered = false;
            // A handler that was to run does so now.
            self.tasks[number].has_signal = false;
            return true;
        }
        if caught != 0 {
            self.tasks[number].has_signal = true;
            self.caveat(CaveatKind::Handlers.anywhere());
        }
        false
    }

    /// The signals sent to its whole process that another thread is about to handle: the kernel has woken that one for them.
    pub fn signals_of_others(&self, number: usize) -> u64 {
        let process = self.tasks[number].process;
        let others = self.tasks.iter().enumerate().filter(|(other, task)| *other != number && task.process == process);
        let theirs = others.filter(|(_, task)| task.has_signal).filter_map(|(_, task)| match &task.state {
            State::Held(_, op) => {
                let masks = masks(task.tid)?;
                Some(masks.pending & masks.caught & !mask_in(op, task.has_entered, &masks))
            }
            _ => None,
        });
        theirs.fold(0, |all, one| all | one)
    }

    /// What was sent to a whole process may have been taken by another of its threads meanwhile: one that has let it in again, or has
    /// waited for it.
    pub fn look_who_has_signals(&mut self) {
        for number in 0..self.tasks.len() {
            let task = &self.tasks[number];
            if let State::Held(_, op) = &task.state
                && task.has_signal
                && self.has_threads(task.process)
                && let Some(masks) = masks(task.tid)
                && masks.pending & masks.caught & !mask_in(op, task.has_entered, &masks) == 0
            {
                self.tasks[number].has_signal = false;
            }
        }
    }

    fn is_dying(&mut self, number: usize) -> bool {
        self.does_not_come_to_its_next(number);
        self.tasks[number].state = State::Running;
        true
    }

    /// A handler keeps signals back as long as it runs. When it returns, what is sent next comes at once: no call says so, but
    /// who sends something then or before can tell.
    ///
    /// What was sent before comes at once as well, and another handler may run by then that keeps the same signals back.
    pub fn look_at_mask(&mut self, number: usize) {
        if self.signals == Signals::None {
            return;
        }
        let task = &mut self.tasks[number];
        let now = masks(task.tid);
        if now.is_some_and(|masks| task.kept_back & !masks.pending != 0) {
            self.footprint.writes(Object::Signals(task.process as u64));
        }
        let blocked = now.map(|masks| masks.blocked);
        let before = std::mem::replace(&mut task.blocked, blocked);
        if blocked.is_some() && before.is_some_and(|before| blocked != Some(before)) {
            self.footprint.reads(Object::Signals(task.process as u64));
        }
    }

    /// A task begins a step: notes what it has been sent and keeps back.
    pub fn note_kept_back(&mut self, number: usize) {
        let keeps_back =
            self.signals != Signals::None && self.tasks[number].blocked.is_some_and(|blocked| blocked != 0);
        let masks = if keeps_back { masks(self.tasks[number].tid) } else { None };
        self.tasks[number].kept_back = masks.map_or(0, |masks| masks.pending & masks.blocked);
    }

    /// Lets a task handle the signal that waits for it.
    pub fn handle_signal(&mut self, number: usize) {
        if let Some(step) = self.steps.last_mut() {
            step.handles_signal = true;
        }
        let task = &mut self.tasks[number];
        task.has_signal = false;
        task.turns_anew = true;
        let has_entered = std::mem::take(&mut task.has_entered);
        // It is not before that was sent.
        let process = &mut self.processes[task.process];
        process.clock.not_before_time(process.signalled_at);
        self.footprint.writes(Object::Signals(task.process as u64));
        if let (true, State::Held(_, op)) = (has_entered, &self.tasks[number].state) {
            // What it waited for had not come.
            let uses = self.footprint_of(number, op).only_read();
            self.footprint.unite(&uses);
        }
        let task = &mut self.tasks[number];
        let State::Held(call, op) = std::mem::replace(&mut task.state, State::Running) else { return };
        // The handler may come to memory that is shown to the kernel.
        let stop = self.ask_to_hide(number, &call);
        match op {
            // Its time is virtual, and how much of it is left as well.
            Op::Return(result) => {
                self.listener.answer(&call, result);
            }
            // The handler runs when the way round is left.
            Op::AfterFork { detour, result } => {
                // If it is gone, that will be heard of.
                let _ = sys::patch(call.tid, detour.address, &detour.code);
                self.listener.answer(&call, result);
            }
            // The kernel would look at the real clock, by which it may be up.
            Op::Futex { timeout: Timeout::After(_), .. } if has_entered => {
                self.listener.answer(&call, -i64::from(libc::EINTR));
            }
            // By that it would also tell how much is left.
            Op::Sleep { nanoseconds, .. } if has_entered && call.nr != libc::SYS_sched_yield => {
                self.tell_rest(number, &call, nanoseconds, true);
                self.listener.answer(&call, -i64::from(libc::EINTR));
            }
            Op::Poll { timeout: Timeout::After(nanoseconds), .. } if has_entered => {
                self.tell_rest(number, &call, nanoseconds, true);
                self.listener.let_through(&call);
            }
            _ if has_entered => {
                self.listener.let_through(&call);
            }
            _ => {
                self.tasks[number].handling = Some(call.identity());
                self.listener.answer(&call, sys::RESTART);
            }
        }
        self.hide(number, stop);
    }
}
