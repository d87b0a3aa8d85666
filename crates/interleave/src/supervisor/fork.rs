//! The moment after fork(2) where memory is shared, or a fault may come next: which of the two goes on first is a decision.
//!
//! Neither makes a system call there at which it could be held. So before the call is made, the code behind it is replaced by a
//! jump to a few instructions that make one (or where that cannot be, by one that jumps in place). Parent and child each find
//! that in a copy of their own, which is put right when it is their turn.

use std::io;
use std::time::{Duration, Instant};

use crate::kernel::arch;
use crate::kernel::sys::{self, Call};
use crate::record::process;
use crate::world::clock;
use crate::world::process::Detour;
use crate::world::run::Supervisor;
use crate::world::task::{Op, State};

/// How long a fork may take before it is taken to have failed.
const PATIENCE: Duration = Duration::from_secs(2);

impl Supervisor<'_> {
    /// Lets a task fork, and holds it and its child behind that.
    ///
    /// # Errors
    /// If the child cannot be looked for.
    pub fn fork_and_wait(&mut self, number: usize, call: &Call) -> io::Result<()> {
        let pid = self.processes[self.tasks[number].process].pid;
        let back = call.instruction;
        let way = clock::spare_code(pid).and_then(|at| Some((at, arch::detour(at, back)?)));
        if let Some((at, (code, jump))) = way
            && sys::patch(pid, at, &code).is_ok()
            && let Ok(code) = sys::patch(pid, back, &jump)
        {
            let call_at = at + arch::DETOUR_CALL;
            self.processes[self.tasks[number].process].detour = Some(Detour { address: back, code, call: call_at });
            self.listener.let_through(call);
            return Ok(());
        }
        self.fork_and_spin(number, call)
    }

    /// What a task does next that has come to its detour by this call; `None` if it has not.
    pub fn takes_detour(&mut self, number: usize, call: &Call) -> Option<Op> {
        let process = &mut self.processes[self.tasks[number].process];
        let detour = process.detour.take_if(|detour| detour.call == call.instruction)?;
        let below = sys::stack_pointer(call.tid)?.wrapping_sub(arch::KEPT_BELOW);
        let [result] = sys::read_u64s(call.tid, below)?;
        self.tasks[number].fresh = false;
        Some(Op::AfterFork { detour, result: result as i64 })
    }

    fn fork_and_spin(&mut self, number: usize, call: &Call) -> io::Result<()> {
        self.give_up_accesses();
        let pid = self.processes[self.tasks[number].process].pid;
        let address = call.instruction;
        let Ok(code) = sys::patch(call.tid, address, arch::SPIN) else {
            // As if nobody shared memory; the verdict says that it is shared.
            self.listener.let_through(call);
            return Ok(());
        };
        self.listener.let_through(call);
        let deadline = Instant::now() + PATIENCE;
        let child = loop {
            let child = process::children(pid)?.into_iter().find(|&tid| !self.tasks.iter().any(|task| task.tid == tid));
            if child.is_some() || Instant::now() > deadline {
                break child;
            }
            std::thread::sleep(Duration::from_micros(20));
        };
        self.tasks[number].has_forked = false;
        self.tasks[number].starting = None;
        self.tasks[number].state = State::AtFork { address, code: code.clone() };
        let Some(child) = child else {
            self.leave_fork(number);
            return Ok(());
        };
        if let Some(child) = self.admit(child)? {
            self.tasks[child].fresh = false;
            self.tasks[child].state = State::AtFork { address, code };
        }
        Ok(())
    }

    /// Lets a task that is back from fork(2), and jumps in place, go on.
    pub fn leave_fork(&mut self, number: usize) {
        let task = &mut self.tasks[number];
        if let State::AtFork { address, code } = &task.state {
            // If it is gone, that will be heard of.
            let _ = sys::patch(task.tid, *address, code);
            task.state = State::Running;
        }
    }
}
