//! What is known of the memory that a process shares with others.

use crate::kernel::sharing::Region;

/// The shared memory of a process, as far as it was looked for.
#[derive(Debug, Default)]
pub struct Sharing {
    /// It has asked for such memory, or was born with some.
    pub has_some: bool,
    /// It has asked for some since it was last looked at.
    pub is_stale: bool,
    /// Where it lies.
    pub regions: Vec<Region>,
    /// The process whose memory it uses until it executes a program (vfork(2)).
    pub borrows_from: Option<usize>,
    /// Those of whom it was told that they share memory with it.
    pub told: Vec<usize>,
}

impl Sharing {
    /// It asks for memory that others may have as well, or gives some back.
    pub fn may_have_changed(&mut self) {
        (self.has_some, self.is_stale) = (true, true);
    }
}
