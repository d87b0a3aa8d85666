//! Pictures from what the engine knows of a run.

use std::collections::HashMap;

use interleave::explore::{Interleaving, Schedule, Waiting, normalise};
use interleave::trace::{End, Event, Pid, Stop, Trace, What};

use crate::picture::{ArrowKind, Kind, Picture};
use crate::speech::{say, speech};

impl Picture {
    /// The picture of an interleaving. `roles` says what the notes call its processes; it may be empty.
    ///
    /// Ids in texts are replaced by the names that schedules use, so that the picture of an interleaving is always the same.
    pub fn of(interleaving: &Interleaving, roles: &HashMap<Pid, String>) -> Picture {
        let Interleaving { trace, processes, tasks, deadlock, .. } = interleaving;
        let mut picture = Picture::of_trace(trace, processes, tasks, deadlock, |pid| interleaving.name(pid), roles);
        picture.schedule = interleaving.schedule.as_ref().map(Schedule::to_string);
        picture
    }

    /// The picture of any trace: `processes` have columns in this order (others that occur come behind them), ids of `tasks`
    /// in texts are replaced by their names, and `waiting` is who waits at the end, and for what.
    pub fn of_trace(
        trace: &Trace,
        processes: &[Pid],
        tasks: &[Pid],
        waiting: &[Waiting],
        name: impl Fn(Pid) -> String,
        roles: &HashMap<Pid, String>,
    ) -> Picture {
        let mut picture = Picture::new(&trace.header.program);
        let mut lanes: Vec<Pid> = processes.to_vec();
        for event in &trace.events {
            if !lanes.contains(&event.pid) {
                lanes.push(event.pid);
            }
        }
        for pid in &lanes {
            picture.lane(&name(*pid), roles.get(pid).map(String::as_str));
        }
        // Of processes with the same id the last is meant, as in schedules.
        let lane_of = |pid: Pid| lanes.iter().rposition(|&lane| lane == pid);
        for event in &trace.events {
            let Some(lane) = lane_of(event.pid) else { continue };
            let known = picture.moments.len();
            if let What::Seen { parent } = event.what {
                picture.begin(lane, parent.and_then(lane_of));
            } else if let Some((kind, text)) = said(event) {
                picture.moment(lane, kind, &normalise(&text, tasks));
            }
            for moment in &mut picture.moments[known..] {
                moment.at = event.at.map(|at| at.by);
            }
        }
        for waiting in waiting {
            if let Some(lane) = lane_of(waiting.pid) {
                picture.moment(lane, Kind::Wait, &(speech().waits)(&waiting.what));
            }
        }
        picture.ends_as(trace);
        picture
    }

    /// How the run ended.
    pub(crate) fn ends_as(&mut self, trace: &Trace) {
        self.ending = (speech().ending)(trace.ending());
        self.is_stopped = trace.stop.is_some_and(|stop| stop != Stop::Deadlock);
    }

    /// A process begins, started by the parent.
    pub(crate) fn begin(&mut self, lane: usize, parent: Option<usize>) {
        let Some(parent) = parent.filter(|&parent| parent != lane) else {
            self.moment(lane, Kind::Begin, &say!("begins"));
            return;
        };
        let starts = say!("starts {}", self.lanes[lane].name);
        let fork = self.moment(parent, Kind::Fork, &starts);
        let begin = self.moment(lane, Kind::Begin, &say!("begins"));
        self.arrow(ArrowKind::Fork, fork, begin);
    }
}

/// What an event other than a beginning is in a picture; nothing if it is not to be seen.
pub(crate) fn said(event: &Event) -> Option<(Kind, String)> {
    Some(match &event.what {
        What::Worked(_)
        | What::Waited(_)
        | What::Shares { .. }
        | What::Reaped(_)
        | What::Told { .. }
        | What::Threads(_) => return None,
        What::Seen { .. } => (Kind::Begin, say!("begins")),
        What::Line(text) => (Kind::Line, text.clone()),
        What::Garbled(garbled) => {
            (Kind::Garbled, format!("\"{}\" ({})", garbled.start, (speech().fault)(garbled.fault)))
        }
        What::Stderr(text) => (Kind::Stderr, text.clone()),
        What::Ended(End::Exited(0)) => (Kind::End, say!("ends")),
        What::Ended(End::Unknown) => (Kind::End, (speech().end)(End::Unknown)),
        What::Ended(end) => (Kind::Failure, (speech().end)(*end)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use interleave::explore::{Awaited, Wait};
    use interleave::trace::Header;

    #[test]
    fn a_trace_becomes_lanes_moments_and_arrows() {
        let header = Header { program: "p".to_owned(), root: 70, virtual_time: true };
        let event = |pid, what| Event { at: None, pid, what };
        let events = vec![
            event(70, What::Seen { parent: None }),
            event(71, What::Seen { parent: Some(70) }),
            event(71, What::Line("I am 71, child of 70".to_owned())),
            event(71, What::Ended(End::Signaled(9))),
            event(72, What::Seen { parent: Some(1) }),
        ];
        let trace = Trace { header, events, stop: Some(Stop::Deadlock), stopped_after: None };
        let wait = Wait { call: Some("wait4".to_owned()), awaits: Awaited::End(Some("c".to_owned())) };
        let waiting = [Waiting { pid: 70, thread: 70, what: wait }];
        let names = HashMap::from([(70, "a"), (71, "b"), (72, "c")]);
        let roles = HashMap::from([(70, "parent".to_owned())]);
        let name = |pid| names[&pid].to_owned();
        let picture = Picture::of_trace(&trace, &[70, 71], &[70, 71, 72], &waiting, name, &roles);
        let lanes: Vec<_> = picture.lanes.iter().map(|lane| (lane.name.as_str(), lane.role.as_deref())).collect();
        assert_eq!(lanes, [("a", Some("parent")), ("b", None), ("c", None)]);
        let moments: Vec<_> = picture.moments.iter().map(|m| (m.lane, m.kind, m.text.as_str())).collect();
        assert_eq!(
            moments,
            [
                (0, Kind::Begin, "begins"),
                (0, Kind::Fork, "starts b"),
                (1, Kind::Begin, "begins"),
                (1, Kind::Line, "I am b, child of a"),
                (1, Kind::Failure, "was ended by SIGKILL"),
                (2, Kind::Begin, "begins"),
                (0, Kind::Wait, "waits in wait4 for the end of process c"),
            ]
        );
        assert_eq!(picture.arrows.len(), 1);
        assert_eq!((picture.arrows[0].from, picture.arrows[0].to), (1, 2));
        assert_eq!(picture.ending, "deadlock");
    }
}
