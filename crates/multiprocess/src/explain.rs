//! Errors of the system that say what was tried.

use std::fmt;
use std::io;

/// The system's error, with what was tried in front of it.
pub(crate) fn explain(answer: io::Error, tried: fmt::Arguments<'_>) -> io::Error {
    io::Error::new(answer.kind(), format!("{tried}: {answer}"))
}
