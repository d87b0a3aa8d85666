//! Whose the place is at which the next read or write of an open file begins (the offset of its open file description, open(2)).
//!
//! Who has opened a file and started no process since has that place for itself: nobody else can tell that it moves. After fork(2), and
//! when a descriptor is handed on, it is moved for all who have it. So a process's descriptors are known of which no copy can be
//! elsewhere; of any other, such as a copy that was made by a call that is not held, it is taken that there may be one.

use std::fs;

use crate::kernel::proc::{self, flags_of};
use crate::kernel::sharing::is_same_file;
use crate::protocol::Object;
use crate::world::process::NewFile;
use crate::world::run::Supervisor;

impl Supervisor<'_> {
    /// The place at which a file or folder stands, if others may move it or see it moved.
    pub fn place(&mut self, process: usize, fd: u64, file: u64) -> Option<Object> {
        let is_own = !self.has_threads(process) && self.processes[process].own_files.contains(&(fd as i32));
        (!is_own).then_some(Object::Offset(file))
    }

    /// A process is about to open something: which descriptor that will be, if it comes about, follows from those that it has.
    pub fn is_about_to_open(&mut self, process: usize) {
        let free = (0..).find(|fd| !self.has_open(process, *fd));
        self.processes[process].new_file = free.map(NewFile::Opened);
    }

    /// It is about to make a copy of a descriptor, in place of whatever the other one was.
    pub fn is_about_to_copy(&mut self, process: usize, from: i32, to: i32) {
        let one = &mut self.processes[process];
        one.own_files.remove(&to);
        one.new_file = one.own_files.contains(&from).then_some(NewFile::Copied { from, to });
    }

    /// It is about to close these.
    pub fn is_about_to_close(&mut self, process: usize, from: i32, to: i32) {
        self.processes[process].own_files.retain(|fd| !(from..=to).contains(fd));
    }

    /// It starts another process, which gets a copy of each.
    pub fn hands_files_on(&mut self, process: usize) {
        self.processes[process].own_files.clear();
        self.processes[process].new_file = None;
    }

    /// It executes another program, which gets those that are not closed by that.
    pub fn keeps_files(&mut self, process: usize) {
        let pid = self.processes[process].seen_as;
        let is_kept = |fd: i32| {
            let info = proc::text(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
            !info.is_empty() && flags_of(&info) & libc::O_CLOEXEC == 0
        };
        self.processes[process].own_files.retain(|&fd| is_kept(fd));
        self.processes[process].new_file = None;
    }

    /// It comes to its next call: whether what it was about to do has come about.
    pub fn has_new_file(&mut self, process: usize) {
        let Some(new) = self.processes[process].new_file.take() else { return };
        let pid = self.processes[process].seen_as;
        let own = match new {
            NewFile::Opened(fd) => {
                let place = |fd: i32| format!("/proc/{pid}/fd/{fd}");
                let has_place = fs::metadata(place(fd)).is_ok_and(|meta| meta.is_file() || meta.is_dir());
                let Ok(path) = fs::read_link(place(fd)) else { return };
                // That has failed, and it has made a copy of another one since.
                let is_copy = |other: i32| {
                    other != fd
                        && fs::read_link(place(other)).is_ok_and(|link| link == path)
                        && is_same_file((pid, fd), (pid, other)) != Some(false)
                };
                let others = self.open_descriptors(process);
                (has_place && !others.iter().any(|other| is_copy(other.fd))).then_some(fd)
            }
            NewFile::Copied { from, to } => (is_same_file((pid, from), (pid, to)) == Some(true)).then_some(to),
        };
        self.processes[process].own_files.extend(own);
    }

    fn has_open(&self, process: usize, fd: i32) -> bool {
        fs::symlink_metadata(format!("/proc/{}/fd/{fd}", self.processes[process].seen_as)).is_ok()
    }
}
