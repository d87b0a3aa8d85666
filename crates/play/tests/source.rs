//! The source line at which a held process is.

#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use interleave::explore::{Deed, Job, Prepared, Runner, Signals, TaskId};
use interleave_play::source::Sources;

const PROGRAM: &str = r#"#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

static void child(void) {
    write(1, "child\n", 6); // the child prints
    _exit(0); // the child ends
}

static int work(int times) {
    return times > 0 ? 1 + work(times - 1) : puts("deep") * 0; // the parent prints, deep down
}

int main(void) {
    if (fork() == 0) { // the parent forks
        child();
    }
    int result = work(3);
    fflush(stdout); // the parent prints
    wait(NULL); // the parent waits
    return result - 3;
}
"#;

/// Each load and store of shared memory is a step.
const SHARING: &str = r#"#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    volatile int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fork();
    int seen = *count; // loads
    seen += 1;
    *count = seen; // stores
    while (*count != 2) // looks again
        ;
    _exit(0);
}
"#;

/// Builds a C program with debug information; the program and its source.
fn built(name: &str, source: &str, optimisation: &str) -> (PathBuf, PathBuf) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (file, program) = (folder.join(format!("{name}.c")), folder.join(name));
    fs::write(&file, source).unwrap();
    let built = Command::new("cc").args(["-g", optimisation, "-o"]).arg(&program).arg(&file).status().unwrap();
    assert!(built.success());
    (program, file)
}

/// Where each process is after these steps, as the comment behind the line says.
fn places(optimisation: &str, steps: &[TaskId]) -> Vec<Option<String>> {
    let name = format!("source{optimisation}{}", steps.len());
    let (program, source) = built(&name, PROGRAM, optimisation);
    let job = Job::new(&name, vec![program.into()]);
    let position = Runner::new(&job).position(steps, Signals::None, false).unwrap();
    let mut sources = Sources::default();
    let found = position.standing.iter().map(|one| {
        let found = sources.find(one.place.as_ref()?)?;
        assert_eq!(found.file, source);
        Some(found.text.split_once("// ")?.1.to_owned())
    });
    found.collect()
}

fn comments(comments: &[&str]) -> Vec<Option<String>> {
    comments.iter().map(|comment| Some((*comment).to_owned())).collect()
}

#[test]
fn a_process_is_found_in_its_own_code_and_not_in_the_library_that_it_calls() {
    for optimisation in ["-O0", "-O2"] {
        assert_eq!(places(optimisation, &[]), comments(&["the parent forks"]), "{optimisation}");
        let forked = places(optimisation, &[0]);
        assert_eq!(forked[1], Some("the child prints".to_owned()), "{optimisation}");
        assert_eq!(places(optimisation, &[0, 1])[1], Some("the child ends".to_owned()), "{optimisation}");
    }
}

#[test]
fn a_load_or_store_of_shared_memory_is_found_where_it_is_in_the_code() {
    for optimisation in ["-O0", "-O2"] {
        let (program, _) = built(&format!("sharing{optimisation}"), SHARING, optimisation);
        let job = Job::new("sharing", vec![program.into()]);
        let mut runner = Runner::new(&job);
        let (mut steps, mut sources) = (Vec::new(), Sources::default());
        let mut found: Vec<String> = Vec::new();
        // The first alone: it forks, begins, loads, stores, and looks whether the other has come.
        for _ in 0..6 {
            let prepared = Prepared { loads: true, ..Prepared::default() };
            let position = runner.position(&steps, prepared, false).unwrap();
            let standing = &position.standing[0];
            if matches!(standing.next, Some(Deed::Load | Deed::Store)) {
                let place = standing.place.as_ref().and_then(|place| sources.find(place));
                let text = place.map_or_else(|| "nowhere".to_owned(), |source| source.text);
                found.extend(text.split_once("// ").map(|(_, comment)| comment.to_owned()));
            }
            steps.push(0);
        }
        found.dedup();
        assert_eq!(found, ["loads", "stores", "looks again"], "{optimisation}");
    }
}

#[test]
fn a_rust_program_is_found_in_its_own_code_and_not_in_std() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (folder.join("source_of_rust.rs"), folder.join("source_of_rust"));
    fs::write(&source, "fn say() {\n    println!(\"said\");\n}\nfn main() {\n    say();\n}\n").unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    assert!(Command::new(rustc).arg("-g").arg("-o").arg(&program).arg(&source).status().unwrap().success());
    let job = Job::new("source_of_rust", vec![program.into()]);
    let position = Runner::new(&job).position(&[], Signals::None, false).unwrap();
    let found = Sources::default().find(position.standing[0].place.as_ref().unwrap()).unwrap();
    assert_eq!((found.file, found.line, found.text.as_str()), (source, 2, "println!(\"said\");"));
}

#[test]
fn a_program_without_debug_information_has_no_lines() {
    let job = Job::new("true", vec!["/bin/true".into()]);
    let position = Runner::new(&job).position(&[], Signals::None, false).unwrap();
    let place = position.standing[0].place.as_ref().unwrap();
    assert_eq!(Sources::default().find(place), None);
}
