//! `cargo xtask check`.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};
use xtask::check::{Judge, Runs};
use xtask::report::{self, Report};
use xtask::trace::Trace;

use super::{Outcome, Refusal, find_program, read_course};

pub fn command() -> Command {
    Command::new("check")
        .about("Judge recorded traces by the notes, with the same code as `verify`")
        .arg(
            Arg::new("program")
                .value_name("PROGRAM")
                .required(true)
                .help("The program whose claims are to hold, or a lesson for its default program"),
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Traces, as `verify --trace` writes them; of traces of several programs, those of PROGRAM count"),
        )
        .arg(super::json_flag())
}

pub fn run(arguments: &ArgMatches) -> Result<Outcome, Refusal> {
    let file: &PathBuf = super::required(arguments, "file");
    let course = read_course()?;
    let (lesson, program) = find_program(&course, super::required::<String>(arguments, "program"))?;
    let name = file.display().to_string();
    let traces = File::open(file).map_err(|error| format!("the trace {name} cannot be read: {error}"))?;
    let mut traces = Trace::read_all(&name, BufReader::new(traces))?;
    if traces.iter().any(|trace| trace.header.program != traces[0].header.program) {
        traces.retain(|trace| trace.header.program == program.name());
    }
    if traces.is_empty() {
        return Err(Refusal(format!("{name} has no trace of {}", program.name())));
    }
    let mut judge = Judge::new(&program.claims);
    for trace in &traces {
        judge.add(trace, None);
    }
    let report = Report {
        lesson: &lesson.name,
        claims: &program.claims,
        live: traces,
        explored: None,
        unexplored: false,
        judged: judge.finish(Runs::Some),
        again: format!("cargo xtask check {} {name}", program.name()),
        program: String::new(),
    };
    if arguments.get_flag("json") {
        println!("{}", report::json(std::slice::from_ref(&report), false)?);
    } else {
        print!("{}", report::text(&report));
    }
    Ok(if report.passes() { Outcome::Holds } else { Outcome::Broken })
}
