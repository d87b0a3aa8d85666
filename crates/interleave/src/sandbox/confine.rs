//! What a process does between fork and exec to become a program that can do no harm: limits, capabilities, Landlock,
//! no new privileges. Everything is computed before, and carried out by system calls alone.

use std::ffi::{CString, c_int, c_uint, c_ulong};
use std::io;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use libc::{rlimit, sock_filter};

use super::calls::c_path;
use super::{Limits, landlock};
use crate::kernel::filter;
use crate::trace::Pid;

/// Capabilities that root keeps in a namespace of its own, so that files of others stay what they were to it: to change
/// owners and modes, and not to be bound by them. See capabilities(7).
const OF_ROOT: u64 = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4;

/// The highest capability there can be.
const LAST_CAPABILITY: c_ulong = 63;

/// Of linux/close_range.h: to close at the next execve(2).
const CLOSE_RANGE_CLOEXEC: c_uint = 1 << 2;

/// The steps, in order. Made once, and carried out in as many processes as wanted.
pub struct Confinement {
    directory: CString,
    limits: Vec<(c_int, rlimit)>,
    capabilities: u64,
    ruleset: Option<OwnedFd>,
    filter: Vec<sock_filter>,
    as_explored: Vec<sock_filter>,
}

/// Why a process could not be confined.
#[derive(Debug, Clone, Copy)]
pub struct Refused {
    /// What was tried.
    pub step: &'static str,
    /// What the system answered: an error number.
    pub errno: c_int,
}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> io::Error {
        let error = io::Error::from_raw_os_error(refused.errno);
        io::Error::new(error.kind(), format!("cannot {}: {error}", refused.step))
    }
}

impl Confinement {
    /// For a program that runs in `directory`. `limit_processes` only where this user's other processes do not count.
    pub(super) fn new(directory: &Path, limits: &Limits, limit_processes: bool) -> io::Result<Confinement> {
        let mut wanted = vec![
            (libc::RLIMIT_DATA as c_int, limits.memory),
            (libc::RLIMIT_FSIZE as c_int, limits.file_size),
            (libc::RLIMIT_CORE as c_int, 0),
        ];
        if limit_processes {
            wanted.push((libc::RLIMIT_NPROC as c_int, limits.processes));
        }
        let limits = wanted.into_iter().map(|(resource, wanted)| {
            // SAFETY: a struct of integers, for which zero is valid; getrlimit fills it in.
            let mut now: rlimit = unsafe { zeroed() };
            // SAFETY: writes one `rlimit`. If it failed, zero would be the smallest limit, so that is looked at.
            if unsafe { libc::getrlimit(resource as _, &raw mut now) } < 0 {
                return Err(io::Error::last_os_error());
            }
            let limit = wanted.min(now.rlim_max);
            Ok((resource, rlimit { rlim_cur: limit.min(now.rlim_cur), rlim_max: limit }))
        });
        Ok(Confinement {
            directory: c_path(directory)?,
            limits: limits.collect::<io::Result<_>>()?,
            capabilities: if nix::unistd::geteuid().is_root() { OF_ROOT } else { 0 },
            ruleset: None,
            filter: Vec::new(),
            as_explored: Vec::new(),
        })
    }

    /// Instead of namespaces: writing is allowed below these paths only.
    pub(super) fn write_only(&mut self, paths: &[&Path]) -> io::Result<()> {
        self.ruleset = Some(landlock::ruleset(paths)?);
        Ok(())
    }

    /// Refuses to make namespaces, by which a process could get capabilities and sign with another's id, and to limit
    /// this process and its parent, who judge it.
    pub(super) fn refuse_namespaces(&mut self) {
        self.filter = where_others_are([std::process::id(), nix::unistd::getppid().as_raw() as Pid]);
    }

    /// Has one more seccomp filter, as in an exploration, where calls are held by one, and addresses that are the same in every run: neither what `/proc/self`
    /// shows of that nor what the filter refuses should tell an exploration apart from a run in real time.
    pub fn seem_explored(&mut self) {
        self.as_explored = filter::of_real_time();
    }

    /// Carries it out in the calling process, which should execute the program next.
    ///
    /// # Safety
    /// Only system calls are made: nothing is allocated, and no lock is taken. So the caller may be a child of fork(2), or
    /// of clone(2) with `CLONE_VM | CLONE_VFORK`, as long as `self` is valid in its memory.
    ///
    /// # Errors
    /// Which step was refused, and the error number.
    pub unsafe fn apply(&self) -> Result<(), Refused> {
        // SAFETY: the calls are as in their man pages; every pointer is to something that `self` or this frame owns.
        unsafe {
            let step = |step: &'static str, result: c_int| {
                if result < 0 { Err(Refused { step, errno: *libc::__errno_location() }) } else { Ok(()) }
            };
            // What our caller left open is not the program's. A kernel before Linux 5.11 cannot; ours are closed anyway.
            libc::syscall(libc::SYS_close_range, 3, c_uint::MAX, CLOSE_RANGE_CLOEXEC);
            step("go to the working directory", libc::chdir(self.directory.as_ptr()))?;
            for (resource, limit) in &self.limits {
                step("set a limit (setrlimit)", libc::setrlimit(*resource as _, limit))?;
            }
            libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
            for capability in 0..=LAST_CAPABILITY {
                if self.capabilities >> capability & 1 == 0 {
                    // Refused to those who have none; then they cannot get any either.
                    libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0);
                }
            }
            step("give capabilities away (capset)", keep_capabilities(self.capabilities))?;
            step("refuse new privileges", libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
            if let Some(ruleset) = &self.ruleset {
                let done = libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0);
                step("restrict itself (Landlock)", done as c_int)?;
            }
            let install = |filter: &[sock_filter]| {
                let program =
                    libc::sock_fprog { len: filter.len() as libc::c_ushort, filter: filter.as_ptr().cast_mut() };
                libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) as c_int
            };
            if !self.filter.is_empty() {
                step("refuse namespaces and the limits of its judge (seccomp)", install(&self.filter))?;
            }
            if !self.as_explored.is_empty() {
                let personality = libc::personality(0xffff_ffff);
                libc::personality((personality | libc::ADDR_NO_RANDOMIZE) as c_ulong);
                // Where that is refused nothing can be explored, and so there is nothing to be told apart.
                install(&self.as_explored);
            }
        }
        Ok(())
    }
}

/// Keeps these capabilities and no others, as far as the process has them: capset(2).
///
/// # Safety
/// As of [`Confinement::apply`]: system calls only.
unsafe fn keep_capabilities(kept: u64) -> c_int {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: c_int,
    }
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Sets {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    /// `_LINUX_CAPABILITY_VERSION_3` of linux/capability.h: two times 32 bits.
    const VERSION: u32 = 0x2008_0522;
    let mut header = Header { version: VERSION, pid: 0 };
    let mut sets = [Sets { effective: 0, permitted: 0, inheritable: 0 }; 2];
    // SAFETY: capget and capset read a header and write or read two sets, which are both on this frame.
    unsafe {
        if libc::syscall(libc::SYS_capget, &raw mut header, sets.as_mut_ptr()) < 0 {
            return -1;
        }
        for (half, set) in sets.iter_mut().enumerate() {
            let kept = (kept >> (32 * half)) as u32 & set.permitted;
            *set = Sets { effective: kept, permitted: kept, inheritable: 0 };
        }
        libc::syscall(libc::SYS_capset, &raw const header, sets.as_ptr()) as c_int
    }
}

/// A seccomp filter that refuses clone(2) and unshare(2) with a new user namespace, and to set the limits of these processes, for which prlimit(2) asks no
/// more than to be of the same user.
///
/// clone3(2) has its flags in memory, where a filter cannot look. It is answered as by a kernel that does not have it, and
/// libraries then use clone(2). So are the calls of the processor's other modes, which have other numbers.
fn where_others_are(judges: [Pid; 2]) -> Vec<sock_filter> {
    /// The mode of the processor that this program is for, as linux/audit.h names it.
    const AUDIT_ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };
    const NR: u32 = 0;
    const ARCHITECTURE: u32 = 4;
    /// From here on x86-64 has the numbers of x32 (linux/unistd.h); no number of ARM is that high.
    const OTHER_ABI: u32 = 0x4000_0000;
    const FIRST_ARGUMENT: u32 = 16;
    let load =
        |offset| sock_filter { code: (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, jt: 0, jf: 0, k: offset };
    let answer = |k| sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k };
    let jump = |code: u32, k, jt, jf| sock_filter { code: (libc::BPF_JMP | code | libc::BPF_K) as u16, jt, jf, k };
    let errno = |number: c_int| answer(libc::SECCOMP_RET_ERRNO | number as u32);
    vec![
        load(ARCHITECTURE),
        jump(libc::BPF_JEQ, AUDIT_ARCH, 0, 12),
        load(NR),
        jump(libc::BPF_JGE, OTHER_ABI, 10, 0),
        jump(libc::BPF_JEQ, libc::SYS_clone3 as u32, 9, 0),
        jump(libc::BPF_JEQ, libc::SYS_prlimit64 as u32, 0, 3),
        load(FIRST_ARGUMENT),
        jump(libc::BPF_JEQ, judges[0], 7, 0),
        jump(libc::BPF_JEQ, judges[1], 6, 4),
        jump(libc::BPF_JEQ, libc::SYS_unshare as u32, 1, 0),
        jump(libc::BPF_JEQ, libc::SYS_clone as u32, 0, 2),
        load(FIRST_ARGUMENT),
        jump(libc::BPF_JSET, libc::CLONE_NEWUSER as u32, 2, 0),
        answer(libc::SECCOMP_RET_ALLOW),
        errno(libc::ENOSYS),
        errno(libc::EPERM),
    ]
}
