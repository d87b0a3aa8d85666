//! The course: which lessons there are, and what they claim.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::claims::{Claims, Fault, Place};
use super::markdown::{self, Fence};
use super::read::{self, Draft};
use super::transcript::{self, Transcript};
use crate::say;

/// All lessons.
#[derive(Debug, Default)]
pub struct Course {
    /// In the order of the table in the course's README.
    pub lessons: Vec<Lesson>,
}

/// One lesson: notes that have claims, and the programs that lie beside them.
#[derive(Debug)]
pub struct Lesson {
    /// Its folder's name: of a lesson of the course, the crate's.
    pub name: String,
    /// Where its programs are run.
    pub folder: PathBuf,
    /// Its notes, as reports name them.
    pub file: PathBuf,
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
    /// # Errors
    /// Every fault found, so that all can be mended at once.
    pub fn read(root: &Path) -> Result<Course, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut pages = Vec::new();
        for name in crate_folders(root).map_err(|error| vec![unreadable(Path::new("crates"), &error)])? {
            let file = Path::new("crates").join(&name).join("README.md");
            match fs::read_to_string(root.join(&file)) {
                Ok(text) => pages.push(Page { folder: root.join("crates").join(&name), name, file, text }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => faults.push(unreadable(&file, &error)),
            }
        }
        let contents = fs::read_to_string(root.join("README.md")).unwrap_or_default();
        let mut lessons = match lessons(&pages) {
            Ok(lessons) => lessons,
            Err(found) => {
                faults.extend(found);
                Vec::new()
            }
        };
        if faults.is_empty() {
            faults.extend(
                promised(&contents).filter(|(name, _)| !lessons.iter().any(|l| l.name == *name)).map(no_lesson),
            );
        }
        if lessons.is_empty() && faults.is_empty() {
            let what = say!("no lesson: no README.md below it has a `toml claims` block");
            faults.push(Fault { at: Place { file: "crates".into(), line: 1 }, what });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        // A lesson that is not in the course's table yet comes last, by name.
        let place =
            |name: &str| promised(&contents).find(|(listed, _)| *listed == name).map_or(usize::MAX, |(_, at)| at);
        lessons.sort_by_key(|lesson| (place(&lesson.name), lesson.name.clone()));
        Ok(Course { lessons })
    }

    /// Reads notes that lie anywhere; the programs of each are run in its folder.
    ///
    /// # Errors
    /// Every fault found.
    pub fn of_notes(files: &[PathBuf]) -> Result<Course, Vec<Fault>> {
        let mut pages = Vec::new();
        for file in files {
            let text = fs::read_to_string(file).map_err(|error| vec![unreadable(file, &error)])?;
            // The parent of a bare name is the empty path.
            let folder = match file.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            let folder = folder.canonicalize().map_err(|error| vec![unreadable(file, &error)])?;
            let name = folder.file_name().map_or("/".into(), |name| name.to_string_lossy()).into_owned();
            pages.push(Page { name, folder, file: file.clone(), text });
        }
        let lessons = lessons(&pages)?;
        let empty = pages.iter().filter(|page| !lessons.iter().any(|lesson| lesson.file == page.file));
        let faults: Vec<Fault> = empty
            .map(|page| {
                let what = say!("no claims: it has no fenced block that begins with ```toml claims");
                Fault { at: Place { file: page.file.clone(), line: 1 }, what }
            })
            .collect();
        if faults.is_empty() { Ok(Course { lessons }) } else { Err(faults) }
    }

    /// Reads notes that lie nowhere: `text`, of a course that is called `name`. They may have no claims.
    ///
    /// # Errors
    /// Every fault found.
    pub fn of_text(name: &str, text: &str) -> Result<Course, Vec<Fault>> {
        let page = Page { name: name.to_owned(), folder: PathBuf::new(), file: name.into(), text: text.to_owned() };
        lessons(&[page]).map(|lessons| Course { lessons })
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
    Fault { at: Place { file: file.to_path_buf(), line: 1 }, what: say!("cannot be read: {}", error) }
}

/// Notes, as they lie there.
struct Page {
    name: String,
    folder: PathBuf,
    file: PathBuf,
    text: String,
}

/// The lessons of these pages; a page without claims is none.
fn lessons(pages: &[Page]) -> Result<Vec<Lesson>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut fences: Vec<Vec<Fence>> = Vec::new();
    for page in pages {
        fences.push(markdown::fences(&page.text));
        match read::drafts(&page.file, &fences[fences.len() - 1]) {
            Ok(mut found) => {
                found.sort_by_key(|draft| draft.name() != page.name);
                drafts.extend(found);
            }
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut claims = read::finish(drafts)?;
    let mut lessons = Vec::new();
    for (page, fences) in pages.iter().zip(&fences) {
        let (own, others): (Vec<Claims>, _) = claims.into_iter().partition(|claims| claims.at.file == page.file);
        claims = others;
        let mut shown = match transcript::read(&page.file, fences, &own) {
            Ok(shown) => shown,
            Err(found) => {
                faults.extend(found);
                continue;
            }
        };
        let programs = own.into_iter().map(|claims| {
            let (transcripts, others) =
                std::mem::take(&mut shown).into_iter().partition(|t| t.program == claims.program);
            shown = others;
            Program { claims, transcripts }
        });
        let programs: Vec<Program> = programs.collect();
        if !programs.is_empty() {
            let (name, folder, file) = (page.name.clone(), page.folder.clone(), page.file.clone());
            lessons.push(Lesson { name, folder, file, programs });
        }
    }
    if faults.is_empty() { Ok(lessons) } else { Err(faults) }
}

/// The lessons that the course's table names, each with its line: ``| [`NAME`](crates/NAME/README.md) | …``.
fn promised(contents: &str) -> impl Iterator<Item = (&str, usize)> {
    contents.lines().enumerate().filter_map(|(index, line)| {
        let (name, link) = line.strip_prefix("| [`")?.split_once("`](crates/")?;
        link.strip_prefix(name)?.starts_with('/').then_some((name, index + 1))
    })
}

fn no_lesson((name, line): (&str, usize)) -> Fault {
    let what = say!("the table has the lesson `{}`, but crates/{}/README.md is not there or has no claims", name, name);
    Fault { at: Place { file: "README.md".into(), line }, what }
}
