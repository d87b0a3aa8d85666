//! What a run sees of the file system: everything, but read-only; a throw-away layer over its working directory; and
//! folders for temporary files, a `/dev`, a `/run` and a `/proc` of its own.
//!
//! See mount_namespaces(7), and the kernel's Documentation/filesystems/overlayfs.rst for what a layer is.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use super::FIRST_OF_ITS_WORLD;
use super::calls::{
    MOUNT_ATTR_NODEV, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY, attach_tree, bind, clone_tree, make_all_private, mount,
    set_attributes, set_attributes_of, tried,
};
use super::scratch::copy;
use crate::trace::Pid;

/// The devices that a program may open: none of them holds anything of anybody's.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Folders that begin empty. `/run` holds the sockets of the machine's services, which a read-only mount does not guard.
const FRESH: [&str; 4] = ["/var/tmp", "/dev/shm", "/run", STAGE];

/// Where the run's own file system is mounted while it is filled; in the end it is covered by the run's `/tmp`.
const STAGE: &str = "/tmp";

/// The bytes of a page, on most machines.
const PAGE: u64 = 4096;

/// What a run is to see.
#[derive(Debug, Clone)]
pub struct View {
    /// The working directory.
    pub directory: PathBuf,
    /// What must be seen though it lies in a folder that begins empty.
    pub shown: Vec<PathBuf>,
    /// What must not be seen.
    pub hidden: Vec<PathBuf>,
    /// Whether what it writes to its working directory stays there.
    pub keeps: bool,
    /// The id of its first process after process 1.
    pub first_id: Pid,
    /// How many bytes it may write altogether.
    pub disk: u64,
    /// How many processes and threads there may be at once.
    pub processes: u64,
    /// Whether other mounts lie in the working directory; asked for once, as all runs see the same.
    pub has_mounts: OnceCell<bool>,
}

/// What is made for one run.
pub struct Fresh {
    /// The upper side of the layer: the files that the run made or changed; `None` if there is no layer, and it writes
    /// to the directory itself, unless that [stays read-only](View::stays_read_only).
    pub upper: Option<File>,
    /// If what it writes is to stay, the directory itself, which is to hold it in the end; the other is a copy of it then.
    pub below: Option<OwnedFd>,
}

impl View {
    /// Prepares the mount namespace that this process is in, or that those of runs are copied from.
    ///
    /// # Errors
    /// What was refused.
    pub fn lay_foundation(&self) -> io::Result<()> {
        make_all_private()?;
        // Copied now, as the copies keep what the others are about to lose: that they are devices.
        let devices: Vec<(PathBuf, OwnedFd)> = DEVICES
            .iter()
            .map(|name| Path::new("/dev").join(name))
            .filter_map(|path| clone_tree(&path).ok().map(|tree| (path, tree)))
            .collect();
        set_attributes(Path::new("/"), true, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0)?;
        let dev = Path::new("/dev");
        mount(c"tmpfs", dev, libc::MS_NOSUID | libc::MS_NOEXEC, "mode=755,size=64k")?;
        for (path, tree) in devices {
            File::create(&path)?;
            attach_tree(tree, &path)?;
        }
        for (name, target) in
            [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"), ("ptmx", "pts/ptmx")]
        {
            symlink(target, dev.join(name))?;
        }
        folder(&dev.join("shm"), 0o1777)?;
        folder(&dev.join("pts"), 0o755)?;
        // A kernel may have been built without it; then there are no terminals to be made.
        let _: io::Result<()> =
            mount(c"devpts", &dev.join("pts"), libc::MS_NOSUID | libc::MS_NOEXEC, "newinstance,ptmxmode=666");
        self.has_mounts();
        set_attributes(dev, false, MOUNT_ATTR_RDONLY, 0)
    }

    /// Gives one run what is its own. To be called in its mount namespace and its pid namespace.
    ///
    /// # Errors
    /// What was refused.
    pub fn make_fresh(&self) -> io::Result<Fresh> {
        let stage = Path::new(STAGE);
        let mut fresh: Vec<PathBuf> = Vec::new();
        for name in FRESH.iter().map(PathBuf::from).chain(self.temporary()) {
            // One that is a link leads to where it is shown already, or to a folder like any other.
            if name.symlink_metadata().is_ok_and(|meta| meta.is_dir()) && !fresh.contains(&name) {
                fresh.push(name);
            }
        }
        // Where something has to be mounted so as to be seen at `path` in the end.
        let place = |path: &Path| {
            let found = fresh.iter().enumerate().find_map(|(n, folder)| Some((n, path.strip_prefix(folder).ok()?)));
            found.map_or(path.to_owned(), |(n, rest)| stage.join(n.to_string()).join(rest))
        };

        // From here on `.` is the directory below the layer, whatever is mounted over the way to it.
        std::env::set_current_dir(&self.directory)
            .map_err(tried(format!("go to the working directory {}", self.directory.display())))?;
        // A whole such folder is not shown: it could not be written to.
        let covered = |path: &&PathBuf| {
            !path.starts_with(&self.directory) && place(path) != **path && !fresh.contains(path) && path.exists()
        };
        let mut paths: Vec<&PathBuf> = self.shown.iter().filter(covered).collect();
        // Sorted, a folder stands before what lies in it, and that is shown with it.
        paths.sort();
        paths.dedup_by(|path, folder| path.starts_with(&**folder));
        let shown = paths.into_iter().map(|path| Ok((place(path), path.is_dir(), clone_tree(path)?)));
        let shown: Vec<(PathBuf, bool, OwnedFd)> = shown.collect::<io::Result<_>>()?;
        let links = links(Path::new("/run"));

        // A file takes memory even if it is empty; so there are no more of them than pages.
        let room = format!("mode=755,size={},nr_inodes={}", self.disk, self.disk / PAGE);
        mount(c"tmpfs", stage, libc::MS_NOSUID | libc::MS_NODEV, &room)?;
        for (n, name) in fresh.iter().enumerate() {
            folder(&stage.join(n.to_string()), if name == Path::new("/run") { 0o755 } else { 0o1777 })?;
        }
        // Before what is shown, as the way there may lead over one.
        for (name, target) in links {
            symlink(target, place(&Path::new("/run").join(name)))?;
        }
        let show = |(path, is_folder, tree): (PathBuf, bool, OwnedFd)| -> io::Result<()> {
            if is_folder {
                fs::create_dir_all(&path)?;
            } else {
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                File::create(&path)?;
            }
            attach_tree(tree, &path)
        };
        // What the working directory lies in would cover it later, and the layer over it.
        let directory = place(&self.directory);
        let (around, beside): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(path, ..)| directory.starts_with(path));
        around.into_iter().try_for_each(show)?;
        let made = self.cover_directory(&directory)?;
        beside.into_iter().try_for_each(show)?;
        // The stage itself comes last, since it covers the others' sources.
        for (n, name) in fresh
            .iter()
            .enumerate()
            .filter(|(_, name)| *name != stage)
            .chain([(fresh.iter().position(|name| name == stage).unwrap_or(0), &stage.to_owned())])
        {
            bind(&stage.join(n.to_string()), name)?;
        }
        let proc = Path::new("/proc");
        mount(c"proc", proc, libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC, "")?;
        self.limit_processes();
        self.choose_ids();
        set_attributes(proc, false, MOUNT_ATTR_RDONLY, 0)?;
        for path in &self.hidden {
            match path.metadata() {
                Ok(meta) if meta.is_dir() => mount(c"tmpfs", path, libc::MS_RDONLY, "mode=755,size=4k")?,
                Ok(_) => bind(Path::new("/dev/null"), path)?,
                Err(_) => {}
            }
        }
        std::env::set_current_dir(&self.directory)?;
        Ok(made)
    }

    /// Puts a layer over the working directory, `.`, so that it is seen at `at`; or, if what is written there is to stay, a copy, which has no more room than the run has
    /// altogether. Where the kernel has no layer to offer, or other mounts lie in the directory, which either would hide, the directory itself can be written to.
    fn cover_directory(&self, at: &Path) -> io::Result<Fresh> {
        let here = Path::new(".");
        let (upper, work) = (Path::new(STAGE).join("upper"), Path::new(STAGE).join("work"));
        // The layer's own folder is seen with the owner and the mode of its upper side.
        let like = here.metadata()?;
        folder(&upper, like.mode() & 0o7777)?;
        // An owner that has no number in this user namespace cannot be given.
        let _: io::Result<()> = chown(&upper, Some(like.uid()), Some(like.gid()));
        folder(&work, 0o755)?;
        fs::create_dir_all(at)?;
        if self.stays_read_only() {
            return Ok(Fresh { upper: None, below: None });
        }
        let flags = libc::MS_NOSUID | libc::MS_NODEV;
        if !self.has_mounts() && self.keeps {
            copy(here, &upper, self.disk).map_err(tried(format!("copy {}", self.directory.display())))?;
            let below = clone_tree(here)?;
            set_attributes_of(&below, 0, MOUNT_ATTR_RDONLY)?;
            bind(&upper, at)?;
            return Ok(Fresh { upper: Some(File::open(&upper)?), below: Some(below) });
        }
        let layers = format!("lowerdir=.,upperdir={},workdir={},userxattr", upper.display(), work.display());
        if !self.has_mounts() && mount(c"overlay", at, flags, &layers).is_ok() {
            return Ok(Fresh { upper: Some(File::open(&upper)?), below: None });
        }
        attach_tree(clone_tree(here)?, at)?;
        set_attributes(at, true, 0, MOUNT_ATTR_RDONLY)?;
        Ok(Fresh { upper: None, below: None })
    }

    /// Whether the working directory holds what a run has of its own, as the root directory does. There is no layer then, and
    /// nothing else to write to.
    pub fn stays_read_only(&self) -> bool {
        let is_stage = self.directory == Path::new(STAGE);
        !is_stage && ["/proc", "/dev", STAGE].iter().any(|path| Path::new(path).starts_with(&self.directory))
    }

    /// Lets there be no more process ids in the pid namespace that we are in, which binds root as well. Before Linux 6.14 this number was that of
    /// the whole machine, and is left alone.
    fn limit_processes(&self) {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let mut numbers = release.split(['.', '-']).map_while(|part| part.parse().ok());
        if (numbers.next(), numbers.next()) >= (Some(6), Some(14)) {
            // Without it a program can start as many as the machine lets it until it is stopped, and that is all.
            let _ = fs::write("/proc/sys/kernel/pid_max", self.processes.to_string());
        }
    }

    /// Lets the next process of the pid namespace that we are in have the id that is wanted, and those after it the ones that follow.
    fn choose_ids(&self) {
        if self.first_id != FIRST_OF_ITS_WORLD {
            // A kernel without checkpoints does not have it: then ids are as usual.
            let _ = fs::write("/proc/sys/kernel/ns_last_pid", (self.first_id - 1).to_string());
        }
    }

    /// Whether other mounts lie in the working directory, proc_pid_mountinfo(5).
    fn has_mounts(&self) -> bool {
        *self.has_mounts.get_or_init(|| {
            let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            let mut points = mounts.lines().filter_map(|line| line.split(' ').nth(4)).map(Path::new);
            // Blanks are written as escapes there. A mount that is missed for one is hidden by the layer.
            points.any(|point| point != self.directory && point.starts_with(&self.directory))
        })
    }

    /// The folder that the environment says temporary files belong in, if it is none of the usual. (Of what lies there beside the working directory
    /// nothing is shown, as in the others: it may be somebody else's copy of the like.)
    fn temporary(&self) -> Option<PathBuf> {
        let path = PathBuf::from(std::env::var_os("TMPDIR")?);
        let is_usual = FRESH.iter().any(|folder| path.starts_with(folder));
        let is_of_its_own = path.is_absolute() && path != Path::new("/");
        (is_of_its_own && !is_usual && !path.starts_with(&self.directory)).then_some(path)
    }
}

/// The symbolic links in a folder. In `/run` some systems keep the way to all their programs.
fn links(folder: &Path) -> Vec<(OsString, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name(), fs::read_link(entry.path()).ok()?))).collect()
}

/// Makes a folder of exactly this mode.
fn folder(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(mode).create(path).map_err(tried(format!("make {}", path.display())))?;
    fs::set_permissions(path, Permissions::from_mode(mode))
}
