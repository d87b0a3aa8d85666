//! Classics: what often is the reason when a program looks like this, and the lesson that treats it.

use std::collections::HashMap;

use interleave::explore::{Awaited, Wait};
use interleave::trace::{Pid, Trace, What};

use crate::key;

/// A text came twice out of a buffer.
pub const BUFFER: &str = key!(
    "two processes begin with the same line: if it is printed once, before fork, it was still in a buffer, and \
                      fork has copied that; flush before fork, or write whole lines. On a terminal C programs write line by line, and the same \
                      program prints less: --terminal shows that (lesson spawn_demo)"
);

/// The end of a pipe never comes.
pub const OPEN_END: &str = key!(
    "a process waits for the end of a pipe, and holds an end that keeps it from coming: close what you do not \
                        use, in each process, before you read (lesson pipe_demo: pipe_spare_end_demo)"
);

/// A signal came too early to be heard.
pub const LOST_SIGNAL: &str = key!(
    "a signal that comes before pause is not heard by it: block the signal first, and wait with sigsuspend \
                           or sigwait, which take it whenever it came (pause(2), sigsuspend(2))"
);

/// The first process did not wait for another.
pub const NOT_WAITED_FOR: &str = key!(
    "a process goes on after the first one has ended: nobody has waited for it (lesson ordering_demo: \
                              ordering_join_demo)"
);

/// It broke in an exploration, and not in real time.
pub const SLEEP: &str = key!(
    "in real time it held, so it is a matter of luck or of a sleep: a sleep is no order, a wait is (lesson \
                         ordering_demo)"
);

/// It broke where process ids are others than in all other runs, and only there.
pub const OTHER_IDS: &str = key!(
    "that is so in a run in which process ids are others than usual, and in no other: who says an id has to \
                             ask for it (getpid(2)), and nothing may follow from its number"
);

/// It fails, and does not where sleeps are an order.
pub const SLEEP_FOR_A_WAIT: &str = key!(
    "where sleeps are an order (--time ordered) nothing fails, so a sleep stands in place of a wait: a \
                                    sleep is no order, a wait is (lesson ordering_demo)"
);

/// What often is the reason that somebody waits for ever in this.
pub fn of_waiting(wait: &Wait) -> Option<&'static str> {
    let waits_for_signal = || ["pause", "sigsuspend", "rt_sigsuspend"].contains(&wait.call.as_deref().unwrap_or(""));
    match &wait.awaits {
        Awaited::Bytes { own: true, .. } => Some(OPEN_END),
        _ => waits_for_signal().then_some(LOST_SIGNAL),
    }
}

/// What often is the reason that a run fails which looks like this.
pub fn of_failure(trace: &Trace) -> Option<&'static str> {
    let ended = trace.events.iter().position(|e| e.pid == trace.header.root && matches!(e.what, What::Ended(_)))?;
    trace.events[ended..].iter().any(|event| matches!(event.what, What::Line(_))).then_some(NOT_WAITED_FOR)
}

/// What often is the reason that a text comes twice.
pub fn of_text(trace: &Trace) -> Option<&'static str> {
    let mut first: HashMap<Pid, &str> = HashMap::new();
    for event in &trace.events {
        if let What::Line(text) = &event.what {
            first.entry(event.pid).or_insert(text);
        }
    }
    let of_root = first.remove(&trace.header.root)?;
    first.values().any(|text| *text == of_root).then_some(BUFFER)
}
