//! Recording: runs one program and writes down what the kernel says about it, as a [trace](crate::trace).
//!
//! [`Run`] starts a *recorder* process (`recorder.rs`) for each program. Where the system offers namespaces the
//! recorder is process 1 of a world of the program's own ([`sandbox`](crate::sandbox)); otherwise it is the subreaper of the
//! program's processes. Either way none of them can leave its tree, and it ends them all whatever happens: when they are
//! done, when a limit is passed, when its caller says so or is no longer there.
//!
//! What it cannot do:
//! - A process that writes nothing and lives for less than 50 ms may not be seen.
//! - Without namespaces, once a recorder is itself killed with SIGKILL, the kernel kills the program's first process
//!   (`PR_SET_PDEATHSIG`) and takes standard output away from the others, but those that write nothing live on.
//! - Without namespaces, a process outside the program that was handed its standard output is recorded as any writer, but
//!   neither waited for nor killed.
//!
//! A program sees sockets as its standard output and error, not a terminal; it cannot open them again through
//! `/dev/stdout` or `/dev/stderr` (ENXIO).

mod cannot_start;
mod job;
mod keeper;
pub(crate) mod lines;
mod output;
pub(crate) mod process;
mod recorder;
mod run;
pub(crate) mod tree;
mod work;

pub(crate) use cannot_start::has_folder;
pub use cannot_start::{CannotStart, NotStarted};
pub use job::{Job, Limits};
pub(crate) use keeper::keep;
pub use keeper::{Keeping, kept};
pub(crate) use recorder::record;
pub use run::{Run, Stopper};
