//! `cargo xtask watch`, `dev` and `new`, which are about exercises (but for `new course`), `grade` and `gradescope`, and `play`. They are programs
//! of their own (`play` is this one with more in it), which cargo builds when they are asked for, so that the first `verify` need
//! not compile what listens to keys and files, draws a screen, or writes XML.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Does what the arguments ask for, if another program does it, which takes the place of this one.
///
/// Comes back with nothing if the arguments ask for something else, and with a failure if cargo cannot be run.
pub fn run(root: &Path) -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let (package, arguments) = match arguments.first()?.to_str()? {
        "watch" => ("watch", arguments[1..].to_vec()),
        "new" if arguments.get(1).is_some_and(|what| what == "course") => ("interleave-cli", arguments),
        "dev" | "new" => ("exercises", arguments),
        "book" => ("book", arguments[1..].to_vec()),
        // With that it does not come here again.
        "play" if !cfg!(feature = "play") => ("xtask", arguments),
        "grade" | "gradescope" => ("interleave-cli", arguments.iter().map(|argument| notes(root, argument)).collect()),
        _ => return None,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["run", "--quiet", "--package", package]);
    if package == "xtask" {
        command.args(["--features", "play"]);
    }
    // Who grades or plays names files as seen from where they are; exercises lie in the course.
    if package == "interleave-cli" || package == "xtask" {
        command.arg("--manifest-path").arg(root.join("Cargo.toml"));
    } else {
        command.current_dir(root);
    }
    command.arg("--").args(&arguments);
    // Cargo tells what it runs about its own package by variables that would make this build differ from the user's.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&variable);
        }
    }
    let error: io::Error = command.exec();
    eprintln!("cannot run {} to start {package}: {error}", cargo.display());
    Some(ExitCode::from(2))
}

/// The notes of the lesson that is called so, and its default program, which has its name, or the one in `LESSON/PROGRAM`;
/// anything else as it is.
fn notes(root: &Path, argument: &OsStr) -> OsString {
    let notes = |argument: &str| {
        let (lesson, program) = argument.split_once('/').unwrap_or((argument, argument));
        let file = root.join("crates").join(lesson).join("README.md");
        (!lesson.is_empty() && file.is_file()).then(|| file.join(program))
    };
    match argument.to_str().and_then(notes) {
        Some(file) if !Path::new(argument).exists() => file.into(),
        _ => argument.to_owned(),
    }
}
