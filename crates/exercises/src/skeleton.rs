//! Skeletons of new lessons and exercises, which verify as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Makes an exercise called `name`, with the next free number, and says where.
///
/// # Errors
/// If the name is none for a program, if it is there already, or if a file cannot be written.
pub fn exercise(root: &Path, name: &str) -> io::Result<PathBuf> {
    must_be_a_name(name)?;
    let exercises = root.join("exercises");
    let mut last = 0;
    for entry in fs::read_dir(&exercises)? {
        let entry = entry?.file_name();
        let Some((number, rest)) = entry.to_str().and_then(|entry| entry.split_once('_')) else { continue };
        if rest == name {
            return Err(io::Error::other(format!("there is an exercise of this name already: {}", entry.display())));
        }
        last = last.max(number.parse().unwrap_or(0));
    }
    let name = format!("{:02}_{name}", last + 1);
    let folder = exercises.join(&name);
    let fill = |text: &str| text.replace("{name}", &name);
    write(&folder.join("README.md"), &fill(include_str!("skeleton/exercise.md")))?;
    write(&folder.join("README.zh.md"), &fill(include_str!("skeleton/exercise.zh.md")))?;
    write(&folder.join("given.rs"), include_str!("skeleton/given.rs"))?;
    write(&folder.join("wrong").join("sleeps.rs"), include_str!("skeleton/wrong.rs"))?;
    let solution = STANDARD.encode(include_str!("skeleton/solution.rs"));
    let lines: Vec<&str> =
        solution.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap_or_default()).collect();
    write(&folder.join("solution.rs.b64"), &(lines.join("\n") + "\n"))?;
    Ok(folder)
}

/// Makes a lesson called `name`, and says where.
///
/// # Errors
/// As [`exercise`].
pub fn lesson(root: &Path, name: &str) -> io::Result<PathBuf> {
    must_be_a_name(name)?;
    if KEPT.contains(&name) {
        return Err(io::Error::other(format!("`{name}` is a word that Rust and cargo keep for themselves")));
    }
    let folder = root.join("crates").join(name);
    for there in [&folder, &root.join(name)] {
        if there.exists() {
            return Err(io::Error::other(format!("{} is there already", there.display())));
        }
    }
    let fill = |text: &str| text.replace("{name}", name);
    write(&folder.join("Cargo.toml"), &fill(include_str!("skeleton/lesson.toml")))?;
    write(&folder.join("README.md"), &fill(include_str!("skeleton/lesson.md")))?;
    write(&folder.join("src").join("main.rs"), include_str!("skeleton/lesson.rs"))?;
    Ok(folder)
}

/// Names that Rust keeps for itself: cargo would refuse the whole workspace, or the compiler the package.
const KEPT: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

fn must_be_a_name(name: &str) -> io::Result<()> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fits) {
        return Ok(());
    }
    Err(io::Error::other(format!("`{name}` is no name for a program: small letters, digits and `_` make one")))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, text)
    };
    write().map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_whose_name_would_break_the_workspace_is_not_made() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("xtask")).unwrap();
        for name in ["fn", "test", "xtask", "Upper", "two words", ""] {
            assert!(lesson(root.path(), name).is_err(), "{name}");
        }
        assert!(!root.path().join("crates").exists());
        lesson(root.path(), "new_demo").unwrap();
        assert!(lesson(root.path(), "new_demo").is_err(), "it is there already");
    }
}
