//! For authors: whether each exercise teaches what it says (`cargo xtask dev check`).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalog::{Exercise, Form, Kind};
use crate::judge::{self, Outcome};
use crate::workbench::{Bench, Built};

/// How many hints a ladder has at least.
const RUNGS: usize = 2;

/// What the check of one exercise came to.
#[derive(Debug)]
pub struct Checked {
    /// The exercise.
    pub name: String,
    /// What was seen, in a line.
    pub seen: String,
    /// What is to be mended; nothing if it is as it should be.
    pub faults: Vec<String>,
}

/// One file to be judged, and what it is.
struct Case<'a> {
    exercise: &'a Exercise,
    role: Role,
    name: String,
    path: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What the learner begins with.
    Given(Form),
    Solution(Form),
    Wrong,
    /// The program that a text is about.
    About,
}

/// Checks these exercises, and tells `done` of each: that it is unsolved as given, by the claim that it teaches; that its
/// solution passes in every interleaving; that no wrong answer does; that hints are there in both languages.
///
/// Returns what the compilers said, which should be nothing. It builds in `target/exercises/NAME`; checks that run at the same time need different names. Blocks until all are built and
/// judged.
///
/// # Errors
/// If files cannot be read or written, or a compiler cannot be run.
pub fn check(root: &Path, name: &str, exercises: &[&Exercise], mut done: impl FnMut(Checked)) -> io::Result<String> {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| root.join(set));
    let folder = folder.join("exercises").join(name);
    let solutions = folder.join("solutions");
    fs::create_dir_all(&solutions)?;
    let checked = check_in(root, &folder, name, exercises, &mut done);
    // Nobody is to come across them.
    let cleared = fs::remove_dir_all(&solutions);
    cleared.and(checked)
}

fn check_in(
    root: &Path,
    folder: &Path,
    name: &str,
    exercises: &[&Exercise],
    done: &mut dyn FnMut(Checked),
) -> io::Result<String> {
    let mut cases = Vec::new();
    for exercise in exercises {
        cases.extend(cases_of(exercise, folder, name)?);
    }
    let programs: Vec<_> = cases.iter().map(|case| (case.name.clone(), case.path.clone())).collect();
    let rust: Vec<_> = programs.iter().filter(|(_, path)| Form::of(path) == Some(Form::Rust)).cloned().collect();
    let bench = Bench::new(root, folder);
    bench.prepare(&rust)?;
    let built = bench.build(&programs, false)?;
    for exercise in exercises {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.exercise.name == exercise.name).collect();
        done(check_one(root, exercise, &cases, &built)?);
    }
    Ok(built.said)
}

fn cases_of<'a>(exercise: &'a Exercise, folder: &Path, name: &str) -> io::Result<Vec<Case<'a>>> {
    let mut cases = Vec::new();
    let mut add = |role, what: &str, path: PathBuf| {
        cases.push(Case { exercise, role, name: format!("{name}-{}-{what}", exercise.name), path });
    };
    if exercise.kind != Kind::Program {
        add(Role::About, "program", exercise.program());
    }
    for &form in &exercise.forms {
        let extension = form.extension();
        add(Role::Given(form), &format!("given-{extension}"), exercise.given(form));
        let solution = folder.join("solutions").join(format!("{}.{extension}", exercise.name));
        fs::write(&solution, exercise.solution(form)?)?;
        add(Role::Solution(form), &format!("solution-{extension}"), solution);
    }
    for path in exercise.wrong()? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().replace('.', "-");
        add(Role::Wrong, &format!("wrong-{file}"), path);
    }
    Ok(cases)
}

fn check_one(root: &Path, exercise: &Exercise, cases: &[&Case], built: &Built) -> io::Result<Checked> {
    let mut faults = about_texts(root, exercise);
    let mut orders = BTreeMap::new();
    let (mut wrong, mut buts) = (0, Vec::new());
    let about: Option<&Vec<OsString>> =
        cases.iter().find(|case| case.role == Role::About).and_then(|case| built.commands.get(&case.name));
    for case in cases.iter().filter(|case| case.role != Role::About) {
        let file = case.path.file_name().unwrap_or_default().to_string_lossy();
        let outcome = match (Form::of(&case.path), built.commands.get(&case.name), about) {
            (Some(Form::Text), _, Some(about)) => judge::text(exercise, &fs::read_to_string(&case.path)?, about)?,
            (Some(Form::Text), ..) => {
                faults.push("the program that it is about does not build".to_owned());
                break;
            }
            (_, Some(command), _) => judge::program(exercise, command)?,
            (_, None, _) => {
                faults.push(format!("{file} does not build:\n{}", built.said));
                continue;
            }
        };
        match (case.role, outcome) {
            (Role::Given(_), Outcome::Wrong(fault)) => {
                faults.extend(by_another_claim(exercise, &file, &fault.broken));
            }
            (Role::Given(_), Outcome::Right { .. }) => faults.push(format!("{file} is solved as it is given")),
            (Role::Solution(_), Outcome::Wrong(fault)) => {
                faults.push(format!("its solution, {file}, does not pass:\n{}", fault.cause));
            }
            (Role::Solution(form), Outcome::Right { orders: number, but }) => {
                orders.insert(form.extension(), number.map_or_else(|| "-".to_owned(), |number| number.to_string()));
                buts.extend(but);
            }
            (_, Outcome::Wrong(_)) => wrong += 1,
            (_, Outcome::Right { .. }) => faults.push(format!("wrong/{file} passes, and must not")),
        }
    }
    if let Some(about) = about
        && exercise.kind == Kind::Count
        && let Outcome::Wrong(fault) = judge::program(exercise, about)?
    {
        faults.push(format!("what it claims of its program does not hold:\n{}", fault.cause));
    }
    if wrong == 0 {
        faults.push("it has no wrong answer that fails, in wrong/".to_owned());
    }
    let orders: Vec<String> = orders.iter().map(|(form, number)| format!("{number} ({form})")).collect();
    let mut seen = format!("orders of the solution: {}; wrong answers that fail: {wrong}", orders.join(", "));
    buts.sort();
    buts.dedup();
    for but in buts {
        seen += &format!("; but {but}");
    }
    Ok(Checked { name: exercise.name.clone(), seen, faults })
}

/// What a given program breaks has to be what the exercise teaches, and nothing that is taken for granted of every program.
fn by_another_claim(exercise: &Exercise, file: &str, broken: &[String]) -> Option<String> {
    let taught = &exercise.english.teaches;
    let said = |says: &&String| exercise.claims.claims.iter().any(|claim| claim.says == **says);
    if broken.first() != Some(taught) {
        return Some(format!("{file} does not break what it is to teach, \"{taught}\"; it breaks {broken:?}"));
    }
    broken[1..]
        .iter()
        .find(|says| !said(says))
        .map(|says| format!("{file} breaks more than it is to teach: \"{says}\", which goes without saying"))
}

/// What can be told without running anything.
fn about_texts(root: &Path, exercise: &Exercise) -> Vec<String> {
    let mut faults = Vec::new();
    let (english, chinese) = (&exercise.english, &exercise.chinese);
    for (language, text) in [("English", english), ("Chinese", chinese)] {
        if text.hints.len() < RUNGS || text.hints.iter().any(String::is_empty) {
            faults.push(format!("it needs {RUNGS} hints or more in {language}, in <details>"));
        }
        if text.task.is_empty() {
            faults.push(format!("it has no task in {language}"));
        }
    }
    if english.hints.len() != chinese.hints.len() {
        faults.push("it has more hints in one language than in the other".to_owned());
    }
    if chinese.teaches == english.teaches || chinese.teaches.is_ascii() {
        faults.push("README.zh.md does not say in Chinese what it teaches".to_owned());
    }
    if !root.join("crates").join(&exercise.lesson).join("README.md").is_file() {
        faults.push(format!("its lesson, `{}`, is none", exercise.lesson));
    }
    for &form in &exercise.forms {
        let given = fs::read_to_string(exercise.given(form)).unwrap_or_default();
        if exercise.solution(form).is_ok_and(|solution| solution == given) {
            faults.push(format!("its solution in {form} is what is given"));
        }
    }
    faults
}
