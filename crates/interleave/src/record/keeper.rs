//! The keeper: runs a command that is not to be recorded, such as one that builds a program, and leaves nothing of it behind.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigHandler, SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::setsid;
use serde::{Deserialize, Serialize};

use super::recorder::{KILL_TIME, REQUESTS};
use super::tree;
use crate::environment::ISOLATION;
use crate::helper::{self, Helper};
use crate::sandbox::{self, Options};

/// How a command is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Keeping {
    /// Whether it is guarded as programs are that are judged ([`sandbox`](crate::sandbox)): it can write to its working directory, and among
    /// temporary files of its own, and it has no network. What it writes to its directory stays there if it succeeds; with namespaces it gets there in
    /// the end, and all that it writes has to fit into 1 GiB.
    pub guarded: bool,
    /// What it must not see then, as absolute paths.
    pub hidden: Vec<PathBuf>,
}

/// A command that runs `words`, a program and its arguments, and ends as it does: with its exit code, or with 128 and the number of the signal
/// that has ended it.
///
/// All processes that it leaves are killed then. So are it and they as soon as the pipe that is its standard input ends: to
/// stop it, close that end ([`Child::stdin`](std::process::Child)), and whoever dies has closed it. Only who kills the keeper itself with SIGKILL
/// leaves something behind; the first process of the command ends even so. The command itself reads nothing.
///
/// Where its output goes, its directory and its environment are the caller's to say.
///
/// # Errors
/// If a path of `keeping` is no text.
pub fn kept(keeping: &Keeping, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> io::Result<Command> {
    let mut command = helper::command(Helper::Keeper);
    command.arg(serde_json::to_string(keeping)?).args(words).stdin(Stdio::piped());
    Ok(command)
}

/// What the keeper does. Needs to have a single thread, and kills all its children in the end: it should do nothing else.
///
/// # Errors
/// If the command cannot be started, or a process of it not be killed.
pub(crate) fn keep(words: &[OsString], mut lifeline: impl Read + AsFd) -> io::Result<i32> {
    let Some((keeping, [program, arguments @ ..])) = words.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command to run"));
    };
    let Keeping { guarded, hidden } = serde_json::from_slice(keeping.as_encoded_bytes())?;
    // With namespaces, from here on this is process 1 of the command's world.
    let world = if guarded {
        Some(sandbox::enter(&Options { hidden, keeps: true, ..Options::for_command(&words[1..])? })?)
    } else {
        None
    };
    let world = Arc::new(world);
    prctl::set_child_subreaper(true)?;
    // Were it ignored, as our caller may have left it, we would not be told how the command ended.
    // SAFETY: the default action runs no code of ours.
    unsafe { nix::sys::signal::signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
    let signals: SigSet = REQUESTS.into_iter().chain([Signal::SIGCHLD]).collect();
    signals.thread_block()?;
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    let mut command = Command::new(program);
    command.args(arguments).env_remove(ISOLATION).stdin(Stdio::null());
    let around = Arc::clone(&world);
    let begin = move || {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // A group of its own, so that what it sends to its group gets to nobody else.
        setsid()?;
        // SAFETY: we are a child of fork(2), and have a copy of all that it consists of.
        let confined = around.as_ref().as_ref().map_or(Ok(()), |world| unsafe { world.plan.confinement.apply() });
        confined.map_err(|refused| io::Error::from_raw_os_error(refused.errno))
    };
    // SAFETY: between fork and exec the closure makes system calls only: no allocation, no locks.
    unsafe { command.pre_exec(begin) };
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
    if let (Some(world), true) = (&*world, status.is_some_and(|status| status.success())) {
        world.keep()?;
    }
    Ok(status.map_or(128 + Signal::SIGKILL as i32, code))
}

fn code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}
