//! What processes write to standard output and standard error.

use crate::protocol::Chunk;
use crate::trace::{Event, Stop, What};
use crate::world::process::Process;
use crate::world::run::Supervisor;

impl Supervisor<'_> {
    /// Output of a process; what completes no line waits for the rest.
    pub fn print(&mut self, process: usize, bytes: &[u8]) {
        self.prints_in_borrowed_memory(process);
        let worked = self.limits.watch_work.then(|| self.worked(process));
        let told = if bytes.contains(&b'\n') { self.news_of(process) } else { Vec::new() };
        self.events.extend(told);
        let Process { inner: pid, lines, lines_written, .. } = &mut self.processes[process];
        let (events, total) = (&mut self.events, &mut self.lines);
        let mut text = String::new();
        lines.push(bytes, |what| {
            *lines_written += 1;
            *total += 1;
            match &what {
                What::Line(line) => text.push_str(line),
                What::Garbled(garbled) => text.push_str(&garbled.start),
                _ => {}
            }
            text.push('\n');
            if let Some(seconds) = worked {
                events.push(Event { at: None, pid: *pid, what: What::Worked(seconds) });
            }
            events.push(Event { at: None, pid: *pid, what });
        });
        if !self.limits.lines_only {
            text = String::from_utf8_lossy(bytes).into_owned();
        }
        let (step, pid) = (self.steps.len().saturating_sub(1) as u32, *pid);
        if !text.is_empty() {
            self.output.push(Chunk { step, pid, text });
        }
        self.bytes += bytes.len() as u64;
        if self.lines > self.limits.lines || self.bytes > self.limits.bytes {
            self.stop = Some(Stop::Flood);
        }
    }

    /// What a process wrote to standard error.
    pub fn complain(&mut self, process: usize, bytes: &[u8]) {
        self.processes[process].stderr.push(bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes > self.limits.bytes {
            self.stop = Some(Stop::Flood);
        }
    }

    /// What a process that has ended, or will not go on, has left unsaid.
    pub fn leave_unsaid(&mut self, process: usize) {
        let Process { inner: pid, lines, stderr, .. } = &mut self.processes[process];
        let pid = *pid;
        let rest = [lines.finish(), stderr.take()];
        for what in rest.into_iter().flatten() {
            if let (What::Garbled(garbled), true) = (&what, self.limits.lines_only) {
                let step = self.steps.len().saturating_sub(1) as u32;
                self.output.push(Chunk { step, pid, text: garbled.start.clone() });
            }
            self.events.push(Event { at: None, pid, what });
        }
    }

    pub fn finish_output(&mut self) {
        for process in 0..self.processes.len() {
            if !self.processes[process].has_ended {
                self.leave_unsaid(process);
            }
        }
    }
}
