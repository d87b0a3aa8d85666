//! What each held system call means: whether it can be answered at once, or is a step of its task.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, sockopt};

use super::arch;
use super::clock;
use super::queues::{Flow, Identity};
use super::run::{Answer, Birth, Live, Op, Polled, State, Timeout, Transfer, Who, is_ready};
use super::sys::{self, Call};
use super::wire::{Caveat, Object};
use crate::trace::Pid;

/// The most that is taken of one write; the rest is written by the program's next one.
const MOST: usize = 64 << 10;

/// After so many naps in a row a task has nothing to do but wait for others.
const NAPS: u32 = 8;

/// What a descriptor of the program stands for.
enum Target {
    Stdout,
    Stderr,
    /// A pipe, socket, …, by the queue that it reads from and the one that it writes to.
    Stream {
        read: usize,
        write: usize,
        /// `None`: what getsockopt(2) says.
        flow: Option<Flow>,
    },
    Process(usize),
    File,
    /// A device, a directory, …: not explored.
    Other,
}

impl Live<'_> {
    /// What to do about a call.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn handle(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let [a, b, c, d, e, _] = call.args;
        let process = self.tasks[number].process;
        let has_cloned = self.tasks[number].starting.take() == Some(Birth::Thread);
        let timeout = match call.nr {
            arch::SYS_poll => milliseconds(c),
            arch::SYS_epoll_wait | libc::SYS_epoll_pwait => milliseconds(d),
            libc::SYS_ppoll => relative(call.tid, c, 1),
            libc::SYS_epoll_pwait2 => relative(call.tid, d, 1),
            libc::SYS_pselect6 => relative(call.tid, e, 1),
            arch::SYS_select => relative(call.tid, e, 1000),
            _ => Timeout::Never,
        };
        // Only to look is no work: who does so until a time is up looks at the clock in between.
        let looks_at_clock =
            matches!(call.nr, libc::SYS_clock_gettime | libc::SYS_gettimeofday | arch::SYS_time | libc::SYS_mmap);
        let looks_for_child = match call.nr {
            libc::SYS_wait4 => c & libc::WNOHANG as u64 != 0,
            libc::SYS_waitid => d & libc::WNOHANG as u64 != 0,
            _ => false,
        };
        if !looks_at_clock && !looks_for_child && timeout != Timeout::Now {
            self.processes[process].clock.looked_away();
        }
        Ok(match call.nr {
            libc::SYS_rt_sigprocmask if has_cloned => Answer::Hold(Op::Start),
            libc::SYS_write if self.rings(number, call) => Answer::Hold(Op::Return(8)),
            libc::SYS_write => self.write(number, call, a, &[(b, c)], false),
            libc::SYS_writev | libc::SYS_pwritev2 => {
                let parts = io_vectors(call.tid, b, c);
                self.write(number, call, a, &parts, false)
            }
            libc::SYS_sendto => self.write(number, call, a, &[(b, c)], d & libc::MSG_DONTWAIT as u64 != 0),
            libc::SYS_sendmsg => {
                let parts = message(call.tid, b);
                self.write(number, call, a, &parts, c & libc::MSG_DONTWAIT as u64 != 0)
            }
            libc::SYS_sendmmsg => match self.target(process, a) {
                Target::Stdout | Target::Stderr => Answer::Return(-i64::from(libc::ENOSYS)),
                _ => self.transfer(process, a, true, u64::from(u32::MAX), false),
            },
            // As if the kernel could not do it there; whoever tries falls back on read and write.
            libc::SYS_sendfile | libc::SYS_vmsplice => self.unless_output(process, a),
            libc::SYS_splice | libc::SYS_copy_file_range => self.unless_output(process, c),
            libc::SYS_tee => self.unless_output(process, b),

            libc::SYS_read => self.transfer(process, a, false, c, false),
            libc::SYS_readv | libc::SYS_preadv2 => {
                let total = io_vectors(call.tid, b, c).iter().map(|part| part.1).sum();
                self.transfer(process, a, false, total, false)
            }
            libc::SYS_recvfrom => self.transfer(process, a, false, c, d & libc::MSG_DONTWAIT as u64 != 0),
            libc::SYS_recvmsg => {
                let total = message(call.tid, b).iter().map(|part| part.1).sum();
                self.transfer(process, a, false, total, c & libc::MSG_DONTWAIT as u64 != 0)
            }
            libc::SYS_recvmmsg | libc::SYS_accept | libc::SYS_accept4 => self.transfer(process, a, false, 1, false),
            libc::SYS_socketpair => self.socketpair(call)?,

            arch::SYS_poll | libc::SYS_ppoll => self.poll(number, call, timeout),
            arch::SYS_select | libc::SYS_pselect6 => self.select(number, call, timeout),
            arch::SYS_epoll_wait | libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => self.epoll(process, a, timeout),
            libc::SYS_futex => self.futex(number, call),
            libc::SYS_wait4 => {
                let who = match a as i32 {
                    pid @ 1.. => self.child(process, pid as Pid),
                    _ => Who::Any,
                };
                Answer::Hold(Op::Wait { who, block: !looks_for_child })
            }
            libc::SYS_waitid => {
                let who = match a as u32 {
                    libc::P_PID => self.child(process, b as Pid),
                    libc::P_PIDFD => match self.target(process, b) {
                        Target::Process(child) => Who::Child(child),
                        _ => Who::Nobody,
                    },
                    _ => Who::Any,
                };
                Answer::Hold(Op::Wait { who, block: !looks_for_child })
            }

            libc::SYS_nanosleep => match sys::read_u64s(call.tid, a) {
                Some([seconds, nanoseconds]) => self.nap(number, seconds.saturating_mul(1_000_000_000) + nanoseconds),
                None => Answer::LetThrough,
            },
            libc::SYS_clock_nanosleep => match sys::read_u64s(call.tid, c) {
                Some([seconds, nanoseconds]) => {
                    let time = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
                    let absolute = b & libc::TIMER_ABSTIME as u64 != 0;
                    let time = if absolute { self.processes[process].clock.until(a as i64, time) } else { time };
                    self.nap(number, time)
                }
                None => Answer::LetThrough,
            },
            libc::SYS_sched_yield => self.nap(number, 0),
            libc::SYS_clock_gettime => {
                let time = self.processes[process].clock.read(a as i64);
                self.tell(call, b, &[time / 1_000_000_000, time % 1_000_000_000])
            }
            libc::SYS_gettimeofday => {
                let time = self.processes[process].clock.read(libc::CLOCK_REALTIME.into());
                self.tell(call, a, &[time / 1_000_000_000, time % 1_000_000_000 / 1000])
            }
            arch::SYS_time => {
                let time = self.processes[process].clock.read(libc::CLOCK_REALTIME.into()) / 1_000_000_000;
                if a != 0 {
                    self.tell(call, a, &[time]);
                }
                Answer::Return(time as i64)
            }
            // What a run costs differs from run to run; `struct rusage` has this many words.
            libc::SYS_getrusage => self.tell(call, b, &[0; 18]),
            libc::SYS_getrandom => self.random(process, call, a, b),

            arch::SYS_fork | arch::SYS_vfork | libc::SYS_clone | libc::SYS_clone3 => {
                let flags = match call.nr {
                    libc::SYS_clone => a,
                    libc::SYS_clone3 => sys::read_u64s(call.tid, a).map_or(0, |[flags]| flags),
                    arch::SYS_vfork => libc::CLONE_VFORK as u64,
                    _ => 0,
                };
                self.footprint.changes(Object::BIRTHS);
                let task = &mut self.tasks[number];
                task.has_forked = true;
                task.starting = Some(match flags {
                    _ if flags & libc::CLONE_THREAD as u64 != 0 => Birth::Thread,
                    _ if flags & libc::CLONE_VFORK as u64 != 0 => Birth::Loan,
                    _ => Birth::Copy,
                });
                Answer::LetThrough
            }
            libc::SYS_execve | libc::SYS_execveat => {
                let member = &mut self.processes[process];
                (member.shares_memory, member.mappings, member.blind) = (false, None, false);
                Answer::LetThrough
            }
            libc::SYS_set_tid_address | libc::SYS_set_robust_list => {
                if call.nr == libc::SYS_set_tid_address && clock::replace_vdso(call.tid).is_err() {
                    *self.caveats.entry(Caveat::RealClock).or_default() += 1;
                }
                Answer::LetThrough
            }
            libc::SYS_exit if self.other_threads(number) => {
                self.leave(call);
                Answer::Left
            }
            libc::SYS_exit | libc::SYS_exit_group => Answer::Hold(Op::Exit),
            libc::SYS_getppid => {
                if let Some(parent) = self.processes[process].parent {
                    self.footprint.looks_at(Object::life(parent));
                }
                Answer::LetThrough
            }
            libc::SYS_kill => self.kill(process, a as i32, b as i32),
            libc::SYS_tkill => self.signal_thread(process, a as Pid),
            libc::SYS_tgkill => self.signal_thread(process, b as Pid),
            libc::SYS_rt_sigqueueinfo => self.kill(process, a as i32, b as i32),
            libc::SYS_rt_tgsigqueueinfo => self.signal_thread(process, b as Pid),
            libc::SYS_pidfd_send_signal => match self.target(process, a) {
                Target::Process(target) => Answer::Hold(Op::Signal { targets: vec![target], everyone: None }),
                _ => Answer::LetThrough,
            },
            libc::SYS_mmap => {
                let file = if d & libc::MAP_ANONYMOUS as u64 == 0 { self.dup(process, e) } else { None };
                let in_memory = file.is_some_and(|file| self.memory.add(file));
                let member = &mut self.processes[process];
                member.shares_memory |= in_memory || c & libc::PROT_WRITE as u64 != 0;
                member.mappings = None;
                Answer::LetThrough
            }
            _ => Answer::LetThrough,
        })
    }

    fn target(&mut self, process: usize, fd: u64) -> Target {
        let pid = self.processes[process].pid;
        let Ok(link) = fs::read_link(format!("/proc/{pid}/fd/{}", fd as i32)) else { return Target::Other };
        let link = link.to_string_lossy();
        let inode = |kind: &str| -> Option<u64> { link.strip_prefix(kind)?.strip_suffix(']')?.parse().ok() };
        if let Some(inode) = inode("socket:[") {
            if inode == self.stdio.stdout_inode {
                return Target::Stdout;
            }
            if inode == self.stdio.stderr_inode {
                return Target::Stderr;
            }
            return Target::Stream {
                read: self.queues.of_socket(inode, false),
                write: self.queues.of_socket(inode, true),
                flow: None,
            };
        }
        if let Some(inode) = inode("pipe:[") {
            let queue = self.queues.number(Identity::Pipe(inode));
            return Target::Stream { read: queue, write: queue, flow: Some(Flow::Bytes) };
        }
        let info = |name: &str| -> Option<u64> {
            let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", fd as i32)).ok()?;
            info.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
        };
        let kind = match &*link {
            "anon_inode:[pidfd]" => {
                let of = info("Pid:").and_then(|pid| self.processes.iter().rposition(|p| u64::from(p.pid) == pid));
                return of.map_or(Target::Other, Target::Process);
            }
            "anon_inode:[eventfd]" => {
                let queue = self.queues.number(Identity::Event(info("eventfd-id:").unwrap_or(0)));
                return Target::Stream { read: queue, write: queue, flow: Some(Flow::Bell) };
            }
            "anon_inode:[eventpoll]" => "epoll",
            "anon_inode:[signalfd]" => "signalfd",
            "anon_inode:[timerfd]" => "timerfd",
            // In the latter two are things that are no files.
            path if path.starts_with('/') && !path.starts_with("/dev/") && !path.starts_with("/proc/") => {
                return Target::File;
            }
            _ => return Target::Other,
        };
        let queue = self.queues.number(Identity::Any(kind));
        Target::Stream { read: queue, write: queue, flow: Some(Flow::Bytes) }
    }

    fn dup(&self, process: usize, fd: u64) -> Option<OwnedFd> {
        sys::pidfd_getfd(self.processes[process].handle.as_fd(), fd as i32).ok()
    }

    fn write(&mut self, number: usize, call: &Call, fd: u64, parts: &[(u64, u64)], dont_wait: bool) -> Answer {
        let process = self.tasks[number].process;
        let target = self.target(process, fd);
        if let Target::Stream { .. } = target {
            return self.transfer(process, fd, true, parts.iter().map(|part| part.1).sum(), dont_wait);
        }
        if let Target::Other | Target::Process(_) | Target::File = target {
            if let Target::File = target {
                self.footprint.changes(Object::FILES);
            }
            return Answer::LetThrough;
        }
        let mut bytes = Vec::new();
        for &(address, length) in parts {
            let start = bytes.len();
            let wanted = (length as usize).min(MOST - start);
            bytes.resize(start + wanted, 0);
            let read = sys::read_memory(call.tid, address, &mut bytes[start..]);
            bytes.truncate(start + read);
            if read < wanted {
                break;
            }
        }
        let length = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.1));
        match target {
            // Unreadable memory: the kernel has an answer for that, and for what writes nothing.
            _ if bytes.is_empty() => {
                if length == 0 {
                    Answer::Return(0)
                } else {
                    Answer::Return(-i64::from(libc::EFAULT))
                }
            }
            Target::Stdout if bytes.contains(&b'\n') => Answer::Hold(Op::Output(bytes)),
            Target::Stdout => {
                self.print(process, &bytes);
                Answer::Return(bytes.len() as i64)
            }
            _ => {
                self.complain(process, &bytes);
                Answer::Return(bytes.len() as i64)
            }
        }
    }

    fn unless_output(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stdout | Target::Stderr => Answer::Return(-i64::from(libc::EINVAL)),
            _ => Answer::LetThrough,
        }
    }

    fn transfer(&mut self, process: usize, fd: u64, write: bool, bytes: u64, dont_wait: bool) -> Answer {
        let (queue, flow) = match self.target(process, fd) {
            Target::Stream { write: queue, flow, .. } if write => (queue, flow),
            Target::Stream { read: queue, flow, .. } => (queue, flow),
            Target::File => {
                self.footprint.looks_at(Object::FILES);
                return Answer::LetThrough;
            }
            _ => return Answer::LetThrough,
        };
        if write && flow == Some(Flow::Bell) {
            // Whoever waits for that will hear it at once.
            return Answer::LetThrough;
        }
        let Some(fd) = self.dup(process, fd) else { return Answer::LetThrough };
        let flags = fcntl(&fd, FcntlArg::F_GETFL).map_or(OFlag::empty(), OFlag::from_bits_truncate);
        let flow = flow.unwrap_or_else(|| match getsockopt(&fd, sockopt::SockType) {
            Ok(SockType::Stream) | Err(_) => Flow::Bytes,
            Ok(_) => Flow::Messages,
        });
        let now = dont_wait || flags.contains(OFlag::O_NONBLOCK);
        Answer::Hold(Op::Transfer(Transfer { fd, write, now, queue, bytes, flow }))
    }

    /// Rings an eventfd in the place of a task that shares memory, which goes on after those who hear it.
    fn rings(&mut self, number: usize, call: &Call) -> bool {
        let process = self.tasks[number].process;
        let [fd, address, length, ..] = call.args;
        if length != 8
            || !self.shares_memory(process)
            || !matches!(self.target(process, fd), Target::Stream { flow: Some(Flow::Bell), .. })
        {
            return false;
        }
        let (Some(fd), Some([1])) = (self.dup(process, fd), sys::read_u64s(call.tid, address)) else { return false };
        // One more than this the counter might not hold, and we would have to wait.
        let has_room = is_ready(&mut [PollFd::new(fd.as_fd(), PollFlags::POLLOUT)]);
        let has_rung = has_room && nix::unistd::write(&fd, &1u64.to_ne_bytes()) == Ok(8);
        if has_rung {
            self.ringing.push(number);
        }
        has_rung
    }

    /// Makes the pair ourselves, so that we know which two sockets belong together.
    fn socketpair(&mut self, call: &Call) -> io::Result<Answer> {
        let [domain, kind, protocol, into, ..] = call.args;
        let flags = SockFlag::from_bits_truncate(kind as i32);
        let kind = match kind as i32 & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) {
            libc::SOCK_STREAM => SockType::Stream,
            libc::SOCK_DGRAM => SockType::Datagram,
            libc::SOCK_SEQPACKET => SockType::SeqPacket,
            _ => return Ok(Answer::LetThrough),
        };
        if domain as i32 != libc::AF_UNIX || protocol != 0 {
            return Ok(Answer::LetThrough);
        }
        let Ok((one, other)) =
            nix::sys::socket::socketpair(AddressFamily::Unix, kind, None, flags | SockFlag::SOCK_CLOEXEC)
        else {
            return Ok(Answer::LetThrough);
        };
        let inode = |fd: &OwnedFd| nix::sys::stat::fstat(fd).map(|stat| stat.st_ino);
        let (Ok(a), Ok(b)) = (inode(&one), inode(&other)) else { return Ok(Answer::LetThrough) };
        let cloexec = flags.contains(SockFlag::SOCK_CLOEXEC);
        let numbers = [one.as_fd(), other.as_fd()].map(|fd| self.listener.give_fd(call, fd, cloexec));
        let [Ok(first), Ok(second)] = numbers else { return Ok(Answer::Return(-i64::from(libc::EMFILE))) };
        let bytes = [first.to_ne_bytes(), second.to_ne_bytes()].concat();
        if !sys::write_memory(call.tid, into, &bytes) {
            return Ok(Answer::Return(-i64::from(libc::EFAULT)));
        }
        self.queues.connect(a, b);
        Ok(Answer::Return(0))
    }

    /// Waiting for descriptors: those of `poll(2)`, as (descriptor, events).
    fn wait_for(&mut self, number: usize, wanted: &[(u64, PollFlags)], timeout: Timeout) -> Answer {
        let process = self.tasks[number].process;
        let (mut fds, mut looks_at) = (Vec::new(), Vec::new());
        for &(fd, events) in wanted {
            let mut only_tells = false;
            match self.target(process, fd) {
                Target::Stream { flow: Some(Flow::Bell), .. } => only_tells = true,
                Target::Stream { read, write, .. } => {
                    if events.contains(PollFlags::POLLIN) {
                        looks_at.push(Object::tail(read));
                    }
                    if events.contains(PollFlags::POLLOUT) {
                        looks_at.push(Object::head(write));
                    }
                }
                Target::Process(target) => {
                    only_tells = true;
                    if timeout == Timeout::Now {
                        looks_at.push(Object::life(target));
                    }
                }
                _ => {}
            }
            if let Some(fd) = self.dup(process, fd) {
                fds.push(Polled { fd, events, only_tells });
            }
        }
        match timeout {
            Timeout::After(time) if wanted.is_empty() => self.nap(number, time),
            Timeout::Now if looks_at.is_empty() => Answer::LetThrough,
            _ => Answer::Hold(Op::Poll { fds, looks_at, timeout }),
        }
    }

    fn poll(&mut self, number: usize, call: &Call, timeout: Timeout) -> Answer {
        let count = (call.args[1] as usize).min(1024);
        let mut bytes = vec![0; count * 8];
        let read = sys::read_memory(call.tid, call.args[0], &mut bytes);
        let wanted: Vec<(u64, PollFlags)> = bytes[..read]
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&[f0, f1, f2, f3, e0, e1, ..]| {
                let events = PollFlags::from_bits_truncate(i16::from_ne_bytes([e0, e1]));
                (i32::from_ne_bytes([f0, f1, f2, f3]), events)
            })
            .filter(|(fd, _)| *fd >= 0)
            .map(|(fd, events)| (fd as u64, events))
            .collect();
        self.wait_for(number, &wanted, timeout)
    }

    fn select(&mut self, number: usize, call: &Call, timeout: Timeout) -> Answer {
        let count = call.args[0].min(1024);
        let mut wanted = Vec::new();
        for (set, events) in [(call.args[1], PollFlags::POLLIN), (call.args[2], PollFlags::POLLOUT)] {
            let words: Option<[u64; 16]> = if set == 0 { None } else { read_set(call.tid, set, count) };
            let Some(words) = words else { continue };
            wanted
                .extend((0..count).filter(|fd| words[(fd / 64) as usize] >> (fd % 64) & 1 == 1).map(|fd| (fd, events)));
        }
        self.wait_for(number, &wanted, timeout)
    }

    fn epoll(&mut self, process: usize, fd: u64, timeout: Timeout) -> Answer {
        let Some(dup) = self.dup(process, fd) else { return Answer::LetThrough };
        let pid = self.processes[process].pid;
        let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", fd as i32)).unwrap_or_default();
        let watched: Vec<u64> = info
            .lines()
            .filter_map(|line| line.strip_prefix("tfd:")?.split_whitespace().next()?.parse().ok())
            .collect();
        let (mut looks_at, mut only_tells) = (Vec::new(), true);
        for fd in watched {
            match self.target(process, fd) {
                Target::Stream { flow: Some(Flow::Bell), .. } => {}
                Target::Process(target) if timeout == Timeout::Now => looks_at.push(Object::life(target)),
                Target::Process(_) => {}
                Target::Stream { read, .. } => {
                    looks_at.push(Object::tail(read));
                    only_tells = false;
                }
                _ => only_tells = false,
            }
        }
        let fd = Polled { fd: dup, events: PollFlags::POLLIN, only_tells };
        Answer::Hold(Op::Poll { fds: vec![fd], looks_at, timeout })
    }

    /// The answer to a call that waited for descriptors until its time was up; whether it is still held.
    pub fn no_events(&self, call: &Call) -> bool {
        match call.nr {
            arch::SYS_poll | libc::SYS_ppoll => {
                for entry in 0..call.args[1].min(1024) {
                    sys::write_memory(call.tid, call.args[0] + entry * 8 + 6, &[0, 0]);
                }
            }
            arch::SYS_select | libc::SYS_pselect6 => {
                let bytes = vec![0; (call.args[0].min(1024) as usize).div_ceil(64) * 8];
                for &set in call.args[1..4].iter().filter(|&&set| set != 0) {
                    sys::write_memory(call.tid, set, &bytes);
                }
            }
            _ => {}
        }
        self.listener.answer(call, 0)
    }

    fn futex(&mut self, number: usize, call: &Call) -> Answer {
        let [address, op, value, time, ..] = call.args;
        let shared = op as i32 & libc::FUTEX_PRIVATE_FLAG == 0;
        let operation = op as i32 & libc::FUTEX_CMD_MASK;
        match operation {
            libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET => {
                if sys::read_u32(call.tid, address) != Some(value as u32) {
                    return Answer::LetThrough;
                }
                let timeout = match sys::read_u64s(call.tid, time) {
                    _ if time == 0 => Timeout::Never,
                    None => return Answer::LetThrough,
                    Some([seconds, nanoseconds]) => {
                        let time = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
                        let process = self.tasks[number].process;
                        Timeout::After(match operation {
                            libc::FUTEX_WAIT => time,
                            _ if op as i32 & libc::FUTEX_CLOCK_REALTIME != 0 => {
                                self.processes[process].clock.until(libc::CLOCK_REALTIME.into(), time)
                            }
                            _ => self.processes[process].clock.until(libc::CLOCK_MONOTONIC.into(), time),
                        })
                    }
                };
                Answer::Hold(Op::Futex { address, expected: value as u32, shared, woken: false, timeout })
            }
            // What the thread does next, and what those it wakes do, is a race for what they waited for.
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET if !shared && self.is_awaited(number, address) => {
                Answer::Hold(Op::Wake { address, most: value as u32 as usize })
            }
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => {
                Answer::Return(self.wake(number, address, shared, value as u32 as usize))
            }
            // Whoever would be moved to another queue is woken instead: a wake-up may come at any time (futex(2)).
            libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE | libc::FUTEX_WAKE_OP => {
                self.wake(number, address, shared, usize::MAX);
                if operation == libc::FUTEX_WAKE_OP {
                    self.wake(number, call.args[4], shared, usize::MAX);
                }
                Answer::LetThrough
            }
            _ => Answer::LetThrough,
        }
    }

    /// Whether another thread of the process waits at this address.
    fn is_awaited(&self, waker: usize, at: u64) -> bool {
        let of = self.tasks[waker].process;
        self.tasks.iter().any(|task| {
            task.process == of && matches!(task.state, State::Held(_, Op::Futex { address, .. }) if address == at)
        })
    }

    /// Wakes those who wait at this address, first come first served; how many.
    pub fn wake(&mut self, waker: usize, at: u64, is_shared: bool, most: usize) -> i64 {
        let of = self.tasks[waker].process;
        let mut count = 0;
        for task in &mut self.tasks {
            if let State::Held(_, Op::Futex { address, shared, woken, .. }) = &mut task.state
                && *address == at
                && (*shared && is_shared || task.process == of)
                && !*woken
                && count < most
            {
                *woken = true;
                count += 1;
            }
        }
        count as i64
    }

    fn child(&self, parent: usize, pid: Pid) -> Who {
        let child = self.processes.iter().rposition(|child| child.pid == pid && child.parent == Some(parent));
        child.map_or(Who::Nobody, Who::Child)
    }

    fn nap(&mut self, number: usize, nanoseconds: u64) -> Answer {
        let process = self.tasks[number].process;
        self.processes[process].clock.pass(nanoseconds);
        self.tasks[number].naps += 1;
        match self.tasks[number].naps {
            NAPS.. => Answer::Hold(Op::Nap { idle: true }),
            // While it sleeps, others change what it will look at then.
            _ if self.shares_memory(process) => Answer::Hold(Op::Nap { idle: false }),
            _ => Answer::Return(0),
        }
    }

    fn tell(&self, call: &Call, address: u64, numbers: &[u64]) -> Answer {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
        if sys::write_memory(call.tid, address, &bytes) {
            Answer::Return(0)
        } else {
            Answer::Return(-i64::from(libc::EFAULT))
        }
    }

    /// Random numbers that are the same in every run.
    fn random(&mut self, process: usize, call: &Call, address: u64, length: u64) -> Answer {
        let member = &mut self.processes[process];
        let mut bytes = vec![0; (length as usize).min(1 << 16)];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&member.chance.next().to_ne_bytes()[..chunk.len()]);
        }
        if sys::write_memory(call.tid, address, &bytes) {
            Answer::Return(bytes.len() as i64)
        } else {
            Answer::Return(-i64::from(libc::EFAULT))
        }
    }

    fn other_threads(&self, number: usize) -> bool {
        self.tasks.iter().enumerate().any(|(other, task)| {
            other != number && task.process == self.tasks[number].process && !matches!(task.state, State::Ended)
        })
    }

    fn kill(&mut self, process: usize, whom: i32, signal: i32) -> Answer {
        let live: Vec<usize> = (0..self.processes.len()).filter(|&p| !self.processes[p].has_ended).collect();
        match whom {
            -1 => {
                let targets = live.into_iter().filter(|&target| target != process).collect();
                Answer::Hold(Op::Signal { targets, everyone: Some(signal) })
            }
            // A process group: whoever of us may be in it.
            ..=0 => Answer::Hold(Op::Signal { targets: live, everyone: None }),
            _ if whom as Pid == self.processes[process].pid => Answer::LetThrough,
            _ => {
                let target = self.processes.iter().rposition(|process| process.pid == whom as Pid);
                match target {
                    Some(target) => Answer::Hold(Op::Signal { targets: vec![target], everyone: None }),
                    // Not one of this program.
                    None if signal != 0 => Answer::Return(-i64::from(libc::EPERM)),
                    None => Answer::LetThrough,
                }
            }
        }
    }

    fn signal_thread(&mut self, process: usize, tid: Pid) -> Answer {
        match self.tasks.iter().rfind(|task| task.tid == tid).map(|task| task.process) {
            Some(target) if target != process => Answer::Hold(Op::Signal { targets: vec![target], everyone: None }),
            Some(_) => {
                self.signalled.push(process);
                Answer::LetThrough
            }
            None => Answer::Return(-i64::from(libc::EPERM)),
        }
    }

    /// Says what a task that cannot go on waits for.
    pub fn describe_wait(&self, number: usize) -> String {
        let process = self.tasks[number].process;
        let pid = self.processes[process].pid;
        let tid = self.tasks[number].tid;
        let State::Held(call, op) = &self.tasks[number].state else {
            let call = fs::read_to_string(format!("/proc/{tid}/syscall")).unwrap_or_default();
            let nr: Option<i64> = call.split_whitespace().next().and_then(|nr| nr.parse().ok());
            return nr.map_or_else(|| "waits in the kernel".to_owned(), |nr| format!("waits in {}", name(nr)));
        };
        let what = name(call.nr);
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
                    .map(|Polled { fd, .. }| {
                        let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap_or_default();
                        kind_of(&link.to_string_lossy()).to_owned()
                    })
                    .collect();
                format!("waits in {what} for {}", if fds.is_empty() { "nothing".to_owned() } else { fds.join(", ") })
            }
            Op::Futex { shared: true, .. } => format!("waits in {what} for a lock or signal in shared memory"),
            Op::Futex { .. } => format!("waits in {what} for a lock or signal of another thread"),
            Op::Wait { who: Who::Child(child), .. } => {
                format!("waits in {what} for the end of process {}", self.processes[*child].pid)
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
            let Ok(fds) = fs::read_dir(format!("/proc/{}/fd", process.pid)) else { continue };
            let holds = fds.flatten().any(|fd| {
                let number = fd.file_name();
                let info = fs::read_to_string(format!("/proc/{}/fdinfo/{}", process.pid, number.to_string_lossy()));
                let flags =
                    info.unwrap_or_default().lines().find_map(|line| line.strip_prefix("flags:").map(str::to_owned));
                let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
                fs::read_link(fd.path()).is_ok_and(|target| target == link)
                    && (flags & libc::O_ACCMODE == mode || flags & libc::O_ACCMODE == libc::O_RDWR)
            });
            if holds {
                pids.push(process.pid);
            }
        }
        let own = pids.contains(&self.processes[but].pid);
        let others: Vec<String> =
            pids.iter().filter(|&&pid| pid != self.processes[but].pid).map(Pid::to_string).collect();
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

/// How many bytes can be read.
pub fn readable(fd: &OwnedFd) -> u64 {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one `int` to the address given.
    let done = unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut count) };
    if done == 0 { count.max(0) as u64 } else { 0 }
}

fn io_vectors(tid: Pid, address: u64, count: u64) -> Vec<(u64, u64)> {
    (0..count.min(1024))
        .map_while(|n| sys::read_u64s(tid, address + n * 16))
        .map(|[base, length]| (base, length))
        .collect()
}

fn message(tid: Pid, address: u64) -> Vec<(u64, u64)> {
    // In `struct msghdr`: the name, its length, the vectors, their number.
    let Some([_, _, vectors, count]) = sys::read_u64s(tid, address) else { return Vec::new() };
    io_vectors(tid, vectors, count)
}

fn read_set(tid: Pid, address: u64, count: u64) -> Option<[u64; 16]> {
    let mut words = [0; 16];
    for (n, word) in words.iter_mut().enumerate().take(count.div_ceil(64) as usize) {
        *word = sys::read_u64s::<1>(tid, address + n as u64 * 8)?[0];
    }
    Some(words)
}

fn milliseconds(time: u64) -> Timeout {
    match time as i32 {
        0 => Timeout::Now,
        ..0 => Timeout::Never,
        time => Timeout::After(time as u64 * 1_000_000),
    }
}

/// A relative time in memory, with so many nanoseconds in the unit of its second number; none means for ever.
fn relative(tid: Pid, address: u64, unit: u64) -> Timeout {
    match sys::read_u64s(tid, address) {
        _ if address == 0 => Timeout::Never,
        Some([0, 0]) | None => Timeout::Now,
        Some([seconds, fraction]) => {
            Timeout::After(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit)))
        }
    }
}

/// The name of a system call, of those that are met here.
pub fn name(nr: i64) -> String {
    let name = match nr {
        libc::SYS_read => "read",
        libc::SYS_readv => "readv",
        libc::SYS_write => "write",
        libc::SYS_writev => "writev",
        libc::SYS_sendto => "sendto",
        libc::SYS_sendmsg => "sendmsg",
        libc::SYS_recvfrom => "recvfrom",
        libc::SYS_recvmsg => "recvmsg",
        libc::SYS_accept => "accept",
        libc::SYS_accept4 => "accept4",
        arch::SYS_poll => "poll",
        libc::SYS_ppoll => "ppoll",
        arch::SYS_select => "select",
        libc::SYS_pselect6 => "pselect6",
        arch::SYS_epoll_wait => "epoll_wait",
        libc::SYS_epoll_pwait => "epoll_pwait",
        libc::SYS_epoll_pwait2 => "epoll_pwait2",
        libc::SYS_futex => "futex",
        libc::SYS_wait4 => "wait4",
        libc::SYS_waitid => "waitid",
        arch::SYS_pause => "pause",
        libc::SYS_rt_sigsuspend => "sigsuspend",
        libc::SYS_rt_sigtimedwait => "sigtimedwait",
        libc::SYS_flock => "flock",
        libc::SYS_fcntl => "fcntl",
        arch::SYS_vfork => "vfork",
        libc::SYS_clone => "clone",
        arch::SYS_open => "open",
        libc::SYS_openat => "openat",
        libc::SYS_nanosleep => "nanosleep",
        libc::SYS_clock_nanosleep => "clock_nanosleep",
        libc::SYS_sched_yield => "sched_yield",
        libc::SYS_kill => "kill",
        libc::SYS_tgkill => "tgkill",
        libc::SYS_tkill => "tkill",
        libc::SYS_pidfd_send_signal => "pidfd_send_signal",
        libc::SYS_exit => "exit",
        libc::SYS_exit_group => "exit_group",
        libc::SYS_msgrcv => "msgrcv",
        libc::SYS_msgsnd => "msgsnd",
        libc::SYS_semop => "semop",
        libc::SYS_semtimedop => "semtimedop",
        _ => return format!("system call {nr}"),
    };
    name.to_owned()
}
