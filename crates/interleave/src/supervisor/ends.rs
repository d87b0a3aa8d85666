//! The end of a process, moment by moment.
//!
//! kill(2) does not wait until its target is dead, or stopped, or has gone on; and who ends lets go of all that it has open before its
//! parent hears of that (`do_exit` of the kernel: `exit_files` comes before `exit_notify`). Somebody may look in between. As long as nobody does, a
//! process is dead as soon as it is killed, and an end is one step. Once somebody did, the search begins anew with runs in which
//! each of these moments is a step of its own.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use crate::kernel::signals::{CORE, HARMLESS, Masks, bit, masks};
use crate::kernel::stopped::{Change, PATIENCE, Stopped};
use crate::kernel::sys::{self, Call};
use crate::kernel::{arch, proc};
use crate::protocol::{Access, CaveatKind, Ends, Footprint, Object, Signals, Step, TaskId};
use crate::syscalls::closing::together;
use crate::syscalls::sockets::names_or_frees;
use crate::syscalls::{GROUPS, MEMBERS};
use crate::task_id;
use crate::trace::{Event, Stop, What};
use crate::world::process::{Fate, Part, Process, Strike};
use crate::world::run::Supervisor;
use crate::world::task::{Birth, Op, State, Task, Who};
use crate::world::timers::TimerKind;

/// Signals that stop a process unless they are caught.
pub const STOPS: [i32; 4] = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];

impl Supervisor<'_> {
    /// What this signal does to a process if it is sent now; `None` if the process catches, ignores or blocks it, is no more, or will
    /// die of it only when it is continued.
    pub fn fate(&self, target: usize, signal: i32) -> Option<Fate> {
        self.fate_by(&self.masks_of(target), target, signal)
    }

    /// What the kernel says of the signals of each thread of a process.
    pub fn masks_of(&self, process: usize) -> Vec<Masks> {
        let threads = self.tasks.iter().filter(|task| task.process == process && !task.has_ended());
        threads.filter_map(|task| masks(task.tid)).collect()
    }

    /// As [`fate`](Supervisor::fate), where that is known.
    pub fn fate_by(&self, all: &[Masks], target: usize, signal: i32) -> Option<Fate> {
        match signal {
            0 => return None,
            libc::SIGKILL => return Some(Fate::Dies),
            libc::SIGSTOP => return Some(Fate::Stops),
            libc::SIGCONT if self.processes[target].is_stopped => return Some(Fate::GoesOn),
            _ => {}
        }
        let sent = bit(signal);
        let is_caught = all.iter().any(|masks| masks.caught & sent != 0);
        let is_blocked = all.iter().all(|masks| masks.blocked & sent != 0);
        let is_ignored = all.iter().all(|masks| masks.ignored & sent != 0) || HARMLESS.contains(&signal);
        match () {
            () if is_caught || is_blocked || is_ignored => None,
            () if STOPS.contains(&signal) => Some(Fate::Stops),
            () if self.processes[target].is_stopped => None,
            () => Some(Fate::Dies),
        }
    }

    /// Whether this signal, as terminals send it, stops a process where a shell has started the program, and not here: it does nothing to a group
    /// that is orphaned (setpgid(2)), and here the program's own group is, since nobody else is in its session.
    pub fn stops_elsewhere(&self, target: usize, signal: i32) -> bool {
        signal != libc::SIGSTOP
            && self.fate(target, signal) == Some(Fate::Stops)
            && sys::group(self.processes[target].pid).is_some_and(|group| !self.is_connected(group))
    }

    /// Whether what this signal does to a process can come in a step of its own: nothing of it runs then, in the kernel either.
    fn can_strike(&self, target: usize, signal: i32) -> bool {
        let one = &self.processes[target];
        if !self.ends.is_in_steps() || one.has_ended || one.parked || task_id::strike(target).is_none() {
            return false;
        }
        let is_there = |fate: Fate| {
            self.only_task(target).is_some_and(|task| match fate {
                Fate::GoesOn => matches!(self.tasks[task].state, State::Blocked),
                Fate::Dies | Fate::Stops => matches!(self.tasks[task].state, State::Held(..)),
            })
        };
        one.has_closed || self.fate(target, signal).is_some_and(is_there)
    }

    /// Lets a timer's signal have its effect in a step of its own; whether it could.
    pub fn strikes(&mut self, target: usize, signal: i32) -> bool {
        let can = self.can_strike(target, signal);
        if can {
            self.strike(target, signal);
        }
        can
    }

    /// Sends a signal to these processes whose effect on each is a step of its own; whether it could.
    pub fn strikes_all(&mut self, sender: usize, targets: &[usize], signal: i32) -> bool {
        // Who kills itself does not come back from that call.
        let is_itself = targets == [sender]
            && self.ends.is_in_steps()
            && self.fate(sender, signal) == Some(Fate::Dies)
            && self.only_task(sender).is_some();
        let can = is_itself || targets.iter().all(|&target| target != sender && self.can_strike(target, signal));
        if can {
            targets.iter().for_each(|&target| self.strike(target, signal));
        }
        can
    }

    /// Whether this signal could be what a process dies of that is dying, or dead, already.
    pub fn kills(&self, target: usize, signal: i32) -> bool {
        !self.processes[target].is_reaped && signal != 0 && !HARMLESS.contains(&signal) && !STOPS.contains(&signal)
    }

    /// The task of a process that has no others.
    fn only_task(&self, process: usize) -> Option<usize> {
        let mut all = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == process);
        let first = all.next();
        first.filter(|&task| all.next().is_none() && !self.tasks[task].has_ended())
    }

    /// Sends a signal that has its effect in a step of its own ([`can_strike`](Supervisor::can_strike)).
    fn strike(&mut self, target: usize, signal: i32) {
        let now = self.now();
        let fate = self.fate(target, signal).filter(|_| !self.processes[target].has_closed);
        let Some(fate) = fate else {
            // It is there, but no signal reaches it any more.
            self.footprint.reads(Object::Life(target as u64));
            self.footprint.add(Object::Signals(target as u64), Access::Add);
            return;
        };
        self.footprint.add(Object::Signals(target as u64), Access::Add);
        self.footprint.writes(Object::Life(target as u64));
        self.breaks_off(target);
        let signals = self.is_about_to_signal(target);
        if self
            .next_signal(target)
            .is_some_and(|(targets, signal)| STOPS.contains(&signal) && targets.contains(&target) && targets.len() > 1)
        {
            // That it stops the others of its group, and is killed, is not tried.
            self.caveat(CaveatKind::Moments.anywhere());
        }
        let one = &mut self.processes[target];
        // Who dies already dies of the first signal, and does not stop. Of those that take effect only when it runs once more it dies of the lowest, and
        // of any other first.
        let comes_first = |earlier: &Strike| match (earlier.fate, fate) {
            (Fate::Stops, Fate::Dies) => true,
            (Fate::Dies, Fate::Dies) => {
                CORE.contains(&earlier.signal) && (!CORE.contains(&signal) || signal < earlier.signal)
            }
            _ => false,
        };
        if one.strike.as_ref().is_none_or(comes_first) {
            one.strike = Some(Strike { signal, fate, step: now, was_about_to_signal: signals, may_signal: signals });
        }
    }

    /// Whether what a process does next is to send a signal: two that kill each other may both be dead then. Who stops itself dies of what
    /// kills it all the same.
    pub fn is_about_to_signal(&self, process: usize) -> bool {
        self.next_signal(process)
            .is_some_and(|(targets, signal)| signal != 0 && !(STOPS.contains(&signal) && targets.contains(&process)))
    }

    /// The signal that a process is about to send, and to whom.
    fn next_signal(&self, process: usize) -> Option<(&[usize], i32)> {
        match &self.tasks[self.only_task(process)?].state {
            State::Held(_, Op::Signal { targets, signal, .. }) => Some((targets, *signal)),
            _ => None,
        }
    }

    /// Whether a process is a zombie for which none of the program's can wait: who has started the program, or adopts orphans, does,
    /// in a step of its own.
    pub fn is_left_over(&self, process: usize) -> bool {
        self.ends.is_in_steps() && self.is_zombie(process) && self.processes[process].parent.is_none()
    }

    /// A process that was struck dies, stops, or goes on, or one that is left over is waited for.
    pub fn feel_strike(&mut self, process: usize) {
        if self.is_left_over(process) {
            let now = self.now();
            let one = &mut self.processes[process];
            (one.is_reaped, one.reaped_in) = (true, now);
            self.footprint.writes(Object::Life(process as u64));
            // Its parent has to have ended, be that before it or after it.
            self.footprint.reads(Object::Parent(process as u64));
            return;
        }
        let Some(strike) = &mut self.processes[process].strike else { return };
        strike.may_signal = false;
        let Strike { signal, fate, was_about_to_signal, .. } = *strike;
        if let Some(task) = self.only_task(process)
            && let State::Held(call, _) = self.tasks[task].state
            && fate == Fate::Dies
            && self.closing_first(process, false).is_some()
            && self.closes_first(process, &call, !bit(signal))
        {
            if was_about_to_signal {
                // From now on it does not.
                self.footprint.writes(Object::Life(process as u64));
            }
            self.tasks[task].state = State::Running;
            return;
        }
        self.processes[process].strike = None;
        self.sends(process, signal);
        sys::pidfd_signal(self.processes[process].handle.as_fd(), signal);
        self.signalled.push(process);
    }

    /// Closes what a process that ends at this call has open. Whether that was the step; the process is on its way to exit_group(2) then,
    /// and handles none of these signals any more.
    pub fn closes_first(&mut self, process: usize, call: &Call, blocked: u64) -> bool {
        let Some((fds, uses)) = self.closing_first(process, true) else { return false };
        let parts = self.closes_one_by_one(process).into_iter().filter(|(fd, _)| fds.contains(fd));
        let parts = parts.map(|(_, uses)| Part { uses, is_used: false }).collect();
        let Ok(null) = File::open("/dev/null") else { return false };
        // A file that is replaced is let go of only when its task comes out of the kernel.
        let Ok(stop) = Stopped::ask(call.tid) else { return false };
        self.footprint.unite(&uses);
        if let Some(task) = self.only_task(process) {
            self.does_not_come_to_its_next(task);
        }
        let is_replaced = fds.into_iter().all(|fd| self.listener.replace_fd(call, null.as_fd(), fd));
        self.listener.answer(call, sys::RESTART);
        let is_stopped = stop.wait(Instant::now() + PATIENCE, || false) == Some(Change::Stopped);
        let is_sent_away = stop.block_signals(blocked)
            && stop.all().is_some_and(|registers| {
                let at = arch::result(&registers).1 - arch::CALL.len() as u64;
                stop.set(&arch::about_to_call(&registers, at, libc::SYS_exit_group, call.args))
            });
        stop.release(0);
        if !(is_replaced && is_stopped && is_sent_away) {
            // What is left open is closed with its end.
            self.caveat(CaveatKind::Moments.anywhere());
        }
        self.processes[process].has_closed = true;
        self.lets_go(process, parts);
        true
    }

    /// In this step a process lets go of all of this, one after the other.
    pub fn lets_go(&mut self, process: usize, parts: Vec<Part>) {
        let now = self.now();
        if parts.len() > 1 {
            self.processes[process].partings.push((now, parts));
        }
    }

    /// A task is killed or stopped, where it is held at what would have been its next step.
    pub fn does_not_come_to_its_next(&mut self, task: usize) {
        // Where it had something to close, that was noted then; and what kills it is known before it does.
        let process = &self.processes[self.tasks[task].process];
        if !process.has_closed && !process.is_dying {
            let next = self.pending(task);
            self.killed.extend(next);
        }
    }

    /// If the next that a process does, which is about to end, is to close what it has open: which of that, and what it uses. (What was sent
    /// before it is heard of, and what comes after it is not.) Where nobody could tell when that is closed, who is killed closes it with
    /// its end; who ends by itself does not, for what is sent meanwhile does not change its exit status.
    pub fn closing_first(&self, process: usize, by_itself: bool) -> Option<(Vec<i32>, Footprint)> {
        let has_closed = self.processes[process].has_closed;
        let may = if has_closed { self.ends == Ends::InParts } else { self.ends.is_in_steps() };
        if !may || self.is_on_loan(process) || self.only_task(process).is_none() {
            return None;
        }
        let mut parts = self.closes_one_by_one(process);
        if !parts.is_empty() && self.lets_go_before(process) {
            // That comes first, and comes with its end here; so what it has open does, too.
            parts.clear();
        }
        if let (Ends::InParts, Some(&(first, _))) = (self.ends, parts.first()) {
            parts.retain(|(fd, _)| *fd == first);
        }
        if parts.is_empty() && (has_closed || !by_itself) {
            return None;
        }
        let mut uses = together(&parts);
        if !has_closed {
            uses.reads(Object::Signals(process as u64));
        }
        Some((parts.into_iter().map(|(fd, _)| fd).collect(), uses))
    }

    /// Those who are struck or left over, and can be so now: what each is called, and its process.
    pub fn strikes_due(&self) -> impl Iterator<Item = (TaskId, usize)> {
        let is_due = |&process: &usize| self.processes[process].strike.is_some() || self.is_left_over(process);
        (0..self.processes.len()).filter(is_due).filter_map(|process| Some((task_id::strike(process)?, process)))
    }

    /// Somebody can tell what lies within an end that is one step here.
    pub fn sees_moment(&mut self) {
        self.has_moments = true;
        if self.ends != Ends::AtOnce {
            self.caveat(CaveatKind::Moments.anywhere());
        }
    }

    /// Whether a process can tell apart, by the step that it has just taken, what another let go of in one step, though the kernel lets go
    /// of one after the other.
    pub fn sees_parts(&mut self, by: usize) -> bool {
        let now = self.now();
        let Some(step) = self.steps.last() else { return false };
        // Of what uses anything it is not known which.
        if step.footprint.uses(Object::Anything) {
            return false;
        }
        let looks = !(step.may_wait || self.sends) || self.looks_around;
        let mut sees = false;
        let others = self.processes.iter_mut().enumerate().filter(|(other, _)| *other != by);
        for (_, parts) in others.flat_map(|(_, one)| &mut one.partings).filter(|(step, _)| *step < now) {
            let first_used = parts.iter().position(|part| part.is_used);
            let mut found = 0;
            for (number, part) in parts.iter_mut().enumerate() {
                if part.uses.is_dependent_on(&step.footprint) {
                    part.is_used = true;
                    found += 1;
                    // Where what came later is known to be let go of, so is what came before it.
                    sees |= looks && (found > 1 || first_used.is_some_and(|first| first < number));
                }
            }
        }
        sees
    }

    /// Whether somebody looks at what was changed by a process that has died by itself, of a fault: that was one step with what it had done
    /// before. Who has waited for that end and for nothing else, and could not be interrupted, would have waited for it in any case; and
    /// who has reaped it knows that it is over.
    pub fn sees_fall(&self, by: usize, step: &Step) -> bool {
        let has_waited = step.may_wait
            && !self.looks_around
            && !step.handles_signal
            && !step.footprint.uses(Object::Signals(by as u64));
        let is_told = |object: &Object, _| !matches!(object, Object::Births | Object::Ipc(MEMBERS) | Object::Output(_));
        let has_fallen = |one: &Process| one.has_ended && !one.exits && !one.is_dying && !one.falls_alone;
        !has_waited
            && self.processes.iter().enumerate().any(|(other, one)| {
                let is_sure = one.parent == Some(by) && one.reaped_in.is_some_and(|step| Some(step) != self.now());
                let ended = one.ended_in.filter(|_| other != by && has_fallen(one) && !is_sure);
                let ended = ended.and_then(|ended| self.steps[..self.steps.len() - 1].get(ended as usize));
                ended.is_some_and(|ended| ended.footprint.is_dependent_by(&step.footprint, is_told))
            })
    }

    /// A process that gives back the memory of its parent, by an end or by execve(2), lets that go on, if it lives.
    pub fn gives_memory_back(&self, process: usize, uses: &mut Footprint) {
        let one = &self.processes[process];
        if let Some(parent) = one.started_by.filter(|_| one.borrows_memory) {
            uses.reads(Object::Life(self.tasks[parent].process as u64));
        }
    }

    /// Whether a process lives in the memory of its parent, which waits in vfork(2) until it has left that: at its end that comes before
    /// it closes anything, and is no step of its own here.
    pub fn is_on_loan(&self, process: usize) -> bool {
        let one = &self.processes[process];
        one.borrows_memory
            && one.started_by.is_some_and(|parent| {
                let parent = &self.tasks[parent];
                parent.starting == Some(Birth::Vfork) && matches!(parent.state, State::Blocked | State::Running)
            })
    }

    /// The parent of a process on loan that ends goes on a moment before SIGCHLD is sent. If it has a handler for that, how far it came by then
    /// would be chance: so it does not come out of vfork(2) before.
    pub fn stops_lender(&mut self, process: usize) -> Option<Stopped> {
        let lender = self.processes[process].started_by.filter(|_| self.is_on_loan(process))?;
        let tid = self.tasks[lender].tid;
        let masks = masks(tid)?;
        if masks.caught & !masks.blocked & bit(libc::SIGCHLD) == 0 {
            return None;
        }
        // What it does before it is told was not tried.
        self.caveat(CaveatKind::Moments.anywhere());
        Stopped::ask(tid).ok()
    }

    /// Waits until a process on loan has ended, and lets its parent go on.
    pub fn hear_out_on_loan(&self, process: usize, lender: Stopped) {
        let one = &self.processes[process];
        let until = Instant::now() + PATIENCE;
        while !sys::is_readable(&one.handle.as_fd()) && Instant::now() < until {
            std::thread::yield_now();
        }
        sys::hear_out(one.handle.as_fd(), one.pid, false);
        let signal = match lender.wait(until, || false) {
            Some(Change::Signal(signal)) => signal,
            _ => 0,
        };
        lender.release(signal);
    }

    /// Whether somebody looks, without waiting, at what is under way for a moment when a process is killed, stopped, or ends: what
    /// that had open is closed, and then its parent finds it ended.
    pub fn sees_a_moment(&self, by: usize, step: &Step) -> bool {
        if (step.may_wait || self.sends) && !self.looks_around {
            return false;
        }
        let before = &self.steps[..self.steps.len() - 1];
        let done = |number: Option<u32>| number.map(|number| number as usize).filter(|&number| number < before.len());
        // Who has waited for it knows that its end is over. Others do not, who might have looked before that; nor does anybody if it is gone
        // without being waited for.
        let is_sure = |one: &Process| {
            one.is_reaped && one.parent == Some(by) && one.reaped_in != self.now() && one.reaped_in != one.ended_in
        };
        let is_parent = |object: &Object, _| matches!(object, Object::Parent(_));
        let writes_text = |text: u64| step.footprint.access(Object::Text(text)) == Some(Access::Add);
        self.processes.iter().enumerate().filter(|(other, one)| *other != by && !is_sure(one)).any(|(other, one)| {
            let is_struck = done(one.struck_by).is_some_and(|number| {
                let mut effects = before[number].footprint.only_closes();
                effects.writes(Object::Life(other as u64));
                one.parent.into_iter().for_each(|parent| effects.add(Object::Signals(parent as u64), Access::Add));
                effects.is_dependent_on(&step.footprint)
                    || before[number].footprint.is_dependent_by(&step.footprint, is_parent)
                    || one.shares_memory && step.footprint.uses_memory()
            });
            // Until it runs again its parent is not told that it does.
            let is_woken = done(one.woken_by)
                .is_some_and(|_| one.parent.is_some_and(|parent| step.footprint.uses(Object::Signals(parent as u64))));
            let is_half_ended = |ended: usize| {
                let closes = before[ended].footprint.only_closes();
                before[ended + 1..].iter().any(|seen| seen.footprint.is_dependent_on(&closes))
            };
            // Whether its life is looked at, or what its parent is sent, or who has its children.
            let looked_at = [Object::Life(other as u64), Object::Signals(by as u64)];
            let looks = |ended: usize| {
                looked_at.into_iter().any(|object| step.footprint.uses(object))
                    || before[ended].footprint.is_dependent_by(&step.footprint, is_parent)
            };
            // Here it executes its file until its end is over, though it has closed what it had open.
            let is_half_gone = one.has_closed && !one.has_ended && one.texts.iter().any(|&text| writes_text(text));
            is_struck
                || is_woken
                || is_half_gone
                || done(one.ended_in).is_some_and(|ended| looks(ended) && is_half_ended(ended))
        })
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
    pub fn tell_parent(&mut self, process: usize) {
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

    /// A process is about to end, or this thread of it: those that it has started get the signal that they have asked for. To be called before
    /// that end is carried out: the kernel sends the signal in the midst of it, and by the time that we hear of it, whoever was killed may have
    /// closed what it had open, and may be gone.
    pub fn warn_children(&mut self, parent: usize, thread: Option<usize>) {
        let is_warned = |&child: &usize| {
            let one = &self.processes[child];
            one.parent_death_signal != 0 && !one.has_ended && thread.is_none_or(|thread| one.started_by == Some(thread))
        };
        for child in self.children(parent, Who::Any).filter(is_warned).collect::<Vec<_>>() {
            if !self.ends.is_in_steps() && self.may_precede_death_signal(parent, child) {
                self.sees_moment();
            }
            if thread.is_some() {
                // Who joins that thread goes on a moment before (`exit_mm` of the kernel comes before `exit_notify`), which is not tried.
                self.caveat(CaveatKind::Moments.anywhere());
            }
            self.processes[child].warned_in = self.now();
            self.sends(child, self.processes[child].parent_death_signal);
            self.signalled.push(child);
        }
    }

    /// What the end of a thread uses while others of its process live. Processes that it has started get another thread for a parent, and
    /// the signal that they have asked for.
    pub fn uses_of_leaving(&self, thread: usize) -> Footprint {
        let mut uses = Footprint::default();
        if self.thread_ends {
            uses.writes(Object::Thread(thread as u64));
        }
        for (number, one) in self.processes.iter().enumerate().filter(|(_, one)| one.started_by == Some(thread)) {
            let number = number as u64;
            if one.has_ended {
                // It might have been there still.
                uses.reads(Object::Life(number));
                continue;
            }
            uses.writes(Object::Parent(number));
            if one.parent_death_signal != 0 {
                uses.writes(Object::Life(number));
                uses.add(Object::Signals(number), Access::Add);
            }
        }
        uses
    }

    /// Whether a thread to which a signal is sent has ended, while others of its process live: it gets none, and neither do they.
    pub fn finds_thread_gone(&mut self, thread: usize) -> bool {
        self.has_thread_ends = true;
        self.footprint.reads(Object::Thread(thread as u64));
        let Task { process, last, .. } = self.tasks[thread];
        if !self.tasks[thread].has_ended() || self.processes[process].has_ended {
            return false;
        }
        self.footprint.reads(Object::Life(process as u64));
        let since = self.steps.iter().skip(last.map_or(0, |last| last as usize + 1));
        let of_it = |step: &Step| self.tasks.get(usize::from(step.task)).is_some_and(|task| task.process == process);
        if since.into_iter().any(|step| step.may_wait && of_it(step)) {
            // Who has joined it goes on a moment before it is gone (`exit_mm` of the kernel comes before `exit_notify`).
            self.caveat(CaveatKind::Moments.anywhere());
        }
        true
    }

    /// The same as [`sends`](Supervisor::sends) of a signal that the kernel has sent already: what it did to its target may be under way, or
    /// over, so what that closes by it can only be guessed.
    pub fn has_sent(&mut self, target: usize, signal: i32) {
        self.sends(target, signal);
        self.processes[target].is_dying = false;
        self.signalled.push(target);
    }

    /// Lets a thread end while others of its process live.
    pub fn leave(&mut self, number: usize, call: &Call) {
        let process = self.tasks[number].process;
        self.warn_children(process, Some(number));
        let heir = self
            .tasks
            .iter()
            .enumerate()
            .position(|(other, task)| other != number && task.process == process && !task.has_ended());
        let uses = self.uses_of_leaving(number);
        self.footprint.unite(&uses);
        let orphans = self.processes.iter_mut().filter(|one| one.started_by == Some(number));
        orphans.for_each(|one| one.started_by = heir);
        self.listener.let_through(call);
        while !matches!(proc::state(call.tid), None | Some(b'Z' | b'X')) {
            if self.has_had_its_time() {
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

    /// A process has ended.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn end(&mut self, number: usize) -> io::Result<()> {
        self.find_unseen_orphans(number)?;
        let now = self.now();
        // (Others may print between what it has printed and this.)
        let has_printed = self.output.last().is_some_and(|chunk| Some(chunk.step) == now);
        let is_own = self.process_of_step() == Some(number) && self.footprint.is_within(number as u64);
        let falls_alone = is_own && !has_printed;
        let parent = self.processes[number].parent.filter(|&parent| !self.processes[parent].has_ended);
        let is_gone = parent.is_some_and(|parent| self.processes[parent].wants_no_zombies);
        sys::hear_out(self.processes[number].handle.as_fd(), self.processes[number].pid, is_gone);
        let process = &mut self.processes[number];
        process.has_ended = true;
        process.falls_alone = falls_alone;
        process.ended_in = now;
        process.strike = None;
        let pid = process.inner;
        let end = What::Ended(process.handle.end(false));
        self.leave_unsaid(number);
        let of_it: Vec<usize> = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == number).collect();
        if self.limits.watch_threads && of_it.len() > 1 {
            self.events.push(Event { at: None, pid, what: What::Threads(of_it.len() - 1) });
        }
        self.events.push(Event { at: None, pid, what: end });
        let killed: Vec<Step> = of_it.iter().filter_map(|&task| self.pending(task)).collect();
        self.killed.extend(killed);
        for task in of_it {
            self.tasks[task].state = State::Ended;
        }
        let is_read = |kind: &TimerKind| matches!(kind, TimerKind::Descriptor(_));
        // Who else has such a descriptor may have got it from this one.
        let stay = self.timers.armed().any(|(timer, _)| timer.process == number && is_read(&timer.kind))
            && self.has_timer_descriptors();
        self.timers.forget(number, |kind| !(stay && is_read(kind)));
        self.footprint.writes(Object::Life(number as u64));
        let one = &self.processes[number];
        if !one.exits && !one.is_dying && one.holds_robust && one.faults.is_some() && self.loads {
            // The memory was hidden from it when it died by itself, and so the kernel could not mark its mutexes as those of a dead one.
            self.give_up_accesses();
        }
        let one = &self.processes[number];
        if !one.exits && !one.is_dying {
            // It died by itself, in the middle of its step: what it had open can only be guessed.
            let of_others = (0..self.processes.len()).filter(|&other| !self.processes[other].has_ended);
            let seen: Vec<u64> = of_others.flat_map(|other| self.streams_of(other)).collect();
            for stream in self.streams.all().chain(seen) {
                self.footprint.add(Object::Readers(stream), Access::LastClose);
                self.footprint.add(Object::Writers(stream), Access::LastClose);
            }
            self.locks.keys().for_each(|&lock| self.footprint.writes(lock));
            // It may have died of a file's being shorter than what it has mapped of it (SIGBUS).
            let mapped = &self.processes[number];
            let mapped = mapped.shared_files.iter().chain(&mapped.mapped_files);
            mapped.for_each(|&file| self.footprint.reads(Object::Content(file)));
            if self.has_sockets {
                names_or_frees(&mut self.footprint);
            }
        }
        if let (true, Some(group)) = (self.limits.order_of_ends, self.blind_group(number)) {
            self.footprint.writes(Object::Output(group as u64));
        }
        let one = &self.processes[number];
        let lender = one.started_by.filter(|_| one.borrows_memory && one.is_dying);
        if lender.is_some_and(|lender| {
            masks(self.tasks[lender].tid).is_some_and(|masks| masks.caught & bit(libc::SIGCHLD) != 0)
        }) {
            // What its parent does after vfork(2) and before it is told was not tried, nor is it known.
            self.caveat(CaveatKind::Moments.anywhere());
        }
        self.tell_parent(number);
        let parent = self.processes[number].parent.filter(|&parent| !self.processes[parent].has_ended);
        if let Some(parent) = parent.filter(|&parent| self.processes[parent].wants_no_zombies) {
            // Nobody has to wait for it, and nobody can.
            self.tell_who_reaps(parent, number);
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
            let is_warned = now.is_some() && self.processes[child].warned_in == now;
            if signal != 0 && !is_warned && !self.ends.is_in_steps() && self.may_precede_death_signal(number, child) {
                self.sees_moment();
            }
            if self.processes[child].has_ended {
                if signal != 0 || self.has_stopped {
                    // Had it lived, this would have killed it, or let it go on.
                    self.footprint.reads(Object::Life(child as u64));
                }
                continue;
            }
            self.footprint.writes(Object::Parent(child as u64));
            match signal {
                0 => {}
                _ if is_warned => self.signalled.push(child),
                _ => self.has_sent(child, signal),
            }
        }
        self.orphan(&connected);
        Ok(())
    }

    /// Whether a process that gets a signal when its parent ends, which is now, could do something more before that: its parent was killed
    /// already, or has let go of what it waits for.
    fn may_precede_death_signal(&self, parent: usize, child: usize) -> bool {
        let now = self.now();
        let one = &self.processes[child];
        if one.has_ended && one.ended_in != now {
            return false;
        }
        let closes = self.footprint.only_closes();
        let is_of_it = |step: &&Step| self.tasks.get(usize::from(step.task)).is_some_and(|task| task.process == child);
        let waits = (0..self.tasks.len()).filter(|&task| self.tasks[task].process == child);
        let waits: Vec<Step> = waits.filter_map(|task| self.pending(task)).collect();
        self.processes[parent].struck_by == now
            || waits
                .iter()
                .chain(self.killed.iter().filter(is_of_it))
                .any(|step| step.footprint.is_dependent_on(&closes))
    }

    /// Whether any process that lives has a timer that is read by a descriptor.
    fn has_timer_descriptors(&self) -> bool {
        let mut live = (0..self.processes.len()).filter(|&process| !self.processes[process].has_ended);
        live.any(|process| {
            self.open_descriptors(process).iter().any(|open| open.link().as_deref() == Some("anon_inode:[timerfd]"))
        })
    }
}
