//! Why a pool cannot go on, in words, where its owner finds them.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// As many bytes as are kept.
const LENGTH: usize = 504;

const NONE: u32 = 0;
const BEING_WRITTEN: u32 = 1;
const WRITTEN: u32 = 2;

/// In shared memory, where zeros mean that there is none. The first one counts: those that follow come of it.
#[repr(C)]
pub(super) struct FatalError {
    state: AtomicU32,
    length: AtomicU32,
    text: [AtomicU8; LENGTH],
}

impl FatalError {
    pub(super) fn set(&self, words: fmt::Arguments<'_>) {
        if self.state.compare_exchange(NONE, BEING_WRITTEN, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let words = words.to_string();
        for (to, from) in self.text.iter().zip(words.bytes()) {
            to.store(from, Ordering::Relaxed);
        }
        self.length.store(words.len().min(LENGTH) as u32, Ordering::Relaxed);
        self.state.store(WRITTEN, Ordering::Release);
    }

    pub(super) fn is_set(&self) -> bool {
        self.state.load(Ordering::Acquire) == WRITTEN
    }

    pub(super) fn read(&self) -> Option<String> {
        if !self.is_set() {
            return None;
        }
        let length = self.length.load(Ordering::Relaxed) as usize;
        let bytes: Vec<u8> = self.text.iter().take(length).map(|byte| byte.load(Ordering::Relaxed)).collect();
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> FatalError {
        FatalError {
            state: AtomicU32::new(NONE),
            length: AtomicU32::new(0),
            text: [const { AtomicU8::new(0) }; LENGTH],
        }
    }

    #[test]
    fn the_first_error_counts() {
        let fatal_error = none();
        assert_eq!(fatal_error.read(), None);
        fatal_error.set(format_args!("no {}", "memory"));
        fatal_error.set(format_args!("another"));
        assert_eq!(fatal_error.read().as_deref(), Some("no memory"));
    }

    #[test]
    fn a_long_error_is_cut_off() {
        let fatal_error = none();
        fatal_error.set(format_args!("{}", "x".repeat(1000)));
        assert_eq!(fatal_error.read(), Some("x".repeat(LENGTH)));
    }
}
