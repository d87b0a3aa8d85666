//! What a step has looked at and changed in memory that its task shares with others, as far as loads and stores are no steps.

use crate::protocol::{Access, CaveatKind, Object, is_thread};
use crate::world::memory::SharedMemory;
use crate::world::run::Supervisor;
use crate::world::task::{Op, State};

impl Supervisor<'_> {
    /// Finds out which shared memory those who ran have looked at and changed.
    pub fn look_at_memory(&mut self, ran: &[usize]) {
        let is_alone = self.is_only_process();
        for &process in ran {
            let one = &mut self.processes[process];
            if !one.shares_memory || self.loads && (one.faults.is_some() || is_alone) {
                continue;
            }
            if one.has_ended {
                if !one.exits {
                    // It died in the middle of its step, and took along what could have told where it looked.
                    self.footprint.writes(Object::Anything);
                }
                continue;
            }
            if one.mappings.is_none() {
                one.mappings = self.memory.mappings(one.seen_as).ok();
            }
            let mappings = one.mappings.as_deref().unwrap_or_default();
            if !self.memory.look(one.seen_as, mappings, &mut self.footprint) {
                one.blind = true;
                self.footprint.writes(Object::Memory);
                self.caveat(CaveatKind::Memory.anywhere());
            }
        }
        let now = self.now();
        if self.processes.iter().any(|process| process.shares_memory && process.has_ended && process.ended_in == now) {
            for process in self.processes.iter().filter(|process| process.shares_memory && !process.has_ended) {
                SharedMemory::forget(process.seen_as, process.mappings.as_deref().unwrap_or_default());
            }
        }
        // Threads share all their memory, and which of it they look at cannot be known.
        let Some(step) = self.steps.last().filter(|step| is_thread(step.task)) else { return };
        let number = usize::from(step.task);
        let task = &self.tasks[number];
        let own = Object::Threads(task.process as u64);
        if self.has_threads(task.process) {
            match task.state {
                // Whatever it did to memory was in an earlier step.
                _ if self.thread_memory && self.processes[task.process].has_ended => {}
                _ if self.thread_memory => self.footprint.writes(own),
                State::Held(_, Op::Futex { shared, address, .. })
                    if shared || self.uses_at_word(number, address, Access::Read).is_empty() =>
                {
                    self.footprint.reads(own);
                }
                _ => self.footprint.add(own, Access::Add),
            }
            self.look_at_words(number);
        }
    }

    /// Who has a mapping of a file, a private one or one whose loads and stores are not held, may have looked there or changed it; and if
    /// others have written to it, might have looked earlier or later. Behind the end of a file nothing is held either: whoever comes
    /// there dies of it (SIGBUS of mmap(2)), or would have, had the file been as short.
    pub fn look_at_mapped_files(&mut self, ran: &[usize]) {
        let is_held = self.loads;
        let mut is_changed = false;
        for (number, process) in self.processes.iter().enumerate() {
            let has_run = ran.contains(&number);
            let has_crashed = has_run && process.has_ended && !process.exits && !process.is_dying;
            if process.has_ended && !has_crashed {
                continue;
            }
            let mappings = process.mappings.as_deref().unwrap_or_default();
            let is_seen = !is_held || has_crashed || has_run && self.memory.reaches_beyond_end(mappings);
            // It is seen which pages are touched, of all that others may change; where none was, nothing that lies there was looked at or changed.
            let is_untouched = has_run
                && !has_crashed
                && !mappings.is_empty()
                && !process.blind
                && !self.footprint.uses_memory()
                && !self.memory.reaches_beyond_end(mappings);
            let private = process.mapped_files.iter().map(|&file| (file, Access::Read));
            let shared = process.shared_files.iter().filter(|_| is_seen && !is_untouched);
            let shared = shared.map(|&file| (file, Access::Add));
            for (file, access) in private.chain(shared) {
                if has_run {
                    self.footprint.add(Object::Content(file), access);
                } else {
                    is_changed |= self.footprint.changes(Object::Content(file));
                }
            }
        }
        if is_changed {
            self.caveat(CaveatKind::SharedMemory.anywhere());
        }
    }
}
