//! Reads the claims of the notes: which blocks belong to which program, and what is wrong in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use super::blocks::{Block, RawClaim, RawEnding, RawKind, RawProgram};
use super::claims::{Claim, Claims, Ending, Fault, Place, Role, Start};
use super::markdown::Fence;
use super::pattern::{Kind, Kinds, PID, Pattern};
use crate::say;
use crate::words::Say;

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
