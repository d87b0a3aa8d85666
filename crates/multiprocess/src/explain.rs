//! Errors of the system that say what was tried.

use std::error::Error;
use std::fmt;
use std::io;

/// What was tried, and what the system answered.
#[derive(Debug)]
struct Explained {
    tried: String,
    answer: io::Error,
}

/// The system's error, with what was tried in front of it.
pub(crate) fn explain(answer: io::Error, tried: fmt::Arguments<'_>) -> io::Error {
    io::Error::new(answer.kind(), Explained { tried: tried.to_string(), answer })
}

/// The system's error number, of an explained error too.
pub(crate) fn error_number(error: &io::Error) -> Option<i32> {
    let explained = error.get_ref().and_then(|inner| inner.downcast_ref::<Explained>());
    explained.map_or_else(|| error.raw_os_error(), |explained| error_number(&explained.answer))
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.tried, self.answer)
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explained_error_keeps_its_kind_and_its_number() {
        let error = explain(io::Error::from_raw_os_error(libc::EAGAIN), format_args!("could not fork"));
        let error = explain(error, format_args!("could not start a worker"));
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(error_number(&error), Some(libc::EAGAIN));
        assert!(error.to_string().starts_with("could not start a worker: could not fork: "), "{error}");
    }
}
