//! A child process about which more is said than what it runs.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::process::Output;
use std::sync::Arc;

use super::signals::Mask;
use super::{Process, die_with, epoll_sets, fork, fork_copy, fork_process, reaper, wait};
use crate::explain::explain;
use crate::poll;

/// Starts a [`Process`] with more said about it.
///
/// ```
/// use multiprocess::{ProcessBuilder, Resource};
///
/// let mut p = ProcessBuilder::new().name("reader").kill_on_drop(true).spawn(|| ())?;
/// assert_eq!(p.name(), Some("reader"));
/// p.join()?;
///
/// // What it prints is not for the terminal, and it may not use more than a second of a processor.
/// let output = ProcessBuilder::new().niceness(10).limit(Resource::CpuSeconds, 1).output(|| println!("hello"))?;
/// assert_eq!(output.stdout, b"hello\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ProcessBuilder {
    name: Option<String>,
    kill_on_drop: bool,
    kill_with_parent: bool,
    allow_shared_mappings: bool,
    /// What takes the place of standard input, output and error.
    streams: [Option<Arc<OwnedFd>>; 3],
    limits: Vec<(Resource, u64)>,
    niceness: Option<i32>,
    affinity: Option<Vec<usize>>,
}

/// What a child may use so much of: see `getrlimit(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// Bytes of memory that may be mapped (`RLIMIT_AS`). With all of what the parent had mapped when the child was
    /// forked.
    AddressSpace,
    /// Bytes of a core dump (`RLIMIT_CORE`).
    CoreDump,
    /// Seconds of a processor's time; then SIGXCPU, or SIGKILL (`RLIMIT_CPU`).
    CpuSeconds,
    /// Bytes of a file that is written to; beyond, SIGXFSZ (`RLIMIT_FSIZE`).
    FileSize,
    /// Descriptors, of all kinds (`RLIMIT_NOFILE`).
    OpenFiles,
    /// Processes and threads of the user, with all that there are already (`RLIMIT_NPROC`).
    Processes,
    /// Bytes of the main thread's stack (`RLIMIT_STACK`).
    Stack,
}

impl ProcessBuilder {
    /// A child without a name of its own that outlives its handle, and inherits everything else.
    pub fn new() -> ProcessBuilder {
        ProcessBuilder::default()
    }

    /// The name that `ps` and `top` show for the child (the kernel keeps its first 15 bytes).
    pub fn name(mut self, name: impl Into<String>) -> ProcessBuilder {
        self.name = Some(name.into());
        self
    }

    /// Whether dropping the handle kills the child with SIGKILL and reaps it. Otherwise it lives on.
    pub fn kill_on_drop(mut self, yes: bool) -> ProcessBuilder {
        self.kill_on_drop = yes;
        self
    }

    /// Whether the child is killed with SIGKILL when its parent ends, in whatever way: `PR_SET_PDEATHSIG` of prctl(2). To the
    /// kernel, the parent is the *thread* that spawns. (Python asks its daemons to end, with SIGTERM, and only when the
    /// parent ends in good order.)
    ///
    /// The children of the child are not killed with it. And if the child changes its user or group, or executes a program
    /// with other rights, the kernel forgets this.
    #[doc(alias = "daemon")]
    pub fn kill_with_parent(mut self, yes: bool) -> ProcessBuilder {
        self.kill_with_parent = yes;
        self
    }

    /// Lets the child share what this process has mapped shared (`MAP_SHARED` of mmap(2)) and may write to, now or later. Otherwise
    /// [`spawn`](ProcessBuilder::spawn) refuses to make a child if there is such memory, but for this library's own.
    ///
    /// # Safety
    ///
    /// Whoever uses that memory, in this process and in the child, expects others to write there at any time: nobody has
    /// a reference to plain data in it, or relies on what it has read there once.
    pub unsafe fn allow_shared_mappings(mut self) -> ProcessBuilder {
        self.allow_shared_mappings = true;
        self
    }

    /// Gives the child this as its standard input: a file, the reading end of a pipe, …
    pub fn stdin(self, from: impl Into<OwnedFd>) -> ProcessBuilder {
        self.stream(libc::STDIN_FILENO, from.into())
    }

    /// Gives the child an empty standard input, `/dev/null`: it cannot take what was meant for its parent. (Python does
    /// so always.)
    ///
    /// # Errors
    /// `/dev/null` cannot be opened.
    pub fn stdin_null(self) -> io::Result<ProcessBuilder> {
        const NULL: &str = "/dev/null";
        let null =
            File::open(NULL).map_err(|e| explain(e, format_args!("could not open {NULL} for a child process")))?;
        Ok(self.stdin(null))
    }

    /// Gives the child this as its standard output: a file, the writing end of a pipe, …
    pub fn stdout(self, to: impl Into<OwnedFd>) -> ProcessBuilder {
        self.stream(libc::STDOUT_FILENO, to.into())
    }

    /// Gives the child this as its standard error.
    pub fn stderr(self, to: impl Into<OwnedFd>) -> ProcessBuilder {
        self.stream(libc::STDERR_FILENO, to.into())
    }

    fn stream(mut self, stream: libc::c_int, to: OwnedFd) -> ProcessBuilder {
        self.streams[stream as usize] = Some(Arc::new(to));
        self
    }

    /// How much of a resource the child (and its children) may use, at most; it cannot raise that.
    pub fn limit(mut self, resource: Resource, most: u64) -> ProcessBuilder {
        self.limits.push((resource, most));
        self
    }

    /// The child's niceness, from 19 (others go first) to -20 (it goes first, which only a privileged process may ask
    /// for).
    pub fn niceness(mut self, niceness: i32) -> ProcessBuilder {
        self.niceness = Some(niceness);
        self
    }

    /// On which processors the child may run. They are counted from 0.
    pub fn affinity(mut self, processors: impl IntoIterator<Item = usize>) -> ProcessBuilder {
        self.affinity = Some(processors.into_iter().collect());
        self
    }

    /// Starts the child. See [`Process::spawn`].
    ///
    /// # Errors
    ///
    /// As [`Process::spawn`]; or the system refuses the child what is asked for it: then `f` does not run.
    pub fn spawn<F: FnOnce()>(self, f: F) -> io::Result<Process> {
        reaper::reap();
        let parent = std::process::id();
        let epoll_sets = epoll_sets::find()?;
        // Only the child can do what is asked for it. It says whether it could.
        let asked = self.asks_something() || !epoll_sets.is_empty();
        let report = Cell::new(if asked { Some(report_pipe()?) } else { None });
        let begin = |_: &mut Mask| {
            if self.kill_with_parent && !die_with(parent) {
                // SAFETY: ends this process.
                unsafe { libc::_exit(0) };
            }
            if let Some(name) = &self.name {
                fork::set_name(name);
            }
        };
        let run = || {
            if let Some((reader, writer)) = report.take() {
                drop(reader);
                if !self.set_up(&epoll_sets, writer) {
                    return;
                }
            }
            f();
        };
        let (pid, pidfd) = if self.allow_shared_mappings {
            // SAFETY: vouched for by the caller of `allow_shared_mappings`.
            unsafe { fork_process(begin, run) }?
        } else {
            fork_copy(begin, run)?
        };
        if let Some((reader, writer)) = report.take() {
            drop(writer);
            if let Some(refusal) = refusal(reader) {
                // It ends without having run anything.
                let _ = wait(pid, 0);
                return Err(refusal);
            }
        }
        Ok(Process { pid, parent, pidfd, status: None, name: self.name, kill_on_drop: self.kill_on_drop })
    }

    /// Starts the child, and collects what it prints to standard output and standard error until it, and whoever else
    /// got them from it, is done; then waits for its end.
    ///
    /// ```
    /// use multiprocess::ProcessBuilder;
    ///
    /// let output = ProcessBuilder::new().output(|| {
    ///     println!("A");
    ///     eprintln!("B");
    /// })?;
    /// assert!(output.status.success());
    /// assert_eq!((output.stdout, output.stderr), (b"A\n".to_vec(), b"B\n".to_vec()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn) and [`Process::join`].
    pub fn output<F: FnOnce()>(self, f: F) -> io::Result<Output> {
        let ((out, to_out), (err, to_err)) = (output_pipe()?, output_pipe()?);
        let mut process = self.stdout(to_out).stderr(to_err).spawn(f)?;
        let [stdout, stderr] = read_both([out, err])?;
        Ok(Output { status: process.join()?, stdout, stderr })
    }

    fn asks_something(&self) -> bool {
        self.streams.iter().any(Option::is_some)
            || !self.limits.is_empty()
            || self.niceness.is_some()
            || self.affinity.is_some()
    }

    /// In the child: does what was asked for it. `false`: something was refused, and the parent is told.
    fn set_up(&self, epoll_sets: &[RawFd], mut report: PipeWriter) -> bool {
        let Err((what, error)) = self.try_to_set_up(epoll_sets) else { return true };
        let code = error.raw_os_error().unwrap_or(libc::EINVAL);
        // If the parent is gone, there is nobody to tell.
        let _ = report.write_all(&code.to_ne_bytes()).and_then(|()| report.write_all(what.as_bytes()));
        false
    }

    fn try_to_set_up(&self, epoll_sets: &[RawFd]) -> Result<(), (&'static str, io::Error)> {
        epoll_sets::replace(epoll_sets).map_err(|error| ("put /dev/null in the place of its epoll sets", error))?;
        let check = |what, answer: libc::c_int| {
            if answer >= 0 { Ok(()) } else { Err((what, io::Error::last_os_error())) }
        };
        for (stream, to) in self.streams.iter().enumerate() {
            if let Some(to) = to {
                // SAFETY: plain numbers. What was the child's stream before is replaced on purpose.
                check("give it its standard streams", unsafe { libc::dup2(to.as_raw_fd(), stream as libc::c_int) })?;
            }
        }
        for &(resource, most) in &self.limits {
            let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
            // SAFETY: the limit outlives the call.
            check("limit its resources", unsafe { libc::setrlimit(resource.number(), &raw const limit) })?;
        }
        if let Some(niceness) = self.niceness {
            // SAFETY: plain numbers; 0 is this process.
            check("set its niceness", unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, niceness) })?;
        }
        if let Some(processors) = &self.affinity {
            const WHAT: &str = "choose its processors";
            // SAFETY: a cpu_set_t is plain data, for which zeros are right: no processors.
            let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
            for &processor in processors {
                if processor >= libc::CPU_SETSIZE as usize {
                    return Err((WHAT, io::Error::from_raw_os_error(libc::EINVAL)));
                }
                // SAFETY: just checked that the set has such a bit.
                unsafe { libc::CPU_SET(processor, &mut set) };
            }
            // SAFETY: the set and its size; 0 is this process.
            check(WHAT, unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) })?;
        }
        Ok(())
    }
}

impl Resource {
    fn number(self) -> libc::__rlimit_resource_t {
        match self {
            Resource::AddressSpace => libc::RLIMIT_AS,
            Resource::CoreDump => libc::RLIMIT_CORE,
            Resource::CpuSeconds => libc::RLIMIT_CPU,
            Resource::FileSize => libc::RLIMIT_FSIZE,
            Resource::OpenFiles => libc::RLIMIT_NOFILE,
            Resource::Processes => libc::RLIMIT_NPROC,
            Resource::Stack => libc::RLIMIT_STACK,
        }
    }
}

fn report_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    io::pipe().map_err(|e| explain(e, format_args!("could not open a pipe for a child process to report through")))
}

fn output_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    io::pipe().map_err(|e| explain(e, format_args!("could not open a pipe for what a child process prints")))
}

/// What a child was refused, if anything. Waits until it says so or goes on.
fn refusal(mut report: PipeReader) -> Option<io::Error> {
    let mut words = Vec::new();
    if let Err(error) = report.read_to_end(&mut words) {
        return Some(explain(error, format_args!("could not hear from a child process")));
    }
    let (code, what) = words.split_first_chunk()?;
    let error = io::Error::from_raw_os_error(i32::from_ne_bytes(*code));
    Some(explain(error, format_args!("could not start a child process and {}", String::from_utf8_lossy(what))))
}

/// Reads two pipes to their ends, whichever has something.
fn read_both(mut from: [PipeReader; 2]) -> io::Result<[Vec<u8>; 2]> {
    let mut texts = [Vec::new(), Vec::new()];
    let mut open = [true; 2];
    let mut bytes = [0; 8192];
    while open.contains(&true) {
        let which: Vec<usize> = (0..2).filter(|&n| open[n]).collect();
        let mut polls: Vec<_> = which.iter().map(|&n| poll::readable(from[n].as_fd())).collect();
        poll::wait(&mut polls, None)?;
        for (n, _) in which.into_iter().zip(polls).filter(|(_, poll)| poll.revents != 0) {
            match from[n].read(&mut bytes) {
                Ok(0) => open[n] = false,
                Ok(count) => texts[n].extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(texts)
}
