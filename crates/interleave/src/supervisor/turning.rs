//! Who turns in a loop without making a call: until a handler has set a flag, say, or another thread has.
//!
//! Nobody would hear of such a task any more. So one that has used the processor for a while is stopped, and looked at: if it comes back
//! to the same place with the same registers and the same memory of its own, it turns in a circle, and will for ever unless somebody
//! else changes something. It is then sent aside, into a call at which it is held like any other. When a handler has run, or
//! others could have changed what it looks at, it goes on where it was. One that counts while it turns comes back nowhere; after much
//! longer it is sent aside, too.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::signals::{FAULTS, masks};
use crate::kernel::stopped::{All, Change, PATIENCE, Stopped};
use crate::kernel::sys::{self, Call};
use crate::trace::Pid;
use crate::world::clock;
use crate::world::run::Supervisor;
use crate::world::task::{InTurn, Op, State, Turn};

/// For how long a task may use the processor, in nanoseconds, before it is looked at; and again after ten times as long.
const A_WHILE: u64 = 10_000_000;

/// For how long before it is sent aside, whether or not it turns in a circle, if it has handlers or threads, which could end that.
const LONG: u64 = 700_000_000;

/// The same if it has none, and most likely computes something that comes to an end.
const VERY_LONG: u64 = 5_000_000_000;

/// A circle has no more instructions than this.
const MOST_OF_CIRCLE: usize = 200;

/// What was seen of those who run: how much of the processor each had used at first, and at which amount it is looked at.
pub type Runners = BTreeMap<usize, (u64, u64)>;

impl Supervisor<'_> {
    /// Looks at those who run without making calls; whether one of them was sent aside.
    pub fn look_at_runners(&mut self, states: &[Option<u8>], runners: &mut Runners) -> bool {
        if !arch::HAS_STEPS {
            return false;
        }
        let running = states.iter().enumerate().filter(|(_, state)| **state == Some(b'R'));
        let running: Vec<usize> = running.map(|(number, _)| number).collect();
        for number in running {
            let Some(used) = used(self.tasks[number].tid) else { continue };
            let (first, next) = *runners.entry(number).or_insert((used, used + A_WHILE));
            if used < next || !matches!(self.tasks[number].state, State::Running) {
                continue;
            }
            let (long, most) = (used - first, self.patience_with(number));
            runners.insert(number, (first, (first + 10 * long).min(first + most).max(used + A_WHILE)));
            if self.send_round(number, long >= most) {
                return true;
            }
        }
        false
    }

    /// How long a task may use the processor before it is sent aside even if it does not turn in a circle.
    fn patience_with(&self, number: usize) -> u64 {
        /// Python catches it, whatever its program does.
        const USUAL: i32 = libc::SIGINT;
        let task = &self.tasks[number];
        let catches =
            || masks(task.tid).is_some_and(|masks| masks.is_caught_but(&[FAULTS.as_slice(), &[USUAL]].concat()));
        match () {
            // Nobody else waits to go on.
            () if self.is_alone() => u64::MAX / 2,
            () if self.has_threads(task.process) || catches() => LONG,
            () => VERY_LONG,
        }
    }

    /// To be called before a call is carried out. Where it matters that a fault may come behind it, the task is to be stopped there, and
    /// [`pauses_behind`](Self::pauses_behind) has to follow. (Who might wait in the kernel would be interrupted by that.)
    pub fn ask_to_pause(&self, call: &Call, op: &Op) -> Option<Stopped> {
        /// So much there is room for if there is any (pipe(7)).
        const SMALL: u64 = libc::PIPE_BUF as u64;
        let is_short = match op {
            Op::Transfer(transfer) => {
                matches!(call.nr, libc::SYS_read | libc::SYS_write) && (!transfer.write || transfer.bytes <= SMALL)
            }
            // (Who looks at one after the other is held at that call until the last look.)
            Op::Poll { looks, .. } => matches!(looks, InTurn::Never),
            Op::Plain(_) | Op::Output(_) | Op::Close { .. } | Op::Wait { .. } | Op::Lock(_) => true,
            _ => false,
        };
        if self.faults && arch::HAS_STEPS && is_short { Stopped::ask(call.tid).ok() } else { None }
    }

    /// Sends a task aside behind the call that it has just made, so that it goes on in a step of its own.
    pub fn pauses_behind(&mut self, number: usize, stop: Option<Stopped>) {
        /// What a call that was interrupted has returned, and will be made again for (`ERESTARTSYS` and its kin in the kernel).
        const RESTARTS: std::ops::RangeInclusive<i64> = -516..=-512;
        let Some(stop) = stop else { return };
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {}
            Some(Change::Signal(signal)) => return stop.release(signal),
            Some(Change::Gone) | None => return,
        }
        let pid = self.processes[self.tasks[number].process].pid;
        match (stop.all(), clock::call_instruction(pid)) {
            (Some(registers), Some(call_at)) if !RESTARTS.contains(&arch::result(&registers).0) => {
                self.tasks[number].turns_anew = true;
                self.send_turning(number, stop, Turn { registers: arch::outside_calls(&registers), call_at }, 0);
            }
            _ => stop.release(0),
        }
    }

    /// Sends a task aside that turns in a circle, or has run very long.
    fn send_round(&mut self, number: usize, is_long: bool) -> bool {
        let (tid, process) = (self.tasks[number].tid, self.tasks[number].process);
        let pid = self.processes[process].pid;
        let Ok(stop) = Stopped::ask(tid) else { return false };
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {}
            Some(Change::Signal(signal)) => {
                stop.release(signal);
                return false;
            }
            Some(Change::Gone) | None => return false,
        }
        let mut signal = 0;
        // A load or store that is hidden cannot be stepped over like this.
        let may_step = !self.holds_accesses(process);
        let is_outside = stop.all().is_some_and(|registers| arch::is_outside_calls(&registers));
        let turns = is_outside && (is_long || may_step && self.turns_in_circle(pid, &stop, &mut signal));
        let (Some(registers), Some(call_at), true) = (stop.all(), clock::call_instruction(pid), turns) else {
            stop.release(signal);
            return false;
        };
        self.send_turning(number, stop, Turn { registers: arch::outside_calls(&registers), call_at }, signal);
        true
    }

    /// Whether a stopped task comes back to where it is, with nothing changed. It may have made some steps by then.
    fn turns_in_circle(&self, pid: Pid, stop: &Stopped, signal: &mut i32) -> bool {
        let Some((start, mask)) = stop.all().zip(stop.hold_signals()) else { return false };
        let is_back = |registers: &All| arch::contents(registers) == arch::contents(&start);
        let state = self.state_in(pid, &start);
        let turns = state.is_some()
            && (0..MOST_OF_CIRCLE).find_map(|_| {
                let mut code = [0; arch::CALL.len()];
                let here = arch::result(&stop.all()?).1;
                let is_call = sys::read_memory(pid, here, &mut code) < code.len() || code == arch::CALL;
                if is_call || !stop.step() {
                    return Some(false);
                }
                match stop.wait(Instant::now() + PATIENCE, || false) {
                    Some(Change::Stopped) => {}
                    Some(Change::Signal(number)) => {
                        *signal = number;
                        return Some(false);
                    }
                    Some(Change::Gone) | None => return Some(false),
                }
                let registers = stop.all()?;
                is_back(&registers).then(|| self.state_in(pid, &registers) == state)
            }) == Some(true);
        stop.block_signals(mask);
        turns
    }

    /// Lets a stopped task go on, with this signal or 0, to a call at which it is held.
    fn send_turning(&mut self, number: usize, stop: Stopped, turn: Turn, signal: i32) {
        let Turn { registers, call_at } = &turn;
        let aside = arch::about_to_call(registers, *call_at, libc::SYS_sched_yield, arch::arguments(registers));
        if stop.set(&aside) {
            self.tasks[number].turns.push(turn);
        }
        stop.release(signal);
    }

    /// Whether a task makes this call because it was sent aside.
    pub fn stands_aside(&self, number: usize, call: &Call) -> bool {
        let turn = self.tasks[number].turns.last();
        turn.is_some_and(|turn| turn.call_at + arch::CALL.len() as u64 == call.instruction)
    }

    /// Lets a task that was sent aside go on where it was; whether it is still there.
    pub fn turn_on(&mut self, number: usize, call: &Call) -> bool {
        let Some(turn) = self.tasks[number].turns.pop() else { return self.listener.let_through(call) };
        // Where others are left, this one was in a handler.
        self.tasks[number].turns_anew = !self.tasks[number].turns.is_empty();
        let Ok(stop) = Stopped::ask(call.tid) else { return false };
        if !self.listener.answer(call, 0) {
            // It was killed.
            return false;
        }
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {
                stop.set(&turn.registers);
                stop.release(0);
            }
            // It handles that first, and comes back here by the same call.
            Some(Change::Signal(signal)) => {
                self.tasks[number].turns_anew = true;
                self.send_turning(number, stop, turn, signal);
            }
            Some(Change::Gone) | None => {}
        }
        true
    }

    /// A task has taken a step: those who may see what it has changed in memory have a reason to look again.
    pub fn turn_others_on(&mut self, by: usize) {
        let process = self.tasks[by].process;
        let shares = |process: usize| self.processes[process].shares_memory && !self.loads;
        let who: Vec<usize> = (0..self.tasks.len())
            .filter(|&other| other != by && !self.tasks[other].turns.is_empty())
            .filter(|&other| {
                let of = self.tasks[other].process;
                of == process || shares(of) && shares(process)
            })
            .collect();
        who.into_iter().for_each(|other| self.tasks[other].turns_anew = true);
    }
}

/// How much of the processor a thread has used, in nanoseconds (`schedstat` in the kernel's Documentation/scheduler/sched-stats.rst).
fn used(tid: Pid) -> Option<u64> {
    proc::text(format!("/proc/{tid}/schedstat")).ok()?.split_whitespace().next()?.parse().ok()
}
