//! What one process wrote, cut into lines.

use crate::trace::{Fault, Garbled, What};

/// The longest line kept, in bytes.
const MAX_LINE: usize = 16 << 10;

/// How much of garbled output is shown, in bytes.
const MAX_START: usize = 200;

/// How much of standard error is kept, in bytes.
const MAX_TAIL: usize = 4 << 10;

/// The standard output of one process.
#[derive(Default)]
pub struct Lines {
    /// The line that has no newline yet; of one that is too long, the beginning.
    unfinished: Vec<u8>,
}

impl Lines {
    /// Takes what was read and gives each line that is now complete to `emit`.
    pub fn push(&mut self, bytes: &[u8], mut emit: impl FnMut(What)) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, complete) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            // One byte more than a line may have is what tells that it is too long.
            let room = MAX_LINE + 1 - self.unfinished.len();
            self.unfinished.extend_from_slice(&text[..text.len().min(room)]);
            if complete {
                emit(self.line());
            }
        }
    }

    /// Of the line that has no newline yet, what is kept.
    pub fn unfinished(&self) -> &[u8] {
        &self.unfinished
    }

    /// The line that will never be complete, if there is one.
    pub fn finish(&mut self) -> Option<What> {
        match self.unfinished.len() {
            0 => None,
            1..=MAX_LINE => Some(garbled(Fault::NoNewline, &std::mem::take(&mut self.unfinished))),
            _ => Some(self.line()),
        }
    }

    fn line(&mut self) -> What {
        let line = std::mem::take(&mut self.unfinished);
        if line.len() > MAX_LINE {
            return garbled(Fault::TooLong, &line);
        }
        String::from_utf8(line).map_or_else(|e| garbled(Fault::NotUtf8, e.as_bytes()), What::Line)
    }
}

/// `bytes` as output that is not a line, for the reason given.
pub fn garbled(fault: Fault, bytes: &[u8]) -> What {
    let mut start = String::new();
    for chunk in bytes[..bytes.len().min(MAX_START)].utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                start.extend(character.escape_default());
            } else {
                start.push(character);
            }
        }
        start.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    What::Garbled(Garbled { fault, start })
}

/// The end of what one process wrote to standard error.
#[derive(Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let excess = self.bytes.len().saturating_sub(MAX_TAIL);
        self.bytes.drain(..excess);
    }

    /// What there is, unless it is nothing.
    pub fn take(&mut self) -> Option<What> {
        let bytes = std::mem::take(&mut self.bytes);
        (!bytes.is_empty()).then(|| What::Stderr(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of `text`, given piece by piece.
    fn cut(text: &[u8], piece: usize) -> Vec<What> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        text.chunks(piece).for_each(|piece| lines.push(piece, |line| all.push(line)));
        all.extend(lines.finish());
        all
    }

    #[test]
    fn lines_do_not_depend_on_how_they_arrive() {
        let mut text = "一\n\ntwo\r\n".as_bytes().to_vec();
        text.extend([b"\xff\n".as_slice(), &[b'x'; MAX_LINE], b"\n", &[b'y'; MAX_LINE + 1], b"\nend"].concat());
        let line = |text: &str| What::Line(text.to_owned());
        let expected = vec![
            line("一"),
            line(""),
            line("two\r"),
            garbled(Fault::NotUtf8, b"\xff"),
            line(&"x".repeat(MAX_LINE)),
            garbled(Fault::TooLong, &[b'y'; MAX_LINE]),
            garbled(Fault::NoNewline, b"end"),
        ];
        for piece in [1, 2, 3, 1000, text.len()] {
            assert_eq!(cut(&text, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn garbled_output_is_shown_escaped() {
        let What::Garbled(garbled) = garbled(Fault::NotUtf8, "é\u{1b}\n".as_bytes()) else { panic!() };
        assert_eq!(garbled.start, "é\\u{1b}\\n");
    }

    #[test]
    fn memory_is_bounded() {
        let (mut lines, mut tail) = (Lines::default(), Tail::default());
        for _ in 0..1000 {
            lines.push(&[b'x'; 1000], |_| panic!("no line"));
            tail.push(&[b'x'; 1000]);
        }
        assert!(lines.unfinished.len() <= MAX_LINE + 1 && tail.bytes.len() <= MAX_TAIL);
    }
}
