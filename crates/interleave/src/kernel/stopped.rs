//! A thread that is stopped between two instructions of its own: ptrace(2).

use std::io;
use std::mem::{size_of, zeroed};
use std::time::{Duration, Instant};

use crate::trace::Pid;

/// The registers by which the way back from a system call is found.
#[derive(Debug, Clone, Copy)]
pub struct Registers {
    pub instruction: u64,
    pub stack: u64,
    pub frame: u64,
    /// The link register; 0 where there is none.
    pub link: u64,
}

/// A thread that stops before it next runs any of its own code, so that its registers can be read. Dropping this does not let it
/// go: it has to be killed, and then [buried](Stopped::bury).
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
        while !self.has_changed()? {
            if Instant::now() > until {
                return None;
            }
            std::thread::sleep(Duration::from_micros(50));
        }
        // SAFETY: a struct of integers, for which zero is valid.
        let mut all: libc::user_regs_struct = unsafe { zeroed() };
        let mut into = libc::iovec { iov_base: (&raw mut all).cast(), iov_len: size_of::<libc::user_regs_struct>() };
        // SAFETY: the request writes at most `iov_len` bytes to `all`, as `into` says.
        let got = unsafe {
            libc::ptrace(libc::PTRACE_GETREGSET, self.0 as libc::pid_t, libc::NT_PRSTATUS as usize, &raw mut into)
        };
        #[cfg(target_arch = "x86_64")]
        let registers = Registers { instruction: all.rip, stack: all.rsp, frame: all.rbp, link: 0 };
        #[cfg(target_arch = "aarch64")]
        let registers = Registers { instruction: all.pc, stack: all.sp, frame: all.regs[29], link: all.regs[30] };
        (got == 0).then_some(registers)
    }

    /// Waits until a thread that was killed is gone, and lets go of it; false if it is not in time.
    pub fn bury(&self, until: Instant) -> bool {
        while self.has_changed().is_some() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_micros(50));
        }
        true
    }

    /// Whether there is something new of it: a stop, or its end. `None` if it is gone.
    fn has_changed(&self) -> Option<bool> {
        let mut status = 0;
        // SAFETY: the call writes one integer to the address given.
        let got = unsafe { libc::waitpid(self.0 as libc::pid_t, &raw mut status, libc::__WALL | libc::WNOHANG) };
        (got >= 0).then_some(got > 0)
    }
}
