//! Runs programs and judges them: side by side in real time, and under every interleaving in virtual time.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use interleave::explore::{self, Interleaving, Job, Statistics, TimeMode, explore};
#[cfg(feature = "grade")]
use interleave::explore::{Limit, TaskId, task_name};
use interleave_claims::check::{self, Doubt, Explored, Judge, Judged, Orders, Runs, Unexplained};
#[cfg(feature = "grade")]
use interleave_claims::check::{Broken, Verdict};
use interleave_claims::notes::claims::Claims;
use interleave_claims::say;
use interleave_claims::words;

use crate::course::Startable;
use crate::live::{self, Hang};
use interleave::record::Limits;
use interleave::trace::{Event, Stop, Trace};

/// A program to be judged.
pub struct Task<'a> {
    /// What the notes claim of it.
    pub claims: &'a Claims,
    /// How it is started.
    pub program: Startable,
}

impl Task<'_> {
    /// What to explore of it, and how far.
    pub fn job(&self, plan: &Plan) -> Job {
        let mut job = self.claims.job(self.program.command.clone());
        job.folder = self.program.folder.clone();
        job.hidden = self.program.hidden.clone();
        job.environment = self.program.environment.clone();
        job.most = plan.most;
        job.calls = plan.calls;
        job.time = plan.explore_time;
        job.limits.time_mode = plan.time_mode.unwrap_or(job.limits.time_mode);
        job.terminal = plan.terminal;
        job.workers = plan.workers.unwrap_or(job.workers);
        job
    }
}

/// What to do with each program.
#[derive(Clone)]
pub struct Plan {
    /// How often to run it in real time, one run after the other.
    pub live_runs: usize,
    /// What bounds such a run.
    pub limits: Limits,
    /// Whether to explore its interleavings.
    pub explore: bool,
    /// How many interleavings an exploration takes in at most.
    pub most: u64,
    /// How many system calls it takes in at most, if that is to bound it.
    pub calls: Option<u64>,
    /// How long it may take.
    pub explore_time: Duration,
    /// What sleeps and time-outs mean, if not what the notes say.
    pub time_mode: Option<TimeMode>,
    /// Whether it believes in its exploration that its standard output is a terminal.
    pub terminal: bool,
    /// How many runs of it go on at the same time; `None` for as many as there are processors. With one, it comes to the same
    /// runs in the same order each time.
    pub workers: Option<usize>,
}

/// A program, judged.
pub struct Verified {
    /// Its runs in real time.
    pub live: Vec<Trace>,
    /// What its exploration covered.
    pub explored: Option<Statistics>,
    /// Whether it should have been explored, and the notes say why not ([`Claims::unexplored`]).
    pub unexplored: bool,
    /// A run in real time that came out as an exploration says that none can.
    pub unexplained: Option<Unexplained>,
    /// Each claim and its verdict.
    pub judged: Vec<Judged>,
    /// Claims that hold in every interleaving that was explored, and that a run in real time broke ([`in_turn`]): it was not explored far enough.
    pub belied: Vec<String>,
    /// What it was not guarded against while it ran, each in words.
    pub missing: BTreeSet<String>,
}

/// What happens while programs are being judged.
pub enum Progress<'a> {
    /// Something in a run in real time.
    Live(&'a Event),
    /// So many interleavings were found; the last of them.
    Explored(u64, &'a Interleaving),
}

/// Judges every task. All run in real time at once, each under its own recorder (they mostly sleep), while the
/// explorations, which keep the processors busy, go one after the other.
///
/// `seen` is told what happens, with the index of its task; `done` is given the tasks in order, each as soon as it and
/// those before it are judged. Blocks until no process of any program is left.
pub fn verify(
    plan: &Plan,
    tasks: &[Task],
    seen: &(dyn Fn(usize, Progress) + Sync),
    mut done: impl FnMut(usize, Result<Verified, String>),
) {
    let hangs: Vec<Hang> = tasks.iter().map(|_| Hang::default()).collect();
    thread::scope(|scope| {
        let live: Vec<_> = tasks
            .iter()
            .zip(&hangs)
            .enumerate()
            .map(|(index, (task, hang))| run(scope, plan, index, task, hang, seen))
            .collect();
        let explorations = plan.explore.then(|| explore_all(scope, plan, tasks, &hangs, seen));
        for (index, (task, live)) in tasks.iter().zip(live).enumerate() {
            let live = live.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // The explorer goes away before its last answer only by a panic, which the scope hands on.
            let explored = explorations.as_ref().and_then(|answers| answers.recv().ok()).transpose();
            let verified = match (live, explored) {
                (Ok(live), Ok(explored)) => {
                    let unexplored = matches!(explored, Some(None));
                    let (live, missing): (Vec<Trace>, Vec<Vec<String>>) = live.into_iter().unzip();
                    let mut verified = Verified { unexplored, ..judge(task, live, explored.flatten()) };
                    verified.missing.extend(missing.into_iter().flatten());
                    Ok(verified)
                }
                // Both have not started it then; the exploration says so as a fact.
                (_, Err(explore::Error::CannotStart(why))) => Err(words::cannot_start(&why).told()),
                (Err(error), _) => Err(error.to_string()),
                (_, Err(error)) => Err(error.to_string()),
            };
            done(index, verified);
        }
    });
}

/// Whether interleavings can be explored on this system at all; if not, the error says why. Returns what programs are not guarded against here, each in words.
///
/// # Errors
/// [`explore::Error::Refused`] if it is the kernel, or a container, that does not let us.
pub fn can_explore() -> Result<BTreeSet<String>, explore::Error> {
    let probe = Job { most: 1, workers: 1, ..Job::new("probe", vec!["/proc/self/exe".into()]) };
    explore(&probe, |_| ControlFlow::Break(())).map(|statistics| statistics.missing)
}

type Runner<'scope> = ScopedJoinHandle<'scope, io::Result<Vec<(Trace, Vec<String>)>>>;

fn run<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, '_>,
    plan: &'scope Plan,
    index: usize,
    task: &'scope Task<'a>,
    hang: &'scope Hang,
    seen: &'scope (dyn Fn(usize, Progress) + Sync),
) -> Runner<'scope> {
    scope.spawn(move || {
        let seen = |event: &Event| seen(index, Progress::Live(event));
        (0..plan.live_runs).map(|_| live::run(task.claims, &task.program, &plan.limits, hang, &seen)).collect()
    })
}

/// `None` of a program that the notes say is not to be explored.
type Exploration<'a> = Result<Option<Finding<'a>>, explore::Error>;

/// What an exploration has found.
struct Finding<'a> {
    judge: Judge<'a>,
    orders: Orders<'a>,
    statistics: Statistics,
}

impl Finding<'_> {
    /// Whether no run of the program can end, though its notes say nothing of that.
    fn always_hangs(&self, task: &Task) -> bool {
        let Statistics { complete, deadlocks, explored, caveats, .. } = &self.statistics;
        *complete && *explored > 0 && deadlocks == explored && caveats.is_empty() && !task.claims.deadlock
    }
}

fn explore_all<'scope, 'a: 'scope>(
    scope: &'scope Scope<'scope, '_>,
    plan: &'scope Plan,
    tasks: &'scope [Task<'a>],
    hangs: &'scope [Hang],
    seen: &'scope (dyn Fn(usize, Progress) + Sync),
) -> Receiver<Exploration<'a>> {
    let (answer, answers) = mpsc::channel();
    scope.spawn(move || {
        for (index, (task, hang)) in tasks.iter().zip(hangs).enumerate() {
            let exploration = explore_one(plan, task, &|found, last| seen(index, Progress::Explored(found, last)));
            if exploration.as_ref().is_ok_and(|found| found.as_ref().is_some_and(|found| found.always_hangs(task))) {
                hang.prove();
            }
            if answer.send(exploration).is_err() {
                return;
            }
        }
    });
    answers
}

fn explore_one<'a>(plan: &Plan, task: &Task<'a>, seen: &dyn Fn(u64, &Interleaving)) -> Exploration<'a> {
    if task.claims.unexplored.is_some() {
        return Ok(None);
    }
    explore_as(task.job(plan), task, seen).map(Some)
}

fn explore_as<'a>(job: Job, task: &Task<'a>, seen: &dyn Fn(u64, &Interleaving)) -> Result<Finding<'a>, explore::Error> {
    let mut judge = Judge::new(task.claims);
    let mut add = |interleaving: &Interleaving| {
        let Interleaving { schedule, trace, .. } = interleaving;
        let waiting = interleaving.who_waits();
        let (schedule, switches) = (schedule.as_ref().map(ToString::to_string), interleaving.switches());
        judge.add(trace, Some(&Explored { schedule, switches, waiting }))
    };
    let is_hurried = !job.limits.hurried.is_empty();
    let mut orders = Orders::new(task.claims);
    let mut runner = explore::Runner::new(&job);
    let (mut interleavings, mut untrue, mut failed) = (0, Vec::new(), None);
    let mut statistics = explore(&job, |interleaving| {
        // Those that differ in nothing but what is not printed count as one, as they do in the report.
        interleavings += u64::from(interleaving.is_new);
        seen(interleavings, &interleaving);
        // Of who is in a hurry, a run that was stopped is no news: they may look for ever, if only for the right thing.
        if is_hurried && !matches!(interleaving.trace.stop, None | Some(Stop::Deadlock)) {
            return ControlFlow::Continue(());
        }
        orders.add(&interleaving.trace);
        if let Doubt::ToBeRun = add(&interleaving) {
            match runner.confirm(&interleaving) {
                Ok(run) => drop(add(&run)),
                Err(explore::Error::Diverged(what)) => untrue.push(what),
                Err(error) => failed = Some(error),
            }
        }
        if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    untrue.iter().for_each(|what| statistics.diverged(what));
    if task.claims.speak_of_ids()
        && let Ok(run) = explore::run_with_other_ids(&job)
        && run.trace.stop.is_none()
    {
        // It is a run like one in real time, to which no schedule leads.
        judge.add_last(&run.trace);
    }
    Ok(Finding { judge, orders, statistics })
}

/// So much less than how far a program was explored is it explored once more, with those in a hurry who rely on time.
#[cfg(feature = "grade")]
const HURRIED: u64 = 4;

/// What breaks a claim if those who have gone on since their time was up, or they had looked in vain, do so sooner than once nobody else can: who prints what is wanted
/// only thanks to that does not wait for it. Of each claim, in their order; and why it was not tried to the end, if the clock cut it short.
#[cfg(feature = "grade")]
fn hurried<'a>(
    plan: &Plan,
    task: &Task<'a>,
    found: &Finding<'a>,
) -> Result<(Vec<Option<Broken>>, Option<Limit>), explore::Error> {
    let late = &found.statistics.late;
    if late.is_empty() || task.claims.time == TimeMode::Ordered {
        return Ok((Vec::new(), None));
    }
    let mut job = task.job(plan);
    job.limits.hurried = late.iter().copied().collect();
    job.most = (job.most / HURRIED).max(1);
    job.calls = job.calls.map(|calls| (calls / HURRIED).max(1));
    let Finding { judge, statistics, .. } = explore_as(job, task, &|_, _| ())?;
    let broken = judge.finish(Runs::Some).into_iter().map(|judged| match judged.verdict {
        Verdict::Broken(broken) => Some(in_a_hurry(*broken, late)),
        _ => None,
    });
    Ok((broken.collect(), statistics.limit.filter(|limit| matches!(limit, Limit::Time(_)))))
}

/// Says of what breaks a claim that somebody is in a hurry. No schedule leads there without that.
#[cfg(feature = "grade")]
fn in_a_hurry(mut broken: Broken, late: &BTreeSet<TaskId>) -> Broken {
    let names = late.iter().map(|&task| say!("{}", task_name(task))).reduce(|all, next| say!("{}, {}", all, next));
    if let Some(names) = names {
        let why = broken.contradiction.why;
        broken.contradiction.why = say!("{}, if {} gives up sooner what it waits or looks for", why, names);
    }
    if let Some(explored) = &mut broken.explored {
        explored.schedule = None;
    }
    broken
}

fn judge<'a>(task: &Task<'a>, live: Vec<Trace>, explored: Option<Finding<'a>>) -> Verified {
    if live.is_empty() && explored.is_none() {
        let judged = check::silent(task.claims, &say!("it was not run"));
        let missing = BTreeSet::new();
        return Verified {
            live,
            explored: None,
            unexplored: false,
            unexplained: None,
            judged,
            belied: Vec::new(),
            missing,
        };
    }
    let (mut judge, unexplained, statistics) = match explored {
        Some(Finding { judge, mut orders, statistics }) => {
            // With a "but" it has not said that there is no more.
            let is_sure = statistics.caveats.is_empty();
            let is_all = statistics.has_every_order();
            let unexplained = is_all.then(|| orders.unexplained(&live, is_sure)).flatten();
            (judge, unexplained, Some(statistics))
        }
        None => (Judge::new(task.claims), None, None),
    };
    // What a run that was stopped for a proved hang did not come to is nothing against the program.
    for trace in live.iter().filter(|trace| trace.stop != Some(Stop::Deadlock)) {
        judge.add(trace, None);
    }
    let runs = statistics.as_ref().map_or(Runs::Some, Runs::of);
    let judged = judge.finish(runs);
    let missing = statistics.as_ref().map(|statistics| statistics.missing.clone()).unwrap_or_default();
    Verified { live, explored: statistics, unexplored: false, unexplained, judged, belied: Vec::new(), missing }
}

/// Judges one task: explores it first, and then runs it in real time, once. If an exploration found that it can hang, it is not
/// run, so that a hang costs no more than what it takes to find it. What an exploration can tell is told by it alone: luck
/// does not decide, and the same program gets the same verdicts.
///
/// Blocks until no process of the program is left.
///
/// # Errors
/// If it cannot be started, explored or recorded.
#[cfg(feature = "grade")]
pub fn in_turn(plan: &Plan, task: &Task) -> Result<Verified, String> {
    let could_not = |error: &explore::Error| match error {
        explore::Error::CannotStart(why) => words::cannot_start(why).told(),
        error => say!("it could not be explored: {}", words::error(&error.to_string())).told(),
    };
    let found = explore_one(plan, task, &|_, _| ()).map_err(|error| could_not(&error))?;
    let hangs = found.as_ref().is_some_and(|found| found.statistics.hangs()) && !task.claims.deadlock;
    let (live, missing) = if hangs {
        (Vec::new(), Vec::new())
    } else {
        let run = live::run(task.claims, &task.program, &plan.limits, &Hang::default(), &|_| ());
        let (trace, missing) =
            run.map_err(|error| say!("its run could not be recorded: {}", words::error(&error.to_string())).told())?;
        (vec![trace], missing)
    };
    let Some(mut found) = found else {
        let missing = missing.into_iter().collect();
        return Ok(Verified { unexplored: true, missing, ..judge(task, live, None) });
    };
    let Statistics { caveats, .. } = &found.statistics;
    let is_all = found.statistics.has_every_order();
    let unexplained = is_all.then(|| found.orders.unexplained(&live, caveats.is_empty())).flatten();
    let seen = (!live.is_empty()).then(|| judge(task, live.clone(), None).judged);
    let (hurried, cut_short) = hurried(plan, task, &found).map_err(|error| could_not(&error))?;
    let mut verified = Verified { live, unexplained, ..judge(task, Vec::new(), Some(found)) };
    verified.missing.extend(missing);
    for (judged, broken) in verified.judged.iter_mut().zip(hurried) {
        if let (Verdict::Holds(_), Some(broken)) = (&judged.verdict, broken) {
            judged.verdict = Verdict::Broken(Box::new(broken));
        }
    }
    if let (Some(statistics), Some(limit)) = (&mut verified.explored, cut_short) {
        statistics.limit = Some(limit);
    }
    for (judged, seen) in verified.judged.iter_mut().zip(seen.into_iter().flatten()) {
        match (&judged.verdict, &seen.verdict) {
            // One run that does not show a freedom is no proof that there is none.
            (Verdict::Silent(_), Verdict::NotShown(_)) => {}
            (Verdict::Silent(_), _) => (judged.verdict, judged.tested) = (seen.verdict, seen.tested),
            (Verdict::Holds(_), Verdict::Broken(_)) => verified.belied.push(judged.says.clone()),
            _ => {}
        }
    }
    Ok(verified)
}
