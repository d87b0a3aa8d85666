//! What to record, and how much that may use up.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;

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
