//! How long a process of a live run has worked, and how long it has waited for others: seen from outside, many times a
//! second. What was not seen is neither.

use crate::kernel::proc;
use crate::kernel::sharing::processor_time;
use crate::kernel::signals::masks;
use crate::trace::Pid;

/// What was seen of a process so far, in seconds.
#[derive(Debug, Default)]
pub struct Work {
    computed: f64,
    slept: f64,
    waited: f64,
    /// The last sight of it; none of one that is gone.
    last: Option<Sample>,
    was_seen: bool,
    /// Another thread may work while one waits.
    has_had_threads: bool,
}

/// What a process does at one moment.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    at: f64,
    /// Processor time, in seconds.
    computed: f64,
    /// The system call that it is in, with its arguments and where it was made: the line of proc_pid_syscall(5).
    call: String,
}

/// What somebody does who stays in a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    /// Time is all that it waits for.
    Sleeps,
    /// Only somebody else can end it, or a signal.
    Waits,
    /// As that, if it depends on others when this descriptor is ready.
    WaitsFor(u64),
    /// The one or the other, or neither.
    Unknown,
}

impl Work {
    /// Looks at the process now.
    pub fn look(&mut self, pid: Pid, now: f64) {
        // One that is gone, or that we may not look at, adds nothing.
        let call = proc::text(format!("/proc/{pid}/syscall")).ok();
        let threads = proc::text(format!("/proc/{pid}/stat")).ok().and_then(|stat| threads(&stat));
        let (Some(call), Some(threads)) = (call, threads) else { return self.last = None };
        self.has_had_threads |= threads != 1;
        let sample = Sample { at: now, computed: processor_time(pid) as f64 / 1e9, call };
        (self.was_seen, self.computed) = (true, sample.computed.max(self.computed));
        if let Some(last) = self.last.take().filter(|last| last.call == sample.call) {
            // It may have come out and gone in again in between; then it has computed.
            let stayed = sample.at - last.at - (sample.computed - last.computed);
            match stay(&sample.call) {
                Stay::Sleeps => self.slept += stayed.max(0.0),
                Stay::Waits if !may_wake_itself(pid) => self.waited += stayed.max(0.0),
                Stay::WaitsFor(file) if is_of_others(pid, file) && !may_wake_itself(pid) => {
                    self.waited += stayed.max(0.0);
                }
                Stay::Waits | Stay::WaitsFor(_) | Stay::Unknown => {}
            }
        }
        self.last = Some(sample);
    }

    /// How long it has worked at least, and waited at least; `None` if that cannot be seen.
    pub fn seen(&self) -> Option<(f64, f64)> {
        (self.was_seen && !self.has_had_threads).then_some((self.computed + self.slept, self.waited))
    }
}

/// Whether a signal may end what it waits in: a timer of its own may send it one, and to sleep so is to work. (Whether it has set
/// setitimer(2)'s, nobody is told; so it is asked whether it has a handler for what timers send, or for what has no other meaning.)
fn may_wake_itself(pid: Pid) -> bool {
    /// Those that have a meaning of their own, which somebody else or a fault gives them.
    const OF_OTHERS: [i32; 14] = [
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGSEGV,
        libc::SIGPIPE,
        libc::SIGTERM,
        libc::SIGCHLD,
        libc::SIGCONT,
        libc::SIGWINCH,
    ];
    let has_timers = proc::text(format!("/proc/{pid}/timers")).is_ok_and(|timers| !timers.is_empty());
    masks(pid).is_none_or(|masks| masks.is_caught_but(&OF_OTHERS)) || has_timers
}

/// Whether it depends on others when this descriptor is ready: it does not of a timer, and what else there is may have a limit of time.
fn is_of_others(pid: Pid, file: u64) -> bool {
    let file = std::fs::read_link(format!("/proc/{pid}/fd/{file}"));
    file.is_ok_and(|file| file.to_string_lossy().starts_with("pipe:"))
}

/// The number of threads: the 18th field after the name, which may contain anything (proc_pid_stat(5)).
fn threads(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(17)?.parse().ok()
}

fn stay(call: &str) -> Stay {
    let mut words = call.split_whitespace();
    // "running", or -1 for one that is in no call, is no number of one.
    let Some(number) = words.next().and_then(|word| word.parse::<i64>().ok()) else { return Stay::Unknown };
    let arguments: Vec<u64> =
        words.map_while(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()).take(6).collect();
    let argument = |n: usize| arguments.get(n).copied();
    match number {
        libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Stay::Sleeps,
        // Without a file there is only the time.
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select if argument(0) == Some(0) => Stay::Sleeps,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll if argument(1) == Some(0) => Stay::Sleeps,
        libc::SYS_pselect6 if argument(0) == Some(0) => Stay::Sleeps,
        libc::SYS_ppoll if argument(1) == Some(0) => Stay::Sleeps,
        libc::SYS_read | libc::SYS_readv | libc::SYS_write | libc::SYS_writev => {
            argument(0).map_or(Stay::Unknown, Stay::WaitsFor)
        }
        libc::SYS_wait4
        | libc::SYS_waitid
        | libc::SYS_accept
        | libc::SYS_accept4
        | libc::SYS_msgrcv
        | libc::SYS_msgsnd
        | libc::SYS_semop
        | libc::SYS_flock => Stay::Waits,
        // Without a time limit.
        libc::SYS_futex if argument(3) == Some(0) => Stay::Waits,
        _ => Stay::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_waits_for_is_known_by_its_arguments() {
        let call = |number: i64, arguments: &str| stay(&format!("{number} {arguments} 0x7ffc0 0x7f000\n"));
        assert_eq!(stay("running\n"), Stay::Unknown);
        assert_eq!(stay("-1 0x7ffc0 0x7f000\n"), Stay::Unknown);
        assert_eq!(call(libc::SYS_clock_nanosleep, "0x1 0x0 0x7ff 0x0 0x0 0x0"), Stay::Sleeps);
        assert_eq!(call(libc::SYS_pselect6, "0x0 0x0 0x0 0x0 0x7ff 0x0"), Stay::Sleeps);
        assert_eq!(call(libc::SYS_pselect6, "0x4 0x1 0x0 0x0 0x7ff 0x0"), Stay::Unknown);
        assert_eq!(call(libc::SYS_read, "0x3 0x7ff 0x1 0x0 0x0 0x0"), Stay::WaitsFor(3));
        assert_eq!(call(libc::SYS_wait4, "0xffffffff 0x0 0x0 0x0 0x0 0x0"), Stay::Waits);
        assert_eq!(call(libc::SYS_futex, "0x7f0 0x189 0x0 0x0 0x0 0xffffffff"), Stay::Waits);
        assert_eq!(call(libc::SYS_futex, "0x7f0 0x189 0x0 0x7ff 0x0 0xffffffff"), Stay::Unknown);
    }

    #[test]
    fn threads_are_counted_behind_any_name() {
        assert_eq!(threads("7 (a) b) S 1 7 7 0 -1 1 0 0 0 0 0 0 0 0 20 0 3 0 99"), Some(3));
    }

    #[test]
    fn who_sleeps_works_and_who_waits_does_not() {
        let child = |command: &str| {
            std::process::Command::new("sh").args(["-c", command]).stdin(std::process::Stdio::piped()).spawn().unwrap()
        };
        for (command, sleeps) in [("exec sleep 1000", true), ("read line", false)] {
            let mut process = child(command);
            let mut work = Work::default();
            let clock = std::time::Instant::now();
            // However long it takes until it is there.
            loop {
                work.look(process.id(), clock.elapsed().as_secs_f64());
                std::thread::sleep(std::time::Duration::from_millis(5));
                let Some((worked, waited)) = work.seen() else { continue };
                assert!(worked + waited <= clock.elapsed().as_secs_f64() + 0.1, "{worked} {waited}");
                if (if sleeps { worked } else { waited }) > 0.3 {
                    // Until it is what it is to be, it may do a little of the other.
                    assert!((if sleeps { waited } else { worked }) < 0.2, "{worked} {waited}");
                    break;
                }
            }
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}
