//! `grade.toml`: what the notes do not say about a class.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use interleave::environment::Environment;
use interleave_claims::check::{self, ENDS_WELL, ONLY_KNOWN_LINES};
use interleave_claims::notes::claims::Claims;
use interleave_claims::notes::{Lesson, Program};
use interleave_claims::say;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::grades::Hidden;
use crate::Refusal;

/// What stands in `grade.toml`. All of it may be left out.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// When submissions are due; a later one is marked as late.
    #[serde(default, deserialize_with = "moment")]
    deadline: Option<String>,
    /// What a submission that is a single file, with the same ending, is called where it is built, so that the notes' `build` finds it.
    pub file: Option<String>,
    /// What a program's environment has beside what [`INHERITED`] names, each as NAME for a variable of ours, or NAME=VALUE.
    #[serde(default)]
    pub env: Vec<String>,
    /// In place of the notes' `build`.
    pub build: Option<String>,
    /// Builds are not guarded as runs are: they can write wherever we can, and have the network.
    #[serde(default)]
    pub unguarded_build: bool,
    /// In place of the notes' `run`.
    pub run: Option<String>,
    /// Files of the teacher, beside `grade.toml`, that every submission gets, in place of its own of that name.
    #[serde(default)]
    files: Vec<String>,
    /// How programs of a language are built and run, by the ending of their files' names.
    #[serde(default)]
    pub language: BTreeMap<String, Language>,
    /// What each claim is worth, by its words.
    #[serde(default)]
    points: BTreeMap<String, u32>,
    /// Claims, by their words, of which the class sees no more than these before the deadline.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Who has made a submission, by its name, with or without the ending of a file.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    folder: PathBuf,
    #[serde(skip)]
    path: Option<PathBuf>,
}

/// So much may a claim be worth: no class can be graded by more claims than would make the sum too large.
const MOST_POINTS: u32 = 10_000;

/// How a program of some language is built and run; `{file}` stands for its file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// A command for the shell; none for what needs no building.
    pub build: Option<String>,
    /// The program and its arguments.
    pub run: String,
}

/// The variables that submissions and what builds them get from us, unless more is asked for: where programs and their libraries are, how to
/// speak, and where compilers have what they need. Whatever else stands there may be a secret.
pub const INHERITED: &[&str] = &[
    "PATH",
    "LD_LIBRARY_PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TZ",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "CC",
    "CXX",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOROOT",
    "JAVA_HOME",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "VIRTUAL_ENV",
];

/// What a language needs of which `grade.toml` says nothing.
pub fn usual(extension: &str) -> Option<Language> {
    let (build, run) = match extension {
        "c" => (Some("cc -O1 -pthread -o program {file}"), "./program"),
        "cc" | "cpp" => (Some("c++ -O1 -pthread -o program {file}"), "./program"),
        "rs" => (Some("rustc --edition 2024 -o program {file}"), "./program"),
        "sh" => (None, "sh {file}"),
        "py" => (None, "python3 {file}"),
        _ => return None,
    };
    Some(Language { build: build.map(str::to_owned), run: run.to_owned() })
}

impl Config {
    /// Reads this file; without one, the `grade.toml` in the folder of the notes, if there is one.
    pub fn read(file: Option<&PathBuf>, notes: &Path) -> Result<Config, Refusal> {
        let beside = notes.join("grade.toml");
        let path = file.unwrap_or(&beside);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(Config::default()),
            Err(error) => {
                return Err(say!("cannot read {}: {}", path.display().to_string(), &error).into());
            }
        };
        let config: Config = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if let Some(name) = config.files.iter().chain(&config.file).find(|name| !is_plain(name)) {
            let path = path.display().to_string();
            return Err(say!("{}: `{}` is to be the name of a file, without a folder", path, name).into());
        }
        if let Some(wish) = config.env.iter().find(|wish| wish.is_empty() || wish.starts_with('=')) {
            let (path, wish) = (path.display().to_string(), format!("{wish:?}"));
            return Err(say!("{}: env = {}: NAME or NAME=VALUE would be right", path, wish).into());
        }
        config.deadline().map_err(|why| format!("{}: {why}", path.display()))?;
        if let Some((says, points)) = config.points.iter().find(|(_, points)| **points > MOST_POINTS) {
            let (path, says) = (path.display().to_string(), format!("{says:?}"));
            return Err(say!("{}: {} = {}: {} is the most", path, says, *points, MOST_POINTS).into());
        }
        let runs = config.run.iter().chain(config.language.values().map(|language| &language.run));
        if let Some(run) = runs.into_iter().find(|run| shlex::split(run).is_none_or(|words| words.is_empty())) {
            return Err(say!("{}: run = {}: that is no command", path.display().to_string(), format!("{run:?}")).into());
        }
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Config { text, folder, path: Some(path.to_owned()), ..config })
    }

    /// Hides these claims, too.
    pub fn hide<'a>(&mut self, claims: impl Iterator<Item = &'a String>) {
        for says in claims {
            if !self.hidden.contains(says) {
                self.hidden.push(says.clone());
            }
        }
    }

    /// The environment of submissions, and of what builds them.
    pub fn environment(&self) -> Environment {
        let mut inherited: Vec<String> = INHERITED.iter().map(|&name| name.to_owned()).collect();
        let mut added = Vec::new();
        for wish in &self.env {
            match wish.split_once('=') {
                Some((name, value)) => added.push((name.into(), value.into())),
                None => inherited.push(wish.clone()),
            }
        }
        Environment { inherited: Some(inherited), added }
    }

    /// What of the notes is hidden, and until when; `None` if nothing is.
    pub fn hides(&self, claims: &Claims) -> Option<Hidden> {
        let is_said = |says: &str| claims.claims.iter().any(|claim| claim.says == says);
        let hidden: BTreeSet<&str> = self.hidden.iter().map(String::as_str).collect();
        let hidden = hidden.into_iter().filter(|says| is_said(says) || check::unsaid().any(|unsaid| unsaid == *says));
        let points: Vec<u32> = hidden.map(|says| self.points(says, is_said(says))).collect();
        (!points.is_empty()).then(|| Hidden { until: self.deadline.clone(), points: points.iter().sum() })
    }

    /// When submissions are due.
    pub fn deadline(&self) -> Result<Option<SystemTime>, String> {
        let read = |text: &String| {
            humantime::parse_rfc3339_weak(text).map_err(|error| {
                let (text, error) = (format!("{text:?}"), error.to_string());
                say!("deadline = {}: {}; \"2026-10-01T22:00:00Z\" would be right", text, error).told()
            })
        };
        self.deadline.as_ref().map(read).transpose()
    }

    /// The file that it was read from, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its text, to tell whether anything has changed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The teacher's files that every submission gets.
    pub fn files(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        self.files.iter().map(|name| (self.folder.join(name), name.as_str()))
    }

    /// What the claim of these words is worth. Of what goes without saying, only that it prints what the notes know, and that
    /// its processes end, are worth anything if nothing is said.
    pub fn points(&self, says: &str, is_said: bool) -> u32 {
        let usual = u32::from(is_said || says == ONLY_KNOWN_LINES || says == ENDS_WELL);
        self.points.get(says).copied().unwrap_or(usual)
    }

    /// Refuses points for what nobody claims, and to hide that. What the notes claim of their other programs is not meant for this one.
    pub fn check(&self, notes: &Lesson, program: &Program) -> Result<(), Refusal> {
        let claims = &program.claims;
        let mut known: Vec<&str> = check::unsaid().collect();
        known.extend(claims.claims.iter().map(|claim| claim.says.as_str()));
        let elsewhere =
            |says: &str| notes.programs.iter().any(|other| other.claims.claims.iter().any(|it| it.says == says));
        let path = self.path().map(|path| format!("{}: ", path.display())).unwrap_or_default();
        let points = self.points.keys().map(|says| (format!("{path}[points]"), says));
        let mut named = points.chain(self.hidden.iter().map(|says| ("hidden".to_owned(), says)));
        match named.find(|(_, says)| !known.contains(&says.as_str()) && !elsewhere(says)) {
            None => Ok(()),
            Some((option, says)) => Err(say!(
                "{} names {}: `{}` has no such claim; these are its claims:\n  {}",
                option,
                format!("{says:?}"),
                &claims.program,
                known.join("\n  ")
            )
            .into()),
        }
    }
}

/// A moment, as a text or as TOML writes it.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(text)),
        toml::Value::Datetime(moment) => Ok(Some(moment.to_string())),
        other => Err(D::Error::custom(format!("invalid type: {}, expected a moment", other.type_str()))),
    }
}

fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None))
}
