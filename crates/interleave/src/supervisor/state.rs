//! The state of a run in which one process is left, with one thread: all that decides how it goes on.
//!
//! Two runs that have come to the same state go on in the same ways, and what these are has to be found out once only (P. Godefroid,
//! Partial-Order Methods for the Verification of Concurrent Systems, 1996, on state-space caching; that it goes together with
//! dynamic reduction where nothing before races with anything after, the [search](crate::search::states) sees to). A shell that has waited
//! for a command is in the same state however the end of that and its own call came in order; without this, the orders of each command
//! would be tried with all orders of the next.
//!
//! What cannot be looked at makes no state: then all is explored.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::Instant;

use nix::fcntl::{FcntlArg, fcntl};

use crate::kernel::arch;
use crate::kernel::proc::{self, inode_in};
use crate::kernel::sharing::is_same_file;
use crate::kernel::stopped::{All, Change, PATIENCE, Stopped};
use crate::kernel::sys::{self, Call};
use crate::protocol::{CaveatKind, TaskId};
use crate::record::process;
use crate::sandbox::changes;
use crate::syscalls::MEMBERS;
use crate::syscalls::streams::readable;
use crate::trace::Pid;
use crate::world::files::may_change;
use crate::world::memory::Mapping;
use crate::world::object::Object;
use crate::world::run::Supervisor;
use crate::world::task::{Op, State};

/// More memory is not looked at, in bytes: that would take longer than a run.
const MOST_OF_MEMORY: u64 = 64 << 20;

/// A mapping that is longer is not looked at, in bytes, however little of it was touched: some languages reserve most of what there is.
const LONGEST_MAPPING: u64 = 1 << 30;

/// More descriptors are not looked at.
const MOST_OF_DESCRIPTORS: usize = 64;

/// Devices that are the same for whoever opens them, whenever.
const STATELESS: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// What `/proc/PID/status` says of a process that decides what it may do and which signals reach it (proc_pid_status(5)).
const STATUS: [&str; 18] = [
    "Name:",
    "Seccomp_filters:",
    "Umask:",
    "Uid:",
    "Gid:",
    "Groups:",
    "SigPnd:",
    "ShdPnd:",
    "SigBlk:",
    "SigIgn:",
    "SigCgt:",
    "CapInh:",
    "CapPrm:",
    "CapEff:",
    "CapBnd:",
    "CapAmb:",
    "Cpus_allowed:",
    "NoNewPrivs:",
];

/// Whose state it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of the last process, and so of the whole run.
    OfLast,
    /// What is one process's own: what others may use as well is left out.
    Own,
}

/// What came of a look.
pub enum Seen {
    /// The digest of a state.
    State(u64),
    /// There is more to be in a state than can be looked at.
    Nothing,
    /// What was looked at has not come back.
    Lost,
}

impl Supervisor<'_> {
    /// If one process is left, which has come to start another one: a digest of its state. After this it is held at the same call as
    /// before, unless it is lost.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn state_of_last(&mut self, enabled: &[TaskId]) -> io::Result<Seen> {
        // What somebody was told, and will be found out at their next line, is in no state.
        if self.limits.watch_telling {
            return Ok(Seen::Nothing);
        }
        let &[task] = enabled else { return Ok(Seen::Nothing) };
        let number = usize::from(task);
        let Some(State::Held(call, Op::Fork(_))) = self.tasks.get(number).map(|task| &task.state) else {
            return Ok(Seen::Nothing);
        };
        let call = *call;
        // Nothing that came after it was brought there has to be told apart from what came before.
        let is_next =
            self.steps.last().is_some_and(|step| step.task == task) && self.tasks[number].arrival == self.now();
        if !is_next || !self.is_last(number) {
            return Ok(Seen::Nothing);
        }
        let pid = self.processes[self.tasks[number].process].pid;
        let mut digest = DefaultHasher::new();
        (call.nr, self.knowledge_of(number)).hash(&mut digest);
        // (With no children that it could wait for.)
        let is_childless = process::children(pid).is_ok_and(|children| children.is_empty());
        let kernel = if is_childless { self.kernel_state(number, pid, call.tid, Whose::OfLast) } else { None };
        let Some(kernel) = kernel else { return Ok(Seen::Nothing) };
        kernel.hash(&mut digest);
        if self.steps.iter().any(|step| !step.footprint.changes_only(|object| !is_of_files(object))) {
            let Some(files) = self.world.layer().ok().flatten().and_then(|layer| changes::digest(&layer)) else {
                return Ok(Seen::Nothing);
            };
            files.hash(&mut digest);
        }
        self.look_into(number, &call, digest, Whose::OfLast)
    }

    /// Adds the registers and the memory of a task that is held to the digest of a state. After this it is held at the same call as before,
    /// unless it is lost.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn look_into(
        &mut self,
        number: usize,
        call: &Call,
        mut digest: DefaultHasher,
        whose: Whose,
    ) -> io::Result<Seen> {
        let pid = self.processes[self.tasks[number].process].pid;
        let Ok(stop) = Stopped::ask(call.tid) else { return Ok(Seen::Nothing) };
        // It is answered in place of the call, which is made again.
        if !self.listener.answer(call, 0) {
            return Ok(Seen::Lost);
        }
        self.tasks[number].state = State::Running;
        let (signal, registers) = match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => (0, stop.all()),
            Some(Change::Signal(signal)) => (signal, stop.all()),
            Some(Change::Gone) | None => (0, None),
        };
        let mut state = None;
        if let Some(registers) = registers {
            let call_at = call.instruction - arch::CALL.len() as u64;
            let before = arch::about_to_call(&registers, call_at, call.nr, arch::arguments(&registers));
            if signal == 0
                && let Some(modes) = stop.modes()
                && let Some(memory) = memory_of(pid, &before, stop.restartable_sequences(), whose)
            {
                // (No calling convention of x86-64 keeps anything in vector registers over a call.)
                (arch::contents(&before), modes, memory).hash(&mut digest);
                state = Some(digest.finish());
            }
            stop.set(&before);
        }
        stop.release(signal);
        self.settle()?;
        let is_back = matches!(&self.tasks[number].state, State::Held(again, _) if again.identity() == call.identity());
        Ok(match state {
            _ if !is_back => Seen::Lost,
            Some(digest) => Seen::State(digest),
            None => Seen::Nothing,
        })
    }

    /// Whether this task is the only one of the only process that is left, and all that other processes could have left behind is what it
    /// knows, or the kernel says of it.
    fn is_last(&self, number: usize) -> bool {
        let own = &self.tasks[number];
        let process = &self.processes[own.process];
        let are_gone = (self.tasks.iter().enumerate()).all(|(other, task)| other == number || task.has_ended())
            && (self.processes.iter().enumerate())
                .all(|(other, one)| other == own.process || one.has_ended && one.strike.is_none());
        let is_plain = self.is_plain(number) && !process.shares_memory && !process.undoes && !process.attaches;
        let is_simple = self.timers.armed().next().is_none()
            && !(self.has_hidden || self.has_groups || self.has_sockets || self.has_tcp || self.has_stopped)
            && self.locks.is_empty()
            && self.caveats.iter().all(|caveat| matches!(caveat.kind, CaveatKind::Handlers | CaveatKind::Moments));
        // Whatever was changed is gone with those who could use it, or is looked at.
        let is_passing = |object: Object| {
            matches!(
                object,
                Object::Births
                    | Object::Life(_)
                    | Object::Signals(_)
                    | Object::Parent(_)
                    | Object::Tail(_)
                    | Object::Head(_)
                    | Object::Readers(_)
                    | Object::Writers(_)
                    | Object::Threads(_)
                    | Object::Thread(_)
                    | Object::ThreadLock(_)
                    | Object::Ipc(MEMBERS)
            ) || is_of_files(object)
        };
        are_gone && is_plain && is_simple && self.steps.iter().all(|step| step.footprint.changes_only(is_passing))
    }

    /// Whether nothing but what can be looked at decides what a task does next.
    pub fn is_plain(&self, number: usize) -> bool {
        let own = &self.tasks[number];
        let process = &self.processes[own.process];
        own.accesses.is_empty()
            && own.turns.is_empty()
            && own.limit.is_none()
            && !own.has_signal
            && !process.is_stopped
            && !process.blind
            && process.settings.is_some()
            && process.detour.is_none()
            && process.strike.is_none()
            && process.mapped_files.is_empty()
            && process.shared_files.is_empty()
    }

    /// What we know of the last process and have to know again, so that what it does next means the same.
    fn knowledge_of(&self, number: usize) -> impl Hash {
        let mut numbers: Vec<Pid> = self.tasks.iter().map(|task| task.inner).collect();
        numbers.sort_unstable();
        // By these what it starts is called.
        let names = (self.processes.len(), numbers);
        (names, self.own_knowledge_of(number), self.makers.clone())
    }

    /// The same, but for what concerns others as well.
    pub fn own_knowledge_of(&self, number: usize) -> impl Hash + use<> {
        let task = &self.tasks[number];
        let process = &self.processes[task.process];
        let flags =
            [process.leaves_no_zombies, process.wants_no_zombies, process.adopts, process.parked, process.is_orphan];
        let sleeps = (task.sleeps_in_a_row, task.looks_between_sleeps);
        let counts = (process.lines_written, task.made, sleeps, process.parent_death_signal);
        let time = (process.clock.state(), process.chance.0);
        (
            (number, task.inner, task.process),
            flags,
            counts,
            time,
            (process.settings, process.texts.clone(), process.own_files.clone(), task.blocked),
            process.lines.unfinished().to_vec(),
        )
    }

    /// What the kernel keeps of a process, as far as it may differ; `None` if it has open what others might have changed.
    pub fn kernel_state(&self, number: usize, pid: Pid, tid: Pid, whose: Whose) -> Option<Vec<String>> {
        let status = proc::text(format!("/proc/{tid}/status")).ok()?;
        let mut state: Vec<String> =
            status.lines().filter(|line| STATUS.iter().any(|name| line.starts_with(name))).map(str::to_owned).collect();
        let is_pending = |line: &String| {
            line.split_once("Pnd:").is_some_and(|(_, signals)| signals.trim().bytes().any(|digit| digit != b'0'))
        };
        if state.iter().any(is_pending) {
            return None;
        }
        state.push(proc::text(format!("/proc/{pid}/limits")).ok()?);
        // Priority and scheduling (proc_pid_stat(5): fields 18, 19, 40 and 41, of which the third is the first here).
        let stat = proc::stat(tid)?;
        let fields: Vec<&str> = stat.split_whitespace().collect();
        state.extend([15, 16, 37, 38].map(|at| fields.get(at).copied().unwrap_or_default().to_owned()));
        for link in ["cwd", "root", "exe"] {
            state.push(fs::read_link(format!("/proc/{pid}/{link}")).ok()?.to_string_lossy().into_owned());
        }
        state.extend(self.descriptors_of(number, pid, whose)?);
        Some(state)
    }

    /// The descriptors of the last process: what they stand for, and which of them are copies of each other, so that to read by the one moves
    /// the other on.
    fn descriptors_of(&self, number: usize, pid: Pid, whose: Whose) -> Option<Vec<String>> {
        let mut descriptors: Vec<i32> = (fs::read_dir(format!("/proc/{pid}/fd")).ok()?)
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .collect();
        descriptors.sort_unstable();
        if descriptors.len() > MOST_OF_DESCRIPTORS {
            return None;
        }
        let mut before: Vec<(i32, String)> = Vec::new();
        let mut all = Vec::new();
        for fd in descriptors {
            let link = fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok()?.to_string_lossy().into_owned();
            let shown = self.what_is_open(number, fd, &link, whose)?;
            let info = proc::text(format!("/proc/{pid}/fdinfo/{fd}")).ok()?;
            let kept = info
                .lines()
                .filter(|line| line.starts_with("pos:") || line.starts_with("flags:") || line.starts_with("lock:"));
            let mut copies = Vec::new();
            for (other, _) in before.iter().filter(|(_, other)| *other == shown) {
                copies.extend(is_same_file((pid, fd), (pid, *other))?.then_some(*other));
            }
            all.push(format!("{fd} {shown} {copies:?} {}", kept.collect::<Vec<_>>().join(" ")));
            before.push((fd, shown));
        }
        Some(all)
    }

    /// What a descriptor of the last process stands for, by this link of `/proc`; `None` if there may be more in it than can be seen: something
    /// to be read, say.
    fn what_is_open(&self, number: usize, fd: i32, link: &str, whose: Whose) -> Option<String> {
        let socket = inode_in(link, "socket:[");
        if let Some(inode) = socket {
            match () {
                () if self.stdio.is_stdout(inode) => return Some("standard output".to_owned()),
                () if self.stdio.is_stderr(inode) => return Some("standard error".to_owned()),
                () if whose == Whose::OfLast => return None,
                () => {}
            }
        }
        // What is in it is the business of all who have it open.
        if let (Some(inode), Whose::Own) = (socket.or_else(|| inode_in(link, "pipe:[")), whose) {
            return Some(format!("stream {}", self.streams.number(inode)));
        }
        let process = self.tasks[number].process;
        if let Some(inode) = inode_in(link, "pipe:[") {
            // Nobody else has it open, so an empty one is as it was made.
            let pipe = self.dup(process, fd as u64)?;
            let size = fcntl(&pipe, FcntlArg::F_GETPIPE_SZ).ok()?;
            return (readable(&pipe) == 0).then(|| format!("pipe {} {size}", self.streams.number(inode)));
        }
        let meta = fs::metadata(self.place_of(process, fd as u64)).ok()?;
        // (What has no name any more is in no folder that is looked at.)
        let is_found = (meta.is_file() || meta.is_dir()) && meta.nlink() > 0;
        (is_found || STATELESS.contains(&link)).then(|| link.to_owned())
    }
}

/// Whether a change of it is one of files, all of which can be looked at.
fn is_of_files(object: Object) -> bool {
    matches!(
        object,
        Object::Content(_)
            | Object::Offset(_)
            | Object::Name(_)
            | Object::Folders
            | Object::Folder(_)
            | Object::Text(_)
    )
}

/// A digest of the memory of a stopped process that is its own, as far as it was touched, and of where what is mapped; of the stack only
/// what is used, and nothing of where the kernel says on which processor it runs.
pub fn memory_of(pid: Pid, registers: &All, of_processor: Option<(u64, u64)>, whose: Whose) -> Option<u64> {
    /// Of a page's entry in `/proc/PID/pagemap` (proc_pid_pagemap(5)): it is there, it is swapped out, it is the file's.
    const PRESENT: u64 = 1 << 63;
    const SWAPPED: u64 = 1 << 62;
    const OF_FILE: u64 = 1 << 61;
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let pagemap = File::open(format!("/proc/{pid}/pagemap")).ok()?;
    let page = Mapping::page_size();
    let stack = arch::stack(registers);
    let mut left = MOST_OF_MEMORY;
    let mut digest = DefaultHasher::new();
    for line in maps.lines() {
        let (start, end, rest) = proc::mapping(line)?;
        let rights = rest.get(..4)?;
        let is_of_kernel = rest.contains("[vvar") || rest.contains("[vsyscall]");
        // glibc's loader counts how long it takes, and it and the C library ask their processor which one it is; what they have loaded shows in
        // what is mapped, and in the heap.
        let name = rest.rsplit('/').next().unwrap_or_default();
        let is_of_loader = name.starts_with("ld-linux") || name == "libc.so.6" && !rights.contains('w');
        if is_of_kernel || is_of_loader {
            continue;
        }
        // Whatever others map as well has to be what it always is.
        let is_fixed = || !rights.contains('w') && rest.find('/').is_some_and(|at| !may_change(Path::new(&rest[at..])));
        if rights.ends_with('s') && !is_fixed() {
            match whose {
                Whose::OfLast => return None,
                Whose::Own => (start, end, rights).hash(&mut digest),
            }
            continue;
        }
        // (Where a program has made a stack of its own, there may be other things below it.)
        let is_stack = rest.ends_with("[stack]") && (start..end).contains(&stack);
        // The stack grows with what was used of it at any time.
        let start = if is_stack { (stack - arch::RED_ZONE) / page * page } else { start };
        // (The number of the device differs from world to world.)
        let what: Vec<&str> =
            rest.split_whitespace().enumerate().filter(|&(at, _)| at != 2).map(|(_, word)| word).collect();
        (start, end, what).hash(&mut digest);
        if end - start > LONGEST_MAPPING {
            return None;
        }
        let mut entries = vec![0; ((end - start) / page * 8) as usize];
        pagemap.read_exact_at(&mut entries, start / page * 8).ok()?;
        let is_own = |entry: &[u8; 8]| {
            let entry = u64::from_ne_bytes(*entry);
            entry & (PRESENT | SWAPPED) != 0 && entry & OF_FILE == 0
        };
        let mut at = start;
        for pages in entries.as_chunks().0.chunk_by(|one, other| is_own(one) == is_own(other)) {
            let from = if is_stack { at.max(stack - arch::RED_ZONE) } else { at };
            at += pages.len() as u64 * page;
            if !is_own(&pages[0]) {
                continue;
            }
            left = left.checked_sub(at - from)?;
            let mut bytes = vec![0; (at - from) as usize];
            if sys::read_memory(pid, from, &mut bytes) < bytes.len() {
                return None;
            }
            if let Some((start, end)) = of_processor {
                let within = |address: u64| (address.clamp(from, at) - from) as usize;
                bytes[within(start)..within(end)].fill(0);
            }
            (from, bytes).hash(&mut digest);
        }
    }
    Some(digest.finish())
}
