//! Grades that are kept, so that whoever is interrupted goes on where they were.

use std::fs;
use std::path::{Path, PathBuf};

use interleave_claims::report::printable;
use serde::{Deserialize, Serialize};

use super::feedback::Languages;
use super::grades::{Grade, Status};
use super::submission::Submission;
use super::write_file;
use crate::Refusal;

/// Where grades are kept that were made by these rules.
#[derive(Clone, Copy)]
pub struct Shelf<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// A digest of the rules.
    pub rules: u64,
}

/// A grade, and what it depends on.
#[derive(Serialize, Deserialize)]
struct Kept {
    rules: u64,
    /// In which language it tells why.
    #[serde(default)]
    language: String,
    submission: u64,
    grade: Grade,
}

/// Where the grade of one submission is kept, as it is now.
pub struct Place {
    file: PathBuf,
    rules: u64,
    submission: u64,
}

impl Shelf<'_> {
    /// The place for the grade of this submission; none for what cannot be read.
    pub fn place(&self, submission: &Submission) -> Option<Place> {
        let file = self.folder.join(format!("{}.json", submission.name));
        Some(Place { file, rules: self.rules, submission: submission.digest().ok()? })
    }
}

impl Place {
    /// The grade that is kept there. What cannot be read is judged again.
    pub fn find(&self) -> Option<Grade> {
        let known = serde_json::from_slice::<Kept>(&fs::read(&self.file).ok()?).ok()?;
        let is_of_this = (known.rules, known.submission) == (self.rules, self.submission);
        (is_of_this && known.language == Languages::chosen().name()).then_some(known.grade)
    }

    /// Keeps a grade there. What could not be judged may go better next time.
    pub fn keep(&self, grade: &Grade) -> Result<(), Refusal> {
        if grade.status == Status::Unjudged {
            return Ok(());
        }
        let (language, grade) = (Languages::chosen().name().to_owned(), grade.clone());
        let kept = Kept { rules: self.rules, language, submission: self.submission, grade };
        write_file(&self.file, &printable::json(&kept)?)
    }
}
