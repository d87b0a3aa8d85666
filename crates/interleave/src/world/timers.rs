//! Timers whose time is virtual: alarm(2), setitimer(2), timer_create(2), timerfd_create(2).

use std::os::fd::OwnedFd;

use crate::task_id::{TaskId, timer};

/// All timers of a run.
#[derive(Default)]
pub struct Timers(Vec<Timer>);

/// A timer of a process.
pub struct Timer {
    /// Who lets it go off.
    pub lane: TaskId,
    /// Its process, by number.
    pub process: usize,
    pub kind: TimerKind,
    /// In how many nanoseconds of its process's clock it goes off, and how much later again; `None` if it is not armed.
    pub armed: Option<(u64, u64)>,
    /// The step in which it was armed.
    armed_by: Option<u32>,
    /// How often it has gone off since the program armed it.
    pub times: u32,
}

/// What a timer does.
pub enum TimerKind {
    /// Sends SIGALRM: the one real-time timer of a process.
    Alarm,
    /// Sends a signal, which carries a value; by the number that the program was given for the timer, and the clock that it goes by.
    Signal { id: u64, signal: i32, value: u64, clock: i64 },
    /// Becomes readable: a duplicate of the descriptor.
    Descriptor(OwnedFd),
    /// Nothing: nobody has it any more.
    Gone,
}

impl Timers {
    /// The timer of a process that `is` what is wanted.
    pub fn find(&mut self, process: usize, is: impl Fn(&TimerKind) -> bool) -> Option<&mut Timer> {
        self.0.iter_mut().find(|timer| timer.process == process && is(&timer.kind))
    }

    /// The timers that are read by descriptors: their processes, and duplicates of the descriptors.
    pub fn descriptors(&self) -> impl Iterator<Item = (usize, &OwnedFd)> {
        self.0.iter().filter_map(|timer| match &timer.kind {
            TimerKind::Descriptor(fd) => Some((timer.process, fd)),
            _ => None,
        })
    }

    /// Those of which this duplicate of a descriptor says so are gone.
    pub fn remove(&mut self, is_gone: impl Fn(&OwnedFd) -> bool) {
        for timer in &mut self.0 {
            if matches!(&timer.kind, TimerKind::Descriptor(fd) if is_gone(fd)) {
                (timer.kind, timer.armed) = (TimerKind::Gone, None);
            }
        }
    }

    /// Whether another process has a timer that is read by a descriptor.
    pub fn are_others(&self, process: usize) -> bool {
        self.0.iter().any(|timer| timer.process != process && matches!(timer.kind, TimerKind::Descriptor(_)))
    }

    /// A new timer, not armed. `None` if the process has too many.
    pub fn add(&mut self, process: usize, kind: TimerKind) -> Option<&mut Timer> {
        let gone = |timer: &Timer| timer.process == process && matches!(timer.kind, TimerKind::Gone);
        if let Some(at) = self.0.iter().position(gone) {
            self.0[at].kind = kind;
            return self.0.get_mut(at);
        }
        let lane = timer(process, self.0.iter().filter(|timer| timer.process == process).count())?;
        self.0.push(Timer { lane, process, kind, armed: None, armed_by: None, times: 0 });
        self.0.last_mut()
    }

    /// The timer that goes off in this lane.
    pub fn of_lane(&mut self, lane: TaskId) -> Option<&mut Timer> {
        self.0.iter_mut().find(|timer| timer.lane == lane)
    }

    /// When it was armed.
    pub fn armed_by(&self, lane: TaskId) -> Option<u32> {
        self.0.iter().find(|timer| timer.lane == lane).and_then(|timer| timer.armed_by)
    }

    /// Those that can go off, and when.
    pub fn armed(&self) -> impl Iterator<Item = (&Timer, u64)> {
        self.0.iter().filter_map(|timer| Some((timer, timer.armed?.0)))
    }

    /// The timers of a process that are such are gone: it ended, or executed a program.
    pub fn forget(&mut self, process: usize, is_gone: impl Fn(&TimerKind) -> bool) {
        let gone = |timer: &&mut Timer| timer.process == process && timer.armed.is_some() && is_gone(&timer.kind);
        self.0.iter_mut().filter(gone).for_each(|timer| timer.armed = None);
    }
}

impl Timer {
    /// It was armed again, by going off.
    pub fn rearmed(&mut self, step: Option<u32>) {
        self.armed_by = step;
        self.times += 1;
    }

    /// It is to go off in so many nanoseconds (never, if 0), and then every so many.
    pub fn arm(&mut self, time: u64, interval: u64, step: Option<u32>) {
        self.armed = (time > 0).then_some((time, interval));
        self.armed_by = step;
        self.times = 0;
    }
}
