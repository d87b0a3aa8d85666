//! Judges one submission, and counts its points.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use interleave::explore::{Limit, Statistics};
use interleave_claims::check::{self, Broken, Judged};
use interleave_claims::notes::{Lesson, Program};
use interleave_claims::report::printable::{printable, printable_lines};
use interleave_claims::report::{self, Report};
use interleave_claims::say;
use interleave_claims::words::{self, Say, told};

use super::config::Config;
use super::evidence::Teller;
use super::grades::{At, Grade, Scored, Status, Told, Verdict};
use super::submission::{Built, Failure, Submission};
use crate::judge::{Plan, Task, Verified, in_turn};

/// Of what a builder says, so many bytes are kept.
const LOG: usize = 8 << 10;

/// What a submission is graded by.
pub struct Rules<'a> {
    /// The notes.
    pub lesson: &'a Lesson,
    /// Their program.
    pub program: &'a Program,
    /// By what name a command finds it, as a shell takes it.
    pub name: String,
    /// What the notes do not say.
    pub config: Config,
    /// What submissions must not be able to read.
    pub secret: Vec<PathBuf>,
    /// How far to go.
    pub plan: Plan,
}

impl Rules<'_> {
    /// What can be earned.
    pub fn max(&self) -> u32 {
        let unsaid = check::unsaid().map(|says| self.config.points(says, false));
        let said = self.program.claims.claims.iter().map(|claim| self.config.points(&claim.says, true));
        unsaid.chain(said).sum()
    }

    /// Builds a submission, judges it, and counts its points; its exploration takes no longer than `time`. Blocks until nothing of it runs
    /// any more.
    pub fn grade(&self, submission: &Submission, time: Duration) -> Grade {
        let mut grade = Grade {
            name: submission.name.clone(),
            student: [&submission.name, &submission.stem].iter().find_map(|&name| self.config.names.get(name)).cloned(),
            status: Status::Unjudged,
            points: 0,
            late: self.is_late(submission),
            cause: None,
            explored: None,
            claims: Vec::new(),
            at: None,
            commands: Vec::new(),
            story: String::new(),
            hints: Vec::new(),
            missing: BTreeSet::new(),
            open: None,
        };
        let claims = &self.program.claims;
        let built = match submission.build(&self.config, &claims.start, &self.secret, self.plan.limits.time) {
            Ok(built) => built,
            Err(Failure::Build { command, mut log, at }) => {
                let end = (0..=LOG.min(log.len())).rev().find(|&end| log.is_char_boundary(end)).unwrap_or(0);
                log.truncate(end);
                let place = at.as_ref().map(|(file, line)| format!("{}:{line}", file.display()));
                let cause =
                    place.map_or_else(|| say!("it does not build"), |place| say!("it does not build: {}", place));
                grade.status = Status::NotBuilt;
                grade.cause = Some(printable(&cause.told()));
                grade.at = at.map(|(file, line)| At { file: in_submission(submission, file), line });
                grade.commands = vec![command];
                grade.story = printable_lines(&log);
                return grade;
            }
            Err(Failure::Other(why)) => return Grade { cause: Some(printable(&why)), ..grade },
        };
        grade.commands = built.commands.0.iter().chain([&built.commands.1]).cloned().collect();
        let task = Task { claims, program: built.program.clone() };
        let plan = Plan { explore_time: time, ..self.plan.clone() };
        match in_turn(&plan, &task) {
            Ok(verified) => {
                let job = task.job(&plan);
                let teller = Teller::new(claims, &job);
                self.count(submission, &built, verified, teller, &mut grade);
            }
            Err(why) => grade.cause = Some(printable(&why)),
        }
        grade
    }

    /// Whether it was changed after the deadline.
    pub fn is_late(&self, submission: &Submission) -> bool {
        let deadline = self.config.deadline().ok().flatten();
        deadline.is_some_and(|deadline| submission.changed().is_ok_and(|changed| changed > deadline))
    }

    fn count(&self, submission: &Submission, built: &Built, verified: Verified, mut teller: Teller, grade: &mut Grade) {
        let Verified { live, explored, unexplored, unexplained, judged, belied, missing } = verified;
        grade.missing = missing;
        grade.claims = judged.iter().map(|judged| self.scored(judged)).filter(|claim| claim.max > 0).collect();
        // The first that is broken is drawn, and if that is hidden, the first that is not.
        let (mut is_first, mut is_first_shown) = (true, true);
        for claim in &mut grade.claims {
            let judged = judged.iter().find(|judged| judged.says == claim.says);
            let Some(check::Verdict::Broken(broken)) = judged.map(|judged| &judged.verdict) else { continue };
            claim.run = teller.tell(broken);
            let is_drawn = is_first || is_first_shown && !claim.hidden;
            claim.picture = is_drawn.then(|| teller.draw(&claim.says, broken)).flatten();
            claim.replay = claim.schedule.as_ref().map(|schedule| self.replay(schedule, built));
            (is_first, is_first_shown) = (false, is_first_shown && claim.hidden);
        }
        grade.explored = explored.as_ref().map(in_words);
        grade.at = built.file.as_ref().map(|file| At { file: in_submission(submission, file.clone()), line: 1 });
        let mut report = Report {
            lesson: &self.lesson.name,
            claims: &self.program.claims,
            live,
            explored,
            unexplored,
            unexplained,
            judged,
            missing: BTreeSet::new(),
            again: format!("interleave verify {} -- {}", self.name, built.commands.1),
            replay: format!("interleave replay {}", self.name),
            program: format!(" -- {}", built.commands.1),
        };
        // How far it was explored would be the machine's doing.
        let is_cut_short =
            report.explored.as_ref().is_some_and(|explored| matches!(explored.limit, Some(Limit::Time(_))));
        // And what a run shows by chance is no reason to give it less than the next one.
        let is_chance = is_cut_short || !belied.is_empty();
        let status = if is_chance { report::Status::Unjudged } else { report.status() };
        // How long its run took is another matter each time.
        report.live.clear();
        if status == report::Status::Unjudged {
            // Then what holds is not to be trusted either.
            grade.claims.iter_mut().for_each(|claim| (claim.points, claim.verdict) = (0, Verdict::Unknown));
        } else {
            if report.explored.as_ref().is_some_and(|explored| matches!(explored.limit, Some(Limit::Run(_)))) {
                // Were it otherwise, whoever hangs in time would be spared what comes out in other orders.
                let not_broken = grade.claims.iter_mut().filter(|claim| claim.verdict != Verdict::Broken);
                not_broken.for_each(|claim| {
                    let why =
                        say!("a run of it was stopped, and how it would have gone on in another order is not known");
                    (claim.points, claim.verdict, claim.why) = (0, Verdict::Unknown, Some(why.told()));
                });
            }
            grade.status = Status::Graded;
            grade.points = grade.claims.iter().map(|claim| claim.points).sum();
        }
        let Told { cause, story, hints } = self.told(&report, &belied, grade.status, grade.claims.iter());
        (grade.cause, grade.story, grade.hints) = (cause, story, hints);
        if !self.config.hidden.is_empty() {
            report.judged.retain(|judged| !self.config.hidden.contains(&judged.says));
            let shown = grade.claims.iter().filter(|claim| !claim.hidden);
            let belied: Vec<String> = belied.into_iter().filter(|says| !self.config.hidden.contains(says)).collect();
            grade.open = Some(self.told(&report, &belied, grade.status, shown));
        }
    }

    /// What is told of these claims.
    fn told<'a>(
        &self,
        report: &Report,
        belied: &[String],
        status: Status,
        mut claims: impl Iterator<Item = &'a Scored>,
    ) -> Told {
        let broken = first_cause(&report.judged);
        let cause = if status == Status::Unjudged {
            let limit = report.explored.as_ref().and_then(|explored| explored.limit.as_ref());
            let why = if let Some(Limit::Time(time)) = limit {
                say!("it was not explored as far as the others in {} s", time.as_secs_f64())
            } else if let Some(says) = belied.first() {
                say!("its run in real time broke what holds as far as it was explored: {}", told(says))
            } else if report.unexplained.is_some() {
                say!("a run came out as none can")
            } else {
                say!("it does not do the same twice")
            };
            Some(why.told())
        } else if let Some(judged) = broken {
            let why = self.scored(judged).why.unwrap_or_default();
            Some(printable(&say!("{}: {}", said(judged), why).told()))
        } else {
            claims.find(|claim| claim.points < claim.max).map(|claim| {
                let why = claim.why.as_deref().map(|why| say!(" ({})", why).told()).unwrap_or_default();
                say!("{}: {}", told(&claim.says), claim.verdict.told()).told() + &why
            })
        };
        Told { cause, story: report::text(report), hints: report.hints().into_iter().map(str::to_owned).collect() }
    }

    /// The command that shows the interleaving of this schedule again, in the folder of a program that was built as this one.
    fn replay(&self, schedule: &str, built: &Built) -> String {
        format!("interleave replay {} {schedule} -- {}", self.name, built.commands.1)
    }

    fn scored(&self, judged: &Judged) -> Scored {
        let (verdict, why) = match &judged.verdict {
            check::Verdict::Broken(broken) => (Verdict::Broken, Some(why(broken))),
            check::Verdict::NotShown(what) => (Verdict::Broken, Some(what.told())),
            check::Verdict::Silent(why) => (Verdict::Unknown, Some(why.told())),
            check::Verdict::Holds(_) if !judged.tested => {
                let why = say!("what it speaks of never happened, or one process played several roles");
                (Verdict::Untested, Some(why.told()))
            }
            check::Verdict::Holds(remark) => (Verdict::Holds, remark.as_ref().map(Say::told)),
        };
        let schedule = match &judged.verdict {
            check::Verdict::Broken(broken) => broken.explored.as_ref().and_then(|explored| explored.schedule.clone()),
            _ => None,
        };
        let max = self.config.points(&judged.says, judged.at.is_some());
        Scored {
            why: why.map(|why| printable(&why)),
            schedule,
            at: judged.at.as_ref().map(|at| At { file: at.file.clone(), line: at.line }),
            hidden: self.config.hidden.contains(&judged.says),
            ..Scored::new(judged.says.clone(), max, verdict)
        }
    }
}

/// What is broken first; but that nothing was printed its end explains, if that is broken, too: it was stopped, say.
fn first_cause(judged: &[Judged]) -> Option<&Judged> {
    let mut broken = judged.iter().filter(|judged| !judged.verdict.passes());
    let first = broken.next()?;
    let proves_nothing =
        matches!(&first.verdict, check::Verdict::Broken(broken) if broken.contradiction.events.is_empty());
    let end = if proves_nothing {
        broken.find(|judged| judged.at.is_none() && judged.says == check::ENDS_WELL)
    } else {
        None
    };
    end.or(Some(first))
}

/// Why a claim is broken. If nobody can go on, who waits for what says more than that a run was stopped.
fn why(broken: &Broken) -> String {
    let waiting = broken.explored.iter().flat_map(|explored| &explored.waiting);
    let waiting = waiting.map(|(name, what)| say!("process {} {}", name, words::waits(what)));
    match waiting.reduce(|all, next| say!("{}; {}", all, next)) {
        Some(waiting) if !broken.contradiction.is_missing => say!("nobody can go on: {}", waiting).told(),
        _ => broken.contradiction.why.told(),
    }
}

/// The claim's words: the notes' own, or those that go without saying, which are ours.
fn said(judged: &Judged) -> &str {
    if judged.at.is_some() { &judged.says } else { told(&judged.says) }
}

/// The path of a file of a submission, as who handed it in knows it.
fn in_submission(submission: &Submission, file: PathBuf) -> PathBuf {
    if !submission.path.is_dir() {
        return submission.path.clone();
    }
    let path = submission.path.join(file);
    path.strip_prefix(".").map(PathBuf::from).unwrap_or(path)
}

/// What was explored, without what differs from machine to machine.
fn in_words(statistics: &Statistics) -> String {
    statistics
        .caveats
        .keys()
        .fold(words::interleavings(statistics), |all, caveat| say!("{}; but {}", all, words::caveat(caveat)))
        .told()
}
