//! For tests: every interleaving of a command is given to a closure that asserts.
//!
//! ```
//! use interleave::Exploration;
//! use interleave::outcome::Outcome;
//!
//! let two_printers = Exploration::of("sh").args(["-c", "echo one & echo two & wait"]);
//!
//! // Whatever comes first, both lines come, and whole.
//! two_printers.check(|run| {
//!     let mut lines: Vec<String> = run.lines().into_iter().map(|(_, line)| line).collect();
//!     lines.sort();
//!     assert_eq!(lines, ["one", "two"]);
//! });
//!
//! // And nothing decides which it is.
//! assert_eq!(two_printers.outcomes(), [Outcome::ok("one\ntwo\n"), Outcome::ok("two\none\n")].into());
//! ```
//!
//! In a test of a program of the same package, `Exploration::of(env!("CARGO_BIN_EXE_name"))` is that program.
//!
//! It needs nothing but this crate: it works under `cargo test`, under nextest, and in an example or a `main` of one's own. If
//! an interleaving fails, the test does, and says how the *shortest* failing one goes:
//!
//! ```should_panic
//! interleave::Exploration::of("sh")
//!     .args(["-c", "echo one & echo two & wait"])
//!     .check(|run| assert_eq!(run.outcome().text, "one\ntwo\n"));
//! ```
//!
//! ```text
//! 1 of 2 interleavings of `sh` fails. The shortest that does:
//!
//!     c     two
//!     b     one
//!
//! assertion `left == right` failed
//!   left: "two\none\n"
//!  right: "one\ntwo\n"
//! at tests/printers.rs:5:22
//!
//! only this one again:  INTERLEAVE_SCHEDULE=ac3b3a cargo test printers
//! without the test:     interleave replay ac3b3a -- sh -c 'echo one & echo two & wait'
//! explored:             2 interleavings, all explored (68 runs, 0 cut short); but a signal's handler runs …
//! ```

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

use crate::explore::{Error, Interleaving, Job, Limit, Runner, Schedule, Statistics, TimeMode, explore};
use crate::outcome::Outcome;
use crate::trace::Stop;

/// If this is in the environment, [`Exploration::check`] runs this schedule only.
pub const SCHEDULE: &str = "INTERLEAVE_SCHEDULE";

/// Once an interleaving has failed, a shorter one is looked for among so many more, for so long.
const FURTHER: u64 = 1000;
const FURTHER_TIME: Duration = Duration::from_secs(10);

/// A command, and how far its interleavings are to be explored.
///
/// Usually that is to the end, but for no more than 20,000 interleavings or two minutes. What was not explored to the end
/// fails the test, unless it [may be incomplete](Exploration::allow_incomplete).
///
/// Every method that explores blocks until nothing of the command is left.
#[derive(Debug, Clone)]
#[must_use = "nothing is run before `check` or `outcomes` is called"]
pub struct Exploration {
    job: Job,
    exit: Option<i32>,
    may_be_incomplete: bool,
}

impl Exploration {
    /// Of this program: a file, or one that is found in `PATH`.
    pub fn of(program: impl Into<OsString>) -> Exploration {
        let program = program.into();
        let name = Path::new(&program).file_name().unwrap_or(&program).to_string_lossy().into_owned();
        Exploration { job: Job::new(&name, vec![program]), exit: Some(0), may_be_incomplete: false }
    }

    /// Gives it one more argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Exploration {
        self.job.command.push(argument.into());
        self
    }

    /// Gives it more arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Exploration {
        self.job.command.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Puts this into its environment, which otherwise is ours.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Exploration {
        self.job.environment.added.push((name.into(), value.into()));
        self
    }

    /// Runs it in this folder, and not in ours. What it writes there is gone after each run.
    pub fn dir(mut self, folder: impl Into<PathBuf>) -> Exploration {
        self.job.folder = Some(folder.into());
        self
    }

    /// Gives it this file as its standard input, from the beginning in every run; otherwise there is nothing to be read.
    pub fn stdin(mut self, file: impl Into<PathBuf>) -> Exploration {
        self.job.stdin = Some(file.into());
        self
    }

    /// Lets it believe that its standard output is a terminal: a C program then writes each line at once, and not all of them
    /// when it ends.
    pub fn terminal(mut self) -> Exploration {
        self.job.terminal = true;
        self
    }

    /// Says what sleeps and time-outs mean; otherwise a sleep is no order ([`TimeMode::Free`]).
    pub fn time(mut self, mode: TimeMode) -> Exploration {
        self.job.limits.time_mode = mode;
        self
    }

    /// Explores for no longer than this; otherwise for no longer than two minutes. (`--time 10m` of the command.)
    pub fn limit_time(mut self, time: Duration) -> Exploration {
        self.job.time = time;
        self
    }

    /// As [`limit_time`](Exploration::limit_time).
    #[deprecated = "`limit` is a number of interleavings elsewhere (`--limit`): say `limit_time` or `limit_runs`"]
    pub fn limit(self, time: Duration) -> Exploration {
        self.limit_time(time)
    }

    /// Explores no more than so many interleavings or runs; otherwise no more than 20,000. (`--limit 20000` of the command.)
    pub fn limit_runs(mut self, runs: u64) -> Exploration {
        self.job.most = runs;
        self
    }

    /// Lets a single run take no longer than this; otherwise no longer than ten seconds. What a run sleeps does not count.
    pub fn limit_each_run(mut self, time: Duration) -> Exploration {
        self.job.limits.time = time;
        self
    }

    /// Makes so many runs at the same time; otherwise as many as there are processors, but no more than eight.
    pub fn workers(mut self, workers: usize) -> Exploration {
        self.job.workers = workers;
        self
    }

    /// Expects its first process to end with this exit code, and not with 0.
    pub fn exits_with(mut self, code: i32) -> Exploration {
        self.exit = Some(code);
        self
    }

    /// Expects nothing of how it ends: a crash, a deadlock or an exit code is for the closure to judge
    /// ([`Interleaving::outcome`]).
    pub fn any_ending(mut self) -> Exploration {
        self.exit = None;
        self
    }

    /// Is content with a part of the interleavings, where there are more than the limits allow for. What did not fail is then
    /// no proof that nothing can.
    pub fn allow_incomplete(mut self) -> Exploration {
        self.may_be_incomplete = true;
        self
    }

    /// Gives every interleaving to `assert`, which panics if something is wrong with it: in order, one at a time, some of them
    /// twice. One fails without being asked about if nobody can go on in it (a deadlock), a process crashes, or the first process
    /// ends with another exit code than expected.
    ///
    /// What was covered is returned. What it does not cover ([`Statistics::caveats`]) is printed, and fails no test.
    ///
    /// # Panics
    /// If an interleaving fails: with the story of the shortest one. If not all were explored, and they had to be. If the command
    /// cannot be run, or not like this ([`Error`]).
    #[track_caller]
    pub fn check(&self, mut assert: impl FnMut(&Interleaving)) -> Statistics {
        if let Some(schedule) = std::env::var_os(SCHEDULE) {
            self.check_one(&schedule.to_string_lossy(), assert);
        }
        let mut runner = Runner::new(&self.job);
        let mut shortest: Option<Failure> = None;
        let (mut failures, mut seen, mut first) = (0u64, 0u64, None);
        let mut diverged = Vec::new();
        let (mut fault, mut is_enough) = (None, false);
        let statistics = explore(&self.job, |interleaving| {
            seen += 1;
            let mut found = self.failure(interleaving, &mut assert);
            if let Some(Failure { interleaving: deduced, .. }) = &found
                && deduced.schedule.is_none()
            {
                // That is no proof before it has been run.
                found = match runner.confirm(deduced) {
                    Ok(run) => self.failure(run, &mut assert),
                    Err(Error::Diverged(what)) => {
                        diverged.push(what);
                        None
                    }
                    Err(error) => {
                        fault = Some(error);
                        return ControlFlow::Break(());
                    }
                };
            }
            if let Some(found) = found {
                failures += 1;
                first.get_or_insert((seen, Instant::now()));
                if shortest.as_ref().is_none_or(|known| found.length() < known.length()) {
                    shortest = Some(found);
                }
            }
            match first {
                Some((number, at)) if seen - number >= FURTHER || at.elapsed() > FURTHER_TIME => {
                    is_enough = true;
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            }
        });
        let mut statistics = self.judged(fault.map_or(statistics, Err));
        if is_enough {
            statistics.limit = Some(Limit::Failing(FURTHER, FURTHER_TIME));
        }
        println!("{}: {statistics}", self.job.name);
        diverged.iter().for_each(|what| statistics.diverged(what));
        if let Some(failure) = shortest {
            panic!("{}", self.report(&failure, failures, &statistics));
        }
        self.refuse_incomplete(&statistics);
        statistics
    }

    /// The different outcomes: what stands on standard output in the end, and how the first process ended. How to see each is
    /// printed, and so shown with a test that fails.
    ///
    /// # Panics
    /// If not all were explored, and they had to be. If the command cannot be run, or not like this ([`Error`]).
    #[track_caller]
    pub fn outcomes(&self) -> BTreeSet<Outcome> {
        let mut shortest: BTreeMap<Outcome, Interleaving> = BTreeMap::new();
        let statistics = explore(&self.job, |interleaving| {
            let outcome = interleaving.outcome();
            if shortest.get(&outcome).is_none_or(|known| interleaving.switches() < known.switches()) {
                shortest.insert(outcome, interleaving);
            }
            ControlFlow::Continue(())
        });
        let statistics = self.judged(statistics);
        println!("{}: {statistics}", self.job.name);
        self.refuse_incomplete(&statistics);
        let mut runner = Runner::new(&self.job);
        for (outcome, interleaving) in &shortest {
            let run;
            let schedule = match &interleaving.schedule {
                Some(schedule) => Some(schedule),
                None => {
                    run = self.judged(runner.confirm(interleaving));
                    run.schedule.as_ref()
                }
            };
            let again = schedule.map_or_else(String::new, |schedule| self.again(schedule));
            println!("{again}\n{}\n({})\n", outcome.text.trim_end(), outcome.ending);
        }
        shortest.into_keys().collect()
    }

    /// Runs it once, under this schedule, as [`check`](Exploration::check) names one.
    ///
    /// # Panics
    /// If the schedule is none, or does not fit; and as [`check`](Exploration::check).
    #[track_caller]
    pub fn replay(&self, schedule: &str) -> Interleaving {
        match schedule.parse::<Schedule>() {
            Ok(schedule) => self.judged(crate::explore::replay(&self.job, &schedule)),
            Err(fault) => panic!("{fault}"),
        }
    }

    /// What [`SCHEDULE`] asks for. It is never a success, as it says nothing of all the others.
    #[track_caller]
    fn check_one(&self, schedule: &str, mut assert: impl FnMut(&Interleaving)) -> ! {
        let interleaving = self.replay(schedule);
        println!("{}", interleaving.story());
        if let Some(why) = self.bad_end(&interleaving) {
            panic!("{why}");
        }
        assert(&interleaving);
        panic!("this schedule does not fail; without {SCHEDULE} in the environment, all are tried");
    }

    /// Whether this interleaving is as it should be.
    fn failure(&self, interleaving: Interleaving, assert: &mut impl FnMut(&Interleaving)) -> Option<Failure> {
        let is_whole = matches!(interleaving.trace.stop, None | Some(Stop::Deadlock | Stop::SeenEnough));
        if !is_whole && self.may_be_incomplete {
            return None;
        }
        let why = self.bad_end(&interleaving).or_else(|| quietly(|| assert(&interleaving)));
        why.map(|why| Failure { interleaving, why })
    }

    fn bad_end(&self, interleaving: &Interleaving) -> Option<String> {
        match interleaving.trace.stop {
            None | Some(Stop::Deadlock | Stop::SeenEnough) => {
                interleaving.fails(self.exit?).map(|failure| failure.to_string())
            }
            // Of the end of this one nothing is known.
            Some(stop) => Some(format!("it was stopped before its end: {stop}")),
        }
    }

    #[track_caller]
    fn judged<T>(&self, result: Result<T, Error>) -> T {
        // No closure: a panic in one is not the caller's.
        match result {
            Ok(found) => found,
            Err(error) => panic!("`{}` cannot be explored: {error}", self.job.name),
        }
    }

    #[track_caller]
    fn refuse_incomplete(&self, statistics: &Statistics) {
        if !(statistics.complete || self.may_be_incomplete && statistics.diverged == 0) {
            panic!(
                "`{}` was not explored to the end, so nothing is known of the rest: {statistics}\nMore is tried with `limit_time` and \
                 `limit_runs`; `allow_incomplete` is content with less.",
                self.job.name
            );
        }
    }

    fn report(&self, failure: &Failure, failures: u64, statistics: &Statistics) -> String {
        let fail = if failures == 1 { "fails" } else { "fail" };
        let all = match statistics.explored {
            1 => "1 interleaving".to_owned(),
            explored => format!("{explored} interleavings"),
        };
        let mut text = format!("{failures} of {all} of `{}` {fail}. The shortest that does:\n\n", self.job.name);
        failure.interleaving.story().lines().for_each(|line| text += &format!("    {line}\n"));
        text += &format!("\n{}\n", failure.why.trim_end());
        if let Some(schedule) = &failure.interleaving.schedule {
            let thread = std::thread::current();
            let test = thread.name().filter(|name| *name != "main").map(|name| format!(" {name}")).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "\nonly this one again:  {SCHEDULE}={} cargo test{test}",
                quoted(schedule.to_string().as_ref())
            );
            let _ = write!(text, "\nwithout the test:     {}", self.again(schedule));
        }
        let _ = write!(text, "\nexplored:             {statistics}");
        text
    }

    /// The command that shows an interleaving again.
    fn again(&self, schedule: &Schedule) -> String {
        let mut command = format!("interleave replay {}", quoted(schedule.to_string().as_ref()));
        if let Some(folder) = &self.job.folder {
            command += &format!(" --dir {}", quoted(folder.as_os_str()));
        }
        for (name, value) in &self.job.environment.added {
            let both = [name.as_os_str(), OsStr::new("="), value.as_os_str()].join(OsStr::new(""));
            command += &format!(" --env {}", quoted(&both));
        }
        if let Some(file) = &self.job.stdin {
            command += &format!(" --stdin {}", quoted(file.as_os_str()));
        }
        if self.job.terminal {
            command += " --terminal";
        }
        if self.job.limits.time_mode != TimeMode::Free {
            command += &format!(" --time {}", self.job.limits.time_mode);
        }
        let words: Vec<String> = self.job.command.iter().map(|word| quoted(word)).collect();
        format!("{command} -- {}", words.join(" "))
    }
}

/// An interleaving that fails, and why.
struct Failure {
    interleaving: Interleaving,
    why: String,
}

impl Failure {
    fn length(&self) -> (usize, usize) {
        let interleaving = &self.interleaving;
        (interleaving.switches(), interleaving.schedule.as_ref().map_or(0, Schedule::len))
    }
}

/// A word as a shell takes it.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/.,_-+=:@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

thread_local! {
    /// Whether a panic of this thread is to be told by us, later and once.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    /// What it said.
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `assert`; what it said if it panicked. A thousand interleavings may fail in the same way, and are told of once.
fn quietly(assert: impl FnOnce()) -> Option<String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_QUIET.get() && cfg!(panic = "unwind") {
                SAID.set(Some(message(info)));
            } else {
                others(info);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(assert));
    IS_QUIET.set(false);
    result.err().map(|_| SAID.take().unwrap_or_else(|| "the assertion panicked".to_owned()))
}

fn message(info: &PanicHookInfo) -> String {
    let payload = info.payload();
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("a panic without words");
    let place = info.location().map(Location::to_string).unwrap_or_default();
    format!("{said}\nat {place}")
}
