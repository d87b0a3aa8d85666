//! Virtual time: each process has a clock of its own, which moves when the process sleeps, when a time-out of it fires,
//! and when it waits for a child whose clock is ahead.
//!
//! Programs read the clock through the vDSO, code that the kernel maps into every process and that makes no system
//! call (vdso(7)). So that code is replaced, in each process that has just executed a program, by the system call it saves.

use std::fs::OpenOptions;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use crate::kernel::symbols::{self, Function};
use crate::kernel::{arch, proc};
use crate::trace::Pid;

/// When every program starts, in seconds since 1970: the day of the notes.
const START: u64 = 1_529_095_965;

/// How long the machine had been up by then, in seconds.
const UPTIME: u64 = 1_000_000;

/// How often a process may read the clock and do nothing else, before its looking moves the clock along.
const STARES: u32 = 16;

const NANOS: u64 = 1_000_000_000;

/// The time of one process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    nanoseconds: u64,
    /// How much of that it let pass itself, asleep.
    slept: u64,
    stares: u32,
}

impl Clock {
    /// Lets time pass.
    pub fn pass(&mut self, nanoseconds: u64) {
        self.nanoseconds = self.nanoseconds.saturating_add(nanoseconds);
        self.slept = self.slept.saturating_add(nanoseconds);
    }

    /// Lets so much time pass that has begun by then: others may have let a part of it pass meanwhile.
    pub fn pass_since(&mut self, then: u64, nanoseconds: u64) {
        self.nanoseconds = self.nanoseconds.max(then.saturating_add(nanoseconds));
        self.slept = self.slept.saturating_add(nanoseconds);
    }

    /// How much time it let pass itself, in nanoseconds: what it slept, and not what it waited for others.
    pub fn slept(&self) -> u64 {
        self.slept
    }

    /// What it is now, in nanoseconds.
    pub fn now(&self) -> u64 {
        self.nanoseconds
    }

    /// It is this late, in nanoseconds, or later.
    pub fn not_before_time(&mut self, nanoseconds: u64) {
        self.nanoseconds = self.nanoseconds.max(nanoseconds);
    }

    /// What that process did is in the past.
    pub fn not_before(&mut self, other: Clock) {
        self.nanoseconds = self.nanoseconds.max(other.nanoseconds);
    }

    /// All that decides what it shows, and when it moves on by being looked at.
    pub fn state(&self) -> (u64, u64, u32) {
        (self.nanoseconds, self.slept, self.stares)
    }

    /// It did something else than look at the clock.
    pub fn looked_away(&mut self) {
        self.stares = 0;
    }

    /// What the clock of this number shows, in nanoseconds.
    pub fn read(&mut self, clock: i64) -> u64 {
        self.stares = self.stares.saturating_add(1);
        if self.stares > STARES {
            self.pass(NANOS / 1000);
        }
        self.nanoseconds.saturating_add(NANOS * origin(clock))
    }

    /// How far away that time is on the clock of this number.
    pub fn until(&self, clock: i64, nanoseconds: u64) -> u64 {
        nanoseconds.saturating_sub(self.nanoseconds.saturating_add(NANOS * origin(clock)))
    }
}

fn origin(clock: i64) -> u64 {
    match clock as libc::clockid_t {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE | libc::CLOCK_REALTIME_ALARM | libc::CLOCK_TAI => START,
        libc::CLOCK_MONOTONIC
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME
        | libc::CLOCK_BOOTTIME_ALARM => UPTIME,
        // The CPU time of a process or thread.
        _ => 0,
    }
}

/// Replaces what the vDSO of a process does by system calls.
///
/// # Errors
/// If its memory may not be written. That it has no vDSO is none.
pub fn replace_vdso(pid: Pid) -> io::Result<()> {
    let Some(base) = vdso_address(pid)? else { return Ok(()) };
    let memory = OpenOptions::new().read(true).write(true).open(format!("/proc/{pid}/mem"))?;
    let patches = match PATCHES.get() {
        Some(patches) => patches,
        None => {
            // All processes have the same.
            let mut image = vec![0; 4 * 4096];
            let read = memory.read_at(&mut image, base)?;
            image.truncate(read);
            PATCHES.get_or_init(|| patches(&image).unwrap_or_default())
        }
    };
    for (offset, code, _) in patches {
        memory.write_all_at(code, base + offset)?;
    }
    Ok(())
}

/// A place in the vDSO of a process where code can be put: behind what stands for its longest function.
pub fn spare_code(pid: Pid) -> Option<u64> {
    /// The code in place of the function is shorter than this.
    const BEHIND: u64 = 32;
    let base = vdso_address(pid).ok()??;
    PATCHES.get()?.first().map(|(offset, ..)| base + offset + BEHIND)
}

/// Where else in the vDSO of a process there is room for code that is to stay: behind what stands for its other functions.
pub fn spare_rooms(pid: Pid) -> Vec<Range<u64>> {
    let Ok(Some(base)) = vdso_address(pid) else { return Vec::new() };
    let room = |(offset, code, end): &(u64, Vec<u8>, u64)| base + offset + code.len() as u64..base + end;
    PATCHES.get().into_iter().flatten().skip(1).map(room).collect()
}

/// The instruction in the vDSO of a process that makes a system call, in what stands for its longest function.
pub fn call_instruction(pid: Pid) -> Option<u64> {
    let base = vdso_address(pid).ok()??;
    let (offset, code, _) = PATCHES.get()?.first()?;
    let at = code.windows(arch::CALL.len()).position(|window| window == arch::CALL)?;
    Some(base + offset + at as u64)
}

/// What is put where in the vDSO, in place of code that ends where; it is the same in all processes.
static PATCHES: OnceLock<Vec<(u64, Vec<u8>, u64)>> = OnceLock::new();

/// Where the kernel says that the vDSO of a process is.
fn vdso_address(pid: Pid) -> io::Result<Option<u64>> {
    auxiliary_value(pid, libc::AT_SYSINFO_EHDR)
}

/// A value that the kernel has told the program of a process when it was executed (getauxval(3)).
///
/// # Errors
/// If `/proc` does not tell.
pub fn auxiliary_value(pid: Pid, wanted: u64) -> io::Result<Option<u64>> {
    let auxv = proc::read(format!("/proc/{pid}/auxv"))?;
    let mut words = auxv.as_chunks().0.iter().map(|&bytes| u64::from_ne_bytes(bytes));
    while let (Some(kind), Some(value)) = (words.next(), words.next()) {
        if kind == wanted {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Where in the vDSO to put which code; `None` if it is not as elf(5) says.
fn patches(image: &[u8]) -> Option<Vec<(u64, Vec<u8>, u64)>> {
    let instead = |function: Function| {
        let (_, instead) = arch::VDSO.iter().find(|(name, _)| *name == function.name.as_bytes())?;
        Some((function.start, instead.code(), function.end))
    };
    let mut patches: Vec<_> = symbols::functions(image)?.into_iter().filter_map(instead).collect();
    // First that of clock_gettime, which is long.
    patches.sort_by_key(|(_, code, _)| *code != arch::VDSO[0].1.code());
    Some(patches)
}
