//! What `/proc` says of processes: proc(5).
//!
//! These files are read thousands of times in an exploration. What std does for a file of unknown length takes eight system
//! calls; this takes three.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::trace::Pid;

/// Nearly all of these files are shorter.
const USUAL: usize = 4096;

/// Reads one of those files that the kernel writes in one piece (`single_open` in its sources: all that tell of one process or
/// descriptor, but not `maps`): a read that does not fill its buffer has come to the end.
///
/// # Errors
/// Those of open(2) and read(2): `ENOENT` or `ESRCH` if the process is gone.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = vec![0; USUAL];
    let mut length = file.read(&mut bytes)?;
    while length == bytes.len() {
        bytes.resize(2 * length, 0);
        length += file.read(&mut bytes[length..])?;
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// The same as text. Only the names of processes and files may be something else.
///
/// # Errors
/// As of [`read`].
pub fn text(path: impl AsRef<Path>) -> io::Result<String> {
    Ok(String::from_utf8(read(path)?).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The inode in a link of `/proc/PID/fd` that leads to no file, such as `pipe:[4711]` (proc_pid_fd(5)), if it begins with this kind.
pub fn inode_in(link: &str, kind: &str) -> Option<u64> {
    link.strip_prefix(kind)?.strip_suffix(']')?.parse().ok()
}

/// With which flags a descriptor is open, by what `/proc/PID/fdinfo` says of it (proc_pid_fdinfo(5)).
pub fn flags_of(info: &str) -> i32 {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0)
}

/// What follows the command's name in `/proc/PID/stat`, from field 3, the state, on (proc_pid_stat(5)). `None` if there is no such
/// process or thread.
pub fn stat(tid: Pid) -> Option<String> {
    let text = read(format!("/proc/{tid}/stat")).ok()?;
    // The command in parentheses may itself hold spaces and parentheses; nothing after it does.
    let command_end = text.iter().rposition(|&byte| byte == b')')?;
    String::from_utf8(text.get(command_end + 2..)?.to_vec()).ok()
}

/// The state of a thread as in `/proc/PID/stat`: `R`, `S`, `D`, `T`, `Z`, …
pub fn state(tid: Pid) -> Option<u8> {
    stat(tid)?.bytes().next()
}

/// Whether a thread that was seen asleep or stopped has left its processor, and is so still: all that it does on its way there is done then, such
/// as to tell its parent that it has stopped. For a moment before, the kernel says the same of its state. (Whoever reads this file
/// waits for that: `task_current_syscall` of the kernel. Where it may not be read, no more is known.)
pub fn is_at_rest(tid: Pid) -> bool {
    read(format!("/proc/{tid}/syscall")).map_or(true, |text| !text.starts_with(b"running"))
}

/// The first address of a mapping, the one behind it, and what follows, of a line of `/proc/PID/maps` (proc_pid_maps(5)).
pub fn mapping(line: &str) -> Option<(u64, u64, &str)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    Some((number(start)?, number(end)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_std_reads() {
        for file in ["auxv", "fdinfo/0", "limits"] {
            let path = format!("/proc/self/{file}");
            assert_eq!(read(&path).unwrap(), std::fs::read(&path).unwrap(), "{file}");
        }
        // This thread runs. (The first one may be in any state.)
        assert!(stat(nix::unistd::gettid().as_raw() as Pid).unwrap().starts_with('R'));
        assert!(stat(0).is_none());
    }

    #[test]
    fn who_sleeps_is_at_rest() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while state(child.id()) != Some(b'S') && std::time::Instant::now() < until {
            std::thread::yield_now();
        }
        let is_at_rest = is_at_rest(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_at_rest);
    }

    #[test]
    fn it_reads_long_files_to_their_end() {
        let file = std::env::temp_dir().join(format!("interleave-proc-{}", std::process::id()));
        let long = vec![7; 3 * USUAL];
        std::fs::write(&file, &long).unwrap();
        let was_read = read(&file);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(was_read.unwrap(), long);
    }
}
