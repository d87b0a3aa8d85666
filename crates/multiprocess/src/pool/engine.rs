//! The running part of a pool: the memory its processes share, and the fork server.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::line::Line;
use super::memory::Memory;
use super::record::{TaskHeader, TaskId};
use super::server::{self, Plan};
use crate::epoll::Epoll;
use crate::explain::explain;
use crate::poll;
use crate::process::signals::Mask;
use crate::process::{fork_copy, fork_process, pidfd, wait};
use crate::shared::wait::Wait;

/// What the owner is told of.
const BELL: u64 = 0;
const SERVER: u64 = 1;

/// How often to look whether those for whom we wait are still there.
const UNTIL_NEXT_LOOK: Duration = Duration::from_millis(100);

/// Whoever makes it ends it, with [`close`](Engine::close) or [`terminate`](Engine::terminate).
pub(super) struct Engine {
    pub(super) memory: Memory,
    server: libc::pid_t,
    server_fd: OwnedFd,
    line: Line,
    /// Tells of the owner's bell and of the server's end.
    news: Epoll,
    workers: usize,
}

impl Engine {
    /// Starts the fork server and waits until it has started the workers.
    pub(super) fn start(plan: Plan) -> io::Result<Engine> {
        let memory = Memory::new(plan.workers, plan.sizes)?;
        // Opened before the fork: by then the server can be sure that this descriptor means its owner.
        let me = pidfd::open(std::process::id().cast_signed())
            .map_err(|e| explain(e, format_args!("could not open a descriptor for this process")))?;
        let (line, server_end) = Line::new()
            .map_err(|e| explain(e, format_args!("could not connect this process and its pool's fork server")))?;
        let news = Epoll::new().map_err(cannot_be_told)?;
        news.tell_each_time(memory.owner_bell.as_fd(), BELL).map_err(cannot_be_told)?;
        let serve = || server::run(&memory, &plan, me.as_fd(), &server_end);
        // The server ends with its owner, or when it is told to.
        let set_up = Mask::fill;
        let (server, server_fd) = if plan.allow_shared_mappings {
            // SAFETY: vouched for by the caller of `PoolBuilder::allow_shared_mappings`.
            unsafe { fork_process(set_up, serve) }?
        } else {
            fork_copy(set_up, serve)?
        };
        drop(server_end);
        let engine = Engine { memory, server, server_fd, line, news, workers: plan.workers };
        if let Err(error) = engine.news.tell_each_time(engine.server_fd.as_fd(), SERVER) {
            let _ = engine.terminate();
            return Err(cannot_be_told(error));
        }
        while !engine.memory.control().started.load(Ordering::Acquire) {
            match engine.wait(None) {
                Ok(true) => {}
                Ok(false) => return Err(io::Error::other(engine.why_server_ended())),
                Err(error) => {
                    let _ = engine.terminate();
                    return Err(explain(error, format_args!("could not wait for the pool's fork server")));
                }
            }
        }
        Ok(engine)
    }

    /// Waits until the owner's bell has rung, or the time is up, or for no reason. `false`: the fork server has ended.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> io::Result<bool> {
        Engine::hear(&self.news, deadline)
    }

    /// As [`wait`](Self::wait), by a set that [`news`](Self::news) has made.
    pub(super) fn hear(news: &Epoll, deadline: Option<Instant>) -> io::Result<bool> {
        let ended = news.wait(deadline)?.contains(&Some(SERVER));
        Ok(!ended)
    }

    /// Another set that tells of the owner's bell and of the server's end.
    pub(super) fn news(&self) -> io::Result<Epoll> {
        let make = || {
            let news = Epoll::new()?;
            news.tell_each_time(self.memory.owner_bell.as_fd(), BELL)?;
            news.tell_each_time(self.server_fd.as_fd(), SERVER)?;
            Ok(news)
        };
        make().map_err(cannot_be_told)
    }

    /// Lets every worker end, and the server when they have. All tasks have been answered. To be called once.
    pub(super) fn close(&self) -> io::Result<()> {
        // First the word, then the stops: a worker that has taken one is not replaced.
        self.memory.control().closing.store(true, Ordering::Release);
        for _ in 0..self.workers {
            // There may be no room yet: of the tasks that are queued, all have been cancelled.
            while !self.memory.put_task(Wait::at_most(UNTIL_NEXT_LOOK), TaskHeader::STOP, &[])? {
                if self.wait_for_end(Some(Instant::now()))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Waits until the server has ended (`true`), or the time is up.
    pub(super) fn wait_for_end(&self, deadline: Option<Instant>) -> io::Result<bool> {
        let mut polls = [poll::readable(self.server_fd.as_fd())];
        poll::wait(&mut polls, deadline)?;
        Ok(polls[0].revents != 0)
    }

    /// Kills the workers. When this returns none is left.
    pub(super) fn terminate(&self) -> io::Result<()> {
        self.memory.control().terminating.store(true, Ordering::Release);
        self.line.call();
        self.reap_server()
    }

    /// Has the worker killed that has this task, if one has.
    pub(super) fn cancel(&self, task: TaskId) {
        if self.memory.cancel(task) {
            self.line.call();
        }
        // There is one answer less to wait for.
        self.memory.owner_bell.ring();
    }

    /// Waits for the server's end. Whoever else has reaped it (the program may wait for any child, or ignore SIGCHLD) has done
    /// no harm.
    pub(super) fn reap_server(&self) -> io::Result<()> {
        let outcome = self.wait_for_end(None);
        let _ = wait(self.server, libc::WNOHANG);
        // Another thread may be waiting for what will not come.
        self.memory.owner_bell.ring();
        outcome.map(drop)
    }

    /// Reaps the server, which has ended without having been asked to, and says why it did.
    pub(super) fn why_server_ended(&self) -> String {
        let status = wait(self.server, libc::WNOHANG);
        match (self.memory.control().fatal_error.read(), status) {
            (Some(fatal_error), _) => fatal_error,
            (None, Ok(Some(status))) => format!("its fork server (process {}) ended: {status}", self.server),
            (None, _) => format!("its fork server (process {}) ended", self.server),
        }
    }
}

fn cannot_be_told(error: io::Error) -> io::Error {
    explain(error, format_args!("could not make a descriptor that tells of a pool's answers"))
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("server", &self.server)
            .field("server_fd", &self.server_fd.as_raw_fd())
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}
