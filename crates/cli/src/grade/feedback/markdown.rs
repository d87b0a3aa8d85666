//! Feedback in Markdown.

use std::fmt::Write;

use interleave_claims::report::printable::{printable, printable_lines};

use super::{Block, Languages, Page};
use crate::grade::grades::{Grade, Grades};

/// The page in Markdown. `picture` is where a picture lies that goes with it, as a link.
pub fn markdown(grades: &Grades, grade: &Grade, languages: Languages, picture: Option<&str>) -> String {
    let pages = languages.each().iter().map(|&language| write(&Page::of(language, grades, grade), picture));
    pages.collect::<Vec<String>>().join("\n---\n\n")
}

fn write(page: &Page, picture: Option<&str>) -> String {
    let mut out = format!("# {}\n", plain(&page.title));
    for section in &page.sections {
        if let (Some(heading), false) = (section.heading, picture.is_none() && section.is_picture()) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n## {heading}");
        }
        for block in &section.blocks {
            match block {
                Block::Text(text) => _ = writeln!(out, "\n{}", plain(text)),
                Block::Code(text) => _ = write!(out, "\n{}", fenced(text)),
                Block::List(items) => {
                    out.push('\n');
                    items.iter().for_each(|item| _ = writeln!(out, "- {}", plain(item)));
                }
                Block::Picture(_, title) => {
                    _ = picture.map(|picture| writeln!(out, "\n![{}]({picture})", plain(title)));
                }
            }
        }
    }
    out
}

/// A text that Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for character in printable(text).chars() {
        if "\\`*_[]<>#|&~".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

/// A block of text that is shown as it is. No text can end its own block.
fn fenced(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", printable_lines(text.trim_end()))
}
