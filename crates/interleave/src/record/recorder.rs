//! The recorder: the process that runs one program, writes its trace, and leaves nothing of it behind.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::prctl;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::{getppid, setsid};

use super::cannot_start::CannotStart;
use super::job::Job;
use super::lines::garbled;
use super::output::{Output, Reading, Writer};
use super::process::Process;
use super::tree::{self, Newcomer, Tree};
use crate::environment;
use crate::kernel::sharing::{Region, common, have_one_memory, regions};
use crate::sandbox::{self, Confinement, Options};
use crate::trace::{Event, Fault, Header, Memory, Moment, Pid, Record, Stop, What};

/// How often the recorder looks at a program that writes nothing, so as to know up to when that was so ([`Moment::after`]).
const TICK_MS: u8 = 10;

/// How often the recorder looks for processes that write nothing; one that does is looked for at once. One that neither
/// writes nor lives that long may be missed.
const WALK: Duration = Duration::from_millis(50);

/// How long a program that is being stopped has for its own farewell, before it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// How long killing may take.
pub(super) const KILL_TIME: Duration = Duration::from_secs(5);

/// What `control` says before its end, when the caller has seen enough.
pub(super) const SEEN_ENOUGH: &[u8] = b"seen enough";

/// Signals that ask the recorder to stop; left alone they would end it and not its program.
pub(super) const REQUESTS: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

/// Runs the job and writes its trace to `out` as JSON lines, each as soon as it is known.
///
/// Blocks until no process of the program is left. Either they have all ended; or `control` reached its end (the caller
/// is gone, or wants no more: `seen enough` before the end says which), SIGINT, SIGTERM, SIGHUP or SIGQUIT arrived, or a
/// limit was passed, and they have been stopped: SIGINT to the program's process group as from a terminal, a second's
/// grace, then SIGKILL to all, for at most five seconds. A flood, of output or of processes, gets no grace.
///
/// The program runs in a session of its own, so that it has no terminal and its process group is its own; its standard
/// input is empty, and signals are as after login. Its environment is ours
/// but for some variables that Python and Rust read.
///
/// Where the system offers namespaces, a child of the calling process does all that, as process 1 of the program's world
/// ([`sandbox::enter`]), and the calling process ends as it does.
///
/// This makes the calling process a child subreaper with those signals blocked, kills *all* its children in the
/// end and needs it to have a single thread: it should do nothing else, and exit afterwards.
///
/// # Errors
/// If the program cannot be started: what, where it was looked for, what the system said and what to do. If `out` fails.
/// If a process could not be killed.
pub fn record(job: &Job, control: impl Read + AsFd, out: impl Write) -> io::Result<()> {
    let options = Options { hidden: job.hidden.clone(), ..Options::for_command(&job.command)? };
    let mut world = sandbox::enter(&options)?;
    world.plan.confinement.seem_explored();
    prctl::set_child_subreaper(true)?;
    // Were it ignored, as our caller may have left it, children would be gone before we could ask how they ended.
    // SAFETY: the default action runs no code of ours.
    unsafe { sigaction(Signal::SIGCHLD, &SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty()))? };
    let requests: SigSet = REQUESTS.into_iter().collect();
    requests.thread_block()?;
    let requests = SignalFd::with_flags(&requests, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;

    let (stdout, program_stdout) = Output::new()?;
    let (stderr, program_stderr) = Output::new()?;
    let clock = Instant::now();
    let nothing_left = NothingLeft;
    let root = start(job, world.plan.confinement, program_stdout, program_stderr)?.id();
    let mut recorder = Recorder {
        job,
        clock,
        control,
        command: Vec::new(),
        requests,
        is_init: world.is_init,
        missing: world.plan.missing,
        is_stopping: false,
        stdout: Some(stdout),
        stderr: Some(stderr),
        stdout_empty_at: 0.0,
        buffer: vec![0; 64 << 10],
        tree: Tree::new(root)?,
        walked_at: 0.0,
        shares: BTreeSet::new(),
        lines: 0,
        bytes: 0,
        out: BufWriter::new(out),
    };
    let recorded = recorder.record(root);
    if !matches!(recorded, Ok(None | Some(Stop::Flood | Stop::TooManyProcesses))) {
        recorder.is_stopping = true;
        recorder.tree.interrupt();
        recorder.let_end(GRACE)?;
    }
    // What it holds open may be what is needed to kill the rest.
    drop(recorder);
    let killed = tree::kill_descendants(KILL_TIME);
    std::mem::forget(nothing_left);
    killed.and(recorded.map(drop))
}

/// Sees to it that no process of the program outlives the recorder's work when that is left by an error or a panic.
struct NothingLeft;

impl Drop for NothingLeft {
    fn drop(&mut self) {
        // There is already something else to be reported.
        let _: io::Result<()> = tree::kill_descendants(KILL_TIME);
    }
}

/// Starts the program as a child of ours.
fn start(job: &Job, confinement: Confinement, stdout: OwnedFd, stderr: OwnedFd) -> io::Result<Child> {
    let Some((program, args)) = job.command.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no program to run; name one after `--`"));
    };
    let recorder = nix::unistd::getpid();
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment::of_program()).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let become_program = move || {
        for signal in Signal::iterator() {
            // SAFETY: the default action runs no code of ours. SIGKILL and SIGSTOP refuse, and need no resetting.
            let _ = unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) };
        }
        SigSet::empty().thread_set_mask()?;
        setsid()?;
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        if getppid() != recorder {
            // The recorder died before it could be told of.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        // SAFETY: we are a child of fork(2), and have a copy of all that it consists of.
        unsafe { confinement.apply() }.map_err(|refused| io::Error::from_raw_os_error(refused.errno))
    };
    // SAFETY: between fork and exec the closure makes system calls only: no allocation, no locks.
    unsafe { command.pre_exec(become_program) };
    command.spawn().map_err(|error| io::Error::new(error.kind(), CannotStart::new(program.as_ref(), &error)))
}

/// The state of one recording.
struct Recorder<'a, C, W: Write> {
    job: &'a Job,
    /// When the run began.
    clock: Instant,
    control: C,
    /// What `control` has said.
    command: Vec<u8>,
    requests: SignalFd,
    /// Whether we are process 1 of the program's world.
    is_init: bool,
    /// What the program is not guarded against.
    missing: Vec<&'static str>,
    /// Whether it was decided to stop the program.
    is_stopping: bool,
    /// `None` once no process can write to it.
    stdout: Option<Output>,
    stderr: Option<Output>,
    /// When standard output was last seen to hold nothing, in seconds.
    stdout_empty_at: f64,
    buffer: Vec<u8>,
    tree: Tree,
    /// When the tree was last walked, in seconds.
    walked_at: f64,
    /// Those of whom it was told that they share memory.
    shares: BTreeSet<(Pid, Pid)>,
    lines: u64,
    bytes: u64,
    out: BufWriter<W>,
}

/// What there is to be attended to.
#[derive(Default)]
struct Ready {
    /// When that was so, in seconds.
    at: f64,
    control: bool,
    request: bool,
    ended: Vec<Pid>,
}

impl<C: Read + AsFd, W: Write> Recorder<'_, C, W> {
    /// Seconds since the run began.
    fn now(&self) -> f64 {
        self.clock.elapsed().as_secs_f64()
    }

    fn live_pids(&self) -> Vec<Pid> {
        self.tree.all_live().map(|(pid, _)| pid).collect()
    }

    /// Writes the whole trace; returns why the program is to be stopped, or `None` if it has ended.
    fn record(&mut self, root: Pid) -> io::Result<Option<Stop>> {
        if !self.missing.is_empty() {
            let missing = self.missing.iter().map(|&words| words.to_owned()).collect();
            Record::Missing { missing }.write(&mut self.out)?;
        }
        Record::Header(Header { program: self.job.name.clone(), root, virtual_time: false }).write(&mut self.out)?;
        self.event(root, 0.0, self.now(), What::Seen { parent: None })?;
        let stop = self.observe()?;
        // A line that we ourselves cut off says nothing of the program, unless it says where it hung, or has become too long.
        let cut_off = matches!(stop, Some(Stop::SeenEnough | Stop::Flood));
        let live = self.live_pids();
        for pid in live {
            self.last_words(pid, cut_off, self.stdout_empty_at, self.now())?;
        }
        if let Some(stop) = stop {
            Record::Stop { stop, seconds: Some(self.now()) }.write(&mut self.out)?;
        }
        self.out.flush()?;
        Ok(stop)
    }

    /// The event loop.
    fn observe(&mut self) -> io::Result<Option<Stop>> {
        loop {
            let ready = self.wait()?;
            self.look_who_works();
            self.read_stdout()?;
            self.read_stderr()?;
            // Only now, so that what a process wrote stands before its end.
            for &pid in &ready.ended {
                self.ended(pid, ready.at)?;
            }
            if self.now() - self.walked_at >= WALK.as_secs_f64() || self.tree.all_live().next().is_none() {
                self.walk()?;
            }
            self.out.flush()?;
            if let Some(stop) = self.reason_to_stop(&ready)? {
                return Ok(Some(stop));
            }
            if self.tree.is_gone()? {
                // Someone may have written, ended and been waited for since we looked.
                self.read_stdout()?;
                self.read_stderr()?;
                if self.tree.all_live().next().is_some() {
                    let ready = self.wait()?;
                    for pid in ready.ended {
                        self.ended(pid, ready.at)?;
                    }
                }
                return Ok(self.tree.has_id_again().then_some(Stop::TooManyProcesses));
            }
        }
    }

    /// Waits until there is something to do, or for [`TICK_MS`].
    fn wait(&mut self) -> io::Result<Ready> {
        let started = self.now();
        let ends = self.tree.all_live().filter_map(|(_, process)| process).map(AsFd::as_fd);
        let outputs = [&self.stdout, &self.stderr].into_iter().flatten().map(AsFd::as_fd);
        let callers = [self.control.as_fd(), self.requests.as_fd()];
        // Those that have asked us to stop need not ask again.
        let callers = callers.into_iter().filter(|_| !self.is_stopping);
        let mut fds: Vec<PollFd<'_>> =
            ends.chain(outputs).chain(callers).map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut fds, TICK_MS) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut is_ready: VecDeque<bool> = fds.iter().map(|fd| fd.any().unwrap_or(true)).collect();
        let mut ready = Ready { at: self.now(), ..Ready::default() };
        if !self.is_stopping {
            ready.request = is_ready.pop_back().unwrap_or(false);
            ready.control = is_ready.pop_back().unwrap_or(false);
        }
        let mut alive = Vec::new();
        for (pid, process) in self.tree.all_live() {
            // One that we could not hold had ended already.
            let has_ended = process.is_none() || is_ready.pop_front().unwrap_or(false);
            if has_ended { &mut ready.ended } else { &mut alive }.push(pid);
        }
        for pid in alive {
            if let Some(member) = self.tree.live(pid) {
                member.alive_at = started;
            }
        }
        Ok(ready)
    }

    /// Reads what stands in standard output now, and no more, so that a program that never stops printing cannot keep
    /// us from everything else. Lines of a process not seen before are preceded by its being seen.
    fn read_stdout(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut left = self.stdout.as_ref().map_or(Ok(0), Output::pending)?;
        while let Some(output) = &self.stdout {
            let before = self.now();
            match output.read(&mut buffer)? {
                Reading::Closed => self.stdout = None,
                Reading::Empty => {
                    self.stdout_empty_at = before;
                    break;
                }
                Reading::Bytes(read, writer) => {
                    self.bytes += read as u64;
                    self.printed(writer, &buffer[..read], self.now())?;
                    left = left.saturating_sub(read);
                    if left == 0 || self.has_flooded() {
                        break;
                    }
                }
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    fn printed(&mut self, writer: Writer, bytes: &[u8], by: f64) -> io::Result<()> {
        let (pid, after) = (writer.pid, self.stdout_empty_at);
        if pid == 0 {
            return self.event(0, after, by, garbled(Fault::UnknownWriter, bytes));
        }
        self.meet(writer, after)?;
        let (mut lines, mut work) = (Vec::new(), None);
        if let Some(member) = self.tree.live(pid) {
            member.lines.push(bytes, |line| lines.push(line));
            work = self.job.watch_work.then(|| member.work.seen()).flatten();
        }
        self.lines += lines.len() as u64;
        let work = work.map(|(worked, waited)| [What::Worked(worked), What::Waited(waited)]);
        for line in lines {
            work.iter().flatten().try_for_each(|seen| self.event(pid, after, by, seen.clone()))?;
            self.event(pid, after, by, line)?;
        }
        Ok(())
    }

    /// Like [`Recorder::read_stdout`]; only the end of what each process wrote is kept.
    fn read_stderr(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut left = self.stderr.as_ref().map_or(Ok(0), Output::pending)?;
        while let Some(output) = &self.stderr {
            match output.read(&mut buffer)? {
                Reading::Closed => self.stderr = None,
                Reading::Empty => break,
                Reading::Bytes(read, writer) => {
                    let pid = writer.pid;
                    // Whatever is read now may have been written whenever.
                    self.meet(writer, 0.0)?;
                    if let Some(member) = self.tree.live(pid) {
                        member.stderr.push(&buffer[..read]);
                    }
                    left = left.saturating_sub(read);
                    if left == 0 {
                        break;
                    }
                }
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Makes sure that a writer is known, who has written something after this time.
    fn meet(&mut self, writer: Writer, after: f64) -> io::Result<()> {
        let pid = writer.pid;
        let known = writer.pidfd.map(|pidfd| Process::from_pidfd(pid, pidfd));
        if let (Some(process), true) = (&known, self.tree.live(pid).is_some()) {
            self.tree.compare(pid, process);
        }
        if pid == 0 || self.tree.live(pid).is_some() {
            return Ok(());
        }
        // The walk tells its parent, and meets that first.
        self.walk()?;
        if self.tree.live(pid).is_none() {
            let process = if known.is_some() { known } else { Process::open(pid)? };
            let newcomer = self.tree.admit_writer(pid, process);
            // It has written and ended before this walk. When it last lived is known from nothing but that it wrote.
            self.seen(newcomer, after)?;
        }
        Ok(())
    }

    fn walk(&mut self) -> io::Result<()> {
        let (before, started) = (self.walked_at, self.now());
        for newcomer in self.tree.walk(self.job.limits.processes)? {
            self.seen(newcomer, before)?;
        }
        self.walked_at = started;
        if self.job.watch_sharing { self.look_who_shares() } else { Ok(()) }
    }

    fn look_who_works(&mut self) {
        if !self.job.watch_work {
            return;
        }
        for pid in self.live_pids() {
            let now = self.now();
            if let Some(member) = self.tree.live(pid) {
                member.work.look(pid, now);
            }
        }
    }

    /// Tells who has memory by which one sees what another writes, each pair once.
    fn look_who_shares(&mut self) -> io::Result<()> {
        // Who is gone meanwhile shares nothing any more.
        let live = self.live_pids().into_iter();
        let all: Vec<(Pid, Vec<Region>)> = live.filter_map(|pid| Some((pid, regions(pid).ok()?))).collect();
        for (number, (pid, own)) in all.iter().enumerate() {
            for (with, others) in &all[..number] {
                let Some(name) = common(own, others) else { continue };
                // After vfork(2) and before it executes a program, a child shows its parent's memory.
                if have_one_memory(*pid, *with) == Some(false) && self.shares.insert((*pid, *with)) {
                    let memory = Memory::Mapping(name.to_owned());
                    self.event(*pid, self.walked_at, self.now(), What::Shares { with: *with, memory })?;
                }
            }
        }
        Ok(())
    }

    fn seen(&mut self, newcomer: Newcomer, after: f64) -> io::Result<()> {
        let Newcomer { pid, parent } = newcomer;
        if let Some(member) = self.tree.live(pid) {
            member.alive_at = after;
        }
        self.event(pid, after, self.now(), What::Seen { parent })
    }

    fn ended(&mut self, pid: Pid, by: f64) -> io::Result<()> {
        let after = self.tree.live(pid).map_or(0.0, |member| member.alive_at);
        self.last_words(pid, false, after, by)?;
        let end = self.tree.end(pid);
        self.event(pid, after, by, What::Ended(end))
    }

    /// What a process leaves unfinished on standard output, unless `cut_off` by us, and on standard error. The time is
    /// that at which nothing more can come.
    fn last_words(&mut self, pid: Pid, cut_off: bool, after: f64, by: f64) -> io::Result<()> {
        let Some(member) = self.tree.live(pid) else { return Ok(()) };
        let is_cut =
            |what: &What| cut_off && matches!(what, What::Garbled(garbled) if garbled.fault == Fault::NoNewline);
        let unfinished = member.lines.finish().filter(|what| !is_cut(what));
        let stderr = member.stderr.take();
        unfinished.into_iter().chain(stderr).try_for_each(|words| self.event(pid, after, by, words))
    }

    /// Writes an event that had not happened at `after` and had at `by`.
    fn event(&mut self, pid: Pid, after: f64, by: f64, what: What) -> io::Result<()> {
        // Rounded outwards to microseconds, so that the event still lies in between.
        let at = Moment { after: (after * 1e6).floor() / 1e6, by: (by * 1e6).ceil() / 1e6 };
        Record::Event(Event { at: Some(at), pid, what }).write(&mut self.out)
    }

    fn has_flooded(&self) -> bool {
        self.lines > self.job.limits.lines || self.bytes > self.job.limits.bytes
    }

    fn reason_to_stop(&mut self, ready: &Ready) -> io::Result<Option<Stop>> {
        Ok(if self.has_flooded() {
            Some(Stop::Flood)
        } else if self.tree.seen() > self.job.limits.processes || self.tree.has_id_again() {
            Some(Stop::TooManyProcesses)
        } else if ready.control && self.control_has_ended()? {
            Some(if self.command.trim_ascii() == SEEN_ENOUGH { Stop::SeenEnough } else { Stop::Interrupted })
        } else if ready.request && self.is_asked_to_stop()? {
            Some(Stop::Interrupted)
        } else if self.clock.elapsed() >= self.job.limits.time {
            Some(Stop::TimeLimit)
        } else {
            None
        })
    }

    /// Whether one of the signals that have arrived is not the program's own. It can send us some, as process 1 of its
    /// world; of those from outside the kernel says that process 0 sent them.
    fn is_asked_to_stop(&mut self) -> io::Result<bool> {
        while let Some(signal) = self.requests.read_signal()? {
            if !self.is_init || signal.ssi_pid == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn control_has_ended(&mut self) -> io::Result<bool> {
        let mut words = [0; 64];
        let read = self.control.read(&mut words)?;
        // No command is longer; what comes after one is of no interest.
        let room = words.len().saturating_sub(self.command.len());
        self.command.extend_from_slice(&words[..read.min(room)]);
        Ok(read == 0)
    }

    /// Lets the program end by itself, for at most so long. What it still writes is read, so that it need not wait, and
    /// thrown away.
    fn let_end(&mut self, time: Duration) -> io::Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline && !self.tree.is_gone()? {
            for pid in self.wait()?.ended {
                self.tree.end(pid);
            }
            self.tree.walk(self.job.limits.processes)?;
            for output in [&mut self.stdout, &mut self.stderr] {
                let mut left = output.as_ref().map_or(Ok(0), Output::pending)?;
                while let Some(socket) = output {
                    match socket.read(&mut self.buffer)? {
                        Reading::Closed => *output = None,
                        Reading::Bytes(read, _) if read < left => left -= read,
                        Reading::Bytes(..) | Reading::Empty => break,
                    }
                }
            }
        }
        Ok(())
    }
}
