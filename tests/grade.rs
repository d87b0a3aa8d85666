//! `interleave grade` from outside: a class of seven; and each format read by a parser.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;
use tempfile::TempDir;

const NOTES: &str = r#"# An errand

```toml claims
[program]
run   = "./errand"
build = "cc -o errand errand.c"

[lines]
parent = ["parent waits", "parent goes on"]
child  = ["child is done"]

[[claim]]
says      = "one child is started"
processes = { parent = 1, child = 1 }

[[claim]]
says  = "the parent waits for the child"
order = ["child is done", "parent goes on"]

[[claim]]
says   = "nobody decides who is heard first"
either = ["parent waits", "child is done"]
```
"#;

const CONFIG: &str = r#"
[points]
"the parent waits for the child" = 4

[names]
right = "Ada"
"#;

const HEAD: &str = r#"#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static void say(const char *text) { dprintf(1, "%s\n", text); }
"#;

const RIGHT: &str = r#"int main(void) {
    if (fork() == 0) { say("child is done"); return 0; }
    say("parent waits");
    wait(NULL);
    say("parent goes on");
}
"#;

const WRONG_ORDER: &str = r#"int main(void) {
    if (fork() == 0) { say("child is done"); return 0; }
    say("parent waits");
    say("parent goes on");
    wait(NULL);
}
"#;

const HANGS: &str = r#"int main(void) {
    int ends[2];
    char byte;
    if (pipe(ends)) return 1;
    if (fork() == 0) { say("child is done"); return 0; }
    say("parent waits");
    if (read(ends[0], &byte, 1) < 0) return 1;
    say("parent goes on");
}
"#;

/// What each is to earn: what goes without saying, twice; the processes; the order, which is worth 4; the freedom.
const EXPECTED: [(&str, u64, &str); 7] = [
    ("alone", 0, "graded"),
    ("breaks", 0, "not_built"),
    ("hangs", 3, "graded"),
    ("order", 4, "graded"),
    ("right", 8, "graded"),
    ("shell", 8, "graded"),
    ("silent", 0, "graded"),
];

fn class() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", CONFIG);
    write("class/order.c", &format!("{HEAD}{WRONG_ORDER}"));
    write("class/hangs.c", &format!("{HEAD}{HANGS}"));
    write("class/breaks.c", "int main(void) {\n    return 0\n}\n");
    write("class/silent.sh", "exit 0\n");
    write("class/alone.sh", "echo parent waits\necho child is done\necho parent goes on\n");
    write("class/shell.sh", "(echo child is done) &\necho parent waits\nwait\necho parent goes on\n");
    // A folder is built as the notes say.
    fs::create_dir(folder.path().join("class/right")).unwrap();
    write("class/right/errand.c", &format!("{HEAD}{RIGHT}"));
    folder
}

fn grade(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.arg("grade").args(arguments).current_dir(folder);
    command
}

/// The grades that these arguments lead to, as JSON.
fn graded(folder: &Path, arguments: &[&str]) -> Value {
    let file = folder.join("grades.json");
    let _ = fs::remove_file(&file);
    // How long something takes is not what is tested.
    grade(folder, &[arguments, &["--time", "300", "--json", "grades.json"]].concat()).assert().code(0);
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Grades without what tells of process ids, which are others in each run where there are no namespaces, and without the
/// schedules, of which several show the same.
fn comparable(mut grades: Value) -> Value {
    for grade in grades["submissions"].as_array_mut().unwrap() {
        let grade = grade.as_object_mut().unwrap();
        grade.remove("story").unwrap();
        grade.remove("cause").unwrap();
        for claim in grade["claims"].as_array_mut().unwrap() {
            let claim = claim.as_object_mut().unwrap();
            claim.remove("schedule").unwrap();
            for of_a_run in ["replay", "run", "picture"] {
                claim.remove(of_a_run);
            }
        }
    }
    grades
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn each_earns_what_it_should_and_the_same_again() {
    let class = class();
    let first = graded(class.path(), &["NOTES.md", "class"]);
    let found: Vec<(&str, u64, &str)> = first["submissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grade| {
            (grade["name"].as_str().unwrap(), grade["points"].as_u64().unwrap(), grade["status"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, EXPECTED, "{first:#}");
    assert_eq!(first["max"], 8);
    let second = graded(class.path(), &["NOTES.md", "class", "--jobs", "1"]);
    assert_eq!(comparable(first), comparable(second));
}

#[test]
fn nothing_is_earned_by_what_could_not_fail() {
    let class = class();
    let grades = graded(class.path(), &["NOTES.md", "class/alone.sh", "class/silent.sh"]);
    for grade in grades["submissions"].as_array().unwrap() {
        for claim in grade["claims"].as_array().unwrap() {
            assert_ne!(claim["verdict"], "holds", "{grade:#}");
        }
    }
    let order = &grades["submissions"][0]["claims"][3];
    assert_eq!((&order["says"], &order["verdict"]), (&json!("the parent waits for the child"), &json!("untested")));
}

/// Each prints what is wanted in the order that is wanted, as long as time is the last that goes on.
#[test]
fn who_relies_on_time_does_not_wait() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    let head = "#include <poll.h>\n#include <sched.h>\n#include <signal.h>\n#include <time.h>\n";
    let wait = |name: &str, how: &str| {
        let main = format!(
            "int main(void) {{ int ends[2]; if (pipe(ends)) return 1; pid_t child = fork();\n\
             if (child == 0) {{ say(\"child is done\"); return 0; }} say(\"parent waits\");\n{how}\n\
             say(\"parent goes on\"); wait(NULL); return 0; }}"
        );
        write(&format!("class/{name}.c"), &format!("{head}{HEAD}{main}"));
    };
    wait("a_poll", "struct pollfd end = {ends[0], POLLIN, 0}; poll(&end, 1, 300);");
    wait(
        "b_signal",
        "sigset_t set; sigemptyset(&set); sigaddset(&set, SIGUSR1); sigtimedwait(&set, 0, &(struct timespec){1, 0});",
    );
    wait("c_zombie", "for (int i = 0; i < 100 && kill(child, 0) == 0; i++) usleep(100);");
    wait("d_yield", "for (int i = 0; i < 1000; i++) sched_yield();");
    wait("e_looks", "for (int i = 0; i < 200 && waitpid(child, 0, WNOHANG) == 0; i++);");
    // These wait for what they look for; the last would give up after a time that never comes.
    wait("f_looks_for_ever", "while (waitpid(child, 0, WNOHANG) == 0);");
    wait("g_sleeps", "while (waitpid(child, 0, WNOHANG) == 0) usleep(1000);");
    wait("h_has_patience", "close(ends[1]); struct pollfd end = {ends[0], POLLIN, 0}; poll(&end, 1, 10000);");
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    let earns = |grade: &Value| (grade["points"].as_u64().unwrap(), grade["claims"][3]["verdict"] == "holds");
    let found: Vec<(u64, bool)> = grades["submissions"].as_array().unwrap().iter().map(earns).collect();
    assert_eq!(found[..5], [(4, false); 5], "{grades:#}");
    assert_eq!(found[5..], [(5, true); 3], "{grades:#}");
    let order = &grades["submissions"][0]["claims"][3];
    let why = r#""parent goes on" came before "child is done", if a gives up sooner what it waits or looks for"#;
    assert_eq!((&order["why"], &order["schedule"], &order["replay"]), (&json!(why), &Value::Null, &Value::Null));
}

#[test]
fn shards_come_to_what_one_machine_comes_to() {
    let class = class();
    let whole = graded(class.path(), &["NOTES.md", "class", "--csv", "whole.csv"]);
    for shard in ["1/3", "2/3", "3/3"] {
        let part = graded(class.path(), &["NOTES.md", "class", "--shard", shard]);
        let count = part["submissions"].as_array().unwrap().len();
        assert_eq!(count, if shard == "1/3" { 3 } else { 2 });
        fs::copy(class.path().join("grades.json"), class.path().join(format!("{}.part", &shard[..1]))).unwrap();
    }
    let merge = |files: &[&str], more: &[&str]| grade(class.path(), &[&["--merge"], files, more].concat()).assert();
    let all = ["3.part", "1.part", "2.part"];
    merge(&all, &["--json", "merged.json", "--csv", "merged.csv"]).code(0);
    let merged: Value = serde_json::from_str(&read(class.path(), "merged.json")).unwrap();
    let points = |file| -> Vec<String> {
        read(class.path(), file).lines().map(|line| line.rsplitn(6, ',').take(5).collect()).collect()
    };
    assert_eq!(points("merged.csv"), points("whole.csv"));
    assert_eq!(comparable(merged), comparable(whole));
    merge(&all[..2], &[]).code(2);
    merge(&["1.part", "1.part", "2.part"], &[]).code(2);
}

#[test]
fn what_is_kept_is_not_judged_again() {
    let class = class();
    let arguments = ["NOTES.md", "class/silent.sh", "--results", "kept"];
    let before = graded(class.path(), &arguments);
    let file = class.path().join("kept/silent.json");
    let mut kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    kept["grade"]["story"] = json!("kept");
    fs::write(&file, kept.to_string()).unwrap();
    assert_eq!(graded(class.path(), &arguments)["submissions"][0]["story"], "kept");
    // What has changed since is.
    fs::write(class.path().join("class/silent.sh"), "exit 0 # again\n").unwrap();
    assert_eq!(comparable(graded(class.path(), &arguments)), comparable(before.clone()));
    let other = [&arguments[..], &["--limit", "10"]].concat();
    fs::write(&file, kept.to_string()).unwrap();
    assert_ne!(graded(class.path(), &other)["submissions"][0]["story"], "kept");
}

#[test]
fn junit_is_read_by_its_parser() {
    let class = class();
    grade(class.path(), &["NOTES.md", "class", "--time", "300", "--junit", "junit.xml"]).assert().code(0);
    let text = read(class.path(), "junit.xml");
    // By junit-10.xsd of Jenkins' xUnit, of which `testsuites` has no other attributes.
    let root = text.lines().find(|line| line.starts_with("<testsuites ")).unwrap();
    assert_eq!(root, r#"<testsuites name="errand" tests="31" failures="14" errors="0">"#);
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let quick_junit::TestCaseStatus::NonSuccess { description, .. } = &report.test_suites[3].test_cases[3].status
    else {
        panic!("{text}")
    };
    // What GitLab shows is the element's text.
    let shown = description.as_ref().unwrap().as_str();
    assert!(shown.starts_with("\"parent goes on\" came before \"child is done\"\nparent a begins\n"), "{shown}");
    assert!(shown.contains("\ninterleave replay NOTES.md "), "{shown}");
    let suites: Vec<(&str, usize, usize)> =
        report.test_suites.iter().map(|suite| (suite.name.as_str(), suite.tests, suite.failures)).collect();
    let expected = [("alone", 5, 5), ("breaks", 1, 1), ("hangs", 5, 2), ("order", 5, 1)];
    assert_eq!(suites[..4], expected);
    assert_eq!(suites[4..], [("Ada", 5, 0), ("shell", 5, 0), ("silent", 5, 5)]);
}

#[test]
fn sarif_is_read_by_types_made_from_its_schema() {
    let class = class();
    grade(class.path(), &["NOTES.md", "class", "--time", "300", "--sarif", "grades.sarif"]).assert().code(0);
    let text: Value = serde_json::from_str(&read(class.path(), "grades.sarif")).unwrap();
    let log: Sarif = serde_json::from_value(text.clone()).unwrap();
    // What the schema does not know, the types do not keep.
    assert_eq!(serde_json::to_value(&log).unwrap(), text);
    let run = &log.runs[0];
    let rules = run.tool.driver.rules.as_ref().unwrap();
    assert_eq!(rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>()[..2], ["builds", "claim-1"]);
    let results = run.results.as_ref().unwrap();
    // What each has lost, as JUnit says it too; what holds is no result.
    assert_eq!(results.len(), 5 + 1 + 2 + 1 + 5);
    for result in results {
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
    }

    let of =
        |name: &str| results.iter().find(|result| result.message.text.as_ref().unwrap().starts_with(name)).unwrap();
    let place = of("breaks: ").locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
    assert_eq!(place.artifact_location.as_ref().unwrap().uri.as_deref(), Some("class/breaks.c"));
    assert_eq!(place.region.as_ref().unwrap().start_line, Some(2));

    let order = of("order: the parent waits for the child");
    let notes = order.related_locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
    assert_eq!(notes.region.as_ref().unwrap().start_line, Some(16));
    let flow = &order.code_flows.as_ref().unwrap()[0];
    assert!(flow.message.as_ref().unwrap().text.as_ref().unwrap().starts_with("schedule "));
    // One flow for each process; put together by their order of execution they are the run that fails.
    let [parent, child] = flow.thread_flows.as_slice() else { panic!("{flow:?}") };
    assert_eq!([parent.id.as_deref(), child.id.as_deref()], [Some("parent a"), Some("child b")]);
    let mut steps: Vec<_> = parent.locations.iter().chain(&child.locations).collect();
    steps.sort_by_key(|step| step.execution_order.unwrap());
    let says = |text: &str| {
        let text = format!("\"{text}\"");
        steps.iter().position(|step| {
            let message = step.location.as_ref().unwrap().message.as_ref().unwrap();
            message.text.as_ref().unwrap().ends_with(&text)
        })
    };
    let (early, late) = (says("parent goes on").unwrap(), says("child is done").unwrap());
    assert!(early < late, "{steps:?}");
    for index in [early, late] {
        assert_eq!(steps[index].importance, Some(json!("essential")));
    }
}

#[test]
fn what_check50_would_say() {
    let class = class();
    let check50 = |submission: &str| -> Value {
        grade(class.path(), &["NOTES.md", submission, "--time", "300", "--check50", "check50.json"]).assert().code(0);
        serde_json::from_str(&read(class.path(), "check50.json")).unwrap()
    };
    let mut report = check50("class/order.c");
    // The keys that its specification names, and no more.
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&report), ["results", "slug", "version"]);
    for result in report["results"].as_array().unwrap() {
        assert_eq!(keys(result), ["cause", "data", "dependency", "description", "log", "name", "passed"]);
        assert_eq!(result["cause"].is_null(), result["passed"] == true, "{result}");
    }
    let passed: Vec<Value> =
        report["results"].as_array_mut().unwrap().iter_mut().map(|it| it["passed"].take()).collect();
    assert_eq!(passed, [true, true, true, false, true]);
    let order = &report["results"][3];
    assert_eq!(order["cause"]["rationale"], r#""parent goes on" came before "child is done""#);
    assert!(order["cause"]["help"].as_str().unwrap().contains(" replay "), "{order}");
    assert!(order["log"].as_array().unwrap().contains(&json!("child b prints \"child is done\"")), "{order}");

    let report = check50("class/breaks.c");
    assert_eq!((&report["results"][0]["name"], &report["results"][0]["passed"]), (&json!("builds"), &json!(false)));
}

#[test]
fn formats_of_one_submission_have_the_fields_that_others_read() {
    let class = class();
    let formats = ["--time", "300", "--gradescope", "results.json", "--classroom", "classroom"];
    grade(class.path(), &[&["NOTES.md", "class/order.c"], &formats[..]].concat()).assert().code(0);

    let result: Value = serde_json::from_str(&read(class.path(), "results.json")).unwrap();
    assert_eq!(result["score"], 4);
    assert_eq!(result["output_format"], "md");
    let tests = result["tests"].as_array().unwrap();
    assert_eq!(tests.iter().map(|test| test["score"].as_u64().unwrap()).sum::<u64>(), 4);
    assert_eq!(tests.iter().map(|test| test["max_score"].as_u64().unwrap()).sum::<u64>(), 8);
    assert_eq!(tests[3]["status"], "failed");

    let decoded = STANDARD.decode(read(class.path(), "classroom").trim()).unwrap();
    let result: Value = serde_json::from_slice(&decoded).unwrap();
    assert_eq!((&result["version"], &result["status"], &result["max_score"]), (&json!(1), &json!("fail"), &json!(8)));
    let order = &result["tests"][3];
    assert_eq!((&order["status"], &order["score"]), (&json!("fail"), &json!(0)));
    assert_eq!(order["message"], r#""parent goes on" came before "child is done""#);

    // Of several submissions there is no one result.
    grade(class.path(), &[&["NOTES.md", "class"], &formats[..]].concat()).assert().code(2);
}

#[test]
fn whoever_handed_it_in_reads_why_and_how_to_see_it() {
    let class = class();
    let arguments =
        ["NOTES.md", "class", "--time", "300", "--feedback", "pages", "--csv", "grades.csv", "--annotations"];
    let output = grade(class.path(), &arguments).assert().code(0);
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(output.contains("\nAda     8/8  "), "{output}");
    assert!(output.contains("::error file=class/breaks.c,line=2,title=breaks::it does not build"), "{output}");
    assert!(output.contains("::error file=NOTES.md,line=16,title=order::the parent waits for the child: "), "{output}");
    assert!(!output.contains("title=Ada"), "{output}");

    let page = read(class.path(), "pages/order.md");
    assert!(page.starts_with("# order: 4 of 8 points\n"), "{page}");
    assert!(page.contains("see it: interleave replay NOTES.md "), "{page}");
    assert!(page.contains("- one child is started (1 of 1)"), "{page}");
    assert!(read(class.path(), "pages/hangs.md").contains("nobody can go on: process a "));
    assert!(read(class.path(), "pages/breaks.md").contains("error"));

    let table = read(class.path(), "grades.csv");
    assert_eq!(table.lines().count(), 8);
    assert!(table.lines().any(|line| line == r#""right","Ada",8,8,"false","graded","",1,1,1,4,1"#), "{table}");
}

#[test]
fn each_gets_a_page_in_their_language() {
    let class = class();
    fs::write(class.path().join("class/script.sh"), "echo '<script>alert(1)</script>'\n").unwrap();
    let pages = |language: &str| {
        let arguments = ["NOTES.md", "class", "--time", "300", "--feedback", "pages", "--lang", language];
        grade(class.path(), &arguments).assert().code(0);
    };
    pages("both");
    let page = read(class.path(), "pages/order.html");
    for part in [
        "<main id=\"en\" lang=\"en\"><h1>order: 4 of 8 points</h1>",
        "<main id=\"zh-CN\" lang=\"zh-CN\"><h1>order：4 / 8 分</h1>",
        "<h2>最先出错的地方</h2><p>the parent waits for the child: &quot;parent goes on&quot; came before",
        "interleave replay NOTES.md ",
        "<h2>A hint</h2>",
        "<li>one child is started (1 of 1)</li>",
        "default-src 'none'",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    // The picture is there once, since no id may be there twice.
    assert_eq!(page.matches("<svg").count(), 1, "{page}");
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(read(class.path(), "pages/order.md").contains("\n![The run that shows it](order.svg)\n"));
    assert!(read(class.path(), "pages/order.svg").starts_with("<?xml"));
    // What holds needs no picture.
    assert!(!class.path().join("pages/right.svg").exists());
    // What a program has printed is no markup.
    assert!(!read(class.path(), "pages/script.html").contains("<script"));

    pages("zh");
    assert!(read(class.path(), "pages/hangs.md").starts_with("# hangs：3 / 8 分\n"));
    let page = read(class.path(), "pages/hangs.html");
    assert!(page.contains("一个进程在等管道的结尾") && !page.contains("What is wrong"), "{page}");
    grade(class.path(), &["NOTES.md", "class", "--feedback", "pages", "--lang", "fr"]).assert().code(2);
}

#[test]
fn a_failing_schedule_can_be_replayed() {
    let class = class();
    let grades = graded(class.path(), &["NOTES.md", "class/order.c"]);
    let schedule = grades["submissions"][0]["claims"][3]["schedule"].as_str().unwrap();
    let built = std::process::Command::new("cc")
        .args(["-o", "program", "class/order.c"])
        .current_dir(class.path())
        .status()
        .unwrap();
    assert!(built.success());
    let output = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(["replay", "NOTES.md", schedule, "--", "./program"])
        .current_dir(class.path())
        .assert()
        .code(0);
    let story = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let (early, late) = (story.find("parent goes on").unwrap(), story.find("child is done").unwrap());
    assert!(early < late, "{story}");
}

/// As root, who would otherwise lose `/dev/stdout`.
#[test]
fn a_device_is_written_to_and_no_half_of_a_file_stays() {
    let folder = class();
    let sink = folder.path().join("sink");
    std::os::unix::fs::symlink("/dev/null", &sink).unwrap();
    grade(folder.path(), &["NOTES.md", "class/silent.sh", "--csv", "sink"]).assert().code(0);
    assert!(sink.symlink_metadata().unwrap().is_symlink());
    grade(folder.path(), &["NOTES.md", "class/silent.sh", "--csv", "class"])
        .assert()
        .code(2)
        .stderr(predicates::str::contains("cannot write class: "));
    assert!(!folder.path().join("class.part").exists());
}

#[test]
fn faults_of_the_teacher_are_told() {
    let class = class();
    let refuses = |config: &str, why: &'static str| {
        fs::write(class.path().join("grade.toml"), config).unwrap();
        let refusal = grade(class.path(), &["NOTES.md", "class"]).assert().code(2);
        refusal.stderr(predicates::str::contains(why));
    };
    refuses("[points]\n\"the parent sings\" = 1\n", "has no such claim");
    refuses("deadline = \"tomorrow\"\n", "would be right");
    refuses("file = \"../errand.c\"\n", "without a folder");
    refuses("point = 3\n", "unknown field");
    refuses("deadline = 3\n", "expected a moment");
    refuses("run = \"./a 'b\"\n", "that is no command");
    refuses("[language.c]\nrun = \"\"\n", "that is no command");
    refuses("[points]\n\"one child is started\" = 4294967295\n", "10000 is the most");
    fs::write(class.path().join("grade.toml"), "").unwrap();
    // That a compiler is missing costs nobody points.
    fs::write(class.path().join("grade.toml"), "build = \"no-such-compiler errand.c\"\nrun = \"./errand\"\n").unwrap();
    let output = grade(class.path(), &["NOTES.md", "class/order.c"]).assert().code(2);
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(output.contains("?/5  `no-such-compiler errand.c` needs a program that is not here: "), "{output}");
    fs::write(class.path().join("grade.toml"), "").unwrap();
    fs::write(class.path().join("class/what.xyz"), "").unwrap();
    // Nobody says how to start this one: the others are graded all the same.
    let output =
        grade(class.path(), &["NOTES.md", "class/what.xyz", "class/silent.sh", "--time", "300"]).assert().code(2);
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(output.contains("?/5") && output.contains("0/5"), "{output}");
}

/// One run has other ids than all others. It is for who knows them without asking, and not to show what another run shows as well, which can be seen again.
#[test]
fn what_breaks_in_every_run_is_shown_by_one_that_can_be_seen_again() {
    let folder = TempDir::new().unwrap();
    let notes = NOTES.replace("\"parent waits\"", "\"parent waits {pid}\"");
    fs::write(folder.path().join("NOTES.md"), notes).unwrap();
    fs::write(folder.path().join("fails.sh"), "echo parent waits $$\nexit 1\n").unwrap();
    let grades = graded(folder.path(), &["NOTES.md", "fails.sh"]);
    let ends = &grades["submissions"][0]["claims"][1];
    assert_eq!(ends["verdict"], "broken");
    assert!(ends["replay"].as_str().is_some_and(|replay| replay.contains(" replay ")), "{ends:#}");
    let moments = ends["run"].as_array().unwrap();
    assert!(moments.iter().all(|moment| moment["process"] == "parent a"), "{ends:#}");
    if has_namespaces() {
        assert!(moments.iter().any(|moment| moment["does"] == "prints \"parent waits 2\""), "{ends:#}");
    }
}

/// Grades one submission into every format there is, and gives all that was written and printed.
fn everything(folder: &Path, arguments: &[&str]) -> String {
    let files = ["csv", "junit", "gradescope", "classroom", "check50", "sarif"];
    let mut command = grade(folder, arguments);
    for file in files {
        command.arg(format!("--{file}")).arg(format!("out.{file}"));
    }
    let _ = fs::remove_dir_all(folder.join("pages"));
    let output = command.args(["--annotations", "--feedback", "pages", "--lang", "both"]).assert().code(0);
    let mut all = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for file in files {
        let text = read(folder, &format!("out.{file}"));
        let decoded = if file == "classroom" { STANDARD.decode(text.trim()).unwrap() } else { text.into_bytes() };
        all += &String::from_utf8(decoded).unwrap();
    }
    for page in fs::read_dir(folder.join("pages")).unwrap() {
        all += &fs::read_to_string(page.unwrap().path()).unwrap();
    }
    all
}

#[test]
fn hidden_claims_tell_their_words_only_before_the_deadline() {
    let class = class();
    let config = |deadline: &str| {
        let text = format!(
            "hidden = [\"the parent waits for the child\"]\n{deadline}\n[points]\n\"the parent waits for the child\" = 4\n"
        );
        fs::write(class.path().join("grade.toml"), text).unwrap();
    };
    let submission = ["NOTES.md", "class/order.c", "--time", "300"];
    let with = |more: &[&str]| everything(class.path(), &[&submission[..], more].concat());
    // What tells that it is broken, and how.
    let secrets = ["came before", "NOTES.md:16", "broken", "4 of 8", "4/8", "codeFlows", "<svg", "replay"];

    config("deadline = \"2999-01-01T00:00:00Z\"");
    let told = with(&["--json", "all.json"]);
    for secret in secrets {
        assert!(!told.contains(secret), "{secret:?} in {told}");
    }
    assert!(told.contains("order  4/4  "), "{told}");
    assert!(told.contains("1 claim not shown before the deadline (2999-01-01T00:00:00Z)"), "{told}");
    assert!(told.contains("# order: 4 of 4 points") && told.contains("- the parent waits for the child\n"), "{told}");
    // The JSON is the teacher's. What is made of it is not.
    assert!(read(class.path(), "all.json").contains("came before"));
    let merged = everything(class.path(), &["--merge", "all.json"]);
    assert_eq!(merged, told);

    let revealed = with(&["--reveal"]);
    config("deadline = \"2001-01-01T00:00:00Z\"");
    let after = with(&[]);
    for secret in secrets {
        assert!(revealed.contains(secret) && after.contains(secret), "{secret:?} not in {after}");
    }

    // Without a deadline it stays hidden; and the command can hide, too.
    config("");
    assert!(!with(&[]).contains("came before"));
    fs::write(class.path().join("grade.toml"), "").unwrap();
    assert!(!with(&["--hidden", "the parent waits for the child"]).contains("came before"));
    grade(class.path(), &[&submission[..], &["--hidden", "the parent sings"]].concat()).assert().code(2);
}

/// Whether the system offers namespaces; if not, says that a test is skipped.
fn has_namespaces() -> bool {
    let doctor = Command::new(env!("CARGO_BIN_EXE_interleave")).args(["doctor", "--json"]).output().unwrap();
    let has = serde_json::from_slice::<Value>(&doctor.stdout).unwrap()["isolation"] == "namespaces";
    if !has {
        eprintln!("skipped: this system does not offer namespaces");
    }
    has
}

#[test]
fn a_submission_reads_neither_notes_nor_others() {
    if !has_namespaces() {
        return;
    }
    // Among temporary files nothing would be seen anyway.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", CONFIG);
    let here = folder.path().display();
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let files = ["NOTES.md", "grade.toml", "class/peeps.sh"].map(|file| format!("{here}/{file}"));
    let tests: Vec<String> =
        files.iter().map(String::as_str).chain([repository]).map(|it| format!("[ -s '{it}' ]")).collect();
    let peeps = format!(
        "{} && exit\n(echo child is done) &\necho parent waits\nwait\necho parent goes on\n",
        tests.join(" || ")
    );
    write("class/peeps.sh", &peeps);
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    assert_eq!(grades["submissions"][0]["points"], 8, "{grades:#}");
    // It is no fault of the test that there is nothing to see.
    let seen = std::process::Command::new("sh").args(["-c", &peeps]).output().unwrap();
    assert!(seen.stdout.is_empty());
}

/// A folder that lies in no repository, nor among temporary files, where nothing would be seen anyway; nothing, with a word, where there is none or the
/// system does not offer namespaces.
fn outside() -> Option<TempDir> {
    if !has_namespaces() {
        return None;
    }
    let folder = TempDir::new_in("/srv").or_else(|_| TempDir::new_in("/opt"));
    folder.inspect_err(|_| eprintln!("skipped: nothing can be written to /srv and /opt")).ok()
}

/// Where the notes are in no repository, their folder is what the solution lies in; and what is written of others is as little a submission's to read, as it
/// holds what is hidden.
#[test]
fn a_submission_reads_neither_solutions_nor_results() {
    let Some(folder) = outside() else { return };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    ["course", "class", "kept", "pages"].iter().for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
    let written = ["course/solution.sh", "kept/other.json", "pages/other.html", "grades.csv", "grades.json"];
    written.iter().for_each(|name| write(name, "echo\n"));
    write("course/NOTES.md", NOTES);
    write("course/grade.toml", CONFIG);
    let here = folder.path().display();
    let tests: Vec<String> = written.iter().map(|file| format!("[ -s '{here}/{file}' ]")).collect();
    let honest = "(echo child is done) &\necho parent waits\nwait\necho parent goes on\n";
    write("class/peeps.sh", &format!("{} && exit\n{honest}", tests.join(" || ")));
    let output = ["--results", "kept", "--feedback", "pages", "--csv", "grades.csv", "--json", "grades.json"];
    let arguments = [&["course/NOTES.md", "class", "--time", "300"], &output[..]].concat();
    grade(folder.path(), &arguments).assert().code(0);
    let grades: Value = serde_json::from_str(&read(folder.path(), "grades.json")).unwrap();
    assert_eq!(grades["submissions"][0]["points"], 8, "{grades:#}");
}

/// What a stranger writes into a Makefile, or includes, is as little to be trusted as what is built of it.
#[test]
fn a_builder_writes_to_its_own_folder_only_and_reads_no_solution() {
    let Some(folder) = outside() else { return };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    ["course", "class", "class/evil"].iter().for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
    let here = folder.path().display();
    write("course/NOTES.md", NOTES);
    write("course/solution.c", &format!("{HEAD}{RIGHT}"));
    write("class/steals.c", &format!("#include \"{here}/course/solution.c\"\n"));
    write("class/evil/errand.c", &format!("{HEAD}{RIGHT}"));
    let files = ["class/steals.c", "course/solution.c", "course/NOTES.md", "new"];
    let writes = files.map(|file| format!("echo x > {here}/{file}\n")).concat();
    // It may keep something where compilers do, and its product is there in the end.
    write("class/evil/build.sh", &format!("{writes}mkdir ${{XDG_CACHE_HOME:-cache}} && cc -o errand errand.c\n"));
    let build = "if [ -f build.sh ]; then sh build.sh; else cc -o errand *.c; fi";
    let of = |config: &str| {
        write("course/grade.toml", &format!("build = \"{build}\"\nrun = \"./errand\"\n{config}"));
        let points = graded(folder.path(), &["course/NOTES.md", "class"])["submissions"].clone();
        [0, 1].map(|number| points[number]["points"].as_u64().unwrap())
    };
    assert_eq!(of(""), [5, 0], "evil, and steals");
    assert!(!folder.path().join("new").exists());
    assert_eq!(read(folder.path(), "course/NOTES.md"), NOTES);
    // Who wants to, can.
    assert_eq!(of("unguarded_build = true\n")[0], 5);
    assert!(folder.path().join("new").exists());
}

/// What a program prints, and what its file is called, gets into tables that spreadsheets open.
#[test]
fn no_cell_of_a_table_is_a_formula() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    for (name, line) in [("=1+1", "=1+1"), ("a;=2", "x;\"=cmd|' /C calc'!A0"), ("＝3", "; @SUM(1)"), ("-4", "y\",=5")]
    {
        write(&format!("class/{name}.sh"), &format!("cat <<'E'\n{line}\nE\n"));
    }
    grade(folder.path(), &["NOTES.md", "class", "--time", "300", "--csv", "grades.csv"]).assert().code(0);
    let table = read(folder.path(), "grades.csv");
    for separator in [b',', b';', b'\t'] {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(table.as_bytes());
        for cell in reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
            let begins = cell.trim_start_matches([' ', '"']).starts_with(['=', '+', '-', '@', '＝']);
            assert!(!begins, "{cell:?} in {table}");
        }
    }
    assert!(table.contains("=1+1"), "{table}");
}

#[test]
fn what_tells_where_it_is_is_told_the_same_twice() {
    let class = class();
    fs::write(class.path().join("class/tells_where_it_is.sh"), "echo \"I am in $PWD\" >&2\nexit 1\n").unwrap();
    let told = || {
        let grades = graded(class.path(), &["NOTES.md", "class/tells_where_it_is.sh"]);
        let steps = grades["submissions"][0]["claims"][0]["run"].to_string();
        assert!(steps.contains("I am in /"), "{grades:#}");
        steps
    };
    assert_eq!(told(), told());
}

#[test]
fn what_is_neither_a_file_nor_a_folder_is_not_followed_and_holds_nobody_up() {
    let class = class();
    let folder = class.path().join("odd");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("silent.sh"), "exit 0\n").unwrap();
    // The teacher's own solution, nothing, itself; and a pipe into which nobody writes.
    for (link, to) in [("steals.sh", "../class/shell.sh"), ("lost.sh", "nowhere"), ("loop.sh", "loop.sh")] {
        std::os::unix::fs::symlink(to, folder.join(link)).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(folder.join("pipe.sh")).status().unwrap().success());
    // It has no byte on the disk.
    fs::File::create(folder.join("huge.sh")).unwrap().set_len(1 << 40).unwrap();
    let arguments = ["NOTES.md", "odd", "--results", "kept", "--time", "300", "--json", "grades.json"];
    grade(class.path(), &arguments).assert().code(2);
    let grades: Value = serde_json::from_str(&read(class.path(), "grades.json")).unwrap();
    let submissions = grades["submissions"].as_array().unwrap().iter();
    let found: Vec<_> =
        submissions.map(|one| (one["name"].as_str().unwrap(), one["status"].as_str().unwrap())).collect();
    let odd = ["huge", "loop", "lost", "pipe"].map(|name| (name, "unjudged"));
    assert_eq!(found, [&odd[..], &[("silent", "graded"), ("steals", "unjudged")]].concat());
    // Whoever names a link means it.
    let named = graded(class.path(), &["NOTES.md", "odd/steals.sh"]);
    assert_eq!(named["submissions"][0]["points"], 8, "{named:#}");
    assert_eq!(named["submissions"][0]["name"], "steals");
}

#[test]
fn no_name_of_a_file_stops_a_class_or_is_obeyed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    fs::write(folder.path().join("NOTES.md"), NOTES).unwrap();
    let long = [&b"a"[..].repeat(250), &b".c"[..]].concat();
    let names: [&[u8]; 11] = [
        &long,
        b"\\xff.c", // as a name is shown that is no text
        b"##[set-output name=result]x.c",
        "\u{ffff}.c".as_bytes(),
        b"-fsyntax-only.c",
        b"::error title=x::y.c",
        b"\xff.c",
        b"\xfe.c",
        b"\x1b[2J.c",
        b"a\n::error ::b.c",
        "turned \u{202e} round.c".as_bytes(),
    ];
    for name in names {
        let file = folder.path().join("class").join(OsStr::from_bytes(name));
        fs::write(file, format!("{HEAD}{RIGHT}")).unwrap();
    }
    let files = ["--junit", "grades.xml", "--sarif", "grades.sarif", "--csv", "grades.csv", "--json", "grades.json"];
    let arguments = [&["NOTES.md", "class", "--results", "kept", "--feedback", "pages"], &files[..]].concat();
    let done = grade(folder.path(), &arguments).assert().code(2);
    for file in files.iter().skip(1).step_by(2) {
        let hazard = read(folder.path(), file)
            .chars()
            .find(|&it| it.is_control() && it != '\n' || "\u{202e}\u{ffff}".contains(it));
        assert_eq!(hazard, None, "{file}");
    }
    let table = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!table.lines().any(is_command) && !table.contains('\x1b'), "{table}");
    let grades: Value = serde_json::from_str(&read(folder.path(), "grades.json")).unwrap();
    let submissions = grades["submissions"].as_array().unwrap();
    assert_eq!(submissions.len(), names.len());
    let unjudged = submissions.iter().filter(|one| one["status"] == "unjudged");
    // No command can name these.
    assert_eq!(unjudged.map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["\\xfe", "\\xff"]);
    assert!(submissions.iter().all(|one| one["status"] == "unjudged" || one["points"] == 5), "{submissions:#?}");
}

/// What it says goes to where services look for commands to themselves, and to XML; neither the line that it names nor what it prints gets there as it is.
#[test]
fn nothing_that_a_submission_says_is_a_command() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "[language.spy]\nbuild = \"sh {file}\"\nrun = \"true\"\n");
    write("class/builds.spy", "echo '##[stop-commands]x:1: error'\nexit 1\n");
    write("class/prints.sh", "printf '##[error]\\n \\357\\277\\277<![CDATA[\\n::error ::x\\n'\n");
    let files = ["--junit", "grades.xml", "--sarif", "grades.sarif", "--json", "grades.json"];
    let done = grade(folder.path(), &[&["NOTES.md", "class", "--annotations"], &files[..]].concat()).assert().code(0);
    let mut all = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(all.contains("it does not build: \\u{23}#[stop-commands]x"), "{all}");
    let annotation = |line: &str| line.starts_with("::error file=") || !line.trim_start().starts_with("::");
    assert!(all.lines().all(annotation), "{all}");
    files.iter().skip(1).step_by(2).for_each(|file| all += &read(folder.path(), file));
    assert!(!all.contains("##[") && !all.contains('\u{ffff}'), "{all}");
}

#[test]
fn a_builder_that_makes_folders_in_folders_harms_nobody_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    fs::create_dir(folder.path().join("temporary")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "[language.c]\nbuild = \"cc -o deep {file} && ./deep\"\nrun = \"true\"\n");
    let deep = "for (int i = 0; i < 60000; i++) if (mkdir(\"d\", 0700) || chdir(\"d\")) return 1;";
    write("class/a.c", &format!("#include <sys/stat.h>\n{HEAD}int main(void) {{ {deep} }}\n"));
    write("class/b.sh", "exit 0\n");
    let mut command = grade(folder.path(), &["NOTES.md", "class", "--time", "300"]);
    let done = command.env("TMPDIR", folder.path().join("temporary")).assert().code(0);
    let table = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(table.contains("\n2 submissions of"), "{table}");
    assert_eq!(fs::read_dir(folder.path().join("temporary")).unwrap().count(), 0);
}

/// Where temporary files are elsewhere than usual, what others have handed in is not shown either.
#[test]
fn a_submission_does_not_read_the_copy_of_another() {
    let Some(folder) = outside() else { return };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    ["class", "class/thief", "class/victim", "temporary"]
        .iter()
        .for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./errand\"\n");
    let program = |script: &str| format!("cat > errand <<'E'\n#!/bin/sh\n{script}\nE\nchmod +x errand\n");
    let honest = "(echo child is done) &\necho parent waits\nwait\necho parent goes on";
    let peep = format!("[ -e {}/temporary/*/submission/victim ] && exit 1", folder.path().display());
    // While one looks around, where it is built and where it runs, the other is being built.
    write("class/thief/build.sh", &format!("sleep 1\n{peep}\n{}", program(&format!("{peep}\n{honest}"))));
    write("class/victim/victim", "");
    write("class/victim/build.sh", &format!("sleep 5\n{}", program(honest)));
    let mut command = grade(folder.path(), &["NOTES.md", "class", "--time", "300", "--jobs", "2"]);
    let done = command.env("TMPDIR", folder.path().join("temporary")).assert().code(0);
    let table = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(table.contains("thief   5/5") && table.contains("victim  5/5"), "{table}");
}

/// It can take the processor, the memory and the disk from others; here, so that it is the same each time, a file that both can see.
#[test]
fn what_does_not_build_beside_another_is_built_again_alone() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "unguarded_build = true\n[language.spy]\nbuild = \"sh {file}\"\nrun = \"sh {file} run\"\n");
    let taken = folder.path().join("taken").display().to_string();
    let honest = "(echo child is done) &\necho parent waits\nwait\necho parent goes on\n";
    write("class/a.spy", &format!("[ $# = 1 ] && exit\ntouch {taken}; sleep 4; rm {taken}\n"));
    write("class/b.spy", &format!("[ $# = 1 ] || {{ sleep 2; [ ! -e {taken} ]; exit; }}\n{honest}"));
    let arguments = ["NOTES.md", "class", "--jobs", "2", "--results", "kept"];
    let grades = graded(folder.path(), &arguments);
    assert_eq!(
        (&grades["submissions"][1]["status"], &grades["submissions"][1]["points"]),
        (&json!("graded"), &json!(5))
    );
    // What is kept is what it got in the end.
    assert_eq!(comparable(graded(folder.path(), &arguments)), comparable(grades));
}

#[test]
fn a_builder_fills_no_disk() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("class/talks")).unwrap();
    fs::create_dir_all(folder.path().join("class/writes")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./errand\"\n");
    // What it says goes to a file, too.
    write(
        "class/talks/build.sh",
        "while :; do echo 'main.c:7: error: this and that'; done | dd bs=1M seek=2K of=/dev/stdout\n",
    );
    write("class/writes/build.sh", "dd if=/dev/zero of=big bs=1M count=1 seek=1M || exit 1\n");
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    for which in [0, 1] {
        assert_eq!(grades["submissions"][which]["status"], "not_built", "{grades:#}");
    }
}

/// All that a builder writes is bounded, and not only each of its files: with namespaces, by 1 GiB. What each does here would succeed otherwise.
#[test]
fn a_builder_fills_no_disk_with_many_files_either() {
    if !has_namespaces() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./errand\"\n");
    let right = "printf '#!/bin/sh\\n(echo child is done) &\\necho parent waits\\nwait\\necho parent goes on\\n' > errand\n\
                 chmod +x errand\n";
    let scripts = [
        ("elsewhere", "for i in 1 2 3 4; do fallocate -l 300M ${TMPDIR:-/tmp}/$i || exit 1; done"),
        ("holes", "for i in 1 2 3 4; do truncate -s 300M $i || exit 1; done"),
        ("many", "for i in 1 2 3 4; do fallocate -l 300M $i || exit 1; done"),
        // A file that has several names takes its room once.
        ("names", "fallocate -l 300M big && for i in 1 2 3 4; do ln big $i || exit 1; done"),
        ("nameless", "for i in 3 4 5 6; do eval \"exec $i>x\"; fallocate -l 300M x && rm x || exit 1; done"),
    ];
    for (name, script) in scripts {
        fs::create_dir_all(folder.path().join("class").join(name)).unwrap();
        write(&format!("class/{name}/build.sh"), &format!("{right}{script}\n"));
    }
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    let status = |index: usize| grades["submissions"][index]["status"].as_str().unwrap();
    let found: Vec<&str> = (0..scripts.len()).map(status).collect();
    assert_eq!(found, ["not_built", "not_built", "not_built", "not_built", "graded"], "{grades:#}");
}

/// It is judged as it was built: with its links, modes and named pipes, and of two files the one newer that was.
#[test]
fn what_a_builder_makes_is_what_is_run() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("class/a")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./bin/errand\"\n");
    let program = "[ -e gone ] || [ ! -p pipe ] || [ ! one -ef other ] || [ one -ot source ] && exit 1\n\
                   (echo child is done) &\necho parent waits\nwait\necho parent goes on";
    let make = "touch -d 2001-01-02 one; touch -d 2001-01-01 source; ln one other; mkfifo pipe; mkdir bin; rm gone\n\
                mkdir made; echo '#!/bin/bash' > made/errand; cat >> made/errand; chmod +x made/errand; ln -s ../made/errand bin/errand";
    write("class/a/build.sh", &format!("cat <<'END' | (\n{program}\nEND\n{make}\n)\n"));
    write("class/a/gone", "");
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    assert_eq!(grades["submissions"][0]["points"], 5, "{grades:#}");
}

/// Without namespaces nothing bounds all that it writes; but some of the disk stays free. Here the disk is small.
#[test]
fn a_builder_is_stopped_before_the_disk_is_full() {
    if !has_namespaces() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("class/a")).unwrap();
    fs::create_dir(folder.path().join("disk")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./errand\"\n");
    write("class/a/build.sh", "dd if=/dev/zero of=big bs=1M; sleep 100; exit 1\n");
    let script = "mount -t tmpfs -o size=64m disk disk && TMPDIR=$PWD/disk INTERLEAVE_ISOLATION=none exec \"$0\" grade NOTES.md class --json grades.json";
    let mut command = Command::new("unshare");
    let arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_interleave")];
    command.args(arguments).current_dir(folder.path()).assert().code(0);
    let grades: Value = serde_json::from_str(&read(folder.path(), "grades.json")).unwrap();
    let story = grades["submissions"][0]["story"].as_str().unwrap();
    assert!(story.ends_with("the disk was almost full, and it was stopped"), "{grades:#}");
}

/// The processes whose arguments have this in them.
fn processes_with(mark: &str) -> Vec<String> {
    let lines = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let line = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains(mark)).collect()
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed().as_secs() < 120, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn nothing_that_a_builder_starts_outlives_it_or_its_judge() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("class/anna")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "build = \"sh build.sh\"\nrun = \"./errand\"\n");
    let mark = format!("8765.{}", std::process::id());
    let lingers =
        format!("sleep {mark} &\nsetsid setsid sleep {mark} &\n(trap '' TERM INT HUP; sleep {mark}; sleep {mark}) &\n");
    write("class/anna/build.sh", &format!("{lingers}exit 1\n"));
    grade(folder.path(), &["NOTES.md", "class"]).assert().code(0);
    assert_eq!(processes_with(&mark), [""; 0], "after it has ended");
    write("class/anna/build.sh", &format!("{lingers}sleep {mark}\n"));
    for signal in ["TERM", "KILL"] {
        let mut judge = std::process::Command::new(env!("CARGO_BIN_EXE_interleave"))
            .args(["grade", "NOTES.md", "class"])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        wait_until("the builder has begun", || processes_with(&mark).len() >= 4);
        let kill = std::process::Command::new("kill").args(["-s", signal, &judge.id().to_string()]).status();
        assert!(kill.unwrap().success());
        judge.wait().unwrap();
        wait_until(&format!("all of it ends after SIG{signal}"), || processes_with(&mark).is_empty());
    }
}

/// Tokens and keys stand in the environments of those who grade, and what a submission prints, or what its compiler says, its author reads.
#[test]
fn a_submission_sees_nothing_of_the_environment_but_what_is_named() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    // It does its errand only if it has what it wants.
    let honest = "(echo child is done) &\necho parent waits\nwait\necho parent goes on\n";
    write("class/wants.sh", &format!("read wanted < wanted\n[ \"$TOKEN$COURSE\" = \"$wanted\" ] || exit 1\n{honest}"));
    // What builds it may be the author's, too.
    write("class/spies.spy", "echo it is environ: $TOKEN\nexit 1\n");
    let of = |config: &str, arguments: &[&str], wanted: &str| {
        write(
            "grade.toml",
            &format!("files = [\"wanted\"]\n{config}\n[language.spy]\nbuild = \"sh {{file}}\"\nrun = \"true\"\n"),
        );
        write("wanted", wanted);
        let arguments = [&["NOTES.md", "class", "--json", "grades.json"], arguments].concat();
        let mut command = grade(folder.path(), &arguments);
        command.env("TOKEN", "s3cr3t").env("COURSE", "processes").assert().code(0);
        let grades: Value = serde_json::from_str(&read(folder.path(), "grades.json")).unwrap();
        let [spies, wants] = [0, 1].map(|number| grades["submissions"][number].clone());
        assert_eq!((&spies["name"], &wants["name"]), (&json!("spies"), &json!("wants")));
        assert_eq!(spies["status"], "not_built");
        let story = spies["story"].as_str().unwrap();
        assert!(story.contains("environ"), "{story}");
        assert_eq!(story.contains("s3cr3t"), wanted.contains("s3cr3t"), "{story}");
        wants["points"].as_u64().unwrap()
    };
    assert_eq!(of("", &[], ""), 5, "neither is there");
    assert_eq!(of("", &["--env", "TOKEN"], "s3cr3t"), 5);
    assert_eq!(of("", &["--env", "TOKEN=s3cr3t=2", "--env", "COURSE"], "s3cr3t=2processes"), 5);
    assert_eq!(of("env = [\"COURSE\"]", &[], "processes"), 5);
    grade(folder.path(), &["NOTES.md", "class", "--env", "=1"]).assert().code(2);
    write("grade.toml", "env = [\"=1\"]\n");
    grade(folder.path(), &["NOTES.md", "class"]).assert().code(2);
}

/// The first has its share of the time that is there for all, and no more.
/// A class of two who have handed in this script.
fn class_of_two(script: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    write("NOTES.md", NOTES);
    write("class/a.sh", script);
    write("class/b.sh", script);
    folder
}

#[test]
fn a_class_is_given_so_much_time_together() {
    // Nobody comes to the end of these.
    let class = class_of_two("for i in 1 2 3 4 5 6 7 8 9; do (echo child is done) & done; wait\n");
    let cause = |arguments: &[&str]| {
        let endless = ["NOTES.md", "class", "--jobs", "1", "--limit", "1000000000", "--calls", "1000000000000"];
        // How far it is explored depends on the clock, so that nothing is fair: somebody has to look.
        grade(class.path(), &[&endless, arguments, &["--json", "grades.json"]].concat()).assert().code(2);
        let grades: Value = serde_json::from_str(&read(class.path(), "grades.json")).unwrap();
        let first = &grades["submissions"][0];
        assert_eq!((&first["status"], &first["points"]), (&json!("unjudged"), &json!(0)));
        first["cause"].as_str().unwrap().to_owned()
    };
    let of_total = cause(&["--time", "300s", "--total", "4s"]);
    assert!(of_total.contains("not explored as far as the others in 2 s"), "{of_total}");
    let of_each = cause(&["--time", "1s", "--total", "300s"]);
    assert!(of_each.contains("not explored as far as the others in 4 s"), "{of_each}");
}

#[test]
fn whoever_has_no_end_is_explored_as_far_as_all_the_others_and_as_far_again() {
    let class = class_of_two("for i in 1 2 3 4; do (echo i >> file; echo child is done) & done; wait\n");
    for calls in ["1", "3000"] {
        let graded = || graded(class.path(), &["NOTES.md", "class", "--calls", calls]);
        let grades = graded();
        let [first, second] = [0, 1].map(|which| &grades["submissions"][which]);
        assert_eq!(first["status"], "graded");
        let explored = first["explored"].as_str().unwrap();
        let limit = if calls == "1" { "the limit was 1 system call" } else { "the limit was 3000 system calls" };
        assert!(explored.contains(limit), "{explored}");
        for field in ["points", "explored"] {
            assert_eq!(first[field], second[field]);
        }
        assert!(comparable(grades.clone()) == comparable(graded()), "the second time is another");
    }
}

#[test]
fn whoever_never_ends_costs_one_run_and_earns_what_no_other_order_could_take_away() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("NOTES.md", NOTES);
    // In another order it would come out that nobody waits.
    let turns = WRONG_ORDER.replace("    wait(NULL);\n", "    for (;;);\n");
    write("turns.c", &format!("{HEAD}{turns}"));
    let grades = graded(folder.path(), &["NOTES.md", "turns.c"]);
    let grade = &grades["submissions"][0];
    assert_eq!((&grade["status"], &grade["points"]), (&json!("graded"), &json!(0)));
    assert!(grade["cause"].as_str().unwrap().contains("its time was up"), "{}", grade["cause"]);
    assert!(grade["explored"].as_str().unwrap().contains("a run that goes on for too long"), "{}", grade["explored"]);
    let unknown = grade["claims"].as_array().unwrap().iter().filter(|claim| claim["verdict"] == "unknown");
    assert!(unknown.clone().count() > 1);
    for claim in unknown {
        assert!(claim["why"].as_str().unwrap().contains("a run of it was stopped"), "{}", claim["why"]);
    }
}

#[test]
fn two_files_of_one_name_are_told_apart_by_their_endings() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("class/ada")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "[names]\nanna = \"Anna\"\n\"bo.sh\" = \"Bo\"\n");
    // Of the last one, what is left without its ending is the name of another.
    for name in ["anna.sh", "anna.py", "bo.sh", "cy.sh", "ada.sh", "anna.sh.py"] {
        write(&format!("class/{name}"), "");
    }
    write("class/ada/main.sh", "");
    let grades = graded(folder.path(), &["NOTES.md", "class"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = grades["submissions"].as_array().unwrap().iter();
    let named: Vec<_> = named.map(|one| (text(&one["name"]).unwrap(), text(&one["student"]))).collect();
    let anna = Some("Anna");
    let expected = [("ada", None), ("ada.sh", None), ("anna.py", anna), ("anna.sh", anna), ("anna.sh.py", None)];
    assert_eq!(&named[..5], expected.map(|(name, student)| (name.to_owned(), student.map(str::to_owned))));
    assert_eq!(named[5..], [("bo".to_owned(), None), ("cy".to_owned(), None)]);
    // What is named twice would be graded twice.
    grade(folder.path(), &["NOTES.md", "class", "class/cy.sh"]).assert().code(2);
}

#[test]
fn what_is_late_is_marked() {
    let class = class();
    // TOML has moments of its own.
    fs::write(class.path().join("grade.toml"), "deadline = 2001-01-01T00:00:00Z\n").unwrap();
    assert_eq!(graded(class.path(), &["NOTES.md", "class/silent.sh"])["submissions"][0]["late"], true);
    fs::write(class.path().join("grade.toml"), "deadline = \"2001-01-01T00:00:00Z\"\n").unwrap();
    let grades = graded(class.path(), &["NOTES.md", "class/silent.sh"]);
    assert_eq!(grades["submissions"][0]["late"], true);
}

/// Where temporary files are shared, one submission could write to what of another is built and run there; so they are judged one after the other.
#[test]
fn without_namespaces_nobody_finds_the_copy_of_another() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    fs::create_dir(folder.path().join("temporary")).unwrap();
    write("NOTES.md", NOTES);
    write("grade.toml", "[language.slow]\nbuild = \"sleep 2\"\nrun = \"sh {file}\"\n");
    let honest = "(echo child is done) &\necho parent waits\nwait\necho parent goes on\n";
    let wrecks = format!("for it in {}/temporary/*/submission/*.slow; do echo > $it; done", folder.path().display());
    write("class/a.sh", &wrecks);
    write("class/b.slow", honest);
    let mut command = grade(folder.path(), &["NOTES.md", "class", "--time", "300"]);
    command.env("TMPDIR", folder.path().join("temporary")).env("INTERLEAVE_ISOLATION", "landlock");
    let done = command.assert().code(0);
    let table = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(table.contains("b  5/5"), "{table}");
}
