//! What a process has open, as `/proc` lists it.
//!
//! To look is slow, and is asked again and again: of each process whenever another one closes anything. So what was seen is kept for as long as
//! all of its tasks stand at the same calls as then, and nothing of it has run.

use std::cell::OnceCell;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::rc::Rc;

use super::files::may_change;
use crate::kernel::proc::{self, flags_of, inode_in};
use crate::trace::Pid;

/// A descriptor of a process.
pub struct Descriptor {
    pub fd: i32,
    /// Where `/proc` shows it.
    pub place: PathBuf,
    /// Where `/proc/PID/fd/FD` leads.
    link: String,
    /// Where `/proc` tells of it.
    info: String,
    flags: OnceCell<i32>,
    inode: OnceCell<Option<u64>>,
}

/// What was seen of a process, and at which calls its tasks stood.
#[derive(Default)]
pub struct Seen {
    at: Vec<u64>,
    open: Option<Rc<[Descriptor]>>,
}

impl Seen {
    /// What a process has open whose tasks are all held at these calls, by the kernel's names for them; `None` if one of them is not held.
    pub fn of(&mut self, pid: Pid, stands_at: Option<Vec<u64>>) -> Rc<[Descriptor]> {
        if let (Some(at), Some(open)) = (&stands_at, &self.open)
            && *at == self.at
        {
            return Rc::clone(open);
        }
        let open: Rc<[Descriptor]> = look(pid).collect();
        *self = match stands_at {
            Some(at) => Seen { at, open: Some(Rc::clone(&open)) },
            None => Seen::default(),
        };
        open
    }
}

fn look(pid: Pid) -> impl Iterator<Item = Descriptor> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let fd = entry.file_name().to_str()?.parse().ok()?;
        let place = entry.path();
        let link = fs::read_link(&place).ok()?.to_string_lossy().into_owned();
        let info = format!("/proc/{pid}/fdinfo/{fd}");
        Some(Descriptor { fd, place, link, info, flags: OnceCell::new(), inode: OnceCell::new() })
    })
}

impl Descriptor {
    /// What it stands for, in the kernel's words. A file may have been called something else before.
    pub fn link(&self) -> Option<String> {
        if self.link.starts_with('/') && may_change(self.link.as_ref()) {
            return Some(fs::read_link(&self.place).ok()?.to_string_lossy().into_owned());
        }
        Some(self.link.clone())
    }

    /// What the kernel tells of it by now (proc_pid_fdinfo(5)).
    pub fn info(&self) -> String {
        proc::text(&self.info).unwrap_or_default()
    }

    /// How it is open, which does not change: O_ACCMODE and O_CLOEXEC.
    pub fn flags(&self) -> i32 {
        *self.flags.get_or_init(|| flags_of(&self.info()) & (libc::O_ACCMODE | libc::O_CLOEXEC))
    }

    /// The number of the file, or of what else it is.
    pub fn inode(&self) -> Option<u64> {
        let known = || inode_in(&self.link, "pipe:[").or_else(|| inode_in(&self.link, "socket:["));
        *self.inode.get_or_init(|| known().or_else(|| Some(fs::metadata(&self.place).ok()?.ino())))
    }
}
