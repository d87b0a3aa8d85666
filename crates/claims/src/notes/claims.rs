//! What the notes claim of one program.
//!
//! A lesson's README holds fenced `toml claims` blocks. The first block of a program has a `[program]` table; the
//! blocks after it, up to the next `[program]`, belong to the same program.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::pattern::{Bindings, Kind, Kinds, PID, Pattern};
use crate::say;
use crate::words::Say;
use interleave::explore::TimeMode;
use interleave::trace::{Pid, Told, Trace, What, signal_name};

/// What the notes claim of one program.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The program's name: its own, or that of its binary.
    pub program: String,
    /// How it is started.
    pub start: Start,
    /// The program never ends by itself.
    pub endless: bool,
    /// Each of its runs comes to a point from which no process of it can go on.
    pub deadlock: bool,
    /// It says nothing on a machine where it may not use so many processors.
    pub cpus: usize,
    /// Why its interleavings are not explored, if they are not.
    pub unexplored: Option<String>,
    /// What sleeps and time-outs mean where its interleavings are explored.
    pub time: TimeMode,
    /// Who prints what.
    pub roles: Vec<Role>,
    /// What each placeholder may stand for.
    pub kinds: Kinds,
    /// The claims proper, in the order of the notes.
    pub claims: Vec<Claim>,
    /// Where the program's first block stands.
    pub at: Place,
}

/// How a program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// This binary of the lesson's crate, which cargo builds; of notes that belong to no crate, this file beside them.
    Bin(String),
    /// A command, in the folder of the notes.
    Run {
        /// The program and its arguments.
        command: Vec<String>,
        /// A command for the shell that builds it.
        build: Option<String>,
    },
}

/// A part that processes play: all processes that print the same kinds of lines.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name, for example `parent`.
    pub name: String,
    /// The lines that it may print.
    pub lines: Vec<Pattern>,
    /// How its processes end.
    pub ends: Ending,
}

/// How a process is expected to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}

/// A sentence of the notes and the rule that checks it.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The sentence.
    pub says: String,
    /// The rule.
    pub rule: Rule,
    /// Where the sentence stands.
    pub at: Place,
}

/// What has to be so for a claim to hold.
#[derive(Debug, Clone)]
pub enum Rule {
    /// Each of these comes before the next.
    Order(Vec<Item>),
    /// Both orders of these two are possible.
    Either(Item, Item),
    /// Each of these lines is printed so often, for each listed value of its placeholders.
    Count {
        /// How often.
        times: Times,
        /// Which lines.
        of: Vec<Line>,
    },
    /// No such line is printed.
    Never(Vec<Pattern>),
    /// So many processes play these roles.
    Processes(Vec<(usize, Times)>),
    /// No more than so many intervals are open at once.
    AtMost {
        /// How many.
        limit: usize,
        /// Whether each process may have so many, instead of all together.
        per_process: bool,
        /// What opens one.
        open: Line,
        /// What closes it.
        close: Line,
    },
    /// So many intervals are open at once, in some run.
    AtOnce {
        /// How many.
        reached: usize,
        /// What opens one.
        open: Line,
        /// What closes it.
        close: Line,
    },
    /// A value is equal in all these lines.
    Same {
        /// The placeholder.
        value: String,
        /// The lines.
        lines: Vec<Line>,
    },
    /// At least so much time passes from one line to another.
    AtLeast {
        /// How much, in seconds.
        seconds: f64,
        /// From this line.
        from: Line,
        /// To this line.
        to: Line,
        /// A placeholder of `to` that tells the time that has passed.
        printed: Option<String>,
    },
    /// A printed number is at least so large in all these lines.
    Value {
        /// The placeholder.
        value: String,
        /// How large.
        least: f64,
        /// The lines.
        lines: Vec<Line>,
    },
    /// No two processes have memory in which one sees what the other writes.
    SharesNoMemory,
    /// A process itself slept or computed for at least so long from one of its lines to another.
    DidWork {
        /// How long, in seconds.
        seconds: f64,
        /// From this line.
        from: Line,
        /// To this line, of the same role.
        to: Line,
    },
    /// Each process that plays the first role was started by one that plays the second (both are indices into [`Claims::roles`]).
    StartedBy(Vec<(usize, usize)>),
    /// Whoever prints this line has waited by then for each child that it has started, and for so many.
    Reaped {
        /// How many.
        times: Times,
        /// The line.
        before: Line,
    },
    /// These lines, of one role, say how the children of the process that prints them have ended: of each child one does.
    TellsEnds(Vec<Line>),
    /// Each process that plays one of these roles has had so many threads beside its first.
    Threads(Vec<(usize, Times)>),
    /// Whoever prints this line was told something by then.
    Told {
        /// What.
        what: Told,
        /// By a process that plays this role; of an end of file or a broken pipe nobody tells but the kernel.
        by: Option<usize>,
        /// The line.
        before: Line,
    },
    /// The program has exactly so many interleavings.
    Interleavings(usize),
}

/// Something that a claim speaks of.
#[derive(Debug, Clone)]
pub enum Item {
    /// A line.
    Line(Line),
    /// The end of the processes of a role (an index into [`Claims::roles`]).
    Exit(usize),
}

/// A line of a role, perhaps with some placeholders filled in.
#[derive(Debug, Clone)]
pub struct Line {
    /// An index into [`Claims::roles`].
    pub role: usize,
    /// An index into [`Role::lines`].
    pub line: usize,
    /// The placeholders that are filled in.
    pub fixed: Bindings,
    /// As it stands in the notes.
    pub text: String,
}

/// A number of times: at least `min`, and at most `max` if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The least.
    pub min: usize,
    /// The most.
    pub max: Option<usize>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// Something wrong in the notes: where, what, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// What, and what would be right.
    pub what: Say,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

impl Fault {
    /// It in the language that was chosen.
    pub fn told(&self) -> String {
        format!("{}: {}", self.at, self.what.told())
    }
}

impl Ending {
    /// How a process ends, as the notes have it.
    pub fn words(self) -> Say {
        match self {
            Ending::Exit(code) => say!("ends with exit code {}", code),
            Ending::Signal(signal) => say!("is ended by {}", signal_name(signal)),
        }
    }
}

impl Times {
    /// How often, as the notes have it.
    pub fn words(self) -> Say {
        match (self.min, self.max) {
            (min, Some(max)) if min == max => say!("exactly {}", min),
            (min, Some(max)) => say!("{} to {}", min, max),
            (min, None) => say!("at least {}", min),
        }
    }
}

impl Claims {
    pub(super) fn role(&self, name: &str) -> Result<usize, Say> {
        self.roles.iter().position(|role| role.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
            say!("no role `{}` in [lines]; there is {}", name, known.join(", "))
        })
    }

    pub(super) fn line(&self, text: &str) -> Result<Line, Say> {
        let mut found = self.roles.iter().enumerate().flat_map(|(role, Role { lines, .. })| {
            lines.iter().enumerate().filter_map(move |(line, pattern)| {
                let fixed = pattern.instance(text, &self.kinds)?;
                Some(Line { role, line, fixed, text: text.to_string() })
            })
        });
        match (found.next(), found.next()) {
            (Some(line), None) => Ok(line),
            (None, _) => Err(say!("\"{}\" is none of the lines in [lines]", text)),
            (Some(_), Some(_)) => Err(say!("\"{}\" may be a line of two roles; say in [lines] which prints it", text)),
        }
    }

    pub(super) fn lines(&self, texts: &[String]) -> Result<Vec<Line>, Say> {
        texts.iter().map(|text| self.line(text)).collect()
    }

    /// The role that prints this line, which of its lines it is, and the values of its placeholders.
    pub fn recognise(&self, text: &str) -> Option<(usize, usize, Bindings)> {
        self.roles.iter().enumerate().find_map(|(role, known)| {
            let mut lines = known.lines.iter().enumerate();
            lines.find_map(|(line, pattern)| Some((role, line, pattern.bind(text, &self.kinds)?)))
        })
    }

    /// The role of each of these processes that prints a line of the notes in this trace: that of its first one.
    pub fn roles_of(&self, processes: &[Pid], trace: &Trace) -> BTreeMap<Pid, usize> {
        let mut roles = BTreeMap::new();
        for event in &trace.events {
            if roles.len() == processes.len() {
                break; // the rest of a long trace need not be read
            }
            if processes.contains(&event.pid)
                && !roles.contains_key(&event.pid)
                && let What::Line(text) = &event.what
                && let Some((role, ..)) = self.recognise(text)
            {
                roles.entry(event.pid).or_insert(role);
            }
        }
        roles
    }

    /// The lower bounds of the counts, each for all values of its line together: with so many of these lines seen, an endless
    /// program has shown what is claimed of it.
    pub fn needed(&self) -> impl Iterator<Item = (&Line, usize)> {
        let counts = self.claims.iter().filter_map(|claim| match &claim.rule {
            Rule::Count { times, of } => Some((times.min, of)),
            _ => None,
        });
        let ways = |line| self.listed(line).map(|(_, values)| values.len()).product::<usize>();
        counts.flat_map(move |(least, of)| of.iter().map(move |line| (line, least * ways(line))))
    }

    /// Whether a process says in one of its lines which it is.
    pub fn speak_of_ids(&self) -> bool {
        self.roles.iter().flat_map(|role| &role.lines).any(|line| line.holes().any(|hole| hole == PID))
    }

    /// The pattern of a line.
    pub fn pattern(&self, line: &Line) -> &Pattern {
        &self.roles[line.role].lines[line.line]
    }

    /// The open placeholders of a line whose values are listed.
    pub fn listed<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = (&'a str, &'a [String])> {
        self.pattern(line).holes().filter_map(|hole| match self.kinds.get(hole) {
            Some(Kind::OneOf(listed)) if !line.fixed.contains_key(hole) => Some((hole, listed.values())),
            _ => None,
        })
    }
}
