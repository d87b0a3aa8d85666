//! Time-outs of calls that wait in the kernel: semtimedop(2), mq_timedreceive(3) and its kin, connect(2) of a socket with SO_SNDTIMEO.
//!
//! Their time is virtual, and so the kernel must not let them go on when it is up by the real clock. It is given a time far away, and
//! when it is their turn the call is interrupted and returns what it would have returned (ptrace(2)).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::kernel::arch;
use crate::kernel::stopped::{Change, PATIENCE, Stopped};
use crate::kernel::sys::{self, Call};
use crate::protocol::{CaveatKind, Footprint};
use crate::syscalls::sockets::names_host;
use crate::syscalls::streams::socket_timeout;
use crate::trace::Stop;
use crate::world::run::Supervisor;
use crate::world::task::{Limit, State, Timeout};

/// A time that does not come as long as a run lasts, in seconds.
const FAR: u64 = 1_000_000;

const NANOS: u64 = 1_000_000_000;

impl Supervisor<'_> {
    /// A task is about to be let into a call that may wait in the kernel, and uses these.
    pub fn limit(&mut self, number: usize, call: &Call, uses: &Footprint) {
        let process = self.tasks[number].process;
        let given = |address: u64| sys::read_u64s::<2>(call.tid, address).filter(|&[_, nanos]| nanos < NANOS);
        let total = |[seconds, nanos]: [u64; 2]| seconds.saturating_mul(NANOS).saturating_add(nanos);
        let (nanoseconds, errno, place) = match call.nr {
            libc::SYS_semtimedop => match given(call.args[3]) {
                Some(time) => (total(time), libc::EAGAIN, Some((call.args[3], time, FAR))),
                None => return,
            },
            libc::SYS_mq_timedsend | libc::SYS_mq_timedreceive => match given(call.args[4]) {
                Some(time) => {
                    let left = self.processes[process].clock.until(libc::CLOCK_REALTIME.into(), total(time));
                    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
                    (left, libc::ETIMEDOUT, Some((call.args[4], time, now + FAR)))
                }
                None => return,
            },
            libc::SYS_connect => match self.dup(process, call.args[0]).map(|socket| socket_timeout(&socket, true)) {
                Some(Timeout::After(time)) => {
                    (time, if names_host(call) { libc::EINPROGRESS } else { libc::EAGAIN }, None)
                }
                _ => return,
            },
            _ => return,
        };
        if nanoseconds == 0 {
            // It does not wait.
            return;
        }
        let mut limit = Limit { nanoseconds, errno, uses: uses.clone(), instruction: call.instruction, given: None };
        if let Some((address, time, far)) = place {
            let [seconds, _] = time;
            if !sys::write_memory(call.tid, address, &far.to_ne_bytes()) {
                // The real clock decides.
                self.caveat_at(CaveatKind::Timers, call, number);
                return;
            }
            limit.given = Some((address, far.wrapping_sub(seconds)));
        }
        self.tasks[number].limit = Some(limit);
    }

    /// The call has read its time: puts back what the program has given. If it has returned, and the program has set the time anew by
    /// then, it has done so from the one that stood there.
    pub fn give_time_back(&mut self, number: usize) {
        let task = &mut self.tasks[number];
        if let Some((address, away)) = task.limit.as_mut().and_then(|limit| limit.given.take())
            && let Some([seconds]) = sys::read_u64s(task.tid, address)
        {
            sys::write_memory(task.tid, address, &seconds.wrapping_sub(away).to_ne_bytes());
        }
    }

    /// The time of a task that waits in the kernel is up.
    pub fn reaches_limit(&mut self, number: usize) {
        self.give_time_back(number);
        let Some(limit) = self.tasks[number].limit.take() else { return };
        let tid = self.tasks[number].tid;
        self.footprint.unite(&limit.uses);
        self.time_is_up(number, Timeout::After(limit.nanoseconds));
        let change = Stopped::ask(tid).ok().and_then(|stop| {
            let change = stop.wait(Instant::now() + PATIENCE, || false)?;
            match change {
                Change::Stopped => {
                    let all = stop.all()?;
                    stop.set(&arch::returned(&all, -i64::from(limit.errno), limit.instruction));
                    stop.release(0);
                }
                Change::Signal(signal) => stop.release(signal),
                Change::Gone => {}
            }
            Some(change)
        });
        if change.is_none() {
            // It waits on, and what would have followed is not known.
            self.stop = Some(Stop::TimeLimit);
        }
        self.tasks[number].state = State::Running;
    }
}
