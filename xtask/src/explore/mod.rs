//! Every interleaving of a program's processes, in virtual time.
//!
//! [`explore`] runs a program under every order in which what its processes do can matter to what is seen, and gives each
//! as a [trace](crate::trace) with the [`Schedule`] that [`replay`]s it. How, and what that does and does not mean, is
//! told in `docs/how-verify-works.md`.
//!
//! The search decides which schedules to run; *keeper* processes (`xtask keep`, [`keep`]) run them: they hold every
//! thread of the program at its system calls and lets one go at a time.

mod calls;
mod clock;
mod filter;
mod keeper;
mod memory;
mod queues;
mod run;
mod schedule;
mod search;
mod story;
mod sys;
mod wire;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

pub use keeper::{Limits, keep};
pub use schedule::Schedule;
use search::{Tree, Work};
pub use story::story;
pub use wire::{Caveat, Waiting};
use wire::{Outcome, Planned, Request, Run};

use crate::notes::claims::{Claims, Item, Rule};
use crate::trace::{Header, Pid, Stop, Trace, What};

/// What to explore, and how far.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the notes call the program.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// What bounds each run.
    pub limits: Limits,
    /// How many runs at most.
    pub most: u64,
    /// For how long at most.
    pub time: Duration,
    /// How many keepers run at the same time.
    pub workers: usize,
    /// The executable that has the command `keep`, usually `/proc/self/exe`.
    pub xtask: PathBuf,
}

impl Job {
    /// A job with the usual bounds.
    pub fn new(name: &str, command: Vec<OsString>) -> Job {
        Job {
            name: name.to_owned(),
            command,
            limits: Limits::default(),
            most: 20_000,
            time: Duration::from_secs(120),
            workers: thread::available_parallelism().map_or(1, |n| n.get().min(8)),
            xtask: PathBuf::from("/proc/self/exe"),
        }
    }

    /// A job that shows all that these claims need: of an endless program, as many lines of each process as its role has
    /// to print; the order of ends, if they speak of it.
    pub fn by_notes(claims: &Claims, command: Vec<OsString>) -> Job {
        let mut job = Job::new(&claims.program, command);
        if claims.endless {
            let mut lines = vec![1; claims.roles.len()];
            for (line, least) in claims.lower_bounds() {
                lines[line.role] += claims.listed(line).map(|(_, values)| values.len()).product::<usize>() * least;
            }
            job.limits.lines_each =
                lines.into_iter().max().map(|most| u32::try_from(most - 1).unwrap_or(u32::MAX).max(1));
        }
        let speaks_of_ends = |rule: &Rule| match rule {
            Rule::Order(items) => items.iter().any(|item| matches!(item, Item::Exit(_))),
            Rule::Either(one, other) => [one, other].iter().any(|item| matches!(item, Item::Exit(_))),
            _ => false,
        };
        job.limits.order_of_ends = claims.claims.iter().any(|claim| speaks_of_ends(&claim.rule));
        job
    }
}

/// One interleaving.
#[derive(Debug)]
pub struct Interleaving {
    /// How to see it again.
    pub schedule: Schedule,
    /// What happened. Times mean nothing in it.
    pub trace: Trace,
    /// The processes in the order of their creation.
    pub processes: Vec<Pid>,
    /// Their threads in the order of their creation, as the kernel numbers them: that order gives them their names.
    pub tasks: Vec<Pid>,
    /// If nobody could go on: who waits, and for what.
    pub deadlock: Vec<Waiting>,
    /// Whether this order of lines was not seen before.
    pub is_new: bool,
}

/// What an exploration has covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many interleavings were run to their end.
    pub explored: u64,
    /// How many different orders of lines they showed.
    pub distinct: u64,
    /// How many runs were cut short because what would follow is the same as in another one.
    pub pruned: u64,
    /// Whether every schedule that could make a difference was run.
    pub complete: bool,
    /// How many interleavings ended with processes that wait for ever.
    pub deadlocks: u64,
    /// How many schedules did not lead again to where they had led before.
    pub diverged: u64,
    /// What the first of those was.
    pub divergence: Option<String>,
    /// Why it is not complete.
    pub limit: Option<String>,
    /// What complete does not cover; and in how many runs that was so.
    pub caveats: BTreeMap<Caveat, u64>,
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statistics { explored, distinct, pruned, deadlocks, diverged, .. } = self;
        let plural = if *distinct == 1 { "" } else { "s" };
        write!(f, "{distinct} interleaving{plural}, ")?;
        match &self.limit {
            _ if self.complete => f.write_str("all explored")?,
            Some(limit) => write!(f, "not all: the limit was {limit}")?,
            None => f.write_str("not all")?,
        }
        write!(f, " ({explored} runs, {pruned} cut short)")?;
        if *deadlocks > 0 {
            write!(f, "; in {deadlocks} of them nobody can go on")?;
        }
        if let Some(divergence) = &self.divergence {
            write!(f, "; {diverged} did not lead again to where they had led before, the first {divergence}")?;
        }
        Ok(())
    }
}

/// Why there is nothing to judge.
#[derive(Debug)]
pub enum Error {
    /// The kernel, or the container that we are in, does not let us hold system calls.
    Refused(String),
    /// The schedule does not fit the program.
    Diverged(String),
    /// Something else.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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

/// Runs the program under every interleaving, and gives each to `judge`, which may end the exploration.
///
/// # Errors
/// If the program cannot be run, or not like this: see [`Error`].
pub fn explore(job: &Job, mut judge: impl FnMut(Interleaving) -> ControlFlow<()>) -> Result<Statistics, Error> {
    let search = Search { tree: Mutex::new(Tree::default()), more: Condvar::new(), over: Mutex::new(false) };
    let deadline = Instant::now() + job.time;
    thread::scope(|scope| {
        let (send, runs) = mpsc::sync_channel(16);
        for _ in 0..job.workers.max(1) {
            let (search, send) = (&search, send.clone());
            scope.spawn(move || search.work(job, &send));
        }
        drop(send);
        let mut statistics = Statistics::default();
        let mut orders = HashSet::new();
        let mut result = Ok(());
        for run in runs {
            let over = match run {
                Ok(run) => take(job, run, &mut statistics, &mut orders, &mut judge, deadline),
                Err(error) => {
                    result = Err(error);
                    true
                }
            };
            if over {
                search.stop();
                break;
            }
        }
        result?;
        statistics.distinct = orders.len() as u64;
        statistics.complete = statistics.limit.is_none() && statistics.diverged == 0;
        Ok(statistics)
    })
}

/// Whether that was the last.
fn take(
    job: &Job,
    run: Run,
    statistics: &mut Statistics,
    orders: &mut HashSet<[u64; 2]>,
    judge: &mut impl FnMut(Interleaving) -> ControlFlow<()>,
    deadline: Instant,
) -> bool {
    match &run.outcome {
        Outcome::Redundant => statistics.pruned += 1,
        Outcome::Diverged { step, what } => {
            statistics.diverged += 1;
            statistics.divergence.get_or_insert_with(|| format!("at step {step}: {what}"));
        }
        _ => {
            statistics.explored += 1;
            for &caveat in run.caveats.keys() {
                *statistics.caveats.entry(caveat).or_default() += 1;
            }
            match &run.outcome {
                Outcome::Deadlock(_) => statistics.deadlocks += 1,
                Outcome::Stopped(Stop::TimeLimit) => {
                    statistics.limit.get_or_insert_with(|| "a run that does not end".to_owned());
                }
                Outcome::Stopped(Stop::Flood) => {
                    statistics.limit.get_or_insert_with(|| "a run that prints too much".to_owned());
                }
                Outcome::Stopped(_) => {
                    statistics.limit.get_or_insert_with(|| "a run that starts too many processes".to_owned());
                }
                _ => {}
            }
            let mut interleaving = interleaving(&job.name, run);
            interleaving.is_new = orders.insert(digest(&interleaving));
            if judge(interleaving).is_break() {
                statistics.limit = Some("stopped by its caller".to_owned());
                return true;
            }
        }
    }
    let done = statistics.explored + statistics.pruned + statistics.diverged;
    if done >= job.most {
        statistics.limit = Some(format!("{} runs", job.most));
    } else if Instant::now() > deadline {
        statistics.limit = Some(format!("{} s", job.time.as_secs_f64()));
    } else {
        return false;
    }
    true
}

/// Runs the program once, under this schedule.
///
/// # Errors
/// As [`explore`]; and if the schedule names a task that cannot go on.
pub fn replay(job: &Job, schedule: &Schedule) -> Result<Interleaving, Error> {
    let prefix = schedule.choices().iter().map(|&task| Planned { task, alternatives: None }).collect();
    let run = Keeper::start(job)?.run(&Request { prefix, asleep: Vec::new(), choices_only: true })?;
    match &run.outcome {
        Outcome::Diverged { what, .. } => Err(Error::Diverged(format!("the schedule {schedule} does not fit: {what}"))),
        _ => Ok(interleaving(&job.name, run)),
    }
}

fn interleaving(name: &str, run: Run) -> Interleaving {
    let schedule = Schedule::of(&run);
    let stop = match &run.outcome {
        Outcome::Ended => None,
        Outcome::SeenEnough => Some(Stop::SeenEnough),
        Outcome::Deadlock(_) => Some(Stop::Deadlock),
        Outcome::Stopped(stop) => Some(*stop),
        Outcome::Redundant | Outcome::Diverged { .. } => Some(Stop::Interrupted),
    };
    let deadlock = match run.outcome {
        Outcome::Deadlock(waiting) => waiting,
        _ => Vec::new(),
    };
    let header = Header { program: name.to_owned(), root: run.root, virtual_time: true };
    let trace = Trace { header, events: run.events, stop };
    Interleaving { schedule, trace, processes: run.processes, tasks: run.tasks, deadlock, is_new: true }
}

impl Interleaving {
    /// What schedules call the process with this pid.
    pub fn name(&self, pid: Pid) -> String {
        self.tasks
            .iter()
            .rposition(|&tid| tid == pid)
            .map_or_else(|| pid.to_string(), |task| run::task_name(task as u16))
    }

    /// Its lines in order, each with the number of its process (0 for the first), and with pids that occur in them replaced
    /// by the names that schedules use (`a`, `b`, …): the same for every run of this interleaving.
    pub fn lines(&self) -> Vec<(usize, String)> {
        let lines = self.trace.events.iter().filter_map(|event| {
            let text = match &event.what {
                What::Line(text) => text.clone(),
                What::Garbled(garbled) => garbled.start.clone(),
                _ => return None,
            };
            let process = self.processes.iter().rposition(|&pid| pid == event.pid)?;
            Some((process, normalise(&text, &self.tasks)))
        });
        lines.collect()
    }
}

fn digest(interleaving: &Interleaving) -> [u64; 2] {
    let lines = interleaving.lines();
    let one = |seed: u64| {
        let mut digest = DefaultHasher::new();
        (seed, &lines).hash(&mut digest);
        digest.finish()
    };
    [one(0), one(1)]
}

/// Replaces each number that is the kernel's for a task by the task's name.
fn normalise(text: &str, tasks: &[Pid]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| start + end);
        let task = rest[start..end].parse().ok().and_then(|number: Pid| tasks.iter().rposition(|&tid| tid == number));
        out.push_str(&rest[..start]);
        match task {
            Some(task) => out.push_str(&run::task_name(task as u16)),
            None => out.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// What the workers share.
struct Search {
    tree: Mutex<Tree>,
    /// There may be more in the tree, or it is over.
    more: Condvar,
    over: Mutex<bool>,
}

impl Search {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let _tree = self.tree();
        self.more.notify_all();
    }

    /// What to run next; blocks while that depends on what others are running. `None` if there is nothing left.
    fn next(&self) -> Option<Work> {
        let mut tree = self.tree();
        loop {
            if self.is_over() {
                return None;
            }
            if let Some(work) = tree.next() {
                return Some(work);
            }
            if !tree.is_running() {
                self.more.notify_all();
                return None;
            }
            tree = self.more.wait(tree).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self, job: &Job, send: &mpsc::SyncSender<Result<Run, Error>>) {
        let mut keeper = None;
        while let Some(work) = self.next() {
            let run = match &mut keeper {
                Some(keeper) => Keeper::run(keeper, &work.request),
                none => Keeper::start(job).and_then(|started| none.insert(started).run(&work.request)),
            };
            match run {
                Ok(mut run) => {
                    self.tree().finish(&work, &mut run);
                    self.more.notify_all();
                    if send.send(Ok(run)).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    self.stop();
                    // If nobody listens any more, somebody else's error came first.
                    let _ = send.send(Err(error));
                    return;
                }
            }
        }
    }
}

/// A keeper process. Dropping it blocks until nothing of the program is left.
struct Keeper {
    process: Child,
    requests: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Keeper {
    fn start(job: &Job) -> Result<Keeper, Error> {
        let failed = |e: io::Error| Error::Failed(format!("cannot start the keeper {}: {e}", job.xtask.display()));
        let mut process = Command::new(&job.xtask as &Path)
            .arg("keep")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::Failed("the keeper has no standard streams".to_owned()));
        };
        let mut keeper = Keeper { process, requests: Some(requests), replies: BufReader::new(replies) };
        let command = job.command.iter().map(|part| part.as_bytes().to_vec()).collect();
        keeper.send(&keeper::Task { command, limits: job.limits.clone() })?;
        Ok(keeper)
    }

    fn send(&mut self, message: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.requests.as_mut().map_or(Ok(()), |requests| requests.write_all(&line))
    }

    fn run(&mut self, request: &Request) -> Result<Run, Error> {
        self.send(request)?;
        let mut line = Vec::new();
        self.replies.read_until(b'\n', &mut line)?;
        match serde_json::from_slice(&line) {
            Ok(keeper::Reply::Ran(run)) => Ok(run),
            Ok(keeper::Reply::Failed { what, refused: true }) => Err(Error::Refused(what)),
            Ok(keeper::Reply::Failed { what, refused: false }) => Err(Error::Failed(what)),
            Err(error) => Err(Error::Failed(format!("the keeper went away or answered something else: {error}"))),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.requests = None;
        // It ends by itself once it has no more requests.
        let _ = self.process.wait();
    }
}
