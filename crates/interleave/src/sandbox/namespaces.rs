//! Namespaces of one's own (namespaces(7)): a child that is the first process of new ones, and what must be done from
//! both sides until it can work there.

use std::ffi::c_int;
use std::fs;
use std::io::{self, Read, Write};
use std::mem::zeroed;
use std::os::fd::OwnedFd;

use nix::sys::prctl;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::unistd::{getegid, geteuid};
use std::os::fd::AsRawFd;

use super::calls::{checked, fork, pipe, tried};

/// Which side of [`split`] this is.
pub enum Side {
    /// The process that called it.
    Parent {
        /// The new process, as this process's namespace numbers it.
        child: libc::pid_t,
        /// Holds what the child has to say.
        from_child: fs::File,
    },
    /// The new process.
    Child {
        /// To tell the parent something.
        to_parent: fs::File,
    },
}

/// Makes a child in a user namespace of its own and the other new namespaces of `flags`, in which every id that this
/// process knows means what it means here, so that getuid(2) and the owners of files are as before.
///
/// The child is in possession of all capabilities over its namespaces; its own user namespace has been shut against
/// making further ones. `exit_signal` is what its parent is sent at its end; with 0, wait(2) does not see it
/// without `__WALL`. It is killed when the calling thread ends.
///
/// # Errors
/// In the parent, if the namespaces or the ids are refused. The child ends by itself then.
pub fn split(flags: c_int, exit_signal: c_int) -> io::Result<Side> {
    let (wait_for_ids, ids_are_set) = pipe()?;
    let (from_child, to_parent) = pipe()?;
    // What a non-dumpable process has in /proc is root's, and nobody else could set the ids of its child.
    let was_dumpable = prctl::get_dumpable()?;
    prctl::set_dumpable(true)?;
    let child = fork(libc::CLONE_NEWUSER | flags | exit_signal);
    if !matches!(child, Ok(0)) {
        prctl::set_dumpable(was_dumpable)?;
    }
    let child = child.map_err(tried("make namespaces"))?;
    if child == 0 {
        drop((ids_are_set, from_child));
        let to_parent = fs::File::from(to_parent);
        // If the parent is gone, or refused the ids, there is nothing for us to do.
        if fs::File::from(wait_for_ids).read(&mut [0]).ok() != Some(1) {
            exit(1);
        }
        return Ok(Side::Child { to_parent });
    }
    drop((wait_for_ids, to_parent));
    let mut ids_are_set = fs::File::from(ids_are_set);
    match map_ids(child).and_then(|()| ids_are_set.write_all(&[1])) {
        Ok(()) => Ok(Side::Parent { child, from_child: from_child.into() }),
        Err(error) => {
            drop(ids_are_set);
            reap(child);
            Err(error)
        }
    }
}

/// What the child of [`split`] does first.
///
/// # Errors
/// What of it was refused.
pub fn settle() -> io::Result<()> {
    // SAFETY: takes integers. A parent that has died meanwhile is noticed by who reads from or writes to it.
    checked(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) }).map_err(tried("set PDEATHSIG"))?;
    // Whoever has a user namespace of its own has all capabilities there, and with them ways to forge and to hide.
    let limit = "/proc/sys/user/max_user_namespaces";
    fs::write(limit, "0").map_err(tried(format!("write to {limit}")))
}

/// Maps every id that is mapped here to itself; without the privilege for that, the own two.
fn map_ids(child: libc::pid_t) -> io::Result<()> {
    let folder = format!("/proc/{child}");
    let write = |file: &str, text: &str| {
        fs::write(format!("{folder}/{file}"), text).map_err(tried(format!("write to {folder}/{file}")))
    };
    let identity = |file: &str| -> io::Result<String> {
        let map = fs::read_to_string(format!("/proc/self/{file}"))?;
        let lines = map.lines().filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let (inside, _, count) = (fields.next()?, fields.next()?, fields.next()?);
            Some(format!("{inside} {inside} {count}\n"))
        });
        Ok(lines.collect())
    };
    if geteuid().is_root() && write("uid_map", &identity("uid_map")?).is_ok() {
        return write("gid_map", &identity("gid_map")?);
    }
    write("uid_map", &format!("{0} {0} 1\n", geteuid()))?;
    // A process that could leave a group could reach what is closed to that group.
    write("setgroups", "deny")?;
    write("gid_map", &format!("{0} {0} 1\n", getegid()))
}

/// Starts the loopback interface of this network namespace, which a new one has but does not start, netdevice(7).
///
/// # Errors
/// Those of socket(2) and ioctl(2).
pub fn start_loopback() -> io::Result<()> {
    let socket: OwnedFd = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: a struct of integers, for which zero is valid.
    let mut request: libc::ifreq = unsafe { zeroed() };
    request.ifr_name[..2].copy_from_slice(&[b'l' as libc::c_char, b'o' as libc::c_char]);
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: the request reads one `ifreq`.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) };
    checked(done).map(drop).map_err(tried("start the loopback interface"))
}

/// Waits for a child of ours to end; its wait status.
pub fn reap(child: libc::pid_t) -> Option<c_int> {
    let mut status = 0;
    loop {
        // SAFETY: waitpid writes one `int`. `__WALL` sees children of every exit signal.
        match checked(unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) }) {
            Ok(_) => return Some(status),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Ends this process without running what its parent has registered for its own end.
pub fn exit(code: c_int) -> ! {
    // SAFETY: takes an integer, and does not return.
    unsafe { libc::_exit(code) }
}
