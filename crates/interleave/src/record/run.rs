//! The caller's side of a recording.

use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::job::Job;
use super::recorder::SEEN_ENOUGH;
use crate::helper::{self, Helper};
use crate::trace::{Event, MAX_EVENTS, Record, Records, Stop, Trace};
use crate::watchdog::Watchdog;

/// A program being recorded by a recorder process of its own.
///
/// Dropping it stops the program, and blocks until nothing of it is left; should this process be killed, its recorders do
/// the same by themselves.
pub struct Run {
    recorder: Recorder,
    trace: Trace,
    missing: Vec<String>,
}

/// The recorder process. Dropping it stops it and waits for it.
struct Recorder {
    /// Dropped first: until then the process is not waited for.
    watchdog: Option<Watchdog>,
    process: Child,
    /// Its end is what stops the program; `None` once that was asked for.
    control: Stopper,
    /// `None` once nobody wants to read it.
    records: Option<Records<BufReader<ChildStdout>>>,
}

impl Run {
    /// Starts the program of `job`.
    ///
    /// # Errors
    /// If the recorder cannot be started, or says that the program cannot.
    pub fn start(job: &Job) -> io::Result<Run> {
        Run::start_in(job, None)
    }

    /// The same, in this folder.
    ///
    /// # Errors
    /// As [`Run::start`]; and if there is no such folder.
    pub fn start_in(job: &Job, folder: Option<&Path>) -> io::Result<Run> {
        let mut command = helper::command(Helper::Recorder);
        // The program gets both from its recorder.
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        job.environment.give_by(&mut command);
        let mut process = command
            .arg(serde_json::to_string(job)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| io::Error::new(e.kind(), format!("cannot start the recorder: {e}")))?;
        let control = Stopper(Arc::new(Mutex::new(process.stdin.take())));
        let records = process.stdout.take().map(|out| Records::new(&job.name, BufReader::new(out)));
        let watchdog = Some(Watchdog::over(&process)?);
        let mut recorder = Recorder { watchdog, process, control, records };
        let mut record = recorder.next_record()?;
        let mut missing = Vec::new();
        if let Some(Record::Missing { missing: said }) = record {
            missing = said;
            record = recorder.next_record()?;
        }
        match record {
            Some(Record::Header(header)) => Ok(Run {
                recorder,
                trace: Trace { header, events: Vec::new(), stop: None, stopped_after: None },
                missing,
            }),
            Some(_) => Err(io::Error::other("the recorder sends no header")),
            None => match recorder.result() {
                Ok(()) => Err(io::Error::other("the recorder sends no trace")),
                Err(error) => Err(error),
            },
        }
    }

    /// What the program is not guarded against, each in words for a verdict's "but"; nothing if it has a world of its own.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// The next event of the program, or `None` when the trace is complete. Blocks until there is one.
    ///
    /// # Errors
    /// If the recorder's output is no trace.
    pub fn next_event(&mut self) -> io::Result<Option<&Event>> {
        match self.recorder.next_record()? {
            Some(Record::Event(_)) if self.trace.events.len() == MAX_EVENTS => {
                Err(io::Error::other("the recorder sends more events than a trace may have"))
            }
            Some(Record::Event(event)) => {
                self.trace.events.push(event);
                Ok(self.trace.events.last())
            }
            Some(Record::Stop { stop, seconds }) => {
                (self.trace.stop, self.trace.stopped_after) = (Some(stop), seconds);
                Ok(None)
            }
            Some(Record::Header(_) | Record::Missing { .. }) => {
                Err(io::Error::other("the recorder sends a second trace"))
            }
            None => Ok(None),
        }
    }

    /// Asks for the program to be stopped, as having shown enough or (for every other reason) as interrupted. Does not
    /// block; the events up to the stop are still to come. Asking again changes nothing.
    pub fn stop(&mut self, why: Stop) {
        self.recorder.control.stop(why);
    }

    /// What stops the program while somebody else waits for its next event.
    pub fn stopper(&self) -> Stopper {
        self.recorder.control.clone()
    }

    /// Like [`stop`](Run::stop), but only when so much time has passed. The program may end by itself before.
    pub fn stop_in(&mut self, time: Duration, why: Stop) {
        if let Some(control) = self.recorder.control.take() {
            thread::spawn(move || {
                thread::sleep(time);
                say_stop(control, why);
            });
        }
    }

    /// The whole trace. Blocks until no process of the program is left.
    ///
    /// # Errors
    /// If the recording failed, or a process of the program could not be killed.
    pub fn finish(mut self) -> io::Result<Trace> {
        while self.next_event()?.is_some() {}
        self.recorder.result()?;
        Ok(self.trace)
    }
}

/// Stops a program that is being recorded. It keeps nothing alive: once the run is over there is nothing to stop.
#[derive(Clone)]
pub struct Stopper(Arc<Mutex<Option<ChildStdin>>>);

impl Stopper {
    /// As [`Run::stop`].
    pub fn stop(&self, why: Stop) {
        if let Some(control) = self.take() {
            say_stop(control, why);
        }
    }

    fn take(&self) -> Option<ChildStdin> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn say_stop(mut control: ChildStdin, why: Stop) {
    if why == Stop::SeenEnough {
        // If the recorder is gone, the trace's end will say so.
        let _ = control.write_all(SEEN_ENOUGH);
    }
}

impl Recorder {
    fn next_record(&mut self) -> io::Result<Option<Record>> {
        let record = self.records.as_mut().map_or(Ok(None), Records::next_record);
        match self.watchdog.as_ref().and_then(Watchdog::verdict) {
            Some(stopped) if !matches!(record, Ok(Some(_))) => Err(stopped),
            _ => record,
        }
    }

    /// Waits for its end; if it failed, what it said.
    fn result(&mut self) -> io::Result<()> {
        let mut said = String::new();
        if let Some(stderr) = &mut self.process.stderr {
            stderr.read_to_string(&mut said)?;
        }
        let stopped = self.has_ended();
        let status = self.process.wait()?;
        if let Some(stopped) = stopped {
            return Err(stopped);
        }
        match said.trim() {
            _ if status.success() => Ok(()),
            "" => Err(io::Error::other(format!("the recorder ended without a word ({status})"))),
            said => Err(io::Error::other(said)),
        }
    }
}

impl Recorder {
    /// Waits until it can be waited for, and be it because it was killed: what there is to be said of that.
    fn has_ended(&mut self) -> Option<io::Error> {
        let watchdog = self.watchdog.take()?;
        watchdog.wait();
        watchdog.verdict()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.control.take());
        // It must not wait for us to read the rest.
        self.records = None;
        self.has_ended();
        let _ = self.process.wait();
    }
}
