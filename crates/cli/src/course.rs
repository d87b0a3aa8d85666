//! Notes and their programs: found by name or by path, and built.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use interleave::environment::Environment;
use interleave_claims::notes::claims::{Fault, Start};
use interleave_claims::notes::{Course, Lesson, Program};
use interleave_claims::say;

use crate::screen::quoted;
use crate::{CourseFolder, Front, Refusal};

/// What files of notes are called where a folder is named instead of one.
const NOTES: [&str; 2] = ["NOTES.md", "README.md"];

/// What somebody has named.
enum Named<'a> {
    /// A lesson of the course, a program of it, or `LESSON/PROGRAM`.
    InCourse(&'a str),
    /// Notes anywhere, and which of their programs, if that was said.
    Notes(PathBuf, Option<&'a str>),
}

impl<'a> Named<'a> {
    fn read(front: &Front, name: &'a str) -> Result<Named<'a>, Refusal> {
        let path = Path::new(name);
        if let Some(course) = &front.course {
            let inside = path.strip_prefix(&course.root).ok().and_then(Path::to_str).unwrap_or(name);
            let plain = inside.trim_end_matches('/').trim_start_matches("./").trim_end_matches("/README.md");
            let plain = plain.strip_prefix("crates/").unwrap_or(plain);
            let lesson = plain.split('/').next().unwrap_or(plain);
            if !plain.contains('/') && !is_notes(path)
                || !lesson.is_empty() && course.root.join("crates").join(lesson).is_dir()
            {
                return Ok(Named::InCourse(plain));
            }
        }
        if let Some(notes) = notes_at(path) {
            if is_program(&notes) {
                let file = quoted(notes.as_os_str());
                return Err(say!(
                    "{} is a program and no notes; to run it, put `--` before it, as in `{} outputs -- {}`",
                    name,
                    front.command,
                    file
                )
                .into());
            }
            return Ok(Named::Notes(notes, None));
        }
        let inside = path.parent().filter(|parent| *parent != Path::new("")).and_then(notes_at);
        if let (Some(notes), Some(program)) = (inside, path.file_name().and_then(|name| name.to_str())) {
            return Ok(Named::Notes(notes, Some(program)));
        }
        Err(say!(
            "there are no notes at {}: name a file in Markdown that has claims, a folder that has {}, or one program of it, as \
             in NOTES.md/PROGRAM",
            name,
            NOTES.join(&say!(" or ").told())
        )
        .into())
    }
}

/// Whether a file is something to be started: its first bytes say so, as no Markdown does.
fn is_program(file: &Path) -> bool {
    let mut first = Vec::new();
    let read = File::open(file).and_then(|file| file.take(4).read_to_end(&mut first));
    read.is_ok() && (first.starts_with(b"\x7fELF") || first.starts_with(b"#!"))
}

fn is_notes(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "md")
}

/// The notes that are this file, or lie in this folder.
fn notes_at(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        let folder = if path == Path::new(".") { Path::new("") } else { path };
        return NOTES.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    }
    path.is_file().then(|| path.to_owned())
}

/// The notes that `names` speak of; without any, those of the front's own course, or of this folder.
pub fn read(front: &Front, names: &[&str]) -> Result<Course, Refusal> {
    let mut notes: Vec<PathBuf> = Vec::new();
    let mut is_in_course = false;
    for name in names {
        match Named::read(front, name)? {
            Named::InCourse(_) => is_in_course = true,
            Named::Notes(file, _) if !notes.contains(&file) => notes.push(file),
            Named::Notes(..) => {}
        }
    }
    if names.is_empty() {
        is_in_course = front.course.is_some();
        if !is_in_course {
            let here = notes_at(Path::new(".")).ok_or_else(|| {
                let names = NOTES.join(&say!(" and no ").told());
                Refusal::from(say!("name the notes to judge by: there is no {} in this folder", names))
            })?;
            notes.push(here);
        }
    }
    let mut course =
        if is_in_course { Course::read(&front.course()?.root).map_err(faults)? } else { Course::default() };
    if !notes.is_empty() {
        course.lessons.extend(Course::of_notes(&notes).map_err(faults)?.lessons);
    }
    Ok(course)
}

/// The notes that a program's name speaks of; none without a name.
pub fn read_for(front: &Front, name: Option<&str>) -> Result<Course, Refusal> {
    name.map_or_else(|| Ok(Course::default()), |name| read(front, &[name]))
}

fn faults(faults: Vec<Fault>) -> Refusal {
    let faults: Vec<String> = faults.iter().map(Fault::told).collect();
    Refusal(faults.join("\n"))
}

/// The programs that `names` speak of, each once; without names, all.
pub fn choose<'a>(
    front: &Front,
    course: &'a Course,
    names: &[&str],
) -> Result<Vec<(&'a Lesson, &'a Program)>, Refusal> {
    if names.is_empty() {
        return Ok(course.programs().collect());
    }
    let mut chosen: Vec<(&Lesson, &Program)> = Vec::new();
    for name in names {
        for found in find(front, course, name)? {
            if !chosen.iter().any(|(_, program)| std::ptr::eq(*program, found.1)) {
                chosen.push(found);
            }
        }
    }
    Ok(chosen)
}

/// The one program that `name` speaks of: of a lesson, its default program.
pub fn choose_one<'a>(front: &Front, course: &'a Course, name: &str) -> Result<(&'a Lesson, &'a Program), Refusal> {
    let found = find(front, course, name)?;
    match (found.as_slice(), Named::read(front, name)?) {
        ([one], _) => Ok(*one),
        // The default program is the first.
        ([first, ..], Named::InCourse(_)) => Ok(*first),
        (several, _) => {
            let names: Vec<String> = several.iter().map(|(_, program)| format!("{name}/{}", program.name())).collect();
            let names = names.join(&say!(" or ").told());
            Err(say!("{} has several programs; say which: {}", name, names).into())
        }
    }
}

fn find<'a>(front: &Front, course: &'a Course, name: &str) -> Result<Vec<(&'a Lesson, &'a Program)>, Refusal> {
    match Named::read(front, name)? {
        Named::InCourse(name) => match name.split_once('/') {
            None => course.find(name).map_err(|nearest| unknown(front, name, nearest)),
            Some((lesson, program)) => {
                let of_lesson = course.find(lesson).map_err(|nearest| unknown(front, lesson, nearest))?;
                let one = of_lesson.into_iter().find(|(_, found)| found.name() == program);
                one.map(|found| vec![found]).ok_or_else(|| unknown(front, name, None))
            }
        },
        Named::Notes(file, program) => {
            let of_notes = course.programs().filter(|(lesson, _)| lesson.file == file);
            let found: Vec<_> = of_notes.filter(|(_, found)| program.is_none_or(|name| found.name() == name)).collect();
            match program {
                Some(program) if found.is_empty() => {
                    Err(say!("{} says nothing of a program `{}`", file.display().to_string(), program).into())
                }
                _ => Ok(found),
            }
        }
    }
}

fn unknown(front: &Front, name: &str, nearest: Option<&str>) -> Refusal {
    let hint = nearest.map_or_else(|| say!(""), |known| say!("; did you mean `{}`?", known));
    say!("no lesson or program is called `{}`{}\n`{} list` names them all", name, hint, front.command).into()
}

/// By what name a command finds this program again, as a shell takes it.
pub fn name(front: &Front, lesson: &Lesson, program: &Program) -> String {
    if is_crate(front, lesson) {
        program.name().to_owned()
    } else {
        quoted(lesson.file.join(program.name()).as_os_str())
    }
}

/// A command and the folder that it is to be run in; `None` for the one we are in.
#[derive(Debug, Clone)]
pub struct Startable {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The folder.
    pub folder: Option<PathBuf>,
    /// What it must not be able to read, as absolute paths.
    pub hidden: Vec<PathBuf>,
    /// Its environment.
    pub environment: Environment,
}

impl Startable {
    /// A program with our environment, from which nothing is hidden.
    pub fn new(command: Vec<OsString>, folder: Option<PathBuf>) -> Startable {
        Startable { command, folder, hidden: Vec::new(), environment: Environment::default() }
    }
}

/// Builds these programs, and says how each is started. What the builders say goes to standard error. Blocks until all is
/// built.
pub fn build(front: &Front, chosen: &[(&Lesson, &Program)]) -> Result<Vec<Startable>, Refusal> {
    let mut packages: Vec<&str> = Vec::new();
    let mut built: Vec<(&Path, &str)> = Vec::new();
    for (lesson, program) in chosen {
        match &program.claims.start {
            Start::Bin(_) if is_crate(front, lesson) => packages.push(&lesson.name),
            Start::Run { build: Some(build), .. } if !built.contains(&(lesson.folder.as_path(), build)) => {
                run_builder(&lesson.folder, build)?;
                built.push((&lesson.folder, build));
            }
            _ => {}
        }
    }
    packages.dedup();
    let binaries: BTreeMap<String, PathBuf> = match &front.course {
        Some(CourseFolder { root, build }) if !packages.is_empty() => build(root, &packages)?,
        _ => BTreeMap::new(),
    };
    let command = |(lesson, program): &(&Lesson, &Program)| {
        let at = &program.claims.at;
        match &program.claims.start {
            Start::Run { command, .. } => {
                let command = command.iter().map(OsString::from).collect();
                Ok(Startable::new(command, Some(lesson.folder.clone())))
            }
            Start::Bin(bin) if is_crate(front, lesson) => match binaries.get(bin) {
                Some(path) => Ok(Startable::new(vec![path.clone().into()], None)),
                None => Err(say!(
                    "{}: the crate {} has no binary `{}`; [program] bin names one that it has",
                    at.to_string(),
                    &lesson.name,
                    bin
                )
                .into()),
            },
            Start::Bin(bin) if lesson.folder.join(bin).is_file() => {
                Ok(Startable::new(vec![format!("./{bin}").into()], Some(lesson.folder.clone())))
            }
            Start::Bin(bin) => Err(say!(
                "{}: there is no `{}` beside these notes, and only a course's own crates are built by cargo; say how it is built \
                 and started, as in build = \"make\" and run = \"./{}\"",
                at.to_string(),
                bin,
                bin
            )
            .into()),
        }
    };
    chosen.iter().map(command).collect()
}

/// Whether a lesson is a crate of the front's own course.
fn is_crate(front: &Front, lesson: &Lesson) -> bool {
    front.course.as_ref().is_some_and(|course| lesson.folder.starts_with(course.root.join("crates")))
}

fn run_builder(folder: &Path, build: &str) -> Result<(), Refusal> {
    let output = Command::new("sh")
        .args(["-c", build])
        .current_dir(folder)
        .stdin(Stdio::null())
        // Its words are no part of a report.
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| say!("cannot run `{}` in {}: {}", build, folder.display().to_string(), &error))?;
    if output.success() {
        return Ok(());
    }
    Err(say!(
        "`{}` in {} failed ({}); what it says above has to be mended first",
        build,
        folder.display().to_string(),
        output.to_string()
    )
    .into())
}
