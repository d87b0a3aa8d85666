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
mod keeper;
pub(crate) mod lines;
mod output;
pub(crate) mod process;
mod recorder;
mod run;
pub(crate) mod tree;
mod work;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;

pub(crate) use cannot_start::has_folder;
pub use cannot_start::{CannotStart, NotStarted};
pub(crate) use keeper::keep;
pub use keeper::{Keeping, kept};
pub(crate) use recorder::record;
pub use run::{Run, Stopper};

/// One program to be recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// What the notes call the program.
    pub name: String,
    /// How much it may use up.
    pub limits: Limits,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Files and folders that it must not be able to read, as absolute paths; with namespaces only, and otherwise said to be missing.
    #[serde(default)]
    pub hidden: Vec<PathBuf>,
    /// Whether processes that are seen to share memory are told of ([`What::Shares`](crate::trace::What::Shares)). Who shares some only for a
    /// moment may not be seen.
    #[serde(default)]
    pub watch_sharing: bool,
    /// Whether it is told before each line how long its process has been seen to work and to wait
    /// ([`What::Worked`](crate::trace::What::Worked), [`What::Waited`](crate::trace::What::Waited)).
    #[serde(default)]
    pub watch_work: bool,
    /// Its environment. It is told to nobody else, and so no part of what is written.
    #[serde(skip)]
    pub environment: Environment,
}

/// How much a program may use up before it is stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Limits {
    /// The time that it may take.
    pub time: Duration,
    /// Lines that it may print.
    pub lines: u64,
    /// Bytes that it may print.
    pub bytes: u64,
    /// Processes that it may start, one after the other or at once.
    pub processes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Each live process costs the recorder a file descriptor, of which 1024 is the usual number.
        Limits { time: Duration::from_secs(30), lines: 100_000, bytes: 16 << 20, processes: 512 }
    }
}
