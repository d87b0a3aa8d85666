//! Waiting for any of several descriptors: poll(2), select(2), epoll_wait(2).

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::poll::PollFlags;

use super::calls::PollCall;
use super::{Answer, EPOLL_SETS, Target, streams};
use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access, Footprint, Object, Signals};
use crate::trace::Pid;
use crate::world::run::Supervisor;
use crate::world::task::{Op, Timeout};

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
            // Who of several is woken is then the kernel's choice, and the others may wait on.
            PollCall::EpollControl if asks_for_exclusive(call) => self.is_not_watched(number, call),
            PollCall::EpollControl => self.touches(|uses| uses.writes(Object::Ipc(EPOLL_SETS))),
        }
    }

    /// What somebody looks at who asks whether these descriptors are ready: now, or whenever that will be.
    pub fn looks_at_all(&mut self, process: usize, wanted: &[(u64, PollFlags)], now: bool) -> Footprint {
        let mut uses = Footprint::default();
        wanted.iter().for_each(|&(fd, events)| self.looks_at(process, fd, events, now, &mut uses));
        self.reaches_sockets(&mut uses);
        uses
    }

    fn looks_at(&mut self, process: usize, fd: u64, events: PollFlags, now: bool, uses: &mut Footprint) {
        match self.target(process, fd) {
            Target::Stream { read, write, .. } => {
                if events.intersects(READS) {
                    uses.reads(Object::Tail(read));
                    uses.reads(Object::Head(read));
                }
                // Whether the other end is still there is told in any case. Who finds it closed depends on every close.
                let is_open = now && self.dup(process, fd).is_some_and(|fd| !streams::has_ended(&fd));
                let access = if is_open { Access::Read } else { Access::Write };
                self.sockets.waits_in(read).into_iter().for_each(|of| uses.add(Object::Readers(of), access));
                uses.add(Object::Writers(read), access);
                if events.intersects(WRITES) {
                    uses.reads(Object::Head(write));
                    uses.reads(Object::Tail(write));
                }
                uses.add(Object::Readers(write), access);
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
            Target::Epoll => {
                uses.reads(Object::Ipc(EPOLL_SETS));
                for Watched { fd, events, inode } in self.watched(process, fd) {
                    let place = self.place_of(process, fd);
                    if fs::metadata(place).is_ok_and(|meta| meta.ino() == inode) {
                        self.looks_at(process, fd, events, now, uses);
                    } else {
                        // It was closed here, and is watched as long as anybody has it open (epoll(7)).
                        uses.reads(Object::Anything);
                    }
                }
            }
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
            Timeout::Now if looks_at.is_empty() => Answer::LetThrough,
            Timeout::Never if wanted.is_empty() => Answer::Hold(Op::Pause { mask }),
            _ => Answer::Hold(Op::Poll { fds, wanted: wanted.to_vec(), looks_at, timeout, mask, signals }),
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
        self.wait_for(number, call, &wanted, timeout, mask)
    }

    /// The signals that make a descriptor readable: of signalfd(2), or of an epoll set that watches one. The kernel answers for
    /// whoever asks, so that we have to look at the program's signals ourselves.
    fn signals_of(&mut self, process: usize, fd: u64) -> u64 {
        match self.target(process, fd) {
            Target::Signals => {
                self.come(Signals::Caught);
                let pid = self.processes[process].seen_as;
                let info = proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).unwrap_or_default();
                let mask = info.lines().find_map(|line| line.strip_prefix("sigmask:"));
                mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
            }
            Target::Epoll => {
                let watched = self.watched(process, fd);
                watched
                    .into_iter()
                    .filter(|other| other.fd != fd)
                    .fold(0, |all, other| all | self.signals_of(process, other.fd))
            }
            _ => 0,
        }
    }

    /// What an epoll set watches.
    fn watched(&self, process: usize, fd: u64) -> Vec<Watched> {
        let pid = self.processes[process].seen_as;
        let info = proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).unwrap_or_default();
        let entry = |line: &str| {
            // "tfd:        5 events:       19 data: …  pos:0 ino:1f2e sdev:e", but for the first in hexadecimal.
            let mut words = line.strip_prefix("tfd:")?.split_whitespace();
            let fd = words.next()?.parse().ok()?;
            let events = words.nth(1).and_then(|events| u32::from_str_radix(events, 16).ok())?;
            let inode = words.find_map(|word| u64::from_str_radix(word.strip_prefix("ino:")?, 16).ok())?;
            Some(Watched { fd, events: PollFlags::from_bits_retain(events as i16), inode })
        };
        info.lines().filter_map(entry).collect()
    }

    /// Whether another process has this epoll set, too, so that what one is told by it the other may not be told again (EPOLLET and
    /// EPOLLONESHOT of epoll_ctl(2)), or later than something else.
    fn is_set_shared(&self, process: usize, fd: u64) -> bool {
        let info = |process: usize, fd: &str| {
            let pid = self.processes[process].seen_as;
            let info = proc::text(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
            info.lines().filter(|line| line.starts_with("tfd:")).map(str::to_owned).collect::<Vec<_>>()
        };
        let own = info(process, &(fd as i32).to_string());
        self.others(process).any(|other| {
            self.descriptors(other).any(|entry| {
                // Those of one set say the same; of two that say the same it is not known.
                fs::read_link(entry.path()).is_ok_and(|link| link.as_os_str() == "anon_inode:[eventpoll]")
                    && entry.file_name().to_str().is_some_and(|name| info(other, name) == own)
            })
        })
    }

    pub fn epoll(&mut self, number: usize, call: &Call) -> Answer {
        let [fd, _, _, time, at, size] = call.args;
        let process = self.tasks[number].process;
        let (timeout, mask) = match call.nr {
            arch::SYS_epoll_wait => (milliseconds(time), None),
            libc::SYS_epoll_pwait2 => (relative(call.tid, time, 1), mask(call.tid, at, size)),
            _ => (milliseconds(time), mask(call.tid, at, size)),
        };
        let (Target::Epoll, Some(dup)) = (self.target(process, fd), self.dup(process, fd)) else {
            return Answer::LetThrough;
        };
        let wanted = vec![(fd, PollFlags::POLLIN)];
        let mut looks_at = self.looks_at_all(process, &wanted, false);
        if self.is_set_shared(process, fd) {
            looks_at.writes(Object::Ipc(EPOLL_SETS));
        }
        let signals = self.signals_of(process, fd);
        Answer::Hold(Op::Poll { fds: vec![(dup, PollFlags::POLLIN)], wanted, looks_at, timeout, mask, signals })
    }
}

/// A descriptor in an epoll set: its number when it was put there, and the inode behind it.
struct Watched {
    fd: u64,
    events: PollFlags,
    inode: u64,
}

/// Whether epoll_ctl(2) puts something into a set with EPOLLEXCLUSIVE.
fn asks_for_exclusive(call: &Call) -> bool {
    let [_, operation, _, event, ..] = call.args;
    let exclusive = libc::EPOLLEXCLUSIVE as u32 as u64;
    operation as i32 == libc::EPOLL_CTL_ADD
        && sys::read_u64s(call.tid, event).is_some_and(|[first]| first & exclusive != 0)
}

fn read_set(tid: Pid, address: u64, count: u64) -> Option<[u64; 16]> {
    let mut words = [0; 16];
    for (n, word) in words.iter_mut().enumerate().take(count.div_ceil(64) as usize) {
        *word = sys::read_u64s::<1>(tid, address + n as u64 * 8)?[0];
    }
    Some(words)
}

/// A set of signals in memory; none if there is none.
pub fn mask(tid: Pid, address: u64, size: u64) -> Option<u64> {
    if address == 0 || size < 8 {
        return None;
    }
    sys::read_u64s::<1>(tid, address).map(|[mask]| mask)
}

pub fn milliseconds(time: u64) -> Timeout {
    match time as i32 {
        0 => Timeout::Now,
        ..0 => Timeout::Never,
        time => Timeout::After(time as u64 * 1_000_000),
    }
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

/// A relative time in memory, with so many nanoseconds in the unit of its second number; none means for ever.
pub fn relative(tid: Pid, address: u64, unit: u64) -> Timeout {
    match sys::read_u64s(tid, address) {
        _ if address == 0 => Timeout::Never,
        Some([0, 0]) | None => Timeout::Now,
        Some([seconds, fraction]) => {
            Timeout::After(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit)))
        }
    }
}
