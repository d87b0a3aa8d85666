//! The programs that are explored: this test itself, started again with the name of one.

use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::process::exit;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::model::{self, Op, Script};

/// libtest has the `main`, so a program is begun before that, by a constructor (`.init_array` in elf(5)).
#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

extern "C" fn begin() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, name, argument] = arguments.as_slice()
        && role == "role"
    {
        // As Rust's runtime does before `main`.
        // SAFETY: to ignore a signal runs no code of ours.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        run(name, argument);
    }
}

fn run(name: &str, argument: &str) -> ! {
    match name {
        "script" => script(&model::decode(argument)),
        "shared_counter" => shared_counter(),
        "threads" => threads(),
        "clock" => clock(),
        "looks_until" => looks_until(),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "yields" => yields(),
        "looks" => looks(),
        "semaphore" => semaphore(),
        "timed" => timed(),
        "raw_output" => raw_output(),
        _ => panic!("no program is called {name}"),
    }
    exit(0)
}

fn fork(child: impl FnOnce()) -> libc::pid_t {
    // SAFETY: this process has one thread.
    match unsafe { libc::fork() } {
        0 => {
            child();
            exit(0)
        }
        -1 => panic!("fork: {}", std::io::Error::last_os_error()),
        pid => pid,
    }
}

/// Whether there is something to read within so many milliseconds.
fn can_read(pipe: &PipeReader, timeout: libc::c_int) -> bool {
    let mut poll = libc::pollfd { fd: pipe.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one live pollfd.
    let ready = unsafe { libc::poll(&raw mut poll, 1, timeout) };
    assert!(ready >= 0, "{}", std::io::Error::last_os_error());
    ready == 1
}

/// Looks whether there is something to read, until its time is up.
fn looks_until() {
    let (pipe, _end) = std::io::pipe().expect("a pipe");
    let start = Instant::now();
    let mut looks = 0;
    while start.elapsed() < Duration::from_millis(100) {
        assert!(!can_read(&pipe, 0));
        looks += 1;
    }
    println!("{}", looks > 10);
}

fn wait(pid: libc::pid_t) {
    // SAFETY: a null status is allowed.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
}

fn script(script: &Script) {
    let pipes: Vec<_> = (0..4).map(|_| std::io::pipe().unwrap()).collect();
    fn play(script: &Script, process: usize, pipes: &[(PipeReader, PipeWriter)], pids: &mut [libc::pid_t]) {
        let mut last = 0u8;
        for &op in &script[process] {
            match op {
                Op::Line(n) => println!("line {n}"),
                Op::Got => println!("got {last}"),
                Op::Send(pipe, n) => {
                    // SAFETY: one byte is read from where one is.
                    unsafe { libc::write(pipes[pipe].1.as_raw_fd(), (&raw const n).cast(), 1) };
                }
                Op::Receive(pipe) => {
                    // SAFETY: one byte is written to where there is room for one.
                    unsafe { libc::read(pipes[pipe].0.as_raw_fd(), (&raw mut last).cast(), 1) };
                }
                Op::Fork(child) => {
                    let mut known = pids.to_vec();
                    pids[child] = fork(|| play(script, child, pipes, &mut known));
                }
                Op::Wait(child) => wait(pids[child]),
                Op::Kill(child) => {
                    // SAFETY: takes two integers.
                    unsafe { libc::kill(pids[child], libc::SIGTERM) };
                }
                Op::Sleep(seconds) => sleep(Duration::from_secs(seconds.into())),
            }
        }
    }
    let mut pids = vec![0; script.len()];
    play(script, 0, &pipes, &mut pids);
}

/// Two processes add one to a number that they share, with a nap between reading and writing it.
fn shared_counter() {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping of one page; nothing else is there.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, protection, flags, -1, 0) };
    // SAFETY: the page is zeroed, aligned, and stays until this process ends.
    let number = unsafe { &*page.cast::<AtomicU32>() };
    let child = fork(|| add(number));
    add(number);
    wait(child);
    println!("{}", number.load(SeqCst));
}

fn add(number: &AtomicU32) {
    let seen = number.load(SeqCst);
    sleep(Duration::from_millis(1));
    number.store(seen + 1, SeqCst);
}

fn threads() {
    let other = std::thread::spawn(|| {
        println!("other 1");
        println!("other 2");
    });
    println!("first 1");
    println!("first 2");
    other.join().unwrap();
}

/// Sees exactly the time that it slept.
fn clock() {
    let start = Instant::now();
    sleep(Duration::from_secs(3600));
    println!("{:.2}", start.elapsed().as_secs_f64());
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {}
    println!("done");
}

/// Waits for its child by looking again and again.
fn yields() {
    let child = fork(|| println!("child"));
    // SAFETY: a null status is allowed.
    while unsafe { libc::waitpid(child, std::ptr::null_mut(), libc::WNOHANG) } == 0 {
        std::thread::yield_now();
    }
    println!("parent");
}

/// Waits for two children by looking again and again, with no pause.
fn looks() {
    let mut children = ["one", "other"].map(|name| Some(fork(move || println!("{name}"))));
    while children.iter().any(Option::is_some) {
        for child in &mut children {
            // SAFETY: a null status is allowed.
            if child.is_some_and(|pid| unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::WNOHANG) } != 0) {
                *child = None;
            }
        }
    }
    println!("parent");
}

/// Looks for the end of a child, again and again, that ends only when its time-out fires.
fn timed() {
    let child = fork(|| {
        let (pipe, _end) = std::io::pipe().expect("a pipe");
        can_read(&pipe, 100);
        println!("timed out");
    });
    // SAFETY: a null status is allowed.
    while unsafe { libc::waitpid(child, std::ptr::null_mut(), libc::WNOHANG) } == 0 {}
    println!("parent");
}

/// Two children try to take what is there once. It lies in a file shorter than a page, as sem_open(3) makes it.
fn semaphore() {
    // SAFETY: the file is as long as a semaphore, which is initialised before it is used and stays until this process ends.
    let semaphore = unsafe {
        let file = libc::memfd_create(c"semaphore".as_ptr(), 0);
        assert_eq!(libc::ftruncate(file, size_of::<libc::sem_t>() as libc::off_t), 0);
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let place = libc::mmap(std::ptr::null_mut(), size_of::<libc::sem_t>(), protection, libc::MAP_SHARED, file, 0);
        libc::sem_init(place.cast(), 1, 1);
        place.cast::<libc::sem_t>()
    };
    // SAFETY: as above.
    let take = || println!("{}", if unsafe { libc::sem_trywait(semaphore) } == 0 { "mine" } else { "gone" });
    let children = [fork(take), fork(take)];
    children.into_iter().for_each(wait);
}

/// Writes in ways that are not `println!`.
fn raw_output() {
    let parts = [b"two parts, ".as_slice(), b"one line\ntwo ", b"lines\n"];
    let vectors = parts.map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
    let child = fork(|| {
        // SAFETY: the descriptor is a duplicate of standard output, and the vectors describe the parts.
        unsafe { libc::writev(libc::dup(1), vectors.as_ptr(), 3) };
    });
    // SAFETY: as many bytes as there are.
    unsafe { libc::write(libc::dup2(1, 77), c"a line".as_ptr().cast(), 6) };
    // SAFETY: one byte.
    unsafe { libc::write(1, c"\n".as_ptr().cast(), 1) };
    wait(child);
}
