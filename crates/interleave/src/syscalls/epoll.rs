//! Sets of descriptors to wait for: epoll(7). What is in one may be a set as well.
//!
//! A set tells of what has become ready in the order in which that came about, though these are different things that nobody else would
//! tell apart. Where somebody has found two of them ready, all is explored anew with those orders ([`Prepared::arrivals`]).
//!
//! [`Prepared::arrivals`]: crate::protocol::Prepared::arrivals

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use super::streams::access_mode;
use nix::poll::{PollFd, PollFlags};

use super::arguments::{mask, milliseconds, relative};
use super::{Answer, EPOLL_SETS, Target, WATCHED};
use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::sharing::is_watched;
use crate::kernel::sys::{self, Call, is_ready};
use crate::protocol::{Access, Footprint, Object, Step};
use crate::world::run::Supervisor;
use crate::world::task::{InTurn, Op};

/// How deep sets may lie in each other (`EP_MAX_NESTS` of the kernel).
const DEEPEST: usize = 5;

/// A descriptor in an epoll set: its number when it was put there, and whether the process still has that by this number.
struct Watched {
    fd: u64,
    events: PollFlags,
    inode: u64,
    is_open: bool,
}

/// What is watched by a set, or by one in it, and is no set itself.
pub enum Leaf {
    /// A descriptor, and the events that are waited for.
    Open(u64, PollFlags),
    /// One that the process has closed. It is watched as long as anybody has it open (epoll(7)).
    Closed,
}

impl Supervisor<'_> {
    /// epoll_wait(2) and its kin.
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
        Answer::Hold(Op::Poll {
            fds: vec![(dup, PollFlags::POLLIN)],
            wanted,
            looks_at,
            timeout,
            mask,
            signals,
            looks: InTurn::Never,
        })
    }

    /// epoll_ctl(2).
    pub fn epoll_control(&mut self, number: usize, call: &Call) -> Answer {
        let process = self.tasks[number].process;
        self.processes[process].sets.insert(call.args[0]);
        if asks_for_exclusive(call) {
            // Who of several is woken is then the kernel's choice, and the others may wait on.
            return self.is_not_watched(number, call);
        }
        let waiting = self.who_is_told(process, call.args[0]);
        self.touches(|uses| {
            uses.writes(Object::Ipc(EPOLL_SETS));
            uses.reads(Object::Ipc(WATCHED));
            waiting.into_iter().for_each(|of| uses.writes(ready(of, None)));
        })
    }

    /// What somebody looks at who waits for a set, or asks whether it is ready.
    pub fn looks_at_set(&mut self, process: usize, fd: u64, now: bool, uses: &mut Footprint) {
        self.processes[process].sets.insert(fd);
        // Where something was taken out of a set, since all had closed it, it depends on each who did.
        uses.reads(Object::Ipc(EPOLL_SETS));
        let is_taken_out = |step: &Step| takes_out(&step.footprint);
        let access = if self.steps.iter().any(is_taken_out) { Access::Write } else { Access::Read };
        uses.add(Object::Ipc(WATCHED), access);
        if self.arrivals {
            uses.reads(ready(process, None));
            self.processes[process].arrivals.iter().for_each(|&(_, what)| uses.reads(ready(process, Some(what))));
        }
        for leaf in self.leaves(process, fd) {
            match leaf {
                Leaf::Open(fd, events) => self.looks_at(process, fd, events, now, uses),
                Leaf::Closed => uses.reads(Object::Anything),
            }
        }
    }

    /// All that is watched by a set and by those in it.
    pub fn leaves(&mut self, process: usize, set: u64) -> Vec<Leaf> {
        let watched = self.watched(process, set);
        self.leaves_of(process, watched)
    }

    /// The same of a set of which it is known what it watches itself.
    fn leaves_of(&mut self, process: usize, watched: Vec<Watched>) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        let mut sets = vec![(watched, 0)];
        while let Some((watched, depth)) = sets.pop() {
            for Watched { fd, events, is_open, .. } in watched {
                match is_open {
                    true if !matches!(self.target(process, fd), Target::Epoll) => leaves.push(Leaf::Open(fd, events)),
                    true if depth < DEEPEST => sets.push((self.watched(process, fd), depth + 1)),
                    _ => leaves.push(Leaf::Closed),
                }
            }
        }
        leaves
    }

    /// What an epoll set watches itself.
    fn watched(&self, process: usize, set: u64) -> Vec<Watched> {
        let pid = self.processes[process].seen_as;
        let info = proc::text(format!("/proc/{pid}/fdinfo/{}", set as i32)).unwrap_or_default();
        let entry = |line: &str| -> Option<(u64, u32, u64)> {
            // "tfd:        5 events:       19 data: …  pos:0 ino:1f2e sdev:e", but for the first in hexadecimal.
            let mut words = line.strip_prefix("tfd:")?.split_whitespace();
            let fd = words.next()?.parse().ok()?;
            let events = words.nth(1).and_then(|events| u32::from_str_radix(events, 16).ok())?;
            let inode = words.find_map(|word| u64::from_str_radix(word.strip_prefix("ino:")?, 16).ok())?;
            Some((fd, events, inode))
        };
        let entries: Vec<_> = info.lines().filter_map(entry).collect();
        let watched = |(at, &(fd, events, inode)): (usize, &(u64, u32, u64))| {
            let nth = entries[..at].iter().filter(|other| other.0 == fd).count() as u32;
            // Eventfds, sets and the like all have one inode.
            let is_open = fs::metadata(self.place_of(process, fd)).is_ok_and(|meta| meta.ino() == inode)
                && is_watched(pid, fd as i32, set as i32, nth) != Some(false);
            Watched { fd, events: PollFlags::from_bits_retain(events as i16), inode, is_open }
        };
        entries.iter().enumerate().map(watched).collect()
    }

    /// Whether another process has this epoll set, too, so that what one is told by it the other may not be told again (EPOLLET and
    /// EPOLLONESHOT of epoll_ctl(2)), or later than something else.
    fn is_set_shared(&self, process: usize, fd: u64) -> bool {
        let watched_in =
            |info: &str| info.lines().filter(|line| line.starts_with("tfd:")).map(str::to_owned).collect::<Vec<_>>();
        let pid = self.processes[process].seen_as;
        let own = watched_in(&proc::text(format!("/proc/{pid}/fdinfo/{}", fd as i32)).unwrap_or_default());
        self.others(process).any(|other| {
            // Those of one set say the same; of two that say the same it is not known.
            self.open_descriptors(other)
                .iter()
                .any(|open| open.link().as_deref() == Some("anon_inode:[eventpoll]") && watched_in(&open.info()) == own)
        })
    }

    /// The processes that are told by this set what has become ready, if it matters in which order that comes about.
    fn who_is_told(&mut self, process: usize, set: u64) -> Vec<usize> {
        if !self.arrivals {
            return Vec::new();
        }
        let is_shared = self.is_set_shared(process, set);
        let is_told = |&other: &usize| other == process || is_shared && !self.processes[other].sets.is_empty();
        (0..self.processes.len()).filter(is_told).collect()
    }

    /// Somebody has come to wait for a set: if two of those that it watches are ready, the order in which they became so is seen.
    pub fn sees_arrivals(&mut self, number: usize, set: u64) {
        if self.arrivals || self.has_arrivals {
            return;
        }
        let process = self.tasks[number].process;
        let mut ready = 0;
        for leaf in self.leaves(process, set) {
            let is_it = match leaf {
                Leaf::Closed => true,
                Leaf::Open(fd, events) => {
                    let signals = self.signals_of(process, fd);
                    signals != 0 && self.has_pending(number, signals)
                        || self.dup(process, fd).is_some_and(|fd| is_ready(&mut [PollFd::new(fd.as_fd(), events)]))
                }
            };
            ready += usize::from(is_it);
        }
        self.has_arrivals = ready > 1;
    }

    /// A process is about to close these. What is watched, and is not taken out of its set, is taken out once nobody has it open any more:
    /// then it matters when others close it.
    pub fn drops_what_is_watched(&mut self, process: usize, from: i32, to: i32) {
        if self.arrivals || self.has_arrivals || self.is_alone() {
            return;
        }
        let is_dropped = |watched: &Watched| watched.is_open && (from..=to).contains(&(watched.fd as i32));
        self.has_arrivals =
            self.processes[process].sets.iter().any(|&set| self.watched(process, set).iter().any(is_dropped));
    }

    /// The step is over: what may become ready from now on, and which processes have it watched. That is another if they have run, or who
    /// has the same sets has changed what these watch, or something has become of a socket.
    pub fn note_what_is_watched(&mut self, ran: &[usize], uses: &Footprint) {
        if !self.arrivals {
            return;
        }
        let may_be_other = self.has_sockets || uses.changes(Object::Ipc(EPOLL_SETS)) || takes_out(uses);
        for process in 0..self.processes.len() {
            let one = &self.processes[process];
            if one.has_ended || !may_be_other && !ran.contains(&process) {
                continue;
            }
            for set in one.sets.clone() {
                if !matches!(self.target(process, set), Target::Epoll) {
                    // Should there be one again, it is met when it is used.
                    self.processes[process].sets.remove(&set);
                    continue;
                }
                let watched = self.watched(process, set);
                self.watched_inodes.extend(watched.iter().map(|watched| watched.inode));
                for leaf in self.leaves_of(process, watched) {
                    if let Leaf::Open(fd, events) = leaf {
                        self.note_arrivals(process, fd, events);
                    }
                }
            }
        }
    }

    /// Whatever changes these objects may make a descriptor ready.
    fn note_arrivals(&mut self, process: usize, fd: u64, events: PollFlags) {
        let mut uses = Footprint::default();
        self.looks_at(process, fd, events, false, &mut uses);
        // To take something out makes nothing ready to be read.
        let does_nothing = match self.target(process, fd) {
            Target::Listener(stream) => vec![Object::Head(stream)],
            Target::Stream { read, is_socket: true, .. } => vec![Object::Head(read)],
            Target::Stream { read, .. } => match self.dup(process, fd).and_then(|fd| access_mode(&fd)) {
                Some(libc::O_RDONLY) => vec![Object::Head(read)],
                Some(libc::O_WRONLY) => vec![Object::Tail(read)],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        // By the same number something else may be open later.
        let mut digest = DefaultHasher::new();
        fd.hash(&mut digest);
        uses.objects().for_each(|object| object.across_runs().hash(&mut digest));
        let what = digest.finish() as u32;
        let arrivals = uses.objects().filter(|object| !does_nothing.contains(object)).map(|object| (object, what));
        self.processes[process].arrivals.extend(arrivals);
    }

    /// Adds to what a step uses the orders of which it decides: of what it makes ready and all else that is watched. Whoever makes the same
    /// ready makes no difference to it.
    pub fn arrives(&self, uses: &mut Footprint) {
        for (number, process) in self.processes.iter().enumerate() {
            // Which of several closes is the last follows from their order, too.
            let made = self.made(number, uses, |access| access != Access::Read);
            if made.is_empty() {
                continue;
            }
            uses.reads(ready(number, None));
            for &(_, what) in &process.arrivals {
                if made.contains(&what) {
                    uses.add(ready(number, Some(what)), Access::Add);
                }
                if made.iter().any(|&other| other != what) {
                    uses.reads(ready(number, Some(what)));
                }
            }
        }
    }

    /// What a step has made ready, or may have, which a process has watched.
    fn made_ready(&self, process: usize, uses: &Footprint) -> BTreeSet<u32> {
        self.made(process, uses, |access| !matches!(access, Access::Read | Access::Close))
    }

    /// The things watched by a process of which a step has used an object in such a way.
    fn made(&self, process: usize, uses: &Footprint, is_such: impl Fn(Access) -> bool) -> BTreeSet<u32> {
        let arrivals = self.processes[process].arrivals.iter();
        arrivals.filter(|(object, _)| uses.access(*object).is_some_and(&is_such)).map(|&(_, what)| what).collect()
    }

    /// Whether the step that is over has made something ready after another one has made two things ready that are watched by the same set,
    /// one after the other, as the end of a process does: it might have come between these.
    pub fn arrives_between(&self) -> bool {
        let Some((last, before)) = self.steps.split_last() else { return false };
        (0..self.processes.len()).any(|process| {
            let is_double = |step: &Step| step.task != last.task && self.made_ready(process, &step.footprint).len() > 1;
            !self.made_ready(process, &last.footprint).is_empty() && before.iter().any(is_double)
        })
    }
}

/// The order in which this, or anything, becomes ready of what a process has watched.
fn ready(process: usize, what: Option<u32>) -> Object {
    Object::Ready((process as u64) << 33 | what.map_or(0, |what| 1 << 32 | u64::from(what)))
}

/// Whether epoll_ctl(2) puts something into a set with EPOLLEXCLUSIVE.
fn asks_for_exclusive(call: &Call) -> bool {
    let [_, operation, _, event, ..] = call.args;
    let exclusive = libc::EPOLLEXCLUSIVE as u32 as u64;
    operation as i32 == libc::EPOLL_CTL_ADD
        && sys::read_u64s(call.tid, event).is_some_and(|[first]| first & exclusive != 0)
}

/// Whether a step has taken something out of epoll sets, or may have, by closing it.
fn takes_out(uses: &Footprint) -> bool {
    matches!(uses.access(Object::Ipc(WATCHED)), Some(Access::LastClose | Access::Write))
}
