//! `doctor`: what this machine offers, and what verdicts lack for want of the rest.

use clap::{ArgMatches, Command};
use interleave::sandbox::{Finding, Isolation, Options, Worlds, doctor};
use interleave_claims::report::printable::json;
use interleave_claims::report::{Status, VERSION};
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
    let widest = findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { what, offered, detail, serves, .. } in &findings {
        let mark = if *offered { "✓" } else { "✗" };
        text += &format!("{mark} {what:widest$}  {serves}\n");
        if !detail.is_empty() {
            text += &format!("  {:widest$}  ({detail})\n", "");
        }
    }
    text += &format!("\nA run is kept apart by: {}\n", name(worlds.isolation()));
    if let Some(why) = worlds.refused() {
        text += &format!("  and not by namespaces: {why}\n");
    }
    text += if missing.is_empty() { "Verdicts lack nothing.\n" } else { "What verdicts lack:\n" };
    for words in missing {
        text += &format!("  – {}\n", screen::wrap(words, 74).replace('\n', "\n    "));
    }
    screen::print(&text);
    Ok(status)
}

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
