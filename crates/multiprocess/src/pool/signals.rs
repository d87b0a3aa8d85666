//! What signals mean in a pool's own processes. Handlers and mask are inherited from the program, which made them for
//! itself.

/// Signals raised by a fault in the process's own code. Their handlers go with the code: Rust's tells of a stack
/// overflow.
const FAULTS: [libc::c_int; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// Gives every signal from outside its default action, but for what the program ignores; blocks none; and leaves it to
/// the program what Ctrl-C means.
pub(super) fn reset() {
    for signal in (1..=libc::SIGRTMAX()).filter(|signal| !FAULTS.contains(signal)) {
        // SAFETY: a sigaction is plain data, for which zeros are right; the old action is written to it. For numbers
        // that may not be asked about the call is an error, and the zeros stay.
        let ignored = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut action);
            action.sa_sigaction == libc::SIG_IGN
        };
        if !ignored {
            set(signal, if signal == libc::SIGINT { do_nothing as *const () as usize } else { libc::SIG_DFL });
        }
    }
    // SAFETY: a signal set is plain data, which sigemptyset initialises; the old mask is not asked for.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Ignores a signal, and yet a program that a task executes does not: it inherits SIG_IGN, but no handler.
extern "C" fn do_nothing(_: libc::c_int) {}

fn set(signal: libc::c_int, action: libc::sighandler_t) {
    // SAFETY: a sigaction is plain data, for which zeros are right (an empty mask); the handler, if it is one, does
    // nothing. What may not be set (SIGKILL, SIGSTOP) has its default anyway.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_RESTART;
        libc::sigaction(signal, &raw const new, std::ptr::null_mut());
    }
}
