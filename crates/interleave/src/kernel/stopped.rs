//! A thread that is stopped between two instructions of its own: ptrace(2).

use std::io;
use std::mem::{size_of, zeroed};
use std::time::{Duration, Instant};

use crate::trace::Pid;

/// How long a thread may take to stop: it has nothing to do but that, yet the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The registers by which the way back from a system call is found.
#[derive(Debug, Clone, Copy)]
pub struct Registers {
    pub instruction: u64,
    pub stack: u64,
    pub frame: u64,
    /// The link register; 0 where there is none.
    pub link: u64,
}

impl Registers {
    /// Those among all.
    pub fn of(all: &All) -> Registers {
        #[cfg(target_arch = "x86_64")]
        let registers = Registers { instruction: all.rip, stack: all.rsp, frame: all.rbp, link: 0 };
        #[cfg(target_arch = "aarch64")]
        let registers = Registers { instruction: all.pc, stack: all.sp, frame: all.regs[29], link: all.regs[30] };
        registers
    }
}

/// Requests of ptrace(2) that libc does not name (linux/ptrace.h).
const GETSIGMASK: libc::c_uint = 0x420a;
const SETSIGMASK: libc::c_uint = 0x420b;
const GET_RSEQ_CONFIGURATION: libc::c_uint = 0x420f;

/// The signals that an instruction brings about by itself, SIGTRAP when it is a step. If they were blocked, the kernel would take away
/// their handlers.
const OWN: [i32; 5] = [libc::SIGTRAP, libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL];

/// All registers of a thread.
pub type All = libc::user_regs_struct;

/// How a thread has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It has stopped, as it was asked to.
    Stopped,
    /// It has stopped because of this signal, which it is to get when it is [let go](Stopped::release).
    Signal(i32),
    /// It is gone.
    Gone,
}

/// A thread that stops before it next runs any of its own code. Dropping this does not let it go: it has to be
/// [let go](Stopped::release), or killed, and then [buried](Stopped::bury).
pub struct Stopped(Pid);

impl Stopped {
    /// Asks for the stop. A thread that is held comes to it once its call is answered.
    ///
    /// # Errors
    /// If it may not be traced.
    pub fn ask(tid: Pid) -> io::Result<Stopped> {
        for request in [libc::PTRACE_SEIZE, libc::PTRACE_INTERRUPT] {
            // SAFETY: both requests take the number of a thread and no addresses.
            if unsafe { libc::ptrace(request, tid as libc::pid_t, 0usize, 0usize) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(Stopped(tid))
    }

    /// Its registers, once it has stopped. `None` if that does not happen in time.
    pub fn registers(&self, until: Instant) -> Option<Registers> {
        self.wait(until, || false)?;
        self.all().map(|all| Registers::of(&all))
    }

    /// All its registers. `None` if it is not stopped.
    pub fn all(&self) -> Option<All> {
        // SAFETY: a struct of integers.
        unsafe { self.set_of_registers(libc::NT_PRSTATUS) }
    }

    /// One of the sets of its registers. `None` if it is not stopped.
    ///
    /// # Safety
    /// Whatever bytes are put into a `T`, it has to be valid.
    unsafe fn set_of_registers<T>(&self, which: libc::c_int) -> Option<T> {
        // SAFETY: the caller says that zero is valid.
        let mut all: T = unsafe { zeroed() };
        let mut into = libc::iovec { iov_base: (&raw mut all).cast(), iov_len: size_of::<T>() };
        // SAFETY: the request writes at most `iov_len` bytes to `all`, as `into` says.
        let got = unsafe { libc::ptrace(libc::PTRACE_GETREGSET, self.0 as libc::pid_t, which as usize, &raw mut into) };
        (got == 0).then_some(all)
    }

    /// Where in its memory the kernel writes on which processor it runs (PTRACE_GET_RSEQ_CONFIGURATION of ptrace(2)): the first address, and
    /// the one behind. `None` if it does so nowhere, or is not known to.
    pub fn restartable_sequences(&self) -> Option<(u64, u64)> {
        // `struct ptrace_rseq_configuration`: an address; in the next word a size, and above that a signature; flags.
        let mut words = [0u64; 3];
        let size = size_of_val(&words);
        // SAFETY: the request writes at most `size` bytes to `words`.
        let got = unsafe { libc::ptrace(GET_RSEQ_CONFIGURATION, self.0 as libc::pid_t, size, words.as_mut_ptr()) };
        let [start, length, _] = words;
        (got > 0 && start != 0).then_some((start, start + (length & u64::from(u32::MAX))))
    }

    /// How it rounds, and which faults of computations it hears of: the control words of its processor. `None` if it is not stopped.
    #[cfg(target_arch = "x86_64")]
    pub fn modes(&self) -> Option<[u32; 2]> {
        /// Of MXCSR, what is no result of a computation.
        const CONTROL: u32 = 0xffc0;
        // SAFETY: a struct of integers.
        let all: libc::user_fpregs_struct = unsafe { self.set_of_registers(libc::NT_PRFPREG)? };
        Some([u32::from(all.cwd), all.mxcsr & CONTROL])
    }

    /// Nothing, as it is not known where they are.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn modes(&self) -> Option<[u32; 2]> {
        None
    }

    /// All that its processor keeps of it beside the general registers, as the kernel stores that: vectors, masks, control words. `None` if it is not
    /// stopped, or that is not known.
    #[cfg(target_arch = "x86_64")]
    pub fn vectors(&self) -> Option<Vec<u8>> {
        /// Of <linux/elf.h>; libc does not name it.
        const NT_X86_XSTATE: libc::c_int = 0x202;
        // More than there is of any processor known.
        let mut bytes = vec![0u8; 16 << 10];
        let mut into = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
        // SAFETY: the request writes at most `iov_len` bytes to `bytes`, as `into` says.
        let got = unsafe {
            libc::ptrace(libc::PTRACE_GETREGSET, self.0 as libc::pid_t, NT_X86_XSTATE as usize, &raw mut into)
        };
        bytes.truncate(into.iov_len);
        (got == 0).then_some(bytes)
    }

    /// Nothing, as it is not known where they are.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn vectors(&self) -> Option<Vec<u8>> {
        None
    }

    /// Gives it other registers; whether it is stopped, and so has them.
    pub fn set(&self, all: &All) -> bool {
        let from = libc::iovec { iov_base: std::ptr::from_ref(all).cast_mut().cast(), iov_len: size_of::<All>() };
        // SAFETY: the request only reads, and no more than `iov_len` bytes of `all`, as `from` says.
        let set = unsafe {
            libc::ptrace(libc::PTRACE_SETREGSET, self.0 as libc::pid_t, libc::NT_PRSTATUS as usize, &raw const from)
        };
        set == 0
    }

    /// Whether this is a signal that an instruction brings about by itself.
    pub fn is_of_instruction(signal: i32) -> bool {
        OWN.contains(&signal)
    }

    /// Blocks all signals but those that an instruction itself brings about, so that those wait which were sent to it; which were
    /// blocked before.
    pub fn hold_signals(&self) -> Option<u64> {
        let own = OWN.iter().fold(0u64, |own, signal| own | 1 << (signal - 1));
        let mut mask = 0u64;
        // SAFETY: the request writes as many bytes as are given to `mask`.
        let got = unsafe { libc::ptrace(GETSIGMASK, self.0 as libc::pid_t, size_of::<u64>(), &raw mut mask) };
        (got == 0 && self.block_signals(!own)).then_some(mask)
    }

    /// Blocks these signals; whether it is stopped, and so does.
    pub fn block_signals(&self, mask: u64) -> bool {
        // SAFETY: the request reads as many bytes as are given of `mask`.
        unsafe { libc::ptrace(SETSIGMASK, self.0 as libc::pid_t, size_of::<u64>(), &raw const mask) == 0 }
    }

    /// Lets it run one instruction; whether it is stopped, and so does. It stops again behind that.
    pub fn step(&self) -> bool {
        // SAFETY: the request takes the number of a thread and no addresses.
        unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, self.0 as libc::pid_t, 0usize, 0usize) == 0 }
    }

    /// Lets it go, with this signal, or 0.
    pub fn release(self, signal: i32) {
        // SAFETY: the request takes two numbers and no addresses. If it fails, the thread is gone.
        unsafe { libc::ptrace(libc::PTRACE_DETACH, self.0 as libc::pid_t, 0usize, signal as usize) };
    }

    /// Waits until it has stopped, or is gone. Meanwhile `help` does what it may wait for: whether there was anything to do.
    /// `None` if it does not stop in time.
    pub fn wait(&self, until: Instant, mut help: impl FnMut() -> bool) -> Option<Change> {
        let mut patience = 0;
        loop {
            if let Some(change) = self.change() {
                return Some(change);
            }
            if help() {
                continue;
            }
            // It has hardly anything to do: most often it has stopped by now.
            patience += 1;
            match patience {
                0..200 => std::thread::yield_now(),
                _ if Instant::now() > until => return None,
                _ => std::thread::sleep(Duration::from_micros(50)),
            }
        }
    }

    /// Waits until a thread that was killed is gone, and lets go of it; false if it is not in time.
    pub fn bury(&self, until: Instant) -> bool {
        while self.change() != Some(Change::Gone) {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_micros(50));
        }
        true
    }

    /// Whether there is something new of it.
    fn change(&self) -> Option<Change> {
        let mut status = 0;
        // SAFETY: the call writes one integer to the address given.
        let got = unsafe { libc::waitpid(self.0 as libc::pid_t, &raw mut status, libc::__WALL | libc::WNOHANG) };
        match got {
            0 => None,
            1.. if libc::WIFSTOPPED(status) => Some(match (libc::WSTOPSIG(status), status >> 16) {
                (libc::SIGTRAP, _) | (_, libc::PTRACE_EVENT_STOP) => Change::Stopped,
                (signal, _) => Change::Signal(signal),
            }),
            _ => Some(Change::Gone),
        }
    }
}
