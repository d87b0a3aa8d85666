//! `cargo xtask check`.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use xtask::check::{Judge, Runs};
use xtask::report::{self, Report};
use xtask::trace::Trace;

use super::{Outcome, Refusal, find_program, read_course};

/// Judge recorded traces by the notes, with the same code as `verify`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The program whose claims are to hold, or a lesson for its default program.
    program: String,
    /// A file of traces, as `verify --trace` writes them. If it has traces of several programs, those of PROGRAM count.
    file: PathBuf,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Refusal> {
    let course = read_course()?;
    let (lesson, program) = find_program(&course, &arguments.program)?;
    let name = arguments.file.display().to_string();
    let file = File::open(&arguments.file).map_err(|error| format!("the trace {name} cannot be read: {error}"))?;
    let mut traces = Trace::read_all(&name, BufReader::new(file))?;
    if traces.iter().any(|trace| trace.header.program != traces[0].header.program) {
        traces.retain(|trace| trace.header.program == program.name());
    }
    if traces.is_empty() {
        return Err(Refusal(format!("{name} has no trace of {}", program.name())));
    }
    let mut judge = Judge::new(&program.claims);
    for trace in &traces {
        judge.add(trace);
    }
    let report = Report {
        lesson: &lesson.name,
        claims: &program.claims,
        live: traces.pop().filter(|_| traces.is_empty()),
        judged: judge.finish(Runs::Some),
        again: format!("cargo xtask check {} {name}", program.name()),
    };
    if arguments.json {
        println!("{}", report::json(std::slice::from_ref(&report))?);
    } else {
        print!("{}", report::text(&report));
    }
    Ok(if report.passes() { Outcome::Holds } else { Outcome::Broken })
}
