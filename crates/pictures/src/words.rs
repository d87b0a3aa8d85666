//! The words in pictures, in one place, and how texts of a program are made safe to show.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use interleave::explore::{Channel, Deed, Form, task_name};

use crate::picture::{ArrowKind, Kind, Lane, Picture};
use crate::speech::{say, speech};

/// Stands where two runs part.
pub fn parting() -> String {
    say!("here they part")
}

/// Stands at the step that decides.
pub fn decides() -> String {
    say!("this step decides")
}

/// Stands at a wait without an end.
pub fn for_ever() -> String {
    say!("for ever")
}

/// Nobody listens to more cells of a text than this.
const MOST_HEARD: usize = 1000;

/// What a lane is called in full.
pub fn lane(lane: &Lane) -> String {
    match &lane.role {
        Some(role) => format!("{} {}", printable(role), printable(&lane.name)),
        None => printable(&lane.name).into_owned(),
    }
}

/// What happens at the moment of this number, as a sentence.
pub fn sentence(picture: &Picture, number: usize) -> String {
    let moment = &picture.moments[number];
    let who = lane(&picture.lanes[moment.lane]);
    let text = cut(&moment.text, MOST_HEARD);
    let sentence = match moment.kind {
        Kind::Line => say!("{} prints “{}”", who, text),
        Kind::Garbled => say!("{} writes {}", who, text),
        Kind::Stderr => say!("{} writes on standard error: {}", who, text),
        Kind::Wait if picture.waits_for_ever(number) => say!("{} {}, for ever", who, text),
        _ => format!("{who} {text}"),
    };
    if moment.decides { say!("{} (this step decides)", sentence) } else { sentence }
}

/// What a step did, as words that go on after its name.
pub fn deed(deed: &Deed) -> String {
    match deed {
        // Where it waited for, that is drawn.
        Deed::Wait(Some(child)) => say!("hears of the end of {}", task_name(*child)),
        Deed::Wait(None) => say!("has no child to wait for"),
        Deed::Poll(_) | Deed::AwaitMemory(_) | Deed::AwaitSignal => say!("goes on"),
        // The other ends are drawn.
        Deed::Read(channel) => of_kind(channel, Deed::Read),
        Deed::Write(channel) => of_kind(channel, Deed::Write),
        deed => (speech().deed)(deed, Form::Present),
    }
}

fn of_kind(channel: &Channel, deed: fn(Channel) -> Deed) -> String {
    (speech().deed)(&deed(Channel { kind: channel.kind.clone(), ends: Vec::new() }), Form::Present)
}

/// What an arrow of this kind means.
pub fn arrow(kind: ArrowKind) -> String {
    match kind {
        ArrowKind::Fork => say!("starts"),
        ArrowKind::End => say!("its end is waited for"),
        ArrowKind::Bytes => say!("bytes"),
        ArrowKind::Signal => say!("signal"),
        ArrowKind::Lock => say!("lock"),
        ArrowKind::Causal => say!("leads to"),
    }
}

/// What a picture shows, for somebody who hears it.
pub fn summary(picture: &Picture) -> String {
    let lanes: Vec<String> = picture.lanes.iter().map(lane).collect();
    let mut summary = match lanes.as_slice() {
        [] => say!("No process."),
        lanes => say!("Each column is a process: {}. Time goes downwards.", lanes.join(&say!(", "))),
    };
    if !picture.ending.is_empty() {
        summary += &say!(" The run ends: {}.", printable(&picture.ending));
    }
    if picture.beside.is_some() {
        summary += &say!(" Another run stands beside it.");
    }
    summary
}

/// What is shown under the name of the program: why this run, how it ended, and its schedule.
pub fn subtitle(picture: &Picture) -> String {
    let schedule = picture.schedule.as_ref().map(|schedule| say!("schedule {}", schedule));
    let ending = (!picture.ending.is_empty()).then(|| picture.ending.clone());
    let parts: Vec<String> = [picture.caption.clone(), ending, schedule].into_iter().flatten().collect();
    printable(&parts.join(" · ")).into_owned()
}

/// The text with everything escaped that is not to be seen but does something: control characters, and what changes the
/// direction of a text or ends a line or a document.
pub fn printable(text: &str) -> Cow<'_, str> {
    let does_something = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(does_something) {
        return text.into();
    }
    let mut safe = String::new();
    for c in text.chars() {
        if does_something(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    safe.into()
}

/// How many cells of a terminal a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The beginning of a text, on one line of at most so many cells.
pub fn cut(text: &str, cells: usize) -> String {
    let text = printable(text.trim_end_matches('\n'));
    if width(&text) <= cells {
        return text.into_owned();
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < cells
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// A printable text in lines of at most so many cells, of which the last says that there is more if they are too many.
pub fn wrap(text: &str, cells: usize, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let text = text.trim_end_matches('\n');
    // Of an endless text only the beginning is looked at, which is more than will be seen of it.
    let enough = text.char_indices().nth(4 * cells * (most + 1)).map_or(text.len(), |(end, _)| end);
    for part in text[..enough].split('\n') {
        let part = printable(part);
        let mut line = String::new();
        let mut used = 0;
        let mut rest = part.as_ref();
        while let Some(c) = rest.chars().next() {
            // A word that fits a line is not broken.
            let word = rest.find(' ').map_or(rest, |end| &rest[..end]);
            let at_word = line.is_empty() || line.ends_with(' ');
            let needs =
                if at_word && width(word) <= cells && !word.is_empty() { width(word) } else { c.width().unwrap_or(0) };
            // A space at the end of a line is not seen.
            let hangs = c == ' ' && used == cells;
            if used + needs > cells && !line.is_empty() && !hangs {
                lines.push(std::mem::take(&mut line));
                used = 0;
                continue;
            }
            line.push(c);
            used += c.width().unwrap_or(0);
            rest = &rest[c.len_utf8()..];
        }
        lines.push(line);
    }
    if lines.len() > most || enough < text.len() {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_something_is_escaped_and_nothing_else() {
        assert_eq!(printable("子进程 \"0\" é ✗"), "子进程 \"0\" é ✗");
        assert_eq!(printable("a\u{1b}[0m\tb\u{202e}c\u{0}\u{ffff}"), "a\\u{1b}[0m\\tb\\u{202e}c\\u{0}\\u{ffff}");
    }

    #[test]
    fn lines_are_no_wider_than_asked_for_and_nothing_is_lost() {
        for text in [
            "子进程子进程子进程子进程 ab",
            "one two three four five six",
            "abcdefghijklmnopqrstuvwxyz",
            "  a   b  ",
            "",
        ] {
            for cells in 2..20 {
                let lines = wrap(text, cells, 100);
                assert!(lines.iter().all(|line| width(line.trim_end()) <= cells), "{cells}: {lines:?}");
                assert_eq!(lines.concat(), text);
            }
        }
        assert_eq!(cut("子进程启动", 10), "子进程启动");
        assert_eq!(cut("子进程启动", 8), "子进程…");
        assert_eq!(cut("a\tb\n", 8), "a\\tb");
        assert_eq!(wrap("one two three", 9, 9), ["one two ", "three"]);
        assert_eq!(wrap("子进程启动", 4, 9), ["子进", "程启", "动"]);
        assert_eq!(wrap("a\nb\nc\n", 4, 2), ["a", "b…"]);
        assert_eq!(wrap(&"a".repeat(10_000_000), 4, 2), ["aaaa", "aaaa…"]);
    }
}
