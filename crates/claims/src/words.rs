//! What the notes say of a process, in English.

use std::fmt;

use interleave::trace::signal_name;

use crate::notes::claims::Ending;

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Exit(code) => write!(f, "ends with exit code {code}"),
            Ending::Signal(signal) => write!(f, "is ended by {}", signal_name(*signal)),
        }
    }
}
