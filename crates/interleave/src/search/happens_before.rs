//! Which steps of a run had to come before which, and which of them race.

use crate::protocol::Step;

/// Whether one step has to come before a later one of another task, whatever else happens.
fn is_cause(steps: &[Step], earlier: usize, later: &Step) -> bool {
    steps[earlier].task == later.task || later.depends.contains(&(earlier as u32))
}

/// The steps that have to come before this later one, and those of them with which it races: they could have come in the
/// other order. `before` holds the past of each of the `steps`; `size` is the number of steps of the whole run.
///
/// A race is hidden by another one that comes between, since that is reversed first. That holds only if it can be: of two who
/// take from one pipe, the second could not have come right before what the first put back, but it could have taken
/// what the first took. A wait for the end of a child comes after the end that it was told of, and so after all that this had to
/// come after; only if there was another end to be told of can it come before that.
pub fn past(steps: &[Step], before: &[StepSet], size: usize, later: &Step) -> (StepSet, Vec<usize>) {
    let mut past = StepSet::new(size);
    let mut hidden = StepSet::new(size);
    let mut races = Vec::new();
    // Of a step that may have to wait: what may have let it go on.
    let mut enabling = Vec::new();
    let mut has_passed_own = false;
    // From this step on its task stood before that call. Before, it was on its way, and might have been there earlier; but not
    // before the step that brought it there.
    let arrival = later.arrival.map_or(0, |arrival| arrival as usize + 1);
    for (earlier, step) in steps.iter().enumerate().rev() {
        if !later.may_wait && past.contains(earlier) && hidden.contains(earlier) {
            continue;
        }
        let is_own = step.task == later.task;
        let found = later.found.filter(|found| found.step == earlier as u32);
        let is_awaited = later.awaited.contains(&(earlier as u32));
        if found.is_some() || is_awaited {
            if found.is_some_and(|found| !found.is_only) && !is_awaited {
                races.push(earlier);
            }
            past.insert(earlier);
            past.unite(&before[earlier]);
            hidden.insert(earlier);
            hidden.unite(&before[earlier]);
            enabling.push(earlier);
            has_passed_own |= is_own;
            continue;
        }
        let is_dependent = !is_own && step.footprint.is_dependent_on(&later.footprint);
        // A thread has done what only its process can tell, and its process ends: had that come first, nobody would miss it.
        let is_lost = later.exits.is_some_and(|process| step.footprint.is_within(process));
        let stood_there = !has_passed_own && earlier >= arrival;
        // It would not have had to wait.
        let could_go = !later.may_wait || stood_there && step.enabled.contains(&later.task);
        if is_dependent
            && !is_lost
            && !hidden.contains(earlier)
            && earlier + 1 != arrival
            && later.footprint.could_precede(&step.footprint)
        {
            // Else only a step that does not need the earlier one could have let it go on.
            let may_come_first =
                could_go || !stood_there || enabling.iter().any(|&between: &usize| !before[between].contains(earlier));
            if may_come_first {
                races.push(earlier);
            }
        }
        let is_cause = is_cause(steps, earlier, later);
        if is_own || is_dependent || is_cause {
            past.insert(earlier);
            past.unite(&before[earlier]);
        }
        if is_own || is_dependent && could_go && !is_lost {
            hidden.insert(earlier);
            hidden.unite(&before[earlier]);
        }
        if later.may_wait && (is_dependent || is_cause) {
            enabling.push(earlier);
        }
        has_passed_own |= is_own;
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
    use crate::protocol::{Access, Footprint, FoundEnd, Object, TaskId};

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
    fn what_only_its_process_can_tell_does_not_race_with_its_end() {
        let threads = |task| {
            let mut footprint = Footprint::default();
            footprint.reads(Object::Life(5));
            footprint.add(Object::Threads(5), Access::Add);
            // (Among the lines of its threads.)
            footprint.reads(Object::Output(Object::lines_of(5)));
            Step { task, footprint, ..Step::default() }
        };
        let prints = |task| {
            let mut step = threads(task);
            step.footprint.writes(Object::Output(Object::lines_of(5)));
            step
        };
        let exit = |exits| {
            let mut exit = Step { exits, ..step(0, false, 7, Access::Write) };
            exit.footprint.writes(Object::Life(5));
            exit
        };
        // What others can tell does, though the thread has done something else since.
        let steps = [step(1, false, 7, Access::Write), threads(1), exit(Some(5))];
        assert_eq!(races(&steps)[2], [0]);
        for exits in [None, Some(4)] {
            assert_eq!(races(&[threads(1), exit(exits)])[1], [0]);
        }
        assert_eq!(races(&[prints(1), exit(Some(5))])[1], [0]);
        assert_eq!(races(&[threads(1), exit(Some(5))])[1], [] as [usize; 0]);
    }

    #[test]
    fn looks_do_not_race() {
        let read = |task| step(task, false, 7, Access::Read);
        assert_eq!(races(&[read(0), read(1)]), [vec![], vec![]] as [Vec<usize>; 2]);
    }

    /// The same, and who could have gone then.
    fn taken(task: TaskId, may_wait: bool, enabled: &[TaskId]) -> Step {
        Step { enabled: enabled.to_vec(), ..step(task, may_wait, 7, Access::Write) }
    }

    #[test]
    fn who_may_have_waited_for_a_step_races_with_what_came_before_it() {
        // 0 takes and puts back, and then 2 takes; but 2 could have taken first.
        let steps = [taken(0, true, &[0, 2]), taken(0, false, &[0]), taken(2, true, &[2])];
        assert_eq!(races(&steps)[2], [0]);
    }

    #[test]
    fn who_could_have_gone_all_the_time_races_with_the_last() {
        let steps = [taken(0, false, &[0, 2]), taken(0, false, &[0, 2]), taken(2, true, &[2])];
        assert_eq!(races(&steps)[2], [1]);
    }

    #[test]
    fn who_had_to_wait_for_all_of_it_races_with_none() {
        let steps = [taken(0, false, &[0]), taken(0, false, &[0]), taken(2, true, &[2])];
        assert_eq!(races(&steps)[2], [] as [usize; 0]);
    }

    #[test]
    fn who_came_later_might_have_come_earlier() {
        // 0 takes; then 1 starts 2 (or wakes it, in the kernel), which takes, too.
        let starts = Step { enabled: vec![1], ..step(1, false, 7, Access::Read) };
        let late = Step { depends: vec![1], arrival: Some(1), ..taken(2, true, &[2]) };
        let steps = [taken(0, true, &[0, 1]), starts, late];
        assert_eq!(races(&steps)[2], [0]);
    }

    #[test]
    fn what_lets_it_go_on_need_not_be_dependent() {
        // 0 changes what 2 will use when it goes on; 1 lets it go on, by something else.
        let lets = Step { enabled: vec![1], ..step(1, false, 8, Access::Write) };
        let steps = [taken(0, false, &[0, 1]), lets, Step { depends: vec![1], ..taken(2, true, &[2]) }];
        assert_eq!(races(&steps)[2], [0]);
    }

    #[test]
    fn an_end_lets_a_wait_go_on_before_what_has_come_before_that_end() {
        // 1 ends, then 2 does, of which 0 is told, which has waited all the time: that could have been before 1 ended.
        let end = |task, object| Step { enabled: vec![1, 2], ..step(task, false, object, Access::Write) };
        let mut wait = Step {
            enabled: vec![0],
            found: Some(FoundEnd { step: 1, is_only: false }),
            ..step(0, true, 7, Access::Write)
        };
        wait.footprint.reads(Object::Head(9));
        let steps = [end(1, 9), end(2, 7), wait];
        assert_eq!(races(&steps)[2], [1, 0]);
    }

    #[test]
    fn somebody_else_may_let_it_go_on_before() {
        // 0 and 1 each put something; either would do for 2. (Two who put are independent.)
        let put = |task, enabled: &[TaskId]| Step { enabled: enabled.to_vec(), ..step(task, false, 7, Access::Add) };
        let steps = [put(0, &[0, 1]), put(1, &[1, 2]), taken(2, true, &[2])];
        assert_eq!(races(&steps)[2], [1, 0]);
        let steps = [put(0, &[0, 1]), put(1, &[1]), taken(2, true, &[2])];
        assert_eq!(races(&steps)[2], [0]);
    }

    #[test]
    fn who_waits_for_an_end_races_with_nothing_that_this_had_to_come_after() {
        // 1 looks and ends, 0 has done something else meanwhile, and then waits for that end, and for no other.
        let found = |is_only| Some(FoundEnd { step: 1, is_only });
        let mut wait = Step { found: found(true), ..step(0, true, 7, Access::Write) };
        wait.footprint.writes(Object::Head(9));
        let end = |task| step(task, false, 7, Access::Write);
        let before = [step(1, false, 9, Access::Read), end(1), step(0, false, 8, Access::Read), wait.clone()];
        assert_eq!(races(&before)[3], [] as [usize; 0]);
        let of_two = Step { found: found(false), ..wait.clone() };
        let before = [&before[..3], &[of_two]].concat();
        assert_eq!(races(&before)[3], [1]);
        // The end did not have to come after that look if somebody else took it.
        let beside = [step(1, false, 9, Access::Read), end(2), step(0, false, 8, Access::Read), wait];
        assert_eq!(races(&beside)[3], [0]);
    }
}
