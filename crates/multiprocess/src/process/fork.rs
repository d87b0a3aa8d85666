//! The fork itself, and how a forked child ends.

use std::ffi::{c_int, c_void};
use std::io;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI32, Ordering};

use super::hand_over::HandOver;
use super::output::flush;
use super::signals::{self, Mask};
use super::{alone, pidfd, reaper};
use crate::explain::explain;

/// The exit code of a Rust program whose main thread panicked.
const EXIT_CODE_OF_PANIC: i32 = 101;

/// Forks a child that runs `f` and ends. `set_up` runs in it first, when no signal can arrive yet and the parent's
/// handlers are gone; it is given the signals that will then be blocked, which are those that the parent blocks.
///
/// # Safety
///
/// Whoever uses memory that this process has mapped shared expects the child to write there too.
pub(crate) unsafe fn fork_process(
    set_up: impl FnOnce(&mut Mask),
    f: impl FnOnce(),
) -> io::Result<(libc::pid_t, OwnedFd)> {
    alone::must_have_one_thread()?;
    must_keep_exit_statuses()?;
    // What is still buffered would be printed by both processes.
    let mut stdout = io::stdout();
    flush(&mut stdout)
        .map_err(|e| explain(e, format_args!("could not flush output before starting a child process")))?;
    // Should the system refuse a descriptor for the child when that is at work already, it would have to be killed. So we
    // ask before, for ourselves, and let the answer keep the place.
    let place = pidfd::open(std::process::id().cast_signed())
        .map_err(|e| explain(e, format_args!("could not open a descriptor for a child process")))?;
    let hand_over = HandOver::new()?;
    let mut mask = Mask::block_all().map_err(|e| explain(e, format_args!("could not block signals for a fork")))?;

    // SAFETY: nobody else runs in this process's memory, as was just checked, and only this thread could have started
    // another since: the child is a whole copy in which no lock is held by a thread that does not exist. What it
    // shares, the caller vouches for. It does not leave this function.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        signals::reset_handlers();
        set_up(&mut mask);
        drop(place);
        hand_over.wait();
        mask.set();
        run_child(f, stdout);
    }
    let outcome = if pid < 0 {
        Err(explain(io::Error::last_os_error(), format_args!("could not fork a child process")))
    } else {
        drop(place);
        pidfd::open(pid).map(|pidfd| (pid, pidfd)).map_err(|error| give_up(pid, error))
    };
    mask.set();
    if outcome.is_ok() {
        // What was moved may panic as it is dropped. Then nobody gets a handle.
        let unheld = Unheld(pid);
        hand_over.give(f, pid);
        std::mem::forget(unheld);
    }
    outcome
}

/// A child that nobody waits for, when this is dropped.
struct Unheld(libc::pid_t);

impl Drop for Unheld {
    fn drop(&mut self) {
        reaper::adopt(self.0);
    }
}

/// Ends a child that cannot have a descriptor: the whole system has run out of them since we asked.
#[cold]
fn give_up(pid: libc::pid_t, error: io::Error) -> io::Error {
    // SAFETY: `pid` is our child and not reaped yet, so it is still the process meant.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    let _ = super::wait(pid, 0);
    explain(
        error,
        format_args!("could not open a descriptor for child process {pid}, which may have begun and was killed"),
    )
}

/// As [`fork_process`], but refuses if there is memory that the child would share.
pub(crate) fn fork_copy(set_up: impl FnOnce(&mut Mask), f: impl FnOnce()) -> io::Result<(libc::pid_t, OwnedFd)> {
    alone::must_share_no_memory()?;
    // SAFETY: there is no such memory, but for this library's own.
    unsafe { fork_process(set_up, f) }
}

/// Runs `f`, and ends.
fn run_child(f: impl FnOnce(), mut stdout: io::Stdout) -> ! {
    let end = ChildEnd::before_anything_else();
    let code = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(()) => 0,
        Err(payload) => {
            // Dropping it could panic again.
            std::mem::forget(payload);
            EXIT_CODE_OF_PANIC
        }
    };
    // There is nobody left to tell if it fails.
    let _ = flush(&mut stdout);
    end.exit(code)
}

/// How a child ends: with the destructors of the thread-locals that it made itself, and nothing else. Those that it found
/// belong to the parent, as does what was registered with `atexit`: a temporary directory would be removed, a
/// buffer be written a second time.
///
/// exit(3) runs the thread's destructors first, the last registered first (glibc's stdlib/exit.c and
/// cxa_thread_atexit_impl.c). So one that is registered before any other of the child's runs after them, and ends
/// the process there.
struct ChildEnd {
    is_registered: bool,
}

/// The exit code of a child that ends by itself; [`NOT_ENDING`] when the program calls exit(3), which does all that it
/// does elsewhere.
static ENDS_WITH: AtomicI32 = AtomicI32::new(NOT_ENDING);
const NOT_ENDING: i32 = -1;

unsafe extern "C" {
    // Of the C++ ABI, and in glibc since 2.18; the libc crate does not declare it. Rust's thread-locals use it, too.
    fn __cxa_thread_atexit_impl(
        destructor: unsafe extern "C" fn(*mut c_void),
        object: *mut c_void,
        dso: *mut c_void,
    ) -> c_int;
    /// Names the program or library that this code is part of.
    static __dso_handle: u8;
}

impl ChildEnd {
    fn before_anything_else() -> ChildEnd {
        unsafe extern "C" fn end(_: *mut c_void) {
            let code = ENDS_WITH.load(Ordering::Relaxed);
            if code != NOT_ENDING {
                // What they have printed.
                let _ = flush(&mut io::stdout());
                // SAFETY: ends this process.
                unsafe { libc::_exit(code) };
            }
        }
        // A fork by one that is ending inherits this.
        ENDS_WITH.store(NOT_ENDING, Ordering::Relaxed);
        let dso = (&raw const __dso_handle).cast_mut().cast();
        // SAFETY: a function that looks at no object, and the name of this code.
        ChildEnd { is_registered: unsafe { __cxa_thread_atexit_impl(end, std::ptr::null_mut(), dso) } == 0 }
    }

    fn exit(self, code: i32) -> ! {
        if !self.is_registered {
            // SAFETY: ends this process.
            unsafe { libc::_exit(code) };
        }
        ENDS_WITH.store(code, Ordering::Relaxed);
        // SAFETY: never comes further than to `end`, above.
        unsafe { libc::exit(code) }
    }
}

pub(super) fn set_name(name: &str) {
    // What follows a NUL, or the 15th byte, the kernel would ignore.
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes[..15].iter_mut().zip(name.bytes().take_while(|&b| b != 0)) {
        *to = from;
    }
    // SAFETY: `bytes` is a string that ends with NUL; the kernel copies it.
    unsafe { libc::prctl(libc::PR_SET_NAME, bytes.as_ptr()) };
}

/// Lets this process, a child of `parent`, be killed when the thread that forked it ends, or the parent does.
/// `false`: the parent has ended already.
pub(crate) fn die_with(parent: u32) -> bool {
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    // A parent that was gone before that call sends no signal.
    std::os::unix::process::parent_id() == parent
}

/// While SIGCHLD is ignored (a program may inherit that without knowing), the system throws away how children ended and may
/// give their pids to others at once. Then the default, which does nothing either, takes its place.
fn must_keep_exit_statuses() -> io::Result<()> {
    let set = |new: *const libc::sigaction, old: *mut libc::sigaction| {
        // SAFETY: both pointers are null or point at a live sigaction.
        if unsafe { libc::sigaction(libc::SIGCHLD, new, old) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: a sigaction is plain data, for which zeros are right: the default action, no flags.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    set(std::ptr::null(), &raw mut action)?;
    if action.sa_sigaction == libc::SIG_IGN || action.sa_flags & libc::SA_NOCLDWAIT != 0 {
        if action.sa_sigaction == libc::SIG_IGN {
            action.sa_sigaction = libc::SIG_DFL;
        }
        action.sa_flags &= !libc::SA_NOCLDWAIT;
        set(&raw const action, std::ptr::null_mut())?;
    }
    Ok(())
}
