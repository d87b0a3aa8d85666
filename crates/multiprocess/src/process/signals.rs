//! What signals mean in a forked process. Handlers are inherited from the program, which made them for itself.

use std::io;
use std::ptr;

/// Signals raised by a fault in the process's own code. Their handlers go with the code: Rust's tells of a stack
/// overflow.
const FAULTS: [libc::c_int; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// Signals that terminals, shells and service managers send to a whole group of processes and mean for the program.
const FOR_THE_PROGRAM: [libc::c_int; 6] =
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2];

/// Which signals are blocked.
pub(crate) struct Mask(libc::sigset_t);

impl Mask {
    fn none() -> Mask {
        // SAFETY: a signal set is plain data, which sigemptyset initialises.
        unsafe {
            let mut none = std::mem::zeroed();
            libc::sigemptyset(&raw mut none);
            Mask(none)
        }
    }

    /// Blocks every signal; what was blocked before.
    pub(crate) fn block_all() -> io::Result<Mask> {
        let mut before = Mask::none();
        // SAFETY: a signal set is plain data, which sigfillset initialises; both sets live.
        let answer = unsafe {
            let mut all = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before.0)
        };
        if answer == 0 { Ok(before) } else { Err(io::Error::from_raw_os_error(answer)) }
    }

    /// From now on the set of no signal.
    pub(crate) fn clear(&mut self) {
        *self = Mask::none();
    }

    /// From now on the set of every signal but for SIGKILL, faults, and those that stop a process: who blocks these does
    /// nothing when the others come. They wait for nobody, as a forked child does not inherit them.
    pub(crate) fn fill(&mut self) {
        let stop = [libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU, libc::SIGCONT];
        // SAFETY: a live set, and numbers of signals; those that cannot be blocked are passed over.
        unsafe {
            libc::sigfillset(&raw mut self.0);
            for signal in FAULTS.into_iter().chain(stop).chain([libc::SIGCHLD]) {
                libc::sigdelset(&raw mut self.0, signal);
            }
        }
    }

    /// Blocks these signals and no others.
    pub(crate) fn set(&self) {
        // SAFETY: a live set; the old one is not asked for. The call cannot fail: SIG_SETMASK is a valid choice.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, ptr::null_mut()) };
    }
}

/// Gives every signal that is handled its default action, as execve(2) does; what is ignored stays so. A handler of the
/// parent's would act on what the two processes still share: the pipe, say, by which it wakes the parent.
pub(crate) fn reset_handlers() {
    for signal in (1..=libc::SIGRTMAX()).filter(|signal| !FAULTS.contains(signal)) {
        // SAFETY: a sigaction is plain data, for which zeros are right; the old action is written to it. For numbers
        // that may not be asked about the call is an error, and the zeros stay, which mean the default.
        let action = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, ptr::null(), &raw mut action);
            action.sa_sigaction
        };
        if action != libc::SIG_DFL && action != libc::SIG_IGN {
            set(signal, libc::SIG_DFL);
        }
    }
}

/// Leaves it to the program what the signals mean that its whole group gets: here they do nothing.
pub(crate) fn leave_to_the_program() {
    FOR_THE_PROGRAM.into_iter().for_each(disregard);
}

/// By a handler, and not by ignoring it: a program that a task executes would inherit that it is ignored.
fn disregard(signal: libc::c_int) {
    extern "C" fn do_nothing(_: libc::c_int) {}
    set(signal, do_nothing as *const () as usize);
}

fn set(signal: libc::c_int, action: libc::sighandler_t) {
    // SAFETY: a sigaction is plain data, for which zeros are right (an empty mask); the handler, if it is one, does
    // nothing. What may not be set (SIGKILL, SIGSTOP) keeps its default.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_RESTART;
        libc::sigaction(signal, &raw const new, ptr::null_mut());
    }
}
