//! What others can see of it when descriptors are closed: by close(2), by execve(2), or by the end of a process.

use std::cell::LazyCell;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use super::sockets::{is_connected, names_or_frees, unmade};
use super::streams::has_ended;
use super::{Answer, SEGMENTS, WATCHED};
use crate::kernel::proc::{flags_of, inode_in};
use crate::kernel::sharing::is_same_file;
use crate::kernel::sys;
use crate::protocol::{Access, Footprint, Object};
use crate::trace::Pid;
use crate::world::files::may_change;
use crate::world::process::Part;
use crate::world::run::Supervisor;
use crate::world::sockets::Name;
use crate::world::task::Op;

/// A descriptor whose closing others can see.
struct End {
    fd: i32,
    cloexec: bool,
    of: EndOf,
}

enum EndOf {
    Stream {
        inode: u64,
        reads: bool,
        writes: bool,
    },
    Listener(u64),
    Socket,
    /// A socket without a name or another end. Nobody can see what becomes of it, unless others have it open and connect it.
    Nowhere(u64),
    /// The process has a lock of fcntl(2) on it, which goes before anything is closed.
    Locked(u64),
    /// It has a lock of its own (flock(2)), or may have one yet, which goes when nobody has it open any more.
    Lockable {
        file: u64,
        pid: Pid,
    },
    /// A side of a pseudo-terminal.
    Terminal(u64),
    /// A file that could be executed, were it not open for writing.
    Written(u64),
    /// What an epoll set watches, if no other file has this inode: when nobody has it open any more it is taken out (epoll(7)).
    Watched {
        inode: u64,
        pid: Pid,
    },
}

impl Supervisor<'_> {
    /// close(2) and what closes as well: a step if others can see it.
    pub fn close(&mut self, process: usize, from: i32, to: i32) -> Answer {
        self.drops_what_is_watched(process, from, to);
        if self.is_alone()
            || from == to && !self.may_be_seen(process, from)
            || self.closes(process, from, to).is_empty()
        {
            return Answer::LetThrough;
        }
        Answer::Hold(Op::Close { from, to })
    }

    /// Whether others could see it if a process closed this descriptor. (To ask of one is much quicker than of all.)
    fn may_be_seen(&self, process: usize, fd: i32) -> bool {
        let link = fs::read_link(format!("/proc/{}/fd/{fd}", self.processes[process].seen_as));
        link.is_ok_and(|link| {
            let name = link.to_string_lossy();
            // Of the files that nobody writes to only the locks on them are seen.
            let is_watched = self.arrivals && name.starts_with("anon_inode:");
            is_watched
                || name.starts_with("pipe:")
                || name.starts_with("socket:")
                || may_change(&link)
                || !self.locks.is_empty()
        })
    }

    /// What others can see of it if a process closes these descriptors.
    pub fn closes(&self, process: usize, from: i32, to: i32) -> Footprint {
        together(&self.closing(process, |fd, _| (from..=to).contains(&fd)))
    }

    /// A process closes these in this step: one after the other, if they are several (close_range(2)).
    pub fn closes_range(&mut self, process: usize, from: i32, to: i32) -> Footprint {
        let parts = self.closing(process, |fd, _| (from..=to).contains(&fd));
        let uses = together(&parts);
        self.lets_go(process, parts.into_iter().map(|(_, uses)| Part { uses, is_used: false }).collect());
        uses
    }

    /// Whether a process closes a file, as far as this says, that somebody has locked and that it has mapped.
    pub fn is_mapped_and_locked(&self, process: usize, closes: &Footprint) -> bool {
        let one = &self.processes[process];
        let is_mapped = |object| match object {
            Object::Locks(file) => one.shared_files.contains(&file) || one.mapped_files.contains(&file),
            _ => false,
        };
        self.has_lock_ends && closes.iter().any(|(object, _)| is_mapped(object))
    }

    /// The same of each for itself, in the order in which the kernel closes those of a process that ends: locks of fcntl(2) are gone
    /// first, and of files that of which the descriptor was highest.
    pub fn closes_one_by_one(&self, process: usize) -> Vec<(i32, Footprint)> {
        self.closing(process, |_, _| true)
    }

    /// Whether the end of a process lets go of something else before it closes what it has open: what it has taken from semaphores of
    /// System V, memory that it has attached, robust mutexes, and the file that it executes, if that is written to (`exit_mm` and `exit_sem` of
    /// the kernel come before `exit_files`).
    pub fn lets_go_before(&self, process: usize) -> bool {
        let one = &self.processes[process];
        one.attaches
            || one.undoes
            || one.texts.iter().any(|text| self.files.written_texts.contains(text))
            || one.shares_memory && !self.robust_words(process).is_empty()
    }

    /// The robust mutexes that a process holds.
    fn robust_words(&self, process: usize) -> Vec<Object> {
        let threads = self.tasks.iter().filter(|task| task.process == process && !task.has_ended());
        threads.flat_map(|task| sys::robust_futexes(task.tid)).map(|futex| self.word_of(process, futex)).collect()
    }

    /// A process closes all of these in this step, though the kernel does one after the other.
    pub fn closes_at_once(&mut self, process: usize, only_on_exec: bool) -> Footprint {
        let mut parts = self.closing(process, |_, cloexec| cloexec || !only_on_exec);
        let uses = self.with_all_else(process, only_on_exec, &parts);
        if !only_on_exec && self.lets_go_before(process) {
            let mut before = self.ipc_let_go(process, only_on_exec);
            self.robust_words(process).into_iter().for_each(|word| before.writes(word));
            self.processes[process].texts.iter().for_each(|&text| before.reads(Object::Text(text)));
            parts.insert(0, (-1, before));
        }
        let mut parts: Vec<Part> = parts.into_iter().map(|(_, uses)| Part { uses, is_used: false }).collect();
        if only_on_exec && self.is_on_loan(process) {
            // Its parent goes on from vfork(2) when its memory is its own again, which is before all of this.
            parts.insert(0, Part { uses: Footprint::default(), is_used: true });
        }
        self.lets_go(process, parts);
        uses
    }

    /// The same of all its descriptors, or of those that do not survive execve(2); that it no longer executes what it did, and that
    /// it holds its robust mutexes no longer.
    pub fn closes_all(&self, process: usize, only_on_exec: bool) -> Footprint {
        let parts = self.closing(process, |_, cloexec| cloexec || !only_on_exec);
        self.with_all_else(process, only_on_exec, &parts)
    }

    /// What is seen of these descriptors, and of all else that a process lets go of with them.
    fn with_all_else(&self, process: usize, only_on_exec: bool, parts: &[(i32, Footprint)]) -> Footprint {
        let mut uses = together(parts);
        uses.unite(&self.ipc_let_go(process, only_on_exec));
        let one = &self.processes[process];
        one.texts.iter().for_each(|&text| uses.reads(Object::Text(text)));
        if one.shares_memory {
            self.robust_words(process).into_iter().for_each(|word| uses.writes(word));
        }
        uses
    }

    /// The segments that a process has no longer, and the semaphores of System V that its end gives back.
    fn ipc_let_go(&self, process: usize, only_on_exec: bool) -> Footprint {
        let mut uses = Footprint::default();
        let one = &self.processes[process];
        if one.attaches {
            uses.add(Object::Ipc(SEGMENTS), Access::Add);
        }
        if one.undoes && !only_on_exec {
            uses.writes(Object::Ipc(0));
        }
        uses
    }

    fn closing(&self, process: usize, is_closed: impl Fn(i32, bool) -> bool) -> Vec<(i32, Footprint)> {
        let mut parts: Vec<(i32, Footprint)> = Vec::new();
        let (mut closed, kept): (Vec<End>, Vec<End>) =
            self.ends(process).into_iter().partition(|end| is_closed(end.fd, end.cloexec));
        let others = LazyCell::new(|| self.others(process).flat_map(|other| self.ends(other)).collect::<Vec<End>>());
        let is_still_open =
            |is_same: &dyn Fn(&EndOf) -> bool| kept.iter().chain(others.iter()).any(|other| is_same(&other.of));
        // Who has the same end by another descriptor, too, lets go of it with that.
        let access = |is_same: &dyn Fn(&EndOf) -> bool| match () {
            () if kept.iter().any(|other| is_same(&other.of)) => None,
            () if is_still_open(is_same) => Some(Access::Close),
            () => Some(Access::LastClose),
        };
        // The same of an open file, of which only the kernel can say whether it is another one's: nothing if that is not known.
        let access_to_file = |is_same: &dyn Fn(&End) -> Option<bool>| {
            if kept.iter().any(|other| is_same(other) == Some(true)) {
                return None;
            }
            let by_others: Vec<Option<bool>> = others.iter().map(is_same).collect();
            Some(match () {
                () if by_others.contains(&None) => Access::Write,
                () if by_others.contains(&Some(true)) => Access::Close,
                () => Access::LastClose,
            })
        };
        closed.sort_by_key(|end| (!matches!(end.of, EndOf::Locked(_)), -end.fd));
        for end in closed {
            if parts.last().is_none_or(|(fd, _)| *fd != end.fd) {
                parts.push((end.fd, Footprint::default()));
            }
            let Some((_, uses)) = parts.last_mut() else { continue };
            let (inode, reads, writes) = match end.of {
                EndOf::Socket => {
                    names_or_frees(uses);
                    continue;
                }
                EndOf::Nowhere(inode) => {
                    if is_still_open(&|of| matches!(of, EndOf::Nowhere(other) if *other == inode)) {
                        uses.writes(Object::Sockets);
                    }
                    continue;
                }
                EndOf::Listener(inode) => {
                    let access = access(&|of| matches!(of, EndOf::Listener(other) if *other == inode));
                    if let Some(access) = access {
                        uses.add(Object::Readers(self.streams.number(inode)), access);
                        uses.add(Object::Addresses, access);
                    }
                    continue;
                }
                EndOf::Locked(file) => {
                    uses.writes(Object::Locks(file));
                    continue;
                }
                EndOf::Lockable { file, pid } => {
                    let is_it = |other: &End| match other.of {
                        EndOf::Lockable { file: of, pid: by } if of == file => {
                            is_same_file((pid, end.fd), (by, other.fd))
                        }
                        _ => Some(false),
                    };
                    access_to_file(&is_it).into_iter().for_each(|access| uses.add(Object::Locks(file), access));
                    continue;
                }
                EndOf::Watched { inode, pid } => {
                    // (Eventfds and their like all have one inode.)
                    let is_it = |other: &End| match other.of {
                        EndOf::Watched { inode: of, pid: by } if of == inode => {
                            is_same_file((pid, end.fd), (by, other.fd))
                        }
                        _ => Some(false),
                    };
                    let access = match access_to_file(&is_it) {
                        // Others may put it into a set yet. (And what is no step in one run would be none in another.)
                        Some(Access::LastClose) if !self.watched_inodes.contains(&inode) => Some(Access::Close),
                        access => access,
                    };
                    access.into_iter().for_each(|access| uses.add(Object::Ipc(WATCHED), access));
                    continue;
                }
                EndOf::Terminal(of) => {
                    uses.writes(Object::Terminal(of));
                    continue;
                }
                EndOf::Written(file) => {
                    uses.add(Object::Text(file), Access::Add);
                    continue;
                }
                EndOf::Stream { inode, reads, writes } => (inode, reads, writes),
            };
            let (of, peer) = (self.streams.number(inode), self.streams.peer(inode));
            let is_read = |of: &EndOf| matches!(of, EndOf::Stream { inode: other, reads: true, .. } if *other == inode);
            let is_written =
                |of: &EndOf| matches!(of, EndOf::Stream { inode: other, writes: true, .. } if *other == inode);
            if reads && let Some(access) = access(&is_read) {
                uses.add(Object::Readers(of), access);
            }
            if writes && let Some(access) = access(&is_written) {
                let to = peer.map_or(of, |peer| self.streams.number(peer));
                uses.add(Object::Writers(to), access);
                if access == Access::LastClose && self.sockets.is_of_internet(to) {
                    // Whoever closes first keeps the port for a while (TIME_WAIT of tcp(7)), which bind(2) sees.
                    uses.reads(Object::Writers(of));
                }
            }
        }
        parts.retain(|(_, uses)| !uses.is_empty());
        parts
    }

    /// The streams of which a process has an end open.
    pub fn streams_of(&self, process: usize) -> Vec<u64> {
        let inode = |end: End| match end.of {
            EndOf::Stream { inode, .. } => Some(self.streams.number(inode)),
            _ => None,
        };
        self.ends(process).into_iter().filter_map(inode).collect()
    }

    /// What others can see of it if the descriptors of a process are closed.
    fn ends(&self, process: usize) -> Vec<End> {
        let pid = self.processes[process].seen_as;
        let mut ends = Vec::new();
        // Files of which it has a lock by another descriptor, perhaps.
        let mut unlocked = Vec::new();
        for open in self.open_descriptors(process).iter() {
            let (fd, place) = (open.fd, &open.place);
            let Some(link) = open.link() else { continue };
            let inode = |kind: &str| inode_in(&link, kind);
            let is_closed_by_exec = || open.flags() & libc::O_CLOEXEC != 0;
            if self.arrivals
                && can_be_watched(&link)
                && let Some(inode) = open.inode()
            {
                ends.push(End { fd, cloexec: is_closed_by_exec(), of: EndOf::Watched { inode, pid } });
            }
            let of = if let Some(inode) = inode("pipe:[") {
                let mode = open.flags() & libc::O_ACCMODE;
                EndOf::Stream { inode, reads: mode != libc::O_WRONLY, writes: mode != libc::O_RDONLY }
            } else if let Some(inode) = inode("socket:[") {
                if self.stdio.is_stdout(inode) || self.stdio.is_stderr(inode) {
                    continue;
                }
                match self.streams.peer(inode) {
                    Some(_) => EndOf::Stream { inode, reads: true, writes: true },
                    None if self.sockets.stream(inode).is_some() => EndOf::Listener(inode),
                    None if self.dup(process, fd as u64).is_some_and(|fd| self.is_nowhere(&fd, inode)) => {
                        EndOf::Nowhere(inode)
                    }
                    None => EndOf::Socket,
                }
            } else if link.starts_with("/dev/pt") {
                if self.is_own_terminal(place) {
                    continue;
                }
                let index = match link.strip_prefix("/dev/pts/") {
                    Some(number) if number != "ptmx" => number.parse().ok(),
                    _ => open.info().lines().find_map(|line| line.strip_prefix("tty-index:")?.trim().parse().ok()),
                };
                let Some(index) = index else { continue };
                EndOf::Terminal(index)
            } else if link.starts_with('/') {
                let path = std::path::Path::new(&link);
                // Of the files that nobody writes to only the locks on them are seen.
                if !may_change(path) && self.locks.is_empty() {
                    continue;
                }
                let info = open.info();
                if flags_of(&info) & libc::O_ACCMODE != libc::O_RDONLY && may_change(path) && is_executable(place) {
                    let cloexec = flags_of(&info) & libc::O_CLOEXEC != 0;
                    ends.push(End { fd, cloexec, of: EndOf::Written(self.known_file(place, path)) });
                }
                if may_change(path) && is_fifo(place) {
                    let mode = flags_of(&info) & libc::O_ACCMODE;
                    EndOf::Stream {
                        inode: self.known_file(place, path),
                        reads: mode != libc::O_WRONLY,
                        writes: mode != libc::O_RDONLY,
                    }
                } else {
                    let cloexec = flags_of(&info) & libc::O_CLOEXEC != 0;
                    let (of_process, of_file): (Vec<&str>, Vec<&str>) = info
                        .lines()
                        .filter(|line| line.starts_with("lock:"))
                        .partition(|line| line.contains(" POSIX "));
                    if !of_file.is_empty() || self.lock_ends && may_change(path) {
                        ends.push(End { fd, cloexec, of: EndOf::Lockable { file: self.known_file(place, path), pid } });
                    }
                    if !of_process.is_empty() {
                        ends.push(End { fd, cloexec, of: EndOf::Locked(self.known_file(place, path)) });
                    } else {
                        unlocked.push((fd, cloexec, place.clone(), path.to_owned()));
                    }
                    continue;
                }
            } else {
                continue;
            };
            let cloexec = is_closed_by_exec();
            if let EndOf::Listener(inode) = of {
                // With it go the ends of those who wait to be accepted.
                ends.extend(self.sockets.waiting(inode).map(|connection| {
                    let of = EndOf::Stream { inode: unmade(connection), reads: true, writes: true };
                    End { fd, cloexec, of }
                }));
            }
            ends.push(End { fd, cloexec, of });
        }
        // Whoever closes any descriptor of a file lets go of all locks of fcntl(2) that its process has on it.
        let locked = |end: &End| match end.of {
            EndOf::Locked(file) => Some(file),
            _ => None,
        };
        let locked: Vec<u64> = ends.iter().filter_map(locked).collect();
        if !locked.is_empty() {
            let loses = |(fd, cloexec, place, path): (i32, bool, PathBuf, PathBuf)| {
                let file = self.known_file(&place, &path);
                locked.contains(&file).then_some(End { fd, cloexec, of: EndOf::Locked(file) })
            };
            ends.extend(unlocked.into_iter().filter_map(loses));
        }
        ends
    }

    /// Whether a socket has neither a name nor another end, so that nobody can see what becomes of it. (One of TCP that has connected in vain
    /// shows the port that it had for that, and has it no longer.)
    fn is_nowhere(&self, socket: &OwnedFd, inode: u64) -> bool {
        let has_name = || sys::name_of_socket(socket).is_ok_and(|name| Name::of(&name).is_some());
        !is_connected(socket) && (!has_name() || has_ended(socket) && !self.sockets.was_bound(inode))
    }
}

/// What is seen of all of these.
pub fn together(parts: &[(i32, Footprint)]) -> Footprint {
    let mut uses = Footprint::default();
    parts.iter().for_each(|(_, part)| uses.unite(part));
    uses
}

/// Whether epoll_ctl(2) takes what `/proc` shows by this link: of the rest the inode need not be looked at, which is slow.
fn can_be_watched(link: &str) -> bool {
    !matches!(link, "/dev/null" | "/dev/zero" | "/dev/full") && !link.starts_with("/memfd:")
}

fn is_executable(place: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(place).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn is_fifo(place: &std::path::Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    fs::metadata(place).is_ok_and(|meta| meta.file_type().is_fifo())
}
