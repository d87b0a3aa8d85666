//! `cargo xtask verify`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::num::ParseFloatError;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgMatches, Command};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use xtask::check::{Judge, Runs};
use xtask::live::{self, Task};
use xtask::notes::{Course, Lesson, Program};
use xtask::programs;
use xtask::record::Limits;
use xtask::report::columns::what;
use xtask::report::{self, Report};
use xtask::trace::{Event, Trace, What};

use super::{Outcome, Refusal, find_program, read_course, root, unknown};

pub fn command() -> Command {
    Command::new("verify")
        .about(
            "Run programs side by side and check what they print, in which order and by which process, against the notes",
        )
        .arg(
            Arg::new("lessons")
                .value_name("LESSON")
                .num_args(0..)
                .help("Lessons, or single programs of them; without any, the whole course"),
        )
        .arg(Arg::new("program").long("program").value_name("CMD ARGS").help(
            "Judge this program, in any language, by the notes of the one LESSON named, in place of the lesson's own",
        ))
        .arg(
            Arg::new("trace")
                .long("trace")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("Write what was recorded to this file; `check` judges it again"),
        )
        .arg(super::json_flag())
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .default_value("30")
                .value_parser(seconds)
                .help("How long a program may take"),
        )
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|error: ParseFloatError| error.to_string())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        Ok(_) => Err("more than nothing, or no program could do anything".to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// What the arguments ask for.
struct Wishes<'a> {
    lessons: Vec<&'a str>,
    program: Option<&'a str>,
    trace: Option<&'a Path>,
    json: bool,
    limits: Limits,
}

impl<'a> Wishes<'a> {
    fn read(arguments: &'a ArgMatches) -> Wishes<'a> {
        let time = *super::required(arguments, "timeout");
        Wishes {
            lessons: arguments.get_many::<String>("lessons").into_iter().flatten().map(String::as_str).collect(),
            program: arguments.get_one::<String>("program").map(String::as_str),
            trace: arguments.get_one::<PathBuf>("trace").map(PathBuf::as_path),
            json: arguments.get_flag("json"),
            limits: Limits { time, ..Limits::default() },
        }
    }
}

pub fn run(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let wishes = Wishes::read(arguments);
    let course = read_course()?;
    let chosen = choose(&course, &wishes)?;
    let commands = match wishes.program {
        Some(command) => vec![split(command)?],
        None => build(&chosen)?,
    };
    let tasks: Vec<Task> =
        chosen.iter().zip(commands).map(|((_, program), command)| Task { claims: &program.claims, command }).collect();

    let progress = Progress::new(&tasks);
    let mut reports: Vec<Report> = Vec::new();
    let mut failed: Vec<String> = Vec::new();
    live::run_all(
        Path::new("/proc/self/exe"),
        &tasks,
        &wishes.limits,
        &|index, event| progress.see(index, event),
        |index, trace| {
            progress.done(index);
            let (lesson, program) = chosen[index];
            match trace {
                Ok(trace) => {
                    let report = judge(lesson, program, trace, wishes.program);
                    if !wishes.json {
                        progress.print(&report::text(&report));
                    }
                    reports.push(report);
                }
                Err(error) => failed.push(format!("{}: {error}", program.name())),
            }
        },
    );
    if let Some(file) = wishes.trace {
        write_traces(file, &reports).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    if !failed.is_empty() {
        return Err(Refusal(failed.join("\n")));
    }
    let broken: Vec<&str> =
        reports.iter().filter(|report| !report.passes()).map(|report| report.claims.program.as_str()).collect();
    if wishes.json {
        println!("{}", report::json(&reports)?);
    } else {
        print!("{}", report::summary(&reports));
    }
    Ok(if broken.is_empty() { Outcome::Holds } else { Outcome::Broken })
}

/// The programs that the arguments name.
fn choose<'a>(course: &'a Course, wishes: &Wishes) -> Result<Vec<(&'a Lesson, &'a Program)>, Refusal> {
    if wishes.program.is_some() {
        let [name] = wishes.lessons.as_slice() else {
            return Err("--program needs exactly one LESSON beside it: the notes to judge the program by".into());
        };
        return Ok(vec![find_program(course, name)?]);
    }
    if wishes.lessons.is_empty() {
        return Ok(course.programs().collect());
    }
    let mut chosen: Vec<(&Lesson, &Program)> = Vec::new();
    for name in &wishes.lessons {
        for found in course.find(name).map_err(|nearest| unknown(name, nearest))? {
            if !chosen.iter().any(|(_, program)| program.name() == found.1.name()) {
                chosen.push(found);
            }
        }
    }
    Ok(chosen)
}

/// Splits a command as a shell would, and looks for nothing else in it: no variables, no redirections.
pub(super) fn split(command: &str) -> Result<Vec<OsString>, Refusal> {
    match shlex::split(command) {
        Some(words) if !words.is_empty() => Ok(words.into_iter().map(Into::into).collect()),
        Some(_) => {
            Err("--program is empty; give the program and its arguments, as in --program 'python3 pool.py'".into())
        }
        None => Err(Refusal(format!("--program has a quote that never ends: {command}"))),
    }
}

pub(super) fn build(chosen: &[(&Lesson, &Program)]) -> Result<Vec<Vec<OsString>>, Refusal> {
    let mut lessons: Vec<&str> = chosen.iter().map(|(lesson, _)| lesson.name.as_str()).collect();
    lessons.dedup();
    let binaries: BTreeMap<String, PathBuf> = programs::build(&root(), &lessons)?;
    let command = |(lesson, program): &(&Lesson, &Program)| match binaries.get(program.name()) {
        Some(path) => Ok(vec![path.clone().into()]),
        None => {
            let (at, name, lesson) = (&program.claims.at, program.name(), &lesson.name);
            Err(Refusal(format!(
                "{at}: the crate {lesson} has no binary `{name}`; [program] bin names one that it has"
            )))
        }
    };
    chosen.iter().map(command).collect()
}

fn judge<'a>(lesson: &'a Lesson, program: &'a Program, trace: Trace, command: Option<&str>) -> Report<'a> {
    let mut judge = Judge::new(&program.claims);
    judge.add(&trace);
    let mut again = format!("cargo xtask verify {}", program.name());
    if let Some(command) = command {
        let quoted = shlex::try_quote(command).unwrap_or(command.into());
        again += &format!(" --program {quoted}");
    }
    Report { lesson: &lesson.name, claims: &program.claims, live: Some(trace), judged: judge.finish(Runs::Some), again }
}

fn write_traces(file: &Path, reports: &[Report]) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for trace in reports.iter().filter_map(|report| report.live.as_ref()) {
        trace.write(&mut out)?;
    }
    out.flush()
}

/// What a terminal shows while the programs run: a line each. Without a terminal, nothing.
struct Progress {
    all: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl Progress {
    fn new(tasks: &[Task]) -> Progress {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{spinner} {prefix} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let width = tasks.iter().map(|task| task.claims.program.len()).max().unwrap_or(0);
        let bar = |task: &Task| {
            let bar = all.add(ProgressBar::new_spinner().with_style(style.clone()));
            bar.set_prefix(format!("{:width$}", task.claims.program));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        };
        let bars = tasks.iter().map(bar).collect();
        Progress { all, bars }
    }

    fn see(&self, index: usize, event: &Event) {
        if let What::Line(_) = event.what {
            let bar = &self.bars[index];
            bar.inc(1);
            bar.set_message(format!("{:>2} lines  {}", bar.position(), what(event)));
        }
    }

    fn done(&self, index: usize) {
        self.bars[index].finish_and_clear();
    }

    fn print(&self, text: &str) {
        self.all.suspend(|| print!("{text}"));
    }
}
