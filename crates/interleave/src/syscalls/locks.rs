//! Locks on files: flock(2), and those of fcntl(2).

use std::fs;
use std::path::Path;

use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::stat::fstat;
use nix::unistd::{Whence, lseek};

use super::{Answer, Target};
use crate::kernel::proc;
use crate::kernel::sys::{self, Call};
use crate::protocol::Object;
use crate::world::run::Supervisor;
use crate::world::task::{Lock, LockKind, Op, State};

/// Who holds what belongs to an open file, as F_GETLK of fcntl(2) has it.
const NOBODY: u32 = u32::MAX;

/// Those who would wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// Whoever of them comes last is refused.
    OfProcesses,
    /// One of them is to have a lock for its open file, and is not refused, should it come last.
    WithFile,
}

impl Supervisor<'_> {
    pub fn flock(&mut self, process: usize, fd: u64, operation: i32) -> Answer {
        if self.is_alone() {
            return Answer::LetThrough;
        }
        let place = format!("/proc/{}/fd/{}", self.processes[process].seen_as, fd as i32);
        let (Some(file), Ok(path)) = (self.open_anew(process, fd), fs::read_link(&place)) else {
            return Answer::LetThrough;
        };
        let object = Object::Locks(self.known_file(Path::new(&place), &path));
        self.locks.entry(object).or_default();
        let block = operation & (libc::LOCK_NB | libc::LOCK_UN) == 0;
        let kind = LockKind::Flock(operation);
        Answer::Hold(Op::Lock(Lock { file, fd: fd as i32, object, begins_by: None, began_at: 0, kind, block }))
    }

    /// Whether the open file has a lock of flock(2), of another kind than the one that is waited for: perhaps since another process that has it
    /// open too has taken that. It is given up before, which only the kernel can do.
    pub fn is_other_kind(&self, process: usize, lock: &Lock) -> bool {
        let LockKind::Flock(operation) = lock.kind else { return false };
        lock.block && self.held_flock(process, lock.fd).is_some_and(|held| held != is_exclusive(operation))
    }

    /// fcntl(2) with one of its operations on locks.
    pub fn record_lock(&mut self, process: usize, call: &Call) -> Answer {
        let [fd, operation, address, ..] = call.args;
        if self.is_alone() {
            return Answer::LetThrough;
        }
        let place = format!("/proc/{}/fd/{}", self.processes[process].seen_as, fd as i32);
        let (Some(file), Ok(path)) = (self.open_anew(process, fd), fs::read_link(&place)) else {
            return Answer::LetThrough;
        };
        let Some(wanted) = sys::read_flock(call.tid, address) else { return Answer::LetThrough };
        let object = Object::Locks(self.known_file(Path::new(&place), &path));
        self.locks.entry(object).or_default();
        let operation = operation as i32;
        let block =
            matches!(operation, libc::F_SETLKW | libc::F_OFD_SETLKW) && i32::from(wanted.l_type) != libc::F_UNLCK;
        let of_file = matches!(operation, libc::F_OFD_SETLK | libc::F_OFD_SETLKW);
        let begins_by = match (i32::from(wanted.l_whence), self.target(process, fd)) {
            (libc::SEEK_CUR, Target::File(file)) => self.place(process, fd, file),
            (libc::SEEK_END, Target::File(file)) => Some(Object::Content(file)),
            _ => None,
        };
        let kind = LockKind::Record(wanted, of_file);
        let mut lock = Lock { file, fd: fd as i32, object, begins_by, began_at: 0, kind, block };
        lock.began_at = self.counted(process, &lock, &wanted).l_start;
        Answer::Hold(Op::Lock(lock))
    }

    /// Whether a task waits for a lock that reaches somewhere else by now. Had it begun to wait before that, it would still wait for the
    /// first place.
    pub fn has_moved(&self, process: usize, lock: &Lock) -> bool {
        let LockKind::Record(wanted, _) = &lock.kind else { return false };
        lock.block && lock.begins_by.is_some() && self.counted(process, lock, wanted).l_start != lock.began_at
    }

    /// A record lock that is wanted, counted from the beginning of the file, as far as it would reach now.
    fn counted(&self, process: usize, lock: &Lock, wanted: &libc::flock) -> libc::flock {
        let from = match i32::from(wanted.l_whence) {
            libc::SEEK_CUR => {
                // We have another place than the program.
                let dup = self.dup(process, lock.fd as u64);
                dup.and_then(|dup| lseek(&dup, 0, Whence::SeekCur).ok()).unwrap_or(0)
            }
            libc::SEEK_END => fstat(&lock.file).map_or(0, |stat| stat.st_size),
            _ => 0,
        };
        // (A negative length reaches back: fcntl(2).)
        let l_start = wanted.l_start.saturating_add(from).saturating_add(wanted.l_len.min(0));
        libc::flock {
            l_whence: libc::SEEK_SET as i16,
            l_start,
            l_len: wanted.l_len.saturating_abs(),
            l_pid: 0,
            ..*wanted
        }
    }

    /// Whether a lock could be had now.
    pub fn is_free(&self, process: usize, lock: &Lock) -> bool {
        match &lock.kind {
            LockKind::Flock(operation) => {
                self.held_flock(process, lock.fd).is_some_and(|held| is_exclusive(*operation) == held)
                    || sys::try_flock(&lock.file, *operation)
            }
            // Those that the open file has already are no hindrance, which the kernel knows best.
            LockKind::Record(wanted, true) => self.dup(process, lock.fd as u64).is_none_or(|own| {
                let mut test = self.counted(process, lock, wanted);
                let is_known = fcntl(&own, FcntlArg::F_OFD_GETLK(&mut test)).is_ok();
                !is_known || i32::from(test.l_type) == libc::F_UNLCK
            }),
            LockKind::Record(wanted, false) => self.holder_of(process, lock, wanted).is_none(),
        }
    }

    /// Whether a call on a lock changes nothing: it asks who has it, or does not wait and finds it taken.
    pub fn only_looks_at_lock(&self, process: usize, call: &Call, lock: &Lock) -> bool {
        match &lock.kind {
            LockKind::Record(..) if matches!(call.args[1] as i32, libc::F_GETLK | libc::F_OFD_GETLK) => true,
            // Who asks in vain for another kind of flock(2) loses the one that it has.
            LockKind::Flock(operation) => {
                !lock.block
                    && operation & libc::LOCK_UN == 0
                    && self.held_flock(process, lock.fd).is_none()
                    && !self.is_free(process, lock)
            }
            LockKind::Record(wanted, _) => {
                !lock.block && i32::from(wanted.l_type) != libc::F_UNLCK && !self.is_free(process, lock)
            }
        }
    }

    /// Whether to wait for this lock would be a deadlock, which fcntl(2) refuses: who holds it waits for a lock of ours, or for
    /// one of somebody who does. The kernel does not look for that where an open file is to have the lock, nor beyond one who waits for what
    /// an open file has.
    pub fn would_deadlock(&self, process: usize, lock: &Lock) -> Option<Circle> {
        let LockKind::Record(wanted, false) = &lock.kind else { return None };
        let mut holder = self.holder_of(process, lock, wanted)?;
        let (mut waiter, mut circle) = (None, Circle::OfProcesses);
        if holder == NOBODY {
            waiter = self.waiting().find(|(of, next)| is_of_file(next) && self.has_in_way(*of, next, lock, wanted));
            circle = Circle::WithFile;
        }
        for _ in 0..self.tasks.len() {
            if holder != NOBODY {
                let of = self.process(holder)?;
                if of == process {
                    return Some(circle);
                }
                waiter = self.waiting().find(|(waits, next)| *waits == of && !is_of_file(next));
            }
            let (waits, next) = waiter?;
            holder = self.holder_for(waits, next).filter(|&holder| holder != NOBODY)?;
        }
        None
    }

    /// Who waits for a record lock: the process, and what it waits for.
    fn waiting(&self) -> impl Iterator<Item = (usize, &Lock)> {
        self.tasks.iter().filter_map(|task| match &task.state {
            State::Held(_, Op::Lock(next)) if next.block && matches!(next.kind, LockKind::Record(..)) => {
                Some((task.process, next))
            }
            _ => None,
        })
    }

    /// Whether the open file for which somebody waits to have a lock has one already with which this one would conflict.
    fn has_in_way(&self, of: usize, waits: &Lock, lock: &Lock, wanted: &libc::flock) -> bool {
        let Ok(stat) = fstat(&lock.file) else { return false };
        let info = proc::text(format!("/proc/{}/fdinfo/{}", self.processes[of].seen_as, waits.fd)).unwrap_or_default();
        shows_lock(&info, "OFDLCK", stat.st_ino, wanted)
    }

    /// Who holds the lock for which somebody waits.
    fn holder_for(&self, process: usize, lock: &Lock) -> Option<u32> {
        match &lock.kind {
            LockKind::Record(wanted, true) => {
                let mut test = self.counted(process, lock, wanted);
                fcntl(&self.dup(process, lock.fd as u64)?, FcntlArg::F_OFD_GETLK(&mut test)).ok()?;
                (i32::from(test.l_type) != libc::F_UNLCK).then_some(test.l_pid as u32)
            }
            LockKind::Record(wanted, false) => self.holder_of(process, lock, wanted),
            LockKind::Flock(_) => None,
        }
    }

    /// Who else than this process holds a lock with which this one would conflict.
    fn holder_of(&self, process: usize, lock: &Lock, wanted: &libc::flock) -> Option<u32> {
        let wanted = self.counted(process, lock, wanted);
        let mut test = wanted;
        fcntl(&lock.file, FcntlArg::F_OFD_GETLK(&mut test)).ok()?;
        if i32::from(test.l_type) == libc::F_UNLCK {
            return None;
        }
        // The kernel tells one of several, and where that is of the process itself, it is another one for which it would wait: the first of
        // those who have any.
        let stat = fstat(&lock.file).ok()?;
        let others = self.locks.get(&lock.object)?.iter().filter(|&&holder| holder != Some(process));
        let has_it = |&holder: &Option<usize>| self.holds(holder, stat.st_ino, &wanted);
        let found =
            others.copied().find(has_it).map(|holder| holder.map_or(NOBODY, |holder| self.processes[holder].pid));
        // Who has locked it when there was nobody else was not noted.
        found.or_else(|| (test.l_pid != self.processes[process].pid as i32).then_some(test.l_pid as u32))
    }

    /// A process takes a lock of fcntl(2). Its file has those of one holder behind each other, and whoever has none yet comes last.
    pub fn notes_holder(&mut self, process: usize, lock: &Lock) {
        let (LockKind::Record(wanted, of_file), Ok(stat)) = (&lock.kind, fstat(&lock.file)) else { return };
        if i32::from(wanted.l_type) == libc::F_UNLCK {
            return;
        }
        let any = libc::flock { l_type: libc::F_WRLCK as i16, l_start: 0, l_len: 0, ..*wanted };
        let mut holders = self.locks.remove(&lock.object).unwrap_or_default();
        holders.retain(|&holder| self.holds(holder, stat.st_ino, &any));
        let unnoted = (0..self.processes.len())
            .map(Some)
            .chain([None])
            .find(|&holder| !holders.contains(&holder) && self.holds(holder, stat.st_ino, &any));
        unnoted.into_iter().for_each(|first| holders.insert(0, first));
        let holder = (!of_file).then_some(process);
        if !holders.contains(&holder) {
            holders.push(holder);
        }
        self.locks.insert(lock.object, holders);
    }

    /// Whether a process, or else any open file, has record locks on a file with which this one would conflict.
    fn holds(&self, holder: Option<usize>, inode: u64, wanted: &libc::flock) -> bool {
        let live = |one: &usize| !self.processes[*one].has_ended;
        match holder {
            Some(process) => live(&process) && has_lock(self.processes[process].pid, "POSIX", inode, wanted),
            None => {
                let mut all = (0..self.processes.len()).filter(live);
                all.any(|process| has_lock(self.processes[process].pid, "OFDLCK", inode, wanted))
            }
        }
    }

    /// Whether the open file of this descriptor has a lock of flock(2) already, and whether that is exclusive.
    fn held_flock(&self, process: usize, fd: i32) -> Option<bool> {
        let info = proc::text(format!("/proc/{}/fdinfo/{fd}", self.processes[process].seen_as)).ok()?;
        let held = info.lines().find(|line| line.starts_with("lock:") && line.contains("FLOCK"))?;
        Some(held.contains("WRITE"))
    }
}

/// Whether a process has a record lock of this kind on a file with which this one would conflict.
fn has_lock(pid: u32, of_kind: &str, inode: u64, wanted: &libc::flock) -> bool {
    let Ok(all) = fs::read_dir(format!("/proc/{pid}/fdinfo")) else { return false };
    all.flatten().any(|entry| shows_lock(&fs::read_to_string(entry.path()).unwrap_or_default(), of_kind, inode, wanted))
}

/// The same of what proc_pid_fdinfo(5) shows of a descriptor.
fn shows_lock(info: &str, of_kind: &str, inode: u64, wanted: &libc::flock) -> bool {
    let until = |start: i64, length: i64| if length == 0 { i64::MAX } else { start.saturating_add(length - 1) };
    let is_conflict = |line: &str| {
        // "lock: 1: POSIX  ADVISORY  READ 5 00:2a:77 0 EOF"
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, _, of, _, kind, _, place, start, end] = words[..] else { return false };
        let (Ok(start), end) = (start.parse::<i64>(), end.parse().unwrap_or(i64::MAX)) else { return false };
        of == of_kind
            && place.ends_with(&format!(":{inode}"))
            && (kind == "WRITE" || i32::from(wanted.l_type) == libc::F_WRLCK)
            && start <= until(wanted.l_start, wanted.l_len)
            && wanted.l_start <= end
    };
    info.lines().filter(|line| line.starts_with("lock:")).any(is_conflict)
}

/// Whether a record lock is to be one of the open file.
fn is_of_file(lock: &Lock) -> bool {
    matches!(lock.kind, LockKind::Record(_, true))
}

fn is_exclusive(operation: i32) -> bool {
    operation & libc::LOCK_EX != 0
}
