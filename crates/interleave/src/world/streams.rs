//! Streams of bytes or messages between processes: pipes and pairs of sockets, and who wrote what is being read.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// All streams seen so far.
#[derive(Default)]
pub struct Streams {
    /// The number of a pipe, or of what is on its way to a socket, by inode. It is the same in every run, since it follows
    /// from who made it.
    numbers: HashMap<u64, u64>,
    /// The two ends of a pair of sockets.
    peers: HashMap<u64, u64>,
    /// The number of an eventfd, by the kernel's.
    counters: HashMap<u64, u64>,
    /// The pipes with names that were met.
    fifos: BTreeSet<u64>,
    unread: HashMap<u64, VecDeque<(Option<u32>, u64)>>,
    written: HashMap<u64, Written>,
}

/// What was written to a stream from the beginning on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub bytes: u64,
    pub times: u64,
}

/// What flows through a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Bytes: whoever reads gets as many as there are.
    Bytes,
    /// Messages, which stay whole.
    Messages,
}

impl Streams {
    /// A pipe or socket was made, which is to have this number.
    pub fn add(&mut self, inode: u64, number: u64) {
        self.numbers.insert(inode, number);
    }

    /// An eventfd was made, which is to have this number.
    pub fn add_counter(&mut self, id: u64, number: u64) {
        self.counters.insert(id, number);
    }

    /// The number of an eventfd.
    pub fn counter(&self, id: u64) -> u64 {
        self.counters.get(&id).copied().unwrap_or(id)
    }

    /// Two sockets are connected to each other.
    pub fn connect(&mut self, a: u64, b: u64) {
        self.peers.insert(a, b);
        self.peers.insert(b, a);
    }

    /// The number of a pipe; of one that was there before the program, its inode.
    pub fn number(&self, inode: u64) -> u64 {
        self.numbers.get(&inode).copied().unwrap_or(inode)
    }

    /// A pipe with a name was met.
    pub fn add_fifo(&mut self, number: u64) {
        self.fifos.insert(number);
    }

    /// All pipes and pairs that the program has made.
    pub fn all(&self) -> impl Iterator<Item = u64> {
        self.numbers.values().chain(&self.fifos).copied()
    }

    /// The other end of a pair.
    pub fn peer(&self, inode: u64) -> Option<u64> {
        self.peers.get(&inode).copied()
    }

    /// So many bytes are about to be written; what there was in all by then.
    pub fn writes(&mut self, stream: u64, bytes: u64) -> Written {
        let written = self.written.entry(stream).or_default();
        written.bytes = written.bytes.saturating_add(bytes);
        written.times += 1;
        *written
    }

    /// Something was written, by that step.
    pub fn wrote(&mut self, stream: u64, step: Option<u32>, amount: u64) {
        self.unread.entry(stream).or_default().push_back((step, amount));
    }

    /// Something is read; the steps that wrote it.
    pub fn took(&mut self, stream: u64, mut amount: u64) -> Vec<Option<u32>> {
        let unread = self.unread.entry(stream).or_default();
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
