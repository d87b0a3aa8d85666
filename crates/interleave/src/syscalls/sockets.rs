//! Sockets: how two come to be connected.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, getpeername, getsockopt, sockopt};

use super::files::Use;
use super::streams::inode;
use super::{Answer, Target};
use crate::kernel::sys::{self, Call};
use crate::protocol::{Footprint, Object};
use crate::supervisor::run::Supervisor;
use crate::world::task::{Channel, Op, Transfer};

impl Supervisor<'_> {
    /// accept(2). Neither end of a pair can listen.
    pub fn accept(&mut self, process: usize, fd: u64) -> Answer {
        if !matches!(self.target(process, fd), Target::Socket) {
            return Answer::LetThrough;
        }
        let mut answer = self.transfer(process, fd, false, 1, false, false);
        if let Answer::Hold(Op::Transfer(transfer)) = &mut answer {
            transfer.accepts = true;
        }
        answer
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
        if domain as i32 != libc::AF_UNIX || protocol != 0 {
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
        self.give_two(call, into, [&one, &other], flags.contains(SockFlag::SOCK_CLOEXEC))
    }

    /// bind(2), which makes a file if the name is one of the file system (unix(7)).
    pub fn bind(&mut self, number: usize, call: &Call) -> Answer {
        if self.is_alone() || !matches!(self.target(self.tasks[number].process, call.args[0]), Target::Socket) {
            return Answer::LetThrough;
        }
        let mut uses = Footprint::default();
        uses.writes(Object::Sockets);
        if let Some(name) = file_name(call) {
            self.uses_path(number, call, name, Use::Make, &mut uses);
        }
        Answer::Hold(Op::Plain(uses))
    }

    /// listen(2), shutdown(2).
    pub fn socket_call(&mut self, process: usize, fd: u64) -> Answer {
        match self.target(process, fd) {
            Target::Socket => self.touches(|uses| uses.writes(Object::Sockets)),
            Target::Stream { read, write, .. } => self.touches(|uses| {
                for stream in [read, write] {
                    uses.writes(Object::Readers(stream));
                    uses.writes(Object::Writers(stream));
                }
            }),
            _ => Answer::LetThrough,
        }
    }

    /// connect(2), which waits while the queue of the one who listens is full.
    pub fn connect(&mut self, number: usize, call: &Call) -> Answer {
        if self.is_alone() || !matches!(self.target(self.tasks[number].process, call.args[0]), Target::Socket) {
            return Answer::LetThrough;
        }
        let mut uses = Footprint::default();
        if let Some(name) = file_name(call) {
            self.uses_path(number, call, name, Use::Look, &mut uses);
        }
        uses.writes(Object::Sockets);
        Answer::Hold(Op::Kernel(uses))
    }
}

/// Whether a read of a socket fails at once, whatever is there: who listens only accepts, and nobody else does.
pub fn is_refused(transfer: &Transfer) -> bool {
    let is_socket = transfer.channel == Channel::Object(Object::Sockets);
    is_socket && !transfer.write && getsockopt(&transfer.fd, sockopt::AcceptConn).is_ok_and(|it| it != transfer.accepts)
}

/// Whether a socket is connected to another one.
pub fn is_connected(fd: &OwnedFd) -> bool {
    getpeername::<SockaddrStorage>(fd.as_raw_fd()).is_ok()
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
