//! `cargo xtask watch`, `dev` and `new`, which are about exercises (but for `new course`), `grade` and `gradescope`, `play`, and
//! whatever draws a picture (`--svg`). They are programs of their own (the last two are this one with more in it), which cargo builds
//! when they are asked for, so that the first `verify` need not compile what listens to keys and files, draws, or writes XML.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
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
        "explore" | "outputs" | "replay" | "verify" | "check" if !cfg!(feature = "pictures") && draws(&arguments) => {
            ("xtask", arguments)
        }
        "grade" | "gradescope" => ("interleave-cli", arguments.iter().map(|argument| notes(root, argument)).collect()),
        _ => return None,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.arg("run");
    // The first build takes minutes: whoever looks on is to see that it goes on.
    if !io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command.args(["--package", package]);
    if package == "xtask" {
        let feature = if draws(&arguments) { "pictures" } else { "play" };
        command.args(["--features", feature]);
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

/// Whether these arguments ask for a picture.
fn draws(arguments: &[OsString]) -> bool {
    const PICTURES: [&str; 5] = ["--svg", "--html", "--mermaid", "--perfetto", "--lattice"];
    let own = arguments.iter().filter_map(|argument| argument.to_str()).take_while(|argument| *argument != "--");
    own.map(|argument| argument.split_once('=').map_or(argument, |(name, _)| name)).any(|name| PICTURES.contains(&name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_asked_for_by_its_own_option_only() {
        let draws = |arguments: &str| draws(&arguments.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert!(draws("explore ordering_demo --svg run.svg") && draws("verify --html=x.html"));
        assert!(!draws("explore ordering_demo") && !draws("explore ordering_demo -- ./draw --svg run.svg"));
    }
}
