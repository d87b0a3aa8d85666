//! Sockets that listen, and who has connected to them and was not accepted yet.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::trace::Pid;

/// All sockets that listen or have listened.
#[derive(Default)]
pub struct Sockets {
    listeners: Vec<Listener>,
    /// The streams that begin here: what is on its way over a connection, and who waits to be accepted.
    streams: BTreeSet<u64>,
    /// Those of connections that were not accepted, and where these wait: the stream of those who connect.
    unaccepted: HashMap<u64, u64>,
    /// The processes that have used a socket before it was connected, by its inode.
    met: BTreeSet<(u64, usize)>,
    /// The streams of connections of the internet.
    internet: BTreeSet<u64>,
    /// The sockets that bind(2) was to give a name.
    bound: BTreeSet<u64>,
    /// The sockets that the program itself has asked to send at once (TCP_NODELAY), by their inodes.
    hurried: BTreeSet<u64>,
    /// Some connection came about, or may have, of which it is not known whose it is.
    has_lost_track: bool,
}

/// By what those who connect know a socket that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A name of unix(7), as bind(2) was given it.
    Unix(Vec<u8>),
    /// A port of ip(7) or ipv6(7).
    Port(u16),
    /// One of another family.
    Other(Vec<u8>),
}

impl Name {
    /// A name as getsockname(2) gives it; none if there is none.
    pub fn of(address: &[u8]) -> Option<Name> {
        let (family, rest) = address.split_first_chunk()?;
        match i32::from(u16::from_ne_bytes(*family)) {
            // What begins with a zero is no name of the file system, and no zero ends it.
            libc::AF_UNIX if rest.first() == Some(&0) => Some(Name::Unix(rest.to_vec())),
            libc::AF_UNIX if !rest.is_empty() => {
                let end = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
                Some(Name::Unix(rest[..end].to_vec()))
            }
            // The port of both stands at the same place (ip(7), ipv6(7)).
            libc::AF_INET | libc::AF_INET6 => rest
                .first_chunk()
                .map(|&port| Name::Port(u16::from_be_bytes(port)))
                .filter(|name| *name != Name::Port(0)),
            libc::AF_UNIX => None,
            _ => Some(Name::Other(address.to_vec())),
        }
    }
}

/// By what the socket that accept(2) makes tells who has connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The process, by its number in our own pid namespace (SO_PEERCRED of unix(7)).
    Process(Pid),
    /// Its port.
    Port(u16),
}

/// Somebody who has connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The inode of its socket.
    pub client: u64,
    /// The streams that it writes to and reads from.
    pub sends: u64,
    pub receives: u64,
    pub caller: Caller,
    /// What is accepted sends at once: the program had asked that of the socket that listens (TCP_NODELAY).
    pub hurries: bool,
}

struct Listener {
    inode: u64,
    /// The stream of those who connect: each is a message that is read by accept(2).
    stream: u64,
    name: Option<Name>,
    /// How many may wait in it, and how many have ever connected.
    backlog: u32,
    connected: u32,
    queue: VecDeque<Connection>,
}

impl Sockets {
    /// A socket begins to listen. Its stream, if it has not done so before, is to have this number.
    pub fn listen(&mut self, inode: u64, stream: u64, name: Option<Name>, backlog: u32) {
        match self.listeners.iter_mut().find(|listener| listener.inode == inode) {
            Some(listener) => (listener.name, listener.backlog) = (name, backlog),
            None => {
                self.streams.insert(stream);
                self.listeners.push(Listener { inode, stream, name, backlog, connected: 0, queue: VecDeque::new() });
            }
        }
    }

    /// The stream of those who connect to a socket, if it listens.
    pub fn stream(&self, inode: u64) -> Option<u64> {
        self.listeners.iter().find(|listener| listener.inode == inode).map(|listener| listener.stream)
    }

    /// A socket listens no longer.
    pub fn forget(&mut self, inode: u64) {
        self.listeners.retain(|listener| listener.inode != inode);
    }

    /// Somebody has connected to the socket of this name. Where it waits, and whether there was room beyond doubt; none if it is
    /// not known which socket that is.
    pub fn connect(&mut self, name: &Name, connection: Connection) -> Option<(u64, bool)> {
        if self.has_lost_track {
            return None;
        }
        let mut named = self.listeners.iter_mut().filter(|listener| listener.name.as_ref() == Some(name));
        // Of two of one name, one is closed, or has lost it.
        let (listener, None) = (named.next()?, named.next()) else { return None };
        let both = [connection.sends, connection.receives];
        self.streams.extend(both);
        if matches!(connection.caller, Caller::Port(_)) {
            self.internet.extend(both);
        }
        self.unaccepted.extend(both.map(|stream| (stream, listener.stream)));
        listener.connected += 1;
        let hurries = self.hurried.contains(&listener.inode);
        listener.queue.push_back(Connection { hurries, ..connection });
        Some((listener.stream, listener.connected <= listener.backlog))
    }

    /// The first of those who wait is accepted.
    pub fn accept(&mut self, inode: u64) -> Option<Connection> {
        let listener = self.listeners.iter_mut().find(|listener| listener.inode == inode)?;
        let first = listener.queue.pop_front().filter(|_| !self.has_lost_track)?;
        self.unaccepted.remove(&first.sends);
        self.unaccepted.remove(&first.receives);
        Some(first)
    }

    /// Those who wait to be accepted.
    pub fn waiting(&self, inode: u64) -> impl Iterator<Item = &Connection> {
        self.listeners.iter().filter(move |listener| listener.inode == inode).flat_map(|listener| &listener.queue)
    }

    /// The stream of those who connect in which the connection waits, or has waited in vain, to which this one belongs.
    pub fn waits_in(&self, stream: u64) -> Option<u64> {
        self.unaccepted.get(&stream).copied()
    }

    /// From now on nobody knows who waits where.
    pub fn lose_track(&mut self) {
        self.has_lost_track = true;
    }

    /// A process uses a socket that is not connected, as far as is known.
    pub fn meets(&mut self, inode: u64, process: usize) {
        self.met.insert((inode, process));
    }

    /// Whether any other process has done so.
    pub fn was_met_by_others(&self, inode: u64, process: usize) -> bool {
        self.met.range((inode, 0)..=(inode, usize::MAX)).any(|&(_, other)| other != process)
    }

    /// bind(2) is to give a socket a name.
    pub fn is_bound(&mut self, inode: u64) {
        self.bound.insert(inode);
    }

    /// Whether it was to.
    pub fn was_bound(&self, inode: u64) -> bool {
        self.bound.contains(&inode)
    }

    /// The program asks a socket to send at once.
    pub fn is_asked_to_hurry(&mut self, inode: u64) {
        self.hurried.insert(inode);
    }

    /// Whether it has done so.
    pub fn was_asked_to_hurry(&self, inode: u64) -> bool {
        self.hurried.contains(&inode)
    }

    /// Whether a stream is one of a connection of the internet.
    pub fn is_of_internet(&self, stream: u64) -> bool {
        self.internet.contains(&stream)
    }

    /// Whether a stream is one of a connection, or of those who wait for one.
    pub fn has(&self, stream: u64) -> bool {
        self.streams.contains(&stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let of = |family: i32, rest: &[u8]| Name::of(&[&(family as u16).to_ne_bytes(), rest].concat());
        assert_eq!(of(libc::AF_UNIX, b"place\0"), Some(Name::Unix(b"place".to_vec())));
        assert_eq!(of(libc::AF_UNIX, b"\0a\0"), Some(Name::Unix(b"\0a\0".to_vec())));
        assert_eq!(of(libc::AF_INET, &[1, 2, 127, 0, 0, 1]), Some(Name::Port(258)));
        assert_eq!([of(libc::AF_UNIX, b""), of(libc::AF_INET6, &[0, 0, 1])], [None, None]);
    }

    #[test]
    fn who_connects_first_is_accepted_first() {
        let mut sockets = Sockets::default();
        let name = Name::Port(80);
        let connection = |client| Connection {
            client,
            sends: client + 100,
            receives: client + 200,
            caller: Caller::Port(client as u16),
            hurries: false,
        };
        assert_eq!(sockets.connect(&name, connection(1)), None);
        sockets.listen(7, 77, Some(name.clone()), 1);
        assert_eq!(sockets.connect(&name, connection(1)), Some((77, true)));
        assert_eq!(sockets.connect(&name, connection(2)), Some((77, false)));
        assert_eq!(sockets.waiting(7).count(), 2);
        assert_eq!([101, 202].map(|stream| sockets.waits_in(stream)), [Some(77); 2]);
        assert_eq!(
            [sockets.accept(7), sockets.accept(7), sockets.accept(7)],
            [Some(connection(1)), Some(connection(2)), None]
        );
        assert_eq!(sockets.waits_in(101), None);
        assert!([77, 101, 102, 201, 202].into_iter().all(|stream| sockets.has(stream)) && !sockets.has(7));
    }

    #[test]
    fn where_it_is_not_known_nobody_is_named() {
        let mut sockets = Sockets::default();
        let name = Name::Unix(b"s".to_vec());
        let connection =
            Connection { client: 1, sends: 101, receives: 201, caller: Caller::Process(5), hurries: false };
        sockets.listen(7, 77, Some(name.clone()), 1);
        sockets.connect(&name, connection);
        sockets.listen(8, 88, Some(name.clone()), 1);
        assert_eq!(sockets.connect(&name, connection), None);
        sockets.lose_track();
        assert_eq!(sockets.accept(7), None);
    }
}
