//! Waiting for children: whom a wait is told of, and what it has looked at for that.

use crate::kernel::sys::Call;
use crate::protocol::{Access, Footprint, FoundEnd, Object, Unasked};
use crate::syscalls::GROUPS;
use crate::world::run::Supervisor;
use crate::world::spin::SpinDetector;
use crate::world::task::{ForWhat, Op, Who};

impl Supervisor<'_> {
    /// Lets a task wait for its children; whether it runs now.
    pub fn wait(&mut self, number: usize, call: &Call, who: Who, block: bool, for_what: ForWhat) -> bool {
        let process = self.tasks[number].process;
        let children: Vec<usize> =
            self.children(process, who).filter(|&child| !self.processes[child].is_reaped).collect();
        let mut uses = Footprint::default();
        self.reads_of_adoption(process, &mut uses);
        self.footprint.unite(&uses);
        let mut changed = children.iter().copied().filter(|&child| self.has_changed(child, for_what));
        let (found, another) = (changed.next(), changed.next());
        if matches!(who, Who::Group(_)) {
            self.footprint.reads(Object::Ipc(GROUPS));
        }
        let is_one = matches!(who, Who::Child(_));
        self.looks_around |= !is_one && children.len() > 1;
        // The kernel asks one after the other, in the order of their creation, and looks at none after the one that it tells of.
        let told = found.and_then(|found| Some((found, self.processes[found].ended_in?)));
        // Who has waited until all of them had ended could not have been told of any before.
        let op = Op::Wait { who, block, for_what };
        let can_only_be_told = self.can_only_be_told(number, &op);
        let has_waited_for_all = self.has_waited_for_all(number, &op);
        let told = told.filter(|_| !has_waited_for_all && self.asks_in_order(number, &children, who, for_what));
        let unasked = told.map_or(0, |(found, _)| children.iter().filter(|&&child| child > found).count());
        let (asked, unasked) = children.split_at(children.len() - unasked);
        for &child in asked {
            // Whoever waits for any of several sees which of them have ended.
            if !is_one || !block {
                self.footprint.reads(Object::Life(child as u64));
            }
        }
        if self.processes[process].leaves_no_zombies {
            // Those that are gone without a word, too: that none is left is seen.
            let all: Vec<usize> = self.children(process, who).collect();
            all.into_iter().for_each(|child| self.footprint.reads(Object::Life(child as u64)));
        }
        if let Some(child) = found {
            self.tell_whose_end(child);
            // Nobody else will find it.
            self.footprint.add(Object::Life(child as u64), if for_what.leave { Access::Read } else { Access::Write });
            self.tasks[number].spin = SpinDetector::default();
            let (end, has_ended) = (self.processes[child].clock, self.processes[child].has_ended);
            if let (false, Some((_, end)), Some(now)) = (unasked.is_empty(), told, self.steps.last_mut()) {
                // Whoever of them was the first to let it go on, it could have gone on without.
                let ended: Vec<u32> = unasked.iter().filter_map(|&child| self.processes[child].ended_in).collect();
                let arrival = now.arrival;
                now.depends.retain(|&step| step == end || Some(step) == arrival || !ended.contains(&step));
                let children = unasked.iter().map(|&child| child as u64).collect();
                now.unasked = Some(Unasked { end, children });
            }
            if let (true, Some(now)) = (has_waited_for_all, self.steps.last_mut()) {
                now.awaited = children.iter().filter_map(|&child| self.processes[child].ended_in).collect();
            }
            let is_only = another.is_none() && !self.is_interruptible(number);
            if let (true, Some(step)) =
                (block && self.waits_for_ends_only(child, who, for_what), self.processes[child].ended_in)
                && let Some(now) = self.steps.last_mut()
            {
                now.found = Some(FoundEnd { step, is_only });
            }
            self.processes[process].clock.not_before(end);
            if !for_what.leave {
                self.processes[child].unreported = false;
                self.processes[child].is_reaped |= has_ended;
                self.processes[child].reaped_in = self.now().filter(|_| has_ended);
                if has_ended {
                    self.tell_who_reaps(process, child);
                    if can_only_be_told {
                        self.is_told_of_one(number, child);
                    }
                }
            }
        }
        if matches!(who, Who::Group(_))
            && children.is_empty()
            && self.children(process, Who::Any).any(|child| !self.processes[child].is_reaped)
        {
            // Had it begun to wait before the last of them left the group, nobody might have told it.
            self.not_watched(call, number);
        }
        self.listener.let_through(call)
    }

    /// Whether a wait asks these children in the order of their creation, and for nothing but whether they have ended: the kernel's
    /// list of a thread's children (`do_wait_thread`), to whose end those are moved that are adopted.
    fn asks_in_order(&self, number: usize, children: &[usize], who: Who, for_what: ForWhat) -> bool {
        let process = self.tasks[number].process;
        !self.is_interruptible(number)
            && !self.ends.is_in_steps()
            && !self.processes[process].leaves_no_zombies
            && !self.has_threads(process)
            && children.iter().all(|&child| self.waits_for_ends_only(child, who, for_what))
    }

    /// Whether a wait that was told of the end of this child could not have returned for any other reason before that: it
    /// would have found a child, and all of them alive. It would not have found one that was not in the group yet,
    /// or that became its child only when another process ended; and it might have found one stopped.
    pub fn waits_for_ends_only(&self, child: usize, who: Who, for_what: ForWhat) -> bool {
        let was_of_group = !matches!(who, Who::Group(_)) || !self.has_groups;
        let was_child = !self.processes[child].is_orphan;
        let was_going = !self.has_stopped || !(for_what.stop || for_what.goes_on);
        was_of_group && was_child && was_going
    }
}
