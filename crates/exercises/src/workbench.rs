//! A workbench: a folder in which cargo builds answers, as a package of its own.
//!
//! It is no member of the course's workspace: answers may be unfinished, and must not get in the way of `cargo test`. It shares
//! the course's target folder and its locked versions, so that nothing is downloaded or built twice.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::catalog::Form;

/// The package of the answers, without its programs.
const MANIFEST: &str = include_str!("answers.toml");

/// A folder in which answers are built.
#[derive(Debug, Clone)]
pub struct Bench {
    root: PathBuf,
    folder: PathBuf,
}

/// Which programs came out, by name, and what the compilers said.
#[derive(Debug, Default)]
pub struct Built {
    /// The command of each program that was built.
    pub commands: BTreeMap<String, Vec<OsString>>,
    /// What the compilers said.
    pub said: String,
}

impl Bench {
    /// A bench in this folder, which need not exist yet, of the course in `root`.
    pub fn new(root: &Path, folder: &Path) -> Bench {
        Bench { root: root.to_owned(), folder: folder.to_owned() }
    }

    /// Makes the bench's package anew, with these Rust programs.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn prepare(&self, programs: &[(String, PathBuf)]) -> io::Result<()> {
        fs::create_dir_all(&self.folder).map_err(|error| cannot("make", &self.folder, &error))?;
        let mut manifest = MANIFEST.replace("{root}", &self.root.display().to_string());
        for (name, path) in programs {
            // Writing to a string cannot fail. Paths are quoted as TOML's basic strings, as `{:?}` does for what occurs in them.
            let _ = write!(manifest, "\n[[bin]]\nname = {name:?}\npath = {path:?}\n");
        }
        write_if_changed(&self.folder.join("Cargo.toml"), &manifest)?;
        // Anew each time, for the course may have been updated. Cargo takes out what answers do not need.
        let (ours, lock) = (self.root.join("Cargo.lock"), self.folder.join("Cargo.lock"));
        fs::copy(&ours, &lock).map_err(|error| cannot("copy", &ours, &error))?;
        Ok(())
    }

    /// Builds these programs, Rust ones after [`prepare`](Bench::prepare). One that does not build keeps no other from being
    /// built. Blocks until all are done.
    ///
    /// # Errors
    /// If a compiler cannot be run.
    pub fn build(&self, programs: &[(String, PathBuf)], colours: bool) -> io::Result<Built> {
        let of = |form| programs.iter().filter(move |(_, path)| Form::of(path) == Some(form));
        let mut built = Built::default();
        let rust: Vec<&str> = of(Form::Rust).map(|(name, _)| name.as_str()).collect();
        if !rust.is_empty() {
            self.build_rust(&rust, colours, &mut built)?;
        }
        for (name, path) in of(Form::C) {
            self.build_c(name, path, &mut built)?;
        }
        let mut python: Option<OsString> = None;
        for (name, path) in of(Form::Python) {
            let interpreter = match &python {
                Some(found) => found.clone(),
                None => python.insert(find_python()?).clone(),
            };
            built.commands.insert(name.clone(), vec![interpreter, path.into()]);
        }
        Ok(built)
    }

    fn build_rust(&self, names: &[&str], colours: bool, built: &mut Built) -> io::Result<()> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(&cargo);
        command.args(["build", "--quiet", "--keep-going", "--message-format=json-render-diagnostics", "--color"]);
        command.arg(if colours { "always" } else { "never" });
        command.arg("--target-dir").arg(self.target());
        command.args(names.iter().flat_map(|name| ["--bin", name])).current_dir(&self.folder);
        // Cargo tells what it runs about its own package by variables that would make this build differ from the user's.
        for (variable, _) in std::env::vars_os() {
            let name = variable.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&variable);
            }
        }
        let output = command.stdin(Stdio::null()).output().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot run {} to build the answers: {error}", cargo.display()))
        })?;
        built.said += &String::from_utf8_lossy(&output.stderr);
        for message in serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Message>() {
            if let Message { target: Some(target), executable: Some(path) } = message? {
                built.commands.insert(target.name, vec![path.into()]);
            }
        }
        Ok(())
    }

    fn build_c(&self, name: &str, path: &Path, built: &mut Built) -> io::Result<()> {
        let folder = self.target().join("exercises").join("c");
        fs::create_dir_all(&folder).map_err(|error| cannot("make", &folder, &error))?;
        let program = folder.join(name);
        let output = Command::new("cc").args(["-Wall", "-O1", "-o"]).arg(&program).arg(path).output();
        let output = output.map_err(|error| {
            io::Error::new(error.kind(), format!("cannot run the C compiler `cc`: {error}; is one installed?"))
        })?;
        built.said += &String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            built.commands.insert(name.to_owned(), vec![program.into()]);
        }
        Ok(())
    }

    fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |set| self.root.join(set))
    }
}

/// The interpreter proper: `python3` may be a script that starts many processes to find it.
fn find_python() -> io::Result<OsString> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output
        .map_err(|error| io::Error::new(error.kind(), format!("cannot run `python3`: {error}; is it installed?")))?;
    let path = output.stdout.trim_ascii_end();
    if output.status.success() && !path.is_empty() {
        return Ok(OsString::from_vec(path.to_vec()));
    }
    Err(io::Error::other(format!("`python3` does not work: {}", String::from_utf8_lossy(&output.stderr))))
}

/// Cargo takes a manifest that was written anew for one that has changed.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|error| cannot("write", path, &error))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {what} {}: {error}", path.display()))
}

/// The part of cargo's messages that tells of a binary.
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
