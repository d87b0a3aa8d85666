//! What stands in a `toml claims` block, before anything in it is looked up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use interleave::explore::TimeMode;
use interleave::trace::Told;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::claims::{Claims, Ending, Item, Line, Rule, Start, Times};
use super::pattern::{CODE, Kind, Pattern, SIGNAL};
use crate::say;
use crate::words::Say;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) program: Option<Spanned<RawProgram>>,
    #[serde(default)]
    pub(super) lines: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) values: BTreeMap<Spanned<String>, Spanned<RawKind>>,
    #[serde(default)]
    pub(super) ends: BTreeMap<String, RawEnding>,
    #[serde(default)]
    pub(super) claim: Vec<Spanned<RawClaim>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProgram {
    pub(super) bin: Option<String>,
    pub(super) run: Option<String>,
    pub(super) build: Option<String>,
    pub(super) name: Option<String>,
    pub(super) like: Option<String>,
    #[serde(default)]
    pub(super) endless: bool,
    #[serde(default)]
    pub(super) deadlock: bool,
    pub(super) cpus: Option<usize>,
    pub(super) unexplored: Option<String>,
    #[serde(default)]
    pub(super) time: TimeMode,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClaim {
    pub(super) says: String,
    order: Option<Vec<RawItem>>,
    either: Option<Vec<RawItem>>,
    count: Option<RawTimes>,
    of: Option<Vec<String>>,
    never: Option<Vec<String>>,
    processes: Option<BTreeMap<String, RawTimes>>,
    at_most: Option<usize>,
    per_process: Option<bool>,
    at_once: Option<usize>,
    open: Option<String>,
    close: Option<String>,
    same: Option<String>,
    lines: Option<Vec<String>>,
    at_least: Option<f64>,
    value: Option<String>,
    between: Option<Vec<String>>,
    printed: Option<String>,
    interleavings: Option<usize>,
    shares_memory: Option<bool>,
    did_work: Option<f64>,
    started_by: Option<BTreeMap<String, String>>,
    reaped: Option<RawTimes>,
    threads: Option<BTreeMap<String, RawTimes>>,
    told: Option<String>,
    by: Option<String>,
    before: Option<String>,
    tells_ends: Option<Vec<String>>,
}

impl RawProgram {
    /// What the program is called, and how it is started.
    pub(super) fn start(&self) -> Result<(String, Start), Say> {
        let (command, build) = match (&self.bin, &self.run) {
            (Some(_), Some(_)) => {
                return Err(say!("`bin` and `run` do not go together; one of them starts the program"));
            }
            (None, None) => {
                return Err(say!("what is to be run? `bin` names a binary of the crate, `run` a command"));
            }
            (Some(bin), None) if self.build.is_some() => {
                // What has a builder of its own is a file beside the notes.
                let start = Start::Run { command: vec![format!("./{bin}")], build: self.build.clone() };
                return Ok((self.name.clone().unwrap_or_else(|| bin.clone()), start));
            }
            (Some(bin), None) => {
                return Ok((self.name.clone().unwrap_or_else(|| bin.clone()), Start::Bin(bin.clone())));
            }
            (None, Some(run)) => (run, &self.build),
        };
        let command = match shlex::split(command) {
            Some(words) if !words.is_empty() => words,
            Some(_) => {
                return Err(say!("`run` is empty; a program and its arguments would be right, as in \"./a.out 3\""));
            }
            None => return Err(say!("`run` has a quote that never ends: {}", command)),
        };
        let file = command[0].rsplit('/').next().unwrap_or(&command[0]).to_owned();
        Ok((self.name.clone().unwrap_or(file), Start::Run { command, build: build.clone() }))
    }
}

impl RawClaim {
    pub(super) fn read(self, program: &Claims) -> Result<Rule, Say> {
        let mut parts = Parts::new(&self);
        let rule = if let Some(items) = &self.order {
            parts.rule("order", &[])?;
            if items.len() < 2 {
                return Err(say!("`order` needs two items or more"));
            }
            Rule::Order(items.iter().map(|item| item.read(program)).collect::<Result<_, _>>()?)
        } else if let Some(items) = &self.either {
            parts.rule("either", &[])?;
            let [one, other] = items.as_slice() else { return Err(say!("`either` needs exactly two items")) };
            Rule::Either(one.read(program)?, other.read(program)?)
        } else if let Some(times) = &self.count {
            parts.rule("count", &["of"])?;
            Rule::Count { times: times.0, of: program.lines(self.of.as_deref().unwrap_or_default())? }
        } else if let Some(texts) = &self.never {
            parts.rule("never", &[])?;
            Rule::Never(texts.iter().map(|text| Pattern::parse(text)).collect::<Result<_, _>>()?)
        } else if let Some(processes) = &self.processes {
            parts.rule("processes", &[])?;
            let roles = processes.iter().map(|(role, times)| Ok((program.role(role)?, times.0)));
            Rule::Processes(roles.collect::<Result<_, Say>>()?)
        } else if let Some(limit) = self.at_most {
            parts.optional("per_process");
            parts.rule("at_most", &["open", "close"])?;
            let line = |text: &Option<String>| program.line(text.as_deref().unwrap_or_default());
            let per_process = self.per_process.unwrap_or_default();
            Rule::AtMost { limit, per_process, open: line(&self.open)?, close: line(&self.close)? }
        } else if let Some(reached) = self.at_once {
            parts.rule("at_once", &["open", "close"])?;
            let line = |text: &Option<String>| program.line(text.as_deref().unwrap_or_default());
            Rule::AtOnce { reached, open: line(&self.open)?, close: line(&self.close)? }
        } else if let Some(value) = &self.same {
            parts.rule("same", &["lines"])?;
            let lines = program.lines(self.lines.as_deref().unwrap_or_default())?;
            all_have(value, &lines, program)?;
            Rule::Same { value: value.clone(), lines }
        } else if let (Some(least), Some(value)) = (self.at_least, &self.value) {
            parts.optional("value");
            parts.rule("at_least", &["lines"])?;
            let lines = program.lines(self.lines.as_deref().unwrap_or_default())?;
            all_have(value, &lines, program)?;
            if !matches!(program.kinds.get(value), Some(Kind::Integer | Kind::Seconds | Kind::Decimal)) {
                return Err(say!("`value` needs a placeholder whose value is a number; {{{}}} is not", value));
            }
            Rule::Value { value: value.clone(), least, lines }
        } else if let Some(seconds) = self.at_least {
            parts.optional("printed");
            parts.rule("at_least", &["between"])?;
            let lines = program.lines(self.between.as_deref().unwrap_or_default())?;
            let [from, to] = <[Line; 2]>::try_from(lines).map_err(|_| say!("`between` needs exactly two lines"))?;
            if let Some(printed) = &self.printed
                && program.kinds.get(printed) != Some(&Kind::Seconds)
            {
                return Err(say!("`printed` needs a placeholder whose value is \"seconds\"; {{{}}} is not", printed));
            }
            Rule::AtLeast { seconds, from, to, printed: self.printed.clone() }
        } else if let Some(number) = self.interleavings {
            parts.rule("interleavings", &[])?;
            Rule::Interleavings(number)
        } else if let Some(shares) = self.shares_memory {
            parts.rule("shares_memory", &[])?;
            if shares {
                return Err(say!("`shares_memory` can only be false: that memory is shared shows in what is printed"));
            }
            Rule::SharesNoMemory
        } else if let Some(seconds) = self.did_work {
            parts.rule("did_work", &["between"])?;
            let lines = program.lines(self.between.as_deref().unwrap_or_default())?;
            let [from, to] = <[Line; 2]>::try_from(lines).map_err(|_| say!("`between` needs exactly two lines"))?;
            if from.role != to.role {
                return Err(say!(
                    "`did_work` needs two lines of one role: it asks what the process did that prints both"
                ));
            }
            if seconds.is_nan() || seconds < LEAST_WORK {
                return Err(say!(
                    "`did_work` needs {} s or more: whoever only prints may use a little less",
                    LEAST_WORK
                ));
            }
            Rule::DidWork { seconds, from, to }
        } else if let Some(parents) = &self.started_by {
            parts.rule("started_by", &[])?;
            let pairs = parents.iter().map(|(child, parent)| Ok((program.role(child)?, program.role(parent)?)));
            Rule::StartedBy(pairs.collect::<Result<_, Say>>()?)
        } else if let Some(times) = &self.reaped {
            parts.rule("reaped", &["before"])?;
            Rule::Reaped { times: times.0, before: program.line(self.before.as_deref().unwrap_or_default())? }
        } else if let Some(texts) = &self.tells_ends {
            parts.rule("tells_ends", &[])?;
            Rule::TellsEnds(lines_about_ends(texts, program)?)
        } else if let Some(threads) = &self.threads {
            parts.rule("threads", &[])?;
            let roles = threads.iter().map(|(role, times)| Ok((program.role(role)?, times.0)));
            Rule::Threads(roles.collect::<Result<_, Say>>()?)
        } else if let Some(what) = &self.told {
            let what = something_told(what)?;
            match what {
                Told::EndOfFile | Told::BrokenPipe => {}
                Told::Data | Told::Signal(_) => parts.optional("by"),
            }
            parts.rule("told", &["before"])?;
            let by = self.by.as_deref().map(|role| program.role(role)).transpose()?;
            Rule::Told { what, by, before: program.line(self.before.as_deref().unwrap_or_default())? }
        } else {
            return Err(say!(
                "no rule; one of order, either, count, never, processes, started_by, reaped, tells_ends, threads, told, at_most, at_once, same, \
                        at_least, interleavings, shares_memory and did_work would be"
            ));
        };
        Ok(rule)
    }
}

/// The least that can be asked for as work, in seconds: to print two lines takes some processor time, too.
const LEAST_WORK: f64 = 0.05;

/// Lines of one role, each of which has one of [`CODE`] and [`SIGNAL`].
fn lines_about_ends(texts: &[String], program: &Claims) -> Result<Vec<Line>, Say> {
    let lines = program.lines(texts)?;
    let says_how = |line: &&Line| {
        let holes = program.pattern(line).holes().chain(line.fixed.keys().map(String::as_str));
        holes.filter(|hole| [CODE, SIGNAL].contains(hole)).collect::<BTreeSet<_>>().len() == 1
    };
    match lines.iter().find(|line| !says_how(line)) {
        Some(line) => {
            return Err(say!("\"{}\" says by neither {{code}} nor {{signal}} how a child has ended", &line.text));
        }
        None if lines.is_empty() => return Err(say!("`tells_ends` needs a line or more")),
        None => {}
    }
    if lines.iter().any(|line| line.role != lines[0].role) {
        return Err(say!("`tells_ends` needs lines of one role: whoever prints them tells of its own children"));
    }
    Ok(lines)
}

fn something_told(what: &str) -> Result<Told, Say> {
    match (what, what.parse::<nix::sys::signal::Signal>()) {
        ("data", _) => Ok(Told::Data),
        ("end of file", _) => Ok(Told::EndOfFile),
        ("EPIPE", _) => Ok(Told::BrokenPipe),
        (_, Ok(signal)) => Ok(Told::Signal(signal as i32)),
        _ => Err(say!(
            "`told` knows no \"{}\"; \"data\", \"end of file\", \"EPIPE\" or a signal such as \"SIGUSR1\" would be right",
            what
        )),
    }
}

fn all_have(value: &str, lines: &[Line], program: &Claims) -> Result<(), Say> {
    match lines.iter().find(|line| !program.pattern(line).holes().any(|hole| hole == value)) {
        Some(line) => Err(say!("\"{}\" has no {{{}}}", &line.text, value)),
        None => Ok(()),
    }
}

/// The keys of a claim beside `says`, to see that there is one rule with all that it needs and no more.
struct Parts(BTreeSet<&'static str>);

impl Parts {
    fn new(claim: &RawClaim) -> Parts {
        let given = [
            ("order", claim.order.is_some()),
            ("either", claim.either.is_some()),
            ("count", claim.count.is_some()),
            ("of", claim.of.is_some()),
            ("never", claim.never.is_some()),
            ("processes", claim.processes.is_some()),
            ("at_most", claim.at_most.is_some()),
            ("per_process", claim.per_process.is_some()),
            ("at_once", claim.at_once.is_some()),
            ("open", claim.open.is_some()),
            ("close", claim.close.is_some()),
            ("same", claim.same.is_some()),
            ("lines", claim.lines.is_some()),
            ("at_least", claim.at_least.is_some()),
            ("value", claim.value.is_some()),
            ("between", claim.between.is_some()),
            ("printed", claim.printed.is_some()),
            ("interleavings", claim.interleavings.is_some()),
            ("shares_memory", claim.shares_memory.is_some()),
            ("did_work", claim.did_work.is_some()),
            ("started_by", claim.started_by.is_some()),
            ("reaped", claim.reaped.is_some()),
            ("threads", claim.threads.is_some()),
            ("told", claim.told.is_some()),
            ("by", claim.by.is_some()),
            ("before", claim.before.is_some()),
            ("tells_ends", claim.tells_ends.is_some()),
        ];
        Parts(given.into_iter().filter_map(|(key, is_there)| is_there.then_some(key)).collect())
    }

    fn optional(&mut self, key: &'static str) {
        self.0.remove(key);
    }

    fn rule(&mut self, rule: &'static str, needs: &[&'static str]) -> Result<(), Say> {
        self.0.remove(rule);
        for key in needs {
            if !self.0.remove(key) {
                return Err(say!("`{}` needs `{}` beside it", rule, *key));
            }
        }
        match self.0.first() {
            Some(other) => Err(say!("`{}` does not go with `{}`; one rule a claim", *other, rule)),
            None => Ok(()),
        }
    }
}

#[derive(Clone)]
pub(super) enum RawItem {
    Line(String),
    Exit(String),
}

impl RawItem {
    fn read(&self, program: &Claims) -> Result<Item, Say> {
        Ok(match self {
            RawItem::Line(text) => Item::Line(program.line(text)?),
            RawItem::Exit(role) => Item::Exit(program.role(role)?),
        })
    }
}

impl<'de> Deserialize<'de> for RawItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawItem, D::Error> {
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = RawItem;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line in quotes, or { exit = \"role\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawItem, E> {
                Ok(RawItem::Line(text.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawItem, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Exit {
                    exit: String,
                }
                Exit::deserialize(de::value::MapAccessDeserializer::new(map)).map(|exit| RawItem::Exit(exit.exit))
            }
        }
        deserializer.deserialize_any(ItemVisitor)
    }
}

#[derive(Clone)]
pub(super) struct RawTimes(Times);

impl<'de> Deserialize<'de> for RawTimes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawTimes, D::Error> {
        struct TimesVisitor;
        impl Visitor<'_> for TimesVisitor {
            type Value = RawTimes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"3..\" for at least 3, or \"1..=3\" for 1 to 3")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<RawTimes, E> {
                let number =
                    usize::try_from(number).map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))?;
                Ok(RawTimes(Times { min: number, max: Some(number) }))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawTimes, E> {
                let range = text.split_once("..").and_then(|(min, max)| {
                    let max = match max {
                        "" => None,
                        max => Some(max.strip_prefix('=')?.parse().ok()?),
                    };
                    Some(Times { min: min.parse().ok()?, max })
                });
                range
                    .filter(|times| times.max.is_none_or(|max| times.min <= max))
                    .map(RawTimes)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(TimesVisitor)
    }
}

pub(super) enum RawKind {
    Listed(Vec<String>),
    Named(String),
}

impl<'de> Deserialize<'de> for RawKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawKind, D::Error> {
        struct KindVisitor;
        impl<'de> Visitor<'de> for KindVisitor {
            type Value = RawKind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of values, \"integer\", \"decimal\" or \"seconds\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawKind, E> {
                Ok(RawKind::Named(text.to_string()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<RawKind, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element::<toml::Value>()? {
                    values.push(match value {
                        toml::Value::String(text) => text,
                        toml::Value::Integer(number) => number.to_string(),
                        _ => return Err(de::Error::custom("a value is a number or a text in quotes")),
                    });
                }
                Ok(RawKind::Listed(values))
            }
        }
        deserializer.deserialize_any(KindVisitor)
    }
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum RawEnding {
    Code(i32),
    Signal(String),
}

impl RawEnding {
    pub(super) fn read(&self) -> Result<Ending, Say> {
        match self {
            RawEnding::Code(code) => Ok(Ending::Exit(*code)),
            RawEnding::Signal(name) => match name.parse::<nix::sys::signal::Signal>() {
                Ok(signal) => Ok(Ending::Signal(signal as i32)),
                Err(_) => Err(say!("\"{}\" is no signal; an exit code or a name such as \"SIGTERM\" would be", name)),
            },
        }
    }
}
