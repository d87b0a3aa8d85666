//! The fork server: a process with one thread, forked before the program starts others, that forks the workers and
//! replaces those that die. It does nothing else, and sleeps when there is nothing to do.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::leash::{self, Leash};
use super::line::Line;
use super::memory::{Memory, Sizes};
use super::record::Kind;
use super::worker::{self, Obituary, Orders};
use super::{alarm, descriptors};
use crate::explain::explain;
use crate::poll;
use crate::process::signals::{self, Mask};
use crate::process::{fork_process, pidfd, wait};
use crate::shared::wait::Wait;

/// What a pool is to be like.
pub(super) struct Plan {
    pub(super) workers: usize,
    pub(super) orders: Orders,
    pub(super) sizes: Sizes,
    /// Memory that the program has mapped shared may be shared with the workers.
    pub(super) allow_shared_mappings: bool,
}

struct Server<'a> {
    memory: &'a Memory,
    plan: &'a Plan,
    /// The owner's pidfd.
    owner: BorrowedFd<'a>,
    line: &'a Line,
    /// What workers hang on to that have changed their user.
    leash: Option<Leash>,
    /// One for each slot. `None`: the worker ended, and the pool is closing or no other could be had so far.
    workers: Vec<Option<Worker>>,
    /// The system has no process, memory or descriptor for another worker.
    shortage: Option<Shortage>,
    /// Deaths at each slot that the owner may not know of yet.
    obituaries: Vec<Vec<Obituary>>,
    /// So many workers in a row ended at each slot without having taken a task.
    in_vain: Vec<u32>,
}

/// After so many there is no hope that another one can work.
const MOST_IN_VAIN: u32 = 100;

/// A shortage may be over in a moment, or in some seconds; after this time the pool breaks down.
const PATIENCE: Duration = Duration::from_secs(10);

/// A failed try is followed by a pause of twice the length of the last.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

struct Shortage {
    next_try: Instant,
    pause: Duration,
    last_try: Instant,
}

struct Worker {
    pid: libc::pid_t,
    pidfd: OwnedFd,
}

/// Serves until the pool is closed or terminated, or its owner is gone. `owner` is the owner's pidfd.
pub(super) fn run(memory: &Memory, plan: &Plan, owner: BorrowedFd<'_>, line: &Line) {
    let give_up = |error: io::Error| {
        let me = std::process::id();
        memory.control().fatal_error.set(format_args!("its fork server (process {me}) gave up: {error}"));
        memory.owner_bell.ring();
    };
    // What was open before is replaced first, so that it takes nobody's number.
    let replaced = descriptors::replace_all_but(&[memory.owner_bell.as_fd(), line.as_fd(), owner]);
    let leash = match replaced.and_then(|()| Leash::new()) {
        Ok(leash) => leash,
        Err(error) => return give_up(error),
    };
    let mut server = Server {
        memory,
        plan,
        owner,
        line,
        leash,
        workers: Vec::new(),
        shortage: None,
        obituaries: (0..plan.workers).map(|_| Vec::new()).collect(),
        in_vain: vec![0; plan.workers],
    };
    if let Err(error) = server.serve() {
        give_up(error);
    }
    // In the good case they have ended already.
    server.kill_workers();
}

impl Server<'_> {
    fn serve(&mut self) -> io::Result<()> {
        for slot in 0..self.plan.workers {
            // With many of them this takes a while.
            if self.has_no_owner()? {
                return Ok(());
            }
            let worker = self.start_worker(slot)?;
            self.workers.push(Some(worker));
        }
        self.memory.control().started.store(true, Ordering::Release);
        self.memory.owner_bell.ring();

        loop {
            self.fill_slots()?;
            if self.is_closing() && self.workers.iter().all(Option::is_none) {
                return Ok(());
            }
            let mut polls = vec![poll::readable(self.owner), poll::readable(self.line.as_fd())];
            let filled = self.workers.iter().enumerate().filter_map(|(slot, w)| w.as_ref().map(|w| (slot, w)));
            // Once all will end, in which order they do no longer matters: one after the other is waited for.
            let at_once = if self.is_closing() { 1 } else { usize::MAX };
            let filled: Vec<_> = filled.take(at_once).collect();
            polls.extend(filled.iter().map(|(_, worker)| poll::readable(worker.pidfd.as_fd())));
            poll::wait(&mut polls, self.shortage.as_ref().map(|shortage| shortage.next_try))
                .map_err(|e| explain(e, format_args!("could not wait for the pool's workers")))?;
            let owner_is_there = polls[0].revents == 0 && (polls[1].revents == 0 || self.line.hear());
            if !owner_is_there || self.memory.control().terminating.load(Ordering::Acquire) {
                return Ok(());
            }
            let ended = polls[2..].iter().zip(&filled).filter(|(poll, _)| poll.revents != 0);
            let slots: Vec<usize> = ended.map(|(_, (slot, _))| *slot).collect();
            // The line may have been why we woke: somebody has been cancelled. It is heard once, so all are looked at, also those
            // that are not waited for now.
            let all = self.workers.iter().enumerate().filter_map(|(slot, worker)| Some((slot, worker.as_ref()?)));
            for (_, worker) in all.filter(|(slot, _)| self.memory.is_doomed(*slot)) {
                pidfd::send_signal(worker.pidfd.as_fd(), libc::SIGKILL)
                    .map_err(|e| explain(e, format_args!("could not kill worker process {}", worker.pid)))?;
            }
            for slot in slots {
                self.reap_worker(slot)?;
            }
        }
    }

    /// Whether nobody is left who wants the pool, or it was terminated.
    fn has_no_owner(&self) -> io::Result<bool> {
        let mut owner = [poll::readable(self.owner)];
        poll::wait(&mut owner, Some(Instant::now()))
            .map_err(|e| explain(e, format_args!("could not look whether the pool's owner is there")))?;
        Ok(owner[0].revents != 0 || self.memory.control().terminating.load(Ordering::Acquire))
    }

    fn is_closing(&self) -> bool {
        self.memory.control().closing.load(Ordering::Acquire)
    }

    /// Starts a worker at every slot that has none, as far as they can be had.
    fn fill_slots(&mut self) -> io::Result<()> {
        let pausing = self.shortage.as_ref().is_some_and(|shortage| Instant::now() < shortage.next_try);
        if pausing || self.is_closing() {
            return Ok(());
        }
        for slot in 0..self.plan.workers {
            if self.workers[slot].is_none() {
                match self.start_worker(slot) {
                    Ok(worker) => self.workers[slot] = Some(worker),
                    Err(error) => return self.pause(error),
                }
            }
        }
        self.shortage = None;
        Ok(())
    }

    /// Those that live go on meanwhile, for as long as it takes; without any the pool breaks down after a time.
    fn pause(&mut self, error: io::Error) -> io::Result<()> {
        for slot in 0..self.plan.workers {
            self.tell_obituaries(slot)?;
        }
        let now = Instant::now();
        let shortage = self.shortage.get_or_insert_with(|| Shortage {
            next_try: now,
            pause: FIRST_PAUSE,
            last_try: now + PATIENCE,
        });
        if self.workers.iter().any(Option::is_some) {
            shortage.last_try = now + PATIENCE;
        }
        if now >= shortage.last_try {
            return Err(error);
        }
        shortage.next_try = now + shortage.pause;
        shortage.pause = (shortage.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    /// The worker at this slot has ended.
    fn reap_worker(&mut self, slot: usize) -> io::Result<()> {
        let Some(worker) = self.workers[slot].take() else { return Ok(()) };
        let status = wait(worker.pid, 0)?;
        if self.memory.control().fatal_error.is_set() {
            return Err(io::Error::other("a worker process could not go on"));
        }
        if self.is_closing() {
            // Every task is answered, and nobody gets this slot again.
            return Ok(());
        }
        let task = self.memory.task_of_dead(slot)?;
        self.must_have_hope(slot, worker.pid, status, task.is_some())?;
        let seen = &mut self.obituaries[slot];
        if self.memory.slot(slot).obituaries_told.load(Ordering::Acquire) {
            seen.clear();
        }
        if let Some(task) = task {
            let was_killed = status.and_then(|status| status.signal()) == Some(libc::SIGKILL);
            let exceeded = alarm::exceeded(self.memory.slot(slot)).filter(|_| was_killed);
            seen.push(Obituary { task, pid: worker.pid, status, exceeded });
        }
        self.tell_obituaries(slot)?;
        // It may have been about to call the owner for something it had done.
        self.memory.owner_bell.ring();
        Ok(())
    }

    /// Tells the owner of the deaths at this slot, as far as there is room for that now. Of the others the next worker there
    /// tells, which can wait: this process has to see to all the others.
    fn tell_obituaries(&mut self, slot: usize) -> io::Result<()> {
        let obituaries = &mut self.obituaries[slot];
        while let Some(first) = obituaries.first() {
            let bytes = first.to_bytes();
            if self.memory.put_answer_silently(Wait::No, first.task, slot, Kind::Death, &bytes)? != Some(true) {
                break;
            }
            self.memory.owner_bell.ring();
            obituaries.remove(0);
        }
        Ok(())
    }

    /// Refuses to replace workers for ever that end before they can take a task.
    fn must_have_hope(
        &mut self,
        slot: usize,
        pid: libc::pid_t,
        status: Option<ExitStatus>,
        had_task: bool,
    ) -> io::Result<()> {
        let end = status.map_or_else(|| "nobody knows how".to_owned(), |status| status.to_string());
        let at_work = self.memory.slot(slot).ready.load(Ordering::Acquire);
        if !at_work && status.is_some_and(|status| status.signal().is_none()) {
            return Err(io::Error::other(format!("worker process {pid} ended before it could take a task: {end}")));
        }
        let has_worked = self.memory.slot(slot).has_worked.load(Ordering::Relaxed);
        if had_task || has_worked || at_work && self.memory.queued() == 0 {
            self.in_vain[slot] = 0;
            return Ok(());
        }
        self.in_vain[slot] += 1;
        if self.in_vain[slot] < MOST_IN_VAIN {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{MOST_IN_VAIN} worker processes in a row ended before they had taken a task, the last ({pid}): {end}"
        )))
    }

    fn start_worker(&self, slot: usize) -> io::Result<Worker> {
        let server = std::process::id();
        self.memory.clear_slot(slot);
        // This process is a copy of the fork server, whose end it must not outlive.
        let set_up = |blocked: &mut Mask| {
            blocked.clear();
            signals::leave_to_the_program();
            if !worker::be_child_of(server) {
                // SAFETY: ends this process.
                unsafe { libc::_exit(0) };
            }
        };
        let run = || {
            let workers = self.workers.iter().flatten().map(|worker| worker.pidfd.as_raw_fd());
            // Where there is none (no /proc, no descriptor), the worker is bound to this process as long as it keeps its user.
            let leash = self.leash.as_ref().and_then(|leash| leash.for_worker().ok());
            let ends = self.leash.iter().flat_map(Leash::ends);
            let servers = ends.chain([self.line.as_fd(), self.owner]).map(|fd| fd.as_raw_fd());
            // SAFETY: they were opened for the fork server, by itself or just before it was forked, and their owners are
            // borrowed from its frames.
            unsafe { descriptors::close_copies(workers.chain(servers)) };
            if leash.as_ref().is_some_and(|leash| matches!(leash::put_on(leash), Ok(false))) {
                return;
            }
            worker::run(self.memory, slot, &self.plan.orders, &self.obituaries[slot]);
        };
        // SAFETY: what the program has mapped shared, if anything, it lets its workers share: the fork of this server was refused
        // otherwise. What has been added since is the library's.
        let (pid, pidfd) = unsafe { fork_process(set_up, run) }?;
        self.memory.slot(slot).pid.store(pid.unsigned_abs(), Ordering::Relaxed);
        Ok(Worker { pid, pidfd })
    }

    fn kill_workers(&mut self) {
        for worker in self.workers.iter().flatten() {
            let _ = pidfd::send_signal(worker.pidfd.as_fd(), libc::SIGKILL);
        }
        for worker in self.workers.drain(..).flatten() {
            // An error means that there is nothing to reap.
            let _ = wait(worker.pid, 0);
        }
    }
}
