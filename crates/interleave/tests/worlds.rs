//! A program run many times, each time in a fresh world. Without the test harness, since a process that makes worlds must
//! have a single thread.

#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::ffi::{CString, c_char, c_int, c_void};
use std::fs::{self, File};
use std::io::{Read, pipe};
use std::os::fd::{AsRawFd, RawFd};
use std::path::Path;
use std::ptr::null;
use std::time::Instant;

use interleave::sandbox::{Confinement, Finding, Isolation, Options, World, Worlds, copy_layer, doctor, inner_id};

/// What the program's process is given.
struct Launch {
    argv: *const *const c_char,
    confinement: *const Confinement,
    output: RawFd,
}

/// Runs in the program's process, whose memory is ours: system calls only.
extern "C" fn launch(launch: *mut c_void) -> c_int {
    let launch = launch.cast::<Launch>();
    // SAFETY: `run` gave us the address of a `Launch` whose pointers are valid until we have executed the program.
    unsafe {
        if (*(*launch).confinement).apply().is_err() {
            libc::_exit(100);
        }
        libc::unshare(libc::CLONE_FILES);
        libc::dup2((*launch).output, 1);
        libc::dup2((*launch).output, 2);
        libc::execv(*(*launch).argv, (*launch).argv);
        libc::_exit(101)
    }
}

/// One run of a program in a fresh world: what it prints, and its wait status.
fn run(worlds: &mut Worlds, command: &[&str]) -> (String, c_int) {
    let (said, status, _) = run_and_hold(worlds, command);
    (said, status)
}

/// The same, with the world that it was in.
fn run_and_hold(worlds: &mut Worlds, command: &[&str]) -> (String, c_int, World) {
    let mut world = worlds.fresh().unwrap();
    let words: Vec<CString> = command.iter().map(|word| CString::new(*word).unwrap()).collect();
    let argv: Vec<*const c_char> = words.iter().map(|word| word.as_ptr()).chain([null()]).collect();
    let (mut output, theirs) = pipe().unwrap();
    let mut job = Launch { argv: argv.as_ptr(), confinement: worlds.confinement(), output: theirs.as_raw_fd() };
    let mut stack = vec![0u128; 4096];
    // SAFETY: the stack and `job` outlive the process, until it has executed its program, and `launch` makes system calls
    // only.
    let (pid, _pidfd) = unsafe {
        let top = stack.as_mut_ptr_range().end;
        world.clone(launch, top.cast(), (&raw mut job).cast()).unwrap()
    };
    drop(theirs);
    if world.init().is_some() {
        assert_eq!(inner_id(pid), Some(2));
    }
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    let mut status = 0;
    // SAFETY: waitpid writes one `int`.
    assert_eq!(unsafe { libc::waitpid(pid as c_int, &raw mut status, 0) }, pid as c_int);
    (said, status, world)
}

fn sh(worlds: &mut Worlds, script: &str) -> String {
    run(worlds, &["/bin/sh", "-c", script]).0
}

fn options(folder: &Path, isolation: Isolation) -> Options {
    let hidden = vec![folder.join("hidden"), folder.join("hidden too")];
    Options { directory: folder.to_owned(), isolation, hidden, ..Options::for_command(&[]).unwrap() }
}

/// Below a folder that begins empty in a world, as a checkout may be.
fn folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().canonicalize().unwrap().join(format!("worlds, {}:", std::process::id()));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("given"), "given\n").unwrap();
    fs::write(folder.join("hidden"), "the notes\n").unwrap();
    fs::create_dir(folder.join("hidden too")).unwrap();
    fs::write(folder.join("hidden too/file"), "the solution\n").unwrap();
    folder
}

fn main() {
    let folder = folder();
    let mut found = Vec::new();
    let mut worlds_have_layers = false;
    for isolation in [Isolation::None, Isolation::Landlock, Isolation::Namespaces] {
        let mut worlds = Worlds::open(&options(&folder, isolation)).unwrap();
        println!("{isolation:?}: missing: {:?}", worlds.missing());
        is_confined(&mut worlds);
        // What was offered, and not only asked for.
        if worlds.has_namespaces() && worlds.missing().is_empty() {
            is_a_world_of_its_own(&mut worlds, &folder);
            worlds_have_layers = worlds.missing().is_empty();
        }
        found.push(time(&mut worlds));
    }
    println!("µs for a run of `true`, with no isolation, Landlock, namespaces: {found:?}");
    fs::remove_dir_all(&folder).unwrap();
    let findings = doctor();
    for Finding { what, offered, detail, serves, .. } in &findings {
        println!("{} {what:<28} {detail:<32} {serves}", if *offered { "yes" } else { "no " });
    }
    // It must not promise what was not found.
    let overlay = findings.iter().find(|finding| finding.what.contains("overlay")).unwrap();
    assert!(overlay.offered || !worlds_have_layers);
}

/// What holds with every isolation.
fn is_confined(worlds: &mut Worlds) {
    assert_eq!(sh(worlds, "cat given; echo new >made && cat made; rm -f made"), "given\nnew\n");
    assert_eq!(run(worlds, &["/bin/sh", "-c", "exit 7"]).1, 7 << 8);
    assert_eq!(run(worlds, &["/bin/sh", "-c", "kill -9 $$"]).1, 9);
    let status = sh(worlds, "cat /proc/self/status");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    // SAFETY: takes nothing.
    let uid = unsafe { libc::getuid() };
    assert_eq!(sh(worlds, "id -u").trim(), uid.to_string());
    // Nothing that is open here is open there.
    let _open = File::open("/dev/null").unwrap();
    assert_eq!(sh(worlds, "ls /proc/self/fd | wc -l").trim(), "4");
}

/// What holds with namespaces.
fn is_a_world_of_its_own(worlds: &mut Worlds, folder: &Path) {
    for _ in 0..3 {
        let said = sh(
            worlds,
            "echo $$ $PPID; (sleep 1000 >/dev/null 2>&1 &); ls given made /tmp/made /dev/shm/made 2>/dev/null; touch made /tmp/made /dev/shm/made; pwd",
        );
        assert_eq!(said, format!("2 0\ngiven\n{}\n", folder.display()));
    }
    // The file that is there can be changed as well, and is as before for the next.
    assert_eq!(sh(worlds, "echo changed >given; cat given"), "changed\n");
    assert_eq!(sh(worlds, "cat given; ls"), "given\ngiven\nhidden\nhidden too\n");
    assert_eq!(sh(worlds, "cat hidden 'hidden too/file' 2>/dev/null; ls 'hidden too'; echo nothing"), "nothing\n");
    assert_eq!(fs::read_to_string(folder.join("given")).unwrap(), "given\n");
    // What it left can be kept.
    let script = "mkdir sub; echo kept >sub/made; echo changed >given; rm -f nothing";
    let (_, _, world) = run_and_hold(worlds, &["/bin/sh", "-c", script]);
    let kept = folder.join("kept");
    fs::create_dir(&kept).unwrap();
    copy_layer(&world.layer().unwrap().unwrap(), &kept).unwrap();
    drop(world);
    assert_eq!(fs::read_to_string(kept.join("sub/made")).unwrap(), "kept\n");
    assert_eq!(fs::read_to_string(kept.join("given")).unwrap(), "changed\n");
    fs::remove_dir_all(&kept).unwrap();
    // Process 1 is ours, and cannot be reached.
    assert_eq!(
        sh(
            worlds,
            "kill -9 1; kill -STOP 1; cat /proc/1/environ 2>/dev/null; readlink /proc/1/cwd; ls /proc | grep -c '^[0-9]*$'"
        ),
        "4\n"
    );
    // Orphans are reaped by it.
    assert_eq!(
        sh(
            worlds,
            "sh -c 'sh -c \"exec sleep 0\" & echo $! >child'; while kill -0 $(cat child) 2>/dev/null; do :; done; echo gone"
        ),
        "gone\n"
    );
    assert_eq!(
        sh(worlds, "touch /made 2>/dev/null || echo refused; unshare -U true 2>/dev/null || echo refused"),
        "refused\nrefused\n"
    );
}

/// The time that a run takes, in µs.
fn time(worlds: &mut Worlds) -> u128 {
    const RUNS: u128 = 100;
    let start = Instant::now();
    for _ in 0..RUNS {
        run(worlds, &["/bin/true"]);
    }
    start.elapsed().as_micros() / RUNS
}
