//! What a class comes to, and what each submission does: as it is kept in files and merged from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use interleave_claims::words::told;
use interleave_claims::{key, say};
use serde::{Deserialize, Serialize};

use super::evidence::Moment;
use crate::Refusal;

/// The version of the JSON: it grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// The grades of a class, or of a shard of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grades {
    /// [`VERSION`].
    pub version: u32,
    /// By which notes it was graded, and which program of them.
    pub program: String,
    /// A digest of all that the grades depend on beside the submissions.
    pub rules: u64,
    /// What can be had at most.
    pub max: u32,
    /// What the class is not to see yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hidden>,
    /// Which part of the class this is, if it is not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// By name.
    pub submissions: Vec<Grade>,
}

/// Claims of which only the words are shown at first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// Until when, as `grade.toml` writes it; `None` for as long as nobody says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What they are worth together.
    pub points: u32,
}

/// One of several parts of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which, counted from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// Reads `K/N`.
    pub fn read(text: &str) -> Result<Shard, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            _ => Err(say!("K/N would be right, with K from 1 to N, as in 2/4").told()),
        }
    }
}

/// What one submission comes to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grade {
    /// Its name.
    pub name: String,
    /// Who has handed it in, as `grade.toml` says.
    pub student: Option<String>,
    /// How far it came.
    pub status: Status,
    /// What it has earned.
    pub points: u32,
    /// It was changed after the deadline. That costs nothing here.
    pub late: bool,
    /// What is wrong with it first; `None` if nothing is.
    pub cause: Option<String>,
    /// What was explored, in words.
    pub explored: Option<String>,
    /// Each claim that is worth something.
    pub claims: Vec<Scored>,
    /// Where the first error is, if it does not build.
    pub at: Option<At>,
    /// The commands that build and start it.
    pub commands: Vec<String>,
    /// The report, as `verify` writes it, or what the builder said.
    pub story: String,
    /// What often is the reason for what is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// What it was not guarded against while it ran, each in words.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub missing: BTreeSet<String>,
    /// The cause, the story and the hints without what is hidden, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Told>,
}

/// What a submission is told, in words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Told {
    /// As [`Grade::cause`].
    pub cause: Option<String>,
    /// As [`Grade::story`].
    pub story: String,
    /// As [`Grade::hints`].
    pub hints: Vec<String>,
}

/// How far a submission came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was judged.
    Graded,
    /// It does not build.
    NotBuilt,
    /// It could not be judged, and somebody has to look at it.
    Unjudged,
}

/// A claim, and what it earns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scored {
    /// Its words.
    pub says: String,
    /// What it earns.
    pub points: u32,
    /// What it can earn.
    pub max: u32,
    /// What was found.
    pub verdict: Verdict,
    /// Why.
    pub why: Option<String>,
    /// How to see it broken.
    pub schedule: Option<String>,
    /// Where the notes say it.
    pub at: Option<At>,
    /// Whether it is hidden before the deadline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The command that shows it broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
    /// A picture of the run that breaks it (SVG), if it is the first that is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// A run that breaks it, if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<Moment>,
}

/// What was found of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds, and could have failed.
    Holds,
    /// It does not hold.
    Broken,
    /// It was not put to the test: it holds only because what it speaks of never happened, or one process did it all.
    Untested,
    /// The runs could not tell.
    Unknown,
    /// It is not shown before the deadline.
    Hidden,
}

impl Verdict {
    /// In a few words of the chosen language.
    pub fn told(self) -> &'static str {
        told(self.words())
    }

    /// In a few words of English.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Holds => key!("holds"),
            Verdict::Broken => key!("broken"),
            Verdict::Untested => key!("not put to the test"),
            Verdict::Unknown => key!("could not be told"),
            Verdict::Hidden => key!("not shown before the deadline"),
        }
    }
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

impl Scored {
    /// A claim of these words of which nothing more is known.
    pub fn new(says: String, max: u32, verdict: Verdict) -> Scored {
        let points = if verdict == Verdict::Holds { max } else { 0 };
        Scored {
            says,
            points,
            max,
            verdict,
            why: None,
            schedule: None,
            at: None,
            hidden: false,
            replay: None,
            picture: None,
            run: Vec::new(),
        }
    }

    /// Whether it was not earned, as far as that is shown.
    pub fn is_lost(&self) -> bool {
        !matches!(self.verdict, Verdict::Holds | Verdict::Hidden)
    }
}

impl Grade {
    /// Whether everything was earned.
    pub fn is_full(&self, max: u32) -> bool {
        self.status == Status::Graded && self.points == max
    }

    /// Whom it is of, for people.
    pub fn who(&self) -> &str {
        self.student.as_deref().unwrap_or(&self.name)
    }
}

/// The grades in these files, which are the shards of one class.
///
/// # Errors
/// If one cannot be read, is missing, is there twice, or was graded by other rules.
pub fn merge(files: &[PathBuf]) -> Result<Grades, Refusal> {
    let mut parts: BTreeMap<usize, (Grades, &Path)> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for file in files {
        let shown = &file.display().to_string();
        let text = fs::read_to_string(file).map_err(|error| say!("cannot read {}: {}", shown, &error))?;
        let part: Grades = serde_json::from_str(&text)
            .map_err(|error| say!("{} is not what `grade --json` writes: {}", shown, error.to_string()))?;
        if part.version != VERSION {
            return Err(say!("{} has version {}, and this is {}", shown, part.version, VERSION).into());
        }
        let number = part.shard.map_or(1, |shard| shard.number);
        if let Some((_, other)) = parts.insert(number, (part, file)) {
            let other = other.display().to_string();
            return Err(say!("{} and {} are the same shard, {}", shown, other, number).into());
        }
    }
    let mut parts: Vec<(Grades, &Path)> = parts.into_values().collect();
    let count = |part: &Grades| part.shard.map_or(1, |shard| shard.of);
    let (mut whole, first) = match parts.first() {
        Some(_) => parts.remove(0),
        None => return Err(say!("name the files to merge").into()),
    };
    if parts.len() + 1 != count(&whole) {
        return Err(say!("there are {} shards, and {} files", count(&whole), parts.len() + 1).into());
    }
    for (part, file) in &parts {
        let rules = |grades: &Grades| (grades.rules, grades.program.clone(), grades.max, count(grades));
        if rules(part) != rules(&whole) {
            return Err(say!(
                "{} and {} were not graded by the same notes and grade.toml, or are not shards of one class",
                first.display().to_string(),
                file.display().to_string()
            )
            .into());
        }
    }
    whole.shard = None;
    let submissions = std::mem::take(&mut whole.submissions);
    for grade in submissions.into_iter().chain(parts.into_iter().flat_map(|(part, _)| part.submissions)) {
        if let Some(twice) = all.insert(grade.name.clone(), grade) {
            return Err(say!("{} is in two of the files", &twice.name).into());
        }
    }
    whole.submissions = all.into_values().collect();
    Ok(whole)
}
