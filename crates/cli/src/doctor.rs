//! `doctor`: what this machine offers, and what verdicts lack for want of the rest.

use clap::{ArgMatches, Command};
use interleave::sandbox::{Finding, Isolation, Options, Worlds, doctor};
use interleave_claims::report::printable::json;
use interleave_claims::report::{Status, VERSION};
use interleave_claims::words::{told, width};
use interleave_claims::{key, say};
use serde::Serialize;

use crate::{Refusal, screen};

pub fn command() -> Command {
    Command::new("doctor")
        .about(
            "Say what this machine offers of what runs and explorations stand on, and what verdicts lack for want of the rest: exit \
             status 3 if there is any such thing",
        )
        .arg(crate::json_flag())
}

pub fn run(arguments: &ArgMatches) -> Result<Status, Refusal> {
    // We have one thread so far, as both need.
    let findings = doctor();
    let worlds = Worlds::open(&Options::for_command(&[])?)?;
    let without = findings.iter().filter(|finding| !finding.offered && !finding.without.is_empty());
    let missing: Vec<&str> = worlds.missing().iter().copied().chain(without.map(|finding| finding.without)).collect();
    let status = if missing.is_empty() { Status::Holds } else { Status::Partly };
    if arguments.get_flag("json") {
        let whole = Whole {
            version: VERSION,
            verdict: status.name(),
            isolation: name(worlds.isolation()),
            refused: worlds.refused(),
            missing,
            offers: findings.iter().map(Offer::new).collect(),
        };
        screen::print(&(json(&whole)? + "\n"));
        return Ok(status);
    }
    let widest = findings.iter().map(|finding| width(told(finding.what))).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { what, offered, detail, serves, .. } in &findings {
        let mark = if *offered { "✓" } else { "✗" };
        let (what, serves) = (told(what), told(serves));
        text += &format!("{mark} {what}{:1$}  {serves}\n", "", widest - width(what));
        if !detail.is_empty() {
            text += &format!("  {:widest$}  ({detail})\n", "");
        }
    }
    text += &format!("\n{}\n", say!("A run is kept apart by: {}", in_words(worlds.isolation())).told());
    if let Some(why) = worlds.refused() {
        text += &format!("  {}\n", say!("and not by namespaces: {}", why).told());
    }
    text += told(if missing.is_empty() { key!("Verdicts lack nothing.") } else { key!("What verdicts lack:") });
    text.push('\n');
    for words in missing {
        text += &format!("  – {}\n", screen::wrap(told(words), 74).replace('\n', "\n    "));
    }
    screen::print(&text);
    Ok(status)
}

fn in_words(isolation: Isolation) -> &'static str {
    told(match isolation {
        Isolation::Namespaces => key!("namespaces"),
        Isolation::Landlock => "Landlock",
        Isolation::None => key!("nothing at all"),
    })
}

/// As JSON has it.
fn name(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Namespaces => "namespaces",
        Isolation::Landlock => "Landlock",
        Isolation::None => "nothing",
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    verdict: &'static str,
    isolation: &'static str,
    refused: Option<&'a str>,
    missing: Vec<&'a str>,
    offers: Vec<Offer<'a>>,
}

#[derive(Serialize)]
struct Offer<'a> {
    what: &'a str,
    offered: bool,
    detail: &'a str,
    serves: &'a str,
}

impl Offer<'_> {
    fn new(finding: &Finding) -> Offer<'_> {
        let Finding { what, offered, detail, serves, .. } = finding;
        Offer { what, offered: *offered, detail, serves }
    }
}
