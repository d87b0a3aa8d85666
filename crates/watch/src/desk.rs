//! A learner's desk: the folder `exercises/answers`, with an answer to each exercise and the progress made.
//!
//! Nothing in it is under version control of the course, so that a `git pull` is in nobody's way; a learner may well make it a
//! repository of their own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use exercises::catalog::{self, Exercise, Form, Kind, Language, Text};
use exercises::judge::{self, Fault, Outcome};
use exercises::progress::Progress;
use exercises::workbench::Bench;

/// A learner's desk.
pub struct Desk {
    folder: PathBuf,
    pub exercises: Arc<[Exercise]>,
    pub progress: Progress,
    bench: Bench,
    place: usize,
}

/// An answer, and all that is needed to judge it.
pub struct Answer {
    exercises: Arc<[Exercise]>,
    place: usize,
    file: PathBuf,
    form: Form,
    bench: Bench,
}

/// What was found of an answer.
pub enum Finding {
    /// It is right.
    Right { orders: Option<u64>, but: Vec<String> },
    /// It is not.
    Wrong(Fault),
    /// It is no program yet: what the compiler said.
    DoesNotBuild(String),
}

impl Desk {
    /// The desk of the course in `root`, where the learner left it. Answers that are not there yet begin as they are given;
    /// no answer that is there is touched.
    pub fn open(root: &Path) -> io::Result<Desk> {
        let exercises = catalog::read(root).map_err(|faults| io::Error::other(faults.join("\n")))?;
        let folder = root.join("exercises").join("answers");
        fs::create_dir_all(&folder).map_err(|error| cannot("make", &folder, &error))?;
        let bench = Bench::new(root, &folder);
        let progress = Progress::read(&folder.join("progress.txt"))?;
        let place = progress.place(&exercises);
        let desk = Desk { folder, exercises: exercises.into(), progress, bench, place };
        let mut programs = Vec::new();
        for exercise in &*desk.exercises {
            for &form in &exercise.forms {
                let file = desk.file(exercise, form);
                if !file.exists() {
                    copy(&exercise.given(form), &file)?;
                }
                if form == Form::Rust {
                    programs.push((exercise.name.clone(), file));
                }
            }
            if exercise.kind != Kind::Program {
                programs.push((exercise.name.clone(), exercise.program()));
            }
        }
        desk.bench.prepare(&programs)?;
        Ok(desk)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The exercise at hand.
    pub fn exercise(&self) -> &Exercise {
        &self.exercises[self.place]
    }

    /// What it says.
    pub fn text(&self) -> &Text {
        self.exercise().text(self.language())
    }

    pub fn language(&self) -> Language {
        self.progress.language
    }

    /// Its place among all, counted from 0.
    pub fn place(&self) -> usize {
        self.place
    }

    /// The form of answer that the learner has begun, if only one is; the first one otherwise.
    pub fn form(&self) -> Form {
        let exercise = self.exercise();
        let begun = |form: &&Form| {
            let (file, given) = (self.file(exercise, **form), exercise.given(**form));
            judge::is_as_given(&file, &given).is_ok_and(|same| !same)
        };
        exercise.forms.iter().find(begun).copied().unwrap_or(exercise.forms[0])
    }

    /// Where the answer to it lies.
    pub fn file(&self, exercise: &Exercise, form: Form) -> PathBuf {
        self.folder.join(format!("{}.{}", exercise.name, form.extension()))
    }

    /// The answer to the exercise at hand, to be judged by whoever has the time.
    pub fn answer(&self, form: Form) -> Answer {
        let (exercises, place) = (Arc::clone(&self.exercises), self.place);
        Answer { exercises, place, file: self.file(self.exercise(), form), form, bench: self.bench.clone() }
    }

    /// Takes note of what was found. The solution of what is solved is laid beside the answers.
    pub fn take(&mut self, form: Form, finding: &Finding) -> io::Result<()> {
        let name = self.exercise().name.clone();
        self.progress.current = Some(name.clone());
        if let Finding::Right { .. } = finding {
            self.progress.done(&name);
            let file = self.solution(form);
            let solution = self.exercise().solution(form)?;
            let folder = file.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))?;
            fs::write(&file, solution).map_err(|error| cannot("write", &file, &error))?;
        }
        self.progress.write()
    }

    /// Where the solution of the exercise at hand lies once it is solved.
    pub fn solution(&self, form: Form) -> PathBuf {
        self.folder.join("solutions").join(format!("{}.{}", self.exercise().name, form.extension()))
    }

    /// Turns to the exercise called `name`.
    pub fn go_to(&mut self, name: &str) -> io::Result<()> {
        let found = self.exercises.iter().position(|exercise| exercise.name == name);
        let unknown = || io::Error::other(format!("no exercise is called `{name}`; exercises/ holds them all"));
        self.turn_to(found.ok_or_else(unknown)?)
    }

    /// Turns to the exercise at this place.
    pub fn turn_to(&mut self, place: usize) -> io::Result<()> {
        self.place = place.min(self.exercises.len() - 1);
        self.progress.current = Some(self.exercise().name.clone());
        self.progress.write()
    }

    /// Turns to the next exercise that is not solved, or else to the one that follows. False if this is the last.
    pub fn next(&mut self) -> io::Result<bool> {
        let open = |place: &usize| !self.progress.is_done(&self.exercises[*place].name);
        let after = self.place + 1..self.exercises.len();
        let Some(place) = after.clone().find(open).or_else(|| (0..self.place).find(open)).or(after.clone().next())
        else {
            return Ok(false);
        };
        self.turn_to(place)?;
        Ok(true)
    }

    /// Gives the exercise at hand anew. The answer so far is kept beside it; where, is returned.
    pub fn reset(&mut self, form: Form) -> io::Result<PathBuf> {
        let file = self.file(self.exercise(), form);
        let kept = (1..)
            .map(|n| self.folder.join(format!("{}.{}.before-reset-{n}", self.exercise().name, form.extension())))
            .find(|kept| !kept.exists())
            .unwrap_or_else(|| unreachable!("there are fewer files than numbers"));
        match fs::rename(&file, &kept) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot("keep", &file, &error)),
        }
        copy(&self.exercise().given(form), &file)?;
        Ok(kept)
    }
}

impl Answer {
    /// Where it lies.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Builds and judges it. Blocks until that is done.
    pub fn judge(&self) -> io::Result<Finding> {
        let exercise = &self.exercises[self.place];
        let program = if self.form == Form::Text { exercise.program() } else { self.file.clone() };
        let built = self.bench.build(&[(exercise.name.clone(), program)], true)?;
        let Some(command) = built.commands.get(&exercise.name) else {
            return Ok(Finding::DoesNotBuild(built.said));
        };
        let outcome = if self.form == Form::Text {
            let answer = fs::read_to_string(&self.file).map_err(|error| cannot("read", &self.file, &error))?;
            judge::text(exercise, &answer, command)?
        } else {
            judge::program(exercise, command)?
        };
        Ok(match outcome {
            Outcome::Right { orders, but } => Finding::Right { orders, but },
            Outcome::Wrong(fault) => Finding::Wrong(fault),
        })
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| cannot("write", to, &error))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course with three exercises, and what is given in the first.
    fn course() -> (tempfile::TempDir, String) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("exercises")).unwrap();
        fs::write(root.path().join("Cargo.lock"), "version = 4\n").unwrap();
        for name in ["one", "two", "three"] {
            exercises::skeleton::exercise(root.path(), name).unwrap();
        }
        let given = fs::read_to_string(root.path().join("exercises/01_one/given.rs")).unwrap();
        (root, given)
    }

    fn right() -> Finding {
        Finding::Right { orders: Some(1), but: Vec::new() }
    }

    #[test]
    fn what_a_learner_has_written_is_never_touched() {
        let (root, given) = course();
        let desk = Desk::open(root.path()).unwrap();
        let file = desk.file(desk.exercise(), Form::Rust);
        assert_eq!(fs::read_to_string(&file).unwrap(), given);
        fs::write(&file, "mine").unwrap();
        Desk::open(root.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }

    #[test]
    fn a_reset_keeps_every_answer() {
        let (root, given) = course();
        let mut desk = Desk::open(root.path()).unwrap();
        let file = desk.file(desk.exercise(), Form::Rust);
        let mut kept = Vec::new();
        for answer in ["first", "second"] {
            fs::write(&file, answer).unwrap();
            kept.push(desk.reset(Form::Rust).unwrap());
            assert_eq!(fs::read_to_string(&file).unwrap(), given);
        }
        let kept: Vec<String> = kept.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        assert_eq!(kept, ["first", "second"]);
    }

    #[test]
    fn it_goes_on_where_it_was_left() {
        let (root, _) = course();
        let mut desk = Desk::open(root.path()).unwrap();
        desk.go_to("02_two").unwrap();
        drop(desk);
        let mut desk = Desk::open(root.path()).unwrap();
        assert_eq!(desk.exercise().name, "02_two");
        assert!(desk.go_to("04_four").is_err());
        assert_eq!(desk.exercise().name, "02_two");
    }

    #[test]
    fn next_is_what_is_not_solved() {
        let (root, _) = course();
        let mut desk = Desk::open(root.path()).unwrap();
        desk.turn_to(1).unwrap();
        desk.take(Form::Rust, &right()).unwrap();
        desk.turn_to(2).unwrap();
        desk.take(Form::Rust, &right()).unwrap();
        assert!(desk.next().unwrap());
        assert_eq!(desk.exercise().name, "01_one");
        desk.take(Form::Rust, &right()).unwrap();
        desk.turn_to(2).unwrap();
        assert!(!desk.next().unwrap());
    }

    #[test]
    fn a_solution_is_there_after_success_and_not_before() {
        let (root, _) = course();
        let mut desk = Desk::open(root.path()).unwrap();
        let fault = Fault { broken: vec!["x".to_owned()], cause: String::new() };
        desk.take(Form::Rust, &Finding::Wrong(fault)).unwrap();
        assert!(!desk.solution(Form::Rust).exists());
        desk.take(Form::Rust, &right()).unwrap();
        let solution = fs::read_to_string(desk.solution(Form::Rust)).unwrap();
        assert_eq!(solution, desk.exercise().solution(Form::Rust).unwrap());
    }
}
