//! The folder in which a submission is built.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use interleave::sandbox;
use nix::fcntl::{Flock, FlockArg};
use tempfile::{Builder, TempDir};

/// Such a folder. It is removed at the end; and if we are killed before, by whoever grades a submission of this name next.
pub struct Scratch {
    path: PathBuf,
    /// Says that it is in use, as long as we live.
    _lock: Flock<File>,
}

impl Scratch {
    /// The folder for a submission of this name: whenever that can be, the same each time, since programs tell where they are (Python in every
    /// traceback), and a report is to be the same twice. Somebody else may grade one of that name just now; then it is another one.
    ///
    /// # Errors
    /// If there can be no folder among the temporary files.
    pub fn named(name: &str) -> io::Result<Scratch> {
        let mut digest = DefaultHasher::new();
        name.hash(&mut digest);
        let name = format!("interleave-{:016x}", digest.finish());
        let make = || Builder::new().prefix(&name).rand_bytes(0).tempdir().map(TempDir::keep);
        let made = make().or_else(|_| remove_left_over(&std::env::temp_dir().join(&name)).and_then(|()| make()));
        made.and_then(Scratch::of).or_else(|_| Scratch::of(TempDir::new()?.keep()))
    }

    /// This folder, which we have just made; an error if it is somebody else's by now.
    fn of(path: PathBuf) -> io::Result<Scratch> {
        let lock = lock(&path)?;
        Ok(Scratch { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies among temporary files, which the system removes.
        let _: io::Result<()> = sandbox::remove(&self.path);
    }
}

/// Removes a folder that somebody has left who was killed: it is ours, and nobody has locked it. (Who has just made it, and has not locked it yet, has to
/// take another one.)
fn remove_left_over(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() || found.uid() != nix::unistd::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let _lock = lock(path)?;
    sandbox::remove(path)
}

/// Locks a folder for as long as what this returns lives, unless somebody else has, or has removed it and perhaps made another one of its name.
fn lock(folder: &Path) -> io::Result<Flock<File>> {
    let lock = Flock::lock(File::open(folder)?, FlockArg::LockExclusiveNonblock)
        .map_err(|(_, error)| io::Error::from(error))?;
    let (ours, there) = (lock.metadata()?, fs::symlink_metadata(folder)?);
    if (ours.dev(), ours.ino()) == (there.dev(), there.ino()) { Ok(lock) } else { Err(io::ErrorKind::NotFound.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_grades_the_same_at_the_same_time_has_another_folder() {
        let name = format!("{} {}", module_path!(), std::process::id());
        std::thread::scope(|scope| {
            for number in 0..8 {
                let name = &name;
                scope.spawn(move || {
                    for round in 0..150 {
                        let scratch = Scratch::named(name).unwrap();
                        let (file, text) = (scratch.path().join("file"), format!("{number} {round}"));
                        assert!(!file.exists(), "somebody else's");
                        fs::write(&file, &text).unwrap();
                        std::thread::yield_now();
                        assert_eq!(fs::read_to_string(&file).unwrap(), text);
                    }
                });
            }
        });
    }

    #[test]
    fn what_somebody_has_left_is_removed() {
        let name = format!("left {}", std::process::id());
        let first = Scratch::named(&name).unwrap();
        let path = first.path().to_owned();
        let second = Scratch::named(&name).unwrap();
        assert_ne!(second.path(), path, "that is in use");
        drop(first);
        assert!(!path.exists());
        // Nobody has locked this one.
        fs::create_dir(&path).unwrap();
        fs::write(path.join("file"), "old").unwrap();
        let third = Scratch::named(&name).unwrap();
        assert_eq!(third.path(), path);
        assert!(!path.join("file").exists());
    }
}
