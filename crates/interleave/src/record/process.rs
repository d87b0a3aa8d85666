//! One process, held so that its number cannot come to mean another; and what `/proc` says of one (proc(5)).

use std::fs;
use std::io;
use std::mem::zeroed;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::LazyLock;

use nix::unistd::geteuid;

use crate::kernel::proc;
use crate::sandbox;
use crate::trace::{End, Pid};

/// A process, alive or ended.
pub struct Process {
    pub pid: Pid,
    pidfd: OwnedFd,
}

impl Process {
    /// The inode behind its descriptor: since Linux 6.9 no other process has the same.
    pub fn inode(&self) -> Option<u64> {
        nix::sys::stat::fstat(&self.pidfd).ok().map(|stat| stat.st_ino)
    }

    /// Holds the process that has this number now; `None` if there is none.
    ///
    /// # Errors
    /// Those of pidfd_open(2), such as too many open files.
    pub fn open(pid: Pid) -> io::Result<Option<Process>> {
        // SAFETY: pidfd_open takes two integers and touches no memory of ours.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        if fd < 0 {
            let error = io::Error::last_os_error();
            if error.raw_os_error() == Some(libc::ESRCH) {
                return Ok(None);
            }
            let what =
                format!("cannot hold process {pid} of the program: {error}; more open files may help (`ulimit -n`)");
            return Err(io::Error::new(error.kind(), what));
        }
        // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
        let pidfd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        Ok(Some(Process { pid, pidfd }))
    }

    /// The process that a pidfd got elsewhere stands for.
    pub fn from_pidfd(pid: Pid, pidfd: OwnedFd) -> Process {
        Process { pid, pidfd }
    }

    /// Kills it.
    ///
    /// # Errors
    /// ESRCH if it has ended and been waited for, EPERM if it is another user's.
    pub fn kill(&self) -> io::Result<()> {
        self.signal(libc::SIGKILL)
    }

    fn signal(&self, signal: libc::c_int) -> io::Result<()> {
        let no_info: *const libc::siginfo_t = std::ptr::null();
        // SAFETY: pidfd_send_signal accepts a null `siginfo_t` and then touches no memory of ours.
        let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.pidfd.as_raw_fd(), signal, no_info, 0) };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// What `/proc` says of it; `None` once it has been waited for.
    pub fn stat(&self) -> Option<Stat> {
        let stat = stat(self.pid)?;
        // As long as it can be signalled, even as a zombie, the number is its own.
        let gone = matches!(self.signal(0), Err(error) if error.raw_os_error() == Some(libc::ESRCH));
        (!gone).then_some(stat)
    }

    /// How it ended; to be asked only once its pidfd is readable. If it is our child, it is reaped, unless `keep_zombie`.
    pub fn end(&self, keep_zombie: bool) -> End {
        let keep = if keep_zombie { libc::WNOWAIT } else { 0 };
        if let Some(end) = wait(libc::P_PIDFD, self.pidfd.as_raw_fd() as libc::id_t, keep) {
            return end;
        }
        // Another's child: until its parent has waited for it, /proc shows the status; afterwards the pidfd does.
        let mut status = self.reaped_status().or_else(|| self.zombie_status());
        while status.is_none() && proc::state(self.pid) == Some(b'X') {
            // In between, for a moment, neither does.
            std::thread::yield_now();
            status = self.reaped_status();
        }
        let status = status.or_else(|| self.reaped_status());
        status.map_or(End::Unknown, |status| {
            let status = ExitStatus::from_raw(status);
            match (status.code(), status.signal()) {
                (Some(code), _) => End::Exited(code),
                (None, Some(signal)) => End::Signaled(signal),
                (None, None) => End::Unknown,
            }
        })
    }

    /// The wait status of a process that was waited for by its parent, from Linux 6.15 on (`PIDFD_GET_INFO`).
    fn reaped_status(&self) -> Option<i32> {
        // SAFETY: `pidfd_info` is a struct of integers, for which zero is valid.
        let mut info: libc::pidfd_info = unsafe { zeroed() };
        info.mask = libc::PIDFD_INFO_EXIT.into();
        // SAFETY: PIDFD_GET_INFO carries the size of `pidfd_info`, and writes no more than that to `info`.
        let done = unsafe { libc::ioctl(self.pidfd.as_raw_fd(), libc::PIDFD_GET_INFO, &raw mut info) };
        (done >= 0 && info.mask & u64::from(libc::PIDFD_INFO_EXIT) != 0).then_some(info.exit_code)
    }

    /// The wait status of a process that nobody has waited for, where we may know it.
    fn zombie_status(&self) -> Option<i32> {
        let owner = fs::metadata(format!("/proc/{}", self.pid)).ok()?.uid();
        // Of another user's process the kernel shows 0 for everything.
        let allowed = geteuid().is_root() || geteuid().as_raw() == owner;
        self.stat().filter(|stat| stat.zombie && allowed).map(|stat| stat.status)
    }
}

impl AsFd for Process {
    /// Readable when the process has ended.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

/// Some fields of `/proc/PID/stat`.
pub struct Stat {
    pub zombie: bool,
    pub parent: Pid,
    /// In clock ticks since the machine started: with the pid, this names a process for ever.
    pub started: u64,
    /// The wait status of a zombie; 0 also where we may not know it.
    status: i32,
}

/// What `/proc` says of the process that has this number now; `None` if there is none.
pub fn stat(pid: Pid) -> Option<Stat> {
    let text = proc::stat(pid)?;
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    // Numbered from 1 in proc(5), where the state is field 3.
    let field = |number: usize| fields.get(number - 3).copied();
    Some(Stat {
        zombie: field(3)? == "Z",
        parent: field(4)?.parse().ok()?,
        started: field(22)?.parse().ok()?,
        status: field(52)?.parse().ok()?,
    })
}

/// The children of a process, zombies included, but not the zygote of worlds. A child that comes or goes meanwhile may be missed, so ask again;
/// our own, which go only when we reap them, are all there.
///
/// # Errors
/// Those of open(2), such as too many open files, except that the process is gone.
pub fn children(pid: Pid) -> io::Result<Vec<Pid>> {
    static LISTED: LazyLock<bool> = LazyLock::new(|| {
        let pid = std::process::id();
        Path::new(&format!("/proc/{pid}/task/{pid}/children")).exists()
    });
    let mut children = if *LISTED { listed_children(pid) } else { children_by_parent(pid) }?;
    children.retain(|&child| !sandbox::is_zygote(child));
    Ok(children)
}

fn listed_children(pid: Pid) -> io::Result<Vec<Pid>> {
    let mut children = Vec::new();
    let Some(tasks) = unless_gone(fs::read_dir(format!("/proc/{pid}/task")))? else { return Ok(children) };
    for task in tasks.flatten() {
        let text = unless_gone(fs::read_to_string(task.path().join("children")))?.unwrap_or_default();
        children.extend(text.split_ascii_whitespace().filter_map(|pid| pid.parse::<Pid>().ok()));
    }
    Ok(children)
}

/// The same where the kernel was built without `CONFIG_PROC_CHILDREN`, by asking every process of the machine.
fn children_by_parent(parent: Pid) -> io::Result<Vec<Pid>> {
    let pids = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<Pid>().ok());
    Ok(pids.filter(|&pid| stat(pid).is_some_and(|stat| stat.parent == parent)).collect())
}

fn unless_gone<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH)) => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("cannot look for processes of the program: {error}"))),
    }
}

/// Reaps our child of this number if it has ended.
pub fn reap(pid: Pid) {
    wait(libc::P_PID, pid, 0);
}

/// Reaps those of our children that have ended; whether we have any left.
pub fn reap_all() -> bool {
    while wait(libc::P_ALL, 0, 0).is_some() {}
    let mut unused: libc::siginfo_t = no_info();
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: waitid writes one `siginfo_t`, to which the argument points.
    let found = unsafe { libc::waitid(libc::P_ALL, 0, &raw mut unused, options) };
    found == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ECHILD)
}

/// How a child of ours ended, if it has. (nix's `waitid` loses those that ended by a realtime signal.)
fn wait(id_type: libc::idtype_t, id: libc::id_t, options: libc::c_int) -> Option<End> {
    let mut info = no_info();
    // SAFETY: waitid writes one `siginfo_t`, to which the argument points.
    let done = unsafe { libc::waitid(id_type, id, &raw mut info, libc::WEXITED | libc::WNOHANG | options) };
    // SAFETY: after waitid with WEXITED the fields of a child's end are the ones in use; they are zero if there was none.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    let end = match info.si_code {
        libc::CLD_EXITED => End::Exited(status),
        libc::CLD_KILLED | libc::CLD_DUMPED => End::Signaled(status),
        _ => End::Unknown,
    };
    (done == 0 && pid != 0).then_some(end)
}

fn no_info() -> libc::siginfo_t {
    // SAFETY: a `siginfo_t` is made of integers and pointers that nobody follows, for which zero is valid.
    unsafe { zeroed() }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn both_ways_of_finding_children_find_the_same() {
        // Other tests of this process may come and go with children of theirs; this one's is there throughout.
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let own = std::process::id();
        let found =
            [listed_children(own), children_by_parent(own)].map(|children| children.unwrap().contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, [true, true]);
    }
}
