//! Tells what tasks do, and where they stand, to somebody who lets them go on one at a time.

use std::fs;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use super::describe::kind_of;
use crate::deed::{Channel, CodePlace, Deed, MappedCode, Stand, Standing};
use crate::kernel::stopped::{Registers, Stopped};
use crate::kernel::sys::{self, Call};
use crate::protocol::{TaskId, is_thread};
use crate::syscalls::table;
use crate::task_id::struck;
use crate::trace::Pid;
use crate::world::process::Fate;
use crate::world::run::Supervisor;
use crate::world::task::{Birth, LockKind, Op, State, Who};
use crate::world::thread_lock::JOIN;

/// How long to wait in all for tasks to stop or to be gone: they have nothing to do but that.
const PATIENCE: Duration = Duration::from_secs(1);

/// So much of a stack is told, in bytes.
const MOST_OF_STACK: usize = 64 << 10;

impl Supervisor<'_> {
    /// What this task would do if it went on now; `None` if it is not held.
    pub fn deed(&self, task: TaskId) -> Option<Deed> {
        if let Some(process) = struck(task) {
            if self.is_left_over(process) {
                return Some(Deed::Leave);
            }
            let strike = self.processes[process].strike.as_ref()?;
            return Some(match strike.signal {
                signal if strike.fate == Fate::Stops => Deed::Stop(signal),
                _ if strike.fate == Fate::GoesOn => Deed::Continue,
                _ if self.closing_first(process, false).is_some() => Deed::Close,
                signal => Deed::Die(signal),
            });
        }
        if !is_thread(task) {
            return Some(Deed::GoOff);
        }
        let number = usize::from(task);
        let task = &self.tasks[number];
        let (call, op) = match &task.state {
            State::Held(call, op) => (call, op),
            State::AtFork { .. } => return Some(Deed::Begin),
            _ => return None,
        };
        if task.has_signal {
            return Some(Deed::TakeSignal);
        }
        let child = |who: &Who| match who {
            Who::Child(child) => Some(self.first_task(*child)),
            _ => None,
        };
        let deed = match op {
            Op::Output(bytes) => Deed::Print(String::from_utf8_lossy(bytes).into_owned()),
            Op::Return(_) | Op::Turn => Deed::GoOn,
            Op::Start | Op::AfterFork { .. } => Deed::Begin,
            Op::Transfer(transfer) => {
                let link = fs::read_link(format!("/proc/self/fd/{}", transfer.fd.as_raw_fd())).unwrap_or_default();
                let mode = if transfer.write { libc::O_RDONLY } else { libc::O_WRONLY };
                let ends = self.holders(&link, mode).into_iter().map(|process| self.first_task(process)).collect();
                let channel = Channel { kind: kind_of(&link.to_string_lossy()).to_owned(), ends };
                if transfer.write { Deed::Write(channel) } else { Deed::Read(channel) }
            }
            Op::Poll { fds, .. } => Deed::Poll(
                fds.iter()
                    .map(|(fd, _)| {
                        let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap_or_default();
                        Channel { kind: kind_of(&link.to_string_lossy()).to_owned(), ends: Vec::new() }
                    })
                    .collect(),
            ),
            Op::Futex { shared, .. } => Deed::AwaitMemory(*shared),
            Op::Wake { .. } => Deed::Wake,
            Op::Access => match self.operation_of(number) {
                Some(name) => Deed::Call(name.to_owned()),
                None if self.uses_of_access(number).only_reads() => Deed::Load,
                None => Deed::Store,
            },
            Op::Wait { who, block: true, .. } => Deed::Wait(child(who)),
            Op::Wait { who, .. } => Deed::LookForEnd(child(who)),
            Op::Signal { targets, signal, .. } => {
                Deed::Signal { signal: *signal, to: targets.iter().map(|&target| self.first_task(target)).collect() }
            }
            Op::Sleep { nanoseconds, .. } => Deed::Sleep(*nanoseconds),
            Op::SetTimer => Deed::SetTimer,
            Op::Pause { .. } | Op::SignalWait { .. } => Deed::AwaitSignal,
            Op::Fork(Birth::Thread) => Deed::StartThread,
            Op::Fork(_) => Deed::Fork,
            Op::Close { .. } => Deed::Close,
            Op::Exec(_) => Deed::Exec,
            Op::Lock(lock) => {
                let unlocks = match &lock.kind {
                    LockKind::Flock(operation) => operation & libc::LOCK_UN != 0,
                    LockKind::Record(wanted, _) => i32::from(wanted.l_type) == libc::F_UNLCK,
                };
                if unlocks { Deed::Unlock } else { Deed::Lock }
            }
            Op::Join(_) => Deed::Call(JOIN.to_owned()),
            Op::ThreadLock(lock) => Deed::Call(lock.function.name.to_owned()),
            Op::Exit if self.closing_first(task.process, true).is_some() => Deed::Close,
            // As wait(2) tells it.
            Op::Exit => Deed::Exit(i32::from(call.args[0] as u8)),
            _ => Deed::Call(table::name(call.nr)),
        };
        Some(if self.has_to_enter(number, op) { Deed::Enter(Box::new(deed)) } else { deed })
    }

    /// The step being taken has found that this child has ended.
    pub fn tell_whose_end(&mut self, child: usize) {
        let child = self.first_task(child);
        if let Some(step) = self.steps.last_mut().filter(|step| step.deed.is_some()) {
            step.heard_of = Some(child);
        }
    }

    fn first_task(&self, process: usize) -> TaskId {
        self.tasks.iter().position(|task| task.process == process).unwrap_or(0) as TaskId
    }

    /// Where everybody stands at the end of a run, which this brings about: tasks that were held are gone behind it.
    pub fn standing(&mut self) -> Vec<Standing> {
        let ready = std::mem::take(&mut self.ready);
        let mut standing: Vec<Standing> = self
            .tasks
            .iter()
            .enumerate()
            .map(|(number, task)| {
                let stand = match () {
                    () if task.has_ended() => Stand::Ended,
                    () if self.processes[task.process].parked => Stand::Parked,
                    () if ready.contains(&(number as TaskId)) => Stand::Ready,
                    () => Stand::Waits,
                };
                let next = if stand == Stand::Parked { None } else { self.deed(number as TaskId) };
                Standing { task: number as TaskId, process: task.process, stand, next, place: None }
            })
            .collect();
        standing.extend(self.timers.armed().map(|(timer, _)| {
            let (lane, process) = (timer.lane, timer.process);
            let stand = if ready.contains(&lane) { Stand::Ready } else { Stand::Waits };
            Standing { task: lane, process, stand, next: Some(Deed::GoOff), place: None }
        }));
        standing.extend(self.strikes_due().map(|(lane, process)| Standing {
            task: lane,
            process,
            stand: Stand::Ready,
            next: self.deed(lane),
            place: None,
        }));
        for (number, place) in self.places() {
            standing[number].place = Some(place);
        }
        standing
    }

    /// Where in its code each held task is. What stands in its registers is told only once its call is answered; it is
    /// stopped before it runs on from there, and killed.
    fn places(&mut self) -> Vec<(usize, CodePlace)> {
        let until = Instant::now() + PATIENCE;
        let mut stopped = Vec::new();
        for (number, task) in self.tasks.iter().enumerate() {
            let State::Held(call, _) = &task.state else { continue };
            if let Ok(stop) = Stopped::ask(task.tid) {
                self.listener.answer(call, -i64::from(libc::EINTR));
                stopped.push((number, stop));
            }
        }
        let places = stopped.iter().filter_map(|(number, stop)| {
            let tid = self.tasks[*number].tid;
            let registers = stop.registers(until)?;
            let State::Held(call, _) = &self.tasks[*number].state else { return None };
            let registers = self.sent_aside_from(*number, call).unwrap_or(registers);
            let place = CodePlace {
                instruction: registers.instruction,
                stack_pointer: registers.stack,
                frame_pointer: registers.frame,
                link: registers.link,
                stack: stack(tid, registers.stack),
                code: code(tid),
            };
            Some((*number, place))
        });
        let places = places.collect();
        for (number, _) in &stopped {
            sys::pidfd_signal(
                std::os::fd::AsFd::as_fd(&self.processes[self.tasks[*number].process].handle),
                libc::SIGKILL,
            );
        }
        let until = Instant::now() + PATIENCE;
        // The first thread of a process is gone only after all others.
        stopped.iter().rev().for_each(|(_, stop)| {
            stop.bury(until);
        });
        places
    }

    /// The registers that a task had where it was sent aside, before a load or store or out of a loop, to make this call.
    fn sent_aside_from(&self, number: usize, call: &Call) -> Option<Registers> {
        if self.stands_before_access(number, call) {
            let access = self.tasks[number].accesses.last()?;
            let registers = Registers::of(&access.registers);
            // Behind an instruction that has loaded already, the next line may begin.
            let behind = u64::from(access.then.is_some());
            return Some(Registers { instruction: registers.instruction - behind, ..registers });
        }
        let turn = self.tasks[number].turns.last().filter(|_| self.stands_aside(number, call))?;
        Some(Registers::of(&turn.registers))
    }
}

/// The stack from here on, as far as it goes and is told.
fn stack(tid: Pid, from: u64) -> Vec<u64> {
    const PAGE: usize = 4096;
    let mut bytes = Vec::new();
    while bytes.len() < MOST_OF_STACK {
        let address = from + bytes.len() as u64;
        let mut page = vec![0; PAGE - address as usize % PAGE];
        let read = sys::read_memory(tid, address, &mut page);
        bytes.extend_from_slice(&page[..read]);
        if read < page.len() {
            break;
        }
    }
    bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default())).collect()
}

/// The files with code that are mapped.
fn code(tid: Pid) -> Vec<MappedCode> {
    let maps = fs::read_to_string(format!("/proc/{tid}/maps")).unwrap_or_default();
    let mapped = |line: &str| {
        let mut fields = line.splitn(6, ' ');
        let (start, end) = fields.next()?.split_once('-')?;
        let (rights, offset) = (fields.next()?, fields.next()?);
        let file = fields.nth(2)?.trim_start();
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        (rights.contains('x') && file.starts_with('/')).then_some(())?;
        Some(MappedCode { start: number(start)?, end: number(end)?, offset: number(offset)?, file: file.to_owned() })
    };
    maps.lines().filter_map(mapped).collect()
}
