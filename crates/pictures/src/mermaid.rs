//! Sequence diagrams for Mermaid, which GitHub draws in Markdown.

use std::fmt::Write as _;

use crate::picture::{ArrowKind, Kind, Picture};
use crate::words;

/// What is printed goes to this participant.
const TERMINAL: &str = "terminal";

impl Picture {
    /// The run as a Mermaid sequence diagram, for a fenced block `mermaid` in Markdown. The run beside it is left out.
    ///
    /// Syntax: <https://mermaid.js.org/syntax/sequenceDiagram.html>.
    pub fn mermaid(&self) -> String {
        let mut text = String::from("sequenceDiagram\n");
        let mut line = |words: String| text.extend(["    ", &words, "\n"]);
        line(format!("accTitle: {}", escaped(&self.program)));
        line(format!("accDescr: {}", escaped(&words::summary(&Picture { beside: None, ..self.clone() }))));
        for (number, lane) in self.lanes.iter().enumerate() {
            line(format!("participant p{number} as {}", escaped(&words::lane(lane))));
        }
        line(format!("participant out as {TERMINAL}"));
        for (number, moment) in self.moments.iter().enumerate() {
            let who = format!("p{}", moment.lane);
            for arrow in self.drawn_arrows().filter(|arrow| arrow.to == number) {
                let from = format!("p{}", self.moments[arrow.from].lane);
                let label = arrow.label.clone().unwrap_or_else(|| words::arrow(arrow.kind));
                line(format!("{from}-){who}: {}", escaped(&label)));
            }
            let mut words = in_lines(&moment.text);
            if self.waits_for_ever(number) {
                words += &format!("{BREAK}{}", words::for_ever());
            }
            // A fork's arrow says what both of its moments say.
            let mut forks = self.drawn_arrows().filter(|arrow| arrow.kind == ArrowKind::Fork);
            if !forks.any(|arrow| arrow.from == number || arrow.to == number) {
                line(match moment.kind {
                    Kind::Line | Kind::Garbled => format!("{who}->>out: {words}"),
                    Kind::Stderr => format!("{who}--xout: {words}"),
                    _ => format!("Note over {who}: {words}"),
                });
            }
            if moment.decides {
                line(format!("Note over {who}: ◆ {}", escaped(&words::decides())));
            }
        }
        if !self.ending.is_empty() && self.lanes.len() > 1 {
            line(format!("Note over p0,p{}: {}", self.lanes.len() - 1, escaped(&self.ending)));
        }
        text
    }
}

/// Ends a line within a text.
const BREAK: &str = "<br/>";

/// A moment's text, not too wide.
fn in_lines(text: &str) -> String {
    let lines: Vec<String> = words::wrap(text, 40, 6).iter().map(|line| escaped(line.trim_end())).collect();
    lines.join(BREAK)
}

/// The text with everything that could mean something to Mermaid, to Markdown or to HTML written as a number.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in words::printable(text).chars() {
        if c.is_alphanumeric() || !c.is_ascii() || " .,()!?'/_-+=".contains(c) {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    // An empty message is none.
    if safe.trim().is_empty() { "#8203;".to_owned() } else { safe }
}
