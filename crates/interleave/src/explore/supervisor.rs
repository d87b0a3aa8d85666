//! A supervisor process, from the side of those who send it requests.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::job::{Error, Job};
use crate::helper::{self, Helper};
use crate::protocol::{Request, Run};
use crate::supervisor::serve::{Reply, Task};
use crate::watchdog::Watchdog;

/// A supervisor process. Dropping it blocks until nothing of the program is left.
pub struct Supervisor {
    watchdog: Option<Watchdog>,
    process: Child,
    requests: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Supervisor {
    /// Starts one, with nothing to do yet.
    pub fn start(job: &Job) -> Result<Supervisor, Error> {
        let failed = |e: io::Error| Error::Failed(format!("cannot start the supervisor: {e}"));
        let mut supervisor = helper::command(Helper::Supervisor);
        // The program gets both from its supervisor.
        if let Some(folder) = &job.folder {
            supervisor.current_dir(folder);
        }
        job.environment.give_by(&mut supervisor);
        let mut process = supervisor.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::Failed("the supervisor has no standard streams".to_owned()));
        };
        let watchdog = Some(Watchdog::over(&process).map_err(failed)?);
        let mut supervisor =
            Supervisor { watchdog, process, requests: Some(requests), replies: BufReader::new(replies) };
        let command = job.command.iter().map(|part| part.as_bytes().to_vec()).collect();
        let stdin = job.stdin.as_ref().map(|file| file.as_os_str().as_bytes().to_vec());
        supervisor.send(&Task {
            command,
            stdin,
            hidden: job.hidden.clone(),
            terminal: job.terminal,
            limits: job.limits.clone(),
        })?;
        Ok(supervisor)
    }

    fn send(&mut self, message: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.requests.as_mut().map_or(Ok(()), |requests| requests.write_all(&line))
    }

    /// Has it run the program once. Blocks until that is over.
    pub fn run(&mut self, request: &Request) -> Result<Run, Error> {
        self.ask(request).map_err(|error| match self.watchdog.as_ref().and_then(Watchdog::verdict) {
            Some(stopped) => stopped.into(),
            None => error,
        })
    }

    fn ask(&mut self, request: &Request) -> Result<Run, Error> {
        self.send(request)?;
        let mut line = Vec::new();
        self.replies.read_until(b'\n', &mut line)?;
        match serde_json::from_slice(&line) {
            Ok(Reply::Ran(run)) => Ok(*run),
            Ok(Reply::CannotStart(why)) => Err(Error::CannotStart(why)),
            Ok(Reply::Failed { what, refused: true }) => Err(Error::Refused(what)),
            Ok(Reply::Failed { what, refused: false }) => Err(Error::Failed(what)),
            Err(error) => Err(Error::Failed(format!("the supervisor went away or answered something else: {error}"))),
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.requests = None;
        // It ends by itself once it has no more requests; this waits for that.
        self.watchdog = None;
        let _ = self.process.wait();
    }
}
