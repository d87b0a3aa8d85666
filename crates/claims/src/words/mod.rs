//! What is said to people, in the language that they read.
//!
//! As with gettext, the English template is the key, and a catalogue (`zh-CN.toml`) has it in another language. [`say!`](crate::say)
//! keeps template and arguments apart, so that the same sentence can be had in English for JSON ([`Display`](fmt::Display)), and
//! in the chosen language for the reader ([`Say::told`]). What has no translation comes in English.

mod engine;
mod errors;
mod lines;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

pub use engine::{
    awaits, cannot_start, caveat, deed, end, ending, ends, failure, fault, interleavings, limit, meaning, memory,
    output, stop, threads, told_of, waits,
};
pub use errors::error;
pub use lines::{broken_between_words, width};

/// A language that reports can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// The language of this name: `en`, or `zh`, which is `zh-CN` as well.
    pub fn named(name: &str) -> Option<Language> {
        match name {
            "en" => Some(Language::English),
            "zh" | "zh-CN" | "zh_CN" => Some(Language::Chinese),
            _ => None,
        }
    }

    /// What the locale of the environment says: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and not empty. `variable` gives
    /// the value of one.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        let is_chinese = locale.is_some_and(|locale| locale.split(['_', '.', '@', '-']).next() == Some("zh"));
        if is_chinese { Language::Chinese } else { Language::English }
    }
}

/// Whether the reader has chosen Chinese.
static CHINESE: AtomicBool = AtomicBool::new(false);

/// Chooses the language in which [`Say::told`] speaks, for the whole process. Before, it is English.
pub fn choose(language: Language) {
    CHINESE.store(language == Language::Chinese, Ordering::Relaxed);
}

/// The language chosen.
pub fn chosen() -> Language {
    if CHINESE.load(Ordering::Relaxed) { Language::Chinese } else { Language::English }
}

/// The catalogue: each template of English, and the same in Chinese.
pub fn catalogue() -> &'static HashMap<String, String> {
    static CATALOGUE: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        // A test reads it, so that it cannot fail here; without it everything would be in English.
        toml::from_str(include_str!("zh-CN.toml")).unwrap_or_default()
    });
    &CATALOGUE
}

/// A text without arguments in the chosen language.
pub fn told(text: &str) -> &str {
    match chosen() {
        Language::English => text,
        Language::Chinese => catalogue().get(text).map_or(text, String::as_str),
    }
}

/// A sentence, or a part of one, that is said to somebody: made by [`say!`](crate::say).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Say {
    template: &'static str,
    arguments: Vec<Argument>,
}

/// What stands in place of a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Argument {
    /// A number, a name, a program's line: the same in every language.
    Text(String),
    /// Something that is translated as well.
    Say(Say),
    /// What the system answered.
    System(String),
}

impl Say {
    /// Used by [`say!`](crate::say), which sees to it that there is an argument for each placeholder.
    #[doc(hidden)]
    pub fn new(template: &'static str, arguments: Vec<Argument>) -> Say {
        Say { template, arguments }
    }

    /// It in the language that was chosen.
    pub fn told(&self) -> String {
        self.in_language(chosen())
    }

    /// It in this language.
    pub fn in_language(&self, language: Language) -> String {
        let template = match language {
            Language::English => self.template,
            Language::Chinese => catalogue().get(self.template).map_or(self.template, String::as_str),
        };
        let arguments: Vec<String> = self.arguments.iter().map(|argument| argument.in_language(language)).collect();
        filled(template, &arguments)
    }
}

impl Argument {
    fn in_language(&self, language: Language) -> String {
        match self {
            Argument::Text(text) => text.clone(),
            Argument::Say(say) => say.in_language(language),
            Argument::System(text) if language == Language::Chinese => errors::system(text),
            Argument::System(text) => text.clone(),
        }
    }
}

/// A template with its placeholders filled in: `{}` is the next argument, `{1}` the second one; `{{` and `}}` are braces.
fn filled(template: &str, arguments: &[String]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let (number, after) = after.split_once('}').unwrap_or((after, ""));
        let number = number.parse().unwrap_or_else(|_| {
            next += 1;
            next - 1
        });
        out.push_str(arguments.get(number).map_or("", String::as_str));
        rest = after;
    }
    out + rest
}

impl fmt::Display for Say {
    /// In English, whatever was chosen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::English))
    }
}

impl From<Say> for Argument {
    fn from(say: Say) -> Argument {
        Argument::Say(say)
    }
}

impl From<&Say> for Argument {
    fn from(say: &Say) -> Argument {
        Argument::Say(say.clone())
    }
}

impl From<&io::Error> for Argument {
    fn from(error: &io::Error) -> Argument {
        Argument::System(error.to_string())
    }
}

macro_rules! text {
    ($($type:ty),*) => { $(
        impl From<$type> for Argument {
            fn from(text: $type) -> Argument {
                Argument::Text(text.to_string())
            }
        }
    )* };
}

text!(&str, String, &String, usize, u64, u32, i32, f64);

/// A sentence from a template in English and what its `{}` stand for: [`Say`], text, or numbers.
#[macro_export]
macro_rules! say {
    ($template:literal $(, $argument:expr)* $(,)?) => {{
        // The compiler counts the placeholders.
        let _ = format_args!($template $(, stringify!($argument))*);
        $crate::words::Say::new($template, vec![$($argument.into()),*])
    }};
}

/// [`say!`](crate::say) of a number of things: one template for one of them, and one in which `{}` is their number.
#[macro_export]
macro_rules! many {
    ($count:expr, $one:literal, $more:literal) => {{
        let count = $count;
        if count == 1 { $crate::say!($one) } else { $crate::say!($more, count) }
    }};
}

/// A text that is kept as it is, to be translated where it is told ([`told`]).
#[macro_export]
macro_rules! key {
    ($text:literal) => {
        $text
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_says_which_language() {
        let of = |set: &[(&str, &str)]| {
            Language::of_locale(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string()))
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "zh"), ("LANG", "en_US.UTF-8")]), Language::Chinese);
        for english in
            [&[("LANG", "C.UTF-8")][..], &[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], &[("LANG", "zhx")], &[]]
        {
            assert_eq!(of(english), Language::English, "{english:?}");
        }
    }

    #[test]
    fn what_the_system_answers_is_translated_and_what_a_program_prints_is_not() {
        let none = io::Error::from_raw_os_error(2);
        let said = say!("cannot read {}: {}", "No such file or directory (os error 2)", &none);
        assert_eq!(
            said.in_language(Language::Chinese),
            "读不了 No such file or directory (os error 2)：没有这个文件或目录 (os error 2)"
        );
        assert_eq!(
            said.to_string(),
            "cannot read No such file or directory (os error 2): No such file or directory (os error 2)"
        );
    }

    #[test]
    fn arguments_may_change_places() {
        let arguments = ["a".to_owned(), "b".to_owned()];
        assert_eq!(filled("{} before {}", &arguments), "a before b");
        assert_eq!(filled("{1} 先于 {0}", &arguments), "b 先于 a");
        assert_eq!(filled("{{{}}}, {{", &arguments), "{a}, {");
        let nested = say!("it was stopped: {}", say!("its time was up"));
        assert_eq!(nested.to_string(), "it was stopped: its time was up");
    }
}
