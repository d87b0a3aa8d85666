//! The queue programs, from outside.

use std::thread::{self, sleep};
use std::time::Duration;

use super::running::{Running, assert_order, interrupted, number, run, send, stat, stop, wait_for};
use nix::sys::signal::Signal;

const TERMINATED: &str = "queue_demo";
const DISCONNECTED: &str = "queue_disconnect_demo";
const SHARED: &str = "queue_shared_demo";

/// Sees that every value was put and got, in order; who wrote and who read.
fn assert_nothing_lost(lines: &[String]) -> (u32, u32) {
    assert_eq!(lines.len(), 8, "{lines:#?}");
    let of = |before: &str| {
        let found: Vec<(usize, u32)> =
            lines.iter().enumerate().filter_map(|(i, line)| Some((i, number(line, before, "")?))).collect();
        let [found] = found[..] else { panic!("{before:?} once in {lines:#?}") };
        found
    };
    let (writer, reader) = (of("Process to write: "), of("Process to read: "));
    assert_order(lines, &[&lines[writer.0], "Put A to queue...", "Put B to queue...", "Put C to queue..."]);
    assert_order(lines, &[&lines[reader.0], "Get A from queue.", "Get B from queue.", "Get C from queue."]);
    for value in ["A", "B", "C"] {
        assert_order(lines, &[&format!("Put {value} to queue..."), &format!("Get {value} from queue.")]);
    }
    (writer.1, reader.1)
}

#[test]
fn every_value_put_is_got() {
    // Many at once, so that the processes get in each other's way.
    thread::scope(|scope| {
        for program in [TERMINATED, DISCONNECTED, SHARED].repeat(10) {
            scope.spawn(move || {
                let finished = run(program);
                assert!(finished.status.success(), "{}", finished.stderr);
                let (writer, reader) = assert_nothing_lost(&finished.lines);
                assert!(writer != reader && writer != finished.pid && reader != finished.pid);
                assert_eq!(finished.stderr, "");
            });
        }
    });
}

/// The writer sleeps for a second at most.
const LONGER_THAN_A_SLEEP: Duration = Duration::from_secs(5);

/// The reader is stopped until the writer has ended: nothing that it has not printed may be lost by that.
#[test]
fn a_slow_reader_loses_nothing() {
    for program in [TERMINATED, DISCONNECTED, SHARED] {
        let mut running = Running::into_pipe(program);
        let (mut lines, mut writer, mut reader) = (Vec::new(), None, None);
        while writer.is_none() || reader.is_none() || !lines.iter().any(|line| line == "Put C to queue...") {
            // Who is stopped in the midst of taking from a `Queue` keeps its lock, and the writer waits; that is said
            // where `Queue` is documented. Such a reader has to go on a little.
            while running.is_silent_for(LONGER_THAN_A_SLEEP) {
                let Some(reader) = reader else { continue };
                send(Signal::SIGCONT, reader);
                sleep(Duration::from_millis(10));
                stop(reader);
            }
            let line = running.line().unwrap();
            writer = writer.or(number(&line, "Process to write: ", ""));
            if let Some(pid) = number(&line, "Process to read: ", "") {
                // On a busy machine it may have done its work by now; that is no fault of it.
                stop(pid);
                reader = Some(pid);
            }
            lines.push(line);
        }
        wait_for("the end of the writer", || writer.and_then(stat).is_none_or(|stat| stat.state == 'Z').then_some(()));
        send(Signal::SIGCONT, reader.unwrap());
        lines.extend(running.rest());
        assert_nothing_lost(&lines);
        assert!(running.wait().success());
        running.group.wait_until_gone();
    }
}

#[test]
fn ctrl_c_ends_writer_and_reader() {
    for program in [TERMINATED, DISCONNECTED, SHARED] {
        let mut running = Running::on_terminal(program);
        assert!(running.line().is_some());
        let (status, _) = running.interrupt();
        assert!(interrupted(status), "{status}");
    }
}
