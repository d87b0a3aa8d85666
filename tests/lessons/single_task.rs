//! The single-task program, from outside.

use super::running::{Running, interrupted};

fn program() -> &'static str {
    "single_task_demo"
}

#[test]
fn says_bye_and_nothing_else_until_it_is_interrupted() {
    let mut running = Running::into_pipe(program());
    // These lines can be read while the program runs: each is flushed when it is printed.
    for _ in 0..3 {
        assert_eq!(running.line().unwrap(), "bye");
    }
    assert_eq!(running.group.processes(), [running.pid()], "one process");
    let (status, rest) = running.interrupt();
    assert!(interrupted(status), "{status}");
    assert!(rest.iter().all(|line| line == "bye"), "{rest:?}");
}

#[test]
fn ends_on_ctrl_c() {
    let mut running = Running::on_terminal(program());
    assert_eq!(running.line().unwrap(), "bye");
    let (status, _) = running.interrupt();
    assert!(interrupted(status), "{status}");
}
