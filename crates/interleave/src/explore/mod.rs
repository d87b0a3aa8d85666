//! Every interleaving of a program's processes, in virtual time.
//!
//! [`explore`] finds every order in which what a program's processes do can come out, and gives each as a
//! [trace](crate::trace). It runs the program under every schedule that can make a difference to what a process does; of
//! the orders of lines that differ in nothing else it runs one and deduces the others, each of which a [`Runner`] can run
//! as well. How, and what that does and does not mean, is told in `docs/how-verify-works.md`.
//!
//! The search decides which schedules to run; *supervisor* processes (`supervisor/serve.rs`) run them: they hold every
//! thread of the program at its system calls and let one go at a time.

mod interleaving;
mod job;
mod position;
mod runner;
mod supervisor;
mod workers;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::protocol::{Outcome, Run};
use crate::search::linearizations::{Linearization, Linearizations, Observation};
use crate::trace::Stop;
use workers::Workers;

pub use crate::deed::{Channel, CodePlace, Deed, Form, MappedCode, Stand, Standing};
pub use crate::protocol::{Caveat, CaveatKind, Chunk, Ends, Prepared, Signals, TaskId, Waiting, is_thread, task_name};
pub use crate::search::schedule::Schedule;
pub use crate::task_id::{normalise, struck};
pub use crate::wait::{Awaited, Holder, Wait};
pub use crate::world::limits::{Limits, TimeMode};
pub use interleaving::{Failure, Interleaving};
pub use job::{Error, Job, LEAST_RUNS};
pub use position::{Position, Taken};
pub use runner::{Runner, replay, run_with_other_ids};

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
    /// Of runs that stand for very many interleavings only one for each text was counted ([`Job::by_text`]): there are more.
    pub by_text: bool,
    /// Why it is not complete.
    pub limit: Option<Limit>,
    /// What complete does not cover, and in how many runs that was so.
    pub caveats: BTreeMap<Caveat, u64>,
    /// The tasks that in some run have given up what they waited or looked for, once nobody else could go on, so that the order of what they did then rests on
    /// time alone; and those that looked again and again, and let no time pass in between. What they do if they give up sooner an exploration shows in which they are
    /// [hurried](Limits::hurried).
    pub late: BTreeSet<TaskId>,
    /// What sleeps and time-outs meant.
    pub time: TimeMode,
    /// Whether standard output was a terminal ([`Job::terminal`]).
    pub terminal: bool,
    /// What the program was not guarded against in its runs, each in words; nothing if each had a world of its own
    /// ([`sandbox`](crate::sandbox)).
    pub missing: BTreeSet<String>,
}

/// Why an exploration did not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// After so many runs.
    Runs(u64),
    /// After so many interleavings.
    Interleavings(u64),
    /// After so many system calls.
    Calls(u64),
    /// After so long.
    Time(Duration),
    /// A run was stopped for this, and how it would have gone on is not known.
    Run(Stop),
    /// Its caller wanted no more.
    Caller,
    /// So many interleavings, or so long, after the first that fails.
    Failing(u64, Duration),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Runs(most) => f.write_str(&counted(*most, "run")),
            Limit::Interleavings(most) => f.write_str(&counted(*most, "interleaving")),
            Limit::Calls(most) => f.write_str(&counted(*most, "system call")),
            Limit::Time(time) => write!(f, "{} s", time.as_secs_f64()),
            Limit::Run(Stop::TimeLimit) => f.write_str("a run that goes on for too long"),
            Limit::Run(Stop::Flood) => f.write_str("a run that prints too much"),
            Limit::Run(_) => f.write_str("a run that starts too many processes"),
            Limit::Caller => f.write_str("stopped by its caller"),
            Limit::Failing(most, time) => {
                write!(f, "{most} interleavings, or {} s, after the first that fails", time.as_secs_f64())
            }
        }
    }
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
        if let Some(meaning) = self.time.meaning() {
            write!(f, "; {meaning}")?;
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

/// Of a run that stands for more orders than this, not all are given where only the text counts.
const MANY_ORDERS: usize = 5000;

/// Finds every interleaving of the program, and gives each to `judge`, which may end the exploration.
///
/// # Errors
/// If the program cannot be run, or not like this: see [`Error`].
pub fn explore(job: &Job, mut judge: impl FnMut(Interleaving) -> ControlFlow<()>) -> Result<Statistics, Error> {
    let deadline = Instant::now() + job.time;
    let workers = Workers::new(job, deadline);
    thread::scope(|scope| {
        let (send, runs) = mpsc::sync_channel(16);
        for _ in 0..job.workers.max(1) {
            let (workers, send) = (&workers, send.clone());
            let started = thread::Builder::new().spawn_scoped(scope, move || workers.work(job, &send));
            if let Err(error) = started {
                // Those that there are shall end.
                workers.stop();
                return Err(Error::Failed(format!("cannot start a thread: {error}")));
            }
        }
        drop(send);
        let mut collector = Collector {
            job,
            deadline,
            statistics: Statistics { time: job.limits.time_mode, terminal: job.terminal, ..Statistics::default() },
            interleavings: HashSet::new(),
            orders: HashSet::new(),
            runs: HashSet::new(),
            calls: 0,
        };
        // Also when `judge` panics.
        let _end = workers.until_dropped();
        for run in runs {
            let explored = collector.statistics.explored;
            let taken = run.map(|run| collector.take(&run, &mut judge));
            if !matches!(taken, Ok(ControlFlow::Continue(()))) {
                workers.stop();
            }
            if taken?.is_break() {
                break;
            }
            workers.heard(collector.statistics.explored > explored);
        }
        let mut statistics = collector.statistics;
        if workers.have_left_out() {
            *statistics.caveats.entry(CaveatKind::SilentWaits.anywhere()).or_default() += 1;
        }
        if workers.have_many_thread_locks() {
            *statistics.caveats.entry(CaveatKind::ThreadLocks.anywhere()).or_default() += 1;
        }
        if workers.have_store_buffers() {
            *statistics.caveats.entry(CaveatKind::StoreBuffers.anywhere()).or_default() += 1;
        }
        for caveat in workers.caveats() {
            *statistics.caveats.entry(caveat).or_default() += 1;
        }
        statistics.distinct = collector.orders.len() as u64;
        if workers.are_late() {
            statistics.limit.get_or_insert(Limit::Time(job.time));
        }
        statistics.complete = statistics.limit.is_none() && statistics.diverged == 0;
        Ok(statistics)
    })
}

fn counted(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
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
    /// How many calls they made.
    calls: u64,
}

impl Collector<'_> {
    /// Takes in one more run, and gives the interleavings for which it stands to `judge`. Breaks if that is enough.
    fn take(&mut self, run: &Run, judge: &mut impl FnMut(Interleaving) -> ControlFlow<()>) -> ControlFlow<()> {
        let statistics = &mut self.statistics;
        if statistics.runs + statistics.pruned + statistics.diverged >= self.job.most {
            return self.stop(Limit::Runs(self.job.most));
        }
        if let Some(most) = self.job.calls
            && self.calls >= most
            && statistics.runs >= LEAST_RUNS
        {
            return self.stop(Limit::Calls(most));
        }
        self.calls += run.calls;
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
                statistics.limit.get_or_insert(Limit::Run(*stop));
            }
            Outcome::Ended | Outcome::SeenEnough | Outcome::Deadlock(_) | Outcome::Paused => {}
        }
        statistics.runs += 1;
        statistics.missing.extend(run.missing.iter().cloned());
        statistics.late.extend(&run.late);
        // Where sleeps are an order, that is what the mode means.
        let is_meant =
            |caveat: &&Caveat| caveat.kind == CaveatKind::TimedOut && self.job.limits.time_mode == TimeMode::Ordered;
        for &caveat in run.caveats.iter().filter(|caveat| !is_meant(caveat)) {
            *statistics.caveats.entry(caveat).or_default() += 1;
        }
        let observation = Observation::of(run, self.job.limits.watch_children);
        if matches!(run.outcome, Outcome::Stopped(_)) || !self.job.reduction {
            // How it would have gone on in another order is not known, or left to other runs.
            return self.judge(run, &Linearization::of(run), &observation, judge);
        }
        let orders = Linearizations::of(run, self.job.limits.order_of_ends);
        if !self.runs.insert(orders.digest(&observation)) {
            return ControlFlow::Continue(());
        }
        if self.job.by_text && !self.job.limits.order_of_ends && orders.are_more_than(MANY_ORDERS) {
            self.statistics.by_text = true;
            return orders.for_each_text(|order| self.judge(run, &order, &observation, judge));
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
            return self.stop(Limit::Interleavings(self.job.most));
        }
        if Instant::now() > self.deadline {
            return self.stop(Limit::Time(self.job.time));
        }
        if !self.interleavings.insert(observation.all(order, self.job.limits.order_of_ends)) {
            return ControlFlow::Continue(());
        }
        let mut interleaving = Interleaving::of(&self.job.name, run, order);
        interleaving.is_new = self.orders.insert(observation.output(order));
        self.statistics.explored += 1;
        self.statistics.deadlocks += u64::from(!interleaving.deadlock.is_empty());
        match judge(interleaving) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => self.stop(Limit::Caller),
        }
    }

    fn stop(&mut self, limit: Limit) -> ControlFlow<()> {
        self.statistics.limit = Some(limit);
        ControlFlow::Break(())
    }
}

impl Statistics {
    /// Whether no run in real time can show an order that was not among them; where sleeps are an order, one can.
    pub fn has_every_order(&self) -> bool {
        self.complete && self.time != TimeMode::Ordered
    }

    /// Whether a run did not come to its end: nobody could go on, or it went on for too long, printed too much, or started too many processes.
    pub fn hangs(&self) -> bool {
        let endless = [Stop::TimeLimit, Stop::Flood, Stop::TooManyProcesses];
        self.deadlocks > 0 || endless.into_iter().any(|stop| self.limit == Some(Limit::Run(stop)))
    }

    /// A schedule did not lead to where it should.
    pub fn diverged(&mut self, what: &str) {
        self.diverged += 1;
        self.divergence.get_or_insert_with(|| what.to_owned());
        self.complete = false;
    }
}
