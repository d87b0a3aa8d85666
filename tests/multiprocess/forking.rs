//! Runs tests that fork. libtest runs tests in threads, and a process with threads must not fork; here every test is
//! a fresh process with one thread, which this runner, the parent of whatever it leaves behind, sees to the end.

use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A test: its name and its code.
pub type Case = (&'static str, fn());

/// `cases![a, b]`: the functions `a` and `b`, named by module and function.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => { &[$((concat!(module_path!(), "::", stringify!($case)), $case as fn())),+] };
}

/// A test that takes longer hangs, and is killed.
const NEVER: Duration = Duration::from_secs(120);

/// Says to the program that it is to be this one test.
const CASE: &str = "MULTIPROCESS_TEST_CASE";

/// Runs the tests whose names contain one of the arguments, or all.
pub fn run(cases: &[Case]) -> ExitCode {
    if let Ok(name) = std::env::var(CASE) {
        let (_, case) = cases.iter().find(|(n, _)| *n == name).expect("a test of that name");
        // SAFETY: a plain number. SIGALRM ends a test that hangs.
        unsafe { libc::alarm(NEVER.as_secs() as u32) };
        case();
        return ExitCode::SUCCESS;
    }
    let filters: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let chosen = |name: &str| filters.is_empty() || filters.iter().any(|f| name.contains(f.as_str()));
    let chosen: Vec<&str> = cases.iter().map(|(name, _)| *name).filter(|name| chosen(name)).collect();
    let failed = match run_side_by_side(&chosen) {
        Ok(failed) => failed,
        Err(error) => {
            println!("the tests cannot be run: {error}");
            return ExitCode::FAILURE;
        }
    };
    let passed = chosen.len() - failed;
    println!("\ntest result: {}. {passed} passed; {failed} failed", if failed == 0 { "ok" } else { "FAILED" });
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// So many tests run at once; most of them wait most of the time.
const RUNNERS: usize = 4;

/// Runs the tests of these names; how many have failed. Each runner is a process, as what a test leaves behind must become the child
/// of the one that ran it, and of nobody else.
fn run_side_by_side(names: &[&str]) -> io::Result<usize> {
    // Whoever has time takes the next number out of the pipe: two bytes, which the kernel gives to one reader.
    let (numbers, mut put) = io::pipe()?;
    let all = (0..names.len()).map(|number| u16::try_from(number).expect("no more than 65,536 tests"));
    io::Write::write_all(&mut put, &all.flat_map(u16::to_ne_bytes).collect::<Vec<u8>>())?;
    drop(put);
    let mut runners = Vec::new();
    for _ in 0..RUNNERS.min(names.len()) {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => std::process::exit(run_some(names, numbers)),
            -1 => return Err(io::Error::last_os_error()),
            pid => runners.push(pid),
        }
    }
    let mut failed = 0;
    for runner in runners {
        let mut status = 0;
        // SAFETY: a status is written to where there is room for one.
        let is_waited_for = unsafe { libc::waitpid(runner, &raw mut status, 0) } == runner;
        if !is_waited_for || !libc::WIFEXITED(status) {
            return Err(io::Error::other(format!("a runner has died: {status:#x}")));
        }
        failed += libc::WEXITSTATUS(status) as usize;
    }
    Ok(failed)
}

/// What a runner does; how many of its tests have failed.
fn run_some(names: &[&str], mut numbers: io::PipeReader) -> i32 {
    become_parent_of_orphans();
    let mut failed = 0;
    let mut number = [0; 2];
    while io::Read::read(&mut numbers, &mut number).is_ok_and(|length| length > 0) {
        let name = names[usize::from(u16::from_ne_bytes(number))];
        let outcome = run_case(name);
        let why = outcome.as_ref().err().map_or_else(String::new, |why| format!("\n    {why}"));
        println!("test {name} ... {}{why}", if outcome.is_ok() { "ok" } else { "FAILED" });
        failed += i32::from(outcome.is_err());
    }
    failed
}

fn run_case(name: &str) -> Result<(), String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    // What a test captures waits in a pipe until the test is over; a hundred backtraces would not fit.
    let mut case = Command::new(me)
        .env(CASE, name)
        .env("RUST_BACKTRACE", "0")
        .process_group(0)
        .spawn()
        .map_err(|e| e.to_string())?;
    let status = case.wait().map_err(|e| e.to_string())?;
    let left = wait_for_orphans();
    if left {
        // SAFETY: plain numbers. The group's number is not given to another while one of it is left.
        unsafe { libc::kill(-case.id().cast_signed(), libc::SIGKILL) };
    }
    if !status.success() {
        return Err(format!("{status}"));
    }
    if left { Err("it left processes behind".to_owned()) } else { Ok(()) }
}

/// Whether some process of the test lives on.
fn wait_for_orphans() -> bool {
    let patience = Instant::now() + Duration::from_secs(10);
    loop {
        // SAFETY: a null status pointer is allowed. Every child of this process belongs to the test that just ended.
        match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
            -1 => return false,
            0 if Instant::now() > patience => return true,
            0 => std::thread::sleep(Duration::from_millis(5)),
            _ => {}
        }
    }
}

/// Orphans among the descendants become children of this process.
pub fn become_parent_of_orphans() {
    // SAFETY: plain numbers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) }, 0);
}

/// Lets the kernel answer these system calls with an error from now on, as one may that does not know them, or a sandbox.
pub fn refuse(calls: RangeInclusive<libc::c_long>, with: libc::c_int) {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let jump = libc::BPF_JMP | libc::BPF_K;
    let mut filter = [
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0),
        libc::sock_filter { jf: 2, ..statement(jump | libc::BPF_JGE, *calls.start() as u32) },
        libc::sock_filter { jt: 1, ..statement(jump | libc::BPF_JGT, *calls.end() as u32) },
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | with as u32),
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: plain numbers, and a filter that lives.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program), 0);
    }
}

/// Asserts that this process has no child, dead or alive.
pub fn assert_no_children() {
    // SAFETY: a siginfo is plain data; the pointer is to one of ours. WNOWAIT reaps nothing.
    let answer = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_ALL, 0, &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
    };
    assert_eq!(answer, -1, "a child is left");
    assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::ECHILD));
}

/// How many descriptors this process has open.
pub fn open_descriptors() -> usize {
    // The directory being read is one of them.
    fs::read_dir("/proc/self/fd").expect("/proc").count() - 1
}

/// How many mappings this process shares with others by way of the library.
pub fn shared_mappings() -> usize {
    fs::read_to_string("/proc/self/maps").expect("/proc").lines().filter(|l| l.contains("/memfd:multiprocess-")).count()
}

/// Waits until the process does not exist any more, or is a zombie.
pub fn wait_until_dead(pid: u32) {
    while state_of(pid).is_some_and(|state| state != 'Z') {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The children of a process, dead ones too.
pub fn children(pid: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&child| parent_of(child) == Some(pid)).collect()
}

pub fn parent_of(pid: u32) -> Option<u32> {
    stat(pid, 1)?.parse().ok()
}

/// `R` for running, `S` for asleep, `Z` for dead and not reaped; nothing for one that does not exist.
pub fn state_of(pid: u32) -> Option<char> {
    stat(pid, 0)?.chars().next()
}

/// A field of `/proc/<pid>/stat`: of those after the name, which may contain anything.
fn stat(pid: u32, field: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().nth(field)?.to_owned())
}

/// Whether the process is dead: a zombie, or gone.
pub fn is_dead(pid: u32) -> bool {
    matches!(state_of(pid), None | Some('Z' | 'X'))
}

/// Whether the process sleeps in futex(2), where it stays until somebody wakes it.
pub fn sleeps(pid: u32) -> bool {
    let call = fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    state_of(pid) == Some('S') && call.split(' ').next() == Some(&libc::SYS_futex.to_string())
}

/// How often the process has been taken from its processor.
pub fn switches(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let counts = status.lines().filter(|line| line.contains("ctxt_switches:"));
    counts.filter_map(|line| line.rsplit('\t').next()?.parse::<u64>().ok()).sum()
}

/// Waits until it is so; whoever waits in vain is killed by the runner.
pub fn wait_until(so: impl Fn() -> bool) {
    while !so() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Sends a signal to a process that this test, or a process of its, started.
pub fn signal(pid: u32, signal: i32) {
    // SAFETY: plain numbers.
    unsafe { libc::kill(pid.cast_signed(), signal) };
}

/// A pipe that all processes of the test share; processes open and pass it like a gate.
pub struct Gate {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Gate {
    pub fn new() -> Gate {
        let (reader, writer) = io::pipe().expect("a pipe");
        Gate { reader: reader.into(), writer: writer.into() }
    }

    /// Lets one process pass.
    pub fn open(&self) {
        // SAFETY: one byte of a live array.
        assert_eq!(unsafe { libc::write(self.writer.as_fd().as_raw_fd(), [0_u8].as_ptr().cast(), 1) }, 1);
    }

    /// Waits until somebody lets us pass.
    pub fn pass(&self) {
        let mut byte = [0_u8];
        // SAFETY: one byte of a live array.
        while unsafe { libc::read(self.reader.as_fd().as_raw_fd(), byte.as_mut_ptr().cast(), 1) } != 1 {
            assert_eq!(io::Error::last_os_error().kind(), io::ErrorKind::Interrupted);
        }
    }
}

/// A file that processes without common descriptors use as a gate.
pub struct FileGate(pub String);

impl FileGate {
    pub fn new(name: &str) -> FileGate {
        let gate = FileGate(format!("{}/multiprocess-{name}-{}", std::env::temp_dir().display(), std::process::id()));
        let _ = fs::remove_file(&gate.0);
        gate
    }

    pub fn open(&self) {
        fs::write(&self.0, "open").expect("a temporary file");
    }
}

impl Drop for FileGate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Waits until the gate's file is there.
pub fn pass_file_gate(path: &str) {
    while !fs::exists(path).unwrap_or(false) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is written to a descriptor of this process while `f` runs.
pub fn capture(fd: i32, f: impl FnOnce()) -> String {
    let (mut reader, writer) = io::pipe().expect("a pipe");
    // SAFETY: plain descriptors; `fd` is standard output or error, which stays open all the time.
    let saved = unsafe { libc::dup(fd) };
    // SAFETY: as above.
    unsafe { libc::dup2(writer.as_raw_fd(), fd) };
    drop(writer);
    f();
    // SAFETY: as above; `saved` is ours.
    unsafe {
        libc::dup2(saved, fd);
        libc::close(saved);
    }
    let mut text = String::new();
    io::Read::read_to_string(&mut reader, &mut text).expect("text");
    text
}

/// A value that this process shares with those it forks from now on; it stays to the end of the test.
pub fn shared<T>(value: T) -> *mut T {
    let place = shared_zeros::<T>();
    // SAFETY: new memory that nobody else uses, large enough.
    unsafe { place.write(value) };
    place
}

/// As [`shared`], but all bytes are zero.
///
/// The memory has a name as the library's own has: to share it, `Process::spawn` would otherwise have to be told that all
/// who use it are ready for that.
pub fn shared_zeros<T>() -> *mut T {
    let (rights, size) = (libc::PROT_READ | libc::PROT_WRITE, size_of::<T>());
    // SAFETY: new memory at an address of the kernel's choice, aligned to a page.
    unsafe {
        let file = libc::memfd_create(c"multiprocess_test".as_ptr(), libc::MFD_CLOEXEC);
        assert_eq!(libc::ftruncate(file, size as libc::off_t), 0);
        let memory = libc::mmap(std::ptr::null_mut(), size, rights, libc::MAP_SHARED, file, 0);
        assert_ne!(memory, libc::MAP_FAILED);
        libc::close(file);
        memory.cast()
    }
}

/// Maps a page shared, as a program might of which this library knows nothing.
pub fn share_a_page() {
    let (rights, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a new page that nobody uses.
    assert_ne!(unsafe { libc::mmap(std::ptr::null_mut(), 4096, rights, kind, -1, 0) }, libc::MAP_FAILED);
}

/// A process that kills random children of another, one after the other, at random moments.
pub struct Killer {
    process: multiprocess::Process,
    /// How many it has killed: one page, shared with it.
    kills: &'static AtomicU32,
    most: u32,
}

impl Killer {
    pub fn of_children(victims: u32, most: u32) -> Killer {
        // SAFETY: see `shared`; nobody unmaps it.
        let kills: &AtomicU32 = unsafe { &*shared(AtomicU32::new(0)) };
        let process = multiprocess::ProcessBuilder::new()
            .name("killer")
            .kill_on_drop(true)
            .spawn(|| {
                // Any seed will do, but it should not be the same every time.
                let mut random = u64::from(std::process::id()) << 32 | u64::from(victims) | 1;
                while kills.load(Ordering::Relaxed) < most {
                    random = next_random(random);
                    std::thread::sleep(Duration::from_micros(random % 3000));
                    let me = std::process::id();
                    let mut found = children(victims);
                    found.retain(|&pid| pid != me);
                    if let Some(&victim) = found.get(random as usize / 3000 % found.len().max(1)) {
                        kills.fetch_add(u32::from(kill_child(victim, victims)), Ordering::Relaxed);
                    }
                }
            })
            .unwrap();
        Killer { process, kills, most }
    }

    pub fn is_done(&self) -> bool {
        self.kills() >= self.most
    }

    /// How many were killed so far.
    pub fn kills(&self) -> u32 {
        self.kills.load(Ordering::Relaxed)
    }

    /// Stops killing; how many were killed.
    pub fn stop(mut self) -> u32 {
        self.process.kill().unwrap();
        self.process.join().unwrap();
        // One may have been killed and not yet counted.
        self.kills.load(Ordering::Relaxed) + 1
    }
}

/// The number after this one, which must not be 0: Xorshift (G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 2003).
pub fn next_random(mut random: u64) -> u64 {
    random ^= random << 13;
    random ^= random >> 7;
    random ^ random << 17
}

/// Kills a child of `parent`, and no other process that may have got its pid meanwhile.
pub fn kill_child(pid: u32, parent: u32) -> bool {
    // SAFETY: plain numbers; the descriptor is closed below.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd < 0 {
        return false;
    }
    // Now the pid belongs to the process of the descriptor, or to nobody.
    let killed = parent_of(pid) == Some(parent) && state_of(pid) != Some('Z') && {
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: a descriptor of ours, and a null pointer, which is allowed.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, libc::SIGKILL, none, 0) == 0 }
    };
    // SAFETY: the descriptor opened above.
    unsafe { libc::close(fd as i32) };
    killed
}
