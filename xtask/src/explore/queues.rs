//! The queues of bytes or messages between processes: who wrote what is being read.

use std::collections::{HashMap, VecDeque};

/// All queues seen so far, numbered in that order.
#[derive(Default)]
pub struct Queues {
    numbers: HashMap<Identity, usize>,
    queues: Vec<Queue>,
    /// The two ends of a socket pair.
    peers: HashMap<u64, u64>,
}

/// What tells queues apart while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// A pipe, by its inode.
    Pipe(u64),
    /// What is on its way to a socket.
    ToSocket(u64),
    /// An eventfd, by the kernel's number for it.
    Event(u64),
    /// Any other socket, signalfd, …: all of a kind are one.
    Any(&'static str),
}

/// What flows through a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Bytes: whoever reads gets as many as there are.
    Bytes,
    /// Messages, which stay whole.
    Messages,
    /// An eventfd: whoever reads learns that it rang. That it may also learn how often is passed over.
    Bell,
}

#[derive(Default)]
struct Queue {
    /// By which step, and how much of it was not read yet.
    unread: VecDeque<(Option<u32>, u64)>,
}

impl Queues {
    /// Two sockets are connected to each other.
    pub fn connect(&mut self, a: u64, b: u64) {
        self.peers.insert(a, b);
        self.peers.insert(b, a);
    }

    /// The queue from which, or to which, a socket is read or written.
    pub fn of_socket(&mut self, inode: u64, write: bool) -> usize {
        let identity = match (self.peers.get(&inode), write) {
            (Some(_), false) => Identity::ToSocket(inode),
            (Some(&peer), true) => Identity::ToSocket(peer),
            (None, _) => Identity::Any("socket"),
        };
        self.number(identity)
    }

    /// The number of a queue.
    pub fn number(&mut self, identity: Identity) -> usize {
        let next = self.queues.len();
        let number = *self.numbers.entry(identity).or_insert(next);
        if number == next {
            self.queues.push(Queue::default());
        }
        number
    }

    /// Something was written, by that step.
    pub fn wrote(&mut self, queue: usize, step: Option<u32>, amount: u64) {
        self.queues[queue].unread.push_back((step, amount));
    }

    /// Something is read; the steps that wrote it.
    pub fn took(&mut self, queue: usize, mut amount: u64) -> Vec<Option<u32>> {
        let unread = &mut self.queues[queue].unread;
        let mut writers = Vec::new();
        while amount > 0
            && let Some((step, left)) = unread.front_mut()
        {
            let part = amount.min(*left);
            writers.push(*step);
            amount -= part;
            *left -= part;
            if *left == 0 {
                unread.pop_front();
            }
        }
        writers
    }
}
