//! What is moved into a forked child. A fork copies everything, also what the child will never use; what is the child's from
//! now on is known by what its parent drops when it has forked.

use std::cell::Cell;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::explain::explain;

/// How much there is in this process that may be handed over; or was, in those it was forked from.
static PRECIOUS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The child that has what this thread is dropping.
    static HEIR: Cell<Option<libc::pid_t>> = const { Cell::new(None) };
}

/// Something that wants to know into which process it is moved, as long as this lives.
pub(crate) struct Precious(());

impl Precious {
    pub(crate) fn new() -> Precious {
        PRECIOUS.fetch_add(1, Ordering::Relaxed);
        Precious(())
    }
}

impl Drop for Precious {
    fn drop(&mut self) {
        PRECIOUS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Asked by what is being dropped: the child that has it now, if it was moved into one.
pub(crate) fn heir() -> Option<libc::pid_t> {
    HEIR.try_with(Cell::get).ok().flatten()
}

/// A child waits with this until everything has been handed over to it. Or until its parent is dead: so this is a pipe, of
/// which the kernel closes the other end then.
pub(super) struct HandOver(Option<(PipeReader, PipeWriter)>);

impl HandOver {
    /// To be called before the fork.
    pub(super) fn new() -> io::Result<HandOver> {
        if PRECIOUS.load(Ordering::Relaxed) == 0 {
            return Ok(HandOver(None));
        }
        let pipe = io::pipe()
            .map_err(|e| explain(e, format_args!("could not open a pipe for a child process to wait at its start")))?;
        Ok(HandOver(Some(pipe)))
    }

    /// In the child.
    pub(super) fn wait(self) {
        if let Some((mut reader, writer)) = self.0 {
            drop(writer);
            // Whatever comes of it, the parent has closed its end, or the child goes on without having been told.
            let _ = reader.read(&mut [0]);
        }
    }

    /// In the parent: drops what was moved into the child.
    pub(super) fn give<T>(self, moved: T, child: libc::pid_t) {
        struct NoHeir;
        impl Drop for NoHeir {
            fn drop(&mut self) {
                let _ = HEIR.try_with(|heir| heir.set(None));
            }
        }
        let _ = HEIR.try_with(|heir| heir.set(Some(child)));
        // In this order when something panics as it is dropped, too: then the child goes on.
        let _pipe = self.0;
        let _end = NoHeir;
        drop(moved);
    }
}
