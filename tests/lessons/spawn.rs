//! The program with a second process, from outside.

use super::running::{Running, interrupted, number, stat};

fn program() -> &'static str {
    "spawn_demo"
}

/// Reads until both processes have spoken three times; the child's pid.
fn read_both(running: &mut Running) -> u32 {
    let first = running.line().unwrap();
    assert_eq!(first, format!("主(父)进程启动---{}", running.pid()));
    let (mut byes, mut hellos) = (0, Vec::new());
    while byes < 3 || hellos.len() < 3 {
        let line = running.line().unwrap();
        match number(&line, "hello---", "") {
            Some(pid) => hellos.push(pid),
            None => {
                assert_eq!(line, "bye");
                byes += 1;
            }
        }
    }
    hellos.dedup();
    let [child] = hellos[..] else { panic!("one child, not {hellos:?}") };
    child
}

#[test]
fn parent_and_child_speak_side_by_side() {
    let mut running = Running::into_pipe(program());
    let child = read_both(&mut running);
    assert_eq!(stat(child).unwrap().parent, running.pid(), "hello is said by the child of the one that says bye");
    let (status, _) = running.interrupt();
    assert!(interrupted(status), "{status}");
}

#[test]
fn ctrl_c_ends_both() {
    let mut running = Running::on_terminal(program());
    read_both(&mut running);
    assert_eq!(running.group.processes().len(), 2);
    let (status, _) = running.interrupt();
    assert!(interrupted(status), "{status}");
}
