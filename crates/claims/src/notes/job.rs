//! What to explore so that a program's claims can be judged.

use std::ffi::OsString;

use interleave::explore::Job;

use super::claims::{Claims, Item, Rule};

impl Claims {
    /// A job that shows all that these claims need: of an endless program, as many lines of each process as its role has
    /// to print; the order of ends, if they speak of it.
    pub fn job(&self, command: Vec<OsString>) -> Job {
        let mut job = Job::new(&self.program, command);
        if self.endless {
            let mut lines = vec![1; self.roles.len()];
            for (line, needed) in self.needed() {
                lines[line.role] += needed;
            }
            job.limits.lines_each =
                lines.into_iter().max().map(|most| u32::try_from(most - 1).unwrap_or(u32::MAX).max(1));
        }
        job.limits.time_mode = self.time;
        job.limits.lines_only = true;
        job.limits.watch_sharing = self.speak_of_sharing();
        job.limits.watch_work = self.speak_of_work();
        job.limits.watch_children = self.speak_of_children();
        job.limits.watch_telling = self.claims.iter().any(|claim| matches!(claim.rule, Rule::Told { .. }));
        job.limits.watch_threads = self.claims.iter().any(|claim| matches!(claim.rule, Rule::Threads(_)));
        job.limits.order_of_ends = self.claims.iter().any(|claim| claim.rule.speaks_of_ends());
        job
    }

    /// Whether they speak of memory that processes share, so that it has to be watched for.
    pub fn speak_of_sharing(&self) -> bool {
        self.claims.iter().any(|claim| matches!(claim.rule, Rule::SharesNoMemory))
    }

    /// Whether they speak of work, so that it has to be watched for.
    pub fn speak_of_work(&self) -> bool {
        self.claims.iter().any(|claim| matches!(claim.rule, Rule::DidWork { .. }))
    }

    /// Whether they speak of who is whose child, or waits for it.
    fn speak_of_children(&self) -> bool {
        let of_children = |rule: &Rule| matches!(rule, Rule::StartedBy(_) | Rule::Reaped { .. } | Rule::TellsEnds(_));
        self.claims.iter().any(|claim| of_children(&claim.rule))
    }
}

impl Rule {
    /// Whether it says when a process ends, among the lines or the other ends.
    fn speaks_of_ends(&self) -> bool {
        match self {
            Rule::Order(items) => items.iter().any(|item| matches!(item, Item::Exit(_))),
            Rule::Either(one, other) => [one, other].iter().any(|item| matches!(item, Item::Exit(_))),
            Rule::Reaped { .. } | Rule::TellsEnds(_) => true,
            Rule::Count { .. }
            | Rule::Never(_)
            | Rule::Processes(_)
            | Rule::AtMost { .. }
            | Rule::AtOnce { .. }
            | Rule::Same { .. }
            | Rule::AtLeast { .. }
            | Rule::Value { .. }
            | Rule::SharesNoMemory
            | Rule::DidWork { .. }
            | Rule::StartedBy(_)
            | Rule::Told { .. }
            | Rule::Threads(_)
            | Rule::Interleavings(_) => false,
        }
    }
}
