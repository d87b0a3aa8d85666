//! What several calls are given alike: sets of signals, and for how long to wait.

use crate::kernel::sys;
use crate::trace::Pid;
use crate::world::task::Timeout;

/// A set of signals in memory; none if there is none.
pub fn mask(tid: Pid, address: u64, size: u64) -> Option<u64> {
    if address == 0 || size < 8 {
        return None;
    }
    sys::read_u64s::<1>(tid, address).map(|[mask]| mask)
}

/// A time as poll(2) is given it: with a sign, and for ever below 0.
pub fn milliseconds(time: u64) -> Timeout {
    match time as i32 {
        0 => Timeout::Now,
        ..0 => Timeout::Never,
        time => Timeout::After(time as u64 * 1_000_000),
    }
}

/// A relative time in memory, with so many nanoseconds in the unit of its second number; none means for ever.
pub fn relative(tid: Pid, address: u64, unit: u64) -> Timeout {
    match sys::read_u64s(tid, address) {
        _ if address == 0 => Timeout::Never,
        None => Timeout::Now,
        Some([seconds, fraction]) => {
            Timeout::after(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit)))
        }
    }
}
