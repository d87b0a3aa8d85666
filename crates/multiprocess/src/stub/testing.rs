//! See `testing.rs`.

use super::unsupported;

pub fn in_process(test: fn()) {
    panic!("the test's process could not be run: {}", unsupported());
}
