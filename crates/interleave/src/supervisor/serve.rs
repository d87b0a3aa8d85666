//! The supervisor: a process that runs the program again and again as the search asks it to, and sees to it that nothing is
//! left of one run when the next begins.

use std::ffi::{CString, OsString};
use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::environment;
use crate::kernel::sys::{Program, StartError};
use crate::protocol::{Request, Run};
use crate::record::tree::kill_descendants;
use crate::record::{CannotStart, has_folder};
use crate::sandbox::{Options, World, Worlds, copy_layer};
use crate::supervisor::run;
use crate::world::files;
use crate::world::limits::Limits;
use crate::world::stdio::Stdio;

/// The first line a supervisor is sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct Task {
    /// The program and its arguments, as bytes.
    pub command: Vec<Vec<u8>>,
    /// The file that is its standard input, as bytes; `None` for nothing.
    pub stdin: Option<Vec<u8>>,
    /// What it must not be able to read.
    pub hidden: Vec<PathBuf>,
    /// Whether its standard output is a terminal.
    pub terminal: bool,
    /// What bounds each run.
    pub limits: Limits,
}

/// The answer to a [`Request`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The run.
    Ran(Box<Run>),
    /// The program could not be started.
    CannotStart(CannotStart),
    /// Why there is none.
    Failed {
        /// What was tried, and what the system answered.
        what: String,
        /// The kernel or the container does not let us hold system calls.
        refused: bool,
    },
}

/// Serves requests on standard input until it ends.
///
/// # Errors
/// If the requests are malformed, or a process of the program could not be killed.
pub fn serve() -> io::Result<()> {
    nix::sys::prctl::set_child_subreaper(true)?;
    let stdin = io::stdin();
    let control = stdin.as_fd().try_clone_to_owned()?;
    let mut requests = stdin.lock().lines();
    let Some(first) = requests.next() else { return Ok(()) };
    let task: Task = serde_json::from_str(&first?)?;
    let name = PathBuf::from(OsString::from_vec(task.command.first().cloned().unwrap_or_default()));
    let command: Vec<OsString> = task.command.iter().map(|part| OsString::from_vec(part.clone())).collect();
    let program = program(&name, task.command);
    let input = task.stdin.map(OsString::from_vec).map(PathBuf::from);
    let mut stdio = Stdio::new(input.as_deref(), task.terminal)?;
    let mut worlds = Worlds::open(&Options {
        hidden: task.hidden,
        first_id: task.limits.first_id,
        ..Options::for_command(&command)?
    })?;
    worlds.copy().into_iter().for_each(files::stands_for_working_directory);
    let mut out = io::stdout().lock();
    for request in requests {
        let request: Request = serde_json::from_str(&request?)?;
        let reply = match &program {
            Ok(None) => Err(StartError::Exec(io::Error::from_raw_os_error(libc::ENOENT))),
            Ok(Some(program)) => match worlds.fresh() {
                Ok(mut world) => {
                    stdio.make_as_new()?;
                    let confinement = worlds.confinement();
                    let ran =
                        run::run(program, confinement, &mut world, &stdio, &task.limits, &request, control.as_fd());
                    ran.and_then(|run| keep(&world, request.keep.as_deref()).map(|()| run).map_err(StartError::Other))
                }
                Err(error) => Err(StartError::Other(error)),
            },
            Err(error) => Err(StartError::Other(io::Error::new(error.kind(), error.to_string()))),
        };
        if !worlds.has_namespaces() {
            // What is left of a world ends with it; without one, it becomes ours.
            kill_descendants(Duration::from_secs(5))?;
        }
        if reply.as_ref().is_ok_and(|run| run.has_tcp) {
            worlds.renew_networks()?;
        }
        let reply = match reply {
            Ok(run) => {
                let missing = worlds.missing().iter().map(|&words| words.to_owned()).collect();
                Reply::Ran(Box::new(Run { missing, ..run }))
            }
            Err(StartError::Refused(error)) => Reply::Failed {
                what: format!(
                    "the kernel or container refuses to hold system calls (seccomp user notification): {error}"
                ),
                refused: true,
            },
            Err(StartError::Exec(error)) => Reply::CannotStart(CannotStart::new(&name, &error)),
            Err(StartError::Other(error)) => {
                Reply::Failed { what: error.to_string(), refused: error.kind() == io::ErrorKind::PermissionDenied }
            }
        };
        let mut reply = serde_json::to_vec(&reply)?;
        reply.push(b'\n');
        out.write_all(&reply)?;
        out.flush()?;
    }
    Ok(())
}

/// Copies what a run has left in its working directory, if it is to be kept.
fn keep(world: &World, folder: Option<&Path>) -> io::Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    let Some(layer) = world.layer()? else {
        return Err(io::Error::other(
            "there is no layer over the working directory to be kept: what the run has left is there itself, or in a copy that is gone",
        ));
    };
    let cannot = |error: io::Error| {
        io::Error::new(error.kind(), format!("cannot copy what the run has left to {}: {error}", folder.display()))
    };
    copy_layer(&layer, folder).map_err(cannot)
}

/// The program, if it can be found.
fn program(name: &Path, command: Vec<Vec<u8>>) -> io::Result<Option<Program>> {
    let c_string = |bytes: Vec<u8>| CString::new(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e));
    let Some(path) = find(name) else { return Ok(None) };
    let envp = environment::of_program().into_iter().map(|(name, value)| {
        let mut entry = name.into_vec();
        entry.push(b'=');
        entry.extend(value.into_vec());
        c_string(entry)
    });
    Ok(Some(Program {
        path: c_string(path.into_os_string().into_vec())?,
        argv: command.into_iter().map(c_string).collect::<io::Result<_>>()?,
        envp: envp.collect::<io::Result<_>>()?,
    }))
}

/// The file that a shell would execute under this name, if there is one.
fn find(name: &Path) -> Option<PathBuf> {
    if has_folder(name) {
        // Whether it can be executed execve(2) says.
        return Some(name.to_owned());
    }
    let executable =
        |path: &PathBuf| path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(executable)
}
