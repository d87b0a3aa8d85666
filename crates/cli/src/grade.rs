//! `grade`: judges what a class has handed in, and writes the grades as others read them.

mod config;
mod evidence;
mod feedback;
mod formats;
mod grades;
pub mod gradescope;
mod hidden;
mod kept;
mod sarif;
mod score;
mod scratch;
mod secret;
mod submission;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::{ProgressBar, ProgressStyle};
use interleave::record::Limits;
use interleave_claims::report::Status;
use interleave_claims::report::printable;
use interleave_claims::say;

use crate::judge::{Plan, can_explore};
use crate::{Front, Refusal, course, interrupt, screen, target};
use config::Config;
use feedback::Languages;
use grades::{Grade, Grades, Shard, VERSION};
use kept::Shelf;
use score::Rules;
use submission::Submission;

pub fn command() -> Command {
    let path = || clap::value_parser!(PathBuf);
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(path()).help(help)
    };
    Command::new("grade")
        .about("Judge what a class has handed in by the notes, and write the grades as a table or as others read them")
        .arg(
            Arg::new("notes")
                .value_name("NOTES.md")
                .required_unless_present("merge")
                .help("The notes to grade by, or NOTES.md/PROGRAM for one of their programs"),
        )
        .arg(
            Arg::new("submissions")
                .value_name("DIR")
                .num_args(1..)
                .required_unless_present("merge")
                .value_parser(path())
                .help("Folders in which each file and each folder is a submission; a file that is named is one"),
        )
        .arg(Arg::new("one").long("one").action(ArgAction::SetTrue).help("Each DIR is itself a submission"))
        .arg(file("config", "How to grade [default: grade.toml beside the notes, if it is there]"))
        .arg(
            Arg::new("time")
                .long("time")
                .value_name("TIME")
                .default_value("30s")
                .value_parser(target::duration)
                .help("How long each submission may take to build, and to run; and, four times as long, to be explored: one that is not explored as far as --calls and --limit want by then is not graded"),
        )
        .arg(
            Arg::new("total")
                .long("total")
                .value_name("TIME")
                .value_parser(target::duration)
                .help("How long all of them may take together: each is explored for no longer than its share of what is left, and not graded if that is not enough"),
        )
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("NUMBER")
                .default_value("20000")
                .hide_default_value(true)
                .value_parser(clap::value_parser!(u64).range(1..))
                .help("Stop an exploration after so many interleavings, or so many runs, whichever comes first [default: 20000]"),
        )
        .arg(
            Arg::new("calls")
                .long("calls")
                .value_name("NUMBER")
                .default_value("200000")
                .value_parser(clap::value_parser!(u64).range(1..))
                .help("Stop an exploration when its runs have made so many system calls together (but not before 30 runs): as far as that each submission is explored, however fast the machine is"),
        )
        .arg(
            Arg::new("jobs")
                .long("jobs")
                .value_name("NUMBER")
                .value_parser(clap::value_parser!(u16).range(1..))
                .help("How many submissions to judge at the same time [default: 2; 1 where namespaces do not keep them apart]"),
        )
        .arg(
            Arg::new("env")
                .long("env")
                .value_name("NAME[=VALUE]")
                .action(ArgAction::Append)
                .value_parser(variable)
                .help(
                    "Let submissions, and what builds them, have this variable of the environment too, as it is here or with this value; may be \
                     repeated [default: only PATH, HOME, the language, and where compilers have their things]",
                ),
        )
        .arg(
            Arg::new("results")
                .long("results")
                .value_name("FOLDER")
                .value_parser(path())
                .help("Keep a file per submission here, and do not judge again what has not changed since"),
        )
        .arg(
            Arg::new("shard").long("shard").value_name("K/N").value_parser(Shard::read).help(
                "Judge only part K of N, and leave the others to other machines; --json writes what --merge reads",
            ),
        )
        .arg(
            Arg::new("merge")
                .long("merge")
                .value_name("FILE")
                .num_args(1..)
                .value_parser(path())
                .conflicts_with_all(["notes", "shard"])
                .help("Judge nothing: put the shards together that --json has written"),
        )
        .arg(
            Arg::new("hidden")
                .long("hidden")
                .value_name("CLAIM")
                .action(ArgAction::Append)
                .help("Show no more than its words of this claim before the deadline, as `hidden` in grade.toml does"),
        )
        .arg(
            Arg::new("reveal")
                .long("reveal")
                .action(ArgAction::SetTrue)
                .help("Show all before the deadline, too; only --json and --results always hold all"),
        )
        .arg(file("csv", "Write a table for spreadsheets"))
        .arg(file("json", "Write all that is known, also what is hidden (docs/grading.md)"))
        .arg(file("junit", "Write JUnit XML: a suite for each submission, a test for each claim"))
        .arg(file("gradescope", "Write Gradescope's results.json; of one submission"))
        .arg(file("classroom", "Write the result that GitHub Classroom reads; of one submission"))
        .arg(file("check50", "Write what check50 would print with --output json; of one submission"))
        .arg(file("sarif", "Write SARIF 2.1.0: what is broken, with the run that breaks it, step by step"))
        .arg(
            Arg::new("annotations")
                .long("annotations")
                .action(ArgAction::SetTrue)
                .help("Print what is wrong as GitHub's workflow commands (::error file=…)"),
        )
        .arg(
            Arg::new("feedback")
                .long("feedback")
                .value_name("FOLDER")
                .value_parser(path())
                .help("Write a page for each submission, as HTML and as Markdown, and the picture that goes with it"),
        )
        .arg(Languages::argument("The language of what is said and written: en or zh; with both, pages are in both [default: what LC_ALL, LC_MESSAGES or LANG says]"))
}

/// The arguments that name a file or a folder with grades in it.
const WRITTEN: [&str; 9] =
    ["results", "feedback", "csv", "json", "junit", "gradescope", "classroom", "check50", "sarif"];

/// So many times as long as a run may take, an exploration may. It is not meant to end it: what is done in so many system calls is
/// done long before, unless the machine has much else to do.
const EXPLORED_FOR: u32 = 4;

/// A variable of the environment, with or without a value.
fn variable(text: &str) -> Result<String, String> {
    match text.split('=').next() {
        Some("") | None => Err(say!("NAME or NAME=VALUE would be right").told()),
        Some(_) => Ok(text.to_owned()),
    }
}

/// The exit status of `grade`.
pub const EXIT_STATUS: &str = "\
Exit status:
  0  everything is graded, whatever the grades are
  2  something could not be graded: an argument, the notes or grade.toml have a
     fault, or a submission could not be judged and somebody has to look at it";

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    // What is written here goes to files.
    console::set_colors_enabled(false);
    let path = |name: &str| arguments.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let grades = match arguments.get_many::<PathBuf>("merge") {
        Some(files) => grades::merge(&files.cloned().collect::<Vec<_>>())?,
        None => grade(front, arguments)?,
    };
    let languages = Languages::of(arguments);
    let all = grades;
    let grades =
        if arguments.get_flag("reveal") { Cow::Borrowed(&all) } else { hidden::shown(&all, SystemTime::now()) };
    let write = |name: &str, text: &dyn Fn() -> Result<String, Refusal>| match path(name) {
        Some(path) => write_file(path, &text()?),
        None => Ok(()),
    };
    write("csv", &|| formats::csv(&grades))?;
    write("json", &|| Ok(printable::json(&all)? + "\n"))?;
    write("junit", &|| formats::junit(&grades))?;
    write("gradescope", &|| formats::gradescope(&grades, formats::only(&grades, "gradescope")?, languages))?;
    write("classroom", &|| formats::classroom(&grades, formats::only(&grades, "classroom")?))?;
    write("check50", &|| formats::check50(&grades, formats::only(&grades, "check50")?))?;
    write("sarif", &|| sarif::log(&grades))?;
    if let Some(folder) = path("feedback") {
        for grade in &grades.submissions {
            write_feedback(folder, &grades, grade, languages)?;
        }
    }
    screen::print(&formats::table(&grades));
    if arguments.get_flag("annotations") {
        screen::print(&formats::annotations(&grades));
    }
    let unjudged = grades.submissions.iter().any(|grade| grade.status == grades::Status::Unjudged);
    Ok(if unjudged { Status::Unjudged } else { Status::Holds })
}

fn grade(front: &Front, arguments: &ArgMatches) -> Result<Grades, Refusal> {
    let name: &str = crate::required::<String>(arguments, "notes");
    let time: Duration = *crate::required(arguments, "time");
    let course = course::read(front, &[name])?;
    let (lesson, program) = course::choose_one(front, &course, name)?;
    let mut config = Config::read(arguments.get_one("config"), &lesson.folder)?;
    config.hide(arguments.get_many::<String>("hidden").into_iter().flatten());
    config.env.extend(arguments.get_many::<String>("env").into_iter().flatten().cloned());
    config.check(lesson, program)?;
    let places: Vec<PathBuf> = arguments.get_many("submissions").into_iter().flatten().cloned().collect();
    let mut submissions = submission::find(&places, arguments.get_flag("one"))?;
    if submissions.is_empty() {
        return Err(say!("there are no submissions there").into());
    }
    let shard: Option<Shard> = arguments.get_one("shard").copied();
    if let Some(Shard { number, of }) = shard {
        let mut index = 0;
        submissions.retain(|_| {
            index += 1;
            (index - 1) % of == number - 1
        });
    }
    let missing =
        can_explore().map_err(|error| say!("a fair grade takes every interleaving: {}", error.to_string()))?;
    let plan = Plan {
        live_runs: 1,
        limits: Limits { time, ..Limits::default() },
        explore: true,
        most: *crate::required(arguments, "limit"),
        calls: Some(*crate::required(arguments, "calls")),
        explore_time: EXPLORED_FOR * time,
        time_mode: None,
        terminal: false,
        workers: Some(1),
    };
    let plan_time = plan.explore_time;
    // What is kept of others has to be there before it can be kept from anybody.
    let kept = arguments.get_one::<PathBuf>("results").map(PathBuf::as_path);
    for folder in kept.into_iter().chain(arguments.get_one::<PathBuf>("feedback").map(PathBuf::as_path)) {
        let cannot = |error: io::Error| say!("cannot write {}: {}", folder.display().to_string(), &error);
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let written = WRITTEN.iter().filter_map(|name| arguments.get_one::<PathBuf>(name)).map(PathBuf::as_path);
    let secret = secret::of(lesson, &config, &places, written);
    let rules = Rules { lesson, program, name: screen::quoted(OsStr::new(name)), config, secret, plan };
    let digest = digest(&rules)?;
    // One that can write to all temporary files could write to what of another is built and run there; alone, it finds nobody's.
    let usual = if missing.is_empty() { 2 } else { 1 };
    let jobs = arguments.get_one::<u16>("jobs").map_or(usual, |&jobs| usize::from(jobs));
    let total = arguments.get_one::<Duration>("total").copied();
    let budget = Budget::new(plan_time, total, submissions.len(), jobs);
    let shelf = kept.map(|folder| Shelf { folder, rules: digest });
    let submissions = grade_all(&rules, &submissions, &budget, jobs, shelf)?;
    Ok(Grades {
        version: VERSION,
        program: program.name().to_owned(),
        rules: digest,
        max: rules.max(),
        hidden: rules.config.hides(&program.claims),
        shard,
        submissions,
    })
}

/// A digest of all that grades depend on beside the submissions.
fn digest(rules: &Rules) -> Result<u64, Refusal> {
    let mut digest = DefaultHasher::new();
    // The notes may be named from another folder.
    let file = &rules.lesson.file;
    let notes = fs::read(file).or_else(|_| fs::read(rules.lesson.folder.join(file.file_name().unwrap_or_default())));
    notes.map_err(|error| say!("cannot read {}: {}", file.display().to_string(), &error))?.hash(&mut digest);
    (
        VERSION,
        env!("CARGO_PKG_VERSION"),
        rules.program.name(),
        rules.config.text(),
        &rules.config.hidden,
        &rules.config.env,
    )
        .hash(&mut digest);
    for (file, name) in rules.config.files() {
        let text = fs::read(&file).map_err(|error| say!("cannot read {}: {}", file.display().to_string(), &error))?;
        (name, text).hash(&mut digest);
    }
    (rules.plan.most, rules.plan.calls, rules.plan.explore_time).hash(&mut digest);
    Ok(digest.finish())
}

/// Grades all of them, `jobs` at a time. Blocks until all are done.
fn grade_all(
    rules: &Rules,
    submissions: &[Submission],
    budget: &Budget,
    jobs: usize,
    shelf: Option<Shelf>,
) -> Result<Vec<Grade>, Refusal> {
    let style = ProgressStyle::with_template("{bar:20} {pos} of {len}  {wide_msg}");
    let bar =
        ProgressBar::new(submissions.len() as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(100));
    interrupt::shows(1);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Judged, Refusal>)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..jobs.min(submissions.len()) {
            scope.spawn(|| {
                while let Some((index, submission)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, submissions.get(index)?)))
                {
                    bar.set_message(printable::printable(&submission.name));
                    let grade = grade_one(rules, submission, budget.share(), shelf, jobs > 1);
                    bar.inc(1);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, grade));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let again = |(index, judged): (usize, Result<Judged, Refusal>)| {
        let Judged { grade, is_in_doubt } = judged?;
        if !is_in_doubt {
            return Ok(grade);
        }
        let submission = &submissions[index];
        bar.set_message(printable::printable(&submission.name));
        grade_one(rules, submission, budget.rest(), shelf, false).map(|judged| judged.grade)
    };
    let grades = done.into_iter().map(again).collect();
    bar.finish_and_clear();
    interrupt::hides_one();
    grades
}

/// How long explorations may take, so that all of a class come to no more than is wanted.
struct Budget {
    each: Duration,
    end: Option<Instant>,
    /// How many have not begun.
    left: AtomicUsize,
    jobs: usize,
}

impl Budget {
    fn new(each: Duration, total: Option<Duration>, submissions: usize, jobs: usize) -> Budget {
        Budget { each, end: total.map(|total| Instant::now() + total), left: AtomicUsize::new(submissions), jobs }
    }

    /// For the next one: what is left, shared among those that have not begun, in whole seconds.
    fn share(&self) -> Duration {
        let left = self.left.fetch_sub(1, Ordering::Relaxed).max(1);
        let Some(end) = self.end else { return self.each };
        let rest = end.saturating_duration_since(Instant::now()).as_secs_f64();
        let share = (rest * self.jobs.min(left) as f64 / left as f64).round().max(1.0);
        Duration::from_secs(share as u64).min(self.each)
    }

    /// For one that is judged again when all have been: what is left.
    fn rest(&self) -> Duration {
        let rest = self.end.map_or(self.each, |end| end.saturating_duration_since(Instant::now()));
        rest.clamp(Duration::from_secs(1), self.each)
    }
}

/// What comes of judging a submission, perhaps beside others.
struct Judged {
    grade: Grade,
    /// It failed in a way that others may have caused, who took the processor, the memory or the disk from it. Judged alone, it gets what it deserves.
    is_in_doubt: bool,
}

/// Grades one, or takes the grade that is kept of it.
fn grade_one(
    rules: &Rules,
    submission: &Submission,
    time: Duration,
    shelf: Option<Shelf>,
    is_beside_others: bool,
) -> Result<Judged, Refusal> {
    let place = shelf.and_then(|shelf| shelf.place(submission));
    if let Some(known) = place.as_ref().and_then(kept::Place::find) {
        // The time of a file is no part of its digest.
        return Ok(Judged { grade: Grade { late: rules.is_late(submission), ..known }, is_in_doubt: false });
    }
    let killed = killed_for_memory();
    let grade = rules.grade(submission, time);
    let may_be_due_to_others = grade.status == grades::Status::NotBuilt
        || killed_for_memory() != killed && !(grade.status == grades::Status::Graded && grade.is_full(rules.max()));
    let is_in_doubt = is_beside_others && may_be_due_to_others;
    if let (Some(place), false) = (place, is_in_doubt) {
        place.keep(&grade)?;
    }
    Ok(Judged { grade, is_in_doubt })
}

/// How many processes the system has killed so far since there was no memory left (proc_vmstat(5)).
fn killed_for_memory() -> Option<u64> {
    let counts = fs::read_to_string("/proc/vmstat").ok()?;
    counts.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok())
}

/// Writes the pages for one submission, and their picture.
fn write_feedback(folder: &Path, grades: &Grades, grade: &Grade, languages: Languages) -> Result<(), Refusal> {
    let write = |ending: &str, text: &str| write_file(&folder.join(format!("{}.{ending}", grade.name)), text);
    let picture = grade.claims.iter().find_map(|claim| claim.picture.as_ref());
    if let Some(svg) = picture {
        write("svg", svg)?;
    }
    let link = picture.map(|_| formats::uri(Path::new(&format!("{}.svg", grade.name))));
    write("md", &feedback::markdown(grades, grade, languages, link.as_deref()))?;
    write("html", &feedback::html(grades, grade, languages))
}

/// Writes a file, in one go: whoever stops us leaves no half of it. A device or a pipe (`/dev/stdout`) is written to, not replaced.
fn write_file(path: &Path, text: &str) -> Result<(), Refusal> {
    let cannot = |error: io::Error| say!("cannot write {}: {}", path.display().to_string(), &error);
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(cannot)?;
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(fs::write(path, text).map_err(cannot)?);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // On a disk that is full the half of it is in the way. Should it stay, the error is the same.
        let _ = fs::remove_file(&part);
    }
    Ok(written.map_err(cannot)?)
}
