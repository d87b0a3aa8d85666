//! `cargo xtask conformance --plain N`: whether plain runs of the programs show what no header lists.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use interleave::outcome::{Ending, Outcome};

use super::{Program, shown};
use crate::plain;

/// How many runs there are at once for each processor: few, and so many that the machine is busy.
const AT_ONCE: [usize; 2] = [2, 8];

/// What plain runs of a program have shown.
pub struct Seen {
    pub program: String,
    /// Why there were none.
    pub skipped: Option<String>,
    /// What its header does not list, and in how many runs that was seen.
    pub denied: BTreeMap<String, u32>,
    /// How many of the listed outcomes were seen, and how many there are.
    pub listed: [usize; 2],
    pub time: Duration,
}

/// Runs a program so many times: half of the runs on one processor, and half while the machine is busy with others of them. Blocks
/// until that is done; who waits for ever, where the header knows of that, is not waited for long.
///
/// # Errors
/// If the program cannot be run, or a folder below `target/` cannot be made.
pub fn run_plainly(root: &Path, program: &Program, runs: u32) -> io::Result<Seen> {
    let start = Instant::now();
    let target = root.join("target/conformance");
    let listed = &program.header.outcomes;
    let mut seen = Seen {
        program: program.name.clone(),
        skipped: None,
        denied: BTreeMap::new(),
        listed: [0, listed.len()],
        time: Duration::ZERO,
    };
    let command = match program.command(&target.join("bin")) {
        Ok(command) => command,
        Err(why) => return Ok(Seen { skipped: Some(why), ..seen }),
    };
    let folder = target.join(format!("plain-{}", std::process::id()));
    let may_wait = |text: &str| listed.contains(&shown(&Outcome { text: text.to_owned(), ending: Ending::Deadlock }));
    let outcomes: Mutex<BTreeMap<String, u32>> = Mutex::default();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    for (numbers, at_once) in [0..runs / 2, runs / 2..runs].into_iter().zip(AT_ONCE) {
        let next = AtomicU32::new(numbers.start);
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    return Ok(());
                }
                let outcome = one(&command, &folder.join(number.to_string()), number % 2 == 1, may_wait)?;
                *outcomes
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner())
                    .entry(shown(&outcome))
                    .or_default() += 1;
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..at_once * processors).map(|_| scope.spawn(work)).collect();
            let failed = || Err(io::Error::other("a thread that runs programs has panicked"));
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| failed()))
        })?;
    }
    let _ = fs::remove_dir(&folder);
    let outcomes = outcomes.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    seen.listed[0] = outcomes.keys().filter(|outcome| listed.contains(*outcome)).count();
    seen.denied = outcomes.into_iter().filter(|(outcome, _)| !listed.contains(outcome)).collect();
    seen.time = start.elapsed();
    Ok(seen)
}

/// One run, in a folder that is there for it alone.
fn one(command: &[OsString], folder: &Path, pinned: bool, may_wait: impl Fn(&str) -> bool) -> io::Result<Outcome> {
    fs::create_dir_all(folder)?;
    let outcome = plain::run(command, folder, pinned, may_wait);
    // Without namespaces it may have left something there.
    let _ = fs::remove_dir_all(folder);
    outcome
}

pub fn heading() -> String {
    format!(
        "{:12} {:>8} {:>6} {:>6} {:>8} {:>12} {:>8}\n",
        "family", "programs", "agree", "deny", "skipped", "seen", "time"
    )
}

pub fn row(name: &str, all: &[Seen]) -> String {
    let count = |is: &dyn Fn(&Seen) -> bool| all.iter().filter(|seen| is(seen)).count();
    let [found, listed] = [0, 1].map(|which| all.iter().map(|seen| seen.listed[which]).sum::<usize>());
    format!(
        "{name:12} {:>8} {:>6} {:>6} {:>8} {:>12} {:>6.1} s\n",
        all.len(),
        count(&|seen| seen.skipped.is_none() && seen.denied.is_empty()),
        count(&|seen| !seen.denied.is_empty()),
        count(&|seen| seen.skipped.is_some()),
        format!("{found} of {listed}"),
        all.iter().map(|seen| seen.time.as_secs_f64()).sum::<f64>(),
    )
}

/// What was skipped, and why; and what was seen that should not be.
pub fn details(all: &[Seen]) -> String {
    let mut text = String::new();
    for seen in all {
        // Writing to a String cannot fail.
        if let Some(why) = &seen.skipped {
            let _ = writeln!(text, "\n{}: skipped: {why}", seen.program);
        }
        if !seen.denied.is_empty() {
            let _ = writeln!(text, "\n{}: not in its header:", seen.program);
            seen.denied.iter().for_each(|(outcome, times)| text += &format!("    {times:>4} × {outcome}\n"));
        }
    }
    text
}
