//! The processes of a program: all descendants of the recorder, which as their subreaper (`PR_SET_CHILD_SUBREAPER`)
//! inherits those whose parent ends, so that none can leave.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::lines::{Lines, Tail};
use super::process::{self, Process, Stat};
use super::work::Work;
use crate::trace::{End, Pid};

/// The processes seen so far.
pub struct Tree {
    recorder: Pid,
    root: Pid,
    members: BTreeMap<Pid, Member>,
    seen: usize,
    has_id_again: bool,
}

/// A process that was seen.
#[derive(Default)]
pub struct Member {
    pub lines: Lines,
    pub stderr: Tail,
    /// Seconds since the run began when it was last known to be alive, or not to be there yet.
    pub alive_at: f64,
    /// What it has been seen to do, if that is watched.
    pub work: Work,
    /// `None` if it had ended before we could hold it.
    process: Option<Process>,
    has_ended: bool,
    /// Known only of a process that could be held.
    started: Option<u64>,
}

/// A process seen for the first time.
pub struct Newcomer {
    pub pid: Pid,
    pub parent: Option<Pid>,
}

impl Tree {
    /// The tree of which `root`, a child of ours, is the first process.
    ///
    /// # Errors
    /// As [`Process::open`].
    pub fn new(root: Pid) -> io::Result<Tree> {
        let mut tree =
            Tree { recorder: std::process::id(), root, members: BTreeMap::new(), seen: 0, has_id_again: false };
        let process = Process::open(root)?;
        let stat = process.as_ref().and_then(Process::stat);
        tree.admit(root, process, stat.as_ref());
        Ok(tree)
    }

    /// How many processes there have been.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// Whether a number that one process had was given to another one: what they do cannot be told apart by it any more. (The numbers of a world come round
    /// after some thousands of processes or threads.)
    pub fn has_id_again(&self) -> bool {
        self.has_id_again
    }

    /// Looks whether the live process of this number is the one that this stands for.
    pub fn compare(&mut self, pid: Pid, other: &Process) {
        let held = self.live(pid).and_then(|member| member.process.as_ref());
        self.has_id_again |= held.is_some_and(|process| process.inode() != other.inode());
    }

    /// The process with this number that has not been seen to end.
    pub fn live(&mut self, pid: Pid) -> Option<&mut Member> {
        self.members.get_mut(&pid).filter(|member| !member.has_ended)
    }

    /// All of those, by number; without the process if it had ended before we could hold it.
    pub fn all_live(&self) -> impl Iterator<Item = (Pid, Option<&Process>)> {
        let live = self.members.iter().filter(|(_, member)| !member.has_ended);
        live.map(|(&pid, member)| (pid, member.process.as_ref()))
    }

    /// Admits a process known only by what it wrote.
    pub fn admit_writer(&mut self, pid: Pid, process: Option<Process>) -> Newcomer {
        let stat = process.as_ref().and_then(Process::stat);
        self.admit(pid, process, stat.as_ref());
        Newcomer { pid, parent: stat.map(|stat| stat.parent).filter(|&parent| parent != self.recorder && parent != 0) }
    }

    fn admit(&mut self, pid: Pid, process: Option<Process>, stat: Option<&Stat>) {
        let started = stat.map(|stat| stat.started);
        let before = self.members.insert(pid, Member { process, started, ..Member::default() });
        self.has_id_again |= before.is_some();
        self.seen += 1;
    }

    /// Walks the tree from the recorder down, admits whom it finds, and reaps zombies that we inherited. Stops early once
    /// `limit` processes have been seen.
    ///
    /// # Errors
    /// As [`Process::open`] and [`process::children`].
    pub fn walk(&mut self, limit: usize) -> io::Result<Vec<Newcomer>> {
        let mut newcomers = Vec::new();
        let mut parents = vec![self.recorder];
        while let Some(parent) = parents.pop() {
            for child in process::children(parent)? {
                if self.live(child).is_some() {
                    parents.push(child);
                } else if self.is_known_zombie(child) {
                    // The root stays, so that the number of its process group cannot come to mean another.
                    if parent == self.recorder && child != self.root {
                        process::reap(child);
                    }
                } else if self.seen > limit {
                    return Ok(newcomers);
                } else if let Some(process) = Process::open(child)?
                    // The number may have been given to another since we read the list.
                    && let Some(stat) = process.stat().filter(|stat| stat.parent == parent)
                {
                    self.admit(child, Some(process), Some(&stat));
                    newcomers.push(Newcomer { pid: child, parent: Some(parent).filter(|&pid| pid != self.recorder) });
                    parents.push(child);
                }
            }
        }
        Ok(newcomers)
    }

    fn is_known_zombie(&self, pid: Pid) -> bool {
        let known = self.members.get(&pid).and_then(|member| member.started);
        known.is_some() && known == process::stat(pid).map(|stat| stat.started)
    }

    /// How a live process whose pidfd has become readable ended; from now on it is no longer [live](Tree::live).
    pub fn end(&mut self, pid: Pid) -> End {
        let keep_zombie = pid == self.root;
        let Some(member) = self.live(pid) else { return End::Unknown };
        member.has_ended = true;
        member.process.take().map_or(End::Unknown, |process| process.end(keep_zombie))
    }

    /// Whether every process has ended, so that none can come any more.
    ///
    /// # Errors
    /// As [`process::children`].
    pub fn is_gone(&mut self) -> io::Result<bool> {
        Ok(self.live(self.root).is_none() && process::children(self.recorder)? == [self.root])
    }

    /// Interrupts the root's process group, as Ctrl-C on a terminal would.
    pub fn interrupt(&self) {
        // Not reaped yet, the root keeps its number and so its group's. It fails if nobody is left in the group.
        let _: Result<(), Errno> =
            nix::sys::signal::killpg(nix::unistd::Pid::from_raw(self.root as i32), Signal::SIGINT);
    }
}

/// Kills every descendant of this process and waits until none is left.
///
/// # Errors
/// If that did not succeed in `time`: which process could not be killed, and why.
pub fn kill_descendants(time: Duration) -> io::Result<()> {
    let deadline = Instant::now() + time;
    loop {
        let mut failures = Vec::new();
        kill_once(&mut failures)?;
        // Whoever loses its parent becomes our child, so without a child we have no descendant.
        if !process::reap_all() {
            return Ok(());
        }
        if Instant::now() > deadline {
            let left: Vec<String> = process::children(std::process::id())?
                .into_iter()
                .map(|pid| failures.iter().find(|f| f.0 == pid).map_or(pid.to_string(), |f| format!("{pid} ({})", f.1)))
                .collect();
            return Err(io::Error::other(format!(
                "processes of the program that could not be killed within {time:?}: {}; see what they do with `ps -o pid,user,stat,wchan,args`",
                left.join(", ")
            )));
        }
        // There is no one event to wait for: the dead need time to go, and the living may be new.
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills every descendant of another process, once. Whether any was left that was not dead yet; more may come before that is so of all.
///
/// # Errors
/// As [`process::children`].
pub fn kill_below(root: Pid) -> io::Result<bool> {
    let mut any_alive = false;
    for_each_below(root, |process, stat| {
        any_alive |= !stat.zombie;
        // One that cannot be killed is seen again.
        let _ = process.kill();
    })?;
    Ok(any_alive)
}

/// One pass over the tree. A process that has SIGKILL pending cannot fork, so passes outrun a fork bomb.
fn kill_once(failures: &mut Vec<(Pid, io::Error)>) -> io::Result<()> {
    for_each_below(std::process::id(), |process, _| {
        // What looks like a zombie may have lost only its first thread, so everyone is killed.
        if let Err(error) = process.kill() {
            failures.push((process.pid, error));
        }
    })
}

/// Gives every descendant of a process, which takes in those that lose their parent, to `each`.
fn for_each_below(root: Pid, mut each: impl FnMut(&Process, &Stat)) -> io::Result<()> {
    let mut found: Vec<(Pid, Pid)> = process::children(root)?.into_iter().map(|child| (child, root)).collect();
    while let Some((pid, parent)) = found.pop() {
        let Some(process) = Process::open(pid)? else { continue };
        // As in the walk: only what is still where we found it is ours.
        if let Some(stat) = process.stat().filter(|stat| stat.parent == parent || stat.parent == root) {
            found.extend(process::children(pid)?.into_iter().map(|child| (child, pid)));
            each(&process, &stat);
        }
    }
    Ok(())
}
