//! Every interleaving of a program's processes, in virtual time.
//!
//! [`explore`] finds every order in which what a program's processes do can come out, and gives each as a
//! [trace](crate::trace). It runs the program under every schedule that can make a difference to what a process does; of
//! the orders of lines that differ in nothing else it runs one and deduces the others, each of which a [`Runner`] can run
//! as well. How, and what that does and does not mean, is told in `docs/how-verify-works.md`.
//!
//! The search decides which schedules to run; *supervisor* processes (`supervisor/serve.rs`) run them: they hold every
//! thread of the program at its system calls and let one go at a time.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

pub use crate::protocol::{Caveat, CaveatKind, Chunk, Waiting};
use crate::protocol::{Outcome, Planned, Request, Run, TaskId, task_name};
use crate::search::linearizations::{Linearization, Linearizations, Observation};
pub use crate::search::schedule::Schedule;
use crate::search::tree::{Tree, Work};
pub(crate) use crate::supervisor::serve::keep;
pub use crate::supervisor::serve::{Limits, TimeMode};

use crate::reexec;
use crate::trace::{Header, Pid, Stop, Trace, What};

/// What to explore, and how far.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the notes call the program.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// What its environment has beside or in place of what ours has.
    pub environment: Vec<(OsString, OsString)>,
    /// The folder that it is run in; `None` for ours.
    pub folder: Option<PathBuf>,
    /// What bounds each run.
    pub limits: Limits,
    /// How many interleavings at most, and how many runs.
    pub most: u64,
    /// For how long at most.
    pub time: Duration,
    /// How many supervisors run at the same time.
    pub workers: usize,
}

impl Job {
    /// A job with the usual bounds.
    pub fn new(name: &str, command: Vec<OsString>) -> Job {
        Job {
            name: name.to_owned(),
            command,
            environment: Vec::new(),
            folder: None,
            limits: Limits::default(),
            most: 20_000,
            time: Duration::from_secs(120),
            workers: thread::available_parallelism().map_or(1, |n| n.get().min(8)),
        }
    }
}

/// One interleaving.
#[derive(Debug)]
pub struct Interleaving {
    /// How to see it again; `None` if it was not run but deduced from another, which differs in nothing but the order of
    /// lines. Then [`Runner::confirm`] runs it.
    pub schedule: Option<Schedule>,
    /// Who takes each step.
    steps: Vec<TaskId>,
    /// Signals come in it, so that to begin to wait is a step.
    signals: bool,
    /// Signals did come.
    has_signals: bool,
    /// What happened. Times mean nothing in it.
    pub trace: Trace,
    /// What was written to standard output, write by write.
    pub output: Vec<Chunk>,
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
    /// How many interleavings were run to their end, or deduced from such a run.
    pub explored: u64,
    /// How many different orders of lines they showed.
    pub distinct: u64,
    /// How many runs went to their end.
    pub runs: u64,
    /// How many runs were cut short because what would follow is the same as in another one.
    pub pruned: u64,
    /// Whether every schedule that could make a difference was run or deduced.
    pub complete: bool,
    /// How many interleavings ended with processes that wait for ever.
    pub deadlocks: u64,
    /// How many schedules did not lead again to where they had led before.
    pub diverged: u64,
    /// What the first of those was.
    pub divergence: Option<String>,
    /// Why it is not complete.
    pub limit: Option<String>,
    /// What complete does not cover, and in how many runs that was so.
    pub caveats: BTreeMap<Caveat, u64>,
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statistics { distinct, runs, pruned, deadlocks, diverged, .. } = self;
        let plural = if *distinct == 1 { "" } else { "s" };
        write!(f, "{distinct} interleaving{plural}, ")?;
        match &self.limit {
            _ if self.complete => f.write_str("all explored")?,
            Some(limit) => write!(f, "not all: the limit was {limit}")?,
            None => f.write_str("not all")?,
        }
        write!(f, " ({}, {pruned} cut short)", counted(*runs, "run"))?;
        if *deadlocks > 0 {
            write!(f, "; in {deadlocks} of them nobody can go on")?;
        }
        for caveat in self.caveats.keys() {
            write!(f, "; but {caveat}")?;
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

/// Finds every interleaving of the program, and gives each to `judge`, which may end the exploration.
///
/// # Errors
/// If the program cannot be run, or not like this: see [`Error`].
pub fn explore(job: &Job, mut judge: impl FnMut(Interleaving) -> ControlFlow<()>) -> Result<Statistics, Error> {
    let deadline = Instant::now() + job.time;
    let search = Search {
        tree: Mutex::new(Tree::default()),
        more: Condvar::new(),
        over: Mutex::new(false),
        deadline,
        haste: deadline - job.time * 2 / 3,
        many: job.most / 3,
        is_late: AtomicBool::new(false),
        barren: AtomicU32::new(0),
    };
    thread::scope(|scope| {
        let (send, runs) = mpsc::sync_channel(16);
        for _ in 0..job.workers.max(1) {
            let (search, send) = (&search, send.clone());
            scope.spawn(move || search.work(job, &send));
        }
        drop(send);
        let mut collector = Collector {
            job,
            deadline,
            statistics: Statistics::default(),
            interleavings: HashSet::new(),
            orders: HashSet::new(),
            runs: HashSet::new(),
        };
        for run in runs {
            let explored = collector.statistics.explored;
            let taken = run.map(|run| collector.take(&run, &mut judge));
            if collector.statistics.explored > explored {
                search.barren.store(0, Ordering::Relaxed);
            } else {
                search.barren.fetch_add(1, Ordering::Relaxed);
            }
            if !matches!(taken, Ok(ControlFlow::Continue(()))) {
                search.stop();
            }
            if taken?.is_break() {
                break;
            }
        }
        let mut statistics = collector.statistics;
        if search.tree().leaves_out {
            *statistics.caveats.entry(CaveatKind::SilentWaits.anywhere()).or_default() += 1;
        }
        statistics.distinct = collector.orders.len() as u64;
        if search.is_late.load(Ordering::Relaxed) {
            statistics.limit.get_or_insert_with(|| time_limit(job));
        }
        statistics.complete = statistics.limit.is_none() && statistics.diverged == 0;
        Ok(statistics)
    })
}

fn counted(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn time_limit(job: &Job) -> String {
    format!("{} s", job.time.as_secs_f64())
}

/// What becomes of the runs.
struct Collector<'a> {
    job: &'a Job,
    deadline: Instant,
    statistics: Statistics,
    /// Digests of the interleavings seen so far.
    interleavings: HashSet<[u64; 2]>,
    /// Digests of their orders of lines.
    orders: HashSet<[u64; 2]>,
    /// Digests of the runs, each with all the orders for which it stands.
    runs: HashSet<u64>,
}

impl Collector<'_> {
    /// Takes in one more run, and gives the interleavings for which it stands to `judge`. Breaks if that is enough.
    fn take(&mut self, run: &Run, judge: &mut impl FnMut(Interleaving) -> ControlFlow<()>) -> ControlFlow<()> {
        let statistics = &mut self.statistics;
        if statistics.runs + statistics.pruned + statistics.diverged >= self.job.most {
            return self.stop(counted(self.job.most, "run"));
        }
        match &run.outcome {
            Outcome::Unprepared => return ControlFlow::Continue(()),
            Outcome::SleepSetBlocked => {
                statistics.pruned += 1;
                return ControlFlow::Continue(());
            }
            Outcome::Diverged { step, what } => {
                statistics.diverged(&format!("at step {step}: {what}"));
                return ControlFlow::Continue(());
            }
            Outcome::Stopped(stop) => {
                let what = match stop {
                    Stop::TimeLimit => "a run that does not end",
                    Stop::Flood => "a run that prints too much",
                    _ => "a run that starts too many processes",
                };
                statistics.limit.get_or_insert_with(|| what.to_owned());
            }
            Outcome::Ended | Outcome::SeenEnough | Outcome::Deadlock(_) => {}
        }
        statistics.runs += 1;
        for &caveat in &run.caveats {
            *statistics.caveats.entry(caveat).or_default() += 1;
        }
        let observation = Observation::of(run);
        if matches!(run.outcome, Outcome::Stopped(_)) {
            // How it would have gone on in another order is not known.
            return self.judge(run, &Linearization::of(run), &observation, judge);
        }
        let orders = Linearizations::of(run, self.job.limits.order_of_ends);
        if !self.runs.insert(orders.digest(&observation)) {
            return ControlFlow::Continue(());
        }
        orders.for_each(|order| self.judge(run, &order, &observation, judge))
    }

    fn judge(
        &mut self,
        run: &Run,
        order: &Linearization,
        observation: &Observation,
        judge: &mut impl FnMut(Interleaving) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.statistics.explored >= self.job.most {
            return self.stop(counted(self.job.most, "interleaving"));
        }
        if Instant::now() > self.deadline {
            return self.stop(time_limit(self.job));
        }
        if !self.interleavings.insert(observation.all(order, self.job.limits.order_of_ends)) {
            return ControlFlow::Continue(());
        }
        let mut interleaving = interleaving(&self.job.name, run, order);
        interleaving.is_new = self.orders.insert(observation.output(order));
        self.statistics.explored += 1;
        self.statistics.deadlocks += u64::from(!interleaving.deadlock.is_empty());
        match judge(interleaving) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => self.stop("stopped by its caller".to_owned()),
        }
    }

    fn stop(&mut self, limit: String) -> ControlFlow<()> {
        self.statistics.limit = Some(limit);
        ControlFlow::Break(())
    }
}

impl Statistics {
    /// A schedule did not lead to where it should.
    pub fn diverged(&mut self, what: &str) {
        self.diverged += 1;
        self.divergence.get_or_insert_with(|| what.to_owned());
        self.complete = false;
    }
}

/// Runs a program under given schedules, one run after the other. Dropping it blocks until nothing of the program is left.
pub struct Runner<'a> {
    job: &'a Job,
    supervisor: Option<Supervisor>,
}

impl Runner<'_> {
    /// Starts nothing yet.
    pub fn new(job: &Job) -> Runner<'_> {
        Runner { job, supervisor: None }
    }

    /// Runs the program once, under this schedule.
    ///
    /// # Errors
    /// As [`explore`]; and if the schedule names a task that cannot go on.
    pub fn replay(&mut self, schedule: &Schedule) -> Result<Interleaving, Error> {
        let what = format!("the schedule {schedule} does not fit");
        // A schedule does not say whether beginning to wait is a step in it; the program does, by the signals it sends.
        let plain = self.run(schedule.choices(), true, false, &what);
        match plain {
            Ok(run) if !run.has_signals => Ok(run),
            Err(error) if !matches!(error, Error::Diverged(_)) => Err(error),
            plain => match self.run(schedule.choices(), true, true, &what) {
                Ok(run) if run.has_signals => Ok(run),
                // Without signals the first attempt was right: its run, or that the schedule does not fit.
                _ => plain,
            },
        }
    }

    /// Runs an interleaving that was deduced.
    ///
    /// # Errors
    /// As [`explore`]; and if it does not come about.
    pub fn confirm(&mut self, deduced: &Interleaving) -> Result<Interleaving, Error> {
        let what = "an order that was deduced does not come about";
        let run = self.run(&deduced.steps, false, deduced.signals, what)?;
        let (expected, found) = (deduced.written(), run.written());
        if found == expected {
            return Ok(run);
        }
        let at = (0..).find(|&n| expected.get(n) != found.get(n)).unwrap_or(0);
        Err(Error::Diverged(format!(
            "{what}: write {} was to be {:?} and is {:?}{}",
            at + 1,
            expected.get(at).map_or("none", |line| &line.1),
            found.get(at).map_or("none", |line| &line.1),
            run.trace.stop.map_or_else(String::new, |stop| format!(", when {stop}: {:?}", run.deadlock)),
        )))
    }

    fn run(&mut self, tasks: &[TaskId], choices_only: bool, signals: bool, what: &str) -> Result<Interleaving, Error> {
        let prefix = tasks.iter().map(|&task| Planned { task, alternatives: None }).collect();
        let supervisor = match &mut self.supervisor {
            Some(supervisor) => supervisor,
            none => none.insert(Supervisor::start(self.job)?),
        };
        let run = supervisor.run(&Request { prefix, asleep: Vec::new(), choices_only, seed: None, signals })?;
        if let Outcome::Diverged { step, what: why } = &run.outcome {
            return Err(Error::Diverged(format!("{what}: at step {step}, {why}")));
        }
        Ok(interleaving(&self.job.name, &run, &Linearization::of(&run)))
    }
}

/// Runs the program once, under this schedule.
///
/// # Errors
/// As [`Runner::replay`].
pub fn replay(job: &Job, schedule: &Schedule) -> Result<Interleaving, Error> {
    Runner::new(job).replay(schedule)
}

fn interleaving(name: &str, run: &Run, order: &Linearization) -> Interleaving {
    let stop = match &run.outcome {
        Outcome::Ended => None,
        Outcome::SeenEnough => Some(Stop::SeenEnough),
        Outcome::Deadlock(_) => Some(Stop::Deadlock),
        Outcome::Stopped(stop) => Some(*stop),
        Outcome::SleepSetBlocked | Outcome::Unprepared | Outcome::Diverged { .. } => Some(Stop::Interrupted),
    };
    let deadlock = match &run.outcome {
        Outcome::Deadlock(waiting) => waiting.clone(),
        _ => Vec::new(),
    };
    let header = Header { program: name.to_owned(), root: run.root, virtual_time: true };
    Interleaving {
        schedule: order.is_that_of_the_run().then(|| Schedule::of(run)),
        steps: order.tasks(),
        output: order.output(),
        signals: run.prepared,
        has_signals: run.signals,
        trace: Trace { header, events: order.events(), stop },
        processes: run.processes.clone(),
        tasks: run.tasks.clone(),
        deadlock,
        is_new: true,
    }
}

impl Interleaving {
    /// How often another task goes on than went on before.
    pub fn switches(&self) -> usize {
        self.steps.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    /// What schedules call the process with this pid.
    pub fn name(&self, pid: Pid) -> String {
        self.tasks.iter().rposition(|&tid| tid == pid).map_or_else(|| pid.to_string(), |task| task_name(task as u16))
    }

    /// What an observer sees of it, with pids in the text replaced by the names that schedules use.
    pub fn outcome(&self) -> crate::outcome::Outcome {
        let text = self.written().into_iter().map(|(_, text)| text).collect();
        crate::outcome::Outcome { text, ending: self.trace.ending() }
    }

    /// What was written, write by write, each with the number of its process (0 for the first), and with pids that occur in
    /// it replaced by the names that schedules use.
    fn written(&self) -> Vec<(usize, String)> {
        let process = |chunk: &Chunk| self.processes.iter().rposition(|&pid| pid == chunk.pid).unwrap_or(0);
        self.output.iter().map(|chunk| (process(chunk), normalise(&chunk.text, &self.tasks))).collect()
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

/// The number of a program's first process in a pid namespace of its own; elsewhere only the kernel's own have so low ones.
pub const FIRST_OF_ITS_WORLD: Pid = 2;

/// Replaces each number that is the kernel's for a task by the task's name.
pub fn normalise(text: &str, tasks: &[Pid]) -> String {
    if tasks.first() == Some(&FIRST_OF_ITS_WORLD) {
        // In a world of its own a program's numbers are the same in every run.
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| start + end);
        let task = rest[start..end].parse().ok().and_then(|number: Pid| tasks.iter().rposition(|&tid| tid == number));
        out.push_str(&rest[..start]);
        match task {
            Some(task) => out.push_str(&task_name(task as u16)),
            None => out.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// After so many runs that showed nothing new, a search that will hardly find everything goes on elsewhere.
const BARREN: u32 = 4;

/// What the workers share.
struct Search {
    tree: Mutex<Tree>,
    /// There may be more in the tree, or it is over.
    more: Condvar,
    over: Mutex<bool>,
    deadline: Instant,
    /// From then on, or after so many runs, it is not expected to find everything before the limit.
    haste: Instant,
    many: u64,
    /// There was more to run when the time was up.
    is_late: AtomicBool,
    /// How many runs it is since one showed anything new.
    barren: AtomicU32,
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
            let in_haste = Instant::now() > self.haste || tree.begun() > self.many;
            let elsewhere = in_haste && self.barren.load(Ordering::Relaxed) >= BARREN;
            if let Some(work) = tree.next(elsewhere) {
                if elsewhere {
                    self.barren.store(0, Ordering::Relaxed);
                }
                if Instant::now() > self.deadline {
                    self.is_late.store(true, Ordering::Relaxed);
                    drop(tree);
                    self.stop();
                    return None;
                }
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
        let mut supervisor = None;
        while let Some(work) = self.next() {
            let run = match &mut supervisor {
                Some(supervisor) => Supervisor::run(supervisor, &work.request),
                none => Supervisor::start(job).and_then(|started| none.insert(started).run(&work.request)),
            };
            match run {
                Ok(run) => {
                    self.tree().finish(&work, &run);
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

/// A supervisor process. Dropping it blocks until nothing of the program is left.
struct Supervisor {
    process: Child,
    requests: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Supervisor {
    fn start(job: &Job) -> Result<Supervisor, Error> {
        let failed = |e: io::Error| Error::Failed(format!("cannot start the supervisor: {e}"));
        let mut supervisor = reexec::command(reexec::Helper::Supervisor);
        // The program gets both from its supervisor.
        supervisor.envs(job.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &job.folder {
            supervisor.current_dir(folder);
        }
        let mut process = supervisor.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::Failed("the supervisor has no standard streams".to_owned()));
        };
        let mut supervisor = Supervisor { process, requests: Some(requests), replies: BufReader::new(replies) };
        let command = job.command.iter().map(|part| part.as_bytes().to_vec()).collect();
        supervisor.send(&crate::supervisor::serve::Task { command, limits: job.limits.clone() })?;
        Ok(supervisor)
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
            Ok(crate::supervisor::serve::Reply::Ran(run)) => Ok(*run),
            Ok(crate::supervisor::serve::Reply::Failed { what, refused: true }) => Err(Error::Refused(what)),
            Ok(crate::supervisor::serve::Reply::Failed { what, refused: false }) => Err(Error::Failed(what)),
            Err(error) => Err(Error::Failed(format!("the supervisor went away or answered something else: {error}"))),
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.requests = None;
        // It ends by itself once it has no more requests.
        let _ = self.process.wait();
    }
}
