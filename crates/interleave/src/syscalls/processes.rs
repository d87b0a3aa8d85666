//! The lives of processes: waiting for children, groups and sessions.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::calls::ProcessCall;
use super::streams::is_nonblocking;
use super::table::{self, Kind};
use super::{Answer, GROUPS, MEMBERS, OF_PROCESSES, Target, errno};
use crate::kernel::arch;
use crate::kernel::sys::{self, Call};
use crate::protocol::{CaveatKind, Footprint, Object};
use crate::trace::Pid;
use crate::world::clock::replace_vdso;
use crate::world::run::Supervisor;
use crate::world::start::replace_random;
use crate::world::task::{Birth, ForWhat, OWN_GROUP, Op, Who};

/// The flags of unshare(2) that a process without threads may give to no effect.
const UNSHARES_NOTHING: u64 = (libc::CLONE_VM | libc::CLONE_SIGHAND | libc::CLONE_THREAD) as u64;

/// The flags of clone(2) that are followed, or that nobody else can tell. (The last is `CLONE_CLEAR_SIGHAND`.)
const KNOWN_OF_CLONE: u64 = (libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_PIDFD
    | libc::CLONE_VFORK
    | libc::CLONE_PARENT
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID
    | libc::CLONE_DETACHED
    | libc::CLONE_CHILD_SETTID) as u32 as u64
    | 1 << 32;

/// What ioprio_set(2) is told of: one process. (libc does not name it.)
const IOPRIO_WHO_PROCESS: u32 = 1;

/// An operation of prctl(2) that libc does not name.
const PR_SET_SYSCALL_USER_DISPATCH: i32 = 59;

/// Whether somebody who is root is still after setuid(2) or one of its kin: all ids that it asks for are root's, or none (-1).
pub fn stays_root(call: &Call) -> bool {
    let ids = match call.nr {
        libc::SYS_setuid | libc::SYS_setgid | libc::SYS_setfsuid | libc::SYS_setfsgid => 1,
        libc::SYS_setreuid | libc::SYS_setregid => 2,
        libc::SYS_setresuid | libc::SYS_setresgid => 3,
        _ => return false,
    };
    call.args[..ids].iter().all(|&id| matches!(id as u32, 0 | u32::MAX))
}

/// Whether setpriority(2) or one of its kin means all processes of a group or a user.
fn is_of_several(call: &Call) -> bool {
    let whom = call.args[0] as u32;
    match call.nr {
        libc::SYS_setpriority | libc::SYS_getpriority => whom != libc::PRIO_PROCESS,
        libc::SYS_ioprio_set | libc::SYS_ioprio_get => whom != IOPRIO_WHO_PROCESS,
        _ => false,
    }
}

/// Whether a limit (getrlimit(2)) is one of what all processes of a user have together: which of them still gets something is decided by who comes first,
/// and that is not followed.
pub fn is_of_user(resource: u64) -> bool {
    let all = [libc::RLIMIT_NPROC, libc::RLIMIT_SIGPENDING, libc::RLIMIT_MSGQUEUE, libc::RLIMIT_MEMLOCK];
    all.iter().any(|&one| one as u64 == resource)
}

/// Whether more of a resource is asked for than there ever was (setrlimit(2)): here that is refused, where limits are lower than they may be elsewhere, and
/// root has no right to raise them.
fn raises_limit(call: &Call) -> bool {
    let now = sys::read_u64s::<2>(call.tid, call.args[2]).zip(sys::hard_limit(call.tid, call.args[1]));
    now.is_some_and(|([_, wanted], most)| wanted > most)
}

/// Whether a call makes a process more urgent than it was, to which root has no right here: what setpriority(2) is given is a number that falls then, and all
/// ways to wait that come before others are meant by numbers from 1 on (sched_setscheduler(2)).
fn is_for_root(call: &Call) -> bool {
    let [_, b, c, ..] = call.args;
    match call.nr {
        libc::SYS_setpriority => (c as i32) < sys::nice(call.tid),
        libc::SYS_sched_setscheduler => matches!(b as i32, libc::SCHED_FIFO | libc::SCHED_RR),
        _ => false,
    }
}

/// The number of the process that a call is about, if it is given one.
fn number_given(call: &Call) -> Option<Pid> {
    let pid = match call.nr {
        libc::SYS_setpriority | libc::SYS_getpriority | libc::SYS_ioprio_set | libc::SYS_ioprio_get => call.args[1],
        libc::SYS_setsid | arch::SYS_getpgrp => return None,
        nr if table::is(nr, Kind::Process(ProcessCall::SetUser)) => return None,
        _ => call.args[0],
    };
    Pid::try_from(pid as i32).ok().filter(|&pid| pid > 0)
}

/// Whether setpgid(2) puts a process into a group that is not its own, and so has to be there.
fn joins_another(call: &Call, own: Pid) -> bool {
    let [pid, group] = [call.args[0], call.args[1]].map(|number| number as Pid);
    call.nr == libc::SYS_setpgid && group != 0 && group != if pid == 0 { own } else { pid }
}

/// What a call uses that is given the number of another process, and may find it alive, dead, or gone.
pub fn sees(process: usize, uses: &mut Footprint) {
    uses.reads(Object::Life(process as u64));
    uses.reads(Object::Parent(process as u64));
}

impl Supervisor<'_> {
    /// What to do about a call of this family.
    pub fn decode_process(&mut self, number: usize, call: &Call, kind: ProcessCall) -> Answer {
        let [a, b, c, ..] = call.args;
        let process = self.tasks[number].process;
        match kind {
            ProcessCall::Wait4 | ProcessCall::WaitId => self.waits(process, call, kind),
            ProcessCall::Fork | ProcessCall::Vfork => {
                self.tasks[number].lends = false;
                Answer::Hold(Op::Fork(if kind == ProcessCall::Fork { Birth::Fork } else { Birth::Vfork }))
            }
            ProcessCall::Clone => {
                self.says_what_is_shared(number, call, a & !0xff, a & 0xff);
                Answer::Hold(Op::Fork(birth(a)))
            }
            ProcessCall::Clone3 => {
                // (Of `struct clone_args`: flags, where a pidfd and two numbers go, and the signal that is sent at its end.)
                let [flags, _, _, _, signal] = sys::read_u64s(call.tid, a).unwrap_or_default();
                self.says_what_is_shared(number, call, flags, signal);
                Answer::Hold(Op::Fork(birth(flags)))
            }
            ProcessCall::Exec => Answer::Hold(Op::Exec(self.executed(number, call))),
            ProcessCall::FirstCall => {
                if call.nr == libc::SYS_set_tid_address {
                    self.tasks[number].clears = Some(a);
                    if replace_vdso(call.tid).is_err() {
                        self.caveat(CaveatKind::RealClock.anywhere());
                    }
                    // If it cannot be, two runs of the same schedule differ in what nobody looks at.
                    let _ = replace_random(call.tid, &mut self.processes[process].chance);
                }
                self.has_set(process, (call.nr, a));
                Answer::LetThrough
            }
            ProcessCall::ExitThread if self.has_other_threads(number) => {
                let uses = self.uses_of_leaving(number);
                if !uses.is_empty() {
                    return Answer::Hold(Op::Plain(uses));
                }
                self.leave(number, call);
                Answer::Left
            }
            ProcessCall::ExitThread | ProcessCall::ExitGroup => Answer::Hold(Op::Exit),
            // As in real time, where the recorder is process 1: the kernel would say 0, since our process is in no world.
            ProcessCall::GetParent if process == 0 && self.processes[0].inner == self.limits.first_id => {
                if self.shares_memory(process) { Answer::Hold(Op::Return(1)) } else { Answer::Return(1) }
            }
            ProcessCall::GetParent => self.touches(|uses| uses.reads(Object::Parent(process as u64))),
            ProcessCall::Session | ProcessCall::Group => self.groups(process, call, kind),
            ProcessCall::Prctl => self.prctl(process, call),
            ProcessCall::Keep => {
                self.has_set(process, (call.nr, call.args));
                Answer::LetThrough
            }
            ProcessCall::KeepUnseen => {
                self.processes[process].settings = None;
                Answer::LetThrough
            }
            ProcessCall::PidfdOpen => {
                let target = self.sees_named(process, call);
                self.touches(|uses| uses.unite(&target))
            }
            // Of one's own memory there is nothing to be unshared: some ask by this whether they have threads.
            ProcessCall::Unshare if a & !UNSHARES_NOTHING == 0 => Answer::LetThrough,
            ProcessCall::Unshare => self.is_not_watched(number, call),
            // Of others outside a world, who may be of the same user: us, for example.
            ProcessCall::Prlimit if a != 0 && self.is_of_others(a as Pid) => errno(libc::ESRCH),
            // By its limits a process decides about calls of another one that are not followed for that.
            ProcessCall::Prlimit if c != 0 && a != 0 && a as Pid != self.processes[process].inner => {
                self.is_not_watched(number, call)
            }
            ProcessCall::Prlimit if c != 0 && (is_of_user(b) || raises_limit(call)) => {
                self.is_not_watched(number, call)
            }
            // Root has no right to that here, and would have it elsewhere.
            ProcessCall::SetUser if nix::unistd::geteuid().is_root() && !stays_root(call) => {
                self.is_not_watched(number, call)
            }
            ProcessCall::SetProcess if nix::unistd::geteuid().is_root() && is_for_root(call) => {
                self.is_not_watched(number, call)
            }
            // All threads of a process are in one directory, and make files by one mask.
            ProcessCall::OfThreads if self.has_threads(process) => self.touches(|uses| uses.writes(Object::Anything)),
            ProcessCall::OfThreads => Answer::LetThrough,
            // Who is in a group or a user's, and whether there is anybody, others decide.
            ProcessCall::SetProcess | ProcessCall::GetProcess if is_of_several(call) => {
                let mut uses = self.reaped();
                uses.reads(Object::Ipc(GROUPS));
                uses.reads(Object::Ipc(MEMBERS));
                match kind {
                    ProcessCall::SetProcess => uses.writes(Object::Ipc(OF_PROCESSES)),
                    _ => uses.reads(Object::Ipc(OF_PROCESSES)),
                }
                self.touches(|all| all.unite(&uses))
            }
            ProcessCall::SetProcess | ProcessCall::SetUser => {
                let target = self.sees_named(process, call);
                self.touches(|uses| {
                    if !target.is_empty() {
                        uses.unite(&target);
                        // What it starts gets the same.
                        uses.reads(Object::Ipc(MEMBERS));
                    }
                    uses.writes(Object::Ipc(OF_PROCESSES));
                })
            }
            ProcessCall::Prlimit if c != 0 => self.touches(|uses| uses.writes(Object::Ipc(OF_PROCESSES))),
            ProcessCall::GetProcess | ProcessCall::Prlimit => {
                let target = self.sees_named(process, call);
                self.touches(|uses| {
                    uses.unite(&target);
                    uses.reads(Object::Ipc(OF_PROCESSES));
                })
            }
        }
    }

    /// wait4(2) and waitid(2).
    pub fn waits(&mut self, process: usize, call: &Call, kind: ProcessCall) -> Answer {
        let [a, b, c, d, ..] = call.args;
        let flag = |options: u64, flag: i32| options & flag as u32 as u64 != 0;
        let (who, options, for_what) = if kind == ProcessCall::Wait4 {
            let who = match a as i32 {
                pid @ 1.. => self.numbered(pid as Pid),
                -1 => Who::Any,
                0 => Who::Group(OWN_GROUP),
                group => Who::Group(group.unsigned_abs()),
            };
            let for_what =
                ForWhat { end: true, stop: flag(c, libc::WUNTRACED), goes_on: flag(c, libc::WCONTINUED), leave: false };
            (who, c, for_what)
        } else {
            let who = match a as u32 {
                libc::P_PID => self.numbered(b as Pid),
                // (0 is `OWN_GROUP`.)
                libc::P_PGID => Who::Group(b as Pid),
                libc::P_PIDFD => match self.target(process, b) {
                    Target::Process(child) => Who::Child(child),
                    _ => Who::Nobody,
                },
                _ => Who::Any,
            };
            let for_what = ForWhat {
                end: flag(d, libc::WEXITED),
                stop: flag(d, libc::WSTOPPED),
                goes_on: flag(d, libc::WCONTINUED),
                leave: flag(d, libc::WNOWAIT),
            };
            (who, d, for_what)
        };
        // Those are the children that send another signal than SIGCHLD at their end; there are none.
        let who = if flag(options, libc::__WCLONE) && !flag(options, libc::__WALL) { Who::Nobody } else { who };
        // A pidfd can be told not to wait (PIDFD_NONBLOCK of pidfd_open(2)).
        let may_not = kind == ProcessCall::WaitId
            && a as u32 == libc::P_PIDFD
            && self.dup(process, b).is_some_and(|fd| is_nonblocking(&fd));
        Answer::Hold(Op::Wait { who, block: !may_not && !flag(options, libc::WNOHANG), for_what })
    }

    /// Who adopts orphans sees whose parents have ended.
    pub fn reads_of_adoption(&self, process: usize, uses: &mut Footprint) {
        if self.processes[process].adopts {
            (0..self.processes.len()).for_each(|other| uses.reads(Object::Parent(other as u64)));
        }
    }

    /// The step has seen whether there is such a process: one that has ended is there until its parent has waited for it, or
    /// has ended itself.
    pub fn is_seen(&mut self, process: usize) {
        self.footprint.reads(Object::Life(process as u64));
        if self.processes[process].has_ended {
            self.footprint.reads(Object::Parent(process as u64));
        }
        if !self.ends.is_in_steps() {
            self.may_still_be_there(process);
        }
    }

    /// Whoever looks for it finds that it is gone, though it may be a zombie: who started the program, or adopts orphans, waits
    /// for it in a moment.
    fn may_still_be_there(&mut self, process: usize) {
        if self.is_zombie(process) && self.processes[process].parent.is_none() {
            self.sees_moment();
        }
    }

    /// What somebody sees who finds that a process was waited for, and we cannot tell which.
    pub fn reaped(&self) -> Footprint {
        let mut uses = Footprint::default();
        // Those that live, too: had one of them ended before, it would be taken for that.
        (0..self.processes.len()).for_each(|process| sees(process, &mut uses));
        uses
    }

    /// Whether a number is that of a process or thread which is none of the program's. In a world there is none but process 1.
    fn is_of_others(&self, pid: Pid) -> bool {
        let has_world = self.processes[0].inner == self.limits.first_id;
        !has_world && self.tasks.iter().all(|task| task.tid != pid)
    }

    /// The step has seen who has ended by now, and so who has not.
    pub fn reads_of_ended(&mut self) {
        (0..self.processes.len()).for_each(|process| self.is_seen(process));
    }

    /// The process for which a descriptor stands that waits for it to end, if that was waited for: since Linux 6.9 such descriptors
    /// are files, one for each process.
    pub fn of_pidfd(&self, place: &str) -> Option<usize> {
        let inode = fs::metadata(place).ok()?.ino();
        let mut of = (0..self.processes.len()).filter(|&one| self.processes[one].handle.inode() == Some(inode));
        let found = of.next();
        found.filter(|_| of.next().is_none() && self.processes.len() > 1)
    }

    /// Who becomes the parent of a process's children when it ends: PR_SET_CHILD_SUBREAPER of prctl(2).
    pub fn adopter(&self, process: usize) -> Option<usize> {
        let parent = |process: usize| self.processes[process].parent;
        std::iter::successors(parent(process), |&process| parent(process))
            .find(|&process| self.processes[process].adopts && !self.processes[process].has_ended)
    }

    /// What decides about that: each forefather might have been the one, and is none any more since it has ended.
    pub fn reads_of_adopters(&mut self, process: usize) {
        let has_adopters = self.processes.iter().any(|one| one.adopts);
        if !has_adopters || self.children(process, Who::Any).all(|child| self.processes[child].is_reaped) {
            return;
        }
        let parent = |process: &usize| self.processes[*process].parent;
        for of in std::iter::successors(Some(process), parent) {
            self.footprint.reads(Object::Parent(of as u64));
        }
    }

    /// The process groups that a process which has ended connected with the rest of their session: its own by its parent, and
    /// those of its children by itself. Call it before others become the parent of these.
    pub fn connected_groups(&self, process: usize) -> Vec<Pid> {
        if !self.has_groups {
            return Vec::new();
        }
        let of = |process: usize| {
            let pid = self.processes[process].pid;
            Some((sys::group(pid)?, sys::session(pid)?))
        };
        let children = self.children(process, Who::Any).filter(|&child| !self.processes[child].has_ended);
        let mut groups = Vec::new();
        let pairs = children.map(|child| (child, process)).chain(self.processes[process].parent.map(|p| (process, p)));
        for (child, parent) in pairs {
            // Of one that nobody waits for nothing is known any more.
            let (child, parent) = (of(child).or_else(|| of(process)), of(parent));
            if let Some((group, session)) = child
                && parent.is_none_or(|(other, of)| other != group && of == session)
                && !groups.contains(&group)
            {
                groups.push(group);
            }
        }
        groups
    }

    /// Those of these groups that nobody connects any more with the rest of their session, and of which a member is stopped, are
    /// sent SIGHUP and SIGCONT (`_exit(2)` of POSIX).
    pub fn orphan(&mut self, groups: &[Pid]) {
        for &group in groups {
            if self.is_connected(group) {
                continue;
            }
            let members = self.live_members(group);
            members.iter().for_each(|&member| self.footprint.reads(Object::Life(member as u64)));
            self.reads_of_ended();
            if members.iter().any(|&member| self.processes[member].is_stopped) {
                // They die, or speak, one by one, and not at once.
                self.caveat(CaveatKind::Moments.anywhere());
                for member in members {
                    self.has_sent(member, libc::SIGHUP);
                    self.has_sent(member, libc::SIGCONT);
                }
            }
        }
    }

    fn live_members(&self, group: Pid) -> Vec<usize> {
        let is_in = |process: usize| sys::group(self.processes[process].pid) == Some(group);
        let live = (0..self.processes.len()).filter(|&process| !self.processes[process].has_ended);
        live.filter(|&process| is_in(process)).collect()
    }

    /// Whether a member of a group has a parent of the program in another group of its session, so that the group is not orphaned.
    pub fn is_connected(&self, group: Pid) -> bool {
        let members = self.live_members(group);
        members.iter().any(|&member| {
            let session = sys::session(self.processes[member].pid);
            let parent = self.processes[member].parent.filter(|&parent| !self.processes[parent].has_ended);
            parent
                .is_some_and(|parent| !members.contains(&parent) && sys::session(self.processes[parent].pid) == session)
        })
    }

    /// What a call sees of another process that it is given by its number: whether there still is one, or is one already. A child
    /// keeps its number until the caller itself waits for it.
    fn sees_named(&mut self, process: usize, call: &Call) -> Footprint {
        let mut uses = Footprint::default();
        let Some(pid) = number_given(call) else { return uses };
        let Some(of) = self.processes.iter().rposition(|other| other.inner == pid) else {
            uses.reads(Object::Births);
            return uses;
        };
        let one = &self.processes[process];
        let keeps = self.processes[of].parent == Some(process) && !one.leaves_no_zombies && !self.has_threads(process);
        self.may_still_be_there(of);
        if of != process && (!keeps || self.processes[of].is_reaped) {
            sees(of, &mut uses);
        }
        uses
    }

    /// Whom a wait is given by its number, a child of the caller's or not: it may become one by the time that the call is made.
    fn numbered(&self, pid: Pid) -> Who {
        self.processes.iter().rposition(|one| one.inner == pid).map_or(Who::Nobody, Who::Child)
    }

    /// setpgid(2), setsid(2), getpgid(2), getsid(2), getpgrp(2).
    pub fn groups(&mut self, process: usize, call: &Call, kind: ProcessCall) -> Answer {
        let mut target = self.sees_named(process, call);
        // There is a group as long as it has a member that nobody has waited for.
        if kind == ProcessCall::Session && (self.has_groups || joins_another(call, self.processes[process].inner)) {
            target.unite(&self.reaped());
        }
        self.has_groups |= kind == ProcessCall::Session;
        self.touches(|uses| {
            uses.unite(&target);
            match kind {
                // Whose group it may be, only the kernel tells; there are few such calls.
                ProcessCall::Session => {
                    uses.writes(Object::Ipc(GROUPS));
                    uses.reads(Object::Ipc(MEMBERS));
                }
                _ => uses.reads(Object::Ipc(GROUPS)),
            }
        })
    }

    pub fn prctl(&mut self, process: usize, call: &Call) -> Answer {
        let answer = match call.args[0] as i32 {
            libc::PR_SET_PDEATHSIG => self.touches(|uses| uses.reads(Object::Parent(process as u64))),
            libc::PR_SET_CHILD_SUBREAPER => self.touches(|uses| uses.writes(Object::Ipc(GROUPS))),
            _ => Answer::LetThrough,
        };
        if matches!(answer, Answer::LetThrough) {
            self.has_called_prctl(process, call);
        }
        answer
    }

    /// What prctl(2) changes, once the call is made.
    pub fn has_called_prctl(&mut self, process: usize, call: &Call) {
        /// Operations that are given more than numbers, or of which it matters when they come.
        const UNSEEN: [i32; 4] =
            [libc::PR_SET_SECCOMP, libc::PR_SET_MM, PR_SET_SYSCALL_USER_DISPATCH, libc::PR_SCHED_CORE];
        let [operation, argument, ..] = call.args;
        match operation as i32 {
            libc::PR_SET_PDEATHSIG => self.processes[process].parent_death_signal = argument as i32,
            libc::PR_SET_CHILD_SUBREAPER => {
                self.processes[process].adopts = argument != 0;
                self.hears_of_children(process);
            }
            operation if UNSEEN.contains(&operation) => self.processes[process].settings = None,
            _ => {}
        }
        self.has_set(process, (call.nr, call.args));
    }

    /// Processes that share more than threads do, or less than all, are not followed.
    fn says_what_is_shared(&mut self, number: usize, call: &Call, flags: u64, signal: u64) {
        let has = |flag: i32| flags & flag as u64 != 0;
        let is_usual = has(libc::CLONE_THREAD) || has(libc::CLONE_VM) && has(libc::CLONE_VFORK);
        self.tasks[number].lends = !is_usual && has(libc::CLONE_VM);
        self.tasks[number].starts_sibling = has(libc::CLONE_PARENT);
        let shares = [libc::CLONE_VM, libc::CLONE_FILES, libc::CLONE_FS, libc::CLONE_SIGHAND].into_iter().any(has);
        // Another signal that is sent at its end is not followed, and who waits has to ask for such a child (`__WALL` of wait(2)).
        let is_heard_of = has(libc::CLONE_THREAD) || signal == libc::SIGCHLD as u64;
        let is_told = !has(libc::CLONE_THREAD) && self.tells_others_its_number(number, call, flags);
        // What else may be asked for is not followed, or refused in a world: namespaces.
        let is_known = flags & !KNOWN_OF_CLONE == 0;
        if !is_usual && shares || has(libc::CLONE_PARENT) || !is_heard_of || is_told || !is_known {
            self.not_watched(call, number);
        }
    }

    /// Whether the kernel writes the number of the new process where others can look: for its parent before it is there, but for itself only
    /// once it runs, and no step says when.
    fn tells_others_its_number(&mut self, number: usize, call: &Call, flags: u64) -> bool {
        let process = self.tasks[number].process;
        if !self.processes[process].shares_memory {
            return false;
        }
        // (Of `struct clone_args`: flags, where the pidfd goes, and the numbers for the child and for its parent.)
        let [child, parent] = match (call.nr, sys::read_u64s::<4>(call.tid, call.args[0])) {
            (libc::SYS_clone3, Some([_, _, child, parent])) => [child, parent],
            _ => [call.args[arch::CHILD_NUMBER], call.args[2]],
        };
        let asked = [(child, libc::CLONE_CHILD_SETTID), (parent, libc::CLONE_PARENT_SETTID)];
        asked.iter().any(|&(at, flag)| flags & flag as u64 != 0 && self.is_in_shared_memory(process, at))
    }

    pub fn has_other_threads(&self, number: usize) -> bool {
        self.tasks
            .iter()
            .enumerate()
            .any(|(other, task)| other != number && task.process == self.tasks[number].process && !task.has_ended())
    }
}

/// Where the kernel removes the number of the thread that this call starts once that has ended, and wakes whoever waits there.
pub fn clears_number(call: &Call) -> Option<u64> {
    // (Of `struct clone_args`: flags, where the pidfd goes, and the number for the child.)
    let (flags, place) = match (call.nr, sys::read_u64s::<3>(call.tid, call.args[0])) {
        (libc::SYS_clone3, of_call) => of_call.map(|[flags, _, child]| (flags, child))?,
        _ => (call.args[0], call.args[arch::CHILD_NUMBER]),
    };
    (flags & libc::CLONE_CHILD_CLEARTID as u64 != 0).then_some(place)
}

/// How a task that starts another one goes on.
fn birth(flags: u64) -> Birth {
    match flags {
        _ if flags & libc::CLONE_THREAD as u64 != 0 => Birth::Thread,
        _ if flags & libc::CLONE_VFORK as u64 != 0 => Birth::Vfork,
        _ => Birth::Fork,
    }
}
