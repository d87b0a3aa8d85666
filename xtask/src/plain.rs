//! Plain runs of a program: nobody holds it, its machine decides. What is seen here is possible, whatever an exploration says.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use interleave::environment::Environment;
use interleave::outcome::{Ending, Outcome};
use interleave::record::{Job, Limits, Run};
use interleave::trace::Stop;
use nix::libc;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};

/// After so long without a word it is asked whether a program may be taken to wait for ever.
const QUIET: Duration = Duration::from_millis(300);

/// How often what it has written is taken.
const LOOK: Duration = Duration::from_millis(100);

/// Whoever says nothing for so long waits for ever, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens a pipe for what programs write, one after the other, by this name; a file of that name is replaced.
fn pipe(path: &Path) -> io::Result<File> {
    let tried =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot make the pipe {}: {error}", path.display()));
    let _ = fs::remove_file(path);
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR).map_err(|error| tried(error.into()))?;
    // Open for both, so that neither of us waits for the other.
    OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(tried)
}

/// Takes what has been written so far.
fn take(pipe: &mut File, text: &mut Vec<u8>) -> io::Result<()> {
    match pipe.read_to_end(text) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        done => done.map(drop),
    }
}

/// Runs a program once, in a world of its own whose working directory is `folder`, and says how that came out. Its standard output is
/// a pipe, made beside the folder. Blocks until nothing of it is left; what waits for ever is ended.
///
/// Where `may_wait` says of what was written so far that a program may then wait for ever, it is not waited long for more.
///
/// # Errors
/// If the program cannot be run.
pub fn run(command: &[OsString], folder: &Path, pinned: bool, may_wait: impl Fn(&str) -> bool) -> io::Result<Outcome> {
    let path = folder.with_extension("output");
    let mut output = pipe(&path)?;
    let mut job = Job {
        name: "plain".to_owned(),
        limits: Limits { time: 4 * PATIENCE, ..Limits::default() },
        command: ["sh", "-c", r#"output=$1; shift; exec "$@" >"$output""#, "sh"].map(OsString::from).into(),
        hidden: Vec::new(),
        watch_sharing: false,
        watch_work: false,
        environment: Environment::default(),
    };
    job.command.push(path.clone().into());
    job.command.extend_from_slice(command);
    let run = if pinned {
        on_one_processor(|| Run::start_in(&job, Some(folder)))
    } else {
        Run::start_in(&job, Some(folder))
    }?;

    let stopper = run.stopper();
    let (done, is_done) = mpsc::channel();
    let (trace, text) = thread::scope(|scope| {
        let recorded = scope.spawn(move || {
            let trace = run.finish();
            // Nobody listens who has failed meanwhile.
            let _ = done.send(());
            trace
        });
        let mut text = Vec::new();
        let mut heard = Instant::now();
        let mut told = 0;
        while is_done.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            take(&mut output, &mut text)?;
            if text.len() > told {
                (told, heard) = (text.len(), Instant::now());
            } else if heard.elapsed() > PATIENCE || heard.elapsed() > QUIET && may_wait(&String::from_utf8_lossy(&text))
            {
                stopper.stop(Stop::Interrupted);
            }
        }
        take(&mut output, &mut text)?;
        let trace = recorded.join().unwrap_or_else(|_| Err(io::Error::other("the thread that records has panicked")));
        Ok::<_, io::Error>((trace?, text))
    })?;
    let _ = fs::remove_file(&path);
    let ending = if trace.stop.is_some() { Ending::Deadlock } else { trace.ending() };
    Ok(Outcome { text: String::from_utf8_lossy(&text).into_owned(), ending })
}

/// Does something on one processor, which whatever it starts keeps.
fn on_one_processor<T>(does: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this)?;
    let mut one = CpuSet::new();
    if let Some(cpu) = (0..CpuSet::count()).find(|&cpu| all.is_set(cpu) == Ok(true)) {
        one.set(cpu)?;
        sched_setaffinity(this, &one)?;
    }
    let done = does();
    sched_setaffinity(this, &all)?;
    done
}
