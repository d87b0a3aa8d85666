//! What this process has printed, by Rust or by C, and has not written out.
//!
//! Every forked child asks, and most have nothing to write. For a process that new, each page of code that it runs first and
//! each page of data that it writes to is a page fault, and a few of them take as long as a tenth of the fork. So it
//! touches as little as it can.

use std::ffi::c_int;
use std::io::{self, Write};
use std::sync::atomic::{AtomicPtr, Ordering};

unsafe extern "C" {
    // stdio(3) and stdio_ext(3); the libc crate declares none of them.
    static stdout: *mut libc::FILE;
    static stderr: *mut libc::FILE;
    fn __fpending(stream: *mut libc::FILE) -> libc::size_t;
}

/// Writes out what was printed to standard output and standard error: by Rust, whose standard error has no buffer, and by C.
#[inline]
pub(crate) fn flush(rust: &mut io::Stdout) -> io::Result<()> {
    rust.flush()?;
    // SAFETY: the C library's streams, which are there as long as the process.
    unsafe {
        for stream in [stdout, stderr] {
            if has_been_written_to(stream) && __fpending(stream) != 0 && libc::fflush(stream) != 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    Ok(())
}

/// Whether a C stream knows where to write: it does once something has been written to it.
///
/// # Safety
///
/// The stream is open.
#[inline]
unsafe fn has_been_written_to(stream: *mut libc::FILE) -> bool {
    /// How a `FILE` begins. The fields that follow are compiled into programs that use glibc's `putc_unlocked`, so none of
    /// these can ever move.
    #[repr(C)]
    struct Stream {
        flags: c_int,
        read: [*mut u8; 3],
        write_base: AtomicPtr<u8>,
    }
    // SAFETY: the caller's stream is a FILE of glibc (the crate builds with no other C library), so it begins like this. Should
    // another thread be writing to it, we see the pointer before or after.
    let stream = unsafe { &*stream.cast::<Stream>() };
    !stream.write_base.load(Ordering::Relaxed).is_null()
}
