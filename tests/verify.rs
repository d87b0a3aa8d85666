//! `cargo xtask` from outside: what it prints, as what it exits, and what it makes of bad input.
//!
//! Programs that only misbehave are given to it as shell commands; how they are contained is `record.rs`'s to test.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, is_match};
use serde_json::Value;

/// `cargo xtask` with these arguments.
fn xtask(arguments: &[&str]) -> Assert {
    xtask_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

/// The same, in the course whose xtask would lie in `package`.
fn xtask_in(package: &Path, arguments: &[&str]) -> Assert {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .env("LC_ALL", "C.UTF-8")
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", package)
        // A folder for what all projects build would make one of the courses that have the same package.
        .env_remove("CARGO_TARGET_DIR")
        .assert()
}

/// `verify LESSON` of a shell script in place of the lesson's program, and of nothing slower than the isolation lesson.
fn judge_script(lesson: &str, script: &str) -> Assert {
    let command = shlex::try_join(["sh", "-c", script]).unwrap();
    xtask(&["verify", lesson, "--timeout", "2", "--limit", "1000", "--program", &command])
}

fn json(assert: Assert) -> Value {
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

/// A folder of this test's own, in which a course can be laid out.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("xtask")).unwrap();
    folder
}

#[test]
fn alone_it_says_what_a_newcomer_needs() {
    xtask(&[]).code(0).stdout(contains("cargo run -p ordering_demo").and(contains("cargo xtask verify")));
}

#[test]
fn every_command_has_help() {
    for command in ["verify", "explore", "outputs", "possible", "replay", "check", "list"] {
        xtask(&[command, "--help"]).code(0).stdout(contains(format!("Usage: cargo xtask {command}")));
    }
    xtask(&["--help"]).code(0).stdout(contains("Exit status"));
}

#[test]
fn list_names_every_program_by_the_command_that_runs_it() {
    xtask(&["list"])
        .code(0)
        .stdout(contains("crates/pool_demo/README.md"))
        .stdout(contains("cargo run -p ordering_demo --bin ordering_join_demo"));
}

#[test]
fn a_lesson_that_holds() {
    let assert = xtask(&["verify", "isolation_demo"]).code(0);
    assert
        .stdout(contains("✓ the parent looks at its variable when the child has ended"))
        .stdout(contains("isolation_second_child_demo"))
        .stdout(is_match(r"✓ \d+ claims about 2 programs: all hold").unwrap());
}

#[test]
fn a_broken_claim_shows_what_contradicts_it_and_how_to_run_it_again() {
    let script = "echo 父进程开始; echo 父进程结束--100; (echo 子进程开始; echo 子进程结束--101)";
    judge_script("isolation_demo", script)
        .code(1)
        .stdout(contains("✗ the parent starts, the child starts and ends, the parent ends"))
        .stdout(contains("\"父进程结束--100\" came before \"子进程结束--101\""))
        .stdout(is_match(r"parent \d+ +child \d+").unwrap())
        .stdout(is_match(r"\d\.\d{3} s +父进程结束--100\n").unwrap())
        .stdout(contains("crates/isolation_demo/README.md:"))
        .stdout(is_match("again: cargo xtask verify isolation_demo .*--program ").unwrap());
}

#[test]
fn one_process_cannot_play_two() {
    let script = "echo 父进程开始; echo 子进程开始; echo 子进程结束--101; echo 父进程结束--100";
    judge_script("isolation_demo", script)
        .code(1)
        .stdout(contains("✗ each process plays one role"))
        .stdout(contains("printed a line of the parent and a line of the child"));
}

#[test]
fn made_up_process_ids_are_seen_through() {
    judge_script("queue_demo", "echo 'Process to write: 1'; echo 'Put A to queue...'")
        .code(1)
        .stdout(contains("✗ a process id in a line is that of the process that wrote it"))
        .stdout(contains("wrote a line that says it is process 1"));
}

/// Each of these gets a verdict that says what is wrong, within the time limit.
#[test]
fn programs_that_misbehave_get_a_verdict() {
    for (script, says) in [
        ("sleep 1000", "it was stopped: its time was up"),
        ("trap '' INT TERM; while :; do sleep 1; done", "it was stopped: its time was up"),
        ("while :; do echo 父进程开始; done", "it was stopped"),
        ("head -c 3000000 /dev/zero | tr '\\0' x; echo", "a line longer than the verifier keeps"),
        ("printf 父进程开始", "a line that never ended"),
        ("printf '\\377\\n'", "not UTF-8"),
        ("printf '\\033[2Jx\\n'", "\\u{1b}[2Jx"),
        ("echo 父进程开始; kill -SEGV $$", "the parent was ended by SIGSEGV"),
        ("echo 父进程开始; exit 3", "the parent ended with exit code 3"),
        ("echo what went wrong >&2; exit 1", "    what went wrong"),
        ("setsid sleep 1000 & echo 父进程开始", "it was stopped: its time was up"),
        ("true", "it printed nothing"),
    ] {
        let command = shlex::try_join(["sh", "-c", script]).unwrap();
        xtask(&["verify", "isolation_demo", "--live", "--timeout", "2", "--program", &command])
            .code(1)
            .stdout(contains(says).and(contains("\u{1b}").not()));
    }
}

#[test]
fn a_flood_is_cut_off() {
    xtask(&["verify", "isolation_demo", "--live", "--timeout", "600", "--program", "yes 父进程开始"])
        .code(1)
        .stdout(contains("it was stopped: it printed more than the verifier keeps"))
        .stdout(is_match("\"父进程开始\" was printed 10\\d{4} times, not exactly 1").unwrap());
}

#[test]
fn json_is_one_object_with_every_claim() {
    let found = json(xtask(&["verify", "isolation_demo", "--limit", "1000", "--json"]).code(0));
    assert_eq!((&found["verdict"], &found["explored"]), (&"pass".into(), &true.into()));
    let programs: Vec<&Value> = found["lessons"].as_array().unwrap().iter().map(|lesson| &lesson["program"]).collect();
    assert_eq!(programs, ["isolation_demo", "isolation_second_child_demo"]);
    let first = &found["lessons"][0];
    assert_eq!((&first["lesson"], &first["verdict"]), (&"isolation_demo".into(), &"pass".into()));
    for claim in first["claims"].as_array().unwrap() {
        // A single run cannot tell in how many orders the lines can come.
        let holds = claim["verdict"] == "pass" || claim["verdict"] == "silent";
        assert!(claim["says"].is_string() && holds, "{claim}");
    }

    let interleavings =
        serde_json::json!({ "explored": 1, "distinct": 1, "complete": true, "deadlocks": 0, "time": "free" });
    assert_eq!(first["interleavings"], interleavings);

    let found = json(xtask(&["verify", "isolation_demo", "--json", "--program", "echo 父进程开始"]).code(1));
    assert_eq!(found["verdict"], "fail");
    let claims = found["lessons"][0]["claims"].as_array().unwrap();
    let order = claims.iter().find(|claim| claim["says"] == "the parent starts, and still has 100 in the end").unwrap();
    assert_eq!(order["verdict"], "fail");
    assert_eq!(order["evidence"]["why"], "\"父进程结束--100\" was never printed");
}

#[test]
fn live_and_explore_do_one_of_the_two() {
    // Each leaves claims unchecked, which is no plain pass.
    let live = json(xtask(&["verify", "ordering_join_demo", "--live", "--json"]).code(3));
    assert!(live["lessons"][0]["interleavings"].is_null());
    let verdict = |found: &Value, says: &str| {
        let claims = found["lessons"][0]["claims"].as_array().unwrap();
        claims.iter().find(|claim| claim["says"] == says).unwrap()["verdict"].clone()
    };
    let (sleeps, orders) = ("the child sleeps for at least three seconds", "the four lines can come in no other order");
    assert_eq!((verdict(&live, sleeps), verdict(&live, orders)), ("pass".into(), "silent".into()));
    let explored = json(xtask(&["verify", "ordering_join_demo", "--explore", "--json"]).code(3));
    assert_eq!((&live["verdict"], &explored["verdict"]), (&"incomplete".into(), &"incomplete".into()));
    assert_eq!((verdict(&explored, sleeps), verdict(&explored, orders)), ("silent".into(), "pass".into()));
    xtask(&["verify", "--live", "--explore"]).code(2).stderr(contains("cannot be used with"));
}

#[test]
fn a_claim_that_one_run_would_not_break_is_broken_by_a_schedule() {
    // In real time the child is the later one, by a long way.
    let script = "echo 父进程开始; (echo 子进程开始; echo 子进程结束--101) & sleep 1; echo 父进程结束--100";
    let assert = judge_script("isolation_demo", script).code(1);
    let found = assert.stdout(contains("✗ the parent starts, the child starts and ends, the parent ends"));
    let text = String::from_utf8(found.get_output().stdout.clone()).unwrap();
    let command = text.lines().find_map(|line| line.trim().strip_prefix("see it: cargo xtask ")).unwrap();
    let replay = shlex::split(command).unwrap();
    let replay: Vec<&str> = replay.iter().map(String::as_str).collect();
    let replayed = String::from_utf8(xtask(&replay).get_output().stdout.clone()).unwrap();
    let position = |line: &str| replayed.find(line).unwrap();
    assert!(position("父进程结束--100") < position("子进程结束--101"), "{replayed}");
}

#[test]
fn where_interleavings_cannot_be_explored_some_runs_stand_for_all() {
    let refuse = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.env("LC_ALL", "C.UTF-8");
        command.args(arguments).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
        // SAFETY: between fork and exec it makes two system calls, and allocates nothing.
        unsafe { command.pre_exec(refuse_seccomp) };
        Command::from_std(command).assert()
    };
    refuse(&["verify", "isolation_demo"])
        .code(3)
        .stderr(contains("interleavings cannot be explored here (").and(contains("3 runs in real time stand for all")))
        .stdout(contains("✓ the parent looks at its variable when the child has ended"));
    refuse(&["verify", "isolation_demo", "--program", "true"]).code(1);
    refuse(&["verify", "isolation_demo", "--explore"]).code(2);
    let found = json(refuse(&["verify", "isolation_demo", "--json"]).code(3));
    assert!(found["lessons"][0]["interleavings"].is_null(), "{found}");
    assert_eq!((&found["verdict"], &found["explored"]), (&"incomplete".into(), &false.into()));
}

/// Makes seccomp(2) fail with ENOSYS from here on, as a container may.
fn refuse_seccomp() -> std::io::Result<()> {
    const fn step(code: u32, k: u32, jump_if_not: u8) -> libc::sock_filter {
        libc::sock_filter { code: code as u16, jt: 0, jf: jump_if_not, k }
    }
    let mut filter = [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, libc::SYS_seccomp as u32, 1),
        step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32, 0),
        step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW, 0),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program and its steps live until the call returns; the kernel copies them.
    let answer = unsafe {
        match libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) {
            0 => libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program),
            failed => failed,
        }
    };
    if answer == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

#[test]
fn a_trace_is_judged_again_from_its_file() {
    let file = folder("trace").join("trace.jsonl");
    let name = file.to_str().unwrap();
    xtask(&["verify", "isolation_demo", "--trace", name]).code(0);
    // A run that was recorded is one of several that are possible.
    xtask(&["check", "isolation_demo", name]).code(3).stdout(contains("✓ one parent and one child"));
    xtask(&["check", "isolation_second_child_demo", name]).code(3).stdout(contains("✓ one parent and two children"));

    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("--101", "--x")).unwrap();
    xtask(&["check", "isolation_demo", name]).code(1).stdout(contains("the notes do not know this line"));
    let found = json(xtask(&["check", "isolation_demo", name, "--json"]).code(1));
    assert_eq!(found["verdict"], "fail");
}

#[test]
fn what_cannot_be_judged_exits_with_2_and_says_why() {
    let refused = |arguments: &[&str], why: &str| {
        xtask(arguments).code(2).stdout("").stderr(contains(why));
    };
    refused(
        &["verify", "isolation_dmo"],
        "no lesson or program is called `isolation_dmo`; did you mean `isolation_demo`?",
    );
    refused(&["verify", "zzz"], "no lesson or program is called `zzz`\n");
    refused(&["verify", "--program", "true"], "--program needs exactly one LESSON");
    refused(&["verify", "isolation_demo", "pool_demo", "--program", "true"], "--program needs exactly one LESSON");
    refused(&["verify", "isolation_demo", "--program", ""], "--program is empty");
    refused(&["verify", "isolation_demo", "--program", "echo 'x"], "a quote that never ends");
    refused(&["verify", "isolation_demo", "--program", "no_such_program"], "cannot start `no_such_program`");
    refused(&["verify", "isolation_demo", "--timeout", "0"], "invalid value '0' for '--timeout");
    refused(&["verfy"], "a similar subcommand exists: 'verify'");
    refused(&["check", "isolation_demo", "no_such_file"], "the trace no_such_file cannot be read: No such file");
    refused(&["check", "isolation_demo", "/dev/null"], "/dev/null:1: no trace");
}

#[test]
fn a_trace_that_cannot_be_written_is_an_error() {
    xtask(&["verify", "isolation_demo", "--trace", "/no/such/folder/trace"])
        .code(2)
        .stderr(contains("cannot write /no/such/folder/trace: No such file"));
}

#[test]
fn faults_in_the_notes_are_reported_before_anything_runs() {
    let course = folder("faulty");
    let lesson = course.join("crates/some_demo");
    fs::create_dir_all(&lesson).unwrap();
    fs::write(lesson.join("README.md"), "# A lesson\n\n```toml claims\n[program]\nbin = some_demo\n```\n").unwrap();
    let faulty = |arguments: &[&str], why: &str| {
        xtask_in(&course.join("xtask"), arguments).code(2).stdout("").stderr(contains(why));
    };
    faulty(&["verify"], "crates/some_demo/README.md:5: ");
    faulty(&["list"], "crates/some_demo/README.md:5: ");

    let notes = "```toml claims\n[program]\nbin = \"some_demo\"\n[lines]\na = [\"x\"]\n[[claim]]\nsays = \"x\"\ncount = 1\nof = [\"x\"]\n```\n";
    fs::write(lesson.join("README.md"), format!("{notes}\n```text transcript other_demo\nx\n```\n")).unwrap();
    faulty(&["verify"], "crates/some_demo/README.md:12: a transcript of no program that has claims here");

    fs::write(lesson.join("README.md"), notes.replace("toml claims", "toml claim")).unwrap();
    faulty(&["verify"], "crates/some_demo/README.md:1: ```toml claim is not read as claims; ```toml claims is");

    // A lesson that the course's table names does not go away in silence.
    fs::write(course.join("README.md"), "| lesson |\n|---|\n| [`some_demo`](crates/some_demo/README.md) |\n").unwrap();
    fs::remove_file(lesson.join("README.md")).unwrap();
    faulty(
        &["verify"],
        "README.md:3: the table has the lesson `some_demo`, but crates/some_demo/README.md is not there",
    );

    fs::remove_file(course.join("README.md")).unwrap();
    faulty(&["verify"], "no lesson: no README.md below it has a `toml claims` block");
}

/// A course of one lesson that is a crate like any other: nothing in `xtask` knows of it.
fn small_course(name: &str, main: &str) -> PathBuf {
    let course = folder(name);
    let lesson = course.join("crates/some_demo");
    fs::create_dir_all(lesson.join("src")).unwrap();
    fs::write(course.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n").unwrap();
    let package = "[package]\nname = \"some_demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    fs::write(lesson.join("Cargo.toml"), package).unwrap();
    let notes = "```toml claims\n[program]\nbin = \"some_demo\"\n[lines]\nparent = [\"hello\"]\n[[claim]]\nsays = \"hello comes once\"\ncount = 1\nof = [\"hello\"]\n```\n";
    fs::write(lesson.join("README.md"), notes).unwrap();
    fs::write(lesson.join("src/main.rs"), main).unwrap();
    course.join("xtask")
}

#[test]
fn a_new_lesson_needs_a_crate_with_claims_and_nothing_else() {
    let course = small_course("new_lesson", "fn main() {\n    println!(\"hello\");\n}\n");
    xtask_in(&course, &["verify"]).code(0).stdout(contains("✓ hello comes once"));
}

#[test]
fn a_lesson_and_its_programs_can_be_named_in_several_ways() {
    let programs = |name: &str, status: i32| -> Vec<String> {
        let found = json(xtask(&["verify", name, "--explore", "--json"]).code(status));
        let lessons = found["lessons"].as_array().unwrap();
        lessons.iter().map(|lesson| lesson["program"].as_str().unwrap().to_owned()).collect()
    };
    let both = ["isolation_demo", "isolation_second_child_demo"];
    for name in ["isolation_demo", "isolation_demo/", "crates/isolation_demo", "crates/isolation_demo/README.md"] {
        assert_eq!(programs(name, 0), both, "{name}");
    }
    assert_eq!(programs("isolation_demo/isolation_demo", 0), ["isolation_demo"]);
    xtask(&["verify", "no/such/NOTES.md"]).code(2).stderr(contains("there are no notes at no/such/NOTES.md"));
    let elsewhere = folder("elsewhere").join("NOTES.md");
    let notes = "```toml claims\n[program]\nname = \"p\"\nrun = \"echo hello\"\n[lines]\na = [\"hello\"]\n\
                 [[claim]]\nsays = \"hello never comes\"\nnever = [\"hello\"]\n```\n";
    fs::write(&elsewhere, notes).unwrap();
    let name = elsewhere.to_str().unwrap();
    xtask(&["verify", name, "--explore"])
        .code(1)
        .stdout(contains(format!("again: cargo xtask verify {name}/p --explore")));
    xtask(&["verify", "isolation_demo/pool_demo"]).code(2).stderr(contains("no lesson or program is called"));
}

#[test]
fn a_limit_that_was_asked_for_breaks_nothing() {
    let command = ["verify", "ordering_demo", "--explore", "--limit", "1"];
    xtask(&command)
        .code(3)
        .stdout(contains("– nobody decides whether the parent's end or the child's start comes first"))
        .stdout(contains("✗").not().and(contains("? ").not()))
        .stdout(contains("none is broken, as far as it went"))
        .stdout(is_match(r"not checked: \d+ claims \(").unwrap())
        .stdout(contains("– ordering_demo: 1 interleaving, not all: the limit was 1 interleaving"));
}

#[test]
fn the_verbs_of_interleave_know_the_course_and_any_program() {
    xtask(&["outputs", "ordering_demo"])
        .code(0)
        .stdout(contains("3 outcomes in 3 interleavings, all explored"))
        .stdout(contains("cargo xtask replay ordering_demo -"));
    xtask(&["possible", "ordering_join_demo", "--output", "父进程结束"]).code(1).stdout(contains("before it can"));
    // What the notes say of an end is what is expected.
    xtask(&["explore", "isolation_demo"]).code(0).stdout(contains("cargo xtask replay isolation_demo -"));
    xtask(&["explore", "--program", "sh -c 'exit 3'"]).code(1).stdout(contains("cargo xtask replay - --program"));
    xtask(&["explore", "--", "true"]).code(0).stdout(contains("cargo xtask replay - -- true"));
    xtask(&["explore", "pipe_spare_end_demo"]).code(1).stdout(contains("✗ deadlock"));
}

#[test]
fn a_program_that_does_not_build_cannot_be_judged() {
    let course = small_course("does_not_build", "fn main() {\n    hello\n}\n");
    xtask_in(&course, &["verify"])
        .code(2)
        .stderr(contains("cannot find value `hello`").and(contains("the programs do not build")));
}

#[test]
fn claims_about_a_binary_that_is_not_there() {
    let course = small_course("no_binary", "fn main() {}\n");
    let readme = course.parent().unwrap().join("crates/some_demo/README.md");
    let notes = fs::read_to_string(&readme).unwrap();
    fs::write(&readme, notes.replace("bin = \"some_demo\"", "bin = \"other_demo\"")).unwrap();
    xtask_in(&course, &["verify"])
        .code(2)
        .stderr(contains("crates/some_demo/README.md:2: the crate some_demo has no binary `other_demo`"));
}

/// Both print the same lines; what the notes claim of one of them is that it never ends.
#[test]
fn a_program_that_should_deadlock_and_ends_is_found_out() {
    let writer = "echo \"Process to write: $$\"; for v in A B C; do echo \"Put $v to pipe...\"; done";
    let reader = "echo \"Process to read: $$\"; for v in A B C; do echo \"Get $v from pipe.\"; done";
    let both = format!("sh -c '{writer}'; sh -c '{reader}'");
    let judge = |lesson: &str, script: &str| {
        // In virtual time a sleep would end at once.
        xtask(&["verify", "--live", lesson, "--program", &shlex::try_join(["sh", "-c", script]).unwrap()])
    };
    judge("pipe_demo", &both).stdout(contains("✓ every value is put once and got once"));
    judge("pipe_spare_end_demo", &both)
        .code(1)
        .stdout(contains("it ended, and the notes say that none of its processes can go on"));
    judge("pipe_spare_end_demo", &format!("{both}; sleep 600"))
        .stdout(contains("it ended").not().and(contains("it was stopped").not()));
}

#[test]
fn what_needs_two_cores_is_skipped_where_there_is_one() {
    // A child inherits on which cores the thread that starts it may run.
    let this_thread = Pid::from_raw(0);
    let allowed = sched_getaffinity(this_thread).unwrap();
    let mut one = CpuSet::new();
    one.set((0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true)).unwrap()).unwrap();
    sched_setaffinity(this_thread, &one).unwrap();

    let skipped = contains("(it needs more processors than this machine lets it use)");
    xtask(&["verify", "parallel_demo", "--program", "false"])
        .code(3)
        .stdout(skipped)
        .stdout(is_match(r"not checked: \d+ claims \(\d+ since it needs more processors").unwrap());
}
