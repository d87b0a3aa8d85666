//! `cargo xtask verify`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::num::{NonZero, ParseFloatError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use xtask::notes::{Course, Lesson, Program};
use xtask::programs;
use xtask::record::Limits;
use xtask::report::{self, Report};
use xtask::verify::{Plan, Task, Verified, can_explore, verify};
use xtask::{check, explore};

use super::progress::Bars;
use super::{Outcome, Refusal, find_program, program_again, read_course, root, unknown};

/// How many runs in real time stand for an exploration where the system refuses one.
const SAMPLES: usize = 3;

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
                .help("How long a run in real time may take"),
        )
        .arg(
            Arg::new("live")
                .long("live")
                .action(ArgAction::SetTrue)
                .conflicts_with("explore")
                .help("Only run the programs in real time; do not explore their interleavings"),
        )
        .arg(
            Arg::new("explore")
                .long("explore")
                .action(ArgAction::SetTrue)
                .help("Only explore the programs' interleavings, in virtual time"),
        )
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("NUMBER")
                .value_parser(clap::value_parser!(u64).range(1..))
                .help("How many interleavings an exploration takes in at most, if not as many as every lesson needs"),
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
    live: bool,
    explore: bool,
    most: Option<u64>,
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
            live: !arguments.get_flag("explore"),
            explore: !arguments.get_flag("live"),
            most: arguments.get_one("limit").copied(),
        }
    }
}

pub fn run(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let wishes = Wishes::read(arguments);
    let course = read_course()?;
    let cpus = thread::available_parallelism().map_or(1, NonZero::get);
    let (chosen, skipped): (Vec<_>, Vec<_>) =
        choose(&course, &wishes)?.into_iter().partition(|(_, program)| program.claims.cpus <= cpus);
    let commands = match wishes.program {
        Some(command) => vec![split(command)?],
        None if chosen.is_empty() => Vec::new(),
        None => build(&chosen)?,
    };
    let claims = chosen.iter().map(|(_, program)| &program.claims);
    let tasks: Vec<Task> = claims.zip(commands).map(|(claims, command)| Task { claims, command }).collect();
    let (plan, sampled) = plan(&wishes)?;

    let progress = Bars::new(&tasks);
    let mut reports: Vec<Report> = skipped.into_iter().map(|program| skip(program, &wishes)).collect();
    if !wishes.json {
        reports.iter().for_each(|report| progress.print(&report::text(report)));
    }
    let mut failed: Vec<String> = Vec::new();
    verify(&plan, &tasks, &|index, seen| progress.see(index, seen), |index, verified| {
        progress.done(index);
        let (lesson, program) = chosen[index];
        match verified {
            Ok(verified) => {
                let report = report(lesson, program, verified, &wishes);
                if !wishes.json {
                    progress.print(&report::text(&report));
                }
                reports.push(report);
            }
            Err(error) => failed.push(format!("{}: {error}", program.name())),
        }
    });
    if let Some(file) = wishes.trace {
        write_traces(file, &reports).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    if !failed.is_empty() {
        return Err(Refusal(failed.join("\n")));
    }
    if wishes.json {
        println!("{}", report::json(&reports, plan.explore)?);
    } else {
        print!("{}", report::summary(&reports));
    }
    Ok(match reports.iter().all(Report::passes) {
        true if sampled => Outcome::Sampled,
        true => Outcome::Holds,
        false => Outcome::Broken,
    })
}

/// What to do with each program, and whether runs in real time have to stand for an exploration that is refused here.
fn plan(wishes: &Wishes) -> Result<(Plan, bool), Refusal> {
    let mut plan = Plan {
        xtask: "/proc/self/exe".into(),
        live_runs: usize::from(wishes.live),
        limits: wishes.limits.clone(),
        explore: wishes.explore,
        most: wishes.most,
        // Beside runs in real time an exploration has a little longer than they take; alone, as long as somebody may
        // wait; and for a limit that was asked for, as long as that takes.
        explore_time: match (wishes.most, wishes.live) {
            (Some(_), _) => Duration::from_secs(24 * 60 * 60),
            (None, true) => Duration::from_secs(15),
            (None, false) => Duration::from_secs(300),
        },
    };
    if !wishes.explore {
        return Ok((plan, false));
    }
    match can_explore(&plan.xtask) {
        Ok(()) => Ok((plan, false)),
        Err(explore::Error::Refused(why)) if wishes.live => {
            eprintln!("interleavings cannot be explored here ({why}); {SAMPLES} runs in real time stand for all");
            plan.live_runs = SAMPLES;
            plan.explore = false;
            Ok((plan, true))
        }
        Err(error) => Err(error.into()),
    }
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

fn report<'a>(lesson: &'a Lesson, program: &'a Program, verified: Verified, wishes: &Wishes) -> Report<'a> {
    let command = program_again(wishes.program);
    let mode = match (wishes.live, wishes.explore) {
        (true, false) => " --live",
        (false, true) => " --explore",
        _ => "",
    };
    let Verified { live, explored, unexplored, judged } = verified;
    let again = format!("cargo xtask verify {}{mode}{command}", program.name());
    Report {
        lesson: &lesson.name,
        claims: &program.claims,
        live,
        explored,
        unexplored,
        judged,
        again,
        program: command,
    }
}

/// The report on a program that this machine cannot run as the notes mean it.
fn skip<'a>((lesson, program): (&'a Lesson, &'a Program), wishes: &Wishes) -> Report<'a> {
    let judged = check::silent(&program.claims, "it needs more processors than this machine lets it use");
    report(lesson, program, Verified { live: Vec::new(), explored: None, unexplored: false, judged }, wishes)
}

fn write_traces(file: &Path, reports: &[Report]) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for trace in reports.iter().flat_map(|report| &report.live) {
        trace.write(&mut out)?;
    }
    out.flush()
}
