//! One run of a program, in real time.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::check::Wanting;
use crate::notes::claims::Claims;
use crate::record::{Job, Limits, Run};
use crate::trace::{Event, Stop, Trace};

/// How long a program of which the notes say that it never ends has to prove them wrong.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// Runs `command` under a keeper (`xtask` is the executable that has the command `record`) and tells `seen` of every
/// event as it happens. An endless program is stopped as soon as it has shown what its claims need, and one that
/// deadlocks a second later.
///
/// Blocks until no process of the program is left, which is soon after its end or its time limit.
///
/// # Errors
/// If the program cannot be started, or the recording fails.
pub fn run(
    xtask: &Path,
    claims: &Claims,
    command: &[OsString],
    limits: &Limits,
    seen: &dyn Fn(&Event),
) -> io::Result<Trace> {
    let job = Job { name: claims.program.clone(), limits: limits.clone(), command: command.to_vec() };
    let mut run = Run::start(xtask, &job)?;
    let mut wanting = Wanting::new(claims);
    while let Some(event) = run.next_event()? {
        wanting.see(event);
        seen(event);
        if wanting.lines() == 0 {
            if claims.endless {
                run.stop(Stop::SeenEnough);
            } else if claims.deadlock {
                run.stop_in(TIME_TO_END, Stop::SeenEnough);
            }
        }
    }
    run.finish()
}
