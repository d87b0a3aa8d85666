//! A worker is killed after its first instruction, after its second, after its third …, from the moment a task is
//! queued until it is asleep again, while the pool's owner sleeps in the kernel waiting for just this task. A third
//! process lets the worker go one instruction at a time, by `ptrace(2)`.

use std::process::id;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use multiprocess::{Pool, Process, TaskError};

use crate::forking::{Case, Gate, assert_no_children, sleeps, state_of};

pub const CASES: &[Case] =
    cases![a_worker_may_be_killed_at_any_instruction, an_answer_arrives_although_its_worker_is_killed_before_it_calls,];

/// There are thousands of instructions; in this time as many are tried as can be, spread over all of them. With
/// `MULTIPROCESS_TEST_ALL=1` all of them are, however long it takes.
const TIME: Duration = Duration::from_secs(2);

/// What the processes of this test tell each other.
#[derive(Default)]
struct Board {
    /// The worker that ran the first task, and the one that ran the second.
    ran: [AtomicU32; 2],
    /// After so many instructions the worker was killed.
    instructions: AtomicU64,
}

static BOARD: AtomicPtr<Board> = AtomicPtr::new(ptr::null_mut());

fn board() -> &'static Board {
    // SAFETY: set before the first use, to a page that stays mapped in all processes of the test.
    unsafe { &*BOARD.load(Ordering::Relaxed) }
}

/// What became of a task whose worker was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    Died,
}

fn a_worker_may_be_killed_at_any_instruction() {
    let all = std::env::var_os("MULTIPROCESS_TEST_ALL").is_some();
    if all {
        // SAFETY: a plain number: no limit.
        unsafe { libc::alarm(0) };
    }
    BOARD.store(crate::forking::shared(Board::default()), Ordering::Relaxed);
    stay_on_one_processor();
    let pool = Pool::new(1).unwrap();
    assert_eq!(kill_after(&pool, u64::MAX), Fate::Answered, "it was asleep again");
    let whole = board().instructions.load(Ordering::Relaxed);

    let start = Instant::now();
    let mut fates = Vec::new();
    // Steps of the golden ratio: wherever this stops, no part has been left out.
    let step = if all { 1 } else { (whole as f64 * 0.618_033_988_7) as u64 | 1 };
    for n in 0..whole {
        if !all && start.elapsed() > TIME {
            break;
        }
        let instructions = n * step % whole;
        fates.push((instructions, kill_after(&pool, instructions)));
    }
    fates.sort_by_key(|(instructions, _)| *instructions);
    let in_hand: Vec<u64> = fates.iter().filter(|(_, fate)| *fate == Fate::Died).map(|(n, _)| *n).collect();
    println!("    {} of {whole} instructions tried; at {} the task was in hand", fates.len(), in_hand.len());
    // Before it was taken, a death costs nothing.
    assert_eq!(fates[0], (0, Fate::Answered));
    assert!(!in_hand.is_empty());
    pool.close().join().unwrap();
    assert_no_children();
}

/// A worker hands in an answer and takes the next task, and then calls the owner, which is asleep.
fn an_answer_arrives_although_its_worker_is_killed_before_it_calls() {
    BOARD.store(crate::forking::shared(Board::default()), Ordering::Relaxed);
    stay_on_one_processor();
    let pool = Pool::new(1).unwrap();
    for _ in 0..10 {
        let worker = pool.apply_async(allow, ()).unwrap().get().unwrap();
        for ran in &board().ran {
            ran.store(0, Ordering::Relaxed);
        }
        let (held, queued) = (Gate::new(), Gate::new());
        let owner = id();
        let mut killer = Process::spawn(|| {
            while !sleeps(worker) {}
            let stepped = Stepped::hold(worker);
            held.open();
            queued.pass();
            while state_of(owner) != Some('S') {}
            stepped.kill_before_call();
        })
        .unwrap();
        held.pass();
        let victim = pool.apply_async(|n: u64| run(0, n), 7).unwrap();
        let next = pool.apply_async(|n: u64| run(1, n), 8).unwrap();
        queued.open();
        assert_eq!(victim.get().unwrap(), 7);
        let Err(TaskError::WorkerDied { pid, .. }) = next.get() else { panic!("the worker had taken it") };
        assert_eq!(pid, worker);
        assert_eq!(board().ran[1].load(Ordering::Relaxed), 0, "it had not begun");
        assert!(killer.join().unwrap().success());
    }
    pool.close().join().unwrap();
    assert_no_children();
}

/// Where only a parent may trace, a process may still allow it to others. Returns the worker's pid.
fn allow((): ()) -> u32 {
    // SAFETY: plain numbers. Where the restriction is unknown this is an error, and not needed.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY) };
    id()
}

/// Queues two tasks, and has the worker killed after so many instructions, or when it sleeps again.
fn kill_after(pool: &Pool, instructions: u64) -> Fate {
    let worker = pool.apply_async(allow, ()).unwrap().get().unwrap();
    for ran in &board().ran {
        ran.store(0, Ordering::Relaxed);
    }
    let (held, queued) = (Gate::new(), Gate::new());
    let owner = id();
    let mut killer = Process::spawn(|| {
        tick();
        while !sleeps(worker) {}
        let stepped = Stepped::hold(worker);
        held.open();
        queued.pass();
        while state_of(owner) != Some('S') {}
        board().instructions.store(stepped.kill_after(instructions), Ordering::Relaxed);
    })
    .unwrap();
    held.pass();
    let victim = pool.apply_async(|n: u64| run(0, n), instructions).unwrap();
    let bystander = pool.apply_async(|n: u64| run(1, n), instructions).unwrap();
    queued.open();
    let fates = [victim.get(), bystander.get()].into_iter().enumerate().map(|(task, answer)| {
        let ran = board().ran[task].load(Ordering::Relaxed);
        match answer {
            Ok(answer) => {
                assert_eq!(answer, instructions);
                assert_ne!(ran, 0);
                Fate::Answered
            }
            Err(TaskError::WorkerDied { pid, .. }) => {
                assert_eq!(pid, worker);
                assert!(ran == 0 || ran == worker, "nobody else ran it after {instructions} instructions");
                Fate::Died
            }
            Err(other) => panic!("after {instructions} instructions: {other}"),
        }
    });
    let fates: Vec<Fate> = fates.collect();
    assert_ne!(fates, [Fate::Died, Fate::Died], "one task at a time is in a worker's hands");
    assert!(killer.join().unwrap().success());
    if fates[1] == Fate::Died { Fate::Died } else { fates[0] }
}

/// A task that leaves word of who ran it.
fn run(task: usize, n: u64) -> u64 {
    board().ran[task].store(id(), Ordering::Relaxed);
    n
}

/// A process that is held, and goes on one instruction at a time.
struct Stepped(u32);

impl Stepped {
    fn hold(pid: u32) -> Stepped {
        let stepped = Stepped(pid);
        // Its system calls will be told from other stops.
        stepped.request_with(libc::PTRACE_SEIZE, libc::PTRACE_O_TRACESYSGOOD);
        stepped.request(libc::PTRACE_INTERRUPT);
        assert!(stepped.stops());
        stepped
    }

    /// Kills it after so many instructions, or when it sleeps; how many it were.
    fn kill_after(self, instructions: u64) -> u64 {
        let mut done = 0;
        while done < instructions {
            self.request(libc::PTRACE_SINGLESTEP);
            if !self.stops() {
                break;
            }
            done += 1;
        }
        crate::forking::signal(self.0, libc::SIGKILL);
        // The kernel tells its tracer first, and then its parent.
        assert!(!self.stops());
        done
    }

    /// Kills it as it is about to ring: that is a write(2), and its first, as its tasks print nothing.
    fn kill_before_call(self) {
        loop {
            self.request(libc::PTRACE_SYSCALL);
            assert!(self.stops());
            if self.is_about_to_write() {
                break;
            }
        }
        crate::forking::signal(self.0, libc::SIGKILL);
        // A call that is killed before it has begun does not begin.
        assert!(!self.stops());
    }

    fn is_about_to_write(&self) -> bool {
        // SAFETY: plain data, for which zeros are right; the kernel writes no more than its size, and says what it is about.
        unsafe {
            let mut stop: libc::ptrace_syscall_info = std::mem::zeroed();
            let size = size_of_val(&stop);
            let answer = libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, self.0.cast_signed(), size, &raw mut stop);
            assert!(answer > 0, "Linux 5.3 can tell: {}", std::io::Error::last_os_error());
            stop.op == libc::PTRACE_SYSCALL_INFO_ENTRY && stop.u.entry.nr == libc::SYS_write as u64
        }
    }

    fn request(&self, request: libc::c_uint) {
        self.request_with(request, 0);
    }

    fn request_with(&self, request: libc::c_uint, options: libc::c_int) {
        // SAFETY: these requests take no pointers.
        let answer = unsafe { libc::ptrace(request, self.0.cast_signed(), 0, libc::c_long::from(options)) };
        assert_eq!(answer, 0, "ptrace(2) must be allowed here: {}", std::io::Error::last_os_error());
    }

    /// Waits until it stops. `false`: it has ended, or is asleep.
    fn stops(&self) -> bool {
        loop {
            let mut status = 0;
            // SAFETY: a live place for the status.
            let answer = unsafe { libc::waitpid(self.0.cast_signed(), &raw mut status, libc::__WALL) };
            if answer == self.0.cast_signed() {
                return libc::WIFSTOPPED(status);
            }
            // The tick: it takes long.
            assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EINTR));
            if sleeps(self.0) {
                return false;
            }
        }
    }
}

/// Interrupts this process's waits now and then.
fn tick() {
    extern "C" fn nothing(_: libc::c_int) {}
    let tick = libc::timeval { tv_sec: 0, tv_usec: 10_000 };
    let timer = libc::itimerval { it_interval: tick, it_value: tick };
    // SAFETY: the handler does nothing; without SA_RESTART every wait that it interrupts gives EINTR. The pointers are to
    // live values or null.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as *const () as usize;
        libc::sigaction(libc::SIGALRM, &raw const action, ptr::null_mut());
        libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut());
    }
}

/// On one processor, a traced process and its tracer take turns several times as fast as on two.
fn stay_on_one_processor() {
    // SAFETY: plain data, and a live value for the call.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(libc::sched_getcpu() as usize, &mut set);
        assert_eq!(libc::sched_setaffinity(0, size_of_val(&set), &raw const set), 0);
    }
}
