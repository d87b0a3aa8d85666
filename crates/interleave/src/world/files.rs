//! Files that processes may change, and by which numbers footprints name them.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

/// The files of a run.
#[derive(Default)]
pub struct Files {
    /// By device and inode: a number that follows from the name by which the file was met first.
    numbers: HashMap<(u64, u64), u64>,
    /// Those that can be executed, and that somebody has opened to write to.
    pub written_texts: Vec<u64>,
    /// Those of the system that two processes had open together, so that they share the place where the next read begins.
    shared: BTreeSet<(u64, u64)>,
}

/// Where nothing is written by a program under test: what its processes find there is the same in every run.
const SYSTEM: &[&str] =
    &["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/opt", "/nix", "/snap"];

/// Where everybody may make files.
const TEMPORARY: &[&str] = &["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"];

impl Files {
    /// The number of a file that is met by this name.
    pub fn number(&mut self, device: u64, inode: u64, name: &Path) -> u64 {
        *self.numbers.entry((device, inode)).or_insert_with(|| number(name))
    }

    /// Two processes have this file of the system, by its device and inode, open together.
    pub fn is_shared(&mut self, file: (u64, u64)) {
        self.shared.insert(file);
    }

    /// Whether any two had.
    pub fn was_shared(&self, file: (u64, u64)) -> bool {
        self.shared.contains(&file)
    }

    /// The number of a file that was met before; else the one of this name.
    pub fn known(&self, device: u64, inode: u64, name: &Path) -> u64 {
        self.numbers.get(&(device, inode)).copied().unwrap_or_else(|| number(name))
    }
}

/// Which files a run leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remains {
    /// It has a layer over its working directory, and folders for temporary files of its own.
    Nothing,
    /// It has only the latter.
    Files,
    /// It has no world of its own, but perhaps a copy of its working directory.
    All,
}

/// What numbers that follow from names have, and no other.
const NAMED: u64 = 1 << 55;

/// The copy of its working directory in which the program of this supervisor runs, if it runs in one: each supervisor has another.
static COPY: OnceLock<PathBuf> = OnceLock::new();

/// What lies in this folder has the numbers that it would have in the program's working directory.
pub fn stands_for_working_directory(copy: &Path) {
    // There is one program in the life of a supervisor.
    let _ = COPY.set(copy.to_owned());
}

/// Whether this lies in that copy, which is made anew for each run.
pub fn is_in_copy(path: &Path) -> bool {
    COPY.get().is_some_and(|copy| path.starts_with(copy))
}

/// Whether this lies in the working directory of the program, which is ours.
pub fn is_in_working_directory(path: &Path) -> bool {
    static HERE: LazyLock<PathBuf> = LazyLock::new(|| std::env::current_dir().unwrap_or_default());
    path.starts_with(&*HERE)
}

/// Whether this lies where everybody may make files.
pub fn is_temporary(path: &Path) -> bool {
    TEMPORARY.iter().any(|folder| path.starts_with(folder))
}

/// The number of a name.
pub fn number(name: &Path) -> u64 {
    let mut digest = DefaultHasher::new();
    let below = COPY.get().and_then(|copy| name.strip_prefix(copy).ok());
    below.unwrap_or(name).hash(&mut digest);
    digest.finish() & (NAMED - 1) | NAMED
}

/// A number without what may differ from run to run: of what has several names it follows from the one by which it was met first.
pub fn across_runs(number: u64) -> u64 {
    if number & NAMED == 0 { number } else { NAMED }
}

/// Whether what is found by this name may be changed by the program.
pub fn may_change(path: &Path) -> bool {
    static PLACES: LazyLock<Places> = LazyLock::new(|| Places {
        working_directory: std::env::current_dir().unwrap_or_default(),
        home: std::env::var_os("HOME").unwrap_or_default().into(),
    });
    PLACES.may_change(path)
}

/// Where a program is at home.
struct Places {
    /// It may lie anywhere: below `/usr/src`, or in a folder whose name begins with a dot, as those for temporary files do
    /// that some libraries make.
    working_directory: PathBuf,
    home: PathBuf,
}

impl Places {
    fn may_change(&self, path: &Path) -> bool {
        let is_own = self.working_directory.parent().is_some()
            && path.starts_with(&self.working_directory)
            && (!path.parent().is_some_and(|folder| self.is_of_tools(folder))
                || self.is_of_tools(&self.working_directory));
        if is_own || is_temporary(path) {
            return !is_of_interpreter(path);
        }
        !(SYSTEM.iter().any(|folder| path.starts_with(folder)) || is_hidden(path) || is_of_interpreter(path))
    }

    /// Whether a folder is, or lies in, one that tools keep for themselves, such as `~/.cargo` or `~/.pyenv`.
    fn is_of_tools(&self, folder: &Path) -> bool {
        folder.strip_prefix(&self.home).is_ok_and(|below| below.components().next().is_some_and(has_dot))
    }
}

/// Whether it lies in a folder, or is one, whose name begins with a dot.
fn is_hidden(path: &Path) -> bool {
    path.components().any(has_dot)
}

fn has_dot(part: Component) -> bool {
    matches!(part, Component::Normal(name) if name.as_encoded_bytes().first() == Some(&b'.'))
}

/// Whether it is one of the folders in which Python keeps modules.
fn is_of_interpreter(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "site-packages" || part.as_os_str() == "__pycache__")
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
    fn what_may_change() {
        for (path, working_directory, changes) in [
            ("/home/a/x", "/home/a", true),
            ("/home/b/x", "/home/a", true),
            ("/home/a/.cargo/x", "/home/b", false),
            ("/home/a/.cargo/x", "/home/a", false),
            ("/home/a/.lock", "/home/a", true),
            ("/home/a/work/.git/index", "/home/a/work", true),
            ("/home/a/.course/x", "/home/a/.course", true),
            ("/usr/share/x", "/home/a", false),
            ("/usr/src/app/x", "/usr/src/app", true),
            ("/usr/src/other", "/usr/src/app", false),
            ("/usr/lib/x", "/", false),
            ("/tmp/.tmpAbc/x", "/home/a", true),
            ("/dev/shm/x", "/home/a", true),
            ("/dev/null", "/home/a", false),
            ("/home/a/__pycache__/x.pyc", "/home/a", false),
        ] {
            let places = Places { working_directory: working_directory.into(), home: "/home/a".into() };
            assert_eq!(places.may_change(Path::new(path)), changes, "{path} from {working_directory}");
        }
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
