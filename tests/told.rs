//! What a process was told, by whom and through what: whatever two processes can share, the claim `told` does not deny that something came
//! through it; and who only waits, or looks, was told nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::hostile::interleave;

/// Ways to tell somebody something: what was told, what a claim may add to that, and whether it is so.
const WAYS: &[(&str, &str, bool)] = &[
    ("by_pipe", DATA, true),
    ("by_pair", DATA, true),
    ("by_messages", DATA, true),
    ("after_its_end", DATA, true),
    ("without_waiting", DATA, true),
    ("among_others", DATA, true),
    ("by_fifo", DATA, true),
    ("by_file", DATA, true),
    ("by_name_of_file", DATA, true),
    ("by_memory", DATA, true),
    ("by_mapped_file", DATA, true),
    ("by_queue", DATA, true),
    ("by_counter", DATA, true),
    ("by_socket", DATA, true),
    ("by_tcp", DATA, true),
    ("by_somebody_between", DATA, true),
    ("by_nothing", DATA, false),
    ("by_its_end", DATA, false),
    ("by_itself", DATA, false),
    ("not_read", DATA, false),
    ("only_looked_at", DATA, false),
    ("the_other_way", DATA, false),
    ("by_another", DATA, false),
    ("by_signal", SIGNAL, true),
    ("by_awaited_signal", SIGNAL, true),
    ("by_signalfd", SIGNAL, true),
    ("ignored", SIGNAL, false),
    ("pending", SIGNAL, false),
    ("raised", SIGNAL, false),
    ("of_pipe", END, true),
    ("of_pair", END, true),
    ("of_tcp", END, true),
    ("not_the_end", END, false),
    ("by_nothing", END, false),
    ("broken_pipe", BROKEN, true),
    ("broken_pair", BROKEN, true),
    ("whole_pipe", BROKEN, false),
    ("of_pipe", BROKEN, false),
];

const DATA: &str = "told = \"data\"\nby = \"child\"";
const SIGNAL: &str = "told = \"SIGUSR1\"\nby = \"child\"";
const END: &str = "told = \"end of file\"";
const BROKEN: &str = "told = \"EPIPE\"";

#[test]
fn what_was_told_is_asked_of_the_kernel() {
    let folder = TempDir::new().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/tellers.c");
    let mut cc = std::process::Command::new("cc");
    let built = cc.args(["-Wall", "-Wextra", "-O1", "-o"]).arg(folder.path().join("tellers")).arg(source).status();
    if !built.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this system has no C compiler");
        return;
    }
    let mut notes = String::new();
    for (number, (name, told, _)) in WAYS.iter().enumerate() {
        notes += &format!(
            "```toml claims\n[program]\nrun = \"./tellers {name}\"\nname = \"{number}\"\n[lines]\nchild = [\"child\"]\nparent = [\"parent\"]\n\
             [[claim]]\nsays = \"it was told\"\n{told}\nbefore = \"parent\"\n```\n\n"
        );
    }
    fs::write(folder.path().join("NOTES.md"), notes).unwrap();
    let assert = interleave(folder.path(), &["verify", "NOTES.md", "--json"]);
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let programs = report["lessons"].as_array().unwrap();
    assert_eq!(programs.len(), WAYS.len());
    let wrong: Vec<String> = WAYS
        .iter()
        .zip(programs)
        .filter_map(|((name, told, is_so), program)| {
            let claims = program["claims"].as_array().unwrap();
            let broken: Vec<&str> = claims
                .iter()
                .filter(|claim| claim["verdict"] == "fail")
                .filter_map(|claim| claim["says"].as_str())
                .collect();
            let expected: &[&str] = if *is_so { &[] } else { &["it was told"] };
            (broken != expected).then(|| format!("{name}, {told:?}: breaks {broken:?}: {program}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
