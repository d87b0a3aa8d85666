//! What is to be explored: which program, how it is started, and how far to go.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use interleave::explore::{Job, Schedule, TimeMode};
use interleave_claims::notes::Course;
use interleave_claims::notes::claims::Claims;
use interleave_claims::say;
use interleave_claims::words::Say;

use crate::course::{self, Startable};
use crate::screen::quoted;
use crate::{Front, Refusal};

/// How many interleavings, and how many runs, an exploration takes in if nothing else is said.
const MOST: u64 = 20_000;

/// How long an exploration may take if nothing else is said.
pub const TIME: Duration = Duration::from_secs(300);

/// The same beside runs in real time: a course of many programs is to be judged while one waits.
pub const TIME_BESIDE_LIVE: Duration = Duration::from_secs(12);

/// The arguments that say which program, and how it is started.
pub fn program_arguments(front: &Front) -> Vec<Arg> {
    let name = match front.course {
        Some(_) => "A program of the course, or NOTES.md/PROGRAM of notes anywhere; not needed with a command",
        None => "NOTES.md, or NOTES.md/PROGRAM: the program that these notes start; not needed with a command",
    };
    vec![
        Arg::new("name").value_name("PROGRAM").help(name),
        program_flag().help("Run this program, in any language"),
        command_argument(),
        Arg::new("env")
            .long("env")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .value_parser(environment)
            .help("Put this into the program's environment; may be repeated"),
        Arg::new("dir")
            .long("dir")
            .value_name("FOLDER")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Run the program in this folder"),
        Arg::new("stdin")
            .long("stdin")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("What the program reads on standard input, from the beginning in each run [default: nothing]"),
        Arg::new("terminal")
            .long("terminal")
            .action(ArgAction::SetTrue)
            .help("Let the program believe that its standard output is a terminal: a C program then writes each line at once, and not, as \
                   into a pipe, all of them when it ends"),
        Arg::new("lines")
            .long("lines")
            .value_name("LINES")
            .value_parser(clap::value_parser!(u32).range(1..))
            .help("Follow each process for so many lines [default: to its end, or as far as the notes' claims need]"),
    ]
}

/// `--program 'CMD ARGS'`.
pub fn program_flag() -> Arg {
    Arg::new("program").long("program").value_name("CMD ARGS")
}

/// `-- CMD ARGS…`.
pub fn command_argument() -> Arg {
    Arg::new("command")
        .value_name("CMD")
        .num_args(1..)
        .last(true)
        .value_parser(clap::value_parser!(OsString))
        .conflicts_with("program")
        .help("A program, in any language, and its arguments: the same as --program, each by itself")
}

/// `--limit` and `--time`.
pub fn limit_arguments() -> [Arg; 2] {
    [
        Arg::new("limit").long("limit").value_name("NUMBER").value_parser(clap::value_parser!(u64).range(1..)).help(
            "Stop an exploration after so many interleavings, or so many runs, whichever comes first [default: 20000]",
        ),
        time_argument(
            "Stop an exploration after so long, as in 90s, 10m or 2h [default: 5m, or 12s for a program that runs in real time as \
             well; with --limit, none]. Or say what sleeps mean",
        ),
    ]
}

/// `--no-reduction`.
pub fn reduction_argument() -> Arg {
    Arg::new("no-reduction").long("no-reduction").action(ArgAction::SetTrue).help(
        "Try every choice of who goes on, also those that cannot matter by the rules of dynamic partial-order reduction, and deduce \
         nothing: for a comparison, and for small programs only",
    )
}

/// `--time`; `what` ends with that it says what sleeps mean.
pub fn time_argument(what: &str) -> Arg {
    let modes = "free: a sleep is no order, and a time-out comes only once nobody else can go on; ordered: who sleeps for less goes on \
                 first; any: as free, but a time-out may come at any moment [default: free, or what the notes say]";
    Arg::new("time")
        .long("time")
        .value_name("TIME|MODE")
        .action(ArgAction::Append)
        .value_parser(time)
        .help(format!("{what}. {modes}"))
}

/// What `--time` says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Time {
    /// How long an exploration may take.
    Bound(Duration),
    /// What sleeps and time-outs mean.
    Mode(TimeMode),
}

fn time(text: &str) -> Result<Time, String> {
    if text.starts_with(|c: char| c.is_ascii_digit() || "-+.".contains(c)) {
        return duration(text).map(Time::Bound);
    }
    let unknown =
        |_| say!("`{}` is no mode of time; free, ordered and any are; so is a time, as in 90s, 10m or 2h", text);
    Ok(Time::Mode(text.parse().map_err(|fault: String| unknown(fault).told())?))
}

fn times(arguments: &ArgMatches) -> impl DoubleEndedIterator<Item = Time> {
    arguments.get_many::<Time>("time").into_iter().flatten().copied()
}

/// What sleeps and time-outs are to mean, if that was said.
pub fn time_mode(arguments: &ArgMatches) -> Option<TimeMode> {
    times(arguments).rev().find_map(|time| if let Time::Mode(mode) = time { Some(mode) } else { None })
}

/// Reads a time: `10m`, `90s`, `500ms`, `2h`, or a number of seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        other => return Err(say!("`{}` is no unit of time; s, m, h and ms are", other).told()),
    };
    let seconds: f64 = number.parse().map_err(|error: std::num::ParseFloatError| error.to_string())?;
    match Duration::try_from_secs_f64(seconds * unit) {
        Ok(time) if !time.is_zero() => Ok(time),
        Ok(_) => Err(say!("more than nothing, or no program could do anything").told()),
        Err(error) => Err(error.to_string()),
    }
}

fn environment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(say!("NAME=VALUE would be right").told()),
    }
}

/// How many interleavings and how long, as `--limit` and `--time` say.
///
/// `usually` is how long an exploration may take if nothing is said.
pub fn limits(arguments: &ArgMatches, usually: Duration) -> (u64, Duration) {
    let limit: Option<u64> = arguments.get_one("limit").copied();
    let time = times(arguments).rev().find_map(|time| if let Time::Bound(time) = time { Some(time) } else { None });
    // A limit that was asked for by number takes as long as it takes.
    let patient = if limit.is_some() { Duration::from_secs(24 * 60 * 60) } else { usually };
    (limit.unwrap_or(MOST), time.unwrap_or(patient))
}

/// A program to be explored.
pub struct Target {
    /// What to explore, and how far.
    pub job: Job,
    /// What replays one of its interleavings: before the schedule, and behind it.
    replay: (String, String),
}

impl Target {
    /// Reads the arguments made by [`program_arguments`] for this verb and, if they are there, [`limit_arguments`].
    pub fn read<'a>(
        front: &Front,
        verb: &str,
        arguments: &ArgMatches,
        name: Option<&str>,
        course: &'a Course,
    ) -> Result<(Target, Option<&'a Claims>), Refusal> {
        let given = given_command(arguments)?;
        let found = name.map(|name| course::choose_one(front, course, name)).transpose()?;
        let startable = match (&given, found) {
            (Some(given), _) => Startable::new(given.words.clone(), None),
            (None, Some(found)) => course::build(front, &[found])?.remove(0),
            (None, None) => return Err(no_program(front, verb).into()),
        };
        let claims = found.map(|(_, program)| &program.claims);
        let mut job = match claims {
            Some(claims) => claims.job(startable.command),
            None => Job::new(&program_name(&startable.command), startable.command),
        };
        job.folder = startable.folder;
        job.limits.lines_each = arguments.get_one("lines").copied().or(job.limits.lines_each);
        let mut options = String::new();
        if let Some(folder) = arguments.get_one::<PathBuf>("dir") {
            if !folder.is_dir() {
                return Err(say!("--dir: there is no folder {}", folder.display().to_string()).into());
            }
            job.folder = Some(folder.clone());
            options += &format!(" --dir {}", quoted(folder.as_os_str()));
        }
        for (name, value) in arguments.get_many::<(String, String)>("env").into_iter().flatten() {
            job.environment.added.push((name.into(), value.into()));
            options += &format!(" --env {}", quoted(OsStr::new(&format!("{name}={value}"))));
        }
        if let Some(file) = arguments.get_one::<PathBuf>("stdin") {
            job.stdin = Some(readable_file(file)?);
            options += &format!(" --stdin {}", quoted(file.as_os_str()));
        }
        if arguments.get_flag("terminal") {
            job.terminal = true;
            options += " --terminal";
        }
        if let Some(lines) = arguments.get_one::<u32>("lines") {
            options += &format!(" --lines {lines}");
        }
        if let Some(mode) = time_mode(arguments) {
            job.limits.time_mode = mode;
            options += &format!(" --time {mode}");
        }
        let name = name.map(|name| format!(" {}", quoted(OsStr::new(name)))).unwrap_or_default();
        let behind = options + &given.map(|given| given.again).unwrap_or_default();
        Ok((Target { job, replay: (format!("{} replay{name}", front.command), behind) }, claims))
    }

    /// Bounds it as the arguments say.
    pub fn limit(&mut self, arguments: &ArgMatches) {
        (self.job.most, self.job.time) = limits(arguments, TIME);
        self.job.reduction = !arguments.get_flag("no-reduction");
    }

    /// What stands before and behind a schedule in the command that shows it again.
    #[cfg(feature = "play")]
    pub fn replay_around(&self) -> (String, String) {
        self.replay.clone()
    }

    /// The command that shows an interleaving again.
    pub fn replay(&self, schedule: &Schedule) -> String {
        format!("{} {schedule}{}", self.replay.0, self.replay.1)
    }
}

fn no_program(front: &Front, verb: &str) -> Say {
    match front.course {
        Some(_) => say!("name a PROGRAM of the course, or give one with --program 'CMD ARGS'"),
        None => say!("say which program to run, as in `{} {} -- ./a.out`", front.command, verb),
    }
}

/// A command that the user gave in place of a name.
pub struct Given {
    /// The program and its arguments.
    pub words: Vec<OsString>,
    /// What stands for it in a command that does the same again.
    pub again: String,
}

/// The command given by `--program` or behind `--`.
pub fn given_command(arguments: &ArgMatches) -> Result<Option<Given>, Refusal> {
    if let Some(command) = arguments.get_one::<String>("program") {
        let again = format!(" --program {}", quoted(OsStr::new(command)));
        return Ok(Some(Given { words: split(command)?, again }));
    }
    Ok(arguments.get_many::<OsString>("command").map(|words| {
        let words: Vec<OsString> = words.cloned().collect();
        let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        Given { words, again: format!(" -- {}", quoted.join(" ")) }
    }))
}

/// Splits a command as a shell would, and looks for nothing else in it: no variables, no redirections.
fn split(command: &str) -> Result<Vec<OsString>, Refusal> {
    match shlex::split(command) {
        Some(words) if !words.is_empty() => Ok(words.into_iter().map(Into::into).collect()),
        Some(_) => {
            Err(say!("--program is empty; give the program and its arguments, as in --program 'python3 pool.py'")
                .into())
        }
        None => Err(say!("--program has a quote that never ends: {}", command).into()),
    }
}

fn program_name(command: &[OsString]) -> String {
    let file = command.first().map(Path::new).and_then(Path::file_name).unwrap_or(OsStr::new("program"));
    file.to_string_lossy().into_owned()
}

/// The file that is to be a program's standard input, wherever that is run.
fn readable_file(file: &Path) -> Result<PathBuf, Refusal> {
    let cannot =
        |error: io::Error| Refusal::from(say!("--stdin: cannot read {}: {}", file.display().to_string(), &error));
    let kind = file.metadata().map_err(cannot)?.file_type();
    if kind.is_dir() {
        return Err(cannot(io::ErrorKind::IsADirectory.into()));
    }
    if kind.is_fifo() {
        // To open it might wait for ever.
        return Err(say!(
            "--stdin: {} is a pipe, and each run has to read from the beginning; put into a file what comes out of it",
            file.display().to_string()
        )
        .into());
    }
    File::open(file).and_then(|_| file.canonicalize()).map_err(cannot)
}

/// Gives every argument's help room, in lines that a terminal of 80 columns need not break.
pub fn readable(command: Command) -> Command {
    command.next_line_help(true).mut_args(|arg| {
        let help = arg.get_help().map(|help| crate::screen::wrap(&help.to_string(), 68));
        match help {
            Some(help) => arg.help(help),
            None => arg,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("3"), Ok(Duration::from_secs(3)));
        assert_eq!(time("10m"), Ok(Time::Bound(Duration::from_secs(600))));
        assert_eq!(time("ordered"), Ok(Time::Mode(TimeMode::Ordered)));
        assert!(time("sorted").is_err_and(|fault| fault.contains("free, ordered and any") && fault.contains("10m")));
        for wrong in ["", "0", "m", "3 days", "-1s", "1e400"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
