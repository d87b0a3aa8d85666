//! Programs of others, whose runtimes start threads, close descriptors, poll and set up handlers: whether all their orders can be
//! tried in the time that somebody waits, or what stands in the way.

use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use interleave::explore::{Job, explore};
use xtask::root;

use crate::{row, skipped};

pub fn python_pool() {
    python("Python's Pool of the notes, mended", 15, &[root().join("tests/programs/pool_fixed.py").into()]);
}

pub fn python_queue() {
    python("Python's Queue of the notes, mended", 30, &[root().join("tests/programs/queue_end_value.py").into()]);
}

pub fn subprocess() {
    const CODE: &str = "import subprocess; print(subprocess.run(['echo', 'A'], capture_output=True).stdout)";
    python("Python's subprocess.run(…, capture_output=True)", 30, &["-c".into(), CODE.into()]);
}

pub fn ruby() {
    const CODE: &str = "$stdout.sync = true; pid = fork { puts 'A' }; Process.wait(pid); puts 'B'";
    explored("Ruby's Process.wait", 30, vec!["ruby".into(), "-e".into(), CODE.into()]);
}

pub fn node() {
    const CODE: &str = "const child = require('child_process').spawn('echo', ['A'], { stdio: 'inherit' }); \
                        child.on('exit', () => console.log('B'));";
    explored("Node's spawn", 30, vec!["node".into(), "-e".into(), CODE.into()]);
}

const GO: &str = r#"
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	for _, line := range []string{"A", "B"} {
		child := exec.Command("echo", line)
		child.Stdout = os.Stdout
		child.Start()
		defer child.Wait()
	}
	fmt.Println("C")
}
"#;

pub fn go() {
    const NAME: &str = "Go, a program of two children";
    let folder = root().join("target/bench/go");
    fs::create_dir_all(&folder).unwrap();
    let (source, binary) = (folder.join("main.go"), folder.join("program"));
    fs::write(&source, GO).unwrap();
    if !Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&binary)
        .arg(&source)
        .status()
        .is_ok_and(|status| status.success())
    {
        return skipped(NAME, "there is no go");
    }
    explored(NAME, 30, vec![binary.into()]);
}

/// With the interpreter itself, and not what a version manager puts before it.
fn python(name: &str, seconds: u64, arguments: &[OsString]) {
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable, end='')"]).output();
    let Ok(python) = asked else { return skipped(name, "there is no python3") };
    let mut command = vec![String::from_utf8(python.stdout).unwrap().into()];
    command.extend_from_slice(arguments);
    explored(name, seconds, command);
}

fn explored(name: &str, seconds: u64, command: Vec<OsString>) {
    let plain = Instant::now();
    let ran = Command::new(&command[0]).args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let plain = plain.elapsed();
    if ran.is_err() {
        return skipped(name, &format!("there is no {}", command[0].display()));
    }
    let job = Job { most: u64::MAX, time: Duration::from_secs(seconds), ..Job::new("program", command) };
    let start = Instant::now();
    let found = explore(&job, |_| ControlFlow::Continue(())).unwrap();
    let time = start.elapsed();
    let is_all = if found.complete { "all" } else { "not all" };
    let plainly = format!("{:.0} ms a plain run", plain.as_secs_f64() * 1e3);
    let here = format!("{} orders, {is_all}, {:.1} s", found.distinct, time.as_secs_f64());
    // What a run costs, with the search for the next one.
    let a_run = time.as_secs_f64() * job.workers as f64 / (found.runs + found.pruned).max(1) as f64;
    row(name, &here, &plainly, Some(a_run / plain.as_secs_f64()));
    if !found.complete || !found.caveats.is_empty() {
        println!("    {found}");
    }
}
