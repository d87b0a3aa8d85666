//! The leash: a pipe whose writing end only the fork server holds, and whose end kills a worker, whatever user that has become.
//!
//! That a process ends with its parent (`PR_SET_PDEATHSIG` of prctl(2)) the kernel forgets when it changes its user or group, as a task may. A
//! descriptor with `O_ASYNC` it does not forget: when the last writer is gone, it sends the signal that was chosen with `F_SETSIG`
//! (fcntl(2)) in the name of whoever chose it.
//!
//! Whoever may not change its user or group needs none.

use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Instant;

use crate::explain::explain;
use crate::poll;

/// Both ends, held by the fork server.
pub(super) struct Leash {
    end: PipeReader,
    held: PipeWriter,
}

impl Leash {
    /// `None`: neither this process nor a copy of it can become somebody else, so that its workers are bound to it without.
    ///
    /// # Errors
    /// If no descriptor is left.
    pub(super) fn new() -> io::Result<Option<Leash>> {
        if !may_become_another_user() {
            return Ok(None);
        }
        let (end, held) =
            io::pipe().map_err(|e| explain(e, format_args!("could not open a pipe to bind workers by")))?;
        Ok(Some(Leash { end, held }))
    }

    /// What a worker must not keep open.
    pub(super) fn ends(&self) -> [BorrowedFd<'_>; 2] {
        [self.end.as_fd(), self.held.as_fd()]
    }

    /// The reading end, opened anew for a worker: who is to be told is kept with what is open, which copies share.
    ///
    /// # Errors
    /// If `/proc` is not there, or no descriptor is left.
    pub(super) fn for_worker(&self) -> io::Result<File> {
        let path = format!("/proc/self/fd/{}", self.end.as_raw_fd());
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
    }
}

/// Whether this process may change its user or group: it is privileged (`CAP_SETUID` and `CAP_SETGID` of capabilities(7)), or has others
/// to choose from (credentials(7)).
fn may_become_another_user() -> bool {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: c_int,
    }
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Sets {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    /// `_LINUX_CAPABILITY_VERSION_3` of linux/capability.h, which the libc crate does not name: two times 32 bits.
    const VERSION: u32 = 0x2008_0522;
    /// `CAP_SETGID` and `CAP_SETUID` of linux/capability.h.
    const TO_CHANGE: u32 = 1 << 6 | 1 << 7;
    let mut header = Header { version: VERSION, pid: 0 };
    let mut sets = [Sets::default(); 2];
    let ([mut user, mut group], [mut users, mut groups]) = ([0; 2], [[0; 2]; 2]);
    // SAFETY: these write ids and two sets to live places, and read a live header.
    let asked = unsafe {
        [
            libc::syscall(libc::SYS_capget, &raw mut header, sets.as_mut_ptr()) as c_int,
            libc::getresuid(&raw mut user, &raw mut users[0], &raw mut users[1]),
            libc::getresgid(&raw mut group, &raw mut groups[0], &raw mut groups[1]),
        ]
    };
    // Whatever the kernel does not tell may be so.
    asked != [0; 3] || sets[0].permitted & TO_CHANGE != 0 || users != [user; 2] || groups != [group; 2]
}

/// Lets the end of the fork server kill this process, as long as `leash` is open. `false`: it has ended already.
///
/// # Errors
/// What fcntl(2) refuses.
pub(super) fn put_on(leash: &File) -> io::Result<bool> {
    let fd = leash.as_raw_fd();
    let set = |command: c_int, value: c_int| {
        // SAFETY: these commands take an integer.
        if unsafe { libc::fcntl(fd, command, value) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    /// `F_SETSIG` of asm-generic/fcntl.h, which the libc crate does not name.
    const F_SETSIG: c_int = 10;
    set(F_SETSIG, libc::SIGKILL)?;
    set(libc::F_SETOWN, std::process::id().cast_signed())?;
    set(libc::F_SETFL, libc::O_NONBLOCK | libc::O_ASYNC)?;
    // Nobody writes, so what can be read is the end.
    let mut polls = [poll::readable(leash.as_fd())];
    poll::wait(&mut polls, Some(Instant::now()))?;
    Ok(polls[0].revents == 0)
}
