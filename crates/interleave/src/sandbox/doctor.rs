//! What this machine offers of what the sandbox and the exploration stand on.

use std::cell::OnceCell;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use super::calls::{checked, fork, pipe};
use super::namespaces::{self, Side, exit, reap, split, start_loopback};
use super::{FIRST_OF_ITS_WORLD, landlock, view::View};

/// One line of the [doctor]'s table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub what: &'static str,
    /// Whether it is offered.
    pub offered: bool,
    /// A version, or what the system answered.
    pub detail: String,
    /// What it is used for.
    pub serves: &'static str,
    /// What verdicts lack without it; nothing of what the [plan](super::Isolation) depends on, which says that itself.
    pub without: &'static str,
}

/// Tries each feature, in processes that end at once, and says what the system answered. Blocks for some milliseconds. To
/// be called by a process of one thread, as it forks.
pub fn doctor() -> Vec<Finding> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut findings = vec![Finding {
        what: "Linux",
        offered: true,
        detail: release.trim().to_owned(),
        serves: key!("everything"),
        without: "",
    }];
    let mut lacking = |what, serves, without, found: io::Result<String>| {
        let (offered, detail) = match found {
            Ok(detail) => (true, detail),
            Err(error) => (false, error.to_string()),
        };
        findings.push(Finding { what, offered, detail, serves, without });
    };
    let mut find = |what, serves, found| lacking(what, serves, "", found);
    let in_namespaces = |flags, work: fn() -> io::Result<()>| in_child(flags, work).map(|()| String::new());
    let nothing: fn() -> io::Result<()> = || Ok(());
    find(key!("user namespace"), key!("all other namespaces without root"), in_namespaces(0, nothing));
    find(
        key!("pid namespace"),
        key!("ids of its own, no signals to others"),
        in_namespaces(libc::CLONE_NEWPID, nothing),
    );
    find(key!("mount namespace"), key!("a read-only file system"), in_namespaces(libc::CLONE_NEWNS, nothing));
    find(
        key!("IPC namespace"),
        key!("System V objects and message queues of its own"),
        in_namespaces(libc::CLONE_NEWIPC, nothing),
    );
    find(
        key!("network namespace"),
        key!("ports of its own, no network"),
        in_namespaces(libc::CLONE_NEWNET, start_loopback),
    );
    find(key!("overlay in a user namespace"), key!("a throw-away layer over the working directory"), overlay());
    find(
        "Landlock",
        key!("where there are no namespaces; it keeps signals in from ABI 6 on"),
        match landlock::version() {
            0 => Err(io::Error::from_raw_os_error(libc::ENOSYS)),
            version => Ok(format!("ABI {version}")),
        },
    );
    lacking(
        key!("seccomp user notification"),
        key!("exploring: holding system calls"),
        key!("interleavings cannot be explored; `verify` judges three runs in real time instead"),
        listener(),
    );
    lacking(
        "pidfd_getfd",
        key!("exploring: looking at a process's files"),
        key!("what processes do with pipes, sockets and files is not told apart: explored orders prove nothing"),
        pidfd_getfd(),
    );
    lacking(
        "PIDFD_GET_INFO",
        key!("live runs: how orphans ended"),
        key!("how a process ended that nobody has waited for is not known"),
        pidfd_info(),
    );
    lacking(
        "PAGEMAP_SCAN",
        key!("exploring: which shared memory a process has changed"),
        key!(
            "who looked at which shared memory is not known: explorations take longer, and their verdicts have a \"but\""
        ),
        pagemap_scan(),
    );
    lacking(
        key!("pseudo-terminals"),
        "--terminal",
        key!("a program cannot be shown as it behaves on a terminal"),
        terminal(),
    );
    findings
}

/// Does something in a child in new namespaces.
fn in_child(flags: libc::c_int, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    match split(flags, libc::SIGCHLD)? {
        Side::Child { .. } => {
            let done = namespaces::settle().and_then(|()| work());
            exit(done.err().map_or(0, |error| error.raw_os_error().unwrap_or(libc::EPERM)))
        }
        Side::Parent { child, .. } => result(child),
    }
}

/// What the child's exit code says.
fn result(child: libc::pid_t) -> io::Result<()> {
    match reap(child) {
        Some(0) => Ok(()),
        Some(status) if libc::WIFEXITED(status) => Err(io::Error::from_raw_os_error(libc::WEXITSTATUS(status))),
        _ => Err(io::Error::other("a process that tried was killed")),
    }
}

/// Whether a run would have its whole view.
fn overlay() -> io::Result<String> {
    let (shown, hidden) = (Vec::new(), Vec::new());
    let view = View {
        directory: std::env::current_dir()?,
        shown,
        hidden,
        keeps: false,
        first_id: FIRST_OF_ITS_WORLD,
        disk: 1 << 20,
        processes: 4096,
        has_mounts: OnceCell::new(),
    };
    let flags = libc::CLONE_NEWPID | libc::CLONE_NEWNS;
    in_child(flags, || {
        view.lay_foundation()?;
        match view.make_fresh()?.upper {
            Some(_) => Ok(()),
            None => Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP)),
        }
    })?;
    Ok(String::new())
}

/// Makes a filter with a listener that holds nothing, in a child.
fn listener() -> io::Result<String> {
    /// linux/seccomp.h, since Linux 5.19: a held call is interrupted by deadly signals only.
    const WAIT_KILLABLE_RECV: libc::c_ulong = 1 << 5;
    let try_with = |flags: libc::c_ulong| -> io::Result<()> {
        let child = fork(libc::SIGCHLD)?;
        if child != 0 {
            return result(child);
        }
        let mut allow =
            libc::sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW };
        let program = libc::sock_fprog { len: 1, filter: &raw mut allow };
        let flags = flags | libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
        // SAFETY: prctl takes integers; the filter is one instruction, which the program points to.
        let done = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program)
        };
        exit(checked(done).err().map_or(0, |error| error.raw_os_error().unwrap_or(libc::EPERM)))
    };
    try_with(0)?;
    try_with(WAIT_KILLABLE_RECV)
        .map_err(|error| io::Error::new(error.kind(), format!("only without WAIT_KILLABLE_RECV ({error})")))?;
    Ok(String::new())
}

fn open_pidfd(pid: u32) -> io::Result<OwnedFd> {
    // SAFETY: takes two integers.
    let fd = checked(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Of a child, as of ourselves it is always allowed.
fn pidfd_getfd() -> io::Result<String> {
    let (read_end, write_end) = pipe()?;
    let child = fork(libc::SIGCHLD)?;
    if child == 0 {
        drop(write_end);
        // Until the other end is closed.
        let _ = io::Read::read(&mut std::fs::File::from(read_end), &mut [0]);
        exit(0)
    }
    let got = open_pidfd(child as u32).and_then(|pidfd| {
        // SAFETY: takes three integers.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), read_end.as_raw_fd(), 0) };
        // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
        checked(fd).map(|fd| drop(unsafe { OwnedFd::from_raw_fd(fd as RawFd) }))
    });
    drop(write_end);
    reap(child);
    got.map(|()| String::new())
}

fn pidfd_info() -> io::Result<String> {
    let child = fork(libc::SIGCHLD)?;
    if child == 0 {
        exit(7)
    }
    let pidfd = open_pidfd(child as u32);
    reap(child);
    // SAFETY: a struct of integers, for which zero is valid.
    let mut info: libc::pidfd_info = unsafe { std::mem::zeroed() };
    info.mask = libc::PIDFD_INFO_EXIT.into();
    // SAFETY: the request carries the size of `pidfd_info`, and writes no more than that.
    checked(unsafe { libc::ioctl(pidfd?.as_raw_fd(), libc::PIDFD_GET_INFO, &raw mut info) })?;
    // Older kernels leave out what they do not know.
    match info.mask & u64::from(libc::PIDFD_INFO_EXIT) {
        0 => Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP)),
        _ => Ok(String::new()),
    }
}

fn pagemap_scan() -> io::Result<String> {
    /// `struct pm_scan_arg` of linux/fs.h: twelve 64-bit numbers, the first of which is its size.
    const WORDS: usize = 12;
    /// `_IOWR('f', 16, struct pm_scan_arg)`
    const PAGEMAP_SCAN: libc::c_ulong = 0xc060_6610;
    let pagemap = std::fs::File::open("/proc/self/pagemap")?;
    let mut argument = [0u64; WORDS];
    argument[0] = (WORDS * size_of::<u64>()) as u64;
    // SAFETY: the request reads and writes as many bytes as `argument` has; with an empty range there is nothing to scan.
    checked(unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN as _, argument.as_mut_ptr()) })?;
    Ok(String::new())
}

fn terminal() -> io::Result<String> {
    std::fs::OpenOptions::new().read(true).write(true).open("/dev/ptmx").map(|_| String::new())
}
