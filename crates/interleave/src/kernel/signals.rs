//! What the kernel says of the signals of a thread.

use super::proc;
use crate::trace::Pid;

/// The signals of a thread, a bit each, as `/proc/TID/status` shows them (proc(5)).
#[derive(Debug, Clone, Copy, Default)]
pub struct Masks {
    /// Sent to the thread or to its process, and not taken.
    pub pending: u64,
    /// Of those, the ones sent to the thread alone.
    pub own: u64,
    pub blocked: u64,
    pub ignored: u64,
    pub caught: u64,
}

impl Masks {
    /// Whether there is a handler for any signal but these.
    pub fn is_caught_but(&self, these: &[i32]) -> bool {
        self.caught & !these.iter().fold(0, |all, &signal| all | bit(signal)) != 0
    }

    /// The signals that do nothing: they are ignored, or are such unless they are caught. (Those can be pending all the same,
    /// if a thread blocks them.)
    pub fn without_effect(&self) -> u64 {
        let harmless = HARMLESS.iter().fold(0, |all, &signal| all | bit(signal));
        self.ignored | harmless & !self.caught
    }
}

/// The bit of a signal; none of what is no signal, such as 0, by which kill(2) only asks.
pub fn bit(signal: i32) -> u64 {
    1u64.checked_shl(signal.wrapping_sub(1) as u32).unwrap_or(0)
}

/// What the kernel says of a thread; `None` if it is gone.
pub fn masks(tid: Pid) -> Option<Masks> {
    masks_in(&proc::text(format!("/proc/{tid}/status")).ok()?)
}

/// The same, of what was read. Of a thread that is being waited for in this moment there still is a text, but nothing in it of signals: it is
/// of no threads then, and has no signals at all, not even the one that has killed it (`task_sig` of the kernel).
fn masks_in(status: &str) -> Option<Masks> {
    let mut masks = Masks::default();
    for line in status.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = || u64::from_str_radix(value.trim(), 16).unwrap_or(0);
        match name {
            "Threads" if value() == 0 => return None,
            "SigPnd" => {
                masks.own = value();
                masks.pending |= masks.own;
            }
            "ShdPnd" => masks.pending |= value(),
            "SigBlk" => masks.blocked = value(),
            "SigIgn" => masks.ignored = value(),
            "SigCgt" => masks.caught = value(),
            _ => {}
        }
    }
    Some(masks)
}

/// Signals that do nothing unless they are caught, SIGCONT among them (signal(7)).
pub const HARMLESS: [i32; 4] = [libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH, libc::SIGCONT];

/// Signals that a process brings upon itself: language runtimes catch them, and nobody sends them.
pub const FAULTS: [i32; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// Signals after which the kernel may write down the memory of whom they end. For that it has to run once more, and so to leave the
/// call in which it is held (signal(7)).
pub const CORE: [i32; 10] = [
    libc::SIGQUIT,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGSEGV,
    libc::SIGSYS,
    libc::SIGXCPU,
    libc::SIGXFSZ,
];

#[cfg(test)]
mod tests {
    use super::{bit, masks_in};

    #[test]
    fn what_is_no_signal_has_no_bit() {
        assert_eq!([-1, 0, 1, 64, 65].map(bit), [0, 0, 1, 1 << 63, 0]);
    }

    #[test]
    fn who_is_being_waited_for_is_gone() {
        let status = |threads: u32, pending: &str| {
            format!(
                "Name:\ta\nState:\tZ (zombie)\nThreads:\t{threads}\nSigPnd:\t{pending}\nShdPnd:\t{pending}\nSigBlk:\t0\n"
            )
        };
        assert_eq!(masks_in(&status(1, "0000000000000100")).map(|masks| masks.pending), Some(bit(libc::SIGKILL)));
        assert!(masks_in(&status(0, "0000000000000000")).is_none());
    }
}
