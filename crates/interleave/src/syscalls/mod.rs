//! What each held system call means: whether it can be answered at once, or is a step of its task.
//!
//! [`table`] lists the calls; one file per family decodes them.

pub mod arguments;
pub mod by_descriptor;
pub mod calls;
pub mod closing;
pub mod copies;
pub mod epoll;
pub mod eventfd;
pub mod files;
pub mod locks;
pub mod memory;
pub mod operations;
pub mod places;
pub mod polls;
pub mod processes;
pub mod remains;
pub mod signals;
pub mod sockets;
pub mod streams;
pub mod table;
pub mod time;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nix::sys::statfs::fstatfs;

use crate::kernel::arch;
use crate::kernel::proc::{self, flags_of, inode_in};
use crate::kernel::sharing::is_same_file;
use crate::kernel::sys::{self, Call};
use crate::protocol::{Footprint, Object};
use crate::world::descriptors::Descriptor;
use crate::world::files::may_change;
use crate::world::run::Supervisor;
use crate::world::task::{Birth, Op, State};
use calls::{FileCall, MemoryCall, ProcessCall, SignalCall, StreamCall, TimeCall};
use table::Kind;

/// What to do about a call.
pub enum Answer {
    LetThrough,
    Return(i64),
    Hold(Op),
    /// It is answered already: the thread has ended.
    Left,
}

/// Which processes are in which groups and sessions, and who adopts orphans.
pub const GROUPS: u64 = 1;

/// What is set and asked of processes beside their lives: priority, limits, users.
pub const OF_PROCESSES: u64 = 4;

/// What is set and asked of files beside their content: modes, owners, times, attributes.
pub const OF_FILES: u64 = 5;

/// Who waits for which lock: that is looked at before anybody waits for a record lock (fcntl(2), EDEADLK).
pub const WAITS_FOR_LOCKS: u64 = 2;

/// Which descriptors epoll sets watch.
pub const EPOLL_SETS: u64 = 3;

/// Who has open what epoll sets may watch: it is taken out of them once nobody has.
pub const WATCHED: u64 = 9;

/// Which processes there are in each group: who is born becomes one of its parent's.
pub const MEMBERS: u64 = 7;

/// Who is to be told by a signal of what is open, and by which (F_SETOWN and F_SETSIG of fcntl(2)).
pub const OWNERS: u64 = 8;

/// The segments of System V's shared memory, and how many have each, among the objects of this kind.
pub const SEGMENTS: u64 = 10;

/// The timers that are read by descriptors. Who has one may have got it from another process, which cannot be told.
pub const TIMERS: u64 = 6;

/// An error number as the kernel returns it.
pub fn errno(errno: i32) -> Answer {
    Answer::Return(-i64::from(errno))
}

/// Whether the kernel refuses what a call is given at once, before it waits for anything (EINVAL, EFAULT).
fn is_malformed(call: &Call) -> bool {
    /// More descriptors than a process may have.
    const TOO_MANY: u32 = 1 << 20;
    const HOW: i32 = libc::WNOHANG | libc::__WNOTHREAD | libc::__WCLONE | libc::__WALL;
    const SIZE_OF_MASK: u64 = 8;
    let [a, b, c, d, e, _] = call.args;
    let is_readable = |address: u64| sys::read_memory(call.tid, address, &mut [0; 8]) == 8;
    match call.nr {
        arch::SYS_poll | libc::SYS_ppoll => {
            let has_wrong_mask = call.nr == libc::SYS_ppoll && d != 0 && e != SIZE_OF_MASK;
            let count = b as u32;
            has_wrong_mask || count > TOO_MANY || count > 0 && !is_readable(a)
        }
        arch::SYS_select | libc::SYS_pselect6 => {
            let count = a as i32;
            count < 0 || count > 0 && [b, c, d].into_iter().any(|set| set != 0 && !is_readable(set))
        }
        arch::SYS_epoll_wait | libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => c as i32 <= 0,
        libc::SYS_rt_sigsuspend => b != SIZE_OF_MASK,
        libc::SYS_wait4 => c as i32 & !(HOW | libc::WUNTRACED | libc::WCONTINUED) != 0,
        libc::SYS_waitid => {
            const WHAT: i32 = libc::WEXITED | libc::WSTOPPED | libc::WCONTINUED;
            let options = d as i32;
            a as u32 > libc::P_PIDFD || options & WHAT == 0 || options & !(HOW | WHAT | libc::WNOWAIT) != 0
        }
        libc::SYS_futex => a % 4 != 0,
        libc::SYS_read => c > i64::MAX as u64,
        _ => false,
    }
}

/// What a descriptor of the program stands for.
pub enum Target {
    Stdout,
    Stderr,
    /// A pipe, or one of a pair of sockets: the stream that it reads from and the one that it writes to.
    Stream {
        read: u64,
        write: u64,
        is_socket: bool,
    },
    /// An eventfd.
    Counter(u64),
    /// A socket that listens: the stream of those who connect.
    Listener(u64),
    /// Any other socket.
    Socket,
    Process(usize),
    /// One of the processes that were waited for.
    Reaped,
    /// A file that the program may change, by its number.
    File(u64),
    Folder(PathBuf),
    Epoll,
    Timer,
    Signals,
    /// A message queue.
    Queue,
    /// A side of a pseudo-terminal.
    Terminal(u64),
    /// Random numbers (random(4)).
    Random,
    /// A device, a file of the system, …: it is the same in every run.
    Other,
}

impl Supervisor<'_> {
    /// What to do about a call.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn decode(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let process = self.tasks[number].process;
        let has_cloned = self.tasks[number].starting.take() == Some(Birth::Thread);
        let Some(row) = table::find(call.nr) else { return Ok(self.is_not_watched(number, call)) };
        self.has_new_file(process);
        self.has_looked_at_clock(number, row.kind, call);
        if row.kind == Kind::Time(TimeCall::Yield)
            && let Some(op) = self.takes_detour(number, call)
        {
            return Ok(Answer::Hold(op));
        }
        if row.kind == Kind::Time(TimeCall::Yield)
            && let Some(answer) = self.uses_thread_lock(number, call)
        {
            return Ok(answer);
        }
        if row.kind == Kind::Time(TimeCall::Yield) && self.stands_before_access(number, call) {
            return Ok(Answer::Hold(Op::Access));
        }
        if row.kind == Kind::Time(TimeCall::Yield) && self.stands_aside(number, call) {
            return Ok(Answer::Hold(Op::Turn));
        }
        if is_malformed(call) || time::is_no_time(call) {
            return Ok(Answer::LetThrough);
        }
        Ok(match row.kind {
            Kind::Stream(kind) => self.decode_stream(number, call, kind)?,
            Kind::Poll(kind) => self.decode_poll(number, call, kind),
            Kind::Path(kind) => self.path_call(number, call, kind),
            Kind::File(kind) => self.decode_file(number, call, kind),
            Kind::Memory(kind) => self.decode_memory(number, call, kind),
            Kind::Process(kind) => self.decode_process(number, call, kind),
            Kind::Signal(kind) => self.decode_signal(number, call, kind, has_cloned),
            Kind::Time(kind) => self.decode_time(number, call, kind),
            Kind::Random => self.random(process, call),
            Kind::NotWatched => self.is_not_watched(number, call),
        })
    }

    /// What a call would touch by now, if that may have changed since its task came to it: others were there first.
    pub fn decode_again(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let kind = table::find(call.nr)?.kind;
        let process = self.tasks[number].process;
        let [a, b, c, ..] = call.args;
        match kind {
            Kind::Path(kind) => Some(self.path_call(number, call, kind)),
            // A folder goes by its name.
            Kind::File(kind @ (FileCall::Look | FileCall::ReadFolder | FileCall::Seek)) => {
                Some(self.file_call(process, a, kind))
            }
            Kind::Stream(StreamCall::Bind) => Some(self.bind(number, call)),
            Kind::Memory(MemoryCall::Attach) => Some(self.attach(process, call)),
            Kind::Memory(MemoryCall::Mmap) => Some(self.mmap(number, call)),
            Kind::Process(ProcessCall::Prctl) => {
                self.has_called_prctl(process, call);
                None
            }
            Kind::Process(
                kind @ (ProcessCall::PidfdOpen
                | ProcessCall::SetProcess
                | ProcessCall::GetProcess
                | ProcessCall::Prlimit
                | ProcessCall::Group
                | ProcessCall::Session),
            ) => Some(self.decode_process(number, call, kind)),
            Kind::Signal(SignalCall::Kill) => Some(self.kill(process, a as i32, b as i32)),
            Kind::Signal(SignalCall::Action) => {
                self.has_set_action(process, call);
                None
            }
            Kind::Stream(StreamCall::Read) => Some(self.transfer(process, a, false, c, false, false)),
            Kind::Stream(StreamCall::ReadV) | Kind::Stream(StreamCall::ReadV2) => {
                let total = streams::io_vectors(call.tid, b, c).iter().map(|part| part.1).sum();
                Some(self.transfer(process, a, false, total, false, false))
            }
            _ => None,
        }
    }

    /// A call whose effects are not followed: it is a step that depends on everything, and the verdict says so.
    pub fn is_not_watched(&mut self, number: usize, call: &Call) -> Answer {
        // The streams that all runs have are among all that it may change.
        self.stdio.is_changed();
        self.reaches_into(number, call);
        self.not_watched(call, number);
        self.touches(|uses| uses.writes(Object::Anything))
    }

    /// Whether there is nobody else, and never was: whatever the only task does, nobody can tell when.
    pub fn is_alone(&self) -> bool {
        self.tasks.len() == 1 && self.timers.armed().next().is_none()
    }

    /// A step that touches this, or none if there is nobody else.
    pub fn touches(&mut self, uses: impl FnOnce(&mut Footprint)) -> Answer {
        if self.is_alone() {
            return Answer::LetThrough;
        }
        let mut footprint = Footprint::default();
        uses(&mut footprint);
        if footprint.is_empty() { Answer::LetThrough } else { Answer::Hold(Op::Plain(footprint)) }
    }

    /// A process has set something of its own of which nobody is told afterwards.
    pub fn has_set(&mut self, process: usize, what: impl Hash) {
        if let Some(settings) = &mut self.processes[process].settings {
            let mut digest = DefaultHasher::new();
            (*settings, what).hash(&mut digest);
            *settings = digest.finish();
        }
    }

    /// What a descriptor of a process stands for.
    pub fn target(&mut self, process: usize, fd: u64) -> Target {
        let pid = self.processes[process].seen_as;
        let place = self.place_of(process, fd);
        let Ok(path) = fs::read_link(&place) else { return Target::Other };
        let link = path.to_string_lossy();
        let inode = |kind: &str| inode_in(&link, kind);
        if let Some(inode) = inode("socket:[") {
            if self.stdio.is_stdout(inode) {
                return Target::Stdout;
            }
            if self.stdio.is_stderr(inode) {
                return Target::Stderr;
            }
            return match self.streams.peer(inode) {
                Some(peer) => Target::Stream {
                    read: self.streams.number(inode),
                    write: self.streams.number(peer),
                    is_socket: true,
                },
                None => {
                    self.sockets.meets(inode, process);
                    self.sockets.stream(inode).map_or(Target::Socket, Target::Listener)
                }
            };
        }
        if let Some(inode) = inode("pipe:[") {
            let stream = self.streams.number(inode);
            return Target::Stream { read: stream, write: stream, is_socket: false };
        }
        let info = |name: &str| -> Option<u64> {
            let info = proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).ok()?;
            info.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
        };
        match &*link {
            "anon_inode:[pidfd]" => {
                // Of a process that was waited for the kernel says -1.
                let of = info("Pid:").map(|pid| self.processes.iter().rposition(|p| u64::from(p.pid) == pid));
                let gone = || self.of_pidfd(&place).map_or(Target::Reaped, Target::Process);
                of.map_or_else(gone, |of| of.map_or(Target::Other, Target::Process))
            }
            "anon_inode:[eventfd]" => Target::Counter(self.streams.counter(info("eventfd-id:").unwrap_or(0))),
            "anon_inode:[eventpoll]" => Target::Epoll,
            "anon_inode:[signalfd]" => Target::Signals,
            "anon_inode:[timerfd]" => Target::Timer,
            "/dev/random" | "/dev/urandom" => Target::Random,
            _ if link.starts_with("/dev/") && self.is_own_terminal(&place) => Target::Stdout,
            "/dev/ptmx" | "/dev/pts/ptmx" => info("tty-index:").map_or(Target::Other, Target::Terminal),
            _ if link.starts_with("/dev/pts/") => {
                link["/dev/pts/".len()..].parse().map_or(Target::Other, Target::Terminal)
            }
            _ if link.starts_with('/') => self.file_target(process, fd, &path),
            _ => Target::Other,
        }
    }

    /// Whether that is the terminal that the program has as its standard output.
    pub fn is_own_terminal(&self, place: impl AsRef<Path>) -> bool {
        self.stdio.has_terminal() && fs::metadata(place).is_ok_and(|meta| self.stdio.is_terminal(&meta))
    }

    fn file_target(&mut self, process: usize, fd: u64, path: &Path) -> Target {
        let place = self.place_of(process, fd);
        let Ok(meta) = fs::metadata(&place) else { return Target::Other };
        let kind = meta.file_type();
        if kind.is_fifo() {
            let stream = self.files.number(meta.dev(), meta.ino(), path);
            self.streams.add_fifo(stream);
            return Target::Stream { read: stream, write: stream, is_socket: false };
        }
        if kind.is_dir() && (may_change(path) || self.is_open_beside(process, fd, path, &meta)) {
            return Target::Folder(path.to_owned());
        }
        if !kind.is_file() || path.starts_with("/proc") || path.starts_with("/sys") {
            return Target::Other;
        }
        // A message queue is called like a file of the root, and lies in a file system of its own (mq_overview(7)).
        const MQUEUE_MAGIC: u32 = 0x1980_0202;
        let is_of_queues = |fd: OwnedFd| fstatfs(fd).is_ok_and(|fs| fs.filesystem_type().0 as u32 == MQUEUE_MAGIC);
        if path.starts_with("/dev/mqueue")
            || path.parent() == Some(Path::new("/")) && self.dup(process, fd).is_some_and(is_of_queues)
        {
            return Target::Queue;
        }
        if !may_change(path) && !self.is_open_beside(process, fd, path, &meta) {
            return Target::Other;
        }
        Target::File(self.files.number(meta.dev(), meta.ino(), path))
    }

    /// Where /proc shows a descriptor of a process.
    pub fn place_of(&self, process: usize, fd: u64) -> String {
        format!("/proc/{}/fd/{}", self.processes[process].seen_as, fd as i32)
    }

    /// Whether another process has a file of the system open that nobody writes to, or has had it: perhaps by a descriptor that was handed
    /// on, and then they share the place where the next read begins.
    fn is_open_beside(&mut self, process: usize, fd: u64, path: &Path, meta: &fs::Metadata) -> bool {
        let file = (meta.dev(), meta.ino());
        if self.files.was_shared(file) {
            return true;
        }
        if self.others(process).next().is_none() {
            return false;
        }
        let Some((is_beside, is_shared)) = self.copies_beside(process, fd, path) else { return false };
        if is_shared {
            // Whoever comes when the other one has ended still finds where that has left it.
            self.files.is_shared(file);
        }
        is_beside
    }

    /// Whether another process has this path open, too, and whether by a copy of this descriptor, as far as it is looked for.
    fn copies_beside(&self, process: usize, fd: u64, path: &Path) -> Option<(bool, bool)> {
        let pid = self.processes[process].seen_as;
        let is_copy = |other: usize, of_other: i32| {
            is_same_file((pid, fd as i32), (self.processes[other].seen_as, of_other)) != Some(false)
        };
        let is_it = |other: &usize| fs::read_link(self.place_of(*other, fd)).is_ok_and(|link| link == path);
        if let Some(other) = self.others(process).find(is_it) {
            return Some((true, is_copy(other, fd as i32)));
        }
        // What is closed by execve(2), such as a library that is loaded, others have only by the same number, from fork(2).
        let info = proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).ok()?;
        if flags_of(&info) & libc::O_CLOEXEC != 0 {
            return None;
        }
        let is_path = |open: &&Descriptor| open.link().is_some_and(|link| path.as_os_str() == &*link);
        let mut is_beside = false;
        for other in self.others(process) {
            for open in self.open_descriptors(other).iter().filter(is_path) {
                is_beside = true;
                if is_copy(other, open.fd) {
                    return Some((true, true));
                }
            }
        }
        Some((is_beside, false))
    }

    /// The other processes that live.
    pub fn others(&self, process: usize) -> impl Iterator<Item = usize> {
        (0..self.processes.len()).filter(move |&other| other != process && !self.processes[other].has_ended)
    }

    /// What a process has open.
    pub fn open_descriptors(&self, process: usize) -> Rc<[Descriptor]> {
        let tasks = self.tasks.iter().filter(|task| task.process == process && !task.has_ended());
        let stands_at = tasks.map(|task| match &task.state {
            State::Held(call, _) => Some(call.id),
            _ => None,
        });
        let stands_at = stands_at.collect::<Option<Vec<u64>>>().filter(|calls| !calls.is_empty());
        let one = &self.processes[process];
        one.seen.borrow_mut().of(one.seen_as, stands_at)
    }

    /// Whether another process has this open, by whatever descriptor.
    pub fn is_open_elsewhere(&self, process: usize, what: &Path) -> bool {
        let is_it = |fd: &Descriptor| fd.link().is_some_and(|link| what.as_os_str() == &*link);
        self.others(process).any(|other| self.open_descriptors(other).iter().any(is_it))
    }

    /// A duplicate of a descriptor of a process.
    pub fn dup(&self, process: usize, fd: u64) -> Option<OwnedFd> {
        let one = &self.processes[process];
        let pidfd = one.thread.as_ref().map_or_else(|| one.handle.as_fd(), AsFd::as_fd);
        sys::pidfd_getfd(pidfd, fd as i32).ok()
    }
}
