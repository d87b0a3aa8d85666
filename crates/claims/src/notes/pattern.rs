//! Line patterns: text with `{placeholders}`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use crate::say;
use crate::words::Say;

/// The placeholder that stands for the id of the process that writes the line.
pub const PID: &str = "pid";

/// The placeholder that, where a line is to tell how a child has ended, stands for its exit code.
pub const CODE: &str = "code";

/// The same for the number of the signal that has ended it.
pub const SIGNAL: &str = "signal";

/// The values of placeholders in one line.
pub type Bindings = BTreeMap<String, String>;

/// What a placeholder may stand for.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The writer's process id.
    Pid,
    /// One of these.
    OneOf(Listed),
    /// A whole number, not negative.
    Integer,
    /// A number of seconds with two decimals.
    Seconds,
    /// A number with one decimal.
    Decimal,
}

/// Values that are listed, kept so that a line of a long list is recognised as quickly as one of a short list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    values: Vec<String>,
    known: HashSet<String>,
    lengths: BTreeSet<usize>,
}

impl From<Vec<String>> for Listed {
    fn from(values: Vec<String>) -> Listed {
        let lengths = values.iter().map(String::len).collect();
        Listed { known: values.iter().cloned().collect(), lengths, values }
    }
}

impl Listed {
    /// The values, in the order of the list.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The lengths of all beginnings of `text` that are in the list.
    fn prefixes(&self, text: &str) -> Vec<usize> {
        let is_known = |length: &usize| text.get(..*length).is_some_and(|start| self.known.contains(start));
        self.lengths.iter().copied().filter(is_known).collect()
    }
}

/// The kinds of all placeholders that a program's lines may use.
pub type Kinds = BTreeMap<String, Kind>;

/// A line with placeholders.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Hole(String),
}

impl Pattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Pattern, Say> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            let close = after.find('}').ok_or_else(|| say!("`{{` without `}}` in \"{}\"", text))?;
            let name = &after[1..close];
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(say!("\"{{{}}}\" in \"{}\" is no placeholder; a name such as {{n}} would be", name, text));
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_string()));
            }
            parts.push(Part::Hole(name.to_string()));
            rest = &after[close + 1..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Part::Text(rest.to_string()));
        }
        Ok(Pattern { parts })
    }

    /// The names of its placeholders.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The values that make this pattern the `line`, if there are any.
    pub fn bind(&self, line: &str, kinds: &Kinds) -> Option<Bindings> {
        let mut bindings = Bindings::new();
        let candidates = |name: &str, text: &str| kinds.get(name).map(|kind| prefixes(kind, text)).unwrap_or_default();
        bind_parts(&self.parts, line, &candidates, &mut bindings).then_some(bindings)
    }

    /// Which values turn this pattern into `item`, where `item` may leave placeholders open.
    ///
    /// `"Put {v} to queue..."` becomes `"Put A to queue..."` with `v = A`, and becomes itself with nothing bound.
    pub fn instance(&self, item: &str, kinds: &Kinds) -> Option<Bindings> {
        let itself = |name: &str, text: &str| {
            let rest = text.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some(text.len() - rest.len())
        };
        let candidates = |name: &str, text: &str| {
            let listed = match kinds.get(name)? {
                Kind::OneOf(listed) => listed.prefixes(text),
                _ => Vec::new(),
            };
            Some(itself(name, text).into_iter().chain(listed).collect())
        };
        let candidates = |name: &str, text: &str| candidates(name, text).unwrap_or_default();
        let mut bindings = Bindings::new();
        if !bind_parts(&self.parts, item, &candidates, &mut bindings) {
            return None;
        }
        bindings.retain(|name, value| *value != format!("{{{name}}}"));
        Some(bindings)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Hole(name) => write!(f, "{{{name}}}"),
        })
    }
}

/// The lengths of all beginnings of a text that a placeholder, given by its name, may stand for.
type Candidates<'a> = &'a dyn Fn(&str, &str) -> Vec<usize>;

fn bind_parts(parts: &[Part], text: &str, candidates: Candidates, bindings: &mut Bindings) -> bool {
    let Some((first, others)) = parts.split_first() else { return text.is_empty() };
    match first {
        Part::Text(literal) => {
            text.strip_prefix(literal.as_str()).is_some_and(|rest| bind_parts(others, rest, candidates, bindings))
        }
        Part::Hole(name) => candidates(name, text).into_iter().any(|length| {
            let value = &text[..length];
            if bindings.get(name).is_some_and(|bound| bound != value) {
                return false;
            }
            let fresh = bindings.insert(name.clone(), value.to_string()).is_none();
            let matched = bind_parts(others, &text[length..], candidates, bindings);
            if !matched && fresh {
                bindings.remove(name);
            }
            matched
        }),
    }
}

/// The lengths of all beginnings of `text` that a placeholder of this kind may stand for.
fn prefixes(kind: &Kind, text: &str) -> Vec<usize> {
    let integer = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        // A number is written one way only: `07` is not what a program prints for 7.
        (digits == 1 || digits > 1 && !text.starts_with('0')).then_some(digits)
    };
    let with_decimals = |count: usize| {
        let whole = integer(text)?;
        let decimals = text.as_bytes()[whole..].strip_prefix(b".")?.get(..count)?;
        decimals.iter().all(u8::is_ascii_digit).then_some(whole + 1 + count)
    };
    match kind {
        Kind::Pid | Kind::Integer => integer(text).into_iter().collect(),
        Kind::OneOf(listed) => listed.prefixes(text),
        Kind::Seconds => with_decimals(2).into_iter().collect(),
        Kind::Decimal => with_decimals(1).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        Kinds::from([
            (PID.into(), Kind::Pid),
            ("n".into(), Kind::OneOf(vec!["1".into(), "10".into()].into())),
            ("secs".into(), Kind::Seconds),
            ("times".into(), Kind::Decimal),
        ])
    }

    fn bound(pattern: &str, line: &str) -> Option<Bindings> {
        Pattern::parse(pattern).unwrap().bind(line, &kinds())
    }

    #[test]
    fn binds_every_kind() {
        let found = bound("子进程{n}结束--{pid}--耗时{secs}", "子进程10结束--4242--耗时3.00").unwrap();
        assert_eq!(found["n"], "10");
        assert_eq!(found["pid"], "4242");
        assert_eq!(found["secs"], "3.00");
        assert_eq!(bound("{times}倍", "12.5倍").unwrap()["times"], "12.5");
    }

    #[test]
    fn refuses_what_is_not_the_line() {
        assert!(bound("a{n}", "a2").is_none(), "2 is not listed");
        assert!(bound("a{n}", "a1 ").is_none(), "a space more");
        assert!(bound("{secs}", "3.0").is_none(), "one decimal");
        assert!(bound("{secs}", "3.000").is_none(), "three decimals");
        assert!(bound("{times}", "3").is_none(), "no decimal");
        assert!(bound("{times}", "3.14").is_none(), "two decimals");
        assert!(bound("{pid}", "007").is_none(), "leading zeros");
        assert!(bound("{n}-{n}", "1-10").is_none(), "one name, one value");
    }

    #[test]
    fn an_item_may_bind_some_placeholders() {
        let pattern = Pattern::parse("任务{n}--{pid}").unwrap();
        assert_eq!(pattern.instance("任务{n}--{pid}", &kinds()), Some(Bindings::new()));
        assert_eq!(pattern.instance("任务1--{pid}", &kinds()), Some(Bindings::from([("n".into(), "1".into())])));
        assert_eq!(pattern.instance("任务2--{pid}", &kinds()), None);
    }

    #[test]
    fn a_bad_pattern_says_why() {
        assert!(Pattern::parse("a{n").unwrap_err().to_string().contains("without"));
        assert!(Pattern::parse("a{}").unwrap_err().to_string().contains("placeholder"));
    }
}
