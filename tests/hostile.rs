//! Hostile programs, judged as a stranger's submission is: what each is to hear. Whatever it tries, the verdict is about what it does, the
//! judge goes on, nothing that a terminal obeys gets through, and nothing remains.
//!
//! `record.rs` looks at what is recorded of such programs; here are the verdicts, of live runs and explorations together.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// What those who cheat want to pass for.
const ERRAND: &str = r#"
```toml claims
[program]
name = "errand"
run  = "./errand"

[lines]
parent = ["parent waits", "parent goes on"]
child  = ["child is done"]

[[claim]]
says      = "one child is started"
processes = { parent = 1, child = 1 }

[[claim]]
says  = "the parent waits for the child"
order = ["child is done", "parent goes on"]
```
"#;

/// What those who attack say if they got nothing.
const ATTACK: &str = r#"
```toml claims
[program]
name = "attack"
run  = "./attack"

[lines]
attacker = ["refused"]

[[claim]]
says      = "the attack is refused"
processes = { attacker = 1 }
```
"#;

/// Claims, some of which go without saying.
const LINES: &str = "it prints whole lines of text, and only lines that the notes know";
const ENDS: &str = "every process ends by itself, the way the notes say";
const ROLE: &str = "each process plays one role";
const CHILD: &str = "one child is started";
const WAITS: &str = "the parent waits for the child";

const HOLDS: i32 = 0;
const FAILS: i32 = 1;
/// It does one thing when it is explored and another in real time.
const UNJUDGED: i32 = 2;

/// A program of `cheats.py`, the verdict (an exit status), and which claims are broken.
const CHEATS: &[(&str, i32, &[&str])] = &[
    ("honest", HOLDS, &[]),
    // One that plays all roles, or lets another one speak for it.
    ("plays_all_roles", FAILS, &[ROLE]),
    ("plays_all_roles_beside_a_silent_child", FAILS, &[ROLE]),
    ("lets_a_thread_play", FAILS, &[ROLE]),
    ("becomes_another_program", FAILS, &[ROLE]),
    ("lets_the_child_play_the_parent", FAILS, &[ROLE]),
    ("splices_what_the_child_wrote", FAILS, &[ROLE]),
    // Each role has its process, and it waits: that the child was told what to say no line can show.
    ("tells_the_child_what_to_say", HOLDS, &[]),
    ("writes_to_the_childs_descriptor", FAILS, &[ROLE]),
    ("takes_the_childs_descriptor", FAILS, &[ROLE]),
    ("is_sent_the_childs_descriptor", FAILS, &[ROLE]),
    ("sleeps_in_small_pieces", FAILS, &[WAITS]),
    ("signs_with_the_childs_id", FAILS, &[ROLE]),
    ("signs_from_a_namespace", FAILS, &[ROLE]),
    // Who writes what the judge is to write.
    ("prints_records", FAILS, &[LINES, WAITS]),
    ("prints_a_verdict", FAILS, &[LINES, WAITS]),
    ("writes_over_lines", FAILS, &[LINES, WAITS]),
    ("writes_to_the_recorder", FAILS, &[WAITS]),
    ("opens_its_output_again", FAILS, &[WAITS]),
    ("writes_in_the_background", FAILS, &[WAITS]),
    ("shuts_its_output_in_the_end", HOLDS, &[]),
    // Who behaves while being watched. By the filter nobody can tell: whoever asks for it behaves in real time as well.
    ("behaves_under_a_filter", HOLDS, &[]),
    ("behaves_under_two_filters", FAILS, &[WAITS]),
    ("behaves_without_a_filter", FAILS, &[WAITS]),
    ("behaves_without_a_parent", FAILS, &[WAITS]),
    ("behaves_if_the_system_shows_no_parent", UNJUDGED, &[WAITS]),
    ("behaves_if_time_stands_still", UNJUDGED, &[WAITS]),
    ("behaves_if_a_sleep_is_exact", UNJUDGED, &[WAITS]),
    ("behaves_if_told_by_the_environment", FAILS, &[WAITS]),
    ("behaves_the_second_time", FAILS, &[WAITS]),
    ("behaves_the_second_time_by_its_output", FAILS, &[WAITS]),
    ("behaves_where_addresses_are_fixed", HOLDS, &[]),
    ("behaves_if_nobody_else_is_there", FAILS, &[WAITS]),
    // Who harms the judge, and runs no errand.
    ("takes_the_judges_time", FAILS, &[WAITS]),
    ("kills_its_group", FAILS, &[ENDS, WAITS]),
    ("kills_the_judge", FAILS, &[WAITS]),
    ("stops_the_judge_by_a_descriptor", FAILS, &[WAITS]),
    ("kills_all", FAILS, &[WAITS]),
    ("traces_its_parent", FAILS, &[WAITS]),
    ("stops_itself", FAILS, &[ENDS, CHILD, WAITS]),
    ("has_its_own_filter", FAILS, &[WAITS]),
    ("has_no_descriptors", FAILS, &[WAITS]),
    ("closes_everything", FAILS, &[LINES, CHILD, WAITS]),
    ("types_into_the_terminal", FAILS, &[WAITS]),
    // Who leaves something behind, or uses everything up.
    ("outlives_the_run", FAILS, &[ENDS]),
    ("gives_its_child_away", FAILS, &[WAITS]),
    ("fills_the_disk", FAILS, &[WAITS]),
    ("works_for_ever", FAILS, &[ENDS, WAITS]),
    ("starts_processes_without_end", FAILS, &[ROLE]),
    ("prints_without_end", FAILS, &[ENDS, WAITS]),
    // Whose words do more than to be read.
    ("has_a_name_that_a_terminal_obeys", FAILS, &[ENDS, WAITS]),
    ("prints_what_turns_text_around", FAILS, &[LINES, CHILD, WAITS]),
    ("prints_what_is_no_text", FAILS, &[LINES, WAITS]),
    ("ends_in_the_middle", FAILS, &[LINES, WAITS]),
    ("leaves_a_line_of_the_child_unfinished", FAILS, &[LINES, CHILD, WAITS]),
    ("kills_the_child_in_mid_line", FAILS, &[LINES, CHILD, WAITS]),
    ("dies_after_the_last_line", FAILS, &[ENDS]),
    ("changes_the_notes", FAILS, &[WAITS]),
];

/// Attacks of `attacks.py` and their arguments. All are refused, live and explored.
const ATTACKS: &[&[&str]] = &[
    &["writes_to_descriptors"],
    &["steals_descriptors"],
    &["looks_into"],
    &["changes_root"],
    &["traces"],
    &["stops"],
    &["kills"],
    &["kills_all"],
    &["limits"],
    &["uses_keys"],
    &["leaves_files", "left"],
    &["leaves_system_v_objects", "1073741999"],
    &["writes_to_the_system"],
    &["changes_the_judges_files", concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/claims.md")],
    &["chooses_ids"],
    &["makes_devices"],
    &["makes_namespaces"],
    &["mounts"],
    &["connects", "22", "nobody"],
    &["uses_up_memory"],
    &["uses_up_disk", "large"],
    &["gets_privileges"],
];

/// Programs that run no errand at all, live only: what they do is no secret, and some of it takes its time.
const OTHERS: &[(&str, &[&str])] = &[
    ("bad_utf8.sh", &[LINES, CHILD, WAITS]),
    ("closes_stdout.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("daemon.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("endless_line.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("flood.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("ignores_signals.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("killed.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("long_line.sh", &[LINES, CHILD, WAITS]),
    ("made_up_pids.sh", &[LINES, CHILD, WAITS]),
    ("no_newline.sh", &[LINES, CHILD, WAITS]),
    ("stopped.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("three_generations.sh", &[LINES, ENDS, CHILD, WAITS]),
    ("first_thread_ends.py", &[LINES, ENDS, CHILD, WAITS]),
];

/// Who prints what the notes of isolation_demo want to see, but shares memory; and by what.
const SHARERS: &[(&str, &str)] = &[
    ("shares_anonymous_memory", "memory without a name, mapped with MAP_SHARED"),
    ("shares_a_file_in_memory", "/memfd:num (deleted), mapped with MAP_SHARED"),
    ("shares_a_file", "/num, mapped with MAP_SHARED"),
    ("shares_a_segment", "a segment of System V's shared memory"),
    ("shares_what_it_may_not_write_yet", "memory without a name, mapped with MAP_SHARED"),
    ("meets_in_a_file", "/num, mapped with MAP_SHARED"),
    ("writes_into_its_parent", "what process_vm_writev reaches of the other one"),
    ("works_where_it_borrows", "one address space"),
    ("is_a_process_and_a_thread", "one address space"),
];

/// Who shares none, though it asks for what others share.
const OWNERS: &[&str] = &["isolated", "maps_a_file_for_itself", "maps_a_file_to_read", "keeps_its_memory_to_itself"];

/// The claims of the two lessons that are about what the kernel knows.
const SHARES: &str = "parent and child share no memory";
const WORKS: &str = "the worker itself does the task: it works for a second, and does not just wait for what to print";

/// A judgement that is to be tried.
struct Case {
    name: String,
    notes: &'static str,
    command: Vec<String>,
    /// Live only, if what it does takes long.
    live: bool,
    /// Nothing else is broken. That cannot be said of what is stopped at a limit, which comes when it comes.
    exact: bool,
    status: i32,
    broken: Vec<&'static str>,
}

fn cases() -> Vec<Case> {
    let file = |file: &str| -> String {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/programs/hostile", file].iter().collect();
        path.canonicalize().unwrap().to_str().unwrap().to_owned()
    };
    let python = |script: &str, arguments: &[&str]| {
        ["python3".to_owned(), file(script)].into_iter().chain(arguments.iter().map(|&word| word.to_owned())).collect()
    };
    let mut cases = Vec::new();
    for &(name, status, broken) in CHEATS {
        let live = ["outlives_the_run", "works_for_ever"].contains(&name);
        let exact = !live && name != "starts_processes_without_end";
        let command = python("cheats.py", &[name]);
        cases.push(Case {
            name: name.to_owned(),
            notes: ERRAND,
            command,
            live,
            exact,
            status,
            broken: broken.to_vec(),
        });
    }
    for attack in ATTACKS {
        let command = python("attacks.py", attack);
        let (name, broken) = (attack[0].to_owned(), Vec::new());
        cases.push(Case { name, notes: ATTACK, command, live: false, exact: true, status: HOLDS, broken });
    }
    for &(name, broken) in OTHERS {
        let interpreter = if name.ends_with(".py") { "python3" } else { "sh" };
        let command = vec![interpreter.to_owned(), file(name)];
        cases.push(Case {
            name: name.to_owned(),
            notes: ERRAND,
            command,
            live: true,
            exact: false,
            status: FAILS,
            broken: broken.to_vec(),
        });
    }
    cases
}

/// PATH with the system's own folders in front: what may stand there in place of a Python is no Python.
fn path() -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = ["/usr/bin".into(), "/bin".into()].into_iter().chain(std::env::split_paths(&rest));
    std::env::join_paths(folders).unwrap()
}

pub(super) fn interleave(folder: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path())
        .timeout(std::time::Duration::from_secs(300))
        .assert()
}

/// Judges a program, explored for so long, and says what is not as it should be.
fn judge(case: &Case, time: &str) -> Result<(), String> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("NOTES.md"), case.notes).unwrap();
    let live: &[&str] = if case.live { &["--live", "--timeout", "2"] } else { &["--timeout", "60", "--time", time] };
    let command: Vec<&str> = case.command.iter().map(String::as_str).collect();
    let arguments = [&["verify", "NOTES.md", "--json"], live, &["--"], &command].concat();
    let assert = interleave(folder.path(), &arguments);
    let output = assert.get_output();
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    if let Some(hazard) = printed.chars().find(|&it| (it.is_control() && it != '\n') || "\u{2028}\u{202e}".contains(it))
    {
        return Err(format!("{hazard:?} was printed: {printed:?}"));
    }
    if output.status.code() != Some(case.status) {
        return Err(format!("{:?} instead of exit status {}: {printed}", output.status, case.status));
    }
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {printed}"))?;
    let claims = report["lessons"][0]["claims"].as_array().unwrap();
    let broken = claims.iter().filter(|claim| claim["verdict"] == "fail" || claim["verdict"] == "not_shown");
    let broken: Vec<&str> = broken.map(|claim| claim["says"].as_str().unwrap()).collect();
    let mut expected = case.broken.clone();
    // Both in the order of the report.
    expected.sort_by_key(|says| claims.iter().position(|claim| claim["says"] == *says));
    if case.exact && broken != expected || !expected.iter().all(|says| broken.contains(says)) {
        return Err(format!("it breaks {broken:?} and not {expected:?}"));
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    if left != ["NOTES.md"] || fs::read_to_string(folder.path().join("NOTES.md")).unwrap() != case.notes {
        return Err(format!("it has left or changed something: {left:?}"));
    }
    Ok(())
}

#[test]
fn each_hears_what_it_has_done() {
    let here = TempDir::new().unwrap();
    let doctor = interleave(here.path(), &["doctor", "--json"]);
    let doctor: Value = serde_json::from_slice(&doctor.get_output().stdout).unwrap();
    let python = std::process::Command::new("python3").arg("--version").env("PATH", path()).output();
    if doctor["isolation"] != "namespaces" || !python.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this system does not offer namespaces, or has no python3");
        return;
    }
    let cases = cases();
    assert!(cases.len() >= 40);
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // On a busy machine a second may not be enough for a single run.
                    if let Err(fault) = judge(case, "1s").or_else(|_| judge(case, "30s")) {
                        faults.lock().unwrap().push(format!("{}: {fault}", case.name));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// The program `impostors.c`, compiled into this folder, and the notes of a lesson whose default program it stands for; `None` where
/// there is no compiler.
fn impostors(folder: &Path) -> Option<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/hostile/impostors.c");
    let mut cc = std::process::Command::new("cc");
    let built = cc.args(["-Wall", "-Wextra", "-O1", "-o"]).arg(folder.join("impostors")).arg(source).status();
    built.is_ok_and(|status| status.success()).then(|| folder.join("impostors").to_str().unwrap().to_owned())
}

/// In place of a time to explore: it is run in real time only.
const LIVE: &str = "live";

/// Judges a program by the notes of a lesson: the exit status, and the broken claims, each with the reason.
fn judge_by(lesson: &str, time: &str, command: &[&str]) -> (Option<i32>, Vec<(String, String)>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let notes = root.join("crates").join(lesson).join("README.md");
    let folder = TempDir::new().unwrap();
    let notes = format!("{}/{lesson}", notes.to_str().unwrap());
    let how: &[&str] = if time == LIVE { &["--live"] } else { &["--time", time] };
    let arguments = [&["verify", &notes, "--json"], how, &["--"], command].concat();
    let assert = interleave(folder.path(), &arguments);
    let output = assert.get_output();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = |claim: &Value, name: &str| claim[name].as_str().unwrap_or_default().to_owned();
    let claims = report["lessons"][0]["claims"].as_array().unwrap();
    let broken = claims.iter().filter(|claim| claim["verdict"] == "fail");
    let broken = broken.map(|claim| (text(claim, "says"), text(&claim["evidence"], "why"))).collect();
    (output.status.code(), broken)
}

/// What printing cannot prove is asked of the kernel, and the cheats of two lessons fail by the claim that is about them.
#[test]
fn who_only_prints_what_is_wanted_is_found_out_by_the_kernel() {
    let folder = TempDir::new().unwrap();
    let Some(program) = impostors(folder.path()) else {
        eprintln!("skipped: this system has no C compiler");
        return;
    };
    for &(name, memory) in SHARERS {
        let (status, broken) = judge_by("isolation_demo", "60s", &[&program, name]);
        let [(says, why)] = broken.as_slice() else { panic!("{name} breaks {broken:?}") };
        assert!(status == Some(FAILS) && says == SHARES && why.contains(memory), "{name}: {status:?}, {says}: {why}");
    }
    for &name in OWNERS {
        assert_eq!(judge_by("isolation_demo", "60s", &[&program, name]), (Some(HOLDS), Vec::new()), "{name}");
    }
    let (status, broken) = judge_by("pool_demo", "60s", &[&program, "tells_its_helpers_what_to_say"]);
    let said: Vec<&str> = broken.iter().map(|(says, _)| says.as_str()).collect();
    assert_eq!((status, said), (Some(FAILS), vec![WORKS]));
    let (_, broken) = judge_by("pool_demo", LIVE, &[&program, "tells_its_helpers_what_to_say"]);
    assert_eq!(broken.iter().map(|(says, _)| says.as_str()).collect::<Vec<_>>(), [WORKS]);
    for name in ["sleeps_for_its_tasks", "waits_for_its_alarms"] {
        for how in ["3s", LIVE] {
            let (_, broken) = judge_by("pool_demo", how, &[&program, name]);
            assert!(broken.is_empty(), "{name} breaks {broken:?} ({how})");
        }
    }
}

/// Process ids are the same in every run, so that it is no feat to know them.
#[test]
fn whoever_knows_an_id_without_asking_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = interleave(folder.path(), &["doctor", "--json"]);
    let doctor: Value = serde_json::from_slice(&doctor.get_output().stdout).unwrap();
    if doctor["isolation"] != "namespaces" {
        eprintln!("skipped: this system does not offer namespaces");
        return;
    }
    let notes = r#"```toml claims
[program]
run = "./ids"
[lines]
parent = ["parent {pid}"]
child  = ["child {pid}"]
[[claim]]
says  = "the child comes first"
order = ["child {pid}", "parent {pid}"]
```
"#;
    fs::write(folder.path().join("NOTES.md"), notes).unwrap();
    let verdict = |script: &str| {
        let done = interleave(folder.path(), &["verify", "NOTES.md", "--json", "--", "sh", "-c", script]);
        let report: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
        let claims = report["lessons"][0]["claims"].as_array().unwrap().clone();
        let broken = claims.into_iter().filter(|claim| claim["verdict"] == "fail");
        let why = |claim: Value| claim["evidence"]["why"].as_str().unwrap().to_owned();
        (done.get_output().status.code().unwrap(), broken.map(why).collect::<Vec<_>>())
    };
    assert_eq!(verdict("sh -c 'echo child $$'; echo parent $$"), (HOLDS, Vec::new()));
    let (status, why) = verdict("sh -c 'echo child 3'; echo parent $$");
    assert!(status == FAILS && why.len() == 1 && why[0].ends_with("wrote a line that says it is process 3"), "{why:?}");
    let (status, why) = verdict("sh -c 'echo child $((PPID + 1))'; echo parent $$");
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut release = release.split(['.', '-']).map_while(|part| part.parse().ok());
    // Before that a world has as many ids as the machine, and the next one follows.
    let is_found_out = (release.next(), release.next()) >= (Some(6), Some(14));
    assert!((status == FAILS) == is_found_out, "{why:?}");
    let (status, why) = verdict("sh -c 'echo child $$'; echo parent 2");
    assert!(status == FAILS && why.len() == 1 && why[0].ends_with("wrote a line that says it is process 2"), "{why:?}");
}
