//! Landlock: a process gives up the right to write anywhere but below a few paths, to signal processes outside, and to
//! trace them. It needs no privilege. See landlock(7).

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::path::Path;

use super::calls::{c_path, checked, tried};

/// Every right to change the file system that the first version knows: to write to a file, to remove and to make things.
const WRITE: u64 = 1 << 1 | 0b1_1111_1111 << 4;
/// To move a file to another folder, from version 2 on; refused unless it is handled.
const REFER: u64 = 1 << 13;
/// From version 3 on.
const TRUNCATE: u64 = 1 << 14;
/// Abstract sockets and signals, from version 6 on.
const SCOPES: u64 = 0b11;

/// `struct landlock_ruleset_attr` of linux/landlock.h.
#[repr(C)]
struct RulesetAttributes {
    files: u64,
    net: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: RawFd,
}

/// The version that the kernel offers; 0 if none.
pub fn version() -> u32 {
    const LANDLOCK_CREATE_RULESET_VERSION: u32 = 1;
    let none = 0usize;
    // SAFETY: asked for the version, the call reads no memory.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, none, LANDLOCK_CREATE_RULESET_VERSION) };
    u32::try_from(version).unwrap_or(0)
}

/// A ruleset that allows writing below `paths` only. Those that are not there are left out.
///
/// # Errors
/// If the kernel has no Landlock, or it is switched off.
pub fn ruleset(paths: &[&Path]) -> io::Result<OwnedFd> {
    let version = version();
    let mut files = WRITE;
    if version >= 2 {
        files |= REFER;
    }
    if version >= 3 {
        files |= TRUNCATE;
    }
    let attributes = RulesetAttributes { files, net: 0, scoped: if version >= 6 { SCOPES } else { 0 } };
    // A kernel that does not know the last fields wants them to be zero, or not there.
    let size = size_of::<RulesetAttributes>();
    // SAFETY: the kernel reads as many bytes of `attributes` as it is told to.
    let fd = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const attributes, size, 0) };
    let fd = checked(fd).map_err(tried("make a Landlock ruleset"))?;
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    let ruleset = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    for path in paths.iter().filter(|path| path.exists()) {
        allow(&ruleset, path, files)?;
    }
    Ok(ruleset)
}

fn allow(ruleset: &OwnedFd, path: &Path, files: u64) -> io::Result<()> {
    const LANDLOCK_RULE_PATH_BENEATH: u32 = 1;
    let name = c_path(path)?;
    // SAFETY: the kernel reads the string.
    let fd = checked(unsafe { libc::open(name.as_ptr(), libc::O_PATH | libc::O_CLOEXEC) })
        .map_err(tried(format!("open {}", path.display())))?;
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    let parent = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    // What is no folder cannot be given the rights of one.
    let allowed = if path.is_dir() { files } else { files & (1 << 1 | TRUNCATE) };
    let rule = PathBeneath { allowed, parent: parent.as_raw_fd() };
    // SAFETY: the kernel reads one `PathBeneath`.
    let done = unsafe {
        libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), LANDLOCK_RULE_PATH_BENEATH, &raw const rule, 0)
    };
    checked(done).map(drop).map_err(tried(format!("allow writing below {}", path.display())))
}
