//! Which steps of a run had to come before which.

use super::wire::Step;

/// The steps that have to come before this later one, and those of them with which it races: they could have come in the
/// other order. `before` holds the past of each of the `steps`; `size` is the number of steps of the whole run.
pub fn past(steps: &[Step], before: &[Bits], size: usize, later: &Step) -> (Bits, Vec<usize>) {
    let mut past = Bits::new(size);
    let mut races = Vec::new();
    for (earlier, step) in steps.iter().enumerate().rev() {
        if past.contains(earlier) {
            continue;
        }
        let depends = later.depends.contains(&(earlier as u32));
        let conflicts = step.footprint.conflicts(&later.footprint);
        let heard_after = later.heard_after.contains(&(earlier as u32));
        if step.task == later.task || depends || heard_after || conflicts {
            past.insert(earlier);
            past.unite(&before[earlier]);
            // A process that kills another and then hears of its end depends on that end, but for the killing it need not
            // have waited.
            if step.task != later.task && conflicts && (!depends || later.kills) {
                races.push(earlier);
            }
        }
    }
    (past, races)
}

/// A set of steps.
#[derive(Clone)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set of so many.
    pub fn new(size: usize) -> Bits {
        Bits(vec![0; size.div_ceil(64)])
    }

    pub fn contains(&self, n: usize) -> bool {
        self.0[n / 64] >> (n % 64) & 1 == 1
    }

    pub fn insert(&mut self, n: usize) {
        self.0[n / 64] |= 1 << (n % 64);
    }

    pub fn unite(&mut self, other: &Bits) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}
