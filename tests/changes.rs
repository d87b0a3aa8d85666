//! "Change it": makes the changes that the lessons ask for, and looks whether `verify` says what it must then say. `changes.toml` lists
//! them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Changes {
    change: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    program: String,
    item: String,
    change: Vec<(String, String)>,
    breaks: Vec<String>,
    #[serde(default)]
    live: bool,
    /// After so many seconds a live run is stopped.
    #[serde(default = "long")]
    seconds: u32,
}

/// However slow the machine is.
fn long() -> u32 {
    120
}

impl Change {
    /// The lesson that its program belongs to, and the program's source.
    fn source(&self) -> (PathBuf, PathBuf) {
        for lesson in fs::read_dir(root().join("crates")).unwrap() {
            let lesson = lesson.unwrap().path();
            let bin = lesson.join("src/bin").join(&self.program).with_extension("rs");
            if bin.is_file() {
                return (lesson, bin);
            }
            if lesson.ends_with(&self.program) {
                return (lesson.clone(), lesson.join("src/main.rs"));
            }
        }
        panic!("there is no program {}", self.program)
    }

    /// The source, changed.
    fn changed(&self) -> String {
        let mut text = fs::read_to_string(self.source().1).unwrap();
        for (old, new) in &self.change {
            assert_eq!(
                text.matches(old.as_str()).count(),
                1,
                "{}: once there should be {old:?} in {text}",
                self.program
            );
            text = text.replacen(old, new, 1);
        }
        text
    }

    /// What its lesson tells readers that `verify` then says.
    fn told(&self) -> String {
        match self.breaks.first() {
            Some(says) => format!("`verify` then finds broken: “{says}”."),
            None => "`verify` then finds nothing broken.".to_owned(),
        }
    }

    /// The item of its lesson's section "Change it", if that asks for it.
    fn asked_for(&self) -> Option<String> {
        let notes = fs::read_to_string(self.source().0.join("README.md")).unwrap();
        let (_, section) = notes.split_once("\n## Change it\n").unwrap();
        let paragraphs = section.split("\n## ").next().unwrap().split("\n- ").skip(1);
        // An item may be broken into lines anywhere.
        let words = paragraphs.map(|item| item.split_whitespace().collect::<Vec<&str>>().join(" "));
        words.into_iter().find(|item| item.starts_with(&self.item))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn changes() -> Vec<Change> {
    let text = fs::read_to_string(root().join("tests/changes.toml")).unwrap();
    toml::from_str::<Changes>(&text).unwrap().change
}

/// Builds all of them as one program, which is linked once and does what its name says, and gives it all their names in the folder
/// that is returned: `change_0` and so on.
fn build(changes: &[Change]) -> PathBuf {
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changes");
    let package = workspace.join("changes");
    let _ = fs::remove_dir_all(&workspace);
    fs::create_dir_all(package.join("src")).unwrap();
    // The same dependencies as the lessons, so that they are built already.
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(r#"members = ["crates/*", "xtask"]"#, r#"members = ["changes"]"#);
    let crates = format!("path = \"{}/crates/", root().display());
    fs::write(workspace.join("Cargo.toml"), manifest.replace("path = \"crates/", &crates)).unwrap();
    fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    let dependencies =
        ["ipc-channel", "multiprocess", "nix", "rand", "serde"].map(|name| format!("{name}.workspace = true\n"));
    let manifest = "[package]\nname = \"changes\"\nversion = \"0.0.0\"\nedition.workspace = true\n\n[dependencies]\n";
    fs::write(package.join("Cargo.toml"), format!("{manifest}{}", dependencies.concat())).unwrap();
    let mut main = "use std::process::{ExitCode, Termination};\n".to_owned();
    let mut names = String::new();
    for (number, change) in changes.iter().enumerate() {
        let text = change.changed();
        assert_eq!(text.matches("\nfn main()").count(), 1, "{}", change.program);
        let text = text.replace("\nfn main()", "\npub fn main()");
        fs::write(package.join(format!("src/change_{number}.rs")), text).unwrap();
        main.push_str(&format!("mod change_{number};\n"));
        names.push_str(&format!("Some(\"change_{number}\") => change_{number}::main().report(),\n"));
    }
    main.push_str("fn main() -> ExitCode { let name = std::env::current_exe().unwrap();\n");
    main.push_str(&format!("match name.file_name().unwrap().to_str() {{ {names} name => panic!(\"{{name:?}}\") }} }}"));
    fs::write(package.join("src/main.rs"), main).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().unwrap().parent().unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet"]).current_dir(&package).env("CARGO_TARGET_DIR", target);
    // Cargo tells a test about its own package by variables that are not for this one.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&variable);
        }
    }
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    for number in 0..changes.len() {
        // A hard link, since the program finds its name by `/proc/self/exe`, which goes through a symbolic one.
        fs::hard_link(target.join("debug/changes"), workspace.join(format!("change_{number}"))).unwrap();
    }
    workspace
}

#[test]
fn every_change_is_one_that_its_lesson_asks_for_and_says_what_comes_of_it() {
    for change in changes() {
        let item = change.asked_for();
        let item =
            item.unwrap_or_else(|| panic!("{} asks for nothing that begins with {}", change.program, change.item));
        assert!(item.contains(&change.told()), "{item}\n  does not say: {}", change.told());
    }
}

#[test]
fn every_change_breaks_what_it_should() {
    let changes = changes();
    let binaries = build(&changes);
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        // Most of those that run in real time sleep.
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(change) = changes.get(number) else { return };
                    if let Some(fault) = fault(change, &binaries.join(format!("change_{number}"))) {
                        faults.lock().unwrap().push(fault);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What `verify` does not say as it should of a change that was built.
fn fault(change: &Change, program: &Path) -> Option<String> {
    let seconds = change.seconds.to_string();
    // What breaks does so in one of the first interleavings.
    let how: &[&str] = if change.live { &["--live", "--timeout", &seconds] } else { &["--explore", "--limit", "300"] };
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .env("LC_ALL", "C.UTF-8")
        .args(["verify", &change.program, "--json", "--program", program.to_str().unwrap()])
        .args(how)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let claims = report["lessons"][0]["claims"].as_array().unwrap();
    let broken = claims.iter().filter(|claim| claim["verdict"] == "fail" || claim["verdict"] == "not_shown");
    let broken: Vec<&str> = broken.map(|claim| claim["says"].as_str().unwrap()).collect();
    let as_said = change.breaks.iter().all(|says| broken.contains(&says.as_str()));
    let is_right = as_said && change.breaks.is_empty() == broken.is_empty();
    (!is_right).then(|| format!("{}, {}: breaks {broken:#?}", change.program, change.item))
}
