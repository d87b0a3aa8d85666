//! A descriptor for a thread that waits for a task's answer among other things, in poll(2).

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Instant;

use super::engine::Engine;
use crate::epoll::Epoll;

/// Readable whenever the pool's owner would have something to do: an epoll set of its own, so that it is told what other
/// threads of the owner are told, too, and hears of it although they have.
pub(super) struct Watch {
    news: Epoll,
    /// The bell leaves an epoll set with what it has to tell when nobody has it open any more.
    engine: Arc<Engine>,
}

impl Watch {
    pub(super) fn new(engine: &Arc<Engine>) -> io::Result<Watch> {
        Ok(Watch { news: engine.news()?, engine: Arc::clone(engine) })
    }

    /// Forgets what there was to tell: from now on it is readable when there is something new. `false`: the fork server has
    /// ended.
    pub(super) fn forget(&self) -> io::Result<bool> {
        Engine::hear(&self.news, Some(Instant::now()))
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.news.as_fd()
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("engine", &self.engine).finish_non_exhaustive()
    }
}
