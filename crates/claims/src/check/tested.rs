//! Whether a run could have broken a claim that it does not break.
//!
//! Whoever prints nothing breaks no order, and whoever plays all roles in one process starts no process too many. That is
//! right for notes, where another claim fails then; but it is nothing to be rewarded for.

use std::collections::BTreeSet;

use super::reading::Reading;
use super::rules::one_role_each;
use super::ruling::Ruling;
use crate::notes::claims::{Claims, Item, Line, Rule};

/// Whether what the claim speaks of happened in this run, done by as many processes as the claim speaks of roles.
pub fn tests(rule: &Rule, reading: &Reading) -> bool {
    let came = |line: &Line| !reading.lines(line).is_empty();
    let happened = match rule {
        Rule::Order(items) => items.iter().all(|item| !reading.occurrences(item).is_empty()),
        Rule::Either(one, other) => [one, other].iter().all(|item| !reading.occurrences(item).is_empty()),
        // Of a line that may be left out, that it is never printed too often says something of those that print the others.
        Rule::Count { times, of } if times.min == 0 => of.iter().any(came) || all_roles_are_played(reading),
        Rule::Count { of, .. } => of.iter().any(came),
        Rule::AtMost { open, .. } | Rule::AtOnce { open, .. } => came(open),
        Rule::Same { lines, .. } => lines.iter().map(|line| reading.lines(line).len()).sum::<usize>() > 1,
        Rule::AtLeast { from, to, .. } | Rule::DidWork { from, to, .. } => came(from) && came(to),
        Rule::Value { lines, .. } | Rule::TellsEnds(lines) => lines.iter().any(came),
        Rule::Reaped { before, .. } | Rule::Told { before, .. } => came(before),
        Rule::Threads(roles) => roles.iter().all(|(role, _)| reading.roles.values().any(|played| played == role)),
        Rule::StartedBy(pairs) => {
            let is_played = |role: usize| reading.roles.values().any(|&played| played == role);
            pairs.iter().all(|&(child, parent)| is_played(child) && is_played(parent))
        }
        Rule::Never(_) | Rule::Processes(_) | Rule::SharesNoMemory | Rule::Interleavings(_) => {
            all_roles_are_played(reading)
        }
    };
    happened && (roles(rule, reading.claims).len() < 2 || !matches!(one_role_each(reading), Ruling::Broken(_)))
}

/// Whether each role of the notes has a process of its own that printed a line of it. So much has to be there before
/// anything can be said of a program as a whole, such as that it ends well.
pub fn all_roles_are_played(reading: &Reading) -> bool {
    let played: BTreeSet<usize> = reading.roles.values().copied().collect();
    (0..reading.claims.roles.len()).all(|role| reading.claims.roles[role].lines.is_empty() || played.contains(&role))
}

/// The roles that a claim speaks of.
fn roles(rule: &Rule, claims: &Claims) -> BTreeSet<usize> {
    let role = |item: &Item| match item {
        Item::Line(line) => line.role,
        Item::Exit(role) => *role,
    };
    match rule {
        Rule::Order(items) => items.iter().map(role).collect(),
        Rule::Either(one, other) => [role(one), role(other)].into(),
        Rule::Count { of: lines, .. }
        | Rule::Same { lines, .. }
        | Rule::Value { lines, .. }
        | Rule::TellsEnds(lines) => lines.iter().map(|line| line.role).collect(),
        Rule::StartedBy(pairs) => pairs.iter().flat_map(|&(child, parent)| [child, parent]).collect(),
        Rule::Reaped { before, .. } => [before.role].into(),
        Rule::Threads(of) => of.iter().map(|(role, _)| *role).collect(),
        Rule::Told { by, before, .. } => by.iter().copied().chain([before.role]).collect(),
        Rule::AtMost { open: one, close: other, .. }
        | Rule::AtOnce { open: one, close: other, .. }
        | Rule::AtLeast { from: one, to: other, .. }
        | Rule::DidWork { from: one, to: other, .. } => [one.role, other.role].into(),
        Rule::Never(_) | Rule::Processes(_) | Rule::SharesNoMemory | Rule::Interleavings(_) => {
            (0..claims.roles.len()).collect()
        }
    }
}
