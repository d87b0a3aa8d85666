//! What the notes claim of one program.
//!
//! A lesson's README holds fenced `toml claims` blocks. The first block of a program has a `[program]` table; the
//! blocks after it, up to the next `[program]`, belong to the same program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::blocks::{Block, RawClaim, RawEnding, RawKind, RawProgram};
use super::markdown::Fence;
use super::pattern::{Bindings, Kind, Kinds, PID, Pattern};
use crate::say;
use crate::words::Say;
use interleave::explore::TimeMode;
use interleave::trace::{Pid, Trace, What};

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

/// Reads the claims of all programs of the notes `file`, whose fences are given.
///
/// # Errors
/// Every fault that was found.
pub fn read(file: &Path, fences: &[Fence]) -> Result<Vec<Claims>, Vec<Fault>> {
    finish(drafts(file, fences)?)
}

/// Reads the blocks of a file, and looks nothing up in them yet.
pub(super) fn drafts(file: &Path, fences: &[Fence]) -> Result<Vec<Draft>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut blocks = Vec::new();
    for fence in fences {
        let source = Source { file, fence };
        if !is_claims(&fence.info) {
            if let Some(what) = misspelt(fence) {
                faults.push(Fault { at: Place { line: fence.line - 1, ..source.place(0..0) }, what });
            }
            continue;
        }
        let block = match toml::from_str::<Block>(&fence.text) {
            Ok(block) => block,
            Err(error) => {
                faults.push(source.fault(error.span().unwrap_or(0..0), toml_fault(error.message())));
                continue;
            }
        };
        match block.program.as_ref().map(|program| (program.get_ref().start(), program.span())) {
            Some((Err(what), span)) => faults.push(source.fault(span, what)),
            Some((Ok(start), _)) => blocks.push((source, block, Some(start))),
            None => blocks.push((source, block, None)),
        }
    }
    if !faults.is_empty() {
        return Err(faults); // with a block missing, what the others speak of would seem to be missing too
    }
    let mut programs: Vec<Draft> = Vec::new();
    for (source, block, start) in blocks {
        source.add_to(&mut programs, block, start, &mut faults);
    }
    if faults.is_empty() { Ok(programs) } else { Err(faults) }
}

/// Looks up what the claims of these programs speak of, once what they take from each other is known.
pub(super) fn finish(drafts: Vec<Draft>) -> Result<Vec<Claims>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut claims: Vec<Claims> = Vec::new();
    for draft in &drafts {
        let whole = match draft.with_what_it_is_like(&drafts, drafts.len()) {
            Ok(whole) => whole,
            Err(what) => {
                faults.push(Fault { at: draft.claims_so_far.at.clone(), what });
                continue;
            }
        };
        let program = whole.finish(&mut faults);
        let is_same = |other: &&Claims| other.program == program.program && other.at.file == program.at.file;
        if let Some(twice) = claims.iter().find(is_same) {
            let at = twice.at.to_string();
            let what = say!("`{}` has claims at {} already; one [program] a program", &program.program, at);
            faults.push(Fault { at: program.at.clone(), what });
        }
        claims.push(program);
    }
    faults.sort_by(|one, other| (&one.at.file, one.at.line).cmp(&(&other.at.file, other.at.line)));
    // What is wrong with lines or claims that others take over is wrong once.
    faults.dedup();
    if faults.is_empty() { Ok(claims) } else { Err(faults) }
}

fn is_claims(info: &str) -> bool {
    info.split_whitespace().eq(["toml", "claims"])
}

/// What is wrong with a fence that was surely meant to hold claims or a transcript, and would be passed over in silence.
fn misspelt(fence: &Fence) -> Option<Say> {
    const LIKENESS: f64 = 0.88;
    let words: Vec<String> = fence.info.split_whitespace().map(str::to_lowercase).collect();
    let like = |wanted: &str| words.iter().any(|word| strsim::jaro_winkler(word, wanted) > LIKENESS);
    if like("claims") || like("tomlclaims") || fence.text.lines().any(|line| line.trim() == "[[claim]]") {
        return Some(say!("```{} is not read as claims; ```toml claims is", &fence.info));
    }
    let is_transcript = words.starts_with(&["text".to_owned(), "transcript".to_owned()]);
    if like("transcript") && !is_transcript {
        return Some(say!("```{} is not read as a transcript; ```text transcript PROGRAM is", &fence.info));
    }
    None
}

/// What the reader of TOML says is wrong. Its most usual sentences are known.
fn toml_fault(message: &str) -> Say {
    let line = message.lines().next().unwrap_or_default();
    if let Some((field, known)) = line.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", expected ")) {
        return match known.strip_prefix("one of ") {
            Some(known) => say!("unknown field {}, expected one of {}", field, known),
            None => say!("unknown field {}, expected {}", field, known),
        };
    }
    match line.strip_prefix("missing field ") {
        Some(field) => say!("missing field {}", field),
        None => say!("{}", line),
    }
}

/// One block and its place, for error messages.
struct Source<'a> {
    file: &'a Path,
    fence: &'a Fence,
}

impl Source<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        let before = self.fence.text.get(..span.start).unwrap_or(&self.fence.text);
        Place { file: self.file.to_path_buf(), line: self.fence.line + before.matches('\n').count() }
    }

    fn fault(&self, span: Range<usize>, what: Say) -> Fault {
        Fault { at: self.place(span), what }
    }

    fn add_to(&self, programs: &mut Vec<Draft>, block: Block, start: Option<(String, Start)>, faults: &mut Vec<Fault>) {
        if let (Some(program), Some((name, start))) = (&block.program, start) {
            programs.push(Draft::new(program.get_ref(), name, start, self.place(program.span())));
        }
        let Some(draft) = programs.last_mut() else {
            let what =
                say!("claims before any [program]; the first block of a program names it: [program] bin = \"…\"");
            faults.push(self.fault(0..0, what));
            return;
        };
        draft.lines(self, block.lines, faults);
        draft.values(self, block.values, faults);
        for (role, ending) in block.ends {
            draft.ends.push((role, ending, self.place_of_ends()));
        }
        for claim in block.claim {
            let at = self.place(claim.span());
            draft.claims.push((claim.into_inner(), at));
        }
    }

    fn place_of_ends(&self) -> Place {
        self.place(self.fence.text.find("[ends]").unwrap_or(0)..0)
    }
}

/// A program's claims while its blocks are read: what they speak of is looked up once all blocks are known.
#[derive(Clone)]
pub(super) struct Draft {
    claims_so_far: Claims,
    /// The program whose lines, values, ends and claims it takes over.
    like: Option<String>,
    ends: Vec<(String, RawEnding, Place)>,
    claims: Vec<(RawClaim, Place)>,
    value_places: BTreeMap<String, Place>,
}

impl Draft {
    fn new(program: &RawProgram, name: String, start: Start, at: Place) -> Draft {
        let kinds = Kinds::from([(PID.to_string(), Kind::Pid)]);
        let claims_so_far = Claims {
            program: name,
            start,
            endless: program.endless,
            deadlock: program.deadlock,
            cpus: program.cpus.unwrap_or(1),
            unexplored: program.unexplored.clone(),
            time: program.time,
            roles: Vec::new(),
            kinds,
            claims: Vec::new(),
            at,
        };
        let like = program.like.clone();
        Draft { claims_so_far, like, ends: Vec::new(), claims: Vec::new(), value_places: BTreeMap::new() }
    }

    fn lines(
        &mut self,
        source: &Source,
        lines: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
        faults: &mut Vec<Fault>,
    ) {
        let mut roles: Vec<_> = lines.into_iter().collect();
        // The order in which the notes name the roles is the order of the columns in reports.
        roles.sort_by_key(|(name, _)| name.span().start);
        for (name, texts) in roles {
            let mut lines = Vec::new();
            for text in texts {
                match Pattern::parse(text.get_ref()) {
                    Ok(pattern) => lines.push(pattern),
                    Err(what) => faults.push(source.fault(text.span(), what)),
                }
            }
            if self.claims_so_far.roles.iter().any(|role| role.name == *name.get_ref()) {
                faults.push(source.fault(name.span(), say!("the lines of `{}` stand above already", name.get_ref())));
            }
            self.claims_so_far.roles.push(Role { name: name.into_inner(), lines, ends: Ending::Exit(0) });
        }
    }

    fn values(
        &mut self,
        source: &Source,
        values: BTreeMap<Spanned<String>, Spanned<RawKind>>,
        faults: &mut Vec<Fault>,
    ) {
        for (name, kind) in values {
            if name.get_ref() == PID {
                let what = say!("{{pid}} needs no values: it is the id of the process that writes the line");
                faults.push(source.fault(name.span(), what));
                continue;
            }
            let kind = match kind.get_ref() {
                RawKind::Listed(values) => Kind::OneOf(values.clone().into()),
                RawKind::Named(word) if word == "integer" => Kind::Integer,
                RawKind::Named(word) if word == "decimal" => Kind::Decimal,
                RawKind::Named(word) if word == "seconds" => Kind::Seconds,
                RawKind::Named(word) => {
                    let what =
                        say!("\"{}\" is no kind of value; \"integer\", \"decimal\", \"seconds\" and a list are", word);
                    faults.push(source.fault(kind.span(), what));
                    continue;
                }
            };
            self.value_places.insert(name.get_ref().clone(), source.place(name.span()));
            self.claims_so_far.kinds.insert(name.into_inner(), kind);
        }
    }

    /// This program with everything that it takes over from the one that it is like. What it says itself comes in the place of
    /// what has the same name there, or after the rest.
    fn with_what_it_is_like(&self, drafts: &[Draft], longest: usize) -> Result<Draft, Say> {
        let Some(like) = &self.like else { return Ok(self.clone()) };
        let named = |draft: &&Draft| draft.claims_so_far.program == *like && !std::ptr::eq(*draft, self);
        let Some(base) = drafts.iter().find(named) else {
            return Err(say!("`like` names no program that has claims: `{}`", like));
        };
        let Some(longest) = longest.checked_sub(1) else {
            return Err(say!("`like` goes in a circle: `{}` is like this one again", like));
        };
        let base = base.with_what_it_is_like(drafts, longest)?;
        let mut whole = self.clone();
        let own = std::mem::replace(&mut whole.claims_so_far.roles, base.claims_so_far.roles);
        for role in own {
            match whole.claims_so_far.roles.iter_mut().find(|other| other.name == role.name) {
                Some(other) => *other = role,
                None => whole.claims_so_far.roles.push(role),
            }
        }
        for (name, kind) in base.claims_so_far.kinds {
            whole.claims_so_far.kinds.entry(name).or_insert(kind);
        }
        whole.ends = base.ends.into_iter().chain(whole.ends).collect();
        let own = std::mem::replace(&mut whole.claims, base.claims);
        for (claim, at) in own {
            match whole.claims.iter_mut().find(|(other, _)| other.says == claim.says) {
                Some(other) => *other = (claim, at),
                None => whole.claims.push((claim, at)),
            }
        }
        Ok(whole)
    }

    /// What the program is called.
    pub(super) fn name(&self) -> &str {
        &self.claims_so_far.program
    }

    /// Looks up what the claims speak of.
    fn finish(self, faults: &mut Vec<Fault>) -> Claims {
        let Draft { claims_so_far: mut program, like: _, ends, claims, value_places } = self;
        let at = program.at.clone();
        let faults_of_others = faults.len();
        if program.roles.iter().all(|role| role.lines.is_empty()) {
            let what = say!("`{}` has no [lines]; say which role may print what", &program.program);
            faults.push(Fault { at: at.clone(), what });
        }
        if program.cpus == 0 {
            let what =
                say!("`cpus` needs to be 1 or more: how many processors the program needs to show what it claims");
            faults.push(Fault { at: at.clone(), what });
        }
        if program.endless && program.deadlock {
            let what = say!("`endless` and `deadlock` do not go together: a program that goes on for ever can go on");
            faults.push(Fault { at: at.clone(), what });
        }
        let used: BTreeSet<&str> =
            program.roles.iter().flat_map(|role| &role.lines).flat_map(|line| line.holes()).collect();
        for hole in used.iter().filter(|hole| !program.kinds.contains_key(**hole)) {
            let what = say!("{{{}}} in the lines of `{}` has no entry in [values]", *hole, &program.program);
            faults.push(Fault { at: at.clone(), what });
        }
        for (name, place) in value_places.iter().filter(|(name, _)| !used.contains(name.as_str())) {
            faults.push(Fault { at: place.clone(), what: say!("no line has a {{{}}}", name) });
        }
        if faults.len() > faults_of_others {
            return program; // a claim about a line that is at fault would seem to be at fault too
        }
        for (role, ending, at) in ends {
            let looked_up = program.role(&role).and_then(|role| Ok((role, ending.read()?)));
            match looked_up {
                Ok((role, ending)) => program.roles[role].ends = ending,
                Err(what) => faults.push(Fault { at, what }),
            }
        }
        for (claim, at) in claims {
            if program.claims.iter().any(|other| other.says == claim.says) {
                let what = say!("\"{}\" is claimed above already; each claim has words of its own", &claim.says);
                faults.push(Fault { at: at.clone(), what });
            }
            let says = claim.says.clone();
            match claim.read(&program) {
                Ok(rule) => program.claims.push(Claim { says, rule, at }),
                Err(what) => faults.push(Fault { at, what: say!("claim \"{}\": {}", &says, what) }),
            }
        }
        if program.claims.is_empty() && faults.len() == faults_of_others {
            faults.push(Fault { at, what: say!("`{}` has no [[claim]]", &program.program) });
        }
        program
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
