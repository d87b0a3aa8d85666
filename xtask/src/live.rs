//! One run of a program, in real time.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::check::Wanting;
use crate::notes::claims::Claims;
use crate::record::{Job, Limits, Run};
use crate::trace::{Event, Stop, Trace};

/// Runs `command` under a keeper (`xtask` is the executable that has the command `record`) and tells `seen` of every
/// event as it happens. An endless program is stopped as soon as it has shown what its claims need.
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
        if claims.endless && wanting.lines() == 0 {
            run.stop(Stop::SeenEnough);
        }
    }
    run.finish()
}
