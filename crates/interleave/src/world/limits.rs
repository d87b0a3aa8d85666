//! What bounds a run, and what time means in it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::protocol::TaskId;
use crate::sandbox::FIRST_OF_ITS_WORLD;
use crate::trace::Pid;

/// What bounds one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// How many steps.
    pub steps: usize,
    /// How many lines.
    pub lines: u64,
    /// How many bytes of output.
    pub bytes: u64,
    /// How many processes and threads, one after the other or at once.
    pub processes: usize,
    /// After how many lines of its own a process goes no further.
    pub lines_each: Option<u32>,
    /// Whether the order in which processes end, among each other and among the lines, is explored as well.
    pub order_of_ends: bool,
    /// Only whole lines are seen: where one process interrupts the line of another makes no difference.
    pub lines_only: bool,
    /// What sleeps and time-outs mean.
    pub time_mode: TimeMode,
    /// Tasks, by number, that give up at any moment what they wait or look for: in [`Statistics::late`](crate::explore::Statistics::late) are those that do
    /// so in the end.
    #[serde(default)]
    pub hurried: Vec<TaskId>,
    /// Whether it is told who shares memory with whom ([`What::Shares`](crate::trace::What::Shares)).
    #[serde(default)]
    pub watch_sharing: bool,
    /// Whether it is told before each line how long its process has worked ([`What::Worked`](crate::trace::What::Worked)).
    #[serde(default)]
    pub watch_work: bool,
    /// Whether it is told which of its children a process has waited for ([`What::Reaped`](crate::trace::What::Reaped)), and runs differ that
    /// differ in this, or in whose child somebody is.
    #[serde(default)]
    pub watch_children: bool,
    /// Whether it is told what a process was told before each line ([`What::Told`](crate::trace::What::Told)), and runs differ that differ in
    /// this.
    #[serde(default)]
    pub watch_telling: bool,
    /// Whether it is told how many threads a process has had ([`What::Threads`](crate::trace::What::Threads)).
    #[serde(default)]
    pub watch_threads: bool,
    /// The id of its first process, where it has a world of its own.
    #[serde(default = "usual_first_id")]
    pub first_id: Pid,
}

fn usual_first_id() -> Pid {
    FIRST_OF_ITS_WORLD
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: Duration::from_secs(10),
            steps: 5_000,
            lines: 10_000,
            bytes: 1 << 20,
            processes: 128,
            lines_each: None,
            order_of_ends: false,
            lines_only: false,
            time_mode: TimeMode::default(),
            hurried: Vec::new(),
            watch_sharing: false,
            watch_work: false,
            watch_children: false,
            watch_telling: false,
            watch_threads: false,
            first_id: FIRST_OF_ITS_WORLD,
        }
    }
}

impl Limits {
    /// Whether this task gives up at any moment.
    pub fn hurries(&self, task: usize) -> bool {
        self.hurried.iter().any(|&hurried| usize::from(hurried) == task)
    }
}

/// What sleeps and time-outs mean in an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeMode {
    /// A sleep is no order: it may end before or after anything that others do. A time-out comes only once nobody else can
    /// go on.
    #[default]
    Free,
    /// Virtual time decides: whoever sleeps for less goes on first, and nobody takes time for anything else.
    Ordered,
    /// Like [`Free`](TimeMode::Free), but a time-out may come at any moment too.
    Any,
}

impl TimeMode {
    const NAMES: [(TimeMode, &str); 3] =
        [(TimeMode::Free, "free"), (TimeMode::Ordered, "ordered"), (TimeMode::Any, "any")];

    /// What is to be said with a verdict, if it is not the usual mode.
    pub fn meaning(self) -> Option<&'static str> {
        match self {
            TimeMode::Free => None,
            TimeMode::Ordered => Some("sleeps are an order in them (time: ordered)"),
            TimeMode::Any => Some("time-outs come at any moment in them (time: any)"),
        }
    }
}

impl fmt::Display for TimeMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = TimeMode::NAMES.iter().find(|(mode, _)| mode == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for TimeMode {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeMode, String> {
        let found = TimeMode::NAMES.iter().find(|(_, name)| *name == text).map(|(mode, _)| *mode);
        found.ok_or_else(|| format!("`{text}` is no mode of time; free, ordered and any are"))
    }
}
