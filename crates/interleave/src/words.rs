//! Names of the system's that programs and people both know.

use nix::sys::signal::Signal;

/// A signal's name, for example `SIGTERM`.
pub fn signal_name(signal: i32) -> String {
    Signal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |signal| signal.as_str().to_string())
}
