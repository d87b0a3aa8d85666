//! Sending signals, waiting for them, and saying what becomes of them.

use super::calls::SignalCall;
use super::{Answer, Target, arguments, errno};
use crate::kernel::signals::{FAULTS, bit};
use crate::kernel::sys::{self, Call};
use crate::protocol::{Object, Signals};
use crate::trace::Pid;
use crate::world::run::Supervisor;
use crate::world::task::{Op, Timeout, Who};

impl Supervisor<'_> {
    /// What to do about a call of this family; `has_cloned` if it is the first after a thread was made, in whoever makes it.
    pub fn decode_signal(&mut self, number: usize, call: &Call, kind: SignalCall, has_cloned: bool) -> Answer {
        let [a, b, c, ..] = call.args;
        let process = self.tasks[number].process;
        match kind {
            SignalCall::Kill => self.kill(process, a as i32, b as i32),
            SignalCall::Tkill => self.signal_thread(number, a as Pid, b as i32),
            SignalCall::Tgkill => self.signal_thread(number, b as Pid, c as i32),
            SignalCall::PidfdSend => match self.target(process, a) {
                Target::Process(target) => self.signals_process(target, b as i32),
                Target::Reaped => {
                    let reaped = self.reaped();
                    self.touches(|uses| uses.unite(&reaped))
                }
                _ => Answer::LetThrough,
            },
            SignalCall::Mask if has_cloned => Answer::Hold(Op::Start),
            SignalCall::Action => self.signal_action(process, call),
            SignalCall::Descriptor => {
                // Who makes one will read from it what is pending.
                self.come(Signals::Caught);
                self.has_senders |= arguments::mask(call.tid, b, c).unwrap_or(0);
                self.signal_call(process, kind)
            }
            SignalCall::Mask | SignalCall::Look => self.signal_call(process, kind),
            SignalCall::Suspend => Answer::Hold(Op::Pause { mask: arguments::mask(call.tid, a, 8) }),
            SignalCall::Pause => Answer::Hold(Op::Pause { mask: None }),
            SignalCall::Wait => self.signal_wait(call),
        }
    }

    /// kill(2) and rt_sigqueueinfo(2).
    pub fn kill(&mut self, process: usize, whom: i32, signal: i32) -> Answer {
        match whom {
            ..=0 => {
                let targets = self.members(process, whom);
                Answer::Hold(Op::Signal { targets, signal, by_us: whom == -1, group: Some(whom), thread: None })
            }
            _ => match self.processes.iter().rposition(|process| process.inner == whom as Pid) {
                // Whether it was waited for, and its number is nobody's any more, is seen when the signal is sent.
                Some(target) => self.signals_process(target, signal),
                None => self.signals_nobody(whom, signal),
            },
        }
    }

    /// The processes that a number means in kill(2) which is not that of a process: all others, or those of a group. One that
    /// has ended counts until it was waited for.
    pub fn members(&self, process: usize, whom: i32) -> Vec<usize> {
        let group = if whom == 0 { sys::group(self.processes[process].pid) } else { Some(whom.unsigned_abs()) };
        let is_meant = |&target: &usize| match whom {
            -1 => target != process,
            _ => sys::group(self.processes[target].pid) == group,
        };
        (0..self.processes.len()).filter(|&target| !self.processes[target].is_reaped).filter(is_meant).collect()
    }

    /// tgkill(2) and its kin.
    pub fn signal_thread(&mut self, number: usize, tid: Pid, signal: i32) -> Answer {
        match self.tasks.iter().rposition(|task| task.inner == tid) {
            // To oneself: who makes this call is there.
            Some(thread) if thread == number => self.signals_process(self.tasks[number].process, signal),
            Some(thread) => {
                let targets = vec![self.tasks[thread].process];
                Answer::Hold(Op::Signal { targets, signal, by_us: false, group: None, thread: Some(thread) })
            }
            None if self.tasks[number].inner == tid => Answer::LetThrough,
            None => self.signals_nobody(tid as i32, signal),
        }
    }

    /// A signal to this process.
    fn signals_process(&self, target: usize, signal: i32) -> Answer {
        Answer::Hold(Op::Signal { targets: vec![target], signal, by_us: false, group: None, thread: None })
    }

    /// A signal to a number that is nobody's of this program.
    fn signals_nobody(&mut self, whom: i32, signal: i32) -> Answer {
        match () {
            // In a world of its own there is nobody else but the first process. One that is born meanwhile may get that number.
            () if whom > 1 && self.processes[0].inner == self.limits.first_id => {
                self.touches(|uses| uses.reads(Object::Births))
            }
            () if signal != 0 => errno(libc::EPERM),
            () => Answer::LetThrough,
        }
    }

    /// rt_sigaction(2), with which a task sets what becomes of a signal; who only asks is not held.
    pub fn signal_action(&mut self, process: usize, call: &Call) -> Answer {
        let [signal, new, ..] = call.args;
        if let Some([_, flags]) = sys::read_u64s(call.tid, new)
            && flags & libc::SA_SIGINFO as u64 != 0
            && !FAULTS.contains(&(signal as i32))
        {
            self.has_senders |= bit(signal as i32);
        }
        if signal as i32 == libc::SIGCHLD
            && let Some([handler, flags]) = sys::read_u64s(call.tid, new)
        {
            self.processes[process].leaves_no_zombies |=
                handler == libc::SIG_IGN as u64 || flags & libc::SA_NOCLDWAIT as u64 != 0;
            // Each may end before this or after it; and of one that has been waited for, the signal may still be pending.
            let one = &self.processes[process];
            let has_children = one.adopts || self.children(process, Who::Any).next().is_some();
            let starts_one = self.tasks.iter().any(|task| task.process == process && task.has_forked);
            if starts_one || has_children && (handler > 1 || one.leaves_no_zombies) {
                // The handler is called or not, and there is somebody to wait for or not.
                self.come(Signals::Caught);
            }
        }
        let answer = self.signal_call(process, SignalCall::Action);
        if matches!(answer, Answer::LetThrough) {
            self.has_set_action(process, call);
        }
        answer
    }

    /// What rt_sigaction(2) changes, once the call is made.
    pub fn has_set_action(&mut self, process: usize, call: &Call) {
        // (Of `struct sigaction` in the kernel: a handler, flags, where that returns to, and a mask.)
        let action = sys::read_u64s::<4>(call.tid, call.args[1]);
        self.has_set(process, (call.nr, call.args[0], action));
        if call.args[0] as i32 == libc::SIGCHLD
            && let Some([handler, flags]) = sys::read_u64s(call.tid, call.args[1])
        {
            self.processes[process].wants_no_zombies =
                handler == libc::SIG_IGN as u64 || flags & libc::SA_NOCLDWAIT as u64 != 0;
        }
    }

    /// A call that looks at what was sent, or changes what becomes of it.
    pub fn signal_call(&mut self, process: usize, kind: SignalCall) -> Answer {
        if kind == SignalCall::Look {
            self.come(Signals::Caught);
        }
        if self.signals == Signals::None {
            return Answer::LetThrough;
        }
        let own = Object::Signals(process as u64);
        self.touches(|uses| match kind {
            SignalCall::Look => uses.reads(own),
            _ => {
                uses.reads(own);
                uses.reads(Object::Life(process as u64));
            }
        })
    }

    /// rt_sigtimedwait(2).
    pub fn signal_wait(&mut self, call: &Call) -> Answer {
        let [set, info, time, size, ..] = call.args;
        let timeout = match sys::read_u64s(call.tid, time) {
            _ if time == 0 => Timeout::Never,
            None => Timeout::Now,
            Some([seconds, nanoseconds]) => {
                Timeout::after(seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds))
            }
        };
        self.come(Signals::Caught);
        match arguments::mask(call.tid, set, size) {
            Some(set) => {
                if info != 0 {
                    self.has_senders |= set;
                }
                Answer::Hold(Op::SignalWait { set, timeout })
            }
            None => Answer::LetThrough,
        }
    }
}
