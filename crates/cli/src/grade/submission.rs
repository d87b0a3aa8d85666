//! What was handed in: found, copied to a place of its own, and built there.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use interleave::environment::{Environment, ISOLATION};
use interleave::record::{Keeping, kept};
use interleave_claims::notes::claims::Start;
use interleave_claims::say;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::statvfs::statvfs;

use super::config::{Config, Language, usual};
use super::scratch::Scratch;
use crate::Refusal;
use crate::course::Startable;

/// A file or a folder that somebody has handed in.
pub struct Submission {
    /// The name of the file, or of the folder. A file's ending is left out unless another submission would have that name, too.
    pub name: String,
    /// Without the ending.
    pub stem: String,
    /// Where it lies.
    pub path: PathBuf,
    /// It is neither a file nor a folder, but, for example, a link, which may lead anywhere.
    is_unfit: bool,
}

/// All submissions in these folders, by name; a file that is named is one. With `one`, each folder is one as well.
pub fn find(places: &[PathBuf], one: bool) -> Result<Vec<Submission>, Refusal> {
    let mut all: Vec<Submission> = Vec::new();
    let mut add = |path: PathBuf, full: &Path, is_dir: bool, is_unfit: bool| {
        let words = |name: Option<&OsStr>| name.map_or_else(|| "submission".to_owned(), in_words);
        let name = words(full.file_name());
        let stem = if is_dir { name.clone() } else { words(full.file_stem()) };
        all.push(Submission { name, stem, path, is_unfit });
    };
    for place in places {
        if one || place.is_file() {
            // The name of `.` is that of the folder that it stands for. Whoever names a link knows where it leads.
            let cannot = |error: io::Error| say!("cannot read {}: {}", place.display().to_string(), &error);
            let full = place.canonicalize().map_err(cannot)?;
            let named = if place.file_name().is_some() { place } else { &full };
            add(place.clone(), named, full.is_dir(), !full.is_dir() && !full.is_file());
            continue;
        }
        let unreadable =
            |error: io::Error| say!("cannot read the submissions in {}: {}", place.display().to_string(), &error);
        for entry in fs::read_dir(place).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // What a teacher's folder has beside submissions.
            if !name.starts_with('.') && name != "grade.toml" && !name.ends_with(".md") {
                add(path.clone(), &path, kind.is_dir(), !kind.is_dir() && !kind.is_file());
            }
        }
    }
    // What each could be called: `a.c.c` cannot be called `a.c` beside a file of that name.
    let mut claimed: BTreeMap<String, usize> = BTreeMap::new();
    for one in &all {
        [&one.name, &one.stem]
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .for_each(|&name| *claimed.entry(name.clone()).or_default() += 1);
    }
    let mut found: BTreeMap<String, Submission> = BTreeMap::new();
    for mut one in all {
        if claimed.get(&one.stem) == Some(&1) {
            one.name.clone_from(&one.stem);
        }
        if let Some(other) = found.get(&one.name) {
            return Err(Refusal::from(say!(
                "two submissions are called {}: {} and {}; what belongs together is to lie in one folder",
                &one.name,
                other.path.display().to_string(),
                one.path.display().to_string()
            )));
        }
        found.insert(one.name.clone(), one);
    }
    Ok(found.into_values().collect())
}

/// The name of a file in words that no other file in its folder has, and that leave room for an ending: pages and results are called by it.
fn in_words(name: &OsStr) -> String {
    const LONGEST: usize = 180;
    let mut words = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        words += &chunk.valid().replace('\\', "\\\\");
        words.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    if words.len() > LONGEST {
        let mut digest = DefaultHasher::new();
        name.hash(&mut digest);
        let end = (0..=LONGEST).rev().find(|&end| words.is_char_boundary(end)).unwrap_or(0);
        words.truncate(end);
        words += &format!("-{:016x}", digest.finish());
    }
    words
}

/// So large may a submission be: a file may say that it has more bytes than there are on the disk.
const MOST_BYTES: u64 = 1 << 30;

/// So many files may it have.
const MOST_FILES: usize = 20_000;

/// A submission, ready to be started.
pub struct Built {
    /// How it is started.
    pub program: Startable,
    /// Its source file, if it has one of which that can be said.
    pub file: Option<PathBuf>,
    /// The commands that build it and start it, for people.
    pub commands: (Option<String>, String),
    /// The copy; it goes away with this.
    _scratch: Scratch,
}

/// Why a submission cannot be started.
pub enum Failure {
    /// It does not build: what the builder said, and the file and line that it names first.
    Build {
        /// The command.
        command: String,
        /// What it said.
        log: String,
        /// Where.
        at: Option<(PathBuf, usize)>,
    },
    /// Something else, which may be no fault of who handed it in.
    Other(String),
}

impl From<String> for Failure {
    fn from(why: String) -> Failure {
        Failure::Other(why)
    }
}

impl Submission {
    /// Where one of its [`files`] lies.
    fn at(&self, file: &Path) -> PathBuf {
        // To join the empty path would add a `/`, which only a folder can have.
        if file == Path::new("") { self.path.clone() } else { self.path.join(file) }
    }

    /// Its files.
    fn files(&self) -> io::Result<Vec<PathBuf>> {
        if self.is_unfit {
            // To read from a named pipe would take for ever.
            return Ok(Vec::new());
        }
        let files = files(&self.path)?;
        if files.len() > MOST_FILES {
            return Err(io::Error::other(say!("it has more than {} files", MOST_FILES).told()));
        }
        let mut bytes = 0;
        for file in &files {
            bytes += self.at(file).metadata()?.len();
        }
        if bytes > MOST_BYTES {
            return Err(io::Error::other(
                say!("its files have {} bytes, and {} is the most that is graded", bytes, MOST_BYTES).told(),
            ));
        }
        Ok(files)
    }

    /// When it was last changed.
    pub fn changed(&self) -> io::Result<SystemTime> {
        let mut last = SystemTime::UNIX_EPOCH;
        for file in self.files()? {
            last = last.max(self.at(&file).metadata()?.modified()?);
        }
        Ok(last)
    }

    /// A digest of its files.
    pub fn digest(&self) -> io::Result<u64> {
        let mut digest = DefaultHasher::new();
        self.path.file_name().hash(&mut digest);
        for file in self.files()? {
            file.hash(&mut digest);
            fs::read(self.at(&file))?.hash(&mut digest);
        }
        Ok(digest.finish())
    }

    /// Copies it to a folder of its own, and builds it there. When it is started, it cannot read what is `secret`. Blocks until that is
    /// done, or `time` has passed.
    pub fn build(&self, config: &Config, start: &Start, secret: &[PathBuf], time: Duration) -> Result<Built, Failure> {
        if self.is_unfit {
            let why =
                say!("{} is neither a file nor a folder (a link may lead anywhere)", self.path.display().to_string());
            return Err(Failure::Other(why.told()));
        }
        let cannot = |error: io::Error| say!("cannot copy {}: {}", self.path.display().to_string(), &error).told();
        let scratch =
            Scratch::named(&self.name).map_err(|error| say!("cannot make a folder to build in: {}", &error).told())?;
        let folder = scratch.path().join("submission");
        fs::create_dir(&folder).map_err(cannot)?;
        let files = self.files().map_err(cannot)?;
        if self.path.is_dir() {
            for file in files {
                let copy = folder.join(&file);
                fs::create_dir_all(copy.parent().unwrap_or(&folder)).map_err(cannot)?;
                fs::copy(self.path.join(file), copy).map_err(cannot)?;
            }
        } else {
            let name = self.called(config).map(Path::new).or(self.path.file_name().map(Path::new));
            fs::copy(&self.path, folder.join(name.unwrap_or(Path::new("program")))).map_err(cannot)?;
        }
        if let Some(name) = config.file.as_deref().filter(|_| self.path.is_dir()) {
            call(&folder, config, name).map_err(cannot)?;
        }
        for (file, name) in config.files() {
            // One of that name might not let itself be written. If there is none, nothing is to be removed.
            let _ = fs::remove_file(folder.join(name));
            fs::copy(&file, folder.join(name))
                .map_err(|error| say!("cannot copy {}: {}", file.display().to_string(), &error).told())?;
        }
        let file = source(&folder, config);
        let Language { build, run } = self.language(config, start, &folder, file.as_deref())?;
        let words = shlex::split(&run).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| say!("`{}` is no command", &run).told())?;
        let environment = config.environment();
        if let Some(build) = &build {
            // What its command names it has to see.
            let needed = |path: &Path| path.to_str().is_some_and(|path| build.contains(path));
            let around = |path: &Path| path.is_dir() && scratch.path().starts_with(path);
            let hidden = secret.iter().filter(|path| !needed(path) && !around(path)).cloned().collect();
            let keeping = Keeping { guarded: !config.unguarded_build, hidden };
            run_builder(build, &folder, &environment, scratch.path(), &keeping, time)?;
        }
        let command = words.iter().map(OsString::from).collect();
        // What its command names, and the copy, it has to see.
        let needed = |folder: &Path| {
            words.iter().any(|word| Path::new(word).starts_with(folder)) || scratch.path().starts_with(folder)
        };
        let hidden = secret.iter().filter(|path| !path.is_dir() || !needed(path)).cloned().collect();
        let program = Startable { command, folder: Some(folder), hidden, environment };
        let file = file.map(PathBuf::from);
        Ok(Built { program, file, commands: (build, run), _scratch: scratch })
    }

    /// What the class's single files are called, if it is one of that kind.
    fn called<'a>(&self, config: &'a Config) -> Option<&'a str> {
        let ending = self.path.extension();
        let is_of_kind = |name: &str| ending.is_none() || Path::new(name).extension() == ending;
        config.file.as_deref().filter(|name| !self.path.is_dir() && is_of_kind(name))
    }

    /// How it is built and run: as `grade.toml` says, or the notes, or as is usual in its language.
    fn language(&self, config: &Config, start: &Start, folder: &Path, file: Option<&str>) -> Result<Language, Failure> {
        if let Some(run) = &config.run {
            return Ok(Language { build: config.build.clone(), run: run.clone() });
        }
        let extension = file.and_then(|file| Path::new(file).extension()?.to_str()).unwrap_or_default();
        // What begins like an option is to be taken for a file.
        let file = file.map(|file| if file.starts_with('-') { format!("./{file}") } else { file.to_owned() });
        let quoted = file.as_deref().and_then(|file| shlex::try_quote(file).ok()).unwrap_or_default();
        let of = |language: &Language| Language {
            build: language.build.as_ref().map(|build| build.replace("{file}", &quoted)),
            run: language.run.replace("{file}", &quoted),
        };
        if let Some(language) = config.language.get(extension) {
            return Ok(of(language));
        }
        // What the notes pass to the program, every program of the kind gets.
        let mut arguments = String::new();
        match start {
            Start::Run { command, build } => {
                let command_line = shlex::try_join(command.iter().map(String::as_str)).unwrap_or_default();
                if self.path.is_dir() || self.called(config).is_some() {
                    return Ok(Language { build: config.build.clone().or(build.clone()), run: command_line });
                }
                if let Some((_, rest)) = command_line.split_once(' ').filter(|(program, _)| program.starts_with("./")) {
                    arguments = format!(" {rest}");
                }
            }
            Start::Bin(bin) if folder.join(bin).is_file() => {
                return Ok(Language { build: None, run: format!("./{bin}") });
            }
            Start::Bin(_) => {}
        }
        match usual(extension) {
            Some(language) => Ok(Language { run: language.run.clone() + &arguments, ..language }).map(|it| of(&it)),
            None => Err(Failure::Other({
                // Of a file in a language that nobody knows it is the ending that is to be named.
                let extension = if self.path.is_dir() { None } else { self.path.extension() };
                let extension = extension.and_then(OsStr::to_str).unwrap_or("EXTENSION");
                say!(
                    "nothing says how {} is built and started; grade.toml can, by run = or [language.{}]",
                    self.path.display().to_string(),
                    extension
                )
                .told()
            })),
        }
    }
}

/// Lets a folder have a file of this name, if all that it has is one source file of the kind: who handed in a single file may have had it put into a folder.
fn call(folder: &Path, config: &Config, name: &str) -> io::Result<()> {
    let kind = Path::new(name).extension();
    match source(folder, config) {
        Some(file) if fs::read_dir(folder)?.count() == 1 && Path::new(&file).extension() == kind => {
            fs::rename(folder.join(file), folder.join(name))
        }
        _ => Ok(()),
    }
}

/// The one source file in a folder, or the one of several that is called `main`.
fn source(folder: &Path, config: &Config) -> Option<String> {
    let is_source = |name: &String| {
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        config.language.contains_key(extension) || usual(extension).is_some()
    };
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(is_source).collect();
    if names.len() > 1 {
        names.retain(|name| name.starts_with("main."));
    }
    (names.len() == 1).then(|| names.remove(0))
}

/// The regular files of a folder and the folders in it, each as a path in it; of a file, the empty path.
/// Links are left out, as they may lead anywhere, and so is what version control and builds leave behind.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    fn add(folder: &Path, inside: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(folder.join(inside))? {
            let entry = entry?;
            let (path, kind) = (inside.join(entry.file_name()), entry.file_type()?);
            if kind.is_dir() && entry.file_name() != ".git" && entry.file_name() != "target" {
                add(folder, &path, files)?;
            } else if kind.is_file() {
                files.push(path);
            }
            if files.len() > MOST_FILES {
                break; // that is enough to refuse it
            }
        }
        Ok(())
    }
    if !path.is_dir() {
        return Ok(vec![PathBuf::new()]);
    }
    let mut files = Vec::new();
    add(path, Path::new(""), &mut files)?;
    files.sort();
    Ok(files)
}

/// Where compilers keep what they may need again (the XDG Base Directory Specification).
const CACHE: &str = "XDG_CACHE_HOME";

/// So much of what a builder says is looked at.
const LOG: u64 = 256 << 10;

/// Runs a command of the shell in a folder in `scratch`, and waits for its end; if `time` passes first, it is killed. Of what it starts nothing is left then, nor if we are
/// killed ourselves.
fn run_builder(
    build: &str,
    folder: &Path,
    environment: &Environment,
    scratch: &Path,
    keeping: &Keeping,
    time: Duration,
) -> Result<(), Failure> {
    let tried = |error: io::Error| say!("cannot run `{}`: {}", build, &error).told();
    let log = scratch.join("log");
    let output = File::create(&log).map_err(tried)?;
    let mut shell = kept(keeping, ["sh", "-c", build]).map_err(tried)?;
    environment.give(&mut shell);
    // Where the home directory cannot be written to, compilers that keep something there would fail.
    if keeping.guarded && !shell.get_envs().any(|(name, _)| name == CACHE) {
        shell.env(CACHE, scratch.join("cache"));
    }
    if let Some(isolation) = std::env::var_os(ISOLATION) {
        shell.env(ISOLATION, isolation);
    }
    let processors = thread::available_parallelism().map_or(1, |number| number.get() as u64);
    let most = [
        (Resource::RLIMIT_FSIZE, 1 << 30),
        (Resource::RLIMIT_DATA, 4 << 30),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_CPU, (time.as_secs() + 1).saturating_mul(processors)),
    ];
    // SAFETY: between fork and exec the closure makes system calls only; nothing is allocated.
    unsafe { shell.pre_exec(move || most.iter().try_for_each(|&(resource, most)| Ok(limit(resource, most)?))) };
    let mut child = shell
        .current_dir(folder)
        .stdout(output.try_clone().map_err(tried)?)
        .stderr(output)
        .process_group(0)
        .spawn()
        .map_err(tried)?;
    let deadline = Instant::now() + time;
    // Without namespaces nothing bounds all that it writes; but it is not to fill the disk.
    let least = free(scratch).map(|free| LEFT_FREE.min(free / 2));
    let mut is_missing = false;
    let stopped = loop {
        match child.try_wait().map_err(tried)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                is_missing = status.code() == Some(NOT_FOUND);
                break None;
            }
            None if Instant::now() > deadline => {
                break Some(say!("it was not done after {} s, and was stopped", time.as_secs_f64()));
            }
            None if free(scratch).zip(least).is_some_and(|(free, least)| free < least) => {
                break Some(say!("the disk was almost full, and it was stopped"));
            }
            // std has no wait with a time limit, and a build takes far longer than this.
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    if stopped.is_some() {
        // This closes its standard input, which stops it.
        child.wait().map_err(tried)?;
    }
    let mut said = Vec::new();
    File::open(&log).and_then(|log| log.take(LOG).read_to_end(&mut said)).map_err(tried)?;
    let mut log = String::from_utf8_lossy(&said).into_owned();
    if let Some(why) = stopped {
        log += &format!("\n{}", why.told());
    }
    if is_missing {
        // That is no fault of who handed it in.
        let said = log.lines().last().unwrap_or_default();
        return Err(Failure::Other(say!("`{}` needs a program that is not here: {}", build, said).told()));
    }
    let at = first_error(&log);
    Err(Failure::Build { command: build.to_owned(), log, at })
}

/// How a shell ends that has not found a program (POSIX, Shell Command Language, 2.8.2).
const NOT_FOUND: i32 = 127;

/// So many bytes are left free on the disk by what builds a submission, or half of what there was.
const LEFT_FREE: u64 = 1 << 30;

/// How many bytes are free on the disk that this folder is on, if that can be told.
fn free(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(disk.blocks_available() * disk.fragment_size())
}

/// Allows this process, and what it starts, no more of a resource (setrlimit(2)).
fn limit(resource: Resource, most: u64) -> nix::Result<()> {
    let (_, allowed) = getrlimit(resource)?;
    let most = most.min(allowed);
    setrlimit(resource, most, most)
}

/// The place that a compiler names first, as `FILE:LINE: …` or `--> FILE:LINE:…`; a line that speaks of an error goes first.
fn first_error(log: &str) -> Option<(PathBuf, usize)> {
    let place = |line: &str| {
        let mut parts = line.trim_start().trim_start_matches("--> ").split(':');
        let file = parts.next().filter(|file| !file.is_empty() && !file.contains(' '))?;
        Some((PathBuf::from(file), parts.next()?.parse().ok()?))
    };
    let errors = log.lines().filter(|line| line.contains("error"));
    errors.chain(log.lines()).find_map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_error_is_found() {
        let gcc = "main.c: In function 'main':\nmain.c:2:9: warning: unused\nmain.c:3:5: error: expected ';'\n";
        assert_eq!(first_error(gcc), Some((PathBuf::from("main.c"), 3)));
        let rustc = "error[E0425]: cannot find value `x`\n --> main.rs:2:5\n";
        assert_eq!(first_error(rustc), Some((PathBuf::from("main.rs"), 2)));
        assert_eq!(first_error("make: *** No targets.  Stop."), None);
    }
}
