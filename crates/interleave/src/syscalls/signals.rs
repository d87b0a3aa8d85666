//! Sending signals, waiting for them, and saying what becomes of them.

use super::table::Kind;
use super::{Answer, errno, polls};
use crate::kernel::sys::{self, Call};
use crate::protocol::Object;
use crate::supervisor::run::Supervisor;
use crate::trace::Pid;
use crate::world::task::{Op, Timeout};

impl Supervisor<'_> {
    /// kill(2) and rt_sigqueueinfo(2).
    pub fn kill(&mut self, process: usize, whom: i32, signal: i32) -> Answer {
        let live: Vec<usize> = (0..self.processes.len()).filter(|&p| !self.processes[p].has_ended).collect();
        match whom {
            -1 => {
                let targets = live.into_iter().filter(|&target| target != process).collect();
                Answer::Hold(Op::Signal { targets, signal, by_us: true })
            }
            ..=0 => {
                let group = if whom == 0 { sys::group(self.processes[process].pid) } else { Some(whom.unsigned_abs()) };
                let is_in = |&target: &usize| sys::group(self.processes[target].pid) == group;
                let targets: Vec<usize> = live.into_iter().filter(is_in).collect();
                if targets.is_empty() {
                    return errno(libc::ESRCH);
                }
                Answer::Hold(Op::Signal { targets, signal, by_us: false })
            }
            _ => match self.processes.iter().rposition(|process| process.inner == whom as Pid) {
                Some(target) if self.processes[target].is_reaped => {
                    // That it was waited for is what others see of it.
                    errno(libc::ESRCH)
                }
                Some(target) => Answer::Hold(Op::Signal { targets: vec![target], signal, by_us: false }),
                // Not one of this program.
                None if signal != 0 => errno(libc::EPERM),
                None => Answer::LetThrough,
            },
        }
    }

    /// tgkill(2) and its kin.
    pub fn signal_thread(&mut self, number: usize, tid: Pid, signal: i32) -> Answer {
        match self.tasks.iter().rfind(|task| task.inner == tid).map(|task| task.process) {
            Some(target) => Answer::Hold(Op::Signal { targets: vec![target], signal, by_us: false }),
            None if self.tasks[number].inner == tid => Answer::LetThrough,
            None => errno(libc::EPERM),
        }
    }

    /// rt_sigaction(2): from when on a handler catches a signal.
    pub fn signal_action(&mut self, process: usize, call: &Call) -> Answer {
        let [signal, new, ..] = call.args;
        let handler = if new == 0 { None } else { sys::read_u64s::<1>(call.tid, new).map(|[handler]| handler) };
        if signal as i32 == libc::SIGCHLD && handler.is_some_and(|handler| handler > 1) {
            // Every child that ends will send it.
            self.has_signals = true;
        }
        if new == 0 {
            return Answer::LetThrough;
        }
        self.signal_call(process, Kind::SignalAction)
    }

    /// A call that looks at what was sent, or changes what becomes of it.
    pub fn signal_call(&mut self, process: usize, kind: Kind) -> Answer {
        if !self.signals {
            return Answer::LetThrough;
        }
        let own = Object::Signals(process as u64);
        self.touches(|uses| match kind {
            Kind::SignalLook => uses.reads(own),
            _ => {
                uses.reads(own);
                uses.reads(Object::Life(process as u64));
            }
        })
    }

    /// rt_sigtimedwait(2).
    pub fn signal_wait(&mut self, call: &Call) -> Answer {
        let [set, _, time, size, ..] = call.args;
        let timeout = match sys::read_u64s(call.tid, time) {
            _ if time == 0 => Timeout::Never,
            Some([0, 0]) | None => Timeout::Now,
            Some([seconds, nanoseconds]) => {
                Timeout::After(seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds))
            }
        };
        self.has_signals = true;
        match polls::mask(call.tid, set, size) {
            Some(set) => Answer::Hold(Op::SignalWait { set, timeout }),
            None => Answer::LetThrough,
        }
    }
}
