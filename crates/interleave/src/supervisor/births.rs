//! Processes and threads of which nothing was heard yet: found, and admitted to the run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io;

use crate::kernel::proc;
use crate::protocol::{CaveatKind, Object};
use crate::record::lines::{Lines, Tail};
use crate::record::process::{self, Process as Handle};
use crate::sandbox::{inner_id, innermost_in};
use crate::trace::{Event, Pid, Stop, What};
use crate::world::clock::Clock;
use crate::world::library::Library;
use crate::world::process::Process;
use crate::world::random::Chance;
use crate::world::run::Supervisor;
use crate::world::sharing::Sharing;
use crate::world::task::{Birth, Task};

impl Supervisor<'_> {
    /// Admits a thread of which nothing was known. `None` if it is gone already, or one too many.
    pub fn admit(&mut self, tid: Pid) -> io::Result<Option<usize>> {
        let Ok(status) = proc::text(format!("/proc/{tid}/status")) else { return Ok(None) };
        let field = |name: &str| -> Option<Pid> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse().ok()
        };
        let (Some(pid), Some(parent)) = (field("Tgid:"), field("PPid:")) else { return Ok(None) };
        let inner = innermost_in(&status, "NSpid:");
        let process = match self.process(pid) {
            Some(process) => process,
            None => {
                let parent = self
                    .process(parent)
                    .or_else(|| self.tasks.iter().find(|task| task.has_forked).map(|task| task.process));
                let Some(handle) = Handle::open(pid)? else { return Ok(None) };
                if self.processes.len() >= self.limits.processes {
                    self.stop = Some(Stop::TooManyProcesses);
                    return Ok(None);
                }
                let inner = if pid == tid { inner } else { inner_id(pid) };
                self.admit_process(handle, inner, parent)
            }
        };
        if self.tasks.len() >= self.limits.processes {
            self.stop = Some(Stop::TooManyProcesses);
            return Ok(None);
        }
        if pid != tid {
            self.caveat(CaveatKind::Threads.anywhere());
        }
        Ok(Some(self.admit_task(tid, inner, process, true)))
    }

    /// Admits a process that the program knows by the number `inner`, if that is another one.
    pub fn admit_process(&mut self, handle: Handle, inner: Option<Pid>, parent: Option<usize>) -> usize {
        let pid = handle.pid;
        let from = parent.map(|parent| &self.processes[parent]);
        let inner = inner.unwrap_or(pid);
        let is_of_parent = |task: &usize| self.tasks.get(*task).is_some_and(|task| Some(task.process) == parent);
        let by_step = self.steps.last().map(|step| usize::from(step.task)).filter(is_of_parent);
        let started_by: Option<usize> = by_step.or_else(|| (0..self.tasks.len()).find(is_of_parent));
        let process = Process {
            pid,
            inner,
            parent,
            handle,
            seen_as: pid,
            thread: None,
            has_ended: false,
            texts: from.map_or_else(Vec::new, |parent| parent.texts.clone()),
            mapped_files: from.map_or_else(Vec::new, |parent| parent.mapped_files.clone()),
            shared_files: from.map_or_else(Vec::new, |parent| parent.shared_files.clone()),
            executing: None,
            exits: false,
            is_dying: false,
            falls_alone: false,
            strike: None,
            has_closed: false,
            struck_by: None,
            dies_late: false,
            woken_by: None,
            partings: Vec::new(),
            ended_in: None,
            is_orphan: false,
            heeds_children: false,
            was_heeded: false,
            reaped_in: None,
            is_reaped: false,
            reaps: false,
            state_at_access: None,
            waits_for_all: false,
            is_stopped: false,
            unreported: false,
            lines: Lines::default(),
            stderr: Tail::default(),
            lines_written: 0,
            parked: false,
            shares_memory: from.is_some_and(|parent| parent.shares_memory),
            mappings: from.and_then(|parent| parent.mappings.clone()),
            maps: None,
            faults: None,
            library: Library::default(),
            thread_calls: from.and_then(|parent| parent.thread_calls.clone()),
            is_shown: false,
            blind: from.is_some_and(|parent| parent.blind),
            sharing: Sharing::default(),
            attaches: from.is_some_and(|parent| parent.attaches),
            holds_robust: false,
            undoes: false,
            leaves_no_zombies: from.is_some_and(|parent| parent.leaves_no_zombies),
            settings: from.map_or(Some(0), |parent| parent.settings),
            wants_no_zombies: from.is_some_and(|parent| parent.wants_no_zombies),
            adopts: false,
            detour: from.and_then(|parent| parent.detour.clone()),
            parent_death_signal: 0,
            started_by,
            borrows_memory: started_by.is_some_and(|task| self.tasks[task].starting == Some(Birth::Vfork)),
            warned_in: None,
            own_files: BTreeSet::new(),
            new_file: None,
            sets: from.map_or_else(BTreeSet::new, |parent| parent.sets.clone()),
            arrivals: from.map_or_else(BTreeSet::new, |parent| parent.arrivals.clone()),
            seen: RefCell::default(),
            clock: from.map_or_else(Clock::default, |parent| parent.clock),
            signalled_at: 0,
            chance: Chance(self.processes.len() as u64),
        };
        let parent = from.map(|parent| parent.inner);
        let shares_memory = process.shares_memory;
        self.processes.push(process);
        if shares_memory && !self.loads {
            self.caveat(CaveatKind::SharedMemory.anywhere());
        }
        self.events.push(Event { at: None, pid: inner, what: What::Seen { parent } });
        self.is_born(self.processes.len() - 1);
        if parent.is_some() {
            // Who names it by its number might have done so before there was one.
            self.footprint.writes(Object::Life(self.processes.len() as u64 - 1));
        }
        self.knows_what_its_parent_knew(self.processes.len() - 1);
        if let Some(parent) = self.processes[self.processes.len() - 1].parent {
            self.hears_of_children(parent);
            // That was the one expected.
            self.tasks.iter_mut().filter(|task| task.process == parent).for_each(|task| task.has_forked = false);
        }
        self.processes.len() - 1
    }

    /// The same of a thread.
    pub fn admit_task(&mut self, tid: Pid, inner: Option<Pid>, process: usize, fresh: bool) -> usize {
        let inner = inner.unwrap_or(tid);
        // A handler that has interrupted a load, and forks, comes back to it in both.
        let parent = self.processes[process].parent;
        let parent = self.tasks.iter().find(|task| Some(task.process) == parent && !task.has_ended());
        let (accesses, turns) =
            parent.map_or_else(Default::default, |parent| (parent.accesses.clone(), parent.turns.clone()));
        let by_step = self.steps.last().and_then(|step| self.tasks.get_mut(usize::from(step.task)));
        let clears = by_step.filter(|task| task.process == process).and_then(|task| task.starts_at.take());
        self.tasks.push(Task { accesses, turns, clears, ..Task::new(tid, inner, process, fresh, self.now()) });
        self.tasks.len() - 1
    }

    /// The process with this number, if it has not ended.
    pub fn process(&self, pid: Pid) -> Option<usize> {
        (0..self.processes.len()).rev().find(|&p| self.processes[p].pid == pid && !self.processes[p].has_ended)
    }

    /// Looks for children and threads of whom nothing was heard yet; whether there are any.
    pub fn find_unseen(&mut self) -> io::Result<bool> {
        let mut found = false;
        for number in 0..self.tasks.len() {
            if !std::mem::take(&mut self.tasks[number].has_forked) {
                continue;
            }
            let pid = self.processes[self.tasks[number].process].pid;
            let mut tids = process::children(pid)?;
            if std::mem::take(&mut self.tasks[number].starts_sibling) {
                tids.extend(self.siblings(self.tasks[number].process)?);
            }
            if let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) {
                tids.extend(threads.flatten().filter_map(|thread| thread.file_name().to_str()?.parse::<Pid>().ok()));
            }
            found |= self.admit_all(tids)?;
        }
        Ok(found)
    }

    /// A process has ended right after it has started another one, which has not made itself heard yet: admits that, which
    /// has got another parent by now. To be called before this end is taken in.
    ///
    /// # Errors
    /// If a system call of the supervisor fails.
    pub fn find_unseen_orphans(&mut self, process: usize) -> io::Result<()> {
        if !self.tasks.iter().any(|task| task.process == process && task.has_forked) {
            return Ok(());
        }
        let orphans = match (self.adopter(process), self.world.init()) {
            (Some(adopter), _) => process::children(self.processes[adopter].pid)?,
            (None, Some(init)) => process::children(init)?,
            (None, None) => self.own_children()?,
        };
        self.admit_all(orphans)?;
        self.tasks.iter_mut().filter(|task| task.process == process).for_each(|task| task.has_forked = false);
        Ok(())
    }

    /// Admits those of these of whom nothing was heard yet; whether there are any.
    fn admit_all(&mut self, tids: Vec<Pid>) -> io::Result<bool> {
        let mut found = false;
        for tid in tids {
            // A child that is no longer ours to wait for keeps its number until its parent has waited for it.
            if !self.tasks.iter().any(|task| task.tid == tid) && self.admit(tid)?.is_some() {
                found = true;
            }
        }
        Ok(found)
    }

    /// The children of the parent of a process. The parent of the first one are we.
    fn siblings(&self, process: usize) -> io::Result<Vec<Pid>> {
        match self.processes[process].parent {
            Some(parent) => process::children(self.processes[parent].pid),
            None => self.own_children(),
        }
    }

    /// Our own children that are of the program: we have others beside these.
    fn own_children(&self) -> io::Result<Vec<Pid>> {
        let mut children = process::children(std::process::id())?;
        let has_world = self.world.init().is_some();
        children.retain(|&child| !has_world || inner_id(child).is_some_and(|inner| inner != child));
        Ok(children)
    }
}
