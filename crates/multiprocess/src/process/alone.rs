//! Whether a copy of this process is a whole: whether nobody else acts in its memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::mapping::Mapping;
use crate::explain::explain;

/// How long to wait for the end of threads that are ending.
const UNTIL_ENDED: Duration = Duration::from_secs(1);

unsafe extern "C" {
    // sys/single_threaded.h, of glibc since 2.32: "If this variable is non-zero, then the current thread is the only thread
    // in the process image." Once another thread has been started it is zero for good. The libc crate does not declare it.
    static __libc_single_threaded: AtomicU8;
}

/// A process with one thread cannot gain another behind our back, so what holds here holds until the fork.
pub(super) fn must_have_one_thread() -> io::Result<()> {
    let ask = || threads().map_err(|e| explain(e, format_args!("could not count this process's threads in {THREADS}")));
    match kernel_knows_no_other() {
        Some(true) => return Ok(()),
        Some(false) => {}
        // The C library knows of those that it has started, which are all but those made by a bare clone(2).
        // SAFETY: a char of the C library's, which is there as long as the process; an AtomicU8 has the same size and alignment.
        None if unsafe { &__libc_single_threaded }.load(Ordering::Relaxed) != 0 && ask()?.0 == 1 => return Ok(()),
        None => {}
    }
    let mut since = None;
    loop {
        let (threads, ending) = ask()?;
        if threads == 1 {
            return match kernel_knows_no_other() {
                Some(false) => Err(io::Error::other(
                    "cannot fork: another process runs in the memory of this one (clone(2) with CLONE_VM), \
                     and would not exist in the child",
                )),
                _ => Ok(()),
            };
        }
        // `JoinHandle::join` returns a moment before the kernel has forgotten the thread, and nobody is told when it
        // has. One that is ending runs no code of this program again, but the kernel may still write to its memory.
        let ended_by = *since.get_or_insert_with(Instant::now) + UNTIL_ENDED;
        if threads > ending + 1 || Instant::now() > ended_by {
            return Err(io::Error::other(format!(
                "cannot fork: this process has {threads} threads, and only the calling one would exist in the child, \
                 where locks held by the others would stay locked for ever; start child processes before the first thread"
            )));
        }
        std::thread::yield_now();
    }
}

/// Whether this thread is the only task that runs in this memory, by the kernel's own count: unshare(2) with CLONE_VM
/// "has no effect" for one that is, and is refused to others, however they were made. `None`: a sandbox forbids to ask.
fn kernel_knows_no_other() -> Option<bool> {
    // SAFETY: a plain number. By the manual the call does nothing, whether it succeeds or fails.
    if unsafe { libc::unshare(libc::CLONE_VM) } == 0 {
        return Some(true);
    }
    (io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL)).then_some(false)
}

const THREADS: &str = "/proc/self/task";

/// How many threads the kernel knows of, and how many of them are ending.
fn threads() -> io::Result<(usize, usize)> {
    let threads: Vec<_> = std::fs::read_dir(THREADS)?.collect::<io::Result<_>>()?;
    if threads.len() == 1 {
        return Ok((1, 0));
    }
    let ending = threads.iter().filter(|thread| is_ending(&thread.path())).count();
    Ok((threads.len(), ending))
}

/// Whether a thread has begun to end, or has ended: see proc_pid_stat(5).
fn is_ending(thread: &Path) -> bool {
    /// Linux's `PF_EXITING`.
    const EXITING: u32 = 4;
    match std::fs::read_to_string(thread.join("stat")) {
        Ok(stat) => {
            // The flags are the seventh field after the name, which may contain anything.
            let flags = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(6));
            flags.and_then(|flags| flags.parse::<u32>().ok()).is_some_and(|flags| flags & EXITING != 0)
        }
        Err(error) => matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH)),
    }
}

const MAPPINGS: &str = "/proc/self/maps";
/// The same, and more of each: see proc_pid_smaps(5).
const DETAILS: &str = "/proc/self/smaps";

/// How the names of this library's own shared memory begin, which is made for being shared.
const OWN: &str = "/memfd:multiprocess";

/// A fork copies memory, but for what is mapped shared: parent and child would both have that, and those who think
/// it theirs alone, as a safe crate may that has mapped it, would see it change under their references.
pub(super) fn must_share_no_memory() -> io::Result<()> {
    // Most programs have less: then each part is read once, into its place.
    let mappings = read(MAPPINGS, 32 << 10)?;
    // Names need not be UTF-8.
    let mappings = String::from_utf8_lossy(&mappings);
    let mut shared = mappings.lines().filter_map(Mapping::of).filter(is_shared_with_others).peekable();
    if shared.peek().is_none() {
        return Ok(());
    }
    // What cannot be written to may become writable (mprotect(2)), which is told where more is, and takes longer to be read.
    let found = shared.find(|mapping| mapping.rights[1] == b'w').map(|mapping| mapping.name().to_owned());
    let found =
        if found.is_some() { found } else { may_become_writable(&String::from_utf8_lossy(&read(DETAILS, 64 << 10)?)) };
    let Some(name) = found else { return Ok(()) };
    Err(io::Error::other(format!(
        "cannot fork: this process has memory that a child would not get a copy of but share ({}); unmap it first, or, if \
         everybody who uses it expects others to write there, say so with the builder's allow_shared_mappings",
        if name.is_empty() { "without a name" } else { &name }
    )))
}

/// The name of memory that is shared with others, and that they may write to one day, if there is any in this text of smaps.
fn may_become_writable(details: &str) -> Option<String> {
    let mut mapping = None;
    for line in details.lines() {
        match line.strip_prefix("VmFlags:") {
            None => mapping = Mapping::of(line).or(mapping),
            Some(flags) if flags.split(' ').any(|flag| flag == "mw") => {
                let shared = mapping.take().filter(is_shared_with_others);
                if let Some(shared) = shared {
                    return Some(shared.name().to_owned());
                }
            }
            Some(_) => {}
        }
    }
    None
}

fn read(file: &str, expected: usize) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(expected);
    File::open(file)
        .and_then(|mut file| file.read_to_end(&mut text))
        .map_err(|e| explain(e, format_args!("could not see in {file} whether this process shares memory")))?;
    Ok(text)
}

fn is_shared_with_others(mapping: &Mapping) -> bool {
    mapping.rights[3] == b's' && !mapping.name().starts_with(OWN)
}
