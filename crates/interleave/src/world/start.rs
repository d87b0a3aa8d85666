//! What differs each time a program is executed, though nothing that it does: replaced before its own code sees it, so that the same run of
//! a program has the same memory each time.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;

use super::clock::auxiliary_value;
use super::random::Chance;
use crate::trace::Pid;

/// Replaces the random bytes that the kernel gives a program (getauxval(3), `AT_RANDOM`): the C library makes the canary of its stack
/// and the guard of its pointers of them. To be called at the program's first system call.
///
/// # Errors
/// If its memory may not be written.
pub fn replace_random(pid: Pid, chance: &mut Chance) -> io::Result<()> {
    let Some(address) = auxiliary_value(pid, libc::AT_RANDOM)? else { return Ok(()) };
    let bytes = [chance.next(), chance.next()].map(u64::to_ne_bytes);
    OpenOptions::new().write(true).open(format!("/proc/{pid}/mem"))?.write_all_at(bytes.as_flattened(), address)
}
