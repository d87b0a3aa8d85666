//! What a worker process does: take a task, run it, hand in the answer; asleep when there is none.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::error::TaskError;
use super::memory::{Memory, PIECE, overwritten};
use super::record::{AnswerHeader, Kind, TaskId};
use super::task::Code;
use crate::process::flush;

/// A task that died with its worker.
#[derive(Debug, Clone)]
pub(super) struct Obituary {
    pub(super) task: TaskId,
    pub(super) pid: libc::pid_t,
    pub(super) status: Option<ExitStatus>,
}

/// Works until there is nothing more to do. `obituaries` are of those who had this desk before.
pub(super) fn run(memory: &Memory, desk: usize, most_tasks: Option<u64>, obituaries: &[Obituary]) {
    keep_what_panics_say();
    // It would be no better for a successor: the fork server reads the complaint, and starts none.
    if let Err(error) = work(memory, desk, most_tasks, obituaries) {
        let me = std::process::id();
        memory.control().complaint.file(format_args!("worker process {me} gave up: {error}"));
    }
}

fn work(memory: &Memory, desk: usize, most_tasks: Option<u64>, obituaries: &[Obituary]) -> io::Result<()> {
    for obituary in obituaries {
        let report = (obituary.pid.unsigned_abs(), obituary.status.map(ExitStatusExt::into_raw));
        answer(memory, desk, obituary.task, Kind::Death, &to_bytes(&report))?;
    }
    memory.desk(desk).obituaries_told.store(true, Ordering::Release);

    let mut argument = Vec::new();
    let mut result = Vec::new();
    let mut done = 0;
    while most_tasks.is_none_or(|most| done < most) {
        let header = memory.take_task(desk, &mut argument)?;
        let Some(task) = header.task else {
            return if memory.control().closing.load(Ordering::Acquire) { Ok(()) } else { Err(overwritten()) };
        };
        // SAFETY: the owner wrote the address of a `Code`; this process is a copy of a copy of the owner, made by forks, so the
        // same code is at the same address.
        let code = unsafe { std::mem::transmute::<usize, Code>(header.code) };
        result.clear();
        let kind = run_task(code, &argument, &mut result);
        // What a task has printed is seen before its result.
        let _ = flush(&mut io::stdout());
        answer(memory, desk, task, kind, &result)?;
        memory.put_down_task(desk);
        give_back(&mut argument);
        give_back(&mut result);
        done += 1;
    }
    Ok(())
}

/// A worker that had much to carry once does not hold the memory for ever.
fn give_back(bytes: &mut Vec<u8>) {
    if bytes.capacity() > PIECE {
        *bytes = Vec::new();
    }
}

fn answer(memory: &Memory, desk: usize, task: TaskId, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let mut header = AnswerHeader { task, worker: desk as u32, kind, more: true };
    let mut rest = bytes;
    while let Some((piece, after)) = rest.split_at_checked(PIECE) {
        memory.put_answer(header, piece)?;
        rest = after;
    }
    header.more = false;
    memory.put_answer(header, rest)
}

/// Leaves in `result` what the kind says.
fn run_task(code: Code, argument: &[u8], result: &mut Vec<u8>) -> Kind {
    // A panic that an earlier task caught is not this one's.
    LAST_PANIC.take();
    let outcome = catch_unwind(AssertUnwindSafe(|| code(argument, result)));
    match outcome {
        Ok(Ok(())) => Kind::Value,
        Ok(Err(why)) => {
            *result = why.into_bytes();
            Kind::Encoding
        }
        Err(payload) => {
            // Only the payload is certain to be of the panic that ended the task: `resume_unwind` calls no hook.
            let message = message(&*payload);
            let place = LAST_PANIC.take().filter(|(last, _)| last == message).map(|(_, place)| place);
            *result = to_bytes(&(message, place.as_deref().unwrap_or("an unknown place")));
            // Dropping it could panic again.
            std::mem::forget(payload);
            Kind::Panic
        }
    }
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
        Kind::Death => postcard::from_bytes(bytes).map(|(pid, status): (u32, Option<i32>)| TaskError::WorkerDied {
            pid,
            status: status.map(ExitStatus::from_raw),
        }),
        Kind::Panic => postcard::from_bytes(bytes).map(|(message, place)| TaskError::Panicked { message, place }),
        Kind::Value | Kind::Encoding => Ok(TaskError::Encoding(String::from_utf8_lossy(bytes).into_owned())),
    };
    read.unwrap_or_else(unreadable)
}
