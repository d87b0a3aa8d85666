//! `cargo xtask watch` on a real terminal.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use exercises::skeleton;
use nix::pty::{OpenptyResult, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

/// No wait in these tests takes so long unless what is waited for never comes.
const NEVER: Duration = Duration::from_secs(100);

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + NEVER;
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not come");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Killed if the test ends before it.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A course of one exercise.
fn course() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("exercises")).unwrap();
    fs::write(root.path().join("Cargo.lock"), "").unwrap();
    skeleton::exercise(root.path(), "new").unwrap();
    root
}

/// Starts a command in a session of its own on this terminal, where it finds the course.
fn start(mut command: Command, pty: &OpenptyResult, course: &Path) -> Watching {
    let end = || Stdio::from(pty.slave.try_clone().unwrap());
    command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm-256color");
    // The course is where the package is; and whether the answer builds does not matter here.
    command.env("CARGO_MANIFEST_DIR", course.join("crates/watch")).env("CARGO", "false");
    // SAFETY: between fork and exec only two system calls are made, both async-signal-safe; nothing is allocated.
    unsafe {
        command.pre_exec(|| {
            nix::unistd::setsid()?;
            nix::errno::Errno::result(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
            Ok(())
        });
    }
    Watching(command.spawn().unwrap())
}

fn echoes(pty: &OpenptyResult) -> bool {
    tcgetattr(&pty.slave).unwrap().local_flags.contains(LocalFlags::ECHO)
}

#[test]
fn whoever_is_asked_to_end_gives_the_terminal_back() {
    let root = course();
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let pty = openpty(None, None).unwrap();
        let mut watching = start(Command::new(env!("CARGO_BIN_EXE_watch")), &pty, root.path());
        let mut output = File::from(pty.master.try_clone().unwrap());
        // What it shows is read, so that it need not wait. That ends when nobody has the terminal any more.
        thread::spawn(move || while let Ok(1..) = output.read(&mut [0; 4096]) {});
        until("raw mode", || !echoes(&pty));
        kill(Pid::from_raw(watching.0.id() as i32), signal).unwrap();
        let mut status = None;
        until("its end", || {
            status = watching.0.try_wait().unwrap();
            status.is_some()
        });
        assert_eq!(status.unwrap().signal(), Some(signal as i32));
        assert!(echoes(&pty), "{signal}");
    }
}

#[test]
fn whoever_is_suspended_gives_the_terminal_to_the_shell_until_it_is_continued() {
    let root = course();
    let pty = openpty(None, None).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "set -m; \"$0\"; echo stopped; read line; fg; echo over", env!("CARGO_BIN_EXE_watch")]);
    let mut shell = start(shell, &pty, root.path());
    let mut terminal = File::from(pty.master.try_clone().unwrap());
    let (mut output, shown) = (terminal.try_clone().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&shown);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut bytes) {
            seen.lock().unwrap().extend_from_slice(&bytes[..count]);
        }
    });
    let shows = |text: &str| String::from_utf8_lossy(&shown.lock().unwrap()).contains(text);
    until("raw mode", || !echoes(&pty));
    until("its first screen", || shows("quit"));
    terminal.write_all(b"\x1a").unwrap();
    until("the shell", || shows("stopped\r\n"));
    assert!(echoes(&pty));
    terminal.write_all(b"\n").unwrap();
    until("raw mode again", || !echoes(&pty));
    terminal.write_all(b"q").unwrap();
    until("its end", || shows("over\r\n"));
    until("the end of the shell", || shell.0.try_wait().unwrap().is_some());
    assert!(echoes(&pty));
}
