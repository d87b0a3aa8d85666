//! What a claim may ask of the kernel about what processes were told: by whose data, by which signal, by which answer. Told as events, if
//! [that is asked for](crate::world::limits::Limits); no decision depends on it.
//!
//! All of it is found out in steps of the process itself that depend on the step by which it was told; and it is said with the next line of that
//! process. So it is the same in each order of lines for which a run stands.

use crate::kernel::signals::bit;
use crate::protocol::Footprint;
use crate::syscalls::streams::{has_ended, has_hung_up, readable};
use crate::trace::{Event, Told, What};
use crate::world::run::Supervisor;
use crate::world::task::{Channel, Transfer};

impl Supervisor<'_> {
    /// A process was admitted.
    pub fn knows_what_its_parent_knew(&mut self, child: usize) {
        if let Some(parent) = self.processes[child].parent.filter(|_| self.limits.watch_telling) {
            self.telling.is_born(child, parent);
        }
    }

    /// A process writes to a stream in this step.
    pub fn writes_data(&mut self, process: usize, stream: u64, step: Option<u32>) {
        if self.limits.watch_telling {
            self.telling.writes(process, stream, step);
        }
    }

    /// A process reads from a stream what was written in these steps.
    pub fn reads_data(&mut self, process: usize, stream: u64, writers: Option<&[Option<u32>]>) {
        if self.limits.watch_telling {
            self.telling.reads(process, stream, writers);
        }
    }

    /// A read or write is about to be answered: perhaps by that there is nobody at the other end any more.
    pub fn answers_that_it_is_over(&mut self, process: usize, transfer: &Transfer) {
        if !self.limits.watch_telling || transfer.accepts || matches!(transfer.channel, Channel::Counter(..)) {
            return;
        }
        if transfer.write && has_hung_up(&transfer.fd) {
            self.telling.is_told(process, Told::BrokenPipe, None);
        } else if !transfer.write && has_ended(&transfer.fd) && readable(&transfer.fd) == 0 {
            self.telling.is_told(process, Told::EndOfFile, None);
        }
    }

    /// A process is sent a signal that it does not ignore.
    pub fn is_sent(&mut self, target: usize, signal: i32) {
        if self.limits.watch_telling {
            let by = self.process_of_step();
            self.telling.is_sent(target, signal, by);
        }
    }

    /// Those who ran in a step may have found what others had left there.
    pub fn hear_of_what_they_touched(&mut self, ran: &[usize], footprint: &Footprint) {
        if !self.limits.watch_telling {
            return;
        }
        // Who has waited in the kernel, and is woken in this step, finds what the others have left there in the same step.
        let rounds = if ran.len() > 1 { 2 } else { 1 };
        for &process in ran.iter().cycle().take(rounds * ran.len()) {
            self.telling.touches(process, footprint);
            if self.processes[process].blind {
                // Not all of its looks at the memory that it shares are seen.
                let others = (0..self.processes.len()).filter(|&other| self.processes[other].shares_memory);
                self.telling.may_see_all_of(process, others);
            }
        }
    }

    /// What a process that is about to print a line was told since its last one.
    pub fn news_of(&mut self, process: usize) -> Vec<Event> {
        if !self.limits.watch_telling {
            return Vec::new();
        }
        if self.telling.is_to_take(process) {
            let pending = self.masks_of(process).iter().fold(0, |all, masks| all | masks.pending);
            self.telling.takes_but(process, |signal| pending & bit(signal) != 0);
        }
        let name = |process: usize| self.processes[process].inner;
        let news = self.telling.news(process).into_iter();
        news.map(|(what, by)| Event { at: None, pid: name(process), what: What::Told { what, by: by.map(name) } })
            .collect()
    }
}
