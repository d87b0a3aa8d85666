//! How far a learner has come: a text file beside the answers.
//!
//! One thing a line, so that a torn file loses a line at most, and what a newer version has written is kept.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::catalog::{Exercise, Language};

/// How far a learner has come.
#[derive(Debug)]
pub struct Progress {
    path: PathBuf,
    /// The language to be spoken: that of the locale, until one is chosen.
    pub language: Language,
    /// The exercise that the learner is at.
    pub current: Option<String>,
    /// The exercises that are solved.
    done: BTreeSet<String>,
    /// Lines that say nothing to us.
    others: Vec<String>,
}

impl Progress {
    /// Reads the file at `path`; nothing is done yet where there is none.
    ///
    /// # Errors
    /// If it is there and cannot be read. Whatever stands in it is no error.
    pub fn read(path: &Path) -> io::Result<Progress> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(cannot("read", path, &error)),
        };
        let mut progress = Progress {
            path: path.to_owned(),
            language: crate::of_locale(),
            current: None,
            done: BTreeSet::new(),
            others: Vec::new(),
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match line.split_once(' ') {
                Some(("done", name)) => drop(progress.done.insert(name.to_owned())),
                Some(("now", name)) => progress.current = Some(name.to_owned()),
                Some(("language", "en")) => progress.language = Language::English,
                Some(("language", "zh")) => progress.language = Language::Chinese,
                _ => progress.others.push(line.to_owned()),
            }
        }
        Ok(progress)
    }

    /// Whether this exercise is solved.
    pub fn is_done(&self, name: &str) -> bool {
        self.done.contains(name)
    }

    /// This exercise is solved.
    pub fn done(&mut self, name: &str) {
        self.done.insert(name.to_owned());
    }

    /// How many of these are solved.
    pub fn count(&self, exercises: &[Exercise]) -> usize {
        exercises.iter().filter(|exercise| self.is_done(&exercise.name)).count()
    }

    /// The exercise that the learner is at, by its place among these: the one left at, or else the first that is not
    /// solved, or the last.
    pub fn place(&self, exercises: &[Exercise]) -> usize {
        let names: Vec<&str> = exercises.iter().map(|exercise| exercise.name.as_str()).collect();
        self.place_among(&names)
    }

    fn place_among(&self, names: &[&str]) -> usize {
        let current = names.iter().position(|name| self.current.as_deref() == Some(name));
        let first = || names.iter().position(|name| !self.is_done(name));
        current.or_else(first).unwrap_or(names.len().saturating_sub(1))
    }

    /// Writes it down. What another `watch` has written meanwhile is kept, and whoever reads sees the old file or the new one,
    /// whole, even if the machine stops in between (`rename(2)`, after `fsync(2)`).
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn write(&mut self) -> io::Result<()> {
        let others = Progress::read(&self.path)?;
        self.done.extend(others.done);
        let mut text = String::from(match self.language {
            Language::English => "language en\n",
            Language::Chinese => "language zh\n",
        });
        let done = self.done.iter().map(|name| format!("done {name}\n"));
        let now = self.current.iter().map(|name| format!("now {name}\n"));
        let others = self.others.iter().map(|line| format!("{line}\n"));
        text.extend(done.chain(now).chain(others));
        let draft = self.path.with_extension("draft");
        let write = || {
            let mut file = File::create(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)
        };
        write().map_err(|error| cannot("write", &self.path, &error))
    }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {what} your progress in {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.txt");
        let mut progress = Progress::read(&path).unwrap();
        progress.done("01_a");
        progress.current = Some("02_b".to_owned());
        progress.language = Language::Chinese;
        progress.write().unwrap();
        let again = Progress::read(&path).unwrap();
        assert!(again.is_done("01_a") && !again.is_done("02_b"));
        assert_eq!((again.place_among(&["01_a", "02_b", "03_c"]), again.language), (1, Language::Chinese));
    }

    #[test]
    fn a_torn_file_loses_its_last_line_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.txt");
        fs::write(&path, b"language en\ndone 01_a\ndone 02_b\ndone 03\xe4\xb8").unwrap();
        let mut progress = Progress::read(&path).unwrap();
        assert!(progress.is_done("01_a") && progress.is_done("02_b"));
        assert_eq!(progress.place_among(&["01_a", "02_b", "03_c"]), 2);
        progress.done("03_c");
        progress.write().unwrap();
        assert!(Progress::read(&path).unwrap().is_done("03_c"));
    }

    #[test]
    fn an_exercise_that_is_no_longer_there_is_kept_and_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.txt");
        fs::write(&path, "done 00_gone\nnow 00_gone\nshape round\n").unwrap();
        let mut progress = Progress::read(&path).unwrap();
        assert_eq!(progress.place_among(&["01_a", "02_b"]), 0);
        progress.current = Some("01_a".to_owned());
        progress.write().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "language en\ndone 00_gone\nnow 01_a\nshape round\n");
    }

    #[test]
    fn two_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.txt");
        let (mut one, mut other) = (Progress::read(&path).unwrap(), Progress::read(&path).unwrap());
        one.done("01_a");
        one.write().unwrap();
        other.done("02_b");
        other.write().unwrap();
        let both = Progress::read(&path).unwrap();
        assert!(both.is_done("01_a") && both.is_done("02_b"));
    }

    #[test]
    fn after_the_last_one_there_is_no_further_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut progress = Progress::read(&folder.path().join("progress.txt")).unwrap();
        progress.done("01_a");
        progress.done("02_b");
        assert_eq!(progress.place_among(&["01_a", "02_b"]), 1);
        assert_eq!(progress.place_among(&[]), 0);
    }
}
