//! The pipe programs, from outside.

use super::running::{Running, assert_order, interrupted, number, run, stat, wait_for};

const PIPE: &str = "pipe_demo";
const NOBODY_READS: &str = "pipe_nobody_reads_demo";
const CONNECTION: &str = "pipe_connection_demo";
const SPARE_END: &str = "pipe_spare_end_demo";

fn assert_nothing_lost(lines: &[String]) {
    assert_eq!(lines.len(), 8, "{lines:#?}");
    assert_order(lines, &["Put A to pipe...", "Put B to pipe...", "Put C to pipe..."]);
    assert_order(lines, &["Get A from pipe.", "Get B from pipe.", "Get C from pipe."]);
    for value in ["A", "B", "C"] {
        assert_order(lines, &[&format!("Put {value} to pipe..."), &format!("Get {value} from pipe.")]);
    }
}

#[test]
fn the_reader_ends_with_the_file() {
    let finished = run(PIPE);
    assert!(finished.status.success(), "{}", finished.stderr);
    assert_nothing_lost(&finished.lines);
}

#[test]
fn the_reader_of_a_connection_ends_with_the_writer() {
    let finished = run(CONNECTION);
    assert!(finished.status.success(), "{}", finished.stderr);
    assert_nothing_lost(&finished.lines);
}

#[test]
fn without_a_reader_the_writer_is_told() {
    let finished = run(NOBODY_READS);
    assert!(finished.status.success(), "{}", finished.stderr);
    assert!(number(&finished.lines[0], "Process to write: ", "").is_some());
    assert_eq!(finished.lines[1..], ["Put A to pipe...", "Cannot put A: BrokenPipe"]);
}

/// Everything has been said, the writer is gone, and parent and reader sleep: nothing is left that could wake them.
#[test]
fn with_a_spare_end_the_reader_waits_for_ever() {
    let mut running = Running::into_pipe(SPARE_END);
    let lines: Vec<String> = (0..8).map(|_| running.line().unwrap()).collect();
    assert_nothing_lost(&lines);
    let reader = lines.iter().find_map(|line| number(line, "Process to read: ", "")).unwrap();
    let both = [running.pid(), reader];
    wait_for("the end of the writer", || (running.group.processes().len() == 2).then_some(()));
    wait_for("parent and reader to sleep", || {
        both.iter().all(|pid| stat(*pid).is_some_and(|stat| stat.state == 'S')).then_some(())
    });
    let (status, rest) = running.interrupt();
    assert!(interrupted(status), "{status}");
    assert!(rest.is_empty(), "{rest:?}");
}
