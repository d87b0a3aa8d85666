//! Who waits for any of several children, in which state, and what becomes of that state when it is told of one.
//!
//! A parent that does `while (wait(NULL) > 0);` is told of the ends of its children in any order, and forgets it. So that not all these
//! orders are tried with all others, it is looked in which state it waits, and in which it comes to its next call; the
//! [search](crate::search::reaps) finds out where all orders lead to the same state. There, who waits lets others go first until all its
//! children have ended.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use crate::kernel::arch;
use crate::kernel::stopped::{All, Stopped};
use crate::protocol::{Access, HeldBack, Object, Outcome, Reap, Step, TaskId, Told};
use crate::supervisor::state::{Seen, Whose, memory_of};
use crate::trace::{Pid, What};
use crate::world::run::Supervisor;
use crate::world::task::{Op, State, Task, Who};

/// Waits for fewer children come in one order only.
const SEVERAL: usize = 2;

impl Supervisor<'_> {
    /// Looks into whoever has just come to wait for any of several children, or has been told of one and come to its next call. What is
    /// wrong if one of them has not come back to its call.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn look_at_who_reaps(&mut self) -> io::Result<Option<Outcome>> {
        for number in 0..self.tasks.len() {
            let is_new = self.tasks[number].state_there.is_none();
            let process = self.tasks[number].process;
            let has_reaped = self.reaps.iter().rposition(|reap| reap.process == process && reap.after.is_none());
            let has_reaped = has_reaped.filter(|_| self.processes[process].reaps);
            let State::Held(call, op) = &self.tasks[number].state else { continue };
            let call = *call;
            let waits = self.waits_for_any(number, op) >= SEVERAL;
            self.has_waited_for_any |= waits;
            let is_at_access = matches!(op, Op::Access);
            let is_last =
                has_reaped.is_some() && (is_at_access || matches!(op, Op::Wait { .. } | Op::Output(_) | Op::Exit));
            if !is_new || !(waits || is_last) || !self.looks_at_reaps {
                if is_new {
                    self.processes[process].reaps = false;
                    self.tasks[number].state_there = Some(None);
                }
                continue;
            }
            let mut state = None;
            if is_at_access {
                state = self.processes[process].state_at_access.take();
            } else if self.is_plain_waiter(number)
                && let Some(kernel) = self.kernel_state_of_waiter(number, call.tid)
            {
                let mut digest = DefaultHasher::new();
                (call.nr, self.own_knowledge_of(number), kernel).hash(&mut digest);
                state = match self.look_into(number, &call, digest, Whose::Own)? {
                    Seen::State(state) => Some(state),
                    Seen::Nothing => None,
                    Seen::Lost => return Ok(Some(self.not_back())),
                };
                // (To come back to its call is nothing that it did.)
                self.ran.clear();
            }
            self.tasks[number].state_there = Some(state);
            self.processes[process].reaps = false;
            if let Some(reap) = has_reaped {
                self.reaps[reap].after = state;
            }
        }
        Ok(None)
    }

    /// A task that was told of the end of a child has come to a load or store of shared memory, where it is stopped with these registers:
    /// notes its state there.
    pub fn note_state_at_access(&mut self, number: usize, stop: &Stopped, registers: &All) {
        let process = self.tasks[number].process;
        self.processes[process].state_at_access = self.state_at_access(number, stop, registers);
    }

    fn state_at_access(&self, number: usize, stop: &Stopped, registers: &All) -> Option<u64> {
        let Task { process, tid, .. } = self.tasks[number];
        if !self.is_plain_waiter(number) {
            return None;
        }
        let kernel = self.kernel_state_of_waiter(number, tid)?;
        let memory = memory_of(self.processes[process].pid, registers, stop.restartable_sequences(), Whose::Own)?;
        let mut digest = DefaultHasher::new();
        // (Between two calls something may be in the vector registers, too.)
        (arch::contents(registers), stop.vectors()?, memory, kernel).hash(&mut digest);
        self.own_knowledge_of(number).hash(&mut digest);
        Some(digest.finish())
    }

    /// Of how many children a task waits to be told of any, if by a wait that does nothing else, and misses none.
    fn waits_for_any(&self, number: usize, op: &Op) -> usize {
        let &Op::Wait { who, block: true, for_what } = op else { return 0 };
        if !matches!(who, Who::Any) {
            return 0;
        }
        let process = self.tasks[number].process;
        let one = &self.processes[process];
        let children: Vec<usize> = self.unreaped(process).collect();
        // (Who would be told of a stop as well might have been told of the end of one before another one stopped.)
        let asks_for_more = for_what.leave || for_what.stop || for_what.goes_on;
        let is_plain = for_what.end
            && !asks_for_more
            && !one.adopts
            && !one.leaves_no_zombies
            && !self.is_interruptible(number)
            && !self.has_threads(process)
            && children.iter().all(|&child| self.waits_for_ends_only(child, who, for_what));
        if is_plain { children.len() } else { 0 }
    }

    /// Whether a task is held where it waits for any of its children.
    pub fn waits_for_children(&self, task: TaskId) -> bool {
        let held = self.tasks.get(usize::from(task)).map(|task| &task.state);
        matches!(held, Some(State::Held(_, Op::Wait { who: Who::Any, block: true, .. })))
    }

    /// The children of a process that it has not waited for.
    fn unreaped(&self, process: usize) -> impl Iterator<Item = usize> + Clone {
        self.children(process, Who::Any).filter(|&child| !self.processes[child].is_reaped)
    }

    /// Whether nothing but what can be looked at decides what a task does next that may have children.
    fn is_plain_waiter(&self, number: usize) -> bool {
        let process = self.tasks[number].process;
        self.is_plain(number)
            && !self.processes[process].borrows_memory
            && !self.timers.armed().any(|(timer, _)| timer.process == process)
    }

    /// Who waits for all its children to end, though it has been told of one, if somebody else can go on.
    pub fn held_back(&self, enabled: &[TaskId], patient: &[TaskId]) -> Vec<TaskId> {
        let is_held_back = |&task: &TaskId| {
            let number = usize::from(task);
            let Some(State::Held(_, op)) = self.tasks.get(number).map(|task| &task.state) else { return false };
            self.state_to_wait_in(number, op).is_some() && !self.have_ended(self.tasks[number].process)
        };
        let held_back: Vec<TaskId> = enabled.iter().copied().filter(is_held_back).collect();
        let is_other = |task: &TaskId| !held_back.contains(task) && !patient.contains(task);
        if enabled.iter().any(is_other) { held_back } else { Vec::new() }
    }

    /// Notes whose children nobody else is to look for.
    pub fn note_who_is_held_back(&mut self, held_back: &[TaskId]) {
        for &task in held_back {
            let one = &self.tasks[usize::from(task)];
            if let Some(state) = one.state_there.flatten()
                && !self.was_held_back.contains_key(&(one.process, state))
            {
                let children = self.unreaped(one.process).collect();
                self.was_held_back.insert((one.process, state), children);
            }
        }
    }

    /// The state in which a task waits for its children by this, if it is to wait there for all of them.
    fn state_to_wait_in(&self, number: usize, op: &Op) -> Option<u64> {
        let state = self.tasks[number].state_there.flatten().filter(|state| self.known_reaps.contains(state))?;
        (self.waits_for_any(number, op) >= SEVERAL).then_some(state)
    }

    /// Whether all children of a process have ended.
    fn have_ended(&self, process: usize) -> bool {
        self.unreaped(process).all(|child| self.processes[child].ended_in.is_some())
    }

    /// A task is about to be told of the end of a child: whether it has waited until all of them have ended.
    pub fn has_waited_for_all(&mut self, number: usize, op: &Op) -> bool {
        let process = self.tasks[number].process;
        if let Some(state) = self.state_to_wait_in(number, op)
            && self.have_ended(process)
            && !self.processes[process].waits_for_all
        {
            let children: Vec<usize> = self.unreaped(process).collect();
            let told: Option<Vec<Told>> = children.iter().map(|&child| self.what_is_told_of(child)).collect();
            if let Some(told) = told {
                self.held_back.push((HeldBack { state, told, is_seen: false }, process, children));
                self.processes[process].waits_for_all = true;
            }
        }
        self.processes[process].waits_for_all
    }

    fn what_is_told_of(&self, child: usize) -> Option<Told> {
        let child = self.processes[child].inner;
        let end = self.events.iter().rev().find_map(|event| match &event.what {
            What::Ended(end) if event.pid == child => Some(end.to_string()),
            _ => None,
        })?;
        let mut digest = DefaultHasher::new();
        end.hash(&mut digest);
        Some(Told { child, end: digest.finish() })
    }

    /// Whether a task can be told of nothing else, by this wait, than that one of its children has ended, and does not go on before.
    pub fn can_only_be_told(&self, number: usize, op: &Op) -> bool {
        self.waits_for_any(number, op) > 0
    }

    /// In the state in which it was looked at, a task has been told of the end of this child, and [could only](Self::can_only_be_told) be told of one.
    pub fn is_told_of_one(&mut self, number: usize, child: usize) {
        let process = self.tasks[number].process;
        let left = self.unreaped(process).count();
        self.processes[process].waits_for_all &= left > 0;
        let Some(before) = self.tasks[number].state_there.flatten().filter(|_| self.looks_at_reaps) else { return };
        if let Some(told) = self.what_is_told_of(child) {
            self.processes[process].reaps = true;
            self.reaps.push(Reap { process, before, told, after: None, left });
        }
    }

    /// What the step has touched: if that is more than lives, what it was told of is not all that decides about what comes next.
    pub fn has_reaped(&mut self, process: usize) {
        let step = self.steps.last();
        let only_lives = step.is_some_and(|step| {
            let mut others = step.footprint.iter().filter(|(object, _)| !matches!(object, Object::Life(_)));
            others.all(|(object, access)| access == Access::Read && matches!(object, Object::Parent(_)))
        });
        if !only_lives {
            self.processes[process].reaps = false;
        }
    }

    /// Who has waited until all its children had ended, and whether others have looked for these meanwhile.
    pub fn who_was_held_back(&mut self, pending: &[Step]) -> Vec<HeldBack> {
        let mut held_back = std::mem::take(&mut self.held_back);
        // Who was killed meanwhile was told nothing.
        for ((process, state), children) in std::mem::take(&mut self.was_held_back) {
            if !held_back.iter().any(|(one, parent, _)| (*parent, one.state) == (process, state)) {
                held_back.push((HeldBack { state, told: Vec::new(), is_seen: false }, process, children));
            }
        }
        let all = held_back.into_iter().map(|(held_back, parent, children)| {
            let sees = |step: &Step| {
                let by = self.process_of_task(step.task);
                let is_other = |&&child: &&usize| by != Some(child) && by != Some(parent);
                children.iter().filter(is_other).any(|&child| step.footprint.uses(Object::Life(child as u64)))
            };
            HeldBack { is_seen: self.steps.iter().chain(pending).any(sees), ..held_back }
        });
        all.collect()
    }

    fn process_of_task(&self, task: TaskId) -> Option<usize> {
        self.tasks.get(usize::from(task)).map(|task| task.process)
    }

    /// What the kernel keeps of a process that waits, as far as that may differ.
    fn kernel_state_of_waiter(&self, number: usize, tid: Pid) -> Option<Vec<String>> {
        let pid = self.processes[self.tasks[number].process].pid;
        self.kernel_state(number, pid, tid, Whose::Own)
    }
}
