//! Which steps of a run had to come before which, and which of them race.

use crate::protocol::Step;

/// Whether one step has to come before a later one of another task, whatever else happens.
fn is_cause(steps: &[Step], earlier: usize, later: &Step) -> bool {
    steps[earlier].task == later.task || later.depends.contains(&(earlier as u32))
}

/// The steps that have to come before this later one, and those of them with which it races: they could have come in the
/// other order. `before` holds the past of each of the `steps`; `size` is the number of steps of the whole run.
///
/// A race is hidden by another one that comes between, since that is reversed first. But a step that may have to wait perhaps
/// could not have come before an earlier one at all, and then nothing is reversed: of two who take from one pipe, the second
/// could have taken what the first took, though in this run it took what was put back. So the races of such a step hide none.
pub fn past(steps: &[Step], before: &[StepSet], size: usize, later: &Step) -> (StepSet, Vec<usize>) {
    let mut past = StepSet::new(size);
    let mut hidden = StepSet::new(size);
    let mut races = Vec::new();
    for (earlier, step) in steps.iter().enumerate().rev() {
        if past.contains(earlier) && hidden.contains(earlier) {
            continue;
        }
        let is_own = step.task == later.task;
        let conflicts = !is_own && step.footprint.conflicts(&later.footprint);
        if conflicts && !hidden.contains(earlier) {
            races.push(earlier);
        }
        if is_own || conflicts || is_cause(steps, earlier, later) {
            past.insert(earlier);
            past.unite(&before[earlier]);
        }
        if is_own || conflicts && !later.may_wait {
            hidden.insert(earlier);
            hidden.unite(&before[earlier]);
        }
    }
    (past, races)
}

/// A set of steps.
#[derive(Clone)]
pub struct StepSet(Vec<u64>);

impl StepSet {
    /// The empty set of so many.
    pub fn new(size: usize) -> StepSet {
        StepSet(vec![0; size.div_ceil(64)])
    }

    pub fn contains(&self, n: usize) -> bool {
        self.0[n / 64] >> (n % 64) & 1 == 1
    }

    pub fn insert(&mut self, n: usize) {
        self.0[n / 64] |= 1 << (n % 64);
    }

    pub fn unite(&mut self, other: &StepSet) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Access, Footprint, Object, TaskId};

    fn step(task: TaskId, may_wait: bool, object: u64, access: Access) -> Step {
        let mut footprint = Footprint::default();
        footprint.add(Object::Head(object), access);
        Step { task, may_wait, footprint, ..Step::default() }
    }

    fn races(steps: &[Step]) -> Vec<Vec<usize>> {
        let mut before = Vec::new();
        let mut all = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let (past, races) = past(&steps[..number], &before, steps.len(), step);
            before.push(past);
            all.push(races);
        }
        all
    }

    #[test]
    fn a_race_is_hidden_by_one_that_comes_between() {
        let write = |task| step(task, false, 7, Access::Write);
        assert_eq!(races(&[write(0), write(1), write(2)]), [vec![], vec![0], vec![1]]);
    }

    #[test]
    fn looks_do_not_race() {
        let read = |task| step(task, false, 7, Access::Read);
        assert_eq!(races(&[read(0), read(1)]), [vec![], vec![]] as [Vec<usize>; 2]);
    }

    #[test]
    fn who_may_have_waited_for_a_step_races_with_what_came_before_it() {
        // 0 takes and puts back, and then 2 takes; but 2 could have taken first.
        let steps =
            [step(0, true, 7, Access::Write), step(0, false, 7, Access::Write), step(2, true, 7, Access::Write)];
        assert_eq!(races(&steps)[2], [1, 0]);
    }
}
