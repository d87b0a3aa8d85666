//! Files that processes may change, and by which numbers footprints name them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};

/// The files of a run.
#[derive(Default)]
pub struct Files {
    /// By device and inode: a number that follows from the name by which the file was met first.
    numbers: HashMap<(u64, u64), u64>,
}

/// Where nothing is written by a program under test: what its processes find there is the same in every run.
const SYSTEM: &[&str] =
    &["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/opt", "/nix", "/snap"];

impl Files {
    /// The number of a file that is met by this name.
    pub fn number(&mut self, device: u64, inode: u64, name: &Path) -> u64 {
        *self.numbers.entry((device, inode)).or_insert_with(|| number(name))
    }
}

impl Files {
    /// The number of a file that was met before; else the one of this name.
    pub fn known(&self, device: u64, inode: u64, name: &Path) -> u64 {
        self.numbers.get(&(device, inode)).copied().unwrap_or_else(|| number(name))
    }
}

/// The number of a name.
pub fn number(name: &Path) -> u64 {
    let mut digest = DefaultHasher::new();
    name.hash(&mut digest);
    digest.finish() & ((1 << 56) - 1)
}

/// Whether what is found by this name may be changed by the program.
pub fn may_change(path: &Path) -> bool {
    path.starts_with("/dev/shm")
        || path.starts_with("/dev/mqueue")
        || !(SYSTEM.iter().any(|folder| path.starts_with(folder)) || is_hidden(path))
}

/// Whether it lies in a folder that tools keep for themselves, such as `~/.cargo` or `~/.pyenv`: an interpreter's own files.
fn is_hidden(path: &Path) -> bool {
    path.components()
        .any(|part| matches!(part, Component::Normal(name) if name.as_encoded_bytes().first() == Some(&b'.')))
        || path.components().any(|part| part.as_os_str() == "site-packages" || part.as_os_str() == "__pycache__")
}

/// The path without `.` and `..`, as far as that can be known without looking.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_keeps_is_not_watched() {
        for (path, watched) in [
            ("/usr/lib/libc.so.6", false),
            ("/dev/null", false),
            ("/dev/shm/x", true),
            ("/tmp/x", true),
            ("/root/.pyenv/lib/python", false),
            ("/home/a/work/lock", true),
        ] {
            assert_eq!(may_change(Path::new(path)), watched, "{path}");
        }
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
