//! Waiting for several things at once.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::poll;
use crate::process::Process;

/// Something that [`wait`] can wait for.
pub trait Waitable {
    /// A descriptor that is readable for `poll(2)` whenever [`is_ready`](Self::is_ready). (It may be readable at other
    /// times, but not any more once `is_ready` has said no.)
    ///
    /// # Errors
    /// For what has a descriptor only when somebody has to wait for it, a pool's result: `is_ready` has not said no before.
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>>;

    /// Whether there is nothing to wait for: the process has ended, there is something to receive, … Does not wait.
    ///
    /// # Errors
    /// Those of what is asked.
    fn is_ready(&self) -> io::Result<bool> {
        let mut polls = [poll::readable(self.descriptor()?)];
        poll::wait(&mut polls, Some(Instant::now()))?;
        Ok(polls[0].revents != 0)
    }
}

/// Ready when the process has ended.
impl Waitable for Process {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        Ok(self.as_fd())
    }
}

/// Ready when there is something to receive, or the other end is closed.
impl<S, R> Waitable for Connection<S, R> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        Ok(self.as_fd())
    }
}

pub(crate) fn not_asked() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "nobody has to wait for this, as far as is known: ask `is_ready` first")
}

/// Waits until at least one of these is ready, but no longer than `limit` (`None`: for as long as it takes): processes,
/// connections, queues, and results of a pool, together. Says which are, by their places; none: the time is up.
///
/// Asleep in `poll(2)` meanwhile. No signal ends the wait.
///
/// ```
/// use multiprocess::{Process, pipe, wait};
///
/// let (parent, mut child) = pipe::<(), u32>()?;
/// let p = Process::spawn(|| child.send(7).expect("the parent is there"))?;
/// let mut parent = parent;
/// if wait(&[&p, &parent], None)?.contains(&1) {
///     assert_eq!(parent.recv()?, 7);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// There is nothing to wait for, and no limit; what [`Waitable::is_ready`] answers; or the system has no memory left.
pub fn wait(on: &[&dyn Waitable], limit: Option<Duration>) -> io::Result<Vec<usize>> {
    // A time too far away to be represented is as good as none.
    let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    if on.is_empty() && deadline.is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "cannot wait for nothing without a limit"));
    }
    loop {
        let mut ready = Vec::new();
        for (place, waitable) in on.iter().enumerate() {
            if waitable.is_ready()? {
                ready.push(place);
            }
        }
        if !ready.is_empty() || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Ok(ready);
        }
        let descriptors = on.iter().map(|waitable| waitable.descriptor().map(poll::readable));
        let mut polls = descriptors.collect::<io::Result<Vec<_>>>()?;
        poll::wait(&mut polls, deadline)?;
    }
}
