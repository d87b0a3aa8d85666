//! The caller's side of a recording.

use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::Job;
use super::keeper::SEEN_ENOUGH;
use crate::trace::{Event, MAX_EVENTS, Record, Records, Stop, Trace};

/// A program being recorded by a keeper process of its own.
///
/// Dropping it stops the program, and blocks until nothing of it is left; should this process be killed, its keepers do
/// the same by themselves.
pub struct Run {
    keeper: Keeper,
    trace: Trace,
}

/// The keeper process. Dropping it stops it and waits for it.
struct Keeper {
    process: Child,
    /// Its end is what stops the program; `None` once that was asked for.
    control: Option<ChildStdin>,
    /// `None` once nobody wants to read it.
    records: Option<Records<BufReader<ChildStdout>>>,
}

impl Run {
    /// Starts the program of `job`; `xtask` is the executable that has the command `record`, usually `/proc/self/exe`.
    ///
    /// # Errors
    /// If the keeper cannot be started, or says that the program cannot.
    pub fn start(xtask: &Path, job: &Job) -> io::Result<Run> {
        let mut process = Command::new(xtask)
            .arg("record")
            .arg(serde_json::to_string(job)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| io::Error::new(e.kind(), format!("cannot start the recorder {}: {e}", xtask.display())))?;
        let control = process.stdin.take();
        let records = process.stdout.take().map(|out| Records::new(&job.name, BufReader::new(out)));
        let mut keeper = Keeper { process, control, records };
        match keeper.next_record()? {
            Some(Record::Header(header)) => Ok(Run { keeper, trace: Trace { header, events: Vec::new(), stop: None } }),
            Some(_) => Err(io::Error::other("the recorder sends no header")),
            None => match keeper.result() {
                Ok(()) => Err(io::Error::other("the recorder sends no trace")),
                Err(error) => Err(error),
            },
        }
    }

    /// The next event of the program, or `None` when the trace is complete. Blocks until there is one.
    ///
    /// # Errors
    /// If the keeper's output is no trace.
    pub fn next_event(&mut self) -> io::Result<Option<&Event>> {
        match self.keeper.next_record()? {
            Some(Record::Event(_)) if self.trace.events.len() == MAX_EVENTS => {
                Err(io::Error::other("the recorder sends more events than a trace may have"))
            }
            Some(Record::Event(event)) => {
                self.trace.events.push(event);
                Ok(self.trace.events.last())
            }
            Some(Record::Stop { stop }) => {
                self.trace.stop = Some(stop);
                Ok(None)
            }
            Some(Record::Header(_)) => Err(io::Error::other("the recorder sends a second trace")),
            None => Ok(None),
        }
    }

    /// Asks for the program to be stopped, as having shown enough or (for every other reason) as interrupted. Does not
    /// block; the events up to the stop are still to come. Asking again changes nothing.
    pub fn stop(&mut self, why: Stop) {
        if let Some(control) = self.keeper.control.take() {
            say_stop(control, why);
        }
    }

    /// Like [`stop`](Run::stop), but only when so much time has passed. The program may end by itself before.
    pub fn stop_in(&mut self, time: Duration, why: Stop) {
        if let Some(control) = self.keeper.control.take() {
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
        self.keeper.result()?;
        Ok(self.trace)
    }
}

fn say_stop(mut control: ChildStdin, why: Stop) {
    if why == Stop::SeenEnough {
        // If the keeper is gone, the trace's end will say so.
        let _ = control.write_all(SEEN_ENOUGH);
    }
}

impl Keeper {
    fn next_record(&mut self) -> io::Result<Option<Record>> {
        self.records.as_mut().map_or(Ok(None), Records::next_record)
    }

    /// Waits for its end; if it failed, what it said.
    fn result(&mut self) -> io::Result<()> {
        let mut said = String::new();
        if let Some(stderr) = &mut self.process.stderr {
            stderr.read_to_string(&mut said)?;
        }
        let status = self.process.wait()?;
        match said.trim() {
            _ if status.success() => Ok(()),
            "" => Err(io::Error::other(format!("the recorder ended without a word ({status})"))),
            said => Err(io::Error::other(said)),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.control = None;
        // It must not wait for us to read the rest.
        self.records = None;
        let _ = self.process.wait();
    }
}
