//! What a claim may ask of the kernel: who shares memory with whom, how long somebody has worked, and who waits for which child. Told as events, if
//! [that is asked for](crate::world::limits::Limits); no decision depends on it.

use crate::kernel::sharing::{common, processor_time, regions};
use crate::kernel::sys::Call;
use crate::syscalls::table;
use crate::trace::{Event, Memory, What};
use crate::world::run::Supervisor;
use crate::world::task::{Birth, Task};

impl Supervisor<'_> {
    /// How long a process has slept or computed, in seconds.
    pub fn worked(&self, process: usize) -> f64 {
        let one = &self.processes[process];
        one.clock.slept().saturating_add(processor_time(one.pid)) as f64 / 1e9
    }

    /// What it has is what its child will get.
    pub fn is_about_to_fork(&mut self, process: usize, birth: Birth) {
        if birth == Birth::Fork && self.limits.watch_sharing && self.processes[process].sharing.has_some {
            self.look_up_regions(process);
        }
    }

    /// A child that has ended is no zombie any more, since its parent has waited for it or wants to hear of none.
    pub fn tell_who_reaps(&mut self, parent: usize, child: usize) {
        if self.limits.watch_children {
            let (pid, child) = (self.processes[parent].inner, self.processes[child].inner);
            self.events.push(Event { at: None, pid, what: What::Reaped(child) });
        }
    }

    /// A process was admitted: it may have begun with memory of its parent's that is no copy.
    pub fn is_born(&mut self, child: usize) {
        let Some(parent) = self.processes[child].parent.filter(|_| self.limits.watch_sharing) else { return };
        // Its parent may have gone on meanwhile.
        let of_parent = |task: &&mut Task| task.process == parent && (task.has_forked || task.lends);
        let by = self.tasks.iter_mut().find(of_parent);
        let (lends, birth) = by.map_or((false, None), |task| (std::mem::take(&mut task.lends), task.starting));
        if lends {
            self.share(child, parent, Memory::AddressSpace);
        } else if birth == Some(Birth::Vfork) {
            self.processes[child].sharing.borrows_from = Some(parent);
        } else if self.processes[parent].sharing.has_some {
            let regions = self.processes[parent].sharing.regions.clone();
            let sharing = &mut self.processes[child].sharing;
            sharing.has_some = true;
            sharing.regions = regions.into_iter().filter(|region| region.is_inherited).collect();
            self.compare(child);
        }
    }

    /// Whoever ran may have mapped what others have.
    pub fn look_who_shares(&mut self, ran: &[usize]) {
        for &process in ran.iter().filter(|_| self.limits.watch_sharing) {
            let one = &self.processes[process];
            if one.sharing.is_stale && !one.has_ended && one.sharing.borrows_from.is_none() {
                self.look_up_regions(process);
                self.compare(process);
            }
        }
    }

    /// Until it executes a program, what vfork(2) has started is not to do anything. If it does its work, that is done in its
    /// parent's memory.
    pub fn prints_in_borrowed_memory(&mut self, process: usize) {
        if let Some(parent) = self.processes[process].sharing.borrows_from.take() {
            self.share(process, parent, Memory::AddressSpace);
        }
    }

    /// Some calls reach into another process's memory.
    pub fn reaches_into(&mut self, number: usize, call: &Call) {
        let process = self.tasks[number].process;
        let of = match call.nr {
            libc::SYS_process_vm_writev => self.with_id(call.args[0]),
            libc::SYS_ptrace if call.args[0] == u64::from(libc::PTRACE_TRACEME) => self.processes[process].parent,
            libc::SYS_ptrace => self.with_id(call.args[1]),
            _ => None,
        };
        if let Some(of) = of.filter(|&of| of != process && self.limits.watch_sharing) {
            self.share(process, of, Memory::Call(table::name(call.nr)));
        }
    }

    fn with_id(&self, id: u64) -> Option<usize> {
        self.processes.iter().rposition(|process| u64::from(process.inner) == id && !process.has_ended)
    }

    fn look_up_regions(&mut self, process: usize) {
        let one = &mut self.processes[process];
        // If it is gone, it shares nothing any more.
        one.sharing.regions = regions(one.seen_as).unwrap_or_default();
        one.sharing.is_stale = false;
    }

    fn compare(&mut self, process: usize) {
        let of = &self.processes[process].sharing.regions;
        let others = self.processes.iter().enumerate().filter(|(other, one)| *other != process && !one.has_ended);
        let found: Vec<(usize, Memory)> = others
            .filter_map(|(other, one)| Some((other, Memory::Mapping(common(of, &one.sharing.regions)?.to_owned()))))
            .collect();
        found.into_iter().for_each(|(other, memory)| self.share(process, other, memory));
    }

    fn share(&mut self, process: usize, with: usize, memory: Memory) {
        let told = &mut self.processes[process].sharing.told;
        if told.contains(&with) {
            return;
        }
        told.push(with);
        self.processes[with].sharing.told.push(process);
        let (pid, with) = (self.processes[process].inner, self.processes[with].inner);
        self.events.push(Event { at: None, pid, what: What::Shares { with, memory } });
    }
}
