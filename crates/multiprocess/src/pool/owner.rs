//! The pool's side in the process that made it. All its threads may use it: one of them at a time waits for the pool's processes,
//! the others wait for that one.

use std::cell::Cell;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use super::code::{Call, Loaded};
use super::engine::Engine;
use super::error::{JoinError, TaskError};
use super::memory::{Reader, Wanted};
use super::record::{Kind, TaskHeader, TaskId};
use super::server::Plan;
use super::table::{Answer, Asker, Callback, Table};
use super::watch::Watch;
use super::worker;
use crate::shared::fork_guard::ForkGuard;
use crate::shared::wait::Wait;

/// So many answers are collected before anything else is looked at again: not so many that it takes long.
const ANSWERS_AT_ONCE: usize = 1024;
const BYTES_AT_ONCE: usize = 1 << 20;

/// So many tasks are queued between two looks at the answers.
const TASKS_BETWEEN_LOOKS: u32 = 256;

pub(super) struct Owner {
    fork_guard: ForkGuard,
    loaded: Loaded,
    state: Mutex<State>,
    /// Signalled when the thread that waited for the processes has something to tell, or stops waiting.
    news: Condvar,
}

struct State {
    /// `None` when the pool has ended; then `table` has no unanswered task.
    engine: Option<Arc<Engine>>,
    /// Why there is no engine.
    end: TaskError,
    table: Table,
    /// For each worker, the beginning of an answer that comes in pieces.
    beginnings: Vec<Vec<u8>>,
    /// A thread waits for the pool's processes.
    attended: bool,
    /// So many threads wait for that one.
    others: usize,
    /// A thread may be in poll(2) with a [`Watch`] that is silent.
    watched: bool,
    since_look: u32,
    /// A thread is sending a long argument. Another has to wait: the pieces of two would be mixed.
    sending: bool,
    /// The workers have been told to end when there are no more tasks.
    closed: bool,
}

impl Owner {
    pub(super) fn start(plan: Plan) -> io::Result<Owner> {
        let fork_guard = ForkGuard::new()?;
        let workers = plan.workers;
        let loaded = Loaded::now()?;
        let state = State {
            engine: Some(Arc::new(Engine::start(plan)?)),
            end: TaskError::Terminated,
            table: Table::default(),
            beginnings: vec![Vec::new(); workers],
            attended: false,
            others: 0,
            watched: false,
            since_look: 0,
            sending: false,
            closed: false,
        };
        Ok(Owner { fork_guard, loaded, state: Mutex::new(state), news: Condvar::new() })
    }

    /// Queues a task; waits for room if need be.
    pub(super) fn submit(&self, call: Call, argument: &[u8], asker: Asker) -> Result<TaskId, TaskError> {
        self.must_be_maker()?;
        self.loaded.must_have(call.code)?;
        let mut state = self.lock();
        if state.has_place_for(argument) {
            let queued = state.queue(call, Argument::Short(argument), asker)?;
            let is_due = state.table.has_due();
            drop(state);
            if is_due {
                self.call_back();
            }
            match queued {
                Some(task) => Ok(task),
                None => self.queue(call, Argument::Short(argument), asker),
            }
        } else {
            drop(state);
            self.send(call, argument, asker)
        }
    }

    /// Queues a task when there is room.
    fn queue(&self, call: Call, argument: Argument<'_>, asker: Asker) -> Result<TaskId, TaskError> {
        self.wait_for(None, |state| state.queue(call, argument, asker).transpose(), State::room)
            .unwrap_or(Err(TaskError::Terminated))
    }

    /// Queues a task without its argument, which is too long for that, and sends the argument to the worker that takes the
    /// task, as that reads it.
    fn send(&self, call: Call, argument: &[u8], asker: Asker) -> Result<TaskId, TaskError> {
        let begin = |state: &mut State| (!std::mem::replace(&mut state.sending, true)).then_some(());
        self.wait_for(None, begin, |_| Wanted::ANSWER).ok_or_else(|| self.lock().end.clone())?;
        let mut sending = Sending { owner: self, unsent: None };
        let task = self.queue(call, Argument::Long(argument.len()), asker)?;
        sending.unsent = Some(task);
        let done = Cell::new(0);
        let send = |state: &mut State| {
            let engine = state.engine.clone()?;
            while state.table.is_unanswered(task) {
                if done.get() == argument.len() {
                    return engine.memory.no_pieces_left().then_some(());
                }
                match engine.memory.put_piece(task, argument, done.get()) {
                    Ok(Some(length)) => done.set(done.get() + length),
                    Ok(None) => return None,
                    Err(error) => state.break_down(&engine, Some(error)),
                }
            }
            // Its worker died, or it was cancelled, which kills its worker: until then that may read on, and must not take
            // pieces of the next argument.
            (!engine.memory.is_in_hands(task)).then_some(())
        };
        let reader = || if done.get() < argument.len() { Reader::HasMadeRoom } else { Reader::IsDone };
        // Without a pool the task has been answered with that.
        self.wait_for(None, send, |_| Wanted { reader: Some(reader()), ..Wanted::ANSWER });
        sending.unsent = None;
        Ok(task)
    }

    /// As [`submit`](Self::submit), for a task whose answer is given to a callback.
    pub(super) fn submit_with(&self, call: Call, argument: &[u8], callback: Callback) -> Result<(), TaskError> {
        let number = self.with_table(|table| table.add_callback(callback));
        let queued = self.submit(call, argument, Asker::Callback(number));
        if queued.is_err() {
            self.with_table(|table| table.remove_callback(number));
        }
        queued.map(drop)
    }

    /// Calls the callbacks whose answers have come. The thread that collects an answer does so when it holds no lock.
    fn call_back(&self) {
        loop {
            let due = self.lock().table.take_due();
            let Some((callback, answer)) = due else { return };
            callback(answer);
        }
    }

    /// Answers the task with [`TaskError::Cancelled`] and has it stopped. `false`: it has been answered.
    pub(super) fn cancel(&self, task: TaskId) -> bool {
        if !self.fork_guard.is_maker() {
            return false;
        }
        let mut state = self.lock();
        // It may be done.
        state.look();
        if !state.table.is_unanswered(task) {
            return false;
        }
        state.table.answer(task, Answer::failed(TaskError::Cancelled));
        if let Some(engine) = &state.engine {
            engine.cancel(task);
        }
        drop(state);
        self.news.notify_all();
        true
    }

    /// Whether the task's answer is there.
    pub(super) fn is_answered(&self, task: TaskId) -> bool {
        let mut state = self.lock();
        if self.fork_guard.is_maker() {
            state.look();
        }
        state.table.is_answered(task)
    }

    /// Whether the task's answer is there. If it is not, `watch` (made, if need be) is silent until that may have changed.
    pub(super) fn is_answered_or_watched(&self, task: TaskId, watch: &OnceLock<Watch>) -> io::Result<bool> {
        if !self.fork_guard.is_maker() {
            // Whoever asks for it is told so at once.
            return Ok(true);
        }
        let is_answered = self.lock().is_answered_or_watched(task, watch);
        self.call_back();
        is_answered
    }

    /// The processes of the workers.
    pub(super) fn worker_ids(&self) -> Vec<u32> {
        self.lock().engine.as_ref().map_or_else(Vec::new, |engine| engine.memory.pids())
    }

    /// The task's answer: `None` when there is none by the deadline.
    pub(super) fn take(&self, task: TaskId, deadline: Option<Instant>) -> Option<Answer> {
        if let Err(error) = self.must_be_maker() {
            return Some(Answer::failed(error));
        }
        self.wait_for(deadline, |state| state.table.take(task), |_| Wanted::ANSWER)
    }

    /// The next answer in a stream of which some are outstanding, or why there will be none.
    pub(super) fn next_in_stream(&self, stream: u64) -> Result<(TaskId, Answer), TaskError> {
        self.must_be_maker()?;
        self.wait_for(None, |state| state.table.next_in_stream(stream), |_| Wanted::ANSWER)
            .ok_or_else(|| self.lock().end.clone())
    }

    pub(super) fn with_table<R>(&self, f: impl FnOnce(&mut Table) -> R) -> R {
        f(&mut self.lock().table)
    }

    /// Waits until every task is answered, then ends the workers. `None`: that has not come about by the deadline.
    pub(super) fn finish(&self, deadline: Option<Instant>) -> Option<Result<(), JoinError>> {
        if let Err(error) = self.must_be_maker() {
            return Some(Err(JoinError::from(error)));
        }
        // Nobody wants one answer before the others: to be called once is enough.
        let all = |state: &State| Wanted { answers: state.table.unanswered(), ..Wanted::ANSWER };
        self.wait_for(deadline, |state| (state.table.unanswered() == 0).then_some(()), all);
        self.call_back();
        let engine = {
            let mut state = self.lock();
            if state.table.unanswered() > 0 {
                return None;
            }
            let is_new = !std::mem::replace(&mut state.closed, true);
            state.engine.clone().filter(|engine| !is_new || state.must_close(engine))
        };
        if let Some(engine) = engine {
            // Not under the lock: others may terminate the pool meanwhile.
            if let Ok(false) = engine.wait_for_end(deadline) {
                return None;
            }
            self.lock().end_of(&engine);
        }
        let unasked = self.lock().table.take_unasked();
        Some(if unasked.failures() == 0 { Ok(()) } else { Err(unasked) })
    }

    /// Kills the workers. What is unanswered stays so.
    pub(super) fn terminate(&self) {
        // A forked copy of the owner has no say in this.
        if !self.fork_guard.is_maker() {
            return;
        }
        let mut state = self.lock();
        // What has been answered by now is.
        while let Ok(true) = state.collect() {}
        if let Some(engine) = state.engine.take() {
            // It fails when the server is gone, and then so are the workers.
            let _ = engine.terminate();
            state.table.fail_all(&TaskError::Terminated);
        }
        drop(state);
        self.news.notify_all();
        self.call_back();
    }

    /// Looks at what has come, and waits for more, until `ready` finds what it wants; `None` at the deadline. When the pool has
    /// ended, `ready` must find something. It need not be asked before what is `wanted` is there.
    fn wait_for<T>(
        &self,
        deadline: Option<Instant>,
        mut ready: impl FnMut(&mut State) -> Option<T>,
        wanted: impl Fn(&State) -> Wanted,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.table.has_due() {
                drop(state);
                self.call_back();
                state = self.lock();
            }
            if let Some(found) = ready(&mut state) {
                return Some(found);
            }
            let engine = Arc::clone(state.engine.as_ref()?);
            let some = state.look();
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return ready(&mut state);
            }
            if some {
                continue;
            }
            let mut wanted = wanted(&state);
            if state.attended || state.others > 0 || state.watched {
                // Another thread may want the next one.
                wanted.answers = 1;
            }
            let may_wait = engine.memory.owner_may_wait(wanted);
            if state.attended {
                // The one that attends is told by the bell, and tells us.
                if may_wait {
                    state.others += 1;
                    state = self.wait_for_news(state, deadline);
                    state.others -= 1;
                }
                continue;
            }
            if may_wait {
                state.attended = true;
                drop(state);
                let outcome = engine.wait(deadline);
                state = self.lock();
                state.attended = false;
                if state.others > 0 {
                    self.news.notify_all();
                }
                match outcome {
                    Ok(true) => {}
                    Ok(false) => state.break_down(&engine, None),
                    Err(error) => state.break_down(&engine, Some(error)),
                }
            }
            if !state.watched {
                engine.memory.owner_waits_no_more();
            }
        }
    }

    fn wait_for_news<'a>(&self, state: MutexGuard<'a, State>, deadline: Option<Instant>) -> MutexGuard<'a, State> {
        match deadline {
            None => self.news.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    fn must_be_maker(&self) -> Result<(), TaskError> {
        if self.fork_guard.is_maker() {
            return Ok(());
        }
        Err(TaskError::PoolBroken(format!(
            "it belongs to the process that made it, and this one ({}) is a forked copy of that",
            std::process::id()
        )))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is queued of an argument.
#[derive(Clone, Copy)]
enum Argument<'a> {
    Short(&'a [u8]),
    /// Its length only.
    Long(usize),
}

/// A thread that is sending a long argument: others may, when it is dropped.
struct Sending<'a> {
    owner: &'a Owner,
    /// The task, until the whole of its argument is sent.
    unsent: Option<TaskId>,
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        if let Some(task) = self.unsent {
            // A callback has panicked: the worker must not wait for the rest.
            self.owner.cancel(task);
        }
        let mut state = self.owner.lock();
        state.sending = false;
        if let Some(engine) = &state.engine {
            engine.memory.owner_bell.ring();
        }
        drop(state);
        self.owner.news.notify_all();
    }
}

impl State {
    /// `None`: there is no room.
    fn queue(&mut self, call: Call, argument: Argument<'_>, asker: Asker) -> Result<Option<TaskId>, TaskError> {
        self.since_look += 1;
        if self.since_look >= TASKS_BETWEEN_LOOKS {
            self.look();
        }
        let State { engine, table, end, .. } = self;
        let Some(engine) = engine else { return Err(end.clone()) };
        let task = table.insert(asker);
        let is_long = matches!(argument, Argument::Long(_));
        let (code, time_limit) = (call.code.addresses(), call.nanoseconds());
        let header = TaskHeader { task: Some(task), code, time_limit, is_long };
        let put = match argument {
            Argument::Short(bytes) => engine.memory.put_task(Wait::No, header, bytes),
            Argument::Long(length) => engine.memory.put_task(Wait::No, header, &(length as u64).to_le_bytes()),
        };
        if let Ok(true) = put {
            return Ok(Some(task));
        }
        table.remove(task);
        match put {
            Ok(_) => Ok(None),
            Err(error) => Err(TaskError::Encoding(format!("the argument cannot be queued: {error}"))),
        }
    }

    fn is_answered_or_watched(&mut self, task: TaskId, watch: &OnceLock<Watch>) -> io::Result<bool> {
        loop {
            let some = self.look();
            let Some(engine) = self.engine.clone().filter(|_| !self.table.is_answered(task)) else { return Ok(true) };
            if some {
                continue;
            }
            let watch = match watch.get() {
                Some(watch) => watch,
                None => {
                    let new = Watch::new(&engine)?;
                    watch.get_or_init(|| new)
                }
            };
            // It is silent before we look for the last time. What another thread collects from then on, it tells.
            if !watch.forget()? {
                self.break_down(&engine, None);
                continue;
            }
            self.watched = true;
            if engine.memory.owner_may_wait(Wanted::ANSWER) {
                return Ok(false);
            }
        }
    }

    fn has_place_for(&self, argument: &[u8]) -> bool {
        self.engine.as_ref().is_none_or(|engine| engine.memory.has_place_for(argument.len()))
    }

    /// Lets the workers end. `false`: the pool has broken down instead.
    fn must_close(&mut self, engine: &Arc<Engine>) -> bool {
        let outcome = engine.close();
        if let Err(error) = &outcome {
            self.table.note_unasked(Answer::failed(TaskError::PoolBroken(error.to_string())));
            let _ = engine.terminate();
            self.engine = None;
        }
        outcome.is_ok()
    }

    /// The pool's processes have ended, as they were told to.
    fn end_of(&mut self, engine: &Engine) {
        if self.engine.take().is_some() {
            // It fails only if it cannot wait, and there is nothing to wait for.
            let _ = engine.reap_server();
        }
    }

    fn room(&self) -> Wanted {
        let room_among = self.engine.as_ref().map(|engine| engine.memory.queued());
        Wanted { room_among, ..Wanted::ANSWER }
    }

    /// Collects some of the answers that are there; breaks down when they cannot be read. `true` if anything happened.
    fn look(&mut self) -> bool {
        self.collect().unwrap_or_else(|error| {
            if let Some(engine) = self.engine.clone() {
                self.break_down(&engine, Some(error));
            }
            true
        })
    }

    /// Collects some of the answers that are there. `true` if there was one.
    fn collect(&mut self) -> io::Result<bool> {
        self.since_look = 0;
        let State { engine: Some(engine), table, beginnings, watched, .. } = self else { return Ok(false) };
        let (mut count, mut collected) = (0, 0);
        while count < ANSWERS_AT_ONCE && collected < BYTES_AT_ONCE {
            let found = engine.memory.take_answer(|header, bytes| {
                let beginning = beginnings.get_mut(header.worker as usize)?;
                collected += bytes.len();
                if header.kind == Kind::Death {
                    // Of what the dead worker had begun to say there will be no more.
                    *beginning = Vec::new();
                }
                if header.more {
                    beginning.extend_from_slice(bytes);
                    return Some(());
                }
                let whole = (!beginning.is_empty()).then(|| {
                    beginning.extend_from_slice(bytes);
                    std::mem::take(beginning)
                });
                let bytes = whole.as_deref().unwrap_or(bytes);
                table.answer(
                    header.task,
                    match header.kind {
                        Kind::Value => Answer::value(bytes),
                        kind => Answer::failed(worker::error(kind, bytes)),
                    },
                );
                Some(())
            })?;
            if found.is_none() {
                break;
            }
            count += 1;
        }
        if count > 0 && std::mem::take(watched) {
            engine.memory.owner_bell.ring();
        }
        Ok(count > 0)
    }

    /// The fork server has ended, or cannot be waited for, or the answers cannot be read: so have, or must, the workers.
    fn break_down(&mut self, engine: &Engine, error: Option<io::Error>) {
        if self.engine.is_none() {
            return;
        }
        while let Ok(true) = self.collect() {}
        self.engine = None;
        let why = match error {
            None => engine.why_server_ended(),
            Some(error) => {
                let _ = engine.terminate();
                error.to_string()
            }
        };
        self.end = TaskError::PoolBroken(why);
        self.table.fail_all(&self.end);
        // For those in poll(2).
        engine.memory.owner_bell.ring();
    }
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Owner").finish_non_exhaustive()
    }
}
