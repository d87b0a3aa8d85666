//! Runs the course's programs, judges them as `cargo xtask verify` does, and keeps what is found for as long as neither a
//! program nor its claims change.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use interleave::explore::Statistics;
use interleave::record::Limits;
use interleave_claims::check::{self, Judged, Verdict};
use interleave_claims::notes::claims::Start;
use interleave_claims::notes::{Course, Lesson, Program, markdown};
use interleave_claims::say;
use interleave_cli::Startable;
use interleave_cli::judge::{self, Plan, Progress, Verified, can_explore, verify};
use serde::{Deserialize, Serialize};

use crate::orders::{Collector, Orders, Task};

/// What is known of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// The verdict on each claim, by its words.
    pub verdicts: Vec<Judgement>,
    /// What its exploration has covered; nothing if it was not explored.
    pub explored: Option<Coverage>,
    /// Its orders, as many as can be shown.
    pub orders: Option<Orders>,
    /// For how long it may have been explored, in seconds.
    time: f64,
}

/// A claim's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The claim's words.
    pub says: String,
    /// What became of it.
    pub mark: Mark,
    /// Why, or what there is to say about it.
    pub remark: Option<String>,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// It holds.
    Holds,
    /// It is broken.
    Broken,
    /// It claims that something is possible, and no run has shown it.
    NotShown,
    /// It could not be checked.
    Silent,
}

/// What an exploration has covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// How many different orders it has found.
    pub distinct: u64,
    /// Whether those are all.
    pub complete: bool,
    /// Why not, if they are not.
    pub limit: Option<String>,
    /// What a complete exploration may still leave out.
    pub but: Vec<String>,
}

impl Coverage {
    /// Whether what was not found is not possible.
    pub fn is_proof(&self) -> bool {
        self.complete && self.but.is_empty()
    }
}

/// The surveys of the course's programs, by their names.
pub type Surveys = BTreeMap<String, Survey>;

/// How each program of the course is started, by its name. Builds them all with cargo.
///
/// # Errors
/// If one does not build.
pub fn build(root: &Path, course: &Course) -> Result<BTreeMap<String, Startable>> {
    let packages: Vec<&str> = course.lessons.iter().map(|lesson| lesson.name.as_str()).collect();
    let binaries = xtask::programs::build(root, &packages)?;
    let startable = |(lesson, program): (&Lesson, &Program)| {
        let startable = match &program.claims.start {
            Start::Bin(bin) => {
                let path =
                    binaries.get(bin).ok_or_else(|| anyhow!("the crate {} has no binary `{bin}`", lesson.name))?;
                Startable::new(vec![path.clone().into()], None)
            }
            Start::Run { command, .. } => {
                Startable::new(command.iter().map(OsString::from).collect(), Some(lesson.folder.clone()))
            }
        };
        Ok((program.name().to_owned(), startable))
    };
    course.programs().map(startable).collect()
}

/// Judges every program of the course of which nothing is known yet; `time` bounds each exploration that has still to be
/// made. What is found is kept in `cache`. Blocks until no process of any program is left.
///
/// # Errors
/// If a program cannot be run, or the cache cannot be written.
pub fn survey(
    course: &Course,
    programs: &BTreeMap<String, Startable>,
    cache: &Path,
    time: Duration,
) -> Result<Surveys> {
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let mut surveys = Surveys::new();
    let mut unknown = Vec::new();
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for (lesson, program) in course.programs() {
        let startable = &programs[program.name()];
        let file = cache.join(key(lesson, program, startable)?).with_extension("json");
        match fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str::<Survey>(&text).ok()) {
            Some(known) if known.is_final() || known.time >= time.as_secs_f64() => {
                surveys.insert(program.name().to_owned(), known);
            }
            _ if program.claims.cpus > cpus => {
                let why = say!("it needs more processors than this machine lets it use");
                let judged = check::silent(&program.claims, &why);
                surveys.insert(program.name().to_owned(), Survey::of(judged, None, None, time));
            }
            _ => unknown.push((lesson, program, startable, file)),
        }
    }
    if unknown.is_empty() {
        return Ok(surveys);
    }
    eprintln!("runs {} programs, and explores their orders …", unknown.len());
    let explore = can_explore();
    if let Err(why) = &explore {
        eprintln!("orders cannot be explored here ({why}): the book has no figures to play with");
    }
    let tasks: Vec<judge::Task> = unknown
        .iter()
        .map(|(_, program, startable, _)| judge::Task { claims: &program.claims, program: (*startable).clone() })
        .collect();
    let plan = Plan {
        live_runs: 1,
        limits: Limits::default(),
        explore: explore.is_ok(),
        most: 20_000,
        calls: None,
        explore_time: time,
        time_mode: None,
        terminal: false,
        workers: None,
    };
    let collectors: Vec<Mutex<Option<Collector>>> = unknown
        .iter()
        .map(|(lesson, program, ..)| {
            let others = lesson.programs.iter().map(|other| &other.claims);
            let neighbours = others.filter(|other| !std::ptr::eq(*other, &program.claims)).collect();
            Mutex::new(Some(Collector::new(&program.claims, neighbours)))
        })
        .collect();
    let collector = |index: usize| collectors[index].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seen = |index, progress: Progress| {
        if let (Progress::Explored(_, interleaving), Some(collector)) = (progress, &mut *collector(index)) {
            collector.add(interleaving);
        }
    };
    let mut failed = Vec::new();
    verify(&plan, &tasks, &seen, |index, verified| {
        let (_, program, _, file) = &unknown[index];
        match verified {
            Ok(Verified { explored, judged, unexplained, .. }) => {
                let orders = collector(index).take().and_then(Collector::finish);
                let mut survey = Survey::of(judged, explored, orders, time);
                if let (Some(_), Some(explored)) = (unexplained, &mut survey.explored) {
                    explored.but.push("a run in real time came out in none of these orders".to_owned());
                }
                eprintln!("  {}{}", program.name(), survey.in_short());
                if let Err(error) = survey.write(file) {
                    failed.push(format!("cannot write {}: {error}", file.display()));
                }
                surveys.insert(program.name().to_owned(), survey);
            }
            Err(error) => failed.push(format!("{}: {error}", program.name())),
        }
    });
    if failed.is_empty() { Ok(surveys) } else { Err(anyhow!(failed.join("\n"))) }
}

/// What a survey of this program is kept under: it changes with the program and with what is claimed of it.
fn key(lesson: &Lesson, program: &Program, startable: &Startable) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), &startable.command).hash(&mut hasher);
    if let Some(file) = startable.command.first().map(Path::new).filter(|file| file.is_absolute()) {
        fs::read(file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    let notes = lesson.folder.join(lesson.file.file_name().unwrap_or_default());
    let notes = fs::read_to_string(&notes).with_context(|| format!("cannot read {}", notes.display()))?;
    for fence in markdown::fences(&notes).iter().filter(|fence| fence.info == "toml claims") {
        fence.text.hash(&mut hasher);
    }
    Ok(format!("{}-{:016x}", program.name(), hasher.finish()).into())
}

impl Survey {
    fn of(judged: Vec<Judged>, explored: Option<Statistics>, orders: Option<Orders>, time: Duration) -> Survey {
        let verdict = |judged: Judged| {
            let (mark, remark) = match judged.verdict {
                Verdict::Holds(remark) => (Mark::Holds, remark),
                Verdict::Broken(broken) => (Mark::Broken, Some(broken.contradiction.why)),
                Verdict::NotShown(what) => (Mark::NotShown, Some(what)),
                Verdict::Silent(why) => (Mark::Silent, Some(why)),
            };
            Judgement { says: judged.says, mark, remark: remark.map(|remark| remark.to_string()) }
        };
        let coverage = |statistics: Statistics| Coverage {
            distinct: statistics.distinct,
            complete: statistics.complete,
            limit: statistics.limit.map(|limit| limit.to_string()),
            but: statistics.caveats.keys().map(ToString::to_string).collect(),
        };
        Survey {
            verdicts: judged.into_iter().map(verdict).collect(),
            explored: explored.map(coverage),
            orders,
            time: time.as_secs_f64(),
        }
    }

    fn write(&self, file: &Path) -> Result<()> {
        Ok(fs::write(file, serde_json::to_string(self)?)?)
    }

    /// Whether more time would find no more.
    fn is_final(&self) -> bool {
        self.explored.as_ref().is_none_or(|explored| explored.complete)
    }

    /// The verdict on the claim with these words.
    pub fn verdict(&self, says: &str) -> Option<&Judgement> {
        self.verdicts.iter().find(|judgement| judgement.says == says)
    }

    /// What its orders give to do, of what is told: a claim that no program breaks is no task. By number; with the words of the claim, if it is
    /// one.
    pub fn tasks<'a>(&'a self, lesson: &Lesson, surveys: &Surveys) -> Vec<(usize, Option<&'a str>)> {
        let tasks = self.orders.iter().flat_map(|orders| &orders.tasks).enumerate();
        let around = lesson.programs.iter().filter_map(|program| surveys.get(program.name())?.orders.as_ref());
        let solved: Vec<&Task> = around.flat_map(|orders| &orders.tasks).filter(|task| task.is_solved).collect();
        let is_told = |task: &Task| task.breaks.is_none() || solved.iter().any(|other| other.breaks == task.breaks);
        tasks.filter(|(_, task)| is_told(task)).map(|(number, task)| (number, task.breaks.as_deref())).collect()
    }

    fn in_short(&self) -> String {
        let broken = self.verdicts.iter().filter(|judgement| judgement.mark == Mark::Broken).count();
        let broken = if broken == 0 { String::new() } else { format!("; {broken} claims are broken") };
        match &self.explored {
            Some(Coverage { distinct: 1, complete: true, .. }) => format!(": the only order{broken}"),
            Some(Coverage { distinct, complete: true, .. }) => format!(": all {distinct} orders{broken}"),
            Some(Coverage { distinct, .. }) => format!(": {distinct} orders, not all{broken}"),
            None => format!(": not explored{broken}"),
        }
    }
}
