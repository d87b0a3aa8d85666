//! Memory that tasks share, and waiting for it to change: mmap(2), futex(2).

use super::calls::MemoryCall;
use super::processes::is_of_user;
use super::{Answer, SEGMENTS, Target};
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access, CaveatKind, Footprint, Object};
use crate::world::memory::{FutexPlace, place_at};
use crate::world::object::OF_SYSTEM_V;
use crate::world::run::Supervisor;
use crate::world::task::{Op, State, Timeout};

impl Supervisor<'_> {
    /// What a call sets of a process's own memory, of which the kernel tells nobody afterwards.
    fn sets_memory(&mut self, process: usize, call: &Call) {
        const OF_CHILDREN: [i32; 4] =
            [libc::MADV_DONTFORK, libc::MADV_DOFORK, libc::MADV_WIPEONFORK, libc::MADV_KEEPONFORK];
        if call.nr == libc::SYS_sigaltstack && call.args[0] != 0 {
            // `struct sigaltstack`: where, flags, how long.
            let stack = sys::read_u64s::<3>(call.tid, call.args[0]);
            if stack.is_some_and(|[at, ..]| self.is_in_shared_memory(process, at)) {
                // The kernel itself writes there when a handler is to run.
                self.give_up_accesses();
            }
            self.has_set(process, (call.nr, stack));
        } else if call.nr == libc::SYS_madvise && OF_CHILDREN.contains(&(call.args[2] as i32)) {
            self.has_set(process, (call.nr, call.args));
        }
    }

    /// What to do about a call of this family.
    pub fn decode_memory(&mut self, number: usize, call: &Call, kind: MemoryCall) -> Answer {
        let process = self.tasks[number].process;
        match kind {
            MemoryCall::Futex => self.futex(number, call),
            MemoryCall::Mmap => self.mmap(number, call),
            // It takes memory that is shared away from all who have it.
            MemoryCall::Reaches if call.nr == libc::SYS_madvise && call.args[2] as i32 == libc::MADV_REMOVE => {
                self.is_not_watched(number, call)
            }
            MemoryCall::Reaches if call.nr == libc::SYS_setrlimit && is_of_user(call.args[0]) => {
                self.is_not_watched(number, call)
            }
            MemoryCall::Reaches => {
                self.sets_memory(process, call);
                Answer::LetThrough
            }
            MemoryCall::Remap => {
                self.processes[process].mappings = None;
                Answer::LetThrough
            }
            MemoryCall::Ipc => {
                self.names_ipc(number, call);
                let of = if matches!(call.nr, libc::SYS_shmget | libc::SYS_shmctl) { SEGMENTS } else { 0 };
                self.touches(|uses| uses.writes(Object::Ipc(of)))
            }
            MemoryCall::IpcWait | MemoryCall::MqWait => {
                if matches!(call.nr, libc::SYS_semop | libc::SYS_semtimedop) {
                    self.undoes(process, call);
                }
                Answer::Hold(Op::Kernel(operates_on(call)))
            }
            MemoryCall::Attach => self.attach(process, call),
        }
    }

    /// Memory that other processes will see.
    pub fn mmap(&mut self, number: usize, call: &Call) -> Answer {
        let [_, _, rights, flags, fd, _] = call.args;
        let process = self.tasks[number].process;
        if flags & libc::MAP_SHARED as u64 == 0 {
            return self.maps_privately(process, fd);
        }
        let is_file = flags & libc::MAP_ANONYMOUS as u64 == 0;
        let content = match self.target(process, fd) {
            Target::File(content) if is_file => Some(content),
            _ => None,
        };
        let may_change = content.is_some();
        let file = if is_file { self.dup(process, fd) } else { None };
        let in_memory = file.is_some_and(|file| self.memory.add(file));
        let one = &mut self.processes[process];
        one.shared_files.extend(content.filter(|content| !one.shared_files.contains(content)));
        // What lies in no file can always be made writable later, by mprotect(2).
        one.shares_memory |= !is_file || in_memory || may_change || rights & libc::PROT_WRITE as u64 != 0;
        one.mappings = None;
        one.maps = content;
        one.sharing.may_have_changed();
        self.says_that_memory_is_shared();
        match content {
            // What follows may look at the file or change it, and nothing says when; or where loads are steps, may end the process there and
            // then, if the file is shorter than that (SIGBUS).
            Some(content) => self.touches(|uses| uses.add(Object::Content(content), Access::Add)),
            _ => Answer::LetThrough,
        }
    }

    /// A private mapping of a file: of what its process does not write to, it shows what the file has at that time. From now on
    /// each step of it may look there.
    fn maps_privately(&mut self, process: usize, fd: u64) -> Answer {
        let Target::File(file) = self.target(process, fd) else { return Answer::LetThrough };
        let mapped = &mut self.processes[process].mapped_files;
        if !mapped.contains(&file) {
            mapped.push(file);
        }
        self.touches(|uses| uses.reads(Object::Content(file)))
    }

    /// A task is about to make a call, with others there. Whoever is given a message queue or semaphores that another one removes looks for
    /// it first, and takes hold of it then: of what goes in between it is told (EIDRM), as it would be while it waits, and not that there is no
    /// such thing (EINVAL).
    pub fn meets_removed(&mut self, number: usize, call: &Call) {
        let [id, second, third, ..] = call.args;
        let (by, command) = match call.nr {
            libc::SYS_msgctl => (libc::SYS_msgctl, second),
            libc::SYS_semctl => (libc::SYS_semctl, third),
            libc::SYS_msgsnd | libc::SYS_msgrcv => (libc::SYS_msgctl, u64::MAX),
            libc::SYS_semop | libc::SYS_semtimedop => (libc::SYS_semctl, u64::MAX),
            _ => return,
        };
        match self.removed.get(&(by, id as i32)) {
            Some(&remover) if remover != number => self.not_watched(call, number),
            None if command as i32 == libc::IPC_RMID => {
                self.removed.insert((by, id as i32), number);
            }
            _ => {}
        }
    }

    /// shmat(2) and shmdt(2), which change how many have the segment.
    pub fn attach(&mut self, process: usize, call: &Call) -> Answer {
        let one = &mut self.processes[process];
        one.mappings = None;
        one.sharing.may_have_changed();
        one.attaches = true;
        if call.nr == libc::SYS_shmat {
            one.shares_memory = true;
            self.says_that_memory_is_shared();
        }
        // Whoever attaches it finds whether it is still there; who leaves it may be the last who had it, whichever of them that is.
        let access = if call.nr == libc::SYS_shmat { Access::Write } else { Access::Add };
        self.touches(|uses| uses.add(Object::Ipc(SEGMENTS), access))
    }

    /// Whether the end of a process undoes what one of these operations of semop(2) does.
    pub fn undoes(&mut self, process: usize, call: &Call) {
        // In `struct sembuf`: number, operation, flags.
        let is_undone = |n: u64| {
            sys::read_bytes::<6>(call.tid, call.args[1] + n * 6)
                .is_some_and(|[.., low, high]| i32::from(u16::from_ne_bytes([low, high])) & libc::SEM_UNDO != 0)
        };
        self.processes[process].undoes |= (0..call.args[2].min(500)).any(is_undone);
    }

    fn says_that_memory_is_shared(&mut self) {
        if !self.loads && self.processes.iter().filter(|process| process.shares_memory).count() > 1 {
            self.caveat(CaveatKind::SharedMemory.anywhere());
        }
    }

    pub fn futex(&mut self, number: usize, call: &Call) -> Answer {
        let [address, op, value, time, second, bits] = call.args;
        let process = self.tasks[number].process;
        let shared = op as i32 & libc::FUTEX_PRIVATE_FLAG == 0;
        let operation = op as i32 & libc::FUTEX_CMD_MASK;
        if !shared {
            self.comes_to_word(number, address);
        }
        // Of memory whose loads and stores are steps. (That others could see it, who waits for a thread says of its own memory too.)
        let is_word = self.queue_of(process, address).is_some();
        let place = self.futex_place(process, address, shared);
        let bits = match operation {
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAKE_BITSET => bits as u32,
            _ => u32::MAX,
        };
        match operation {
            // Which the kernel refuses.
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAKE_BITSET if bits == 0 => Answer::LetThrough,
            libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET => {
                // Where loads are steps, so is this one.
                if !is_word && sys::read_u32(call.tid, address) != Some(value as u32) {
                    return Answer::LetThrough;
                }
                let timeout = match sys::read_u64s(call.tid, time) {
                    _ if time == 0 => Timeout::Never,
                    None => return Answer::LetThrough,
                    Some([seconds, nanoseconds]) => {
                        let time = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
                        let clock = &self.processes[process].clock;
                        // (That may be past: then it does not wait.)
                        Timeout::after(match operation {
                            libc::FUTEX_WAIT => time,
                            _ if op as i32 & libc::FUTEX_CLOCK_REALTIME != 0 => {
                                clock.until(libc::CLOCK_REALTIME.into(), time)
                            }
                            _ => clock.until(libc::CLOCK_MONOTONIC.into(), time),
                        })
                    }
                };
                let expected = value as u32;
                Answer::Hold(Op::Futex { address, place, expected, shared, bits, woken: false, timeout })
            }
            // What the thread does next, and what those it wakes do, is a race for what they waited for.
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET if is_word || !shared && self.is_awaited(number, address) => {
                Answer::Hold(Op::Wake { address, place, shared, bits, most: value as u32 as usize })
            }
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => {
                // Had somebody waited there already, it would have been woken.
                if !shared {
                    let uses = self.uses_at_word(number, address, Access::Write);
                    self.footprint.unite(&uses);
                }
                Answer::Return(self.wake(number, place, bits, value as u32 as usize))
            }
            // Whoever would be moved to another queue is woken instead: a wake-up may come at any time (futex(2)).
            libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE | libc::FUTEX_WAKE_OP => {
                if is_word {
                    self.give_up_accesses();
                }
                self.wake(number, place, bits, usize::MAX);
                if operation == libc::FUTEX_WAKE_OP {
                    let place = self.futex_place(process, second, shared);
                    self.wake(number, place, bits, usize::MAX);
                }
                Answer::LetThrough
            }
            _ => {
                if shared {
                    // The kernel itself changes the word.
                    self.give_up_accesses();
                }
                Answer::LetThrough
            }
        }
    }

    /// Whether others may see what a process has at this address.
    pub fn is_in_shared_memory(&mut self, process: usize, address: u64) -> bool {
        let one = &self.processes[process];
        let pid = one.seen_as;
        one.shares_memory && place_at(&self.memory.mappings(pid).unwrap_or_default(), address).is_some()
    }

    /// Where the futex is that a process has at this address.
    fn futex_place(&mut self, process: usize, address: u64, shared: bool) -> FutexPlace {
        if !shared {
            return FutexPlace::OfThreads(process, address);
        }
        // As they are now: no call has told of all that was unmapped.
        let mappings = self.memory.mappings(self.processes[process].seen_as).unwrap_or_default();
        place_at(&mappings, address)
            .map_or(FutexPlace::OfProcess(process, address), |(object, byte)| FutexPlace::Shared(object, byte))
    }

    /// Whether another thread of the process waits at this address.
    fn is_awaited(&self, waker: usize, at: u64) -> bool {
        let of = self.tasks[waker].process;
        self.tasks.iter().any(|task| {
            task.process == of && matches!(task.state, State::Held(_, Op::Futex { address, .. }) if address == at)
        })
    }
}

/// What a call touches that may wait for a semaphore or a message of System V, or for a message of POSIX.
///
/// Operations on one semaphore of a set do not depend on those on another, nor messages of one queue on those of another; each depends on
/// whatever is done to the set or queue as a whole. Several operations at once depend on all: who waits to do these does them when it is
/// woken, in another's step.
fn operates_on(call: &Call) -> Footprint {
    let mut uses = Footprint::default();
    let [id, operations, count, ..] = call.args;
    let number = match call.nr {
        libc::SYS_semop | libc::SYS_semtimedop if count == 1 => {
            // In `struct sembuf`: number, operation, flags.
            let operation = sys::read_bytes::<6>(call.tid, operations);
            operation.map(|[low, high, ..]| u64::from(u16::from_ne_bytes([low, high])))
        }
        libc::SYS_msgsnd | libc::SYS_msgrcv => Some(0),
        _ => None,
    };
    match number {
        Some(number) => {
            let kind = if matches!(call.nr, libc::SYS_msgsnd | libc::SYS_msgrcv) { QUEUE } else { SEMAPHORE };
            uses.reads(Object::Ipc(0));
            uses.writes(Object::Ipc(kind | (id & 0xffff_ffff) << 16 | number));
        }
        None => uses.writes(Object::Ipc(0)),
    }
    uses
}

/// What the numbers of semaphores and of queues of System V begin with among the objects of this kind.
const SEMAPHORE: u64 = 1 << OF_SYSTEM_V;
const QUEUE: u64 = 2 << OF_SYSTEM_V;
