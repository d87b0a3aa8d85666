//! Worlds for a supervisor, which runs one program again and again: each run begins in namespaces that nobody has used.
//!
//! Three processes stand behind a world:
//! - the **supervisor**, which stays where it is: it can see into every world, and no world can see it;
//! - the **zygote**, made once: it holds the user and the network namespace and the mounts that all worlds share (each gets a network
//!   of its own once a run has used TCP). It is small and has one thread, so a fork of it is cheap, and it makes the next world while a run is going on;
//! - a world's **init**, process 1 of its pid namespace, which does nothing but be there. The kernel gives it the
//!   orphans of the run, reaps them for it as it ignores SIGCHLD, and keeps signals of the run away from it. When it
//!   is killed, the kernel kills everything in the world.
//!
//! The run's first process is process 2, and the *supervisor's* child: [`World::clone`] enters the namespaces in a process
//! that goes away, which makes the program its sibling. So the supervisor can wait(2) for it and has a pidfd of it;
//! inside, its parent is 0, as in any container.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};

use super::calls::{checked, fork, pipe, tried};
use super::namespaces::{self, Side, exit, reap, split, start_loopback};
use super::view::{Fresh, View};
use crate::kernel::proc;
use crate::trace::Pid;

/// The number of this process's zygote; 0 if it has none.
static ZYGOTE: AtomicU32 = AtomicU32::new(0);

/// Whether this process is our zygote: a child that is no part of any run.
pub fn is_zygote(pid: Pid) -> bool {
    pid != 0 && ZYGOTE.load(Ordering::Relaxed) == pid
}

/// The most that the zygote says at once.
const MESSAGE: usize = 4096;

/// What a process that is to make a world says before what went wrong; anything else is a fault.
const LAYERED: u8 = b'+';
const NOT_LAYERED: u8 = b'-';

/// The namespaces of each world.
const OF_A_WORLD: c_int = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWIPC;
/// Those that all share.
const OF_ALL: c_int = libc::CLONE_NEWNET | libc::CLONE_NEWNS;

/// What the zygote is asked for: a world in the network that it holds itself, or in one that nobody has used.
const SHARED_NETWORK: u8 = 1;
const NEW_NETWORK: u8 = 2;

/// The process that makes worlds, and the way to talk to it. Dropping it ends it.
pub struct Zygote {
    pid: libc::pid_t,
    socket: OwnedFd,
    /// What it is asked for.
    network: Cell<u8>,
}

impl Zygote {
    /// Starts it, and lets it begin with the first world.
    ///
    /// # Errors
    /// What of it the system refuses.
    pub fn start(view: &View) -> io::Result<Zygote> {
        let (socket, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        // Its end is of no interest to whoever waits for any child.
        const NO_SIGNAL: c_int = 0;
        match split(OF_ALL, NO_SIGNAL)? {
            Side::Child { mut to_parent } => {
                drop(socket);
                let ready = namespaces::settle()
                    .and_then(|()| start_loopback())
                    .and_then(|()| close_all_but(&[theirs.as_fd(), to_parent.as_fd()]))
                    .and_then(|()| view.lay_foundation());
                if let Err(error) = ready {
                    // Nobody is left to be told if that fails.
                    let _ = to_parent.write_all(error.to_string().as_bytes());
                    exit(1);
                }
                drop(to_parent);
                // Who has gone away is an error, and no death; and inits are not waited for.
                // SAFETY: to ignore a signal runs no code of ours.
                unsafe {
                    libc::signal(libc::SIGPIPE, libc::SIG_IGN);
                    libc::signal(libc::SIGCHLD, libc::SIG_IGN);
                }
                make_worlds(view, &theirs)
            }
            Side::Parent { child, mut from_child } => {
                drop(theirs);
                let zygote = Zygote { pid: child, socket, network: Cell::new(SHARED_NETWORK) };
                ZYGOTE.store(child as Pid, Ordering::Relaxed);
                let mut fault = String::new();
                from_child.read_to_string(&mut fault)?;
                if !fault.is_empty() {
                    return Err(io::Error::other(fault));
                }
                zygote.ask()?;
                Ok(zygote)
            }
        }
    }

    fn ask(&self) -> io::Result<()> {
        say(&self.socket, &[self.network.get()]).map_err(tried("ask for the next world"))
    }

    /// From now on each world gets a network of its own, which takes milliseconds: of a TCP connection something remains, and keeps
    /// its port from being bound again (TIME_WAIT).
    ///
    /// # Errors
    /// As [`next`](Zygote::next).
    pub fn renew_networks(&self) -> io::Result<()> {
        if self.network.replace(NEW_NETWORK) == NEW_NETWORK {
            return Ok(());
        }
        // The one that is made already is in the old one.
        self.next().map(drop)
    }

    /// The next world, and whether a layer covers its working directory. Blocks until it is made.
    ///
    /// # Errors
    /// If it could not be made, or the zygote is gone.
    pub fn next(&self) -> io::Result<(World, bool)> {
        let mut message = [0; MESSAGE];
        let length = hear(&self.socket, &mut message).map_err(tried("get the next world"))?;
        let (pid, said) = message[..length].split_first_chunk().ok_or_else(|| io::Error::other("no next world"))?;
        let layered = match said {
            [LAYERED] => true,
            [NOT_LAYERED] => false,
            fault => return Err(io::Error::other(String::from_utf8_lossy(fault))),
        };
        let pid = libc::pid_t::from_ne_bytes(*pid);
        // SAFETY: takes two integers.
        let fd =
            checked(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) }).map_err(tried("hold a world's init"))?;
        // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
        let init = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
        self.ask()?;
        Ok((World { init: Some(Init { pid: pid as Pid, pidfd: init }), first: None }, layered))
    }
}

impl Drop for Zygote {
    fn drop(&mut self) {
        // SAFETY: takes two integers. It is our child and has not been waited for, so the number is its own.
        unsafe { libc::kill(self.pid, libc::SIGKILL) };
        reap(self.pid);
        ZYGOTE.store(0, Ordering::Relaxed);
    }
}

fn say(socket: &OwnedFd, message: &[u8]) -> io::Result<()> {
    send(socket.as_raw_fd(), message, MsgFlags::MSG_NOSIGNAL)?;
    Ok(())
}

/// The length of the next message; 0 once the other side is gone.
fn hear(socket: &OwnedFd, message: &mut [u8]) -> io::Result<usize> {
    loop {
        match recv(socket.as_raw_fd(), message, MsgFlags::empty()) {
            Err(nix::errno::Errno::EINTR) => {}
            result => return Ok(result?),
        }
    }
}

/// The zygote's work: a world for every message, until there is nobody to send one.
fn make_worlds(view: &View, supervisor: &OwnedFd) -> ! {
    let mut network = [0];
    while hear(supervisor, &mut network).is_ok_and(|length| length > 0) {
        let (pid, said) =
            make_world(view, network == [NEW_NETWORK]).unwrap_or_else(|error| (0, error.to_string().into_bytes()));
        let message = [&pid.to_ne_bytes()[..], &said].concat();
        if say(supervisor, &message[..message.len().min(MESSAGE)]).is_err() {
            break;
        }
    }
    exit(0)
}

/// A new world's init, and what it said once it was ready or had failed.
fn make_world(view: &View, has_new_network: bool) -> io::Result<(libc::pid_t, Vec<u8>)> {
    let (from_init, to_zygote) = pipe()?;
    let network = if has_new_network { libc::CLONE_NEWNET } else { 0 };
    let pid = fork(OF_A_WORLD | network | libc::SIGCHLD).map_err(tried("make a world's namespaces"))?;
    if pid == 0 {
        drop(from_init);
        be_init(view, has_new_network, to_zygote.into());
    }
    drop(to_zygote);
    let mut said = Vec::new();
    File::from(from_init).read_to_end(&mut said)?;
    Ok((pid, said))
}

/// What process 1 of a world does.
fn be_init(view: &View, has_new_network: bool, mut to_zygote: File) -> ! {
    // SAFETY: takes integers. That the zygote died before is seen by the pipe.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) };
    // What is open here is of no use to the world, and cannot be got by it: a process that has more capabilities than the
    // thief cannot be looked into (ptrace(2), access mode checking). But the less there is, the better. The layer stays
    // open for the supervisor ([`World::layer`]).
    let network = if has_new_network { start_loopback() } else { Ok(()) };
    let made = network.and_then(|()| view.make_fresh()).and_then(|fresh| {
        let kept = [Some(to_zygote.as_fd()), fresh.upper.as_ref().map(AsFd::as_fd)];
        close_all_but(&kept.into_iter().flatten().collect::<Vec<_>>()).map(|()| fresh)
    });
    let said = match &made {
        Ok(Fresh { upper: Some(_), .. }) => vec![LAYERED],
        Ok(Fresh { upper: None, .. }) => vec![NOT_LAYERED],
        Err(error) => error.to_string().into_bytes(),
    };
    if to_zygote.write_all(&said).is_err() || made.is_err() {
        exit(1);
    }
    drop(to_zygote);
    loop {
        // SAFETY: takes nothing.
        unsafe { libc::pause() };
    }
}

/// Closes every descriptor but these, and opens /dev/null as the first three.
fn close_all_but(kept: &[BorrowedFd]) -> io::Result<()> {
    let null = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    for number in 0..3 {
        // SAFETY: takes integers; nobody in this process counts on the first three.
        checked(unsafe { libc::dup2(null.as_raw_fd(), number) })?;
    }
    drop(null);
    let mut kept: Vec<u32> = kept.iter().map(|fd| fd.as_raw_fd() as u32).collect();
    kept.sort_unstable();
    let mut first = 3;
    for last in kept.into_iter().map(Some).chain([None]) {
        let end = last.map_or(u32::MAX, |fd| fd.saturating_sub(1));
        if first <= end {
            // SAFETY: takes integers. Whoever owns one of these descriptors does not use it again: this process does
            // nothing but what its caller has in hand.
            checked(unsafe { libc::syscall(libc::SYS_close_range, first, end, 0) })?;
        }
        first = last.map_or(u32::MAX, |fd| fd + 1);
    }
    Ok(())
}

/// While a world ends it is looked so often who has to be waited for, in milliseconds.
const OFTEN: c_int = 50;

/// Process 1 of a world.
struct Init {
    pid: Pid,
    pidfd: OwnedFd,
}

/// Where one run takes place. Dropping it kills what is left of the run, and blocks until nothing is.
pub struct World {
    /// `None` where the system offers no namespaces.
    init: Option<Init>,
    first: Option<libc::pid_t>,
}

/// What the process is given that enters a world and makes the program's.
struct Entrance {
    init: RawFd,
    function: extern "C" fn(*mut c_void) -> c_int,
    argument: *mut c_void,
    stack: *mut c_void,
    flags: c_int,
    pid: libc::pid_t,
    pidfd: c_int,
    errno: c_int,
}

impl World {
    /// One that is no other than the one we are in.
    pub(super) fn shared() -> World {
        World { init: None, first: None }
    }

    /// As clone(2) with `CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_PIDFD | SIGCHLD`, in this world: runs `function` as
    /// the world's process 2 and our child; its number in *our* pid namespace, and its pidfd. Blocks until it has executed
    /// a program or ended. It has all capabilities over the world until it gives them away
    /// ([`Confinement::apply`](super::Confinement::apply)), and is to do that.
    ///
    /// # Safety
    /// `function` must do with `argument` what is sound in a process that shares our memory: system calls only. `stack`
    /// is the end of a stack of its own, aligned to 16 bytes, for it alone.
    ///
    /// # Errors
    /// If the world could not be entered, or the process not be made.
    pub unsafe fn clone(
        &mut self,
        function: extern "C" fn(*mut c_void) -> c_int,
        stack: *mut c_void,
        argument: *mut c_void,
    ) -> io::Result<(Pid, OwnedFd)> {
        const FLAGS: c_int = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_FILES | libc::SIGCHLD;
        let (pid, pidfd) = match &self.init {
            None => {
                let mut pidfd: c_int = -1;
                let flags = FLAGS | libc::CLONE_PIDFD;
                // SAFETY: the caller vouches for function, stack and argument; the kernel writes one `int` to `pidfd`.
                let pid = checked(unsafe { libc::clone(function, stack, flags, argument, &raw mut pidfd) })?;
                (pid as libc::pid_t, pidfd)
            }
            Some(init) => {
                let mut entrance = Entrance {
                    init: init.pidfd.as_raw_fd(),
                    function,
                    argument,
                    stack,
                    flags: FLAGS | libc::CLONE_PARENT | libc::CLONE_PIDFD,
                    pid: -1,
                    pidfd: -1,
                    errno: 0,
                };
                let entrance: *mut Entrance = &raw mut entrance;
                let mut stack = [0u128; 256];
                // SAFETY: the stack and `entrance` outlive the process, for whose end or exec we wait (CLONE_VFORK);
                // `enter` makes system calls only.
                let helper = checked(unsafe {
                    libc::clone(enter, stack.as_mut_ptr_range().end.cast(), FLAGS, entrance.cast())
                })?;
                reap(helper as libc::pid_t);
                // SAFETY: the process is gone; it may have changed what `entrance` points to.
                let (pid, pidfd, errno) = unsafe { ((*entrance).pid, (*entrance).pidfd, (*entrance).errno) };
                if pid < 0 {
                    let error = io::Error::from_raw_os_error(errno);
                    return Err(tried("enter a world's namespaces")(error));
                }
                (pid, pidfd)
            }
        };
        self.first = Some(pid);
        // SAFETY: the kernel has just opened this descriptor in the table that we share; nobody else has it.
        Ok((pid as Pid, unsafe { OwnedFd::from_raw_fd(pidfd) }))
    }

    /// The folder of the files that the run has made or changed in its working directory, where a layer covers that; a
    /// file that it removed is a device there. What is to be kept is to be copied before the world is dropped
    /// ([`copy_layer`](super::copy_layer)).
    ///
    /// # Errors
    /// Those of open(2).
    pub fn layer(&self) -> io::Result<Option<File>> {
        let Some(init) = &self.init else { return Ok(None) };
        // Besides its standard streams process 1 has nothing else open.
        let descriptors = format!("/proc/{}/fd", init.pid);
        let number = std::fs::read_dir(&descriptors)?
            .flatten()
            .find_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok().filter(|&number| number > 2));
        number.map(|number| File::open(format!("{descriptors}/{number}"))).transpose()
    }

    /// The number of the world's process 1 in our pid namespace, whose children are the run's orphans; `None` if they
    /// become ours.
    pub fn init(&self) -> Option<Pid> {
        self.init.as_ref().map(|init| init.pid)
    }
}

/// Runs in the process that enters: only system calls, since the memory is that of our suspended parent.
extern "C" fn enter(entrance: *mut c_void) -> c_int {
    const ALL: c_int = libc::CLONE_NEWUSER | OF_A_WORLD | OF_ALL;
    let entrance = entrance.cast::<Entrance>();
    // SAFETY: `World::clone` gave us the address of an `Entrance` that nobody else touches until we have ended. The calls
    // are as in their man pages.
    unsafe {
        if libc::setns((*entrance).init, ALL) == 0 {
            (*entrance).pid = libc::clone(
                (*entrance).function,
                (*entrance).stack,
                (*entrance).flags,
                (*entrance).argument,
                &raw mut (*entrance).pidfd,
            );
        }
        if (*entrance).pid < 0 {
            (*entrance).errno = *libc::__errno_location();
        }
        libc::_exit(0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let Some(Init { pid, pidfd }) = &self.init else { return };
        let is_over = self.first.is_none_or(has_been_waited_for) && has_no_children(*pid);
        let no_info: *const libc::siginfo_t = std::ptr::null();
        // SAFETY: accepts a null `siginfo_t`; it has been killed before if that fails.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), libc::SIGKILL, no_info, 0) };
        if is_over {
            // It takes its namespaces apart without our waiting for that.
            return;
        }
        // The kernel lets a process 1 end when everything in its namespace has, and been waited for; the first is ours.
        if let Some(first) = self.first {
            reap(first);
        }
        // So may others be that the program has started as its siblings (CLONE_PARENT of clone(2)).
        let mut poll = libc::pollfd { fd: pidfd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: poll reads and writes one `pollfd`.
        while unsafe { libc::poll(&raw mut poll, 1, OFTEN) } <= 0 {
            reap_of_worlds();
        }
    }
}

/// Waits for those of our children that have ended and were in a pid namespace of their own.
fn reap_of_worlds() {
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    for child in children.split_whitespace().filter_map(|child| child.parse::<Pid>().ok()) {
        if inner_id(child).is_some_and(|inner| inner != child) {
            // SAFETY: accepts a null status.
            unsafe { libc::waitpid(child as libc::pid_t, std::ptr::null_mut(), libc::WNOHANG | libc::__WALL) };
        }
    }
}

/// Whether a process that was our child no longer is.
fn has_been_waited_for(pid: libc::pid_t) -> bool {
    // SAFETY: a struct of integers and pointers that nobody follows, for which zero is valid.
    let mut unused: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: waitid writes one `siginfo_t`.
    unsafe { libc::waitid(libc::P_PID, pid as libc::id_t, &raw mut unused, options) < 0 }
}

/// Whether a process is known to have no children. Whoever loses its parent in a world becomes a child of the world's
/// process 1, so if that has none, and the first process is gone, nobody is left.
fn has_no_children(pid: Pid) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).is_ok_and(|children| children.is_empty())
}

/// A process's number in the innermost pid namespace that it is in, which is the one that it knows itself by: `NSpid` in
/// proc_pid_status(5). `None` once it is gone.
pub fn inner_id(pid: Pid) -> Option<Pid> {
    innermost(pid, "NSpid:")
}

/// The last of the numbers that proc_pid_status(5) has under this name: the one in the innermost pid namespace.
pub(crate) fn innermost(pid: Pid, name: &str) -> Option<Pid> {
    innermost_in(&proc::text(format!("/proc/{pid}/status")).ok()?, name)
}

/// The same, where that was read already.
pub(crate) fn innermost_in(status: &str, name: &str) -> Option<Pid> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_ascii_whitespace().next_back()?.parse().ok()
}
