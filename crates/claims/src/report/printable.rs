//! What programs print, made safe for a terminal, for the services that read what is printed there, and for whoever reads JSON or XML.

use serde::Serialize;

/// Whether a character does something to a terminal, or to the order in which text is shown, instead of being seen: control
/// characters (C0, DEL and C1, of which U+009B begins an escape sequence), the line and paragraph separators, and what
/// changes the direction of writing. So are the two that no XML file may have in it.
fn is_hazard(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Whether a service that runs builds would take what begins here for a command to itself, wherever in a line it stands: `##[error]` (GitHub, Azure
/// Pipelines), `##vso[…]`, `##teamcity[…]`.
fn begins_command(text: &str) -> bool {
    let command = text.strip_prefix("##");
    command.is_some_and(|command| command.trim_start_matches(|it: char| it.is_ascii_alphabetic()).starts_with('['))
}

/// Whether GitHub would take this for a command, `::error …::…`, if it is what a line begins with.
fn is_command(text: &str) -> bool {
    text.trim_start().strip_prefix("::").is_some_and(|command| command.contains("::"))
}

/// How often a character that has to be escaped is written out before it is only counted.
const WRITTEN_OUT: usize = 3;

/// `text` with everything escaped that must not reach a terminal, or whoever looks for commands there. Tabs and newlines are escaped as well.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let command = if is_command(text) { text.find("::") } else { None };
    let mut rest = text.char_indices().peekable();
    while let Some((index, character)) = rest.next() {
        if begins_command(&text[index..]) || command == Some(index) {
            safe.extend(character.escape_unicode());
            continue;
        }
        if !is_hazard(character) {
            safe.push(character);
            continue;
        }
        let mut times = 1;
        while rest.next_if(|&(_, next)| next == character).is_some() {
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
    for (index, character) in text.char_indices() {
        // Such a character can only stand in a string; all of them need no more than four digits.
        if is_hazard(character) || begins_command(&text[index..]) {
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

    #[test]
    fn nothing_is_a_command_to_whoever_runs_builds() {
        let commands = ["##[error]x", "a ###[set-output name=result;]x", "##vso[task.complete]", "a##teamcity[x]"];
        for text in commands {
            let json = json(&text).expect("it is a string");
            for safe in [printable(text), json.clone()] {
                assert!(!safe.char_indices().any(|(index, _)| begins_command(&safe[index..])), "{safe}");
            }
            assert_eq!(serde_json::from_str::<String>(&json).expect("it is JSON"), text);
        }
        assert_eq!(printable(" ::error file=a::b"), " \\u{3a}:error file=a::b");
        for text in ["a ::error::b", "::1", "# one\n## two [3]", "a##b", "std::env"] {
            assert_eq!(printable_lines(text), text);
        }
    }

    #[test]
    fn nothing_is_left_that_no_xml_may_have() {
        assert_eq!(printable("\u{ffff}a\u{fffe}"), "\\u{ffff}a\\u{fffe}");
    }
}
