//! What is written for the user. Nobody reads any more once a pipe is closed (`| head`): then the command ends without a word.

use std::ffi::OsStr;
use std::io::{self, Write};

use interleave_claims::report::printable::printable_lines;
use interleave_claims::say;
use interleave_claims::words::broken_between_words;

/// The exit status of a command that SIGPIPE has ended, by a shell's count.
const CLOSED_PIPE: i32 = 128 + 13;

/// Writes to standard output. Ends this process if that cannot be done; what it has started notices, and ends as well.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(CLOSED_PIPE),
        Err(error) => {
            complain(&say!("cannot write to standard output: {}", &error).told());
            std::process::exit(2);
        }
    }
}

/// Writes a message to standard error, made safe for a terminal.
pub fn complain(text: &str) {
    // If nobody listens there either, there is nobody to be told.
    let _ = writeln!(io::stderr(), "{}", printable_lines(text.trim_end()));
}

/// Breaks text between words so that no line takes more than `width` columns, unless a word does.
pub fn wrap(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.split('\n').flat_map(|line| broken_between_words(line, width, 0)).collect();
    lines.join("\n")
}

/// A word as a shell takes it.
pub fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    shlex::try_quote(&word).map_or_else(|_| word.to_string(), |quoted| quoted.into_owned())
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three\nfour", 8), "one two\nthree\nfour");
        assert_eq!(wrap("a  b", 10), "a  b");
    }
}
