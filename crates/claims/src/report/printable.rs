//! What programs print, made safe for a terminal and for whoever reads JSON.

use serde::Serialize;

/// Whether a character does something to a terminal, or to the order in which text is shown, instead of being seen: control
/// characters (C0, DEL and C1, of which U+009B begins an escape sequence), the line and paragraph separators, and what
/// changes the direction of writing.
fn is_hazard(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How often a character that has to be escaped is written out before it is only counted.
const WRITTEN_OUT: usize = 3;

/// `text` with everything escaped that must not reach a terminal. Tabs and newlines are escaped as well.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if !is_hazard(character) {
            safe.push(character);
            continue;
        }
        let mut times = 1;
        while rest.next_if_eq(&character).is_some() {
            times += 1;
        }
        let written = if times > WRITTEN_OUT { 1 } else { times };
        (0..written).for_each(|_| safe.extend(character.escape_default()));
        if times > WRITTEN_OUT {
            safe.push_str(&format!("(×{times})"));
        }
    }
    safe
}

/// The same of a text of several lines, whose newlines stay.
pub fn printable_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

/// [`printable`], cut where it gets long.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 200;
    let safe = printable(text);
    match safe.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &safe[..end]),
        None => safe,
    }
}

/// `value` as JSON, in which everything that must not reach a terminal is escaped.
///
/// # Errors
/// If a value cannot be JSON, such as a number that is not one.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        // Such a character can only stand in a string; all of them need no more than four digits.
        if is_hazard(character) {
            safe.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    Ok(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let text = "a\u{1b}[2J\u{9b}2J\u{202e}b\u{2028}c\u{7f}\u{2067}父";
        let shown = "a\\u{1b}[2J\\u{9b}2J\\u{202e}b\\u{2028}c\\u{7f}\\u{2067}父";
        assert_eq!(printable(text), shown);
        assert_eq!(printable(&"\0".repeat(512)), "\\u{0}(×512)");
        let json = json(&text).expect("it is a string");
        assert!(!json.chars().any(is_hazard), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("it is JSON"), text);
    }
}
