//! Copies of folders: of the working directory, to be thrown away, where there is no layer to be had, or to be written to within bounds; and of a
//! layer, to be kept.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{Mode, UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::mkfifo;

use super::Limits;

/// How many bytes are copied at most: what takes a few milliseconds.
const MOST_BYTES: u64 = 16 << 20;

/// How many files and folders.
const MOST_ENTRIES: usize = 1000;

/// The copy. Dropping it removes it.
pub struct Scratch {
    path: PathBuf,
    source: PathBuf,
}

impl Scratch {
    /// Copies the folder; `None` if it is too large to be copied for every run.
    ///
    /// # Errors
    /// If a file cannot be read, or the copy cannot be written.
    pub fn copy(folder: &Path) -> io::Result<Option<Scratch>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (mut bytes, mut entries) = (0, 0);
        if !is_small(folder, &mut bytes, &mut entries)? {
            return Ok(None);
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("interleave-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // What stands there already is somebody else's, and an error.
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        let scratch = Scratch { path, source: folder.to_owned() };
        copy(folder, &scratch.path, u64::MAX)?;
        Ok(Some(scratch))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it what it was at first, whatever a run has done to it. Nobody may be at work there.
    ///
    /// # Errors
    /// If something in it cannot be read, removed or written.
    pub fn restore(&self) -> io::Result<()> {
        // Contents are compared, since times go by ticks of some milliseconds, and not with what is written by way of a mapping.
        if self.has_mode() && is_same(&self.source, &self.path)? {
            return Ok(());
        }
        clear(&self.path)?;
        copy(&self.source, &self.path, u64::MAX)
    }

    fn has_mode(&self) -> bool {
        self.path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o7777 == 0o700)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies among temporary files, which the system removes.
        let _: io::Result<()> = remove(&self.path);
    }
}

fn is_small(folder: &Path, bytes: &mut u64, entries: &mut usize) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        *entries += 1;
        *bytes += if meta.is_file() { meta.len() } else { 0 };
        if *bytes > MOST_BYTES || *entries > MOST_ENTRIES {
            return Ok(false);
        }
        if meta.is_dir() && !is_small(&entry.path(), bytes, entries)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a folder holds what would be copied from another one, and nothing else.
fn is_same(source: &Path, copied: &Path) -> io::Result<bool> {
    let mut names = Vec::new();
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (one, other) = (entry.path(), copied.join(entry.file_name()));
        let kind = entry.file_type()?;
        if !(kind.is_dir() || kind.is_symlink() || kind.is_file() || kind.is_fifo()) {
            continue;
        }
        names.push(entry.file_name());
        let Ok(meta) = fs::symlink_metadata(&other) else { return Ok(false) };
        let is_alike = meta.file_type() == kind
            && if kind.is_symlink() {
                fs::read_link(&one)? == fs::read_link(&other)?
            } else {
                // To read from a named pipe would take for ever.
                entry.metadata()?.permissions() == meta.permissions()
                    && (kind.is_fifo()
                        || if kind.is_dir() { is_same(&one, &other)? } else { fs::read(&one)? == fs::read(&other)? })
            };
        if !is_alike {
            return Ok(false);
        }
    }
    let left: io::Result<Vec<_>> = fs::read_dir(copied)?.map(|entry| entry.map(|entry| entry.file_name())).collect();
    Ok(left?.iter().all(|name| names.contains(name)))
}

/// Removes a folder, and all that is in it, whatever may be done with it as it is. Nobody may be at work there.
///
/// # Errors
/// If something in it cannot be removed, or looked at.
pub fn remove(folder: &Path) -> io::Result<()> {
    clear(folder)?;
    fs::remove_dir(folder)
}

/// Removes all that is in a folder.
///
/// Whoever has filled it may have put folders in folders without end, deeper than a path can say or a stack can hold. So each that lies deeper is moved up to this
/// one before its turn comes.
fn clear(top: &Path) -> io::Result<()> {
    let mut folders = vec![top.to_owned()];
    let mut number = 0_u64;
    while let Some(folder) = folders.pop() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if !entry.file_type()?.is_dir() {
                fs::remove_file(path)?;
            } else if folder == top {
                folders.push(path);
            } else {
                // To move a folder changes what stands in it, for it says which one it lies in.
                fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
                folders.push(move_up(&path, top, &mut number)?);
            }
        }
        if folder != top {
            fs::remove_dir(folder)?;
        }
    }
    Ok(())
}

/// Moves a folder into another one, by a name that nothing has there.
fn move_up(folder: &Path, top: &Path, number: &mut u64) -> io::Result<PathBuf> {
    loop {
        let free = top.join(format!("moved-{number}"));
        *number += 1;
        if fs::symlink_metadata(&free).is_err() {
            return fs::rename(folder, &free).map(|()| free);
        }
    }
}

/// Copies the files of a [layer](super::World::layer) to a folder that is there.
///
/// # Errors
/// If a file cannot be read or written, or they say that they have more bytes than a run may write.
pub fn copy_layer(layer: &fs::File, to: &Path) -> io::Result<()> {
    copy(&by_descriptor(layer), to, Limits::default().disk)
}

/// The path of what this descriptor has open.
pub(super) fn by_descriptor(folder: &impl AsFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", folder.as_fd().as_raw_fd()))
}

/// Lets a folder hold what another one does, and nothing else. Nobody may be at work in either.
///
/// # Errors
/// As [`copy`]; or if something in it cannot be removed.
pub(super) fn replace(from: &Path, to: &Path, most_bytes: u64) -> io::Result<()> {
    clear(to)?;
    copy(from, to, most_bytes)
}

/// Copies what is in a folder to another one, with modes and times: whoever builds goes by which of two files is newer.
///
/// # Errors
/// If a file cannot be read or written; or they have more bytes than `most_bytes`. (A file with holes takes less where it is than where it gets
/// to.)
pub(super) fn copy(from: &Path, to: &Path, most_bytes: u64) -> io::Result<()> {
    Copying { bytes: most_bytes, files: BTreeMap::new() }.folder(from, to)
}

/// What is left to do of a copy, and what was done.
struct Copying {
    /// So many bytes may still be copied.
    bytes: u64,
    /// The copy of each file that has several names, which stays one file.
    files: BTreeMap<(u64, u64), PathBuf>,
}

impl Copying {
    fn folder(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (source, target) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type()?;
            if kind.is_dir() {
                fs::create_dir(&target)?;
                self.folder(&source, &target)?;
                fs::set_permissions(&target, entry.metadata()?.permissions())?;
            } else if kind.is_symlink() {
                symlink(fs::read_link(&source)?, &target)?;
            } else if kind.is_file() {
                self.file(&source, &target)?;
            } else if kind.is_fifo() {
                mkfifo(&target, Mode::from_bits_truncate(entry.metadata()?.mode()))?;
            }
            // Sockets are nothing without who has made them, and devices are not for programs to make.
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let meta = fs::symlink_metadata(from)?;
        let id = (meta.dev(), meta.ino());
        if let Some(copied) = self.files.get(&id) {
            return fs::hard_link(copied, to);
        }
        let left = self.bytes.checked_sub(meta.len());
        self.bytes = left.ok_or_else(|| io::Error::other("the files have more bytes than may be written"))?;
        fs::copy(from, to)?;
        let (read, changed) =
            (TimeSpec::new(meta.atime(), meta.atime_nsec()), TimeSpec::new(meta.mtime(), meta.mtime_nsec()));
        utimensat(AT_FDCWD, to, &read, &changed, UtimensatFlags::NoFollowSymlink)?;
        if meta.nlink() > 1 {
            self.files.insert(id, to.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes folders in folders, to a depth that no path can say, and beside them what does not want to be moved.
    fn fill_with_folders(folder: &Path) {
        use nix::fcntl::{OFlag, openat};
        use nix::sys::stat::{Mode, mkdirat};

        fs::create_dir(folder.join("moved-0")).unwrap();
        fs::write(folder.join("moved-1"), "").unwrap();
        let mut at: std::os::fd::OwnedFd = fs::File::open(folder).unwrap().into();
        for _ in 0..10_000 {
            mkdirat(&at, "shut", Mode::empty()).unwrap();
            mkdirat(&at, "deeper", Mode::S_IRWXU).unwrap();
            at = openat(&at, "deeper", OFlag::O_DIRECTORY, Mode::empty()).unwrap();
        }
    }

    #[test]
    fn a_copy_holds_the_same_and_is_removed() {
        let folder = std::env::temp_dir().join(format!("interleave-copied-{}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("sub/file"), "text").unwrap();
        symlink("sub/file", folder.join("link")).unwrap();
        let scratch = Scratch::copy(&folder).unwrap().unwrap();
        let copied = scratch.path().to_owned();
        assert_eq!(fs::read_to_string(copied.join("link")).unwrap(), "text");
        fs::write(copied.join("sub/file"), "changed").unwrap();
        assert_eq!(fs::read_to_string(folder.join("sub/file")).unwrap(), "text");
        fs::write(copied.join("made"), "").unwrap();
        scratch.restore().unwrap();
        assert_eq!(fs::read_to_string(copied.join("sub/file")).unwrap(), "text");
        assert!(!copied.join("made").exists());
        fill_with_folders(&copied);
        fs::set_permissions(copied.join("sub"), fs::Permissions::from_mode(0o000)).unwrap();
        scratch.restore().unwrap();
        assert_eq!(fs::read_to_string(copied.join("link")).unwrap(), "text");
        fs::remove_file(copied.join("link")).unwrap();
        scratch.restore().unwrap();
        assert!(is_same(&folder, &copied).unwrap());
        drop(scratch);
        assert!(!copied.exists());
        fs::File::create(folder.join("large")).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert!(Scratch::copy(&folder).unwrap().is_none());
        fs::remove_dir_all(&folder).unwrap();
    }
}
