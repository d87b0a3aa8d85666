//! One run of a program, in real time.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use interleave::record::{Job, Limits, Run, Stopper};
use interleave::trace::{Event, Stop, Trace};
use interleave_claims::check::Remaining;
use interleave_claims::notes::claims::Claims;

use crate::course::Startable;

/// How long a program of which the notes say that it never ends has to prove them wrong.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// Whether an exploration has proved that a program's runs all come to a point from which nobody can go on. Then to wait for a
/// run in real time to end is in vain.
#[derive(Default)]
pub struct Hang(Mutex<Known>);

#[derive(Default)]
struct Known {
    is_proved: bool,
    running: Option<Stopper>,
}

impl Hang {
    /// It is proved: stops the run that is going on, and every later one as soon as it starts.
    pub fn prove(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.is_proved = true;
        if let Some(running) = known.running.take() {
            running.stop(Stop::Interrupted);
        }
    }

    fn starts(&self, run: &Run) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stopper = run.stopper();
        if known.is_proved {
            stopper.stop(Stop::Interrupted);
        } else {
            known.running = Some(stopper);
        }
    }

    fn is_proved(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_proved
    }
}

/// Runs a program under a recorder, and tells `seen` of every event as it happens. An endless program is stopped as soon as it
/// has shown what its claims need, one that deadlocks a second later, and one that surely hangs ([`Hang`]) at once; what is
/// missing from its trace then ([`Stop::Deadlock`]) might still have come.
///
/// Beside the trace it returns what the program was not guarded against ([`Run::missing`]).
///
/// Blocks until no process of the program is left, which is soon after its end or its time limit.
///
/// # Errors
/// If the program cannot be started, or the recording fails.
pub fn run(
    claims: &Claims,
    program: &Startable,
    limits: &Limits,
    hang: &Hang,
    seen: &dyn Fn(&Event),
) -> io::Result<(Trace, Vec<String>)> {
    let Startable { command, folder, hidden, environment } = program.clone();
    let (name, limits) = (claims.program.clone(), limits.clone());
    let (watch_sharing, watch_work) = (claims.speak_of_sharing(), claims.speak_of_work());
    let job = Job { name, limits, command, hidden, watch_sharing, watch_work, environment };
    let mut run = Run::start_in(&job, folder.as_deref())?;
    hang.starts(&run);
    let missing = run.missing().to_vec();
    let mut remaining = Remaining::new(claims);
    while let Some(event) = run.next_event()? {
        remaining.see(event);
        seen(event);
        if remaining.lines() == 0 {
            if claims.endless {
                run.stop(Stop::SeenEnough);
            } else if claims.deadlock {
                run.stop_in(TIME_TO_END, Stop::SeenEnough);
            }
        }
    }
    let mut trace = run.finish()?;
    if trace.stop == Some(Stop::Interrupted) && hang.is_proved() {
        trace.stop = Some(Stop::Deadlock);
    }
    Ok((trace, missing))
}
