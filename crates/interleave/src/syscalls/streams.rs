//! Reading and writing: standard output, pipes, sockets, eventfds; and closing, which others can see.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags};
use nix::sys::socket::{SockType, getsockopt, sockopt};

use super::calls::StreamCall;
use super::table::{self, Kind};
use super::{Answer, TIMERS, Target, errno};
use crate::kernel::arch;
use crate::kernel::sys::{self, Call, is_ready};
use crate::protocol::{Access, CaveatKind, Footprint, Object};
use crate::trace::Pid;
use crate::world::run::Supervisor;
use crate::world::streams::{Flow, Written};
use crate::world::task::{Channel, Op, Timeout, Transfer};

/// The most that is taken of one write, and more than a run may write: it is stopped then.
const MOST: usize = 16 << 20;

/// What the kernel reads or writes of a file at once.
const PAGE: u64 = 4096;

/// The most that it sends through a socket at once, for certain.
const LONGEST_PIECE: u64 = 32 << 10;

impl Supervisor<'_> {
    /// What to do about a call of this family.
    ///
    /// # Errors
    /// If a descriptor that the program is to have cannot be made.
    pub fn decode_stream(&mut self, number: usize, call: &Call, kind: StreamCall) -> io::Result<Answer> {
        let [a, b, c, d, e, f] = call.args;
        let process = self.tasks[number].process;
        let is_quick = matches!(kind, StreamCall::ReadV2 | StreamCall::WriteV2) && f & libc::RWF_NOWAIT as u64 != 0;
        let flags_of_send = if kind == StreamCall::SendTo { d } else { c };
        Ok(match kind {
            // Of these two -1 is the place at which the file stands.
            StreamCall::ReadV2 | StreamCall::WriteV2 if d != u64::MAX && self.has_no_positions(process, a) => {
                errno(libc::ESPIPE)
            }
            StreamCall::PositionedWrite
            | StreamCall::PositionedWriteV
            | StreamCall::PositionedRead
            | StreamCall::PositionedReadV
                if self.has_no_positions(process, a) =>
            {
                errno(libc::ESPIPE)
            }
            StreamCall::Write if self.is_single_write(process, a) => Answer::LetThrough,
            StreamCall::Write => self.write(number, call, a, &[(b, c)], false),
            StreamCall::WriteV | StreamCall::WriteV2 | StreamCall::PositionedWriteV => {
                let parts = io_vectors(call.tid, b, c);
                self.write(number, call, a, &parts, is_quick)
            }
            StreamCall::PositionedWrite => self.write(number, call, a, &[(b, c)], false),
            // Of a pair of datagram sockets an end can send to others, too, by their names.
            StreamCall::SendTo if e != 0 && self.is_pair(process, a) => self.is_not_watched(number, call),
            StreamCall::SendMsg if names_receiver(call.tid, b) && self.is_pair(process, a) => {
                self.is_not_watched(number, call)
            }
            StreamCall::Bind | StreamCall::Connect if self.is_pair(process, a) => self.is_not_watched(number, call),
            StreamCall::SendTo | StreamCall::SendMsg
                if flags_of_send & libc::MSG_MORE as u64 != 0 && matches!(self.target(process, a), Target::Socket) =>
            {
                self.is_not_watched(number, call)
            }
            StreamCall::SendTo => {
                self.write(number, call, a, &[(b, c)], flags_of_send & libc::MSG_DONTWAIT as u64 != 0)
            }
            StreamCall::SendMsg => {
                let parts = message(call.tid, b);
                if has_control(call.tid, b) {
                    // Descriptors that are on their way keep what they stand for open.
                    self.not_watched(call, number);
                }
                self.write(number, call, a, &parts, flags_of_send & libc::MSG_DONTWAIT as u64 != 0)
            }
            StreamCall::SendMmsg => match self.target(process, a) {
                Target::Stdout | Target::Stderr => errno(libc::ENOSYS),
                _ if c > 1 => self.several_messages(number, call, true),
                _ => self.transfer(process, a, true, u64::from(u32::MAX), false, false),
            },
            // As if the kernel could not do it there; whoever tries falls back on read and write.
            StreamCall::SendFile => self.moves(number, call, b, a),
            StreamCall::Splice => self.moves(number, call, a, c),
            StreamCall::CopyRange => self.copy_range(number, call),
            StreamCall::Tee => self.moves(number, call, a, b),
            // What it puts into a pipe is the memory itself, which its process may change before that is read.
            StreamCall::Vmsplice => self.is_not_watched(number, call),
            // As if it could not be done there: what is written in this way nobody would see.
            StreamCall::IoSubmit if self.submits_output(process, call) => errno(libc::EINVAL),
            StreamCall::IoSubmit => self.is_not_watched(number, call),
            StreamCall::Read if self.is_single_write(process, a) => Answer::LetThrough,
            // Nothing is read of whatever it is, and nothing waited for.
            StreamCall::Read if c == 0 => Answer::LetThrough,
            StreamCall::Read if matches!(self.target(process, a), Target::Random) => {
                self.random(process, &Call { args: [b, c, 0, 0, 0, 0], ..*call })
            }
            StreamCall::Read => self.transfer(process, a, false, c, false, false),
            StreamCall::PositionedRead => self.transfer(process, a, false, c, false, true),
            StreamCall::ReadV | StreamCall::ReadV2 | StreamCall::PositionedReadV => {
                let total = io_vectors(call.tid, b, c).iter().map(|part| part.1).sum();
                self.transfer(process, a, false, total, is_quick, matches!(kind, StreamCall::PositionedReadV))
            }
            StreamCall::RecvFrom => self.receive(process, a, c, d),
            StreamCall::RecvMsg => {
                let total = message(call.tid, b).iter().map(|part| part.1).sum();
                self.receive(process, a, total, c)
            }
            // How many there are by then decides how many it takes.
            StreamCall::RecvMmsg if c > 1 => self.several_messages(number, call, false),
            StreamCall::RecvMmsg => self.receive(process, a, 1, d),
            StreamCall::Accept => self.accept(process, a),
            StreamCall::Pipe => self.pipe(number, call)?,
            StreamCall::EventFd => self.eventfd(number, call)?,
            StreamCall::SocketPair => self.socketpair(number, call)?,
            StreamCall::Socket => {
                self.has_sockets = true;
                const KIND: i32 = !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
                let is_internet = matches!(a as i32, libc::AF_INET | libc::AF_INET6);
                self.has_internet |= is_internet;
                let kind = b as i32 & KIND;
                self.has_tcp |= is_internet && kind == libc::SOCK_STREAM;
                if is_usual_socket(a as i32, kind, c as i32) {
                    Answer::LetThrough
                } else {
                    self.is_not_watched(number, call)
                }
            }
            StreamCall::Bind => self.bind(number, call),
            StreamCall::Listen => self.listen(number, call),
            StreamCall::Shutdown => self.shutdown(number, call),
            StreamCall::Ioctl => self.ioctl(number, call),
            // The kernel sends or hands over what it keeps back for that by a clock of its own.
            StreamCall::SetSocket if keeps_back(call) || spreads(b, c) => self.is_not_watched(number, call),
            StreamCall::SetSocket => {
                if self.is_alone() {
                    self.notes_delay(process, call);
                }
                self.sets_socket(process, a)
            }
            StreamCall::GetSocket => match self.tells_maker(number, call).or_else(|| self.tells_delay(number, call)) {
                Some(told) => told,
                None => self.asks_socket(process, a),
            },
            StreamCall::Connect => self.connect(number, call),
            StreamCall::Close => {
                self.is_about_to_close(process, a as i32, a as i32);
                self.close(process, a as i32, a as i32)
            }
            StreamCall::CloseRange => {
                let to = i32::try_from(b as u32).unwrap_or(i32::MAX);
                self.is_about_to_close(process, a as i32, to);
                self.close(process, a as i32, to)
            }
            StreamCall::Dup => {
                self.is_about_to_copy(process, a as i32, b as i32);
                self.close(process, b as i32, b as i32)
            }
        })
    }

    /// Standard output is read by us; what goes elsewhere is a transfer.
    pub fn write(&mut self, number: usize, call: &Call, fd: u64, parts: &[(u64, u64)], dont_wait: bool) -> Answer {
        let process = self.tasks[number].process;
        let length = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.1));
        let target = self.target(process, fd);
        match target {
            // Of what is written after shutdown(2) nothing arrives.
            Target::Stdout | Target::Stderr if self.stdio.is_shut(matches!(target, Target::Stderr)) => {
                return self.is_not_watched(number, call);
            }
            Target::Stdout | Target::Stderr => {}
            Target::File(_) => return self.file_write(process, fd, call, &target),
            _ => {
                let mut answer = self.transfer(process, fd, true, length, dont_wait, false);
                if let (
                    Answer::Hold(Op::Transfer(Transfer { channel: Channel::Counter(_, adds), .. })),
                    [(at, _), ..],
                ) = (&mut answer, parts)
                {
                    *adds = sys::read_u64s(call.tid, *at).map_or(0, |[adds]| adds);
                }
                return answer;
            }
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
        match target {
            // Unreadable memory: the kernel has an answer for that, and for what writes nothing.
            _ if bytes.is_empty() && length == 0 => Answer::Return(0),
            _ if bytes.is_empty() => errno(libc::EFAULT),
            Target::Stdout if bytes.contains(&b'\n') || !self.limits.lines_only => Answer::Hold(Op::Output(bytes)),
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

    /// Whether a call reads or writes more than a page of a file: page by page, and others may come in between.
    pub fn moves_much(&mut self, process: usize, call: &Call) -> bool {
        let Some(Kind::Stream(kind)) = table::find(call.nr).map(|row| row.kind) else { return false };
        let reads =
            matches!(kind, StreamCall::Read | StreamCall::PositionedRead | StreamCall::ReadV | StreamCall::ReadV2)
                || kind == StreamCall::PositionedReadV;
        let writes =
            matches!(kind, StreamCall::Write | StreamCall::PositionedWrite | StreamCall::WriteV | StreamCall::WriteV2)
                || kind == StreamCall::PositionedWriteV;
        let [fd, at, mut count, ..] = call.args;
        let copies = kind == StreamCall::CopyRange;
        if copies {
            count = call.args[4];
        }
        if !(reads || writes || copies) || !matches!(self.target(process, fd), Target::File(_)) {
            return false;
        }
        let length = if Kind::Stream(kind).has_vectors() {
            io_vectors(call.tid, at, count).iter().fold(0, |sum: u64, part| sum.saturating_add(part.1))
        } else {
            count
        };
        let size = || self.dup(process, fd).and_then(|file| nix::sys::stat::fstat(&file).ok());
        length > PAGE && (writes || size().is_some_and(|stat| stat.st_size as u64 > PAGE))
    }

    /// A read or write that may involve another process.
    pub fn transfer(
        &mut self,
        process: usize,
        fd: u64,
        write: bool,
        bytes: u64,
        dont_wait: bool,
        is_positioned: bool,
    ) -> Answer {
        let target = self.target(process, fd);
        match &target {
            Target::File(file) => {
                let file = *file;
                let is_at_end = !is_positioned && self.dup(process, fd).is_some_and(|fd| is_at_end(&fd));
                let place = self.place(process, fd, file).filter(|_| !is_positioned);
                return self.touches(|uses| {
                    uses.reads(Object::Content(file));
                    // If nothing is read it stays there.
                    let access = if is_at_end { Access::Read } else { Access::Write };
                    place.into_iter().for_each(|place| uses.add(place, access));
                });
            }
            // Who waits there waits in the kernel, which lets it go on as soon as there is a signal, or the timer goes off.
            Target::Signals | Target::Timer => {
                if matches!(target, Target::Signals) && bytes >= 2 * size_of::<libc::signalfd_siginfo>() as u64 {
                    // It takes one signal after the other: a lower one may come when a higher one is taken already.
                    self.caveat(CaveatKind::Pieces.anywhere());
                }
                let mut uses = Footprint::default();
                uses.writes(match target {
                    Target::Timer => Object::Ipc(TIMERS),
                    _ => Object::Signals(process as u64),
                });
                return Answer::Hold(Op::Kernel(uses));
            }
            // What is read there is how much there is in it, and for that nobody waits (mq_overview(7)).
            Target::Queue => return self.touches(|uses| uses.writes(Object::Ipc(0))),
            _ => {}
        }
        let Some(dup) = self.dup(process, fd) else { return Answer::LetThrough };
        if fails_at_once(&target, &dup, write, bytes) {
            return Answer::LetThrough;
        }
        let Some(channel) = self.channel(&target, &dup, write) else { return Answer::LetThrough };
        let now = dont_wait || is_nonblocking(&dup);
        let is_socket = matches!(target, Target::Socket | Target::Stream { is_socket: true, .. });
        let timeout = if is_socket { socket_timeout(&dup, write) } else { Timeout::Never };
        let has_room = || is_ready(&mut [PollFd::new(dup.as_fd(), PollFlags::POLLOUT)]);
        if is_socket && write && !now && timeout == Timeout::Never && !has_room() {
            // There may be room for this though not for much (sock_writeable in the kernel): only the kernel knows.
            let mut uses = Footprint::default();
            match channel {
                Channel::Stream(stream, _) => {
                    uses.writes(Object::Tail(stream));
                    uses.writes(Object::Head(stream));
                    uses.writes(Object::Readers(stream));
                    if let Target::Stream { read, .. } = target {
                        // It may be told the error of the socket, which nobody else is told then.
                        uses.writes(Object::Writers(read));
                    }
                }
                Channel::Counter(..) | Channel::Object(_) => uses.writes(Object::Sockets),
            }
            return Answer::Hold(Op::Kernel(uses));
        }
        Answer::Hold(Op::Transfer(Transfer {
            fd: dup,
            write,
            now,
            timeout,
            peek: false,
            accepts: false,
            channel,
            bytes,
        }))
    }

    /// recvfrom(2) and recvmsg(2), with their flags.
    pub fn receive(&mut self, process: usize, fd: u64, bytes: u64, flags: u64) -> Answer {
        let flag = |flag: i32| flags & flag as u64 != 0;
        // For an urgent byte, or an error with what was sent, nobody waits (tcp(7), ip(7)): it is there or it is not.
        let dont_wait = flag(libc::MSG_DONTWAIT) || flag(libc::MSG_OOB) || flag(libc::MSG_ERRQUEUE);
        let mut answer = self.transfer(process, fd, false, bytes, dont_wait, false);
        if let Answer::Hold(Op::Transfer(transfer)) = &mut answer {
            transfer.peek = flag(libc::MSG_PEEK);
        }
        answer
    }

    /// The number of a thing that a task makes: the same in every run.
    pub fn new_number(&mut self, number: usize) -> u64 {
        let task = &mut self.tasks[number];
        task.made += 1;
        (number as u64 + 1) << 32 | task.made
    }

    /// Makes the pipe ourselves, so that its number follows from who wanted it.
    pub fn pipe(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let flags = if call.nr == arch::SYS_pipe { 0 } else { call.args[1] as i32 };
        if !sys::has_room_for_descriptors(call.tid, 2) {
            // The kernel makes neither then (EMFILE).
            return Ok(Answer::LetThrough);
        }
        let Ok((read, write)) = nix::unistd::pipe2(OFlag::from_bits_truncate(flags) | OFlag::O_CLOEXEC) else {
            return Ok(Answer::LetThrough);
        };
        let Ok(inode) = inode(&read) else { return Ok(Answer::LetThrough) };
        let stream = self.new_number(number);
        self.streams.add(inode, stream);
        self.give_two(call, call.args[0], [&read, &write], flags & libc::O_CLOEXEC != 0)
    }

    pub fn give_two(&mut self, call: &Call, into: u64, fds: [&OwnedFd; 2], cloexec: bool) -> io::Result<Answer> {
        let numbers = fds.map(|fd| self.listener.give_fd(call, fd.as_fd(), cloexec));
        let [Ok(first), Ok(second)] = numbers else { return Ok(errno(libc::EMFILE)) };
        let bytes = [first.to_ne_bytes(), second.to_ne_bytes()].concat();
        if !sys::write_memory(call.tid, into, &bytes) {
            return Ok(errno(libc::EFAULT));
        }
        Ok(Answer::Return(0))
    }

    /// How much can be read.
    pub fn looks_at_stream(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stream { read, .. } => self.touches(|uses| {
                uses.reads(Object::Tail(read));
                uses.reads(Object::Head(read));
            }),
            Target::Socket | Target::Listener(_) => self.touches(|uses| {
                uses.reads(Object::Sockets);
                uses.reads(Object::Addresses);
            }),
            Target::Terminal(of) => self.touches(|uses| uses.writes(Object::Terminal(of))),
            Target::File(file) => {
                let place = self.place(process, fd, file);
                self.touches(|uses| place.into_iter().for_each(|place| uses.reads(place)))
            }
            _ => Answer::LetThrough,
        }
    }

    /// How much of what was sent was not read yet; or what kind of byte comes next.
    pub fn looks_at_sent(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stream { read, write, .. } => self.touches(|uses| {
                uses.adds_flow([read, write], Access::Read);
            }),
            _ => self.looks_at_stream(process, fd),
        }
    }

    /// Something of an open stream is changed, for all who have it open.
    pub fn changes_stream(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stream { read, write, .. } => self.touches(|uses| {
                uses.adds_flow([read, write], Access::Write);
            }),
            Target::Socket | Target::Listener(_) => self.touches(|uses| uses.writes(Object::Sockets)),
            Target::File(file) => {
                let place = self.place(process, fd, file);
                self.touches(|uses| place.into_iter().for_each(|place| uses.writes(place)))
            }
            Target::Stdout | Target::Stderr => {
                self.stdio.is_changed();
                Answer::LetThrough
            }
            _ => Answer::LetThrough,
        }
    }

    /// Whether one of the operations of io_submit(2) is on standard output or error.
    fn submits_output(&mut self, process: usize, call: &Call) -> bool {
        /// How many of them are looked at.
        const MOST: u64 = 1024;
        let [_, count, blocks, ..] = call.args;
        (0..count.min(MOST))
            .map_while(|n| sys::read_u64s(call.tid, blocks + n * size_of::<u64>() as u64))
            .filter_map(|[block]: [u64; 1]| sys::read_u64s(call.tid, block))
            // In `struct iocb`: data, key and flags, then kind, priority and descriptor.
            .any(|[_, _, what]: [u64; 3]| {
                let fd = u64::from((what >> 32) as u32);
                matches!(self.target(process, fd), Target::Stdout | Target::Stderr)
            })
    }

    /// Several messages in one call: others may come between two of them, and how many there are is not followed.
    fn several_messages(&mut self, number: usize, call: &Call, write: bool) -> Answer {
        self.not_watched(call, number);
        self.transfer(self.tasks[number].process, call.args[0], write, u64::from(u32::MAX), false, false)
    }

    /// Whether a descriptor is of one of a pair of sockets.
    fn is_pair(&mut self, process: usize, fd: u64) -> bool {
        matches!(self.target(process, fd), Target::Stream { is_socket: true, .. })
    }

    /// Whether a descriptor is of a kind of which nothing can be read or written at a certain place: that fails at once.
    fn has_no_positions(&mut self, process: usize, fd: u64) -> bool {
        let target = self.target(process, fd);
        matches!(target, Target::Stdout | Target::Stderr | Target::Stream { .. } | Target::Socket)
    }

    /// A read or write of a file while there is nobody else.
    fn is_single_write(&mut self, process: usize, fd: u64) -> bool {
        self.is_alone() && matches!(self.target(process, fd), Target::File(_) | Target::Other)
    }

    /// What a transfer of a descriptor would use.
    fn channel(&self, target: &Target, fd: &OwnedFd, write: bool) -> Option<Channel> {
        Some(match target {
            Target::Stream { read, write: to, is_socket } => {
                Channel::Stream(if write { *to } else { *read }, flow(fd, *is_socket))
            }
            Target::Counter(counter) => Channel::Counter(*counter, 0),
            Target::Socket => Channel::Object(Object::Sockets),
            Target::Terminal(of) => Channel::Object(Object::Terminal(*of)),
            _ => return None,
        })
    }
}

/// The number of the inode that is open.
pub fn inode(fd: &OwnedFd) -> nix::Result<u64> {
    nix::sys::stat::fstat(fd).map(|stat| stat.st_ino)
}

/// Whether a read or write comes to nothing whatever others do: it is of an end that is not open for it, of no bytes, or of too
/// few.
fn fails_at_once(target: &Target, fd: &OwnedFd, write: bool, bytes: u64) -> bool {
    match target {
        Target::Stream { is_socket: false, .. } => {
            let wrong = if write { libc::O_RDONLY } else { libc::O_WRONLY };
            bytes == 0 || access_mode(fd) == Some(wrong)
        }
        Target::Counter(_) => bytes < size_of::<u64>() as u64,
        _ => false,
    }
}

/// Whether a call sets, for all who have the same open, whether they wait.
pub fn sets_flags(call: &Call) -> bool {
    call.nr == libc::SYS_fcntl && call.args[1] as i32 == libc::F_SETFL
        || call.nr == libc::SYS_ioctl && call.args[1] == libc::FIONBIO
}

/// Whether it is open for reading, for writing or for both: `O_RDONLY`, `O_WRONLY` or `O_RDWR` (F_GETFL of fcntl(2)).
pub fn access_mode(fd: &OwnedFd) -> Option<i32> {
    fcntl(fd, FcntlArg::F_GETFL).ok().map(|flags| flags & libc::O_ACCMODE)
}

/// Whether calls on it do not wait.
pub fn is_nonblocking(fd: &OwnedFd) -> bool {
    fcntl(fd, FcntlArg::F_GETFL).is_ok_and(|flags| OFlag::from_bits_truncate(flags).contains(OFlag::O_NONBLOCK))
}

/// How long calls on a socket wait (SO_RCVTIMEO and SO_SNDTIMEO of socket(7)).
pub fn socket_timeout(fd: &OwnedFd, write: bool) -> Timeout {
    let time = if write { getsockopt(fd, sockopt::SendTimeout) } else { getsockopt(fd, sockopt::ReceiveTimeout) };
    match time.map(|time| (time.tv_sec() as u64, time.tv_usec() as u64)) {
        Ok((0, 0)) | Err(_) => Timeout::Never,
        Ok((seconds, micros)) => Timeout::After(seconds.saturating_mul(1_000_000_000) + micros * 1000),
    }
}

/// What flows through a descriptor.
pub fn flow(fd: &OwnedFd, is_socket: bool) -> Flow {
    match getsockopt(fd, sockopt::SockType) {
        Ok(SockType::Stream) => Flow::Bytes,
        Ok(_) if is_socket => Flow::Messages,
        _ => Flow::Bytes,
    }
}

/// Whether others may find the first part of what is written to a socket before the rest of it is there: the kernel makes pieces of
/// what is long.
pub fn goes_in_pieces(transfer: &Transfer) -> bool {
    transfer.write
        && transfer.bytes > LONGEST_PIECE
        && matches!(getsockopt(&transfer.fd, sockopt::SockType), Ok(SockType::Stream))
}

/// Whether nobody is at the other end any more: what is written is refused.
pub fn has_hung_up(fd: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::empty())];
    is_ready(&mut fds)
        && fds[0].revents().is_some_and(|events| events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR))
}

/// Whether nobody writes at the other end any more. (Of TCP what is written then may still be taken.)
pub fn has_ended(fd: &OwnedFd) -> bool {
    // An end or an error is told in any case; and this, of which the library does not know.
    is_ready(&mut [PollFd::new(fd.as_fd(), PollFlags::from_bits_retain(libc::POLLRDHUP))])
}

/// Whether there is nothing more to read in a file.
fn is_at_end(file: &OwnedFd) -> bool {
    let here = nix::unistd::lseek(file, 0, nix::unistd::Whence::SeekCur);
    let size = nix::sys::stat::fstat(file).map(|stat| stat.st_size);
    matches!((here, size), (Ok(here), Ok(size)) if here >= size)
}

/// Whether a pipe or socket has room for all that was ever written to it, so that no write depends on what was read before. (That
/// there is room now is not enough: had the reader come later, there might be none.)
pub fn has_ample_room(fd: &OwnedFd, written: Written) -> bool {
    let Written { bytes, times } = written;
    if let Ok(size) = fcntl(fd, FcntlArg::F_GETPIPE_SZ) {
        let pages = size as u64 / PAGE;
        let has_packets =
            fcntl(fd, FcntlArg::F_GETFL).is_ok_and(|flags| OFlag::from_bits_truncate(flags).contains(OFlag::O_DIRECT));
        // What one write leaves of a page the next one takes if it fits in there: any two pages in a row hold more than
        // one. The last is for what is being written.
        return if has_packets { times < pages } else { bytes / (PAGE / 2) + 2 <= pages };
    }
    // A message takes more room in the kernel than it has bytes.
    const MESSAGE: u64 = 1024;
    let Ok(room) = getsockopt(fd, sockopt::SndBuf) else { return false };
    bytes.saturating_mul(2).saturating_add(times * MESSAGE) + PAGE <= room as u64
}

/// How many bytes can be read.
pub fn readable(fd: &OwnedFd) -> u64 {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one `int` to the address given.
    let done = unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut count) };
    if done == 0 { count.max(0) as u64 } else { 0 }
}

/// The parts of a vector of buffers: where each begins, and its length.
pub fn io_vectors(tid: Pid, address: u64, count: u64) -> Vec<(u64, u64)> {
    (0..count.min(1024))
        .map_while(|n| sys::read_u64s(tid, address + n * 16))
        .map(|[base, length]| (base, length))
        .collect()
}

/// The same of a message.
pub fn message(tid: Pid, address: u64) -> Vec<(u64, u64)> {
    // In `struct msghdr`: the name, its length, the vectors, their number.
    let Some([_, _, vectors, count]) = sys::read_u64s(tid, address) else { return Vec::new() };
    io_vectors(tid, vectors, count)
}

/// Whether an option of a socket is that it waits for more before it sends, or before a connection is accepted or made: TCP_CORK,
/// TCP_DEFER_ACCEPT and the like of tcp(7), UDP_CORK of udp(7); and TCP_NODELAY, if it is taken back.
fn keeps_back(call: &Call) -> bool {
    let [_, level, option, value, ..] = call.args;
    match (level as i32, option as i32) {
        (libc::IPPROTO_TCP, libc::TCP_NODELAY) => sys::read_u32(call.tid, value) == Some(0),
        (
            libc::IPPROTO_TCP,
            libc::TCP_CORK | libc::TCP_DEFER_ACCEPT | libc::TCP_FASTOPEN | libc::TCP_FASTOPEN_CONNECT,
        )
        | (libc::IPPROTO_UDP, libc::UDP_CORK) => true,
        _ => false,
    }
}

/// Whether an option of a socket is that others may have its name, too: the kernel then decides by chance which of them is given what
/// comes (SO_REUSEPORT of socket(7)).
fn spreads(level: u64, option: u64) -> bool {
    (level as i32, option as i32) == (libc::SOL_SOCKET, libc::SO_REUSEPORT)
}

/// Whether a message says to whom it goes.
fn names_receiver(tid: Pid, address: u64) -> bool {
    sys::read_u64s(tid, address).is_some_and(|[name, length]| name != 0 && length as u32 != 0)
}

/// Whether a message carries more than bytes.
pub fn has_control(tid: Pid, address: u64) -> bool {
    sys::read_u64s(tid, address).is_some_and(|[_, _, _, _, control, length]: [u64; 6]| control != 0 && length != 0)
}

/// Whether that is a kind of socket of which is known who hears what is sent by it: of AF_UNIX, TCP or UDP; or one that asks the kernel about its
/// network (netlink(7)), as getaddrinfo(3) does.
fn is_usual_socket(family: i32, kind: i32, protocol: i32) -> bool {
    match family {
        libc::AF_UNIX | libc::AF_NETLINK => true,
        libc::AF_INET | libc::AF_INET6 => {
            matches!(kind, libc::SOCK_STREAM | libc::SOCK_DGRAM)
                && matches!(protocol, 0 | libc::IPPROTO_TCP | libc::IPPROTO_UDP)
        }
        _ => false,
    }
}
