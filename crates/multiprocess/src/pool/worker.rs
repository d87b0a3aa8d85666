//! What a worker process does: take a task, run it, hand in the answer; asleep when there is none.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::alarm::Alarm;
use super::code::Code;
use super::error::TaskError;
use super::memory::Memory;
use super::record::overwritten;
use super::record::{Kind, TaskId};
use crate::explain::explain;
use crate::process::{die_with, flush};
use crate::shared::fork_guard::ForkGuard;
use crate::shared::wait::Wait;

/// A task that died with its worker.
#[derive(Debug, Clone)]
pub(super) struct Obituary {
    pub(super) task: TaskId,
    pub(super) pid: libc::pid_t,
    pub(super) status: Option<ExitStatus>,
    /// It was killed because the task took longer than so many nanoseconds.
    pub(super) exceeded: Option<u64>,
}

impl Obituary {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        to_bytes(&(self.pid.unsigned_abs(), self.status.map(ExitStatusExt::into_raw), self.exceeded))
    }
}

/// What every worker of a pool is told.
#[derive(Clone, Default)]
pub(super) struct Orders {
    /// After so many tasks it ends.
    pub(super) most_tasks: Option<u64>,
    /// So many bytes of memory it may have for itself.
    pub(super) memory_limit: Option<u64>,
    /// What it runs first.
    pub(super) initializer: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// Works until there is nothing more to do. `obituaries` are of those who had this slot before.
pub(super) fn run(memory: &Memory, slot: usize, orders: &Orders, obituaries: &[Obituary]) {
    keep_what_panics_say();
    // It would be no better for a successor: the fork server reads the error, and starts none.
    if let Err(error) = work(memory, slot, orders, obituaries) {
        let me = std::process::id();
        memory.control().fatal_error.set(format_args!("worker process {me} gave up: {error}"));
    }
}

fn work(memory: &Memory, slot: usize, orders: &Orders, obituaries: &[Obituary]) -> io::Result<()> {
    let fork_guard = ForkGuard::new()?;
    let mut alarm = Alarm::default();
    for obituary in obituaries {
        memory.put_answer(obituary.task, slot, Kind::Death, &obituary.to_bytes())?;
        memory.call_owner_if_wanted();
    }
    memory.slot(slot).obituaries_told.store(true, Ordering::Release);
    orders.memory_limit.map_or(Ok(()), limit_memory)?;
    orders.initializer.as_deref().map_or(Ok(()), |initializer| initialize(&initializer))?;
    if !is_child_of_server() {
        return Ok(());
    }
    memory.slot(slot).ready.store(true, Ordering::Release);

    let mut argument = Vec::new();
    let mut result = Vec::new();
    let mut done = 0;
    let may_take = |done| orders.most_tasks.is_none_or(|most| done < most);
    // A task that was taken together with the handing in of the last answer.
    let mut taken = None;
    while may_take(done) {
        if taken.is_none() {
            if memory.queued() == 0 && !is_child_of_server() {
                return Ok(());
            }
            taken = memory.take_task(Wait::Forever, slot, &mut argument)?;
            memory.call_owner_if_wanted();
        }
        let Some(header) = taken.take() else { continue };
        let Some(task) = header.task else {
            return if memory.control().closing.load(Ordering::Acquire) { Ok(()) } else { Err(overwritten()) };
        };
        if !memory.is_cancelled(task) {
            if let Some(length) = header.length_if_long(&argument)? {
                memory.take_pieces(task, length, &mut argument)?;
            }
            // SAFETY: the owner wrote the addresses of a `Code`, and this process is a copy of a copy of the owner, made by forks.
            let code = unsafe { Code::from_addresses(header.code.0, header.code.1) };
            result.clear();
            let is_limited = alarm.set(memory.slot(slot), header.time_limit)?;
            let kind = run_task(code, &argument, &mut result);
            if !fork_guard.is_maker() {
                // The task has forked, without `exec`, and this is its child, a daemon perhaps: no worker.
                return Ok(());
            }
            if is_limited {
                alarm.stop(memory.slot(slot))?;
            }
            // What a task has printed is seen before its result.
            let _ = flush(&mut io::stdout());
            if !memory.owner_bell.is_there() {
                return end_without_bell(memory, slot, task, kind, &result);
            }
            memory.put_answer(task, slot, kind, &result)?;
        }
        give_back(&mut argument);
        give_back(&mut result);
        done += 1;
        // Before the next task, which may take long; the answer to this one is handed in.
        let has_server = is_child_of_server();
        let is_put_down = memory.put_down_task(slot, task);
        if is_put_down && has_server && may_take(done) {
            // Before the owner is called, which is a system call: so what others see, the answer and the next task gone, they see
            // in one piece. Should this process be killed in between, the fork server calls.
            taken = memory.take_task(Wait::No, slot, &mut argument)?;
        }
        memory.call_owner_if_wanted();
        if !is_put_down {
            wait_to_be_killed();
        }
        if !has_server {
            return Ok(());
        }
    }
    Ok(())
}

/// A task has closed the descriptors of its worker (`closefrom(3)`), which so cannot ring for the owner any more. It hands in
/// the answer and ends; then the fork server rings, and starts another, which has a bell.
fn end_without_bell(memory: &Memory, slot: usize, task: TaskId, kind: Kind, result: &[u8]) -> io::Result<()> {
    if memory.put_answer_silently(Wait::Forever, task, slot, kind, result)?.is_none() {
        let why = "the result is too long to be handed in, as the task has closed its worker's descriptors";
        memory.put_answer_silently(Wait::Forever, task, slot, Kind::Encoding, why.as_bytes())?;
    }
    if !memory.put_down_task(slot, task) {
        wait_to_be_killed();
    }
    Ok(())
}

/// The owner has cancelled the task and asked the fork server to kill this worker.
fn wait_to_be_killed() -> ! {
    loop {
        // SAFETY: takes no arguments.
        unsafe { libc::pause() };
    }
}

/// Whether the fork server is there, with which this process ends. A task that changes the user or the group has made the
/// kernel forget that (`PR_SET_PDEATHSIG` of prctl(2)): then this says so again. Asked after the initializer, before every sleep, and after
/// each task; until then there is the [leash](super::leash), unless the task has closed that.
fn is_child_of_server() -> bool {
    let mut signal = 0;
    // SAFETY: the answer is written to a live place.
    let answer = unsafe { libc::prctl(libc::PR_GET_PDEATHSIG, &raw mut signal) };
    if answer == 0 && signal == libc::SIGKILL {
        return true;
    }
    die_with(SERVER.load(Ordering::Relaxed))
}

/// The fork server's process, as long as the worker is its child.
static SERVER: AtomicU32 = AtomicU32::new(0);

/// Lets this process end with the fork server. `false`: that is gone already.
pub(super) fn be_child_of(server: u32) -> bool {
    SERVER.store(server, Ordering::Relaxed);
    die_with(server)
}

/// See `RLIMIT_DATA` in getrlimit(2): memory that is not shared and may be written to.
fn limit_memory(bytes: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: a live rlimit.
    if unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const limit) } == 0 {
        return Ok(());
    }
    Err(explain(io::Error::last_os_error(), format_args!("could not limit its memory to {bytes} bytes")))
}

fn initialize(initializer: &impl Fn()) -> io::Result<()> {
    LAST_PANIC.take();
    catch_unwind(AssertUnwindSafe(initializer)).map_err(|payload| {
        let (message, place) = what_panic_said(payload);
        io::Error::other(format!("the initializer panicked at {place}: {message}"))
    })
}

/// More than so many bytes that a task needed once are given back.
const KEPT: usize = 1 << 20;

/// A worker that had much to carry once does not hold the memory for ever.
fn give_back(bytes: &mut Vec<u8>) {
    if bytes.capacity() > KEPT {
        *bytes = Vec::new();
    }
}

/// Leaves in `result` what the kind says.
fn run_task(code: Code, argument: &[u8], result: &mut Vec<u8>) -> Kind {
    // A panic that an earlier task caught is not this one's.
    LAST_PANIC.take();
    let outcome = catch_unwind(AssertUnwindSafe(|| code.run(argument, result)));
    match outcome {
        Ok(Ok(())) => Kind::Value,
        Ok(Err(why)) => {
            *result = why.into_bytes();
            Kind::Encoding
        }
        Err(payload) => {
            *result = to_bytes(&what_panic_said(payload));
            Kind::Panic
        }
    }
}

/// Message and place of the panic that has thrown this.
fn what_panic_said(payload: Box<dyn Any + Send>) -> (String, String) {
    // Only the payload is certain to be of that panic: `resume_unwind` calls no hook.
    let message = message(&*payload).to_owned();
    let place = LAST_PANIC.take().filter(|(last, _)| *last == message).map(|(_, place)| place);
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It panicked when it was dropped; so may this one.
        std::mem::forget(another);
    }
    (message, place.unwrap_or_else(|| "an unknown place".to_owned()))
}

fn to_bytes(report: &impl Serialize) -> Vec<u8> {
    // Numbers and strings can always be encoded.
    postcard::to_stdvec(report).unwrap_or_default()
}

thread_local! {
    /// Message and place of this thread's last panic.
    static LAST_PANIC: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// A payload has no place: only the hook sees that. The hook there was has its say, too: should the process abort, nobody
/// else will.
fn keep_what_panics_say() {
    if std::thread::panicking() {
        // The pool is made by a destructor while a panic unwinds: then the hook cannot be changed.
        return;
    }
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Some(place) = panic.location() {
            LAST_PANIC.set(Some((message(panic.payload()).to_owned(), place.to_string())));
        }
        usual(panic);
    }));
}

fn message(payload: &dyn Any) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "(the panic's payload is not text)",
    }
}

/// The error that an answer of this kind reports.
pub(super) fn error(kind: Kind, bytes: &[u8]) -> TaskError {
    let unreadable = |_| TaskError::Encoding("the worker's report of a failure cannot be read".to_owned());
    let read = match kind {
        Kind::Death => {
            postcard::from_bytes(bytes).map(|(pid, status, exceeded): (u32, Option<i32>, Option<u64>)| match exceeded {
                Some(limit) => TaskError::TimedOut { pid, limit: Duration::from_nanos(limit) },
                None => TaskError::WorkerDied { pid, status: status.map(ExitStatus::from_raw) },
            })
        }
        Kind::Panic => postcard::from_bytes(bytes).map(|(message, place)| TaskError::Panicked { message, place }),
        Kind::Value | Kind::Encoding => Ok(TaskError::Encoding(String::from_utf8_lossy(bytes).into_owned())),
    };
    read.unwrap_or_else(unreadable)
}
