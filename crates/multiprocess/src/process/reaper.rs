//! Children whose handle was dropped while they ran. They are reaped, each by its own pid, when this library is used
//! again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

struct Dropped {
    parent: u32,
    pids: Vec<libc::pid_t>,
}

static DROPPED: Mutex<Dropped> = Mutex::new(Dropped { parent: 0, pids: Vec::new() });

/// Whether there may be any. To look at this writes nothing; to lock does, and after a fork the first write to a page is
/// a page fault.
static ANY: AtomicBool = AtomicBool::new(false);

/// Reaps the child once it has ended.
pub(crate) fn adopt(pid: libc::pid_t) {
    reap_all(Some(pid));
}

/// Reaps those that have ended since.
pub(crate) fn reap() {
    if ANY.load(Ordering::Relaxed) {
        reap_all(None);
    }
}

fn reap_all(newcomer: Option<libc::pid_t>) {
    let mut dropped = DROPPED.lock().unwrap_or_else(PoisonError::into_inner);
    let me = std::process::id();
    if dropped.parent != me {
        // A forked child finds its parent's list here: those processes are its siblings, not its children.
        dropped.parent = me;
        dropped.pids.clear();
    }
    dropped.pids.extend(newcomer);
    // An error means that the child is not there to be reaped any more.
    dropped.pids.retain(|&pid| matches!(super::wait(pid, libc::WNOHANG), Ok(None)));
    ANY.store(!dropped.pids.is_empty(), Ordering::Relaxed);
}
