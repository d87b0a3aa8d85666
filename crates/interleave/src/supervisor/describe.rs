//! Says what a task that cannot go on waits for, and who could end that.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::Path;

use crate::kernel::proc::{self, flags_of};
use crate::kernel::sys;
use crate::protocol::{TaskId, task_name};
use crate::syscalls::table;
use crate::trace::Pid;
use crate::wait::{Awaited, Holder, Wait};
use crate::world::run::Supervisor;
use crate::world::task::{Op, State, Who};
use crate::world::thread_lock::JOIN;

impl Supervisor<'_> {
    /// Says what a task that cannot go on waits for.
    pub fn describe_wait(&self, number: usize) -> Wait {
        let process = self.tasks[number].process;
        let pid = self.processes[process].seen_as;
        let tid = self.tasks[number].tid;
        let State::Held(call, op) = &self.tasks[number].state else {
            let call = proc::text(format!("/proc/{tid}/syscall")).unwrap_or_default();
            let mut words = call.split_whitespace();
            let Some(nr) = words.next().and_then(|nr| nr.parse().ok()) else {
                return Wait { call: None, awaits: Awaited::Something };
            };
            let lock = words.next().filter(|_| nr == libc::SYS_futex).and_then(|word| word.strip_prefix("0x"));
            let address = lock.and_then(|address| u64::from_str_radix(address, 16).ok());
            let holder = address.and_then(|address| self.holder_of_lock(tid, address));
            let awaits = match holder {
                Some(holder) => Awaited::Memory { shared: None, holder: Some(holder) },
                None => Awaited::Something,
            };
            return Wait { call: Some(table::name(nr)), awaits };
        };
        let awaits = match op {
            Op::Transfer(transfer) => {
                let fd = call.args[0] as i32;
                let link = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap_or_default();
                let mode = if transfer.write { libc::O_RDONLY } else { libc::O_WRONLY };
                let (own, others): (Vec<usize>, Vec<usize>) =
                    self.holders(&link, mode).into_iter().partition(|&holder| holder == process);
                Awaited::Bytes {
                    fd,
                    write: transfer.write,
                    kind: kind_of(&link.to_string_lossy()).to_owned(),
                    own: !own.is_empty(),
                    others: others.into_iter().map(|other| self.name(other)).collect(),
                }
            }
            Op::Poll { fds, .. } => {
                let kind = |fd: BorrowedFd| {
                    let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap_or_default();
                    kind_of(&link.to_string_lossy()).to_owned()
                };
                Awaited::Any(fds.iter().map(|(fd, _)| kind(fd.as_fd())).collect())
            }
            Op::Futex { address, shared: false, .. } if !self.locks_at(number, *address).is_empty() => {
                let function = self.tasks[number].thread_lock.as_ref().map(|lock| lock.function.name.to_owned());
                let holder = self.holder_of_lock(tid, *address);
                return Wait { call: function, awaits: Awaited::Memory { shared: Some(false), holder } };
            }
            Op::Futex { address, shared, .. } => {
                Awaited::Memory { shared: Some(*shared), holder: self.holder_of_lock(tid, *address) }
            }
            Op::Join(thread) => {
                let awaits = Awaited::EndOfThread(task_name(*thread as TaskId));
                return Wait { call: Some(JOIN.to_owned()), awaits };
            }
            Op::ThreadLock(lock) => {
                let owner = lock.owner(|at| sys::read_u32(tid, at));
                let holder = owner.and_then(|owner| self.holder(tid, owner));
                let call = Some(lock.function.name.to_owned());
                return Wait { call, awaits: Awaited::Memory { shared: Some(false), holder } };
            }
            Op::Wait { who: Who::Child(child), .. } => Awaited::End(Some(self.name(*child))),
            Op::Wait { .. } => Awaited::End(None),
            _ => Awaited::Something,
        };
        Wait { call: Some(table::name(call.nr)), awaits }
    }

    /// What schedules call a process.
    fn name(&self, process: usize) -> String {
        let first = self.tasks.iter().position(|task| task.process == process).unwrap_or(process);
        task_name(first as TaskId)
    }

    /// Who holds the lock at this address, if the memory there says so beyond doubt.
    fn holder_of_lock(&self, waiter: Pid, address: u64) -> Option<Holder> {
        self.holder(waiter, owner_of_lock(|offset| sys::read_u32(waiter, address + offset))?)
    }

    /// The thread of this number, which has what another one waits for.
    fn holder(&self, waiter: Pid, holder: Pid) -> Option<Holder> {
        let task = self.tasks.iter().rposition(|task| task.inner == holder)?;
        if self.tasks[task].tid == waiter {
            return Some(Holder::Itself);
        }
        let process = self.tasks[task].process;
        let is_thread = self.has_threads(process);
        let first = || self.tasks.iter().position(|task| task.process == process).unwrap_or(process);
        Some(Holder::Other {
            task: if is_thread { task } else { first() } as TaskId,
            is_thread,
            has_ended: self.tasks[task].has_ended(),
        })
    }

    /// The processes, by number, that have an end of this pipe open; `mode` says which end.
    pub fn holders(&self, link: &Path, mode: i32) -> Vec<usize> {
        if !link.to_string_lossy().starts_with("pipe:") {
            return Vec::new();
        }
        let holds = |pid: Pid| {
            let Ok(fds) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
            fds.flatten().any(|fd| {
                let number = fd.file_name();
                let info = proc::text(format!("/proc/{pid}/fdinfo/{}", number.to_string_lossy()));
                let flags = flags_of(&info.unwrap_or_default());
                fs::read_link(fd.path()).is_ok_and(|target| target == link)
                    && (flags & libc::O_ACCMODE == mode || flags & libc::O_ACCMODE == libc::O_RDWR)
            })
        };
        let processes = self.processes.iter().enumerate();
        processes
            .filter(|(_, process)| !process.has_ended && holds(process.seen_as))
            .map(|(number, _)| number)
            .collect()
    }
}

/// The thread that holds the lock of which `word` gives the 32-bit number at an offset, by its number in its own pid namespace.
fn owner_of_lock(word: impl Fn(u64) -> Option<u32>) -> Option<Pid> {
    /// glibc's `struct __pthread_mutex_s` (bits/struct_mutex.h): where it notes the owner, how many use it, and its kind.
    const OWNER: u64 = 8;
    const USERS: u64 = 12;
    const KIND: u64 = 16;
    /// `PTHREAD_MUTEX_PSHARED_BIT`, and all bits that a kind can have.
    const SHARED: u32 = 128;
    const ALL: u32 = 0x3ff;
    /// What glibc's plain locks hold while somebody waits.
    const AWAITED: u32 = 2;
    let lock = word(0)?;
    // So robust and priority-inheriting locks, and all of musl's, name their owner: futex(2).
    if lock & libc::FUTEX_WAITERS != 0 && lock & libc::FUTEX_TID_MASK != 0 {
        return Some(lock & libc::FUTEX_TID_MASK);
    }
    let kind = word(KIND)?;
    let is_mutex = lock == AWAITED && kind & SHARED != 0 && kind & !ALL == 0 && word(USERS)? == 1;
    word(OWNER).filter(|&owner| is_mutex && owner != 0)
}

/// What a descriptor is, by the target of its link in /proc/PID/fd.
pub fn kind_of(link: &str) -> &str {
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

#[cfg(test)]
mod tests {
    use super::owner_of_lock;

    #[test]
    fn a_lock_names_its_owner_or_nobody() {
        let of = |words: &[u32]| owner_of_lock(|offset| words.get(offset as usize / 4).copied());
        // A shared mutex of glibc's, awaited, held by 7; the same, robust.
        assert_eq!(of(&[2, 0, 7, 1, 128]), Some(7));
        assert_eq!(of(&[0x8000_0007, 0, 7, 1, 128 | 16]), Some(7));
        // A semaphore, a condition variable's counter, a mutex that nobody waits for, a private one.
        for words in [&[0, 0, 1, 0, 0][..], &[2, 0, 3, 0, 4], &[1, 0, 7, 1, 128], &[2, 0, 7, 1, 0], &[2]] {
            assert_eq!(of(words), None, "{words:?}");
        }
    }
}
