//! What each held system call means: whether it can be answered at once, or is a step of its task.
//!
//! [`table`] lists the calls; one file per family decodes them.

pub mod files;
pub mod memory;
pub mod polls;
pub mod processes;
pub mod signals;
pub mod streams;
pub mod table;
pub mod time;

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::kernel::filter::F_SETSIG;
use crate::kernel::proc;
use crate::kernel::sys::{self, Call};
use crate::protocol::{CaveatKind, Footprint, Object};
use crate::sandbox::FIRST_OF_ITS_WORLD;
use crate::supervisor::run::Supervisor;
use crate::trace::Pid;
use crate::world::files::may_change;
use crate::world::task::{Birth, Channel, Op, Timeout};
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

/// Which descriptors epoll sets watch.
pub const EPOLL_SETS: u64 = 3;

/// What of ioctl(2) changes a terminal, or looks at who reads from it (TCSETS and its kin, tcsetpgrp(3), …).
pub const IOCTLS_OF_TERMINALS: [u32; 9] = [
    libc::TCSETS as u32,
    libc::TCSETSW as u32,
    libc::TCSETSF as u32,
    libc::TCFLSH as u32,
    libc::TCXONC as u32,
    libc::TIOCSPGRP as u32,
    libc::TIOCGPGRP as u32,
    libc::TIOCSWINSZ as u32,
    libc::TIOCSTI as u32,
];

/// The flags of unshare(2) that a process without threads may give to no effect.
const UNSHARES_NOTHING: u64 = (libc::CLONE_VM | libc::CLONE_SIGHAND | libc::CLONE_THREAD) as u64;

/// An error number as the kernel returns it.
pub fn errno(errno: i32) -> Answer {
    Answer::Return(-i64::from(errno))
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
    /// A device, a file of the system, …: it is the same in every run.
    Other,
}

impl Supervisor<'_> {
    /// What to do about a call.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn decode(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let [a, b, c, d, e, _] = call.args;
        let process = self.tasks[number].process;
        let has_cloned = self.tasks[number].starting.take() == Some(Birth::Thread);
        let Some(row) = table::find(call.nr) else { return Ok(Answer::LetThrough) };
        self.has_looked_at_clock(process, row.kind, call);
        if row.kind == Kind::Yield
            && let Some(op) = self.takes_detour(number, call)
        {
            return Ok(Answer::Hold(op));
        }
        Ok(match row.kind {
            Kind::Write if self.is_single_write(process, a) => Answer::LetThrough,
            Kind::Write => self.write(number, call, a, &[(b, c)], false),
            Kind::WriteV | Kind::WriteV2 | Kind::PositionedWriteV => {
                let parts = streams::io_vectors(call.tid, b, c);
                self.write(number, call, a, &parts, false)
            }
            Kind::PositionedWrite => self.write(number, call, a, &[(b, c)], false),
            Kind::SendTo => self.write(number, call, a, &[(b, c)], d & libc::MSG_DONTWAIT as u64 != 0),
            Kind::SendMsg => {
                let parts = streams::message(call.tid, b);
                if streams::has_control(call.tid, b) {
                    // Descriptors that are on their way keep what they stand for open.
                    self.not_watched(call, number);
                }
                self.write(number, call, a, &parts, c & libc::MSG_DONTWAIT as u64 != 0)
            }
            Kind::SendMmsg => match self.target(process, a) {
                Target::Stdout | Target::Stderr => errno(libc::ENOSYS),
                _ => self.transfer(process, a, true, u64::from(u32::MAX), false, false),
            },
            // As if the kernel could not do it there; whoever tries falls back on read and write.
            Kind::SendFile => self.unless_output(process, a),
            Kind::Splice => self.unless_output(process, c),
            Kind::Tee => self.unless_output(process, b),
            Kind::Read if self.is_single_write(process, a) => Answer::LetThrough,
            Kind::Read => self.transfer(process, a, false, c, false, false),
            Kind::PositionedRead => self.transfer(process, a, false, c, false, true),
            Kind::ReadV | Kind::ReadV2 | Kind::PositionedReadV => {
                let total = streams::io_vectors(call.tid, b, c).iter().map(|part| part.1).sum();
                self.transfer(process, a, false, total, false, matches!(row.kind, Kind::PositionedReadV))
            }
            Kind::RecvFrom => self.receive(process, a, c, d),
            Kind::RecvMsg => {
                let total = streams::message(call.tid, b).iter().map(|part| part.1).sum();
                self.receive(process, a, total, c)
            }
            Kind::Accept => self.transfer(process, a, false, 1, false, false),
            Kind::Pipe => self.pipe(number, call)?,
            Kind::EventFd => self.eventfd(number, call)?,
            Kind::SocketPair => self.socketpair(number, call)?,
            Kind::Socket => {
                self.has_sockets = true;
                Answer::LetThrough
            }
            Kind::SocketCall | Kind::Shutdown => self.socket_call(process, a),
            // Whoever makes a pseudo-terminal needs this. What is typed there becomes signals and lines, which is not followed.
            Kind::Ioctl if b == libc::TIOCSPTLCK => {
                self.not_watched(call, number);
                Answer::LetThrough
            }
            Kind::Ioctl if IOCTLS_OF_TERMINALS.contains(&(b as u32)) => match self.target(process, a) {
                Target::Terminal(of) => self.touches(|uses| uses.writes(Object::Terminal(of))),
                _ => Answer::LetThrough,
            },
            Kind::Ioctl if b == libc::FIONREAD => self.looks_at_stream(process, a),
            Kind::Ioctl if b != libc::FIONBIO => self.is_not_watched(number, call),
            Kind::Ioctl => self.changes_stream(process, a),
            Kind::SetSocket => self.changes_stream(process, a),
            Kind::GetSocket => self.looks_at_stream(process, a),
            Kind::Connect => self.connect(process, a),
            Kind::Close => self.close(process, a as i32, a as i32),
            Kind::CloseRange => self.close(process, a as i32, i32::try_from(b as u32).unwrap_or(i32::MAX)),
            Kind::Dup => self.close(process, b as i32, b as i32),

            Kind::Poll => self.poll(number, call, polls::milliseconds(c), None),
            Kind::Ppoll => {
                let mask = polls::mask(call.tid, d, e);
                self.poll(number, call, polls::relative(call.tid, c, 1), mask)
            }
            Kind::Select => self.select(number, call, polls::relative(call.tid, e, 1000), None),
            Kind::Pselect => {
                let mask =
                    sys::read_u64s::<2>(call.tid, call.args[5]).and_then(|[at, size]| polls::mask(call.tid, at, size));
                self.select(number, call, polls::relative(call.tid, e, 1), mask)
            }
            Kind::EpollWait => self.epoll(number, call),

            Kind::OpenAt
            | Kind::Open
            | Kind::UnlinkAt
            | Kind::Unlink
            | Kind::RenameAt
            | Kind::Rename
            | Kind::LinkAt
            | Kind::SymlinkAt
            | Kind::Symlink
            | Kind::MkdirAt
            | Kind::Mkdir
            | Kind::MknodAt
            | Kind::Truncate
            | Kind::StatAt
            | Kind::Stat
            | Kind::AccessAt => self.path_call(number, call, row.kind),
            Kind::FileChange | Kind::FileLook | Kind::Seek | Kind::ReadFolder => self.file_call(process, a, row.kind),
            Kind::Flock => self.flock(process, a, b as i32),
            // The kernel will send signals by itself.
            Kind::Fcntl if b as i32 == libc::F_SETFL && c & libc::O_ASYNC as u64 != 0 => {
                self.is_not_watched(number, call)
            }
            Kind::Fcntl if matches!(b as i32, libc::F_SETFL | libc::F_SETPIPE_SZ) => self.changes_stream(process, a),
            Kind::Fcntl if matches!(b as i32, libc::F_GETFL | libc::F_GETPIPE_SZ) => self.looks_at_stream(process, a),
            // By these the kernel sends signals or refuses things later, which is not followed.
            Kind::Fcntl
                if matches!(
                    b as i32,
                    F_SETSIG | libc::F_SETLEASE | libc::F_GETLEASE | libc::F_NOTIFY | libc::F_ADD_SEALS
                ) =>
            {
                self.is_not_watched(number, call)
            }
            Kind::Fcntl => self.record_lock(process, call),

            Kind::Futex => self.futex(number, call),
            Kind::Mmap => self.mmap(number, call),

            Kind::Wait4 | Kind::WaitId => self.waits(process, call, row.kind),
            Kind::Fork => Answer::Hold(Op::Fork(Birth::Fork)),
            Kind::Vfork => Answer::Hold(Op::Fork(Birth::Vfork)),
            Kind::Clone => {
                self.says_what_is_shared(number, call, a);
                Answer::Hold(Op::Fork(crate::supervisor::perform::birth(a)))
            }
            Kind::Clone3 => {
                let flags = sys::read_u64s(call.tid, a).map_or(0, |[flags]| flags);
                self.says_what_is_shared(number, call, flags);
                Answer::Hold(Op::Fork(crate::supervisor::perform::birth(flags)))
            }
            Kind::Exec => Answer::Hold(Op::Exec(self.executed(number, call))),
            Kind::FirstCall => {
                if call.nr == libc::SYS_set_tid_address && crate::world::clock::replace_vdso(call.tid).is_err() {
                    self.caveat(CaveatKind::RealClock.anywhere());
                }
                Answer::LetThrough
            }
            Kind::ExitThread if self.other_threads(number) => {
                self.leave(call);
                Answer::Left
            }
            Kind::ExitThread | Kind::ExitGroup => Answer::Hold(Op::Exit),
            // As in real time, where the recorder is process 1: the kernel would say 0, since our process is in no world.
            Kind::GetParent if process == 0 && self.processes[0].inner == FIRST_OF_ITS_WORLD => {
                if self.shares_memory(process) { Answer::Hold(Op::Return(1)) } else { Answer::Return(1) }
            }
            Kind::GetParent => self.touches(|uses| uses.reads(Object::Parent(process as u64))),
            Kind::Session | Kind::Group => self.groups(process, call, row.kind),
            Kind::Prctl => self.prctl(process, a, b),

            Kind::Kill => self.kill(process, a as i32, b as i32),
            Kind::Tkill => self.signal_thread(number, a as Pid, b as i32),
            Kind::Tgkill => self.signal_thread(number, b as Pid, c as i32),
            Kind::PidfdOpen => {
                let target = self.named(process, a);
                self.touches(|uses| target.into_iter().for_each(|of| uses.reads(Object::Life(of as u64))))
            }
            Kind::PidfdSignal => match self.target(process, a) {
                Target::Process(target) => {
                    Answer::Hold(Op::Signal { targets: vec![target], signal: b as i32, by_us: false, group: None })
                }
                _ => Answer::LetThrough,
            },
            Kind::SignalMask if has_cloned => Answer::Hold(Op::Start),
            Kind::SignalAction => self.signal_action(process, call),
            Kind::SignalMask | Kind::SignalLook | Kind::SignalFd => self.signal_call(process, row.kind),
            Kind::Suspend => Answer::Hold(Op::Pause { mask: polls::mask(call.tid, a, 8) }),
            Kind::Pause => Answer::Hold(Op::Pause { mask: None }),
            Kind::SignalWait => self.signal_wait(call),

            Kind::Sleep | Kind::ClockSleep | Kind::Yield => self.sleep_call(number, call, row.kind),
            Kind::ClockGet | Kind::TimeOfDay | Kind::Time | Kind::Usage => self.clock_call(process, call, row.kind),
            Kind::Alarm
            | Kind::SetTimer
            | Kind::TimerCreate
            | Kind::TimerSet
            | Kind::TimerDelete
            | Kind::TimerFdSet
            | Kind::GetTimer
            | Kind::TimerGet
            | Kind::TimerOverrun
            | Kind::TimerFdGet => self.timer_step(number, call, row.kind),
            Kind::Random => self.random(process, call, a, b),

            Kind::Ipc => self.touches(|uses| uses.writes(Object::Ipc(0))),
            Kind::IpcWait | Kind::MqWait => {
                if matches!(call.nr, libc::SYS_semop | libc::SYS_semtimedop) {
                    self.undoes(process, call);
                }
                let mut uses = Footprint::default();
                uses.writes(Object::Ipc(0));
                Answer::Hold(Op::Kernel(uses))
            }
            Kind::Attach => self.attach(process, call),
            // Of one's own memory there is nothing to be unshared: some ask by this whether they have threads.
            Kind::Unshare if a & !UNSHARES_NOTHING == 0 => Answer::LetThrough,
            Kind::NotWatched | Kind::Unshare => self.is_not_watched(number, call),
            // By its limits a process decides about calls of another one that are not followed for that.
            Kind::Prlimit if c != 0 && a != 0 && a as Pid != self.processes[process].inner => {
                self.is_not_watched(number, call)
            }
            // Root has no right to that here, and would have it elsewhere.
            Kind::SetUser if nix::unistd::geteuid().is_root() && !processes::stays_root(call) => {
                self.is_not_watched(number, call)
            }
            Kind::SetProcess | Kind::SetUser => {
                let target = self.named(process, if row.name == "setpriority" { b } else { a });
                self.touches(|uses| {
                    target.into_iter().for_each(|of| uses.reads(Object::Life(of as u64)));
                    uses.writes(Object::Ipc(OF_PROCESSES));
                })
            }
            Kind::Prlimit if c != 0 => self.touches(|uses| uses.writes(Object::Ipc(OF_PROCESSES))),
            Kind::GetProcess | Kind::Prlimit => {
                let target = self.named(process, if row.name == "getpriority" { b } else { a });
                self.touches(|uses| {
                    target.into_iter().for_each(|of| uses.reads(Object::Life(of as u64)));
                    uses.reads(Object::Ipc(OF_PROCESSES));
                })
            }
            Kind::SetFile => self.touches(|uses| uses.writes(Object::Ipc(OF_FILES))),
            Kind::GetFile => self.touches(|uses| uses.reads(Object::Ipc(OF_FILES))),
            Kind::EpollControl => self.touches(|uses| uses.writes(Object::Ipc(EPOLL_SETS))),
        })
    }

    /// What a call would touch by now, if that may have changed since its task came to it: others were there first.
    pub fn decode_again(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let kind = table::find(call.nr)?.kind;
        let process = self.tasks[number].process;
        let [a, b, c, ..] = call.args;
        match kind {
            Kind::OpenAt
            | Kind::Open
            | Kind::UnlinkAt
            | Kind::Unlink
            | Kind::RenameAt
            | Kind::Rename
            | Kind::LinkAt
            | Kind::SymlinkAt
            | Kind::Symlink
            | Kind::MkdirAt
            | Kind::Mkdir
            | Kind::MknodAt
            | Kind::Truncate
            | Kind::StatAt
            | Kind::Stat
            | Kind::AccessAt => Some(self.path_call(number, call, kind)),
            Kind::Attach => Some(self.attach(process, call)),
            Kind::Read => Some(self.transfer(process, a, false, c, false, false)),
            Kind::ReadV | Kind::ReadV2 => {
                let total = streams::io_vectors(call.tid, b, c).iter().map(|part| part.1).sum();
                Some(self.transfer(process, a, false, total, false, false))
            }
            _ => None,
        }
    }

    /// A call whose effects are not followed: it is a step that depends on everything, and the verdict says so.
    fn is_not_watched(&mut self, number: usize, call: &Call) -> Answer {
        self.not_watched(call, number);
        self.touches(|uses| uses.writes(Object::Anything))
    }

    /// Processes that share more than threads do, or less than all, are not followed.
    fn says_what_is_shared(&mut self, number: usize, call: &Call, flags: u64) {
        let has = |flag: i32| flags & flag as u64 != 0;
        let is_usual = has(libc::CLONE_THREAD) || has(libc::CLONE_VM) && has(libc::CLONE_VFORK);
        let shares = [libc::CLONE_VM, libc::CLONE_FILES, libc::CLONE_FS, libc::CLONE_SIGHAND].into_iter().any(has);
        if !is_usual && shares || has(libc::CLONE_PARENT) {
            self.not_watched(call, number);
        }
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

    /// A read or write of a file while there is nobody else.
    fn is_single_write(&mut self, process: usize, fd: u64) -> bool {
        self.is_alone() && matches!(self.target(process, fd), Target::File(_) | Target::Other)
    }

    /// What a descriptor of a process stands for.
    pub fn target(&mut self, process: usize, fd: u64) -> Target {
        let pid = self.processes[process].seen_as;
        let place = format!("/proc/{pid}/fd/{}", fd as i32);
        let Ok(path) = fs::read_link(&place) else { return Target::Other };
        let link = path.to_string_lossy();
        let inode = |kind: &str| -> Option<u64> { link.strip_prefix(kind)?.strip_suffix(']')?.parse().ok() };
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
                None => Target::Socket,
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
                of.map_or(Target::Reaped, |of| of.map_or(Target::Other, Target::Process))
            }
            "anon_inode:[eventfd]" => Target::Counter(self.streams.counter(info("eventfd-id:").unwrap_or(0))),
            "anon_inode:[eventpoll]" => Target::Epoll,
            "anon_inode:[signalfd]" => Target::Signals,
            "anon_inode:[timerfd]" => Target::Timer,
            _ if link.starts_with("/dev/") && self.is_own_terminal(&place) => Target::Stdout,
            "/dev/ptmx" | "/dev/pts/ptmx" => info("tty-index:").map_or(Target::Other, Target::Terminal),
            _ if link.starts_with("/dev/pts/") => {
                link["/dev/pts/".len()..].parse().map_or(Target::Other, Target::Terminal)
            }
            _ if link.starts_with('/') => self.file_target(&place, &path),
            _ => Target::Other,
        }
    }

    /// Whether that is the terminal that the program has as its standard output.
    pub fn is_own_terminal(&self, place: impl AsRef<Path>) -> bool {
        fs::metadata(place).is_ok_and(|meta| self.stdio.is_terminal(&meta))
    }

    fn file_target(&mut self, place: &str, path: &Path) -> Target {
        let Ok(meta) = fs::metadata(place) else { return Target::Other };
        let kind = meta.file_type();
        if kind.is_fifo() {
            let stream = crate::world::files::number(path);
            return Target::Stream { read: stream, write: stream, is_socket: false };
        }
        if kind.is_dir() && may_change(path) {
            return Target::Folder(path.to_owned());
        }
        if !kind.is_file() || path.starts_with("/proc") || path.starts_with("/sys") {
            return Target::Other;
        }
        if path.starts_with("/dev/mqueue")
            || meta.nlink() > 0 && path.parent() == Some(Path::new("/")) && meta.dev() == 0
        {
            return Target::Queue;
        }
        if !may_change(path) {
            return Target::Other;
        }
        Target::File(self.files.number(meta.dev(), meta.ino(), path))
    }

    /// A duplicate of a descriptor of a process.
    pub fn dup(&self, process: usize, fd: u64) -> Option<OwnedFd> {
        let one = &self.processes[process];
        let pidfd = one.thread.as_ref().map_or_else(|| one.handle.as_fd(), AsFd::as_fd);
        sys::pidfd_getfd(pidfd, fd as i32).ok()
    }

    fn other_threads(&self, number: usize) -> bool {
        self.tasks
            .iter()
            .enumerate()
            .any(|(other, task)| other != number && task.process == self.tasks[number].process && !task.has_ended())
    }

    /// Who only looks at the clock lets time pass by it.
    fn has_looked_at_clock(&mut self, process: usize, kind: Kind, call: &Call) {
        let looks = match kind {
            Kind::ClockGet | Kind::TimeOfDay | Kind::Time | Kind::Mmap => true,
            Kind::Wait4 => call.args[2] & libc::WNOHANG as u64 != 0,
            Kind::WaitId => call.args[3] & libc::WNOHANG as u64 != 0,
            Kind::Poll => call.args[2] as i32 == 0,
            Kind::Ppoll => polls::relative(call.tid, call.args[2], 1) == Timeout::Now,
            _ => false,
        };
        if !looks {
            self.processes[process].clock.looked_away();
        }
    }

    /// What a transfer of a descriptor would use.
    fn channel(&self, target: &Target, fd: &OwnedFd, write: bool) -> Option<Channel> {
        Some(match target {
            Target::Stream { read, write: to, is_socket } => {
                Channel::Stream(if write { *to } else { *read }, streams::flow(fd, *is_socket))
            }
            Target::Counter(counter) => Channel::Counter(*counter, false),
            Target::Socket => Channel::Object(Object::Sockets),
            Target::Queue => Channel::Object(Object::Ipc(0)),
            Target::Terminal(of) => Channel::Object(Object::Terminal(*of)),
            _ => return None,
        })
    }
}
