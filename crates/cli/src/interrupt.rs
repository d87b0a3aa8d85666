//! Ctrl-C while a terminal shows how far we are: what is half done there is wiped away first.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many lines of the terminal show progress.
static LINES: AtomicUsize = AtomicUsize::new(0);

/// From now on so many lines show progress, and Ctrl-C wipes them away. Without a terminal nothing changes.
pub fn shows(lines: usize) {
    LINES.store(lines, Ordering::Relaxed);
    if lines > 0 && io::stderr().is_terminal() {
        // SAFETY: the handler makes nothing but system calls that signal-safety(7) allows, and touches one atomic number.
        unsafe { libc::signal(libc::SIGINT, wipe as *const () as libc::sighandler_t) };
    }
}

/// One line less shows progress.
pub fn hides_one() {
    // It fails only for a function that answers `None`.
    let _ = LINES.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |lines| Some(lines.saturating_sub(1)));
}

/// Wipes the lines away, and then lets the signal do what it does.
extern "C" fn wipe(signal: libc::c_int) {
    const UP: &[u8] = b"\x1b[A";
    const WIPE: &[u8] = b"\r\x1b[J";
    let write = |bytes: &[u8]| {
        // SAFETY: write(2) reads no more than these bytes. Should it fail, there is nobody to be told.
        let _ = unsafe { libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len()) };
    };
    (1..LINES.load(Ordering::Relaxed)).for_each(|_| write(UP));
    write(WIPE);
    // SAFETY: both are async-signal-safe; the signal comes again as soon as this handler returns.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}
