//! Traces for <https://ui.perfetto.dev> and `chrome://tracing`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::picture::{Kind, Picture};
use crate::words;

/// How long a moment is drawn, in microseconds. In virtual time it is the only unit that there is.
const MOMENT: u64 = 1000;

/// One event, as the *Trace Event Format* has it.
#[derive(Serialize)]
struct Event {
    name: String,
    ph: &'static str,
    pid: usize,
    tid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    /// That an arrow ends at the slice around its time, not at the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Value>,
}

impl Picture {
    /// The run as JSON in the Trace Event Format, which Perfetto's page opens. A moment takes a millisecond there, unless
    /// the run had real time. The run beside it is left out.
    ///
    /// Format: <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.
    pub fn perfetto(&self) -> String {
        let mut events = Vec::new();
        let times = self.times();
        let over = times.last().map_or(0, |last| last + MOMENT);
        for (lane, named) in self.lanes.iter().enumerate() {
            let name = words::lane(named);
            events.push(metadata("process_name", lane, json!({ "name": name })));
            events.push(metadata("process_sort_index", lane, json!({ "sort_index": lane })));
            events.push(metadata("thread_name", lane, json!({ "name": name })));
        }
        for (number, moment) in self.moments.iter().enumerate() {
            let at = times[number];
            let until = match self.next_of_lane(number) {
                Some(next) => times[next],
                None => over.max(at + MOMENT),
            };
            // A wait lasts; everything else is a moment, which may not reach into the next one.
            let lasts = if moment.kind == Kind::Wait { until - at } else { MOMENT.min((until - at).max(1)) };
            let text = words::printable(moment.text.trim_end_matches('\n')).into_owned();
            events.push(Event {
                ts: Some(at),
                dur: Some(lasts),
                cat: Some(category(moment.kind)),
                args: Some(json!({ "moment": number + 1, "decides": moment.decides })),
                ..event(text, "X", moment.lane)
            });
        }
        for (id, arrow) in self.drawn_arrows().enumerate() {
            for (ph, number, bp) in [("s", arrow.from, None), ("f", arrow.to, Some("e"))] {
                events.push(Event {
                    ts: Some(times[number]),
                    cat: Some("arrow"),
                    id: Some(id + 1),
                    bp,
                    ..event(words::arrow(arrow.kind), ph, self.moments[number].lane)
                });
            }
        }
        let lines: Vec<String> = events.iter().map(|event| json!(event).to_string()).collect();
        let about =
            json!({ "program": self.program, "ending": self.ending, "schedule": self.schedule, "replay": self.replay });
        format!("{{\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":[\n{}\n]}}\n", lines.join(",\n"))
    }

    /// When each moment is, in microseconds, never before the one that came first.
    fn times(&self) -> Vec<u64> {
        let mut latest = 0;
        let is_real = !self.moments.is_empty() && self.moments.iter().all(|moment| moment.at.is_some());
        let time = |(number, at): (usize, Option<f64>)| {
            let time = if is_real { (at.unwrap_or(0.0) * 1e6) as u64 } else { number as u64 * MOMENT };
            latest = latest.max(time);
            latest
        };
        self.moments.iter().map(|moment| moment.at).enumerate().map(time).collect()
    }
}

fn event(name: String, ph: &'static str, lane: usize) -> Event {
    Event { name, ph, pid: lane + 1, tid: lane + 1, ts: None, dur: None, cat: None, id: None, bp: None, args: None }
}

fn metadata(name: &str, lane: usize, args: Value) -> Event {
    Event { args: Some(args), ..event(name.to_owned(), "M", lane) }
}

fn category(kind: Kind) -> &'static str {
    match kind {
        Kind::Fork | Kind::Begin => "fork",
        Kind::Step => "step",
        Kind::Line | Kind::Garbled | Kind::Stderr => "output",
        Kind::Wait => "wait",
        Kind::End | Kind::Failure => "end",
    }
}
