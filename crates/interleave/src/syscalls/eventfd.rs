//! eventfd(2): a count that is added to and taken.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use super::{Answer, errno};
use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::sys::Call;
use crate::protocol::Access;
use crate::world::run::Supervisor;
use crate::world::task::{Channel, Transfer};

impl Supervisor<'_> {
    /// Makes the eventfd ourselves, so that its number follows from who wanted it.
    pub fn eventfd(&mut self, number: usize, call: &Call) -> io::Result<Answer> {
        let flags = if call.nr == arch::SYS_eventfd { 0 } else { call.args[1] as i32 };
        // SAFETY: takes two integers.
        let fd = unsafe { libc::eventfd(call.args[0] as u32, flags | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Ok(Answer::LetThrough);
        }
        // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let info = proc::text(format!("/proc/self/fdinfo/{}", fd.as_raw_fd()))?;
        let id = info.lines().find_map(|line| line.strip_prefix("eventfd-id:")?.trim().parse().ok());
        let counter = self.new_number(number);
        self.streams.add_counter(id.unwrap_or(0), counter);
        Ok(match self.listener.give_fd(call, fd.as_fd(), flags & libc::EFD_CLOEXEC != 0) {
            Ok(given) => Answer::Return(i64::from(given)),
            Err(_) => errno(libc::EMFILE),
        })
    }
}

/// How somebody who adds so much to an eventfd uses it: where that is much, or it is nearly full, who comes first matters.
pub fn adding(eventfd: &OwnedFd, adds: u64) -> Access {
    /// So little that all that a run can add of it has room in what is not nearly full.
    const LITTLE: u64 = 1 << 32;
    let has_room = count(eventfd).is_some_and(|count| count < u64::MAX / 2);
    if has_room && adds < LITTLE { Access::Add } else { Access::Write }
}

/// Whether there is room for what is written, as far as poll(2) does not say so: of an eventfd that says whether there is room for one.
pub fn has_room(transfer: &Transfer) -> bool {
    match transfer.channel {
        // (The greatest number of all is refused.)
        Channel::Counter(_, adds) if transfer.write && adds < u64::MAX => {
            count(&transfer.fd).is_none_or(|count| adds < u64::MAX - count)
        }
        _ => true,
    }
}

/// The count of an eventfd, as `/proc` shows it.
fn count(eventfd: &OwnedFd) -> Option<u64> {
    let info = proc::text(format!("/proc/self/fdinfo/{}", eventfd.as_raw_fd())).ok()?;
    let count = info.lines().find_map(|line| line.strip_prefix("eventfd-count:"))?;
    u64::from_str_radix(count.trim(), 16).ok()
}
