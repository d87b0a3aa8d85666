//! Words of memory by which the threads of a process wait for each other in the kernel, without a lock of the C library's: those of Rust's
//! and Go's locks and channels, and of the C library's own.
//!
//! What threads do to memory is not seen, so who waits for a word might have been woken by any step of another thread. But once it is known
//! which words are waited for, it is looked after each step which of them it has changed: only such steps race with a wait. A search learns
//! these words from its runs, and each of its runs is told all that are known by then.

use super::thread_locks::has_fixed_addresses;
use crate::kernel::sys;
use crate::protocol::{Access, Footprint};
use crate::world::run::Supervisor;
use crate::world::task::{Op, State};
use crate::world::thread_lock::object;

/// So many words are looked at.
const MOST: usize = 64;

impl Supervisor<'_> {
    /// A task has come to a private futex(2) at this address, to wait or to wake.
    pub fn comes_to_word(&mut self, number: usize, address: u64) {
        let is_known = self.words.contains(&address) || self.new_words.contains(&address);
        let pid = self.processes[self.tasks[number].process].pid;
        if !is_known && self.words.len() < MOST && has_fixed_addresses(pid) {
            self.new_words.insert(address);
        }
    }

    /// How a task uses what it waits for, or wakes others at, by a private futex(2) at this address; nothing if that is not known.
    pub fn uses_at_word(&self, number: usize, address: u64, access: Access) -> Footprint {
        let mut uses = Footprint::default();
        let locks = self.locks_at(number, address);
        if locks.is_empty() && self.words.contains(&address) {
            uses.add(object(self.tasks[number].process, address), access);
        }
        locks.into_iter().for_each(|lock| uses.writes(lock));
        uses
    }

    /// A step of a thread is over: adds which of the known words it has changed, and at which of them it is about to wait.
    pub fn look_at_words(&mut self, number: usize) {
        let process = self.tasks[number].process;
        if self.processes[process].has_ended {
            return;
        }
        // (This thread may have ended.)
        let tid = self.processes[process].seen_as;
        for &address in &self.words {
            let word = sys::read_u32(tid, address);
            let was = self.seen_words.insert((process, address), word);
            if was.is_some_and(|was| was != word) {
                self.footprint.writes(object(process, address));
            }
        }
        if let State::Held(_, Op::Futex { shared: false, address, .. }) = self.tasks[number].state {
            let uses = self.uses_at_word(number, address, Access::Read);
            self.footprint.unite(&uses);
        }
    }
}
