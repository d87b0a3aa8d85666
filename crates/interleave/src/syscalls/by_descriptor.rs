//! Paths that mean what a process has open: `/proc/self/fd/7` and the like (proc_pid_fd(5)).

use std::fs;
use std::path::Path;

use super::calls::{FileCall, PathCall};
use super::files::open_flags;
use super::{Answer, Target};
use crate::kernel::sys::Call;
use crate::protocol::{Access, Footprint, Object};
use crate::world::files::{may_change, number};
use crate::world::run::Supervisor;

impl Supervisor<'_> {
    /// To open what is open already, as `/dev/stdout` or `/dev/fd/7` (proc_pid_fd(5)): the output, which is no file here, or an
    /// end of a pipe.
    pub fn opens_descriptor(&mut self, number: usize, call: &Call, address: u64) -> Option<Answer> {
        let fd = self.descriptor(number, &self.given(number, address)?)?;
        match self.target(self.tasks[number].process, fd) {
            Target::Stdout | Target::Stderr => {
                self.not_watched(call, number);
                None
            }
            Target::File(file) if open_flags(call) & libc::O_TRUNC != 0 => {
                Some(self.touches(|uses| uses.writes(Object::Content(file))))
            }
            Target::Stream { read, write, .. } => Some(self.touches(|uses| {
                uses.adds_ends([read, write], Access::Write);
            })),
            _ => None,
        }
    }

    /// The descriptor of the process itself that is meant by this path.
    pub fn descriptor(&self, number: usize, path: &Path) -> Option<u64> {
        let path = path.to_str()?;
        if let Some(standard) = ["/dev/stdin", "/dev/stdout", "/dev/stderr"].iter().position(|&name| name == path) {
            return Some(standard as u64);
        }
        let own = format!("/proc/{}/fd/", self.processes[self.tasks[number].process].inner);
        ["/dev/fd/", "/proc/self/fd/", &own].into_iter().find_map(|folder| path.strip_prefix(folder))?.parse().ok()
    }

    /// A call that is given `/proc/self/fd/7` and the like: what is open is meant, or by what name it is found.
    pub fn names_descriptor(&mut self, process: usize, fd: u64, kind: PathCall, reads_link: bool) -> Answer {
        if !reads_link {
            let kind = if kind == PathCall::Truncate { FileCall::Change } else { FileCall::Look };
            return self.file_call(process, fd, kind);
        }
        let link = fs::read_link(format!("/proc/{}/fd/{fd}", self.processes[process].seen_as)).unwrap_or_default();
        // A file without a name has this behind the one that it had.
        let name = link.to_str().map_or(&*link, |name| Path::new(name.strip_suffix(" (deleted)").unwrap_or(name)));
        if !may_change(name) || !name.is_absolute() {
            return Answer::LetThrough;
        }
        self.touches(|uses| {
            uses.reads(Object::Folders);
            uses.reads(Object::Name(number(name)));
        })
    }

    /// What is open gets one more name, by which it is not found here: by what /proc shows of it, or by its descriptor.
    pub fn gains_name(&mut self, number: usize, (folder, address): (u64, u64), uses: &mut Footprint) {
        let Some(path) = self.given(number, address) else { return };
        let fd = if path.as_os_str().is_empty() { Some(folder) } else { self.descriptor(number, &path) };
        match fd.map(|fd| self.target(self.tasks[number].process, fd)) {
            // Where it has none left, it can be given none (linkat(2)).
            Some(Target::File(file)) => uses.writes(Object::Content(file)),
            Some(Target::Stream { read, .. }) if self.streams.is_fifo(read) => uses.writes(Object::Content(read)),
            _ => {}
        }
    }
}
