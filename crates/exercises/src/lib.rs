//! The course's exercises: what they ask ([`catalog`]), how an answer is built ([`workbench`]) and judged ([`judge`]), how far a
//! learner has come ([`progress`]), and, for authors, whether each exercise teaches what it says ([`check`]).
//!
//! It is no part of `xtask`, so that the first `cargo xtask verify` need not compile it.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod catalog;
pub mod check;
pub mod judge;
pub mod progress;
pub mod skeleton;
pub mod workbench;

use std::path::{Path, PathBuf};

use interleave_claims::words;

/// Chooses the language of what the checker says, for the whole process.
pub fn speak(language: catalog::Language) {
    words::choose(match language {
        catalog::Language::English => words::Language::English,
        catalog::Language::Chinese => words::Language::Chinese,
    });
}

/// The language of the locale.
pub fn of_locale() -> catalog::Language {
    match words::Language::of_locale(|name| std::env::var(name).ok()) {
        words::Language::English => catalog::Language::English,
        words::Language::Chinese => catalog::Language::Chinese,
    }
}

/// The folder of the course: the one that holds `exercises/`.
pub fn root() -> PathBuf {
    // Cargo tells a program that it runs where its package is; the folder it was built in is the next best guess.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.ancestors().nth(2).map_or(package.clone(), Path::to_path_buf)
}
