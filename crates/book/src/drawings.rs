//! Pictures that are drawn by hand, by code: what a diagram of one run does not show.

use maud::Markup;

use crate::words::Language;

/// The pictures that belong to a program.
pub fn of(_program: &str, _language: Language) -> Vec<Markup> {
    Vec::new()
}

/// A space-time diagram with its words in Chinese.
pub fn in_chinese(svg: &str) -> String {
    svg.to_owned()
}
