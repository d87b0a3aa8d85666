//! Chance that is the same in every run.

use crate::task_id::TaskId;

/// Numbers that look like chance and follow from the first: SplitMix64 (G. Steele, D. Lea, C. Flood, Fast Splittable
/// Pseudorandom Number Generators, OOPSLA 2014).
#[derive(Debug, Clone, Copy)]
pub struct Chance(pub u64);

impl Chance {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number below this one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Who goes on if that is left to chance: the first by a random rank, until the ranks are drawn anew. So one is left behind for
/// long while others go on, which a choice at each step would seldom bring about. After S. Burckhardt, P. Kothari, M. Musuvathi,
/// S. Nagarakatti, A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010.
pub struct Ranks {
    chance: Chance,
    seed: u64,
}

impl Ranks {
    /// How many steps it takes, on average, until the ranks are drawn anew.
    const STEPS: usize = 16;

    /// By this number.
    pub fn new(seed: u64) -> Ranks {
        Ranks { chance: Chance(seed), seed }
    }

    /// Who of these goes on; nobody, if there is none.
    pub fn first(&mut self, enabled: impl Iterator<Item = TaskId>) -> Option<TaskId> {
        if self.chance.below(Ranks::STEPS) == 0 {
            self.seed = self.chance.next();
        }
        enabled.min_by_key(|&task| Chance(self.seed ^ u64::from(task) << 32).next())
    }
}
