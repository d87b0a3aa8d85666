//! The running part of a pool: the memory its processes share, and the fork server.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::memory::Memory;
use super::record::TaskHeader;
use super::server::{self, Plan};
use crate::epoll::Epoll;
use crate::explain::explain;
use crate::process::{fork_process, pidfd, wait};

/// What the owner is told of.
const BELL: u64 = 0;
const SERVER: u64 = 1;

/// Whoever makes it ends it, with [`close`](Engine::close) or [`terminate`](Engine::terminate).
pub(super) struct Engine {
    pub(super) memory: Memory,
    server: libc::pid_t,
    server_fd: OwnedFd,
    /// Tells of the owner's bell and of the server's end.
    news: Epoll,
    workers: usize,
}

impl Engine {
    /// Starts the fork server and waits until it has started the workers.
    pub(super) fn start(plan: Plan) -> io::Result<Engine> {
        let memory = Memory::new(plan.workers)?;
        // Opened before the fork: by then the server can be sure that this descriptor means its owner.
        let me = pidfd::open(std::process::id().cast_signed())
            .map_err(|e| explain(e, format_args!("could not open a descriptor for this process")))?;
        let news = Epoll::new()?;
        news.tell_each_time(memory.owner_bell.as_fd(), BELL)?;
        let (server, server_fd) = fork_process(|| server::run(&memory, &plan, me.as_fd()))?;
        let engine = Engine { memory, server, server_fd, news, workers: plan.workers };
        if let Err(error) = engine.news.tell_each_time(engine.server_fd.as_fd(), SERVER) {
            let _ = engine.terminate();
            return Err(error);
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
        let ended = self.news.wait(deadline)?.contains(&Some(SERVER));
        Ok(!ended)
    }

    /// Lets every worker end, and the server when they have. All tasks have been answered.
    pub(super) fn close(&self) -> io::Result<()> {
        // First the word, then the stops: a worker that has taken one is not replaced.
        self.memory.control().closing.store(true, Ordering::Release);
        for _ in 0..self.workers {
            self.memory.put_task(TaskHeader { task: None, code: 0 }, &[])?;
        }
        self.reap_server()
    }

    /// Kills the workers. When this returns none is left.
    pub(super) fn terminate(&self) -> io::Result<()> {
        self.memory.control().terminating.store(true, Ordering::Release);
        self.memory.server_bell.ring();
        self.reap_server()
    }

    fn reap_server(&self) -> io::Result<()> {
        let outcome = wait(self.server, 0).map(drop);
        // Another thread may be waiting for what will not come.
        self.memory.owner_bell.ring();
        outcome
    }

    /// Reaps the server, which has ended without having been asked to, and says why it did.
    pub(super) fn why_server_ended(&self) -> String {
        let status = wait(self.server, 0);
        match (self.memory.control().complaint.read(), status) {
            (Some(complaint), _) => complaint,
            (None, Ok(Some(status))) => format!("its fork server (process {}) ended: {status}", self.server),
            (None, _) => format!("its fork server (process {}) ended", self.server),
        }
    }
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
