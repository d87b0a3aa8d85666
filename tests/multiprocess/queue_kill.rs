//! A process is killed with SIGKILL at every stage of an operation of the queue, to the single instruction, while
//! another one sleeps in the kernel waiting for just this operation. Nobody may be left asleep, and nothing may be lost that
//! was in the queue.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use multiprocess::{Process, Queue};
use serde::{Deserialize, Serialize, Serializer};

use crate::forking::{Case, Gate, is_dead, signal, sleeps, wait_until};

pub const CASES: &[Case] = cases![
    a_putter_killed_at_any_instruction,
    a_getter_killed_at_any_instruction,
    a_getter_killed_at_any_instruction_of_falling_asleep,
    a_putter_killed_at_any_instruction_of_falling_asleep,
    a_getter_killed_at_any_instruction_of_waking_up,
    a_putter_killed_at_any_instruction_of_waking_up,
    a_put_at_any_instruction_of_falling_asleep,
    a_get_at_any_instruction_of_falling_asleep,
    one_killed_when_it_wakes_up_to_a_lock_that_another_has_taken,
    both_the_one_that_woke_up_and_the_one_that_took_its_lock_killed,
    two_killed_when_they_wake_up_to_a_lock_that_another_has_taken,
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// For so long each operation is cut off in ever other places.
const TIME: Duration = Duration::from_millis(500);

/// A process that is executed one instruction at a time.
struct Stepped(Process);

impl Stepped {
    /// Starts a process that stops right before it calls `f`.
    fn spawn(f: impl FnOnce()) -> Stepped {
        let process = Process::spawn(|| {
            // SAFETY: plain numbers; no thread of this process is affected but its only one.
            unsafe {
                assert_eq!(libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0), 0, "ptrace(2) must be allowed here");
                libc::raise(libc::SIGSTOP);
            }
            f();
            // SAFETY: as above. It is never let go on from here.
            unsafe { libc::raise(libc::SIGSTOP) };
        })
        .unwrap();
        let stepped = Stepped(process);
        assert_eq!(stepped.wait(), Some(libc::SIGSTOP));
        stepped
    }

    fn pid(&self) -> libc::pid_t {
        self.0.id().cast_signed()
    }

    /// Waits until it stops, and says by which signal. `None`: it fell asleep instead.
    fn wait(&self) -> Option<libc::c_int> {
        loop {
            let mut status = 0;
            // SAFETY: the status is ours. It is a live child of ours, so this takes nothing from `Process`.
            let answer = unsafe { libc::waitpid(self.pid(), &raw mut status, libc::WNOHANG | libc::__WALL) };
            if answer == self.pid() {
                assert!(libc::WIFSTOPPED(status), "it ended: {status:#x}");
                return Some(libc::WSTOPSIG(status));
            }
            if !child_changes() && sleeps(self.0.id()) {
                return None;
            }
        }
    }

    /// Executes so many instructions, or as many as there are until `f` has returned or the process sleeps.
    /// Returns how many.
    fn step(&self, most: u64) -> u64 {
        for step in 0..most {
            // SAFETY: plain numbers; the process is stopped, and we trace it.
            unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, self.pid(), 0, 0) };
            match self.wait() {
                Some(libc::SIGTRAP) => {}
                Some(libc::SIGSTOP) | None => return step,
                Some(other) => panic!("it got signal {other}"),
            }
        }
        most
    }

    /// Goes on until it sleeps. The next [`step`](Self::step)s begin right where it is woken.
    fn fall_asleep(&self) {
        // SAFETY: as in `step`.
        unsafe { libc::ptrace(libc::PTRACE_CONT, self.pid(), 0, 0) };
        wait_until(|| sleeps(self.0.id()));
        signal(self.0.id(), libc::SIGSTOP);
        wait_until(|| self.wait() == Some(libc::SIGSTOP));
        // It goes back to sleep, and will be stopped by the end of the system call, which is this step's end.
        // SAFETY: as in `step`.
        unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, self.pid(), 0, 0) };
        assert_eq!(self.wait(), None);
    }

    /// Waits until somebody has woken it.
    fn wake_up(&self) {
        wait_until(|| self.wait() == Some(libc::SIGTRAP));
    }

    /// Goes on until `f` has returned.
    fn finish(self) {
        // SAFETY: as in `step`.
        let go_on = || unsafe { _ = libc::ptrace(libc::PTRACE_CONT, self.pid(), 0, 0) };
        go_on();
        wait_until(|| match self.wait() {
            // It fell asleep in the middle of a step, and only now could end it.
            Some(libc::SIGTRAP) => {
                go_on();
                false
            }
            stop => stop == Some(libc::SIGSTOP),
        });
        self.kill();
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.join().unwrap();
    }
}

/// Waits a moment until the state of some child has changed. SIGCHLD is blocked, so that it waits to be found here.
fn child_changes() -> bool {
    let moment = libc::timespec { tv_sec: 0, tv_nsec: 1_000_000 };
    // SAFETY: a signal set is plain data, which sigemptyset initialises; all pointers are to locals, or null where that
    // is allowed.
    unsafe {
        let mut child = std::mem::zeroed();
        libc::sigemptyset(&raw mut child);
        libc::sigaddset(&raw mut child, libc::SIGCHLD);
        libc::sigprocmask(libc::SIG_BLOCK, &raw const child, std::ptr::null_mut());
        libc::sigtimedwait(&raw const child, std::ptr::null_mut(), &raw const moment) == libc::SIGCHLD
    }
}

/// Calls `cut` with ever other numbers of instructions, for some seconds. It says after how many the operation was over.
fn at_any_instruction(cut: impl Fn(u64) -> u64) {
    let start = Instant::now();
    let whole = cut(u64::MAX);
    assert!(whole > 100, "{whole} instructions are all?");
    // Steps of the golden ratio leave no gap, wherever they end, and begin elsewhere in every run.
    let mut place = f64::from(std::process::id() % 1000) / 1000.0;
    let mut cuts = 0;
    while cuts < 16 || start.elapsed() < TIME {
        place = (place + 0.618_033_988_749_895).fract();
        // Most of them in the last tenth, where the steps are that others see.
        let from = if cuts % 3 == 0 { 0.0 } else { 0.9 };
        cut((whole as f64 * (from + (1.0 - from) * place)) as u64);
        cuts += 1;
    }
    println!("    cut off at {cuts} of {whole} instructions");
}

fn join(mut process: Process) {
    let status = process.join().unwrap();
    assert!(status.success(), "{status}");
}

fn get(queue: &Queue<u8>) -> u8 {
    queue.get_timeout(LONG).unwrap().expect("an item")
}

fn a_putter_killed_at_any_instruction() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::new().unwrap();
        let got = Queue::<u8>::new().unwrap();
        let getter = Process::spawn(|| got.put(queue.get().unwrap()).unwrap()).unwrap();
        wait_until(|| sleeps(getter.id()));

        let putter = Stepped::spawn(|| queue.put(1).unwrap());
        let steps = putter.step(instructions);
        putter.kill();
        // If it is in the queue, the getter takes it, and nobody else must do anything for that.
        wait_until(|| queue.is_empty());
        queue.put(2).unwrap();
        match get(&got) {
            1 => assert_eq!(get(&queue), 2),
            2 => {}
            other => panic!("{other}"),
        }
        assert!(queue.is_empty());
        join(getter);
        steps
    });
}

/// 1 may be got, 2 waits for its place.
fn a_getter_killed_at_any_instruction() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::bounded(1).unwrap();
        queue.put(1).unwrap();
        let putter = Process::spawn(|| queue.put(2).unwrap()).unwrap();
        wait_until(|| sleeps(putter.id()));

        let getter = Stepped::spawn(|| assert_eq!(queue.get().unwrap(), 1));
        let steps = getter.step(instructions);
        getter.kill();
        // Either 1 is still there, and the putter asleep; or it is gone, and the putter puts 2 without further ado.
        wait_until(|| is_dead(putter.id()) || queue.len() == 1 && sleeps(putter.id()));
        let first = get(&queue);
        if first == 1 {
            assert_eq!(get(&queue), 2);
        } else {
            assert_eq!(first, 2);
        }
        join(putter);
        assert!(queue.is_empty());
        steps
    });
}

fn a_getter_killed_at_any_instruction_of_falling_asleep() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::new().unwrap();
        let first = Stepped::spawn(|| _ = queue.get());
        let steps = first.step(instructions);
        let second = Process::spawn(|| assert_eq!(queue.get().unwrap(), 1)).unwrap();
        wait_until(|| sleeps(second.id()));
        first.kill();
        queue.put(1).unwrap();
        join(second);
        steps
    });
}

fn a_putter_killed_at_any_instruction_of_falling_asleep() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::bounded(1).unwrap();
        queue.put(1).unwrap();
        let first = Stepped::spawn(|| _ = queue.put(2));
        let steps = first.step(instructions);
        let second = Process::spawn(|| queue.put(3).unwrap()).unwrap();
        wait_until(|| sleeps(second.id()));
        first.kill();
        assert_eq!(get(&queue), 1);
        assert_eq!(get(&queue), 3);
        join(second);
        steps
    });
}

/// The one who was woken dies before it takes the item, or after.
fn a_getter_killed_at_any_instruction_of_waking_up() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::new().unwrap();
        let first = Stepped::spawn(|| _ = queue.get());
        first.fall_asleep();
        let second = Process::spawn(|| _ = queue.get().unwrap()).unwrap();
        wait_until(|| sleeps(second.id()));
        queue.put(1).unwrap();
        first.wake_up();
        let steps = first.step(instructions);
        first.kill();
        // Either the dead one had taken it, or the next in line takes it without further ado.
        wait_until(|| is_dead(second.id()) || queue.is_empty() && sleeps(second.id()));
        if !is_dead(second.id()) {
            queue.put(2).unwrap();
        }
        join(second);
        assert!(queue.is_empty());
        steps
    });
}

fn a_putter_killed_at_any_instruction_of_waking_up() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::bounded(1).unwrap();
        queue.put(1).unwrap();
        let first = Stepped::spawn(|| _ = queue.put(2));
        first.fall_asleep();
        let second = Process::spawn(|| queue.put(3).unwrap()).unwrap();
        wait_until(|| sleeps(second.id()));
        assert_eq!(get(&queue), 1);
        first.wake_up();
        let steps = first.step(instructions);
        first.kill();
        match get(&queue) {
            2 => assert_eq!(get(&queue), 3),
            3 => {}
            other => panic!("{other}"),
        }
        join(second);
        assert!(queue.is_empty());
        steps
    });
}

/// Nobody dies here: the item comes while the getter is about to sleep because there is none.
fn a_put_at_any_instruction_of_falling_asleep() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::new().unwrap();
        let getter = Stepped::spawn(|| assert_eq!(queue.get().unwrap(), 1));
        let steps = getter.step(instructions);
        let putter = Process::spawn(|| queue.put(1).unwrap()).unwrap();
        // It may have to wait for the getter, which stands still in the middle of something.
        wait_until(|| is_dead(putter.id()) || sleeps(putter.id()));
        getter.finish();
        join(putter);
        steps
    });
}

fn a_get_at_any_instruction_of_falling_asleep() {
    at_any_instruction(|instructions| {
        let queue = Queue::<u8>::bounded(1).unwrap();
        queue.put(1).unwrap();
        let putter = Stepped::spawn(|| queue.put(2).unwrap());
        let steps = putter.step(instructions);
        let getter = Process::spawn(|| assert_eq!(queue.get().unwrap(), 1)).unwrap();
        wait_until(|| is_dead(getter.id()) || sleeps(getter.id()));
        putter.finish();
        join(getter);
        assert_eq!(get(&queue), 2);
        steps
    });
}

/// An item whose putter may keep all others from putting until it is let go on.
#[derive(Deserialize)]
struct Item(bool);

const QUICK: Item = Item(false);
const SLOW: Item = Item(true);

/// Opened by the putter of a slow item when nobody else can put.
static BEGUN: OnceLock<Gate> = OnceLock::new();

/// Opened to let it go on.
static GO_ON: OnceLock<Gate> = OnceLock::new();

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 {
            BEGUN.get().unwrap().open();
            GO_ON.get().unwrap().pass();
        }
        self.0.serialize(serializer)
    }
}

/// A process that has begun to put a slow item.
fn putter_of_slow(queue: &Queue<Item>) -> Process {
    let putter = Process::spawn(|| queue.put(SLOW).unwrap()).unwrap();
    BEGUN.get().unwrap().pass();
    putter
}

/// A process that sleeps until it may put.
fn waiting_putter(queue: &Queue<Item>) -> Stepped {
    let putter = Stepped::spawn(|| queue.put(QUICK).unwrap());
    putter.fall_asleep();
    putter
}

/// Two wait to put, the first one is woken, and before it can go on, a third begins to put. Then the first is killed, after
/// every number of instructions until it has fallen asleep again. What `then` does ends when the second has had its turn.
fn killed_when_woken_too_late(then: impl Fn(&Queue<Item>, Process)) {
    BEGUN.get_or_init(Gate::new);
    let go_on = GO_ON.get_or_init(Gate::new);
    for instructions in 0.. {
        let queue = Queue::<Item>::new().unwrap();
        let before = putter_of_slow(&queue);
        let first = waiting_putter(&queue);
        let second = Process::spawn(|| queue.put(QUICK).unwrap()).unwrap();
        wait_until(|| sleeps(second.id()));
        go_on.open();
        join(before);
        first.wake_up();

        let third = putter_of_slow(&queue);
        let steps = first.step(instructions);
        first.kill();
        then(&queue, third);
        join(second);
        if steps < instructions {
            assert!(steps > 10, "{steps} instructions are all?");
            break;
        }
    }
}

fn one_killed_when_it_wakes_up_to_a_lock_that_another_has_taken() {
    killed_when_woken_too_late(|queue, third| {
        GO_ON.get().unwrap().open();
        join(third);
        wait_until(|| queue.len() == 3);
    });
}

fn both_the_one_that_woke_up_and_the_one_that_took_its_lock_killed() {
    killed_when_woken_too_late(|queue, mut third| {
        third.kill().unwrap();
        third.join().unwrap();
        wait_until(|| queue.len() == 2);
    });
}

fn two_killed_when_they_wake_up_to_a_lock_that_another_has_taken() {
    BEGUN.get_or_init(Gate::new);
    let go_on = GO_ON.get_or_init(Gate::new);
    let queue = Queue::<Item>::new().unwrap();
    let before = putter_of_slow(&queue);
    let (first, second) = (waiting_putter(&queue), waiting_putter(&queue));
    let last = Process::spawn(|| queue.put(QUICK).unwrap()).unwrap();
    wait_until(|| sleeps(last.id()));
    go_on.open();
    join(before);
    first.wake_up();

    let third = putter_of_slow(&queue);
    // It has found out that somebody sleeps.
    second.wake_up();
    first.kill();
    second.kill();
    go_on.open();
    join(third);
    join(last);
    assert_eq!(queue.len(), 3);
}
