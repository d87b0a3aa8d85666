//! What the tests of the lessons share: a program run from outside, in a process group of its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use interleave_claims::notes::Course;
use nix::libc;
use nix::poll::{PollFd, PollFlags};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use xtask::programs;

/// No wait in these tests takes so long unless what is waited for never comes.
const NEVER: Duration = Duration::from_secs(60);

/// No program of these tests lives so long: one that does hangs, and would keep who reads its lines waiting for ever.
const LONGEST_LIFE: Duration = Duration::from_secs(300);

/// A program of a lesson, by its name. All are built when the first is asked for.
pub fn binary(program: &str) -> &'static Path {
    static BINARIES: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(|| {
        let course = Course::read(&xtask::root()).unwrap_or_else(|faults| panic!("{}", faults[0]));
        let packages: BTreeSet<&str> = course.programs().map(|(lesson, _)| lesson.name.as_str()).collect();
        programs::build(&xtask::root(), &Vec::from_iter(packages)).unwrap()
    });
    &BINARIES[program]
}

/// What a program printed, and how its first process ended.
pub struct Finished {
    pub pid: u32,
    pub status: ExitStatus,
    pub lines: Vec<String>,
    pub stderr: String,
}

/// Runs a program until nobody can write to its standard output any more, and sees that no process of it is left.
pub fn run(program: &str) -> Finished {
    let mut command = Command::new(binary(program));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn().unwrap();
    let group = Group::of(&child);
    let output = child.wait_with_output().unwrap();
    group.wait_until_gone();
    Finished {
        pid: group.leader,
        status: output.status,
        lines: String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A program that runs, and is read line by line.
pub struct Running {
    child: Child,
    lines: BufReader<Box<dyn Read>>,
    /// What the lines are read from.
    output: OwnedFd,
    terminal: Option<File>,
    pub group: Group,
}

impl Running {
    /// Starts a program that writes into a pipe.
    pub fn into_pipe(program: &str) -> Running {
        let mut command = Command::new(binary(program));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let output = stdout.as_fd().try_clone_to_owned().unwrap();
        let lines: Box<dyn Read> = Box::new(stdout);
        Running { group: Group::of(&child), child, lines: BufReader::new(lines), output, terminal: None }
    }

    /// Starts a program on a terminal of its own, in the foreground.
    pub fn on_terminal(program: &str) -> Running {
        let pty = nix::pty::openpty(None, None).unwrap();
        let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
        let mut command = Command::new(binary(program));
        command.stdin(end(&pty.slave)).stdout(end(&pty.slave)).stderr(end(&pty.slave));
        // SAFETY: between fork and exec only two system calls are made, both async-signal-safe; nothing is allocated.
        unsafe {
            command.pre_exec(|| {
                nix::unistd::setsid()?;
                nix::errno::Errno::result(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        let output = pty.master.try_clone().unwrap();
        let lines: Box<dyn Read> = Box::new(File::from(pty.master.try_clone().unwrap()));
        let terminal = Some(pty.master.into());
        Running { group: Group::of(&child), child, lines: BufReader::new(lines), output, terminal }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line; `None` when nobody can write any more.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        // When its last process is gone, a terminal answers with an error (EIO) where a pipe says "end of file".
        match self.lines.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_string()),
        }
    }

    /// Whether nothing comes for so long: no line, and not the end either.
    pub fn is_silent_for(&self, limit: Duration) -> bool {
        let ms = u16::try_from(limit.as_millis()).unwrap();
        let mut fds = [PollFd::new(self.output.as_fd(), PollFlags::POLLIN)];
        self.lines.buffer().is_empty() && nix::poll::poll(&mut fds, ms).unwrap() == 0
    }

    /// All lines that are still to come.
    pub fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.line()).collect()
    }

    /// Ctrl-C, as a terminal does it: SIGINT for all processes of the group in the foreground. Then what was still printed.
    pub fn interrupt(mut self) -> (ExitStatus, Vec<String>) {
        match &mut self.terminal {
            Some(terminal) => terminal.write_all(b"\x03").unwrap(),
            None => killpg(self.group.id(), Signal::SIGINT).unwrap(),
        }
        let status = self.wait();
        self.group.wait_until_gone();
        (status, self.rest())
    }

    /// Waits for the program's first process, and for that one only.
    pub fn wait(&mut self) -> ExitStatus {
        wait_for("the end of the program's first process", || self.child.try_wait().unwrap())
    }
}

/// A program's process group. What is left of it when the test ends, however it ends, or after [`LONGEST_LIFE`], is
/// killed.
pub struct Group {
    leader: u32,
    /// Dropped when the test ends, of which the thread that waits at the other end is told.
    _test_runs: Sender<()>,
}

impl Group {
    fn of(child: &Child) -> Group {
        let leader = child.id();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            if receiver.recv_timeout(LONGEST_LIFE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("process group {leader} is killed: it lives longer than {LONGEST_LIFE:?}");
                let _ = killpg(Pid::from_raw(leader.try_into().unwrap()), Signal::SIGKILL);
            }
        });
        Group { leader, _test_runs: sender }
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.leader.try_into().unwrap())
    }

    /// Its processes, except those that have ended and wait to be reaped.
    pub fn processes(&self) -> Vec<u32> {
        let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter(|&pid| stat(pid).is_some_and(|stat| stat.group == self.leader && stat.state != 'Z')).collect()
    }

    pub fn wait_until_gone(&self) {
        wait_for("the end of all processes", || self.processes().is_empty().then_some(()));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.processes().is_empty() {
            // They may be gone by now, which is just as well.
            let _ = killpg(self.id(), Signal::SIGKILL);
        }
    }
}

/// What `/proc` says of a process.
pub struct Stat {
    pub state: char,
    pub parent: u32,
    pub group: u32,
}

/// What `/proc` says of a process, if there is one.
pub fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything; what follows may not.
    let mut fields: VecDeque<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    let mut next = || fields.pop_front();
    Some(Stat { state: next()?.parse().ok()?, parent: next()?.parse().ok()?, group: next()?.parse().ok()? })
}

/// Sends a signal; `false` if there is no such process any more.
pub fn send(signal: Signal, pid: u32) -> bool {
    kill(Pid::from_raw(pid.try_into().unwrap()), signal).is_ok()
}

/// Stops a process with SIGSTOP, wherever it is, until it gets SIGCONT; `false` if it ended before.
pub fn stop(pid: u32) -> bool {
    let state = || stat(pid).map_or('-', |stat| stat.state);
    send(Signal::SIGSTOP, pid)
        && wait_for("a process to stop", || Some(state()).filter(|state| "TZ-".contains(*state))) == 'T'
}

/// Asks again and again until there is an answer; fails when there never is one.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < NEVER, "waited {NEVER:?} in vain for {what}");
        sleep(Duration::from_millis(2));
    }
}

/// The number between `before` and `after` in a line.
pub fn number(line: &str, before: &str, after: &str) -> Option<u32> {
    line.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

/// Where a line stands; it has to be there exactly once.
pub fn position(lines: &[String], wanted: &str) -> usize {
    let found: Vec<usize> = (0..lines.len()).filter(|&i| lines[i] == wanted).collect();
    assert_eq!(found.len(), 1, "{wanted:?} once in {lines:#?}");
    found[0]
}

/// Sees that these lines stand in this order, each exactly once.
pub fn assert_order(lines: &[String], wanted: &[&str]) {
    let found: Vec<usize> = wanted.iter().map(|line| position(lines, line)).collect();
    assert!(found.is_sorted(), "{wanted:?} in this order in {lines:#?}");
}

/// Whether SIGINT ended the process.
pub fn interrupted(status: ExitStatus) -> bool {
    status.signal() == Some(libc::SIGINT)
}
