//! What this process has mapped, as /proc lists it.

use std::ops::Range;

/// A line of maps: address, rights, offset, device, inode, name. See proc_pid_maps(5).
pub(crate) struct Mapping<'a> {
    line: &'a str,
    /// As letters: to read, to write, to execute; shared or private.
    pub(crate) rights: &'a [u8; 4],
}

impl<'a> Mapping<'a> {
    pub(crate) fn of(line: &'a str) -> Option<Mapping<'a>> {
        let rights: &[u8; 4] = line.split(' ').nth(1)?.as_bytes().try_into().ok()?;
        matches!(rights[3], b's' | b'p').then_some(Mapping { line, rights })
    }

    /// Blanks come before it, and may be in it.
    pub(crate) fn name(&self) -> &'a str {
        self.line.splitn(6, ' ').nth(5).unwrap_or_default().trim_start()
    }

    /// Its first address, and the one behind its last.
    pub(crate) fn range(&self) -> Option<Range<usize>> {
        let (start, end) = self.line.split_once(' ')?.0.split_once('-')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        Some(address(start)?..address(end)?)
    }
}
