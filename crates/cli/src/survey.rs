//! An exploration, watched: what is new in it, what fails, and what the user is told meanwhile.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use interleave::explore::{Error, Interleaving, Job, Runner, Statistics, TimeMode, explore};
use interleave_claims::report::printable::printable;
use interleave_claims::report::{Status, hints, paragraph};
use interleave_claims::words::{self, Say};
use interleave_claims::{many, say};

use crate::expectation::Expectation;
use crate::{Refusal, interrupt};

/// How many interleavings where sleeps are an order are looked at for a hint, and for how long.
const ENOUGH_ORDERED: u64 = 200;
const SOON: Duration = Duration::from_secs(5);

/// What an exploration has come to.
pub struct Survey {
    /// What it covered.
    pub statistics: Statistics,
    /// How many different ones there are: orders of lines, each with the way to end.
    pub distinct: u64,
    /// How many of them fail.
    pub failures: u64,
    /// What often is the reason for what was found.
    pub hints: BTreeSet<&'static str>,
    /// Whether it was stopped since it had found what was looked for.
    pub is_done: bool,
}

/// An interleaving that has not been seen before.
pub struct Sight {
    /// It.
    pub interleaving: Interleaving,
    /// Its number, from 1 on.
    pub number: u64,
    /// Why it is a failure, if it is one.
    pub failure: Option<Say>,
}

/// Explores, and gives every interleaving that differs from all before in the order of its lines, in the text that they make
/// (where writes of several processes meet in one line), or in how it ends, to `see`, with a runner for what was only deduced.
/// `see` may end it.
pub fn survey(
    job: &Job,
    expectation: &Expectation,
    mut see: impl FnMut(Sight, &mut Runner) -> Result<ControlFlow<()>, Refusal>,
) -> Result<Survey, Refusal> {
    let progress = Progress::new();
    let mut runner = Runner::new(job);
    let mut known: HashSet<[u64; 2]> = HashSet::new();
    let mut hints = BTreeSet::new();
    let (mut failures, mut is_done, mut refusal) = (0, false, None);
    let statistics = explore(job, |interleaving| {
        if !known.insert(digest(&(interleaving.lines(), interleaving.outcome(), interleaving.ends()))) {
            return ControlFlow::Continue(());
        }
        let failure = expectation.failure(&interleaving);
        failures += u64::from(failure.is_some());
        hints.extend(reasons(&interleaving, failure.is_some(), job.terminal));
        let number = known.len() as u64;
        progress.found(number, failures);
        match progress.pause(|| see(Sight { interleaving, number, failure }, &mut runner)) {
            Ok(ControlFlow::Continue(())) => return ControlFlow::Continue(()),
            Ok(ControlFlow::Break(())) => is_done = true,
            Err(error) => refusal = Some(error),
        }
        ControlFlow::Break(())
    });
    if failures > 0 && refusal.is_none() && is_right_by_sleeping(job, expectation) {
        hints.insert(hints::SLEEP_FOR_A_WAIT);
    }
    progress.end();
    match refusal {
        Some(error) => Err(error),
        None => {
            let distinct = known.len() as u64;
            Ok(Survey { statistics: statistics?, distinct, failures, hints, is_done })
        }
    }
}

/// Whether nothing fails where sleeps are an order; as far as that is found soon.
fn is_right_by_sleeping(job: &Job, expectation: &Expectation) -> bool {
    if job.limits.time_mode != TimeMode::Free {
        return false;
    }
    let mut ordered = Job { most: ENOUGH_ORDERED, time: SOON, ..job.clone() };
    ordered.limits.time_mode = TimeMode::Ordered;
    let mut fails = false;
    let statistics = explore(&ordered, |interleaving| {
        fails |= expectation.failure(&interleaving).is_some();
        if fails { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    !fails && statistics.is_ok_and(|statistics| statistics.complete)
}

/// What often is the reason for what is seen here.
fn reasons(interleaving: &Interleaving, is_failure: bool, is_terminal: bool) -> Vec<&'static str> {
    // On a terminal no line waits in a buffer: it was printed twice.
    let mut found = Vec::from_iter(hints::of_text(&interleaving.trace).filter(|_| !is_terminal));
    if is_failure {
        found.extend(interleaving.deadlock.iter().filter_map(|waiting| hints::of_waiting(&waiting.what)));
        found.extend(hints::of_failure(&interleaving.trace));
    }
    found
}

/// A digest of what is too long to be kept 20,000 times.
fn digest(what: &impl Hash) -> [u64; 2] {
    [0, 1].map(|seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, what).hash(&mut hasher);
        hasher.finish()
    })
}

impl Survey {
    /// What it comes to.
    pub fn status(&self) -> Status {
        if self.failures > 0 {
            Status::Failed
        } else if self.statistics.diverged > 0 {
            Status::Unjudged
        } else if self.statistics.complete {
            Status::Holds
        } else {
            Status::Partly
        }
    }

    /// Why there may be more; `None` if there is no more.
    pub fn limit(&self) -> Option<Say> {
        match &self.statistics.limit {
            _ if self.statistics.complete => None,
            _ if self.is_done => Some(say!("stopped, having found what was looked for")),
            Some(limit) => Some(words::limit(limit)),
            None => Some(say!("not every schedule led again to where it had led before")),
        }
    }

    /// So many interleavings, or more, if not all were counted that show the same.
    pub fn times(&self, interleavings: u64) -> Say {
        if self.statistics.by_text {
            many!(interleavings, "at least 1 interleaving", "at least {} interleavings")
        } else {
            many!(interleavings, "1 interleaving", "{} interleavings")
        }
    }

    /// How many there are, and whether those are all; then, each in a line of its own, what there is to say about that, and what often
    /// is the reason. `about` stands before all that.
    pub fn closing(&self, about: &str) -> String {
        let Statistics { runs, pruned, diverged, .. } = &self.statistics;
        let found = self.times(self.distinct);
        let found = match (&self.statistics.limit, self.is_done) {
            _ if self.statistics.complete => say!("{}, all explored", found),
            (_, true) => say!("{}, not all: stopped, having found what was looked for", found),
            (Some(limit), _) => say!("{}, not all: the limit was {}", found, words::limit(limit)),
            (None, _) => say!("{}, not all", found),
        };
        let mut text = about.to_owned() + &found.told();
        text += &say!(" ({}, {} cut short)", many!(*runs, "1 run", "{} runs"), *pruned).told();
        if self.failures > 0 {
            text += &many!(self.failures, "; 1 of them fails", "; {} of them fail").told();
        }
        let mut remarks: Vec<String> = Vec::new();
        remarks.extend(words::output(self.statistics.terminal));
        remarks.extend(words::meaning(self.statistics.time).map(str::to_owned));
        remarks.extend(self.statistics.caveats.keys().map(|caveat| say!("but {}", words::caveat(caveat)).told()));
        remarks.extend(self.statistics.divergence.as_ref().map(|first| {
            say!("but {} did not lead again to where they had led before, the first {}", *diverged, words::error(first))
                .told()
        }));
        let remarks = remarks.iter().map(|remark| paragraph(2, &format!("– {}", printable(remark))));
        let hints = self.hints.iter().map(|hint| paragraph(0, &say!("hint: {}", words::told(hint)).told()));
        paragraph(0, &printable(&text)) + &remarks.chain(hints).collect::<String>()
    }

    /// What there is to say about how much it proves, in words.
    pub fn but(&self) -> Vec<Say> {
        self.statistics.caveats.keys().map(words::caveat).collect()
    }
}

/// Runs what was deduced, so that it has a schedule.
pub fn confirmed(interleaving: Interleaving, runner: &mut Runner) -> Result<Interleaving, Refusal> {
    if interleaving.schedule.is_some() {
        return Ok(interleaving);
    }
    runner.confirm(&interleaving).map_err(|error| match error {
        Error::Diverged(what) => say!(
            "{}: either the program does not do the same thing each time (what does it ask of the time, of chance, of other programs?), \
             or this is a fault of this tool",
            words::error(&what)
        )
        .into(),
        others => others.into(),
    })
}

/// A line on the terminal that says how far it is. Without a terminal, nothing.
struct Progress(ProgressBar);

impl Progress {
    fn new() -> Progress {
        if !io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{spinner} {elapsed}  {wide_msg}");
        let line = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        line.enable_steady_tick(Duration::from_millis(100));
        interrupt::shows(1);
        Progress(line)
    }

    fn found(&self, interleavings: u64, failures: u64) {
        if self.0.is_hidden() {
            return;
        }
        let found = many!(interleavings, "1 interleaving", "{} interleavings");
        let failing = if failures == 0 { say!("") } else { say!(", {} of them failing", failures) };
        self.0.set_message(found.told() + &failing.told());
    }

    /// Does something that may print.
    fn pause<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.suspend(act)
    }

    fn end(&self) {
        self.0.finish_and_clear();
        interrupt::hides_one();
    }
}
