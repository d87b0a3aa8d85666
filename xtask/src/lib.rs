//! The course: its folder, and how its programs are built.

// Anywhere else main.rs says what is missing; a library full of errors would hide it.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod conformance;
pub mod elsewhere;
pub mod plain;
pub mod programs;

use std::path::{Path, PathBuf};

use interleave_cli::{CourseFolder, Front};

/// `cargo xtask`, which knows the course that it lies in.
pub fn front() -> Front {
    Front { command: "cargo xtask", course: Some(CourseFolder { root: root(), build: programs::build }) }
}

/// The folder of the course: the one that holds xtask.
pub fn root() -> PathBuf {
    // Cargo tells a program that it runs where its package is; the folder it was built in is the next best guess.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}
