//! Errors of the system that say what was tried.

use std::error::Error;
use std::fmt;
use std::io;

/// The system's error, with what was tried in front of it. The system's own, with its number, is the source of this one.
pub(crate) fn explain(answer: io::Error, tried: fmt::Arguments<'_>) -> io::Error {
    io::Error::new(answer.kind(), Explained { tried: tried.to_string(), answer })
}

#[derive(Debug)]
struct Explained {
    tried: String,
    answer: io::Error,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.tried, self.answer)?;
        match self.answer.raw_os_error() {
            Some(libc::EMFILE) => f.write_str("; close some, or allow more (`ulimit -n`)"),
            // Of a fork, or of memory.
            Some(libc::EAGAIN) => {
                f.write_str("; end some processes, or allow more (`ulimit -u`, pids.max of the control group)")
            }
            Some(libc::ENOMEM) => f.write_str("; ask for less, or allow more (`ulimit -v`)"),
            _ => Ok(()),
        }
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.answer)
    }
}
