//! The course: which lessons there are, and what they claim.

use std::fs;
use std::io;
use std::path::Path;

use super::claims::{self, Claims, Fault, Place};
use super::markdown;
use super::transcript::{self, Transcript};

/// All lessons.
#[derive(Debug)]
pub struct Course {
    /// In the order of the table in the course's README.
    pub lessons: Vec<Lesson>,
}

/// One lesson: a crate whose README has claims.
#[derive(Debug)]
pub struct Lesson {
    /// The crate's name.
    pub name: String,
    /// Its programs, the default one first.
    pub programs: Vec<Program>,
}

/// A program of a lesson.
#[derive(Debug)]
pub struct Program {
    /// What the notes claim of it.
    pub claims: Claims,
    /// What the notes show of it.
    pub transcripts: Vec<Transcript>,
}

impl Program {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.claims.program
    }
}

impl Course {
    /// Reads the course that lies in the folder `root`: its `crates/*/README.md`.
    ///
    /// The error holds every fault found, so that all can be mended at once.
    pub fn read(root: &Path) -> Result<Course, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut lessons = Vec::new();
        for folder in crate_folders(root).map_err(|error| vec![unreadable(Path::new("crates"), &error)])? {
            let file = Path::new("crates").join(&folder).join("README.md");
            let readme = match fs::read_to_string(root.join(&file)) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    faults.push(unreadable(&file, &error));
                    continue;
                }
            };
            match read_lesson(&folder, &file, &readme) {
                Ok(lesson) if lesson.programs.is_empty() => {}
                Ok(lesson) => lessons.push(lesson),
                Err(found) => faults.extend(found),
            }
        }
        if lessons.is_empty() && faults.is_empty() {
            let what = "no lesson: no README.md below it has a `toml claims` block".to_string();
            faults.push(Fault { at: Place { file: "crates".into(), line: 1 }, what });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let contents = fs::read_to_string(root.join("README.md")).unwrap_or_default();
        lessons.sort_by_key(|lesson| {
            // In its table a lesson's name links to its notes. A lesson that is not there yet comes last, by name.
            let entry = format!("[`{0}`](crates/{0}/", lesson.name);
            (contents.find(&entry).unwrap_or(usize::MAX), lesson.name.clone())
        });
        Ok(Course { lessons })
    }

    /// All programs, each with its lesson.
    pub fn programs(&self) -> impl Iterator<Item = (&Lesson, &Program)> {
        self.lessons.iter().flat_map(|lesson| lesson.programs.iter().map(move |program| (lesson, program)))
    }

    /// The programs that `name` means: a lesson's, or the one of that name if it is no lesson.
    ///
    /// The error is the known name that is most like it, if any is.
    pub fn find(&self, name: &str) -> Result<Vec<(&Lesson, &Program)>, Option<&str>> {
        let lesson: Vec<_> = self.programs().filter(|(lesson, _)| lesson.name == name).collect();
        if !lesson.is_empty() {
            return Ok(lesson);
        }
        self.program(name).map(|found| vec![found])
    }

    /// The program of that name; a lesson's name means its default program.
    ///
    /// The error is the known name that is most like it, if any is.
    pub fn program(&self, name: &str) -> Result<(&Lesson, &Program), Option<&str>> {
        let by_program = self.programs().find(|(_, program)| program.name() == name);
        let by_lesson = || self.programs().find(|(lesson, _)| lesson.name == name);
        by_program.or_else(by_lesson).ok_or_else(|| {
            let names = self.programs().flat_map(|(lesson, program)| [lesson.name.as_str(), program.name()]);
            names
                .map(|known| (strsim::jaro_winkler(known, name), known))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|(one, _), (other, _)| one.total_cmp(other))
                .map(|(_, known)| known)
        })
    }
}

fn crate_folders(root: &Path) -> io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.extend(entry.file_name().into_string());
        }
    }
    folders.sort();
    Ok(folders)
}

fn unreadable(file: &Path, error: &io::Error) -> Fault {
    Fault { at: Place { file: file.to_path_buf(), line: 1 }, what: format!("cannot be read: {error}") }
}

fn read_lesson(name: &str, file: &Path, readme: &str) -> Result<Lesson, Vec<Fault>> {
    let fences = markdown::fences(readme);
    let mut claims = claims::read(file, &fences)?;
    claims.sort_by_key(|claims| claims.program != name);
    let mut shown = transcript::read(file, &fences, &claims)?;
    let programs = claims.into_iter().map(|claims| {
        let (transcripts, others) = std::mem::take(&mut shown).into_iter().partition(|t| t.program == claims.program);
        shown = others;
        Program { claims, transcripts }
    });
    Ok(Lesson { name: name.to_string(), programs: programs.collect() })
}
