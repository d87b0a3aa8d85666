//! What a run has changed in its files so far, as a digest: two runs with the same one have the same files.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::kernel::sys;

/// More is not looked at, in bytes and in files: that would take longer than a run.
const MOST_BYTES: u64 = 4 << 20;
const MOST_ENTRIES: usize = 500;

/// Seconds and nanoseconds.
type Time = (i64, i64);

/// What was looked at, and what the times of files are to be compared with.
struct Look {
    /// The file system that is a run's own; what is mounted in it is nobody's to change.
    device: u64,
    digest: DefaultHasher,
    times: Vec<Time>,
    bytes: u64,
    entries: usize,
}

/// A digest of all files that a run has of its own: those of its [layer](super::World::layer), and of the folders that began empty, which
/// lie beside it. `None` if they are too many, or cannot be read.
pub fn digest(layer: &File) -> Option<u64> {
    let place = PathBuf::from(format!("/proc/self/fd/{}/..", layer.as_raw_fd()));
    let root = fs::metadata(&place).ok()?;
    let mut look = Look {
        device: root.dev(),
        digest: DefaultHasher::new(),
        times: Vec::new(),
        bytes: MOST_BYTES,
        entries: MOST_ENTRIES,
    };
    look.look_at_folder(&place, true)?;
    let Look { mut digest, times, .. } = look;
    relative(&times, (root.mtime(), root.mtime_nsec())).hash(&mut digest);
    Some(digest.finish())
}

impl Look {
    /// In the order in which the kernel lists them, for that can be seen.
    fn look_at_folder(&mut self, folder: &Path, is_root: bool) -> Option<()> {
        for entry in fs::read_dir(folder).ok()? {
            let entry = entry.ok()?;
            // What the kernel does there while it changes a layer is over.
            if is_root && entry.file_name() == "work" {
                continue;
            }
            self.entries = self.entries.checked_sub(1)?;
            let meta = entry.metadata().ok()?;
            entry.file_name().hash(&mut self.digest);
            if meta.dev() == self.device {
                self.look_at(&entry.path(), &meta)?;
            }
        }
        Some(())
    }

    fn look_at(&mut self, path: &Path, meta: &Metadata) -> Option<()> {
        // Its number may be asked for as well, and compared.
        (meta.ino(), meta.mode(), meta.nlink(), meta.uid(), meta.gid(), meta.rdev(), meta.size())
            .hash(&mut self.digest);
        self.times.extend([(meta.mtime(), meta.mtime_nsec()), (meta.ctime(), meta.ctime_nsec())]);
        if meta.is_symlink() {
            fs::read_link(path).ok()?.hash(&mut self.digest);
        } else if meta.is_dir() {
            sys::extended_attributes(&File::open(path).ok()?)?.hash(&mut self.digest);
            self.look_at_folder(path, false)?;
        } else if meta.is_file() {
            // (When a folder was last looked at we change ourselves.)
            self.times.push((meta.atime(), meta.atime_nsec()));
            self.bytes = self.bytes.checked_sub(meta.size())?;
            let mut file =
                OpenOptions::new().read(true).custom_flags(libc::O_NOATIME | libc::O_NOFOLLOW).open(path).ok()?;
            sys::extended_attributes(&file)?.hash(&mut self.digest);
            let mut text = Vec::new();
            file.read_to_end(&mut text).ok()?;
            text.hash(&mut self.digest);
        }
        Some(())
    }
}

/// Times of files as a program can use them: by the clock those that lie before the run or after now, which somebody has set or left; of all
/// others only which came before which, since each run takes place at another time.
fn relative(times: &[Time], start: Time) -> Vec<Result<usize, Time>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = (now.as_secs() as i64, i64::from(now.subsec_nanos()));
    // How a world was made takes a little longer or not.
    const LONGEST_START: i64 = 60;
    let is_of_run = |time: &Time| time.0 >= start.0 - LONGEST_START && *time <= now;
    let mut order: Vec<Time> = times.iter().filter(|time| is_of_run(time)).map(|&time| time.max(start)).collect();
    order.sort_unstable();
    order.dedup();
    let rank = |time: &Time| order.binary_search(&(*time).max(start)).unwrap_or_default();
    times.iter().map(|time| if is_of_run(time) { Ok(rank(time)) } else { Err(*time) }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn every_change_shows_and_a_look_changes_nothing() {
        let base = std::env::temp_dir().join(format!("interleave-changes-{}", std::process::id()));
        let upper = base.join("upper");
        fs::create_dir_all(&upper).unwrap();
        let layer = File::open(&upper).unwrap();
        let digest = || super::digest(&layer).unwrap();
        let changes: [&dyn Fn(); 8] = [
            &|| fs::write(upper.join("file"), "text").unwrap(),
            &|| fs::write(upper.join("file"), "test").unwrap(),
            &|| fs::set_permissions(upper.join("file"), Permissions::from_mode(0o600)).unwrap(),
            &|| {
                File::options()
                    .write(true)
                    .open(upper.join("file"))
                    .unwrap()
                    .set_modified(std::time::UNIX_EPOCH)
                    .unwrap()
            },
            &|| fs::rename(upper.join("file"), upper.join("other")).unwrap(),
            &|| symlink("other", upper.join("link")).unwrap(),
            &|| fs::hard_link(upper.join("other"), base.join("elsewhere")).unwrap(),
            &|| fs::remove_file(upper.join("link")).unwrap(),
        ];
        let mut seen = vec![digest()];
        for (number, change) in changes.iter().enumerate() {
            change();
            let now = digest();
            assert_eq!(digest(), now, "{number}");
            assert!(!seen.contains(&now), "{number}");
            seen.push(now);
        }
        fs::remove_dir_all(&base).unwrap();
    }
}
