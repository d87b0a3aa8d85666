//! What this process has printed, by Rust or by C, and has not written out.

use std::io::{self, Write};

unsafe extern "C" {
    // stdio(3) and stdio_ext(3); the libc crate declares neither.
    static stdout: *mut libc::FILE;
    fn __fpending(stream: *mut libc::FILE) -> libc::size_t;
}

/// Writes out all of it.
pub(super) fn flush() -> io::Result<()> {
    io::stdout().flush()?;
    io::stderr().flush()?;
    // SAFETY: a null stream means all output streams.
    if unsafe { libc::fflush(std::ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Writes out what was printed to standard output (standard error has no buffer), and costs next to nothing when nothing was.
pub(crate) fn flush_stdout() -> io::Result<()> {
    io::stdout().flush()?;
    // SAFETY: the C library's standard output, which is there as long as the process.
    if unsafe { __fpending(stdout) != 0 && libc::fflush(stdout) != 0 } {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
