//! Streams of bytes or messages between processes: pipes and pairs of sockets, and who wrote what is being read.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::trace::Pid;

/// All streams seen so far.
#[derive(Default)]
pub struct Streams {
    /// The number of a pipe, or of what is on its way to a socket, by inode. It is the same in every run, since it follows
    /// from who made it.
    numbers: HashMap<u64, u64>,
    /// The two ends of a pair of sockets.
    peers: HashMap<u64, u64>,
    /// Who has made a pair, as the program knows it, by the inodes of both ends. To the kernel, we have.
    makers: HashMap<u64, Pid>,
    /// The number of an eventfd, by the kernel's.
    counters: HashMap<u64, u64>,
    /// The pipes with names that were met.
    fifos: BTreeSet<u64>,
    /// What was written and not read, in bytes, and by which step.
    unread: HashMap<u64, VecDeque<(Option<u32>, u64)>>,
    /// Those of which that is not so: a write or read came to less than it was to, or something else put bytes there.
    unclear: BTreeSet<u64>,
    /// Those that shutdown(2) has ended, or is about to end: they end before all have closed them.
    shut: BTreeSet<u64>,
    written: HashMap<u64, Written>,
    /// The files of which pages are on their way in a stream, perhaps: what is read then is what these have in them by then.
    lent: HashMap<u64, BTreeSet<u64>>,
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

    /// A process has made this pair.
    pub fn was_made(&mut self, pair: [u64; 2], by: Pid) {
        self.makers.extend(pair.map(|end| (end, by)));
    }

    /// Who has made the pair that this is an end of.
    pub fn maker(&self, inode: u64) -> Option<Pid> {
        self.makers.get(&inode).copied()
    }

    /// The number of a pipe; of one that was there before the program, its inode.
    pub fn number(&self, inode: u64) -> u64 {
        self.numbers.get(&inode).copied().unwrap_or(inode)
    }

    /// A pipe with a name was met.
    pub fn add_fifo(&mut self, number: u64) {
        self.fifos.insert(number);
    }

    /// Whether this is the number of one.
    pub fn is_fifo(&self, number: u64) -> bool {
        self.fifos.contains(&number)
    }

    /// All pipes and pairs that the program has made.
    pub fn all(&self) -> impl Iterator<Item = u64> {
        self.numbers.values().chain(&self.fifos).copied()
    }

    /// The other end of a pair.
    pub fn peer(&self, inode: u64) -> Option<u64> {
        self.peers.get(&inode).copied()
    }

    /// Pages of these files are put into a stream.
    pub fn lend(&mut self, stream: u64, files: Vec<u64>) {
        if !files.is_empty() {
            self.lent.entry(stream).or_default().extend(files);
        }
    }

    /// The files of which there ever were pages in a stream.
    pub fn lent(&self, stream: u64) -> impl Iterator<Item = u64> {
        self.lent.get(&stream).into_iter().flatten().copied()
    }

    /// shutdown(2) is asked to end a stream.
    pub fn shut(&mut self, stream: u64) {
        self.shut.insert(stream);
    }

    /// Whether that was ever asked.
    pub fn is_shut(&self, stream: u64) -> bool {
        self.shut.contains(&stream)
    }

    /// So many bytes are about to be written; what there was in all by then.
    pub fn writes(&mut self, stream: u64, bytes: u64) -> Written {
        let written = self.written.entry(stream).or_default();
        written.bytes = written.bytes.saturating_add(bytes);
        written.times += 1;
        *written
    }

    /// So many bytes were written, by that step.
    pub fn wrote(&mut self, stream: u64, step: Option<u32>, bytes: u64) {
        self.unread.entry(stream).or_default().push_back((step, bytes));
    }

    /// Something is read: so many bytes, or a message, of what the kernel says is there (all of it, or of messages the next one). The
    /// steps that wrote it; `None` if that is not known.
    pub fn took(
        &mut self,
        stream: u64,
        flow: Flow,
        there: u64,
        mut amount: u64,
        peeks: bool,
    ) -> Option<Vec<Option<u32>>> {
        let unread = self.unread.entry(stream).or_default();
        let all: u64 = unread.iter().map(|&(_, bytes)| bytes).sum();
        let is_next = || flow == Flow::Messages && unread.front().is_some_and(|&(_, bytes)| bytes == there);
        if all != there && !is_next() {
            self.unclear.insert(stream);
        }
        if self.unclear.contains(&stream) {
            return None;
        }
        let mut writers = Vec::new();
        if peeks {
            return Some(writers);
        }
        if flow == Flow::Messages {
            writers.extend(unread.pop_front().map(|(step, _)| step));
            return Some(writers);
        }
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
        Some(writers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_what_is_read() {
        let mut streams = Streams::default();
        streams.wrote(1, Some(5), 3);
        streams.wrote(1, Some(6), 2);
        assert_eq!(streams.took(1, Flow::Bytes, 5, 4, true), Some(vec![]));
        assert_eq!(streams.took(1, Flow::Bytes, 5, 4, false), Some(vec![Some(5), Some(6)]));
        assert_eq!(streams.took(1, Flow::Bytes, 1, 1, false), Some(vec![Some(6)]));
    }

    #[test]
    fn of_what_came_to_less_than_it_was_to_nobody_knows_who_wrote_it() {
        let mut streams = Streams::default();
        // The first has failed.
        streams.wrote(1, Some(5), 1);
        streams.wrote(1, Some(6), 1);
        assert_eq!(streams.took(1, Flow::Bytes, 1, 1, false), None);
        // It does not become known again.
        streams.wrote(1, Some(7), 1);
        assert_eq!(streams.took(1, Flow::Bytes, 3, 1, false), None);
    }

    #[test]
    fn of_messages_the_kernel_tells_how_long_the_next_one_is() {
        let mut streams = Streams::default();
        streams.wrote(1, Some(5), 3);
        streams.wrote(1, Some(6), 2);
        assert_eq!(streams.took(1, Flow::Messages, 3, 100, false), Some(vec![Some(5)]));
        assert_eq!(streams.took(1, Flow::Messages, 3, 100, false), None);
    }
}
