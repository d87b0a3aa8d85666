//! A program after some steps: what it has printed, who can go on, and what each process is about to do.

#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use interleave::explore::{Deed, Form, Job, Position, Runner, Signals, Stand, TaskId};

const PROGRAM: &str = r#"
#include <unistd.h>
#include <sys/wait.h>

int main(void) {
    int ends[2];
    char byte;
    pipe(ends);
    if (fork() == 0) {
        read(ends[0], &byte, 1);
        write(1, "child\n", 6);
        return 3;
    }
    write(1, "parent\n", 7);
    write(ends[1], "x", 1);
    wait(NULL);
    return 0;
}
"#;

/// Builds the program; each test has one of its own.
fn job(name: &str) -> Job {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (folder.join(format!("{name}.c")), folder.join(name));
    fs::write(&source, PROGRAM).unwrap();
    assert!(Command::new("cc").args(["-g", "-O0", "-o"]).arg(&program).arg(&source).status().unwrap().success());
    Job::new(name, vec![program.into()])
}

/// What each process is about to do, and whether it can.
fn standing(position: &Position) -> Vec<String> {
    let told = position.standing.iter().map(|one| {
        let next = one.next.as_ref();
        match one.stand {
            Stand::Ready => {
                format!("{} to {}", one.task, next.map_or("?".to_owned(), |deed| deed.words(Form::Infinitive)))
            }
            Stand::Waits => format!("{} {}", one.task, next.map_or("?".to_owned(), |deed| deed.words(Form::Waiting))),
            other => format!("{} {other:?}", one.task),
        }
    });
    told.collect()
}

#[test]
fn a_position_tells_who_can_go_on_and_what_they_would_do() {
    let job = job("position_told");
    let mut runner = Runner::new(&job);
    let mut steps: Vec<TaskId> = Vec::new();
    let start = runner.position(&steps, Signals::None, false).unwrap();
    assert_eq!(standing(&start), ["0 to start a process"]);
    assert!(!start.is_over && start.steps.is_empty() && start.interleaving.lines().is_empty());

    steps.push(0);
    let forked = runner.position(&steps, Signals::None, false).unwrap();
    let reads = "1 waits to read from a pipe (other end: a, b)";
    assert_eq!(standing(&forked), ["0 to print parent", reads]);
    assert_eq!(forked.steps[0].deed, Some(Deed::Fork));

    steps.push(0);
    let printed = runner.position(&steps, Signals::None, false).unwrap();
    assert_eq!(standing(&printed), ["0 to write to a pipe (other end: a, b)", reads]);
    assert_eq!(printed.interleaving.lines(), [(0, "parent".to_owned())]);

    steps.push(0);
    let written = runner.position(&steps, Signals::None, false).unwrap();
    assert_eq!(standing(&written), ["0 waits for the end of a child", "1 to read from a pipe (other end: a, b)"]);

    // The same place again, and on from there to the end.
    assert_eq!(standing(&runner.position(&steps, Signals::None, false).unwrap()), standing(&written));
    let end = runner.position(&steps, Signals::None, true).unwrap();
    assert!(end.is_over);
    assert_eq!(standing(&end), ["0 Ended", "1 Ended"]);
    assert_eq!(end.steps[..3], written.steps);
    let child = end.steps.iter().find(|step| matches!(step.deed, Some(Deed::Exit(3)))).unwrap();
    assert_eq!(child.task, 1);
    assert_eq!(end.interleaving.trace.events[child.events.clone()].len(), 1, "its end");
}

#[test]
fn a_task_that_cannot_go_on_is_refused_and_the_runner_is_still_good() {
    let job = job("position_refused");
    let mut runner = Runner::new(&job);
    let error = runner.position(&[0, 1], Signals::None, false).unwrap_err().to_string();
    assert!(error.contains("b was to go next, but only a could"), "{error}");
    assert_eq!(runner.position(&[0], Signals::None, false).unwrap().steps.len(), 1);
}

#[test]
fn where_each_process_is_in_its_code_is_told() {
    let job = job("position_place");
    let mut runner = Runner::new(&job);
    let position = runner.position(&[0, 0], Signals::None, false).unwrap();
    for one in &position.standing {
        let place = one.place.as_ref().unwrap();
        assert!(place.code.iter().any(|code| code.file.ends_with("position_place")), "{:?}", place.code);
        let is_code = |address: u64| place.code.iter().any(|code| (code.start..code.end).contains(&address));
        assert!(is_code(place.instruction));
        assert!(place.stack.iter().any(|&word| is_code(word)), "no return address on the stack");
    }
}
