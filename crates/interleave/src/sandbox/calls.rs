//! The system calls that libc has no functions for, and a few that it has, with errors that say what was tried.

use std::ffi::{CStr, CString, c_int, c_long};
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

pub const MOUNT_ATTR_RDONLY: u64 = 1;
pub const MOUNT_ATTR_NOSUID: u64 = 2;
pub const MOUNT_ATTR_NODEV: u64 = 4;

/// `struct mount_attr` of linux/mount.h.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// The result of a system call, or the error that it left in `errno`.
pub fn checked(result: impl Into<c_long>) -> io::Result<c_long> {
    let result = result.into();
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The error, with what was tried before it.
pub fn tried(what: impl AsRef<str>) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("cannot {}: {error}", what.as_ref()))
}

/// A path as the kernel takes it.
pub fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))
}

/// Mounts a new file system of this type, mount(2).
pub fn mount(kind: &CStr, on: &Path, flags: libc::c_ulong, data: &str) -> io::Result<()> {
    let target = c_path(on)?;
    let data = CString::new(data).map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
    // SAFETY: all are strings that live through the call.
    let done = unsafe { libc::mount(kind.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, data.as_ptr().cast()) };
    checked(done).map(drop).map_err(tried(format!("mount {} on {}", kind.to_string_lossy(), on.display())))
}

/// Shows the tree at `from` at `to` as well.
pub fn bind(from: &Path, to: &Path) -> io::Result<()> {
    let (source, target) = (c_path(from)?, c_path(to)?);
    let none = std::ptr::null();
    // SAFETY: the strings live through the call; a bind mount reads neither a type nor data.
    let done =
        unsafe { libc::mount(source.as_ptr(), target.as_ptr(), none, libc::MS_BIND | libc::MS_REC, std::ptr::null()) };
    checked(done).map(drop).map_err(tried(format!("bind {} to {}", from.display(), to.display())))
}

/// Stops mounts and unmounts from reaching other mount namespaces, and theirs from reaching this one.
pub fn make_all_private() -> io::Result<()> {
    let none = std::ptr::null();
    // SAFETY: a change of propagation reads nothing but the target, a string.
    let done = unsafe { libc::mount(none, c"/".as_ptr(), none, libc::MS_REC | libc::MS_PRIVATE, std::ptr::null()) };
    checked(done).map(drop).map_err(tried("make the mounts private"))
}

/// Changes the attributes of a mount, mount_setattr(2); with `all`, of those below it too.
pub fn set_attributes(path: &Path, all: bool, set: u64, clear: u64) -> io::Result<()> {
    let flags = if all { libc::AT_RECURSIVE } else { 0 };
    change_attributes(libc::AT_FDCWD, &c_path(path)?, flags, set, clear)
        .map_err(tried(format!("change the attributes of the mount at {}", path.display())))
}

/// The same of mounts that are [not attached](clone_tree).
pub fn set_attributes_of(tree: impl AsFd, set: u64, clear: u64) -> io::Result<()> {
    let flags = libc::AT_RECURSIVE | libc::AT_EMPTY_PATH;
    change_attributes(tree.as_fd().as_raw_fd(), c"", flags, set, clear)
        .map_err(tried("change the attributes of the copy of a mount"))
}

fn change_attributes(at: RawFd, path: &CStr, flags: c_int, set: u64, clear: u64) -> io::Result<()> {
    let attributes = MountAttributes { set, clear, propagation: 0, user_namespace: 0 };
    // SAFETY: the kernel reads the string and as many bytes of `attributes` as it is told to.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            at,
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<MountAttributes>(),
        )
    };
    checked(done).map(drop)
}

/// A copy of the mounts at and below `path`, not yet attached anywhere, open_tree(2).
pub fn clone_tree(path: &Path) -> io::Result<OwnedFd> {
    const OPEN_TREE_CLONE: c_int = 1;
    let target = c_path(path)?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC | libc::AT_RECURSIVE;
    // SAFETY: the kernel reads the string.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, target.as_ptr(), flags) };
    let fd = checked(fd).map_err(tried(format!("copy the mount at {}", path.display())))?;
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Attaches such a copy, move_mount(2).
pub fn attach_tree(tree: impl AsFd, to: &Path) -> io::Result<()> {
    const MOVE_MOUNT_F_EMPTY_PATH: c_int = 4;
    let target = c_path(to)?;
    let from = tree.as_fd().as_raw_fd();
    // SAFETY: the kernel reads the two strings.
    let done = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            from,
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    checked(done).map(drop).map_err(tried(format!("attach a mount at {}", to.display())))
}

/// A pipe, closed on execve(2): its reading end, its writing end.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: pipe2 writes two `int`s.
    checked(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }).map_err(tried("make a pipe"))?;
    // SAFETY: the kernel has just opened these descriptors for us; nobody else has them.
    Ok(ends.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).into())
}

/// A child in the new namespaces of `flags` (0 in the child), with a copy of this process's memory: fork(2) that takes
/// flags. Only for a process of one thread: what locks others hold, the child would wait for for ever.
pub fn fork(flags: c_int) -> io::Result<libc::pid_t> {
    let none = 0usize;
    // SAFETY: without CLONE_VM and with no stack given the child goes on like one of fork(2), on a copy of this stack.
    // The caller has one thread, so no lock of libc or std is held by a thread that the child does not have.
    let pid = unsafe { libc::syscall(libc::SYS_clone, c_long::from(flags), none, none, none, none) };
    checked(pid).map(|pid| pid as libc::pid_t)
}
