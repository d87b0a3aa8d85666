//! What outlives a run that has no world of its own, and is found by those that come after it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::calls::MemoryCall;
use super::table::{self, Kind};
use crate::kernel::sys::Call;
use crate::protocol::CaveatKind;
use crate::world::files::{Remains, is_in_copy, is_in_working_directory, is_temporary};
use crate::world::run::Supervisor;
use crate::world::sockets::Name;

impl Supervisor<'_> {
    /// A call makes, changes or removes what has this name.
    pub fn changes_file(&mut self, number: usize, call: &Call, path: &Path) {
        self.reaches_below_layer(number, call, path, false);
        let remains = match self.remains {
            Remains::Nothing => false,
            Remains::Files => !is_temporary(path),
            Remains::All => !is_in_copy(path),
        };
        if remains && !path.starts_with("/dev/null") && !path.starts_with("/proc") {
            self.caveat_at(CaveatKind::Remains, call, number);
        }
    }

    /// A call opens for writing, makes or removes what has this name, or renames it. If that was in the working directory before the run, it lies
    /// below the run's layer: then a folder cannot be renamed, and of a file of several names this one becomes another file (the kernel's
    /// Documentation/filesystems/overlayfs.rst).
    pub fn reaches_below_layer(&mut self, number: usize, call: &Call, path: &Path, renames: bool) {
        if self.remains != Remains::Nothing || !is_in_working_directory(path) {
            return;
        }
        // We see it as it was.
        let was = fs::symlink_metadata(path);
        if was.is_ok_and(|was| if was.is_dir() { renames } else { was.nlink() > 1 }) {
            self.caveat_at(CaveatKind::Layer, call, number);
        }
    }

    /// A call gives a socket a name.
    pub fn names_socket(&mut self, number: usize, call: &Call, name: &Name) {
        // Files are told apart by where they lie.
        let is_file = matches!(name, Name::Unix(bytes) if bytes.first() != Some(&0));
        if self.remains == Remains::All && !is_file {
            self.caveat_at(CaveatKind::Remains, call, number);
        }
    }

    /// A call that is given the key or name of a message queue, of semaphores or of shared memory.
    pub fn names_ipc(&mut self, number: usize, call: &Call) {
        let by_key = matches!(call.nr, libc::SYS_msgget | libc::SYS_semget | libc::SYS_shmget)
            && call.args[0] as i32 != libc::IPC_PRIVATE;
        let by_name = matches!(call.nr, libc::SYS_mq_open | libc::SYS_mq_unlink);
        if self.remains == Remains::All && (by_key || by_name) && table::is(call.nr, Kind::Memory(MemoryCall::Ipc)) {
            self.caveat_at(CaveatKind::Remains, call, number);
        }
    }
}
