//! What the C library does to a lock, as one step: from its first load or store of memory that processes share to where it returns, or
//! has begun to wait; to wake others by a system call is a part of it.
//!
//! That is fewer orders, and none is lost (see [`library`](crate::world::library)) as long as nobody reaches the same words by other code,
//! or is interrupted by a signal in between. Whoever does, and all is run again with each load and store a step.

use std::io;
use std::ops::Range;

use super::accesses::instruction_code;
use crate::kernel::arch;
use crate::kernel::instruction::Instruction;
use crate::kernel::operand::Operand;
use crate::kernel::stopped::Stopped;
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access as AccessKind, Object, Signals, is_thread};
use crate::world::memory::{Mapping, words_at};
use crate::world::run::Supervisor;
use crate::world::task::{Access, Op, State, Task};

/// One step has no more instructions than this: whoever turns in a loop for somebody else to unlock goes on in another step.
const MOST: u32 = 1000;

/// What an operation has done to shared memory.
#[derive(Default)]
struct Done {
    loaded: Vec<Range<u64>>,
    /// Which words it has changed.
    changed: Vec<Object>,
    /// What it has stored since it locked last.
    stored: Vec<Range<u64>>,
    has_locked: bool,
    pages: Vec<(u64, u64)>,
    /// The next thing it does is to wait or to wake (futex(2)); and it waits for a word to change.
    calls: bool,
    waits: bool,
}

impl Supervisor<'_> {
    /// Whether operations on locks are steps as a whole.
    pub fn takes_operations(&self) -> bool {
        self.loads && !self.within && self.signals == Signals::None && arch::HAS_STEPS
    }

    /// The C library's code, if it is about to use a lock by this load or store, or goes on with that.
    pub fn operation_at(&mut self, number: usize, access: &Access) -> Option<Range<u64>> {
        if !self.takes_operations() || access.then.is_some() {
            return None;
        }
        let Task { waited_for_lock: goes_on, process, tid, .. } = self.tasks[number];
        let one = &mut self.processes[process];
        let code = one.library.code_at(one.pid, access.place())?;
        // Or else it could not be taken as the first instruction.
        let instruction = instruction_code(tid, access.place());
        (Operand::of(&instruction, &access.registers) == Operand::Memory(access.address)).then_some(())?;
        self.has_operations_in_parts |= code.is_in_parts_at(access.place());
        (goes_on || code.operation_at(access.place()).is_some()).then(|| code.range())
    }

    /// What the function is called by which a task is about to use a lock, if it begins with that.
    pub fn operation_of(&self, number: usize) -> Option<&str> {
        let task = &self.tasks[number];
        let access = task.accesses.last().filter(|_| self.takes_operations())?;
        self.processes[task.process].library.known_at(access.place())?.operation_at(access.place())
    }

    /// Who has taken the last step, if that is not over: its task has used a lock, and is held at the call by which it waits for it or wakes others.
    pub fn amid_operation(&mut self) -> Option<usize> {
        let by = self.steps.last().map(|step| step.task).filter(|&task| is_thread(task)).map(usize::from)?;
        let is_amid = std::mem::take(&mut self.tasks[by].calls_for_lock);
        let is_next = match &self.tasks[by].state {
            State::Held(_, op @ Op::Futex { .. }) => self.has_to_enter(by, op),
            State::Held(_, Op::Wake { .. }) => true,
            _ => false,
        };
        (is_amid && is_next).then_some(by)
    }

    /// Lets that task wake others, or begin to wait. (Nobody came in between, so it has to.)
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    pub fn goes_on_with_operation(&mut self, number: usize) -> io::Result<()> {
        // Who is killed between the two leaves others asleep.
        self.has_operations_in_parts = true;
        self.perform(number)
    }

    /// A process is killed or stopped, perhaps in the middle of such an operation.
    pub fn breaks_off(&mut self, process: usize) {
        self.has_within |= self.has_operations_in_parts && self.processes[process].shares_memory;
    }

    /// A call is made that may wait for a word of shared memory, or wake others there (futex(2)): by such an operation, or beside them.
    pub fn looks_at_futex(&mut self, number: usize, call: &Call) {
        let Task { calls_for_lock, process, .. } = self.tasks[number];
        let one = &self.processes[process];
        let code = one.library.known_at(call.instruction);
        let is_part = calls_for_lock || code.is_some_and(|code| code.operation_at(call.instruction).is_some());
        if call.nr == libc::SYS_futex && !is_part {
            let words = words_at(one.mappings.as_deref().unwrap_or_default(), call.args[0], 4);
            self.reaches_beside(&words);
        }
    }

    /// A load or store that is no part of such an operation.
    pub fn reaches_beside(&mut self, words: &[Object]) {
        self.has_within |= words.iter().any(|word| self.of_operations.contains(word));
        self.beside_operations.extend(words);
    }

    /// Carries out what a stopped task is about to do to a lock, as long as it stays in the library's `code`. The page of its first load or
    /// store is shown.
    pub fn carry_out_operation(&mut self, number: usize, stop: Stopped, access: &Access, code: &Range<u64>) {
        self.tasks[number].waited_for_lock = false;
        let mut done = Done { pages: vec![Mapping::page(access.address)], ..Done::default() };
        let mut signal = 0;
        stop.set(&access.registers);
        let Some(mask) = stop.hold_signals() else { return };
        for _ in 0..MOST {
            match self.next_of_operation(number, &stop, code, &mut done, &mut signal) {
                Some(true) => {}
                Some(false) => break,
                // It is gone.
                None => return,
            }
        }
        let Some(registers) = stop.all().filter(|_| stop.block_signals(mask)) else { return };
        let process = self.tasks[number].process;
        // It may die before it makes another call.
        self.processes[process].holds_robust = !sys::robust_futexes(self.tasks[number].tid).is_empty();
        // To hide several pages is to hide all.
        self.processes[process].is_shown |= done.pages.len() > 1;
        if done.has_locked {
            self.tasks[number].stored.clear();
        } else {
            // What it has found may be older than what this task has stored before.
            self.has_loaded(number, &done.loaded);
        }
        self.tasks[number].stored.extend_from_slice(&done.stored);
        self.changes_lock(number, access.place(), &done);
        let task = &mut self.tasks[number];
        (task.calls_for_lock, task.waited_for_lock) = (done.calls, done.waits);
        self.go_on_behind(number, stop, &arch::outside_calls(&registers), access, signal);
    }

    /// A task has changed words of shared memory by what it did to a lock, beginning at `place`. Who gives back a mutex that it does not have (and which
    /// others may be about to get) is in no order with them: what then comes of it depends on how the library is written.
    fn changes_lock(&mut self, number: usize, place: u64, done: &Done) {
        let process = self.tasks[number].process;
        let gives_back = self.processes[process].library.known_at(place).is_some_and(|code| code.gives_back_at(place));
        // Who waits for a condition gets the mutex again in the end.
        let goes_on = std::mem::replace(&mut self.tasks[number].is_giving_back, gives_back && done.calls);
        let gives_back = gives_back && !goes_on;
        let is_own = |word: &Object| self.changed_by.get(word) == Some(&number);
        self.has_within |= gives_back && !done.changed.is_empty() && !done.changed.iter().any(is_own);
        for &word in &done.changed {
            if gives_back {
                self.changed_by.remove(&word);
            } else {
                self.changed_by.insert(word, number);
            }
        }
    }

    /// Lets a stopped task run one more instruction of its operation; whether that goes on. `None` if it is gone.
    fn next_of_operation(
        &mut self,
        number: usize,
        stop: &Stopped,
        code: &Range<u64>,
        done: &mut Done,
        signal: &mut i32,
    ) -> Option<bool> {
        let (process, tid) = (self.tasks[number].process, self.tasks[number].tid);
        let registers = stop.all()?;
        let (_, at) = arch::result(&registers);
        if !code.contains(&at) {
            return Some(false);
        }
        let bytes = instruction_code(tid, at);
        let place = match Operand::of(&bytes, &registers) {
            Operand::Call => {
                done.calls = arch::result(&registers).0 == libc::SYS_futex;
                done.waits = done.calls && waits_for_word(&registers);
                return Some(false);
            }
            Operand::Unknown => return Some(false),
            Operand::Nothing => None,
            Operand::Memory(address) => Some(address),
        };
        let instruction = Instruction::decode(&bytes);
        let mappings = self.processes[process].mappings.as_deref().unwrap_or_default();
        let words = place.map_or_else(Vec::new, |address| words_at(mappings, address, instruction.width));
        let address = place.unwrap_or_default();
        if words.is_empty() {
            return self.step_in_operation(process, stop, signal);
        }
        if !instruction.is_atomic_at(address) {
            return Some(false);
        }
        let content = self.memory.content_at(mappings, address);
        let width = instruction.width.min(Mapping::page(address).1 - address) as usize;
        self.show_in_operation(process, address, done);
        content.into_iter().for_each(|content| self.footprint.add(content, AccessKind::Add));
        let mut before = vec![0; width];
        sys::read_memory(tid, address, &mut before);
        let goes_on = self.step_in_operation(process, stop, signal)?;
        let mut after = vec![0; width];
        sys::read_memory(tid, address, &mut after);
        if instruction.is_locked {
            done.has_locked = true;
            done.stored.clear();
        }
        if before == after {
            words.iter().for_each(|&word| self.footprint.reads(word));
            done.loaded.push(address..address + width as u64);
        } else {
            words.iter().for_each(|&word| self.footprint.writes(word));
            done.changed.extend(&words);
            if !instruction.is_locked {
                done.stored.push(address..address + width as u64);
            }
        }
        self.has_within |= words.iter().any(|word| self.beside_operations.contains(word));
        self.of_operations.extend(words);
        Some(goes_on)
    }

    fn show_in_operation(&mut self, process: usize, address: u64, done: &mut Done) {
        let page = Mapping::page(address);
        if !done.pages.contains(&page) {
            done.pages.push(page);
            self.show_page(process, page);
        }
    }

    /// Lets it run one instruction; whether it may run another. `None` if it is gone.
    fn step_in_operation(&mut self, process: usize, stop: &Stopped, signal: &mut i32) -> Option<bool> {
        let mut others = Vec::new();
        if !self.step_once(process, stop, &mut others, signal) {
            return None;
        }
        // What it has reached beside what was made out of it is not known any better.
        self.reaches_others(process, &others);
        Some(others.is_empty() && *signal == 0)
    }
}

/// Whether a task that calls futex(2) with these registers is about to wait until a word has changed, however long that takes: it looks at that again
/// behind the call.
fn waits_for_word(registers: &crate::kernel::stopped::All) -> bool {
    let [_, operation, _, time, ..] = arch::arguments(registers);
    let operation = operation as i32 & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    time == 0 && matches!(operation, libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET)
}
