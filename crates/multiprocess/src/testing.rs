//! Tests that fork, in `#[test]` functions.
//!
//! libtest runs each test in a thread, and a process with threads must not fork. So this feature (`testing`, for
//! `[dev-dependencies]`) starts a fork server before `main`, when there are no threads yet; [`in_process`] asks it for
//! a process in which the test runs alone.
//!
//! ```toml
//! [dev-dependencies]
//! multiprocess = { version = "0.1", features = ["testing"] }
//! ```
//!
//! ```
//! use multiprocess::{Pool, testing::in_process};
//!
//! #[test]
//! # fn hidden() {}
//! fn a_pool_squares() {
//!     in_process(|| {
//!         let pool = Pool::new(2).unwrap();
//!         assert_eq!(pool.map(|n: u64| n * n, [1, 2, 3]).unwrap(), [1, 4, 9]);
//!         pool.close().join().unwrap();
//!     });
//! }
//! # a_pool_squares();
//! ```
//!
//! The server ends with the program. It is nobody's child (its parent has ended), so that a program that waits for any
//! child does not come across it.

#![allow(clippy::test_attr_in_doctest, reason = "the example is about that attribute, and calls the test")]

use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Output};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::connection::Connection;
use crate::process::ProcessBuilder;
use crate::sync::Event;

/// How a test's process ended (as `waitpid(2)` says it), whether the test had come to its end, and what was printed to standard
/// output and error.
type Report = Result<(i32, bool, Vec<u8>, Vec<u8>), String>;

/// A test, and where its report goes.
type Request = (fn(), UnixStream);

/// The way to the server; none in the server and its processes.
static SERVER: AtomicI32 = AtomicI32::new(-1);

/// Runs a test in a process of its own, which has one thread, and waits for its end. What the test prints is printed
/// here, so that libtest captures it.
///
/// The process is a copy of this one as it was before `main`: the test sees no `static` that was set since.
///
/// # Panics
/// The test panicked, or its process ended before the test did, whatever its exit code. What it wrote to standard error, as the
/// words of its own panic, is part of the message, so that `#[should_panic(expected = "…")]` finds them.
pub fn in_process(test: fn()) {
    let (status, has_ended, out, err) = match ask(test) {
        Ok(Ok(report)) => report,
        Ok(Err(why)) => panic!("the test's process could not be run: {why}"),
        Err(error) => panic!("the fork server for tests cannot be reached: {error}"),
    };
    print!("{}", String::from_utf8_lossy(&out));
    let (status, err) = (ExitStatus::from_raw(status), String::from_utf8_lossy(&err));
    let early = if has_ended { "" } else { ", before the test did" };
    assert!(status.success() && has_ended, "the test's process ended with {status}{early}\n{err}");
    eprint!("{err}");
}

fn ask(test: fn()) -> io::Result<Report> {
    let server = SERVER.load(Ordering::Relaxed);
    if server < 0 {
        // We are in a test's process already, and alone.
        return Ok(run(test));
    }
    let (ours, theirs) = UnixStream::pair()?;
    send(server, test, &theirs)?;
    drop(theirs);
    Connection::<(), Report>::new(ours).recv().map_err(io::Error::other)
}

fn run(test: fn()) -> Report {
    let has_ended = Event::new().map_err(|e| e.to_string())?;
    // A program that calls `exit(0)` in the middle of a test has passed none.
    let whole = || {
        test();
        has_ended.set();
    };
    let Output { status, stdout, stderr } =
        ProcessBuilder::new().kill_with_parent(true).output(whole).map_err(|e| e.to_string())?;
    Ok((status.into_raw(), has_ended.is_set(), stdout, stderr))
}

/// The C library calls what lies here before `main`.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = start_server;

extern "C" fn start_server() {
    // Whatever fails: tests will say that there is no server.
    let Ok((ours, theirs)) = pair() else { return };
    // SAFETY: nothing of the program runs yet, so it has one thread, and the child is a whole copy. It does not return.
    let starter = unsafe { libc::fork() };
    if starter == 0 {
        drop(ours);
        // SAFETY: as above. The starter ends at once, which leaves the server without a parent.
        if unsafe { libc::fork() } == 0 {
            serve(&theirs);
        }
        // SAFETY: `_exit` does not return and runs no handlers.
        unsafe { libc::_exit(0) };
    }
    if starter > 0 {
        // SAFETY: our child; a null status pointer is allowed.
        unsafe { libc::waitpid(starter, ptr::null_mut(), 0) };
        // For as long as the program runs.
        SERVER.store(std::os::fd::IntoRawFd::into_raw_fd(ours), Ordering::Relaxed);
    }
}

/// Starts a process for each test that is asked for, until nobody is left to ask.
fn serve(from: &OwnedFd) {
    // As in a Rust program after `main` has begun.
    // SAFETY: plain numbers.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    while let Ok(Some((test, to))) = receive(from) {
        // It waits for the test, so that the server need not, and tests run side by side.
        let waiter = ProcessBuilder::new().kill_with_parent(true).spawn(|| {
            // If it cannot be sent, nobody waits for it any more.
            let _ = Connection::<Report, ()>::new(to).send(run(test));
        });
        if let Err(error) = waiter {
            let _ = writeln!(io::stderr(), "the fork server for tests: {error}");
        }
    }
}

/// A pair of sockets that keep messages apart.
fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut pair = [-1; 2];
    // SAFETY: two descriptors are written to a live array.
    if unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0, pair.as_mut_ptr()) } != 0
    {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: descriptors the kernel just gave us, owned by nobody else.
    Ok(pair.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).into())
}

/// Room for one descriptor beside a message, aligned as `cmsg(3)` asks.
#[repr(C, align(8))]
struct Beside([u8; 64]);

/// A message of one function's address, with one descriptor beside it. The pointers are good while the arguments live.
fn message(address: &mut libc::iovec, beside: &mut Beside) -> libc::msghdr {
    // SAFETY: a msghdr is plain data, for which zeros are right.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = address;
    message.msg_iovlen = 1;
    message.msg_control = beside.0.as_mut_ptr().cast();
    // SAFETY: plain numbers.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<RawFd>() as u32) } as usize;
    message
}

fn send(server: RawFd, test: fn(), result: &UnixStream) -> io::Result<()> {
    let mut address = test as usize;
    let mut part = libc::iovec { iov_base: (&raw mut address).cast(), iov_len: size_of::<usize>() };
    let mut beside = Beside([0; 64]);
    let message = message(&mut part, &mut beside);
    // SAFETY: the message has room for one header with one descriptor, which is filled in here; all of it outlives the
    // call.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as usize;
        libc::CMSG_DATA(header).cast::<RawFd>().write_unaligned(result.as_raw_fd());
        libc::sendmsg(server, &raw const message, libc::MSG_NOSIGNAL)
    };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// `None`: nobody is left to ask for anything.
fn receive(from: &OwnedFd) -> io::Result<Option<Request>> {
    let mut address = 0_usize;
    let mut part = libc::iovec { iov_base: (&raw mut address).cast(), iov_len: size_of::<usize>() };
    let mut beside = Beside([0; 64]);
    let mut message = message(&mut part, &mut beside);
    loop {
        // SAFETY: the message has room for what it says; all of it outlives the call.
        let received = unsafe { libc::recvmsg(from.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC) };
        match usize::try_from(received) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(io::Error::last_os_error()),
        }
    }
    // SAFETY: the kernel has filled in the message. Only `send`, in the program that this one is a copy of, has the
    // other end: so there is one header with one descriptor, which is ours now, and the address of a function that is
    // at the same place here.
    unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        if header.is_null() || (*header).cmsg_type != libc::SCM_RIGHTS || address == 0 {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let result = OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<RawFd>().read_unaligned());
        Ok(Some((std::mem::transmute::<usize, fn()>(address), result.into())))
    }
}
