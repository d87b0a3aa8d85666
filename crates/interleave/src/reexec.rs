//! Helper processes: this very executable, started again under another name.
//!
//! A recorder and a supervisor have to be processes of their own, and a library cannot rely on a program being installed
//! beside it. So the running executable is started again, and a constructor, which the dynamic loader calls before `main`
//! (`.init_array` in elf(5)), sees by the name it was given that it is to be a helper. This works in any program that uses
//! this crate, the test binaries of others among them.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::io;
use std::os::unix::ffi::OsStrExt;

use crate::helper::Helper;
use crate::{record, supervisor};

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn(c_int, *const *const c_char) = become_helper;

/// Called before `main`. In a helper it does not return.
extern "C" fn become_helper(count: c_int, arguments: *const *const c_char) {
    // musl's loader passes nothing; there are no arguments to be read then.
    if count < 1 || arguments.is_null() {
        return;
    }
    // SAFETY: glibc calls constructors with the arguments of `main`: an array of `count` pointers to strings that last as
    // long as the process.
    let argument = |n: usize| unsafe {
        let pointer = if n < count as usize { *arguments.add(n) } else { std::ptr::null() };
        (!pointer.is_null()).then(|| CStr::from_ptr(pointer))
    };
    let Some(name) = argument(0) else { return };
    let helper = Helper::ALL.into_iter().find(|h| h.name().as_bytes() == name.to_bytes());
    if helper.is_some() {
        // As Rust's runtime does before `main`: a caller that has gone away is an error, and no death.
        // SAFETY: to ignore a signal runs no code of ours.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    }
    let done = match helper {
        None => return,
        Some(Helper::Supervisor) => supervisor::serve::serve().map(|()| 0),
        Some(Helper::Keeper) => {
            let words = (1..count as usize).map_while(argument);
            let words: Vec<OsString> = words.map(|word| OsStr::from_bytes(word.to_bytes()).to_owned()).collect();
            record::keep(&words, io::stdin())
        }
        Some(Helper::Recorder) => {
            let job = argument(1).map_or(&[][..], CStr::to_bytes);
            serde_json::from_slice(job)
                .map_err(io::Error::from)
                .and_then(|job| record::record(&job, io::stdin(), io::stdout().lock()))
                .map(|()| 0)
        }
    };
    std::process::exit(match done {
        Ok(code) => code,
        // Whoever wanted the answer is gone, and nobody is left to be told.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 2,
        Err(error) => {
            eprintln!("{error}");
            2
        }
    });
}
