//! The pool's side in the process that made it. All its threads may use it: one of them at a time waits for the pool's processes,
//! the others wait for that one.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::engine::Engine;
use super::error::{JoinError, TaskError};
use super::home::Home;
use super::memory::Wanted;
use super::record::{Kind, TaskHeader, TaskId};
use super::server::Plan;
use super::table::{Answer, Asker, Table};
use super::task::Code;
use super::worker;

/// So many answers are collected before anything else is looked at again: not so many that it takes long.
const ANSWERS_AT_ONCE: usize = 1024;
const BYTES_AT_ONCE: usize = 1 << 20;

/// So many tasks are queued between two looks at the answers.
const TASKS_BETWEEN_LOOKS: u32 = 256;

pub(super) struct Owner {
    home: Home,
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
    since_look: u32,
}

impl Owner {
    pub(super) fn start(plan: Plan) -> io::Result<Owner> {
        let home = Home::new()?;
        let workers = plan.workers;
        let state = State {
            engine: Some(Arc::new(Engine::start(plan)?)),
            end: TaskError::Terminated,
            table: Table::default(),
            beginnings: vec![Vec::new(); workers],
            attended: false,
            others: 0,
            since_look: 0,
        };
        Ok(Owner { home, state: Mutex::new(state), news: Condvar::new() })
    }

    /// Queues a task; waits for room if need be.
    pub(super) fn submit(&self, code: Code, argument: &[u8], asker: Asker) -> Result<TaskId, TaskError> {
        self.must_be_home()?;
        let mut state = self.lock();
        if let Some(task) = state.queue(code, argument, asker)? {
            return Ok(task);
        }
        drop(state);
        self.wait_for(None, |state| state.queue(code, argument, asker).transpose(), State::room)
            .unwrap_or(Err(TaskError::Terminated))
    }

    /// The task's answer: `None` when there is none by the deadline.
    pub(super) fn take(&self, task: TaskId, deadline: Option<Instant>) -> Option<Answer> {
        if let Err(error) = self.must_be_home() {
            return Some(Answer::failed(error));
        }
        self.wait_for(deadline, |state| state.table.take(task), |_| Wanted::ANSWER)
    }

    /// The next answer in a stream of which some are outstanding.
    pub(super) fn next_in_stream(&self, stream: u64) -> Option<Answer> {
        if let Err(error) = self.must_be_home() {
            return Some(Answer::failed(error));
        }
        self.wait_for(None, |state| state.table.next_in_stream(stream), |_| Wanted::ANSWER)
    }

    pub(super) fn with_table<R>(&self, f: impl FnOnce(&mut Table) -> R) -> R {
        f(&mut self.lock().table)
    }

    /// Waits until every task is answered, then ends the workers.
    pub(super) fn finish(&self) -> Result<(), JoinError> {
        if let Err(error) = self.must_be_home() {
            return Err(JoinError::from(error));
        }
        // Nobody wants one answer before the others: to be called once is enough.
        let all = |state: &State| Wanted { answers: state.table.unanswered(), room_among: None };
        self.wait_for(None, |state| (state.table.unanswered() == 0).then_some(()), all);
        let mut state = self.lock();
        if let Some(engine) = state.engine.take()
            && let Err(error) = engine.close()
        {
            let _ = engine.terminate();
            state.table.note_unasked(Answer::failed(TaskError::PoolBroken(error.to_string())));
        }
        let unasked = state.table.take_unasked();
        if unasked.failures() == 0 { Ok(()) } else { Err(unasked) }
    }

    /// Kills the workers. What is unanswered stays so.
    pub(super) fn terminate(&self) {
        // A forked copy of the owner has no say in this.
        if !self.home.is_here() {
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
            if state.attended || state.others > 0 {
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
            engine.memory.owner_waits_no_more();
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

    fn must_be_home(&self) -> Result<(), TaskError> {
        if self.home.is_here() {
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

impl State {
    /// `None`: there is no room.
    fn queue(&mut self, code: Code, argument: &[u8], asker: Asker) -> Result<Option<TaskId>, TaskError> {
        self.since_look += 1;
        if self.since_look >= TASKS_BETWEEN_LOOKS {
            self.look();
        }
        let State { engine, table, end, .. } = self;
        let Some(engine) = engine else { return Err(end.clone()) };
        let task = table.insert(asker);
        let put = engine.memory.put_task(TaskHeader { task: Some(task), code: code as usize }, argument);
        if let Ok(true) = put {
            return Ok(Some(task));
        }
        table.remove(task);
        match put {
            Ok(_) => Ok(None),
            Err(error) => Err(TaskError::Encoding(format!("the argument cannot be queued: {error}"))),
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
        let State { engine: Some(engine), table, beginnings, .. } = self else { return Ok(false) };
        let mut collected = 0;
        for count in 0..ANSWERS_AT_ONCE {
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
                return Ok(count > 0);
            }
            if collected >= BYTES_AT_ONCE {
                break;
            }
        }
        Ok(true)
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
    }
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Owner").finish_non_exhaustive()
    }
}
