//! `check`: judges what was recorded.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};
use interleave::trace::Trace;
use interleave_claims::check::{Judge, Runs};
use interleave_claims::notes::{Lesson, Program};
use interleave_claims::report::{self, Report, Status};
use interleave_claims::say;

use crate::{Front, Refusal, course, pictures, screen};

pub fn command(front: &Front) -> Command {
    let (value, name) = match front.course {
        Some(_) => ("PROGRAM", "The program whose claims are to hold, or a lesson for its default program"),
        None => ("NOTES.md", "The notes that are to hold, or NOTES.md/PROGRAM for one of their programs"),
    };
    Command::new("check")
        .about("Judge recorded traces by the notes, with the same code as `verify`")
        .arg(Arg::new("name").value_name(value).required(true).help(name))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Traces, as `verify --trace` writes them; of traces of several programs, those of PROGRAM count"),
        )
        .arg(crate::json_flag())
        .args(pictures::arguments_of_traces())
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let file: &PathBuf = crate::required(arguments, "file");
    let name: &str = crate::required::<String>(arguments, "name");
    let course = course::read(front, &[name])?;
    let shown = file.display().to_string();
    let programs = match course::choose_one(front, &course, name) {
        Ok(one) => vec![one],
        // Of notes with several programs, the traces say which they are of.
        Err(refusal) if course::choose(front, &course, &[name]).map_or(0, |found| found.len()) < 2 => {
            return Err(refusal);
        }
        Err(_) => course::choose(front, &course, &[name])?,
    };
    if file.is_dir() {
        return Err(
            say!("{} is a folder; a file of traces would be right, as `verify --trace` writes it", shown).into()
        );
    }
    let traces = File::open(file).map_err(|error| say!("the trace {} cannot be read: {}", &shown, &error))?;
    let traces = Trace::read_all(&shown, BufReader::new(traces))?;
    let reports = judge(front, &programs, traces, &shown);
    if reports.is_empty() {
        let names: Vec<&str> = programs.iter().map(|(_, program)| program.name()).collect();
        return Err(say!("{} has no trace of {}", shown, names.join(&say!(" or ").told())).into());
    }
    pictures::of_traces(arguments, &reports)?;
    if arguments.get_flag("json") {
        screen::print(&(report::json(&reports, false, None)? + "\n"));
    } else {
        reports.iter().for_each(|report| screen::print(&report::text(report)));
        screen::print(&report::summary(&reports));
    }
    Ok(reports.iter().map(Report::status).max().unwrap_or(Status::Holds))
}

/// A report on each of these programs that there is a trace of. If all traces are of one program, they are taken for traces
/// of the one that was asked for, whatever they say.
fn judge<'a>(front: &Front, programs: &[(&'a Lesson, &'a Program)], traces: Vec<Trace>, file: &str) -> Vec<Report<'a>> {
    let is_of_one = traces.iter().all(|trace| trace.header.program == traces[0].header.program);
    let mut left = traces;
    let mut reports = Vec::new();
    for (lesson, program) in programs {
        let is_its = |trace: &Trace| programs.len() == 1 && is_of_one || trace.header.program == program.name();
        let (live, others): (Vec<Trace>, Vec<Trace>) = left.into_iter().partition(is_its);
        left = others;
        if live.is_empty() {
            continue;
        }
        let mut judge = Judge::new(&program.claims);
        for trace in &live {
            judge.add(trace, None);
        }
        let name = course::name(front, lesson, program);
        reports.push(Report {
            lesson: &lesson.name,
            claims: &program.claims,
            live,
            explored: None,
            unexplored: false,
            unexplained: None,
            judged: judge.finish(Runs::Some),
            missing: BTreeSet::new(),
            again: format!("{} check {name} {}", front.command, screen::quoted(OsStr::new(file))),
            replay: format!("{} replay {name}", front.command),
            program: String::new(),
        });
    }
    reports
}
