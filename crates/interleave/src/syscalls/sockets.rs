//! Sockets: how two come to be connected.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, setsockopt, sockopt};

use super::calls::StreamCall;
use super::files::Use;
use super::streams::{inode, is_nonblocking, socket_timeout};
use super::table::{self, Kind};
use super::{Answer, Target, errno};
use crate::kernel::sys::{self, Call, is_readable};
use crate::protocol::{Access, Footprint, Object};
use crate::trace::Pid;
use crate::world::run::Supervisor;
use crate::world::sockets::{Caller, Connection, Name};
use crate::world::streams::Flow;
use crate::world::task::{Channel, Op, State, Transfer};

/// `SO_PEERPIDFD` of linux/socket.h, which libc does not have.
const SO_PEERPIDFD: i32 = 77;

impl Supervisor<'_> {
    /// accept(2).
    pub fn accept(&mut self, process: usize, fd: u64) -> Answer {
        let target = self.target(process, fd);
        let (Target::Socket | Target::Listener(_), Some(dup)) = (&target, self.dup(process, fd)) else {
            // Neither end of a pair can listen.
            return Answer::LetThrough;
        };
        if !sys::has_room_for_descriptors(self.processes[process].seen_as, 1) {
            // That is found before anybody is waited for or taken (EMFILE).
            return Answer::LetThrough;
        }
        let channel = match target {
            Target::Listener(stream) if listens(&dup) => Channel::Stream(stream, Flow::Messages),
            _ => Channel::Object(Object::Sockets),
        };
        Answer::Hold(Op::Transfer(Transfer {
            write: false,
            now: is_nonblocking(&dup),
            timeout: socket_timeout(&dup, false),
            peek: false,
            accepts: true,
            channel,
            bytes: 1,
            fd: dup,
        }))
    }

    /// Whether somebody waits to be accepted by a socket of which it is known that it listens.
    pub fn has_caller(&self, listener: &OwnedFd) -> bool {
        inode(listener).is_ok_and(|inode| self.sockets.stream(inode).is_some()) && is_readable(listener)
    }

    /// Accepts a connection for a task, so that we know whose it is.
    pub fn take_connection(&mut self, call: &Call, listener: &OwnedFd) -> bool {
        let [_, address, length, flags, ..] = call.args;
        let flags = if call.nr == libc::SYS_accept { 0 } else { flags as i32 };
        let (socket, name) = match sys::accept(listener, flags) {
            Ok(accepted) => accepted,
            Err(error) => return self.listener.answer(call, -i64::from(error.raw_os_error().unwrap_or(libc::EINVAL))),
        };
        let known = inode(listener).ok().and_then(|inode| self.sockets.accept(inode));
        match (known.filter(|known| caller_of(&socket, &name) == Some(known.caller)), inode(&socket)) {
            (Some(known), Ok(inode)) => {
                self.streams.add(inode, known.sends);
                self.streams.connect(known.client, inode);
                if known.hurries {
                    self.sockets.is_asked_to_hurry(inode);
                }
            }
            _ => {
                self.sockets.lose_track();
                self.footprint.writes(Object::Sockets);
            }
        }
        if address != 0 && !give_name(call, address, length, &name) {
            return self.listener.answer(call, -i64::from(libc::EFAULT));
        }
        let result = match self.listener.give_fd(call, socket.as_fd(), flags & libc::SOCK_CLOEXEC != 0) {
            Ok(fd) => i64::from(fd),
            // Others may have been killed with it, or it has as many as it may.
            Err(_) => -i64::from(libc::EMFILE),
        };
        self.listener.answer(call, result)
    }

    /// This task is back from connect(2), or waits in it: notes what has become of that.
    pub fn look_at_connect(&mut self, by: usize) {
        let Some(socket) = self.connects.take() else { return };
        let waits = matches!(self.tasks[by].state, State::Blocked);
        let has_connected = is_connected(&socket) && !waits;
        if has_connected && self.has_connected(by, &socket).is_some() {
            // That is all.
        } else if has_connected || is_nonblocking(&socket) || waits {
            self.sockets.lose_track();
            self.footprint.writes(Object::Sockets);
        } else {
            // In vain: it has only looked. But who finds that nobody listens any more depends on every one who stopped.
            let has_closed = self.steps.iter().any(|step| step.footprint.closes(Object::Addresses));
            let access = if has_closed { Access::Write } else { Access::Read };
            self.footprint.add(Object::Addresses, access);
            self.footprint.reads(Object::Sockets);
        }
    }

    /// The step has connected this socket: notes where that waits to be accepted, if that is known.
    fn has_connected(&mut self, by: usize, socket: &OwnedFd) -> Option<()> {
        // Datagrams are sent to a name, without a connection.
        let client = inode(socket).ok().filter(|&inode| connects(socket) && self.streams.peer(inode).is_none())?;
        let name = Name::of(&sys::name_of_peer(socket).ok()?)?;
        let caller = match Name::of(&sys::name_of_socket(socket).ok()?) {
            Some(Name::Port(port)) => Caller::Port(port),
            _ => Caller::Process(self.processes[self.tasks[by].process].pid),
        };
        let [sends, receives] = [self.new_number(by), self.new_number(by)];
        let connection = Connection { client, sends, receives, caller, hurries: false };
        let (stream, has_room) = self.sockets.connect(&name, connection)?;
        let process = self.tasks[by].process;
        if self.has_threads(process)
            || self.sockets.was_met_by_others(client, process)
            || self.is_open_elsewhere(process, format!("socket:[{client}]").as_ref())
        {
            // They find it connected, or not yet.
            self.footprint.writes(Object::Sockets);
        }
        // The other end is made by accept(2), but there is one already.
        let other = unmade(&connection);
        self.streams.add(client, receives);
        self.streams.add(other, sends);
        self.streams.connect(client, other);
        self.footprint.writes(Object::Tail(stream));
        self.footprint.reads(Object::Readers(stream));
        self.footprint.reads(Object::Addresses);
        if !has_room {
            self.footprint.reads(Object::Head(stream));
        }
        self.streams.wrote(stream, self.now(), 1);
        Some(())
    }

    /// The step has found a stream closed at its other end: if that was never accepted, all who listened have closed it.
    pub fn finds_closed(&mut self, object: fn(u64) -> Object, stream: u64, access: Access) {
        let listener = self.sockets.waits_in(stream);
        let is_shut = self.streams.is_shut(stream) || listener.is_some_and(|listener| self.streams.is_shut(listener));
        // Where shutdown(2) may have ended it, it could have been found ended before the last close.
        let access = if is_shut { Access::Write } else { access };
        self.footprint.add(object(stream), access);
        if let Some(listener) = listener {
            self.footprint.add(Object::Readers(listener), access);
        }
    }

    /// Who uses a connection that is known could have used any other, as far as others know that use one that is not.
    pub fn reaches_sockets(&self, uses: &mut Footprint) {
        if uses.changes(Object::Sockets) {
            // It may have been sent to a name.
            uses.reads(Object::Addresses);
        }
        if uses.uses_stream(|stream| self.sockets.has(stream)) {
            uses.reads(Object::Sockets);
        }
    }

    /// Makes the pair ourselves, so that we know which two sockets belong together.
    pub fn socketpair(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let [domain, kind, protocol, into, ..] = call.args;
        let flags = SockFlag::from_bits_truncate(kind as i32);
        let kind = match kind as i32 & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) {
            libc::SOCK_STREAM => SockType::Stream,
            libc::SOCK_DGRAM => SockType::Datagram,
            libc::SOCK_SEQPACKET => SockType::SeqPacket,
            _ => return Ok(Answer::LetThrough),
        };
        // Where there is room for one descriptor the kernel makes none (EMFILE).
        if domain as i32 != libc::AF_UNIX || protocol != 0 || !sys::has_room_for_descriptors(call.tid, 2) {
            return Ok(Answer::LetThrough);
        }
        let Ok((one, other)) =
            nix::sys::socket::socketpair(AddressFamily::Unix, kind, None, flags | SockFlag::SOCK_CLOEXEC)
        else {
            return Ok(Answer::LetThrough);
        };
        let (Ok(a), Ok(b)) = (inode(&one), inode(&other)) else { return Ok(Answer::LetThrough) };
        // Both ends of datagrams stay known as sockets: who closes one of them leaves no end of file behind.
        for inode in [a, b] {
            let stream = self.new_number(number);
            self.streams.add(inode, stream);
        }
        self.streams.connect(a, b);
        self.streams.was_made([a, b], self.processes[self.tasks[number].process].inner);
        self.give_two(call, into, [&one, &other], flags.contains(SockFlag::SOCK_CLOEXEC))
    }

    /// bind(2), which makes a file if the name is one of the file system (unix(7)).
    pub fn bind(&mut self, number: usize, call: &Call) -> Answer {
        given_name(call).into_iter().for_each(|name| self.names_socket(number, call, &name));
        let socket = self.dup(self.tasks[number].process, call.args[0]);
        socket.and_then(|socket| inode(&socket).ok()).into_iter().for_each(|socket| self.sockets.is_bound(socket));
        if self.is_alone() || !self.is_unconnected(number, call) {
            return Answer::LetThrough;
        }
        let mut uses = Footprint::default();
        names_or_frees(&mut uses);
        if let Some(name) = file_name(call) {
            self.uses_path(number, call, name, Use::Make, &mut uses);
        }
        Answer::Hold(Op::Plain(uses))
    }

    /// listen(2).
    pub fn listen(&mut self, number: usize, call: &Call) -> Answer {
        if !self.is_unconnected(number, call) {
            return Answer::LetThrough;
        }
        if let Some(socket) = self.dup(self.tasks[number].process, call.args[0])
            && connects(&socket)
            && let Ok(inode) = inode(&socket)
        {
            // What is accepted inherits it.
            sends_at_once(&socket);
            let name = sys::name_of_socket(&socket).ok().and_then(|name| Name::of(&name));
            let stream = self.sockets.stream(inode).unwrap_or_else(|| self.new_number(number));
            self.streams.add(inode, stream);
            self.sockets.listen(inode, stream, name, call.args[1] as u32);
        }
        self.touches(names_or_frees)
    }

    /// shutdown(2).
    pub fn shutdown(&mut self, number: usize, call: &Call) -> Answer {
        let (process, fd) = (self.tasks[number].process, call.args[0]);
        let target = self.target(process, fd);
        match target {
            // What is printed then comes to nothing, and that others' lines depend on it is not followed.
            Target::Stdout | Target::Stderr => {
                self.stdio.is_changed();
                self.is_not_watched(number, call)
            }
            Target::Socket | Target::Listener(_) => {
                if let (Target::Listener(stream), Some(Ok(inode))) =
                    (target, self.dup(process, fd).map(|fd| inode(&fd)))
                {
                    self.sockets.forget(inode);
                    self.streams.shut(stream);
                }
                self.touches(names_or_frees)
            }
            Target::Stream { read, write, .. } => {
                [read, write].into_iter().for_each(|stream| self.streams.shut(stream));
                self.touches(|uses| {
                    uses.adds_ends([read, write], Access::Write);
                })
            }
            _ => Answer::LetThrough,
        }
    }

    /// setsockopt(2): it may matter to what comes next (SO_RCVLOWAT), and to how it ends (SO_LINGER).
    pub fn sets_socket(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stream { read, write, .. } => self.touches(|uses| {
                uses.writes(Object::Readers(read));
                uses.writes(Object::Writers(write));
                uses.adds_flow([read, write], Access::Write);
            }),
            _ => self.changes_stream(process, fd),
        }
    }

    /// getsockopt(2), getsockname(2), getpeername(2): who asks may be told that the other end is gone (SO_ERROR, ENOTCONN).
    pub fn asks_socket(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Stream { read, write, .. } => self.touches(|uses| {
                uses.writes(Object::Writers(read));
                uses.writes(Object::Readers(write));
                uses.adds_flow([read, write], Access::Read);
            }),
            _ => self.looks_at_stream(process, fd),
        }
    }

    /// Who is at the other end of a pair: whoever made it, which to the kernel are we (SO_PEERCRED of unix(7)).
    pub fn tells_maker(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let [fd, level, option, ..] = call.args;
        let asks_whom = matches!(option as i32, libc::SO_PEERCRED | SO_PEERPIDFD);
        if call.nr != libc::SYS_getsockopt || level as i32 != libc::SOL_SOCKET || !asks_whom {
            return None;
        }
        let socket = self.dup(self.tasks[number].process, fd)?;
        let maker = self.streams.maker(inode(&socket).ok()?)?;
        if option as i32 == SO_PEERPIDFD {
            return Some(self.is_not_watched(number, call));
        }
        // User ids are the same in a world as outside.
        let parts = [maker, nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw()];
        let bytes: Vec<u8> = parts.into_iter().flat_map(u32::to_ne_bytes).collect();
        Some(give_option(call, &bytes))
    }

    /// Whether a connection sends at once (TCP_NODELAY of tcp(7)): here every one does, but the program asks what it has set itself.
    pub fn tells_delay(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let socket = self.dup(self.tasks[number].process, call.args[0]).filter(|_| is_about_delay(call))?;
        let is_told_by_us = inode(&socket).is_ok_and(|inode| !self.sockets.was_asked_to_hurry(inode));
        // (Of what is no socket of TCP the kernel says so.)
        let is_tcp = getsockopt(&socket, sockopt::TcpNoDelay).is_ok();
        (is_tcp && is_told_by_us).then(|| give_option(call, &0i32.to_ne_bytes()))
    }

    /// A call is made: setsockopt(2), perhaps, by which the program wants a connection to send at once.
    pub fn notes_delay(&mut self, process: usize, call: &Call) {
        if table::is(call.nr, Kind::Stream(StreamCall::SetSocket))
            && is_about_delay(call)
            && let Some(Ok(inode)) = self.dup(process, call.args[0]).map(|socket| inode(&socket))
        {
            self.sockets.is_asked_to_hurry(inode);
        }
    }

    /// Whether a call is given a socket that is none of a pair or a connection.
    fn is_unconnected(&mut self, number: usize, call: &Call) -> bool {
        let target = self.target(self.tasks[number].process, call.args[0]);
        matches!(target, Target::Socket | Target::Listener(_))
    }

    /// connect(2), which waits while the queue of the one who listens is full.
    pub fn connect(&mut self, number: usize, call: &Call) -> Answer {
        if !self.is_unconnected(number, call) {
            return Answer::LetThrough;
        }
        if let Some(socket) = self.dup(self.tasks[number].process, call.args[0])
            && let Ok(inode) = inode(&socket)
        {
            // Who connects does not listen.
            self.sockets.forget(inode);
            sends_at_once(&socket);
        }
        let mut uses = Footprint::default();
        if let Some(name) = file_name(call) {
            self.uses_path(number, call, name, Use::Look, &mut uses);
        }
        uses.writes(Object::Sockets);
        Answer::Hold(Op::Kernel(uses))
    }
}

/// An inode that there is not: what stands for the end of a connection that nobody has accepted yet.
pub fn unmade(connection: &Connection) -> u64 {
    1 << 63 | connection.sends
}

/// Where a socket is found changes, and so what becomes of what is sent there.
pub fn names_or_frees(uses: &mut Footprint) {
    uses.writes(Object::Sockets);
    uses.writes(Object::Addresses);
}

/// Whether a socket is of a kind that is connected before anything is sent.
fn connects(socket: &OwnedFd) -> bool {
    matches!(getsockopt(socket, sockopt::SockType), Ok(SockType::Stream | SockType::SeqPacket))
}

/// Whatever is written to a connection of TCP shall be there when the write is over. Else the kernel keeps a little back while what was
/// sent before is not acknowledged, which by a clock of its own it is some 40 ms later (tcp(7), `TCP_NODELAY`). Nothing else can be read for
/// that: whoever reads late finds as much together.
fn sends_at_once(socket: &OwnedFd) {
    // Other sockets have no such option, and need none.
    let _ = setsockopt(socket, sockopt::TcpNoDelay, &true);
}

/// Whether setsockopt(2) or getsockopt(2) is about TCP_NODELAY.
fn is_about_delay(call: &Call) -> bool {
    (call.args[1] as i32, call.args[2] as i32) == (libc::IPPROTO_TCP, libc::TCP_NODELAY)
}

/// Answers getsockopt(2) in the kernel's place.
fn give_option(call: &Call, bytes: &[u8]) -> Answer {
    let [_, _, _, to, length, _] = call.args;
    let mut room = [0; size_of::<u32>()];
    let read = sys::read_memory(call.tid, length, &mut room);
    let told = bytes.len().min(u32::from_ne_bytes(room) as usize);
    let is_told = read == room.len()
        && sys::write_memory(call.tid, to, &bytes[..told])
        && sys::write_memory(call.tid, length, &(told as u32).to_ne_bytes());
    if is_told { Answer::Return(0) } else { errno(libc::EFAULT) }
}

/// Whether a socket listens.
fn listens(socket: &OwnedFd) -> bool {
    getsockopt(socket, sockopt::AcceptConn).unwrap_or(false)
}

/// Who has connected to a socket that was accepted.
fn caller_of(socket: &OwnedFd, name: &[u8]) -> Option<Caller> {
    match Name::of(name) {
        Some(Name::Port(port)) => Some(Caller::Port(port)),
        _ => Some(Caller::Process(getsockopt(socket, sockopt::PeerCredentials).ok()?.pid() as Pid)),
    }
}

/// Writes the name of who has connected where accept(2) is to put it; whether it could.
fn give_name(call: &Call, address: u64, length: u64, name: &[u8]) -> bool {
    let Some(room) = sys::read_u32(call.tid, length) else { return false };
    let written = &name[..name.len().min(room as usize)];
    sys::write_memory(call.tid, address, written)
        && sys::write_memory(call.tid, length, &(name.len() as u32).to_ne_bytes())
}

/// Whether a read of a socket fails at once, whatever is there: who listens only accepts, and nobody else does.
pub fn is_refused(transfer: &Transfer) -> bool {
    let is_socket = transfer.channel == Channel::Object(Object::Sockets);
    is_socket && !transfer.write && getsockopt(&transfer.fd, sockopt::AcceptConn).is_ok_and(|it| it != transfer.accepts)
}

/// Whether a socket is connected to another one.
pub fn is_connected(fd: &OwnedFd) -> bool {
    sys::name_of_peer(fd).is_ok()
}

/// The name that bind(2) is given.
fn given_name(call: &Call) -> Option<Name> {
    let mut name = vec![0; (call.args[2] as usize).min(size_of::<libc::sockaddr_un>())];
    let read = sys::read_memory(call.tid, call.args[1], &mut name);
    Name::of(&name[..read])
}

/// The name in the file system that bind(2) or connect(2) is given, as the path of a call.
fn file_name(call: &Call) -> Option<(u64, u64)> {
    let [_, address, length, ..] = call.args;
    let (mut family, mut first) = ([0; 2], [0]);
    let path = address + family.len() as u64;
    // A name that begins with a zero is none of the file system.
    let is_file = length > family.len() as u64
        && sys::read_memory(call.tid, address, &mut family) == family.len()
        && i32::from(u16::from_ne_bytes(family)) == libc::AF_UNIX
        && sys::read_memory(call.tid, path, &mut first) == 1
        && first != [0];
    is_file.then_some((libc::AT_FDCWD as u64, path))
}

/// Whether connect(2) is given a name of the internet.
pub fn names_host(call: &Call) -> bool {
    let family = sys::read_bytes::<2>(call.tid, call.args[1]).map_or(0, u16::from_ne_bytes);
    matches!(i32::from(family), libc::AF_INET | libc::AF_INET6)
}

/// Whether a call is connect(2), which fails at once if nobody listens.
pub fn is_connect(call: &Call) -> bool {
    table::is(call.nr, Kind::Stream(StreamCall::Connect))
}
