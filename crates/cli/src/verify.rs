//! `verify`: runs programs and judges them by the notes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use interleave::explore::{self, TimeMode};
use interleave::record::Limits;
use interleave_claims::check;
use interleave_claims::notes::{Lesson, Program};
use interleave_claims::report::{self, Report, Status};
use interleave_claims::say;

use crate::course::{self, Startable};
use crate::judge::{Plan, Task, Verified, can_explore, verify};
use crate::pictures::{self, Verdicts};
use crate::progress::Bars;
use crate::target::{self, Given};
use crate::{Front, Refusal, screen};

/// How many runs in real time stand for an exploration where the system refuses one.
const SAMPLES: usize = 3;

pub fn command(front: &Front) -> Command {
    let (value, names) = match front.course {
        Some(_) => (
            "LESSON",
            "Lessons, single programs of them (also as LESSON/PROGRAM), or notes that lie elsewhere (NOTES.md); without \
             any, the whole course",
        ),
        None => ("NOTES.md", "Notes with claims, folders that hold some, or NOTES.md/PROGRAM; without any, those here"),
    };
    Command::new("verify")
        .about(
            "Run programs side by side and check what they print, in which order and by which process, against the notes",
        )
        .arg(Arg::new("lessons").value_name(value).num_args(0..).help(names))
        .arg(target::program_flag().help(
            "Judge this program, in any language, by the notes of the one program or lesson named, in place of their own",
        ))
        .arg(target::command_argument())
        .arg(
            Arg::new("trace")
                .long("trace")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("Write what was recorded to this file; `check` judges it again"),
        )
        .arg(crate::json_flag())
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .default_value("30")
                .value_parser(target::duration)
                .help("How long a run in real time may take"),
        )
        .arg(
            Arg::new("live")
                .long("live")
                .action(ArgAction::SetTrue)
                .conflicts_with("explore")
                .help("Only run the programs in real time, once each; do not explore their interleavings"),
        )
        .arg(
            Arg::new("explore")
                .long("explore")
                .action(ArgAction::SetTrue)
                .help("Only explore the programs' interleavings, in virtual time"),
        )
        .arg(
            Arg::new("terminal").long("terminal").action(ArgAction::SetTrue).requires("explore").help(
                "With --explore: let the programs believe that their standard output is a terminal, to which C programs write line by line",
            ),
        )
        .args(target::limit_arguments())
        .args(pictures::arguments_of_verdicts())
}

/// What the arguments ask for.
struct Wishes<'a> {
    lessons: Vec<&'a str>,
    program: Option<Given>,
    trace: Option<&'a Path>,
    json: bool,
    limits: Limits,
    live: bool,
    explore: bool,
    most: u64,
    explore_time: Duration,
    time_mode: Option<TimeMode>,
    terminal: bool,
}

impl<'a> Wishes<'a> {
    fn read(arguments: &'a ArgMatches) -> Result<Wishes<'a>, Refusal> {
        let time = *crate::required(arguments, "timeout");
        let usually = if arguments.get_flag("explore") { target::TIME } else { target::TIME_BESIDE_LIVE };
        let (most, explore_time) = target::limits(arguments, usually);
        Ok(Wishes {
            lessons: arguments.get_many::<String>("lessons").into_iter().flatten().map(String::as_str).collect(),
            program: target::given_command(arguments)?,
            trace: arguments.get_one::<PathBuf>("trace").map(PathBuf::as_path),
            json: arguments.get_flag("json"),
            limits: Limits { time, ..Limits::default() },
            live: !arguments.get_flag("explore"),
            explore: !arguments.get_flag("live"),
            most,
            explore_time,
            time_mode: target::time_mode(arguments),
            terminal: arguments.get_flag("terminal"),
        })
    }
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let wishes = Wishes::read(arguments)?;
    let mut pictures = Verdicts::read(arguments)?;
    if wishes.program.is_some() && wishes.lessons.len() != 1 && (front.course.is_some() || !wishes.lessons.is_empty()) {
        let what = if front.course.is_some() { "LESSON" } else { "NOTES.md" };
        return Err(say!("--program needs exactly one {} beside it: the notes to judge the program by", what).into());
    }
    let course = course::read(front, &wishes.lessons)?;
    let cpus = thread::available_parallelism().map_or(1, NonZero::get);
    let (chosen, skipped): (Vec<_>, Vec<_>) = match (&wishes.program, wishes.lessons.as_slice()) {
        (Some(_), [name]) => vec![course::choose_one(front, &course, name)?],
        (_, names) => course::choose(front, &course, names)?,
    }
    .into_iter()
    .partition(|(_, program)| program.claims.cpus <= cpus);
    let programs = match &wishes.program {
        Some(given) => vec![Startable::new(given.words.clone(), None); chosen.len()],
        None => course::build(front, &chosen)?,
    };
    let claims = chosen.iter().map(|(_, program)| &program.claims);
    let tasks: Vec<Task> = claims.zip(programs).map(|(claims, program)| Task { claims, program }).collect();
    let plan = plan(&wishes)?;

    let progress = Bars::new(&tasks);
    let mut reports: Vec<Report> = skipped.into_iter().map(|program| skip(front, program, &wishes)).collect();
    if !wishes.json {
        reports.iter().for_each(|report| progress.print(&report::text(report)));
    }
    let mut failed: Vec<String> = Vec::new();
    verify(&plan, &tasks, &|index, seen| progress.see(index, seen), |index, verified| {
        progress.done(index);
        let (lesson, program) = chosen[index];
        match verified {
            Ok(verified) => {
                let report = report(front, lesson, program, verified, &wishes);
                if !wishes.json {
                    progress.print(&report::text(&report));
                }
                reports.push(report);
            }
            Err(error) => failed.push(format!("{}: {error}", program.name())),
        }
    });
    for report in &reports {
        if let Some(task) = tasks.iter().find(|task| std::ptr::eq(task.claims, report.claims)) {
            pictures.see(&task.job(&plan), report);
        }
    }
    pictures.write()?;
    if let Some(file) = wishes.trace {
        write_traces(file, &reports)
            .map_err(|error| say!("cannot write {}: {}", file.display().to_string(), &error))?;
    }
    if !failed.is_empty() && reports.is_empty() {
        return Err(Refusal(failed.join("\n")));
    }
    let error = (!failed.is_empty()).then(|| failed.join("\n"));
    screen::print(&match wishes.json {
        true => report::json(&reports, plan.explore, error.as_deref())? + "\n",
        false => report::summary(&reports),
    });
    failed.iter().for_each(|failed| screen::complain(failed));
    let floor = if failed.is_empty() { Status::Holds } else { Status::Unjudged };
    Ok(reports.iter().map(Report::status).fold(floor, Status::max))
}

/// What to do with each program. Where the system refuses to hold system calls, runs in real time stand for all.
fn plan(wishes: &Wishes) -> Result<Plan, Refusal> {
    let mut plan = Plan {
        live_runs: usize::from(wishes.live),
        limits: wishes.limits.clone(),
        explore: wishes.explore,
        most: wishes.most,
        calls: None,
        explore_time: wishes.explore_time,
        time_mode: wishes.time_mode,
        terminal: wishes.terminal,
        workers: None,
    };
    if !wishes.explore {
        return Ok(plan);
    }
    match can_explore() {
        Ok(_) => Ok(plan),
        Err(explore::Error::Refused(why)) if wishes.live => {
            let samples = say!(
                "interleavings cannot be explored here ({}); {} runs in real time stand for all",
                interleave_claims::words::error(&why),
                SAMPLES
            );
            screen::complain(&samples.told());
            plan.live_runs = SAMPLES;
            plan.explore = false;
            Ok(plan)
        }
        Err(error) => Err(error.into()),
    }
}

fn report<'a>(
    front: &Front,
    lesson: &'a Lesson,
    program: &'a Program,
    verified: Verified,
    wishes: &Wishes,
) -> Report<'a> {
    let time = wishes.time_mode.map(|mode| format!(" --time {mode}")).unwrap_or_default();
    let terminal = if wishes.terminal { " --terminal" } else { "" };
    let given = time + terminal + wishes.program.as_ref().map_or("", |given| &given.again);
    let mode = match (wishes.live, wishes.explore) {
        (true, false) => " --live",
        (false, true) => " --explore",
        _ => "",
    };
    let name = course::name(front, lesson, program);
    let Verified { live, explored, unexplored, unexplained, judged, belied: _, missing } = verified;
    Report {
        lesson: &lesson.name,
        claims: &program.claims,
        live,
        explored,
        unexplored,
        unexplained,
        judged,
        missing,
        again: format!("{} verify {name}{mode}{given}", front.command),
        replay: format!("{} replay {name}", front.command),
        program: given,
    }
}

/// The report on a program that this machine cannot run as the notes mean it.
fn skip<'a>(front: &Front, (lesson, program): (&'a Lesson, &'a Program), wishes: &Wishes) -> Report<'a> {
    let judged = check::silent(&program.claims, &say!("it needs more processors than this machine lets it use"));
    let (live, missing) = (Vec::new(), BTreeSet::new());
    let verified =
        Verified { live, explored: None, unexplored: false, unexplained: None, judged, belied: Vec::new(), missing };
    report(front, lesson, program, verified, wishes)
}

fn write_traces(file: &Path, reports: &[Report]) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for trace in reports.iter().flat_map(|report| &report.live) {
        trace.write(&mut out)?;
    }
    out.flush()
}
