//! The keeper: runs a command that is not to be recorded, such as one that builds a program, and leaves nothing of it behind.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigHandler, SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::recorder::{KILL_TIME, REQUESTS};
use super::tree;
use crate::reexec::{self, Helper};

/// A command that runs `words`, a program and its arguments, and ends as it does: with its exit code, or with 128 and the number of the signal
/// that has ended it.
///
/// All processes that it leaves are killed then. So are it and they as soon as the pipe that is its standard input ends: to
/// stop it, close that end ([`Child::stdin`](std::process::Child)), and whoever dies has closed it. Only who kills the keeper itself with SIGKILL
/// leaves something behind; the first process of the command ends even so. The command itself reads nothing.
///
/// Where its output goes, its directory and its environment are the caller's to say.
pub fn kept(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = reexec::command(Helper::Keeper);
    command.args(words).stdin(Stdio::piped());
    command
}

/// What the keeper does. Needs to have a single thread, and kills all its children in the end: it should do nothing else.
///
/// # Errors
/// If the command cannot be started, or a process of it not be killed.
pub(crate) fn keep(words: &[OsString], mut lifeline: impl Read + AsFd) -> io::Result<i32> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command to run"));
    };
    prctl::set_child_subreaper(true)?;
    // Were it ignored, as our caller may have left it, we would not be told how the command ended.
    // SAFETY: the default action runs no code of ours.
    unsafe { nix::sys::signal::signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
    let signals: SigSet = REQUESTS.into_iter().chain([Signal::SIGCHLD]).collect();
    signals.thread_block()?;
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    // SAFETY: between fork and exec the closure makes one system call: no allocation, no locks.
    unsafe { command.pre_exec(|| Ok(prctl::set_pdeathsig(Signal::SIGKILL)?)) };
    let started = command.spawn();
    let mut child = started.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    let status = loop {
        let mut fds =
            [PollFd::new(lifeline.as_fd(), PollFlags::POLLIN), PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::NONE)?;
        let is_over = fds[0].any().unwrap_or(true) && lifeline.read(&mut [0; 64])? == 0;
        let mut is_asked = false;
        while let Some(signal) = signals.read_signal()? {
            is_asked |= signal.ssi_signo != Signal::SIGCHLD as u32;
        }
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if is_over || is_asked => break None,
            None => {}
        }
    };
    tree::kill_descendants(KILL_TIME)?;
    Ok(status.map_or(128 + Signal::SIGKILL as i32, code))
}

fn code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}
