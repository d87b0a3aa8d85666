//! The pool's side in the process that made it: who works on what, what waits, what came back.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use super::error::{JoinError, TaskError};
use super::task::Code;
use super::worker;
use crate::process::{Builder, Process, explain};

type Answer = Result<Vec<u8>, TaskError>;

#[derive(Debug)]
pub(super) struct Owner {
    workers: Vec<Worker>,
    waiting: VecDeque<(u64, Vec<u8>)>,
    submitted: u64,
    answers: HashMap<u64, Answer>,
    forgotten: HashSet<u64>,
    unasked: JoinError,
}

#[derive(Debug)]
struct Worker {
    process: Process,
    channel: UnixStream,
    task: Option<u64>,
}

impl Owner {
    pub(super) fn start(workers: usize) -> io::Result<Owner> {
        let mut owner = Owner {
            workers: Vec::new(),
            waiting: VecDeque::new(),
            submitted: 0,
            answers: HashMap::new(),
            forgotten: HashSet::new(),
            unasked: JoinError { failures: 0, first: Vec::new() },
        };
        for _ in 0..workers {
            let worker = owner.start_worker()?;
            owner.workers.push(worker);
        }
        Ok(owner)
    }

    fn start_worker(&self) -> io::Result<Worker> {
        let (ours, theirs) = UnixStream::pair()
            .map_err(|e| explain(e, format_args!("could not make a channel for a worker process")))?;
        let parents_ends: Vec<_> =
            self.workers.iter().map(|w| w.channel.as_raw_fd()).chain([ours.as_raw_fd()]).collect();
        let parent = std::process::id();
        let process = Builder::new().kill_on_drop(true).spawn(|| {
            for fd in parents_ends {
                // SAFETY: these are this process's copies of descriptors that only its parent uses; the values that
                // own them are in the parent's frames, to which this process never returns.
                unsafe { libc::close(fd) };
            }
            // SAFETY: integers only. A parent that was gone before this call will send no signal, hence the second look.
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            if std::os::unix::process::parent_id() == parent {
                // An error means that the owner is gone.
                let _ = worker::run(theirs);
            }
        })?;
        Ok(Worker { process, channel: ours, task: None })
    }

    pub(super) fn submit(&mut self, code: Code, argument: &[u8]) -> io::Result<u64> {
        let task = self.submitted;
        self.submitted += 1;
        self.waiting.push_back((task, [&(code as usize).to_ne_bytes(), argument].concat()));
        self.hand_out();
        Ok(task)
    }

    pub(super) fn get(&mut self, task: u64) -> Answer {
        loop {
            if let Some(answer) = self.answers.remove(&task) {
                return answer;
            }
            if let Err(error) = self.wait() {
                return Err(TaskError::PoolBroken(error.to_string()));
            }
        }
    }

    /// Nobody will ask for this task any more.
    pub(super) fn forget(&mut self, task: u64) {
        match self.answers.remove(&task) {
            Some(answer) => self.note_unasked(answer),
            None => {
                self.forgotten.insert(task);
            }
        }
    }

    pub(super) fn finish(&mut self) -> Result<(), JoinError> {
        while self.workers.iter().any(|w| w.task.is_some()) || !self.waiting.is_empty() {
            if let Err(error) = self.wait() {
                self.note_unasked(Err(TaskError::PoolBroken(error.to_string())));
                break;
            }
        }
        for mut worker in self.workers.drain(..) {
            drop(worker.channel);
            let _ = worker.process.join();
        }
        if self.unasked.failures == 0 { Ok(()) } else { Err(self.unasked.clone()) }
    }

    fn hand_out(&mut self) {
        for worker in &mut self.workers {
            if worker.task.is_some() {
                continue;
            }
            let Some((task, frame)) = self.waiting.pop_front() else {
                return;
            };
            worker.task = Some(task);
            // A worker that cannot be written to is dead, which `wait` finds out.
            let _ = worker::send(&mut worker.channel, &frame);
        }
    }

    /// Waits for an answer, or a death.
    fn wait(&mut self) -> io::Result<()> {
        if self.workers.is_empty() {
            return Err(io::Error::other("all workers are gone"));
        }
        self.hand_out();
        let mut polls: Vec<_> = self
            .workers
            .iter()
            .map(|w| libc::pollfd { fd: w.channel.as_raw_fd(), events: libc::POLLIN, revents: 0 })
            .collect();
        // SAFETY: the pointer and the length are those of one live vector.
        let ready = unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, -1) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        }
        for (index, poll) in polls.iter().enumerate() {
            if poll.revents == 0 {
                continue;
            }
            let worker = &mut self.workers[index];
            let answer = match worker::receive(&mut worker.channel) {
                Ok(Some(frame)) => worker::decode(&frame),
                Ok(None) | Err(_) => {
                    let pid = worker.process.id();
                    let status = worker.process.join().ok();
                    let task = worker.task.take();
                    self.workers[index] = self.start_worker()?;
                    self.workers[index].task = task;
                    Err(TaskError::WorkerDied { pid, status })
                }
            };
            if let Some(task) = self.workers[index].task.take() {
                if self.forgotten.remove(&task) {
                    self.note_unasked(answer);
                } else {
                    self.answers.insert(task, answer);
                }
            }
        }
        self.hand_out();
        Ok(())
    }

    fn note_unasked(&mut self, answer: Answer) {
        if let Err(error) = answer {
            self.unasked.failures += 1;
            if self.unasked.first.len() < 16 {
                self.unasked.first.push(error);
            }
        }
    }
}
