//! Of the orders of output that one run stands for, one for each text.
//!
//! Eight processes that each print the same line do so in 40,320 orders, and all of these show the same. Where only the text counts, the
//! orders are followed all at once: after each line of the text, all sets of steps are kept that may have come so far, as a nondeterministic
//! automaton is made deterministic (Rabin and Scott: Finite automata and their decision problems, 1959).

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::linearizations::{Linearization, Linearizations};

/// More sets of steps are not kept for one beginning of a text: then orders are followed one by one.
const MOST_SETS: usize = 20_000;

/// The visible steps that have come so far, a bit each, and an order in which they can have.
type Reached = BTreeMap<Vec<u64>, Vec<usize>>;

impl<'a> Linearizations<'a> {
    /// Whether the run stands for more orders than this.
    pub fn are_more_than(&self, most: usize) -> bool {
        let mut missing = self.missing.clone();
        let mut found = 0;
        self.count(&self.first(), &mut missing, &mut found, most);
        found > most
    }

    /// Counts the orders that go on with one of those that may come now, until there are more than `most`.
    fn count(&self, ready: &[usize], missing: &mut [usize], found: &mut usize, most: usize) {
        if ready.is_empty() {
            *found += 1;
        }
        for &next in ready {
            if *found > most {
                return;
            }
            let mut then: Vec<usize> = ready.iter().copied().filter(|&other| other != next).collect();
            for &other in &self.after[next] {
                missing[other] -= 1;
                then.extend((missing[other] == 0).then_some(other));
            }
            self.count(&then, missing, found, most);
            self.after[next].iter().for_each(|&other| missing[other] += 1);
        }
    }

    /// Gives an order for each different text to `each`, first that of the run itself.
    pub fn for_each_text(self, mut each: impl FnMut(Linearization<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
        let texts: Vec<u64> = self.visible.iter().map(|&step| self.text_of(step)).collect();
        let none = vec![0; texts.len().div_ceil(64)];
        // For each beginning of a text that is being followed: how it can go on.
        let mut beginnings = vec![vec![Reached::from([(none, Vec::new())])]];
        let mut given = 0;
        while let Some(beginning) = beginnings.last_mut() {
            let Some(reached) = beginning.pop() else {
                beginnings.pop();
                continue;
            };
            let next = self.one_line_on(&reached, &texts);
            if next.iter().any(|reached| reached.len() > MOST_SETS) {
                return self.for_each(each);
            }
            if next.is_empty() {
                given += 1;
                // All have come, in whatever order.
                let placed = reached.into_values().min().unwrap_or_default();
                each(self.order(&placed))?;
                continue;
            }
            beginnings.push(next);
        }
        debug_assert!(given > 0, "a run has at least its own order");
        ControlFlow::Continue(())
    }

    /// Where one more visible step leads to, for each text that it may write: the text of the first that can come is last.
    fn one_line_on(&self, reached: &Reached, texts: &[u64]) -> Vec<Reached> {
        let mut next: BTreeMap<u64, Reached> = BTreeMap::new();
        for (set, placed) in reached {
            let has_come = |step: usize| set[step / 64] >> (step % 64) & 1 == 1;
            let may_come = |&step: &usize| {
                !has_come(step) && (0..texts.len()).all(|other| has_come(other) || !self.after[other].contains(&step))
            };
            let ready: Vec<usize> = (0..texts.len()).filter(may_come).collect();
            for (at, &step) in ready.iter().enumerate() {
                // Of two that write the same, and have to come before the same, it makes no difference which is first.
                let is_same = |&other: &usize| texts[other] == texts[step] && self.after[other] == self.after[step];
                if ready[..at].iter().any(is_same) {
                    continue;
                }
                let mut set = set.clone();
                set[step / 64] |= 1 << (step % 64);
                let path = || placed.iter().copied().chain([step]).collect();
                next.entry(texts[step]).or_default().entry(set).or_insert_with(path);
            }
        }
        let first = |reached: &Reached| reached.values().min().cloned();
        let mut next: Vec<Reached> = next.into_values().collect();
        next.sort_by_key(|reached| std::cmp::Reverse(first(reached)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Chunk, Run, Step};

    /// A run in which each of these writes its lines, in this order.
    fn run(lines: &[(u16, &str)]) -> Run {
        let step = |&(task, _): &(u16, &str)| Step { task, ..Step::default() };
        let chunk = |(step, &(task, text)): (usize, &(u16, &str))| Chunk {
            step: step as u32,
            pid: u32::from(task) + 1,
            text: format!("{text}\n"),
        };
        Run {
            steps: lines.iter().map(step).collect(),
            output: lines.iter().enumerate().map(chunk).collect(),
            processes: (1..=9).collect(),
            tasks: (1..=9).collect(),
            ..Run::default()
        }
    }

    fn texts(run: &Run) -> Vec<String> {
        let mut texts = Vec::new();
        let _ = Linearizations::of(run, false).for_each_text(|order| {
            texts.push(order.output().iter().map(|chunk| chunk.text.replace('\n', "")).collect());
            ControlFlow::Continue(())
        });
        texts
    }

    #[test]
    fn orders_that_show_the_same_are_given_once() {
        let same = run(&[(0, "a"), (1, "a"), (2, "a"), (3, "a"), (4, "a"), (5, "a"), (6, "a"), (7, "a")]);
        assert!(Linearizations::of(&same, false).are_more_than(40_319));
        assert!(!Linearizations::of(&same, false).are_more_than(40_320));
        assert_eq!(texts(&same), ["aaaaaaaa"]);
        let two = run(&[(0, "a"), (0, "b"), (1, "a"), (1, "b")]);
        assert_eq!(texts(&two), ["abab", "aabb"]);
        assert!(Linearizations::of(&two, false).are_more_than(5) && !Linearizations::of(&two, false).are_more_than(6));
    }

    #[test]
    fn all_texts_are_those_of_all_orders() {
        for lines in [
            vec![(0, "a"), (0, "b"), (1, "a"), (1, "c"), (2, "a")],
            vec![(0, "x"), (1, "y"), (2, "x"), (0, "y"), (1, "x"), (2, "y")],
            vec![(0, "a"), (0, "a"), (1, "a"), (1, "b"), (2, "b"), (2, "a")],
        ] {
            let run = run(&lines);
            let mut all = Vec::new();
            let _ = Linearizations::of(&run, false).for_each(|order| {
                all.push(order.output().iter().map(|chunk| chunk.text.replace('\n', "")).collect::<String>());
                ControlFlow::Continue(())
            });
            all.sort();
            all.dedup();
            let mut found = texts(&run);
            assert_eq!(found[0], lines.iter().map(|(_, text)| *text).collect::<String>(), "its own order is first");
            found.sort();
            assert_eq!(found, all);
        }
    }
}
