//! `--lang`: the language in which reports, errors and help are.

use std::env;
use std::ffi::OsString;

use clap::builder::{PossibleValue, Resettable};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};
use interleave_claims::words::{self, Language, Say, told};
use interleave_claims::{key, say};

use crate::screen;

/// The argument.
pub fn argument() -> Arg {
    Arg::new("lang")
        .long("lang")
        .value_name("LANGUAGE")
        .value_parser([PossibleValue::new("en"), PossibleValue::new("zh").aliases(["zh-CN", "zh_CN"])])
        .hide_possible_values(true)
        .help("The language of reports, errors and help: en or zh [default: what LC_ALL, LC_MESSAGES or LANG says]")
}

/// Chooses what the arguments ask for, and otherwise what the environment says. Help and errors need it before the arguments are
/// read, so that they are only looked through here; what is wrong with them is told later.
pub fn choose() {
    let words: Vec<OsString> = env::args_os().skip(1).take_while(|word| word != "--").collect();
    let given = words.iter().enumerate().filter_map(|(index, word)| match word.to_str()?.strip_prefix("--lang")? {
        "" => words.get(index + 1)?.to_str(),
        value => value.strip_prefix('='),
    });
    let given = given.filter_map(Language::named).next_back();
    words::choose(given.unwrap_or_else(|| Language::of_locale(|name| env::var(name).ok())));
}

/// A verb with its help in the chosen language, and with `--lang` if it has none.
pub fn translated(verb: Command) -> Command {
    // `grade` has one of its own: the pages that it writes may be in both.
    let needs_one = !verb.has_subcommands() && verb.get_arguments().all(|it| it.get_id() != "lang");
    let verb = if needs_one { verb.arg(argument()) } else { verb };
    if words::chosen() == Language::English {
        return verb;
    }
    let about = verb.get_about().map(|about| told(&about.to_string()).to_owned());
    // Clap would say these in English.
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(key!("Print help"));
    let mut verb = verb.disable_help_flag(true).arg(help).subcommand_help_heading(told(key!("Commands")));
    if verb.get_version().is_some() {
        let version =
            Arg::new("version").short('V').long("version").action(ArgAction::Version).help(key!("Print version"));
        verb = verb.disable_version_flag(true).arg(version);
    }
    let verb =
        verb.help_template(told(key!("{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}")).to_owned());
    verb.about(about.map_or(Resettable::Reset, |about| Resettable::Value(about.into())))
        // Under a heading of their own they would come in the order of their names.
        .mut_args({
            let mut orders = 0..;
            move |argument| in_words(argument).display_order(orders.next().unwrap_or(0))
        })
}

fn in_words(argument: Arg) -> Arg {
    let heading = told(if argument.is_positional() { key!("Arguments") } else { key!("Options") });
    let mut help = argument.get_help().map(|help| told(&help.to_string()).to_owned()).unwrap_or_default();
    let usual: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !usual.is_empty() && argument.get_action().takes_values() {
        help += &say!(" [default: {}]", usual.join(" ")).told();
    }
    argument.help(help).help_heading(heading).hide_default_value(true).hide_possible_values(true)
}

/// Tells what is wrong with the arguments, or the help or version that they ask for, and ends this process.
pub fn complain(error: &Error) -> ! {
    let is_asked_for = !error.use_stderr();
    let Some(what) = wrong(error).filter(|_| !is_asked_for && words::chosen() != Language::English) else {
        error.exit()
    };
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let usage = usage.trim().strip_prefix("Usage:").map(|usage| say!("\n\nUsage: {}", usage.trim()).told());
    let more = told(key!("For more information, try '--help'."));
    screen::complain(&format!("{}{}\n\n{more}", say!("error: {}", what).told(), usage.unwrap_or_default()));
    std::process::exit(error.exit_code())
}

/// What is wrong, as far as there are words for it.
fn wrong(error: &Error) -> Option<Say> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = || text(ContextKind::InvalidArg).unwrap_or_default();
    let similar = |kind| text(kind).map_or_else(|| say!(""), |known| say!("; did you mean `{}`?", known));
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            say!("unexpected argument '{}'{}", argument(), similar(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let verb = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            say!("unrecognized subcommand '{}'{}", verb, similar(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingRequiredArgument => say!("these required arguments are missing: {}", argument()),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg).unwrap_or_default();
            say!("the argument '{}' cannot be used with '{}'", argument(), other)
        }
        ErrorKind::InvalidValue => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let valid = text(ContextKind::ValidValue).map_or_else(|| say!(""), |valid| say!("; these are: {}", valid));
            say!("'{}' is no value for '{}'{}", value, argument(), valid)
        }
        ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            say!("'{}' is no value for '{}': {}", value, argument(), why)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use interleave_claims::words::catalogue;
    use proc_macro2::{TokenStream, TokenTree};

    use crate::{CourseFolder, Front};

    /// Where templates are.
    const SOURCES: [&str; 7] = [
        "../claims/src",
        "../exercises/src",
        "../interleave/src/sandbox",
        "../pictures/src",
        "../play/src",
        "src",
        "../../xtask/src",
    ];

    /// The templates of `say!`, `many!` and `key!` in Rust.
    fn templates(tokens: TokenStream, found: &mut BTreeSet<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let macros = match tokens[..index] {
                [.., TokenTree::Ident(ref name), TokenTree::Punct(ref mark)] if mark.as_char() == '!' => {
                    name.to_string()
                }
                _ => String::new(),
            };
            let literals = group.stream().into_iter().filter_map(|token| match token {
                TokenTree::Literal(literal) => syn::parse_str::<syn::LitStr>(&literal.to_string()).ok(),
                _ => None,
            });
            match macros.as_str() {
                "say" | "key" => found.extend(literals.take(1).map(|literal| literal.value())),
                "many" => found.extend(literals.map(|literal| literal.value())),
                _ => {}
            }
            templates(group.stream(), found);
        }
    }

    fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder of the sources is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// All that help says, of `interleave` and of `cargo xtask`.
    fn help() -> BTreeSet<String> {
        let course = CourseFolder { root: PathBuf::new(), build: |_, _| unreachable!("nothing is built") };
        let fronts =
            [Front { command: "interleave", course: None }, Front { command: "cargo xtask", course: Some(course) }];
        let mut found = BTreeSet::new();
        for front in &fronts {
            for verb in crate::verbs(front).into_iter() {
                let inner = verb.get_subcommands().cloned();
                for verb in inner.chain([verb.clone()]) {
                    found.extend(verb.get_about().map(ToString::to_string));
                    found.extend(verb.get_arguments().filter_map(|it| it.get_help()).map(ToString::to_string));
                }
            }
            found.extend([crate::about(front).to_owned()]);
        }
        found.insert(super::argument().get_help().expect("it has help").to_string());
        found.insert(crate::EXIT_STATUS.to_owned());
        #[cfg(feature = "grade")]
        found.insert(crate::grade::EXIT_STATUS.to_owned());
        found
    }

    fn all() -> BTreeSet<String> {
        let mut files = Vec::new();
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        SOURCES.iter().for_each(|folder| rust_files(&package.join(folder), &mut files));
        let mut found = help();
        for file in files {
            let text = fs::read_to_string(&file).expect("it can be read");
            // What tests say needs no translation.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            templates(text.parse().expect("it is Rust"), &mut found);
        }
        // What has no word in it is the same in every language.
        found.retain(|text| text.replace("{}", "").contains(char::is_alphabetic));
        found
    }

    /// The placeholders of a template, by number.
    fn placeholders(template: &str) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let plain = template.replace("{{", "").replace("}}", "");
        let mut next = 0;
        for piece in plain.split('{').skip(1) {
            let number = piece.split('}').next().unwrap_or_default();
            match number.parse() {
                Ok(number) => drop(found.insert(number)),
                Err(_) => {
                    found.insert(next);
                    next += 1;
                }
            }
        }
        found
    }

    #[test]
    fn everything_is_there_in_chinese() {
        let missing: Vec<String> = all().into_iter().filter(|text| !catalogue().contains_key(text)).collect();
        let missing: Vec<String> = missing.iter().map(|text| format!("{text:?} = \"\"")).collect();
        assert!(missing.is_empty(), "crates/claims/src/words/zh-CN.toml lacks:\n{}", missing.join("\n"));
    }

    #[test]
    fn nothing_is_translated_that_is_not_said_any_more() {
        let said = all();
        // In a template that has braces, or none, the neutral ones may be translated too: marks of punctuation.
        let stale: Vec<&String> =
            catalogue().keys().filter(|key| !said.contains(*key) && key.contains(char::is_alphabetic)).collect();
        assert!(stale.is_empty(), "crates/claims/src/words/zh-CN.toml has what nobody says: {stale:#?}");
    }

    #[test]
    fn translations_have_the_same_placeholders() {
        for (english, chinese) in catalogue() {
            assert_eq!(placeholders(english), placeholders(chinese), "{english} = {chinese}");
        }
    }
}
