//! The fork server: a process with one thread, forked before the program starts others, that forks the workers and
//! replaces those that die. It does nothing else, and sleeps when there is nothing to do.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::memory::Memory;
use super::signals;
use super::worker::{self, Obituary};
use crate::explain::explain;
use crate::poll;
use crate::process::{fork_process, pidfd, wait};

/// What the server does with each worker.
pub(super) struct Plan {
    pub(super) workers: usize,
    pub(super) tasks_per_worker: Option<u64>,
}

struct Server<'a> {
    memory: &'a Memory,
    plan: &'a Plan,
    /// One for each desk. `None`: the worker ended, and the pool is closing or no other could be had so far.
    workers: Vec<Option<Worker>>,
    /// The system has no process, memory or descriptor for another worker.
    shortage: Option<Shortage>,
    /// Deaths at each desk that the owner may not know of yet.
    obituaries: Vec<Vec<Obituary>>,
    /// So many workers in a row ended at each desk without having taken a task.
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
pub(super) fn run(memory: &Memory, plan: &Plan, owner: BorrowedFd<'_>) {
    // The workers inherit this. A SIGCHLD handler of the program could reap them.
    signals::reset();
    close_all_but(&[memory.owner_bell.as_fd(), memory.server_bell.as_fd(), owner]);

    let mut server = Server {
        memory,
        plan,
        workers: Vec::new(),
        shortage: None,
        obituaries: (0..plan.workers).map(|_| Vec::new()).collect(),
        in_vain: vec![0; plan.workers],
    };
    if let Err(error) = server.serve(owner) {
        let me = std::process::id();
        memory.control().complaint.file(format_args!("its fork server (process {me}) gave up: {error}"));
        memory.owner_bell.ring();
    }
    // In the good case they have ended already.
    server.kill_workers();
}

impl Server<'_> {
    fn serve(&mut self, owner: BorrowedFd<'_>) -> io::Result<()> {
        for desk in 0..self.plan.workers {
            let worker = self.start_worker(desk)?;
            self.workers.push(Some(worker));
        }
        self.memory.control().started.store(true, Ordering::Release);
        self.memory.owner_bell.ring();

        loop {
            self.fill_desks()?;
            if self.is_closing() && self.workers.iter().all(Option::is_none) {
                return Ok(());
            }
            let mut polls = vec![poll::readable(owner), poll::readable(self.memory.server_bell.as_fd())];
            let seated: Vec<_> =
                self.workers.iter().enumerate().filter_map(|(desk, w)| w.as_ref().map(|w| (desk, w))).collect();
            polls.extend(seated.iter().map(|(_, worker)| poll::readable(worker.pidfd.as_fd())));
            poll::wait(&mut polls, self.shortage.as_ref().map(|shortage| shortage.next_try))
                .map_err(|e| explain(e, format_args!("could not wait for the pool's workers")))?;
            if polls[0].revents != 0 || self.memory.control().terminating.load(Ordering::Acquire) {
                return Ok(());
            }
            let ended = polls[2..].iter().zip(seated).filter(|(poll, _)| poll.revents != 0);
            let desks: Vec<usize> = ended.map(|(_, (desk, _))| desk).collect();
            for desk in desks {
                self.bury(desk)?;
            }
        }
    }

    fn is_closing(&self) -> bool {
        self.memory.control().closing.load(Ordering::Acquire)
    }

    /// Starts a worker at every desk that has none, as far as they can be had.
    fn fill_desks(&mut self) -> io::Result<()> {
        let pausing = self.shortage.as_ref().is_some_and(|shortage| Instant::now() < shortage.next_try);
        if pausing || self.is_closing() {
            return Ok(());
        }
        for desk in 0..self.plan.workers {
            if self.workers[desk].is_none() {
                match self.start_worker(desk) {
                    Ok(worker) => self.workers[desk] = Some(worker),
                    Err(error) => return self.pause(error),
                }
            }
        }
        self.shortage = None;
        Ok(())
    }

    /// Those that live go on meanwhile.
    fn pause(&mut self, error: io::Error) -> io::Result<()> {
        let now = Instant::now();
        let shortage = self.shortage.get_or_insert_with(|| Shortage {
            next_try: now,
            pause: FIRST_PAUSE,
            last_try: now + PATIENCE,
        });
        if now >= shortage.last_try {
            return Err(error);
        }
        shortage.next_try = now + shortage.pause;
        shortage.pause = (shortage.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    /// The worker at this desk has ended.
    fn bury(&mut self, desk: usize) -> io::Result<()> {
        let Some(worker) = self.workers[desk].take() else { return Ok(()) };
        let status = wait(worker.pid, 0)?;
        if self.memory.control().complaint.is_filed() {
            return Err(io::Error::other("a worker process could not go on"));
        }
        if self.is_closing() {
            // Every task is answered, and nobody sits down here again.
            return Ok(());
        }
        let task = self.memory.task_of_dead(desk)?;
        self.must_have_hope(desk, worker.pid, status, task.is_some())?;
        let seen = &mut self.obituaries[desk];
        if self.memory.desk(desk).obituaries_told.load(Ordering::Acquire) {
            seen.clear();
        }
        if let Some(task) = task {
            seen.push(Obituary { task, pid: worker.pid, status });
        }
        // It may have been about to call the owner for something it had done.
        self.memory.owner_bell.ring();
        Ok(())
    }

    /// Refuses to replace workers for ever that end before they can take a task.
    fn must_have_hope(
        &mut self,
        desk: usize,
        pid: libc::pid_t,
        status: Option<ExitStatus>,
        had_task: bool,
    ) -> io::Result<()> {
        let end = status.map_or_else(|| "nobody knows how".to_owned(), |status| status.to_string());
        let at_work = self.memory.desk(desk).obituaries_told.load(Ordering::Acquire);
        if !at_work && status.is_some_and(|status| status.signal().is_none()) {
            return Err(io::Error::other(format!("worker process {pid} ended before it could take a task: {end}")));
        }
        let has_worked = self.memory.desk(desk).has_worked.load(Ordering::Relaxed);
        if had_task || has_worked || at_work && self.memory.queued() == 0 {
            self.in_vain[desk] = 0;
            return Ok(());
        }
        self.in_vain[desk] += 1;
        if self.in_vain[desk] < MOST_IN_VAIN {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{MOST_IN_VAIN} worker processes in a row ended before they had taken a task, the last ({pid}): {end}"
        )))
    }

    fn start_worker(&self, desk: usize) -> io::Result<Worker> {
        let server = std::process::id();
        self.memory.clear_desk(desk);
        let (pid, pidfd) = fork_process(|| {
            // This process is a copy of the fork server, whose end it must not outlive.
            // SAFETY: plain numbers. The signal follows the thread that forked, and the server has but one.
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            // A server that was gone before that call sends no signal.
            if std::os::unix::process::parent_id() != server {
                return;
            }
            close_all_but(&[self.memory.owner_bell.as_fd()]);
            worker::run(self.memory, desk, self.plan.tasks_per_worker, &self.obituaries[desk]);
        })?;
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

/// Closes what a fork has left open here, but for standard input, output and error and these. The values that own the
/// descriptors live in frames of the parent, to which this process never returns.
fn close_all_but(kept: &[BorrowedFd<'_>]) {
    let mut kept: Vec<_> = kept.iter().map(AsRawFd::as_raw_fd).chain([0, 1, 2]).map(RawFd::cast_unsigned).collect();
    kept.sort_unstable();
    let mut first = 0;
    for fd in kept.into_iter().chain([u32::MAX]) {
        if first < fd {
            // SAFETY: closes descriptors that nobody uses in this process (see above). Before Linux 5.9 the call
            // is an error, and they stay open.
            unsafe { libc::syscall(libc::SYS_close_range, first, fd - 1, 0) };
        }
        first = fd.saturating_add(1);
    }
}
