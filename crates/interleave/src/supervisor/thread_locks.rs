//! Locks by which the threads of a process wait for each other: to use one by a function of the C library is a step.
//!
//! Such a function makes a system call only where it has to wait or to wake somebody. So once a process starts a thread, a call is put
//! before each of these functions, at which its thread is held. Who may have a lock before whom is a decision then, as is all else that
//! threads do to each other by locks; of memory that no lock guards there is no more to see than before.

use std::io;

use crate::kernel::entry::Entry;
use crate::kernel::symbols;
use crate::kernel::sys::Call;
use crate::kernel::{arch, proc, sys};
use crate::protocol::Object;
use crate::syscalls::Answer;
use crate::trace::Pid;
use crate::world::clock;
use crate::world::library::{Code, Library};
use crate::world::run::Supervisor;
use crate::world::task::{Op, Task};
use crate::world::thread_lock::{Function, JOIN, NEEDED, ThreadLock, object};

/// A run with more such steps has more orders than can be tried: then no run of this program has any.
const MOST: u32 = 120;

impl Supervisor<'_> {
    /// A process is about to start a thread. From now on its threads are held where they use locks, and where they wait for others.
    pub fn holds_at_thread_locks(&mut self, process: usize) {
        let one = &mut self.processes[process];
        if !arch::HAS_STEPS || one.join_call.is_some() {
            return;
        }
        // Without them, threads take turns at their system calls, as the verdict says.
        if let Ok((join, locks)) = put_calls(one.pid, self.thread_locks) {
            (one.join_call, one.lock_calls) = (Some(join), locks);
        }
    }

    /// What to do about this call, if that was put before a function that uses a lock or waits for a thread; `None` if it was not.
    pub fn uses_thread_lock(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let process = self.tasks[number].process;
        if self.processes[process].join_call == Some(call.instruction) {
            let thread = self.thread_at(process, call.args[0]).filter(|&thread| thread != number);
            return Some(thread.map_or(Answer::Return(0), |thread| Answer::Hold(Op::Join(thread))));
        }
        let is_it = |(at, _): &&(u64, Function)| *at == call.instruction;
        let (_, function) = *self.processes[process].lock_calls.iter().find(is_it)?;
        let lock = function.call(&call.args);
        // Of memory that processes share, the loads and stores are steps.
        if !self.has_other_threads(number) || lock.places().any(|place| self.is_in_shared_memory(process, place)) {
            self.tasks[number].thread_lock = None;
            return Some(Answer::Return(0));
        }
        self.lock_steps += 1;
        self.tasks[number].thread_lock = Some(lock.clone());
        Some(Answer::Hold(Op::ThreadLock(lock)))
    }

    /// The thread that a process knows by this address, if it is known to be there or to have been: glibc's own structure, in which its number
    /// is.
    fn thread_at(&self, process: usize, address: u64) -> Option<usize> {
        /// The structure is no larger, in bytes.
        const LARGEST: u64 = 4096;
        let is_in =
            |task: &Task| task.process == process && task.clears.is_some_and(|at| at.wrapping_sub(address) < LARGEST);
        self.tasks.iter().rposition(is_in)
    }

    /// Whether there were so many of these steps that all is to be run again without them.
    pub fn has_many_thread_locks(&self) -> bool {
        self.lock_steps > MOST
    }

    /// What footprints call the lock that a task has come to last, and the mutex that it is used with, if this word belongs to one of the two: what
    /// the task does to it in the kernel is a part of that. (Of other words it is not known who else uses them.)
    pub fn locks_at(&self, number: usize, word: u64) -> Vec<Object> {
        let Task { process, thread_lock, .. } = &self.tasks[number];
        let lock = thread_lock.as_ref().filter(|lock| lock.has_word_at(word));
        lock.into_iter().flat_map(ThreadLock::places).map(|place| object(*process, place)).collect()
    }
}

/// Puts a call before the function that waits for a thread, and before each that uses a lock, if that is wanted; where these calls are.
///
/// # Errors
/// If the process cannot be looked into or changed, or it is not known how to.
fn put_calls(pid: Pid, locks: bool) -> io::Result<(u64, Vec<(u64, Function)>)> {
    let none = || io::Error::from(io::ErrorKind::Unsupported);
    let mut room = clock::spare_room(pid).ok_or_else(none)?;
    let mut patches = Vec::new();
    let mut put = |function: &symbols::Function| {
        let mut bytes = vec![0; function.end.saturating_sub(function.start).min(4096) as usize];
        if sys::read_memory(pid, function.start, &mut bytes) < bytes.len() {
            return None;
        }
        let entry = Entry::of(&bytes, function.start, room.start, libc::SYS_sched_yield)?;
        let (at, length) = (room.start, entry.code.len() as u64);
        if length > room.end.saturating_sub(at) {
            return None;
        }
        room.start += length;
        patches.extend([(at, entry.code), (function.start, entry.jump)]);
        Some(at + entry.call as u64)
    };
    let code = Library::of_glibc(pid);
    let join = code.iter().flat_map(Code::entries).find(|function| function.name == JOIN);
    let join = join.and_then(&mut put).ok_or_else(none)?;
    let mut calls: Vec<(u64, Function)> = Vec::new();
    // (A lock has its address for a name.)
    if locks && has_fixed_addresses(pid) {
        for entry in code.iter().flat_map(Code::entries) {
            if let Some(function) = Function::named(&entry.name) {
                calls.extend(put(entry).map(|call| (call, function)));
            }
        }
        if NEEDED.iter().any(|name| calls.iter().all(|(_, function)| function.name != *name)) {
            return Err(none());
        }
    }
    for (at, code) in patches {
        sys::patch(pid, at, &code)?;
    }
    Ok((join, calls))
}

/// Whether a process has everything at the same addresses in each run.
fn has_fixed_addresses(pid: Pid) -> bool {
    let personality = proc::text(format!("/proc/{pid}/personality")).unwrap_or_default();
    u32::from_str_radix(personality.trim(), 16)
        .is_ok_and(|personality| personality & libc::ADDR_NO_RANDOMIZE as u32 != 0)
}
