//! The exercises as they lie in `exercises/`: one folder each, in the order of their numbers.
//!
//! A folder holds `README.md` and `README.zh.md` (the task, the claims, the hints), `given.*` (what a learner begins with),
//! `solution.*.b64` (encoded, so that nobody reads it by accident) and `wrong/` (answers that must not pass). Where the
//! answer is a text, `program.rs` is the program that it is about.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use interleave_claims::notes::claims::Claims;
use interleave_claims::notes::{markdown, read};
use serde::Deserialize;

/// An exercise.
#[derive(Debug)]
pub struct Exercise {
    /// Its folder's name, for example `04_two_tasks`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The lesson that it belongs to.
    pub lesson: String,
    /// What is asked for.
    pub kind: Kind,
    /// What a right answer keeps to; of a text, what is claimed of the program that it is about.
    pub claims: Claims,
    /// In English.
    pub english: Text,
    /// In Chinese.
    pub chinese: Text,
    /// The kinds of file in which it can be answered: the first is what a learner is given at first.
    pub forms: Vec<Form>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A program that keeps to the claims.
    #[default]
    Program,
    /// In how many orders the lines of a program can come: a number.
    Count,
    /// An order of the lines that is possible and breaks the claim that is taught: these lines.
    Order,
}

/// A kind of file, by how its name ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A Rust program.
    Rust,
    /// A C program.
    C,
    /// A Python program.
    Python,
    /// A text.
    Text,
}

/// What an exercise says in one language.
#[derive(Debug)]
pub struct Text {
    /// Its title.
    pub title: String,
    /// The task, without the claims and the hints.
    pub task: String,
    /// The claim that is taught, in the words of this language; in English, those of the claim itself.
    pub teaches: String,
    /// The hints, from the faintest to the clearest.
    pub hints: Vec<String>,
}

/// A language to be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

/// What stands in the `toml exercise` block.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    #[serde(default)]
    lesson: String,
    teaches: String,
    #[serde(default)]
    answer: Kind,
}

impl Form {
    const ALL: [Form; 4] = [Form::Rust, Form::C, Form::Python, Form::Text];

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Rust => "rs",
            Form::C => "c",
            Form::Python => "py",
            Form::Text => "txt",
        }
    }

    /// The form of the file at `path`, if it is one.
    pub fn of(path: &Path) -> Option<Form> {
        let extension = path.extension()?;
        Form::ALL.into_iter().find(|form| extension == form.extension())
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Rust => "Rust",
            Form::C => "C",
            Form::Python => "Python",
            Form::Text => "text",
        })
    }
}

impl Exercise {
    /// What it says in this language.
    pub fn text(&self, language: Language) -> &Text {
        match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        }
    }

    /// What a learner begins with.
    pub fn given(&self, form: Form) -> PathBuf {
        self.folder.join("given").with_extension(form.extension())
    }

    /// The program that a text is about.
    pub fn program(&self) -> PathBuf {
        self.folder.join("program.rs")
    }

    /// The source of its solution.
    ///
    /// # Errors
    /// If the file cannot be read, or is no base64 (RFC 4648) of a text.
    pub fn solution(&self, form: Form) -> io::Result<String> {
        let file = self.folder.join(format!("solution.{}.b64", form.extension()));
        let encoded = fs::read_to_string(&file).map_err(|error| unreadable(&file, error))?;
        let encoded: String = encoded.split_whitespace().collect();
        let bytes = STANDARD.decode(encoded).map_err(|error| unreadable(&file, io::Error::other(error)))?;
        String::from_utf8(bytes).map_err(|error| unreadable(&file, io::Error::other(error)))
    }

    /// The answers that must not pass, by name.
    ///
    /// # Errors
    /// If there is a `wrong/` that cannot be read.
    pub fn wrong(&self) -> io::Result<Vec<PathBuf>> {
        let folder = self.folder.join("wrong");
        let mut files = Vec::new();
        match fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    files.push(entry.map_err(|error| unreadable(&folder, error))?.path());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(&folder, error)),
        }
        files.sort();
        Ok(files)
    }
}

/// Reads every exercise below `exercises/` of the course in `root`.
///
/// The error holds every fault found, so that all can be mended at once.
pub fn read(root: &Path) -> Result<Vec<Exercise>, Vec<String>> {
    let folder = root.join("exercises");
    let entries = fs::read_dir(&folder).map_err(|error| vec![unreadable(&folder, error).to_string()])?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    names.sort();
    let (mut exercises, mut faults) = (Vec::new(), Vec::new());
    for name in names {
        match read_one(root, &name) {
            Ok(exercise) => exercises.push(exercise),
            Err(found) => faults.extend(found),
        }
    }
    if exercises.is_empty() && faults.is_empty() {
        faults.push(format!("{}: no exercise is there; the name of one begins with its number", folder.display()));
    }
    if faults.is_empty() { Ok(exercises) } else { Err(faults) }
}

fn read_one(root: &Path, name: &str) -> Result<Exercise, Vec<String>> {
    let file = Path::new("exercises").join(name).join("README.md");
    let folder = root.join("exercises").join(name);
    let (block, english, markdown) = read_text(root, &file).map_err(|fault| vec![fault])?;
    let (_, chinese, _) = read_text(root, &file.with_file_name("README.zh.md")).map_err(|fault| vec![fault])?;
    let mut claims = read::read(&file, &markdown::fences(&markdown))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    if claims.len() != 1 || claims[0].program != name {
        return Err(vec![format!("{}: it needs the claims of one program, with bin = \"{name}\"", file.display())]);
    }
    let forms: Vec<Form> =
        Form::ALL.into_iter().filter(|form| folder.join("given").with_extension(form.extension()).is_file()).collect();
    if forms.is_empty() {
        return Err(vec![format!("{}: there is no file to begin with: given.rs, .c, .py or .txt", folder.display())]);
    }
    Ok(Exercise {
        name: name.to_owned(),
        folder,
        lesson: block.lesson,
        kind: block.answer,
        claims: claims.remove(0),
        english,
        chinese,
        forms,
    })
}

fn read_text(root: &Path, file: &Path) -> Result<(Block, Text, String), String> {
    let fault = |what: &str| format!("{}: {what}", file.display());
    let markdown = fs::read_to_string(root.join(file)).map_err(|error| fault(&format!("cannot be read: {error}")))?;
    let fences = markdown::fences(&markdown);
    let block = fences.iter().find(|fence| fence.info == "toml exercise");
    let block = block.ok_or_else(|| fault("it has no ```toml exercise block, which names what it teaches"))?;
    let block: Block = toml::from_str(&block.text).map_err(|error| fault(error.message()))?;
    let title = markdown.lines().find_map(|line| line.strip_prefix("# "));
    let title = title.ok_or_else(|| fault("it has no title, a line that begins with `# `"))?.to_owned();
    let text = Text { title, task: task(&markdown), teaches: block.teaches.clone(), hints: hints(&markdown) };
    Ok((block, text, markdown))
}

/// The prose between the title and the first hint, without the blocks that are not for reading.
fn task(markdown: &str) -> String {
    let mut task = String::new();
    let mut skipping = false;
    for line in markdown.lines().take_while(|line| !line.starts_with("<details>")) {
        if line.starts_with("```toml ") {
            skipping = true;
        } else if skipping {
            skipping = !line.starts_with("```");
        } else if !line.starts_with('#') {
            task.push_str(line);
            task.push('\n');
        }
    }
    // The blocks leave blank lines behind.
    while task.contains("\n\n\n") {
        task = task.replace("\n\n\n", "\n\n");
    }
    task.trim().to_owned()
}

/// What stands in `<details><summary>…</summary>` and `</details>`, which a browser opens one by one.
fn hints(markdown: &str) -> Vec<String> {
    let parts = markdown.split("<details>").skip(1);
    parts
        .filter_map(|part| {
            let (inside, _) = part.split_once("</details>")?;
            let (_, hint) = inside.split_once("</summary>")?;
            Some(hint.trim().to_owned())
        })
        .collect()
}

fn unreadable(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# Title\n\nDo it.\n\n```toml exercise\nteaches = \"x\"\n```\n\nMore.\n\n<details><summary>Hint 1</summary>\n\nLook.\n\n</details>\n<details><summary>Hint 2</summary>\nLook again.\n</details>\n";

    #[test]
    fn hints_are_a_ladder() {
        assert_eq!(hints(README), ["Look.", "Look again."]);
    }

    #[test]
    fn the_task_has_neither_blocks_nor_hints() {
        assert_eq!(task(README), "Do it.\n\nMore.");
    }
}
