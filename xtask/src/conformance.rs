//! `cargo xtask conformance`: explores the programs of `conformance/`, and compares the outcomes found with those that stand in
//! their headers.

mod plainly;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, value_parser};
use interleave::explore::{Error, Job, Statistics, TimeMode, explore};
use interleave::outcome::{Ending, Outcome};
use serde::Serialize;

/// For how long a program is explored unless it is said.
const SECONDS: u64 = 10;

/// A program of the suite.
pub struct Program {
    /// What it is about: the folder it lies in.
    pub family: String,
    /// `FAMILY/FILE`.
    pub name: String,
    path: PathBuf,
    header: Header,
}

/// What the comments at the top of a program say to machines; `conformance/README.md` defines them.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    /// Every outcome, as [`shown`].
    outcomes: BTreeSet<String>,
    time: TimeMode,
}

impl Header {
    /// Reads a header whose lines begin with this comment mark.
    fn parse(text: &str, mark: &str) -> Result<Header, String> {
        let mut header = Header { outcomes: BTreeSet::new(), time: TimeMode::Free };
        for line in text.lines().map_while(|line| line.strip_prefix(mark)) {
            let line = line.trim_start();
            if let Some(outcome) = line.strip_prefix("outcome:") {
                let (text, ending) = outcome.rsplit_once(" => ").ok_or_else(|| format!("no ` => ` in `{line}`"))?;
                header.outcomes.insert(format!("{} => {}", text.trim(), ending.trim()));
            } else if let Some(time) = line.strip_prefix("time:") {
                header.time = match time.trim() {
                    "free" => TimeMode::Free,
                    "any" => TimeMode::Any,
                    other => return Err(format!("`time: {other}` is neither `free` nor `any`")),
                };
            }
        }
        if header.outcomes.is_empty() { Err("there is no line `outcome:`".to_owned()) } else { Ok(header) }
    }
}

/// An outcome as headers write it.
fn shown(outcome: &Outcome) -> String {
    let text = match outcome.text.strip_suffix('\n') {
        _ if outcome.text.is_empty() => "(nothing)".to_owned(),
        Some(lines) => lines.replace('\n', " | "),
        None => outcome.text.replace('\n', " | ") + " \\",
    };
    format!("{} => {}", text.trim(), outcome.ending)
}

/// The programs of the suite, family by family.
///
/// # Errors
/// If a file cannot be read, or its header says no outcomes.
pub fn programs(root: &Path) -> io::Result<Vec<Program>> {
    let mut programs = Vec::new();
    for family in sorted(&root.join("conformance"))?.into_iter().filter(|path| path.is_dir()) {
        for path in sorted(&family)? {
            let mark = match path.extension().and_then(|extension| extension.to_str()) {
                Some("c") => "//",
                Some("sh" | "py") => "#",
                _ => continue,
            };
            let file = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (family, name) = (file(&family), format!("{}/{}", file(&family), file(&path)));
            let fault = |what: &dyn std::fmt::Display| io::Error::other(format!("conformance/{name}: {what}"));
            let text = fs::read_to_string(&path).map_err(|error| fault(&error))?;
            let header = Header::parse(&text, mark).map_err(|what| fault(&what))?;
            programs.push(Program { family, name, path, header });
        }
    }
    Ok(programs)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let fault = |error: io::Error| io::Error::new(error.kind(), format!("cannot list {}: {error}", folder.display()));
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(fault)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = entries.map_err(fault)?;
    paths.sort();
    Ok(paths)
}

impl Program {
    /// Whether somebody who asks for this means it: a family, or a program with or without its extension.
    fn is_meant_by(&self, asked: &str) -> bool {
        let asked = asked.trim_start_matches("conformance/").trim_end_matches('/');
        let stem = self.name.rsplit_once('.').map_or(&*self.name, |(stem, _)| stem);
        [&*self.family, &*self.name, stem].contains(&asked)
    }

    /// How to start it, compiled into `folder` if need be; or why that is not possible here.
    fn command(&self, folder: &Path) -> Result<Vec<OsString>, String> {
        let script = |interpreter: &str| Ok(vec![interpreter.into(), self.path.clone().into()]);
        match self.path.extension().and_then(|extension| extension.to_str()) {
            Some("sh") => script("sh"),
            Some("py") => script(&python()?),
            _ => Ok(vec![self.compile(folder)?.into()]),
        }
    }

    /// Compiles it, unless that was done since it was changed.
    fn compile(&self, folder: &Path) -> Result<PathBuf, String> {
        let tried = |error: io::Error| format!("cannot write to {}: {error}", folder.display());
        let binary = folder.join(self.name.replace(['/', '.'], "_"));
        let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
        if let (Ok(compiled), Ok(source)) = (changed(&binary), changed(&self.path))
            && compiled > source
        {
            return Ok(binary);
        }
        fs::create_dir_all(folder).map_err(tried)?;
        // Renamed when it is whole, so that nobody who does the same at the same time runs half a program.
        let fresh = binary.with_extension(std::process::id().to_string());
        let mut cc = Command::new("cc");
        cc.args(["-w", "-O1", "-pthread", "-o"]).arg(&fresh).arg(&self.path).arg("-lrt");
        let output = cc.output().map_err(|error| format!("cannot run cc: {error}"))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(format!("it does not compile: {}", complaint.lines().next().unwrap_or("cc failed")));
        }
        fs::rename(&fresh, &binary).map_err(tried)?;
        Ok(binary)
    }
}

/// The interpreter itself, and not what a version manager puts before it.
fn python() -> Result<String, String> {
    let output =
        Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).stderr(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        _ => Err("there is no python3".to_owned()),
    }
}

/// What an exploration is worth, measured by a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It found all outcomes and no other.
    Right,
    /// It did not, or might not have, and says so.
    Said,
    /// It did not, and says that all is explored.
    Wrong,
    /// The program cannot be run here.
    Skipped,
}

/// What was found about one program.
#[derive(Debug, Serialize)]
pub struct Judged {
    /// `FAMILY/FILE`.
    pub program: String,
    /// What the exploration is worth.
    pub verdict: Verdict,
    /// What it says about itself, or why there was none.
    pub says: String,
    /// Outcomes that it did not find.
    pub missing: Vec<String>,
    /// Outcomes that it found and the header denies.
    pub extra: Vec<String>,
    /// How many times the program was run, also where the run was cut short.
    pub runs: u64,
    /// How many interleavings were found.
    pub interleavings: u64,
    /// How many of these were not run, but deduced from others.
    pub deduced: u64,
    /// How long it took, compiling apart.
    pub seconds: f64,
}

/// Explores a program for at most `time`, and compares what is found with its header. Blocks until that is done.
///
/// # Errors
/// If the system does not let programs be explored, or a folder below `target/` cannot be made.
pub fn judge(root: &Path, program: &Program, time: Duration) -> io::Result<Judged> {
    let target = root.join("target/conformance");
    let mut judged = Judged {
        program: program.name.clone(),
        verdict: Verdict::Skipped,
        says: String::new(),
        missing: Vec::new(),
        extra: Vec::new(),
        runs: 0,
        interleavings: 0,
        deduced: 0,
        seconds: 0.0,
    };
    let command = match program.command(&target.join("bin")) {
        Ok(command) => command,
        Err(why) => return Ok(Judged { says: why, ..judged }),
    };
    // A folder of this process's own, since the tests and the command may run at the same time.
    let empty = target.join(format!("empty-{}", std::process::id())).join(program.name.replace('/', "_"));
    fs::create_dir_all(&empty)?;
    let mut job = Job::new(&program.name, command);
    job.folder = Some(empty.clone());
    job.time = time;
    job.by_text = true;
    job.limits.time_mode = program.header.time;

    let start = Instant::now();
    let mut found = BTreeSet::new();
    let explored = explore(&job, |interleaving| {
        judged.deduced += u64::from(interleaving.schedule.is_none());
        let outcome = interleaving.outcome();
        // A run that was stopped has no outcome; then the exploration does not call itself complete.
        if outcome.ending != Ending::Stopped {
            found.insert(shown(&outcome));
        }
        ControlFlow::Continue(())
    });
    judged.seconds = start.elapsed().as_secs_f64();
    // Without namespaces the program may have left something there.
    let _ = fs::remove_dir_all(&empty);
    let _ = empty.parent().map(fs::remove_dir);

    let outcomes = &program.header.outcomes;
    judged.missing = outcomes.difference(&found).cloned().collect();
    judged.extra = found.difference(outcomes).cloned().collect();
    judged.verdict = match &explored {
        Err(Error::Refused(why)) => return Err(io::Error::other(why.clone())),
        Err(_) => Verdict::Said,
        Ok(statistics) => verdict(statistics, found == *outcomes),
    };
    match explored {
        Err(error) => judged.says = error.to_string(),
        Ok(statistics) => {
            judged.says = statistics.to_string();
            judged.runs = statistics.runs + statistics.pruned;
            judged.interleavings = statistics.explored;
        }
    }
    Ok(judged)
}

/// What an exploration is worth that found what it should, or did not.
fn verdict(statistics: &Statistics, is_as_it_should: bool) -> Verdict {
    match statistics {
        Statistics { complete: false, .. } => Verdict::Said,
        _ if is_as_it_should => Verdict::Right,
        Statistics { caveats, .. } if !caveats.is_empty() => Verdict::Said,
        _ => Verdict::Wrong,
    }
}

/// Does what the arguments ask for, if that is this: comes back with nothing if they ask for something else.
///
/// Blocks until all is explored.
pub fn run(root: &Path) -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.first()? != "conformance" {
        return None;
    }
    Some(conformance(root, arguments).unwrap_or_else(|error| {
        eprintln!("cannot judge the conformance suite: {error}");
        ExitCode::from(2)
    }))
}

fn command() -> clap::Command {
    clap::Command::new("conformance")
        .bin_name("cargo xtask conformance")
        .about("Explores the programs of conformance/, and compares the outcomes found with those in their headers")
        .after_help(
            "Exit status: 0 all are right; 1 some are wrong, and nothing said so (or a plain run has shown what no header lists);\n\
             2 it could not be judged; 3 some are not right, and the exploration says so itself",
        )
        .arg(Arg::new("what").value_name("FAMILY|PROGRAM").num_args(0..).help("Only these [default: all]"))
        .arg(
            Arg::new("time")
                .long("time")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64).range(1..))
                .help(format!("Explore each for at most so long [default: {SECONDS}]")),
        )
        .arg(
            Arg::new("plain")
                .long("plain")
                .value_name("RUNS")
                .value_parser(value_parser!(u32).range(1..))
                .conflicts_with_all(["time", "json"])
                .help("Explore nothing: run each plainly so many times, and say what no header lists"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object in place of a table"))
}

fn conformance(root: &Path, arguments: Vec<OsString>) -> io::Result<ExitCode> {
    let arguments = command().get_matches_from(arguments);
    let mut programs = programs(root)?;
    let asked: Vec<&String> = arguments.get_many("what").unwrap_or_default().collect();
    if let Some(unknown) = asked.iter().find(|asked| !programs.iter().any(|program| program.is_meant_by(asked))) {
        return Err(io::Error::other(format!("conformance/ has neither a family nor a program `{unknown}`")));
    }
    programs.retain(|program| asked.is_empty() || asked.iter().any(|asked| program.is_meant_by(asked)));
    let time = Duration::from_secs(arguments.get_one("time").copied().unwrap_or(SECONDS));
    let as_json = arguments.get_flag("json");
    if let Some(&runs) = arguments.get_one("plain") {
        return run_plainly(root, &programs, runs);
    }

    if !as_json {
        print(&heading())?;
    }
    let mut all: Vec<Judged> = Vec::new();
    for family in programs.chunk_by(|one, next| one.family == next.family) {
        let judged: io::Result<Vec<Judged>> = family.iter().map(|program| judge(root, program, time)).collect();
        let judged = judged?;
        if !as_json {
            print(&row(&family[0].family, &judged))?;
        }
        all.extend(judged);
    }
    if as_json {
        let report = Report { version: 1, programs: &all };
        print(&(serde_json::to_string(&report).map_err(io::Error::other)? + "\n"))?;
    } else {
        print(&(row("all", &all) + &details(&all) + &redundancy(&all)))?;
    }
    let any = |verdict| all.iter().any(|judged| judged.verdict == verdict);
    Ok(ExitCode::from(match () {
        () if any(Verdict::Wrong) => 1,
        () if any(Verdict::Said) => 3,
        () => 0,
    }))
}

/// The same for plain runs.
fn run_plainly(root: &Path, programs: &[Program], runs: u32) -> io::Result<ExitCode> {
    print(&plainly::heading())?;
    let mut all = Vec::new();
    for family in programs.chunk_by(|one, next| one.family == next.family) {
        let seen: io::Result<Vec<plainly::Seen>> =
            family.iter().map(|program| plainly::run_plainly(root, program, runs)).collect();
        let seen = seen?;
        print(&plainly::row(&family[0].family, &seen))?;
        all.extend(seen);
    }
    print(&(plainly::row("all", &all) + &plainly::details(&all)))?;
    Ok(ExitCode::from(u8::from(all.iter().any(|seen| !seen.denied.is_empty()))))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    programs: &'a [Judged],
}

/// To standard output; somebody who reads no further is no failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

fn heading() -> String {
    format!(
        "{:12} {:>8} {:>6} {:>6} {:>6} {:>8} {:>8}\n",
        "family", "programs", "right", "said", "wrong", "skipped", "time"
    )
}

fn row(name: &str, judged: &[Judged]) -> String {
    let count = |verdict| judged.iter().filter(|judged| judged.verdict == verdict).count();
    let seconds: f64 = judged.iter().map(|judged| judged.seconds).sum();
    format!(
        "{name:12} {:>8} {:>6} {:>6} {:>6} {:>8} {seconds:>6.1} s\n",
        judged.len(),
        count(Verdict::Right),
        count(Verdict::Said),
        count(Verdict::Wrong),
        count(Verdict::Skipped),
    )
}

/// Of each program that is not right: why, and what is missing or too many. What is wrong comes last, where it is seen.
fn details(all: &[Judged]) -> String {
    let mut text = String::new();
    for (verdict, word) in [(Verdict::Skipped, "skipped"), (Verdict::Said, "said"), (Verdict::Wrong, "WRONG")] {
        for judged in all.iter().filter(|judged| judged.verdict == verdict) {
            let Judged { program, says, seconds, .. } = judged;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n{program}: {word}, {seconds:.1} s: {says}");
            judged.missing.iter().for_each(|outcome| text += &format!("    missing  {outcome}\n"));
            judged.extra.iter().for_each(|outcome| text += &format!("    extra    {outcome}\n"));
        }
    }
    text
}

/// How many runs it took to find an interleaving.
fn redundancy(all: &[Judged]) -> String {
    let per_interleaving = |some: &[&Judged]| {
        let runs: u64 = some.iter().map(|judged| judged.runs).sum();
        let interleavings: u64 = some.iter().map(|judged| judged.interleavings).sum();
        runs as f64 / interleavings.max(1) as f64
    };
    let run: Vec<&Judged> = all.iter().filter(|judged| judged.interleavings > 0).collect();
    let without: Vec<&Judged> = run.iter().copied().filter(|judged| judged.deduced == 0).collect();
    format!(
        "\n{:.2} runs for each distinct interleaving; {:.2} for the {} programs of which none was deduced\n",
        per_interleaving(&run),
        per_interleaving(&without),
        without.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use interleave::explore::{Caveat, CaveatKind};

    fn outcomes(lines: &[&str]) -> BTreeSet<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_header_ends_with_the_first_line_that_is_no_comment() {
        let text = "// Shows something.\n// outcome: a | b => ok\n//outcome:  (nothing)  =>  exit 3 \n// time: any\n\
                    // source: argument\n#include <stdio.h>\n// outcome: c => ok\n";
        let header = Header { outcomes: outcomes(&["a | b => ok", "(nothing) => exit 3"]), time: TimeMode::Any };
        assert_eq!(Header::parse(text, "//"), Ok(header));
    }

    #[test]
    fn the_last_arrow_of_a_line_counts() {
        let header = Header::parse("#!/bin/sh\n# outcome: a => b => killed by SIGPIPE\n", "#");
        assert_eq!(header, Ok(Header { outcomes: outcomes(&["a => b => killed by SIGPIPE"]), time: TimeMode::Free }));
    }

    #[test]
    fn a_header_with_a_fault_is_refused() {
        for text in [
            "",
            "// nothing for machines\n",
            "// outcome: a\n",
            "// outcome: a => ok\n// time: soon\n",
            "\n// outcome: a => ok\n",
        ] {
            assert!(Header::parse(text, "//").is_err(), "{text:?}");
        }
    }

    #[test]
    fn text_is_written_as_the_suite_writes_it() {
        let table = [
            ("a\nb\n", "a | b => ok"),
            ("a\nb", "a | b \\ => ok"),
            ("", "(nothing) => ok"),
            ("\na\n\n", "| a | => ok"),
            ("a\\\n", "a\\ => ok"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(&Outcome { text: text.to_owned(), ending: Ending::Exited(0) }), expected, "{text:?}");
        }
        let ending = |ending| shown(&Outcome { text: "a\n".to_owned(), ending });
        assert_eq!(ending(Ending::Exited(7)), "a => exit 7");
        assert_eq!(ending(Ending::Killed(libc::SIGKILL)), "a => killed by SIGKILL");
        assert_eq!(ending(Ending::Deadlock), "a => deadlock");
    }

    #[test]
    fn only_what_is_called_complete_is_wrong() {
        let complete = Statistics { complete: true, ..Statistics::default() };
        assert_eq!(verdict(&complete, true), Verdict::Right);
        assert_eq!(verdict(&complete, false), Verdict::Wrong);
        let caveat = Caveat { kind: CaveatKind::Threads, call: None, task: None };
        let but = Statistics { caveats: [(caveat, 1)].into(), ..complete };
        assert_eq!(verdict(&but, true), Verdict::Right);
        assert_eq!(verdict(&but, false), Verdict::Said);
        assert_eq!(verdict(&Statistics::default(), true), Verdict::Said);
        assert_eq!(verdict(&Statistics::default(), false), Verdict::Said);
    }

    #[test]
    fn a_program_is_asked_for_by_family_or_name() {
        let header = Header { outcomes: outcomes(&["a => ok"]), time: TimeMode::Free };
        let program = Program { family: "files".into(), name: "files/append.c".into(), path: PathBuf::new(), header };
        for asked in ["files", "files/", "files/append", "files/append.c", "conformance/files/append.c"] {
            assert!(program.is_meant_by(asked), "{asked}");
        }
        for asked in ["file", "append", "files/app", "pipes"] {
            assert!(!program.is_meant_by(asked), "{asked}");
        }
    }
}
