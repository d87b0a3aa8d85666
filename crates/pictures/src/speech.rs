//! In which language pictures speak. Their own is English; whoever has another one lends it, for the whole process.

use std::sync::{PoisonError, RwLock};

use interleave::explore::{Deed, Form, Wait};
use interleave::outcome::Ending;
use interleave::trace::{End, Fault};

/// A language, by what it makes of templates in English and of the engine's facts.
#[derive(Debug, Clone, Copy)]
pub struct Speech {
    /// As the attribute `lang` of HTML calls it.
    pub code: &'static str,
    /// A template, with as many `{}` (or `{0}`, `{1}`, …) as in English.
    pub template: fn(&'static str) -> &'static str,
    /// What is done in a step.
    pub deed: fn(&Deed, Form) -> String,
    /// How a process ended, as it goes on after its name.
    pub end: fn(End) -> String,
    /// What a process waits for, as it goes on after its name.
    pub waits: fn(&Wait) -> String,
    /// How a run ended.
    pub ending: fn(Ending) -> String,
    /// What is wrong with output that is no line of text.
    pub fault: fn(Fault) -> String,
}

static SPOKEN: RwLock<Speech> = RwLock::new(Speech::ENGLISH);

/// Lets all pictures that are made and drawn from now on speak this language.
pub fn speak(speech: Speech) {
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = speech;
}

impl Speech {
    /// The pictures' own language.
    pub const ENGLISH: Speech = Speech {
        code: "en",
        template: |template| template,
        deed: |deed, form| deed.words(form),
        end: |end| end.to_string(),
        waits: |wait| wait.to_string(),
        ending: |ending| ending.to_string(),
        fault: |fault| fault.to_string(),
    };
}

/// The language that is spoken.
pub(crate) fn speech() -> Speech {
    *SPOKEN.read().unwrap_or_else(PoisonError::into_inner)
}

/// A template in the language that is spoken, with its placeholders filled in.
pub(crate) fn filled(template: &'static str, arguments: &[String]) -> String {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = (speech().template)(template);
    while let Some((before, after)) = rest.split_once('{') {
        let (number, after) = after.split_once('}').unwrap_or(("", after));
        out += before;
        let number = number.parse().unwrap_or_else(|_| {
            next += 1;
            next - 1
        });
        out += arguments.get(number).map_or("", String::as_str);
        rest = after;
    }
    out + rest
}

/// A sentence, or a part of one, in the language that is spoken.
macro_rules! say {
    ($template:literal $(, $argument:expr)* $(,)?) => {{
        // The compiler counts the placeholders.
        let _ = format_args!($template $(, stringify!($argument))*);
        $crate::speech::filled($template, &[$($argument.to_string()),*])
    }};
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(say!("{} writes {}", "a", 7), "a writes 7");
        assert_eq!(super::filled("{1} of {0}", &["all".to_owned(), "some".to_owned()]), "some of all");
    }
}
