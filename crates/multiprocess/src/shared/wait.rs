//! How long an operation may wait.

use std::time::Duration;

/// How long an operation may wait for what it needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    /// Not at all.
    No,
    /// Until this point in time.
    Until(Deadline),
    /// For as long as it takes.
    Forever,
    /// For as long as operations of others take that are under way, and no longer.
    ForATurn,
}

impl Wait {
    /// At most `limit` from now. A limit beyond what the clock can express is no limit.
    pub(crate) fn at_most(limit: Duration) -> Wait {
        if limit.is_zero() {
            // Not a point in time that has passed before anybody could look.
            return Wait::No;
        }
        Deadline::after(limit).map_or(Wait::Forever, Wait::Until)
    }

    /// The same, but `limit` from now at the latest.
    pub(crate) fn or_at_most(self, limit: Duration) -> Wait {
        match (self, Deadline::after(limit)) {
            (Wait::Until(this), Some(that)) => Wait::Until(if this.is_before(that) { this } else { that }),
            (Wait::Forever | Wait::ForATurn, Some(that)) => Wait::Until(that),
            (wait, _) => wait,
        }
    }

    /// Whether the time is up.
    pub(crate) fn is_over(self) -> bool {
        match self {
            Wait::No => true,
            Wait::Until(deadline) => !Deadline(now()).is_before(deadline),
            Wait::Forever | Wait::ForATurn => false,
        }
    }

    /// The same, but with patience for an operation of somebody else that is under way: what does not wait for items
    /// or for room still has to wait until it is its turn to look.
    pub(crate) fn for_a_turn(self) -> Wait {
        match self {
            Wait::No => Wait::ForATurn,
            other => other,
        }
    }
}

/// A point on the monotonic clock, which no change of the wall clock moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(libc::timespec);

impl Deadline {
    /// `limit` from now; `None` when that lies beyond the clock's end.
    fn after(limit: Duration) -> Option<Deadline> {
        const NANOS_PER_SEC: i64 = 1_000_000_000;
        let now = now();
        let nanos = now.tv_nsec + i64::from(limit.subsec_nanos());
        let seconds = i64::try_from(limit.as_secs()).ok()?.checked_add(now.tv_sec)?;
        Some(Deadline(libc::timespec {
            tv_sec: seconds.checked_add(nanos / NANOS_PER_SEC)?,
            tv_nsec: nanos % NANOS_PER_SEC,
        }))
    }

    fn is_before(self, other: Deadline) -> bool {
        (self.0.tv_sec, self.0.tv_nsec) < (other.0.tv_sec, other.0.tv_nsec)
    }

    /// As system calls want it: absolute, on `CLOCK_MONOTONIC`.
    pub(crate) fn as_timespec(&self) -> &libc::timespec {
        &self.0
    }
}

fn now() -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec we own. The call cannot fail: Linux always has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_beyond_the_clock_is_no_limit() {
        assert!(matches!(Wait::at_most(Duration::MAX), Wait::Forever));
        assert!(matches!(Wait::at_most(Duration::from_secs(u64::MAX / 2)), Wait::Forever));
    }

    #[test]
    fn the_earlier_limit_counts() {
        let (soon, late) = (Duration::from_secs(10), Duration::from_secs(1000));
        let seconds = |wait| match wait {
            Wait::Until(Deadline(at)) => at.tv_sec - now().tv_sec,
            _ => panic!("a limit is one"),
        };
        for wait in
            [Wait::at_most(soon).or_at_most(late), Wait::at_most(late).or_at_most(soon), Wait::Forever.or_at_most(soon)]
        {
            assert!(seconds(wait) <= 11);
        }
        assert!(matches!(Wait::No.or_at_most(soon), Wait::No));
    }

    #[test]
    fn no_time_is_not_to_wait() {
        assert!(matches!(Wait::at_most(Duration::ZERO), Wait::No));
    }

    #[test]
    fn nanoseconds_carry_into_seconds() {
        for nanos in [0, 1, 500_000_000, 999_999_999] {
            let Some(Deadline(at)) = Deadline::after(Duration::new(3, nanos)) else {
                panic!("three seconds from now exist")
            };
            assert!((0..1_000_000_000).contains(&at.tv_nsec));
        }
    }
}
