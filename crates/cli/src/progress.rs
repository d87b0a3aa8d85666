//! What a terminal shows while programs are being judged.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::interrupt;
use crate::judge::{Progress, Task};
use crate::screen;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use interleave::trace::What;
use interleave_claims::many;
use interleave_claims::report::columns::what;

/// A line for each program. Without a terminal, nothing.
pub struct Bars {
    all: MultiProgress,
    bars: Vec<Bar>,
}

/// One program's line.
struct Bar {
    line: ProgressBar,
    live: Mutex<String>,
    explored: AtomicU64,
}

impl Bars {
    pub fn new(tasks: &[Task]) -> Bars {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{spinner} {prefix}  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let width = tasks.iter().map(|task| task.claims.program.len()).max().unwrap_or(0);
        let bar = |task: &Task| {
            let line = all.add(ProgressBar::new_spinner().with_style(style.clone()));
            line.set_prefix(format!("{:width$}", task.claims.program));
            line.enable_steady_tick(Duration::from_millis(100));
            Bar { line, live: Mutex::default(), explored: AtomicU64::new(0) }
        };
        let bars = tasks.iter().map(bar).collect();
        interrupt::shows(tasks.len());
        Bars { all, bars }
    }

    pub fn see(&self, index: usize, seen: Progress) {
        let bar = &self.bars[index];
        if bar.line.is_hidden() {
            return;
        }
        let mut live = bar.live.lock().unwrap_or_else(PoisonError::into_inner);
        match seen {
            Progress::Live(event) if matches!(event.what, What::Line(_)) => *live = what(event),
            Progress::Live(_) => return,
            Progress::Explored(found, _) => bar.explored.store(found, Ordering::Relaxed),
        }
        let explored = match bar.explored.load(Ordering::Relaxed) {
            0 => String::new(),
            runs => many!(runs, "1 interleaving", "{} interleavings").told(),
        };
        bar.line.set_message(format!("{explored:20}  {live}"));
    }

    pub fn done(&self, index: usize) {
        self.bars[index].line.finish_and_clear();
        interrupt::hides_one();
    }

    pub fn print(&self, text: &str) {
        self.all.suspend(|| screen::print(text));
    }
}
