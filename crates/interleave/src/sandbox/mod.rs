//! The sandbox: a run is a world of its own, in which a program can do no harm and from which it cannot reach its judge.
//!
//! There are three plans, and the best that the system offers is taken:
//!
//! - **namespaces**: the program has process ids, mounts, System V objects and a network of its own. The file system
//!   is read-only but for a throw-away layer over the working directory and fresh folders for temporary files
//!   (`view.rs`).
//! - **Landlock**: it shares those with the machine, but may write only to a copy of its working directory and among
//!   temporary files, and signal and trace only itself.
//! - **none**.
//!
//! In each it has no new privileges, few capabilities, and limits ([`Confinement`]). What is missing of the first plan
//! [`missing`](Worlds::missing) says, for the "but" of a verdict. `INTERLEAVE_ISOLATION=landlock` or `none` in the
//! environment takes a lesser plan.
//!
//! Two kinds of callers are served. One that runs a program *once* becomes process 1 of the world itself, and
//! has the program as its child ([`enter`]): it sees the ids that the program sees. One that runs a program *many
//! times* stays outside ([`Worlds`]).

mod calls;
pub mod changes;
mod confine;
mod doctor;
mod landlock;
mod namespaces;
mod scratch;
mod view;
mod worlds;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::sys::signal::{SigHandler, SigSet, Signal};

pub use confine::{Confinement, Refused};
pub use doctor::{Finding, doctor};
pub use landlock::version as landlock_version;
pub use scratch::{copy_layer, remove};
pub use worlds::{World, inner_id};
pub(crate) use worlds::{innermost, innermost_in, is_zygote};

use calls::tried;
use namespaces::{Side, exit, split};
use scratch::{Scratch, by_descriptor, replace};
use view::View;
use worlds::Zygote;

use crate::environment::ISOLATION;
use crate::trace::Pid;

/// The number of a program's first process in a pid namespace of its own; elsewhere only the kernel's own have so low ones.
pub const FIRST_OF_ITS_WORLD: Pid = 2;

/// What a program is given.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its working directory, an absolute path without links.
    pub directory: PathBuf,
    /// Files and folders that it must see even if they lie among temporary files, as absolute paths.
    pub shown: Vec<PathBuf>,
    /// Files and folders that it must not see.
    pub hidden: Vec<PathBuf>,
    /// Whether what it writes to its working directory is to stay there, as of what builds something: at once, or, with namespaces, once it is [kept](Entered::keep).
    pub keeps: bool,
    /// The id of its first process, with namespaces.
    pub first_id: Pid,
    /// What it may use up.
    pub limits: Limits,
    /// The best plan to try.
    pub isolation: Isolation,
}

/// The three plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isolation {
    /// Nothing but limits and privileges.
    None,
    /// Landlock, and a copy of the working directory if it is small.
    Landlock,
    /// Namespaces.
    Namespaces,
}

/// What the processes of a program may use up.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Memory that one process may have for its data, in bytes.
    pub memory: u64,
    /// The size of one file, in bytes.
    pub file_size: u64,
    /// What it may write altogether, in bytes; with namespaces only.
    pub disk: u64,
    /// Processes and threads at once; with namespaces only, and of root's from Linux 6.14 on.
    pub processes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { memory: 4 << 30, file_size: 1 << 30, disk: 1 << 30, processes: 4096 }
    }
}

impl Options {
    /// For this command, run from the directory that we are in: it sees its executable and the files among its arguments.
    ///
    /// # Errors
    /// If the directory we are in is no longer there.
    pub fn for_command(command: &[OsString]) -> io::Result<Options> {
        let directory = std::env::current_dir().map_err(tried("find the working directory"))?;
        let words = command.iter().map(|word| directory.join(word)).filter(|path| path.exists());
        let mut shown: Vec<PathBuf> = words.flat_map(|path| [path.canonicalize().ok(), Some(path)]).flatten().collect();
        // Beside the executable lie libraries and data that it may need; of an installed one, in the folder above.
        let executable = command.first().and_then(|program| directory.join(program).canonicalize().ok());
        shown.extend(executable.and_then(|path| path.parent().map(Path::to_owned)));
        let path = std::env::var_os("PATH").unwrap_or_default();
        for folder in std::env::split_paths(&path).filter(|folder| folder.is_absolute()) {
            shown.extend(folder.parent().map(Path::to_owned));
            shown.push(folder);
        }
        let isolation = match std::env::var_os(ISOLATION) {
            Some(name) if name == "none" => Isolation::None,
            Some(name) if name == "landlock" => Isolation::Landlock,
            _ => Isolation::Namespaces,
        };
        Ok(Options {
            directory,
            shown,
            hidden: Vec::new(),
            keeps: false,
            first_id: FIRST_OF_ITS_WORLD,
            limits: Limits::default(),
            isolation,
        })
    }

    fn view(&self) -> View {
        let Options { directory, shown, hidden, keeps, first_id, limits, .. } = self.clone();
        let (disk, processes) = (limits.disk, limits.processes);
        View { directory, shown, hidden, keeps, first_id, disk, processes, has_mounts: OnceCell::new() }
    }

    /// The second plan, or the third.
    fn without_namespaces(&self) -> io::Result<(Plan, Option<Scratch>)> {
        const SHARED: &str =
            key!("process ids, the network, temporary files and System V objects are shared with other programs");
        const REMAINS: &str = key!("what the program writes to its working directory remains");
        let confined = |directory: &Path| Confinement::new(directory, &self.limits, false);
        let mut missing = vec![SHARED];
        if !self.hidden.is_empty() {
            missing.push(key!("the program can read what it should not"));
        }
        if self.isolation >= Isolation::Landlock && landlock::version() > 0 {
            let scratch = if self.keeps { None } else { Scratch::copy(&self.directory).unwrap_or(None) };
            let directory = scratch.as_ref().map_or(&*self.directory, Scratch::path);
            let mut confinement = confined(directory)?;
            let temporary = std::env::temp_dir();
            let shared = [
                "/tmp",
                "/var/tmp",
                "/dev/shm",
                "/dev/null",
                "/dev/zero",
                "/dev/full",
                "/dev/tty",
                "/dev/ptmx",
                "/dev/pts",
            ];
            let writable: Vec<&Path> = shared.iter().map(Path::new).chain([directory, &temporary]).collect();
            confinement.write_only(&writable)?;
            if scratch.is_none() {
                missing.push(REMAINS);
            }
            if landlock::version() < 6 {
                missing.push(key!("the program can signal processes that are not its own"));
            }
            return Ok((
                Plan { isolation: Isolation::Landlock, confinement, missing, refused: None, layer: None },
                scratch,
            ));
        }
        let anything =
            key!("the program can write wherever the user can, and signal the user's processes, its judge among them");
        missing.extend([REMAINS, anything]);
        let confinement = confined(&self.directory)?;
        Ok((Plan { isolation: Isolation::None, confinement, missing, refused: None, layer: None }, None))
    }
}

/// How a program is to be confined, and what that does not do.
pub struct Plan {
    /// Which of the three it is.
    pub isolation: Isolation,
    /// What its process is to do before it executes the program.
    pub confinement: Confinement,
    /// What a run is not guarded against, each in words for a verdict's "but".
    pub missing: Vec<&'static str>,
    /// Why there are no namespaces, if they were tried.
    pub refused: Option<String>,
    /// The folder of files that the run makes or changes in its working directory, where a layer covers that.
    pub layer: Option<File>,
}

const REMAINS: &str = key!(
    "what the program writes to its working directory remains (other mounts lie in it, or the kernel has no overlay)"
);

/// Where a program is to run once.
pub struct Entered {
    /// How it is to be confined.
    pub plan: Plan,
    /// Whether this process is now process 1 of a world.
    pub is_init: bool,
    /// What is written to the working directory, that directory, and the bytes that may be: if it is to [stay](Entered::keep), and is not written there at once.
    kept: Option<(File, OwnedFd, u64)>,
    /// Kept until the run is over.
    _scratch: Option<Scratch>,
}

impl Entered {
    /// Lets the working directory hold what the program has written there, if that is to stay ([`Options::keeps`]). All of its processes have to be gone.
    ///
    /// # Errors
    /// If it cannot be written, for example since its files have more bytes than a program may write ([`Limits::disk`]).
    pub fn keep(&self) -> io::Result<()> {
        let Some((written, directory, most)) = &self.kept else { return Ok(()) };
        replace(&by_descriptor(written), &by_descriptor(directory), *most).map_err(tried("keep what it has made"))
    }
}

/// Enters a world, to run one program there.
///
/// With namespaces, only a *child* of the calling process returns from this: process 1 of the world. The program should be
/// its child. Nobody in the world can signal, stop or look into it, and when it ends everything in
/// the world does. The calling process itself waits for it, passes SIGINT, SIGTERM, SIGHUP and SIGQUIT on to it, and ends
/// as it does. So it must have a single thread, and do nothing else. Without namespaces it returns itself. Either way it
/// returns with those signals and SIGCHLD blocked.
///
/// # Errors
/// If not even the last plan can be carried out.
pub fn enter(options: &Options) -> io::Result<Entered> {
    const ALL: libc::c_int = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWIPC | libc::CLONE_NEWNET;
    // Blocked before there is a child, so that none of them is lost or ends us before we wait for it.
    let signals: SigSet =
        [Signal::SIGCHLD, Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT].into_iter().collect();
    signals.thread_block().map_err(|error| tried("block signals")(error.into()))?;
    // SAFETY: the default action runs no code of ours. An ignored SIGCHLD would reap the child for us.
    unsafe { nix::sys::signal::signal(Signal::SIGCHLD, SigHandler::SigDfl) }
        .map_err(|error| tried("set the default action of SIGCHLD")(error.into()))?;
    let mut refused = None;
    if options.isolation == Isolation::Namespaces {
        match split(ALL, libc::SIGCHLD) {
            Ok(Side::Child { mut to_parent }) => {
                let view = options.view();
                let made = namespaces::settle()
                    .and_then(|()| namespaces::start_loopback())
                    .and_then(|()| view.lay_foundation())
                    .and_then(|()| view.make_fresh())
                    .and_then(|fresh| Ok((fresh, Confinement::new(&options.directory, &options.limits, true)?)))
                    .and_then(|made| to_parent.write_all(b"+").map(|()| made));
                let (fresh, confinement) = match made {
                    Ok(made) => made,
                    Err(error) => {
                        // If the other is gone there is nobody to be told.
                        let _ = to_parent.write_all(error.to_string().as_bytes());
                        exit(1)
                    }
                };
                drop(to_parent);
                cannot_be_looked_into()?;
                let remains = fresh.upper.is_none() && !view.stays_read_only();
                let missing = if remains { vec![REMAINS] } else { Vec::new() };
                let (kept, layer) = match (fresh.upper, fresh.below) {
                    (Some(written), Some(directory)) => (Some((written, directory, options.limits.disk)), None),
                    (upper, _) => (None, upper),
                };
                let plan = Plan { isolation: Isolation::Namespaces, confinement, missing, refused: None, layer };
                return Ok(Entered { plan, is_init: true, kept, _scratch: None });
            }
            Ok(Side::Parent { child, mut from_child }) => {
                let mut said = String::new();
                from_child.read_to_string(&mut said)?;
                if said == "+" {
                    cannot_be_looked_into()?;
                    stand_by(child, &signals)
                }
                namespaces::reap(child);
                refused = Some(said);
            }
            // What the system refuses we do without.
            Err(error) => refused = Some(error.to_string()),
        }
    }
    let (mut plan, scratch) = options.without_namespaces()?;
    plan.refused = refused;
    plan.confinement.refuse_namespaces();
    cannot_be_looked_into()?;
    Ok(Entered { plan, is_init: false, kept: None, _scratch: scratch })
}

/// Makes `/proc/PID/fd` and the like of this process, and ptrace(2), root's business.
fn cannot_be_looked_into() -> io::Result<()> {
    nix::sys::prctl::set_dumpable(false).map_err(|error| tried("become non-dumpable")(error.into()))
}

/// Waits for the process that does the work, and ends as it does.
fn stand_by(child: libc::pid_t, signals: &SigSet) -> ! {
    // Whoever waits for the end of what the other writes must not wait for us.
    for number in [libc::STDIN_FILENO, libc::STDOUT_FILENO] {
        // SAFETY: takes an integer; this process does not use them any more.
        unsafe { libc::close(number) };
    }
    loop {
        let mut status = 0;
        // SAFETY: waitpid writes one `int`.
        let done = unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) };
        if done != 0 {
            if done == child && libc::WIFSIGNALED(status) {
                // SAFETY: takes integers; with the default action it ends us.
                unsafe {
                    libc::signal(libc::WTERMSIG(status), libc::SIG_DFL);
                    libc::raise(libc::WTERMSIG(status));
                }
            }
            exit(if done == child && libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 2 });
        }
        match signals.wait() {
            // SAFETY: takes integers; our child has not been waited for, so the number is its own.
            Ok(signal) if signal != Signal::SIGCHLD => _ = unsafe { libc::kill(child, signal as libc::c_int) },
            _ => {}
        }
    }
}

/// Worlds for many runs of one program.
pub struct Worlds {
    zygote: Option<Zygote>,
    /// The first world, by which was found out what there is.
    first: Option<World>,
    plan: Plan,
    scratch: Option<Scratch>,
}

impl Worlds {
    /// Takes the best plan that the system offers. To be called by a thread that stays: what it makes is killed when that
    /// ends. The process becomes non-dumpable; it must have a single thread as yet.
    ///
    /// # Errors
    /// If not even the last plan can be carried out.
    pub fn open(options: &Options) -> io::Result<Worlds> {
        let offered = match options.isolation {
            Isolation::Namespaces => Zygote::start(&options.view()).and_then(|zygote| {
                let (world, layered) = zygote.next()?;
                Ok((zygote, world, layered))
            }),
            _ => Err(io::ErrorKind::Unsupported.into()),
        };
        let worlds = match offered {
            Ok((zygote, world, layered)) => {
                let confinement = Confinement::new(&options.directory, &options.limits, true)?;
                let remains = !layered && !options.view().stays_read_only();
                let missing = if remains { vec![REMAINS] } else { Vec::new() };
                let plan = Plan { isolation: Isolation::Namespaces, confinement, missing, refused: None, layer: None };
                Worlds { zygote: Some(zygote), first: Some(world), plan, scratch: None }
            }
            // What the system refuses we do without.
            Err(error) => {
                let (mut plan, scratch) = options.without_namespaces()?;
                plan.missing.push(if scratch.is_some() {
                    key!("a run finds what the runs before it wrote, but in its working directory")
                } else {
                    key!("a run finds what the runs before it wrote")
                });
                plan.refused = (options.isolation == Isolation::Namespaces).then(|| error.to_string());
                Worlds { zygote: None, first: None, plan, scratch }
            }
        };
        cannot_be_looked_into()?;
        Ok(worlds)
    }

    /// What a run is not guarded against, each in words for a verdict's "but"; nothing if it is a world of its own.
    pub fn missing(&self) -> &[&'static str] {
        &self.plan.missing
    }

    /// Why runs are not in namespaces of their own, if that was tried.
    pub fn refused(&self) -> Option<&str> {
        self.plan.refused.as_deref()
    }

    /// Which of the three plans it is.
    pub fn isolation(&self) -> Isolation {
        self.plan.isolation
    }

    /// What the program's process has to do before it executes the program.
    pub fn confinement(&self) -> &Confinement {
        &self.plan.confinement
    }

    /// A fresh world for the next run. Blocks until it is made, which begins when the one before is taken.
    ///
    /// # Errors
    /// If the system refuses now what it did not refuse at first.
    pub fn fresh(&mut self) -> io::Result<World> {
        match (&self.zygote, self.first.take()) {
            (_, Some(world)) => Ok(world),
            (Some(zygote), None) => zygote.next().map(|(world, _)| world),
            (None, None) => {
                if let Some(scratch) = &self.scratch {
                    scratch.restore().map_err(tried("restore the copy of the working directory"))?;
                }
                Ok(World::shared())
            }
        }
    }

    /// The copy of its working directory in which a program runs, if it has no layer over that.
    pub fn copy(&self) -> Option<&Path> {
        self.scratch.as_ref().map(Scratch::path)
    }

    /// To be called after a run that has used TCP, of which something remains in its network: the next ones get one each.
    ///
    /// # Errors
    /// As [`fresh`](Worlds::fresh).
    pub fn renew_networks(&self) -> io::Result<()> {
        self.zygote.as_ref().map_or(Ok(()), Zygote::renew_networks)
    }

    /// Whether runs are in namespaces of their own.
    pub fn has_namespaces(&self) -> bool {
        self.zygote.is_some()
    }
}
