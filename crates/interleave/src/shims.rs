//! Shims: what version managers put in PATH.
//!
//! pyenv, rbenv and their kin have a folder of scripts in PATH, each called like a program, which look for that program in the version
//! that is wanted and execute it. Such a script is a dozen processes, and to explore these takes longer than what they
//! start. So the manager is asked beforehand, once, and the version's own folder put before the scripts.

use std::collections::HashMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

/// What was found, by PATH.
static FOUND: LazyLock<Mutex<HashMap<OsString, OsString>>> = LazyLock::new(Mutex::default);

/// PATH, with the folder of the version that is wanted here, where we are, before each folder of shims.
pub(crate) fn resolved(path: &OsStr) -> OsString {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    found.entry(path.to_owned()).or_insert_with(|| resolve(path)).clone()
}

/// Whether this folder, or one above it, says by a file like `.python-version` which version it wants. Such a file may be a stranger's,
/// and what it says is left to the shims, which run where the program does.
pub(crate) fn has_version(folder: &Path) -> bool {
    let says = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with('.') && name.contains("-version"));
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    folder.ancestors().flat_map(entries).any(|entry| says(&entry.file_name()))
}

fn resolve(path: &OsStr) -> OsString {
    let folders: Vec<PathBuf> = env::split_paths(path)
        .flat_map(|folder| {
            let mut all = match manager(&folder) {
                Some(manager) => versions(&manager),
                None => Vec::new(),
            };
            all.push(folder);
            all
        })
        .collect();
    // It cannot fail: none of these folders has a colon in its name, as they come from such a list.
    env::join_paths(folders).unwrap_or_else(|_| path.to_owned())
}

/// The program that manages versions, if this is its folder of shims: `~/.pyenv/bin/pyenv` for `~/.pyenv/shims`.
fn manager(folder: &Path) -> Option<PathBuf> {
    let home = folder.parent().filter(|_| folder.file_name() == Some(OsStr::new("shims")))?;
    let name = home.file_name()?.to_str()?.trim_start_matches('.');
    let places = ["bin", "libexec"].map(|place| home.join(place).join(name));
    places.into_iter().find(|place| name.ends_with("env") && place.is_file())
}

/// The folders of programs of the versions that are wanted where we are; none if the manager does not say.
fn versions(manager: &Path) -> Vec<PathBuf> {
    let mut ask = Command::new(manager);
    ask.arg("prefix").stdin(Stdio::null()).stderr(Stdio::null());
    let answer = ask.output().ok().filter(|answer| answer.status.success());
    let prefixes = answer.and_then(|answer| String::from_utf8(answer.stdout).ok()).unwrap_or_default();
    // Of a version that is not the manager's own (`system`, whose folder is /usr/bin) only some programs have shims, and the
    // others are to be found where PATH says.
    let home = manager.parent().and_then(Path::parent);
    let bins = env::split_paths(prefixes.trim())
        .filter(|prefix| home.is_some_and(|home| prefix.starts_with(home)))
        .map(|prefix| prefix.join("bin"));
    bins.filter(|bin| bin.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_version_comes_before_its_shims() {
        let home = env::temp_dir().join(format!("shims-{}", std::process::id())).join(".testenv");
        let (bin, shims, version) = (home.join("bin"), home.join("shims"), home.join("versions/3"));
        [&bin, &shims, &version.join("bin")].into_iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
        let manager = bin.join("testenv");
        fs::write(&manager, format!("#!/bin/sh\n[ \"$1\" = prefix ] && echo '{}'\n", version.display())).unwrap();
        fs::set_permissions(&manager, fs::Permissions::from_mode(0o755)).unwrap();
        let path = env::join_paths([Path::new("/usr/bin"), &shims]).unwrap();
        let wanted = env::join_paths([Path::new("/usr/bin"), &version.join("bin"), &shims]).unwrap();
        assert_eq!(resolve(&path), wanted);
        for answer in ["echo /usr", "echo /nowhere; exit 1"] {
            fs::write(&manager, format!("#!/bin/sh\n{answer}\n")).unwrap();
            assert_eq!(resolve(&path), path, "{answer}");
        }
        assert!(!has_version(&bin));
        fs::write(home.join(".test-version"), "3").unwrap();
        assert!(has_version(&bin));
        fs::remove_dir_all(home.parent().unwrap()).unwrap();
    }
}
