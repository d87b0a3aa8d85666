//! Threads that take work from the tree of decisions and give it to supervisors.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Instant;

use super::job::{Error, Job};
use super::supervisor::Supervisor;
use crate::protocol::{Caveat, Outcome, Run};
use crate::search::tree::{Tree, Work};
use crate::trace::Stop;

/// After so many runs that showed nothing new, a search that will hardly find everything goes on elsewhere.
const BARREN: u32 = 4;

/// What they share.
pub struct Workers {
    tree: Mutex<Tree>,
    /// There may be more in the tree, or it is over.
    more: Condvar,
    over: Mutex<bool>,
    deadline: Instant,
    /// From then on, or after so many runs, it is not expected to find everything before the limit.
    haste: Instant,
    many: u64,
    /// From then on loads and stores of shared memory are steps no longer, nor the moments of an end; or after so many runs.
    late: Instant,
    too_many: u64,
    /// There was more to run when the time was up.
    is_late: AtomicBool,
    /// How many runs it is since one showed anything new.
    barren: AtomicU32,
    /// How many runs nobody has looked at yet. A single worker waits for that, so that it comes to the same runs in the same order
    /// each time.
    unheard: AtomicU32,
    is_single: bool,
    /// There is a bound to how much is tried that is no matter of time.
    is_bounded: bool,
    /// How many calls there were, after how many there is haste, and after how many loads and stores are steps no longer.
    calls: AtomicU64,
    many_calls: u64,
    too_many_calls: u64,
}

impl Workers {
    /// Has nothing run yet.
    pub fn new(job: &Job, deadline: Instant) -> Workers {
        Workers {
            tree: Mutex::new(Tree::new(!job.reduction, job.loads, &job.limits)),
            more: Condvar::new(),
            over: Mutex::new(false),
            deadline,
            // What is bounded by number is not to depend on the clock.
            haste: if job.calls.is_some() { deadline } else { deadline - job.time * 2 / 3 },
            many: job.most / 3,
            late: if job.calls.is_some() { deadline } else { deadline - job.time / 2 },
            too_many: job.most / 2,
            is_late: AtomicBool::new(false),
            barren: AtomicU32::new(0),
            unheard: AtomicU32::new(0),
            is_single: job.workers <= 1,
            is_bounded: job.calls.is_some(),
            calls: AtomicU64::new(0),
            many_calls: job.calls.map_or(u64::MAX, |calls| calls / 3),
            too_many_calls: job.calls.map_or(u64::MAX, |calls| calls / 2),
        }
    }

    /// A run was looked at, and showed something new or did not.
    pub fn heard(&self, is_new: bool) {
        if is_new {
            self.barren.store(0, Ordering::Relaxed);
        } else {
            self.barren.fetch_add(1, Ordering::Relaxed);
        }
        let _tree = self.tree();
        self.unheard.fetch_sub(1, Ordering::Relaxed);
        self.more.notify_all();
    }

    /// Whether there was more to run when the time was up.
    pub fn are_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }

    /// Whether orders were left out because there are so many.
    pub fn have_left_out(&self) -> bool {
        self.tree().leaves_out
    }

    /// Whether threads use locks in so many orders that to use one was no step.
    pub fn have_many_thread_locks(&self) -> bool {
        self.tree().has_many_thread_locks
    }

    /// Whether a processor's store buffer could have made for more orders.
    pub fn have_store_buffers(&self) -> bool {
        self.tree().has_store_buffers
    }

    /// What races have shown that was not tried.
    pub fn caveats(&self) -> Vec<Caveat> {
        self.tree().caveats.iter().copied().collect()
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets nobody begin anything more.
    pub fn stop(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let _tree = self.tree();
        self.more.notify_all();
    }

    /// Lets nobody begin anything more once this is dropped.
    pub fn until_dropped(&self) -> impl Drop {
        struct UntilDropped<'a>(&'a Workers);
        impl Drop for UntilDropped<'_> {
            fn drop(&mut self) {
                self.0.stop();
            }
        }
        UntilDropped(self)
    }

    /// What to run next; blocks while that depends on what others are running. `None` if there is nothing left.
    fn next(&self) -> Option<Work> {
        let mut tree = self.tree();
        loop {
            if self.is_over() {
                return None;
            }
            if self.is_single && self.unheard.load(Ordering::Relaxed) > 0 {
                tree = self.more.wait(tree).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (now, calls) = (Instant::now(), self.calls.load(Ordering::Relaxed));
            if now > self.late || tree.begun() > self.too_many || calls > self.too_many_calls {
                tree.simplify();
            }
            let in_haste =
                now > self.haste || tree.begun() > self.many || calls > self.many_calls || tree.may_have_too_many();
            let is_barren = in_haste && self.barren.load(Ordering::Relaxed) >= BARREN;
            if self.is_bounded
                && tree.has_begun()
                && let Some(work) = tree.scout()
            {
                return Some(work);
            }
            if let Some(work) = tree.try_ends() {
                return Some(work);
            }
            // Where it is known from the beginning that there may be more than can be tried, one comes from near by and the next from anywhere.
            let may_be_many = self.is_bounded || tree.has_all();
            let elsewhere = is_barren || may_be_many && tree.begun().is_multiple_of(2);
            if let Some(work) = tree.next(elsewhere) {
                if elsewhere {
                    self.barren.store(0, Ordering::Relaxed);
                }
                if now > self.deadline {
                    self.is_late.store(!tree.has_all(), Ordering::Relaxed);
                    drop(tree);
                    self.stop();
                    return None;
                }
                return Some(work);
            }
            if !tree.is_running() {
                self.more.notify_all();
                return None;
            }
            tree = self.more.wait(tree).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What one of them does, until there is nothing left to do.
    pub fn work(&self, job: &Job, send: &mpsc::SyncSender<Result<Run, Error>>) {
        let mut supervisor = None;
        while let Some(work) = self.next() {
            let run = match &mut supervisor {
                Some(supervisor) => Supervisor::run(supervisor, &work.request),
                none => Supervisor::start(job).and_then(|started| none.insert(started).run(&work.request)),
            };
            match run {
                Ok(run) => {
                    self.tree().finish(&work, &run);
                    if self.is_bounded && run.outcome == Outcome::Stopped(Stop::TimeLimit) {
                        // What does not end makes no calls, and the next run may go on for as long.
                        self.stop();
                    }
                    self.calls.fetch_add(run.calls, Ordering::Relaxed);
                    self.unheard.fetch_add(1, Ordering::Relaxed);
                    self.more.notify_all();
                    if send.send(Ok(run)).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    self.stop();
                    // If nobody listens any more, somebody else's error came first.
                    let _ = send.send(Err(error));
                    return;
                }
            }
        }
    }
}
