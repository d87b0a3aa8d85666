//! Waits until nobody runs: every task is held, blocked in the kernel, or gone.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::turning::Runners;
use crate::kernel::proc;
use crate::kernel::sharing::processor_time;
use crate::kernel::sys::Call;
use crate::kernel::userfault::Userfault;
use crate::protocol::{Caveat, CaveatKind, Footprint, Object, Outcome, Signals, Step, TaskId, Waiting};
use crate::syscalls::Answer;
use crate::syscalls::sockets::is_connect;
use crate::trace::Stop;
use crate::world::run::Supervisor;
use crate::world::task::{Birth, Op, State, Task, Timeout};

/// How often in a row a task must be seen to sleep in the kernel before it counts as blocked there.
const SIGHTINGS: u32 = 4;

/// The same for a task that was let into a call in which it is expected to wait.
const SIGHTINGS_OF_EXPECTED: u32 = 2;

/// How long until the first look; twice as long until each next one.
const PATIENCE: Duration = Duration::from_millis(1);

/// So many times as long as it may a run takes at most, where it does not get the processor.
const LONGEST: u32 = 4;

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
                if (self.faults || self.shares_memory(self.tasks[task].process))
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
            let until = Instant::now() + hope;
            // What is waited for in the state D comes: the ends of other threads at an execve(2), say.
            let is_sure_to_go_on = |task: &Task| {
                matches!(task.state, State::Blocked)
                    && task.starting != Some(Birth::Vfork)
                    && proc::state(task.tid) == Some(b'D')
            };
            while Instant::now() < until || self.tasks.iter().any(is_sure_to_go_on) && !self.has_had_its_time() {
                if self.look_at_blocked() || self.await_event(Duration::from_millis(5))? {
                    return Ok(None);
                }
            }
        }
        if self.processes.iter().any(|process| process.parked) {
            return Ok(Some(Outcome::SeenEnough));
        }
        if self.has_internet {
            // What is sent to one's own machine is there when the call that sends it is over, unless the kernel has so much to do that it leaves
            // that to a thread of its own (`ksoftirqd`).
            let until = Instant::now() + LAST_HOPE;
            while Instant::now() < until {
                if !self.enabled().enabled.is_empty() {
                    return Ok(None);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        // The kernel may have sent signals by itself: those of a terminal, say.
        self.signalled.extend((0..self.processes.len()).filter(|&process| !self.processes[process].has_ended));
        if self.look_at_signalled()? || self.tasks.iter().any(|task| task.has_signal) {
            return Ok(None);
        }
        for number in 0..self.tasks.len() {
            if let State::Held(call, Op::Lock(lock)) = &self.tasks[number].state
                && self.has_moved(self.tasks[number].process, lock)
            {
                let call = *call;
                self.not_watched(&call, number);
            }
        }
        let waiting = self.tasks.iter().enumerate().filter(|(_, task)| !task.has_ended());
        let waiting = waiting.map(|(number, task)| Waiting {
            pid: self.processes[task.process].inner,
            thread: task.inner,
            what: self.describe_wait(number),
        });
        Ok(Some(Outcome::Deadlock(waiting.collect())))
    }

    /// Whether the run has had its time.
    pub fn has_had_its_time(&mut self) -> bool {
        let now = Instant::now();
        if now <= self.deadline {
            return false;
        }
        let live = self.processes.iter().filter(|process| !process.has_ended);
        let used = Duration::from_nanos(live.map(|process| processor_time(process.pid)).sum());
        match prolonged(now - self.began, used, self.limits.time) {
            Some(time) => self.deadline = self.began + time,
            None => return true,
        }
        false
    }

    /// Waits until something is heard of the tasks that run, or they are seen to be blocked.
    fn await_running(&mut self) -> io::Result<()> {
        let mut patience = PATIENCE;
        let mut runners = Runners::default();
        loop {
            if self.await_event(patience)? {
                return Ok(());
            }
            if self.has_had_its_time() {
                self.stop = Some(Stop::TimeLimit);
                return Ok(());
            }
            let running = |task: &Task| matches!(task.state, State::Running);
            let states: Vec<Option<u8>> =
                self.tasks.iter().map(|t| running(t).then(|| proc::state(t.tid)).flatten()).collect();
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
        let is_waited_for = matches!(state, Some(b'T' | b't')) || state == Some(b'S') && task.sightings >= enough;
        if is_waited_for && !proc::is_at_rest(task.tid) {
            task.sightings = 0;
            return false;
        }
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

    /// Whether a call or an end was heard of within the time given.
    fn await_event(&mut self, time: Duration) -> io::Result<bool> {
        if let Some(call) = self.listener.take_aside() {
            self.on_syscall(call)?;
            return Ok(true);
        }
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
            self.end(process)?;
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
        task.state_there = None;
        task.asks_again = false;
        (task.may_wait, task.has_entered) = (false, false);
        task.waits_in = None;
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
        let now = self.processes[self.tasks[number].process].clock.now();
        match &answer {
            Answer::Hold(op @ Op::Access) => {
                // The same place in the code, and the same in memory.
                let uses = self.footprint_of(number, op);
                let place = self.tasks[number].accesses.last().map(|access| (access.address, access.place()));
                let (address, place) = place.unwrap_or_default();
                let seen = Call { args: [address, 0, 0, 0, 0, 0], instruction: place, ..call };
                self.tasks[number].spin.comes_to(&seen, &uses, now);
                if self.tasks[number].spin.is_back()
                    && let Some(state) = self.state_before_access(number)
                {
                    self.tasks[number].spin.comes_back_in(state);
                }
            }
            Answer::Hold(Op::Poll { looks_at, .. }) => self.tasks[number].spin.comes_to(&call, looks_at, now),
            Answer::Hold(
                op @ (Op::Wait { block: false, .. }
                | Op::Futex { timeout: Timeout::Now, .. }
                | Op::Transfer(_)
                | Op::Lock(_)
                | Op::ThreadLock(_)
                | Op::Plain(_)
                | Op::Signal { signal: 0, .. }),
            ) => {
                let uses = self.footprint_of(number, op);
                self.tasks[number].spin.comes_to(&call, &uses, now);
            }
            Answer::Hold(op @ Op::Kernel(_)) if is_connect(&call) => {
                let uses = self.footprint_of(number, op);
                self.tasks[number].spin.comes_to(&call, &uses, now);
            }
            _ => {}
        }
        self.tasks[number].state = match answer {
            Answer::Left => State::Ended,
            Answer::LetThrough | Answer::Return(_) => {
                // What this tells it may be more than follows from its own state.
                self.processes[self.tasks[number].process].reaps = false;
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

    /// Who was blocked and is not any more runs; whether there is anyone.
    fn look_at_blocked(&mut self) -> bool {
        let mut any = false;
        for number in 0..self.tasks.len() {
            let task = &self.tasks[number];
            if !matches!(task.state, State::Blocked) {
                continue;
            }
            // Who was stopped, and is in any other state by now, goes on or dies; who dies may wait a moment in that.
            let is_still = match proc::state(task.tid) {
                // It goes on, or has still to tell its parent.
                Some(b'T' | b't') if !self.processes[task.process].is_stopped && !proc::is_at_rest(task.tid) => {
                    any = true;
                    true
                }
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
        // What it has waited to do to semaphores the kernel has done in the step that woke it.
        let done = self.tasks[number].waits_in.iter().flat_map(Footprint::iter);
        let done: Vec<_> = done.filter(|(object, _)| matches!(object, Object::Ipc(_))).collect();
        done.into_iter().for_each(|(object, access)| self.footprint.add(object, access));
        let process = self.tasks[number].process;
        if std::mem::take(&mut self.processes[process].is_stopped) {
            self.processes[process].unreported = true;
            self.tell_parent(process);
        }
    }

    /// What a task that is held would do next, as far as that is known before it does it.
    pub fn pending(&self, number: usize) -> Option<Step> {
        let task = &self.tasks[number];
        if let (State::Blocked, Some(uses)) = (&task.state, &task.waits_in) {
            // In the kernel, to go on from what it waits for there.
            let mut footprint = uses.clone();
            footprint.reads(Object::Life(task.process as u64));
            let (task, arrival) = (number as TaskId, task.last);
            return Some(Step { may_wait: true, arrival, task, footprint, ..Step::default() });
        }
        let State::Held(_, op) = &task.state else { return None };
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

/// How long a run may take in all that has gone on for so long, and used so much of a processor; `None` if it has had its time. Where it has not had the
/// processor for half of that, since the machine has other things to do, it gets more: that it was slow is not to be held against a program.
fn prolonged(ran: Duration, used: Duration, limit: Duration) -> Option<Duration> {
    let most = limit * LONGEST;
    (used < limit / 2 && ran < most).then(|| (ran + limit - used).min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_does_not_get_the_processor_is_given_more_time() {
        let time = Duration::from_secs;
        let limit = time(10);
        assert_eq!(prolonged(limit, limit, limit), None, "it has turned all the while");
        assert_eq!(prolonged(limit, time(5), limit), None, "it had its share of a processor");
        assert_eq!(prolonged(limit, time(1), limit), Some(time(19)));
        assert_eq!(prolonged(time(19), time(2), limit), Some(time(27)));
        assert_eq!(prolonged(time(19), time(6), limit), None);
        // However busy the machine is, it comes to an end.
        let mut ran = limit;
        while let Some(longer) = prolonged(ran, Duration::ZERO, limit) {
            assert!(longer > ran);
            ran = longer;
        }
        assert_eq!(ran, time(40));
    }
}
