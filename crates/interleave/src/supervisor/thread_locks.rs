//! Locks by which the threads of a process wait for each other: to use one by a function of the C library is a step.
//!
//! Such a function makes a system call only where it has to wait or to wake somebody. So once a process starts a thread, a call is put
//! before each of these functions, at which its thread is held. Who may have a lock before whom is a decision then, as is all else that
//! threads do to each other by locks; of memory that no lock guards there is no more to see than before.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;
use std::rc::Rc;

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
use crate::world::thread_lock::{Calls, FUNCTIONS, Function, JOIN, NEEDED, ThreadLock, object};

/// A run with more such steps has more orders than can be tried: then no run of this program has any.
const MOST: u32 = 120;

impl Supervisor<'_> {
    /// A process is about to start a thread. From now on its threads are held where they use locks, and where they wait for others.
    pub fn holds_at_thread_locks(&mut self, process: usize) {
        let one = &mut self.processes[process];
        if arch::HAS_STEPS && one.thread_calls.is_none() {
            // Without them, threads take turns at their system calls, as the verdict says.
            one.thread_calls = put_calls(one.pid, self.thread_locks).ok().map(Rc::new);
        }
    }

    /// What to do about this call, if that was put before a function that uses a lock or waits for a thread; `None` if it was not.
    pub fn uses_thread_lock(&mut self, number: usize, call: &Call) -> Option<Answer> {
        let process = self.tasks[number].process;
        let calls = self.processes[process].thread_calls.as_ref()?;
        if calls.join == call.instruction {
            let thread = self.thread_at(process, call.args[0]).filter(|&thread| thread != number);
            return Some(thread.map_or(Answer::Return(0), |thread| Answer::Hold(Op::Join(thread))));
        }
        let (_, function) = calls.locks.iter().find(|(at, _)| *at == call.instruction)?;
        let lock = function.call(&call.args, calls.stdout);
        let is_own = !self.has_other_threads(number) || calls.loader.contains(&lock.place);
        // Of memory that processes share, the loads and stores are steps.
        if is_own || lock.places().any(|place| self.is_in_shared_memory(process, place)) {
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
        let is_in = |task: &Task| task.process == process && task.as_thread().is_at(address);
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

/// Puts a call before the function that waits for a thread, and before each that uses a lock, if that is wanted.
///
/// # Errors
/// If the process cannot be looked into or changed, or it is not known how to.
fn put_calls(pid: Pid, locks: bool) -> io::Result<Calls> {
    let none = || io::Error::from(io::ErrorKind::Unsupported);
    let mut rooms = clock::spare_rooms(pid);
    let mut patches: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut put = |function: &symbols::Function| {
        let is_put = patches.iter().any(|(at, _)| *at == function.start);
        let mut bytes = vec![0; function.end.saturating_sub(function.start).min(4096) as usize];
        if is_put || sys::read_memory(pid, function.start, &mut bytes) < bytes.len() {
            // (It has two names.)
            return None;
        }
        rooms.iter_mut().find_map(|room| {
            let entry = Entry::of(&bytes, function.start, room.start, libc::SYS_sched_yield)?;
            let (at, length) = (room.start, entry.code.len() as u64);
            (length <= room.end.saturating_sub(at)).then(|| {
                room.start += length;
                patches.extend([(at, entry.code), (function.start, entry.jump)]);
                at + entry.call as u64
            })
        })
    };
    let code = Library::of_glibc(pid);
    let join = code.iter().flat_map(Code::entries).find(|function| function.name == JOIN);
    let join = join.and_then(&mut put).ok_or_else(none)?;
    let mut locking: Vec<(u64, Function)> = Vec::new();
    // (A lock has its address for a name.)
    if locks && has_fixed_addresses(pid) {
        // If there is no room for all of them, those that matter most come first.
        for function in FUNCTIONS.into_iter().filter(|function| !function.spins() || has_known_spin_locks(pid, &code)) {
            let entries = code.iter().flat_map(Code::entries).filter(|entry| entry.name == function.name);
            locking.extend(entries.filter_map(&mut put).map(|call| (call, function)));
        }
        if NEEDED.iter().any(|name| locking.iter().all(|(_, function)| function.name != *name)) {
            return Err(none());
        }
    }
    let memory = OpenOptions::new().write(true).open(format!("/proc/{pid}/mem"))?;
    for (at, code) in patches {
        memory.write_all_at(&code, at)?;
    }
    let stdout = code.iter().find_map(Code::stdout).unwrap_or_default();
    Ok(Calls { join, locks: locking, stdout, loader: Library::loader(pid).unwrap_or_default() })
}

/// Whether a spin lock is free when it is 1, as it is with glibc on x86-64 by now: that is what giving one back makes of it.
fn has_known_spin_locks(pid: Pid, code: &[Code]) -> bool {
    /// mov dword [rdi], 1
    const FREE: [u8; 6] = [0xc7, 0x07, 0x01, 0x00, 0x00, 0x00];
    let unlock = code.iter().flat_map(Code::entries).find(|entry| entry.name == "pthread_spin_unlock");
    let mut bytes = [0; 16];
    unlock.is_some_and(|unlock| sys::read_memory(pid, unlock.start, &mut bytes) == bytes.len())
        && bytes.windows(FREE.len()).any(|window| window == FREE)
}

/// Whether a process has everything at the same addresses in each run.
pub fn has_fixed_addresses(pid: Pid) -> bool {
    let personality = proc::text(format!("/proc/{pid}/personality")).unwrap_or_default();
    u32::from_str_radix(personality.trim(), 16)
        .is_ok_and(|personality| personality & libc::ADDR_NO_RANDOMIZE as u32 != 0)
}
