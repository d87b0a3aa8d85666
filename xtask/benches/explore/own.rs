//! The course itself, and C.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::conformance::{self, Judged, Verdict};
use xtask::{programs as lessons, root};

use crate::measure::{RUNS, all, job, microseconds_a_run, processor_time, timed};
use crate::{row, skipped};

/// Each interleaving is run, whether it need be or not.
pub fn ordering() {
    const NAME: &str = "ordering_demo";
    let program = lessons::build(&root(), &[NAME]).unwrap()[NAME].clone();
    let job = job(NAME, vec![program.into()]);
    let (_, interleavings) = all(&job);
    let explored = 1e6 / microseconds_a_run(&job, &interleavings);
    row("ordering_demo, interleavings a second", &format!("{explored:.0}"), "", None);
}

/// Three processes, four lines.
const C_PROGRAM: &str = r#"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static void child(const char *line) { if (fork() == 0) { puts(line); fflush(stdout); _exit(0); } }
int main(void) {
    puts("begin"); fflush(stdout);
    child("one"); child("two");
    while (wait(0) > 0) ;
    puts("end");
    return 0;
}
"#;

pub fn c_program() {
    const NAME: &str = "a run of a C program (3 processes, 4 lines)";
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder).unwrap();
    let (source, binary) = (folder.join("program.c"), folder.join("program"));
    fs::write(&source, C_PROGRAM).unwrap();
    if !Command::new("cc").arg("-o").arg(&binary).arg(&source).status().is_ok_and(|status| status.success()) {
        return skipped(NAME, "there is no cc");
    }
    let job = job("program", vec![binary.clone().into()]);
    let (_, interleavings) = all(&job);
    let (run, work) = processor_time(|| microseconds_a_run(&job, &interleavings));
    let plainly = |(): &mut (), _| drop(Command::new(&binary).stdout(Stdio::piped()).output().unwrap());
    let (plain, plain_work) = processor_time(|| timed(vec![(); job.workers], plainly));
    row(NAME, &format!("{run:.0} µs"), &format!("{plain:.0} µs plainly"), Some(run / plain));
    let [work, plain_work] = [work, plain_work].map(|work| work / RUNS as f64);
    row(
        "  the same in processor time",
        &format!("{work:.0} µs"),
        &format!("{plain_work:.0} µs plainly"),
        Some(work / plain_work),
    );
}

/// The six lessons with which the course began; of the one on pools its first program, which has 2,138 orders.
const SIX: [&str; 6] = [
    "single_task_demo",
    "spawn_demo",
    "ordering_demo",
    "isolation_demo",
    "pool_demo/pool_demo",
    "queue_demo/queue_demo",
];

/// `cargo xtask`, in a debug build as everybody has it.
fn debug_xtask() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--quiet", "-p", "xtask"]).current_dir(root()).status();
    assert!(built.unwrap().success());
    root().join("target/debug/xtask")
}

/// How many seconds it takes, whether all could be explored, and what it prints.
fn verify(arguments: &[&str]) -> (f64, bool, Vec<u8>) {
    let mut command = Command::new(debug_xtask());
    command.arg("verify").args(arguments).current_dir(root()).stderr(Stdio::null());
    let start = Instant::now();
    let output = command.output().unwrap();
    let is_all = output.status.code() == Some(0);
    assert!(is_all || output.status.code() == Some(3), "verify {arguments:?}: {}", output.status);
    (start.elapsed().as_secs_f64(), is_all, output.stdout)
}

/// So long at most are the six explored.
const MOST_SECONDS: &str = "60";

pub fn six_lessons() {
    // The first one builds them.
    verify(&[SIX.as_slice(), &["--live"]].concat());
    let (live, _, _) = verify(&[SIX.as_slice(), &["--live"]].concat());
    let (explored, is_all, _) = verify(&[SIX.as_slice(), &["--explore", "--time", MOST_SECONDS]].concat());
    let name = "verify --explore of the six first lessons, debug build";
    let all = if is_all { "all" } else { "not all" };
    row(name, &format!("{all}, {explored:.1} s"), &format!("{live:.1} s, one live run each"), Some(explored / live));
}

pub fn whole_verify() {
    // The first one builds the lessons.
    verify(&[SIX[0], "--live"]);
    let (whole, _, report) = verify(&["--json"]);
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let seconds = |program: &serde_json::Value| {
        let runs = program["runs"].as_array().into_iter().flatten();
        runs.filter_map(|run| run["seconds"].as_f64()).fold(0.0, f64::max)
    };
    let programs = report["lessons"].as_array().unwrap();
    let longest = programs.iter().max_by(|one, other| seconds(one).total_cmp(&seconds(other))).unwrap();
    let longest = longest["lesson"].as_str().unwrap();
    let (alone, ..) = verify(&[longest]);
    row("whole verify", &format!("{whole:.1} s"), &format!("{longest} {alone:.1} s"), Some(whole / alone));
}

/// How long each program of the conformance suite may be explored; few need more than a fraction.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn redundancy() {
    let programs = conformance::programs(&root()).unwrap();
    let judged: Vec<Judged> =
        programs.iter().map(|program| conformance::judge(&root(), program, PATIENCE).unwrap()).collect();
    // Those of which all is explored: of the others nobody knows how many interleavings the runs so far are worth.
    let whole: Vec<&Judged> = judged.iter().filter(|judged| judged.verdict == Verdict::Right).collect();
    let without: Vec<&Judged> = whole.iter().copied().filter(|judged| judged.deduced == 0).collect();
    let measure = |name: &str, some: &[&Judged]| {
        let mut ratios: Vec<f64> = some.iter().map(|one| one.runs as f64 / one.interleavings as f64).collect();
        ratios.sort_by(f64::total_cmp);
        let (runs, found) = some.iter().fold((0, 0), |(runs, found), one| (runs + one.runs, found + one.interleavings));
        let median = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
        let ratio = runs as f64 / found as f64;
        row(
            name,
            &format!("{runs} runs, {found} orders"),
            &format!("{} programs, median {median:.2}", some.len()),
            Some(ratio),
        );
    };
    measure("runs for each distinct interleaving, conformance suite", &whole);
    measure("  of programs of which none was deduced", &without);
}
