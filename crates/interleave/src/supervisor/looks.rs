//! Looking at several descriptors, one after the other.
//!
//! poll(2) and select(2) ask of each descriptor in turn whether it is ready. Who writes to the first and then to the second may do so after the first
//! was looked at and before the second is: then only the second is told. As long as nobody could do so, all are looked at in one step. Once
//! somebody could, the search begins anew with runs in which each look is a step of its own.

use std::os::fd::{AsFd, OwnedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::kernel::arch;
use crate::kernel::sys::Call;
use crate::protocol::{CaveatKind, Footprint, Looks};
use crate::syscalls::epoll::Leaf;
use crate::syscalls::polls::tell_events;
use crate::world::run::Supervisor;
use crate::world::task::{InTurn, Op, State, Timeout};

/// Of more descriptors each look is no step of its own.
const MOST: usize = 8;

impl Supervisor<'_> {
    /// How a call looks at these descriptors.
    pub fn looks_in_turn(&self, wanted: &[(u64, PollFlags)]) -> InTurn {
        let is_known = |(_, events): &(u64, PollFlags)| PollFlags::all().contains(*events);
        let in_turn = self.looks == Looks::InTurn && (2..=MOST).contains(&wanted.len()) && wanted.iter().all(is_known);
        if in_turn { InTurn::Told(Vec::new()) } else { InTurn::Never }
    }

    /// A task looks at the next of several descriptors, and goes on if that was the last, or waits if it may and none was ready.
    pub fn looks_at_next(&mut self, number: usize, call: &Call, op: Op) -> bool {
        let Op::Poll { fds, wanted, looks_at, timeout, mask, signals, looks } = op else { return false };
        let process = self.tasks[number].process;
        self.looks_around = true;
        let mut told = match looks {
            InTurn::Told(told) => told,
            // Any of them may have woken it.
            _ => {
                let uses = self.looks_at_all(process, &wanted, true);
                self.footprint.unite(&uses);
                Vec::new()
            }
        };
        let next = told.len();
        // select(2) asks once of each descriptor, whatever it wants to know of it.
        let is_select = !matches!(call.nr, arch::SYS_poll | libc::SYS_ppoll);
        let is_same = |(fd, _): &&(u64, PollFlags)| is_select && *fd == wanted[next].0;
        let many = wanted[next..].iter().take_while(is_same).count().max(1);
        let uses = self.looks_at_all(process, &wanted[next..next + many], true);
        self.footprint.unite(&uses);
        told.extend(fds[next..next + many].iter().map(|(fd, events)| found(fd, *events)));
        let is_over = told.len() == wanted.len();
        let goes_on = timeout == Timeout::Now || told.iter().any(|events| !events.is_empty());
        if is_over && goes_on {
            let count = tell_events(call, &wanted, &told);
            if let Timeout::After(nanoseconds) = timeout {
                self.tell_rest(number, call, nanoseconds, false);
            }
            return self.listener.answer(call, count);
        }
        let looks = if is_over { InTurn::Waits } else { InTurn::Told(told) };
        let op = Op::Poll { fds, wanted, looks_at, timeout, mask, signals, looks };
        self.tasks[number].state = State::Held(*call, op);
        true
    }

    /// A task has looked at all of these in one step. If somebody has changed one of them and then another one that stands behind it, while it
    /// could have looked at the first already, it might have been told of the other one only.
    pub fn sees_looks(&mut self, number: usize, wanted: &[(u64, PollFlags)]) {
        if wanted.len() < 2 {
            return;
        }
        let process = self.tasks[number].process;
        let looks: Vec<Footprint> = wanted.iter().map(|&one| self.looks_at_all(process, &[one], false)).collect();
        if !self.come_between(number, &looks, 0) {
            return;
        }
        self.has_looks = true;
        if self.looks != Looks::AtOnce {
            self.caveat(CaveatKind::Pieces.anywhere());
        }
    }

    /// The same of an epoll set. It looks, in one turn, at those of which it was told before that they are ready, and in the order in which it was.
    pub fn sees_looks_of_set(&mut self, number: usize, set: u64) {
        let process = self.tasks[number].process;
        let open = |leaf| match leaf {
            Leaf::Open(fd, events) => Some((fd, events)),
            Leaf::Closed => None,
        };
        let watched: Vec<(u64, PollFlags)> = self.leaves(process, set).into_iter().filter_map(open).collect();
        let mut looks: Vec<Footprint> = watched.iter().map(|&one| self.looks_at_all(process, &[one], false)).collect();
        let mut have_changed = vec![false; looks.len()];
        let two_have = self.steps.iter().position(|step| {
            let changes = looks.iter().map(|look| step.footprint.is_dependent_on(look));
            have_changed.iter_mut().zip(changes).for_each(|(has, changes)| *has |= changes);
            have_changed.iter().filter(|&&has| has).count() > 1
        });
        let Some(two_have) = two_have else { return };
        for _ in 0..2 {
            if self.come_between(number, &looks, two_have + 1) {
                self.caveat(CaveatKind::Pieces.anywhere());
                return;
            }
            looks.reverse();
        }
    }

    /// Whether of two looks of a task, in the step that it takes now, something that the earlier one sees was changed before something that the later
    /// one sees, and had to be, and both could have come between the two. Those before this step do not count.
    fn come_between(&self, number: usize, looks: &[Footprint], from: usize) -> bool {
        let steps = &self.steps[..self.steps.len().saturating_sub(1)];
        let of_others = |at: &usize| usize::from(steps[*at].task) != number;
        let changes = |at: usize, look: &Footprint| steps[at].footprint.is_dependent_on(look);
        (from..steps.len()).filter(of_others).any(|first| {
            let Some(seen) = looks.iter().position(|look| changes(first, look)) else { return false };
            if seen + 1 == looks.len() {
                return false;
            }
            // What can only come after that.
            let mut later = vec![first];
            let mut is_seen = false;
            for at in first + 1..steps.len() {
                let follows = |&earlier: &usize| {
                    steps[earlier].task == steps[at].task
                        || steps[at].depends.contains(&(earlier as u32))
                        || steps[earlier].footprint.is_dependent_on(&steps[at].footprint)
                };
                if !later.iter().any(follows) {
                    continue;
                }
                if !of_others(&at) {
                    // It was so before the task began to look.
                    return false;
                }
                is_seen |= looks[seen + 1..].iter().any(|look| changes(at, look));
                later.push(at);
            }
            is_seen
        })
    }
}

/// Whether any of these is ready.
pub fn are_ready(fds: &[(OwnedFd, PollFlags)]) -> bool {
    fds.iter().any(|(fd, events)| !found(fd, *events).is_empty())
}

/// What a look at a descriptor finds.
fn found(fd: &OwnedFd, events: PollFlags) -> PollFlags {
    let mut one = [PollFd::new(fd.as_fd(), events)];
    match poll(&mut one, PollTimeout::ZERO) {
        Ok(1..) => one[0].revents().unwrap_or_else(PollFlags::empty),
        _ => PollFlags::empty(),
    }
}
