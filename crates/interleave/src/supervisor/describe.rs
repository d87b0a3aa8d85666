//! Says what a task that cannot go on waits for, and who could end that.

use std::fs;
use std::os::fd::AsRawFd;

use super::run::Supervisor;
use crate::syscalls::table;
use crate::trace::Pid;
use crate::world::task::{Op, State, Who};

impl Supervisor<'_> {
    /// Says what a task that cannot go on waits for.
    pub fn describe_wait(&self, number: usize) -> String {
        let process = self.tasks[number].process;
        let pid = self.processes[process].seen_as;
        let tid = self.tasks[number].tid;
        let State::Held(call, op) = &self.tasks[number].state else {
            let call = fs::read_to_string(format!("/proc/{tid}/syscall")).unwrap_or_default();
            let nr: Option<i64> = call.split_whitespace().next().and_then(|nr| nr.parse().ok());
            return nr.map_or_else(|| "waits in the kernel".to_owned(), |nr| format!("waits in {}", table::name(nr)));
        };
        let what = table::name(call.nr);
        match op {
            Op::Transfer(transfer) => {
                let fd = call.args[0] as i32;
                let link = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap_or_default();
                let (verb, others) = if transfer.write {
                    ("no room in", self.holders(&link, libc::O_RDONLY, process))
                } else {
                    ("nothing to read in", self.holders(&link, libc::O_WRONLY, process))
                };
                format!("waits in {what}({fd}): {verb} {}{others}", kind_of(&link.to_string_lossy()))
            }
            Op::Poll { fds, .. } => {
                let fds: Vec<String> = fds
                    .iter()
                    .map(|(fd, _)| {
                        let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap_or_default();
                        kind_of(&link.to_string_lossy()).to_owned()
                    })
                    .collect();
                format!("waits in {what} for {}", if fds.is_empty() { "nothing".to_owned() } else { fds.join(", ") })
            }
            Op::Futex { shared: true, .. } => format!("waits in {what} for a lock or signal in shared memory"),
            Op::Futex { .. } => format!("waits in {what} for a lock or signal of another thread"),
            Op::Wait { who: Who::Child(child), .. } => {
                format!("waits in {what} for the end of process {}", self.processes[*child].inner)
            }
            Op::Wait { .. } => format!("waits in {what} for the end of a child"),
            _ => format!("waits in {what}"),
        }
    }

    /// Which other processes have the other end of this pipe open.
    fn holders(&self, link: &std::path::Path, mode: i32, but: usize) -> String {
        if !link.to_string_lossy().starts_with("pipe:") {
            return String::new();
        }
        let mut pids = Vec::new();
        for process in self.processes.iter().filter(|process| !process.has_ended) {
            let Ok(fds) = fs::read_dir(format!("/proc/{}/fd", process.seen_as)) else { continue };
            let holds = fds.flatten().any(|fd| {
                let number = fd.file_name();
                let info = fs::read_to_string(format!("/proc/{}/fdinfo/{}", process.seen_as, number.to_string_lossy()));
                let flags =
                    info.unwrap_or_default().lines().find_map(|line| line.strip_prefix("flags:").map(str::to_owned));
                let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
                fs::read_link(fd.path()).is_ok_and(|target| target == link)
                    && (flags & libc::O_ACCMODE == mode || flags & libc::O_ACCMODE == libc::O_RDWR)
            });
            if holds {
                pids.push(process.inner);
            }
        }
        let own = pids.contains(&self.processes[but].inner);
        let others: Vec<String> =
            pids.iter().filter(|&&pid| pid != self.processes[but].inner).map(Pid::to_string).collect();
        match (others.is_empty(), own) {
            (true, true) => ", whose other end it holds itself".to_owned(),
            (true, false) => String::new(),
            (false, false) => format!(", whose other end is held by {}", others.join(", ")),
            (false, true) => format!(", whose other end is held by itself and by {}", others.join(", ")),
        }
    }
}

fn kind_of(link: &str) -> &str {
    match link.split_once(':') {
        Some(("pipe", _)) => "a pipe",
        Some(("socket", _)) => "a socket",
        Some(("anon_inode", kind)) => match kind {
            "[pidfd]" => "the end of a process",
            "[eventfd]" => "an eventfd",
            "[eventpoll]" => "an epoll set",
            _ => kind,
        },
        _ => link,
    }
}
