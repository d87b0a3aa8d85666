//! Waiting for any of several descriptors: poll(2), select(2), epoll_wait(2).

use nix::poll::PollFlags;

use super::arguments::{mask, milliseconds, relative};
use super::calls::PollCall;
use super::epoll::Leaf;
use super::{Answer, Target, streams};
use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access, Footprint, Object, Signals};
use crate::trace::Pid;
use crate::world::run::Supervisor;
use crate::world::task::{InTurn, Op, Timeout};

/// Events that depend on what there is to be read, and on the room that there is.
const READS: PollFlags =
    PollFlags::POLLIN.union(PollFlags::POLLPRI).union(PollFlags::POLLRDNORM).union(PollFlags::POLLRDBAND);
const WRITES: PollFlags = PollFlags::POLLOUT.union(PollFlags::POLLWRNORM).union(PollFlags::POLLWRBAND);

impl Supervisor<'_> {
    /// What to do about a call of this family.
    pub fn decode_poll(&mut self, number: usize, call: &Call, kind: PollCall) -> Answer {
        let [_, _, c, d, e, _] = call.args;
        match kind {
            PollCall::Poll => self.poll(number, call, milliseconds(c), None),
            PollCall::Ppoll => {
                let mask = mask(call.tid, d, e);
                self.poll(number, call, relative(call.tid, c, 1), mask)
            }
            PollCall::Select => self.select(number, call, relative(call.tid, e, 1000), None),
            PollCall::Pselect => {
                let mask = sys::read_u64s::<2>(call.tid, call.args[5]).and_then(|[at, size]| mask(call.tid, at, size));
                self.select(number, call, relative(call.tid, e, 1), mask)
            }
            PollCall::EpollWait => self.epoll(number, call),
            PollCall::EpollControl => self.epoll_control(number, call),
        }
    }

    /// What somebody looks at who asks whether these descriptors are ready: now, or whenever that will be.
    pub fn looks_at_all(&mut self, process: usize, wanted: &[(u64, PollFlags)], now: bool) -> Footprint {
        let mut uses = Footprint::default();
        wanted.iter().for_each(|&(fd, events)| self.looks_at(process, fd, events, now, &mut uses));
        self.reaches_sockets(&mut uses);
        uses
    }

    pub fn looks_at(&mut self, process: usize, fd: u64, events: PollFlags, now: bool, uses: &mut Footprint) {
        match self.target(process, fd) {
            Target::Stream { read, write, is_socket } => {
                let dup = self.dup(process, fd);
                // Whether the other end is still there is told in any case. Who finds it closed depends on every close.
                let is_open = now && dup.as_ref().is_some_and(|fd| !streams::has_ended(fd));
                let access = if is_open { Access::Read } else { Access::Write };
                // A pipe's end for reading tells nothing of those who read, nor one for writing of those who write.
                let mode = dup.filter(|_| !is_socket).and_then(|fd| streams::access_mode(&fd));
                if mode != Some(libc::O_WRONLY) {
                    if events.intersects(READS) {
                        uses.reads(Object::Tail(read));
                        uses.reads(Object::Head(read));
                    }
                    self.sockets.waits_in(read).into_iter().for_each(|of| uses.add(Object::Readers(of), access));
                    uses.add(Object::Writers(read), access);
                }
                if mode != Some(libc::O_RDONLY) {
                    if events.intersects(WRITES) {
                        uses.reads(Object::Head(write));
                        uses.reads(Object::Tail(write));
                    }
                    uses.add(Object::Readers(write), access);
                }
            }
            Target::Counter(counter) => uses.reads(Object::Counter(counter)),
            Target::Listener(stream) => {
                uses.reads(Object::Tail(stream));
                uses.reads(Object::Head(stream));
            }
            Target::Socket => uses.reads(Object::Sockets),
            Target::Process(target) => uses.reads(Object::Life(target as u64)),
            Target::Reaped => uses.unite(&self.reaped()),
            Target::Timer => uses.reads(Object::Ipc(super::TIMERS)),
            Target::Signals => uses.reads(Object::Signals(process as u64)),
            Target::Queue => uses.reads(Object::Ipc(0)),
            Target::Terminal(of) => uses.reads(Object::Terminal(of)),
            Target::Epoll => self.looks_at_set(process, fd, now, uses),
            _ => {}
        }
    }

    /// Waiting for descriptors: those of `poll(2)`, as (descriptor, events).
    fn wait_for(
        &mut self,
        number: usize,
        call: &Call,
        wanted: &[(u64, PollFlags)],
        timeout: Timeout,
        mask: Option<u64>,
    ) -> Answer {
        let process = self.tasks[number].process;
        let looks_at = self.looks_at_all(process, wanted, false);
        let signals = wanted.iter().fold(0, |all, &(fd, _)| all | self.signals_of(process, fd));
        let fds: Vec<_> = wanted.iter().filter_map(|&(fd, events)| Some((self.dup(process, fd)?, events))).collect();
        // One that is not open is an answer: POLLNVAL of poll(2), EBADF of select(2).
        let timeout = if fds.len() < wanted.len() { Timeout::Now } else { timeout };
        match timeout {
            Timeout::After(time) if wanted.is_empty() && mask.is_none() => self.sleeps(number, call, time),
            // (With a mask of its own it may be told of a signal.)
            Timeout::Now if looks_at.is_empty() && mask.is_none() => Answer::LetThrough,
            Timeout::Never if wanted.is_empty() => Answer::Hold(Op::Pause { mask }),
            _ => {
                let is_whole = fds.len() == wanted.len() && mask.is_none() && signals == 0;
                let looks = if is_whole { self.looks_in_turn(wanted) } else { InTurn::Never };
                Answer::Hold(Op::Poll { fds, wanted: wanted.to_vec(), looks_at, timeout, mask, signals, looks })
            }
        }
    }

    pub fn poll(&mut self, number: usize, call: &Call, timeout: Timeout, mask: Option<u64>) -> Answer {
        let count = (call.args[1] as usize).min(1024);
        let mut bytes = vec![0; count * 8];
        let read = sys::read_memory(call.tid, call.args[0], &mut bytes);
        let wanted: Vec<(u64, PollFlags)> = bytes[..read]
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&[f0, f1, f2, f3, e0, e1, ..]| {
                // Such as POLLRDHUP, of which the library does not know.
                let events = PollFlags::from_bits_retain(i16::from_ne_bytes([e0, e1]));
                (i32::from_ne_bytes([f0, f1, f2, f3]), events)
            })
            .filter(|(fd, _)| *fd >= 0)
            .map(|(fd, events)| (fd as u64, events))
            .collect();
        self.wait_for(number, call, &wanted, timeout, mask)
    }

    pub fn select(&mut self, number: usize, call: &Call, timeout: Timeout, mask: Option<u64>) -> Answer {
        let count = call.args[0].min(1024);
        let mut wanted = Vec::new();
        let sets =
            [(call.args[1], PollFlags::POLLIN), (call.args[2], PollFlags::POLLOUT), (call.args[3], PollFlags::POLLPRI)];
        for (set, events) in sets {
            let words: Option<[u64; 16]> = if set == 0 { None } else { read_set(call.tid, set, count) };
            let Some(words) = words else { continue };
            wanted
                .extend((0..count).filter(|fd| words[(fd / 64) as usize] >> (fd % 64) & 1 == 1).map(|fd| (fd, events)));
        }
        // In this order it looks at them.
        wanted.sort_by_key(|&(fd, _)| fd);
        self.wait_for(number, call, &wanted, timeout, mask)
    }

    /// The signals that make a descriptor readable: of signalfd(2), or of an epoll set that watches one. The kernel answers for
    /// whoever asks, so that we have to look at the program's signals ourselves.
    pub fn signals_of(&mut self, process: usize, fd: u64) -> u64 {
        match self.target(process, fd) {
            Target::Signals => {
                self.come(Signals::Caught);
                let pid = self.processes[process].seen_as;
                let info = proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).unwrap_or_default();
                let mask = info.lines().find_map(|line| line.strip_prefix("sigmask:"));
                mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
            }
            Target::Epoll => self.leaves(process, fd).iter().fold(0, |all, leaf| match leaf {
                Leaf::Open(fd, _) => all | self.signals_of(process, *fd),
                Leaf::Closed => all,
            }),
            _ => 0,
        }
    }
}

fn read_set(tid: Pid, address: u64, count: u64) -> Option<[u64; 16]> {
    let mut words = [0; 16];
    for (n, word) in words.iter_mut().enumerate().take(count.div_ceil(64) as usize) {
        *word = sys::read_u64s::<1>(tid, address + n as u64 * 8)?[0];
    }
    Some(words)
}

/// Tells a call that waits for descriptors that nothing has come of them.
pub fn clear_events(call: &Call) {
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
}

/// Tells a call what it has found, in the order in which it looks: the answer is of how many, or of how many bits of select(2).
pub fn tell_events(call: &Call, wanted: &[(u64, PollFlags)], found: &[PollFlags]) -> i64 {
    clear_events(call);
    let mut told = 0;
    if matches!(call.nr, arch::SYS_poll | libc::SYS_ppoll) {
        let mut found = found.iter();
        for entry in 0..call.args[1].min(1024) {
            let at = call.args[0] + entry * 8;
            if sys::read_u32(call.tid, at).is_none_or(|fd| (fd as i32) < 0) {
                continue;
            }
            if let Some(events) = found.next().filter(|events| !events.is_empty()) {
                sys::write_memory(call.tid, at + 6, &events.bits().to_ne_bytes());
                told += 1;
            }
        }
        return told;
    }
    for (&(fd, events), found) in wanted.iter().zip(found) {
        let (set, meant) = match events {
            PollFlags::POLLIN => {
                (call.args[1], READS.difference(PollFlags::POLLPRI) | PollFlags::POLLHUP | PollFlags::POLLERR)
            }
            PollFlags::POLLOUT => (call.args[2], WRITES | PollFlags::POLLERR),
            _ => (call.args[3], PollFlags::POLLPRI),
        };
        let at = set + fd / 64 * 8;
        if let (true, Some([word])) = (found.intersects(meant), sys::read_u64s::<1>(call.tid, at)) {
            sys::write_memory(call.tid, at, &(word | 1 << (fd % 64)).to_ne_bytes());
            told += 1;
        }
    }
    told
}
