//! Loads and stores of memory that processes share, each a step of its own.
//!
//! The pages of such memory are kept out of the process's table, so that the kernel tells of the first load or store
//! ([`userfault`](crate::kernel::userfault)). Its thread is then stopped and sent, in place of the instruction, into a call that is
//! held: from there on it waits for its turn like any other, and signals reach it as they do others. When it is its turn, its
//! registers are put right, the page is shown, the one instruction runs, and the page is hidden again (ptrace(2)). An
//! instruction that loads and then stores, without locking, is taken apart: another processor could come in between.
//!
//! The kernel itself cannot wait for us: for a futex the memory is shown until that call returns. Where it is to copy from or to such
//! memory, and where an instruction is no single access, loads and stores are steps no longer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::os::fd::AsFd;
use std::time::Instant;

use crate::kernel::arch;
use crate::kernel::instruction::{Instruction, LONGEST};
use crate::kernel::proc;
use crate::kernel::stopped::{All, Change, PATIENCE, Stopped};
use crate::kernel::sys::{self, Call, is_readable};
use crate::kernel::userfault::{self, Userfault};
use crate::protocol::{Access as AccessKind, CaveatKind, Footprint, Object};
use crate::syscalls::calls::MemoryCall;
use crate::syscalls::streams::io_vectors;
use crate::syscalls::table::{self, Kind};
use crate::trace::Pid;
use crate::world::clock;
use crate::world::memory::{Mapping, words_at};
use crate::world::run::Supervisor;
use crate::world::task::{Access, Birth};

/// A run with more loads and stores than this has too many orders.
const MOST: u32 = 300;

/// More shared memory than this, in pages, is not looked at word by word.
const MOST_PAGES: u64 = 256;

/// More memory of a process's own than this, in bytes, is not compared.
const MOST_OF_OWN: u64 = 1 << 20;

impl Supervisor<'_> {
    /// Whether loads and stores of this process are steps.
    pub fn holds_accesses(&self, process: usize) -> bool {
        self.loads && self.processes[process].faults.is_some()
    }

    /// There is no other process yet: what it does now comes before all that others will do.
    pub fn is_only_process(&self) -> bool {
        self.processes.len() < 2
    }

    /// They can be taken one by one no longer, or are too many.
    pub fn give_up_accesses(&mut self) {
        if !std::mem::take(&mut self.loads) {
            return;
        }
        self.has_given_up = true;
        for process in &mut self.processes {
            process.faults = None;
            process.is_shown = false;
            process.mappings = None;
        }
        if self.processes.iter().filter(|process| process.shares_memory).count() > 1 {
            self.caveat(CaveatKind::SharedMemory.anywhere());
        }
    }

    /// A task starts another one.
    pub fn starts_beside_memory(&mut self, number: usize, call: &Call, birth: Birth) {
        let process = self.tasks[number].process;
        if !self.loads || !self.processes[process].shares_memory {
            return;
        }
        let borrows = call.nr == libc::SYS_clone && call.args[0] & libc::CLONE_VM as u64 != 0;
        if birth != Birth::Fork || borrows {
            // Two in one address space: whose fault it is would not be known.
            self.give_up_accesses();
        }
    }

    /// The kernel is about to reach memory whose loads and stores are held. For a futex, and to give up robust locks, it is shown that.
    /// What else it copies it does not copy in one moment, and so this can be no step.
    pub fn show_to_kernel(&mut self, number: usize, call: &Call) {
        let one = &self.processes[self.tasks[number].process];
        if !self.loads || one.faults.is_none() {
            return;
        }
        // Of a call that nobody has classified it is not known what it reaches.
        let Some(row) = table::find(call.nr) else { return self.give_up_accesses() };
        let holds_robust = !sys::robust_futexes(call.tid).is_empty();
        let mappings = one.mappings.as_deref().unwrap_or_default();
        let is_within = |argument: u64| mappings.iter().any(|mapping| mapping.contains(argument));
        let given = &call.args[..row.arguments];
        let populates = call.nr == libc::SYS_madvise
            && matches!(call.args[2] as i32, libc::MADV_POPULATE_READ | libc::MADV_POPULATE_WRITE);
        let gives_up_locks = matches!(call.nr, libc::SYS_execve | libc::SYS_execveat)
            && holds_robust
            && !self.finds_no_program(number, call);
        let is_shown =
            populates || gives_up_locks || matches!(call.nr, libc::SYS_futex | libc::SYS_exit | libc::SYS_exit_group);
        let reaches = match call.nr {
            // To hide memory we have it made ourselves; and only one kind changes what others see.
            libc::SYS_madvise => call.args[2] == libc::MADV_REMOVE as u64 && is_within(call.args[0]),
            libc::SYS_mmap | libc::SYS_mremap | libc::SYS_shmdt => false,
            libc::SYS_execve => given.iter().any(|&at| is_within(at)) || strings(call, 1).any(is_within),
            libc::SYS_execveat => given.iter().any(|&at| is_within(at)) || strings(call, 2).any(is_within),
            _ if is_shown => false,
            _ => {
                let [_, vectors, count, ..] = call.args;
                let parts = if row.kind.has_vectors() { io_vectors(call.tid, vectors, count) } else { Vec::new() };
                let parts = parts.iter().map(|&(start, _)| start);
                row.follows_pointers || given.iter().copied().chain(parts).any(is_within)
            }
        };
        self.processes[self.tasks[number].process].holds_robust = holds_robust;
        if reaches {
            return self.give_up_accesses();
        }
        if is_shown {
            self.show_all(self.tasks[number].process);
        }
        self.looks_at_futex(number, call);
    }

    /// Shows a process all memory that is hidden from it, until a call of it was answered.
    pub fn show_all(&mut self, process: usize) {
        let one = &mut self.processes[process];
        let Some(faults) = one.faults.as_ref().filter(|_| self.loads && !one.is_shown) else { return };
        one.mappings.iter().flatten().for_each(|mapping| show(faults, mapping.range()));
        one.is_shown = true;
    }

    /// To be called before a call is answered. If the task has to be stopped behind it, since memory is to be hidden, that is asked
    /// for, and [`hide`](Self::hide) has to follow.
    pub fn ask_to_hide(&mut self, number: usize, call: &Call) -> Option<Stopped> {
        let process = self.tasks[number].process;
        let one = &self.processes[process];
        let row = table::find(call.nr).map(|row| row.kind);
        let maps = matches!(row, Some(Kind::Memory(MemoryCall::Mmap | MemoryCall::Remap | MemoryCall::Attach)));
        // If it has none although it asked for some, that has failed.
        let is_new = one.faults.is_none() && one.mappings.as_ref().is_none_or(|mappings| !mappings.is_empty());
        let is_needed = if self.is_only_process() { one.maps.is_some() } else { maps || one.is_shown || is_new };
        if !self.loads || !one.shares_memory || !is_needed {
            return None;
        }
        let stop = if arch::HAS_STEPS && !self.has_threads(process) { Stopped::ask(call.tid).ok() } else { None };
        if stop.is_none() {
            self.give_up_accesses();
        }
        stop
    }

    /// Hides all memory that it shares from a task whose call was just answered, and lets it go on.
    pub fn hide(&mut self, number: usize, stop: Option<Stopped>) {
        let Some(stop) = stop else { return };
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {}
            Some(Change::Signal(signal)) => {
                self.give_up_accesses();
                stop.release(signal);
                return;
            }
            // It is gone, which will be heard of; or it does not come to its stop, and is killed at the end of the run.
            Some(Change::Gone) => return,
            None => {
                self.give_up_accesses();
                return;
            }
        }
        let Some(registers) = stop.all() else { return };
        let process = self.tasks[number].process;
        let mut signal = 0;
        if self.loads && !self.is_only_process() && self.try_to_hide(number, &stop, &mut signal).is_none() {
            self.give_up_accesses();
        }
        let (address, _) = arch::result(&registers);
        if let Some(content) = self.processes[process].maps.take() {
            let mappings = self.memory.mappings(self.processes[process].pid).unwrap_or_default();
            self.memory.is_content(&mappings, address as u64, content);
        }
        stop.set(&registers);
        stop.release(signal);
    }

    fn try_to_hide(&mut self, number: usize, stop: &Stopped, signal: &mut i32) -> Option<()> {
        let process = self.tasks[number].process;
        let pid = self.processes[process].pid;
        let mappings = self.memory.mappings(pid).ok()?;
        let pages =
            mappings.iter().map(|mapping| mapping.range()).map(|(start, end)| (end - start) / Mapping::page_size());
        if pages.sum::<u64>() > MOST_PAGES {
            return None;
        }
        if mappings.is_empty() {
            // The call has failed.
            self.processes[process].mappings = Some(mappings);
            return Some(());
        }
        let call_at = clock::call_instruction(pid)?;
        let mut call = |nr: i64, args: [u64; 6]| self.call_in_place(stop, pid, call_at, nr, args, signal);
        if self.processes[process].faults.is_none() {
            let fd = call(libc::SYS_userfaultfd, [userfault::FLAGS, 0, 0, 0, 0, 0])?;
            let ours = sys::pidfd_getfd(self.processes[process].handle.as_fd(), i32::try_from(fd).ok()?);
            call(libc::SYS_close, [fd as u64, 0, 0, 0, 0, 0])?;
            self.processes[process].faults = Some(Userfault::new(ours.ok()?).ok()?);
        }
        for (start, end) in mappings.iter().map(Mapping::range) {
            self.processes[process].faults.as_ref()?.register(start, end).ok()?;
            let args = [start, end - start, libc::MADV_DONTNEED as u64, 0, 0, 0];
            self.call_in_place(stop, pid, call_at, libc::SYS_madvise, args, signal)?;
        }
        let one = &mut self.processes[process];
        one.mappings = Some(mappings);
        one.is_shown = false;
        self.has_hidden = true;
        Some(())
    }

    /// Has a stopped task make a call; its result, unless it fails. The task's registers are changed by that. A signal that comes
    /// meanwhile is kept in `signal`.
    fn call_in_place(
        &self,
        stop: &Stopped,
        tid: Pid,
        at: u64,
        nr: i64,
        args: [u64; 6],
        signal: &mut i32,
    ) -> Option<i64> {
        let until = Instant::now() + PATIENCE;
        stop.set(&arch::about_to_call(&stop.all()?, at, nr, args)).then_some(())?;
        // The call may be one that is held.
        let mut help = || {
            let is_held = is_readable(&self.listener);
            let call = if is_held { self.listener.receive().ok().flatten() } else { None };
            match call {
                Some(call) if call.tid == tid => self.listener.let_through(&call),
                Some(call) => {
                    // A child's, which has just been born.
                    self.listener.put_aside(call);
                    true
                }
                None => false,
            }
        };
        // What was sent to it is handled once it goes on.
        let mask = stop.hold_signals()?;
        loop {
            stop.step().then_some(())?;
            match stop.wait(until, &mut help)? {
                Change::Stopped => break,
                // It has not made its call yet.
                Change::Signal(number) => *signal = number,
                Change::Gone => return None,
            }
        }
        stop.block_signals(mask).then_some(())?;
        let (result, _) = arch::result(&stop.all()?);
        (result >= 0).then_some(result)
    }

    /// A process has come to memory that is hidden: holds it there.
    pub fn on_fault(&mut self, process: usize) {
        let fault = self.processes[process].faults.as_ref().and_then(Userfault::next);
        let Some(fault) = fault else { return };
        let Some(number) = self.tasks.iter().position(|task| task.process == process && !task.has_ended()) else {
            return;
        };
        self.accesses += 1;
        if self.accesses > MOST {
            return self.give_up_accesses();
        }
        let (tid, pid) = (self.tasks[number].tid, self.processes[process].pid);
        let Ok(stop) = Stopped::ask(tid) else { return self.give_up_accesses() };
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {}
            // It handles that first.
            Some(Change::Signal(signal)) => return stop.release(signal),
            Some(Change::Gone) => return,
            None => return self.give_up_accesses(),
        }
        let (Some(registers), Some(call_at)) = (stop.all(), clock::call_instruction(pid)) else {
            stop.release(0);
            return self.give_up_accesses();
        };
        let (_, instruction_at) = arch::result(&registers);
        let instruction = Instruction::decode(&instruction_code(tid, instruction_at));
        if self.takes_operations() {
            // Which one it is is told before it is carried out.
            self.processes[process].library.code_at(pid, instruction_at);
        }
        if !instruction.is_atomic_at(fault.address) {
            // Others may see half of it.
            stop.release(0);
            return self.give_up_accesses();
        }
        let registers = arch::outside_calls(&registers);
        if self.processes[process].reaps {
            self.note_state_at_access(number, &stop, &registers);
        }
        let access =
            Access { registers, call_at, address: fault.address, instruction, writes: fault.writes, then: None };
        self.send_aside(number, stop, access, 0);
    }

    /// Lets a stopped task go on, with this signal or 0, to a call at which it is held until it is the turn of this access.
    fn send_aside(&mut self, number: usize, stop: Stopped, access: Access, signal: i32) {
        let Access { registers, call_at, .. } = &access;
        let aside = arch::about_to_call(registers, *call_at, libc::SYS_sched_yield, arch::arguments(registers));
        if stop.set(&aside) {
            self.tasks[number].accesses.push(access);
        }
        stop.release(signal);
    }

    /// Whether a task makes this call in place of a load or store.
    pub fn stands_before_access(&self, number: usize, call: &Call) -> bool {
        self.tasks[number]
            .accesses
            .last()
            .is_some_and(|access| access.call_at + arch::CALL.len() as u64 == call.instruction)
    }

    /// A digest of the registers and of the memory of its own with which a task has come to a load or store: with what it finds there
    /// and what calls tell it, they decide what it does next. `None` if there is too much of it.
    pub fn state_before_access(&self, number: usize) -> Option<u64> {
        let access = self.tasks[number].accesses.last()?;
        self.state_in(self.processes[self.tasks[number].process].pid, &access.registers)
    }

    /// The same of a process with one thread that is to go on with these registers.
    pub fn state_in(&self, pid: Pid, registers: &All) -> Option<u64> {
        let mut digest = DefaultHasher::new();
        arch::contents(registers).hash(&mut digest);
        let ranges = own_memory(pid, arch::stack(registers))?;
        let size: u64 = ranges.iter().map(|(start, end)| end - start).sum();
        if size > MOST_OF_OWN {
            return None;
        }
        for (start, end) in ranges {
            let mut bytes = vec![0; (end - start) as usize];
            if sys::read_memory(pid, start, &mut bytes) < bytes.len() {
                return None;
            }
            (start, bytes).hash(&mut digest);
        }
        Some(digest.finish())
    }

    /// The words that a task is about to load from or store to, and how.
    pub fn uses_of_access(&self, number: usize) -> Footprint {
        let mut uses = Footprint::default();
        let task = &self.tasks[number];
        let mappings = self.processes[task.process].mappings.as_deref().unwrap_or_default();
        if let Some(access) = task.accesses.last() {
            let content = self.memory.content_at(mappings, access.address);
            content.into_iter().for_each(|content| uses.add(content, AccessKind::Add));
            let stores = access.then.is_some() || access.writes && !access.instruction.is_two;
            for word in words_at(mappings, access.address, access.instruction.width) {
                if stores { uses.writes(word) } else { uses.reads(word) }
            }
        }
        uses
    }

    /// Carries out the load or store before which a task stands; whether it is still there.
    pub fn carry_out_access(&mut self, number: usize, call: &Call) -> bool {
        let Some(access) = self.tasks[number].accesses.pop() else { return self.listener.let_through(call) };
        let Ok(stop) = Stopped::ask(call.tid) else {
            self.give_up_accesses();
            return false;
        };
        if !self.listener.answer(call, 0) {
            // It was killed.
            return false;
        }
        match stop.wait(Instant::now() + PATIENCE, || false) {
            Some(Change::Stopped) => {}
            Some(Change::Signal(signal)) => {
                // It handles that first, and comes back here by the same call.
                self.send_aside(number, stop, access, signal);
                return true;
            }
            Some(Change::Gone) => return true,
            None => {
                self.give_up_accesses();
                return true;
            }
        }
        self.take_access(number, stop, access);
        true
    }

    fn take_access(&mut self, number: usize, stop: Stopped, access: Access) {
        let process = self.tasks[number].process;
        let tid = self.tasks[number].tid;
        let page = Mapping::page(access.address);
        let width = access.instruction.width.min(page.1 - access.address) as usize;
        self.show_page(process, page);
        if let Some(code) = self.operation_at(number, &access) {
            return self.carry_out_operation(number, stop, &access, &code);
        }
        let mappings = self.processes[process].mappings.as_deref().unwrap_or_default();
        let words = words_at(mappings, access.address, width as u64);
        let there = access.address..access.address + width as u64;
        if let Some(content) = self.memory.content_at(mappings, access.address) {
            // Who maps it does not come in each other's way by that, but in the way of calls.
            self.footprint.add(content, AccessKind::Add);
        }
        self.reaches_beside(&words);
        let mut signal = 0;
        if let Some(bytes) = &access.then {
            sys::write_memory(tid, access.address, bytes);
            self.has_stored(number, &words, there, false);
            return self.go_on_behind(number, stop, &access.registers, &access, signal);
        }
        let mut before = vec![0; width];
        sys::read_memory(tid, access.address, &mut before);
        stop.set(&access.registers);
        let mut others = Vec::new();
        if !self.step_over(process, &stop, &mut others, &mut signal) {
            return;
        }
        let Some(registers) = stop.all() else { return };
        let mut after = vec![0; width];
        sys::read_memory(tid, access.address, &mut after);
        // What it has loaded from or stored to beside that, in another page.
        self.reaches_others(process, &others);
        let Instruction { is_two, is_locked, .. } = access.instruction;
        if is_two && access.writes && others.is_empty() {
            words.iter().for_each(|&word| self.footprint.reads(word));
            self.has_loaded(number, &[there]);
            sys::write_memory(tid, access.address, &before);
            if !self.hide_page(number, &stop, &access, &mut signal) {
                self.give_up_accesses();
            }
            let then = Access { registers: arch::outside_calls(&registers), then: Some(after), ..access };
            return self.send_aside(number, stop, then, 0);
        } else if before == after {
            // Nothing that others could tell from a look.
            words.iter().for_each(|&word| self.footprint.reads(word));
            if is_locked {
                self.tasks[number].stored.clear();
            } else if !access.writes {
                self.has_loaded(number, &[there]);
            }
        } else {
            self.has_stored(number, &words, there, is_locked);
        }
        self.go_on_behind(number, stop, &registers, &access, signal);
    }

    /// An instruction has loaded from or stored to these places beside the one that was made out, each in another page, which was shown.
    pub fn reaches_others(&mut self, process: usize, others: &[u64]) {
        let mappings = self.processes[process].mappings.as_deref().unwrap_or_default();
        let beside: Vec<Object> = others.iter().flat_map(|&at| words_at(mappings, at, WIDTH_OF_OTHERS)).collect();
        beside.iter().for_each(|&word| self.footprint.writes(word));
        self.reaches_beside(&beside);
        self.processes[process].is_shown |= !others.is_empty();
    }

    /// Shows a process a page that is hidden from it.
    pub fn show_page(&self, process: usize, page: (u64, u64)) {
        if let Some(faults) = &self.processes[process].faults {
            show(faults, page);
        }
    }

    /// Lets a stopped task run one instruction. What it comes to meanwhile in other pages is shown too, and noted in `others`.
    /// Whether it has stopped behind it.
    fn step_over(&self, process: usize, stop: &Stopped, others: &mut Vec<u64>, signal: &mut i32) -> bool {
        let Some(mask) = stop.hold_signals() else { return false };
        self.step_once(process, stop, others, signal) && stop.block_signals(mask)
    }

    /// The same, while its signals are [held](Stopped::hold_signals).
    pub fn step_once(&self, process: usize, stop: &Stopped, others: &mut Vec<u64>, signal: &mut i32) -> bool {
        let faults = self.processes[process].faults.as_ref();
        let mut help = || {
            let Some(fault) = faults.and_then(Userfault::next) else { return false };
            if let Some(faults) = faults {
                show(faults, Mapping::page(fault.address));
            }
            others.push(fault.address);
            true
        };
        loop {
            if !stop.step() {
                return false;
            }
            match stop.wait(Instant::now() + PATIENCE, &mut help) {
                Some(Change::Stopped) => return true,
                Some(Change::Signal(number)) => {
                    *signal = number;
                    if Stopped::is_of_instruction(number) {
                        // The instruction itself is at fault, and its process is to hear of it.
                        return true;
                    }
                }
                Some(Change::Gone) | None => return false,
            }
        }
    }

    fn hide_page(&self, number: usize, stop: &Stopped, access: &Access, signal: &mut i32) -> bool {
        let pid = self.processes[self.tasks[number].process].pid;
        let (start, end) = Mapping::page(access.address);
        let args = [start, end - start, libc::MADV_DONTNEED as u64, 0, 0, 0];
        self.call_in_place(stop, pid, access.call_at, libc::SYS_madvise, args, signal).is_some()
    }

    /// Hides the page of an access again from a stopped task, which goes on with these registers.
    pub fn go_on_behind(&mut self, number: usize, stop: Stopped, registers: &All, access: &Access, mut signal: i32) {
        let process = self.tasks[number].process;
        if self.loads {
            let is_hidden = if self.processes[process].is_shown {
                self.try_to_hide(number, &stop, &mut signal).is_some()
            } else {
                self.hide_page(number, &stop, access, &mut signal)
            };
            if !is_hidden {
                self.give_up_accesses();
            }
        }
        stop.set(registers);
        stop.release(signal);
    }

    /// A step has stored these bytes, of these words. What a processor stores it may do a little later, unless it locks: what it loads
    /// meanwhile comes before that, if it is none of what it has stored itself (Intel's manual, volume 3, "Memory ordering").
    fn has_stored(&mut self, number: usize, words: &[Object], bytes: Range<u64>, is_locked: bool) {
        words.iter().for_each(|&word| self.footprint.writes(word));
        if is_locked {
            self.tasks[number].stored.clear();
        } else {
            self.tasks[number].stored.push(bytes);
        }
    }

    /// A step has loaded these bytes.
    pub fn has_loaded(&mut self, number: usize, loaded: &[Range<u64>]) {
        let stored = &self.tasks[number].stored;
        let is_other = |bytes: &Range<u64>| stored.iter().all(|own| bytes.end <= own.start || own.end <= bytes.start);
        let passes = !stored.is_empty() && loaded.iter().any(is_other);
        if let Some(step) = self.steps.last_mut() {
            step.passes_stores |= passes;
        }
    }
}

/// The memory that a process can write to and shares with nobody (proc(5), `maps`), of the stack only what is used above this.
fn own_memory(pid: Pid, stack: u64) -> Option<Vec<(u64, u64)>> {
    // (Not by `proc::text`: the kernel writes this file in several pieces.)
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let own = maps.lines().filter_map(|line| {
        let (start, end, rest) = proc::mapping(line)?;
        let is_stack = (start..end).contains(&stack);
        rest.starts_with("rw-p").then(|| (if is_stack { start.max(stack - arch::RED_ZONE) } else { start }, end))
    });
    Some(own.collect())
}

/// Where the strings lie that execve(2) is given: by the argument of this number, and by the next one.
fn strings(call: &Call, argument: usize) -> impl Iterator<Item = u64> {
    /// More of them do not fit what a program may be given.
    const MOST: u64 = 100_000;
    let tid = call.tid;
    [call.args[argument], call.args[argument + 1]].into_iter().filter(|&array| array != 0).flat_map(move |array| {
        let string = move |number: u64| sys::read_u64s(tid, array + 8 * number).map(|[string]| string);
        (0..MOST).map_while(string).take_while(|&string| string != 0)
    })
}

/// The code of a task from this address on, as far as an instruction reaches at most.
pub fn instruction_code(tid: Pid, at: u64) -> Vec<u8> {
    let mut code = vec![0; LONGEST];
    let read = sys::read_memory(tid, at, &mut code);
    code.truncate(read);
    code
}

/// Of what an instruction reaches in a second page, so much is taken to be touched, in bytes.
const WIDTH_OF_OTHERS: u64 = 64;

fn show(faults: &Userfault, (start, end): (u64, u64)) {
    faults.show(start, end, Mapping::page_size());
}
