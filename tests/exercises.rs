//! What `cargo xtask dev check` says of some exercises: one of each kind of answer. (The command checks them all.)

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::fs;

use exercises::catalog::{Exercise, Form};
use exercises::{catalog, check, root, skeleton};

#[test]
fn some_exercises_teach_what_they_say() {
    let all = catalog::read(&root()).unwrap_or_else(|faults| panic!("{}", faults.join("\n")));
    let some: Vec<_> = ["06_grandchild", "14_count_two", "16_find_the_order"]
        .iter()
        .map(|name| all.iter().find(|exercise| exercise.name == *name).unwrap())
        .collect();
    let mut names = Vec::new();
    check::check(&root(), "test", &some, |checked| {
        assert!(checked.faults.is_empty(), "{}: {}", checked.name, checked.faults.join("\n"));
        names.push(checked.name);
    })
    .unwrap();
    assert_eq!(names, ["06_grandchild", "14_count_two", "16_find_the_order"]);
}

/// The faults that are found in an exercise.
fn faults(exercise: &Exercise, name: &str) -> Vec<String> {
    let mut faults = None;
    check::check(&root(), name, &[exercise], |checked| faults = Some(checked.faults)).expect("it can be checked");
    faults.expect("it was checked")
}

/// A skeleton passes; and what may be wrong with an exercise is found, one thing after the other.
#[test]
fn a_bad_exercise_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exercises")).unwrap();
    let made = skeleton::exercise(folder.path(), "new").unwrap();
    assert!(made.ends_with("01_new"));
    let read = || catalog::read(folder.path()).unwrap().remove(0);
    let exercise = read();
    assert_eq!(faults(&exercise, "skeleton"), [""; 0]);

    let (given, wrong) = (made.join("given.rs"), made.join("wrong").join("sleeps.rs"));
    let (good, bad) = (exercise.solution(Form::Rust).unwrap(), fs::read_to_string(&given).unwrap());
    fs::write(&wrong, &good).unwrap();
    let found = faults(&exercise, "skeleton").join("\n");
    assert!(found.contains("wrong/sleeps.rs passes, and must not"), "{found}");

    fs::write(&given, &good).unwrap();
    fs::write(&wrong, &bad).unwrap();
    let found = faults(&exercise, "skeleton").join("\n");
    assert!(found.contains("given.rs is solved as it is given"), "{found}");

    fs::write(&given, bad.replace("parent ends", "something else")).unwrap();
    let found = faults(&exercise, "skeleton").join("\n");
    assert!(found.contains("given.rs breaks more than it is to teach"), "{found}");

    fs::write(&given, "fn main() { unfinished }").unwrap();
    let found = faults(&exercise, "skeleton").join("\n");
    assert!(found.contains("given.rs does not build"), "{found}");

    fs::write(&given, &bad).unwrap();
    let readme = made.join("README.zh.md");
    let chinese = fs::read_to_string(&readme).unwrap();
    fs::write(&readme, chinese.replacen("<details>", "", 1)).unwrap();
    let found = faults(&read(), "skeleton").join("\n");
    assert!(found.contains("hints or more in Chinese"), "{found}");
}

#[test]
fn every_exercise_can_be_read_and_has_a_solution() {
    let all = catalog::read(&root()).unwrap_or_else(|faults| panic!("{}", faults.join("\n")));
    assert!(all.len() >= 24, "{} exercises", all.len());
    for exercise in &all {
        for &form in &exercise.forms {
            let solution = exercise.solution(form).unwrap();
            assert!(!solution.trim().is_empty(), "{} in {form}", exercise.name);
        }
    }
}
