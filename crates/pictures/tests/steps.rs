//! Pictures of real runs: who waits for what and since when, and what led to what.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use interleave::explore::{Job, Runner, Signals, TaskId};
use interleave_pictures::{ArrowKind, Kind, Picture};

/// Builds a C program.
fn built(name: &str, text: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (folder.join(format!("{name}.c")), folder.join(name));
    let includes = "#include <signal.h>\n#include <sys/file.h>\n#include <sys/wait.h>\n#include <unistd.h>\n";
    fs::write(&source, format!("{includes}{text}")).unwrap();
    assert!(Command::new("cc").arg("-o").arg(&program).arg(&source).status().unwrap().success());
    program
}

/// The picture of a C program's run that begins with these steps.
fn picture(name: &str, text: &str, steps: &[TaskId], signals: Signals) -> Picture {
    let job = Job::new(name, vec![built(name, text).into()]);
    let position = Runner::new(&job).position(steps, signals, true).unwrap();
    Picture::of_steps(&position, &HashMap::new())
}

/// What each process does, in order.
fn told(picture: &Picture) -> Vec<String> {
    let moment = |moment: &interleave_pictures::Moment| {
        let mark = if moment.kind == Kind::Wait { "… " } else { "" };
        format!("{}: {mark}{}", picture.lanes[moment.lane].name, moment.text)
    };
    picture.moments.iter().map(moment).collect()
}

/// The arrows, as the texts that they lead from and to.
fn arrows(picture: &Picture) -> Vec<(ArrowKind, &str, &str)> {
    let text = |moment: usize| picture.moments[moment].text.as_str();
    picture.arrows.iter().map(|arrow| (arrow.kind, text(arrow.from), text(arrow.to))).collect()
}

const PIPE: &str = r#"
int main(void) {
    int ends[2];
    char byte;
    pipe(ends);
    if (fork() == 0) {
        read(ends[0], &byte, 1);
        write(1, "got\n", 4);
        _exit(0);
    }
    write(ends[1], "x", 1);
    wait(0);
    return 0;
}
"#;

#[test]
fn bytes_and_ends_are_arrows_and_waiting_is_drawn_from_where_it_begins() {
    let picture = picture("picture_pipe", PIPE, &[], Signals::None);
    assert_eq!(
        told(&picture),
        [
            "a: begins",
            "a: starts b",
            "b: begins",
            "b: … waits to read from a pipe (other end: a, b)",
            "a: writes to a pipe",
            "a: … waits for the end of a child",
            "b: reads from a pipe",
            "b: got",
            "b: ends",
            "a: hears of the end of b",
            "a: ends",
        ]
    );
    assert_eq!(
        arrows(&picture),
        [
            (ArrowKind::Fork, "starts b", "begins"),
            (ArrowKind::Bytes, "writes to a pipe", "reads from a pipe"),
            (ArrowKind::End, "ends", "hears of the end of b"),
        ]
    );
    assert!(picture.svg().contains("waits to read from a pipe"));
}

#[test]
fn who_waits_for_ever_does_so_from_where_it_began() {
    let text = PIPE.replace("write(ends[1], \"x\", 1);", "");
    let picture = picture("picture_deadlock", &text, &[], Signals::None);
    assert_eq!(picture.ending, "deadlock");
    assert_eq!(
        told(&picture)[3..],
        ["a: … waits for the end of a child", "b: … waits to read from a pipe (other end: a, b)"]
    );
}

#[test]
fn signals_are_arrows() {
    let text = r#"
        static void on(int signal) { write(1, "caught\n", 7); }
        int main(void) {
            signal(SIGUSR1, on);
            pid_t child = fork();
            if (child == 0) { pause(); _exit(0); }
            kill(child, SIGUSR1);
            wait(0);
            return 0;
        }
    "#;
    let steps: Vec<TaskId> = vec![0, 1];
    let picture = picture("picture_signal", text, &steps, Signals::Continued);
    let arrows = arrows(&picture);
    assert!(
        arrows.contains(&(ArrowKind::Signal, "sends SIGUSR1 to b", "takes a signal")),
        "{arrows:?} {:?}",
        told(&picture)
    );
    let told = told(&picture);
    assert!(told.contains(&"b: … waits for a signal".to_owned()), "{told:?}");
}

#[test]
fn locks_are_arrows() {
    let text = r#"
        int main(void) {
            int file = open("lock", O_CREAT | O_RDWR, 0600);
            if (fork() == 0) {
                int other = open("lock", O_RDWR);
                flock(other, LOCK_EX);
                write(1, "child\n", 6);
                _exit(0);
            }
            flock(file, LOCK_EX);
            write(1, "parent\n", 7);
            flock(file, LOCK_UN);
            wait(0);
            return 0;
        }
    "#;
    // The parent opens, forks and locks, and the child opens and comes to its lock.
    let picture = picture("picture_lock", &format!("#include <fcntl.h>\n{text}"), &[0, 0, 0, 1], Signals::None);
    let (told, arrows) = (told(&picture), arrows(&picture));
    assert!(told.contains(&"b: … waits to lock a file".to_owned()), "{told:?}");
    assert!(arrows.contains(&(ArrowKind::Lock, "unlocks a file", "locks a file")), "{arrows:?}");
}

const ENDLESS: &str = r#"
int main(void) {
    if (fork() == 0) {
        for (;;) write(1, "on\n", 3);
    }
    wait(0);
    return 0;
}
"#;

#[test]
fn nobody_is_said_to_wait_for_ever_in_a_run_that_was_stopped() {
    let program = built("picture_endless", ENDLESS);
    let mut job = Job::new("picture_endless", vec![program.into()]);
    job.limits.steps = 20;
    let position = Runner::new(&job).position(&[], Signals::None, true).unwrap();
    let picture = Picture::of_steps(&position, &HashMap::new());
    let svg = picture.svg();
    assert!(svg.contains("waits for the end of") && !svg.contains("for ever"), "{svg}");
    // Whoever could have gone on waits for nothing.
    let waits: Vec<_> = picture.moments.iter().filter(|moment| moment.kind == Kind::Wait).collect();
    assert!(waits.iter().all(|moment| moment.lane == 0), "{waits:?}");
    assert!(!picture.mermaid().contains("for ever"), "{}", picture.mermaid());
}
