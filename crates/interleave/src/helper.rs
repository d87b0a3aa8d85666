//! Helper processes, which a recorder and a supervisor have to be: what they are called, and how one is started. What becomes of it is
//! in [`reexec`](crate::reexec).

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::kernel::proc;
use crate::trace::Pid;

/// What a helper process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Helper {
    /// Runs a program in real time, and writes its trace: [`record::record`].
    Recorder,
    /// Runs a command and leaves nothing of it behind: [`record::kept`].
    Keeper,
    /// Runs a program under the schedules that it is sent: `supervisor/serve.rs`.
    Supervisor,
}

impl Helper {
    pub const ALL: [Helper; 3] = [Helper::Recorder, Helper::Keeper, Helper::Supervisor];

    /// What the executable is called then (`argv[0]`).
    pub fn name(self) -> &'static str {
        match self {
            Helper::Recorder => "interleave: recorder",
            Helper::Keeper => "interleave: keeper",
            Helper::Supervisor => "interleave: supervisor",
        }
    }
}

/// Whether the process of this number has the name of a helper, as those have that it forks for itself. A program may take that name too.
pub fn is_helper(pid: Pid) -> bool {
    let line = proc::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let name = line.split(|&byte| byte == 0).next().unwrap_or_default();
    Helper::ALL.into_iter().any(|helper| helper.name().as_bytes() == name)
}

/// The command that starts a helper; its standard streams and arguments are the caller's to say.
pub fn command(helper: Helper) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(helper.name());
    command
}
