//! `interleave` from outside: any program, and notes that lie anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Plain, Stdio};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, is_match, starts_with};
use serde_json::{Value, json};

fn interleave_in(folder: &Path, arguments: &[&str]) -> Assert {
    Command::new(env!("CARGO_BIN_EXE_interleave"))
        .env("LC_ALL", "C.UTF-8")
        .args(arguments)
        .current_dir(folder)
        // By these a program could tell what it is run by.
        .env_remove("PYTHONHASHSEED")
        .env_remove("RUST_BACKTRACE")
        .assert()
}

fn interleave(arguments: &[&str]) -> Assert {
    interleave_in(Path::new("/"), arguments)
}

/// `interleave VERB OPTIONS -- sh -c SCRIPT`.
fn of_script(verb: &[&str], script: &str) -> Assert {
    interleave(&[verb, &["--", "sh", "-c", script]].concat())
}

fn text(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn object(assert: Assert) -> Value {
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

/// A folder of this test's own, far from any course; it goes away with the test.
struct Folder(PathBuf);

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder(name: &str) -> Folder {
    let folder = std::env::temp_dir().join(format!("interleave-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}

/// The shell goes on as soon as it has started what stands before `&`, so either may come first.
const TWO_ORDERS: &str = "echo start; (echo child) & echo parent; wait";

#[test]
fn help_and_hints_name_the_command_by_which_one_came() {
    for verb in ["verify", "explore", "outputs", "possible", "replay", "check"] {
        let help = text(&interleave(&[verb, "--help"]).code(0));
        assert!(help.contains(&format!("Usage: interleave {verb}")) && help.contains("Exit status"), "{help}");
        assert!(!help.contains("xtask"), "{help}");
    }
    // A terminal would break longer lines within a word.
    let all =
        ["", "verify", "explore", "outputs", "possible", "replay", "check", "doctor", "new", "new course", "play"];
    for verb in all.iter().chain(&["grade", "gradescope"]) {
        let arguments: Vec<&str> = verb.split_whitespace().chain(["--help"]).collect();
        let help = text(&interleave(&arguments));
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
    interleave(&["--help"]).code(0).stdout(contains("xtask").not());
    interleave(&["--version"]).code(0).stdout(starts_with("interleave "));
    interleave(&[]).code(0).stdout(contains("interleave outputs -- ./a.out").and(contains("xtask").not()));
    interleave(&["explore"]).code(2).stderr(contains("interleave explore -- ./a.out"));
    interleave(&["replay", "--program", "true"]).code(2).stderr(contains("`interleave explore` prints one"));
    interleave(&["list"]).code(2);
}

#[test]
fn outputs_are_the_distinct_outcomes() {
    let found = object(of_script(&["outputs", "--json"], TWO_ORDERS).code(0));
    assert_eq!((&found["version"], &found["complete"], &found["limit"]), (&json!(1), &json!(true), &Value::Null));
    assert_eq!((&found["interleavings"], &found["verdict"]), (&json!(2), &json!("pass")));
    let mut texts: Vec<&str> = Vec::new();
    for output in found["outputs"].as_array().unwrap() {
        assert_eq!((&output["ends"], &output["interleavings"]), (&json!("ok"), &json!(1)));
        let (schedule, text) = (output["schedule"].as_str().unwrap(), output["text"].as_str().unwrap());
        let shown = of_script(&["replay", schedule], TWO_ORDERS).code(0);
        let order = |text: &str| text.find("child") < text.find("parent");
        // The replay has the processes' names in its first line.
        let told = text_after_titles(&shown);
        assert_eq!(order(&told), order(text), "{told}");
        texts.push(text);
    }
    texts.sort_unstable();
    assert_eq!(texts, ["start\nchild\nparent\n", "start\nparent\nchild\n"]);
    of_script(&["outputs"], TWO_ORDERS).code(0).stdout(contains("2 outcomes in 2 interleavings, all explored"));
}

#[test]
fn of_very_many_orders_that_show_the_same_one_is_enough() {
    // In 40,320 orders.
    let folder = folder("thrice");
    compiled(&folder, "processes/fork_thrice.c", "thrice");
    let found = object(interleave_in(&folder, &["outputs", "--json", "--", "./thrice"]).code(0));
    assert_eq!((&found["complete"], &found["at_least"]), (&json!(true), &json!(true)));
    assert_eq!(found["outputs"].as_array().unwrap().len(), 1);
    assert_eq!(found["outputs"][0]["text"], "hi\n".repeat(8));
    let shown = interleave_in(&folder, &["outputs", "--", "./thrice"]).code(0);
    shown.stdout(contains("1 outcome in at least 1 interleaving, all explored"));
    // Where all of them are to be drawn, all are looked for.
    let drawn = interleave_in(&folder, &["outputs", "--limit", "6000", "--lattice", "all.svg", "--", "./thrice"]);
    drawn.stdout(contains("in 6000 interleavings, not all"));
}

/// A program of those that have all their outcomes in their headers.
fn compiled(folder: &Path, source: &str, name: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance").join(source);
    let cc = Plain::new("cc").args(["-o", name]).arg(source).current_dir(folder).status();
    assert!(cc.unwrap().success());
}

#[test]
fn what_is_deduced_comes_about_where_handlers_follow_upon_each_other() {
    // What is sent while a handler runs comes when that returns, before the call that it had interrupted.
    let folder = folder("heard");
    compiled(&folder, "signals/heard_of_four.c", "heard");
    let found = object(interleave_in(&folder, &["outputs", "--json", "--", "./heard"]).code(0));
    assert_eq!((&found["complete"], found["outputs"].as_array().unwrap().len()), (&json!(true), 14));
}

#[test]
fn lines_that_are_torn_in_different_ways_are_different_outcomes() {
    // Whichever process ends its line first, the two texts differ.
    let script = "(printf b; echo) & printf a; echo; wait";
    let found = object(of_script(&["outputs", "--json"], script).code(0));
    let texts: BTreeSet<&str> =
        found["outputs"].as_array().unwrap().iter().map(|output| output["text"].as_str().unwrap()).collect();
    assert_eq!(texts, BTreeSet::from(["a\nb\n", "b\na\n", "ab\n\n", "ba\n\n"]));
}

#[test]
fn runs_become_pictures() {
    let folder = folder("pictures");
    let files =
        ["--svg", "a.svg", "--html", "a.html", "--mermaid", "a.mmd", "--perfetto", "a.json", "--lattice", "l.svg"];
    let of_script = |verb: &[&str]| interleave_in(&folder, &[verb, &["--", "sh", "-c", TWO_ORDERS]].concat());
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    for verb in ["explore", "outputs"] {
        of_script(&[&[verb], files.as_slice()].concat()).code(0);
        let svg = read("a.svg");
        assert!(svg.contains(">child</text>") && svg.contains(">here they part</text>"), "{verb}: {svg}");
        let page = read("a.html");
        assert!(page.contains("interleave replay - -- sh -c"), "{verb}: {page}");
        assert!(read("a.mmd").starts_with("sequenceDiagram\n"), "{verb}");
        let trace: Value = serde_json::from_str(&read("a.json")).unwrap();
        assert!(
            trace["traceEvents"].as_array().unwrap().iter().any(|event| event["name"] == "child"),
            "{verb}: {trace}"
        );
        assert!(read("l.svg").contains(">2 orders, 5 states"), "{verb}: {}", read("l.svg"));
    }
    // What fails stands first, and the nearest that does not beside it, whichever was found first.
    fs::write(folder.join("wanted"), "start\nparent\nchild\n").unwrap();
    of_script(&["explore", "--expect", "wanted", "--svg", "f.svg"]).code(1);
    let failing = read("f.svg");
    let printed: Vec<&str> = failing.split("prints “").skip(1).filter_map(|rest| rest.split('”').next()).collect();
    assert_eq!(printed, ["start", "child", "parent", "start", "parent", "child"]);
    of_script(&["replay", "-", "--svg", "b.svg"]).code(0);
    assert!(!read("b.svg").contains("here they part"));
    of_script(&["replay", "-", "--svg", "none/b.svg"]).code(2).stderr(contains("--svg: there is no folder none"));
}

#[test]
fn a_broken_claim_becomes_a_picture_beside_the_nearest_run_that_does_not_break_it() {
    let folder = folder("verdict_pictures");
    let notes = |claim: &str| {
        let notes = format!(
            "```toml claims\n[program]\nname = \"p\"\nrun = \"sh program.sh\"\n[lines]\nall = [\"start\", \"parent\", \"child\"]\n\
             [[claim]]\nsays = \"the parent first\"\n{claim}\n```\n"
        );
        fs::write(folder.join("NOTES.md"), notes).unwrap();
    };
    fs::write(folder.join("program.sh"), TWO_ORDERS).unwrap();
    let files = ["verify", "--explore", "--svg", "v.svg", "--html", "v.html"];
    // Both are of one role, so that the order of their lines is looked at process by process: only who comes at all counts.
    notes("count = 2\nof = [\"child\"]");
    interleave_in(&folder, &files).code(1);
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (svg, page) = (read("v.svg"), read("v.html"));
    assert!(svg.contains("broken: “the parent first”"), "{svg}");
    assert!(!svg.contains("here they part"), "no run keeps to it: {svg}");
    assert!(page.contains("interleave replay NOTES.md/p "), "{page}");

    fs::remove_file(folder.join("v.svg")).unwrap();
    notes("count = 1\nof = [\"child\", \"parent\"]");
    let holds = interleave_in(&folder, &files).code(0);
    holds.stderr(contains("--svg: no claim is broken, so v.svg is not written"));
    assert!(!folder.join("v.svg").exists());

    let two_roles = fs::read_to_string(folder.join("NOTES.md"))
        .unwrap()
        .replace("all = [\"start\", \"parent\", \"child\"]", "parent = [\"start\", \"parent\"]\nchild = [\"child\"]");
    fs::write(
        folder.join("NOTES.md"),
        two_roles.replace("count = 1\nof = [\"child\", \"parent\"]", "order = [\"parent\", \"child\"]"),
    )
    .unwrap();
    interleave_in(&folder, &files).code(1);
    let svg = read("v.svg");
    assert!(svg.contains("here they part"), "{svg}");
    let printed: Vec<&str> = svg.split("prints “").skip(1).filter_map(|rest| rest.split('”').next()).collect();
    assert_eq!(printed, ["start", "child", "parent", "start", "parent", "child"], "the one that breaks it comes first");
    interleave_in(&folder, &["verify", "--svg", "none/v.svg"]).code(2).stderr(contains("there is no folder none"));
    interleave_in(&folder, &["verify", "--svg", "."]).code(2).stderr(contains("--svg: . is a folder"));

    // What was recorded can be drawn, too.
    notes("count = 2\nof = [\"child\"]");
    interleave_in(&folder, &["verify", "--live", "--trace", "traces"]).code(1);
    interleave_in(&folder, &["check", "NOTES.md", "traces", "--svg", "c.svg", "--html", "c.html"]).code(1);
    for drawn in ["c.svg", "c.html"] {
        let drawn = read(drawn);
        assert!(drawn.contains("prints “child”") && drawn.contains("broken: “the parent first”"), "{drawn}");
    }
}

#[test]
fn the_run_beside_a_failing_one_parts_from_it_at_the_last_step_that_could_still_help() {
    // Two processes add one each to a number that they share. Which of them is waited for first does not matter: what
    // does is that one has loaded it before the other has stored it.
    let source = "#include <stdio.h>\n#include <sys/mman.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\
        int main(void) {\n\
        volatile int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n\
        for (int i = 0; i < 2; i++)\n if (fork() == 0) {\n int seen = *count;\n *count = seen + 1;\n _exit(0);\n }\n\
        wait(0);\n wait(0);\n int all = *count;\n printf(\"%d\\n\", all);\n return all == 2 ? 0 : 1;\n}\n";
    let folder = folder("nearest");
    fs::write(folder.join("add.c"), source).unwrap();
    assert!(Plain::new("cc").args(["add.c", "-o", "add"]).current_dir(&*folder).status().unwrap().success());
    fs::write(
        folder.join("NOTES.md"),
        "```toml claims\n[program]\nrun = \"./add\"\n[lines]\nall = [\"{n}\"]\n[values]\nn = [1, 2]\n\
         [[claim]]\nsays = \"nothing is lost\"\nnever = [\"1\"]\n```\n",
    )
    .unwrap();
    let verbs: [&[&str]; 3] = [
        &["explore", "--svg", "run.svg", "--", "./add"],
        &["outputs", "--svg", "run.svg", "--", "./add"],
        &["verify", "--explore", "--svg", "run.svg"],
    ];
    for verb in verbs {
        interleave_in(&folder, verb).code(1);
        let svg = fs::read_to_string(folder.join("run.svg")).unwrap();
        let decides: Vec<&str> = svg.split("<g ").filter(|moment| moment.contains("this step decides")).collect();
        assert_eq!(decides.len(), 2, "{verb:?}: one in each run: {svg}");
        for step in decides {
            assert!(step.contains("shared memory"), "{verb:?}: {step}");
        }
    }
}

fn text_after_titles(shown: &Assert) -> String {
    text(shown).split_once('\n').unwrap().1.to_owned()
}

#[test]
fn the_same_text_with_another_end_is_another_outcome() {
    // Which of the two is first to write into the pipe decides how it ends, and nothing that is seen.
    let script = "echo text; x=$( (echo a) & (echo b) & wait ); case $x in a*) ;; *) exit 3;; esac";
    let found = object(of_script(&["outputs", "--json", "--limit", "500"], script).code(1));
    let of = |field: &str| -> Vec<&str> {
        found["outputs"].as_array().unwrap().iter().map(|output| output[field].as_str().unwrap()).collect()
    };
    assert_eq!(of("text"), ["text\n", "text\n"], "{found}");
    let mut ends = of("ends");
    ends.sort_unstable();
    assert_eq!(ends, ["exit 3", "ok"], "{found}");
}

#[test]
fn exit_statuses_say_how_it_went() {
    of_script(&["explore"], "echo fine").code(0).stdout(contains("1 interleaving, all explored (1 run"));
    of_script(&["explore"], "echo oops >&2; exit 3")
        .code(1)
        .stdout(contains("2> oops").and(contains("process a ended with exit code 3, not 0")));
    of_script(&["explore", "--expect-exit", "3"], "exit 3").code(0);
    of_script(&["explore", "--expect-exit", "3"], "exit 0").code(1);
    of_script(&["outputs"], "kill -SEGV $$").code(1).stdout(contains("killed by SIGSEGV"));
    of_script(&["outputs"], "sh -c 'kill -ABRT $$' & wait; exit 0").code(1).stdout(contains("SIGABRT"));
    of_script(&["explore", "--never", "child"], TWO_ORDERS).code(1).stdout(contains("\"child\" was printed"));
    of_script(&["explore", "--never", "grandchild"], TWO_ORDERS).code(0);
    // A limit that was asked for makes nothing broken, and nothing complete.
    of_script(&["explore", "--limit", "1"], TWO_ORDERS)
        .code(3)
        .stdout(contains("not all: the limit was 1 interleaving (1 run"));
    of_script(&["outputs", "--limit", "1"], TWO_ORDERS).code(3);
    interleave(&["outputs", "--", "no_such_program"]).code(2).stderr(contains("cannot start `no_such_program`"));
    interleave(&["outputs", "--", "/"]).code(2).stderr(contains("cannot start `/`").and(contains("it is a folder")));
    // Another one each time.
    let uuid = "read uuid < /proc/sys/kernel/random/uuid; echo $uuid & echo b; wait";
    of_script(&["explore"], uuid).code(2).stderr(contains("does not do the same thing each time"));
    for verb in [&["outputs"][..], &["explore"], &["possible", "--output", "x"], &["replay", "-"], &["verify"]] {
        let object = object(interleave(&[verb, &["--json", "--program", "no_such_program"]].concat()).code(2));
        assert_eq!((&object["version"], &object["verdict"]), (&json!(1), &json!("unjudged")), "{verb:?}");
        assert!(object["error"].as_str().is_some_and(|error| !error.is_empty()), "{verb:?}");
    }
    of_script(&["explore", "--time", "0"], "true").code(2).stderr(contains("more than nothing"));
    of_script(&["explore", "--time", "3 days"], "true").code(2);
    of_script(&["explore", "--expect-exit", "256"], "true").code(2).stderr(contains("256 is not in 0..=255"));
    let this = env!("CARGO_BIN_EXE_interleave");
    interleave(&["outputs", this]).code(2).stderr(contains(format!("as in `interleave outputs -- {this}`")));
}

#[test]
fn what_cannot_be_judged_is_an_object_too() {
    let folder = folder("errors");
    for arguments in [
        &["verify", "missing.md", "--json"][..],
        &["verify", "--json", "--nonsense"],
        &["explore", "--json", "--", "./missing"],
        &["possible", "--output", "missing.txt", "--json", "--", "true"],
        &["check", "--json", "missing.md", "missing"],
    ] {
        let refused = interleave_in(&folder, arguments).code(2);
        let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
        let object = object(refused);
        assert_eq!((&object["version"], &object["verdict"]), (&json!(1), &json!("unjudged")), "{arguments:?}");
        assert_eq!(object["error"], said.trim_end(), "{arguments:?}");
    }
    // What was judged is told beside what could not be.
    let program = |name: &str| {
        format!(
            "```toml claims\n[program]\nname = {name:?}\nrun = \"./{name}\"\n[lines]\na = [\"x\"]\n[[claim]]\nsays = \"y\"\ncount = 1\nof = [\"x\"]\n```\n"
        )
    };
    fs::write(folder.join("NOTES.md"), program("there") + "\n" + &program("gone")).unwrap();
    fs::write(folder.join("there"), "#!/bin/sh\necho x\n").unwrap();
    fs::set_permissions(folder.join("there"), PermissionsExt::from_mode(0o755)).unwrap();
    let both = object(interleave_in(&folder, &["verify", "NOTES.md", "--json"]).code(2));
    assert_eq!((&both["verdict"], &both["lessons"][0]["verdict"]), (&json!("unjudged"), &json!("pass")), "{both:#}");
    assert!(both["error"].as_str().unwrap().contains("gone"), "{both:#}");
    interleave_in(&folder, &["verify", "NOTES.md/there", "--", "./there", "--json"]).stdout(contains("all hold"));
}

#[test]
fn nobody_can_go_on() {
    let script = "read line < fifo";
    let folder = folder("deadlock");
    assert!(Plain::new("mkfifo").arg(folder.join("fifo")).status().unwrap().success());
    let deadlock = |verb: &[&str]| interleave_in(&folder, &[verb, &["--", "sh", "-c", script]].concat());
    let found = object(deadlock(&["outputs", "--json"]).code(1));
    let ends = found["outputs"][0]["ends"].as_str().unwrap();
    assert!(ends.starts_with("deadlock: a waits "), "{ends}");
    deadlock(&["explore"]).code(1).stdout(contains("✗ deadlock"));
    deadlock(&["replay", "-"]).code(1).stdout(contains("✗ deadlock"));
}

#[test]
fn the_first_failure_is_enough() {
    let found = object(of_script(&["explore", "--first-failure", "--json", "--never", "child"], TWO_ORDERS).code(1));
    assert_eq!((&found["failures"], &found["complete"]), (&json!(1), &json!(false)));
    assert_eq!(found["stories"].as_array().unwrap().len(), 1);
    assert_eq!(found["stories"][0]["failure"], "\"child\" was printed");
}

#[test]
fn one_output_may_be_the_only_one() {
    let folder = folder("expect");
    fs::write(folder.join("expected"), "start\nparent\nchild\n").unwrap();
    let expect = |script: &str| interleave_in(&folder, &["explore", "--expect", "expected", "--", "sh", "-c", script]);
    expect("echo start; echo parent; echo child").code(0);
    expect("echo start; echo parent").code(1).stdout(contains("line 3 is not the expected one"));
    expect("echo start; echo parent; echo child; echo more").code(1);
    expect(TWO_ORDERS).code(1).stdout(contains("line 2 is not the expected one"));
    interleave_in(&folder, &["explore", "--expect", "missing", "--", "true"])
        .code(2)
        .stderr(contains("cannot read missing"));
}

#[test]
fn possible_or_not_and_why() {
    let yes = of_script(&["possible", "--output", "start\\nchild\\nparent"], TWO_ORDERS).code(0);
    let replay = text(&yes).lines().find_map(|line| line.strip_prefix("yes: interleave ").map(str::to_owned)).unwrap();
    let words = shlex::split(&replay).unwrap();
    let told = text_after_titles(&interleave(&words.iter().map(String::as_str).collect::<Vec<_>>()).code(0));
    assert!(told.find("child") < told.find("parent"), "{told}");

    let no = of_script(&["possible", "--output", "start\\nend\\nchild"], "echo start; (echo child) & wait; echo end");
    no.code(1)
        .stdout(starts_with("no\n").and(contains("the longest beginning that is possible:\n    start\n")))
        .stdout(contains("then it cannot go on with:\n    end\nbut only with:\n    child\n"))
        .stdout(contains("before it can, there has to come:\n    child\n"));
    let found = object(of_script(&["possible", "--json", "--output", "start\\nbye"], TWO_ORDERS).code(1));
    assert_eq!((&found["possible"], &found["beginning"]), (&json!(false), &json!(["start"])));
    assert_eq!((&found["instead"], &found["first"]), (&json!(["child", "parent"]), &Value::Null));
    let found = object(of_script(&["possible", "--json", "--limit", "1", "--output", "x"], TWO_ORDERS).code(3));
    assert_eq!(found["possible"], Value::Null);
    // It is no beginning that is asked for.
    of_script(&["possible", "--output", "start"], "echo start; echo end").code(1).stdout(contains("but goes on with"));

    let folder = folder("possible");
    fs::write(folder.join("output"), "hello from 7101\n").unwrap();
    let ids = ["possible", "--output", "output", "--", "sh", "-c", "echo hello from $$"];
    interleave_in(&folder, &ids).code(0);
    fs::write(folder.join("output"), "7101 is 7102\n").unwrap();
    interleave_in(&folder, &["possible", "--output", "output", "--", "sh", "-c", "echo $$ is $$"]).code(1);

    of_script(&["possible", "--output", "/"], "true").code(2).stderr(contains("/ is a folder"));
    // Who names a file that is not there is not told that its name cannot be printed.
    for name in ["missing.txt", "missing/output", "./missing"] {
        let refused = of_script(&["possible", "--output", name], &format!("echo {name}")).code(2);
        refused.stderr(contains(format!("there is no file {name}")));
        of_script(&["possible", "--output", &format!("{name}\\n")], &format!("echo {name}")).code(0);
    }
    for text in ["3.14", "done.", "...", "a.B", "and/or both"] {
        of_script(&["possible", "--output", text], &format!("echo {text}")).code(0);
    }

    // 2 is an id as well, but nobody means one who counts to 3.
    of_script(&["possible", "--output", "3"], "echo 2").code(1);
    of_script(&["possible", "--output", "2"], "echo 2").code(0);
}

#[test]
fn programs_get_their_surroundings() {
    let folder = folder("surroundings");
    fs::create_dir(folder.join("inside")).unwrap();
    fs::write(folder.join("inside/file"), "from the file\n").unwrap();
    fs::write(folder.join("input"), "first\nsecond\n").unwrap();
    let script = "read a; read b; echo $a $b $NAME; cat file";
    let options = ["outputs", "--dir", "inside", "--env", "NAME=a value", "--stdin", "input"];
    let assert = interleave_in(&folder, &[&options[..], &["--", "sh", "-c", script]].concat()).code(0);
    let shown = text(&assert);
    assert!(shown.contains("    first second a value\n    from the file\n"), "{shown}");
    let replay = shown.lines().find_map(|line| line.split_once("the shortest: interleave ")).unwrap().1;
    let words = shlex::split(replay).unwrap();
    let again = interleave_in(&folder, &words.iter().map(String::as_str).collect::<Vec<_>>()).code(0);
    again.stdout(contains("first second a value"));
    interleave_in(&folder, &["explore", "--stdin", "missing", "--", "cat"])
        .code(2)
        .stderr(contains("cannot read missing"));
    interleave_in(&folder, &["explore", "--stdin", "inside", "--", "cat"])
        .code(2)
        .stderr(contains("cannot read inside"));
    for missing in ["./missing", "no_such_program"] {
        let there_is_none = interleave_in(&folder, &["explore", "--stdin", "input", "--", missing]).code(2);
        there_is_none.stderr(contains("No such file or directory").or(contains("there is no such program")));
    }
    interleave_in(&folder, &["explore", "--dir", "missing", "--", "cat"]).code(2).stderr(contains("no folder missing"));
    let pipe = folder.join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    interleave_in(&folder, &["explore", "--stdin", "pipe", "--", "cat"]).code(2).stderr(contains("pipe is a pipe"));
}

/// The two share the offset, so whoever is first reads the first line; and each run begins at the beginning.
#[test]
fn two_processes_may_read_one_standard_input() {
    let folder = folder("shared_input");
    fs::write(folder.join("input"), "12").unwrap();
    let source = r#"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    char one;
    int status;
    if (fork() == 0) _exit(read(0, &one, 1) == 1 ? one - '0' : 9);
    if (read(0, &one, 1) != 1) return 1;
    wait(&status);
    printf("parent %c child %d\n", one, WEXITSTATUS(status));
}"#;
    fs::write(folder.join("share.c"), source).unwrap();
    assert!(Plain::new("cc").args(["-o", "share", "share.c"]).current_dir(&*folder).status().unwrap().success());
    let assert = interleave_in(&folder, &["outputs", "--json", "--stdin", "input", "--", "./share"]).code(0);
    let found: Value = serde_json::from_str(&text(&assert)).unwrap();
    let mut texts: Vec<&str> =
        found["outputs"].as_array().unwrap().iter().map(|o| o["text"].as_str().unwrap()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["parent 1 child 2\n", "parent 2 child 1\n"]);
}

#[test]
fn sleeps_may_be_an_order() {
    const SLEEPERS: &str = "{ sleep 2; echo late; } & sleep 1; echo early";
    let ordered = of_script(&["outputs", "--time", "ordered", "--time", "2m"], SLEEPERS).success();
    ordered
        .stdout(starts_with("1.  ok, in 1 interleaving; the shortest: interleave replay - --time ordered -- sh -c "))
        .stdout(contains("    early\n    late\n").and(contains("all explored")))
        .stdout(contains("\n  – sleeps are an order in them (time: ordered)\n"));
    of_script(&["replay", "-", "--time", "ordered"], SLEEPERS).success();
    of_script(&["outputs", "--time", "sorted"], "true").code(2).stderr(contains("free, ordered and any are"));

    let folder = folder("ordered");
    let notes = "```toml claims\n[program]\nrun = \"sh sleepers.sh\"\ntime = \"ordered\"\n[lines]\none = [\"early\"]\nother = [\"late\"]\n\
                 [[claim]]\nsays = \"sleeps decide\"\ninterleavings = 1\n```\n";
    fs::write(folder.join("NOTES.md"), notes).unwrap();
    fs::write(folder.join("sleepers.sh"), SLEEPERS).unwrap();
    let verified = interleave_in(&folder, &["verify", "--explore"]).success();
    verified.stdout(contains("✓ sleeps decide").and(contains("– sleeps are an order in them (time: ordered)")));
    fs::write(folder.join("NOTES.md"), notes.replace("\"ordered\"", "\"sorted\"")).unwrap();
    interleave_in(&folder, &["verify"]).code(2).stderr(contains("NOTES.md:4: unknown variant `sorted`"));
}

#[test]
fn what_the_machine_offers() {
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
        command.env("LC_ALL", "C.UTF-8");
        command.arg("doctor");
        command
    };
    // A machine that offers everything is a success, and any other a part of one.
    let told = object(command().arg("--json").assert());
    let missing = told["missing"].as_array().unwrap();
    assert_eq!(told["verdict"], if missing.is_empty() { "pass" } else { "incomplete" });
    assert!(told["offers"].as_array().unwrap().iter().any(|offer| offer["what"] == "seccomp user notification"));
    command().assert().stdout(starts_with("✓ Linux ").and(contains("A run is kept apart by: ")));
    let less = command().env("INTERLEAVE_ISOLATION", "none").assert().code(3);
    less.stdout(
        contains("A run is kept apart by: nothing at all\n").and(contains("What verdicts lack:\n  – process ids, ")),
    );
}

#[test]
fn on_a_terminal_c_programs_write_line_by_line() {
    if !can_build() {
        return;
    }
    const TWICE: &str = "#include <stdio.h>\n#include <unistd.h>\n#include <sys/wait.h>\n\
        int main(void) { for (int i = 0; i < 2; i++) { fork(); printf(\"%d\\n\", isatty(1)); } while (wait(0) > 0); return 0; }\n";
    let folder = folder("terminal");
    fs::write(folder.join("twice.c"), TWICE).unwrap();
    assert!(Plain::new("cc").args(["-o", "twice", "twice.c"]).current_dir(&*folder).status().unwrap().success());
    let texts = |options: &[&str]| -> Vec<String> {
        let arguments = [&["outputs", "--json"], options, &["--", "./twice"]].concat();
        let told = object(interleave_in(&folder, &arguments).success());
        assert_eq!(told["terminal"], !options.is_empty());
        told["outputs"].as_array().unwrap().iter().map(|output| output["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&[]), ["0\n".repeat(8)]);
    assert_eq!(texts(&["--terminal"]), ["1\n".repeat(6)]);
    interleave_in(&folder, &["outputs", "--", "./twice"]).success().stdout(contains("hint: two processes begin"));
    let told = interleave_in(&folder, &["replay", "-", "--terminal", "--json", "--", "./twice"]).success();
    let events = object(told)["events"].as_array().unwrap().clone();
    let writers: BTreeSet<&str> =
        events.iter().filter(|e| e["line"] == "1").map(|e| e["process"].as_str().unwrap()).collect();
    assert_eq!(writers.len(), 4, "each line is its writer's: {events:?}");
    let said = interleave_in(&folder, &["outputs", "--terminal", "--", "./twice"]).success();
    said.stdout(
        contains("  – standard output was a terminal, ")
            .and(contains("replay - --terminal -- ./twice"))
            .and(contains("hint: ").not()),
    );
    // What one run does to the terminal the next does not find.
    let script = "exec 3>&1; stty -a <&3 | grep -o '[-]*opost'; stty -opost <&3";
    of_script(&["outputs", "--terminal", "--limit", "30"], script)
        .stdout(contains("    opost\n").and(contains("    -opost").not()));
}

#[test]
fn who_holds_a_lock_is_said() {
    if !can_build() {
        return;
    }
    // The child takes the lock, and ends with it or waits for ever.
    const LOCK: &str = "#include <pthread.h>\n#include <sys/mman.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\
        int main(int argc, char **argv) {\n\
        pthread_mutex_t *lock = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n\
        pthread_mutexattr_t kind; pthread_mutexattr_init(&kind);\n\
        pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED); pthread_mutex_init(lock, &kind);\n\
        int ends[2], told[2]; char c; pipe(ends); pipe(told);\n\
        if (fork() == 0) { pthread_mutex_lock(lock); write(told[1], \"x\", 1); if (argc > 1) read(ends[0], &c, 1); _exit(0); }\n\
        read(told[0], &c, 1); if (argc == 1) wait(0); pthread_mutex_lock(lock); return 0; }\n";
    let folder = folder("lock");
    fs::write(folder.join("lock.c"), LOCK).unwrap();
    let cc = ["-w", "-pthread", "-o", "lock", "lock.c"];
    assert!(Plain::new("cc").args(cc).current_dir(&*folder).status().unwrap().success());
    let lives = interleave_in(&folder, &["outputs", "--", "./lock", "and live"]).code(1);
    lives.stdout(contains("a waits in futex for a lock in shared memory, which process b holds; b waits in read("));
    let dies = interleave_in(&folder, &["outputs", "--", "./lock"]).code(1);
    dies.stdout(contains("a lock in shared memory, whose holder, process b, has ended without unlocking it"));
}

/// Where temporary files belong, of which a program sees its own folder and no more.
#[test]
fn a_program_beside_its_working_directory_can_write_there() {
    let around = tempfile::TempDir::new().unwrap();
    let folder = around.path().join("empty");
    fs::create_dir(&folder).unwrap();
    let program = around.path().join("program");
    fs::write(&program, "#!/bin/sh\necho text > file && cat file\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    interleave_in(&folder, &["outputs", "--", "../program"]).success().stdout(contains("    text\n"));
    assert!(!folder.join("file").exists());
}

#[test]
fn what_a_run_leaves_can_be_kept() {
    let folder = folder("kept");
    fs::write(folder.join("old"), "old\n").unwrap();
    let script = "echo one >new & mkdir sub; echo two >sub/other; echo changed >>old; wait";
    let run = |verb: &[&str]| interleave_in(&folder, &[verb, &["--", "sh", "-c", script]].concat());
    run(&["replay", "-", "--keep", "left"]).success().stdout(contains("(it leaves new, old, sub/other, kept in left)"));
    let read = |name: &str| fs::read_to_string(folder.join("left").join(name)).unwrap();
    assert_eq!(
        (read("new"), read("old"), read("sub/other")),
        ("one\n".into(), "old\nchanged\n".into(), "two\n".into())
    );
    assert!(!folder.join("new").exists());
    run(&["replay", "-", "--keep", "left"]).code(2).stderr(contains("--keep: left is not empty"));
    run(&["outputs", "--limit", "20", "--keep", "outcomes"]).stdout(contains("kept in outcomes/1)"));
    assert_eq!(fs::read_to_string(folder.join("outcomes/1/new")).unwrap(), "one\n");
    let told = object(run(&["explore", "--limit", "20", "--json", "--keep", "stories"]));
    assert_eq!(told["stories"][0]["kept"], "stories/1");
    interleave_in(&folder, &["replay", "-", "--keep", "none", "--", "true"])
        .success()
        .stdout(contains("(it leaves no file)"));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let folder = copy_of_the_course("pipe");
    let verify: &[&str] = &["verify", "NOTES.md", "--explore"];
    let explore: &[&str] = &["explore", "--", "sh", "-c", TWO_ORDERS];
    for arguments in [verify, explore, &["--help"], &["outputs", "--json", "--", "true"], &[]] {
        let mut command = Plain::new(env!("CARGO_BIN_EXE_interleave"));
        command.env("LC_ALL", "C.UTF-8");
        let child = command.args(arguments).current_dir(&*folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        assert!(!said.contains("panicked") && !said.contains("Broken pipe"), "{arguments:?}: {said}");
    }
}

#[test]
fn nothing_that_a_terminal_obeys_is_shown() {
    let script = r"printf '\033[2J\302\2332J\342\200\256x\342\200\250y\n'";
    for verb in [&["explore"][..], &["outputs"], &["outputs", "--json"], &["explore", "--json"]] {
        let shown = text(&of_script(verb, script).code(0));
        let bad = |c: char| c != '\n' && (c.is_control() || ['\u{202e}', '\u{2028}'].contains(&c));
        assert!(!shown.contains(bad) && shown.contains('x'), "{shown:?}");
    }
    interleave(&["verify", "no\u{1b}[31mtes"]).code(2).stderr(contains("\\u{1b}[31m").and(contains("\u{1b}").not()));
}

/// The course of two C programs, where nothing of this repository is near it.
fn copy_of_the_course(name: &str) -> Folder {
    let folder = folder(name);
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/course_in_c");
    for file in ["Makefile", "NOTES.md", "ask.c", "greet.c"] {
        fs::copy(course.join(file), folder.join(file)).unwrap();
    }
    folder
}

fn can_build() -> bool {
    let is_there = |tool: &str| Plain::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    let both = is_there("make") && is_there("cc");
    if !both {
        eprintln!("there is no make or no cc here: nothing was tried");
    }
    both
}

#[test]
fn a_course_in_c_is_judged_outside_this_repository() {
    if !can_build() {
        return;
    }
    let folder = copy_of_the_course("course");
    let holds = |assert: Assert| {
        assert
            .code(0)
            .stdout(contains("✓ the parent waits for all"))
            .stdout(contains("✓ three things have six orders"))
            .stdout(contains("✓ there is no other order"))
            .stdout(contains("✓ 7 claims about 3 programs: all hold"));
    };
    holds(interleave_in(&folder, &["verify", "NOTES.md"]));
    holds(interleave_in(&folder, &["verify"]));
    holds(interleave_in(Path::new("/"), &["verify", folder.to_str().unwrap()]));
    let several = contains("say which: NOTES.md/greet or NOTES.md/greet_three or NOTES.md/ask");
    interleave_in(&folder, &["explore", "NOTES.md"]).code(2).stderr(several);
    interleave_in(&folder, &["verify", "NOTES.md/ask"]).code(0).stdout(contains("2 claims about 1 program: all hold"));
    interleave_in(&folder, &["verify", "NOTES.md/asks"]).code(2).stderr(contains("says nothing of a program `asks`"));
    interleave_in(&folder, &["explore", "NOTES.md"]).code(2).stderr(contains("several programs"));
    interleave_in(&folder, &["outputs", "NOTES.md/greet"]).code(0).stdout(contains("interleave replay NOTES.md/greet"));

    // Judged by one run, recorded and not: nothing is broken, and not everything was checked.
    let live = interleave_in(&folder, &["verify", "NOTES.md/greet", "--live", "--trace", "trace"]).code(3);
    live.stdout(contains("not explored: 1 program, judged by 1 run only"));
    interleave_in(&folder, &["check", "NOTES.md", "trace"]).code(3).stdout(contains("✓ the parent waits for all"));
    interleave_in(&folder, &["check", "NOTES.md/ask", "trace"])
        .code(1)
        .stdout(contains("the notes do not know this line"));
    interleave_in(&folder, &["check", "NOTES.md", "."]).code(2).stderr(contains(". is a folder"));

    // Another program in the place of one.
    let broken = interleave_in(&folder, &["verify", "NOTES.md/ask", "--explore", "--", "./ask", "wrong"]).code(1);
    broken
        .stdout(contains("✗ deadlock: nobody can go on"))
        .stdout(is_match("process a waits for ever, in read").unwrap())
        .stdout(contains("and so 1 more claim cannot hold"))
        .stdout(contains("see it: interleave replay NOTES.md/ask - -- ./ask wrong"));

    fs::write(folder.join("Makefile"), "all:\n\tfalse\n").unwrap();
    interleave_in(&folder, &["verify"]).code(2).stderr(contains("`make` in ").and(contains("failed")));
}

#[test]
fn faults_in_notes_are_said() {
    let folder = folder("faults");
    let program =
        "[program]\nrun = \"echo x\"\n[lines]\na = [\"x\"]\n[[claim]]\nsays = \"x comes\"\ncount = 1\nof = [\"x\"]\n";
    let judge = |notes: &str| {
        fs::write(folder.join("NOTES.md"), notes).unwrap();
        interleave_in(&folder, &["verify"])
    };
    judge(&format!("```toml claims\n{program}```\n")).code(0);
    for (info, says) in [
        ("toml claim", "NOTES.md:1: ```toml claim is not read as claims; ```toml claims is"),
        ("toml Claims", "is not read as claims"),
        ("toml", "```toml is not read as claims"),
        ("tomlclaims", "is not read as claims"),
    ] {
        judge(&format!("```{info}\n{program}```\n")).code(2).stderr(contains(says));
    }
    judge(&format!("```toml claims\n{program}```\n```text transcipt echo\nx\n```\n"))
        .code(2)
        .stderr(contains("NOTES.md:11: ```text transcipt echo is not read as a transcript"));
    judge("# nothing\n").code(2).stderr(contains("NOTES.md:1: no claims"));
    let bin = program.replace("run = \"echo x\"", "bin = \"x\"");
    judge(&format!("```toml claims\n{bin}```\n"))
        .code(2)
        .stderr(contains("NOTES.md:2: there is no `x` beside these notes"));
    for (start, says) in [
        ("bin = \"x\"\nrun = \"x\"", "NOTES.md:2: `bin` and `run` do not go together"),
        ("build = \"x\"", "NOTES.md:2: what is to be run?"),
        ("run = \"'x\"", "NOTES.md:2: `run` has a quote that never ends"),
        ("run = \"echo x\"\nlike = \"y\"", "NOTES.md:2: `like` names no program that has claims: `y`"),
    ] {
        judge(&format!("```toml claims\n{}```\n", program.replace("run = \"echo x\"", start)))
            .code(2)
            .stderr(contains(says));
    }
    let circle = ["a", "b"].map(|name| {
        let other = if name == "a" { "b" } else { "a" };
        format!("```toml claims\n[program]\nname = \"{name}\"\nrun = \"x\"\nlike = \"{other}\"\n```\n")
    });
    judge(&circle.concat()).code(2).stderr(contains("goes in a circle"));
    interleave(&["verify", "no_such_notes"]).code(2).stderr(contains("there are no notes at no_such_notes"));
}

/// A run in real time that no interleaving explains: here, a program that notices by what it is run.
#[test]
fn the_tool_reports_a_fault_of_its_own() {
    let folder = folder("fault");
    if object(interleave(&["doctor", "--json"]))["isolation"] != "namespaces" {
        eprintln!("skipped: this system does not offer namespaces, by which the program notices it");
        return;
    }
    // Whoever explores it is in no namespace of its own.
    let script = "while read key value; do [ \"$key$value\" = PPid:0 ] && explored=1; done < /proc/self/status\n\
                  if [ \"$explored\" ]; then echo one; echo two; else echo two; echo one; fi\n";
    fs::write(folder.join("program.sh"), script).unwrap();
    let notes = "```toml claims\n[program]\nname = \"two_faced\"\nrun = \"sh program.sh\"\n[lines]\na = [\"one\", \"two\"]\n\
                 [[claim]]\nsays = \"each comes once\"\ncount = 1\nof = [\"one\", \"two\"]\n```\n";
    fs::write(folder.join("NOTES.md"), notes).unwrap();
    interleave_in(&folder, &["verify"])
        .code(2)
        .stdout(contains("? a fault of this tool, please report it"))
        .stdout(contains("alike for 0 lines:\n        1  two\n        1  one\n"))
        .stdout(contains("most like it:\n        1  one\n        1  two\n"))
        .stdout(contains("could not be judged: two_faced"));
    let found = object(interleave_in(&folder, &["verify", "--json"]).code(2));
    assert_eq!((&found["verdict"], &found["version"]), (&json!("unjudged"), &json!(1)));
    assert_eq!(found["lessons"][0]["unexplained"]["fault_of_the_tool"], true);
    // Each way of running it says nothing of the other.
    interleave_in(&folder, &["verify", "--explore"]).code(0);
    interleave_in(&folder, &["verify", "--live"]).code(3);
}

#[test]
fn what_explains_most_comes_first() {
    let folder = folder("cause");
    let notes = "```toml claims\n[program]\nname = \"p\"\nrun = \"sh program.sh\"\n[lines]\na = [\"one\", \"two\"]\n\
                 [[claim]]\nsays = \"each comes once\"\ncount = 1\nof = [\"one\", \"two\"]\n\
                 [[claim]]\nsays = \"in order\"\norder = [\"one\", \"two\"]\n```\n";
    fs::write(folder.join("NOTES.md"), notes).unwrap();
    fs::write(folder.join("program.sh"), "echo 'Traceback: it is broken' >&2; exit 1").unwrap();
    let shown = text(&interleave_in(&folder, &["verify"]).code(1));
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].starts_with("  ✗ process ") && lines[1].contains("ended with exit code 1"), "{shown}");
    assert!(lines[1].ends_with("and it printed nothing"), "{shown}");
    assert_eq!(shown.matches('✗').count(), 2, "one cause, and the summary: {shown}");
    assert!(shown.contains("    Traceback: it is broken\n"), "{shown}");
    assert!(shown.contains("and so 2 more claims cannot hold"), "{shown}");
    let found = object(interleave_in(&folder, &["verify", "--json"]).code(1));
    assert_eq!(found["lessons"][0]["runs"][0]["stderr"][0]["text"], "Traceback: it is broken\n");
    let at = &found["lessons"][0]["claims"].as_array().unwrap().last().unwrap()["at"];
    assert_eq!((&at["file"], &at["line"]), (&json!("NOTES.md"), &json!(11)));
}

#[test]
fn a_run_that_surely_hangs_is_not_waited_for() {
    if !can_build() {
        return;
    }
    let folder = copy_of_the_course("hang");
    // If it were waited for, this would take an hour.
    interleave_in(&folder, &["verify", "NOTES.md/ask", "--timeout", "3600", "--", "./ask", "wrong"])
        .code(2)
        .stderr(contains("cannot start"));
    assert!(Plain::new("make").arg("ask").current_dir(&*folder).status().unwrap().success());
    interleave_in(&folder, &["verify", "NOTES.md/ask", "--timeout", "3600", "--", "./ask", "wrong"])
        .code(1)
        .stdout(contains("✗ deadlock: nobody can go on; and it printed nothing\n"))
        .stdout(contains("and so 1 more claim cannot hold"));
}

#[test]
fn classics_are_named() {
    if !can_build() {
        return;
    }
    let folder = folder("classics");
    let hint = |name: &str, main: &str, says: &str| {
        let headers = ["signal.h", "stdio.h", "stdlib.h", "sys/wait.h", "unistd.h"];
        let head: String = headers.iter().map(|header| format!("#include <{header}>\n")).collect();
        let head = head + "int main(void) {";
        fs::write(folder.join("program.c"), format!("{head} {main} }}\n")).unwrap();
        let built = Plain::new("cc").args(["-w", "-o", name, "program.c"]).current_dir(&*folder).status().unwrap();
        assert!(built.success());
        let program = format!("./{name}");
        let found = object(interleave_in(&folder, &["outputs", "--json", "--", &program]));
        let hints: Vec<&str> = found["hints"].as_array().unwrap().iter().map(|hint| hint.as_str().unwrap()).collect();
        assert!(hints.len() == 1 && hints[0].contains(says), "{name}: {found}");
        interleave_in(&folder, &["explore", "--", &program]).stdout(contains("hint: ").and(contains(says)));
    };
    let buffer = "printf(\"before\\n\"); if (fork() == 0) return 0; wait(0); printf(\"after\\n\");";
    hint("buffer", buffer, "still in a buffer");
    let open_end = "int p[2]; char c; pipe(p); if (fork() == 0) { while (read(p[0], &c, 1) > 0); return 0; } close(p[1]); wait(0);";
    hint("open_end", open_end, "close what you do not use");
    let pause =
        "signal(SIGUSR1, (void *)abs); if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); } pause(); wait(0);";
    hint("pause", pause, "before pause is not heard");
    let alone = "if (fork() == 0) { write(1, \"child\\n\", 6); _exit(0); } write(1, \"parent\\n\", 7); return 1;";
    hint("not_waited_for", alone, "nobody has waited for it");
    let sleep = "if (fork() == 0) _exit(0); sleep(1); return waitpid(-1, 0, WNOHANG) <= 0;";
    hint("sleep", sleep, "a sleep stands in place of a wait");
    let plain = object(of_script(&["outputs", "--json"], TWO_ORDERS).code(0));
    assert_eq!(plain["hints"], json!([]));
}

#[test]
fn bin_may_be_a_file_beside_the_notes() {
    let folder = folder("bin");
    let notes = "```toml claims\n[program]\nbin = \"program\"\n[lines]\na = [\"one\"]\n\
                 [[claim]]\nsays = \"it comes once\"\ncount = 1\nof = [\"one\"]\n```\n";
    let build = "\nbuild = \"printf '#!/bin/sh\\\\necho one\\\\n' > program; chmod +x program\"\n[lines]";
    fs::write(folder.join("NOTES.md"), notes.replace("\n[lines]", build)).unwrap();
    interleave_in(&folder, &["verify"]).code(0).stdout(contains("✓ it comes once"));
    fs::remove_file(folder.join("program")).unwrap();
    fs::write(folder.join("NOTES.md"), notes).unwrap();
    interleave_in(&folder, &["verify"]).code(2).stderr(contains("there is no `program` beside these notes"));
    fs::write(folder.join("program"), "#!/bin/sh\necho one\n").unwrap();
    assert!(Plain::new("chmod").arg("+x").arg(folder.join("program")).status().unwrap().success());
    interleave_in(&folder, &["verify"]).code(0).stdout(contains("✓ it comes once"));
    interleave_in(Path::new("/"), &["verify", folder.to_str().unwrap()]).code(0);
}

/// The numbers of all processes that a process has started, directly or not, each with its parent and its name (its first word).
fn below(root: u32) -> Vec<(u32, u32, String)> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<(u32, u32, String)> = all
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit(')').next()?.split_ascii_whitespace().nth(1)?.parse().ok()?;
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            Some((pid, parent, String::from_utf8_lossy(line.split(|&byte| byte == 0).next()?).into_owned()))
        })
        .collect();
    let mut found: Vec<(u32, u32, String)> = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        let children = all.iter().filter(|(_, of, _)| *of == parent);
        children.for_each(|child| {
            parents.push(child.0);
            found.push(child.clone());
        });
    }
    found
}

/// Runs `interleave` and stops, when it is there, a helper process of this name whose parent has that name. The exit status, and what it said.
fn with_a_stopped_helper(isolation: &str, arguments: &[&str], name: &str, of: &str) -> (Option<i32>, String) {
    let mut verifier = Plain::new(env!("CARGO_BIN_EXE_interleave"));
    verifier.args(arguments).env("LC_ALL", "C.UTF-8").env("INTERLEAVE_ISOLATION", isolation);
    let mut verifier = verifier.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let root = verifier.id();
    let all = loop {
        let all = below(root);
        let is_it = |(_, parent, own): &&(u32, u32, String)| {
            own == name
                && (of.is_empty() && *parent == root || all.iter().any(|(pid, _, own)| pid == parent && own == of))
        };
        let helper = all.iter().find(is_it).map(|(pid, ..)| *pid);
        // One that is there for the program has started it.
        if let Some(helper) = helper.filter(|_| name == SUPERVISOR || all.iter().any(|(.., own)| own == "sleep")) {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(helper as i32), nix::sys::signal::SIGSTOP).unwrap();
            break below(root);
        }
        assert!(verifier.try_wait().unwrap().is_none(), "it ended before there was a {name} below a {of:?}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    let mut said = String::new();
    verifier.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let status = verifier.wait().unwrap().code();
    for (pid, _, own) in all {
        // Who was killed is gone a moment later.
        let is_there = || fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(own.as_bytes()));
        let waited_since = std::time::Instant::now();
        while !own.is_empty() && is_there() {
            assert!(waited_since.elapsed().as_secs() < 300, "{pid} ({own}) is left");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    (status, said)
}

/// Where programs are not kept apart, whoever judges them says so.
#[test]
fn what_is_not_guarded_is_said() {
    let folder = folder("unguarded");
    let claims = "```toml claims\n[program]\nrun = \"sh says.sh\"\nname = \"says\"\n[lines]\na = [\"a\"]\n\
                  [[claim]]\nsays = \"a\"\ncount = 1\nof = [\"a\"]\n```\n";
    fs::write(folder.join("NOTES.md"), claims).unwrap();
    fs::write(folder.join("says.sh"), "echo a\n").unwrap();
    let judged = |isolation: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
        command.env("LC_ALL", "C.UTF-8").env("INTERLEAVE_ISOLATION", isolation);
        command.args(arguments).current_dir(&*folder).assert()
    };
    let verify: &[&str] = &["verify", "NOTES.md"];
    let grade: &[&str] = &["grade", "NOTES.md", "says.sh"];
    for arguments in [verify, &["verify", "--live", "NOTES.md"], &["verify", "--explore", "NOTES.md"], grade] {
        let words = "not guarded (`interleave doctor` tells more): ";
        judged("none", arguments).stdout(contains(words).count(1).and(contains("signal the user's processes")));
    }
    let whole = object(judged("none", &["verify", "--json", "NOTES.md"]));
    assert!(whole["missing"].as_array().is_some_and(|missing| missing.len() > 2), "{whole}");
    if object(interleave(&["doctor", "--json"]))["isolation"] == "namespaces" {
        for arguments in [verify, grade] {
            judged("namespaces", arguments).stdout(contains("not guarded").not());
        }
    }
}

/// What was there before lies below the layer of a run, which cannot do everything with it.
#[test]
fn what_a_layer_does_otherwise_is_said() {
    if object(interleave(&["doctor", "--json"]))["isolation"] != "namespaces" {
        eprintln!("skipped: this system does not offer namespaces, and so no layer");
        return;
    }
    let folder = folder("layer");
    fs::create_dir(folder.join("old")).unwrap();
    fs::write(folder.join("one"), "1").unwrap();
    fs::write(folder.join("single"), "1").unwrap();
    fs::hard_link(folder.join("one"), folder.join("two")).unwrap();
    let said = |script| {
        let told = object(interleave_in(&folder, &["outputs", "--json", "--", "sh", "-c", script]));
        told["but"].to_string().contains("does something else in a run than elsewhere")
    };
    for script in [
        "mv old new",
        "echo 2 >>one",
        "rm two",
        "(mv old new) & wait",
        "(echo 2 >>one) & wait",
        "chmod 600 one",
        "touch two & wait",
    ] {
        assert!(said(script), "{script}");
    }
    for script in [
        "mkdir new; mv new newer; mv single old",
        "(echo 2 >>single; cat one) & wait; ln single third; cat third",
        "chmod 600 single; touch single",
    ] {
        assert!(!said(script), "{script}");
    }
}

/// Without worlds of their own, runs find no files of each other in the copy of their working directory; and what they make elsewhere, a
/// "but" tells of.
#[test]
fn runs_do_not_meet_without_namespaces_or_say_so() {
    if interleave::sandbox::landlock_version() == 0 {
        return;
    }
    let folder = folder("meet");
    fs::write(folder.join("there"), "0").unwrap();
    fs::write(folder.join("two.sh"), "(echo 1 >>there) & echo 2 >>there; wait; tr '\\n' , <there; echo\n").unwrap();
    let explored = |isolation: &str, script: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
        command.env("LC_ALL", "C.UTF-8").env("INTERLEAVE_ISOLATION", isolation).current_dir(&*folder);
        object(command.args(["outputs", "--json", "--", "sh", script]).assert())
    };
    let told = explored("landlock", "two.sh");
    let texts: BTreeSet<&str> =
        told["outputs"].as_array().unwrap().iter().map(|output| output["text"].as_str().unwrap()).collect();
    assert_eq!(texts, BTreeSet::from(["01,2,\n", "02,1,\n"]));
    let is_said = |told: &Value| told["but"].to_string().contains("is found by other runs, too");
    assert!(!is_said(&told), "{told}");
    assert_eq!(fs::read_to_string(folder.join("there")).unwrap(), "0");
    // Named like this test, it cannot be anybody's.
    let elsewhere = std::env::temp_dir().join("interleave-runs-do-not-meet");
    fs::write(folder.join("elsewhere.sh"), format!("echo >{}\n", elsewhere.display())).unwrap();
    let told = explored("landlock", "elsewhere.sh");
    assert!(is_said(&told), "{told}");
    fs::remove_file(elsewhere).unwrap();
}

const RECORDER: &str = "interleave: recorder";
const SUPERVISOR: &str = "interleave: supervisor";

/// Whoever records a program, or explores it, may be stopped by somebody, as by `kill -STOP`: then nobody waits for ever.
#[test]
fn what_is_found_out_counts_also_where_the_same_is_printed() {
    // Only if the first child is quicker than a look, the second shares memory with its parent.
    let source = "#include <fcntl.h>\n#include <stdio.h>\n#include <sys/mman.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\
        static void say(const char *text) { dprintf(1, \"%s\\n\", text); }\n\
        int main(void) {\n int p[2]; char byte;\n pipe(p);\n fcntl(p[0], F_SETFL, O_NONBLOCK);\n\
        pid_t first = fork();\n if (first == 0) { write(p[1], \"x\", 1); _exit(0); }\n\
        int is_quick = read(p[0], &byte, 1) == 1;\n\
        mmap(0, 4096, PROT_READ | PROT_WRITE, (is_quick ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);\n\
        pid_t second = fork();\n if (second == 0) { say(\"child\"); _exit(0); }\n\
        waitpid(second, 0, 0);\n waitpid(first, 0, 0);\n say(\"parent\");\n return 0;\n}\n";
    let folder = folder("found-out");
    fs::write(folder.join("same.c"), source).unwrap();
    assert!(Plain::new("cc").args(["same.c", "-o", "same"]).current_dir(&*folder).status().unwrap().success());
    let claims = "```toml claims\n[program]\nrun = \"./same\"\n[lines]\nparent = [\"parent\"]\nchild = [\"child\"]\n\
        [[claim]]\nsays = \"one order\"\ninterleavings = 1\n\
        [[claim]]\nsays = \"they share nothing\"\nshares_memory = false\n```\n";
    fs::write(folder.join("NOTES.md"), claims).unwrap();
    let report = object(interleave_in(&folder, &["verify", "--explore", "--json"]));
    let claims = report["lessons"][0]["claims"].as_array().unwrap();
    let verdict = |says: &str| claims.iter().find(|claim| claim["says"] == says).unwrap()["verdict"].as_str().unwrap();
    assert_eq!(verdict("one order"), "pass");
    assert_eq!(verdict("they share nothing"), "fail");
}

#[test]
fn who_watches_the_program_is_watched() {
    let folder = folder("stopped");
    let notes = folder.join("NOTES.md");
    let claims = "```toml claims\n[program]\nrun = \"sh -c 'sleep 1000 & sleep 1000'\"\nname = \"sleeper\"\n[lines]\na = [\"a\"]\n\
                  [[claim]]\nsays = \"a\"\ncount = 1\nof = [\"a\"]\n```\n";
    fs::write(&notes, claims).unwrap();
    let live = ["verify", "--live", "--timeout", "300", notes.to_str().unwrap()];
    let many = "for i in 1 2 3 4 5 6 7 8 9; do echo $i & done; wait";
    let explored = ["outputs", "--limit", "100000000", "--", "sh", "-c", many];
    let own = |(status, said): (Option<i32>, String)| {
        assert!(status == Some(2) && said.contains("was itself stopped (SIGSTOP)"), "{status:?}: {said}");
    };
    let mut cases: Vec<(&str, &[&str], &str, &str)> =
        vec![("none", &live, RECORDER, ""), ("none", &explored, SUPERVISOR, "")];
    let doctor = object(interleave(&["doctor", "--json"]));
    if doctor["isolation"] == "namespaces" {
        cases.extend([
            ("namespaces", live.as_slice(), RECORDER, ""),
            ("namespaces", &live, RECORDER, RECORDER),
            ("namespaces", &explored, SUPERVISOR, ""),
            ("namespaces", &explored, SUPERVISOR, SUPERVISOR),
        ]);
    }
    // Side by side, as it takes a while until a stop is noticed.
    std::thread::scope(|scope| {
        for (isolation, arguments, name, of) in cases {
            scope.spawn(move || own(with_a_stopped_helper(isolation, arguments, name, of)));
        }
    });
}

/// What is said to be run next can be copied, wherever the notes lie.
#[test]
fn commands_that_are_told_can_be_copied() {
    let folder = folder("copied");
    let notes = "# A\n\n```toml claims\n[program]\nname = \"ask\"\nrun = \"./ask\"\n\n[lines]\na = [\"right\"]\n\n[[claim]]\nsays = \"one\"\nprocesses = { a = 1 }\n```\n";
    fs::create_dir_all(folder.join("two words/class")).unwrap();
    fs::write(folder.join("two words/NOTES.md"), notes).unwrap();
    fs::write(folder.join("two words/class/ask.sh"), "echo wrong\n").unwrap();
    let says = |arguments: &[&str], what: &'static str| drop(interleave_in(&folder, arguments).stdout(contains(what)));
    let name = "two words/NOTES.md/ask";
    let wrong = ["--", "sh", "two words/class/ask.sh"];
    says(&[&["verify", name], &wrong[..]].concat(), "see it: interleave replay 'two words/NOTES.md/ask' - -- sh ");
    says(&[&["verify", name], &wrong[..]].concat(), "again: interleave verify 'two words/NOTES.md/ask' ");
    says(&[&["outputs", name], &wrong[..]].concat(), "interleave replay 'two words/NOTES.md/ask' ");
    #[cfg(feature = "grade")]
    says(
        &["grade", name, "two words/class/ask.sh", "--check50", "/dev/stdout"],
        "interleave replay 'two words/NOTES.md/ask' - -- sh ",
    );
}
