//! What is there to be copied: a course, and what grades a class on GitHub, GitLab and Gradescope. Each is not only read, but run as
//! it would be there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;
use tempfile::TempDir;

const INTERLEAVE: &str = env!("CARGO_BIN_EXE_interleave");

/// A new course, in the folder `course` of this one.
fn course() -> TempDir {
    let folder = TempDir::new().unwrap();
    interleave(folder.path(), &["new", "course", "course"], 0);
    folder
}

fn interleave(folder: &Path, arguments: &[&str], code: i32) -> String {
    let assert = assert_cmd::Command::new(INTERLEAVE)
        .env("LC_ALL", "C.UTF-8")
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path(None))
        .assert();
    String::from_utf8(assert.code(code).get_output().stdout.clone()).unwrap()
}

/// PATH, with this folder and those of the system in front: what may stand there in place of a Python is no Python.
fn path(first: Option<&Path>) -> OsString {
    let folders: Vec<PathBuf> = ["/usr/bin".into(), "/bin".into()].into();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = first.into_iter().map(Path::to_owned).chain(folders).chain(std::env::split_paths(&rest));
    std::env::join_paths(folders).unwrap()
}

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").env("PATH", path(None)).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: there is no {program} here");
    }
    found
}

fn template(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What Actions or GitLab would see in a file.
fn yaml(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).unwrap().remove(0)
}

fn at<'a>(yaml: &'a Yaml<'a>, keys: &[&str]) -> &'a Yaml<'a> {
    keys.iter().fold(yaml, |yaml, key| yaml.as_mapping_get(key).unwrap_or_else(|| panic!("no {key} in {yaml:?}")))
}

/// Runs a script as the services do: each line of it must succeed.
fn sh(script: &str, folder: &Path, variables: &[(&str, &Path)]) {
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", script]).current_dir(folder);
    let output = shell.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{script}\n{output:?}");
}

#[test]
fn a_new_course_works_at_once() {
    let folder = course();
    let course = folder.path().join("course");
    let notes = if has("python3") { "NOTES.md" } else { "NOTES.md/errand" };
    let said = interleave(&course, &["verify", notes], 0);
    assert!(said.contains("all hold"), "{said}");

    fs::create_dir(folder.path().join("class")).unwrap();
    fs::copy(course.join("errand.c"), folder.path().join("class/done.c")).unwrap();
    fs::copy(course.join("students/errand.c"), folder.path().join("class/begun.c")).unwrap();
    let said = interleave(&course, &["grade", "NOTES.md/errand", "../class", "--time", "300"], 0);
    assert!(said.contains("\ndone   9/9  ") && said.contains("begun  0/9  "), "{said}");
    // Its points, and what single files are called, are those of one of its programs.
    if has("python3") {
        let said = interleave(&course, &["grade", "NOTES.md/question", "question.py", "--time", "300"], 0);
        assert!(said.contains("question  4/4  "), "{said}");
    }
    // What students begin with can be built, too.
    interleave(&course, &["grade", "NOTES.md/errand", "--one", "students", "--time", "300"], 0);
}

#[test]
fn a_course_is_made_in_an_empty_folder_only() {
    let folder = course();
    let before = read(folder.path().join("course/NOTES.md"));
    fs::write(folder.path().join("course/errand.c"), "mine").unwrap();
    interleave(folder.path(), &["new", "course", "course"], 2);
    assert_eq!(read(folder.path().join("course/errand.c")), "mine");
    // A repository that was just made is empty.
    fs::create_dir_all(folder.path().join("other/.git")).unwrap();
    interleave(folder.path(), &["new", "course", "other"], 0);
    assert_eq!(read(folder.path().join("other/NOTES.md")), before);
    // What it says to do next can be copied.
    let said = interleave(folder.path(), &["new", "course", "two words"], 0);
    assert!(said.contains("\n  cd 'two words'\n"), "{said}");
}

#[test]
fn half_a_course_does_not_stay() {
    let folder = TempDir::new().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_interleave"));
    // No file may have more than a block, as on a disk that is full.
    let script = "ulimit -f 1; trap '' XFSZ; ! \"$INTERLEAVE\" new course here/course || exit 1; cd there && ! \"$INTERLEAVE\" new course .";
    fs::create_dir_all(folder.path().join("there/.git")).unwrap();
    sh(script, folder.path(), &[("INTERLEAVE", binary)]);
    assert!(!folder.path().join("here").exists());
    let left: Vec<_> = fs::read_dir(folder.path().join("there")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, [".git"]);
}

#[test]
fn what_github_classroom_runs_reports_points() {
    let text = template("github-classroom.yml");
    let workflow = yaml(&text);
    let steps = at(&workflow, &["jobs", "grade", "steps"]).as_sequence().unwrap();
    let find = |key: &str, part: &str| {
        let has = |step: &&Yaml| step.as_mapping_get(key).and_then(Yaml::as_str).is_some_and(|it| it.contains(part));
        steps.iter().find(has).unwrap_or_else(|| panic!("no step with {part}"))
    };
    let reporter = find("uses", "autograding-grading-reporter@");
    let id = at(reporter, &["with", "runners"]).as_str().unwrap();
    let results = at(reporter, &["env", &format!("{}_RESULTS", id.to_uppercase())]).as_str().unwrap();
    assert_eq!(results, format!("${{{{ steps.{id}.outputs.result }}}}"));
    let step = find("id", id);

    let folder = course();
    let (submission, temporary) = (folder.path().join("submission"), folder.path().join("temporary"));
    fs::create_dir(&submission).unwrap();
    fs::create_dir(&temporary).unwrap();
    fs::copy(folder.path().join("course/errand.c"), submission.join("errand.c")).unwrap();
    let (output, summary) = (folder.path().join("output"), folder.path().join("summary"));
    let path = PathBuf::from(path(Path::new(INTERLEAVE).parent()));
    let variables = [
        ("PATH", path.as_path()),
        ("NOTES", Path::new("NOTES.md/errand")),
        ("RUNNER_TEMP", &temporary),
        ("GITHUB_OUTPUT", &output),
        ("GITHUB_STEP_SUMMARY", &summary),
    ];
    sh(
        at(step, &["run"]).as_str().unwrap(),
        &folder.path().join(at(step, &["working-directory"]).as_str().unwrap()),
        &variables,
    );
    let output = read(output);
    let result = output.trim().strip_prefix("result=").unwrap();
    let result: Value = serde_json::from_slice(&STANDARD.decode(result).unwrap()).unwrap();
    assert_eq!((result["status"].as_str(), result["max_score"].as_u64()), (Some("pass"), Some(9)));
    assert!(read(summary).starts_with("# submission: 9 of 9 points"));
}

#[test]
fn what_gitlab_runs_reports_junit() {
    let text = template("gitlab-ci.yml");
    let job = yaml(&text);
    let job = at(&job, &["grade"]);
    assert_eq!(at(job, &["artifacts", "reports", "junit"]).as_str(), Some("junit.xml"));
    let script = at(job, &["script"]).as_sequence().unwrap();
    let script: Vec<&str> = script.iter().map(|line| line.as_str().unwrap()).collect();
    if !has("git") || !has("tar") {
        return;
    }
    let folder = course();
    let commit = "git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -qm a";
    let course = folder.path().join("course");
    sh(commit, &course, &[]);
    let project = course.join("students");
    sh(commit, &project, &[]);
    fs::create_dir_all(project.join(".interleave/bin")).unwrap();
    symlink(INTERLEAVE, project.join(".interleave/bin/interleave")).unwrap();
    sh(&script.join("\n"), &project, &[("COURSE", &course), ("NOTES", Path::new("NOTES.md/errand"))]);
    let report = quick_junit::Report::deserialize_from_str(&read(project.join("junit.xml"))).unwrap();
    assert_eq!((report.tests, report.test_suites[0].name.as_str()), (6, "submission"));
    assert!(report.failures > 0);
    assert!(project.join("feedback/submission.html").is_file());
}

#[test]
fn every_workflow_is_yaml_with_scripts() {
    for file in ["github-classroom.yml", "course/verify.yml"] {
        let text = template(file);
        let workflow = yaml(&text);
        for (_, job) in at(&workflow, &["jobs"]).as_mapping().unwrap() {
            for step in at(job, &["steps"]).as_sequence().unwrap() {
                if let Some(script) = step.as_mapping_get("run") {
                    sh(&format!("sh -n <<'END'\n{}\nEND", script.as_str().unwrap()), Path::new("/"), &[]);
                } else {
                    assert!(at(step, &["uses"]).as_str().unwrap().contains('@'), "{file}");
                }
            }
        }
    }
    for file in ["gitlab-ci.yml", "course/gitlab-ci.yml"] {
        let text = template(file);
        for (_, job) in yaml(&text).as_mapping().unwrap() {
            for line in at(job, &["script"]).as_sequence().unwrap() {
                sh(&format!("sh -n <<'END'\n{}\nEND", line.as_str().unwrap()), Path::new("/"), &[]);
            }
        }
    }
    for file in ["gradescope/setup.sh", "gradescope/run_autograder"] {
        sh(&format!("sh -n <<'END'\n{}END", template(file)), Path::new("/"), &[]);
    }
}

#[test]
fn what_gradescope_runs_writes_results() {
    let folder = course();
    interleave(&folder.path().join("course"), &["gradescope", "NOTES.md/errand", "-o", "../autograder.zip"], 0);
    // As Gradescope does: what the zip holds is source/, and one file of it is copied.
    let autograder = folder.path().join("autograder");
    let source = autograder.join("source");
    zip::ZipArchive::new(File::open(folder.path().join("autograder.zip")).unwrap()).unwrap().extract(&source).unwrap();
    for executable in ["setup.sh", "run_autograder", "interleave"] {
        assert_eq!(fs::metadata(source.join(executable)).unwrap().permissions().mode() & 0o111, 0o111, "{executable}");
    }
    fs::copy(source.join("run_autograder"), autograder.join("run_autograder")).unwrap();
    for place in ["submission", "results"] {
        fs::create_dir(autograder.join(place)).unwrap();
    }
    let results = |submission: &str| -> Value {
        fs::copy(folder.path().join(submission), autograder.join("submission/errand.c")).unwrap();
        sh(autograder.join("run_autograder").to_str().unwrap(), Path::new("/"), &[]);
        serde_json::from_str(&read(autograder.join("results/results.json"))).unwrap()
    };
    let begun = results("course/students/errand.c");
    assert_eq!(begun["score"], 0, "{begun:#}");
    let done = results("course/errand.c");
    assert_eq!(done["score"], 9, "{done:#}");
    // A single file may be called as somebody likes.
    fs::rename(autograder.join("submission/errand.c"), autograder.join("submission/mine.c")).unwrap();
    sh(autograder.join("run_autograder").to_str().unwrap(), Path::new("/"), &[]);
    let mine: Value = serde_json::from_str(&read(autograder.join("results/results.json"))).unwrap();
    assert_eq!(mine["score"], 9, "{mine:#}");
    for result in [begun, done] {
        for test in result["tests"].as_array().unwrap() {
            assert!(test["name"].is_string() && test["score"].is_u64() && test["max_score"].is_u64(), "{test:#}");
            assert!(["passed", "failed"].contains(&test["status"].as_str().unwrap()), "{test:#}");
        }
        assert!(result["output"].is_string() && result["output_format"] == "md", "{result:#}");
    }
}
