//! The lives of processes: waiting for children, groups and sessions.

use super::table::Kind;
use super::{Answer, Target};
use crate::kernel::sys::Call;
use crate::protocol::{Footprint, Object};
use crate::supervisor::run::Supervisor;
use crate::trace::Pid;
use crate::world::task::{ForWhat, Op, Who};

impl Supervisor<'_> {
    /// wait4(2) and waitid(2).
    pub fn waits(&mut self, process: usize, call: &Call, kind: Kind) -> Answer {
        let [a, b, c, d, ..] = call.args;
        let flag = |options: u64, flag: i32| options & flag as u32 as u64 != 0;
        let (who, options, for_what) = if kind == Kind::Wait4 {
            let who = match a as i32 {
                pid @ 1.. => self.child(process, pid as Pid),
                -1 => Who::Any,
                0 => crate::kernel::sys::group(self.processes[process].pid).map_or(Who::Any, Who::Group),
                group => Who::Group(group.unsigned_abs()),
            };
            let for_what =
                ForWhat { end: true, stop: flag(c, libc::WUNTRACED), goes_on: flag(c, libc::WCONTINUED), leave: false };
            (who, c, for_what)
        } else {
            let who = match a as u32 {
                libc::P_PID => self.child(process, b as Pid),
                libc::P_PGID if b == 0 => {
                    crate::kernel::sys::group(self.processes[process].pid).map_or(Who::Any, Who::Group)
                }
                libc::P_PGID => Who::Group(b as Pid),
                libc::P_PIDFD => match self.target(process, b) {
                    Target::Process(child) => Who::Child(child),
                    _ => Who::Nobody,
                },
                _ => Who::Any,
            };
            let for_what = ForWhat {
                end: flag(d, libc::WEXITED),
                stop: flag(d, libc::WSTOPPED),
                goes_on: flag(d, libc::WCONTINUED),
                leave: flag(d, libc::WNOWAIT),
            };
            (who, d, for_what)
        };
        Answer::Hold(Op::Wait { who, block: options & libc::WNOHANG as u64 == 0, for_what })
    }

    /// Who adopts orphans sees whose parents have ended.
    pub fn reads_of_adoption(&self, process: usize, uses: &mut Footprint) {
        if self.processes[process].adopts {
            (0..self.processes.len()).for_each(|other| uses.reads(Object::Parent(other as u64)));
        }
    }

    /// Who becomes the parent of a process's children when it ends: PR_SET_CHILD_SUBREAPER of prctl(2).
    pub fn adopter(&self, process: usize) -> Option<usize> {
        let parent = |process: usize| self.processes[process].parent;
        std::iter::successors(parent(process), |&process| parent(process))
            .find(|&process| self.processes[process].adopts && !self.processes[process].has_ended)
    }

    fn child(&self, parent: usize, pid: Pid) -> Who {
        let child = self.processes.iter().rposition(|child| child.inner == pid && child.parent == Some(parent));
        child.map_or(Who::Nobody, Who::Child)
    }

    /// setpgid(2), setsid(2), getpgid(2), getsid(2), getpgrp(2).
    pub fn groups(&mut self, kind: Kind) -> Answer {
        self.touches(|uses| match kind {
            // Whose group it may be, only the kernel tells; there are few such calls.
            Kind::Session => uses.writes(Object::Ipc(1)),
            _ => uses.reads(Object::Ipc(1)),
        })
    }

    pub fn prctl(&mut self, process: usize, operation: u64, argument: u64) -> Answer {
        match operation as i32 {
            libc::PR_SET_PDEATHSIG => {
                self.processes[process].parent_death_signal = argument as i32;
                self.touches(|uses| uses.reads(Object::Parent(process as u64)))
            }
            libc::PR_SET_CHILD_SUBREAPER => {
                self.processes[process].adopts = argument != 0;
                self.touches(|uses| uses.writes(Object::Ipc(1)))
            }
            _ => Answer::LetThrough,
        }
    }
}
