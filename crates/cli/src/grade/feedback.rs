//! The page that is for who handed something in.

use std::fmt::Write;

use interleave_claims::report::printable::printable;

use super::grades::{Grade, Grades, Status, Verdict};

/// A page in Markdown: what is wrong first, a run that shows it, how to see that again, and what was right.
pub fn page(grades: &Grades, grade: &Grade) -> String {
    let mut out = format!("# {}: ", plain(grade.who()));
    match grade.status {
        Status::Unjudged => out += "not judged yet\n",
        _ => _ = writeln!(out, "{} of {} points", grade.points, grades.max),
    }
    if grade.late {
        out += "\nIt was handed in after the deadline.\n";
    }
    if let Some(cause) = &grade.cause {
        let _ = writeln!(out, "\n## What is wrong first\n\n{}", plain(cause));
    }
    if let Some(explored) = &grade.explored {
        let _ = writeln!(out, "\nWhat was looked at: {}.", plain(explored));
    }
    if grade.cause.is_some() && !grade.story.is_empty() {
        let what = if grade.status == Status::NotBuilt { "What the builder said" } else { "What was found" };
        let _ = writeln!(out, "\n## {what}\n\n{}", block(&grade.story));
    }
    let replay = grade.claims.iter().any(|claim| claim.schedule.is_some());
    if replay {
        let commands = grade.commands.join("\n");
        let _ = writeln!(
            out,
            "## See it again\n\nIn the folder of your program, build it; then run the `replay` that stands above. It runs your \
             program in just the order that fails, each time.\n\n{}",
            block(&commands)
        );
    }
    let right: Vec<_> = grade.claims.iter().filter(|claim| claim.verdict == Verdict::Holds).collect();
    if !right.is_empty() {
        out += "\n## What was right\n\n";
        for claim in right {
            let _ = writeln!(out, "- {} ({} of {})", plain(&claim.says), claim.points, claim.max);
        }
    }
    let lost: Vec<_> = grade.claims.iter().filter(|claim| claim.verdict != Verdict::Holds).collect();
    if !lost.is_empty() {
        out += "\n## What was not\n\n";
        for claim in lost {
            let why = claim.why.as_deref().map(|why| format!(": {}", plain(why))).unwrap_or_default();
            let _ = writeln!(out, "- {} (0 of {}; {}){why}", plain(&claim.says), claim.max, claim.verdict.words());
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
fn block(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}
