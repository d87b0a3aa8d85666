//! `interleave play`, played on a real terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

/// No wait in these tests takes so long unless what is waited for never comes.
const NEVER: Duration = Duration::from_secs(100);

/// The size of the terminal.
const ROWS: NonZero<u16> = NonZero::new(30).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();

/// A program on a terminal of its own, which is killed if the test ends before it.
struct Played {
    child: Child,
    keys: File,
    terminal: Arc<Mutex<vt100::Parser>>,
}

impl Played {
    fn start(mut command: Command) -> Played {
        let size = Winsize { ws_row: ROWS.get(), ws_col: COLUMNS.get(), ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        let end = || Stdio::from(pty.slave.try_clone().unwrap());
        command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm-256color");
        // SAFETY: between fork and exec only two system calls are made, both async-signal-safe; nothing is allocated.
        unsafe {
            command.pre_exec(|| {
                nix::unistd::setsid()?;
                nix::errno::Errno::result(libc::ioctl(0, libc::TIOCSCTTY, 0))?;
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        drop(command);
        drop(pty.slave);
        let terminal = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 0)));
        let (mut output, seen) = (File::from(pty.master.try_clone().unwrap()), Arc::clone(&terminal));
        // It ends with the program: then nobody can write to the terminal any more.
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                seen.lock().unwrap().process(&bytes[..read]);
            }
        });
        Played { child, keys: pty.master.into(), terminal }
    }

    fn screen(&self) -> String {
        self.terminal.lock().unwrap().screen().contents()
    }

    /// Waits until the screen shows all of this.
    fn await_all(&self, wanted: &[&str]) {
        let until = Instant::now() + NEVER;
        while !wanted.iter().all(|wanted| self.screen().contains(wanted)) {
            assert!(Instant::now() < until, "{wanted:?} did not come; the screen:\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses a key, and waits until the screen shows all of this.
    fn press(&mut self, key: &str, wanted: &[&str]) {
        self.keys.write_all(key.as_bytes()).unwrap();
        self.await_all(wanted);
    }

    fn end(&mut self) -> ExitStatus {
        let until = Instant::now() + NEVER;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end; the screen:\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lesson's program, built as this test is.
fn ordering_demo() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_interleave")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "-p", "ordering_demo", "--bin", "ordering_demo", "--target-dir"]);
    cargo.arg(folder.parent().unwrap());
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    // What cargo tells this test of its own package would make it build all anew.
    let is_of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_package)) {
        cargo.env_remove(name);
    }
    assert!(cargo.current_dir(root()).status().unwrap().success());
    folder.join("ordering_demo")
}

/// A program in C.
fn compiled(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&source, text).unwrap();
    assert!(Command::new("cc").arg("-o").arg(&program).arg(source).status().unwrap().success());
    program
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn ordering_demo_is_played_to_its_end_undone_and_left() {
    let program = ordering_demo();
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command.args(["play", "crates/ordering_demo/README.md/ordering_demo", "--"]).arg(program).current_dir(root());
    let mut played = Played::start(command);
    played.await_all(&["1 parent a", "is about to print", "父进程启动", "main.rs:", "of all 3 orders"]);
    played.press("1", &["step 1", "is about to start a process"]);
    played.press("1", &["step 2", "2 child b", "starts b", "is about to print 子进程启动", "3 of all 3 orders left"]);
    // The child goes first, which solves a quest once the parent's end has come as well.
    played.press("\x1b[C", &[]);
    played.press(" ", &["step 3", "2 of all 3"]);
    played.press("u", &["step 2 of 3"]);
    played.press("2", &["step 3", "子进程启动", "2 of all 3"]);
    played.press("2", &["step 4", "1 of all 3"]);
    played.press("e", &["the end", "Solved: make “子进程结束” come before “父进程结束”"]);
    played.press("\t", &["Quests", "[solved] make “子进程启动” come before “父进程结束”", "[ ] make “父进程结束”"]);
    played.press("\t", &["schedule"]);
    // Back to the beginning, and a question.
    played.press("\x1b[H", &["step 0 of "]);
    played.press("/", &["Show me an order"]);
    played.press("\r\x1b[B\x1b[B\x1b[B\r", &["so it goes", "the end"]);
    played.press("s", &["Kept, and told again", "interleave replay"]);
    played.press("?", &["take its next step"]);
    played.press("x", &["1-9 let go"]);
    played.press("q", &[]);
    assert!(played.end().success());
    played.await_all(&["interleave replay crates/ordering_demo/README.md/ordering_demo"]);
    let screen = played.screen();
    assert!(!screen.contains("1-9 let go"), "the screen is not given back:\n{screen}");
}

#[test]
fn it_is_played_in_chinese() {
    let program = ordering_demo();
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.args(["play", "--lang", "zh", "crates/ordering_demo/README.md/ordering_demo", "--"]);
    command.arg(program).current_dir(root());
    let mut played = Played::start(command);
    played.await_all(&["你就是调度器", "1 parent a", "即将输出 父进程启动", "全部 3 种顺序还剩 3 种", "1-9 放行"]);
    played.press("1", &["第 1 步", "即将启动一个进程"]);
    played.press("1", &["第 2 步", "启动 b", "即将输出 子进程启动"]);
    played.press("e", &["到头了", "完成：让“"]);
    played.press("\t", &["任务：↑ ↓ 选择", "[完成] 让“父进程结束”先于“子进程"]);
    played.press("\t", &["调度方案"]);
    played.press("1", &["a 已经结束。"]);
    played.press("e", &["运行已经结束。按 u 退回一步。"]);
    played.press("?", &["各键的用法", "放那一列的进程走下一步"]);
    let screen = played.screen();
    let known = ["parent", "child", "main", "rs", "Tab", "Home", "End", "ordering", "demo", "println"];
    let is_english = |word: &&str| word.len() > 2 && !known.contains(word);
    let help = screen.lines().skip_while(|line| !line.contains("各键的用法"));
    let words: Vec<&str> = help.flat_map(|line| line.split(|c: char| !c.is_ascii_alphabetic())).collect();
    assert_eq!(words.into_iter().filter(is_english).collect::<Vec<_>>(), [""; 0], "{screen}");
    played.press("x", &["1-9 放行"]);
    played.press("q", &[]);
    assert!(played.end().success());
}

#[test]
fn a_deadlock_is_seen_and_control_c_leaves() {
    // It has both ends of the pipe whose end it waits for.
    let program = compiled(
        "waits_for_itself",
        "#include <unistd.h>\nint main(void) { int p[2]; char c; pipe(p); read(p[0], &c, 1); }",
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command.args(["play", "--"]).arg(program);
    let mut played = Played::start(command);
    played.await_all(&["DEADLOCK", "waits to read from a pipe (other end: a) for ever"]);
    played.press("1", &["a waits to read from a pipe (other end: a) for ever."]);
    played.press("\x03", &[]);
    assert!(played.end().success());
}

#[test]
fn whoever_is_asked_to_end_gives_the_terminal_back() {
    use nix::sys::signal::{Signal, kill};
    use nix::sys::termios::{LocalFlags, tcgetattr};
    use std::os::unix::process::ExitStatusExt;

    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
        command.env("LC_ALL", "C.UTF-8").args(["play", "--", "true"]);
        let mut played = Played::start(command);
        let echoes = |played: &Played| tcgetattr(&played.keys).unwrap().local_flags.contains(LocalFlags::ECHO);
        played.await_all(&["1-9 let go"]);
        assert!(played.terminal.lock().unwrap().screen().alternate_screen() && !echoes(&played));
        kill(nix::unistd::Pid::from_raw(played.child.id() as i32), signal).unwrap();
        assert_eq!(played.end().signal(), Some(signal as i32));
        let until = Instant::now() + NEVER;
        while played.terminal.lock().unwrap().screen().alternate_screen() {
            assert!(Instant::now() < until, "the screen is not given back after {signal}");
            thread::sleep(Duration::from_millis(10));
        }
        assert!(echoes(&played), "{signal}");
    }
}

#[test]
fn an_update_is_lost_between_a_load_and_a_store() {
    let text = include_str!("../conformance/memory/lost_update.c");
    let program = compiled("loses_an_update", text);
    let mut outputs = Command::new(env!("CARGO_BIN_EXE_interleave"));
    let explored = outputs.args(["outputs", "--"]).arg(&program).output().unwrap();
    if String::from_utf8_lossy(&explored.stdout).contains("loads and stores") {
        eprintln!("this system does not let loads and stores be held");
        return;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command.args(["play", "--"]).arg(program);
    let mut played = Played::start(command);
    played.await_all(&["is about to start a process", "2 of all 2 orders left"]);
    for step in 1..=4 {
        played.press("1", &[&format!("step {step}")]);
    }
    played.press("2", &["step 5", "is about to load"]);
    played.press("2", &["step 6", "loads from shared memory", "is about to store"]);
    played.press("3", &["step 7"]);
    played.press("3", &["step 8", "schedule m:"]);
    // Both have seen 0, so the sum is 1.
    played.press("e", &["the end", "1 of all 2 orders left", " 17  1  ", " 18  ends"]);
    played.press("q", &[]);
    assert!(played.end().success());
}

#[test]
fn help_fits_a_terminal() {
    let help = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .env("LC_ALL", "C.UTF-8")
        .args(["play", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("Usage: interleave play") && help.lines().all(|line| line.chars().count() <= 80), "{help}");
}

#[test]
fn without_a_terminal_it_says_so() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command.args(["play", "--", "true"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("play needs a terminal"), "{said}");
}

#[test]
fn what_cannot_be_started_is_told_before_the_screen_is_taken() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.env("LC_ALL", "C.UTF-8");
    command.args(["play", "--", "/no/such/program"]);
    let mut played = Played::start(command);
    assert_eq!(played.end().code(), Some(2));
    played.await_all(&["/no/such/program"]);
}
