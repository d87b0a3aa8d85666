//! Recording: runs one program and writes down what the kernel says about it, as a [trace](crate::trace).
//!
//! [`Run`] starts a *keeper* process (`xtask record`, [`keep`]) for each program. The keeper is the subreaper of the
//! program's processes, so none of them can leave its tree, and it ends them all whatever happens: when they are done,
//! when a limit is passed, when its caller says so or is no longer there.
//!
//! What it cannot do: once a keeper is itself killed with SIGKILL, the kernel kills the program's first process
//! (`PR_SET_PDEATHSIG`) and takes standard output away from the others, but those that write nothing live on.
//!
//! A program sees sockets as its standard output and error, not a terminal; it cannot open them again through
//! `/dev/stdout` or `/dev/stderr` (ENXIO).

mod keeper;
mod lines;
mod output;
mod process;
mod run;
mod tree;

use std::ffi::OsString;
use std::num::ParseFloatError;
use std::time::Duration;

pub use keeper::keep;
pub use run::Run;

/// One program to be recorded.
#[derive(Debug, Clone, clap::Args)]
pub struct Job {
    /// What the notes call the program
    #[arg(long)]
    pub name: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "it would become the help text of the flags")]
    pub limits: Limits,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    pub command: Vec<OsString>,
}

/// How much a program may use up before it is stopped.
#[derive(Debug, Clone, clap::Args)]
pub struct Limits {
    /// Seconds it may take
    #[arg(long = "timeout", value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub time: Duration,
    /// Lines it may print
    #[arg(long, default_value_t = Limits::default().lines)]
    pub lines: u64,
    /// Bytes it may print
    #[arg(long, default_value_t = Limits::default().bytes)]
    pub bytes: u64,
    /// Processes it may start, one after the other or at once
    #[arg(long, default_value_t = Limits::default().processes)]
    pub processes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Each live process costs the keeper a file descriptor, of which 1024 is the usual number.
        Limits { time: Duration::from_secs(30), lines: 100_000, bytes: 16 << 20, processes: 512 }
    }
}

impl Job {
    /// The arguments of `xtask` that describe this job.
    fn to_args(&self) -> Vec<OsString> {
        let Limits { time, lines, bytes, processes } = &self.limits;
        let mut args: Vec<OsString> = ["record", "--name", &self.name].map(OsString::from).to_vec();
        args.extend([
            format!("--timeout={}", time.as_secs_f64()).into(),
            format!("--lines={lines}").into(),
            format!("--bytes={bytes}").into(),
            format!("--processes={processes}").into(),
            "--".into(),
        ]);
        args.extend(self.command.iter().cloned());
        args
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|e: ParseFloatError| e.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())
}
