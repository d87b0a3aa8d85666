//! Copies of folders: of the working directory, to be thrown away, where there is no layer to be had; and of a layer, to be
//! kept.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many bytes are copied at most: what takes a few milliseconds.
const MOST_BYTES: u64 = 16 << 20;

/// How many files and folders.
const MOST_ENTRIES: usize = 1000;

/// The copy. Dropping it removes it.
pub struct Scratch(PathBuf);

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
        let scratch = Scratch(std::env::temp_dir().join(name));
        // What stands there already is somebody else's, and an error.
        fs::DirBuilder::new().mode(0o700).create(&scratch.0)?;
        copy(folder, &scratch.0)?;
        Ok(Some(scratch))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies among temporary files, which the system removes.
        let _: io::Result<()> = fs::remove_dir_all(&self.0);
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

/// Copies the files of a [layer](super::World::layer) to a folder that is there.
///
/// # Errors
/// If a file cannot be read or written.
pub fn copy_layer(layer: &fs::File, to: &Path) -> io::Result<()> {
    copy(&PathBuf::from(format!("/proc/self/fd/{}", layer.as_raw_fd())), to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir(&target)?;
            copy(&source, &target)?;
            fs::set_permissions(&target, entry.metadata()?.permissions())?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
        }
        // FIFOs, sockets and devices are left behind: to read one could take for ever.
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        drop(scratch);
        assert!(!copied.exists());
        fs::File::create(folder.join("large")).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert!(Scratch::copy(&folder).unwrap().is_none());
        fs::remove_dir_all(&folder).unwrap();
    }
}
