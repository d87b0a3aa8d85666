//! What `Lock`, `RLock`, `Semaphore`, `Event`, `Condition`, `Barrier`, `Value` and `Array` promise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use multiprocess::{
    Array, Barrier, BarrierError, Condition, Event, Lock, LockError, PlainData, Process, RLock, Semaphore, Value,
};

use crate::forking::{Case, Gate, is_dead, shared, shared_mappings, signal, sleeps, wait_until};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(100);
const SHORT: Duration = Duration::from_millis(20);

pub const CASES: &[Case] = cases![
    a_lock_is_held_by_one_process,
    a_lock_is_held_by_one_thread,
    a_lock_that_is_held_is_not_free_within_a_limit,
    a_lock_taken_twice_by_one_thread_is_an_error,
    a_dead_holder_is_an_error_until_somebody_recovers,
    who_waits_for_a_holder_that_dies_is_told,
    a_holder_that_panics_is_an_error_for_the_next,
    a_forked_copy_of_a_guard_holds_nothing,
    an_rlock_may_be_taken_again_and_is_free_after_the_last,
    a_dead_holder_of_an_rlock_is_an_error,
    a_value_is_changed_by_one_at_a_time,
    a_value_may_be_a_struct,
    a_change_that_panics_changes_nothing,
    a_value_within_its_own_change_is_an_error,
    a_process_killed_while_it_changes_a_value_is_an_error_until_somebody_recovers,
    an_array_is_seen_by_all,
    an_array_has_no_item_beyond_its_end,
    an_array_that_does_not_fit_is_refused_before_it_fills_memory,
    an_event_lets_all_go_on,
    a_condition_wakes_who_waits,
    a_condition_waits_no_longer_than_said,
    so_many_hold_a_semaphore,
    a_dead_holder_of_a_permit_is_one_error_and_gives_it_back,
    all_pass_a_barrier_together_again_and_again,
    who_waits_too_long_breaks_the_barrier,
    an_aborted_barrier_lets_nobody_wait,
    a_forgotten_guard_is_no_trap,
    they_leave_nothing,
    what_cannot_be_made_says_what_was_tried_and_what_helps,
    locks_survive_killers,
];

fn what_cannot_be_made_says_what_was_tried_and_what_helps() {
    join(
        Process::spawn(|| {
            let limit = libc::rlimit { rlim_cur: 3, rlim_max: 3 };
            // SAFETY: a live rlimit. What is open already stays open.
            assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
            let errors = [
                Lock::new().map(drop).unwrap_err(),
                RLock::new().map(drop).unwrap_err(),
                Semaphore::new(1).map(drop).unwrap_err(),
                Event::new().map(drop).unwrap_err(),
                Condition::new().map(drop).unwrap_err(),
                Barrier::new(2).map(drop).unwrap_err(),
                Value::new(0).map(drop).unwrap_err(),
                Array::new(2, 0).map(drop).unwrap_err(),
                multiprocess::Queue::<u8>::new().map(drop).unwrap_err(),
                multiprocess::pipe::<u8, u8>().map(drop).unwrap_err(),
                multiprocess::PollableQueue::<u8>::new().map(drop).unwrap_err(),
                multiprocess::Pool::new(1).map(drop).unwrap_err(),
                Process::spawn(|| ()).map(drop).unwrap_err(),
                multiprocess::ProcessBuilder::new().output(|| ()).map(drop).unwrap_err(),
            ];
            for error in errors {
                let text = error.to_string();
                assert!(text.starts_with("could not ") && text.ends_with("(`ulimit -n`)"), "{text}");
                assert_eq!(error.kind(), std::io::Error::from_raw_os_error(libc::EMFILE).kind());
            }
        })
        .unwrap(),
    );
}

fn join(mut process: Process) {
    let status = process.join().expect("a child of ours");
    assert!(status.success(), "{status}");
}

/// A number that all processes of the test share; each change is a load and a store, which others can come between.
struct Careless(&'static AtomicU32);

impl Careless {
    fn new() -> Careless {
        // SAFETY: see `shared`; nobody unmaps it.
        Careless(unsafe { &*shared(AtomicU32::new(0)) })
    }

    fn add_one(&self) {
        let n = self.0.load(Ordering::Relaxed);
        std::thread::yield_now();
        self.0.store(n + 1, Ordering::Relaxed);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A child that runs `f` and is then killed, holding what `f` gives.
fn killed_with<T>(f: impl FnOnce() -> T) {
    let gate = Gate::new();
    let mut child = Process::spawn(|| {
        let _held = f();
        gate.open();
        loop {
            std::thread::park();
        }
    })
    .unwrap();
    gate.pass();
    child.kill().unwrap();
    child.join().unwrap();
}

fn a_lock_is_held_by_one_process() {
    let (lock, n) = (Lock::new().unwrap(), Careless::new());
    let children = [(); 3].map(|()| {
        Process::spawn(|| {
            for _ in 0..1000 {
                let _guard = lock.acquire().unwrap();
                n.add_one();
            }
        })
        .unwrap()
    });
    children.into_iter().for_each(join);
    assert_eq!(n.get(), 3000);
}

fn a_lock_is_held_by_one_thread() {
    let (lock, n) = (Lock::new().unwrap(), Careless::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    let guard = lock.acquire().unwrap();
                    n.add_one();
                    guard.release();
                }
            });
        }
    });
    assert_eq!(n.get(), 3000);
}

fn a_lock_that_is_held_is_not_free_within_a_limit() {
    let lock = Lock::new().unwrap();
    let (guard, gate) = (lock.acquire().unwrap(), Gate::new());
    let child = Process::spawn(|| {
        assert!(lock.try_acquire().unwrap().is_none());
        assert!(lock.acquire_timeout(SHORT).unwrap().is_none());
        gate.open();
        assert!(lock.acquire_timeout(LONG).unwrap().is_some());
    })
    .unwrap();
    gate.pass();
    wait_until(|| sleeps(child.id()));
    drop(guard);
    join(child);
    assert!(lock.try_acquire().unwrap().is_some());
}

fn a_lock_taken_twice_by_one_thread_is_an_error() {
    let lock = Lock::new().unwrap();
    let guard = lock.acquire().unwrap();
    assert!(matches!(lock.acquire(), Err(LockError::Deadlock)));
    drop(guard);
    drop(lock.acquire().unwrap());
}

fn a_dead_holder_is_an_error_until_somebody_recovers() {
    let lock = Lock::new().unwrap();
    killed_with(|| lock.acquire().unwrap());
    for _ in 0..2 {
        assert!(matches!(lock.acquire(), Err(LockError::HolderDied)));
        assert!(matches!(lock.try_acquire(), Err(LockError::HolderDied)));
        assert!(matches!(lock.acquire_timeout(LONG), Err(LockError::HolderDied)));
    }
    // Who dies while it puts things right has not put them right.
    killed_with(|| lock.recover().unwrap());
    assert!(matches!(lock.acquire(), Err(LockError::HolderDied)));
    drop(lock.recover().unwrap());
    drop(lock.acquire().unwrap());
}

fn who_waits_for_a_holder_that_dies_is_told() {
    let (lock, gate) = (Lock::new().unwrap(), Gate::new());
    let mut holder = Process::spawn(|| {
        let _guard = lock.acquire().unwrap();
        gate.open();
        loop {
            std::thread::park();
        }
    })
    .unwrap();
    gate.pass();
    let waiting = Process::spawn(|| assert!(matches!(lock.acquire(), Err(LockError::HolderDied)))).unwrap();
    wait_until(|| sleeps(waiting.id()));
    holder.kill().unwrap();
    holder.join().unwrap();
    join(waiting);
}

fn a_holder_that_panics_is_an_error_for_the_next() {
    let lock = Lock::new().unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    let panics = catch_unwind(AssertUnwindSafe(|| {
        let _guard = lock.acquire().unwrap();
        panic!("while it holds the lock");
    }));
    panics.unwrap_err();
    assert!(matches!(lock.acquire(), Err(LockError::HolderDied)));
    drop(lock.recover().unwrap());
    drop(lock.acquire().unwrap());
}

fn a_forked_copy_of_a_guard_holds_nothing() {
    let lock = Lock::new().unwrap();
    let mut guard = Some(lock.acquire().unwrap());
    let child = Process::spawn(|| drop(guard.take())).unwrap();
    join(child);
    // Neither does one that panics.
    let mut child = Process::spawn(|| {
        std::panic::set_hook(Box::new(|_| {}));
        let _copy = guard.take();
        panic!("with a copy");
    })
    .unwrap();
    assert!(!child.join().unwrap().success());
    let other = Process::spawn(|| assert!(lock.try_acquire().unwrap().is_none(), "its parent holds it")).unwrap();
    join(other);
    drop(guard);
    drop(lock.acquire().unwrap());

    let rlock = RLock::new().unwrap();
    let mut guard = Some(rlock.acquire().unwrap());
    join(Process::spawn(|| drop(guard.take())).unwrap());
    join(Process::spawn(|| assert!(rlock.try_acquire().unwrap().is_none())).unwrap());
}

fn an_rlock_may_be_taken_again_and_is_free_after_the_last() {
    let lock = RLock::new().unwrap();
    let free = |is: bool| join(Process::spawn(|| assert_eq!(lock.try_acquire().unwrap().is_some(), is)).unwrap());
    let first = lock.acquire().unwrap();
    let second = lock.acquire().unwrap();
    let third = lock.acquire_timeout(LONG).unwrap().unwrap();
    free(false);
    // In any order.
    drop(first);
    free(false);
    third.release();
    free(false);
    drop(second);
    free(true);
    let _again = lock.try_acquire().unwrap().unwrap();
    free(false);
}

fn a_dead_holder_of_an_rlock_is_an_error() {
    let lock = RLock::new().unwrap();
    killed_with(|| [lock.acquire().unwrap(), lock.acquire().unwrap()]);
    assert!(matches!(lock.acquire(), Err(LockError::HolderDied)));
    let recovered = lock.recover().unwrap();
    drop(lock.acquire().unwrap());
    drop(recovered);
    join(Process::spawn(|| drop(lock.acquire().unwrap())).unwrap());
}

fn a_value_is_changed_by_one_at_a_time() {
    let value = Value::new(0_u64).unwrap();
    let children =
        [(); 3].map(|()| Process::spawn(|| (0..1000).for_each(|_| value.update(|n| *n += 1).unwrap())).unwrap());
    children.into_iter().for_each(join);
    assert_eq!(value.get().unwrap(), 3000);
    value.set(7).unwrap();
    join(Process::spawn(|| assert_eq!(value.get().unwrap(), 7)).unwrap());
}

fn a_value_may_be_a_struct() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(C, align(64))]
    struct Point {
        x: f64,
        y: [i32; 3],
    }
    // SAFETY: numbers, and padding.
    unsafe impl PlainData for Point {}
    let value = Value::new(Point { x: 0.5, y: [1, 2, 3] }).unwrap();
    join(Process::spawn(|| value.update(|p| p.y[1] = -2).unwrap()).unwrap());
    assert_eq!(value.get().unwrap(), Point { x: 0.5, y: [1, -2, 3] });
}

fn a_change_that_panics_changes_nothing() {
    let value = Value::new(1_u8).unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    let panics = catch_unwind(AssertUnwindSafe(|| {
        value.update(|n| {
            *n = 2;
            panic!("half way");
        })
    }));
    assert!(panics.is_err());
    assert_eq!(value.get().unwrap(), 1);
}

fn a_value_within_its_own_change_is_an_error() {
    let value = Value::new(1_u8).unwrap();
    value.update(|_| assert!(matches!(value.get(), Err(LockError::Deadlock)))).unwrap();
}

fn a_process_killed_while_it_changes_a_value_is_an_error_until_somebody_recovers() {
    let value = Value::new((1_u8, 1_u32)).unwrap();
    let gate = Gate::new();
    let mut child = Process::spawn(|| {
        value
            .update(|_| {
                gate.open();
                loop {
                    std::thread::park();
                }
            })
            .unwrap()
    })
    .unwrap();
    gate.pass();
    child.kill().unwrap();
    child.join().unwrap();
    assert!(matches!(value.get(), Err(LockError::HolderDied)));
    assert!(matches!(value.set((2, 2)), Err(LockError::HolderDied)));
    assert_eq!(value.recover().unwrap(), (1, 1));
    value.set((2, 2)).unwrap();
    assert_eq!(value.get().unwrap(), (2, 2));
}

fn an_array_is_seen_by_all() {
    let array = Array::new(1000, 1.5_f32).unwrap();
    assert_eq!((array.len(), array.is_empty()), (1000, false));
    join(Process::spawn(|| array.set(999, 2.5).unwrap()).unwrap());
    assert_eq!((array.get(0).unwrap(), array.get(999).unwrap()), (1.5, 2.5));
    let sum = array.update(|items| {
        items[0] = 0.0;
        items.iter().sum::<f32>()
    });
    assert_eq!(sum.unwrap(), 998.0 * 1.5 + 2.5);
    join(Process::spawn(|| assert_eq!(array.to_vec().unwrap()[..2], [0.0, 1.5])).unwrap());
    assert!(Array::new(0, 0_u8).unwrap().to_vec().unwrap().is_empty());
    assert!(Array::new(usize::MAX / 2, 0_u64).is_err());
}

fn an_array_has_no_item_beyond_its_end() {
    let array = Array::new(3, 0_u8).unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    assert!(catch_unwind(AssertUnwindSafe(|| array.get(3))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| array.set(usize::MAX, 1))).is_err());
    // The lock was given back.
    assert_eq!(array.to_vec().unwrap(), [0, 0, 0]);
}

fn an_array_that_does_not_fit_is_refused_before_it_fills_memory() {
    // The addresses would do.
    for items in [1 << 40, 1 << 43] {
        let error = Array::new(items, 7_u8).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::OutOfMemory);
        assert!(error.to_string().contains("more than this machine has left"), "{error}");
    }
    let error = Semaphore::new(1 << 40).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::OutOfMemory, "{error}");
}

fn an_event_lets_all_go_on() {
    let event = Event::new().unwrap();
    assert!(!event.wait_timeout(SHORT).unwrap());
    let waiting = [(); 3].map(|()| Process::spawn(|| event.wait().unwrap()).unwrap());
    for process in &waiting {
        wait_until(|| sleeps(process.id()));
    }
    event.set();
    waiting.into_iter().for_each(join);
    assert!(event.is_set() && event.wait_timeout(Duration::ZERO).unwrap());
    event.clear();
    assert!(!event.is_set());
}

fn a_condition_wakes_who_waits() {
    let (lock, changed, stock) = (Lock::new().unwrap(), Condition::new().unwrap(), Value::new(0_u32).unwrap());
    let take = || {
        let mut guard = lock.acquire().unwrap();
        while stock.get().unwrap() == 0 {
            guard = changed.wait(guard).unwrap();
        }
        stock.update(|n| *n -= 1).unwrap();
        drop(guard);
    };
    let takers = [(); 3].map(|()| Process::spawn(take).unwrap());
    for n in 0..3 {
        let guard = lock.acquire().unwrap();
        stock.update(|n| *n += 1).unwrap();
        if n < 2 {
            changed.notify_one()
        } else {
            changed.notify_all()
        }
        drop(guard);
    }
    takers.into_iter().for_each(join);
    assert_eq!(stock.get().unwrap(), 0);
}

fn a_condition_waits_no_longer_than_said() {
    let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
    let guard = lock.acquire().unwrap();
    let (guard, notified) = changed.wait_timeout(guard, SHORT).unwrap();
    assert!(!notified);
    join(Process::spawn(|| assert!(lock.try_acquire().unwrap().is_none())).unwrap());
    drop(guard);
    // A lock whose holder died meanwhile says so.
    let guard = lock.acquire().unwrap();
    let killed = Process::spawn(|| {
        let _guard = lock.acquire().unwrap();
        signal(std::process::id(), libc::SIGKILL);
    })
    .unwrap();
    let notifier = Process::spawn(|| {
        wait_until(|| is_dead(killed.id()));
        changed.notify_all();
    })
    .unwrap();
    assert!(matches!(changed.wait(guard), Err(LockError::HolderDied)));
    join(notifier);
}

fn so_many_hold_a_semaphore() {
    let semaphore = Semaphore::new(2).unwrap();
    let inside = Value::new((0_u32, 0_u32)).unwrap();
    let children = [(); 4].map(|()| {
        Process::spawn(|| {
            for _ in 0..200 {
                let _permit = semaphore.acquire().unwrap();
                inside
                    .update(|(now, most)| {
                        *now += 1;
                        *most = (*most).max(*now);
                    })
                    .unwrap();
                std::thread::yield_now();
                inside.update(|(now, _)| *now -= 1).unwrap();
            }
        })
        .unwrap()
    });
    children.into_iter().for_each(join);
    let (now, most) = inside.get().unwrap();
    assert!(now == 0 && most <= 2, "{most} at once");

    let (one, other) = (semaphore.acquire().unwrap(), semaphore.try_acquire().unwrap().unwrap());
    assert!(semaphore.try_acquire().unwrap().is_none());
    assert!(semaphore.acquire_timeout(SHORT).unwrap().is_none());
    let waiting = Process::spawn(|| drop(semaphore.acquire().unwrap())).unwrap();
    wait_until(|| sleeps(waiting.id()));
    one.release();
    join(waiting);
    drop(other);
    assert!(Semaphore::new(0).unwrap().try_acquire().unwrap().is_none());
}

fn a_dead_holder_of_a_permit_is_one_error_and_gives_it_back() {
    let semaphore = Semaphore::new(1).unwrap();
    killed_with(|| semaphore.acquire().unwrap());
    assert!(matches!(semaphore.acquire(), Err(LockError::HolderDied)));
    drop(semaphore.acquire().unwrap());

    // Who waits already is told, too.
    let gate = Gate::new();
    let mut holder = Process::spawn(|| {
        let _permit = semaphore.acquire().unwrap();
        gate.open();
        loop {
            std::thread::park();
        }
    })
    .unwrap();
    gate.pass();
    let waiting = Process::spawn(|| assert!(matches!(semaphore.acquire(), Err(LockError::HolderDied)))).unwrap();
    wait_until(|| sleeps(waiting.id()));
    holder.kill().unwrap();
    holder.join().unwrap();
    join(waiting);
}

fn all_pass_a_barrier_together_again_and_again() {
    const ROUNDS: u32 = 200;
    let (barrier, come, last) = (Barrier::new(3).unwrap(), Value::new(0_u32).unwrap(), Value::new(0_u32).unwrap());
    let run = || {
        for round in 1..=ROUNDS {
            come.update(|n| *n += 1).unwrap();
            if barrier.wait().unwrap() {
                last.update(|n| *n += 1).unwrap();
            }
            assert!(come.get().unwrap() >= 3 * round, "somebody passed too early");
        }
    };
    let others = [(); 2].map(|()| Process::spawn(run).unwrap());
    run();
    others.into_iter().for_each(join);
    assert_eq!((come.get().unwrap(), last.get().unwrap()), (3 * ROUNDS, ROUNDS));
}

fn who_waits_too_long_breaks_the_barrier() {
    let barrier = Barrier::new(3).unwrap();
    let other = Process::spawn(|| assert!(matches!(barrier.wait(), Err(BarrierError::Broken)))).unwrap();
    wait_until(|| sleeps(other.id()));
    assert!(matches!(barrier.wait_timeout(SHORT), Err(BarrierError::Broken)));
    join(other);
    assert!(barrier.is_broken());
    assert!(matches!(barrier.wait(), Err(BarrierError::Broken)));
}

fn an_aborted_barrier_lets_nobody_wait() {
    let barrier = Barrier::new(2).unwrap();
    let other = Process::spawn(|| assert!(matches!(barrier.wait(), Err(BarrierError::Broken)))).unwrap();
    wait_until(|| sleeps(other.id()));
    barrier.abort();
    join(other);
}

/// The C library's list of what this thread holds leads through the locks themselves.
fn a_forgotten_guard_is_no_trap() {
    let mappings = shared_mappings();
    let (lock, rlock, semaphore) = (Lock::new().unwrap(), RLock::new().unwrap(), Semaphore::new(3).unwrap());
    std::mem::forget(lock.acquire().unwrap());
    std::mem::forget(rlock.acquire().unwrap());
    std::mem::forget(semaphore.acquire().unwrap());
    drop((lock, rlock, semaphore));
    assert!(shared_mappings() > mappings, "they have to stay");
    for _ in 0..10 {
        let lock = Lock::new().unwrap();
        drop(lock.acquire().unwrap());
        assert_eq!(Value::new(1_u8).unwrap().get().unwrap(), 1);
    }
    // Whoever holds it elsewhere keeps it there.
    let (lock, held, dropped) = (Lock::new().unwrap(), Gate::new(), Gate::new());
    let mappings = shared_mappings();
    let holder = Process::spawn(|| {
        let _guard = lock.acquire().unwrap();
        held.open();
        dropped.pass();
    })
    .unwrap();
    held.pass();
    drop(lock);
    assert!(shared_mappings() < mappings);
    dropped.open();
    join(holder);
}

fn they_leave_nothing() {
    let (descriptors, mappings) = (crate::forking::open_descriptors(), shared_mappings());
    for _ in 0..50 {
        let all = (
            Lock::new().unwrap(),
            RLock::new().unwrap(),
            Semaphore::new(3).unwrap(),
            Event::new().unwrap(),
            Condition::new().unwrap(),
            Barrier::new(2).unwrap(),
            Value::new(0_u8).unwrap(),
            Array::new(10, 0_u8).unwrap(),
        );
        assert_eq!(crate::forking::open_descriptors(), descriptors);
        assert!(shared_mappings() > mappings);
        drop(all);
    }
    assert_eq!(shared_mappings(), mappings);
}

/// Processes are killed at random instructions while they use a lock and a value: the others are told, put things
/// right, and go on.
fn locks_survive_killers() {
    const KILLS: u32 = 100;
    let (lock, value, over) = (Lock::new().unwrap(), Value::new(0_u64).unwrap(), Event::new().unwrap());
    let work = || {
        while !over.is_set() {
            let guard = lock.acquire().or_else(|error| match error {
                LockError::HolderDied => lock.recover(),
                other => Err(other),
            });
            match value.update(|n| *n += 1) {
                Err(LockError::HolderDied) => drop(value.recover().unwrap()),
                done => done.unwrap(),
            }
            drop(guard.unwrap());
        }
    };
    let killer = crate::forking::Killer::of_children(std::process::id(), KILLS);
    let mut workers: Vec<Process> = (0..3).map(|_| Process::spawn(work).unwrap()).collect();
    while !killer.is_done() {
        for worker in &mut workers {
            if worker.join_timeout(Duration::from_millis(1)).unwrap().is_some_and(|status| !status.success()) {
                *worker = Process::spawn(work).unwrap();
            }
        }
    }
    killer.stop();
    over.set();
    for mut worker in workers {
        let status = worker.join().unwrap();
        let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(libc::SIGKILL);
        assert!(status.success() || killed, "{status}");
    }
    assert!(value.recover().unwrap() > 0);
}
