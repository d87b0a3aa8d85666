//! What to explore, and how far; and why there may be nothing to judge.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::environment::Environment;
use crate::record::CannotStart;
use crate::world::limits::Limits;

/// What to explore, and how far.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the notes call the program.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Its environment.
    pub environment: Environment,
    /// The folder that it is run in; `None` for ours.
    pub folder: Option<PathBuf>,
    /// The regular file that is its standard input, read from the beginning in every run; `None` for nothing. It is opened in the
    /// folder that the program is run in.
    pub stdin: Option<PathBuf>,
    /// Files and folders that it must not be able to read, as absolute paths; with namespaces only, and otherwise said to be missing.
    pub hidden: Vec<PathBuf>,
    /// Whether its standard output is a terminal, to which C programs write each line at once. Otherwise it is a socket, as
    /// good as a pipe: they keep what they print until there is much of it, or until they end.
    pub terminal: bool,
    /// What bounds each run.
    pub limits: Limits,
    /// Whether runs and interleavings that cannot show anything new are left out or deduced. Without, every choice of who goes on is
    /// tried: there are far more, and whatever reduction finds must be among them, and nothing else.
    pub reduction: bool,
    /// Whether each load and store of memory that processes share is a step, as long as that makes for few enough orders.
    pub loads: bool,
    /// Only what is printed counts, not by whom: of interleavings that show the same, one is enough where there are very many.
    pub by_text: bool,
    /// How many interleavings at most, and how many runs.
    pub most: u64,
    /// After how many system calls, of all runs together, it is enough; but not before [`LEAST_RUNS`]. That is as good a measure
    /// of what runs cost as time, but unlike [`time`](Self::time) it is the same on each machine: with one worker, the same
    /// program is explored as far each time. What does not end is no matter of calls: a run that goes on for too long is the last one.
    pub calls: Option<u64>,
    /// For how long at most.
    pub time: Duration,
    /// How many supervisors run at the same time.
    pub workers: usize,
}

/// So many runs are made however many calls they make: a program cannot avoid to be explored by being long.
pub const LEAST_RUNS: u64 = 30;

impl Job {
    /// A job with the usual bounds.
    pub fn new(name: &str, command: Vec<OsString>) -> Job {
        Job {
            name: name.to_owned(),
            command,
            environment: Environment::default(),
            folder: None,
            stdin: None,
            hidden: Vec::new(),
            terminal: false,
            limits: Limits::default(),
            reduction: true,
            loads: true,
            by_text: false,
            most: 20_000,
            calls: None,
            time: Duration::from_secs(120),
            workers: thread::available_parallelism().map_or(1, |n| n.get().min(8)),
        }
    }
}

/// Why there is nothing to judge.
#[derive(Debug)]
pub enum Error {
    /// The kernel, or the container that we are in, does not let us hold system calls.
    Refused(String),
    /// The schedule does not fit the program.
    Diverged(String),
    /// The program could not be started.
    CannotStart(CannotStart),
    /// Something else.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::CannotStart(why) => write!(f, "{why}"),
            Error::Refused(what) | Error::Diverged(what) | Error::Failed(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Failed(error.to_string())
    }
}
