//! Time: sleeping, looking at the clock, timers; and chance.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::calls::{MemoryCall, PollCall, ProcessCall, TimeCall};
use super::table::Kind;
use super::{Answer, TIMERS, arguments, errno, polls};
use crate::kernel::arch;
use crate::kernel::proc;
use crate::kernel::sharing::is_same_file;
use crate::kernel::sys::{self, Call};
use crate::protocol::{CaveatKind, Object, Signals};
use crate::world::limits::TimeMode;
use crate::world::run::Supervisor;
use crate::world::task::{Op, Timeout};
use crate::world::timers::TimerKind;

/// After so many sleeps in a row a task has nothing to do but wait for others.
const SLEEPS_IN_A_ROW: u32 = 8;

/// The same of one who does not even look whether they have come: it sleeps long in many short sleeps, which is no order either. Only one that sleeps for ever has to let
/// others go on.
const SLEEPS_IN_VAIN: u32 = 1000;

const NANOS: u64 = 1_000_000_000;

/// Whether a call is given a time that is none, less than nothing or with too many nanoseconds: the kernel refuses that at once, before
/// it waits for anything (EINVAL).
pub fn is_no_time(call: &Call) -> bool {
    let [_, b, c, d, e, _] = call.args;
    // Where it stands, how many times there are, and what is too many for the second word.
    let (address, times, limit) = match call.nr {
        libc::SYS_nanosleep => (call.args[0], 1, NANOS),
        libc::SYS_clock_nanosleep | libc::SYS_ppoll | libc::SYS_rt_sigtimedwait => (c, 1, NANOS),
        libc::SYS_futex if waits_on_futex(b as i32) => (d, 1, NANOS),
        libc::SYS_semtimedop | libc::SYS_epoll_pwait2 => (d, 1, NANOS),
        libc::SYS_pselect6 | libc::SYS_mq_timedsend | libc::SYS_mq_timedreceive => (e, 1, NANOS),
        libc::SYS_timer_settime | libc::SYS_timerfd_settime => (c, 2, NANOS),
        libc::SYS_setitimer => (b, 2, NANOS / 1000),
        // What is more than a second goes to the seconds.
        arch::SYS_select => (e, 1, i64::MAX as u64),
        _ => return false,
    };
    let is_none = |number: u64| {
        let time = sys::read_u64s::<2>(call.tid, address + 16 * number);
        time.is_some_and(|[seconds, parts]| seconds > i64::MAX as u64 || parts >= limit)
    };
    address != 0 && (0..times).any(is_none)
}

/// Whether an operation of futex(2) waits, and so may be given a time.
fn waits_on_futex(operation: i32) -> bool {
    let waits = [libc::FUTEX_WAIT, libc::FUTEX_WAIT_BITSET, libc::FUTEX_LOCK_PI, libc::FUTEX_WAIT_REQUEUE_PI];
    waits.contains(&(operation & libc::FUTEX_CMD_MASK))
}

impl Supervisor<'_> {
    /// What to do about a call of this family.
    pub fn decode_time(&mut self, number: usize, call: &Call, kind: TimeCall) -> Answer {
        let process = self.tasks[number].process;
        match kind {
            TimeCall::Sleep | TimeCall::ClockSleep | TimeCall::Yield => self.sleep_call(number, call, kind),
            TimeCall::ClockGet | TimeCall::TimeOfDay | TimeCall::Time | TimeCall::Usage | TimeCall::Times => {
                self.clock_call(process, call, kind)
            }
            TimeCall::Alarm
            | TimeCall::SetTimer
            | TimeCall::TimerCreate
            | TimeCall::TimerSet
            | TimeCall::TimerDelete
            | TimeCall::TimerFdSet
            | TimeCall::GetTimer
            | TimeCall::TimerGet
            | TimeCall::TimerOverrun
            | TimeCall::TimerFdGet => self.timer_step(number, call, kind),
        }
    }

    pub fn sleep_call(&mut self, number: usize, call: &Call, kind: TimeCall) -> Answer {
        let [a, b, c, ..] = call.args;
        let process = self.tasks[number].process;
        match kind {
            TimeCall::Yield => self.sleeps(number, call, 0),
            TimeCall::Sleep => match sys::read_u64s(call.tid, a) {
                Some([seconds, nanoseconds]) => self.sleeps(number, call, seconds.saturating_mul(NANOS) + nanoseconds),
                None => Answer::LetThrough,
            },
            _ => match sys::read_u64s(call.tid, c) {
                Some([seconds, nanoseconds]) => {
                    let time = seconds.saturating_mul(NANOS).saturating_add(nanoseconds);
                    let absolute = b & libc::TIMER_ABSTIME as u64 != 0;
                    let time = if absolute { self.processes[process].clock.until(a as i64, time) } else { time };
                    self.sleeps(number, call, time)
                }
                None => Answer::LetThrough,
            },
        }
    }

    /// A sleep.
    pub fn sleeps(&mut self, number: usize, call: &Call, nanoseconds: u64) -> Answer {
        let process = self.tasks[number].process;
        // While it sleeps, others change what it will look at then; or a signal comes.
        let may_hear = self.shares_memory(process) || self.may_be_interrupted(number);
        let task = &mut self.tasks[number];
        task.sleeps_in_a_row += 1;
        let most = if may_hear || task.looks_between_sleeps { SLEEPS_IN_A_ROW } else { SLEEPS_IN_VAIN };
        let idle = task.sleeps_in_a_row >= most;
        let is_ordered = self.limits.time_mode == TimeMode::Ordered && nanoseconds > 0;
        if idle || is_ordered || may_hear {
            return Answer::Hold(Op::Sleep { nanoseconds, idle });
        }
        self.let_pass(number, nanoseconds);
        self.tell_that_time_is_up(call);
        Answer::Return(0)
    }

    /// A call that may take so long goes on, or is interrupted: says how much of that is left, where the call says so.
    pub fn tell_rest(&mut self, number: usize, call: &Call, nanoseconds: u64, is_interrupted: bool) {
        /// How long it takes to be interrupted.
        const MOMENT: u64 = 1000;
        let task = &self.tasks[number];
        let clock = &mut self.processes[task.process].clock;
        if is_interrupted {
            clock.not_before_time(clock.now().saturating_add(MOMENT));
        }
        if let Some((address, unit)) = rest_of_time(call) {
            // (With nothing left, it would not look for signals.)
            let left = task.came_at.saturating_add(nanoseconds).saturating_sub(clock.now()).max(unit);
            tell(call, address, &[left / NANOS, left % NANOS / unit]);
        }
    }

    /// The time of a call is up: says that nothing is left of it, and that nothing has come, where the call says so.
    pub fn tell_that_time_is_up(&self, call: &Call) {
        if let Some((address, _)) = rest_of_time(call).filter(|_| !is_sleep(call)) {
            tell(call, address, &[0; 2]);
        }
        polls::clear_events(call);
    }

    pub fn clock_call(&mut self, process: usize, call: &Call, kind: TimeCall) -> Answer {
        let [a, b, ..] = call.args;
        let clock = &mut self.processes[process].clock;
        match kind {
            TimeCall::ClockGet => {
                let time = clock.read(a as i64);
                tell(call, b, &[time / NANOS, time % NANOS])
            }
            TimeCall::TimeOfDay => {
                let time = clock.read(libc::CLOCK_REALTIME.into());
                tell(call, a, &[time / NANOS, time % NANOS / 1000])
            }
            TimeCall::Time => {
                let time = clock.read(libc::CLOCK_REALTIME.into()) / NANOS;
                if a != 0 {
                    tell(call, a, &[time]);
                }
                Answer::Return(time as i64)
            }
            // In ticks, of which Linux tells programs that there are a hundred in a second; `struct tms` has four words.
            TimeCall::Times => {
                let time = clock.read(libc::CLOCK_MONOTONIC.into()) / (NANOS / 100);
                if a != 0 && matches!(tell(call, a, &[0; 4]), Answer::Return(error) if error < 0) {
                    return errno(libc::EFAULT);
                }
                Answer::Return(time as i64)
            }
            // What a run costs differs from run to run; `struct rusage` has this many words.
            _ => tell(call, b, &[0; 18]),
        }
    }

    /// An armed timer may go off before it is looked at, set anew or taken back: then that is a step.
    pub fn timer_step(&mut self, number: usize, call: &Call, kind: TimeCall) -> Answer {
        let process = self.tasks[number].process;
        if self.timers.armed().any(|(timer, _)| timer.process == process) {
            return Answer::Hold(Op::SetTimer);
        }
        self.timer_call(number, call, kind)
    }

    /// Timers go by virtual time: when one goes off is a step.
    pub fn timer_call(&mut self, number: usize, call: &Call, kind: TimeCall) -> Answer {
        let [a, b, c, d, ..] = call.args;
        let process = self.tasks[number].process;
        match kind {
            TimeCall::Alarm => {
                let left = self.arm(number, call, |kind| matches!(kind, TimerKind::Alarm), a.saturating_mul(NANOS), 0);
                Answer::Return(left.map_or(0, |(left, _)| left.div_ceil(NANOS) as i64))
            }
            // Of the three timers of a process, the two of processor time are the kernel's.
            TimeCall::SetTimer if a as i32 != libc::ITIMER_REAL => {
                self.caveat_at(CaveatKind::Timers, call, number);
                Answer::LetThrough
            }
            TimeCall::SetTimer => {
                let Some([interval, micros, seconds, more]) = sys::read_u64s(call.tid, b) else {
                    return errno(libc::EFAULT);
                };
                let (time, interval) = (seconds * NANOS + more * 1000, interval * NANOS + micros * 1000);
                let left = self.arm(number, call, |kind| matches!(kind, TimerKind::Alarm), time, interval);
                let (left, again) = left.unwrap_or((0, 0));
                if c != 0 {
                    tell(call, c, &[again / NANOS, again % NANOS / 1000, left / NANOS, left % NANOS / 1000]);
                }
                Answer::Return(0)
            }
            TimeCall::TimerCreate => {
                // In `struct sigevent`: the value, the signal, and how it is told.
                let given = sys::read_u64s(call.tid, b);
                let [value, what] = given.unwrap_or([0, libc::SIGALRM as u64]);
                let (signal, how) = (what as u32 as i32, (what >> 32) as i32);
                if b != 0 && how != libc::SIGEV_SIGNAL || is_of_processor(a as i32) {
                    self.caveat_at(CaveatKind::Timers, call, number);
                    return Answer::LetThrough;
                }
                let signal = if b == 0 { libc::SIGALRM } else { signal };
                let id = 1000 + self.tasks[number].made;
                self.tasks[number].made += 1;
                // Who asks for nothing else gets the number of the timer (timer_create(2)).
                let value = given.map_or(id, |_| value);
                if self
                    .timers
                    .add(process, TimerKind::Signal { id, signal, value, clock: i64::from(a as i32) })
                    .is_none()
                {
                    self.caveat_at(CaveatKind::Timers, call, number);
                    return Answer::LetThrough;
                }
                if !sys::write_memory(call.tid, c, &(id as i32).to_ne_bytes()) {
                    return errno(libc::EFAULT);
                }
                Answer::Return(0)
            }
            TimeCall::GetTimer if a as i32 == libc::ITIMER_REAL => {
                let (left, again) = self.left(process, |kind| matches!(kind, TimerKind::Alarm)).unwrap_or((0, 0));
                tell(call, b, &[again / NANOS, again % NANOS / 1000, left / NANOS, left % NANOS / 1000])
            }
            TimeCall::GetTimer => Answer::LetThrough,
            TimeCall::TimerGet => match self.timers.find(process, |kind| is_signal(kind, a)) {
                Some(_) => {
                    let left = self.left(process, |kind| is_signal(kind, a));
                    tell_left(call, b, left);
                    Answer::Return(0)
                }
                None => Answer::LetThrough,
            },
            TimeCall::TimerFdGet => match self.timer_behind(process, a) {
                Some(ours) => {
                    let left = self.left(process, |kind| is_descriptor(kind, ours));
                    tell_left(call, b, left);
                    Answer::Return(0)
                }
                None => {
                    if self.timers.are_others(process) {
                        // Perhaps it is one of theirs, handed on, of which the kernel knows nothing.
                        self.caveat_at(CaveatKind::Timers, call, number);
                    }
                    Answer::LetThrough
                }
            },
            // How often it went off in vain is not counted.
            TimeCall::TimerOverrun if self.timers.find(process, |kind| is_signal(kind, a)).is_some() => {
                self.not_watched(call, number);
                Answer::Return(0)
            }
            TimeCall::TimerOverrun => Answer::LetThrough,
            TimeCall::TimerDelete => match self.timers.find(process, |kind| is_signal(kind, a)) {
                Some(timer) => {
                    timer.armed = None;
                    Answer::Return(0)
                }
                None => Answer::LetThrough,
            },
            TimeCall::TimerSet => {
                let Some(TimerKind::Signal { clock, .. }) =
                    self.timers.find(process, |kind| is_signal(kind, a)).map(|timer| &timer.kind)
                else {
                    return Answer::LetThrough;
                };
                let clock = *clock;
                let Some((time, interval)) = self.timer_times(process, call, b, c, clock) else {
                    return errno(libc::EFAULT);
                };
                let left = self.arm(number, call, |kind| is_signal(kind, a), time, interval);
                tell_left(call, d, left);
                Answer::Return(0)
            }
            _ => {
                let Some(fd) = self.dup(process, a) else { return Answer::LetThrough };
                let Some((time, interval)) = self.timer_times(process, call, b, c, clock_of(&fd)) else {
                    return errno(libc::EFAULT);
                };
                if self.timers.are_others(process) {
                    // Perhaps it is the same one, handed on.
                    self.caveat_at(CaveatKind::Timers, call, number);
                }
                let ours = self.timer_behind(process, a).unwrap_or_else(|| {
                    let ours = fd.as_raw_fd();
                    self.timers.add(process, TimerKind::Descriptor(fd));
                    ours
                });
                let left = self.arm(number, call, |kind| is_descriptor(kind, ours), time, interval);
                tell_left(call, d, left);
                Answer::Return(0)
            }
        }
    }

    /// In how many nanoseconds a timer goes off, and how much later again.
    fn left(&mut self, process: usize, is: impl Fn(&TimerKind) -> bool) -> Option<(u64, u64)> {
        let now = self.processes[process].clock.now();
        let (at, interval) = self.timers.find(process, is)?.armed?;
        Some((at.saturating_sub(now).max(1), interval))
    }

    fn timer_times(&self, process: usize, call: &Call, flags: u64, new: u64, clock: i64) -> Option<(u64, u64)> {
        let [seconds_each, each, seconds, more] = sys::read_u64s(call.tid, new)?;
        let time = seconds.saturating_mul(NANOS).saturating_add(more);
        let is_absolute = flags & libc::TIMER_ABSTIME as u64 != 0 && time > 0;
        let time = if is_absolute { self.processes[process].clock.until(clock, time).max(1) } else { time };
        Some((time, seconds_each.saturating_mul(NANOS).saturating_add(each)))
    }

    /// The timer behind a descriptor of a process, if it was ever armed: our duplicate of it. (By the same number there may have been another
    /// one, and by another number the same; and all timers have one inode.)
    fn timer_behind(&self, process: usize, fd: u64) -> Option<RawFd> {
        let given = (self.processes[process].seen_as, fd as i32);
        let own = self.timers.descriptors().filter(|&(of, _)| of == process).map(|(_, ours)| ours.as_raw_fd());
        own.into_iter().find(|&ours| is_same_file(given, (std::process::id(), ours)) == Some(true))
    }

    /// The step is over. A timer that nobody has open any more is gone, and with it our duplicate: as long as there is that, it stays in the
    /// sets that watch it (epoll(7)).
    pub fn lets_go_of_timers(&mut self) {
        let is_open = |ours: &OwnedFd| {
            let ours = (std::process::id(), ours.as_raw_fd());
            let live = (0..self.processes.len()).filter(|&process| !self.processes[process].has_ended);
            live.into_iter().any(|process| {
                let seen_as = self.processes[process].seen_as;
                self.open_descriptors(process).iter().any(|open| {
                    open.link().as_deref() == Some("anon_inode:[timerfd]")
                        && is_same_file((seen_as, open.fd), ours) != Some(false)
                })
            })
        };
        let gone = self.timers.descriptors().filter(|(_, ours)| !is_open(ours)).map(|(_, ours)| ours.as_raw_fd());
        let gone: Vec<RawFd> = gone.collect();
        self.timers.remove(|ours| gone.contains(&ours.as_raw_fd()));
    }

    /// Arms a timer, or with 0 disarms it; what was left of it.
    fn arm(
        &mut self,
        number: usize,
        call: &Call,
        is: impl Fn(&TimerKind) -> bool,
        time: u64,
        interval: u64,
    ) -> Option<(u64, u64)> {
        let process = self.tasks[number].process;
        let (step, now) = (self.now(), self.processes[process].clock.now());
        self.come(Signals::Caught);
        self.footprint.writes(Object::Signals(process as u64));
        if self.timers.find(process, &is).is_none() && self.timers.add(process, TimerKind::Alarm).is_none() {
            self.caveat_at(CaveatKind::Timers, call, number);
            return None;
        }
        let timer = self.timers.find(process, &is)?;
        let left = timer.armed.map(|(at, interval)| (at.saturating_sub(now).max(1), interval));
        if let TimerKind::Descriptor(fd) = &timer.kind {
            self.footprint.writes(Object::Ipc(TIMERS));
            // That it went off before, and nobody has read of it, is forgotten (timerfd_create(2)).
            sys::disarm(fd);
        }
        timer.arm(if time == 0 { 0 } else { now.saturating_add(time) }, interval, step);
        left
    }

    /// Random numbers that are the same in every run.
    pub fn random(&mut self, process: usize, call: &Call) -> Answer {
        let [address, length, ..] = call.args;
        let chance = &mut self.processes[process].chance;
        let mut bytes = vec![0; (length as usize).min(1 << 16)];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&chance.next().to_ne_bytes()[..chunk.len()]);
        }
        if sys::write_memory(call.tid, address, &bytes) {
            Answer::Return(bytes.len() as i64)
        } else {
            errno(libc::EFAULT)
        }
    }

    /// Who only looks at the clock lets time pass by it; so does who looks again and again at something else as well, until a deadline.
    pub fn has_looked_at_clock(&mut self, number: usize, kind: Kind, call: &Call) {
        let task = &self.tasks[number];
        let looks = match kind {
            Kind::Time(TimeCall::ClockGet)
            | Kind::Time(TimeCall::TimeOfDay)
            | Kind::Time(TimeCall::Time | TimeCall::Times)
            | Kind::Memory(MemoryCall::Mmap) => true,
            Kind::Process(ProcessCall::Wait4) => call.args[2] & libc::WNOHANG as u64 != 0,
            Kind::Process(ProcessCall::WaitId) => call.args[3] & libc::WNOHANG as u64 != 0,
            Kind::Poll(PollCall::Poll) => call.args[2] as i32 == 0,
            Kind::Poll(PollCall::Ppoll) => arguments::relative(call.tid, call.args[2], 1) == Timeout::Now,
            Kind::Time(TimeCall::Yield) => task.sleeps_in_a_row > 0,
            _ => false,
        };
        if !looks && !task.spin.has_come_back() {
            self.processes[task.process].clock.looked_away();
        }
    }
}

/// Where a call says how much is left of the time that it was given, if it is interrupted or goes on before, and how many nanoseconds the
/// second number there counts.
fn rest_of_time(call: &Call) -> Option<(u64, u64)> {
    let [_, b, c, d, e, _] = call.args;
    let (address, unit) = match call.nr {
        libc::SYS_nanosleep => (b, 1),
        libc::SYS_clock_nanosleep if b & libc::TIMER_ABSTIME as u64 == 0 => (d, 1),
        arch::SYS_select => (e, 1000),
        libc::SYS_pselect6 => (e, 1),
        libc::SYS_ppoll => (c, 1),
        _ => return None,
    };
    (address != 0).then_some((address, unit))
}

/// Whether it says so only if it is interrupted.
fn is_sleep(call: &Call) -> bool {
    matches!(call.nr, libc::SYS_nanosleep | libc::SYS_clock_nanosleep)
}

fn is_signal(kind: &TimerKind, wanted: u64) -> bool {
    matches!(kind, TimerKind::Signal { id, .. } if *id == wanted)
}

/// Whether a clock counts the time for which something has had the processor, and not all that passes.
fn is_of_processor(clock: i32) -> bool {
    clock < 0 || matches!(clock, libc::CLOCK_PROCESS_CPUTIME_ID | libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The clock by which a timer goes that is read by a descriptor, as proc_pid_fdinfo(5) shows it.
fn clock_of(timer: &OwnedFd) -> i64 {
    let info = proc::text(format!("/proc/self/fdinfo/{}", timer.as_raw_fd())).unwrap_or_default();
    let clock = info.lines().find_map(|line| line.strip_prefix("clockid:")?.trim().parse().ok());
    clock.unwrap_or(i64::from(libc::CLOCK_MONOTONIC))
}

fn is_descriptor(kind: &TimerKind, ours: RawFd) -> bool {
    matches!(kind, TimerKind::Descriptor(fd) if fd.as_raw_fd() == ours)
}

fn tell(call: &Call, address: u64, numbers: &[u64]) -> Answer {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    if sys::write_memory(call.tid, address, &bytes) { Answer::Return(0) } else { errno(libc::EFAULT) }
}

fn tell_left(call: &Call, address: u64, left: Option<(u64, u64)>) {
    if address != 0 {
        let (left, again) = left.unwrap_or((0, 0));
        tell(call, address, &[again / NANOS, again % NANOS, left / NANOS, left % NANOS]);
    }
}
