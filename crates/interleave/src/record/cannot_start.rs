//! Why a program could not be started, as data and in words.

use std::env;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A program could not be started: what was tried, what the system answered, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannotStart {
    /// The program, as it was named, safe for a terminal.
    pub name: String,
    /// What the system answered.
    pub answer: String,
    /// What that means.
    pub why: NotStarted,
}

/// Why a program was not started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotStarted {
    /// It is in no folder of PATH, which is this.
    NotInPath(String),
    /// It is there, and its interpreter is not.
    NoInterpreter,
    /// It is not there, as seen from this folder.
    NotThere(String),
    /// It is a folder.
    Folder,
    /// It may not be executed.
    NotExecutable,
    /// It is no program for this machine, and no script that names an interpreter.
    NoProgram,
    /// Something else.
    Other,
}

/// Whether a program is meant by its place, and not looked for in PATH.
pub fn has_folder(program: &Path) -> bool {
    program.components().count() > 1 || program.is_absolute()
}

impl CannotStart {
    /// What execve(2) of this program has answered.
    pub fn new(program: &Path, error: &io::Error) -> CannotStart {
        // Somebody will read this on a terminal, and a name can hold anything.
        let shown = |character: char| match character.is_control() {
            true => character.escape_default().to_string(),
            false => character.to_string(),
        };
        let why = match error.kind() {
            io::ErrorKind::NotFound if !has_folder(program) => {
                NotStarted::NotInPath(env::var_os("PATH").unwrap_or_default().display().to_string())
            }
            io::ErrorKind::NotFound if program.exists() => NotStarted::NoInterpreter,
            io::ErrorKind::NotFound => {
                NotStarted::NotThere(env::current_dir().unwrap_or_default().display().to_string())
            }
            io::ErrorKind::PermissionDenied if program.is_dir() => NotStarted::Folder,
            io::ErrorKind::PermissionDenied => NotStarted::NotExecutable,
            _ if error.raw_os_error() == Some(libc::ENOEXEC) => NotStarted::NoProgram,
            _ => NotStarted::Other,
        };
        let name = program.display().to_string().chars().map(shown).collect();
        CannotStart { name, answer: error.to_string(), why }
    }
}

impl fmt::Display for CannotStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CannotStart { name, answer, why } = self;
        write!(f, "cannot start `{name}`: {answer}; ")?;
        match why {
            NotStarted::NotInPath(path) => write!(f, "looked in PATH ({path}); name it with its folder, or install it"),
            NotStarted::NoInterpreter => f.write_str(
                "the file is there, but not the interpreter that it names (its #! line, or its dynamic loader)",
            ),
            NotStarted::NotThere(here) => write!(f, "looked from {here}; check the path, or build it first"),
            NotStarted::Folder => f.write_str("it is a folder; name a program in it"),
            NotStarted::NotExecutable => {
                write!(f, "make it executable (`chmod +x {name}`), or start its interpreter")
            }
            NotStarted::NoProgram => f.write_str(
                "it is neither a program for this machine nor a script with a #! line; start its interpreter",
            ),
            NotStarted::Other => f.write_str("see execve(2)"),
        }
    }
}

impl Error for CannotStart {}
