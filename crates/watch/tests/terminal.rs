//! `cargo xtask watch` on a real terminal.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use exercises::skeleton;
use nix::pty::openpty;
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

#[test]
fn whoever_is_asked_to_end_gives_the_terminal_back() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("exercises")).unwrap();
    fs::write(root.path().join("Cargo.lock"), "").unwrap();
    skeleton::exercise(root.path(), "new").unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let pty = openpty(None, None).unwrap();
        let end = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_watch"));
        command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm-256color");
        // The course is where the package is; and whether the answer builds does not matter here.
        command.env("CARGO_MANIFEST_DIR", root.path().join("crates/watch")).env("CARGO", "false");
        // SAFETY: between fork and exec only two system calls are made, both async-signal-safe; nothing is allocated.
        unsafe {
            command.pre_exec(|| {
                nix::unistd::setsid()?;
                nix::errno::Errno::result(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
                Ok(())
            });
        }
        let mut watching = Watching(command.spawn().unwrap());
        drop(command);
        let mut output = File::from(pty.master.try_clone().unwrap());
        // What it shows is read, so that it need not wait. That ends when nobody has the terminal any more.
        thread::spawn(move || while let Ok(1..) = output.read(&mut [0; 4096]) {});
        let echoes = || tcgetattr(&pty.slave).unwrap().local_flags.contains(LocalFlags::ECHO);
        until("raw mode", || !echoes());
        kill(Pid::from_raw(watching.0.id() as i32), signal).unwrap();
        let mut status = None;
        until("its end", || {
            status = watching.0.try_wait().unwrap();
            status.is_some()
        });
        assert_eq!(status.unwrap().signal(), Some(signal as i32));
        assert!(echoes(), "{signal}");
    }
}
