//! The lessons' programs: built once, by cargo.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use interleave_claims::say;
use serde::Deserialize;

/// Where each binary of these packages lies, once cargo has built them all.
///
/// Cargo reports its progress and the compiler's complaints on standard error. Blocks until it is done.
///
/// # Errors
/// If cargo cannot be run, or if something does not build.
pub fn build(root: &Path, packages: &[&str]) -> io::Result<BTreeMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["build", "--bins", "--message-format=json-render-diagnostics"]).current_dir(root);
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    // Cargo tells what it runs about its own package by variables that would make this build differ from the user's.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&variable);
        }
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| {
        io::Error::new(
            error.kind(),
            say!("cannot run {} to build the programs: {}", cargo.display().to_string(), &error).told(),
        )
    })?;
    if !output.status.success() {
        return Err(io::Error::other(
            say!("the programs do not build; what cargo says above has to be mended first").told(),
        ));
    }
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Message>();
    let mut binaries = BTreeMap::new();
    for message in messages {
        if let Message { target: Some(target), executable: Some(path) } = message? {
            binaries.insert(target.name, path);
        }
    }
    Ok(binaries)
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
