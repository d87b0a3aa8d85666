//! One interleaving, as those see it who asked for an exploration.

use std::fmt;

use crate::outcome;
use crate::protocol::{Chunk, Outcome, Prepared, Run, Signals, TaskId, Waiting, task_name};
use crate::search::linearizations::Linearization;
use crate::search::schedule::Schedule;
use crate::task_id::normalise;
use crate::trace::{End, Header, Pid, Stop, Trace, What, signal_name};
use crate::wait::Wait;

/// One interleaving.
#[derive(Debug)]
pub struct Interleaving {
    /// How to see it again; `None` if it was not run but deduced from another, which differs in nothing but the order of
    /// lines. Then [`Runner::confirm`](super::Runner::confirm) runs it.
    pub schedule: Option<Schedule>,
    /// Who takes each step.
    pub(super) steps: Vec<TaskId>,
    /// What it was prepared for, so that to begin to wait may be a step, or a load.
    pub(super) prepared: Prepared,
    /// Those that came.
    pub(super) has_signals: Signals,
    /// It matters in which order what an epoll set watches becomes ready.
    pub(super) has_arrivals: bool,
    /// It matters when a thread ends, and what comes before a fault.
    pub(super) has_thread_ends: bool,
    pub(super) has_lock_ends: bool,
    pub(super) has_faults: bool,
    /// Loads and stores of shared memory are steps in it.
    holds_loads: bool,
    /// What happened. Times mean nothing in it.
    pub trace: Trace,
    /// What was written to standard output, write by write.
    pub output: Vec<Chunk>,
    /// The processes in the order of their creation.
    pub processes: Vec<Pid>,
    /// Their threads in the order of their creation, as the kernel numbers them: that order gives them their names.
    pub tasks: Vec<Pid>,
    /// If nobody could go on: who waits, and for what.
    pub deadlock: Vec<Waiting>,
    /// Whether this order of lines was not seen before.
    pub is_new: bool,
}

impl Interleaving {
    /// The interleaving in which the steps of `run` come in this order.
    pub(super) fn of(name: &str, run: &Run, order: &Linearization) -> Interleaving {
        let stop = match &run.outcome {
            Outcome::Ended => None,
            Outcome::SeenEnough => Some(Stop::SeenEnough),
            Outcome::Deadlock(_) => Some(Stop::Deadlock),
            Outcome::Stopped(stop) => Some(*stop),
            Outcome::Paused | Outcome::SleepSetBlocked | Outcome::Unprepared | Outcome::Diverged { .. } => {
                Some(Stop::Interrupted)
            }
        };
        let deadlock = match &run.outcome {
            Outcome::Deadlock(waiting) => waiting.clone(),
            _ => Vec::new(),
        };
        let header = Header { program: name.to_owned(), root: run.root, virtual_time: true };
        Interleaving {
            schedule: order.is_that_of_the_run().then(|| Schedule::of(run)),
            steps: order.tasks(),
            output: order.output(),
            prepared: run.prepared,
            has_signals: run.signals,
            has_arrivals: run.arrivals,
            has_thread_ends: run.thread_ends,
            has_lock_ends: run.lock_ends,
            has_faults: run.faults,
            holds_loads: run.has_loads && !run.has_given_up,
            trace: Trace { header, events: order.events(), stop, stopped_after: None },
            processes: run.processes.clone(),
            tasks: run.tasks.clone(),
            deadlock,
            is_new: true,
        }
    }

    /// Who takes each step.
    pub fn steps(&self) -> &[TaskId] {
        &self.steps
    }

    /// The signals that came in it: if it was not prepared for them, there are more orders.
    pub fn has_signals(&self) -> Signals {
        self.has_signals
    }

    /// Whether loads and stores of shared memory are steps in it: it was prepared for that, there are some, and not too many.
    pub fn holds_loads(&self) -> bool {
        self.holds_loads
    }

    /// What it was prepared for.
    pub fn prepared_for(&self) -> Prepared {
        self.prepared
    }

    /// How often another task goes on than went on before.
    pub fn switches(&self) -> usize {
        self.steps.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    /// What schedules call the process with this pid.
    pub fn name(&self, pid: Pid) -> String {
        self.tasks.iter().rposition(|&tid| tid == pid).map_or_else(|| pid.to_string(), |task| task_name(task as u16))
    }

    /// Who waits for what, if nobody can go on: each by the name that schedules use.
    pub fn who_waits(&self) -> Vec<(String, Wait)> {
        self.deadlock.iter().map(|waiting| (self.name(waiting.thread), waiting.what.clone())).collect()
    }

    /// What an observer sees of it, with pids in the text replaced by the names that schedules use.
    pub fn outcome(&self) -> outcome::Outcome {
        let text = self.written().into_iter().map(|(_, text)| text).collect();
        outcome::Outcome { text, ending: self.trace.ending() }
    }

    /// What was written, write by write, each with the number of its process (0 for the first), and with pids that occur in
    /// it replaced by the names that schedules use.
    pub(super) fn written(&self) -> Vec<(usize, String)> {
        let process = |chunk: &Chunk| self.processes.iter().rposition(|&pid| pid == chunk.pid).unwrap_or(0);
        self.output.iter().map(|chunk| (process(chunk), normalise(&chunk.text, &self.tasks))).collect()
    }

    /// Its lines in order, each with the number of its process (0 for the first), and with pids that occur in them replaced
    /// by the names that schedules use (`a`, `b`, …): the same for every run of this interleaving.
    pub fn lines(&self) -> Vec<(usize, String)> {
        let lines = self.trace.events.iter().filter_map(|event| {
            let text = match &event.what {
                What::Line(text) => text.clone(),
                What::Garbled(garbled) => garbled.start.clone(),
                _ => return None,
            };
            let process = self.processes.iter().rposition(|&pid| pid == event.pid)?;
            Some((process, normalise(&text, &self.tasks)))
        });
        lines.collect()
    }
}

impl Interleaving {
    /// Who waits for what, if nobody can go on.
    pub fn deadlock_in_words(&self) -> Option<String> {
        // Only a deadlock is a failure whatever exit code is expected.
        self.fails(0).filter(|failure| matches!(failure, Failure::Deadlock(_))).map(|failure| failure.to_string())
    }

    /// How it ended, in words.
    pub fn ends(&self) -> String {
        match (self.deadlock_in_words(), self.trace.stop) {
            (Some(waiting), _) => waiting,
            (None, Some(stop)) => format!("stopped: {stop}"),
            (None, None) => self.outcome().ending.to_string(),
        }
    }

    /// Why it is a failure whatever it prints, if it is one: nobody can go on, a process crashed, or the first one did not end with
    /// this exit code.
    pub fn fails(&self, expected: i32) -> Option<Failure> {
        if !self.deadlock.is_empty() {
            return Some(Failure::Deadlock(self.who_waits()));
        }
        self.trace.events.iter().find_map(|event| {
            let What::Ended(end) = event.what else { return None };
            let is_first = event.pid == self.trace.header.root;
            let process = self.name(event.pid);
            match end {
                End::Exited(code) if is_first && code != expected => Some(Failure::Exit { process, code, expected }),
                End::Signaled(signal) if is_first || is_crash(signal) => Some(Failure::Killed { process, signal }),
                _ => None,
            }
        })
    }

    /// What is seen of it, a line each: who wrote what, where to (`2>` is standard error), how somebody ended if that was no
    /// success, and who waits for what if nobody can go on.
    pub fn story(&self) -> String {
        let width = self.processes.iter().map(|&pid| self.name(pid).len()).max().unwrap_or(0);
        let mut text = String::new();
        let mut line = |pid: Pid, mark: &str, words: &str| {
            let words = words.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}");
            text += &format!("{:width$} {mark:2}  {words}\n", self.name(pid));
        };
        for event in &self.trace.events {
            let named = |text: &str| normalise(text, &self.tasks);
            match &event.what {
                What::Line(text) => line(event.pid, "", &named(text)),
                What::Garbled(garbled) => {
                    line(event.pid, "", &format!("\"{}\" ({})", named(&garbled.start), garbled.fault));
                }
                What::Stderr(text) => text.lines().for_each(|text| line(event.pid, "2>", &named(text))),
                What::Ended(End::Exited(0))
                | What::Seen { .. }
                | What::Worked(_)
                | What::Waited(_)
                | What::Shares { .. }
                | What::Reaped(_)
                | What::Told { .. }
                | What::Threads(_) => {}
                What::Ended(end) => line(event.pid, "", &format!("({end})")),
            }
        }
        for waiting in &self.deadlock {
            line(waiting.pid, "", &format!("({})", waiting.what));
        }
        if let Some(stop) = self.trace.stop {
            text += &format!("({stop})\n");
        }
        text
    }
}

/// Why a run is a failure, whatever it prints. Processes are called by the names that schedules use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Nobody can go on: who waits for what.
    Deadlock(Vec<(String, Wait)>),
    /// The first process ended with another exit code.
    Exit {
        /// It.
        process: String,
        /// With which.
        code: i32,
        /// With which it should have.
        expected: i32,
    },
    /// A process was killed.
    Killed {
        /// It.
        process: String,
        /// By which signal.
        signal: i32,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Deadlock(waiting) => {
                let waiting: Vec<String> = waiting.iter().map(|(name, what)| format!("{name} {what}")).collect();
                write!(f, "deadlock: {}", waiting.join("; "))
            }
            Failure::Exit { process, code, expected } => {
                write!(f, "process {process} ended with exit code {code}, not {expected}")
            }
            Failure::Killed { process, signal } => {
                write!(f, "process {process} was killed by {}", signal_name(*signal))
            }
        }
    }
}

/// Signals by which a process dies of its own mistake; others are sent on purpose.
fn is_crash(signal: i32) -> bool {
    use libc::{SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP};
    [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP].contains(&signal)
}
