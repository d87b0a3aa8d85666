//! The kernel's side of holding a process: starting it under the filter, hearing of its calls, answering them, and
//! reading and writing its memory. See seccomp_unotify(2), clone(2), process_vm_readv(2), pidfd_getfd(2).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs::File;
use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use libc::seccomp_notif;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::kernel::filter;
use crate::sandbox::{Confinement, World, innermost};
use crate::trace::Pid;

/// A system call at which the kernel holds a task until it is answered.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The kernel's name for this one occurrence.
    pub id: u64,
    /// The thread.
    pub tid: Pid,
    /// Its number.
    pub nr: i64,
    /// Its arguments.
    pub args: [u64; 6],
    /// Where in the program's code it is.
    pub instruction: u64,
}

impl Call {
    /// What it has in common with the same call made again.
    pub fn identity(&self) -> (i64, [u64; 6], u64) {
        (self.nr, self.args, self.instruction)
    }
}

/// Where the kernel tells of the held calls of one program.
pub struct Listener {
    fd: OwnedFd,
    /// Calls that were heard of while only that of one task was waited for.
    put_aside: RefCell<VecDeque<Call>>,
}

impl Listener {
    /// Keeps a call of which it is too early to hear.
    pub fn put_aside(&self, call: Call) {
        self.put_aside.borrow_mut().push_back(call);
    }

    /// The first of those that were kept.
    pub fn take_aside(&self) -> Option<Call> {
        self.put_aside.borrow_mut().pop_front()
    }

    /// The next held call; blocks unless the listener is readable. `None` if its task died meanwhile.
    pub fn receive(&self) -> io::Result<Option<Call>> {
        // SAFETY: a struct of integers, for which zero is valid; and the kernel demands zeroes.
        let mut notif: seccomp_notif = unsafe { zeroed() };
        // SAFETY: the request writes one `seccomp_notif` to the address given.
        let got = unsafe { libc::ioctl(self.fd.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut notif) };
        if got == 0 {
            let seccomp_notif { id, pid, data, .. } = notif;
            return Ok(Some(Call {
                id,
                tid: pid,
                nr: data.nr.into(),
                args: data.args,
                instruction: data.instruction_pointer,
            }));
        }
        match io::Error::last_os_error() {
            e if matches!(e.raw_os_error(), Some(libc::ENOENT | libc::EINTR)) => Ok(None),
            e => Err(e),
        }
    }

    fn send(&self, response: libc::seccomp_notif_resp) -> bool {
        // SAFETY: the request reads one `seccomp_notif_resp` from the address given.
        unsafe { libc::ioctl(self.fd.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const response) == 0 }
    }

    /// Lets the kernel carry the call out. `false` if the call is no longer held: a signal has ended or interrupted it.
    pub fn let_through(&self, call: &Call) -> bool {
        let flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;
        self.send(libc::seccomp_notif_resp { id: call.id, val: 0, error: 0, flags })
    }

    /// Answers the call in the kernel's place with `result` (negative: an error number). `false` as in
    /// [`let_through`](Listener::let_through).
    pub fn answer(&self, call: &Call, result: i64) -> bool {
        let (val, error) = if result < 0 { (0, result as i32) } else { (result, 0) };
        self.send(libc::seccomp_notif_resp { id: call.id, val, error, flags: 0 })
    }

    /// Whether the task that made the call still waits for the answer. It does not if it was killed.
    pub fn is_held(&self, call: &Call) -> bool {
        // SAFETY: the request reads one number from the address given.
        unsafe { libc::ioctl(self.fd.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_ID_VALID, &raw const call.id) == 0 }
    }

    /// Gives the task that made the call a duplicate of our descriptor; its number there.
    pub fn give_fd(&self, call: &Call, fd: BorrowedFd, cloexec: bool) -> io::Result<c_int> {
        self.add_fd(call, fd, if cloexec { libc::O_CLOEXEC as u32 } else { 0 }, None)
    }

    /// Closes a descriptor of the task that made the call, and puts a duplicate of ours in its place; whether that was done.
    pub fn replace_fd(&self, call: &Call, fd: BorrowedFd, number: c_int) -> bool {
        self.add_fd(call, fd, 0, Some(number)).is_ok()
    }

    fn add_fd(&self, call: &Call, fd: BorrowedFd, newfd_flags: u32, number: Option<c_int>) -> io::Result<c_int> {
        let flags = if number.is_some() { libc::SECCOMP_ADDFD_FLAG_SETFD as u32 } else { 0 };
        let newfd = number.map_or(0, |number| number as u32);
        let request =
            libc::seccomp_notif_addfd { id: call.id, flags, srcfd: fd.as_raw_fd() as u32, newfd, newfd_flags };
        // SAFETY: the request reads one `seccomp_notif_addfd` from the address given.
        let fd = unsafe { libc::ioctl(self.fd.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_ADDFD, &raw const request) };
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(fd) }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// What is needed to start a program.
pub struct Program {
    /// The executable, found already.
    pub path: CString,
    /// Its arguments, its name first.
    pub argv: Vec<CString>,
    /// `NAME=value`.
    pub envp: Vec<CString>,
}

/// What the launcher in [`start`] is given, and leaves behind.
struct Launch {
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    fprog: *const libc::sock_fprog,
    confinement: *const Confinement,
    stdio: [RawFd; 3],
    /// What lets calls of the launcher through the filter.
    secret: u64,
    /// The descriptor of the listener; -1 as long as there is none.
    listener: c_int,
    /// Which step failed, and the error number; 0 if none did.
    failed: (u8, c_int),
}

/// A held call is not interrupted by signals that are not deadly; Linux 5.19 (seccomp(2)). Otherwise a write could fail with
/// EINTR that could not do so by itself.
const WAIT_KILLABLE: libc::c_ulong = 1 << 5;

/// What the kernel returns from a call that is to be made again after a signal was handled (linux/errno.h).
pub const RESTART: i64 = -513;

const NO_FILTER: u8 = 1;
const NO_EXEC: u8 = 2;
const NOT_CONFINED: u8 = 3;

/// Why a program could not be started.
#[derive(Debug)]
pub enum StartError {
    /// The kernel, or the container we are in, does not let us hold system calls.
    Refused(io::Error),
    /// The program cannot be executed.
    Exec(io::Error),
    /// Something else.
    Other(io::Error),
}

/// Starts a program under the filter, in this world; our child, its pidfd and its listener. It is in a session of its own
/// and is killed when the calling thread ends. It has executed the program when this returns.
pub fn start(
    program: &Program,
    stdio: [BorrowedFd; 3],
    confinement: &Confinement,
    world: &mut World,
) -> Result<(Pid, OwnedFd, Listener), StartError> {
    let pointers = |strings: &[CString]| -> Vec<*const c_char> {
        strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (argv, envp) = (pointers(&program.argv), pointers(&program.envp));
    let secret = random();
    let mut filter = filter::program(program.path.as_ptr() as u64, secret);
    let fprog = filter::as_fprog(&mut filter);
    let mut launch = Launch {
        path: program.path.as_ptr(),
        argv: argv.as_ptr(),
        envp: envp.as_ptr(),
        fprog: &raw const fprog,
        confinement,
        stdio: stdio.map(|fd| fd.as_raw_fd()),
        secret,
        listener: -1,
        failed: (0, 0),
    };
    let launch: *mut Launch = &raw mut launch;

    // A multiple of 16, as the ABI wants the stack's end to be aligned.
    let mut stack = vec![0u128; 4096];
    // The launcher shares our memory and our descriptors, and we do nothing before it has executed the program or
    // ended (CLONE_VFORK): no page is copied, and the listener appears in our own table.
    // SAFETY: the stack is ours alone and outlives the launcher, which runs `launch_program` on it while we wait, and
    // so does all that `launch` points to. It makes system calls only.
    let cloned = unsafe {
        let top = stack.as_mut_ptr().add(stack.len()).cast::<c_void>();
        world.clone(launch_program, top, launch.cast())
    };
    let (pid, pidfd) = cloned.map_err(StartError::Other)?;
    // SAFETY: the launcher is gone, and it may have changed what `launch` points to, which is why we read it through
    // the pointer it had.
    let (listener, failed) = unsafe { ((*launch).listener, (*launch).failed) };
    // SAFETY: as with the pidfd; the launcher has not closed it in the table that was ours too.
    let listener = (listener >= 0).then(|| unsafe { OwnedFd::from_raw_fd(listener) });
    let listener = listener.map(|fd| Listener { fd, put_aside: RefCell::default() });
    let error = io::Error::from_raw_os_error(failed.1);
    match (failed.0, listener) {
        (0, Some(listener)) => {
            // The held task and its supervisor take turns on one CPU.
            // SAFETY: the request takes an integer.
            unsafe { libc::ioctl(listener.fd.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1u64) };
            Ok((pid, pidfd, listener))
        }
        (NO_FILTER, _) => Err(StartError::Refused(error)),
        (NOT_CONFINED, _) => Err(StartError::Other(error)),
        _ => Err(StartError::Exec(error)),
    }
}

/// A number that nobody can guess.
fn random() -> u64 {
    let mut number = [0u8; 8];
    // SAFETY: the call writes no more than so many bytes to the address given.
    unsafe { libc::getrandom(number.as_mut_ptr().cast(), number.len(), 0) };
    u64::from_ne_bytes(number)
}

/// Runs in the launcher: only system calls, since the memory is that of our suspended parent.
extern "C" fn launch_program(launch: *mut c_void) -> c_int {
    let launch = launch.cast::<Launch>();
    // SAFETY: `start` gave us the address of a `Launch`, all of whose pointers are valid until we have executed the
    // program or ended; and it touches nothing of it meanwhile. The calls are as in their man pages.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::setsid();
        // Addresses that are the same in every run. Some containers refuse it; nothing depends on it but pointers
        // that a program prints.
        let personality = libc::personality(0xffff_ffff);
        libc::personality((personality | libc::ADDR_NO_RANDOMIZE) as libc::c_ulong);
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        let mut none: libc::sigset_t = zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        if let Err(refused) = (*(*launch).confinement).apply() {
            (*launch).failed = (NOT_CONFINED, refused.errno);
            libc::_exit(1);
        }
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        let listener = libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | WAIT_KILLABLE,
            (*launch).fprog,
        );
        if listener < 0 {
            (*launch).failed = (NO_FILTER, *libc::__errno_location());
            libc::_exit(1);
        }
        (*launch).listener = listener as c_int;
        // From here on our descriptors are our own.
        let secret = (*launch).secret;
        libc::syscall(libc::SYS_unshare, libc::CLONE_FILES, 0, 0, 0, 0, secret);
        for (number, fd) in (*launch).stdio.into_iter().enumerate() {
            libc::syscall(libc::SYS_dup3, fd, number as c_int, 0, 0, 0, secret);
        }
        libc::execve((*launch).path, (*launch).argv, (*launch).envp);
        (*launch).failed = (NO_EXEC, *libc::__errno_location());
        libc::syscall(libc::SYS_exit_group, filter::LAUNCH_FAILED);
    }
    0
}

/// Reads the memory of a process; how much of `into` could be filled from `address` on.
pub fn read_memory(pid: Pid, address: u64, into: &mut [u8]) -> usize {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: address as *mut c_void, iov_len: into.len() };
    // SAFETY: `local` describes `into`, which is ours to write; the remote address is the kernel's to check.
    let read = unsafe { libc::process_vm_readv(pid as libc::pid_t, &raw const local, 1, &raw const remote, 1, 0) };
    read.max(0) as usize
}

/// Reads `N` bytes, or nothing.
pub fn read_bytes<const N: usize>(pid: Pid, address: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (read_memory(pid, address, &mut bytes) == N).then_some(bytes)
}

/// Reads a `u32`.
pub fn read_u32(pid: Pid, address: u64) -> Option<u32> {
    read_bytes(pid, address).map(u32::from_ne_bytes)
}

/// Reads `N` numbers that stand one after the other.
pub fn read_u64s<const N: usize>(pid: Pid, address: u64) -> Option<[u64; N]> {
    let mut numbers = [0u64; N];
    // SAFETY: any bytes are valid for integers, and these are as many as `numbers` has.
    let bytes = unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast::<u8>(), size_of::<[u64; N]>()) };
    (read_memory(pid, address, bytes) == bytes.len()).then_some(numbers)
}

/// Where the futexes lie of which the kernel says, if this thread ends, that their holder is dead (get_robust_list(2)).
pub fn robust_futexes(tid: Pid) -> Vec<u64> {
    /// As many as the kernel looks at (`ROBUST_LIST_LIMIT`).
    const MOST: usize = 2048;
    let (mut head, mut size) = (0u64, 0usize);
    // SAFETY: the kernel writes an address and a size to where there is room for each.
    let done = unsafe { libc::syscall(libc::SYS_get_robust_list, tid, &raw mut head, &raw mut size) };
    // `struct robust_list_head`: the first entry, how far from an entry its futex is, and the one being locked or unlocked.
    let (0, Some([first, offset, pending])) = (done, read_u64s(tid, head)) else { return Vec::new() };
    // The lowest bit says something else.
    let place = |entry: u64| entry & !1;
    let next = |&entry: &u64| read_u64s(tid, place(entry)).map(|[next]| next);
    let listed = std::iter::successors(Some(first), next).take_while(|&entry| place(entry) != head).take(MOST);
    let all = listed.chain((pending != 0).then_some(pending));
    all.map(|entry| place(entry).wrapping_add(offset)).collect()
}

/// Writes to the memory of a process, where the process itself could; whether all was written.
pub fn write_memory(pid: Pid, address: u64, bytes: &[u8]) -> bool {
    let local = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: address as *mut c_void, iov_len: bytes.len() };
    // SAFETY: `local` describes `bytes`, which the call only reads; the remote address is the kernel's to check.
    let written = unsafe { libc::process_vm_writev(pid as libc::pid_t, &raw const local, 1, &raw const remote, 1, 0) };
    written == bytes.len() as isize
}

/// A duplicate of a descriptor of another process.
pub fn pidfd_getfd(pidfd: BorrowedFd, fd: c_int) -> io::Result<OwnedFd> {
    // SAFETY: takes three integers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), fd, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// A pidfd of a thread, which Linux has from 6.9 on (`PIDFD_THREAD` of pidfd_open(2)).
pub fn pidfd_of_thread(tid: Pid) -> io::Result<OwnedFd> {
    // SAFETY: takes two integers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, tid, libc::O_EXCL) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Waits until a process has ended and its parent was sent what tells of that; no longer than this.
pub fn await_end(pidfd: BorrowedFd, pid: Pid, patience: Duration) {
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    let _ = poll(&mut [PollFd::new(pidfd, PollFlags::POLLIN)], timeout);
    hear_out(pidfd, pid, false);
}

/// How long the kernel may take, on a busy machine, for what it does at the end of a process.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until the kernel has done all that belongs to an end which its pidfd has told of: that its parent has been told, and, if it leaves no
/// zombie, that it is gone.
pub fn hear_out(pidfd: BorrowedFd, pid: Pid, leaves_no_zombie: bool) {
    // The pidfd says so a moment before, under a lock that whoever asks for a group has to wait for (`exit_notify` of the kernel).
    // SAFETY: takes two integers; no signal is sent.
    unsafe { libc::kill(-(pid as libc::pid_t), 0) };
    let until = Instant::now() + PATIENCE;
    while leaves_no_zombie && pidfd_signal(pidfd, 0) && Instant::now() < until {
        std::thread::yield_now();
    }
}

/// Sends a signal to the process; with 0, only asks whether it has not been waited for yet.
pub fn pidfd_signal(pidfd: BorrowedFd, signal: c_int) -> bool {
    let no_info: *const libc::siginfo_t = std::ptr::null();
    // SAFETY: accepts a null `siginfo_t` and then touches no memory of ours.
    unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, no_info, 0) == 0 }
}

/// The same, with what the kernel says of a timer that has gone off (sigaction(2), `SI_TIMER`).
pub fn pidfd_signal_of_timer(pidfd: BorrowedFd, signal: c_int, timer: c_int, value: u64) -> bool {
    /// `siginfo_t` as far as it goes here, and filled up to its size.
    #[repr(C, align(8))]
    struct Info {
        signal: c_int,
        errno: c_int,
        code: c_int,
        padding: c_int,
        timer: c_int,
        overrun: c_int,
        value: u64,
        rest: [u64; 12],
    }
    const { assert!(size_of::<Info>() == size_of::<libc::siginfo_t>()) };
    let info = Info { signal, errno: 0, code: libc::SI_TIMER, padding: 0, timer, overrun: 0, value, rest: [0; 12] };
    // SAFETY: the kernel reads a `siginfo_t`, and `info` is as large.
    unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, &raw const info, 0) == 0 }
}

/// The process group of a process, by the number that the program knows it by; `None` if it is gone.
pub fn group(pid: Pid) -> Option<Pid> {
    innermost(pid, "NSpgid:")
}

/// The same of its session.
pub fn session(pid: Pid) -> Option<Pid> {
    innermost(pid, "NSsid:")
}

/// How much of a resource a process may ever ask for (getrlimit(2)); `None` if it is gone, or that is not told.
pub fn hard_limit(pid: Pid, resource: u64) -> Option<u64> {
    // SAFETY: a struct of integers, for which zero is valid.
    let mut limit: libc::rlimit = unsafe { zeroed() };
    // SAFETY: writes one `rlimit`; nothing is read from the null pointer, by which no limit is set.
    let done = unsafe { libc::prlimit(pid as libc::pid_t, resource as _, std::ptr::null(), &raw mut limit) };
    (done == 0).then_some(limit.rlim_max)
}

/// How nice a task is (nice(2)); as usual if it is gone.
pub fn nice(tid: Pid) -> i32 {
    // SAFETY: takes two numbers.
    unsafe { libc::getpriority(libc::PRIO_PROCESS as _, tid) }.max(-20)
}

/// Lets a timer that others read by a descriptor go off (timerfd_create(2)), and waits until it has.
pub fn expire(fd: &OwnedFd) {
    let soon = libc::itimerspec {
        it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: libc::timespec { tv_sec: 0, tv_nsec: 1 },
    };
    // SAFETY: the call reads one `itimerspec` from the address given, and may leave the old one out.
    unsafe { libc::timerfd_settime(fd.as_raw_fd(), 0, &raw const soon, std::ptr::null_mut()) };
    let mut polled = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    // It is a matter of nanoseconds; if not, whoever waits for it is said to wait for ever.
    let _ = poll(&mut polled, 1000u16);
}

/// Disarms a timer that others read by a descriptor; nothing is left to be read.
pub fn disarm(fd: &OwnedFd) {
    // SAFETY: a struct of integers, for which zero is valid.
    let never: libc::itimerspec = unsafe { zeroed() };
    // SAFETY: the call reads one `itimerspec` from the address given, and may leave the old one out.
    unsafe { libc::timerfd_settime(fd.as_raw_fd(), 0, &raw const never, std::ptr::null_mut()) };
}

/// The lock that fcntl(2) is given.
pub fn read_flock(tid: Pid, address: u64) -> Option<libc::flock> {
    const SIZE: usize = size_of::<libc::flock>();
    let bytes: [u8; SIZE] = read_bytes(tid, address)?;
    // SAFETY: `flock` is made of integers, for which any bytes are valid, and has this size.
    Some(unsafe { std::mem::transmute::<[u8; SIZE], libc::flock>(bytes) })
}

/// The name of a socket, as getsockname(2) gives it.
///
/// # Errors
/// If it is no socket.
pub fn name_of_socket(socket: &OwnedFd) -> io::Result<Vec<u8>> {
    // SAFETY: the call writes no more than `length` bytes to `name`, and to `length`.
    name_by(|name, length| unsafe { libc::getsockname(socket.as_raw_fd(), name, length) }).map(|(_, name)| name)
}

/// The name of the socket that it is connected to, as getpeername(2) gives it.
///
/// # Errors
/// If it is no socket, or not connected.
pub fn name_of_peer(socket: &OwnedFd) -> io::Result<Vec<u8>> {
    // SAFETY: the call writes no more than `length` bytes to `name`, and to `length`.
    name_by(|name, length| unsafe { libc::getpeername(socket.as_raw_fd(), name, length) }).map(|(_, name)| name)
}

/// Accepts a connection, which must be there; the socket, and the name of the other one as accept(2) gives it.
///
/// # Errors
/// As accept(2) says.
pub fn accept(listener: &OwnedFd, flags: c_int) -> io::Result<(OwnedFd, Vec<u8>)> {
    let flags = flags | libc::SOCK_CLOEXEC;
    // SAFETY: the call writes no more than `length` bytes to `name`, and to `length`.
    let (fd, name) = name_by(|name, length| unsafe { libc::accept4(listener.as_raw_fd(), name, length, flags) })?;
    // SAFETY: the kernel has just opened this descriptor for us; nobody else has it.
    Ok((unsafe { OwnedFd::from_raw_fd(fd) }, name))
}

/// The extended attributes of an open file, with their values (xattr(7)); `None` if they cannot be read.
pub fn extended_attributes(file: &File) -> Option<Vec<(CString, Vec<u8>)>> {
    let fd = file.as_raw_fd();
    // SAFETY: the call writes no more than `size` bytes to `list`.
    let names = filled(|list, size| unsafe { libc::flistxattr(fd, list.cast(), size) })?;
    let with_value = |name: &[u8]| {
        let name = CStr::from_bytes_with_nul(name).ok()?.to_owned();
        // SAFETY: `name` ends with a zero, and the call writes no more than `size` bytes to `value`.
        let value = filled(|value, size| unsafe { libc::fgetxattr(fd, name.as_ptr(), value.cast(), size) })?;
        Some((name, value))
    };
    names.split_inclusive(|&byte| byte == 0).map(with_value).collect()
}

/// What a call writes that gives the length of it, and only that if there is room for nothing.
fn filled(call: impl Fn(*mut u8, usize) -> isize) -> Option<Vec<u8>> {
    let length = usize::try_from(call(std::ptr::null_mut(), 0)).ok()?;
    let mut bytes = vec![0; length];
    let length = if length > 0 { usize::try_from(call(bytes.as_mut_ptr(), length)).ok()? } else { 0 };
    bytes.truncate(length);
    Some(bytes)
}

/// Whether a process may open so many more descriptors (RLIMIT_NOFILE of getrlimit(2)); if that cannot be told, it may.
pub fn has_room_for_descriptors(pid: Pid, more: u64) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the call reads nothing, and writes one `rlimit` to the address given.
    let is_told = unsafe { libc::prlimit(pid as i32, libc::RLIMIT_NOFILE, std::ptr::null(), &raw mut limit) } == 0;
    let Ok(fds) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return true };
    let numbers = fds.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok());
    !is_told || (numbers.filter(|&number| number < limit.rlim_cur).count() as u64) + more <= limit.rlim_cur
}

/// What a call returns that writes the name of a socket and its length, and that name.
fn name_by(call: impl Fn(*mut libc::sockaddr, *mut libc::socklen_t) -> c_int) -> io::Result<(c_int, Vec<u8>)> {
    let mut name = [0; size_of::<libc::sockaddr_storage>()];
    let mut length = name.len() as libc::socklen_t;
    let done = call(name.as_mut_ptr().cast(), &raw mut length);
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((done, name[..(length as usize).min(name.len())].to_vec()))
}

/// Whether a lock of flock(2) could be had on this open file, which gives it up at once.
pub fn try_flock(file: &OwnedFd, operation: c_int) -> bool {
    // SAFETY: takes two integers.
    unsafe {
        let taken = libc::flock(file.as_raw_fd(), operation | libc::LOCK_NB) == 0;
        if taken {
            libc::flock(file.as_raw_fd(), libc::LOCK_UN);
        }
        taken
    }
}

/// Replaces code of a process, which may run meanwhile; what was there. Nobody else's copy of that page changes.
///
/// # Errors
/// If its memory may not be written.
pub fn patch(pid: Pid, address: u64, code: &[u8]) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    let memory = std::fs::OpenOptions::new().read(true).write(true).open(format!("/proc/{pid}/mem"))?;
    let mut was = vec![0; code.len()];
    memory.read_exact_at(&mut was, address)?;
    memory.write_all_at(code, address)?;
    Ok(was)
}

/// The stack pointer of a thread that is in a system call, as proc_pid_syscall(5) shows it.
pub fn stack_pointer(tid: Pid) -> Option<u64> {
    let text = super::proc::text(format!("/proc/{tid}/syscall")).ok()?;
    let sp = text.split_whitespace().rev().nth(1)?;
    u64::from_str_radix(sp.strip_prefix("0x")?, 16).ok()
}

/// Whether any of these is ready by now.
pub fn is_ready(fds: &mut [PollFd]) -> bool {
    matches!(poll(fds, PollTimeout::ZERO), Ok(1..))
}

/// Whether there is something to read, or somebody to accept, by now.
pub fn is_readable(fd: &impl AsFd) -> bool {
    is_ready(&mut [PollFd::new(fd.as_fd(), PollFlags::POLLIN)])
}
