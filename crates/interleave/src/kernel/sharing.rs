//! Memory by which one process sees what another writes: proc_pid_maps(5), proc_pid_smaps(5).

use std::io;

use crate::trace::Pid;

/// A part of a process's address space that others may have as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What lies there: the device and the inode, which the kernel gives to memory without a file as well.
    id: (String, u64),
    /// What the kernel calls it.
    pub name: String,
    /// Whether the process may write to it, or give itself the right to.
    pub may_write: bool,
    /// Whether a process that it forks gets it too (not after `MADV_DONTFORK`).
    pub is_inherited: bool,
}

/// The mappings of a process that it may share with others. Those of files that nobody can write to through them are among them, since another
/// process may have opened the same file for writing.
///
/// # Errors
/// Those of open(2) and read(2): `ENOENT` or `ESRCH` if the process is gone.
pub fn regions(pid: Pid) -> io::Result<Vec<Region>> {
    // Nearly every process has none, and this file is the cheaper one.
    let maps = std::fs::read(format!("/proc/{pid}/maps"))?;
    if !String::from_utf8_lossy(&maps).lines().filter_map(mapping).any(|region| region.is_shared) {
        return Ok(Vec::new());
    }
    let smaps = std::fs::read(format!("/proc/{pid}/smaps"))?;
    let mut regions = Vec::new();
    let mut shared = None;
    for line in String::from_utf8_lossy(&smaps).lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            let has = |wanted: &str| flags.split_ascii_whitespace().any(|flag| flag == wanted);
            // `mw`: it may be made writable. A shared mapping of a file that was opened for reading only never is.
            if let Some(region) = shared.take() {
                regions.push(Region { may_write: has("mw"), is_inherited: !has("dc"), ..region });
            }
        } else if let Some(Mapping { region, is_shared }) = mapping(line) {
            shared = is_shared.then_some(region);
        }
    }
    Ok(regions)
}

/// The name of memory by which one of two processes sees what the other writes, if there is any.
pub fn common<'a>(one: &'a [Region], other: &[Region]) -> Option<&'a str> {
    let is_common =
        |region: &&Region| other.iter().any(|theirs| theirs.id == region.id && (theirs.may_write || region.may_write));
    one.iter().find(is_common).map(|region| region.name.as_str())
}

struct Mapping {
    region: Region,
    is_shared: bool,
}

/// Reads a line that begins a mapping: `ADDRESSES RIGHTS OFFSET DEVICE INODE NAME`.
fn mapping(line: &str) -> Option<Mapping> {
    let mut fields = line.splitn(6, ' ');
    let (range, rights, _, device, inode) =
        (fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let is_range = range.split_once('-').is_some_and(|(start, _)| u64::from_str_radix(start, 16).is_ok());
    let name = fields.next().unwrap_or_default().trim_start().to_owned();
    let region = Region {
        id: (device.to_owned(), inode.parse().ok()?),
        name,
        may_write: rights.contains('w'),
        is_inherited: true,
    };
    is_range.then(|| Mapping { region, is_shared: rights.ends_with('s') })
}

/// Whether two processes have one address space (kcmp(2)). `None` if the kernel does not tell.
pub fn have_one_memory(one: Pid, other: Pid) -> Option<bool> {
    const KCMP_VM: libc::c_int = 1;
    // SAFETY: kcmp takes integers; with this type it takes no address.
    let answer = unsafe { libc::syscall(libc::SYS_kcmp, one, other, KCMP_VM, 0, 0) };
    (answer >= 0).then_some(answer == 0)
}

/// Whether two descriptors, each of a process, are copies of each other: they share the place where the next read begins (kcmp(2)). `None` if
/// the kernel does not tell.
pub fn is_same_file((pid, fd): (Pid, i32), (other, of_other): (Pid, i32)) -> Option<bool> {
    const KCMP_FILE: libc::c_int = 0;
    // SAFETY: kcmp takes integers; with this type it takes no address.
    let answer = unsafe { libc::syscall(libc::SYS_kcmp, pid, other, KCMP_FILE, fd, of_other) };
    (answer >= 0).then_some(answer == 0)
}

/// Whether a descriptor of a process is still what its epoll set watches under that number, as the n-th of this number (kcmp(2)). `None` if
/// the kernel does not tell.
pub fn is_watched(pid: Pid, fd: i32, set: i32, nth: u32) -> Option<bool> {
    const KCMP_EPOLL_TFD: libc::c_int = 7;
    // `struct kcmp_epoll_slot`: the set, the descriptor in it, and which of those with this number.
    let slot = [set.cast_unsigned(), fd.cast_unsigned(), nth];
    // SAFETY: kcmp takes integers, and with this type the address of such a structure, which it only reads.
    let answer = unsafe { libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_EPOLL_TFD, fd, &raw const slot) };
    (answer >= 0).then_some(answer == 0)
}

/// How much processor time a process has used, in nanoseconds; nothing if it is gone.
pub fn processor_time(pid: Pid) -> u64 {
    let mut clock = 0;
    // SAFETY: writes one clock id to where the argument points.
    if unsafe { libc::clock_getcpuclockid(pid.cast_signed(), &raw mut clock) } != 0 {
        return 0;
    }
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one `timespec` to where the argument points.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return 0;
    }
    time.tv_sec.cast_unsigned().saturating_mul(1_000_000_000).saturating_add(time.tv_nsec.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsRawFd, RawFd};

    use nix::sys::memfd::{MFdFlags, memfd_create};

    use super::*;

    #[test]
    fn only_what_somebody_may_write_to_is_common() {
        let one = memfd_create("sharing", MFdFlags::empty()).unwrap();
        nix::unistd::ftruncate(&one, 4096).unwrap();
        let only_read = std::fs::File::open(format!("/proc/self/fd/{}", one.as_raw_fd())).unwrap();
        let map = |rights, flags, fd: RawFd| {
            // SAFETY: a new mapping, at an address of the kernel's choice, which nobody uses.
            let mapped = unsafe { libc::mmap(std::ptr::null_mut(), 4096, rights, flags, fd, 0) };
            assert_ne!(mapped, libc::MAP_FAILED);
        };
        let named = |regions: &[Region]| -> Vec<bool> {
            regions.iter().filter(|region| region.name.starts_with("/memfd:sharing")).map(|it| it.may_write).collect()
        };
        let own = std::process::id();
        map(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE, one.as_raw_fd());
        assert!(named(&regions(own).unwrap()).is_empty());
        map(libc::PROT_READ, libc::MAP_SHARED, only_read.as_raw_fd());
        let reader = regions(own).unwrap();
        assert_eq!(named(&reader), [false]);
        assert_eq!(common(&reader, &reader), None, "neither can write");
        // Without the right to write, but it can give itself that.
        map(libc::PROT_NONE, libc::MAP_SHARED, one.as_raw_fd());
        let writer = regions(own).unwrap();
        assert!(named(&writer).contains(&true));
        assert!(common(&reader, &writer).is_some_and(|name| name.starts_with("/memfd:sharing")));
        assert_eq!(have_one_memory(own, own), Some(true));
        assert!(processor_time(own) > 0);
    }
}
