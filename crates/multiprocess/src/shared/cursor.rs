//! Where one end of the ring stands, in one word: so that one store moves it.

/// Records lie on multiples of so many bytes; positions and sizes are counted in these units.
pub(super) const UNIT: usize = 4;

/// One end of the ring: the place of its next record, and how many records it has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Records passed so far, modulo 2³².
    pub(super) records: u32,
    /// Units from the start, modulo twice the ring's length: a full and an empty ring differ.
    at: u32,
}

impl Cursor {
    pub(super) fn from_word(word: u64) -> Cursor {
        Cursor { records: (word >> 32) as u32, at: word as u32 }
    }

    pub(super) fn word(self) -> u64 {
        u64::from(self.records) << 32 | u64::from(self.at)
    }

    /// Whether it is a place in a ring of that length: a word that somebody has overwritten may be none.
    pub(super) fn lies_in(self, length: u32) -> bool {
        u64::from(self.at) < 2 * u64::from(length)
    }

    /// Past one record of `units`. `length` is the ring's, at most 2³¹ - 1 units, and `units` at most `length`.
    pub(super) fn past_record(self, units: u32, length: u32) -> Cursor {
        let at = u64::from(self.at) + u64::from(units);
        let turn = 2 * u64::from(length);
        // Less than twice `turn` before, so less than `turn` after.
        let at = if at >= turn { at - turn } else { at };
        Cursor { records: self.records.wrapping_add(1), at: at as u32 }
    }

    /// Units from here to `later`.
    pub(super) fn units_to(self, later: Cursor, length: u32) -> u32 {
        if later.at >= self.at { later.at - self.at } else { later.at.wrapping_add(2 * length).wrapping_sub(self.at) }
    }

    /// Records between here and `later`.
    pub(super) fn records_to(self, later: Cursor) -> u32 {
        later.records.wrapping_sub(self.records)
    }

    /// Bytes from the start of the ring.
    pub(super) fn offset(self, length: u32) -> usize {
        let at = if self.at >= length { self.at - length } else { self.at };
        at as usize * UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_is_not_an_empty_one() {
        for length in [1, 3, 1024, i32::MAX as u32] {
            let head = Cursor::from_word(0);
            let full = head.past_record(length, length);
            assert_eq!(head.units_to(full, length), length);
            assert_eq!(full.units_to(full, length), 0);
            assert_eq!(full.offset(length), 0);
        }
    }

    #[test]
    fn a_stray_word_is_no_place() {
        for length in [1, 1024, i32::MAX as u32] {
            assert!(Cursor::from_word(u64::from(2 * length - 1)).lies_in(length));
            assert!(!Cursor::from_word(u64::from(2 * length)).lies_in(length));
            assert!(!Cursor::from_word(u64::MAX).lies_in(length));
        }
    }

    #[test]
    fn distances_hold_all_the_way_round() {
        let length = 7;
        let mut head = Cursor::from_word(0);
        for step in 0..100 {
            let units = step % length + 1;
            let tail = head.past_record(units, length);
            assert_eq!(head.units_to(tail, length), units);
            assert_eq!(head.records_to(tail), 1);
            assert!(tail.offset(length) < length as usize * UNIT);
            assert_eq!(Cursor::from_word(tail.word()), tail);
            head = tail;
        }
    }

    #[test]
    fn the_count_of_records_may_wrap() {
        let head = Cursor { records: u32::MAX, at: 0 };
        assert_eq!(head.records_to(head.past_record(1, 8)), 1);
    }
}
